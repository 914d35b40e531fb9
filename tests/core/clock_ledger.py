"""The oracle watched by somebody who sweeps at every instant and writes down what must be sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from plugin.core.calendar import Calendar
from plugin.core.cycle import Event
from plugin.core.timekeeping import Policy
from tests.core.clock_oracle import Oracle


@dataclass(frozen=True)
class Written:
    """What was decided about a key, and when."""

    how: str
    due_at: int
    decided_at: int
    corrected_at: int | None = None


def is_up(at: int, downtime: Sequence[tuple[int, int]]) -> bool:
    return not any(start <= at < end for start, end in downtime)


def seen_at(event: Event, downtime: Sequence[tuple[int, int]], unit: int) -> int:
    """The first sweep that can know of an event."""
    at = event.at if event.received_at is None else event.received_at
    while not is_up(at, downtime):
        at += unit
    return at


def in_time(event: Event) -> Event:
    """More than two minutes ahead of its receipt: held to it."""
    received = event.at if event.received_at is None else event.received_at
    return replace(event, at=received) if event.at - received > 120 else event


def watched(
    policy: Policy,
    calendars: Mapping[str, Calendar],
    events: Sequence[Event],
    downtime: Sequence[tuple[int, int]],
    sweeps: Sequence[int],
    unit: int,
) -> tuple[Oracle, dict[str, Written]]:
    """Sweep at every one of these instants that is no downtime; whenever something is heard, walk anew."""
    ledger: dict[str, Written] = {}
    oracle, known = Oracle(policy, calendars, (), unit), -1
    for now in sweeps:
        heard = [in_time(event) for event in events if seen_at(event, downtime, unit) <= now]
        heard = [event for event in heard if event.at <= now]
        if len(heard) != known:
            oracle, known = Oracle(policy, calendars, heard, unit), len(heard)
        oracle.walk(now)
        if is_up(now, downtime):
            _write(oracle, ledger, now)
    return oracle, ledger


def _write(oracle: Oracle, ledger: dict[str, Written], now: int) -> None:
    present = set()
    for cycle in oracle.every_cycle():
        for key, _, at in cycle.warned:
            present.add(key)
            how = "moot" if cycle.outcome else "coalesced" if cycle.breached_at is not None else "fired"
            ledger.setdefault(key, Written(how, at, now))
    for run in oracle.runs:
        for suffix, at in run.steps.items():
            present.add(run.key(suffix))
            step = suffix.partition("r")[0]
            latest = max(due for other, due in run.steps.items() if other.partition("r")[0] == step)
            owed = run.chain.steps[int(step[1:]) - 1].must_send or not run.ended
            how = "moot" if not owed else "coalesced" if latest > at else "fired"
            ledger.setdefault(run.key(suffix), Written(how, at, now))
    for key, row in ledger.items():
        if row.how == "fired" and row.corrected_at is None and key not in present:
            ledger[key] = replace(row, corrected_at=now)
