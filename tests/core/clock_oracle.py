"""A slow second opinion on clocks: walks every instant, applies events, counts and fires.

It shares no arithmetic with the engine: whether an instant is open is asked of the local wall clock, used
time is the number of open instants walked through while running, a day ends when the local date changes or
the last window of its date closes, and a step is due when its own count is reached.  Everything is a
multiple of ``unit`` seconds, so that each instant stands for the ``unit`` seconds behind it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from plugin.core.calendar import Calendar
from plugin.core.cycle import Clock, Event
from plugin.core.escalation import Escalation
from plugin.core.meters import Target
from plugin.core.timekeeping import Policy
from tests.core.wall_clock import dates_ending, is_open, is_working

Warned = tuple[str, int, int]
"""Key, percentage, instant."""


def first_of(warned: Iterable[Warned], percent: int) -> int | None:
    """When a percentage was first warned of."""
    return next((at for _, given, at in warned if given == percent), None)


@dataclass(eq=False)
class OracleCycle:
    """One cycle of one clock."""

    clock: Clock
    id: str
    start: int
    target: Target
    calendar: Calendar | None
    paused: bool
    ran: list[int] = field(default_factory=list)
    """Every instant at which it ran, once the events of that instant had happened."""
    opened: int = 0
    """How many of them were open."""
    ticks: list[tuple[int, date]] = field(default_factory=list)
    """The days that ended while it ran."""
    pauses: list[list[int | None]] = field(default_factory=list)
    added: tuple[int, int] = (0, 0)
    target_event: str = ""
    warned: list[Warned] = field(default_factory=list)
    breached_at: int | None = None
    known_at: int = 0
    """When it was known to apply; it neither warns nor is late before."""
    outcome: str | None = None
    ends: list[int] = field(default_factory=list)

    def used(self, unit: int) -> int:
        return len(self.ticks) if self.target.days else self.opened * unit

    def is_due(self, unit: int) -> bool:
        if not (self.target.days and self.target.roll):
            return self.used(unit) >= self.target.amount
        enough = self.ticks[self.target.days - 1 :]
        return any(self.calendar and is_working(self.calendar, day) for _, day in enough)

    def recount(self) -> None:
        """Read the past again by the calendar as it is now."""
        self.opened = sum(is_open(self.calendar, at) for at in self.ran)
        self.ticks = [(at, day) for at in self.ran for day in self.days_ending(at)]

    def days_ending(self, at: int) -> list[date]:
        """The dates that end just now and count for this target."""
        if not self.target.days or self.calendar is None:
            return []
        first = datetime.fromtimestamp(self.start, self.calendar.zone).date()
        ending = dates_ending(self.calendar, at, at_close=self.target.at_close)
        counts_all = self.target.count == "calendar"
        return [d for d in ending if d > first and (counts_all or is_working(self.calendar, d))]


@dataclass
class Stand:
    """Where a case stands on a scale, and how high it ever stood."""

    step: str | None = None
    highest: int = -1


@dataclass(eq=False)
class Run:
    """One escalation run."""

    chain: Escalation
    cycle: OracleCycle
    ran: list[int] = field(default_factory=list)
    """Every instant at which it was neither ended nor held."""
    opened: int = 0
    ended: bool = False
    steps: dict[str, int] = field(default_factory=dict)
    """Suffix → when it fell due."""
    first_hung: tuple[str, str, int] = ("", "", 0)
    """What its chain hung on when it was first published: clock, kind and percent."""

    def schedule(self) -> Iterator[tuple[str, int]]:
        total, number, again, turn = 0, 0, self.chain.repeat, 0
        for number, step in enumerate(self.chain.steps, 1):
            total += step.after
            yield f"s{number}", total
        while again and (again.times is None or turn < again.times):
            turn += 1
            total += again.every
            if not again.whole:
                yield f"s{number}r{turn}", total
                continue
            for index, step in enumerate(self.chain.steps, 1):
                total += step.after
                yield f"s{index}r{turn}", total

    def live(self, at: int, calendar: Calendar | None, unit: int) -> None:
        """Be alive at an instant: what its count has reached is due, then the time behind it passes."""
        for suffix, needed in self.schedule():
            if needed > self.opened * unit:
                break
            self.steps.setdefault(suffix, at)
        self.ran.append(at)
        self.opened += is_open(calendar, at)

    def relive(self, instants: Iterable[int], calendar: Calendar | None, unit: int) -> None:
        """Read its past again."""
        self.ran, self.opened, self.steps = [], 0, {}
        for at in instants:
            self.live(at, calendar, unit)

    def key(self, suffix: str) -> str:
        chain = self.chain
        hung = (chain.clock, chain.at, chain.percent)
        moved = "" if hung == self.first_hung else f"/{chain.clock}.{chain.at}{chain.percent or ''}"
        return f"{self.chain.id}{moved}@{self.cycle.id}:{suffix}"


class Oracle:
    """All clocks and chains of one ticket, walked instant by instant."""

    def __init__(
        self, policy: Policy, calendars: Mapping[str, Calendar], events: Iterable[Event], unit: int
    ) -> None:
        self.policy, self.first_policy = policy, policy
        """The newest, and the one before any was published."""
        self.calendars, self.first = dict(calendars), calendars
        self.todo = sorted(events, key=lambda event: (event.at, event.seq, event.id))
        versions = [policy, *(e.policy for e in self.todo if isinstance(e.policy, Policy))]
        chains = [chain for version in versions for chain in version.escalations]
        self.first_hung = {c.id: (c.clock, c.at, c.percent) for c in reversed(chains)}
        names = list(dict.fromkeys(clock.id for version in versions for clock in version.clocks))
        arms = [(e.clock, e.at) for e in self.todo if e.type == "arms"]
        self.armed_at = {name: min(at for clock, at in arms if clock == name) for name, _ in arms if name}
        self.unit = unit
        self.at = self.todo[0].at if self.todo else 0
        self.past: list[Event] = []
        self.edited: set[str] = set()
        self.cycles: dict[str, list[OracleCycle]] = {name: [] for name in names}
        self.waiting = dict.fromkeys(names, False)
        self.runs: list[Run] = []
        self.stands: dict[str, Stand] = {"level": Stand(), "rank": Stand()}
        self.state: str | None = None

    def walk(self, until: int) -> None:
        """Events of an instant first, then what falls due at it, then the time behind it passes."""
        while (self.todo or self.past) and self.at <= until:
            self.edited.clear()
            while self.todo and self.todo[0].at <= self.at:
                self.past.append(self.todo[0])
                self._event(self.todo.pop(0))
            self._relive_edited()
            self._arm()
            for cycle in self._running():
                self._timers(cycle, self.at)
            for run in self.runs:
                if not run.ended and not (run.cycle.paused and run.chain.pause_with_clock):
                    run.live(self.at, self._chain_calendar(run.chain), self.unit)
            self.at += self.unit

    def every_cycle(self) -> list[OracleCycle]:
        return [cycle for cycles in self.cycles.values() for cycle in cycles]

    def _running(self) -> list[OracleCycle]:
        return [cycle for cycle in self.every_cycle() if cycle.outcome is None and not cycle.paused]

    def _chain_calendar(self, chain: Escalation, end: int | None = None) -> Calendar | None:
        """The chain's calendar as it is now, or as it was when a run ended."""
        edits = [e for e in self.past if e.edited and e.calendar == chain.calendar]
        held = [e.edited for e in edits if end is None or e.at < end]
        return held[-1] if held else self.first.get(chain.calendar or "")

    # -- what falls due ----------------------------------------------------------------------------

    def _timers(self, cycle: OracleCycle, at: int) -> None:
        cycle.ticks.extend((at, day) for day in cycle.days_ending(at))
        if cycle.breached_at is None and at >= cycle.known_at:
            self._warn(cycle, at)
            if cycle.is_due(self.unit):
                cycle.breached_at = at
                self._anchor("breach", cycle, 0)
        cycle.ran.append(at)
        cycle.opened += is_open(cycle.calendar, at)

    @staticmethod
    def _warning(cycle: OracleCycle, percent: int) -> str:
        suffix = f"~{cycle.target_event}" if cycle.target_event else ""
        return f"{cycle.clock.id}@{cycle.id}:w{percent}{suffix}"

    def _warn(self, cycle: OracleCycle, at: int) -> None:
        for percent in sorted(cycle.clock.warn):
            key = self._warning(cycle, percent)
            is_new = key not in {name for name, _, _ in cycle.warned}
            if is_new and cycle.used(self.unit) * 100 >= percent * cycle.target.amount:
                is_first = percent not in {given for _, given, _ in cycle.warned}
                cycle.warned.append((key, percent, at))
                if is_first:
                    self._anchor("warn", cycle, percent)

    def _arm(self) -> None:
        """What hangs on the start of a clock hangs on its arming, if that came later."""
        for cycle in self.every_cycle():
            if cycle.outcome is None and cycle.start < cycle.known_at == self.at:
                self._anchor("start", cycle, 0)

    def _anchor(self, kind: str, cycle: OracleCycle, percent: int) -> None:
        for chain in self._chains(kind, cycle, percent, self.policy):
            if not chain.levels or self.stands["level"].step in chain.levels:
                self.runs.append(Run(chain, cycle, first_hung=self.first_hung[chain.id]))

    @staticmethod
    def _chains(kind: str, cycle: OracleCycle, percent: int, policy: Policy) -> list[Escalation]:
        return [
            chain
            for chain in policy.escalations
            if chain.clock == cycle.clock.id and chain.at == kind and chain.percent in (0, percent)
        ]

    # -- events ------------------------------------------------------------------------------------

    def _event(self, event: Event) -> None:
        for run in self.runs:
            run.ended |= event.type in run.chain.stop_on
        if isinstance(event.policy, Policy):
            self.policy = event.policy
        if event.state is not None or event.type == "reopened":
            self.state = event.state
        if event.edited is not None and event.calendar is not None:
            self.calendars[event.calendar] = event.edited
            self.edited.add(event.calendar)
        moves = {"level": self._move("level", event.level), "rank": self._move("rank", event.rank)}
        for name in self.cycles:
            clock = self._clock(name)
            if clock is not None:
                self._minded(clock, event, moves[clock.scale])

    def _move(self, scale: str, step: str | int | None) -> tuple[bool, bool] | None:
        """Whether a change on a scale is a raise, and one to a new high; None: no change."""
        stand = self.stands[scale]
        if step is None or str(step) == stand.step:
            return None
        order = {level: index for index, level in enumerate(self.policy.levels)}

        def height(step: str | None) -> int:
            return int(step or 0) if scale == "rank" else order.get(step or "", -1)

        raised, new_high = height(str(step)) > height(stand.step), height(str(step)) > stand.highest
        stand.step, stand.highest = str(step), max(stand.highest, height(str(step)))
        return raised, new_high

    def _clock(self, name: str) -> Clock | None:
        """An open cycle keeps its version; else the newest holds, else what there was."""
        newest = next((clock for clock in self.policy.clocks if clock.id == name), None)
        last = self.cycles[name][-1] if self.cycles[name] else None
        return last.clock if last and (last.outcome is None or newest is None) else newest

    def _minded(self, clock: Clock, event: Event, move: tuple[bool, bool] | None) -> None:
        self._edit(clock, event)
        self._extend(clock, event)
        self._enter(clock, event)
        if move is not None:
            self._relevel(clock, event, raised=move[0], new_high=move[1])
        self._reopen(clock, event)
        self._start_or_stop(clock, event)

    def _last(self, clock: Clock) -> OracleCycle | None:
        return self.cycles[clock.id][-1] if self.cycles[clock.id] else None

    def _target(self, clock: Clock | None) -> Target | None:
        if clock is None or clock.by_level is None:
            return clock and clock.target
        return clock.by_level.get(self.stands[clock.scale].step or "")

    def _begin(self, name: str, event: Event) -> None:
        """A cycle of the newest version."""
        clock = next((clock for clock in self.policy.clocks if clock.id == name), None)
        target, armed_at = self._target(clock), self.armed_at.get(name)
        if clock is None or target is None or (clock.is_armed and armed_at is None):
            return
        calendar = self.calendars[clock.calendar] if clock.calendar else None
        cycle = OracleCycle(clock, event.id, event.at, target, calendar, paused=False)
        cycle.known_at = max(event.at, armed_at or 0) if clock.is_armed else event.at
        self.cycles[name].append(cycle)
        self._go_on(cycle, event.at)
        if cycle.known_at == cycle.start:
            self._anchor("start", cycle, 0)

    def _go_on(self, cycle: OracleCycle, at: int) -> None:
        """Run, or stand still if the ticket is in a state that says so."""
        cycle.outcome, cycle.paused = None, self.state in cycle.clock.pause_on
        if cycle.paused:
            cycle.pauses.append([at, None])

    def _come_back(self, cycle: OracleCycle, at: int) -> None:
        """Go on after having been done, by the calendar as it is now."""
        cycle.calendar = self.calendars[cycle.clock.calendar] if cycle.clock.calendar else None
        cycle.recount()
        self._go_on(cycle, at)

    def _finish(self, cycle: OracleCycle, outcome: str, at: int) -> None:
        cycle.outcome = outcome
        cycle.ends.append(at)
        if cycle.paused:
            cycle.pauses[-1][1] = at
            cycle.paused = False
        for run in self.runs:
            run.ended |= run.cycle is cycle

    def _start_or_stop(self, clock: Clock, event: Event) -> None:
        last = self._last(clock)
        is_running = last is not None and last.outcome is None
        if event.type in clock.stop:
            self.waiting[clock.id] = False
            if last and is_running:
                self._finish(last, "met" if last.breached_at is None else "missed", event.at)
        elif event.type in clock.restart_on and last and is_running and last.id != event.id:
            self._finish(last, "met" if last.breached_at is None else "missed", event.at)
            self._begin(clock.id, event)
        elif event.type == clock.start and last is None:
            self.waiting[clock.id] = True
            self._begin(clock.id, event)

    def _enter(self, clock: Clock, event: Event) -> None:
        last = self._last(clock)
        if last is None or last.outcome is not None or (event.state is None and event.type != "reopened"):
            return
        paused = self.state in last.clock.pause_on
        if paused and not last.paused:
            last.pauses.append([event.at, None])
        elif last.paused and not paused:
            last.pauses[-1][1] = event.at
        last.paused = paused

    def _reopen(self, clock: Clock, event: Event) -> None:
        last = self._last(clock)
        if event.type != "reopened" or last is None or last.outcome not in ("met", "missed"):
            return
        if last.clock.on_reopen == "resume":
            self._come_back(last, event.at)
        elif last.clock.on_reopen == "new_cycle":
            self._begin(clock.id, event)

    def _extend(self, clock: Clock, event: Event) -> None:
        last = self._last(clock)
        if event.type != "extend" or event.clock != clock.id or last is None:
            return
        if last.outcome is None and last.breached_at is None:
            last.added = (last.added[0] + event.seconds, last.added[1] + event.days)
            self._aim(last, last.target.plus(seconds=event.seconds, days=event.days), event)

    @staticmethod
    def _aim(cycle: OracleCycle, target: Target, event: Event) -> None:
        if target != cycle.target:
            cycle.target, cycle.target_event = target, event.id
            cycle.recount()

    def _relevel(self, clock: Clock, event: Event, *, raised: bool, new_high: bool) -> None:
        last = self._last(clock)
        if last is None:
            if self.waiting[clock.id]:
                self._begin(clock.id, event)
            return
        way = clock.on_raise if raised else clock.on_lower
        newest = next((new for new in self.policy.clocks if new.id == clock.id), None)
        target, is_open_cycle = self._target(last.clock), last.outcome is None
        if way == "keep" and is_open_cycle:
            return
        if way.startswith("restart") and new_high and self._target(newest) is not None:
            if is_open_cycle:
                self._finish(last, "superseded", event.at)
            if is_open_cycle or last.outcome == "cancelled" or way == "restart_always":
                self._begin(clock.id, event)
            return
        if target is None:
            if is_open_cycle:
                self._finish(last, "cancelled", event.at)
            return
        if last.outcome == "cancelled":
            self._come_back(last, event.at)
        if last.outcome is None:
            self._aim(last, target.plus(seconds=last.added[0], days=last.added[1]), event)

    # -- calendar edits ----------------------------------------------------------------------------

    def _edit(self, clock: Clock, event: Event) -> None:
        if event.type != "calendar_edit" or event.edited is None or event.calendar is None:
            return
        last = self._last(clock)
        if last is None or last.outcome is not None or clock.calendar != event.calendar:
            return
        last.calendar = event.edited
        last.recount()
        self._see_again(last)

    def _see_again(self, cycle: OracleCycle) -> None:
        """Walk its past again for the instants at which it warned and was breached, if it still was."""
        was, given = cycle.breached_at, list(cycle.warned)
        past = replace(cycle, ran=[], ticks=[], opened=0)
        warned: dict[int, int] = {}
        breached: list[int] = []
        for at in cycle.ran:
            past.ticks.extend((at, day) for day in past.days_ending(at))
            for _, percent, _ in given:
                if past.used(self.unit) * 100 >= percent * cycle.target.amount:
                    warned.setdefault(percent, at)
            if past.is_due(self.unit):
                breached.append(at)
            past.opened += is_open(past.calendar, at)
        cycle.breached_at = max(breached[0], was) if breached and was is not None else None
        cycle.warned = []
        for key, percent, at in given:
            if key != self._warning(cycle, percent):  # of a target that is no more
                cycle.warned.append((key, percent, at))
            elif percent in warned:
                cycle.warned.append((key, percent, max(at, warned[percent])))
        self._hang_again("breach", cycle, 0, was, cycle.breached_at)
        for percent in cycle.clock.warn:
            self._hang_again(
                "warn", cycle, percent, first_of(given, percent), first_of(cycle.warned, percent)
            )

    def _hang_again(
        self, kind: str, cycle: OracleCycle, percent: int, was: int | None, anchor: int | None
    ) -> None:
        """The runs that hang on an instant that is now another, or none."""
        if anchor == was:
            return
        gone = self._chains(kind, cycle, percent, replace(self.policy, escalations=self._hanging(cycle)))
        self.runs = [run for run in self.runs if run.cycle is not cycle or run.chain not in gone]
        if anchor is None:
            return
        published = [e.policy for e in self.past if isinstance(e.policy, Policy) and e.at <= anchor]
        chains = self._chains(kind, cycle, percent, [self.first_policy, *published][-1])
        levels = [event.level for event in self.past if event.at <= anchor and event.level is not None]
        for chain in chains:
            if chain.levels and (not levels or levels[-1] not in chain.levels):
                continue
            stops = [event.at for event in self.past if event.at > anchor and event.type in chain.stop_on]
            ends = [*stops, *(at for at in cycle.ends if at > anchor)]
            end = min(ends, default=self.at)
            first = self.first_hung[chain.id]
            run = Run(chain, cycle, ended=bool(ends), first_hung=first)
            lived = cycle.ran if chain.pause_with_clock else range(anchor, end, self.unit)
            calendar = self._chain_calendar(chain, end if ends else None)
            run.relive((at for at in lived if anchor <= at < end), calendar, self.unit)
            self.runs.append(run)

    def _hanging(self, cycle: OracleCycle) -> tuple[Escalation, ...]:
        return tuple(run.chain for run in self.runs if run.cycle is cycle)

    def _relive_edited(self) -> None:
        """Runs that go on follow the calendar as it is now; those that ended just now keep theirs."""
        for run in self.runs:
            if run.chain.calendar in self.edited and not run.ended:
                run.relive(tuple(run.ran), self._chain_calendar(run.chain), self.unit)
