"""A case's history as the clock engine reads it: versions of documents, and levels that only rise."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from plugin.casebook.history import DOCUMENTS, Stored, documents_event, history, never_lowered
from plugin.casebook.published import InHand, Version
from plugin.core.calendar import Calendar, Component
from tests.casebook.test_time import POLICY

YEAR = date(2026, 1, 1), date(2026, 12, 31)
WEEKS = [{"mon": ((540, 1080),)}, {"mon": ((600, 1080),)}]
CALENDARS = [
    Version("calendar", "office", Calendar("office", str(n), (Component("UTC", week),), YEAR[1], *YEAR))
    for n, week in enumerate(WEEKS)
]
PLAN = Version("policy", "plan", POLICY)


def stored(number: int, kind: str, at: float, **facts: Any) -> Stored:
    return Stored(number, f"{kind}:{number}", kind, at, at, facts)


def documents(number: int, calendar: Version | None) -> Stored:
    calendars = {calendar.name: calendar.hash} if calendar else {}
    return stored(number, DOCUMENTS, float(number), policy=PLAN.hash, calendars=calendars)


@pytest.mark.parametrize("between", [(), (None,), (None, None)], ids=str)
def test_a_calendar_edited_while_the_desk_had_none_is_an_edit(between: tuple[None, ...]) -> None:
    versions = [CALENDARS[0], *between, CALENDARS[1]]
    events = [documents(number, each) for number, each in enumerate(versions, 1)]
    known = history(events, InHand(PLAN, *CALENDARS))
    assert known is not None
    assert known.calendars["office"].version == "0"
    assert [event.edited.version for event in known.events if event.edited] == ["1"]


def test_the_same_versions_are_put_on_record_once() -> None:
    versions = {"policy": PLAN.hash, "calendars": {"office": CALENDARS[0].hash}}
    first = documents_event([], versions, 5.0)
    assert first is not None
    known = [Stored(1, first.source_id, first.type, 5.0, 5.0, first.facts)]
    assert documents_event(known, versions, 6.0) is None


@pytest.mark.parametrize(
    ("levels", "wanted"),
    [
        ([("level", "mid", 2), ("level", "high", 3)], ["mid", "high"]),
        ([("level", "high", 3), ("level", "mid", 2)], ["high", None]),
        ([("level", "high", 3), ("lowered", "low", 1), ("level", "mid", 2)], ["high", "low", "mid"]),
        ([("level", "of another plan", 4), ("level", "mid", 2)], ["of another plan", "mid"]),
    ],
)
def test_nothing_read_lowers_a_level(levels: list[tuple[str, str, int]], wanted: list[str | None]) -> None:
    events = [
        stored(n, kind, float(n), level=level, rank=rank) for n, (kind, level, rank) in enumerate(levels)
    ]
    found = never_lowered(reversed(events), [POLICY.levels])
    assert [each.facts.get("level") for each in found] == wanted


def test_nothing_read_lowers_a_rank_where_levels_are_inherited() -> None:
    events = [stored(n, "level", float(n), level=None, rank=rank) for n, rank in enumerate((2, 3, 1, 4))]
    assert [each.facts.get("rank") for each in never_lowered(events, [()])] == [2, 3, None, 4]
