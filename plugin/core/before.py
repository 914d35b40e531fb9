"""What was due before anybody here knew a ticket: it stands on record, and nobody is told. Pure.

A limit that had passed by then runs no chain, nor does what remains of one; a step repeated since is silent
as its first time was. What falls due later is owed as ever.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from plugin.core.cycle import Cycle
from plugin.core.escalation import StepDue
from plugin.core.timekeeping import Evaluation, LedgerRow, Sends


def silenced(
    sends: Sends, evaluation: Evaluation, ledger: Mapping[str, LedgerRow], known_since: float, now: int
) -> Sends:
    """What is put on record of a ticket known ``known_since`` then (UTC seconds)."""
    silent = set(silent_keys(evaluation, known_since))
    rows = tuple(replace(row, how="before") if row.key in silent else row for row in sends.rows)
    missed = (
        LedgerRow(limit_key(cycle), cycle.breached_at or 0, "before", now)
        for cycle in missed_before(evaluation, known_since)
        if limit_key(cycle) not in ledger
    )
    return Sends((*rows, *missed), sends.corrections)


def missed_before(evaluation: Evaluation, known_since: float) -> Iterator[Cycle]:
    """The limits that were missed by then and still run."""
    for cycle in evaluation.cycles:
        if cycle.breached_at is not None and cycle.breached_at < known_since and not cycle.is_done:
            yield cycle


def limit_key(cycle: Cycle) -> str:
    """The key under which a missed limit itself stands on record."""
    return f"{cycle.clock.id}@{cycle.id}{_SUFFIX}"


def is_limit_key(key: str) -> bool:
    """Whether a key is that of a missed limit itself."""
    return key.endswith(_SUFFIX)


_SUFFIX = ":before"


def silent_keys(evaluation: Evaluation, known_since: float) -> Iterator[str]:
    """The warnings and steps, past and next, that nobody is told of."""
    first: dict[str, int] = {}
    for step in evaluation.steps:
        first[step.group] = min(step.due_at, first.get(step.group, step.due_at))
    for step in (*evaluation.steps, *(warning for warning, _ in evaluation.warnings)):
        if _is_silent(step, first.get(step.group, step.due_at), known_since):
            yield step.key


def _is_silent(step: StepDue, first_due: int, known_since: float) -> bool:
    hangs_on_missed = step.missed_at is not None and step.missed_at < known_since
    return hangs_on_missed or first_due < known_since
