"""A slow second opinion on clocks: walks every minute, applies events, counts, fires.

It shares no arithmetic with the engine: whether a minute is open is asked of the local wall clock, used
time is the number of minutes counted so far, and a chain step is due when its own count is reached.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from plugin.core.calendar import Calendar
from plugin.core.cycle import Clock, Event
from plugin.core.escalation import Escalation
from plugin.core.meters import Target
from plugin.core.timekeeping import Policy


@cache
def is_open(calendar: Calendar | None, at: int) -> bool:
    """Whether the local reading of an instant lies in a window of any site."""
    return calendar is None or any(True for _ in opening_dates(calendar, at))


def opening_dates(calendar: Calendar, at: int) -> Iterator[date]:
    """The dates whose windows hold this instant."""
    for site in calendar.components:
        local = datetime.fromtimestamp(at, ZoneInfo(site.zone))
        for back in (0, 1):
            day = local.date() - timedelta(days=back)
            minute = local.hour * 60 + local.minute + back * 1440
            if any(
                start <= minute < (end if end > start else end + 1440) for start, end in site.windows(day)
            ):
                yield day


@dataclass
class Run:
    """One escalation run."""

    chain: Escalation
    cycle: OracleCycle
    used: int = 0
    ended: bool = False
    steps: list[tuple[str, int]] = field(default_factory=list)

    def schedule(self) -> Iterator[tuple[str, int]]:
        total, number = 0, 0
        for number, step in enumerate(self.chain.steps, 1):
            total += step.after
            yield f"s{number}", total
        again = self.chain.repeat
        turn = 0
        while again and (again.times is None or turn < again.times):
            turn += 1
            total += again.every
            if not again.whole:
                yield f"s{number}r{turn}", total
                continue
            for index, step in enumerate(self.chain.steps, 1):
                total += step.after
                yield f"s{index}r{turn}", total

    def fire(self, now: int) -> None:
        """Every step whose count is reached."""
        if self.ended or (self.cycle.paused and self.chain.pause_with_clock):
            return
        given = {suffix for suffix, _ in self.steps}
        for suffix, needed in self.schedule():
            if needed > self.used:
                break
            if suffix not in given:
                self.steps.append((suffix, now))


@dataclass
class OracleCycle:
    """One cycle of one clock."""

    clock: Clock
    id: str
    start: int
    target: Target
    level: str | None
    paused: bool
    minutes: list[int] = field(default_factory=list)
    """Every minute it ran through, open or not."""
    ticks: list[tuple[int, date]] = field(default_factory=list)
    """Day ends it ran through."""
    pauses: list[list[int | None]] = field(default_factory=list)
    added: tuple[int, int] = (0, 0)
    target_event: str = ""
    warned: list[tuple[str, int, int]] = field(default_factory=list)
    breached_at: int | None = None
    outcome: str | None = None
    stopped_at: int | None = None
    calendar: Calendar | None = None

    def used(self) -> int:
        if self.target.days:
            return len(self.ticks)
        return sum(1 for minute in self.minutes if is_open(self.calendar, minute)) * 60

    def is_due(self) -> bool:
        if self.target.days and self.target.roll:
            return any(
                number >= self.target.days and self.calendar and self.calendar.is_working(day)
                for number, (_, day) in enumerate(self.ticks, 1)
            )
        return self.used() >= self.target.amount


class Oracle:
    """All clocks and chains of one ticket, walked to ``now`` in steps of ``step`` seconds."""

    def __init__(self, policy: Policy, calendars: Mapping[str, Calendar], step: int = 60) -> None:
        self.policy = policy
        self.calendars = dict(calendars)
        self.step = step
        self.cycles: dict[str, list[OracleCycle]] = {clock.id: [] for clock in policy.clocks}
        self.waiting = {clock.id: False for clock in policy.clocks}
        self.runs: list[Run] = []
        self.level: str | None = None
        self.highest = -1
        self.state_paused = {clock.id: False for clock in policy.clocks}

    def walk(self, events: Sequence[Event], now: int) -> None:
        """Events of an instant first, then what falls due at it, then the minute passes."""
        todo = sorted(events, key=lambda event: (event.at, event.seq, event.id))
        if not todo:
            return
        at = todo[0].at
        while at <= now:
            self._days_end(at)
            while todo and todo[0].at <= at:
                self._event(todo.pop(0))
            self._timers(at)
            for run in self.runs:
                run.fire(at)
            self._pass(at)
            at += self.step

    # -- time passes -------------------------------------------------------------------------------

    def _pass(self, at: int) -> None:
        for cycle in self._running():
            cycle.minutes.extend(range(at, at + self.step, 60))
        for run in self.runs:
            if run.ended or (run.cycle.paused and run.chain.pause_with_clock):
                continue
            calendar = self.calendars.get(run.chain.calendar or "")
            run.used += 60 * sum(1 for minute in range(at, at + self.step, 60) if is_open(calendar, minute))

    def _running(self) -> list[OracleCycle]:
        return [c for cycles in self.cycles.values() for c in cycles if c.outcome is None and not c.paused]

    def _days_end(self, at: int) -> None:
        """Note the dates that end just now; an event of this instant may still take the tick away."""
        for cycles in self.cycles.values():
            for cycle in cycles:
                cycle.__dict__["ending"] = self._ended_dates(cycle, at) if cycle.target.days else []

    def _ended_dates(self, cycle: OracleCycle, at: int) -> list[date]:
        calendar = cycle.calendar
        assert calendar
        first = datetime.fromtimestamp(cycle.start, calendar.zone).date()
        ended = [day for day in self._closing(calendar, cycle.target, at) if day > first]
        return [d for d in ended if cycle.target.count == "calendar" or calendar.is_working(d)]

    def _closing(self, calendar: Calendar, target: Target, at: int) -> list[date]:
        before = datetime.fromtimestamp(at - 60, calendar.zone).date()
        midnight = [before] if datetime.fromtimestamp(at, calendar.zone).date() != before else []
        if not target.at_close:
            return midnight
        closing = [day for day in opening_dates(calendar, at - 60) if self._last_close(calendar, day) == at]
        return sorted({*closing, *(day for day in midnight if not calendar.is_working(day))})

    @staticmethod
    @cache
    def _last_close(calendar: Calendar, day: date) -> int:
        noon = int(datetime(day.year, day.month, day.day, 12, tzinfo=calendar.zone).timestamp())
        around = range(noon - 30 * 3600, noon + 54 * 3600, 60)
        return max(minute for minute in around if day in opening_dates(calendar, minute)) + 60

    # -- what falls due ----------------------------------------------------------------------------

    def _timers(self, at: int) -> None:
        for cycle in self._running():
            cycle.ticks.extend((at, day) for day in cycle.__dict__.get("ending", []))
            if cycle.breached_at is not None:
                continue
            self._warn(cycle, at)
            if cycle.is_due():
                cycle.breached_at = at
                self._anchor("breach", cycle, 0)

    def _warn(self, cycle: OracleCycle, at: int) -> None:
        suffix = f"~{cycle.target_event}" if cycle.target_event else ""
        for percent in sorted(cycle.clock.warn):
            key = f"{cycle.clock.id}@{cycle.id}:w{percent}{suffix}"
            known = {name for name, _, _ in cycle.warned}
            if key not in known and cycle.used() * 100 >= percent * cycle.target.amount:
                cycle.warned.append((key, percent, at))
                if not any(p == percent for _, p, _ in cycle.warned[:-1]):
                    self._anchor("warn", cycle, percent)

    def _anchor(self, kind: str, cycle: OracleCycle, percent: int) -> None:
        for chain in self.policy.escalations:
            if (
                chain.clock != cycle.clock.id
                or chain.at != kind
                or (kind == "warn" and chain.percent != percent)
            ):
                continue
            if not chain.levels or self.level in chain.levels:
                self.runs.append(Run(chain, cycle))

    # -- events ------------------------------------------------------------------------------------

    def _event(self, event: Event) -> None:
        for run in self.runs:
            if event.type in run.chain.stop_on:
                run.ended = True
        before, raised, new_high = self.level, False, False
        if event.level is not None:
            order = {level: index for index, level in enumerate(self.policy.levels)}
            rank = order.get(event.level, -1)
            raised, new_high = rank > order.get(before or "", -1), rank > self.highest
            self.level, self.highest = event.level, max(rank, self.highest)
        for clock in self.policy.clocks:
            self._edit(clock, event)
            self._extend(clock, event)
            self._enter(clock, event)
            if event.level is not None and event.level != before:
                self._relevel(clock, event, raised=raised, new_high=new_high)
            self._reopen(clock, event)
            self._start_or_stop(clock, event)

    def _last(self, clock: Clock) -> OracleCycle | None:
        return self.cycles[clock.id][-1] if self.cycles[clock.id] else None

    def _begin(self, clock: Clock, event: Event) -> None:
        target = clock.target if clock.by_level is None else clock.by_level.get(self.level or "")
        if target is None:
            return
        paused = self.state_paused[clock.id]
        cycle = OracleCycle(clock, event.id, event.at, target, self.level, paused)
        cycle.calendar = self.calendars.get(clock.calendar or "")
        if paused:
            cycle.pauses.append([event.at, None])
        self.cycles[clock.id].append(cycle)
        self._anchor("start", cycle, 0)

    def _finish(self, cycle: OracleCycle, outcome: str, at: int) -> None:
        cycle.outcome, cycle.stopped_at = outcome, at
        if cycle.paused:
            cycle.pauses[-1][1] = at
            cycle.paused = False
        for run in self.runs:
            if run.cycle is cycle:
                run.ended = True

    def _start_or_stop(self, clock: Clock, event: Event) -> None:
        last = self._last(clock)
        is_running = last is not None and last.outcome is None
        if event.type in clock.stop:
            self.waiting[clock.id] = False
            if last and is_running:
                self._finish(last, "met" if last.breached_at is None else "missed", event.at)
        elif event.type in clock.restart_on and last and is_running:
            self._finish(last, "met" if last.breached_at is None else "missed", event.at)
            self._begin(clock, event)
        elif event.type == clock.start and last is None:
            self.waiting[clock.id] = True
            self._begin(clock, event)

    def _enter(self, clock: Clock, event: Event) -> None:
        if event.state is None and event.type != "reopened":
            return
        paused = event.state in clock.pause_on
        last = self._last(clock)
        if last and last.outcome is None and paused != last.paused:
            last.paused = paused
            if paused:
                last.pauses.append([event.at, None])
            else:
                last.pauses[-1][1] = event.at
        self.state_paused[clock.id] = paused

    def _reopen(self, clock: Clock, event: Event) -> None:
        last = self._last(clock)
        if event.type != "reopened" or last is None or last.outcome not in ("met", "missed"):
            return
        if clock.on_reopen == "resume":
            last.outcome, last.stopped_at = None, None
            last.calendar = self.calendars.get(clock.calendar or "")
        elif clock.on_reopen == "new_cycle":
            self._begin(clock, event)

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

    def _relevel(self, clock: Clock, event: Event, *, raised: bool, new_high: bool) -> None:
        last = self._last(clock)
        if last is None:
            if self.waiting[clock.id]:
                self._begin(clock, event)
            return
        way = clock.on_raise if raised else clock.on_lower
        if way == "keep":
            return
        target = clock.target if clock.by_level is None else clock.by_level.get(self.level or "")
        is_open_cycle = last.outcome is None
        if way.startswith("restart") and new_high and target is not None:
            if is_open_cycle:
                self._finish(last, "superseded", event.at)
                self._begin(clock, event)
            elif last.outcome == "cancelled" or way == "restart_always":
                self._begin(clock, event)
            return
        self._carry(clock, last, target, event)

    def _carry(self, clock: Clock, last: OracleCycle, target: Target | None, event: Event) -> None:
        if target is None:
            if last.outcome is None:
                self._finish(last, "cancelled", event.at)
            return
        if last.outcome == "cancelled":
            last.outcome, last.stopped_at = None, None
            last.calendar = self.calendars.get(clock.calendar or "")
            last.paused = self.state_paused[clock.id]
            if last.paused:
                last.pauses.append([event.at, None])
        if last.outcome is None:
            self._aim(last, target.plus(seconds=last.added[0], days=last.added[1]), event)

    def _edit(self, clock: Clock, event: Event) -> None:
        if event.type != "calendar_edit" or event.edited is None or event.calendar is None:
            return
        self.calendars[event.calendar] = event.edited
        last = self._last(clock)
        if last is None or last.outcome is not None or clock.calendar != event.calendar:
            return
        last.calendar = event.edited
        if last.breached_at is not None and not last.target.days:
            self._read_again(last, event)

    def _read_again(self, cycle: OracleCycle, event: Event) -> None:
        was, cycle.breached_at = cycle.breached_at, None
        open_minutes = [minute for minute in cycle.minutes if is_open(cycle.calendar, minute)]
        needed = cycle.target.amount // 60
        if len(open_minutes) >= needed and was is not None:
            reached = open_minutes[needed - 1] + 60
            if reached < event.at:
                cycle.breached_at = max(was, reached)
        if cycle.breached_at is None:
            self.runs = [run for run in self.runs if run.chain.at != "breach" or run.cycle is not cycle]
