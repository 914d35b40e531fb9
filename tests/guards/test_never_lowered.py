"""No ticket is dropped, hidden, muted, closed or ranked down: over any decision and any state read."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from plugin.core.case import CaseState, Decision, Pin, Placement, Proposal, Reading, Standing
from plugin.core.effects import Change, DeskMap, Snapshot, effects, observed, written
from plugin.core.trace import Answer, TraceNode

NOW = datetime(2026, 5, 4, 8, tzinfo=UTC)
HINTS = ("none", "一般", "较大", "重大", "特别重大")
LEVELS = ("none", "低", "中", "高", "顶")
ORDER = ("trivial", "low", "normal", "high", "critical")
TARGETS = {"group", "level", "priority", "due", "tags", "reason"}

words = st.text(min_size=1, max_size=6)
groups = st.sampled_from(["normal_desk", "onsite", "hq", "confidential_channel", "unknown"])


@st.composite
def placements(draw: st.DrawFn) -> Placement:
    rank = draw(st.integers(0, 4))
    inherited = draw(st.booleans())
    return Placement(
        event_type=draw(st.sampled_from(["ordinary", "mass_visit", "other"])),
        rank=rank,
        level=None if inherited else LEVELS[rank],
        activated=rank > 0,
        severity_hint=HINTS[rank],
        lead=draw(groups),
        flags=tuple(draw(st.lists(words, max_size=3))),
        sealed=draw(st.booleans()),
        provisional=draw(st.booleans()),
    )


@st.composite
def decisions(draw: st.DrawFn) -> Decision:
    read = draw(st.lists(placements(), min_size=1, max_size=4))
    readings = tuple(
        Reading(f"m{n}", NOW + timedelta(minutes=n), {}, {}, placed, TraceNode(Answer.YES, "rank"))
        for n, placed in enumerate(read)
    )
    stands = draw(st.sampled_from(read))
    proposal = draw(
        st.none() | st.builds(Proposal, st.sampled_from(["lower", "end"]), st.none(), st.just(0), words)
    )
    standing = Standing(stands, readings[0].message, stands.level, stands.rank, proposal)
    return Decision("t", readings, standing)


@st.composite
def snapshots(draw: st.DrawFn) -> Snapshot:
    priority = st.none() | st.sampled_from(ORDER) | words
    values = {
        "group": draw(st.none() | words | st.sampled_from(["g1", "g2"])),
        "level": draw(st.none() | st.sampled_from(LEVELS) | words),
        "priority": draw(priority),
        "due": draw(st.none() | st.just("2026-05-20T00:00:00Z")),
        "tags": tuple(sorted(set(draw(st.lists(words, max_size=4))))),
    }
    kept = {name: value for name, value in values.items() if draw(st.integers(0, 5))}
    state = draw(st.sampled_from(["open", "paused", "closed", "gone", "merged"]))
    return Snapshot(kept, "1", state=state)


@st.composite
def desks(draw: st.DrawFn) -> DeskMap:
    keys = (*LEVELS, *HINTS)
    return DeskMap(
        mode=draw(st.sampled_from(["observe", "propose", "act"])),
        language=draw(st.sampled_from(["zh", "en"])),
        groups=draw(st.dictionaries(groups, st.sampled_from(["g1", "g2", "g3"]))),
        levels={level: level for level in LEVELS[1:]} if draw(st.booleans()) else {},
        priorities=draw(st.dictionaries(st.sampled_from(keys), st.sampled_from(ORDER) | words)),
        priority_order=ORDER,
        tags=draw(st.booleans()),
        notes=draw(st.booleans()),
        reason=draw(st.booleans()),
    )


pins = st.builds(Pin, st.sampled_from(sorted(TARGETS)), words, st.integers(0, 4), st.just(NOW), st.booleans())
cases = st.builds(
    CaseState,
    peak_rank=st.integers(0, 4),
    peak=st.none() | placements(),
    written=st.dictionaries(st.sampled_from(sorted(TARGETS)), words),
    pins=st.lists(pins, max_size=3).map(tuple),
)


def above(value: object, other: object) -> bool:
    """Whether a priority surely stands above another."""
    return value in ORDER and other in ORDER and ORDER.index(str(value)) > ORDER.index(str(other))


def check(change: Change, decision: Decision, snapshot: Snapshot) -> None:
    assert change.target in TARGETS
    assert change.base == snapshot.values[change.target]
    if change.target == "priority":
        assert not change.base or above(change.want, change.base)
        assert decision.standing.placement.rank > 0
    if change.target == "due":
        assert decision.standing.placement.rank > 0
    if change.target == "tags":
        assert set(change.base or ()) <= set(change.want)
    if change.target == "level" and change.base in LEVELS:
        assert LEVELS.index(str(change.want)) > LEVELS.index(str(change.base))


@settings(max_examples=300)
@given(decisions(), cases, snapshots(), desks())
def test_nothing_is_ever_taken_from_a_ticket(
    decision: Decision, case: CaseState, snapshot: Snapshot, desk: DeskMap
) -> None:
    for change in effects(decision, case, snapshot, desk).changes:
        check(change, decision, snapshot)


@settings(max_examples=120)
@given(st.lists(decisions(), min_size=1, max_size=6), snapshots(), desks())
def test_over_a_whole_life_the_priority_only_rises(
    life: list[Decision], snapshot: Snapshot, desk: DeskMap
) -> None:
    case = CaseState()
    for decision in life:
        done = effects(decision, case, snapshot, desk)
        before = snapshot.values.get("priority")
        values = {**snapshot.values, **{change.target: change.want for change in done.changes}}
        case = written(observed(decision, case, snapshot, desk), done)
        snapshot = replace(snapshot, values=values)
        after = snapshot.values.get("priority")
        assert after == before or not before or above(after, before)


@settings(max_examples=120)
@given(decisions(), cases, snapshots(), desks())
def test_observing_changes_nothing_and_proposing_only_says(
    decision: Decision, case: CaseState, snapshot: Snapshot, desk: DeskMap
) -> None:
    assert not effects(decision, case, snapshot, replace(desk, mode="observe"))
    proposed = effects(decision, case, snapshot, replace(desk, mode="propose"))
    assert {change.target for change in proposed.changes} <= {"reason"}
