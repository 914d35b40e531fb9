"""Who is on duty: layers, order, stand-ins, handovers, gaps."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import pytest

from plugin.core.label import Label
from plugin.core.place import Place
from plugin.core.roster import Feed, FeedCopy, FeedDuty, Override, Person, Roster, Watch, Why
from plugin.core.shifts import LocalTime, Rotation, Shift, handover

Weekly = dict[str, tuple[tuple[int, int], ...]]
MON, TUE = date(2026, 11, 23), date(2026, 11, 24)
OFFICE = dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), ((480, 1200),))
NIGHTS = dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), ((1200, 480),))
HERE = Place("rosters/hall.yaml", 7, 9)


def at(text: str) -> int:
    """UTC seconds of a local time of Shanghai, or of one with an offset."""
    return int(datetime.fromisoformat(text if "+" in text else f"{text}+08:00").timestamp())


def person(name: str, deputy: str | None = None) -> Person:
    return Person(name, Label(name, name), f"env:{name.upper()}", deputy)


def roster(*shifts: Shift, deputies: tuple[str, ...] = (), overrides: tuple[Override, ...] = ()) -> Roster:
    people = {each.id: each for each in (person("a", "d"), *map(person, "bcdw"))}
    watch = Watch(shifts, deputies, HERE)
    return Roster("hall", Label("hall", "hall"), "Asia/Shanghai", people, {"duty": watch}, overrides)


def names(made: Roster, when: str, role: str = "duty") -> list[str]:
    return [each.person for each in made.on_duty(role, at(when))]


DAY_AND_NIGHT = roster(Shift(OFFICE, ("a",)), Shift(NIGHTS, ("b",)))


@pytest.mark.parametrize(
    ("when", "who"),
    [
        ("2026-11-23T07:59:59", []),
        ("2026-11-23T08:00", ["a", "d"]),
        ("2026-11-23T19:59:59", ["a", "d"]),
        ("2026-11-23T20:00", ["b"]),
        ("2026-11-24T07:59:59", ["b"]),
        ("2026-11-28T07:59:59", ["b"]),
        ("2026-11-28T08:00", []),
    ],
)
def test_a_night_belongs_to_the_day_it_begins(when: str, who: list[str]) -> None:
    assert names(DAY_AND_NIGHT, when) == who


def test_gaps_are_what_no_shift_covers() -> None:
    week = at("2026-11-23T00:00"), at("2026-11-30T00:00")
    assert DAY_AND_NIGHT.gaps("duty", *week) == (
        (at("2026-11-23T00:00"), at("2026-11-23T08:00")),
        (at("2026-11-28T08:00"), at("2026-11-30T00:00")),
    )


def test_a_role_the_roster_does_not_keep_has_nobody() -> None:
    span = at("2026-11-23T00:00"), at("2026-11-24T00:00")
    assert names(DAY_AND_NIGHT, "2026-11-23T09:00", "commander") == []
    assert DAY_AND_NIGHT.gaps("commander", *span) == (span,)
    assert DAY_AND_NIGHT.gaps("duty", at("2026-11-23T09:00"), at("2026-11-23T09:00")) == ()


def test_the_first_shift_that_holds_is_the_main_one() -> None:
    both = roster(Shift(OFFICE, ("b", "c")), Shift(who=("a", "b")))
    assert names(both, "2026-11-23T09:00") == ["b", "c", "a", "d"]
    assert names(both, "2026-11-23T22:00") == ["a", "b", "d"]


def test_deputies_of_the_role_are_there_also_when_nobody_else_is() -> None:
    backed = roster(Shift(OFFICE, ("a",)), deputies=("w",))
    assert names(backed, "2026-11-23T09:00") == ["a", "d", "w"]
    assert names(backed, "2026-11-23T22:00") == ["w"]
    night = at("2026-11-23T20:00"), at("2026-11-24T08:00")
    assert backed.gaps("duty", *night) == ()
    assert backed.deputies_only("duty", at("2026-11-23T09:00"), at("2026-11-24T09:00")) == (night,)


def test_every_answer_says_why() -> None:
    made = roster(Shift(OFFICE, ("a",), place=HERE), deputies=("w",))
    main, own, shared = made.on_duty("duty", at("2026-11-23T09:00"))
    assert (main.person, main.contact, main.is_deputy, main.why) == ("a", "env:A", False, Why("shift", HERE))
    assert (own.person, own.is_deputy, own.why) == ("d", True, Why("deputy", of="a"))
    assert (shared.person, shared.is_deputy, shared.why) == ("w", True, Why("deputy", HERE, "duty"))


def turns(every: int, start: LocalTime, weekly: Weekly | None = None) -> Roster:
    rotation = Rotation(("a", "b", "c"), every, start)
    return roster(Shift(weekly, rotation=rotation) if weekly else Shift(rotation=rotation))


@pytest.mark.parametrize(
    ("when", "who"),
    [
        ("2026-11-23T07:59", []),
        ("2026-11-23T08:00", ["a", "d"]),
        ("2026-11-30T07:59", ["a", "d"]),
        ("2026-11-30T08:00", ["b"]),
        ("2026-12-07T08:00", ["c"]),
        ("2026-12-14T08:00", ["a", "d"]),
        ("2126-11-25T12:00", ["b"]),
    ],
)
def test_turns_of_a_week_begin_on_the_first_date(when: str, who: list[str]) -> None:
    assert names(turns(7, LocalTime(MON, 480)), when) == who


def test_turns_within_windows_leave_the_rest_empty() -> None:
    nights = turns(1, LocalTime(MON, 1200), NIGHTS)
    assert names(nights, "2026-11-24T03:00") == ["a", "d"]
    assert names(nights, "2026-11-24T12:00") == []
    assert names(nights, "2026-11-24T20:00") == ["b"]
    assert names(nights, "2026-11-28T03:00") == ["b"]  # Friday's night, the fifth turn


EXCEPTION = Override(LocalTime(TUE), LocalTime(date(2026, 11, 25)), ("c",), frozenset({"duty"}), place=HERE)
SWAP = replace(EXCEPTION, instead_of="a")


def test_an_override_beats_everything_and_leaves_no_one_else() -> None:
    made = replace(DAY_AND_NIGHT, overrides=(EXCEPTION,))
    assert names(made, "2026-11-23T23:59") == ["b"]
    assert names(made, "2026-11-24T00:00") == ["c"]
    assert names(made, "2026-11-24T23:59") == ["c"]
    assert names(made, "2026-11-25T00:00") == ["b"]
    (duty,) = made.on_duty("duty", at("2026-11-24T12:00"))
    assert duty.why == Why("override", HERE)


def test_somebody_stands_in_only_for_whom_he_stands_in() -> None:
    made = replace(DAY_AND_NIGHT, overrides=(SWAP,))
    assert names(made, "2026-11-24T12:00") == ["c"]
    assert names(made, "2026-11-24T22:00") == ["b"]
    (duty,) = made.on_duty("duty", at("2026-11-24T12:00"))
    assert duty.why == Why("override", HERE, "a")


def test_two_who_swap_take_each_others_place() -> None:
    swapped = (SWAP, replace(SWAP, instead_of="c", who=("a",)))
    made = roster(Shift(who=("a", "b", "c")), overrides=swapped)
    assert names(made, "2026-11-24T12:00") == ["c", "b", "a", "d"]


def test_a_deputy_on_leave_is_stood_in_for_too() -> None:
    made = roster(
        Shift(who=("a",)), overrides=(replace(SWAP, instead_of="d", who=("w",), roles=frozenset()),)
    )
    assert names(made, "2026-11-24T12:00") == ["a", "w"]


def test_an_exception_of_another_role_is_none_here() -> None:
    made = replace(DAY_AND_NIGHT, overrides=(replace(EXCEPTION, roles=frozenset({"commander"})),))
    assert names(made, "2026-11-24T12:00") == ["a", "d"]


FED = replace(DAY_AND_NIGHT, feeds={"cal": Feed("cal", ("duty",), {"C": "c"}, path="c.ics", place=HERE)})
COPY = FeedCopy(
    0, 0, at("2027-01-01T00:00"), (FeedDuty(at("2026-11-23T10:00"), at("2026-11-23T12:00"), ("c",)),)
)


def test_a_feed_beats_shifts_only_while_it_names_somebody() -> None:
    made = FED.with_feeds({"cal": COPY})
    assert names(FED, "2026-11-23T11:00") == ["a", "d"]
    assert names(made, "2026-11-23T09:59") == ["a", "d"]
    assert names(made, "2026-11-23T10:00") == ["c"]
    assert names(made, "2026-11-23T12:00") == ["a", "d"]
    (duty,) = made.on_duty("duty", at("2026-11-23T11:00"))
    assert duty.why == Why("feed", HERE, "cal")


def test_an_override_beats_a_feed() -> None:
    early = replace(EXCEPTION, start=LocalTime(MON), who=("b",))
    assert names(replace(FED, overrides=(early,)).with_feeds({"cal": COPY}), "2026-11-23T11:00") == ["b"]


def test_everybody_who_can_ever_be_reached_is_known() -> None:
    made = replace(FED, overrides=(replace(SWAP, who=("w",)), replace(SWAP, instead_of="w", who=("w",))))
    assert made.people_of("duty") == {"a", "b", "c", "d", "w"}
    assert DAY_AND_NIGHT.people_of("duty") == {"a", "b", "d"}
    assert DAY_AND_NIGHT.people_of("commander") == frozenset()


@pytest.mark.parametrize(
    ("zone", "day", "minute", "instant"),
    [
        ("Asia/Shanghai", MON, 480, "2026-11-23T08:00+08:00"),
        ("Asia/Shanghai", MON, 1440, "2026-11-24T00:00+08:00"),
        ("Europe/Berlin", date(2026, 3, 29), 150, "2026-03-29T03:00+02:00"),  # 02:30 is skipped
        ("Europe/Berlin", date(2026, 10, 25), 150, "2026-10-25T02:30+02:00"),  # there twice: the first
        ("America/Asuncion", date(2023, 10, 1), 0, "2023-10-01T01:00-03:00"),  # no midnight that day
        ("Pacific/Apia", date(2011, 12, 30), 480, "2011-12-31T00:00+14:00"),  # no such day there
    ],
)
def test_a_handover_is_the_first_instant_at_or_past_its_reading(
    zone: str, day: date, minute: int, instant: str
) -> None:
    assert handover(LocalTime(day, minute), zone) == int(datetime.fromisoformat(instant).timestamp())


def test_the_hour_that_comes_twice_is_handed_over_once() -> None:
    made = replace(turns(1, LocalTime(date(2026, 10, 24), 150)), zone="Europe/Berlin")
    span = at("2026-10-24T12:00+02:00"), at("2026-10-25T12:00+01:00")
    changes = [(each.start, each.duties[0].person) for each in made.timeline("duty", *span)]
    assert changes == [(span[0], "a"), (at("2026-10-25T02:30+02:00"), "b")]
