"""Clocks: every clock of one ticket, recomputed from its event history by a pure function.

There are no counters to go wrong: whatever is learnt, and in whatever order, the history is read again
from its beginning.  Events come before timers at one instant, so a stop or a pause *at* the due instant
is in time.  Instants are whole UTC seconds.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from typing import NamedTuple

from plugin.core.calendar import Calendar
from plugin.core.cycle import Clock, ClockPolicy, Cycle, Event, Scale
from plugin.core.meters import Target

FUTURE_TOLERANCE = 120
"""Seconds an event may be ahead of its receipt; beyond that its clock is wrong and the receipt counts."""


class _Move(NamedTuple):
    """A change of where a case stands on a scale."""

    is_raise: bool
    is_new_high: bool


_NO_MOVES: Mapping[Scale, _Move | None] = {}


class ClockHistory:
    """One clock of one ticket, taken through the ticket's events."""

    def __init__(self, clock: str, policy: ClockPolicy, calendars: Mapping[str, Calendar]) -> None:
        self.id = clock
        self.cycles: list[Cycle] = []
        self._newest = policy.clock(clock)
        """As the newest policy has it; None: that one has no such clock."""
        self._levels = policy.levels
        self._calendars = dict(calendars)
        self._armed_at: int | None = None
        self._state: str | None = None
        self._step: dict[Scale, str | None] = {"level": None, "rank": None}
        self._highest: dict[Scale, int] = {"level": -1, "rank": -1}
        self._waiting = False
        """Its start came while the level had no target: it begins when one with a target comes."""

    @property
    def _clock(self) -> Clock | None:
        """What holds now: an open cycle keeps the policy it began under."""
        last = self.cycles[-1] if self.cycles else None
        if last and not last.is_done:
            return last.clock
        return self._newest or (last.clock if last else None)

    def _calendar(self, clock: Clock) -> Calendar | None:
        """The calendar as it is now known."""
        return self._calendars[clock.calendar] if clock.calendar else None

    @property
    def _open(self) -> Cycle | None:
        last = self.cycles[-1] if self.cycles else None
        return last if last and not last.is_done else None

    def play(self, events: Sequence[Event], now: int) -> None:
        """Take the events in order, and everything that falls due between them and up to ``now``."""
        arming = (event.at for event in events if event.type == "arms" and event.clock == self.id)
        self._armed_at = min(arming, default=None)
        for at, together in groupby(events, key=lambda event: event.at):
            self._fall_due(at - 1)
            for event in together:
                self._happen(event)
        self._fall_due(now)

    # -- timers ------------------------------------------------------------------------------------

    def _fall_due(self, until: int) -> None:
        cycle = self._open
        if cycle is None:
            return
        while (warning := cycle.next_warning()) and warning.at <= until:
            cycle.warnings.append(warning)
        due = cycle.due_at()
        if cycle.breached_at is None and due is not None and due <= until:
            cycle.breached_at = due

    # -- events ------------------------------------------------------------------------------------

    def _happen(self, event: Event) -> None:
        self._learn(event)
        says_where = event.level is not None or event.rank is not None
        moves = {scale: self._move(event, scale) for scale in self._step} if says_where else _NO_MOVES
        clock = self._clock
        if clock is None:
            return
        if event.type == "calendar_edit":
            self._edit_calendar(event, clock)
        elif event.type == "extend" and event.clock == self.id:
            self._extend(event)
        self._follow_state(event)
        if (move := moves.get(clock.scale)) is not None:
            self._change_level(event, move, clock)
        if event.type == "reopened":
            self._reopen(event)
        if event.type in clock.stop:
            self._stop(event)
        elif event.type in clock.restart_on and self._open and self._open.id != event.id:
            self._stop(event)
            self._begin(event)
        elif event.type == clock.start and not self.cycles:
            self._waiting = True
            self._begin(event)

    def _learn(self, event: Event) -> None:
        """What is so from now on, whether or not there is a clock to mind it."""
        if event.policy is not None:
            self._newest, self._levels = event.policy.clock(self.id), event.policy.levels
        if event.calendar is not None and event.edited is not None:
            self._calendars[event.calendar] = event.edited
        if event.state is not None or event.type == "reopened":
            self._state = event.state

    def _begin(self, event: Event) -> None:
        clock = self._newest
        target = self._target(clock) if clock else None
        if clock is None or target is None or (clock.is_armed and self._armed_at is None):
            return
        cycle = Cycle(clock, event.id, event.at, target, self._calendar(clock))
        if clock.is_armed and self._armed_at is not None:
            cycle.known_at = cycle.floor = max(event.at, self._armed_at)
        self.cycles.append(cycle)
        self._go_on(cycle, event.at)

    def _go_on(self, cycle: Cycle, at: int) -> None:
        """Run, or stand still if the ticket is in a state that says so."""
        (cycle.pause if self._state in cycle.clock.pause_on else cycle.run)(at)

    def _stop(self, event: Event) -> None:
        self._waiting = False
        if cycle := self._open:
            cycle.end(event.at, "met" if cycle.breached_at is None else "missed")

    def _follow_state(self, event: Event) -> None:
        cycle = self._open
        if cycle and cycle.is_paused != (self._state in cycle.clock.pause_on):
            self._go_on(cycle, event.at)

    def _reopen(self, event: Event) -> None:
        last = self.cycles[-1] if self.cycles else None
        if last is None or last.outcome not in ("met", "missed"):
            return
        if last.clock.on_reopen == "resume":
            last.outcome, last.calendar = None, self._calendar(last.clock)
            self._go_on(last, event.at)
        elif last.clock.on_reopen == "new_cycle":
            self._begin(event)

    def _extend(self, event: Event) -> None:
        cycle = self._open
        if cycle and cycle.breached_at is None:
            cycle.extension = cycle.extension.plus(seconds=event.seconds, days=event.days)
            cycle.aim(cycle.target.plus(seconds=event.seconds, days=event.days), event)

    def _edit_calendar(self, event: Event, clock: Clock) -> None:
        """Read an open cycle again under the new calendar; nobody is late by one not yet published."""
        cycle = self._open
        if cycle and event.edited and event.calendar == clock.calendar:
            cycle.read_again(event.edited, event.at)

    # -- levels ------------------------------------------------------------------------------------

    def _move(self, event: Event, scale: Scale) -> _Move | None:
        """What an event changes about where the case stands on a scale; None: nothing."""
        step, before = event.step_of(scale), self._step[scale]
        if step is None:
            return None
        height, highest = self._height(step, scale), self._highest[scale]
        self._step[scale], self._highest[scale] = step, max(height, highest)
        return None if step == before else _Move(height > self._height(before, scale), height > highest)

    def _height(self, step: str | None, scale: Scale) -> int:
        if scale == "rank":
            return int(step or 0)
        return self._levels.index(step) if step in self._levels else -1

    def _target(self, clock: Clock) -> Target | None:
        """The target of a clock where the case stands now."""
        return clock.target_at(self._step[clock.scale])

    def _change_level(self, event: Event, move: _Move, clock: Clock) -> None:
        if not self.cycles:
            if self._waiting:
                self._begin(event)
            return
        way = clock.on_raise if move.is_raise else clock.on_lower
        if way == "keep" and self._open:
            return
        if way in ("restart", "restart_always") and move.is_new_high:
            self._restart(event, always=way == "restart_always")
        else:
            self._carry(event)

    def _restart(self, event: Event, *, always: bool) -> None:
        cycle = self._open
        if self._newest is None or self._target(self._newest) is None:
            self._carry(event)
        elif cycle:
            cycle.end(event.at, "superseded")
            self._begin(event)
        elif always or self.cycles[-1].outcome == "cancelled":
            self._begin(event)

    def _carry(self, event: Event) -> None:
        cycle = self.cycles[-1]
        target = self._target(cycle.clock)
        if target is None:
            if not cycle.is_done:
                cycle.end(event.at, "cancelled")
            return
        if cycle.outcome == "cancelled":
            cycle.outcome, cycle.calendar = None, self._calendar(cycle.clock)
            self._go_on(cycle, event.at)
        if not cycle.is_done:
            cycle.aim(target.plus(seconds=cycle.extension.seconds, days=cycle.extension.days), event)


def visible(events: Iterable[Event], now: int) -> list[Event]:
    """What is known and has happened at ``now``, in order of (at, seq, id).

    An event from the future by more than ``FUTURE_TOLERANCE`` is held to its receipt.
    """
    known = (event for event in events if (event.received_at or event.at) <= now)
    timed = (held(event) for event in known)
    return sorted((e for e in timed if e.at <= now), key=lambda e: (e.at, e.seq, e.id))


def held(event: Event) -> Event:
    """The event, at its receipt if its own time is too far ahead of that."""
    received = event.received_at
    if received is not None and event.at > received + FUTURE_TOLERANCE:
        return replace(event, at=received)
    return event
