"""What will become of a ticket's clocks if nobody does anything: the same engine, asked at later instants."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from plugin.core.before import silenced, silent_keys
from plugin.core.calendar import Calendar
from plugin.core.cycle import Cycle, Event
from plugin.core.escalation import StepDue
from plugin.core.timekeeping import Evaluation, LedgerRow, Policy, evaluate, plan

MOST = 1000
"""Instants looked at; a chain that repeats for ever is not followed for ever."""


class Moment(NamedTuple):
    """One thing that will happen by itself."""

    at: int
    kind: Literal["warning", "breach", "step"]
    cycle: Cycle
    step: StepDue | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """One clock's cycle as it stands, in seconds, or in days where it counts days."""

    cycle: Cycle
    used: int
    amount: int
    in_days: bool
    due_at: int | None
    next: StepDue | None
    """The next warning or step of a chain, if time alone brings it."""

    @property
    def left(self) -> int:
        """What is left; below 0 once it is overdue."""
        return self.amount - self.used


def standings(evaluation: Evaluation, now: int, known_since: float | None = None) -> Iterator[Standing]:
    """Every cycle of an evaluation at ``now`` (UTC seconds), in the order of the plan's clocks."""
    silent = frozenset() if known_since is None else frozenset(silent_keys(evaluation, known_since))
    for cycle in evaluation.cycles:
        yield Standing(
            cycle=cycle,
            used=cycle.elapsed(now),
            amount=cycle.target.amount,
            in_days=bool(cycle.target.days),
            due_at=cycle.due_at(),
            next=_next(evaluation, cycle, now, silent),
        )


def _next(evaluation: Evaluation, cycle: Cycle, now: int, silent: Collection[str]) -> StepDue | None:
    steps = (step for step in evaluation.steps if step.cycle is cycle and step.key not in silent)
    coming = [step for step in steps if step.due_at > now and not step.ended]
    if warning := cycle.next_warning():
        coming.append(StepDue(warning.key, warning.key, "", warning.at, False, False, cycle=cycle))
    return min((step for step in coming if step.due_at > now), key=lambda step: step.due_at, default=None)


def outlook(
    policy: Policy,
    calendars: Mapping[str, Calendar],
    events: Sequence[Event],
    ledger: Mapping[str, LedgerRow],
    now: int,
    until: int,
    known_since: float | None = None,
) -> Iterator[Moment]:
    """Everything that happens by itself after ``now`` up to ``until`` (UTC seconds), in order of time."""
    known = dict(ledger)
    evaluation = evaluate(policy, calendars, events, now)
    known |= {row.key: row for row in _decided(evaluation, known, now, known_since)}
    for _ in range(MOST):
        at = evaluation.next_at
        if at is None or at > until:
            return
        before = {(c.clock.id, c.id) for c in evaluation.cycles if c.breached_at is not None}
        evaluation = evaluate(policy, calendars, events, at)
        rows = _decided(evaluation, known, at, known_since)
        known |= {row.key: row for row in rows}
        yield from _moments(evaluation, {row.key for row in rows if row.how == "fired"}, before)


def _decided(
    evaluation: Evaluation, known: Mapping[str, LedgerRow], now: int, known_since: float | None
) -> tuple[LedgerRow, ...]:
    sends = plan(evaluation, known, now)
    if known_since is not None:
        sends = silenced(sends, evaluation, known, known_since, now)
    return sends.rows


def _moments(evaluation: Evaluation, fired: set[str], breached: set[tuple[str, str]]) -> Iterator[Moment]:
    for warning, cycle in evaluation.warnings:
        if warning.key in fired:
            yield Moment(warning.due_at, "warning", cycle, warning)
    for cycle in evaluation.cycles:
        if cycle.breached_at is not None and (cycle.clock.id, cycle.id) not in breached:
            yield Moment(cycle.breached_at, "breach", cycle)
    for step in evaluation.steps:
        if step.key in fired and step.cycle is not None:
            yield Moment(step.due_at, "step", step.cycle, step)
