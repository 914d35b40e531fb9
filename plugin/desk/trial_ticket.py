"""A ticket that is opened to see whether it comes through, and closed again where the API can."""

from __future__ import annotations

from typing import Any

from plugin.core.label import Label
from plugin.desk.about_shape import TestTicketShape
from plugin.desk.api_shape import WriteStep
from plugin.desk.client import Reply
from plugin.desk.connector import Connector
from plugin.desk.outbound import Call, Stepping, call, numbers
from plugin.desk.probe import known
from plugin.desk.steps import carry_out
from plugin.desk.transforms import read_one
from plugin.errors import Conflict, Faulty, HelpdeskError, Rejected

SECONDS = 20.0
MOST_STATES = 4
"""Closed states that are tried on it."""
TITLE = Label("派单接入测试（请勿处理）", "Paidan connection test (please leave it)")
TEXT = Label(
    "这是派单接入时自动建立的测试工单，稍后会自动关闭。",
    "Paidan opened this ticket to test the connection; it is closed again by itself.",
)


class TrialTicket:
    """The test ticket of one desk."""

    def __init__(self, helpdesk: Connector) -> None:
        self._helpdesk = helpdesk
        self._descriptor = helpdesk.descriptor
        self._desk = helpdesk.desk
        self._client = helpdesk.client

    def open(self, group: str, language: str) -> str:
        """Its id; raises a ``HelpdeskError``, ``Faulty`` where none is told."""
        shape = self._descriptor.about.test_ticket
        assert shape is not None, "the product describes no test ticket"
        words = {"title": TITLE.say(language), "text": TEXT.say(language), "group": group}
        settings = {name: value for name, value in self._desk.settings.items() if name not in words}
        request = call(shape.create, known(self._desk, **words, number=numbers(**settings)))
        reply = self._client.send(request, SECONDS)
        written = self._id(reply)
        found = None if written is None else self._descriptor.receive.ids.canonical(written)
        if found is None:
            raise Faulty(request.name, detail="the answer tells no ticket id")
        return found

    def _id(self, reply: Reply) -> str | None:
        shape = self._descriptor.about.test_ticket
        source: Any = shape.id if shape else None
        if source is not None and source.header is not None:
            return reply.headers.get(source.header.lower(), "").rstrip("/").rpartition("/")[2] or None
        return read_one(reply.document, source.reader) if source is not None and source.reader else None

    def close(self, ticket: str) -> bool:
        """Whether it is closed now, as the helpdesk shows it: some answer well and leave it as it was.

        False too where the API cannot; raises a ``HelpdeskError``.
        """
        shape = self._descriptor.about.test_ticket
        if shape is None or not (shape.close or shape.closing):
            return False
        refused: HelpdeskError | None = None
        for state in self._states(shape):
            try:
                self._ask_to_close(shape, ticket, state)
            except (Rejected, Conflict) as error:
                refused = error
                continue
            if self._is_closed(ticket):
                return True
            refused = None
        if refused is not None:
            raise refused
        return False

    def _states(self, shape: TestTicketShape) -> tuple[str, ...]:
        """What the ticket is closed by, one after the other: an organisation may have states of its own."""
        if not shape.states:
            return ("",)
        ours = sorted(self._desk.closed_states or ())
        return tuple(dict.fromkeys((*ours, *shape.states)))[:MOST_STATES]

    def _ask_to_close(self, shape: TestTicketShape, ticket: str, state: str) -> None:
        ids = self._descriptor.receive.ids.known(ticket)
        words = known(self._desk, **ids, state=state, number=numbers(**self._desk.settings))
        carry_out(Stepping("state", shape.closing, words), self._step)
        if shape.close is None:
            return
        stamp = self._helpdesk.read(ticket).snapshot.stamp if shape.close.if_match else None
        self._client.send(call(shape.close, words, stamp), SECONDS)

    def _is_closed(self, ticket: str) -> bool:
        return self._helpdesk.read(ticket).snapshot.state in ("closed", "gone")

    def _step(self, _step: WriteStep, request: Call) -> Any:
        return self._client.send(request, SECONDS).document
