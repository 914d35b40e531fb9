"""Rosters against a minute-by-minute walk that shares no arithmetic with them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plugin.core.calendar import DAYS
from plugin.core.label import Label
from plugin.core.roster import Feed, FeedCopy, FeedDuty, Override, Person, Roster, Watch
from plugin.core.shifts import ALWAYS, LocalTime, Rotation, Shift
from tests.core.duty_oracle import walk

MINUTE = 60
DAY = 86_400
CHANGES = {
    "Asia/Shanghai": ["2026-01-01"],
    "Europe/Berlin": ["2026-03-29", "2026-10-25"],
    "America/New_York": ["2026-03-08", "2026-11-01"],
    "America/St_Johns": ["2006-10-29", "2007-03-11"],  # at one minute past midnight
    "Australia/Lord_Howe": ["2026-04-05", "2026-10-04"],  # by half an hour
    "Asia/Kathmandu": ["2026-05-01"],
    "Africa/Casablanca": ["2026-02-15", "2026-03-22"],
    "Pacific/Apia": ["2011-12-29", "2011-12-31"],  # the 30th was left out
    "America/Asuncion": ["2023-10-01", "2024-03-24"],  # at midnight: that day begins at 01:00, or twice
}
"""Zone → dates around which its clocks change."""

NAMES = ("ann", "bo", "cy", "di", "ed")
HALF_HOURS = st.integers(0, 47).map(lambda n: n * 30)
SOME = st.lists(st.sampled_from(NAMES), min_size=1, max_size=3, unique=True).map(tuple)
WINDOWS = st.lists(st.tuples(HALF_HOURS, HALF_HOURS.map(lambda n: n + 30)), max_size=2).map(tuple)
WEEKLY = st.one_of(st.just(ALWAYS), st.dictionaries(st.sampled_from(DAYS), WINDOWS, max_size=7))


@st.composite
def around(draw: st.DrawFn) -> tuple[str, date]:
    zone = draw(st.sampled_from(sorted(CHANGES)))
    day = date.fromisoformat(draw(st.sampled_from(CHANGES[zone])))
    return zone, day + timedelta(days=draw(st.integers(-2, 1)))


@st.composite
def local_times(draw: st.DrawFn, near: date, spread: int) -> LocalTime:
    return LocalTime(near + timedelta(days=draw(st.integers(-spread, spread))), draw(HALF_HOURS))


@st.composite
def shifts(draw: st.DrawFn, near: date) -> Shift:
    if draw(st.booleans()):
        return Shift(draw(WEEKLY), draw(SOME))
    every = draw(st.sampled_from([1, 2, 7]))
    turn = Rotation(draw(SOME), every, draw(local_times(near, 9)))
    return Shift(draw(WEEKLY), rotation=turn)


@st.composite
def overrides(draw: st.DrawFn, near: date) -> Override:
    one, other = sorted([draw(local_times(near, 2)), draw(local_times(near, 2))])
    return Override(
        one,
        other,
        draw(SOME),
        roles=frozenset(draw(st.sampled_from([(), ("duty",), ("duty", "other"), ("other",)]))),
        instead_of=draw(st.sampled_from([None, *NAMES])),
    )


def people(deputies: dict[str, str]) -> dict[str, Person]:
    return {
        name: Person(name, Label(name, name), f"env:{name.upper()}", deputies.get(name)) for name in NAMES
    }


@st.composite
def rosters(draw: st.DrawFn) -> tuple[Roster, int]:
    zone, near = draw(around())
    start = int(datetime.combine(near, datetime.min.time(), UTC).timestamp()) + draw(HALF_HOURS) * MINUTE
    spans = st.tuples(st.integers(-1440, 4000), st.integers(1, 2000), SOME)
    duties = tuple(
        FeedDuty(start + begin * MINUTE, start + (begin + length) * MINUTE, who)
        for begin, length, who in sorted(draw(st.lists(spans, max_size=2)))
    )
    watch = Watch(tuple(draw(st.lists(shifts(near), max_size=3))), draw(st.one_of(st.just(()), SOME)))
    roster = Roster(
        "made",
        Label("made", "made"),
        zone,
        people(draw(st.dictionaries(st.sampled_from(NAMES), st.sampled_from(NAMES), max_size=3))),
        {"duty": watch},
        apart(draw(st.lists(overrides(near), max_size=3))),
        {"cal": Feed("cal", ("duty",), {}, path="cal.ics")},
    )
    return roster.with_feeds({"cal": FeedCopy(0, start - DAY, start + 3 * DAY, duties)}), start


def apart(made: list[Override]) -> tuple[Override, ...]:
    """One exception for whole roles, and one a person: more at one time are refused when a file is read."""
    kept = {each.instead_of: each for each in made}
    return tuple(kept.values())


def agrees(roster: Roster, start: int, minutes: int) -> None:
    seen: list[tuple[int, list[str]]] = list(walk(roster, "duty", start, minutes))
    timeline = roster.timeline("duty", start, start + minutes * MINUTE)
    assert [(a.end, b.start) for a, b in pairwise(timeline) if a.end != b.start] == []
    assert (timeline[0].start, timeline[-1].end) == (start, start + minutes * MINUTE)
    by_minute = iter(seen)
    for stretch in timeline:
        for at in range(stretch.start, stretch.end, MINUTE):
            assert next(by_minute) == (at, [duty.person for duty in stretch.duties])
    empty = {at for at, who in seen if not who}
    gaps = roster.gaps("duty", start, start + minutes * MINUTE)
    assert {at for begin, end in gaps for at in range(begin, end, MINUTE)} == empty
    assert all(one[1] < two[0] for one, two in pairwise(gaps))


@given(rosters())
@settings(max_examples=60)
def test_duties_and_gaps_agree_with_a_walk_over_every_minute(made: tuple[Roster, int]) -> None:
    agrees(*made, minutes=2 * 1440)


@pytest.mark.slow
@given(rosters())
@settings(max_examples=3_000)
def test_many_rosters_agree_with_the_walk(made: tuple[Roster, int]) -> None:
    agrees(*made, minutes=3 * 1440)


@given(rosters(), st.integers(0, 2 * 1440))
@settings(max_examples=60)
def test_one_instant_says_what_the_timeline_says(made: tuple[Roster, int], minute: int) -> None:
    roster, start = made
    at = start + minute * MINUTE
    timeline: Any = roster.timeline("duty", start, start + 3 * DAY)
    (stretch,) = (each for each in timeline if each.start <= at < each.end)
    assert roster.on_duty("duty", at) == stretch.duties
