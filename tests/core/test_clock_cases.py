"""The worked clock cases, through the real engine; and calendars against their definition."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.core.calendar import Calendar
from plugin.documents.clock_cases import Case, difference, read_cases

CASES = read_cases(json.loads((Path(__file__).parents[1] / "data" / "clock-cases.json").read_text("utf-8")))
CALENDARS = {calendar.id: calendar for case in CASES for calendar in case.calendars.values()}
FIRST = int(datetime(2024, 2, 1, tzinfo=UTC).timestamp())
LAST = int(datetime(2026, 12, 1, tzinfo=UTC).timestamp())
instants = st.integers(FIRST, LAST)
calendars = st.sampled_from(sorted(CALENDARS)).map(CALENDARS.__getitem__)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_case(case: Case) -> None:
    assert difference(case) is None


def is_open_by_definition(calendar: Calendar, at: int) -> bool:
    for component in calendar.components:
        local = datetime.fromtimestamp(at, ZoneInfo(component.zone))
        minute = local.hour * 60 + local.minute
        for day, since_midnight in ((local.date(), minute), (local.date() - timedelta(1), minute + 1440)):
            for start, end in component.windows(day):
                if start <= since_midnight < (end if end > start else end + 1440):
                    return True
    return False


@given(calendars, instants)
def test_open_is_what_the_local_clock_says(calendar: Calendar, at: int) -> None:
    assert calendar.is_open(at) == is_open_by_definition(calendar, at)


@given(
    calendars,
    st.sampled_from([date(2026, 3, 29), date(2026, 10, 25), date(2026, 3, 8)]),
    st.integers(0, 86399),
)
def test_open_on_the_days_the_clock_changes(calendar: Calendar, day: date, second: int) -> None:
    at = int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()) + second
    assert calendar.is_open(at) == is_open_by_definition(calendar, at)


@given(calendars, instants, st.integers(1, 400_000))
def test_elapsed_takes_back_what_add_gave(calendar: Calendar, start: int, seconds: int) -> None:
    end = calendar.add(start, seconds)
    assert end is not None
    assert calendar.elapsed(start, end) == seconds
    assert calendar.elapsed(start, end - 1) == seconds - 1


@given(calendars, instants, instants, instants)
def test_elapsed_adds_up(calendar: Calendar, one: int, two: int, three: int) -> None:
    start, middle, end = sorted((one, two, three))
    assert calendar.elapsed(start, middle) + calendar.elapsed(middle, end) == calendar.elapsed(start, end)


@given(calendars, instants)
def test_next_open_is_open_and_nothing_before_it_is(calendar: Calendar, at: int) -> None:
    opening = calendar.next_open(at)
    assert opening is not None
    assert calendar.is_open(opening)
    assert calendar.elapsed(at, opening) == 0
