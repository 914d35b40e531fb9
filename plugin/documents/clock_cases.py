"""Worked clock cases, run through the real engine and compared with what their author expects."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from plugin.core.clocks import held
from plugin.core.cycle import Cycle, Event
from plugin.core.timekeeping import Evaluation, LedgerRow, evaluate, plan
from plugin.documents.clock_expected import Told, differences
from plugin.documents.clock_form import MINUTE, Case, read_cases

__all__ = ["Case", "difference", "read_cases", "run"]


@dataclass(frozen=True, slots=True)
class Ran:
    """What the plugin would know at a case's ``now``, having swept on every minute until then."""

    evaluation: Evaluation
    ledger: Mapping[str, LedgerRow]


def run(case: Case) -> Ran:
    """Sweep on whole minutes outside the downtimes, as the running plugin would.

    Only the minutes at which something can have changed are swept: an event seen, the end of a downtime,
    or the next instant the engine itself names.
    """
    ledger: dict[str, LedgerRow] = {}
    events = _delivered(case)
    heard = {event.received_at or event.at for event in events} | {end for _, end in case.downtime}
    wakes = sorted({_sweep_after(at, case.downtime) for at in heard})
    now = wakes[0] if wakes else None
    while now is not None and now <= case.now:
        evaluation = evaluate(case.policy, case.calendars, events, now)
        sends = plan(evaluation, ledger, now)
        ledger |= {row.key: row for row in sends.rows}
        ledger |= {key: replace(ledger[key], corrected_at=now) for key in sends.corrections}
        now = _next_sweep(now, wakes, evaluation.next_at, case.downtime)
    return Ran(evaluate(case.policy, case.calendars, events, case.now), ledger)


def _delivered(case: Case) -> tuple[Event, ...]:
    """The events as they are stored: each id once, its clock held to its receipt, none during a downtime."""
    first: dict[str, Event] = {}
    for event in sorted(case.events, key=lambda event: event.received_at or event.at):
        first.setdefault(event.id, event)
    return tuple(
        replace(held(event), received_at=_outside(event.received_at or event.at, case.downtime))
        for event in first.values()
    )


def _outside(at: int, downtime: Iterable[tuple[int, int]]) -> int:
    for start, end in downtime:
        if start <= at < end:
            at = end
    return at


def _sweep_after(at: int, downtime: Sequence[tuple[int, int]]) -> int:
    """The first sweep at or after an instant."""
    minute = -(-at // MINUTE) * MINUTE
    while (free := _outside(minute, downtime)) != minute:
        minute = -(-free // MINUTE) * MINUTE
    return minute


def _next_sweep(
    now: int, wakes: Iterable[int], coming: int | None, downtime: Sequence[tuple[int, int]]
) -> int | None:
    nexts = [at for at in wakes if at > now]
    if coming is not None:
        nexts.append(_sweep_after(coming, downtime))
    return min(nexts, default=None)


# -- comparing -------------------------------------------------------------------------------------


def difference(case: Case) -> str | None:
    """The first thing in which the engine disagrees with the case; None when there is nothing.

    What a case does not name is not compared: a part of ``expect``, or a key of one of its clocks.
    """
    return next(differences(case.expect, _told(run(case), case.now), case.zone), None)


def _told(ran: Ran, now: int) -> Told:
    rows = ran.ledger.values()
    return {
        "clocks": dict(_cycles(ran.evaluation.cycles, now)),
        "fired": {row.key: [row.due_at, row.decided_at] for row in rows if row.how == "fired"},
        "coalesced": {row.key for row in rows if row.how == "coalesced"},
        "moot": {row.key for row in rows if row.how == "moot"},
        "corrections": {row.key: [row.corrected_at] for row in rows if row.corrected_at is not None},
        "next_at": ran.evaluation.next_at,
    }


def _cycles(cycles: Iterable[Cycle], now: int) -> Iterator[tuple[str, Told]]:
    seen: set[str] = set()
    for cycle in cycles:
        name = f"{cycle.clock.id}@{cycle.id}"
        yield f"{name} a second time" if name in seen else name, _cycle(cycle, now)
        seen.add(name)


def _cycle(cycle: Cycle, now: int) -> Told:
    elapsed, due = cycle.elapsed(now), cycle.due_at()
    return {
        "state": cycle.state,
        "outcome": cycle.outcome,
        "start_at": cycle.start,
        "due_at": due,
        "breached_at": cycle.breached_at,
        "stopped_at": cycle.ended[-1] if cycle.is_done else None,
        "elapsed": elapsed if cycle.target.days else elapsed // MINUTE,
        "pauses": [list(pause) for pause in cycle.pauses],
        "provisional": bool(cycle.calendar and due and cycle.calendar.is_provisional(due)),
    }
