"""Planning one case: what a read says of the action before, what is decided, what is put on record. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from plugin.casebook.actions import DONE, OVERTAKEN, Ending
from plugin.casebook.claims import Claim, OpenAction
from plugin.casebook.desks import DeskInUse
from plugin.casebook.faces import shown
from plugin.casebook.happened import case_events, moves
from plugin.casebook.history import CaseEvent, Published, history, with_new
from plugin.casebook.ledgers import OBSERVED
from plugin.casebook.memory import Memory
from plugin.casebook.store import Planned
from plugin.casebook.timers import NO_TIME, Timed, sent_rows, time_case
from plugin.core.before import is_limit_key
from plugin.core.case import CaseState, Decision
from plugin.core.effects import (
    Change,
    DeskMap,
    Effects,
    Mode,
    Snapshot,
    effects,
    is_there,
    observed,
    written,
)
from plugin.core.modes import in_mode
from plugin.core.preview import previewed
from plugin.core.signs import all_shown
from plugin.desk.helpdesk import Seen


@dataclass(frozen=True, slots=True)
class Settled:
    """What a read says of an action whose outcome was unknown."""

    memory: Memory
    ending: Ending


def plan(
    claimed: Claim, seen: Seen, desk: DeskInUse, published: Published | None = None
) -> tuple[Planned, Decision]:
    """Settle what was sent, decide, see what time brought, and say what still differs."""
    remembered = claimed.memory if claimed.retry_at is None else replace(claimed.memory, refused={})
    settled = settle(claimed.open_action, seen.snapshot, remembered, desk.version)
    before = settled.memory.state
    decision = desk.decide(seen.ticket, before, instant(claimed.now))
    events = tuple(case_events(claimed, seen, decision, desk.clocks))
    standing = decision.standing
    mapped = in_mode(desk.map, before, standing.placement, claimed.first_at)
    timed = _timed(claimed, events, decision, desk, mapped.mode, before, published, seen.snapshot.state)
    state = observed(decision, before, seen.snapshot, mapped, timed.timing)
    wanted = _wanted(claimed, seen, decision, before, mapped, timed)
    acting = wanted if mapped.mode == "act" else _would(claimed, seen, decision, before, mapped, timed)
    signs = all_shown(desk.clocks.signs, seen.snapshot, seen.ticket.fields)
    refused = still_refused(settled.memory.refused, claimed.status, seen.snapshot)
    preview = previewed(
        remembered.preview, before, standing.placement, seen.snapshot, mapped, timed.timing, acting
    )
    memory = replace(settled.memory, state=state, signs=signs, refused=refused, preview=preview)
    planned = Planned(
        status=seen.snapshot.state,
        level=standing.placement.level,
        peak_level=standing.peak,
        rank=standing.peak_rank,
        memory=memory,
        stamp=seen.snapshot.stamp,
        merged_into=seen.snapshot.merged_into,
        events=(*events, *moves(claimed, state, seen.snapshot)),
        effects=acceptable(wanted, memory),
        shown=shown(seen.snapshot, claimed.now),
        before=settled.ending,
        timed=timed,
        how=OBSERVED if mapped.mode == "observe" else None,
    )
    return planned, decision


def _wanted(
    claimed: Claim, seen: Seen, decision: Decision, before: CaseState, mapped: DeskMap, timed: Timed
) -> Effects:
    """What differs; nothing where the ticket is none of ours any more."""
    if _was_over(claimed, seen.snapshot):
        return Effects()
    count = seen.ticket.unread_attachments
    return effects(decision, before, seen.snapshot, mapped, timed.timing, unread_attachments=count)


def _would(
    claimed: Claim, seen: Seen, decision: Decision, before: CaseState, mapped: DeskMap, timed: Timed
) -> Effects:
    """What would differ, were the ticket acted on: to be shown, never sent."""
    return _wanted(claimed, seen, decision, before, replace(mapped, mode="act"), timed)


def _was_over(claimed: Claim, snapshot: Snapshot) -> bool:
    """A ticket that was closed before it was ever seen here stays as it is, whatever limits it missed."""
    never_open = claimed.status in ("unread", "closed") and claimed.written_at is None
    return never_open and snapshot.state == "closed"


def _timed(
    claimed: Claim,
    events: tuple[CaseEvent, ...],
    decision: Decision,
    desk: DeskInUse,
    mode: Mode,
    state: CaseState,
    published: Published | None,
    state_now: str,
) -> Timed:
    """A merged ticket's time goes on with the surviving one."""
    if published is None or state_now == "merged":
        return NO_TIME
    known = history(with_new(claimed.history, events, claimed.now), published)
    if known is None:
        return NO_TIME
    ledger = sent_rows(claimed.ledger, state.noted)
    placement, since = decision.standing.placement, claimed.known_since
    timed = time_case(known, ledger, desk.clocks, placement, int(claimed.now), mode, since)
    return _quiet(timed) if state_now == "closed" else timed


