"""The clock engine against the minute-by-minute oracle, on random policies and histories."""

from __future__ import annotations

import random
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plugin.core.calendar import Calendar, Component, Window
from plugin.core.cycle import Clock, Event
from plugin.core.escalation import Escalation, Repeat, Step
from plugin.core.meters import Target
from plugin.core.timekeeping import Evaluation, LedgerRow, Policy, evaluate, plan
from tests.core.clock_oracle import Oracle

MINUTE, DAY = 60, 86_400
LEVELS = ("IV", "III", "II", "I")
KINDS = (
    *["state"] * 3,
    *["level"] * 2,
    *["reopened"] * 2,
    "ack",
    "progress",
    "resolved",
    "done",
    "closed",
    "extend",
    "calendar_edit",
)
STARTS = {  # an ordinary week, nights around both changes of the clock, the end of a year
    "Asia/Shanghai": 1_772_409_600,
    "Europe/Berlin": 1_774_728_000,
    "America/New_York": 1_772_928_000,
    "Australia/Lord_Howe": 1_775_307_600,
}


def windows(rng: random.Random) -> tuple[Window, ...]:
    found = []
    for _ in range(rng.choice([1, 1, 2])):
        start = rng.randrange(0, 1440, 30)
        found.append((start, (start + rng.randrange(30, 900, 30)) % 1440 or 1440))
    return tuple(found)


def a_calendar(rng: random.Random, name: str) -> Calendar:
    zones = [rng.choice(sorted(STARTS)) for _ in range(rng.choice([1, 1, 2]))]
    sites = tuple(
        Component(
            zone,
            {
                day: windows(rng)
                for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
                if rng.random() < 0.8
            },
            frozenset(date(2026, 3, rng.randrange(1, 31)) for _ in range(rng.randrange(3))),
            {date(2026, 3, rng.randrange(1, 31)): "mon" for _ in range(rng.randrange(2))},
            {date(2026, 3, rng.randrange(1, 31)): windows(rng) for _ in range(rng.randrange(2))},
        )
        for zone in zones
    )
    return Calendar(name, "", sites, date(2026, 12, 31), date(2025, 12, 1), date(2026, 12, 31))


def minutes(rng: random.Random) -> Target:
    return Target(seconds=MINUTE * rng.randrange(20, 240, 20))


def a_clock(rng: random.Random, name: str, calendars: list[str]) -> Clock:
    periodic = rng.random() < 0.25
    by_level = rng.random() < 0.5
    return Clock(
        id=name,
        start=rng.choice(["opened", "opened", "level", "ack"]),
        stop=frozenset({"resolved", "closed"} | ({"done"} if rng.random() < 0.5 else set())),
        kind="periodic" if periodic else "once",
        restart_on=frozenset({"progress"}) if periodic else frozenset(),
        pause_on=frozenset({"pending"} if rng.random() < 0.6 else ())
        | frozenset({"hold"} if rng.random() < 0.4 else ()),
        calendar=rng.choice([None, *calendars]),
        target=None if by_level else minutes(rng),
        by_level={level: minutes(rng) for level in LEVELS if rng.random() < 0.75} if by_level else None,
        warn=tuple(sorted(rng.sample([25, 50, 75, 80, 90], rng.randrange(3)))),
        on_raise=rng.choice(["restart", "restart", "restart_always", "carry", "keep"]),
        on_lower=rng.choice(["carry", "carry", "keep"]),
        on_reopen=rng.choice(["resume", "new_cycle", "ignore"]),
    )


def a_chain(rng: random.Random, name: str, clock: Clock, calendars: list[str]) -> Escalation:
    at = rng.choice(["start", "breach", "warn"] if clock.warn else ["start", "breach"])
    return Escalation(
        id=name,
        at=at,
        clock=clock.id,
        percent=rng.choice(clock.warn) if at == "warn" else 0,
        steps=tuple(
            Step(MINUTE * rng.choice([0, 5, 10, 25]), rng.choice("ab"), rng.random() < 0.2)
            for _ in range(rng.randrange(1, 4))
        ),
        stop_on=frozenset({"ack", "resolved"} if rng.random() < 0.7 else {"closed"}),
        levels=frozenset(rng.sample(LEVELS, 2)) if rng.random() < 0.2 else frozenset(),
        repeat=a_repeat(rng),
        calendar=rng.choice([None, None, *calendars]),
        pause_with_clock=rng.random() < 0.7,
    )


