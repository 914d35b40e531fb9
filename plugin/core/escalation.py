"""Escalation: who must be told while nobody answers, as steps of a run hung on one instant.

A run begins at the start, a warning or the breach of a clock's cycle (its anchor) and ends for good at the
first stopping event after it, or when the cycle is done.  Step times hang on the anchor: an outage shifts
nothing.  A step that falls due just when its run ends is not due.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from plugin.core.calendar import Calendar
from plugin.core.clocks import ClockHistory
from plugin.core.cycle import Cycle, Event
from plugin.core.meters import OpenTime, runs_at


@dataclass(frozen=True, slots=True)
class Step:
    """One step: so long after the one before, to whom."""

    after: int
    """Seconds after the step before (the first: after the anchor)."""
    to: str
    must_send: bool = False
    """Owed even when the run ended meanwhile: a report upward."""
    assign: str | None = None
    """A group the ticket is moved to as well."""
    priority: str | None = None
    """A level (or severity) whose priority the ticket gets as well, if it stands lower."""


@dataclass(frozen=True, slots=True)
class Repeat:
    """What happens after the last step."""

    every: int
    """Seconds from the last step to the first repeat, and between passes."""
    times: int | None
    """None: until somebody answers."""
    whole: bool = False
    """True: the whole chain again; False: its last step."""


@dataclass(frozen=True, slots=True)
class Escalation:
    """A chain of steps, frozen when its run begins."""

    id: str
    at: Literal["start", "warn", "breach"]
    clock: str
    steps: tuple[Step, ...]
    stop_on: frozenset[str]
    percent: int = 0
    """at warn: of which percentage"""
    levels: frozenset[str] = frozenset()
    """Only while the case stands at one of these when the run begins; empty: at any."""
    repeat: Repeat | None = None
    calendar: str | None = None
    pause_with_clock: bool = True

    @property
    def hook(self) -> str:
        """What its runs hang on: a clock's start, a warning of it, or its breach."""
        return f"{self.clock}.{self.at}{self.percent or ''}"


class StepDue(NamedTuple):
    """A step of a run, past or next."""

    key: str
    group: str
    """Steps of one group say the same thing to the same people: only the latest repeat is worth sending."""
    to: str
    due_at: int
    ended: bool
    """The run has ended since."""
    must_send: bool
    step: Step | None = None
    """None for a warning."""
    chain: str = ""
    steps: int = 0
    """How many steps the chain has."""
    cycle: Cycle | None = None
    missed_at: int | None = None
    """The missed limit its run hangs on."""


class _Anchor(NamedTuple):
    at: int
    after: int
    """Events with at least this index come after it."""


def steps_due(
    escalation: Escalation,
    history: ClockHistory,
    events: Sequence[Event],
    calendars: Mapping[str, Calendar],
    now: int,
    within: tuple[int, int | None] = (0, None),
    hung: str | None = None,
) -> Iterator[StepDue]:
    """Every step of this chain up to ``now``, and the next one of each run that goes on.

    ``hung``: the hook of the first chain with this id. A later plan may hang it elsewhere, and one cycle
    have a run on each: those of another hook have its name in their keys.

    A run keeps the chain it began with: this one was published after so many events, until so many
    (``within``).
    A run that ended keeps the calendar it had; one that goes on follows the newest.
    """
    since, until = within
    for cycle in history.cycles:
        anchor = _anchor(escalation, cycle, events)
        if anchor is None or anchor.after < since or (until is not None and anchor.after >= until):
            continue
        if not _applies(escalation, events, anchor):
            continue
        name = escalation.id if hung in (None, escalation.hook) else f"{escalation.id}/{escalation.hook}"
        yield from _run(escalation, cycle, anchor, events, calendars, now, f"{name}@{cycle.id}")


def _anchor(escalation: Escalation, cycle: Cycle, events: Sequence[Event]) -> _Anchor | None:
    if escalation.at == "start" and cycle.known_at > cycle.start:
        is_open = runs_at((*cycle.running, *cycle.pauses), cycle.known_at)
        at = cycle.known_at if is_open else None
    elif escalation.at == "start":
        return _Anchor(cycle.start, next(i for i, e in enumerate(events) if e.id == cycle.id) + 1)
    elif escalation.at == "breach":
        at = cycle.breached_at
    else:
        at = next((w.at for w in cycle.warnings if w.percent == escalation.percent), None)
    if at is None:
        return None
    return _Anchor(at, sum(1 for event in events if event.at <= at))


