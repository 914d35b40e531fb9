"""Effects are a difference: never lower, never fight, never twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.core.case import CaseState, Decision, Pin, Placement, Proposal, Reading, Standing
from plugin.core.effects import DeskMap, Effects, Snapshot, effects, is_there, observed, written
from plugin.core.facts import Count, Fact
from plugin.core.place import Place
from plugin.core.preview import previewed
from plugin.core.timing import NO_TIMING
from plugin.core.trace import Answer, TraceNode

NOW = datetime(2026, 3, 1, tzinfo=UTC)
ORDER = ("low", "normal", "high", "urgent")
DESK = DeskMap(
    mode="act",
    language="en",
    groups={"desk": "Intake", "onsite": "Field", "hq": "HQ", "quiet": "Sealed"},
    levels={"III": "three", "II": "two", "I": "one"},
    priorities={"III": "normal", "II": "high", "I": "urgent", "none": "low"},
    priority_order=ORDER,
    tags=True,
    names={"visit": "Collective visit", "onsite": "Field team", "people_present": "people present"},
    clauses={"visit": ("P2-1.3-1",)},
)
RANKS = {0: "none", 1: "III", 2: "II", 3: "I", 4: "I"}
READ = Snapshot({"group": "Intake", "level": None, "priority": "normal", "tags": ("vip",)}, "1")


def placement(rank: int = 1, lead: str = "onsite", **more: object) -> Placement:
    base = Placement("visit", rank, RANKS[rank], rank > 0, "一般", lead, flags=("present",))
    return replace(base, **more)  # type: ignore[arg-type]


def decision(placed: Placement | None = None, *, proposal: Proposal | None = None) -> Decision:
    placed = placed or placement()
    place = Place("rules/petition.yaml", 12, 3)
    facts = {
        "people_present": Fact("people_present", Count(40, 50), place=place, provisional=placed.provisional),
        "secret": Fact("secret", "words of the ticket"),
    }
    asked = TraceNode(Answer.YES, "people_present", found="words of the ticket")
    band = TraceNode(Answer.YES, "present", place=Place("rules/petition.yaml", 40, 5), children=(asked,))
    other = TraceNode(Answer.NO, "injured", place=Place("rules/petition.yaml", 41, 5))
    step = TraceNode(Answer.YES, "rank", "highest", "present: rank = 1", children=(band, other))
    level = TraceNode(Answer.YES, f"level {placed.level}", place=Place("plans/petition.yaml", 9, 3))
    trace = TraceNode(Answer.YES, "opening", children=(step, level))
    reading = Reading("opening", NOW, facts, {}, placed, trace)
    return Decision("1", (reading,), Standing(placed, "opening", placed.level, placed.rank, proposal))


def applied(snapshot: Snapshot, wanted: Effects) -> Snapshot:
    return replace(snapshot, values={**snapshot.values, **{c.target: c.want for c in wanted.changes}})


def by_target(wanted: Effects) -> dict[str, object]:
    return {change.target: change.want for change in wanted.changes}


def test_everything_that_differs_is_wanted_at_once() -> None:
    wanted = effects(decision(), CaseState(), READ, DESK)
    assert by_target(wanted) == {"group": "Field", "level": "three", "tags": ("present", "vip")}
    assert wanted.note


placements = st.builds(
    placement,
    st.integers(0, 4),
    st.sampled_from(["desk", "onsite", "hq", "quiet", "unmapped"]),
    sealed=st.booleans(),
    provisional=st.booleans(),
)
snapshots = st.builds(
    lambda group, level, priority, tags, state: Snapshot(
        {"group": group, "level": level, "priority": priority, "tags": tags}, "1", state=state
    ),
    st.sampled_from([None, "Intake", "Field", "HQ", "Elsewhere"]),
    st.sampled_from([None, "three", "two", "one", "own"]),
    st.sampled_from([None, *ORDER, "own"]),
    st.sampled_from([(), ("vip",), ("present", "vip")]),
    st.sampled_from(["open", "paused", "closed", "gone", "merged"]),
)
states = st.builds(
    CaseState,
    peak_rank=st.integers(0, 4),
    peak=st.none() | placements,
    written=st.dictionaries(
        st.sampled_from(["group", "level", "priority", "tags"]),
        st.sampled_from(["Intake", "Field", "three", "normal", "present"]),
    ),
    pins=st.lists(
        st.builds(
            Pin,
            st.sampled_from(["group", "level", "priority"]),
            st.just("Elsewhere"),
            st.integers(0, 4),
            st.just(NOW),
        ),
        max_size=2,
    ).map(tuple),
)
desks = st.sampled_from(
    [DESK, replace(DESK, mode="propose"), replace(DESK, mode="observe"), replace(DESK, language="zh")]
)


@given(placements, states, snapshots, desks)
def test_applied_and_decided_again_nothing_is_left(
    placed: Placement, case: CaseState, snapshot: Snapshot, desk: DeskMap
) -> None:
    made = decision(placed)
    wanted = effects(made, case, snapshot, desk)
    after = written(observed(made, case, snapshot, desk), wanted)
    assert not effects(made, after, applied(snapshot, wanted), desk)


@given(placements, states, snapshots, desks)
def test_no_effect_ever_lowers_hides_or_takes_away(
    placed: Placement, case: CaseState, snapshot: Snapshot, desk: DeskMap
) -> None:
    wanted = effects(decision(placed), case, snapshot, desk)
    assert {c.target for c in wanted.changes} <= {"group", "level", "priority", "tags"}
    for change in wanted.changes:
        base, want = change.base, change.want
        assert want
        if change.target == "priority" and base:
            assert placed.rank > 0
            assert ORDER.index(str(want)) > ORDER.index(str(base))
        if change.target == "level" and base in DESK.levels.values():
            order = list(DESK.levels.values())
            assert order.index(str(want)) > order.index(str(base))
        if change.target == "tags":
            assert set(base or ()) < set(want)
    assert snapshot.state not in ("gone", "merged") or not wanted


@given(placements, states, snapshots)
def test_recording_what_was_seen_changes_no_effect(
    placed: Placement, case: CaseState, snapshot: Snapshot
) -> None:
    made = decision(placed)
    once = effects(made, case, snapshot, DESK)
    assert effects(made, observed(made, case, snapshot, DESK), snapshot, DESK) == once


def test_an_ordinary_matter_leaves_priority_alone() -> None:
    low = replace(READ, values={**READ.values, "priority": None})
    wanted = effects(decision(placement(0, "desk")), CaseState(), low, DESK)
    assert "priority" not in by_target(wanted)


def test_a_priority_the_desk_does_not_know_is_left_alone() -> None:
    odd = replace(READ, values={**READ.values, "priority": "own"})
    wanted = effects(decision(placement(4)), CaseState(), odd, DESK)
    assert "priority" not in by_target(wanted)
    assert wanted.note
    assert "this matter calls for urgent at least" in wanted.note.text
    after = written(observed(decision(placement(4)), CaseState(), odd, DESK), wanted)
    assert not effects(decision(placement(4)), after, applied(odd, wanted), DESK).note
    ordinary = effects(decision(placement(0, "desk")), CaseState(), odd, DESK)
    assert ordinary.note
    assert "calls for" not in ordinary.note.text


def test_a_value_somebody_moved_stays_and_is_asked_about() -> None:
    case = CaseState(written={"group": "Field"})
    moved = replace(READ, values={**READ.values, "group": "Elsewhere"})
    wanted = effects(decision(), case, moved, DESK)
    assert "group" not in by_target(wanted)
    assert wanted.note
    assert "The group differs from the plan and nobody said why" in wanted.note.text


@pytest.mark.parametrize(("pinned", "raised"), [(0, True), (1, True), (2, False), (3, False)])
def test_a_pin_holds_until_a_higher_rank(pinned: int, raised: bool) -> None:
    pins = (Pin("group", "Elsewhere", pinned, NOW),)
    case = CaseState(written={"group": "Intake"}, pins=pins)
    moved = replace(READ, values={**READ.values, "group": "Elsewhere"})
    wanted = effects(decision(placement(2, "hq")), case, moved, DESK)
    assert ("group" in by_target(wanted)) is raised


def test_a_move_seen_together_with_a_higher_rank_was_made_on_what_was_known_before() -> None:
    case = CaseState(peak_rank=1, peak=placement(1), written={"group": "Field"})
    moved = replace(READ, values={**READ.values, "group": "Elsewhere"})
    assert by_target(effects(decision(placement(3, "hq")), case, moved, DESK))["group"] == "HQ"


def test_a_sealed_accusation_leaves_the_unit_even_where_a_person_put_it() -> None:
    case = CaseState(
        peak=placement(0, "desk"), written={"group": "Intake"}, pins=(Pin("group", "Elsewhere", 0, NOW),)
    )
    moved = replace(READ, values={**READ.values, "group": "Elsewhere"})
    made = decision(placement(0, "quiet", sealed=True))
    wanted = effects(made, case, moved, DESK)
    assert by_target(wanted) == {"group": "Sealed"}
    again = written(observed(made, case, moved, DESK), wanted)
    back = replace(moved, values={**moved.values, "group": "Elsewhere"})
    assert "group" not in by_target(effects(made, again, back, DESK))


def test_a_sealed_ticket_is_given_no_words_and_no_tags() -> None:
    wanted = effects(
        decision(placement(3, "quiet", sealed=True)), CaseState(), READ, DESK, unread_attachments=2
    )
    assert wanted.note
    assert (
        wanted.note.text
        == "Dispatch: handled in confidence by quiet. The reasons are shown only to those named for it."
    )
    assert "tags" not in by_target(wanted)


def test_a_tag_taken_away_is_not_added_again() -> None:
    case = CaseState(written={"tags": "present"})
    assert "tags" not in by_target(effects(decision(), case, READ, DESK))


def test_a_closed_ticket_is_touched_only_for_something_new() -> None:
    closed = replace(READ, state="closed")
    assert not effects(decision(), CaseState(), closed, DESK)
    settled = written(
        observed(decision(), CaseState(), READ, DESK), effects(decision(), CaseState(), READ, DESK)
    )
    there = applied(closed, effects(decision(), CaseState(), READ, DESK))
    assert not effects(decision(), settled, there, DESK)
    raised = effects(decision(placement(3, "hq")), settled, there, DESK)
    assert by_target(raised)["level"] == "one"


def test_without_a_private_note_the_reason_goes_to_a_staff_field() -> None:
    desk = replace(DESK, notes=False, reason=True)
    read = replace(READ, values={**READ.values, "reason": None})
    wanted = effects(decision(), CaseState(), read, desk)
    assert wanted.note is None
    assert "Collective visit" in str(by_target(wanted)["reason"])
    bare = effects(decision(), CaseState(), read, replace(desk, reason=False))
    assert bare.note is None
    assert "reason" not in by_target(bare)
    for told, to, note in ((wanted, desk, True), (bare, replace(desk, reason=False), False)):
        kept = previewed(None, CaseState(), placement(), read, to, NO_TIMING, told)
        assert ("note" in kept.changes) is note


def test_the_note_says_what_was_decided_and_why_without_the_tickets_words() -> None:
    placed = placement(
        co=("hq",), provisional=True, recused=("desk",), missing_report_content=("time", "initial_judgement")
    )
    proposal = Proposal("lower", None, 0, "m2")
    wanted = effects(decision(placed, proposal=proposal), CaseState(), READ, DESK, unread_attachments=2)
    assert wanted.note
    assert wanted.note.text.splitlines() == [
        "Dispatch: Collective visit; response level: III (rank 1); lead: Field team",
        "Supporting: hq",
        "Recused: desk (the matter is about them).",
        "Facts: people present 40–50 (rules/petition.yaml:12)",
        "Decided by: present (rules/petition.yaml:40); III (plans/petition.yaml:9)",
        "Clauses of the plan: P2-1.3-1",
        "To verify: people present 40–50 (rules/petition.yaml:12). Until then the higher band holds.",
        "2 attachment(s) were not read; what they hold is unknown.",
        "The report still lacks: time, initial judgement. Nothing waits for it.",
        "A newer message points to a lower rank (0). Only a person may lower the level, with a reason.",
    ]
    assert "words of the ticket" not in wanted.note.text


def test_a_change_is_there_when_the_helpdesk_has_what_it_wants() -> None:
    wanted = effects(decision(), CaseState(), READ, DESK)
    assert not any(is_there(change, READ) for change in wanted.changes)
    assert all(is_there(change, applied(READ, wanted)) for change in wanted.changes)
