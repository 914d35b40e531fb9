"""The clock engine against the oracle that walks every instant, and what must hold of any history."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from plugin.core.calendar import Calendar
from plugin.core.cycle import Event
from plugin.core.timekeeping import Evaluation, LedgerRow, evaluate, plan
from tests.core.clock_ledger import Written, in_time, is_up, seen_at, watched
from tests.core.clock_oracle import Oracle
from tests.core.clock_scenes import ALL_DAY, Scene
from tests.core.wall_clock import is_open

seeds = st.integers(0, 10**9)
unhurried = settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])


def told(evaluation: Evaluation, now: int) -> list[object]:
    """Cycles, warnings and steps in plain values."""
    cycles = [
        (
            f"{c.clock.id}@{c.id}",
            c.outcome,
            c.breached_at,
            c.ended[-1] if c.is_done else None,
            c.elapsed(now),
            [list(pause) for pause in c.pauses],
        )
        for c in evaluation.cycles
    ]
    warnings = [(warning.key, warning.due_at) for warning, _ in evaluation.warnings]
    steps = [(step.key, step.due_at, step.ended) for step in evaluation.steps if step.due_at <= now]
    return [*sorted(cycles, key=str), *sorted(warnings), *sorted(steps)]


def oracle_told(oracle: Oracle, now: int) -> list[object]:
    cycles = [
        (
            f"{c.clock.id}@{c.id}",
            c.outcome,
            c.breached_at,
            c.ends[-1] if c.outcome else None,
            len(c.ticks)
            if c.target.days
            else oracle.unit * sum(is_open(c.calendar, at) for at in c.ran if at < now),
            c.pauses,
        )
        for c in oracle.every_cycle()
    ]
    warnings = [(key, at) for c in oracle.every_cycle() for key, _, at in c.warned]
    steps = [(run.key(suffix), at, run.ended) for run in oracle.runs for suffix, at in run.steps.items()]
    return [*sorted(cycles, key=str), *sorted(warnings), *sorted(steps)]


def delivered(scene: Scene) -> list[Event]:
    """The events as a sweep first knows of them; what a downtime kept is held to its own receipt before."""
    seen = [(event, seen_at(event, scene.downtime, scene.unit)) for event in scene.events]
    return [e if at == e.received_at else replace(in_time(e), received_at=at) for e, at in seen]


def swept(
    scene: Scene, events: Sequence[Event], sweeps: Iterable[int]
) -> tuple[dict[str, Written], dict[int, int | None]]:
    """The ledger after these sweeps, and when each of them wanted the next."""
    ledger: dict[str, LedgerRow] = {}
    wanted = {}
    for now in sweeps:
        evaluation = evaluate(scene.policy, scene.calendars, events, now)
        sends = plan(evaluation, ledger, now)
        keys = [row.key for row in sends.rows]
        assert not set(keys) & set(ledger), "a key is decided once"
        assert len(keys) == len(set(keys)), "a key is there once"
        ledger |= {row.key: row for row in sends.rows}
        ledger |= {key: replace(ledger[key], corrected_at=now) for key in sends.corrections}
        wanted[now] = evaluation.next_at
    return {key: Written(r.how, r.due_at, r.decided_at, r.corrected_at) for key, r in ledger.items()}, wanted


def every(scene: Scene) -> range:
    return range(scene.start, scene.now + 1, scene.unit)


def up(scene: Scene) -> list[int]:
    return [now for now in every(scene) if is_up(now, scene.downtime)]


def differences(seed: int) -> None:
    """Clocks, steps and ledger of a ticket, by the engine and by the oracle."""
    scene = Scene(seed)
    events = delivered(scene)
    oracle, ledger = watched(
        scene.policy, scene.calendars, scene.events, scene.downtime, every(scene), scene.unit
    )
    seen = evaluate(scene.policy, scene.calendars, events, scene.now)
    assert told(seen, scene.now) == oracle_told(oracle, scene.now), f"seed {seed}"
    assert swept(scene, events, up(scene))[0] == ledger, f"seed {seed}"


@unhurried
@example(540)  # a later plan hangs the chain on another clock, whose cycle the same event began
@example(6060)  # the same on another moment of the same cycle
@given(seeds)
def test_the_engine_agrees_with_the_oracle(seed: int) -> None:
    differences(seed)


@pytest.mark.slow
@pytest.mark.parametrize("block", range(50))
def test_the_engine_agrees_with_the_oracle_at_length(block: int) -> None:
    for seed in range(2_000_000 + block * 100, 2_000_000 + block * 100 + 100):
        differences(seed)


# -- what must hold of any history -------------------------------------------------------------------


@given(seeds)
def test_the_order_of_arrival_changes_no_clock(seed: int) -> None:
    scene = Scene(seed)
    one = evaluate(scene.policy, scene.calendars, scene.events, scene.now)
    shuffled = scene.rng.sample(scene.events, len(scene.events))
    other = evaluate(scene.policy, scene.calendars, shuffled, scene.now)
    assert told(one, scene.now) == told(other, scene.now)
    assert one.next_at == other.next_at


@given(seeds)
def test_planning_twice_finds_nothing_new(seed: int) -> None:
    scene = Scene(seed)
    evaluation = evaluate(scene.policy, scene.calendars, scene.events, scene.now)
    ledger = {row.key: row for row in plan(evaluation, {}, scene.now).rows}
    assert plan(evaluation, ledger, scene.now) == ((), ())


@settings(max_examples=25)
@given(seeds)
def test_waking_when_told_is_as_good_as_waking_always(seed: int) -> None:
    """Nothing is missed and nothing is late: the same decisions at the same instants."""
    scene = Scene(seed)
    events = delivered(scene)
    always, wanted = swept(scene, events, up(scene))
    woken, heard = [], sorted({event.received_at or 0 for event in events})
    now = heard[0]
    while now in wanted:
        woken.append(now)
        coming = [at for at in (*heard, wanted[now]) if at is not None and at > now]
        now = min((at for at in wanted if at >= min(coming, default=scene.now + 1)), default=scene.now + 1)
    assert swept(scene, events, woken)[0] == always


@settings(max_examples=25)
@given(seeds)
def test_one_sweep_at_the_end_sends_no_more_than_many(seed: int) -> None:
    """Of a history that is heard as it happens."""
    scene = Scene(seed)
    events = [replace(event, received_at=event.at) for event in scene.events]
    often, _ = swept(scene, events, every(scene))
    once, _ = swept(scene, events, [scene.now])
    assert fired(once) <= fired(often)
    assert sum(row.how == "fired" for row in once.values()) <= sum(
        row.how == "fired" for row in often.values()
    )


def fired(ledger: Mapping[str, Written]) -> set[str]:
    """What was told to somebody, be it the step or a repeat of it."""
    return {key.partition("r")[0] for key, row in ledger.items() if row.how == "fired"}


@given(seeds)
def test_no_calendar_is_a_calendar_that_is_always_open(seed: int) -> None:
    scene = Scene(seed)
    policy = replace(
        scene.policy,
        clocks=tuple(replace(c, calendar=c.calendar or "always") for c in scene.policy.clocks),
        escalations=tuple(replace(c, calendar=c.calendar or "always") for c in scene.policy.escalations),
    )
    always = Calendar("always", "", (ALL_DAY,), date(2026, 12, 31), date(2026, 1, 1), date(2026, 12, 31))
    without = evaluate(scene.policy, scene.calendars, scene.events, scene.now)
    with_one = evaluate(policy, {**scene.calendars, "always": always}, scene.events, scene.now)
    assert told(without, scene.now) == told(with_one, scene.now)
    assert without.next_at == with_one.next_at


@given(seeds)
def test_what_is_said_to_be_due_comes_to_pass(seed: int) -> None:
    """If nothing more happens, a running clock is breached just when it was due, and warned when told."""
    scene = Scene(seed)
    known = [event for event in scene.events if max(event.at, event.received_at or 0) <= scene.now]
    for number, cycle in enumerate(evaluate(scene.policy, scene.calendars, known, scene.now).cycles):
        due, warning = cycle.due_at(), cycle.next_warning()
        if cycle.state == "running" and due is not None and due > scene.now:
            before, then = (
                evaluate(scene.policy, scene.calendars, known, at).cycles[number] for at in (due - 1, due)
            )
            assert (before.state, then.state, then.breached_at) == ("running", "overdue", due)
        if warning is not None and warning.at > scene.now:
            before, then = (
                evaluate(scene.policy, scene.calendars, known, at).cycles[number].warnings
                for at in (warning.at - 1, warning.at)
            )
            assert warning not in before
            assert warning in then


@given(seeds, st.integers(0, 10**6))
def test_a_later_look_changes_nothing_that_had_happened(seed: int, later: int) -> None:
    """What a clock did up to an instant does not depend on when it is asked."""
    scene = Scene(seed)
    then = scene.start + later % (scene.now - scene.start + 1)
    events = [event for event in scene.events if max(event.at, event.received_at or 0) <= then]
    early = evaluate(scene.policy, scene.calendars, events, then)
    late = evaluate(scene.policy, scene.calendars, events, scene.now)
    sent = {step.key: step.due_at for step in late.steps if step.due_at <= then}
    assert {step.key: step.due_at for step in early.steps if step.due_at <= then} == sent
    breaches = [c.breached_at for c in late.cycles]
    assert [c.breached_at for c in early.cycles] == [at if at and at <= then else None for at in breaches]
    assert [c.elapsed(then) for c in early.cycles] == [c.elapsed(then) for c in late.cycles]