def _applies(escalation: Escalation, events: Sequence[Event], anchor: _Anchor) -> bool:
    if not escalation.levels:
        return True
    level = next((e.level for e in reversed(events[: anchor.after]) if e.level is not None), None)
    return level in escalation.levels


def _run(
    escalation: Escalation,
    cycle: Cycle,
    anchor: _Anchor,
    events: Sequence[Event],
    calendars: Mapping[str, Calendar],
    now: int,
    key_of_run: str,
) -> Iterator[StepDue]:
    end = _end(escalation, cycle, anchor, events)
    standing_still = cycle.pauses if escalation.pause_with_clock else []
    running = _running(anchor.at, end, standing_still)
    time = OpenTime(_calendar(escalation.calendar, calendars, events, end))
    count = len(escalation.steps)
    missed_at = anchor.at if escalation.at == "breach" else None
    for suffix, step, consumed in _schedule(escalation):
        due = time.reached(running, consumed)
        if due is None:
            return
        key = f"{key_of_run}:{suffix}"
        ended = end is not None and end <= now
        yield StepDue(
            key,
            _group(key),
            step.to,
            due,
            ended,
            step.must_send,
            step,
            escalation.id,
            count,
            cycle,
            missed_at,
        )
        if due > now:
            return


def _calendar(
    name: str | None, calendars: Mapping[str, Calendar], events: Sequence[Event], until: int | None
) -> Calendar | None:
    if name is None:
        return None
    edits = (e.edited for e in reversed(events) if e.calendar == name and (until is None or e.at < until))
    return next((edited for edited in edits if edited is not None), calendars[name])


def _group(key: str) -> str:
    head, _, step = key.rpartition(":")
    return f"{head}:{step.partition('r')[0]}"


def _end(escalation: Escalation, cycle: Cycle, anchor: _Anchor, events: Sequence[Event]) -> int | None:
    stopped = (e.at for e in events[anchor.after :] if e.type in escalation.stop_on)
    # a timer's anchor comes after everything that happened at its instant, the end of the cycle too
    first = anchor.at if escalation.at == "start" else anchor.at + 1
    done = (at for at in cycle.ended if at >= first)
    return min([*stopped, *done], default=None)


def _running(
    start: int, end: int | None, pauses: Sequence[tuple[int, int | None]]
) -> list[tuple[int, int | None]]:
    """The stretches from ``start`` to ``end`` outside the pauses."""
    stretches: list[tuple[int, int | None]] = []
    at = start
    for pause, resume in pauses:
        if resume is not None and resume <= at:
            continue
        if pause > at:
            stretches.append((at, pause))
        if resume is None:
            return _cut(stretches, end)
        at = max(at, resume)
    return _cut([*stretches, (at, None)], end)


def _cut(stretches: Sequence[tuple[int, int | None]], end: int | None) -> list[tuple[int, int | None]]:
    if end is None:
        return list(stretches)
    return [(start, end if stop is None else min(stop, end)) for start, stop in stretches if start < end]


def _schedule(escalation: Escalation) -> Iterator[tuple[str, Step, int]]:
    """(key suffix, step, seconds of the run used by then), without end where a repeat has none."""
    consumed = 0
    for number, step in enumerate(escalation.steps, 1):
        consumed += step.after
        yield f"s{number}", step, consumed
    repeat = escalation.repeat
    if repeat is None:
        return
    pass_length = sum(step.after for step in escalation.steps) if repeat.whole else 0
    if repeat.every + pass_length <= 0:
        return  # a repeat that takes no time would never come to its end
    turn = 0
    while repeat.times is None or turn < repeat.times:
        turn += 1
        consumed += repeat.every
        yield from _pass(escalation, turn, consumed)
        consumed += pass_length


def _pass(escalation: Escalation, turn: int, start: int) -> Iterator[tuple[str, Step, int]]:
    last = len(escalation.steps)
    if escalation.repeat and escalation.repeat.whole:
        consumed = start
        for number, step in enumerate(escalation.steps, 1):
            consumed += step.after
            yield f"s{number}r{turn}", step, consumed
    else:
        yield f"s{last}r{turn}", escalation.steps[-1], start
