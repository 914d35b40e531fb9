"""Which tickets are acted on: the group that leads decides, and what is acted on stays so."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.core.case import CaseState
from plugin.core.effects import DeskMap
from plugin.core.modes import in_mode
from tests.casebook.deciding import LEVELS, desk_map, placed

SINCE = 1_000.0
OBSERVE = replace(desk_map("observe"), level_order=LEVELS[1:])
SOME = replace(OBSERVE, act_for=frozenset({"onsite"}))
WATCHED = CaseState(peak=placed(1), peak_rank=1, is_watched=True)


@pytest.mark.parametrize(
    ("desk", "rank", "mode"),
    [
        (OBSERVE, 1, "observe"),
        (SOME, 0, "observe"),
        (SOME, 1, "act"),
        (SOME, 2, "act"),
        (SOME, 3, "observe"),
        (replace(SOME, mode="propose"), 3, "propose"),
        (replace(SOME, mode="propose"), 1, "act"),
        (replace(SOME, mode="act", act_for=frozenset()), 3, "act"),
    ],
)
def test_the_group_that_leads_decides(desk: DeskMap, rank: int, mode: str) -> None:
    assert in_mode(desk, CaseState(), placed(rank), 0.0).mode == mode


def test_what_is_acted_on_stays_so_where_it_rises_to_a_group_that_is_not() -> None:
    acted = replace(WATCHED, is_watched=False, acted_for="onsite")
    found = in_mode(SOME, acted, placed(4), 0.0)
    assert (found.mode, found.granted) == ("act", "onsite")


def test_it_ends_where_its_group_is_no_longer_acted_on() -> None:
    acted = replace(WATCHED, is_watched=False, acted_for="onsite")
    assert in_mode(replace(OBSERVE, act_for=frozenset({"info"})), acted, placed(4), 0.0).mode == "observe"


@pytest.mark.parametrize("act_since", [{"": SINCE}, {"onsite": SINCE}, {"onsite": SINCE, "": 0.0}])
@pytest.mark.parametrize(
    ("case", "placement", "first_at", "mode"),
    [
        (WATCHED, placed(1), 999.0, "observe"),
        (WATCHED, placed(1), 1_000.0, "act"),
        (WATCHED, placed(2), 999.0, "act"),
        (WATCHED, replace(placed(1), level="mid"), 999.0, "act"),
        (WATCHED, replace(placed(1), sealed=True), 999.0, "act"),
        (
            replace(WATCHED, peak=replace(placed(1), sealed=True)),
            replace(placed(1), sealed=True),
            9.0,
            "observe",
        ),
        (CaseState(), placed(1), 999.0, "act"),
        (replace(WATCHED, is_watched=False), placed(1), 999.0, "act"),
    ],
)
def test_what_people_have_is_left_to_them_until_it_rises(
    act_since: dict[str, float], case: CaseState, placement: object, first_at: float, mode: str
) -> None:
    desk = replace(SOME, act_since=act_since)
    assert in_mode(desk, case, placement, first_at).mode == mode  # type: ignore[arg-type]
    if mode == "observe":
        assert in_mode(replace(desk, mode="propose"), case, placement, first_at).mode == "propose"  # type: ignore[arg-type]
        whole = replace(desk, mode="act", act_for=frozenset())
        assert in_mode(whole, case, placement, first_at).mode == "observe"  # type: ignore[arg-type]


@given(
    ranks=st.lists(st.integers(0, 4), min_size=2, max_size=6).map(sorted),
    groups=st.frozensets(st.sampled_from(["normal_desk", "onsite", "hq"])),
    since=st.dictionaries(st.sampled_from(["", "onsite", "hq"]), st.floats(0, 2_000)),
    mode=st.sampled_from(["observe", "propose", "act"]),
    first_at=st.floats(0, 2_000),
)
def test_a_ticket_that_only_rises_is_never_let_go_again(
    ranks: list[int], groups: frozenset[str], since: dict[str, float], mode: str, first_at: float
) -> None:
    desk = replace(OBSERVE, mode=mode, act_for=groups, act_since=since)  # type: ignore[arg-type]
    case, was_acted = CaseState(), False
    for rank in ranks:
        found = in_mode(desk, case, placed(rank), first_at)
        assert found.mode == "act" or not was_acted
        was_acted = found.mode == "act"
        case = replace(case, peak=placed(rank), acted_for=found.granted, is_watched=not was_acted)
