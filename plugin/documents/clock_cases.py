"""Worked clock cases: a file of calendars, events and expected clocks, run through the real engine.

The engine's own form is JSON; ``metric`` there is a clock here, ``chain`` an escalation, ``after_min: 10``
is ``after: 10m`` and ``trigger.on`` is ``at``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

from plugin.core.calendar import Calendar, Component, Window
from plugin.core.cycle import Clock, Cycle, Event
from plugin.core.escalation import Escalation, Repeat, Step
from plugin.core.instants import minutes_of_day
from plugin.core.meters import Target
from plugin.core.timekeeping import LedgerRow, Policy, evaluate, plan
from plugin.documents.calendars import compiled

MINUTE = 60
PARTS = ("clocks", "fired", "coalesced", "moot", "corrections")
JSON = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Case:
    """One worked case."""

    id: str
    title: str
    policy: Policy
    calendars: Mapping[str, Calendar]
    events: tuple[Event, ...]
    downtime: tuple[tuple[int, int], ...]
    now: int
    expect: JSON


def read_cases(document: JSON) -> list[Case]:
    """The cases of a file; KeyError or ValueError where it is not in this form."""
    calendars = {name: _calendar(name, spec) for name, spec in document["calendars"].items()}
    return [_case(raw, calendars) for raw in document["cases"]]


def _case(raw: JSON, shared: Mapping[str, Calendar]) -> Case:
    own = raw["calendars"]
    calendars = {name: shared[name] for name in own} if isinstance(own, list) else _calendars(own)
    return Case(
        id=raw["id"],
        title=raw.get("title", ""),
        policy=_policy(raw["policy"]),
        calendars=calendars,
        events=tuple(_event(event, seq, {**shared, **calendars}) for seq, event in enumerate(raw["events"])),
        downtime=tuple((_second(start), _second(end)) for start, end in raw.get("downtime", ())),
        now=_second(raw["now"]),
        expect=raw.get("expect", {}),
    )


def _calendars(specs: JSON) -> dict[str, Calendar]:
    return {name: _calendar(name, spec) for name, spec in specs.items()}


def _second(iso: str) -> int:
    return int(datetime.fromisoformat(iso).timestamp())


def _windows(pairs: Sequence[Sequence[str]]) -> tuple[Window, ...]:
    return tuple((_minutes(start), _minutes(end)) for start, end in pairs)


def _minutes(text: str) -> int:
    minutes = minutes_of_day(text)
    if minutes is None:
        raise ValueError(text)
    return minutes


def _calendar(name: str, spec: JSON) -> Calendar:
    components = tuple(_component(part) for part in spec["components"])
    return compiled(name, components, date.fromisoformat(spec.get("covered_through", "2030-12-31")))


def _component(spec: JSON) -> Component:
    return Component(
        zone=spec["tz"],
        weekly={day: _windows(pairs) for day, pairs in spec["weekly"].items()},
        holidays=frozenset(date.fromisoformat(day) for day in spec.get("holidays", ())),
        workdays={date.fromisoformat(day): like for day, like in spec.get("workdays", {}).items()},
        overrides={date.fromisoformat(day): _windows(w) for day, w in spec.get("overrides", {}).items()},
    )


def _policy(spec: JSON) -> Policy:
    return Policy(
        levels=tuple(spec.get("levels", ())),
        clocks=tuple(_clock(metric) for metric in spec["metrics"]),
        escalations=tuple(_escalation(chain) for chain in spec.get("chains", ())),
    )


def _clock(spec: JSON) -> Clock:
    by_level = spec["target"].get("by_level")
    given = {
        key: spec[key] for key in ("kind", "calendar", "on_raise", "on_lower", "on_reopen") if key in spec
    }
    return Clock(
        id=spec["id"],
        start=spec["start"],
        stop=frozenset(spec.get("stop", ())),
        restart_on=frozenset(spec.get("restart_on", ())),
        pause_on=frozenset(spec.get("pause_on", ())),
        target=None if by_level else _target(spec["target"]),
        by_level={level: _target(target) for level, target in by_level.items()} if by_level else None,
        warn=tuple(spec.get("warn", ())),
        **given,
    )


def _target(spec: JSON) -> Target:
    return Target(
        seconds=spec.get("minutes", 0) * MINUTE,
        days=spec.get("days", 0),
        count=spec.get("count", "calendar"),
        at_close=spec.get("end") == "close",
        roll=spec.get("roll") == "next_working",
    )


def _escalation(spec: JSON) -> Escalation:
    trigger, repeat = spec["trigger"], spec.get("repeat")
    return Escalation(
        id=spec["id"],
        at=trigger["on"],
        clock=trigger["metric"],
        percent=trigger.get("pct", 0),
        levels=frozenset(spec.get("levels") or ()),
        steps=tuple(
            Step(step["after_min"] * MINUTE, step["to"], step.get("must_send", False))
            for step in spec["steps"]
        ),
        stop_on=frozenset(spec.get("stop_on", ())),
        repeat=repeat
        and Repeat(repeat["every_min"] * MINUTE, repeat.get("max"), repeat.get("from") == "all"),
        calendar=spec.get("calendar"),
        pause_with_clock=spec.get("pause_with_clock", True),
    )


def _event(spec: JSON, seq: int, calendars: Mapping[str, Calendar]) -> Event:
    received = spec.get("received_at")
    return Event(
        id=spec["id"],
        at=_second(spec["at"]),
        type=spec["type"],
        seq=spec.get("seq", seq),
        received_at=None if received is None else _second(received),
        level=spec.get("level"),
        state=spec.get("state"),
        clock=spec.get("metric"),
        seconds=spec.get("minutes", 0) * MINUTE,
        days=spec.get("days", 0),
        calendar=spec.get("calendar"),
        edited=calendars[spec["to"]] if "to" in spec else None,
    )


# -- running a case --------------------------------------------------------------------------------


def run(case: Case) -> JSON:
    """Sweep on whole minutes outside the downtimes, as the running plugin would, and tell what came of it."""
    ledger: dict[str, LedgerRow] = {}
    events = [_received(event, case.downtime) for event in case.events]
    for now in _sweeps(case, events):
        evaluation = evaluate(case.policy, case.calendars, events, now)
        sends = plan(evaluation, ledger, now)
        ledger |= {row.key: row for row in sends.rows}
        ledger |= {key: replace(ledger[key], corrected_at=now) for key in sends.corrections}
    return _told(case, events, ledger)


def _received(event: Event, downtime: Sequence[tuple[int, int]]) -> Event:
    received = event.at if event.received_at is None else event.received_at
    for start, end in downtime:
        if start <= received < end:
            received = end
    return replace(event, received_at=received)


def _sweeps(case: Case, events: Sequence[Event]) -> Iterator[int]:
    """Only the minutes at which anything can have changed: an event seen, or the engine's next instant."""
    seen = {event.received_at or event.at for event in events} | {end for _, end in case.downtime}
    pending = sorted({_up(at, case) for at in seen})
    now = pending[0] if pending else case.now
    while now <= case.now:
        yield now
        coming = evaluate(case.policy, case.calendars, events, now).next_at
        nexts = [at for at in pending if at > now]
        if coming is not None:
            nexts.append(_up(coming, case))
        now = min((at for at in nexts if at > now), default=case.now + 1)


