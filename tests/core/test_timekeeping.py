"""What the tables of worked cases cannot say: seconds, odd policies, the ledger's own rules."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice

import pytest

from plugin.core.clocks import ClockHistory
from plugin.core.cycle import Clock, Event
from plugin.core.escalation import Escalation, Repeat, Step, steps_due
from plugin.core.meters import Target, meter
from plugin.core.timekeeping import Policy, evaluate

START = 1_773_021_600
CLOCK = Clock("ack", "opened", frozenset({"ack"}), target=Target(seconds=7), warn=(50,))
CHAIN = Escalation("up", "start", "ack", (Step(3, "a"), Step(2, "b")), frozenset({"ack"}))
OPENED = Event("e1", START, "opened")


def due(
    *, events: tuple[Event, ...] = (OPENED,), chain: Escalation = CHAIN, now: int
) -> list[tuple[str, int]]:
    seen = evaluate(Policy((), (CLOCK,), (chain,)), {}, events, START + now)
    return [(step.key, step.due_at - START) for step in seen.steps]


def test_clocks_and_chains_count_seconds() -> None:
    policy = Policy((), (CLOCK,), (CHAIN,))
    nexts = []
    now: int | None = START
    while now is not None:
        seen = evaluate(policy, {}, [OPENED], now)
        nexts.append(now - START)
        now = seen.next_at
    # step 1 at 3, half of 7 is reached with the fourth second, step 2 at 5, due at 7
    assert nexts == [0, 3, 4, 5, 7]
    assert [warning.due_at - START for warning, _ in seen.warnings] == [4]
    assert [cycle.breached_at for cycle in seen.cycles] == [START + 7]
    assert due(now=7) == [("up@e1:s1", 3), ("up@e1:s2", 5)]


@pytest.mark.parametrize(("at", "keys"), [(2, []), (3, []), (4, ["up@e1:s1"])])
def test_an_answer_in_the_second_a_step_is_due(at: int, keys: list[str]) -> None:
    events = (OPENED, Event("e2", START + at, "ack", 1))
    assert [key for key, _ in due(events=events, now=60)] == keys


@pytest.mark.parametrize("times", [None, 3])
def test_a_repeat_that_takes_no_time_is_none(times: int | None) -> None:
    chain = replace(CHAIN, repeat=Repeat(0, times))
    policy = Policy((), (CLOCK,), (chain,))
    history = ClockHistory("ack", policy, {})
    history.play([OPENED], START + 60)
    found = list(islice(steps_due(chain, history, [OPENED], {}, START + 60), 10))
    assert [step.key for step in found] == ["up@e1:s1", "up@e1:s2"]


def test_the_whole_chain_at_once_again() -> None:
    """No pause between the passes; the steps themselves take time."""
    chain = replace(CHAIN, repeat=Repeat(0, None, whole=True))
    assert due(chain=chain, now=10) == [
        ("up@e1:s1", 3),
        ("up@e1:s2", 5),
        ("up@e1:s1r1", 8),
        ("up@e1:s2r1", 10),
        ("up@e1:s1r2", 13),
    ]


def test_days_need_a_calendar() -> None:
    with pytest.raises(ValueError, match="needs a calendar"):
        meter(Target(days=1), None, START)


def test_what_is_not_said_of_a_target_a_clock_or_an_event() -> None:
    assert Target(days=2) == Target(0, 2, count="calendar", at_close=False, roll=False)
    assert Target(60).plus(seconds=5) == Target(65)
    assert Target(days=2).plus(days=1) == Target(days=3)
    plain = Clock("c", "opened", frozenset())
    assert (plain.on_raise, plain.on_lower, plain.on_reopen) == ("restart", "carry", "ignore")
    assert (plain.kind, plain.scale, plain.is_armed, plain.warn) == ("once", "level", False, ())
    assert (OPENED.seq, OPENED.seconds, OPENED.days) == (0, 0, 0)
    assert (CHAIN.percent, CHAIN.pause_with_clock, CHAIN.steps[0].must_send) == (0, True, False)
