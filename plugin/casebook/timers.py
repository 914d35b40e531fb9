"""What time brings to one case: evaluated from its history, decided against its ledger. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from plugin.casebook.desks import Contact, DeskClocks
from plugin.casebook.history import History
from plugin.core.before import limit_key, silenced
from plugin.core.case import Placement
from plugin.core.clock_words import before_line, correction_line, step_line, step_number, warning_line
from plugin.core.cycle import Cycle
from plugin.core.effects import Mode
from plugin.core.escalation import StepDue
from plugin.core.timekeeping import Evaluation, LedgerRow, Sends, evaluate, plan
from plugin.core.timing import NO_TIMING, Timing, Told


@dataclass(frozen=True, slots=True)
class Sent:
    """A row of the case's ledger, and whether the ticket tells of it yet."""

    row: LedgerRow
    is_noted: bool
    is_correction_noted: bool = False


def sent_rows(ledger: Mapping[str, LedgerRow], noted: Collection[str]) -> dict[str, Sent]:
    """A case's ledger with what its ticket tells of."""
    return {key: Sent(row, key in noted, f"{key}:corr" in noted) for key, row in ledger.items()}


@dataclass(frozen=True, slots=True)
class Letter:
    """A message to be sent to one addressee because of one ledger row."""

    key: str
    contact: Contact
    slots: Mapping[str, Any]


DAY = 86_400
WENT_OUT = frozenset({"fired", "carried"})
"""``how`` of what people were told."""
NOTHING_SENT = Sends((), ())


@dataclass(frozen=True, slots=True)
class Timed:
    """What the clocks say of a case at one instant, and what is put on record because of it."""

    timing: Timing = NO_TIMING
    sends: Sends = NOTHING_SENT
    letters: tuple[Letter, ...] = ()
    cycles: tuple[Cycle, ...] = ()
    next_at: int | None = None
    over: frozenset[str] = frozenset()
    """Steps whose run has ended: what of them was not sent yet is owed to nobody any more"""
    legal_due_at: int | None = None
    """The next due date of a limit of the law, or the last one where that is missed since less than a day"""


NO_TIME = Timed()


def time_case(
    history: History,
    ledger: Mapping[str, Sent],
    clocks: DeskClocks,
    placement: Placement,
    now: int,
    mode: Mode = "act",
    known_since: float | None = None,
) -> Timed:
    """The case's clocks at ``now`` (UTC seconds).  ``observe`` decides and sends nothing.

    What was due before ``known_since`` is only put on record: nobody here knew the ticket.
    """
    evaluation = evaluate(history.policy, history.calendars, history.events, now)
    sends = _planned(evaluation, ledger, now, known_since)
    after = {**ledger, **{row.key: Sent(row, False) for row in sends.rows}}
    is_watching = mode == "observe"
    told = () if is_watching else tuple(_told(evaluation, after, sends, clocks, placement, mode))
    return Timed(
        timing=_timing(evaluation, after, history, told, placement),
        sends=sends,
        letters=() if is_watching else tuple(_letters(evaluation, sends, clocks, placement, now)),
        cycles=evaluation.cycles,
        next_at=evaluation.next_at,
        over=frozenset(s.key for s in evaluation.steps if s.ended and not s.must_send),
        legal_due_at=_legal_due(evaluation, clocks, now),
    )


def _legal_due(evaluation: Evaluation, clocks: DeskClocks, now: int) -> int | None:
    open_ = (c.due_at() for c in evaluation.cycles if c.clock.id in clocks.legal and not c.is_done)
    return min((due for due in open_ if due is not None and due > now - DAY), default=None)


def _planned(
    evaluation: Evaluation, ledger: Mapping[str, Sent], now: int, known_since: float | None
) -> Sends:
    decided = {key: sent.row for key, sent in ledger.items()}
    sends = plan(evaluation, decided, now)
    return sends if known_since is None else silenced(sends, evaluation, decided, known_since, now)


def _timing(
    evaluation: Evaluation,
    ledger: Mapping[str, Sent],
    history: History,
    told: tuple[Told, ...],
    placement: Placement,
) -> Timing:
    open_ = [cycle for cycle in evaluation.cycles if not cycle.is_done]
    due = min((at for cycle in open_ if (at := cycle.due_at()) is not None), default=None)
    lasting = [c for c in evaluation.cycles if c.outcome not in ("superseded", "cancelled")]
    moved = [_without(step, placement.recused) for step in _moved(evaluation, ledger, history)]
    return Timing(
        due=None if due is None else datetime.fromtimestamp(due, UTC),
        breached=any(c.breached_at is not None for c in lasting) if evaluation.cycles else None,
        assign=next((s.step.assign for s in moved if s.step and s.step.assign), None),
        priority=next((s.step.priority for s in moved if s.step and s.step.priority), None),
        told=told,
    )


def _moved(evaluation: Evaluation, ledger: Mapping[str, Sent], history: History) -> list[StepDue]:
    """Steps that went out, the latest first; a level reached since has its own lead and priority."""
    newest = max((event.at for event in history.events if event.type == "level"), default=0)
    out = (s for s in evaluation.steps if s.key in ledger and ledger[s.key].row.how in WENT_OUT)
    return sorted((s for s in out if s.due_at >= newest), key=lambda s: s.due_at, reverse=True)