def _quiet(timed: Timed) -> Timed:
    """What was missed before it was known here is not written into a ticket that is closed."""
    told = tuple(each for each in timed.timing.told if not is_limit_key(each.key))
    return replace(timed, timing=replace(timed.timing, told=told))


def settle(sent: OpenAction | None, snapshot: Snapshot, memory: Memory, version: str) -> Settled:
    """Each part of an action whose outcome is unknown, by reading.

    As wanted, or its marker found: done. As it was before: still to send. Anything else is somebody's
    change. What a helpdesk that refused did not take is remembered as refused, and the action is dead.
    """
    current = memory if memory.version == version else replace(memory, refused={}, version=version)
    if sent is None or sent.state != "sending":
        return Settled(current, OVERTAKEN)
    there = found(sent, snapshot)
    state = written(current.state, there)
    if covers(there, sent.effects):
        return Settled(replace(current, state=state), DONE)
    if not sent.answer.get("refused"):
        return Settled(replace(current, state=state), OVERTAKEN)
    missing = parts(sent.effects, without=there)
    remembered = replace(current, state=state, refused={**current.refused, **missing})
    return Settled(remembered, Ending("dead", {**sent.answer, "targets": sorted(missing)}))


def still_refused(refused: Mapping[str, str], before: str, snapshot: Snapshot) -> Mapping[str, str]:
    """Without what is there all the same, by somebody's hand.

    A note refused in one state of the ticket may be taken in another: some take none once closed.
    """
    return {
        target: value
        for target, value in refused.items()
        if not (target == "note" and before != snapshot.state) and not _stands(target, value, snapshot)
    }


def _stands(target: str, value: str, snapshot: Snapshot) -> bool:
    found = snapshot.values.get(target)
    if isinstance(found, tuple):
        return set(value.split("\n")) <= set(found)
    return found == value


def found(sent: OpenAction, snapshot: Snapshot) -> Effects:
    """The part of an action that is in the helpdesk."""
    changes = tuple(change for change in sent.effects.changes if is_there(change, snapshot))
    note = sent.effects.note if sent.id in snapshot.markers else None
    return replace(sent.effects, changes=changes, note=note)


def covers(there: Effects, wanted: Effects) -> bool:
    """Whether everything wanted is there."""
    return there == wanted


def parts(wanted: Effects, *, without: Effects) -> dict[str, str]:
    """target → value of what is wanted and not there; ``note`` → its key."""
    missing = {change.target: value_key(change) for change in wanted.changes if change not in without.changes}
    if wanted.note and not without.note:
        missing["note"] = wanted.note.key
    return missing


def value_key(change: Change) -> str:
    """What a change wants, as one text."""
    return change.want if isinstance(change.want, str) else "\n".join(change.want)


def acceptable(wanted: Effects, memory: Memory) -> Effects:
    """Without what the helpdesk already refused under these documents."""
    changes = tuple(c for c in wanted.changes if memory.refused.get(c.target) != value_key(c))
    note = wanted.note if wanted.note and memory.refused.get("note") != wanted.note.key else None
    return replace(wanted, changes=changes, note=note)


def instant(seconds: float) -> datetime:
    """Database seconds as aware UTC."""
    return datetime.fromtimestamp(seconds, UTC)
