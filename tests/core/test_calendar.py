"""Calendars against the wall clock: open instants, working days, ends of days, and the sums over them."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plugin.core.calendar import DAY, DAYS, Calendar, Component
from tests.core.clock_scenes import SLOT, STARTS, a_calendar
from tests.core.wall_clock import is_working, last_close, opening_dates


def random_calendar(seed: int) -> Calendar:
    rng = random.Random(seed)
    return a_calendar(rng, "k", rng.choice(list(STARTS.values()))[1])


calendars = st.integers(0, 150).map(random_calendar)
days = st.dates(date(2026, 2, 27), date(2026, 4, 12))
instants = st.integers(*(int(datetime(2026, *at, tzinfo=UTC).timestamp()) for at in ((2, 27), (4, 12))))


def second(iso: str) -> int:
    return int(datetime.fromisoformat(iso).timestamp())


@given(calendars, instants)
def test_open_is_what_the_wall_clock_says(calendar: Calendar, at: int) -> None:
    assert calendar.is_open(at) == bool(opening_dates(calendar, at))


@given(calendars, st.sampled_from([at for at, _ in STARTS.values()]), st.integers(-DAY, 2 * DAY))
def test_open_in_the_nights_the_clock_changes(calendar: Calendar, near: int, seconds: int) -> None:
    assert calendar.is_open(near + seconds) == bool(opening_dates(calendar, near + seconds))


@given(calendars, days)
def test_working_is_having_hours(calendar: Calendar, day: date) -> None:
    assert calendar.is_working(day) == is_working(calendar, day)


@given(calendars, instants, st.integers(1, 150_000))
def test_elapsed_takes_back_what_add_gave(calendar: Calendar, start: int, seconds: int) -> None:
    end = calendar.add(start, seconds)
    if end is None:
        assert not calendar.intervals or calendar.elapsed(start, calendar.end + DAY) < seconds
    else:
        assert calendar.elapsed(start, end) == seconds
        assert calendar.elapsed(start, end - 1) == seconds - 1


@given(calendars, instants, instants, instants)
def test_elapsed_adds_up(calendar: Calendar, one: int, two: int, three: int) -> None:
    start, middle, end = sorted((one, two, three))
    assert calendar.elapsed(start, middle) + calendar.elapsed(middle, end) == calendar.elapsed(start, end)


@given(calendars, instants, st.integers(0, 3 * DAY))
def test_elapsed_counts_the_open_slots(calendar: Calendar, start: int, seconds: int) -> None:
    start, end = start // SLOT * SLOT, (start + seconds) // SLOT * SLOT
    assert calendar.elapsed(start, end) == SLOT * sum(calendar.is_open(at) for at in range(start, end, SLOT))


@given(calendars, instants)
def test_next_open_is_open_and_nothing_before_it_is(calendar: Calendar, at: int) -> None:
    opening = calendar.next_open(at)
    if opening is None:
        assert not any(start > at for start, _ in calendar.intervals)
    else:
        assert opening >= at
        assert calendar.is_open(opening)
        assert calendar.elapsed(at, opening) == 0


@given(calendars)
def test_intervals_ascend_and_do_not_touch(calendar: Calendar) -> None:
    edges = [edge for interval in calendar.intervals for edge in interval]
    assert all(before < after for before, after in pairwise(edges))
    assert all(edge % 60 == 0 for edge in edges), "clocks change on the minute"


@settings(max_examples=30)
@given(calendars)
def test_days_end_at_local_midnight_or_at_closing(calendar: Calendar) -> None:
    by_date = {row.day: row for row in calendar.days(at_close=False)}
    closing = {row.day: row for row in calendar.days(at_close=True)}
    for offset in range(40):
        day = date(2026, 3, 1) + timedelta(offset)
        midnight = int(datetime.combine(day + timedelta(1), time(), calendar.zone).timestamp())
        assert by_date[day] == (midnight, day, is_working(calendar, day))
        assert closing[day] == (last_close(calendar, day) or midnight, day, is_working(calendar, day))
    assert [row.at for row in closing.values()] == sorted(row.at for row in closing.values())


OFFICE = Component(
    "Asia/Shanghai",
    dict.fromkeys(DAYS, ((540, 1080),)),
    holidays=frozenset({date(2026, 3, 9), date(2026, 3, 10)}),
    workdays={date(2026, 3, 10): "mon"},
    overrides={date(2026, 3, 9): ((600, 660),)},
)
MARCH = Calendar("k", "", (OFFICE,), date(2026, 3, 20), date(2026, 3, 1), date(2026, 3, 31))


@pytest.mark.parametrize(
    ("start", "seconds", "end"),
    [
        ("2026-03-11T09:00:00+08:00", 0, "2026-03-11T09:00:00+08:00"),
        ("2026-03-11T20:00:00+08:00", 0, "2026-03-11T20:00:00+08:00"),
        ("2026-03-11T09:00:00+08:00", 1, "2026-03-11T09:00:01+08:00"),
        ("2026-03-11T08:59:59+08:00", 1, "2026-03-11T09:00:01+08:00"),
        ("2026-03-11T09:00:00+08:00", 9 * 3600, "2026-03-11T18:00:00+08:00"),
        ("2026-03-11T09:00:00+08:00", 9 * 3600 + 1, "2026-03-12T09:00:01+08:00"),
        ("2026-03-11T18:00:00+08:00", 1, "2026-03-12T09:00:01+08:00"),
        ("2026-03-08T17:59:30+08:00", 60, "2026-03-09T10:00:30+08:00"),
        ("2026-03-09T10:30:00+08:00", 31 * 60, "2026-03-10T09:01:00+08:00"),
    ],
)
def test_adding_to_the_second(start: str, seconds: int, end: str) -> None:
    assert MARCH.add(second(start), seconds) == second(end)


def test_before_and_beyond_the_compiled_dates() -> None:
    before, beyond = second("2026-02-01T12:00:00+08:00"), second("2026-04-02T12:00:00+08:00")
    assert (MARCH.is_open(before), MARCH.is_open(beyond)) == (False, False)
    assert MARCH.opened(before) == 0
    assert MARCH.next_open(before) == MARCH.intervals[0][0] == second("2026-03-01T09:00:00+08:00")
    assert MARCH.next_open(beyond) is None
    assert MARCH.intervals[-1][1] == second("2026-03-31T18:00:00+08:00")
    whole = MARCH.elapsed(before, beyond)
    assert MARCH.add(before, whole) == MARCH.intervals[-1][1]
    assert MARCH.add(before, whole + 1) is None
    first, last = MARCH.intervals[0], MARCH.intervals[-1]
    assert MARCH.is_open(first[0])
    assert not MARCH.is_open(last[1])
    assert MARCH.elapsed(before, first[1]) == MARCH.elapsed(last[0], beyond) == 9 * 3600
    assert MARCH.elapsed(first[1] - 1, MARCH.intervals[1][0] + 1) == 2
    assert MARCH.days(at_close=False)[0].at == second("2026-03-02T00:00:00+08:00")
    assert MARCH.end == second("2026-04-01T00:00:00+08:00")


def test_never_open() -> None:
    closed = Calendar(
        "k", "", (replace(OFFICE, weekly={}, overrides={}),), MARCH.last, MARCH.first, MARCH.last
    )
    at = second("2026-03-11T09:00:00+08:00")
    assert closed.intervals == ()
    assert not closed.is_open(at)
    assert closed.next_open(at) is None
    assert closed.add(at, 1) is None
    assert closed.add(at, 0) == at
    assert closed.elapsed(at, at + DAY) == 0


def test_a_window_that_ends_where_it_starts_is_a_day_long() -> None:
    office = replace(OFFICE, weekly={"wed": ((540, 540),)})
    calendar = Calendar("k", "", (office,), MARCH.last, MARCH.first, MARCH.last)
    start = second("2026-03-11T09:00:00+08:00")
    assert (start, start + DAY) in calendar.intervals


@pytest.mark.parametrize(
    ("at", "provisional"),
    [
        ("2026-03-20T12:00:00+08:00", False),
        ("2026-03-21T00:00:00+08:00", False),
        ("2026-03-21T00:00:01+08:00", True),
    ],
)
def test_provisional_is_after_the_last_covered_date(at: str, provisional: bool) -> None:
    assert MARCH.is_provisional(second(at)) == provisional


def test_a_shift_of_the_last_date_runs_to_its_end() -> None:
    night = Component("America/Los_Angeles", {"tue": ((1320, 1200),)})
    calendar = Calendar("k", "", (night,), date(2026, 3, 31), date(2026, 3, 1), date(2026, 3, 31))
    assert calendar.intervals[-1][1] == second("2026-04-01T20:00:00-07:00")


def test_a_shift_of_the_first_date_starts_with_it_in_any_zone() -> None:
    early = Component("Pacific/Kiritimati", {"sun": ((0, 60),)})
    calendar = Calendar("k", "", (early,), date(2026, 3, 31), date(2026, 3, 1), date(2026, 3, 31))
    assert calendar.intervals[0] == (second("2026-03-01T00:00:00+14:00"), second("2026-03-01T01:00:00+14:00"))


def test_days_are_counted_in_the_first_zone() -> None:
    sites = (Component("Europe/Berlin", {"mon": ((540, 600),)}), OFFICE)
    calendar = Calendar("k", "", sites, date(2026, 3, 31), date(2026, 3, 1), date(2026, 3, 31))
    assert calendar.zone == ZoneInfo("Europe/Berlin")
    assert calendar.local_date(second("2026-03-09T23:30:00+01:00")) == date(2026, 3, 9)


def test_a_date_that_a_zone_skips_ends_as_it_begins() -> None:
    """Apia had no 30 December 2011."""
    apia = Component("Pacific/Apia", dict.fromkeys(DAYS, ((540, 1080),)))
    calendar = Calendar("k", "", (apia,), date(2012, 1, 31), date(2011, 12, 1), date(2012, 1, 31))
    ends = {row.day: row.at for row in calendar.days(at_close=False)}
    assert ends[date(2011, 12, 29)] == second("2011-12-31T00:00:00+14:00")
    assert ends[date(2011, 12, 30)] == ends[date(2011, 12, 29)]
    assert ends[date(2011, 12, 31)] == second("2012-01-01T00:00:00+14:00")
