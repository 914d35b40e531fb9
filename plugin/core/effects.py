"""Effects: what must change in the helpdesk, as the difference between the wanted and the read state."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from hashlib import sha256
from typing import Literal

from plugin.core.decision import CaseState, Decision, Pin, Placement
from plugin.core.numbers import is_the_same, number_key, numbered
from plugin.core.raising import is_above, is_unranked
from plugin.core.reads import Read as Read
from plugin.core.reads import split, word, words
from plugin.core.timed_values import breach_value, due_value
from plugin.core.timing import NO_TIMING, Timing, as_kept
from plugin.core.wording import Voice, note_text

Mode = Literal["observe", "propose", "act"]
Target = str
"""``group``, ``level``, ``priority``, ``due``, ``breach``, ``tags`` or ``reason`` (a staff-only field)."""

SINGLE = ("group", "level", "priority")
"""Targets with one value that a decision sets and a person may move."""
TIMED = ("due", "breach")
"""Targets with one value that the clocks set."""
BY_HAND = "due by hand"
"""In ``CaseState.written``: the date somebody set, which ours never goes beyond."""


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
    touched_at: float | None = field(default=None, compare=False)
    """``changed_at`` in seconds since 1970, as exactly as the helpdesk tells it."""
    asked_at: float | None = field(default=None, compare=False)
    """When it was asked for, in seconds since 1970 by the helpdesk's clock; None where that is not known."""
    state_word: str | None = field(default=None, compare=False)
    """The state as the helpdesk calls it."""
    owner: str | None = field(default=None, compare=False)
    """Who has taken the ticket, as a digest that only tells one from another; None: nobody."""
    read_at: float | None = field(default=None, compare=False)
    """``time.monotonic()`` of the read, in this process; None where it is not known."""
    numbers: Mapping[Target, str] = field(default_factory=dict, compare=False)
    """The helpdesk's own number of a value that has a name beside it: a renamed group is no other group."""


@dataclass(frozen=True, slots=True)
class DeskMap:
    """The part of a desk file that effects need: which helpdesk value stands for which plan value."""

    mode: Mode
    """What holds for every ticket; where ``act_for`` or ``act_since`` stand, see ``modes.in_mode``"""
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
    due: bool = False
    """True: the next limit is written to the helpdesk's due date"""
    due_zone: str | None = None
    """Where the helpdesk's due date is a day without an hour: the zone whose days are meant"""
    due_by_minute: bool = False
    """True: the helpdesk's due date has no seconds; what is due within a minute is due at its beginning"""
    breach: tuple[str, str] | None = None
    """What the field says while no limit was missed, and once one was; None: there is no such field"""
    act_for: frozenset[str] = frozenset()
    """plan groups whose tickets are acted on although the mode is another"""
    act_since: Mapping[str, float] = field(default_factory=dict)
    """plan group, or ``""`` for every other → UTC seconds: what was only looked at before is left alone"""
    level_order: tuple[str, ...] = ()
    """The plan's levels, lowest first; empty where they are inherited"""
    granted: str = ""
    """The group for whose sake this one ticket is acted on; set by ``modes.in_mode``"""


@dataclass(frozen=True, slots=True)
class Change:
    """One value to write; ``base`` is what was read, for settling an unknown outcome."""

    target: Target
    base: str | tuple[str, ...] | None
    want: str | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Note:
    """An internal note; ``key`` is unique per decision and step, so that each is noted once."""

    key: str
    """The keys of what it tells, a line each."""
    text: str

    @property
    def keys(self) -> tuple[str, ...]:
        """Of everything it tells."""
        return tuple(self.key.split("\n"))


@dataclass(frozen=True, slots=True)
class Effects:
    """Everything one decision wants changed; sent in one request where the platform can."""

    changes: tuple[Change, ...] = ()
    note: Note | None = None
    in_reason: str = ""
    """The keys of what the reason field tells, where it takes the place of a note; a line each."""

    def __bool__(self) -> bool:
        return bool(self.changes) or self.note is not None


