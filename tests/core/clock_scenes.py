"""Random tickets for the clock engine and its oracle: policies, calendars, histories, downtimes."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, timedelta

from plugin.core.calendar import DAYS, Calendar, Component, Window
from plugin.core.cycle import Clock, Event
from plugin.core.escalation import Escalation, Repeat, Step
from plugin.core.meters import Target
from plugin.core.timekeeping import Policy

MINUTE, SLOT, DAY = 60, 1800, 86_400
LEVELS = ("IV", "III", "II", "I")
RANKS = ("0", "1", "2", "3")
KINDS = (
    *["state", "level", "reopened"] * 3,
    *["progress", "resolved", "extend", "calendar_edit"] * 2,
    *["ack", "done", "closed", "arms", "policy_edit"],
)
STARTS = {  # an ordinary week, nights around both changes of the clock, half an hour of it
    "Asia/Shanghai": (1_772_409_600, date(2026, 3, 2)),
    "Europe/Berlin": (1_774_728_000, date(2026, 3, 28)),
    "America/New_York": (1_772_928_000, date(2026, 3, 8)),
    "Australia/Lord_Howe": (1_775_307_600, date(2026, 4, 4)),
    "Africa/Casablanca": (1_773_540_000, date(2026, 3, 15)),
}
DAY_TARGETS = [
    Target(days=days, count=count, at_close=at_close, roll=roll)
    for days in (1, 2, 3, 5)
    for count in ("calendar", "working")
    for at_close in (False, True)
    for roll in (False, True)
]
ALL_DAY = Component("Asia/Shanghai", dict.fromkeys(DAYS, ((0, 1440),)))


def windows(rng: random.Random) -> tuple[Window, ...]:
    found = []
    for _ in range(rng.choice([1, 1, 2])):
        start = rng.randrange(0, 1440, 30)
        found.append((start, (start + rng.randrange(30, 900, 30)) % 1440 or 1440))
    return tuple(found)


def a_calendar(rng: random.Random, name: str, near: date = date(2026, 3, 15)) -> Calendar:
    def some_day() -> date:
        return near + timedelta(rng.randrange(-1, 8))

    sites = tuple(
        Component(
            zone,
            {day: windows(rng) for day in DAYS if rng.random() < 0.8},
            frozenset(some_day() for _ in range(rng.randrange(3))),
            {some_day(): rng.choice(DAYS) for _ in range(rng.randrange(3))},
            {some_day(): windows(rng) for _ in range(rng.randrange(2))},
        )
        for zone in rng.choices(sorted(STARTS), k=rng.choice([1, 1, 2]))
    )
    return Calendar(name, "", sites, date(2026, 12, 31), date(2026, 1, 1), date(2026, 12, 31))


class Scene:
    """One ticket: everything in it is a multiple of ``unit`` seconds."""

    def __init__(self, seed: int) -> None:
        rng = self.rng = random.Random(seed)
        self.unit = rng.choice([1, MINUTE, MINUTE, SLOT])
        begin, near = STARTS[rng.choice(sorted(STARTS))]
        # with small units near the instants at which windows open and close
        self.start = begin + SLOT * rng.randrange(48) - self.unit * rng.choice([0, rng.randrange(300)])
        self.calendars = {name: a_calendar(rng, name, near) for name in ("k0", "k1")}
        self.edits = {"k0": a_calendar(rng, "k0", near)}
        self.in_days = {name: self.unit == SLOT and rng.random() < 0.6 for name in ("c0", "c1", "c2")}
        self.policy = self.a_policy(tuple(self.a_clock(name) for name in self.in_days))
        self.now = self.start + self.unit * rng.randrange(30, 700)
        self.events = self.some_events()
        self.downtime = [self.a_downtime() for _ in range(rng.choice([0, 0, 1, 2]))]

    # -- policy ------------------------------------------------------------------------------------

    def a_policy(self, clocks: tuple[Clock, ...]) -> Policy:
        count = self.rng.randrange(5) if clocks else 0
        chains = tuple(self.a_chain(f"x{index}", self.rng.choice(clocks)) for index in range(count))
        return Policy(LEVELS, clocks, chains)

    def a_new_version(self) -> Policy:
        """Some clocks as they were, some changed, some gone."""
        clocks = []
        for clock in self.policy.clocks:
            chance = self.rng.random()
            if chance < 0.85:
                clocks.append(clock if chance < 0.4 else self.a_clock(clock.id))
        return self.a_policy(tuple(clocks))

    def a_clock(self, name: str) -> Clock:
        rng, in_days = self.rng, self.in_days[name]
        periodic, by_level, by_rank = rng.random() < 0.25, rng.random() < 0.5, rng.random() < 0.2
        calendar = rng.choice(["k0", "k1"] if in_days else [None, "k0", "k1"])
        steps = RANKS if by_rank else LEVELS
        targets = {step: self.a_target(in_days=in_days) for step in steps if rng.random() < 0.65}
        return Clock(
            id=name,
            start=rng.choice(["opened"] * 4 + ["level", "ack"]),
            stop=frozenset({"resolved", "closed"} | ({"done"} if rng.random() < 0.5 else set())),
            kind="periodic" if periodic else "once",
            restart_on=frozenset({"progress", "reopened"} if rng.random() < 0.2 else {"progress"})
            if periodic
            else frozenset(),
            pause_on=frozenset(state for state in ("pending", "hold") if rng.random() < 0.5),
            calendar=calendar,
            target=None if by_level else self.a_target(in_days=in_days),
            by_level=targets if by_level else None,
            scale="rank" if by_rank else "level",
            is_armed=rng.random() < 0.15,
            warn=tuple(sorted(rng.sample([25, 50, 75, 80, 100], rng.randrange(3)))),
            on_raise=rng.choice(["restart", "restart", "restart_always", "carry", "keep"]),
            on_lower=rng.choice(["carry", "carry", "keep"]),
            on_reopen=rng.choice(["resume", "new_cycle", "ignore"]),
        )

    def a_target(self, *, in_days: bool) -> Target:
        if in_days:
            return self.rng.choice(DAY_TARGETS)
        # divisible by every percentage at which a clock warns
        return Target(seconds=self.unit * self.rng.randrange(20, 180, 20))

    def a_chain(self, name: str, clock: Clock) -> Escalation:
        rng = self.rng
        at = rng.choice(["start", "breach", "warn"] if clock.warn else ["start", "breach"])
        every = self.unit * rng.randrange(10, 60, 5)
        return Escalation(
            id=name,
            at=at,
            clock=clock.id,
            percent=rng.choice(clock.warn) if at == "warn" else 0,
            steps=tuple(
                Step(self.unit * rng.choice([0, 5, 10, 25]), rng.choice("ab"), rng.random() < 0.3)
                for _ in range(rng.randrange(1, 4))
            ),
            stop_on=frozenset({"ack", "resolved"} if rng.random() < 0.7 else {"closed"}),
            levels=frozenset(rng.sample(LEVELS, 2)) if rng.random() < 0.2 else frozenset(),
            repeat=rng.choice([None, Repeat(every, rng.choice([0, 1, 2, None]), rng.random() < 0.4)]),
            calendar=rng.choice([None, None, "k0", "k1"]),
            pause_with_clock=rng.random() < 0.7,
        )

    # -- history -----------------------------------------------------------------------------------

    def some_events(self) -> list[Event]:
        rng = self.rng
        at = self.start
        ranks = [None, 0, 1, 2, 3]
        events = [Event("e0", at, "opened", 0, at, level=rng.choice([None, *LEVELS]), rank=rng.choice(ranks))]
        for index in range(1, rng.randrange(2, 16)):
            if rng.random() < 0.85:  # else at the instant of the one before
                at = self.start + self.unit * rng.randrange(0, 600, rng.choice([1, 5, 30]))
            event = self.an_event(f"e{index}", at, index)
            events.append(replace(event, received_at=self.receipt(at)))
        return events

    def an_event(self, name: str, at: int, seq: int) -> Event:
        rng = self.rng
        kind = rng.choice(KINDS)
        if kind == "state":
            return Event(name, at, kind, seq, state=rng.choice(["open", "pending", "hold"]))
        if kind == "level":
            level, rank = rng.choice(LEVELS), rng.choice([None, 0, 1, 2, 3])
            return Event(name, at, kind, seq, level=None if rank and rng.random() < 0.3 else level, rank=rank)
        if kind == "reopened":
            return Event(name, at, kind, seq, state=rng.choice([None, None, "pending"]))
        if kind == "calendar_edit":
            return Event(name, at, kind, seq, calendar="k0", edited=self.edits["k0"])
        if kind == "arms":
            return Event(name, at, kind, seq, clock=rng.choice(list(self.in_days)))
        if kind == "policy_edit":
            return Event(name, at, kind, seq, policy=self.a_new_version())
        if kind == "extend":
            return self.an_extension(name, at, seq)
        return Event(name, at, kind, seq)

    def an_extension(self, name: str, at: int, seq: int) -> Event:
        clock = self.rng.choice(list(self.in_days))
        if self.in_days[clock]:
            return Event(name, at, "extend", seq, clock=clock, days=self.rng.randrange(1, 4))
        seconds = self.unit * self.rng.randrange(20, 100, 20)
        return Event(name, at, "extend", seq, clock=clock, seconds=seconds)

    def receipt(self, at: int) -> int:
        """Mostly at once, sometimes late, sometimes before its own time."""
        chance = self.rng.random()
        if chance < 0.2:
            return at + self.unit * self.rng.randrange(1, 120)
        if chance < 0.3:
            ahead = {1: [1, 119, 120, 121, 300], MINUTE: [60, 120, 180, 600], SLOT: [SLOT, 2 * SLOT]}
            return max(self.start, at - self.rng.choice(ahead[self.unit]))
        return at

    def a_downtime(self) -> tuple[int, int]:
        start = self.start + self.unit * self.rng.randrange(500)
        return start, start + self.unit * self.rng.randrange(1, 200)
