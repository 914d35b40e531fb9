"""What happened to a case since the last read, as events for its history. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import ceil

from plugin.casebook.claims import Claim
from plugin.casebook.desks import DeskClocks
from plugin.casebook.history import CaseEvent, documents_event
from plugin.core.case import CaseState, Decision, Placement, Reading
from plugin.core.effects import Snapshot
from plugin.core.signs import new_signs
from plugin.desk.helpdesk import Seen


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
    before, now = _seen_before(claimed), snapshot.state
    if now in (before, claimed.status) or (before == "unread" and now == "open"):
        return
    kind = "reopened" if before == "closed" and now in ("open", "paused") else now
    at = _changed_at(claimed, snapshot)
    facts = {"state": now} if now in ("open", "paused", "closed") else {}
    yield CaseEvent(f"state:{now}:{claimed.fence}", kind, at, facts)


def _seen_before(claimed: Claim) -> str:
    """The state the ticket was last seen in, also where it was out of sight since."""
    if claimed.status != "gone":
        return claimed.status
    states = (each.facts.get("state") for each in reversed(claimed.history))
    return next((state for state in states if state), "open")


def _changed_at(claimed: Claim, snapshot: Snapshot) -> float:
    """When what is seen first now happened: as the ticket was last touched by the helpdesk's clock.

    That clock may run behind ours, or tell no more than the second or the minute. What the last read did not
    show came after it, so that an answer to a step that went out before is never taken as given earlier.
    """
    at = snapshot.changed_at.timestamp() if snapshot.changed_at else claimed.now
    earliest = ceil(claimed.read_at) if claimed.read_at is not None else 0.0
    return max(min(at, claimed.now), earliest)
