"""Whom a step reaches: the roster first, then the desk's addresses, by deputies and organs."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from plugin.core.addressees import Passed, Resolution, resolve
from plugin.core.calendar import DAYS
from plugin.core.label import Label
from plugin.core.plan import EventType, Group, Levels, Plan, Role, Route
from plugin.core.roster import Person, Roster, Watch, Why
from plugin.core.shifts import Shift

NOON = int(datetime.fromisoformat("2026-11-25T12:00+08:00").timestamp())  # a Wednesday
SATURDAY = NOON + 3 * 86_400


def label(text: str) -> Label:
    return Label(text, text)


def role(name: str, organ: str, deputy: str | None = None) -> Role:
    return Role(id=name, label=label(name), position=label(name), organ=organ, deputy=deputy)


def group(name: str, *members: str) -> Group:
    return Group(id=name, label=label(name), kind="team", members=members)


PLAN = Plan(
    id="made",
    title=label("made"),
    edition="1",
    levels=Levels(mode="graded"),
    groups=(group("hq", "chief", "second"), group("site", "guide"), group("press")),
    roles=(role("chief", "hq", "second"), role("second", "hq"), role("clerk", "hq"), role("guide", "site")),
    event_types=(EventType(id="any", label=label("any"), fallback=True),),
    ordinary=Route(lead="press"),
)
WEEKDAYS = dict.fromkeys(DAYS[:5], ((0, 1440),))


def kept(*who: str, deputies: tuple[str, ...] = ()) -> Watch:
    return Watch((Shift(WEEKDAYS, who),) if who else (), deputies)


def roster(**roles: Watch) -> Roster:
    people = {name: Person(name, label(name), f"env:{name.upper()}") for name in "abcdw"}
    return Roster("made", label("made"), "Asia/Shanghai", people, roles)


def told(found: Resolution) -> list[tuple[str, str]]:
    return [(each.role, each.secret) for each in found.addressees]


def ask(to: str, made: Roster | None, at: int = NOON, **desk: str) -> Resolution:
    return resolve(to, at, PLAN, made, desk)


ALL = roster(chief=kept("a"), second=kept("b"), clerk=kept("c"), hq=kept("w"), press=kept("d"))


@pytest.mark.parametrize(
    ("to", "keeps", "wanted"),
    [
        ("chief", ("chief", "second", "hq"), [("chief", "env:A")]),
        ("chief", ("second", "clerk", "hq"), [("second", "env:B")]),
        ("chief", ("clerk", "hq"), [("hq", "env:W")]),
        ("chief", ("clerk",), [("clerk", "env:C")]),
        ("clerk", ("chief", "second"), [("chief", "env:A"), ("second", "env:B")]),
        ("hq", ("hq", "chief"), [("hq", "env:W")]),
        ("hq", ("chief", "second", "clerk"), [("chief", "env:A"), ("second", "env:B"), ("clerk", "env:C")]),
        ("hq", ("second",), [("second", "env:B")]),
        ("press", ("press",), [("press", "env:D")]),
        ("press", ("chief",), []),
        ("guide", ("chief",), []),
    ],
)
def test_the_first_on_the_way_that_has_somebody_is_told(
    to: str, keeps: tuple[str, ...], wanted: list[tuple[str, str]]
) -> None:
    made = replace(ALL, roles={name: ALL.roles[name] for name in keeps})
    assert told(ask(to, made)) == wanted


@pytest.mark.parametrize(
    ("to", "desk", "wanted"),
    [
        ("chief", {"chief": "env:X", "second": "env:Y"}, [("chief", "env:X")]),
        ("chief", {"second": "env:Y", "hq": "env:Z"}, [("second", "env:Y")]),
        ("chief", {"hq": "env:Z"}, [("hq", "env:Z")]),
        ("hq", {"chief": "env:X", "clerk": "env:Y"}, [("chief", "env:X"), ("clerk", "env:Y")]),
        ("hq", {"chief": "env:X", "second": "env:X"}, [("chief", "env:X")]),
        ("press", {}, []),
        ("elsewhere", {"elsewhere": "env:E"}, [("elsewhere", "env:E")]),
    ],
)
def test_without_a_roster_the_desks_own_addresses_are_asked_the_same_way(
    to: str, desk: dict[str, str], wanted: list[tuple[str, str]]
) -> None:
    assert told(ask(to, None, **desk)) == wanted


def test_anybody_on_duty_comes_before_an_address_of_the_desk() -> None:
    assert told(ask("chief", roster(hq=kept("w")), chief="env:X")) == [("hq", "env:W")]
    assert told(ask("chief", roster(hq=kept("w")), SATURDAY, chief="env:X")) == [("chief", "env:X")]


def test_deputies_stand_behind_whoever_is_on_duty_and_act_where_nobody_is() -> None:
    made = roster(press=kept("a", "b", deputies=("w", "a")))
    found = ask("press", made)
    assert [each.who for each in found.addressees] == ["a", "b"]
    assert [(each.who, each.is_deputy) for each in found.behind] == [("w", True)]
    found = ask("press", made, SATURDAY)
    assert [each.who for each in found.addressees] == ["w", "a"]
    assert found.behind == ()


def test_each_address_is_told_once() -> None:
    people = {**ALL.people, "b": replace(ALL.people["b"], contact="env:A")}
    made = replace(ALL, people=people, roles={name: ALL.roles[name] for name in ("chief", "second", "clerk")})
    assert told(ask("hq", made)) == [("chief", "env:A"), ("clerk", "env:C")]


def test_an_addressee_says_by_which_entry() -> None:
    (chief,) = ask("chief", ALL).addressees
    assert (chief.who, chief.is_deputy, chief.why) == ("a", False, Why("shift"))
    (desk,) = ask("chief", None, chief="env:X").addressees
    assert (desk.who, desk.why) == ("chief", None)


def test_nobody_comes_with_what_was_tried_and_when_the_gap_began_and_ends() -> None:
    found = ask("press", roster(press=kept("d")), SATURDAY)
    gap = NOON + int(2.5 * 86_400), NOON + int(4.5 * 86_400)  # the whole of Saturday and Sunday
    assert found.addressees == ()
    assert found.passed == (Passed("press", "nobody_on_duty", gap), Passed("press", "no_address"))


def test_roles_the_roster_does_not_keep_are_told_apart_from_empty_ones() -> None:
    found = ask("guide", roster(press=kept("d")))
    assert found.passed == (
        Passed("guide", "not_kept"),
        Passed("site", "not_kept"),
        Passed("guide", "no_address"),
        Passed("site", "no_address"),
    )


def kept_out(to: str, made: Roster | None, *out: str, **desk: str) -> Resolution:
    return resolve(to, NOON, PLAN, made, desk, frozenset(out))


@pytest.mark.parametrize("to", ["hq", "chief", "second", "clerk"])
def test_a_group_kept_out_is_never_resolved_to_nor_a_role_of_it(to: str) -> None:
    found = kept_out(to, ALL, "hq", chief="env:X", hq="env:Y")
    assert found == Resolution(to, passed=(Passed(to, "left_out"),))


def test_a_role_kept_out_is_passed_over_on_the_way() -> None:
    made = replace(ALL, roles={name: ALL.roles[name] for name in ("chief", "second")})
    assert told(kept_out("hq", made, "chief")) == [("second", "env:B")]
    found = kept_out("hq", made, "chief", "second")
    assert found.addressees == ()
    assert Passed("chief", "left_out") in found.passed


def test_an_address_of_somebody_kept_out_is_not_used_under_another_name() -> None:
    """Who minds the press desk is also on site; a matter about the site must not reach that address."""
    made = roster(press=kept("a", "b"), guide=kept("a"))
    assert told(kept_out("press", made, "site")) == [("press", "env:B")]
    assert told(kept_out("press", None, "site", site="env:S", press="env:S")) == []
    found = kept_out("press", roster(press=kept("a"), guide=kept("c", deputies=("a",))), "site")
    assert found.passed == (Passed("press", "barred"), Passed("press", "no_address"))
