"""Planning one case: what a read says of the action before, what is decided, what is put on record. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from plugin.casebook.actions import DONE, OVERTAKEN, Ending
from plugin.casebook.claims import Claim, OpenAction
from plugin.casebook.desks import DeskInUse
from plugin.casebook.memory import Memory
from plugin.casebook.store import CaseEvent, Planned
from plugin.core.case import CaseState, Decision
from plugin.core.effects import Change, Effects, Snapshot, effects, is_there, observed, written
from plugin.desk.helpdesk import Seen


@dataclass(frozen=True, slots=True)
class Settled:
    """What a read says of an action whose outcome was unknown."""

    memory: Memory
    ending: Ending


def plan(claimed: Claim, seen: Seen, desk: DeskInUse) -> tuple[Planned, Decision]:
    """Settle what was sent, decide, and say what still differs."""
    settled = settle(claimed.open_action, seen.snapshot, claimed.memory, desk.version)
    before = settled.memory.state
    decision = desk.decide(seen.ticket, before, instant(claimed.now))
    state = observed(decision, before, seen.snapshot, desk.map)
    wanted = effects(
        decision, before, seen.snapshot, desk.map, unread_attachments=seen.ticket.unread_attachments
    )
    memory = replace(settled.memory, state=state)
    standing = decision.standing
    planned = Planned(
        status=seen.snapshot.state,
        level=standing.placement.level,
        peak_level=standing.peak,
        rank=standing.peak_rank,
        memory=memory,
        stamp=seen.snapshot.stamp,
        merged_into=seen.snapshot.merged_into,
        events=tuple(case_events(claimed, seen, decision, state)),
        effects=acceptable(wanted, memory),
        before=settled.ending,
    )
    return planned, decision


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


def found(sent: OpenAction, snapshot: Snapshot) -> Effects:
    """The part of an action that is in the helpdesk."""
    changes = tuple(change for change in sent.effects.changes if is_there(change, snapshot))
    return Effects(changes, sent.effects.note if sent.id in snapshot.markers else None)


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
    return Effects(changes, note)


def case_events(claimed: Claim, seen: Seen, decision: Decision, state: CaseState) -> Iterator[CaseEvent]:
    """The history of the case as ids and positions; each source id counts once."""
    for number, reading in enumerate(decision.readings):
        kind = "opened" if number == 0 else "message"
        facts = {"rank": reading.placement.rank, "event_type": reading.placement.event_type}
        yield CaseEvent(f"message:{reading.message}", kind, reading.at.timestamp(), facts)
    yield from _level_event(claimed, decision)
    if seen.snapshot.state != claimed.status and claimed.status != "unread":
        yield _state_event(claimed, seen.snapshot)
    for pin in state.pins:
        yield CaseEvent(
            f"moved:{pin.target}:{pin.at.isoformat()}", "moved", pin.at.timestamp(), {"target": pin.target}
        )
    for marker, count in seen.snapshot.marker_counts.items():
        if count > 1:
            yield CaseEvent(f"doubled:{marker}", "doubled", claimed.now, {"count": count})


def _level_event(claimed: Claim, decision: Decision) -> Iterator[CaseEvent]:
    standing = decision.standing
    if not standing.placement.activated or claimed.memory.state.peak == standing.placement:
        return
    reading = next((r for r in decision.readings if r.message == standing.message), None)
    at = reading.at.timestamp() if reading else claimed.now
    facts = {"level": standing.placement.level, "rank": standing.placement.rank, "message": standing.message}
    yield CaseEvent(f"level:{standing.placement.rank}:{standing.placement.level}", "level", at, facts)


def _state_event(claimed: Claim, snapshot: Snapshot) -> CaseEvent:
    at = snapshot.changed_at.timestamp() if snapshot.changed_at else claimed.now
    return CaseEvent(f"state:{snapshot.state}:{snapshot.stamp or at}", snapshot.state, at, {})


def instant(seconds: float) -> datetime:
    """Database seconds as aware UTC."""
    return datetime.fromtimestamp(seconds, UTC)


def is_stale(stamp: str | None, newest: str | None) -> bool:
    """Whether a stamp is surely older than the newest known one; stamps without an order never are."""
    if stamp is None or newest is None or stamp == newest:
        return False
    if stamp.isdigit() and newest.isdigit():
        return int(stamp) < int(newest)
    read, known = _as_instant(stamp), _as_instant(newest)
    return read is not None and known is not None and read < known


def _as_instant(stamp: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(stamp)
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)