def _up(at: int, case: Case) -> int:
    """The first sweep at or after an instant."""
    minute = -(-at // MINUTE) * MINUTE
    for start, end in case.downtime:
        if start <= minute < end:
            minute = -(-end // MINUTE) * MINUTE
    return minute


def _told(case: Case, events: Sequence[Event], ledger: Mapping[str, LedgerRow]) -> JSON:
    evaluation = evaluate(case.policy, case.calendars, events, case.now)
    rows = ledger.values()
    return {
        "clocks": [_cycle(cycle, case.now) for cycle in evaluation.cycles],
        "fired": [[row.key, row.due_at, row.decided_at] for row in rows if row.how == "fired"],
        "coalesced": [row.key for row in rows if row.how == "coalesced"],
        "moot": [row.key for row in rows if row.how == "moot"],
        "corrections": [[row.key, row.corrected_at] for row in rows if row.corrected_at is not None],
    }


def _cycle(cycle: Cycle, now: int) -> JSON:
    elapsed = cycle.elapsed(now)
    return {
        "metric": cycle.clock.id,
        "cycle": cycle.id,
        "state": cycle.state,
        "outcome": cycle.outcome,
        "due_at": cycle.due_at(),
        "breached_at": cycle.breached_at,
        "stopped_at": cycle.ended[-1] if cycle.is_done else None,
        "elapsed": elapsed if cycle.target.days else elapsed // MINUTE,
        "pauses": [list(pause) for pause in cycle.pauses],
    }


def difference(case: Case) -> str | None:
    """The first thing in which the engine disagrees with the case; None when there is nothing."""
    got, wanted = run(case), _expected(case.expect)
    for part in PARTS:
        have, want = _sorted(got[part]), _sorted(wanted[part])
        if have != want:
            return f"{part}: {_first_difference(have, want)}"
    return None


def _expected(expect: JSON) -> JSON:
    return {part: _instants(value) for part, value in {**{part: [] for part in PARTS}, **expect}.items()}


def _instants(value: Any) -> Any:
    """Every ISO instant of a tree as UTC seconds."""
    if isinstance(value, list):
        return [_instants(item) for item in value]
    if isinstance(value, dict):
        return {key: _instants(item) for key, item in value.items()}
    if isinstance(value, str) and len(value) >= 20 and value[4] == "-" and "T" in value:
        return _second(value)
    return value


def _sorted(items: list[Any]) -> list[Any]:
    return sorted(items, key=str)


def _first_difference(have: list[Any], want: list[Any]) -> str:
    for got, wanted in zip(have, want, strict=False):
        if got != wanted:
            return f"expected {_readable(wanted)}, got {_readable(got)}"
    longer, word = (want, "missing") if len(want) > len(have) else (have, "unexpected")
    return f"{word} {_readable(longer[min(len(have), len(want))])}"


def _readable(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _readable(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_readable(item) for item in value]
    if isinstance(value, int) and value > 10**8:
        return datetime.fromtimestamp(value, UTC).isoformat()
    return value
