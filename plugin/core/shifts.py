"""When a shift is kept, and by whom: weekly windows of local time, rotations, handovers.

Windows are as in ``core.calendar``: an instant lies in a shift when its local reading does, and a window
past midnight belongs to the date it starts on.  What hands over at a date and time (a rotation, an
exception) does so once: at the first instant whose local reading is at or past it, also where the clock is
set back or skips that reading.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from plugin.core.calendar import DAYS, MIDNIGHT, Calendar, Component, Interval, Window
from plugin.core.place import Place

ALWAYS: Mapping[str, tuple[Window, ...]] = dict.fromkeys(DAYS, ((0, MIDNIGHT),))


class LocalTime(NamedTuple):
    """A date and minute of the day as a wall clock shows them, in the roster's zone."""

    day: date
    minute: int = 0


@dataclass(frozen=True, slots=True)
class Rotation:
    """People who take turns of ``every`` whole days, the first from ``start`` on; nobody before it."""

    among: tuple[str, ...]
    every: int
    start: LocalTime


@dataclass(frozen=True, slots=True)
class Shift:
    """Weekly windows and who keeps them: always the same people, or one of a rotation."""

    weekly: Mapping[str, tuple[Window, ...]] = field(default_factory=lambda: ALWAYS)
    who: tuple[str, ...] = ()
    rotation: Rotation | None = None
    place: Place | None = None

    def kept(self, zone: str, start: int, end: int) -> Iterator[tuple[int, int, tuple[str, ...]]]:
        """Every span of the shift that touches ``start`` … ``end`` (UTC seconds), with who keeps it."""
        spans = _windows(self.weekly, zone, start, end)
        if self.rotation is None:
            yield from ((opens, closes, self.who) for opens, closes in spans)
            return
        for begin, until, person in turns(self.rotation, zone, start, end):
            for opens, closes in spans:
                if max(begin, opens) < min(until, closes):
                    yield max(begin, opens), min(until, closes), (person,)


def turns(rotation: Rotation, zone: str, start: int, end: int) -> Iterator[tuple[int, int, str]]:
    """Start, end and person of every turn that touches ``start`` … ``end`` (UTC seconds)."""
    passed = (local_date(start, zone) - rotation.start.day).days
    number = max(0, passed // rotation.every - 1)
    begin = _turn(rotation, zone, number)
    while begin < end:
        until = _turn(rotation, zone, number + 1)
        if until > start:
            yield begin, until, rotation.among[number % len(rotation.among)]
        begin, number = until, number + 1


def _turn(rotation: Rotation, zone: str, number: int) -> int:
    day = rotation.start.day + timedelta(days=number * rotation.every)
    return handover(LocalTime(day, rotation.start.minute), zone)


@lru_cache(maxsize=4096)
def handover(at: LocalTime, zone: str) -> int:
    """The first instant (UTC seconds) whose local reading is at or past this one."""
    day, minute = at.day + timedelta(days=at.minute // MIDNIGHT), at.minute % MIDNIGHT
    from_then = Component(zone, {}, overrides={day: ((minute, minute),)})
    found = Calendar("", "", (from_then,), day, day, day).intervals
    return found[0][0] if found else handover(LocalTime(day + timedelta(days=1)), zone)


def local_date(at: int, zone: str) -> date:
    """The local date of an instant (UTC seconds)."""
    return datetime.fromtimestamp(at, ZoneInfo(zone)).date()


def _windows(
    weekly: Mapping[str, tuple[Window, ...]], zone: str, start: int, end: int
) -> tuple[Interval, ...]:
    """The windows as UTC seconds around the time asked for; none is longer than a day."""
    first, last = local_date(start, zone) - timedelta(days=2), local_date(end, zone) + timedelta(days=1)
    spans = Calendar("", "", (Component(zone, weekly),), last, first, last).intervals
    return tuple(span for span in spans if span[0] < end and span[1] > start)
