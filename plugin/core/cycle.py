"""One run of a clock: how long it ran and stood still, what it warned of, when it breached, how it ended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from math import ceil
from typing import Literal, Protocol

from plugin.core.calendar import Calendar
from plugin.core.meters import CountedDays, OpenTime, Target, meter

State = Literal["running", "paused", "overdue", "done"]
Outcome = Literal["met", "missed", "superseded", "cancelled"]
Scale = Literal["level", "rank"]


@dataclass(frozen=True, slots=True)
class Clock:
    """What a plan promises: from which event, until which, in how much time."""

    id: str
    start: str
    stop: frozenset[str]
    kind: Literal["once", "periodic"] = "once"
    restart_on: frozenset[str] = frozenset()
    """Periodic: each of these ends the cycle and starts the next at that event."""
    pause_on: frozenset[str] = frozenset()
    """States of the ticket in which the clock stands still."""
    calendar: str | None = None
    target: Target | None = None
    by_level: Mapping[str, Target] | None = None
    """Step of the scale → target; a step left out has none."""
    scale: Scale = "level"
    """What ``by_level`` goes by and what counts as a raise: the plan's levels, or the rank (``"1"`` …)."""
    is_armed: bool = False
    """Runs only once an event arms it: the matter has it, or a task that needs it is set."""
    warn: tuple[int, ...] = ()
    """Percentages of the target at which to warn."""
    on_raise: Literal["restart", "restart_always", "carry", "keep"] = "restart"
    on_lower: Literal["carry", "keep"] = "carry"
    on_reopen: Literal["resume", "new_cycle", "ignore"] = "ignore"

    def target_at(self, level: str | None) -> Target | None:
        """The target while the case is at this level; None: the clock does not apply."""
        return self.target if self.by_level is None else self.by_level.get(level or "")


class ClockPolicy(Protocol):
    """What one clock needs to know of a policy."""

    @property
    def levels(self) -> tuple[str, ...]:
        """Ascending."""
        ...

    def clock(self, name: str) -> Clock | None:
        """The clock of this id."""
        ...


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened to a ticket, in the helpdesk's time."""

    id: str
    at: int
    type: str
    seq: int = 0
    received_at: int | None = None
    level: str | None = None
    rank: int | None = None
    """With a level, or alone where the plan's levels are inherited."""
    state: str | None = None
    clock: str | None = None
    """extend, arms: which clock"""
    seconds: int = 0
    days: int = 0
    calendar: str | None = None
    """calendar_edit: which calendar"""
    edited: Calendar | None = None
    """calendar_edit: what it means from now on"""
    policy: ClockPolicy | None = None
    """policy_edit: what holds from now on; what runs keeps its own"""

    def step_of(self, scale: Scale) -> str | None:
        """Where this event puts the case on a scale; None: it says nothing of it."""
        if scale == "level":
            return self.level
        return None if self.rank is None else str(self.rank)


@dataclass(frozen=True, slots=True)
class WarningDue:
    """A share of the target used up."""

    key: str
    percent: int
    at: int