def effects(
    decision: Decision,
    case: CaseState,
    snapshot: Snapshot,
    desk: DeskMap,
    timing: Timing = NO_TIMING,
    *,
    unread_attachments: int = 0,
) -> Effects:
    """The difference between what the decision and the clocks want, and what was read.

    Guards: a priority or level is only ever raised, a due date a person set only brought forward, rank 0
    leaves both alone (a due date is set where there is none), a person's change is not fought, nothing is
    closed, hidden, dropped or muted, no tag is taken away. A closed ticket is touched only where the
    decision wants something new since it was last written to. ``observe`` changes nothing, ``propose``
    writes the note alone.
    """
    if desk.mode == "observe" or snapshot.state in ("gone", "merged"):
        return Effects()
    pins = moved(decision, case, snapshot, desk, timing)
    placement = decision.standing.placement
    differing = tuple(_differing(placement, case, snapshot, desk, pins, timing))
    changes = tuple(_changes(differing, placement, case, snapshot, desk, timing))
    note = Note("\n".join(told.key for told in timing.told), "\n".join(told.text for told in timing.told))
    if snapshot.state != "closed" or changes:
        unranked = _unranked(differing, snapshot, desk)
        note = _with_decision(note, decision, case, pins, desk, unread_attachments, unranked)
    if desk.mode == "propose":
        changes = ()
    if not note.key:
        return Effects(changes)
    if desk.notes:
        return Effects(changes, note)
    return Effects(changes + _reason(note.text, snapshot, desk), in_reason=note.key)


def _with_decision(
    told: Note,
    decision: Decision,
    case: CaseState,
    pins: tuple[Pin, ...],
    desk: DeskMap,
    unread: int,
    unranked: str,
) -> Note:
    """What was decided stands before what time brought; what was noted already is left out."""
    voice = Voice(desk.language, desk.names, desk.clauses)
    text = note_text(
        decision, pins, voice, proposed=desk.mode == "propose", unread_attachments=unread, unranked=unranked
    )
    key = note_key(text)
    if key in case.noted:
        return told
    return Note(f"{key}\n{told.key}", f"{text}\n{told.text}") if told.key else Note(key, text)


def note_key(text: str) -> str:
    """The same words give the same key: one decision is noted once."""
    return sha256(text.encode()).hexdigest()[:16]


def wanted(placement: Placement, desk: DeskMap, timing: Timing = NO_TIMING) -> Mapping[Target, str]:
    """What is wanted of each single-valued target, in the helpdesk's own words.

    A chain may have moved the matter on, or raised its priority; a sealed matter stays where it is.
    """
    key = placement.level or placement.severity_hint
    lead = timing.assign if timing.assign and not placement.sealed else placement.lead
    found = {"group": desk.groups.get(lead), "level": desk.levels.get(key)}
    if placement.rank > 0:
        found["priority"] = desk.priorities.get(key)
    raised = desk.priorities.get(timing.priority or "")
    if raised and (
        not found.get("priority") or is_above(raised, found["priority"] or "", desk.priority_order)
    ):
        found["priority"] = raised
    return {target: value for target, value in found.items() if value}


def moved(
    decision: Decision, case: CaseState, snapshot: Snapshot, desk: DeskMap, timing: Timing = NO_TIMING
) -> tuple[Pin, ...]:
    """Targets somebody set to a value that is neither what we wrote nor what we want.

    Each is pinned at the rank of the facts known then: only a rank above it is written again.
    """
    placement = decision.standing.placement
    known = {pin.target: pin for pin in case.pins}
    return tuple(
        _pin(known.get(target), target, word(snapshot.values[target]), decision, case, snapshot)
        for target, want in wanted(placement, desk, timing).items()
        if _is_moved(target, want, case, snapshot, desk)
    )


def _is_moved(target: Target, want: str, case: CaseState, snapshot: Snapshot, desk: DeskMap) -> bool:
    if (
        target not in snapshot.values
        or target not in case.written
        or is_the_same(target, case, snapshot.numbers)
    ):
        return False
    read = word(snapshot.values[target])
    if read in (want, case.written[target]):
        return False
    return not (target == "priority" and is_above(read, want, desk.priority_order))


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
    differing: Iterable[tuple[Target, str]],
    placement: Placement,
    case: CaseState,
    snapshot: Snapshot,
    desk: DeskMap,
    timing: Timing,
) -> Iterator[Change]:
    for target, want in differing:
        if _may_write(target, word(snapshot.values[target]), want, desk):
            yield Change(target, snapshot.values[target], want)
    if desk.due and timing.due and "due" in snapshot.values and snapshot.state != "closed":
        yield from _due(
            as_kept(timing.due, desk.due_zone, by_minute=desk.due_by_minute), placement, case, snapshot
        )
    if desk.breach and timing.breached is not None and "breach" in snapshot.values:
        read = snapshot.values["breach"]
        if (found := breach_value(desk.breach, word(read), breached=timing.breached)) is not None:
            yield Change("breach", read, found)
    yield from _new_tags(placement, case, snapshot, desk)


def _differing(
    placement: Placement,
    case: CaseState,
    snapshot: Snapshot,
    desk: DeskMap,
    pins: tuple[Pin, ...],
    timing: Timing,
) -> Iterator[tuple[Target, str]]:
    """What stands otherwise than wanted, and nobody decided so."""
    held = {pin.target for pin in pins if pin.rank >= placement.rank}
    for target, want in wanted(placement, desk, timing).items():
        if target not in snapshot.values or word(snapshot.values[target]) == want:
            continue
        if is_the_same(target, case, snapshot.numbers) and case.written[target] == want:
            continue
        if target in held and not _newly_sealed(target, want, placement, case):
            continue
        if snapshot.state == "closed" and case.written.get(target, want) == want:
            continue
        yield target, want


