"""Effects: what must change in the helpdesk, as the difference between the wanted and the read state."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from hashlib import sha256
from typing import Literal

from plugin.core.decision import CaseState, Decision, Pin, Placement
from plugin.core.wording import Voice, note_text

Mode = Literal["observe", "propose", "act"]
Target = str
"""``group``, ``level``, ``priority``, ``due``, ``tags`` or ``reason`` (a staff-only field)."""
Read = str | tuple[str, ...] | None

SINGLE = ("group", "level", "priority")
"""Targets with one value that a decision sets and a person may move."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The ticket's state in the helpdesk as read just now, in the helpdesk's own words."""

    values: Mapping[Target, str | tuple[str, ...] | None]
    """Only targets this desk can read; tags as a sorted tuple."""
    stamp: str | None
    """etag, last transaction or updated_at: grows, or at least changes, with the ticket."""
    markers: frozenset[str] = frozenset()
    """Ids of our own actions found in notes (or in the run-id field)."""
    marker_counts: Mapping[str, int] = field(default_factory=dict)
    """How often each marker stands: two of one is a doubled note."""
    state: Literal["open", "paused", "closed", "gone", "merged"] = "open"
    merged_into: str | None = None
    changed_at: datetime | None = None
    state_word: str | None = field(default=None, compare=False)
    """The state as the helpdesk calls it."""
    read_at: float | None = field(default=None, compare=False)
    """``time.monotonic()`` of the read, in this process; None where it is not known."""


@dataclass(frozen=True, slots=True)
class DeskMap:
    """The part of a desk file that effects need: which helpdesk value stands for which plan value."""

    mode: Mode
    language: Literal["zh", "en"]
    groups: Mapping[str, str]
    """plan group id → the helpdesk's group"""
    levels: Mapping[str, str] = field(default_factory=dict)
    """plan level id → value of the helpdesk's level field, lowest first; empty: the desk writes no level"""
    priorities: Mapping[str, str] = field(default_factory=dict)
    """level id, or severity hint for inherited levels → the helpdesk's priority"""
    priority_order: tuple[str, ...] = ()
    """The helpdesk's priorities, lowest first: a priority is only ever raised"""
    tags: bool = False
    notes: bool = True
    """False: the platform has no note the public cannot see"""
    reason: bool = False
    """True: a staff-only field takes the reason instead of a note"""
    names: Mapping[str, str] = field(default_factory=dict)
    """plan id (event type, level, group, fact) → its label in the desk's language, for notes"""
    clauses: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """event type or level id → the plan's clauses it carries out, for notes"""


@dataclass(frozen=True, slots=True)
class Change:
    """One value to write; ``base`` is what was read, for settling an unknown outcome."""

    target: Target
    base: str | tuple[str, ...] | None
    want: str | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Note:
    """An internal note; ``key`` is unique per decision, so that one decision is noted once."""

    key: str
    text: str


@dataclass(frozen=True, slots=True)
class Effects:
    """Everything one decision wants changed; sent in one request where the platform can."""

    changes: tuple[Change, ...] = ()
    note: Note | None = None

    def __bool__(self) -> bool:
        return bool(self.changes) or self.note is not None


def effects(
    decision: Decision, case: CaseState, snapshot: Snapshot, desk: DeskMap, *, unread_attachments: int = 0
) -> Effects:
    """The difference between what the decision wants and what was read.

    Guards: a priority or level is only ever raised, rank 0 leaves priority and due alone, a person's
    change is not fought, nothing is closed, hidden, dropped or muted, no tag is taken away. A closed
    ticket is touched only where the decision wants something new since it was last written to.
    ``observe`` changes nothing, ``propose`` writes the note alone.
    """
    if desk.mode == "observe" or snapshot.state in ("gone", "merged"):
        return Effects()
    pins = moved(decision, case, snapshot, desk)
    changes = tuple(_changes(decision.standing.placement, case, snapshot, desk, pins))
    if snapshot.state == "closed" and not changes:
        return Effects()
    voice = Voice(desk.language, desk.names, desk.clauses)
    text = note_text(
        decision, pins, voice, proposed=desk.mode == "propose", unread_attachments=unread_attachments
    )
    if desk.mode == "propose":
        changes = ()
    note = Note(note_key(text), text)
    if note.key in case.noted:
        return Effects(changes)
    if desk.notes:
        return Effects(changes, note)
    return Effects(changes + _reason(text, snapshot, desk))


def note_key(text: str) -> str:
    """The same words give the same key: one decision is noted once."""
    return sha256(text.encode()).hexdigest()[:16]


def wanted(placement: Placement, desk: DeskMap) -> Mapping[Target, str]:
    """What the placement wants of each single-valued target, in the helpdesk's own words."""
    key = placement.level or placement.severity_hint
    found = {"group": desk.groups.get(placement.lead), "level": desk.levels.get(key)}
    if placement.rank > 0:
        found["priority"] = desk.priorities.get(key)
    return {target: value for target, value in found.items() if value}


def moved(decision: Decision, case: CaseState, snapshot: Snapshot, desk: DeskMap) -> tuple[Pin, ...]:
    """Targets somebody set to a value that is neither what we wrote nor what we want.

    Each is pinned at the rank of the facts known then: only a rank above it is written again.
    """
    placement = decision.standing.placement
    known = {pin.target: pin for pin in case.pins}
    return tuple(
        _pin(known.get(target), target, _word(snapshot.values[target]), decision, case, snapshot)
        for target, want in wanted(placement, desk).items()
        if _is_moved(target, want, case, snapshot, desk)
    )


