"""Tickets changed since an instant, one page a call; nothing between two pages is passed over.

A rising list is never counted through: each page begins at the instant the last one came to, for a ticket
that changes meanwhile moves to the end and draws the others forward. Only where more tickets than a page
holds have one and the same instant are pages counted, and walked again until two walks meet the same tickets:
what was drawn forward over the edge of a page left a ticket of the first walk missing from the second. In a
list of any other order tickets move towards its end, or not at all: it is counted through.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from hashlib import sha256
from math import ceil
from typing import Any, Protocol

from plugin.desk import normalise
from plugin.desk.api_shape import ChangedShape, Since
from plugin.desk.client import Reply
from plugin.desk.descriptor import Descriptor
from plugin.desk.helpdesk import Changed, ListManner, Page, Position, Server
from plugin.desk.installation import Installation
from plugin.desk.outbound import Call, call
from plugin.desk.paging import Turn, asking, following, items
from plugin.desk.template import render_text
from plugin.desk.transforms import holds, instant_to_wire, read_instant, read_one
from plugin.errors import Faulty, NotFound, Rejected

MOST_WALKS = 6
"""A list that is changed as fast as it is read is left for the next look."""
MARGIN = 2.0
"""Seconds a time gone is made longer by: the helpdesk counts it back from a moment later."""


class Asks(Protocol):
    """What can be asked for one page."""

    server: Server | None

    def send(
        self, call: Call, timeout: float, not_after: float | None = None, most: int | None = None
    ) -> Reply:
        """One try."""
        ...


class Changes:
    """Lists what changed at one installation."""

    def __init__(
        self,
        client: Asks,
        descriptor: Descriptor,
        desk: Installation,
        clock: Callable[[], float] = time.time,
        named: Callable[[float], Installation] | None = None,
    ) -> None:
        """``named`` gives the desk with the live lists' names, within so many seconds."""
        self._client = client
        self._descriptor = descriptor
        self._desk = desk
        self._named = named or (lambda _: desk)
        self._clock = clock

    @property
    def manner(self) -> ListManner | None:
        """How the product lists; None where it cannot."""
        shape = self._descriptor.changed
        if shape is None:
            return None
        return ListManner(
            is_whole=shape.is_whole,
            is_rising=is_rising(shape),
            has_times=shape.at is not None,
            lag=shape.lag,
            overlap=shape.overlap,
            every=shape.every,
        )

    def pages(self, since: float | None, timeout: float) -> Iterator[Page]:
        """Every page of a walk, each one call of at most ``timeout`` seconds."""
        position: Position | None = Position(since)
        while position is not None:
            page = self.page(position, timeout)
            yield page
            position = page.after

    def page(self, position: Position, timeout: float) -> Page:
        """One page; raises a ``HelpdeskError``, ``Faulty`` where the answer holds no list."""
        shape = self._descriptor.changed
        if shape is None:
            raise NotFound("changed", detail="this product has no list of changed tickets")
        turn = Turn(position.page, position.cursor)
        request = asking(self._request(shape, position), shape.paging, turn)
        try:
            reply = self._client.send(request, timeout, most=shape.most_bytes)
        except NotFound:
            if position.page == 0:
                raise
            return Page((), _confirmed(shape, position, ()))  # the list has become shorter than this page
        found = items(shape.paging, reply.document)
        if found is None:
            raise Faulty(request.name, detail="the answer holds no list of tickets")
        named = self._named(timeout) if shape.row is not None and found else self._desk
        rows = tuple(self._row(shape, item, position.since, named) for item in found)
        tickets = [row for row, item in zip(rows, found, strict=True) if self._is_ticket(shape, item)]
        return Page(_wanted(shape, tickets, position), _after(shape, position, turn, reply, rows))

    def _is_ticket(self, shape: ChangedShape, item: Any) -> bool:
        context = {"item": item, "setting": dict(self._desk.settings)}
        return not shape.only or any(holds(test, context, context) for test in shape.only)

    def _request(self, shape: ChangedShape, position: Position) -> Call:
        known: dict[str, Any] = {"setting": dict(self._desk.settings)}
        if shape.since is not None and position.since is not None:
            known["since"] = self._since(shape.since, position.since, known)
        return call(shape.request, known)

    def _since(self, shape: Since, at: float, known: Mapping[str, Any]) -> str | int:
        if shape.ago is None:
            try:
                return instant_to_wire(_floor(at, shape.grain), shape.form, render_text(shape.zone, known))
            except ValueError as error:
                raise Rejected("changed", detail=f"the time zone cannot be used: {error}"[:200]) from None
        server = self._client.server
        gone = self._clock() + (server.skew if server else 0.0) - _floor(at, shape.grain) + MARGIN
        units = {"seconds": 1, "minutes": 60, "days": 86_400}
        return render_text(shape.ago, {name: max(1, ceil(gone / unit)) for name, unit in units.items()})

    def _row(self, shape: ChangedShape, item: Any, since: float | None, desk: Installation) -> Changed:
        context = {"item": item, "setting": dict(self._desk.settings)}
        written = read_one(context, shape.id, context)
        ticket_id = self._descriptor.receive.ids.canonical(written) if written else None
        if ticket_id is None:
            raise Faulty("changed", detail="the list holds a ticket without an id")
        at = read_instant(context, shape.at, context) if shape.at else None
        made = read_instant(context, shape.created_at, context) if shape.created_at else None
        is_new = made is not None and since is not None and made >= since
        by = read_one(context, shape.by, context) if shape.by else None
        word = read_one(context, shape.state, context) if shape.state else None
        return Changed(
            ticket_id,
            at,
            "listed" if at is None else "created" if is_new else "updated",
            ours=by is not None and by == self._desk.settings.get("account"),
            state=normalise.state(self._descriptor, self._desk, word) if word is not None else None,
            snapshot=self._snapshot(shape, ticket_id, item, desk),
        )

    def _snapshot(self, shape: ChangedShape, ticket_id: str, item: Any, desk: Installation) -> Any:
        if shape.row is None:
            return None
        known = self._descriptor.receive.ids.known(ticket_id)
        answers = {**known, shape.row: item, "setting": dict(self._desk.settings), "headers": {}}
        return normalise.snapshot(self._descriptor, desk, ticket_id, answers)


