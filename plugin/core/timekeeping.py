"""Time: what every clock of a ticket says now, and what must be sent because of it.

``evaluate`` recomputes; ``plan`` decides against the ledger of what was decided before.
Facts follow the newest knowledge; what was sent can only be corrected, once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

from plugin.core.calendar import Calendar
from plugin.core.clocks import ClockHistory, visible
from plugin.core.cycle import Clock, Cycle, Event
from plugin.core.escalation import Escalation, StepDue, steps_due

How = Literal["fired", "coalesced", "moot", "carried", "before"]
"""carried: it went out for a ticket that was merged since; it stands, and is never taken back.
before: it was due before anybody here knew the ticket; nobody is told."""


@dataclass(frozen=True, slots=True)
class Policy:
    """The clocks and chains of one plan version; levels ascending."""

    levels: tuple[str, ...]
    clocks: tuple[Clock, ...]
    escalations: tuple[Escalation, ...] = ()

    def clock(self, name: str) -> Clock | None:
        """The clock of this id."""
        return next((clock for clock in self.clocks if clock.id == name), None)


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Every cycle, and every warning and step that was, is or comes next."""

    cycles: tuple[Cycle, ...]
    warnings: tuple[tuple[StepDue, Cycle], ...]
    steps: tuple[StepDue, ...]
    next_at: int | None
    """The next instant at which anything changes by itself; None: nothing will."""


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """What was decided about one key; append-only but for one correction."""

    key: str
    due_at: int
    how: How
    decided_at: int
    corrected_at: int | None = None


class Sends(NamedTuple):
    """What ``plan`` adds to the ledger."""

    rows: tuple[LedgerRow, ...]
    corrections: tuple[str, ...]


def evaluate(
    policy: Policy, calendars: Mapping[str, Calendar], events: Iterable[Event], now: int
) -> Evaluation:
    """Recompute every clock and chain of one ticket from its events; ``now`` in UTC seconds."""
    known = list(events)
    seen = visible(known, now)
    policies = list(_policies(policy, seen))
    names = dict.fromkeys(clock.id for _, each in policies for clock in each.clocks)
    histories = {name: _play(name, policy, calendars, seen, now) for name in names}
    chains = [(within, chain) for within, each in policies for chain in each.escalations]
    hung = {chain.id: chain.hook for _, chain in reversed(chains)}
    steps = tuple(
        step
        for within, chain in chains
        for step in steps_due(chain, histories[chain.clock], seen, calendars, now, within, hung[chain.id])
    )
    cycles = tuple(cycle for history in histories.values() for cycle in history.cycles)
    warnings = tuple(_warnings(cycles))
    return Evaluation(cycles, warnings, steps, _next_at(cycles, steps, known, now))


def _policies(first: Policy, events: Iterable[Event]) -> Iterator[tuple[tuple[int, int | None], Policy]]:
    """Each policy with the numbers of events after and until which it was the newest."""
    since, current = 0, first
    for number, event in enumerate(events, 1):
        if isinstance(event.policy, Policy):
            yield (since, number), current
            since, current = number, event.policy
    yield (since, None), current


def _play(
    clock: str, policy: Policy, calendars: Mapping[str, Calendar], events: list[Event], now: int
) -> ClockHistory:
    history = ClockHistory(clock, policy, calendars)
    history.play(events, now)
    return history


def _warnings(cycles: Iterable[Cycle]) -> Iterator[tuple[StepDue, Cycle]]:
    for cycle in cycles:
        for warning in cycle.warnings:
            yield StepDue(warning.key, warning.key, "", warning.at, cycle.is_done, False, cycle=cycle), cycle


def _next_at(
    cycles: Iterable[Cycle], steps: Iterable[StepDue], events: Iterable[Event], now: int
) -> int | None:
    instants = [step.due_at for step in steps]
    instants += [event.at for event in events if (event.received_at or event.at) <= now]
    for cycle in cycles:
        if cycle.breached_at is None and (due := cycle.due_at()) is not None and not cycle.is_done:
            instants.append(due)
        if warning := cycle.next_warning():
            instants.append(warning.at)
    return min((at for at in instants if at > now), default=None)


def plan(evaluation: Evaluation, ledger: Mapping[str, LedgerRow], now: int) -> Sends:
    """New ledger rows for what is due and undecided, and corrections of what was sent in error."""
    due_steps = [step for step in evaluation.steps if step.due_at <= now]
    due_warnings = [(warning, cycle) for warning, cycle in evaluation.warnings if warning.due_at <= now]
    latest = {step.group: step.key for step in sorted(due_steps, key=lambda step: step.due_at)}
    rows = [
        LedgerRow(step.key, step.due_at, _how_step(step, latest), now)
        for step in due_steps
        if step.key not in ledger
    ]
    rows += [
        LedgerRow(warning.key, warning.due_at, _how_warning(warning, cycle), now)
        for warning, cycle in due_warnings
        if warning.key not in ledger
    ]
    contained = {step.key for step in due_steps} | {warning.key for warning, _ in due_warnings}
    corrections = tuple(
        key
        for key, row in ledger.items()
        if row.how == "fired" and row.corrected_at is None and key not in contained
    )
    return Sends(tuple(rows), corrections)


def _how_step(step: StepDue, latest: Mapping[str, str]) -> How:
    if step.ended and not step.must_send:
        return "moot"
    return "fired" if latest[step.group] == step.key else "coalesced"


def _how_warning(warning: StepDue, cycle: Cycle) -> How:
    if warning.ended:
        return "moot"
    return "fired" if cycle.breached_at is None else "coalesced"