@dataclass(slots=True)
class Cycle:
    """One run of a clock from its starting event; ``id`` is that event's id."""

    clock: Clock
    id: str
    start: int
    target: Target
    calendar: Calendar | None
    """The version that counts: the newest while it is open, its own once it is done."""
    running: list[tuple[int, int | None]] = field(default_factory=list)
    pauses: list[tuple[int, int | None]] = field(default_factory=list)
    extension: Target = field(default_factory=Target)
    floor: int = 0
    """It cannot be due before this: the instant its target or calendar changed, or it was known to apply."""
    known_at: int = 0
    """An armed clock: the instant it was known to apply; what hangs on its start hangs on this."""
    target_event: str = ""
    warnings: list[WarningDue] = field(default_factory=list)
    breached_at: int | None = None
    ended: list[int] = field(default_factory=list)
    """Instants at which it was done; a reopened one runs on."""
    outcome: Outcome | None = None
    due_at_end: int | None = None

    @property
    def is_done(self) -> bool:
        """Whether it has an outcome."""
        return self.outcome is not None

    @property
    def is_paused(self) -> bool:
        """Whether it stands still in a state of the ticket."""
        return bool(self.pauses) and self.pauses[-1][1] is None

    @property
    def state(self) -> State:
        """Where it is."""
        if self.is_done:
            return "done"
        if self.breached_at is not None:
            return "overdue"
        return "paused" if self.is_paused else "running"

    def due_at(self) -> int | None:
        """When its target is used up; None while paused or where the calendar does not reach so far."""
        if self.is_done:
            return self.due_at_end
        if self.breached_at is not None:
            return self.breached_at
        return None if self.is_paused else self._reached(self.target.amount)

    def elapsed(self, now: int) -> int:
        """Open seconds, or counted days, used up to ``now``."""
        return self._meter().used(self.running, now)

    def _meter(self) -> OpenTime | CountedDays:
        return meter(self.target, self.calendar, self.start)

    def _reached(self, amount: int, *, whole: bool = True) -> int | None:
        """When so much is used up; what a change made true of the past holds from then on."""
        at = self._meter().reached(self.running, amount, whole=whole)
        return None if at is None else max(at, self.floor, self.running[-1][0])

    # -- what happens to it ------------------------------------------------------------------------

    def run(self, at: int) -> None:
        """Start or go on running."""
        if self.is_paused:
            self.pauses[-1] = (self.pauses[-1][0], at)
        self.running.append((at, None))

    def pause(self, at: int) -> None:
        """Stand still."""
        self._stop_running(at)
        self.pauses.append((at, None))

    def end(self, at: int, outcome: Outcome) -> None:
        """Be done."""
        self.due_at_end = self.due_at()
        self._stop_running(at)
        if self.is_paused:
            self.pauses[-1] = (self.pauses[-1][0], at)
        self.ended.append(at)
        self.outcome = outcome

    def aim(self, target: Target, event: Event) -> None:
        """Have another target from this event on."""
        if target != self.target:
            self.target, self.target_event, self.floor = target, event.id, max(self.floor, event.at)

    def read_again(self, calendar: Calendar, at: int) -> None:
        """Have another calendar, also for the past: what it has not seen by ``at`` is withdrawn.

        A breach or warning of the old calendar that stays keeps a date no earlier than it had; none is
        dated before the change that had not happened before it.
        """
        was, self.breached_at, self.calendar = self.breached_at, None, calendar
        given = ((warning, self._seen_before(at, warning)) for warning in self.warnings)
        self.warnings = [replace(warning, at=seen) for warning, seen in given if seen is not None]
        due = None if was is None else self._meter().reached(self.running, self.target.amount)
        if was is not None and due is not None and due < at:
            self.breached_at = max(due, was)
        else:
            self.floor = max(self.floor, at)

    def _seen_before(self, at: int, warning: WarningDue) -> int | None:
        """When a warning came, by the calendar as it is now; None: it has not come before ``at``."""
        if warning.key != self._warning_key(warning.percent):
            return warning.at  # of a target that is no more
        seen = self._meter().reached(self.running, self._share(warning.percent), whole=False)
        return max(seen, warning.at) if seen is not None and seen < at else None

    def _stop_running(self, at: int) -> None:
        if self.running and self.running[-1][1] is None:
            self.running[-1] = (self.running[-1][0], at)

    # -- what falls due ----------------------------------------------------------------------------

    def next_warning(self) -> WarningDue | None:
        """The next share of the present target that will be used up, while it runs."""
        if self.is_done or self.is_paused or self.breached_at is not None:
            return None
        given = {warning.key for warning in self.warnings}
        for percent in sorted(self.clock.warn):
            key = self._warning_key(percent)
            if key in given:
                continue
            at = self._reached(self._share(percent), whole=False)
            return None if at is None else WarningDue(key, percent, at)
        return None

    def _share(self, percent: int) -> int:
        return ceil(self.target.amount * percent / 100)

    def _warning_key(self, percent: int) -> str:
        suffix = f"~{self.target_event}" if self.target_event else ""
        return f"{self.clock.id}@{self.id}:w{percent}{suffix}"
