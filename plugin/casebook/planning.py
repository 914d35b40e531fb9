"""Planning one case: what a read says of the action before, what is decided, what is put on record. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from math import ceil

from plugin.casebook.actions import DONE, OVERTAKEN, Ending
from plugin.casebook.claims import Claim, OpenAction
from plugin.casebook.desks import DeskClocks, DeskInUse
from plugin.casebook.history import CaseEvent, Published, documents_event, history, with_new
from plugin.casebook.ledgers import OBSERVED
from plugin.casebook.memory import Memory
from plugin.casebook.store import Planned
from plugin.casebook.timers import NO_TIME, Timed, sent_rows, time_case
from plugin.core.case import CaseState, Decision, Placement, Reading
from plugin.core.effects import Change, Effects, Snapshot, effects, is_there, observed, written
from plugin.core.signs import all_shown, new_signs
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
    settled = settle(claimed.open_action, seen.snapshot, claimed.memory, desk.version)
    before = settled.memory.state
    decision = desk.decide(seen.ticket, before, instant(claimed.now))
    events = tuple(case_events(claimed, seen, decision, desk.clocks))
    timed = _timed(claimed, events, decision, desk, before, published, seen.snapshot.state)
    state = observed(decision, before, seen.snapshot, desk.map, timed.timing)
    wanted = effects(
        decision,
        before,
        seen.snapshot,
        desk.map,
        timed.timing,
        unread_attachments=seen.ticket.unread_attachments,
    )
    signs = all_shown(desk.clocks.signs, seen.snapshot, seen.ticket.fields)
    refused = still_refused(settled.memory.refused, claimed.status, seen.snapshot.state)
    memory = replace(settled.memory, state=state, signs=signs, refused=refused)
    standing = decision.standing
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
        before=settled.ending,
        timed=timed,
        how=OBSERVED if desk.map.mode == "observe" else None,
    )
    return planned, decision


def _timed(
    claimed: Claim,
    events: tuple[CaseEvent, ...],
    decision: Decision,
    desk: DeskInUse,
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
    return time_case(known, ledger, desk.clocks, decision.standing.placement, int(claimed.now), desk.map.mode)


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


def still_refused(refused: Mapping[str, str], before: str, now: str) -> Mapping[str, str]:
    """A note refused in one state of the ticket may be taken in another: some take none once closed."""
    return (
        refused if before == now else {target: value for target, value in refused.items() if target != "note"}
    )


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


def case_events(claimed: Claim, seen: Seen, decision: Decision, clocks: DeskClocks) -> Iterator[CaseEvent]:
    """What happened, as ids and positions; each source id counts once.

    What the ticket says comes first, in the order of its own time, then what staff did to it.
    """
    versions = documents_event(claimed.history, clocks.versions, claimed.now)
    if versions is not None:
        yield versions
    for number, reading in enumerate(decision.readings):
        kind = "opened" if number == 0 else "message"
        facts = {"rank": reading.placement.rank, "event_type": reading.placement.event_type}
        at = _said_at(reading, claimed)
        yield CaseEvent(f"message:{reading.message}", kind, at, facts)
        for clock in clocks.arms(reading.placement):
            yield CaseEvent(f"arms:{clock}", "arms", at, {"clock": clock})
    yield from _level_events(claimed, decision, clocks.levels)
    yield from _state_events(claimed, seen.snapshot)
    changed_at = _changed_at(claimed, seen.snapshot)
    for event in new_signs(clocks.signs, seen.snapshot, seen.ticket.fields, claimed.memory.signs):
        yield CaseEvent(f"sign:{event}:{claimed.fence}", event, changed_at, {})


def _said_at(reading: Reading, claimed: Claim) -> float:
    """When a message was said; what stands there was, also where the helpdesk's clock runs ahead of ours.

    Else the answer to it, which counts from when it was seen, would come before it.
    """
    return min(reading.at.timestamp(), claimed.now)


def moves(claimed: Claim, state: CaseState, snapshot: Snapshot) -> Iterator[CaseEvent]:
    """What somebody moved by hand, and what of ours stands there twice: shown, and nothing to a clock."""
    for pin in state.pins:
        yield CaseEvent(
            f"moved:{pin.target}:{pin.at.isoformat()}", "moved", pin.at.timestamp(), {"target": pin.target}
        )
    for marker, count in snapshot.marker_counts.items():
        if count > 1:
            yield CaseEvent(f"doubled:{marker}", "doubled", claimed.now, {"count": count})


def _level_events(claimed: Claim, decision: Decision, levels: Sequence[str]) -> Iterator[CaseEvent]:
    """Every level reached since the last read, each when it was first reached.

    Messages that are read together count as if each had been read when it came: what the first of them set
    off runs from then on.
    """
    standing, reached = decision.standing, claimed.memory.state.peak
    if not standing.placement.activated or reached == standing.placement:
        return
    for reading in decision.readings:
        placement = reading.placement
        if placement.activated and _is_above(placement, reached, levels):
            yield from _reached(placement, reached, reading.message, _said_at(reading, claimed))
            reached = placement
    if _is_above(standing.placement, reached, levels):
        yield from _reached(standing.placement, reached, standing.message, claimed.now)


def _is_above(placement: Placement, before: Placement | None, levels: Sequence[str]) -> bool:
    if before is None or not before.activated:
        return True
    return _height(placement, levels) > _height(before, levels)


def _height(placement: Placement, levels: Sequence[str]) -> tuple[int, int]:
    return (levels.index(placement.level) if placement.level in levels else -1, placement.rank)


def _reached(placement: Placement, before: Placement | None, message: str, at: float) -> Iterator[CaseEvent]:
    """The level, and whether that is where a response begins or where it is raised."""
    here = f"{placement.rank}:{placement.level}"
    facts = {"level": placement.level, "rank": placement.rank, "message": message}
    yield CaseEvent(f"level:{here}", "level", at, facts)
    if before is None or not before.activated:
        yield CaseEvent("activated", "activated", at, {})
    elif before.rank < placement.rank:
        yield CaseEvent(f"raised:{here}", "raised", at, {})


def _state_events(claimed: Claim, snapshot: Snapshot) -> Iterator[CaseEvent]:
    """The ticket entered another state: paused, closed, reopened, or simply open again."""
    before, now = claimed.status, snapshot.state
    if now == before or (before == "unread" and now == "open"):
        return
    kind = "reopened" if before == "closed" and now in ("open", "paused") else now
    at = _changed_at(claimed, snapshot)
    facts = {"state": now} if now in ("open", "paused", "closed") else {}
    yield CaseEvent(f"state:{now}:{claimed.fence}", kind, at, facts)


def _changed_at(claimed: Claim, snapshot: Snapshot) -> float:
    """When what is seen first now happened: as the ticket was last touched by the helpdesk's clock.

    That clock may run behind ours, or tell no more than the second or the minute. What the last read did not
    show came after it, so that an answer to a step that went out before is never taken as given earlier.
    """
    at = snapshot.changed_at.timestamp() if snapshot.changed_at else claimed.now
    earliest = ceil(claimed.read_at) if claimed.read_at is not None else 0.0
    return max(min(at, claimed.now), earliest)


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