def a_repeat(rng: random.Random) -> Repeat | None:
    if rng.random() < 0.5:
        return None
    return Repeat(MINUTE * rng.randrange(10, 60, 5), rng.choice([1, 2, None]), rng.random() < 0.4)


def some_events(rng: random.Random, start: int, edits: dict[str, Calendar]) -> list[Event]:
    events = [Event("e0", start, "opened", 0, level=rng.choice([None, *LEVELS]))]
    for index in range(1, rng.randrange(2, 12)):
        at = start + MINUTE * rng.randrange(0, 600, rng.choice([1, 5, 30]))
        kind = rng.choice(KINDS)
        extra = {
            "state": {"state": rng.choice(["open", "pending", "hold"])},
            "level": {"level": rng.choice(LEVELS)},
            "extend": {"clock": rng.choice(["c0", "c1"]), "seconds": MINUTE * rng.randrange(20, 100, 20)},
        }.get(kind, {})
        if kind == "calendar_edit":
            name = rng.choice(sorted(edits))
            extra = {"calendar": name, "edited": edits[name]}
        events.append(Event(f"e{index}", at, kind, index, **extra))
    return events


class Scene:
    """One random policy with calendars and a history."""

    def __init__(self, seed: int) -> None:
        rng = random.Random(seed)
        zone = rng.choice(sorted(STARTS))
        self.start = STARTS[zone] + MINUTE * rng.randrange(0, 1440, 15)
        self.calendars = {name: a_calendar(rng, name) for name in ("k0", "k1")}
        edits = {"k0": a_calendar(rng, "k0")}
        clocks = tuple(a_clock(rng, f"c{i}", sorted(self.calendars)) for i in range(2))
        chains = tuple(a_chain(rng, f"x{i}", rng.choice(clocks), ["k1"]) for i in range(rng.randrange(3)))
        # where an edit redates a breach, the engine hangs the run on the new date, the oracle on the old
        redated = {clock.id for clock in clocks if clock.calendar == "k0"}
        chains = tuple(chain for chain in chains if chain.at == "start" or chain.clock not in redated)
        self.policy = Policy(LEVELS, clocks, chains)
        self.events = some_events(rng, self.start, edits)
        self.now = self.start + MINUTE * rng.randrange(30, 800)
        self.rng = rng

    def known(self, now: int) -> list[Event]:
        return [event for event in self.events if event.at <= now]


def told(evaluation: Evaluation, now: int) -> tuple[list[object], list[object], list[object]]:
    cycles = [
        (
            c.clock.id,
            c.id,
            c.outcome,
            c.breached_at,
            c.ended[-1] if c.is_done else None,
            c.elapsed(now),
            [tuple(p) for p in c.pauses],
        )
        for c in evaluation.cycles
    ]
    steps = [(step.key, step.due_at, step.ended) for step in evaluation.steps if step.due_at <= now]
    warnings = [(warning.key, warning.due_at) for warning, _ in evaluation.warnings if warning.due_at <= now]
    return sorted(cycles, key=str), sorted(steps), sorted(warnings)


def oracle_told(oracle: Oracle, now: int) -> tuple[list[object], list[object], list[object]]:
    every = [cycle for cycles in oracle.cycles.values() for cycle in cycles]
    cycles = [
        (
            c.clock.id,
            c.id,
            c.outcome,
            c.breached_at,
            c.stopped_at,
            elapsed(c, now),
            [tuple(p) for p in c.pauses],
        )
        for c in every
    ]
    steps = [
        (f"{run.chain.id}@{run.cycle.id}:{suffix}", at, run.ended)
        for run in oracle.runs
        for suffix, at in run.steps
    ]
    warnings = [(key, at) for c in every for key, _, at in c.warned]
    return sorted(cycles, key=str), sorted(steps), sorted(warnings)


def elapsed(cycle: object, now: int) -> int:
    minutes_before_now = [minute for minute in cycle.minutes if minute < now]
    cycle.minutes = minutes_before_now
    return cycle.used()


def differences(seed: int) -> None:
    scene = Scene(seed)
    events = scene.known(scene.now)
    oracle = Oracle(scene.policy, scene.calendars)
    oracle.walk(events, scene.now)
    got = told(evaluate(scene.policy, scene.calendars, events, scene.now), scene.now)
    assert got == oracle_told(oracle, scene.now), f"seed {seed}"


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, 10**6))
def test_the_engine_agrees_with_the_oracle(seed: int) -> None:
    differences(seed)


