"""Clocks: every clock of one ticket, recomputed from its event history by a pure function.

There are no counters to go wrong: whatever is learnt, and in whatever order, the history is read again
from its beginning.  Events come before timers at one instant, so a stop or a pause *at* the due instant
is in time.  Instants are whole UTC seconds.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import groupby

from plugin.core.calendar import Calendar
from plugin.core.cycle import Clock, Cycle, Event

FUTURE_TOLERANCE = 120
"""Seconds an event may be ahead of its receipt; beyond that its clock is wrong and the receipt counts."""


class ClockHistory:
    """One clock of one ticket, taken through the ticket's events."""

    def __init__(self, clock: Clock, levels: Sequence[str], calendars: Mapping[str, Calendar]) -> None:
        self.clock = clock
        self.cycles: list[Cycle] = []
        self._order = {level: rank for rank, level in enumerate(levels)}
        self._calendars = dict(calendars)
        self._level: str | None = None
        self._highest = -1
        self._paused = False
        self._waiting = False
        """Its start came while the level had no target: it begins when one with a target comes."""

    @property
    def calendar(self) -> Calendar | None:
        """The calendar as it is now known."""
        return self._calendars[self.clock.calendar] if self.clock.calendar else None

    @property
    def level(self) -> str | None:
        """The case's level now."""
        return self._level

    @property
    def _open(self) -> Cycle | None:
        last = self.cycles[-1] if self.cycles else None
        return last if last and not last.is_done else None

    def play(self, events: Sequence[Event], now: int) -> None:
        """Take the events in order, and everything that falls due between them and up to ``now``."""
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
        if event.type == "calendar_edit":
            self._edit_calendar(event)
        elif event.type == "extend" and event.clock == self.clock.id:
            self._extend(event)
        if event.state is not None or event.type == "reopened":
            self._enter_state(event)
        if event.level is not None:
            self._change_level(event)
        if event.type == "reopened":
            self._reopen(event)
        if event.type in self.clock.stop:
            self._stop(event)
        elif event.type in self.clock.restart_on and self._open and self._open.id != event.id:
            self._stop(event)
            self._begin(event)
        elif event.type == self.clock.start and not self.cycles:
            self._waiting = True
            self._begin(event)

    def _begin(self, event: Event) -> None:
        target = self.clock.target_at(self._level)
        if target is None:
            return
        cycle = Cycle(self.clock, event.id, event.at, target, self.calendar)
        self.cycles.append(cycle)
        if self._paused:
            cycle.pause(event.at)
        else:
            cycle.run(event.at)

    def _stop(self, event: Event) -> None:
        self._waiting = False
        if cycle := self._open:
            cycle.end(event.at, "met" if cycle.breached_at is None else "missed")

    def _enter_state(self, event: Event) -> None:
        paused = event.state in self.clock.pause_on
        cycle = self._open
        if cycle and paused and not self._paused:
            cycle.pause(event.at)
        elif cycle and self._paused and not paused:
            cycle.run(event.at)
        self._paused = paused

    def _reopen(self, event: Event) -> None:
        last = self.cycles[-1] if self.cycles else None
        if last is None or last.outcome not in ("met", "missed"):
            return
        if self.clock.on_reopen == "resume":
            last.outcome, last.calendar = None, self.calendar
            (last.pause if self._paused else last.run)(event.at)
        elif self.clock.on_reopen == "new_cycle":
            self._begin(event)

    def _extend(self, event: Event) -> None:
        cycle = self._open
        if cycle and cycle.breached_at is None:
            cycle.extension = cycle.extension.plus(seconds=event.seconds, days=event.days)
            cycle.aim(cycle.target.plus(seconds=event.seconds, days=event.days), event)

    def _edit_calendar(self, event: Event) -> None:
        """Read an open cycle again under the new calendar; nobody is late by one not yet published."""
        if event.calendar is None or event.edited is None:
            return
        self._calendars[event.calendar] = event.edited
        cycle = self._open
        if cycle and event.calendar == self.clock.calendar:
            cycle.read_again(event.edited, event.at)

    # -- levels ------------------------------------------------------------------------------------

    def _change_level(self, event: Event) -> None:
        before, self._level = self._level, event.level
        rank = self._order.get(event.level or "", -1)
        is_new_high, self._highest = rank > self._highest, max(rank, self._highest)
        if before == event.level:
            return
        if not self.cycles:
            if self._waiting:
                self._begin(event)
            return
        is_raise = rank > self._order.get(before or "", -1)
        way = self.clock.on_raise if is_raise else self.clock.on_lower
        if way == "keep" and self._open:
            return
        if way in ("restart", "restart_always") and is_new_high:
            self._restart(event, always=way == "restart_always")
        else:
            self._carry(event)

    def _restart(self, event: Event, *, always: bool) -> None:
        cycle = self._open
        if self.clock.target_at(event.level) is None:
            self._carry(event)
        elif cycle:
            cycle.end(event.at, "superseded")
            self._begin(event)
        elif always or self.cycles[-1].outcome == "cancelled":
            self._begin(event)

    def _carry(self, event: Event) -> None:
        target = self.clock.target_at(event.level)
        cycle = self.cycles[-1]
        if target is None:
            if not cycle.is_done:
                cycle.end(event.at, "cancelled")
            return
        if cycle.outcome == "cancelled":
            cycle.outcome, cycle.calendar = None, self.calendar
            (cycle.pause if self._paused else cycle.run)(event.at)
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