def _unranked(differing: Iterable[tuple[Target, str]], snapshot: Snapshot, desk: DeskMap) -> str:
    """The priority that is wanted where the one that stands there cannot be ranked; usually none."""
    read = word(snapshot.values.get("priority"))
    return dict(differing).get("priority", "") if is_unranked(read, desk.priority_order) else ""


def _due(want: str, placement: Placement, case: CaseState, snapshot: Snapshot) -> Iterator[Change]:
    """Never beyond a date that somebody set."""
    want = min(want, _by_hand(case, snapshot) or want)
    found = due_value(want, word(snapshot.values["due"]), case.written.get("due", ""), placement.rank)
    if found is not None:
        yield Change("due", snapshot.values["due"], found)


def _by_hand(case: CaseState, snapshot: Snapshot) -> str:
    """The date somebody set last, also where ours stands in its place by now."""
    read = word(snapshot.values.get("due"))
    return read if read != case.written.get("due", "") else case.written.get(BY_HAND, "")


def _newly_sealed(target: Target, want: str, placement: Placement, case: CaseState) -> bool:
    """An accusation made in confidence leaves the unit it stands at, whoever put it there before."""
    return placement.sealed and target == "group" and case.written.get(target) != want


def _may_write(target: Target, read: str, want: str, desk: DeskMap) -> bool:
    if target == "priority":
        return not read or is_above(want, read, desk.priority_order)
    if target == "level":
        return not is_above(read, want, tuple(desk.levels.values()))
    return True


def _new_tags(placement: Placement, case: CaseState, snapshot: Snapshot, desk: DeskMap) -> Iterator[Change]:
    """Tags are only added, and one a person took away again is not added twice."""
    if not desk.tags or placement.sealed or "tags" not in snapshot.values or snapshot.state == "closed":
        return
    read = words(snapshot.values["tags"])
    missing = set(placement.flags) - set(read) - set(split(case.written.get("tags", "")))
    if missing:
        yield Change("tags", read, tuple(sorted({*read, *missing})))


def _reason(text: str, snapshot: Snapshot, desk: DeskMap) -> tuple[Change, ...]:
    if not desk.reason or "reason" not in snapshot.values or snapshot.values["reason"] == text:
        return ()
    return (Change("reason", snapshot.values["reason"], text),)


def observed(
    decision: Decision, case: CaseState, snapshot: Snapshot, desk: DeskMap, timing: Timing = NO_TIMING
) -> CaseState:
    """The case after this read: the peak, what was seen first, what already is as wanted, who moved what."""
    want = wanted(decision.standing.placement, desk, timing)
    seen = {target: word(value) for target, value in snapshot.values.items() if target in SINGLE}
    if snapshot.state == "closed":
        seen = {}
    agreed = {target: value for target, value in want.items() if word(snapshot.values.get(target)) == value}
    by_hand = {BY_HAND: _by_hand(case, snapshot)} if "due" in snapshot.values else {}
    after = replace(
        case,
        peak_rank=max(case.peak_rank, decision.standing.peak_rank),
        peak=decision.standing.placement,
        peak_message=decision.standing.message,
        written={**seen, **case.written, **agreed, **by_hand},
        pins=moved(decision, case, snapshot, desk, timing),
        acted_for=desk.granted,
        is_watched=desk.mode != "act",
    )
    return numbered(after, snapshot.numbers, snapshot.values)


def written(case: CaseState, done: Effects) -> CaseState:
    """The case once these effects are in the helpdesk."""
    timed = (*SINGLE, *TIMED)
    values = {c.target: c.want for c in done.changes if c.target in timed and isinstance(c.want, str)}
    values |= {number_key(target): "" for target in values if target in SINGLE}
    noted = set(done.note.keys) if done.note else set()
    if any(change.target == "reason" for change in done.changes):
        noted.update(done.in_reason.split("\n"))
    for change in done.changes:
        if change.target == "tags":
            added = set(words(change.want)) - set(words(change.base))
            values["tags"] = "\n".join(sorted({*split(case.written.get("tags", "")), *added}))
    return replace(case, written={**case.written, **values}, noted=case.noted | noted)


def is_there(change: Change, snapshot: Snapshot) -> bool:
    """Whether the helpdesk has what this change wants."""
    read = snapshot.values.get(change.target)
    if change.target == "tags":
        return set(words(change.want)) <= set(words(read))
    return word(read) == word(change.want)