@pytest.mark.slow
@pytest.mark.parametrize("block", range(50))
def test_the_engine_agrees_with_the_oracle_at_length(block: int) -> None:
    for seed in range(2_000_000 + block * 60, 2_000_000 + block * 60 + 60):
        differences(seed)


@given(st.integers(0, 10**6))
def test_the_order_of_arrival_changes_no_clock(seed: int) -> None:
    scene = Scene(seed)
    events = scene.known(scene.now)
    shuffled = scene.rng.sample(events, len(events))
    one = told(evaluate(scene.policy, scene.calendars, events, scene.now), scene.now)
    assert one == told(evaluate(scene.policy, scene.calendars, shuffled, scene.now), scene.now)


@given(st.integers(0, 10**6))
def test_planning_twice_finds_nothing_new(seed: int) -> None:
    scene = Scene(seed)
    evaluation = evaluate(scene.policy, scene.calendars, scene.known(scene.now), scene.now)
    ledger = {row.key: row for row in plan(evaluation, {}, scene.now).rows}
    assert plan(evaluation, ledger, scene.now) == ((), ())


def sweep(scene: Scene, instants: list[int]) -> dict[str, LedgerRow]:
    ledger: dict[str, LedgerRow] = {}
    for now in instants:
        evaluation = evaluate(scene.policy, scene.calendars, scene.known(now), now)
        rows = plan(evaluation, ledger, now).rows
        assert not {row.key for row in rows} & set(ledger)
        ledger |= {row.key: row for row in rows}
    return ledger


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6))
def test_many_sweeps_or_one_give_the_same_clocks_and_never_fewer_messages(seed: int) -> None:
    scene = Scene(seed)
    often = sweep(scene, list(range(scene.start, scene.now + 1, MINUTE)))
    once = sweep(scene, [scene.now])
    assert sum(row.how == "fired" for row in once.values()) <= sum(
        row.how == "fired" for row in often.values()
    )


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6))
def test_next_at_misses_nothing(seed: int) -> None:
    """Waking only when told gives what waking every minute gives."""
    scene = Scene(seed)
    often = sweep(scene, list(range(scene.start, scene.now + 1, MINUTE)))
    woken, now = [], scene.start
    while now <= scene.now:
        woken.append(now)
        coming = evaluate(scene.policy, scene.calendars, scene.known(now), now).next_at
        heard = [event.at for event in scene.events if event.at > now]
        now = min(
            [*heard, *([] if coming is None else [-(-coming // MINUTE) * MINUTE])], default=scene.now + 1
        )
    told_when = sweep(scene, woken)
    assert {key: row.how for key, row in told_when.items()} == {key: row.how for key, row in often.items()}


DAY_TARGETS = [
    Target(days=days, count=count, at_close=at_close, roll=roll)
    for days in (1, 3, 5, 15)
    for count in ("calendar", "working")
    for at_close in (False, True)
    for roll in (False, True)
]


def day_differences(seed: int) -> None:
    rng = random.Random(seed)
    calendar = a_calendar(rng, "k0")
    clock = Clock(
        "d",
        "opened",
        frozenset({"done"}),
        pause_on=frozenset({"pending"}),
        calendar="k0",
        target=rng.choice(DAY_TARGETS),
        warn=tuple(rng.sample([50, 80], rng.randrange(3))),
    )
    start = 1_772_409_600 + 1800 * rng.randrange(48 * 14)
    events = [Event("e0", start, "opened")]
    for index in range(1, rng.randrange(1, 5)):
        kind, state = rng.choice([("state", "pending"), ("state", "open"), ("done", None)])
        events.append(Event(f"e{index}", start + 1800 * rng.randrange(48 * 12), kind, index, state=state))
    now = start + 1800 * rng.randrange(48 * 20)
    policy, known = Policy((), (clock,)), [event for event in events if event.at <= now]
    oracle = Oracle(policy, {"k0": calendar}, step=1800)
    oracle.walk(known, now)
    got = told(evaluate(policy, {"k0": calendar}, known, now), now)
    assert got == oracle_told(oracle, now), f"seed {seed}"


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6))
def test_counted_days_agree_with_the_oracle(seed: int) -> None:
    day_differences(seed)