def _is_moved(target: Target, want: str, case: CaseState, snapshot: Snapshot, desk: DeskMap) -> bool:
    if target not in snapshot.values or target not in case.written:
        return False
    read = _word(snapshot.values[target])
    if read in (want, case.written[target]):
        return False
    return not (target == "priority" and _is_above(read, want, desk.priority_order))


def _pin(
    known: Pin | None, target: Target, read: str, decision: Decision, case: CaseState, snapshot: Snapshot
) -> Pin:
    if known and known.value == read:
        return known
    rank = decision.standing.placement.rank
    if case.peak is not None:
        rank = min(rank, case.peak_rank)
    at = snapshot.changed_at or max((r.at for r in decision.readings), default=datetime.fromtimestamp(0, UTC))
    return Pin(target, read, rank, at)


def _changes(
    placement: Placement, case: CaseState, snapshot: Snapshot, desk: DeskMap, pins: tuple[Pin, ...]
) -> Iterator[Change]:
    held = {pin.target for pin in pins if pin.rank >= placement.rank}
    for target, want in wanted(placement, desk).items():
        if target not in snapshot.values or _word(snapshot.values[target]) == want:
            continue
        if target in held and not _newly_sealed(target, want, placement, case):
            continue
        if snapshot.state == "closed" and case.written.get(target, want) == want:
            continue
        if _may_write(target, _word(snapshot.values[target]), want, desk):
            yield Change(target, snapshot.values[target], want)
    yield from _new_tags(placement, case, snapshot, desk)


def _newly_sealed(target: Target, want: str, placement: Placement, case: CaseState) -> bool:
    """An accusation made in confidence leaves the unit it stands at, whoever put it there before."""
    return placement.sealed and target == "group" and case.written.get(target) != want


def _may_write(target: Target, read: str, want: str, desk: DeskMap) -> bool:
    if target == "priority":
        return not read or _is_above(want, read, desk.priority_order)
    if target == "level":
        return not _is_above(read, want, tuple(desk.levels.values()))
    return True


def _is_above(value: str, other: str, order: tuple[str, ...]) -> bool:
    """Whether one value surely stands above another; what the order does not know is not surely above."""
    return value in order and other in order and order.index(value) > order.index(other)


def _new_tags(placement: Placement, case: CaseState, snapshot: Snapshot, desk: DeskMap) -> Iterator[Change]:
    """Tags are only added, and one a person took away again is not added twice."""
    if not desk.tags or placement.sealed or "tags" not in snapshot.values or snapshot.state == "closed":
        return
    read = _words(snapshot.values["tags"])
    missing = set(placement.flags) - set(read) - set(_split(case.written.get("tags", "")))
    if missing:
        yield Change("tags", read, tuple(sorted({*read, *missing})))


def _reason(text: str, snapshot: Snapshot, desk: DeskMap) -> tuple[Change, ...]:
    if not desk.reason or "reason" not in snapshot.values or snapshot.values["reason"] == text:
        return ()
    return (Change("reason", snapshot.values["reason"], text),)


def observed(decision: Decision, case: CaseState, snapshot: Snapshot, desk: DeskMap) -> CaseState:
    """The case after this read: the peak, what was seen first, what already is as wanted, who moved what."""
    want = wanted(decision.standing.placement, desk)
    seen = {target: _word(value) for target, value in snapshot.values.items() if target in SINGLE}
    if snapshot.state == "closed":
        seen = {}
    agreed = {target: value for target, value in want.items() if _word(snapshot.values.get(target)) == value}
    return replace(
        case,
        peak_rank=max(case.peak_rank, decision.standing.peak_rank),
        peak=decision.standing.placement,
        peak_message=decision.standing.message,
        written={**seen, **case.written, **agreed},
        pins=moved(decision, case, snapshot, desk),
    )


def written(case: CaseState, done: Effects) -> CaseState:
    """The case once these effects are in the helpdesk."""
    values = {c.target: c.want for c in done.changes if c.target in SINGLE and isinstance(c.want, str)}
    noted = {note_key(c.want) for c in done.changes if c.target == "reason" and isinstance(c.want, str)}
    if done.note:
        noted.add(done.note.key)
    for change in done.changes:
        if change.target == "tags":
            added = set(_words(change.want)) - set(_words(change.base))
            values["tags"] = "\n".join(sorted({*_split(case.written.get("tags", "")), *added}))
    return replace(case, written={**case.written, **values}, noted=case.noted | noted)


def is_there(change: Change, snapshot: Snapshot) -> bool:
    """Whether the helpdesk has what this change wants."""
    read = snapshot.values.get(change.target)
    if change.target == "tags":
        return set(_words(change.want)) <= set(_words(read))
    return _word(read) == _word(change.want)


def _word(value: Read) -> str:
    return value if isinstance(value, str) else "\n".join(value or ())


def _words(value: Read) -> tuple[str, ...]:
    return value if isinstance(value, tuple) else _split(value or "")


def _split(joined: str) -> tuple[str, ...]:
    return tuple(word for word in joined.split("\n") if word)
