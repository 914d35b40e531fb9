"""The requests that read a ticket, step by step, within one time; answers under the names of the steps."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from plugin.desk.answers import TooLarge
from plugin.desk.api_shape import ReadStep
from plugin.desk.client import Client, Reply
from plugin.desk.installation import Installation
from plugin.desk.kept import Kept
from plugin.desk.outbound import call
from plugin.desk.paging import Turn, asking, whole
from plugin.desk.template import UnsafeSegment
from plugin.desk.transforms import holds, read_all
from plugin.errors import AccessDenied, NotFound

_GONE, _UNREAD = "gone", "unread"


class Fetch:
    """Reads the parts of a ticket that the descriptor's steps name."""

    def __init__(self, client: Client, desk: Installation) -> None:
        self._client = client
        self._desk = desk
        self._kept = Kept()

    def answers(self, ids: Mapping[str, Any], steps: tuple[ReadStep, ...], deadline: float) -> dict[str, Any]:
        """Step → its JSON, with ``headers``, ``setting`` and ``unread`` (parts not fetched).

        ``ids`` are the ticket's id and its parts, as requests know them (``ids.IdShape.known``);
        ``deadline`` is a ``time.monotonic()`` that bounds all steps together; raises a ``HelpdeskError``.
        """
        answers: dict[str, Any] = {
            **ids,
            "setting": dict(self._desk.settings),
            "headers": {},
            "unread": 0,
        }
        for step in steps:
            if step.each is None:
                answers[step.name] = self._part(step, answers, deadline, is_first=step is steps[0])
                continue
            values = list(dict.fromkeys(read_all(answers, step.each, answers)))
            some = _oldest_and_newest(values, step.most)
            found = [self._one_of_many(step, {**answers, "each": value}, deadline) for value in some]
            answers[step.name] = [each for each in found if not isinstance(each, str)]
            answers["unread"] += len(values) - len(some) + found.count(_UNREAD)
        return answers

    def _part(self, step: ReadStep, known: dict[str, Any], deadline: float, *, is_first: bool) -> Any:
        """A ticket is gone where it is not found itself; one of its parts may be out of our sight."""
        try:
            return self._step(step, known, deadline)
        except NotFound as error:
            if is_first:
                raise
            raise AccessDenied(error.request, error.status, error.detail) from None

    def _one_of_many(self, step: ReadStep, known: dict[str, Any], deadline: float) -> Any:
        """One part of a ticket: gone since it was listed, too large to be read, or its answer."""
        kept = self._kept.get(step.name, known["each"]) if step.unchanging else None
        if kept is not None:
            return kept
        try:
            return self._step(step, known, deadline)
        except NotFound:
            return _GONE
        except TooLarge:
            return _UNREAD

    def _step(self, step: ReadStep, known: dict[str, Any], deadline: float) -> Any:
        def ask(turn: Turn | None) -> tuple[Any, Mapping[str, str]]:
            reply = self._get(step, known, deadline, turn)
            return reply.document, reply.headers

        document = whole(step.paging, ask)
        if step.none is not None and isinstance(document, dict) and holds(step.none, document):
            raise NotFound(f"{step.request.method} {step.request.path}", detail="there is no such ticket")
        return document

    def _get(self, step: ReadStep, known: dict[str, Any], deadline: float, turn: Turn | None = None) -> Reply:
        try:
            request = call(step.request, known)
        except UnsafeSegment:
            raise NotFound(
                f"{step.request.method} {step.request.path}", detail="no such id can exist"
            ) from None
        if turn is not None and step.paging is not None:
            request = asking(request, step.paging, turn)
        reply = self._client.send(request, deadline - time.monotonic(), most=step.most_bytes)
        known["headers"][step.name] = dict(reply.headers)
        if step.unchanging and step.each is not None:
            self._kept.put(step.name, known["each"], reply.document, reply.size)
        return reply


def _oldest_and_newest(values: list[str], most: int) -> list[str]:
    """Where there are too many parts: the first words, and what was said last."""
    return values if len(values) <= most else values[: most // 4] + values[len(values) - (most - most // 4) :]
