"""The dates a calendar file names, one by one or as ``first..last``, each named once."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import NamedTuple, TypeVar

from plugin.core.place import Place
from plugin.documents.problems import Placed, Problems, Spot
from plugin.documents.reader import as_written, slip_in_key
from plugin.documents.source import Node

T = TypeVar("T")
FIRST, LAST = date(2000, 1, 1), date(2099, 12, 31)
"""No helpdesk's time lies outside; this only ends slips of the pen."""
LONGEST = 366
_DATE = re.compile(r"(\d{4})-(\d\d)-(\d\d)", re.ASCII)


class Entry(NamedTuple):
    """What stands in one line of ``holidays``, ``workdays`` or ``overrides``."""

    days: tuple[date, ...]
    at: Spot
    value: Node


def day(written: str, at: Placed | Place, problems: Problems) -> date | None:
    """The date ``2026-11-25`` names."""
    found = _DATE.fullmatch(written.strip())
    if found is None:
        problems.add("not-a-day", at, given=written)
        return None
    year, month, number = map(int, found.groups())
    if not 1 <= month <= 12 or year == 0:
        problems.add("no-such-month", at, given=written)
        return None
    days = monthrange(year, month)[1]
    if not 1 <= number <= days:
        problems.add("no-such-date", at, given=written, days=days)
        return None
    return _within(date(year, month, number), at, problems)


def _within(found: date, at: Placed | Place, problems: Problems) -> date | None:
    if FIRST <= found <= LAST:
        return found
    problems.add("out-of-range", at, given=found.isoformat(), allowed=f"{FIRST}..{LAST}")
    return None


def day_of(node: Node | None, problems: Problems) -> date | None:
    """The date a value names."""
    if node is None:
        return None
    if node.kind in ("null", "map", "list"):
        problems.add("empty-value" if node.kind == "null" else "not-a-day", node, given=as_written(node))
        return None
    return day(node.raw, node, problems)


def days(written: str, at: Placed | Place, problems: Problems) -> tuple[date, ...]:
    """Every date of ``2026-02-15`` or ``2026-02-15..2026-02-23``; none after a problem."""
    first, dots, last = written.partition("..")
    begin = day(first, at, problems)
    end = day(last, at, problems) if dots else begin
    if begin is None or end is None:
        return ()
    length = (end - begin).days + 1
    if length < 1 or length > LONGEST:
        problems.add("backward-range" if length < 1 else "long-range", at, given=written, days=length)
        return ()
    return tuple(begin + timedelta(n) for n in range(length))


def entries(node: Node | None, what: str, problems: Problems) -> Iterator[Entry]:
    """Every line of one of the date settings; a date named twice is told with the line of the first."""
    if node is None:
        return
    if node.kind == "null":
        problems.add("empty-value", node)
    lines: dict[date, int] = {}
    for key, place, value in node.entries:
        at = Spot(place, len(key))
        if slip_in_key(key, place, value, problems):
            continue
        named = days(key, at, problems)
        double = next((each for each in named if each in lines), None)
        if double is not None:
            problems.add("date-twice", at, given=double.isoformat(), what=what, line=lines[double])
        lines |= dict.fromkeys(named, place.line)
        yield Entry(named, at, value)


def by_day(read: Callable[[Entry], T | None], found: Iterator[Entry]) -> dict[date, T]:
    """Date → what ``read`` makes of its line; lines with a problem are left out."""
    values = ((entry, read(entry)) for entry in found)
    return {each: value for entry, value in values if value is not None for each in entry.days}