def _without(due: StepDue, left_out: Collection[str | None]) -> StepDue:
    """A step that moves the matter to none of these: a group it is about, or any where nothing is moved."""
    step = due.step
    if step is None or step.assign not in left_out:
        return due
    return due._replace(step=replace(step, assign=None))


def _told(
    evaluation: Evaluation,
    ledger: Mapping[str, Sent],
    sends: Sends,
    clocks: DeskClocks,
    placement: Placement,
    mode: Mode,
) -> Iterator[Told]:
    known = {step.key: step for step in (*evaluation.steps, *(w for w, _ in evaluation.warnings))}
    yield from _told_before(evaluation, ledger, clocks, placement)
    untold = [s.row for s in ledger.values() if s.row.how in WENT_OUT and not s.is_noted]
    for row in sorted(untold, key=lambda row: (row.due_at, row.key)):
        if row.key in known:
            yield Told(row.key, _line(known[row.key], row, clocks, placement, mode))
    withdrawn = set(sends.corrections) | {
        key for key, s in ledger.items() if s.row.corrected_at is not None and not s.is_correction_noted
    }
    for key in sorted(withdrawn, key=lambda key: (ledger[key].row.due_at, key)):
        if ledger[key].is_noted:
            due_at = ledger[key].row.due_at
            text = correction_line(key, due_at, clocks.words, sealed=placement.sealed)
            yield Told(f"{key}:corr", text)


def _told_before(
    evaluation: Evaluation, ledger: Mapping[str, Sent], clocks: DeskClocks, placement: Placement
) -> Iterator[Told]:
    """Limits missed before the ticket was known here: told in the ticket, once."""
    for cycle in evaluation.cycles:
        sent = ledger.get(limit_key(cycle))
        if sent is not None and not sent.is_noted and not cycle.is_done and not placement.sealed:
            yield Told(sent.row.key, before_line(cycle, clocks.words))


def _line(step: StepDue, row: LedgerRow, clocks: DeskClocks, placement: Placement, mode: Mode) -> str:
    if step.step is None:
        return warning_line(step, clocks.words) if not placement.sealed else _sealed(step, clocks)
    told = clocks.reach(step.to, row.decided_at, placement)
    names = tuple(contact.addressee for contact in told if contact.secret)
    step = _without(step, (step.step.assign,) if mode == "propose" else placement.recused)
    return step_line(step, clocks.words, told=names, decided_at=row.decided_at, sealed=placement.sealed)


def _sealed(step: StepDue, clocks: DeskClocks) -> str:
    return clocks.words.say("sealed", told=clocks.words.at(step.due_at))


def _letters(
    evaluation: Evaluation, sends: Sends, clocks: DeskClocks, placement: Placement, now: int
) -> Iterator[Letter]:
    fired = {row.key for row in sends.rows if row.how == "fired"}
    for step in evaluation.steps:
        if step.key in fired:
            yield from letters_of(step, clocks, placement, now)


def letters_of(
    step: StepDue, clocks: DeskClocks, placement: Placement, now: int, **more: Any
) -> Iterator[Letter]:
    """A message for each addressee a step reaches now; one nobody answers for is kept as such."""
    cycle, (number, turn) = step.cycle, step_number(step.key)
    assert cycle is not None
    slots = {
        "chain": step.chain.partition("/")[0],
        "number": number,
        "count": step.steps,
        "turn": turn,
        "clock": cycle.clock.id,
        "due_at": cycle.due_at(),
        "step_at": step.due_at,
        "decided_at": now,
        "breached": cycle.breached_at is not None,
        "provisional": is_provisional(cycle),
        "level": placement.level or placement.severity_hint,
        "sealed": placement.sealed,
        **more,
    }
    for contact in clocks.reach(step.to, now, placement):
        yield Letter(step.key, contact, slots)


def is_provisional(cycle: Cycle) -> bool:
    """Whether its due date lies beyond what the calendar covers."""
    due = cycle.due_at()
    return bool(due is not None and cycle.calendar and cycle.calendar.is_provisional(due))


def must_send(
    history: History,
    ledger: Mapping[str, Sent],
    clocks: DeskClocks,
    placement: Placement,
    now: int,
    since: int,
    known_since: float | None = None,
) -> tuple[tuple[LedgerRow, ...], tuple[Letter, ...]]:
    """The reports owed although the ticket cannot be read ``since`` then (UTC seconds): they go out."""
    evaluation = evaluate(history.policy, history.calendars, history.events, now)
    sends = _planned(evaluation, ledger, now, known_since)
    owed = {s.key: s for s in evaluation.steps if s.must_send}
    rows = tuple(row for row in sends.rows if row.key in owed and row.how == "fired")
    letters = (
        letter
        for row in rows
        for letter in letters_of(owed[row.key], clocks, placement, now, unreadable=since)
    )
    return rows, tuple(letters)


def earliest(instants: Sequence[float | None]) -> float | None:
    """The first of these instants; None where there is none."""
    return min((at for at in instants if at is not None), default=None)
