"""Opening hours as an admin writes them: ``09:00-12:00``, lists of them, ``closed``; and what overlaps."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import NamedTuple

from plugin.core.calendar import DAYS, MIDNIGHT, Window
from plugin.core.instants import minutes_of_day
from plugin.documents.problems import Problems
from plugin.documents.reader import as_written, slip_in_key
from plugin.documents.source import Node

CLOSED = "closed"
_HOURS = re.compile(r"\s*([\d:.]+)\s*-\s*([\d:.]+)\s*")


class Shift(NamedTuple):
    """One stretch of hours, and where it is written."""

    window: Window
    node: Node

    @property
    def end(self) -> int:
        """Minutes from the midnight it starts after; past ``MIDNIGHT`` where it goes on into the next day."""
        start, end = self.window
        return end if end > start else end + MIDNIGHT


def shifts(node: Node | None, problems: Problems) -> tuple[Shift, ...]:
    """The shifts of one day in their order, none for ``closed``; overlapping ones are reported."""
    if node is None or (node.kind == "text" and node.raw.strip() == CLOSED):
        return ()
    listed = node.items if node.kind == "list" and node.items else [node]
    read = (_shift(item, problems) for item in listed)
    found = sorted((shift for shift in read if shift is not None), key=lambda shift: shift.window)
    for one, two in pairwise(found):
        if two.window[0] < one.end:
            problems.add("overlapping-hours", two.node, given=two.node.raw, other=one.node.raw)
    return tuple(found)


def windows(found: Iterable[Shift]) -> tuple[Window, ...]:
    """What the engine needs of them."""
    return tuple(shift.window for shift in found)


def _shift(node: Node, problems: Problems) -> Shift | None:
    parts = _HOURS.fullmatch(node.raw) if node.kind == "text" else None
    if parts is None:
        problems.add("empty-value" if node.kind == "null" else "not-hours", node, given=as_written(node))
        return None
    start, end = (_minutes(part, node, problems) for part in parts.groups())
    if start is None or end is None:
        return None
    if start == end:
        problems.add("no-length", node, given=node.raw)
        return None
    if start == MIDNIGHT:
        problems.add("not-a-time", node, given=node.raw, part="24:00")
        return None
    return Shift((start, end), node)


def _minutes(part: str, node: Node, problems: Problems) -> int | None:
    minutes = minutes_of_day(part)
    if minutes is None or minutes > MIDNIGHT:
        problems.add("not-a-time", node, given=node.raw, part=part)
        return None
    return minutes


def weekly(node: Node | None, problems: Problems) -> dict[str, tuple[Shift, ...]]:
    """Weekday → its shifts; ``mon-fri`` stands for several days."""
    if node is None:
        return {}
    if node.kind != "map":
        if node.kind == "null":
            problems.add("empty-value", node)
        return {}
    found: dict[str, tuple[Shift, ...]] = {}
    lines: dict[str, int] = {}
    for key, place, value in node.entries:
        if slip_in_key(key, place, value, problems):
            continue
        days = _days(key)
        if not days:
            problems.add("no-weekday", place, given=key, choices=DAYS)
        day_shifts = shifts(value, problems)
        for day in days:
            if day in found:
                problems.add("weekday-twice", place, weekday=day, line=lines[day])
            found[day], lines[day] = day_shifts, place.line
    _check_nights(found, problems)
    return found


def _days(key: str) -> tuple[str, ...]:
    """``mon-fri`` → five days; a range may go over the end of the week (``sun-thu``)."""
    first, dash, last = (part.strip() for part in key.partition("-"))
    if first not in DAYS or (dash and last not in DAYS):
        return ()
    begin = DAYS.index(first)
    length = (DAYS.index(last) - begin) % 7 + 1 if dash else 1
    return tuple(DAYS[(begin + n) % 7] for n in range(length))


def _check_nights(found: Mapping[str, tuple[Shift, ...]], problems: Problems) -> None:
    """A night shift must end before the next day's first shift begins."""
    for day, following in zip(DAYS, (*DAYS[1:], DAYS[0]), strict=True):
        nights = found.get(day, ())
        for shift in found.get(following, ()):
            if nights and shift.window[0] < goes_on_until(windows(nights)):
                other = max(nights, key=lambda night: night.end).node.raw
                problems.add("runs-into-next-day", shift.node, given=shift.node.raw, other=other, weekday=day)


def goes_on_until(day: Iterable[Window]) -> int:
    """Minutes of the next day at which a day's shifts are over; 0 where none goes past midnight."""
    return max((end for start, end in day if end <= start), default=0)
