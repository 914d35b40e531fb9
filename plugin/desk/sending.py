"""The requests of one write, sent in order: updates, steps, the note. A refusal is part of the outcome."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

from plugin.desk.api_shape import WriteStep
from plugin.desk.client import Client, Reply
from plugin.desk.outbound import Call, Planned, Stepping
from plugin.desk.steps import carry_out
from plugin.errors import AccessDenied, Faulty, HelpdeskError, NotFound, Rejected

DETAIL = 200
"""Characters of a helpdesk's own words that are kept."""


Apart = Callable[[tuple[str, ...]], Iterator[Call]]
"""The updates of some targets (``note`` for the note) one by one, each made when the one before was sent."""


class Sending:
    """One write. A refusal is an error while nothing was taken, and afterwards a missing value among others.

    ``deadline`` is of ``time.monotonic()``, ``not_after`` of ``sockets.since_boot()``, both in seconds.
    """

    def __init__(self, client: Client, deadline: float, not_after: float, apart: Apart) -> None:
        self._client = client
        self._deadline = deadline
        self._not_after = not_after
        self._apart = apart
        self._first_refusal: HelpdeskError | None = None
        self._failed: Faulty | None = None
        self.has_taken = False
        """The helpdesk took something of it."""
        self.refused: list[str] = []
        """Targets the helpdesk did not take."""
        self._details: list[str] = []
        self.answer: Reply | None = None
        """To the last update."""
        self.has_stepped = False

    def __call__(self, planned: Planned) -> None:
        """Send all that can be sent; raises a ``HelpdeskError`` where nothing was, or it is not known."""
        for each in planned.updates:
            self._update(each)
        for stepping in planned.steps:
            if stepping.target not in self.refused:  # nothing old is taken away where the new was not taken
                self._step(stepping)
        failed = self._failed or self._first_refusal
        if failed is not None and not self.has_taken:
            raise failed
        for note in planned.note:
            self._note(note)
        if self._failed is not None:
            raise self._failed

    @property
    def detail(self) -> str:
        """What it said about them, in its own words."""
        return "; ".join(dict.fromkeys(filter(None, self._details)))[:DETAIL]

    @property
    def has_written(self) -> bool:
        """A value was sent, beside a note."""
        return self.answer is not None or self.has_stepped

    def _update(self, request: Call) -> None:
        """What is refused as a whole is sent one by one: a value must not cost the others, nor the note."""
        try:
            self.answer = self._send(request)
        except Rejected as error:  # says nothing of what has requests of its own
            if len(request.targets) < 2 or _is_elsewhere(error):
                self._refuse(request.targets, error)
                return
            for each in self._apart(request.targets):
                self._update(each)
        else:
            self.has_taken = True

    def _step(self, stepping: Stepping) -> None:
        self.has_stepped = True
        try:
            self._carry_out(stepping)
        except (Rejected, NotFound, AccessDenied) as error:
            if isinstance(error, AccessDenied) and error.is_signed_out:
                raise
            self._refuse((stepping.target,), error)
        except Faulty as error:  # tried again, for ever perhaps: that costs no other value, and not the note
            self._failed = self._failed or error
        else:
            self.has_taken = True

    def _carry_out(self, stepping: Stepping) -> None:
        """From their first look on again where a session ended among them: what was done is seen there."""
        try:
            carry_out(stepping, self._one)
        except AccessDenied as error:
            if not (error.is_signed_out and self._client.can_sign_in_anew):
                raise
            carry_out(stepping, self._one)

    def _note(self, note: Call | Stepping) -> None:
        try:
            if isinstance(note, Stepping):
                carry_out(note, self._one)
            else:
                self._send(note)
        except Rejected as error:
            if not self.has_taken:
                raise
            self._refuse(("note",), error)
        else:
            self.has_taken = True

    def _one(self, step: WriteStep, request: Call) -> Any:  # noqa: ARG002
        try:
            return self._send(request).document
        except NotFound:
            if request.method != "DELETE":
                raise
            return None  # somebody took it away just now

    def _send(self, request: Call) -> Reply:
        is_look = request.method == "GET"
        return self._client.send(
            request, self._deadline - time.monotonic(), None if is_look else self._not_after
        )

    def _refuse(self, targets: tuple[str, ...], error: HelpdeskError) -> None:
        self._first_refusal = self._first_refusal or error
        self.refused += targets
        self._details.append(error.detail)


def _is_elsewhere(error: Rejected) -> bool:
    """It was no answer to what was asked: the request was not sent, or pointed to another address."""
    return error.status is None or 300 <= error.status < 400
