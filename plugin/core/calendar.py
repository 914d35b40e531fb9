"""Working time: a calendar is a set of open UTC intervals with a running total.

An instant is open when its *local* date and time lie in a window; a window past midnight belongs to the
date it starts on.  For one date an override beats a make-up working day, which beats a holiday, which
beats the weekly hours; several components (sites, zones) are a union.  Everything inside is whole UTC
seconds, so that a change to summer time is only a longer or shorter interval.

Counting days follows the Civil Code, Arts. 201 and 203: the first day is not counted, the last day ends
at 24:00 (or at closing), and a last day that is a rest day rolls to the next working day.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import NamedTuple
from zoneinfo import ZoneInfo

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MIDNIGHT = 24 * 60
DAY = 86_400
EPOCH = date(1970, 1, 1).toordinal()

Window = tuple[int, int]
"""Minutes of the local day, start and end; an end at or before the start lies on the next day."""
Interval = tuple[int, int]
"""UTC seconds, start included, end not."""


class DayEnd(NamedTuple):
    """When a local date ends (UTC seconds), and whether it is a working day."""

    at: int
    day: date
    is_working: bool


@dataclass(frozen=True, slots=True)
class Component:
    """One site: its zone, weekly hours and the dates that differ."""

    zone: str
    weekly: Mapping[str, tuple[Window, ...]]
    """``mon`` … ``sun`` → windows; a day left out is closed."""
    holidays: frozenset[date] = frozenset()
    workdays: Mapping[date, str] = field(default_factory=dict)
    """Make-up working day → the weekday whose hours it has (``mon`` for a Monday's)."""
    overrides: Mapping[date, tuple[Window, ...]] = field(default_factory=dict)

    def windows(self, day: date) -> tuple[Window, ...]:
        """The windows that start on this local date."""
        if day in self.overrides:
            return self.overrides[day]
        if day in self.workdays:
            return self.weekly.get(self.workdays[day], ())
        if day in self.holidays:
            return ()
        return self.weekly.get(DAYS[day.weekday()], ())


@dataclass(frozen=True, eq=False)
class Calendar:
    """A version of a calendar, compiled between ``first`` and ``last`` (local dates of its first zone)."""

    id: str
    version: str
    components: tuple[Component, ...]
    covered_through: date
    """The last date the makers of the file vouch for; anything due later is provisional."""
    first: date
    last: date

    @cached_property
    def intervals(self) -> tuple[Interval, ...]:
        """Every open interval, merged and ascending."""
        spans = (
            span for component in self.components for _, span in _spans(component, self.first, self.last)
        )
        return tuple(_merged(sorted(spans)))

    @cached_property
    def _starts(self) -> list[int]:
        return [start for start, _ in self.intervals]

    @cached_property
    def _opened(self) -> list[int]:
        total, sums = 0, [0]
        for start, end in self.intervals:
            total += end - start
            sums.append(total)
        return sums

    @cached_property
    def zone(self) -> ZoneInfo:
        """The zone in which this calendar counts days."""
        return ZoneInfo(self.components[0].zone)

    def opened(self, at: int) -> int:
        """Open seconds from the calendar's beginning up to ``at`` (UTC seconds)."""
        index = bisect_right(self._starts, at) - 1
        if index < 0:
            return 0
        start, end = self.intervals[index]
        return self._opened[index] + min(at, end) - start

    def elapsed(self, start: int, end: int) -> int:
        """Open seconds between two instants (UTC seconds)."""
        return self.opened(end) - self.opened(start)

    def add(self, start: int, seconds: int) -> int | None:
        """The earliest instant at which ``seconds`` of open time have passed; None: never."""
        if seconds <= 0:
            return start
        wanted = self.opened(start) + seconds
        index = bisect_left(self._opened, wanted) - 1
        if index >= len(self.intervals):
            return None
        return self.intervals[index][0] + wanted - self._opened[index]

    def is_open(self, at: int) -> bool:
        """Whether the instant (UTC seconds) lies in a window."""
        index = bisect_right(self._starts, at) - 1
        return index >= 0 and at < self.intervals[index][1]

    def next_open(self, at: int) -> int | None:
        """``at`` itself when open, else the next opening; None: never within the calendar."""
        if self.is_open(at):
            return at
        index = bisect_right(self._starts, at)
        return self._starts[index] if index < len(self._starts) else None

    def is_working(self, day: date) -> bool:
        """Whether the local date has open hours at any site; make-up days do, holidays do not."""
        return any(component.windows(day) for component in self.components)

    def local_date(self, at: int) -> date:
        """The local date of an instant (UTC seconds)."""
        return datetime.fromtimestamp(at, self.zone).date()

    def days(self, *, at_close: bool) -> tuple[DayEnd, ...]:
        """Every compiled date with the instant it ends: 24:00 local, or closing where it has open hours.

        In order of the instants: a long shift may close after a short one of the day behind it.
        """
        return self._days_at_close if at_close else self._days

    @cached_property
    def _days(self) -> tuple[DayEnd, ...]:
        segments = _segments(self.zone, _reading(self.first, 0) - DAY, _reading(self.last, 0) + 3 * DAY)
        every = (date.fromordinal(n) for n in range(self.first.toordinal(), self.last.toordinal() + 1))
        return tuple(DayEnd(_midnight_after(day, segments), day, self.is_working(day)) for day in every)

    @cached_property
    def _days_at_close(self) -> tuple[DayEnd, ...]:
        closings = self._closings
        return tuple(
            sorted(DayEnd(closings.get(row.day, row.at), row.day, row.is_working) for row in self._days)
        )

    @cached_property
    def _closings(self) -> dict[date, int]:
        found: dict[date, int] = {}
        for component in self.components:
            for day, (_, end) in _spans(component, self.first, self.last):
                found[day] = max(end, found.get(day, end))
        return found

    @property
    def end(self) -> int:
        """The end of the last compiled date (UTC seconds)."""
        return self._days[-1].at

    def is_provisional(self, at: int) -> bool:
        """Whether the instant lies beyond what the file covers."""
        return self.local_date(at - 1) > self.covered_through


class _Segment(NamedTuple):
    """A stretch of UTC seconds in which a zone keeps one offset (seconds)."""

    start: int
    end: int
    offset: int


def _segments(zone: ZoneInfo, start: int, end: int) -> list[_Segment]:
    """The zone's offsets between two instants, found day by day and by halving where they differ."""
    found: list[_Segment] = []
    begin = start
    for at in range(start, end, DAY):
        until = min(at + DAY, end)
        offset = _offset(zone, at)
        if _offset(zone, until) != offset:
            change = _first_after(zone, at, until)
            found.append(_Segment(begin, change, offset))
            begin = change
    return [*found, _Segment(begin, end, _offset(zone, begin))]


def _offset(zone: ZoneInfo, at: int) -> int:
    offset = datetime.fromtimestamp(at, zone).utcoffset()
    assert offset is not None
    return int(offset.total_seconds())


def _first_after(zone: ZoneInfo, low: int, high: int) -> int:
    offset = _offset(zone, low)
    while high - low > 1:
        middle = (low + high) // 2
        if _offset(zone, middle) == offset:
            low = middle
        else:
            high = middle
    return high


def _reading(day: date, minute: int) -> int:
    """A local wall reading as seconds, as if its zone were UTC."""
    return (day.toordinal() - EPOCH) * DAY + minute * 60


def _instants(segments: Iterable[_Segment], opens: int, closes: int) -> Iterator[Interval]:
    """The instants whose local reading lies in [opens, closes): none in a gap, both passes of a repeat."""
    for segment in segments:
        start, end = max(opens - segment.offset, segment.start), min(closes - segment.offset, segment.end)
        if start < end:
            yield start, end


def _spans(component: Component, first: date, last: date) -> Iterator[tuple[date, Interval]]:
    """Every window as UTC, with the local date it starts on."""
    zone = ZoneInfo(component.zone)
    segments = _segments(zone, _reading(first, 0) - DAY, _reading(last, 0) + 3 * DAY)
    for ordinal in range(first.toordinal(), last.toordinal() + 1):
        day = date.fromordinal(ordinal)
        for start, end in component.windows(day):
            closing = end if end > start else end + MIDNIGHT
            for span in _instants(_around(segments, day), _reading(day, start), _reading(day, closing)):
                yield day, span


def _around(segments: list[_Segment], day: date) -> list[_Segment]:
    """The segments a date and its neighbours can touch; nearly always one."""
    at = _reading(day, 0)
    low = bisect_right(segments, at - 2 * DAY, key=lambda segment: segment.start) - 1
    high = bisect_right(segments, at + 3 * DAY, key=lambda segment: segment.start)
    return segments[max(low, 0) : high]


def _midnight_after(day: date, segments: list[_Segment]) -> int:
    """The first instant from which the local date is past ``day``."""
    close, around = _reading(day, MIDNIGHT), _around(segments, day)
    ends = [end for _, end in _instants(around, close - DAY, close)]
    # a zone that moves over the date line skips a date: it ends where the next one begins
    return max(ends) if ends else min(s.start for s in around if s.start + s.offset >= close)


def _merged(spans: Iterable[Interval]) -> Iterator[Interval]:
    current: Interval | None = None
    for start, end in spans:
        if current is None:
            current = (start, end)
        elif start <= current[1]:
            current = (current[0], max(current[1], end))
        else:
            yield current
            current = (start, end)
    if current is not None:
        yield current