def is_rising(shape: ChangedShape) -> bool:
    """Whether a walk may begin anew at the last instant it came to."""
    return shape.order == "rising" and shape.since is not None and shape.paging.kind != "cursor"


def _wanted(shape: ChangedShape, rows: Iterable[Changed], position: Position) -> tuple[Changed, ...]:
    """A filter by the minute or the day lists more than was asked for."""
    if position.since is None or shape.is_whole:
        return tuple(rows)
    since = _floor(position.since, 1)
    return tuple(row for row in rows if row.at is None or row.at >= since)


def _after(
    shape: ChangedShape, position: Position, turn: Turn, reply: Reply, rows: tuple[Changed, ...]
) -> Position | None:
    more = following(shape.paging, turn, reply.document, reply.headers)
    times = [row.at for row in rows if row.at is not None]
    if is_rising(shape):
        return _rising(shape, position, more is not None, rows, times)
    is_past = shape.order == "falling" and bool(times) and times[-1] < (position.since or 0.0)
    return None if more is None or is_past else replace(position, page=more.page, cursor=more.cursor)


def _rising(
    shape: ChangedShape, position: Position, is_more: bool, rows: tuple[Changed, ...], times: list[float]
) -> Position | None:
    since = _step(shape, position.since or 0.0)
    newest = _step(shape, max(times, default=since))
    if position.page == 0 and not is_more:
        return None
    if position.page == 0 and newest > since:
        return Position(newest)
    if not is_more or newest > since:
        return _confirmed(shape, position, rows)
    walk = _sum(position.walk, _of_instant(shape, rows, since))
    return replace(position, page=position.page + 1, walk=walk)


def _confirmed(shape: ChangedShape, position: Position, rows: tuple[Changed, ...]) -> Position | None:
    """The end of an instant that filled several pages: behind us once two walks through it are the same."""
    if not is_rising(shape):
        return None
    since = _step(shape, position.since or 0.0)
    walk = _sum(position.walk, _of_instant(shape, rows, since))
    if walk == position.before:
        return Position(since + _grain(shape))
    if position.walks >= MOST_WALKS:
        raise Faulty("changed", detail="the list changes faster than it can be read")
    return Position(position.since, before=walk, walks=position.walks + 1)


def _of_instant(shape: ChangedShape, rows: Iterable[Changed], since: float) -> set[str]:
    return {row.ticket_id for row in rows if row.at is not None and _step(shape, row.at) == since}


def _sum(walk: int, ids: Iterable[str]) -> int:
    """The order of tickets of one instant says nothing: what counts is which were met."""
    return sum((int.from_bytes(sha256(each.encode()).digest()[:7]) for each in ids), walk) % 2**60


def _step(shape: ChangedShape, at: float) -> float:
    return _floor(at, _grain(shape))


def _grain(shape: ChangedShape) -> int:
    return shape.since.grain if shape.since else 1


def _floor(at: float, grain: int) -> float:
    return at // grain * grain
