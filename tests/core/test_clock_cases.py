"""The worked clock cases, through the real engine; and calendars against their definition."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.core.calendar import DAY, Calendar
from plugin.documents.clock_cases import Case, difference, read_cases

DATA = Path(__file__).parents[1] / "data"
NAMES = ("clock-cases", "clock-combinations")
CASES = [
    case for name in NAMES for case in read_cases(json.loads((DATA / f"{name}.json").read_text("utf-8")))
]
CALENDARS = {calendar.id: calendar for case in CASES for calendar in case.calendars.values()}
calendars = st.sampled_from(sorted(CALENDARS)).map(CALENDARS.__getitem__)


@st.composite
def calendar_and_instants(draw: st.DrawFn, number: int) -> tuple[Calendar, list[int]]:
    """A calendar and ascending instants within its dates, two hundred days before its end."""
    calendar = draw(calendars)
    first = int(datetime.combine(calendar.first, time(), UTC).timestamp()) + DAY
    last = int(datetime.combine(calendar.last, time(), UTC).timestamp()) - 200 * DAY
    return calendar, sorted(draw(st.integers(first, last)) for _ in range(number))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_case(case: Case) -> None:
    assert difference(case) is None


def test_the_cases_leave_nothing_uncompared() -> None:
    parts = {"clocks", "fired", "coalesced", "moot", "corrections"}
    assert not [case.id for case in CASES if not parts <= case.expect.keys()]


def is_open_by_definition(calendar: Calendar, at: int) -> bool:
    for component in calendar.components:
        local = datetime.fromtimestamp(at, ZoneInfo(component.zone))
        minute = local.hour * 60 + local.minute
        for day, since_midnight in ((local.date(), minute), (local.date() - timedelta(1), minute + 1440)):
            for start, end in component.windows(day):
                if start <= since_midnight < (end if end > start else end + 1440):
                    return True
    return False


@given(calendar_and_instants(1))
def test_open_is_what_the_local_clock_says(drawn: tuple[Calendar, list[int]]) -> None:
    calendar, (at,) = drawn
    assert calendar.is_open(at) == is_open_by_definition(calendar, at)


@given(
    calendars,
    st.sampled_from([date(2026, 3, 29), date(2026, 10, 25), date(2026, 3, 8)]),
    st.integers(0, 86399),
)
def test_open_on_the_days_the_clock_changes(calendar: Calendar, day: date, second: int) -> None:
    at = int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()) + second
    assert calendar.is_open(at) == is_open_by_definition(calendar, at)


@given(calendar_and_instants(1), st.integers(1, 150_000))
def test_elapsed_takes_back_what_add_gave(drawn: tuple[Calendar, list[int]], seconds: int) -> None:
    calendar, (start,) = drawn
    end = calendar.add(start, seconds)
    assert end is not None
    assert calendar.elapsed(start, end) == seconds
    assert calendar.elapsed(start, end - 1) == seconds - 1


@given(calendar_and_instants(3))
def test_elapsed_adds_up(drawn: tuple[Calendar, list[int]]) -> None:
    calendar, (start, middle, end) = drawn
    assert calendar.elapsed(start, middle) + calendar.elapsed(middle, end) == calendar.elapsed(start, end)


@given(calendar_and_instants(1))
def test_next_open_is_open_and_nothing_before_it_is(drawn: tuple[Calendar, list[int]]) -> None:
    calendar, (at,) = drawn
    opening = calendar.next_open(at)
    assert opening is not None
    assert calendar.is_open(opening)
    assert calendar.elapsed(at, opening) == 0
