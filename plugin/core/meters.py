"""Meters: how much of a target is used up, and when it will be.

A target is open time (seconds, around the clock or on a calendar) or a count of days.
Both are read over the intervals in which a clock ran: ``[start, end)``, the last one perhaps open (``None``).
An interval that ends just when the target is reached does not reach it: what happens at an instant
comes before what falls due at it.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from plugin.core.calendar import DAY, Calendar, DayEnd

Running = Sequence[tuple[int, int | None]]


@dataclass(frozen=True, slots=True)
class Target:
    """What a clock allows: ``seconds`` of open time, or ``days`` counted as the law counts them."""

    seconds: int = 0
    days: int = 0
    count: Literal["calendar", "working"] = "calendar"
    at_close: bool = False
    """The last day ends at closing time, not at 24:00."""
    roll: bool = False
    """A last day that is a rest day moves to the next working day (Civil Code Art. 203)."""

    @property
    def amount(self) -> int:
        """Seconds or days, whichever this target counts."""
        return self.days or self.seconds

    def plus(self, *, seconds: int = 0, days: int = 0) -> Target:
        """The same target with an extension."""
        return Target(self.seconds + seconds, self.days + days, self.count, self.at_close, self.roll)


@dataclass(frozen=True, slots=True)
class OpenTime:
    """Open seconds; without a calendar every second is open."""

    calendar: Calendar | None

    def used(self, running: Running, now: int) -> int:
        """Seconds used up to ``now``."""
        spans = ((start, now if end is None else min(end, now)) for start, end in running)
        return sum(self._elapsed(start, end) for start, end in spans if start < end)

    def reached(self, running: Running, amount: int, *, whole: bool = True) -> int | None:  # noqa: ARG002
        """The first instant at which ``amount`` seconds are used; None: never, as things stand."""
        used = 0
        for start, end in running:
            if end is not None and end <= start:
                continue
            at = self._add(start, amount - used)
            if at is not None and (end is None or at < end):
                return at
            if end is None:
                return None
            used += self._elapsed(start, end)
        return None

    def _elapsed(self, start: int, end: int) -> int:
        return end - start if self.calendar is None else self.calendar.elapsed(start, end)

    def _add(self, start: int, seconds: int) -> int | None:
        return start + seconds if self.calendar is None else self.calendar.add(start, seconds)


@dataclass(frozen=True, slots=True)
class CountedDays:
    """Whole days: each counted date after the starting one ticks at its end; a tick while stopped is lost."""

    calendar: Calendar
    start: int
    target: Target

    def used(self, running: Running, now: int) -> int:
        """Days counted up to ``now``."""
        return sum(1 for tick in self._ticks() if tick.at <= now and runs_at(running, tick.at))

    def reached(self, running: Running, amount: int, *, whole: bool = True) -> int | None:
        """The end of the day on which ``amount`` days are counted; the whole target rolls off rest days."""
        roll = self.target.roll and whole
        counted = 0
        for tick in self._ticks():
            if not runs_at(running, tick.at):
                continue
            counted += 1
            if counted >= amount and (tick.is_working or not roll):
                return tick.at
        return None

    def _ticks(self) -> Iterator[DayEnd]:
        first = self.calendar.local_date(self.start)
        days = self.calendar.days(at_close=self.target.at_close)
        for index in range(bisect_left(days, self.start - DAY, key=lambda day: day.at), len(days)):
            tick = days[index]
            if tick.day > first and (tick.is_working or self.target.count == "calendar"):
                yield tick


def runs_at(running: Running, at: int) -> bool:
    """Whether an instant lies in one of the intervals, the events of that instant counted as past."""
    return any(start <= at and (end is None or at < end) for start, end in running)


def meter(target: Target, calendar: Calendar | None, start: int) -> OpenTime | CountedDays:
    """The meter of a target for a clock that began at ``start``; days need a calendar (ValueError)."""
    if not target.days:
        return OpenTime(calendar)
    if calendar is None:
        raise ValueError("a target in days needs a calendar")
    return CountedDays(calendar, start, target)
