"""The form of worked clock cases (``sla-cases/1``): a JSON document in, checked cases out.

``metric`` there is a clock here, ``chain`` an escalation, ``after_min: 10`` is ``after: 10m`` and
``trigger.on`` is ``at``.  Whatever is not in this form is refused with a ValueError that names the case and
the key, so that a slip in a case is never taken for a fault of the engine.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from typing import Any

from plugin.core.calendar import Calendar
from plugin.core.cycle import Clock, Event
from plugin.core.escalation import Escalation, Repeat, Step
from plugin.core.meters import Target
from plugin.core.timekeeping import Policy
from plugin.documents.calendar_form import (
    CALENDAR,
    Calendars,
    Years,
    calendar_of,
    calendars_of,
    named,
)
from plugin.documents.clock_expected import PARTS, Told, expected
from plugin.documents.json_part import Part, name_of, second

SCHEMA = "sla-cases/1"
MINUTE = 60
_CASE = ("id policy events now expect", "calendars downtime")
_METRIC = "kind stop restart_on pause_on calendar warn on_raise on_lower on_reopen"
_CHAIN = "levels stop_on repeat calendar pause_with_clock"
_TARGET = "minutes days count end roll"
_EVENT = "seq received_at level state metric minutes days calendar to"
_INSTANT = re.compile(r"(\d{4})-\d\d-\d\dT", re.ASCII)


@dataclass(frozen=True, slots=True)
class Case:
    """One worked case."""

    id: str
    title: str
    policy: Policy
    calendars: Calendars
    events: tuple[Event, ...]
    downtime: tuple[tuple[int, int], ...]
    """UTC seconds, ascending; the plugin runs again from the second of a pair on."""
    now: int
    zone: tzinfo
    """The offset in which its author writes ``now``."""
    expect: Told


def read_cases(document: Any) -> list[Case]:
    """The cases of a file; ValueError says which case and which key where it is not in this form."""
    file = Part(document, "the file", "cases", "schema conventions calendars")
    file.choice("schema", SCHEMA)
    years = _years(document)
    shared = calendars_of(file, years)
    return [
        _case(Part(raw, f"case {name_of(raw, number)}", *_CASE), shared, years)
        for number, raw in enumerate(file.listed("cases"), 1)
    ]


def _case(part: Part, shared: Calendars, years: Years) -> Case:
    calendars = _own(part, shared, years)
    policy = _policy(part.part("policy", "metrics", "id version levels chains"), calendars)
    return Case(
        id=part.text("id"),
        title=str(part.raw("title") or part.raw("reason") or ""),
        policy=policy,
        calendars=calendars,
        events=tuple(
            _event(event, number, policy, calendars, years)
            for number, event in enumerate(part.parts("events", "id at type", _EVENT))
        ),
        downtime=tuple(sorted(_downtime(part))),
        now=part.second("now"),
        zone=part.zone("now"),
        expect=expected(part.part("expect", "", " ".join(PARTS))),
    )


def _downtime(part: Part) -> Iterator[tuple[int, int]]:
    for pair in part.listed("downtime"):
        if not isinstance(pair, list) or len(pair) != 2:
            raise part.refuse("downtime", "a list of [start, end]")
        start, end = (second(value, part.at("downtime")) for value in pair)
        if start >= end:
            raise ValueError(f"{part.at('downtime')}: {pair[1]} is not after {pair[0]}")
        yield start, end


def _years(document: Any) -> Years:
    """The years of the document's instants, with room before the first and for what falls due last."""
    found = [int(match[1]) for text in _texts(document) if (match := _INSTANT.match(text))]
    return min(found, default=2024) - 1, max(found, default=2024) + 3


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)


def _own(case: Part, shared: Calendars, years: Years) -> Calendars:
    """The file's calendars and the case's own; a list names those of the file it uses."""
    if not isinstance(case.raw("calendars"), list):
        return {**shared, **calendars_of(case, years)}
    for name in case.texts("calendars"):
        named(shared, name, case.at("calendars"))
    return shared


# -- policies --------------------------------------------------------------------------------------


def _policy(part: Part, calendars: Calendars) -> Policy:
    levels = part.texts("levels")
    clocks = tuple(
        _clock(metric, levels, calendars) for metric in part.parts("metrics", "id start target", _METRIC)
    )
    names = tuple(clock.id for clock in clocks)
    part.once("metrics")
    part.once("chains")
    return Policy(
        levels=levels,
        clocks=clocks,
        escalations=tuple(
            _escalation(chain, names, levels, calendars)
            for chain in part.parts("chains", "id trigger steps", _CHAIN)
        ),
    )


def _clock(part: Part, levels: Sequence[str], calendars: Calendars) -> Clock:
    target = part.part("target", "", f"by_level {_TARGET}")
    calendar = part.maybe_text("calendar")
    if calendar:
        named(calendars, calendar, part.at("calendar"))
    clock = Clock(
        id=part.text("id"),
        start=part.text("start"),
        stop=frozenset(part.texts("stop")),
        kind=part.choice("kind", "once", "periodic"),
        restart_on=frozenset(part.texts("restart_on")),
        pause_on=frozenset(part.texts("pause_on")),
        calendar=calendar,
        target=None if "by_level" in target else _target(target),
        by_level=_by_level(target, levels) if "by_level" in target else None,
        warn=_percentages(part),
        on_raise=part.choice("on_raise", "restart", "restart_always", "carry", "keep"),
        on_lower=part.choice("on_lower", "carry", "keep"),
        on_reopen=part.choice("on_reopen", "ignore", "resume", "new_cycle"),
    )
    targets = [clock.target] if clock.by_level is None else list(clock.by_level.values())
    if calendar is None and any(target.days for target in targets if target):
        raise ValueError(f"{part.at('calendar')}: a target in days needs a calendar to count them on")
    return clock


def _by_level(target: Part, levels: Sequence[str]) -> dict[str, Target]:
    given = target.named("by_level")
    each = target.part("by_level", "", " ".join(levels or given))
    return {
        level: _target(each.part(level, "", "minutes days count end roll"))
        for level in given
        if level in each
    }


def _target(part: Part) -> Target:
    if ("minutes" in part) == ("days" in part):
        raise ValueError(f"{part.where}: exactly one of `minutes` and `days` is wanted here")
    return Target(
        seconds=part.whole("minutes", least=1) * MINUTE,
        days=part.whole("days", least=1),
        count=part.choice("count", "calendar", "working"),
        at_close=part.choice("end", "24:00", "close") == "close",
        roll=part.choice("roll", "none", "next_working") == "next_working",
    )


def _percentages(part: Part) -> tuple[int, ...]:
    found = part.listed("warn")
    if not all(type(percent) is int and 0 < percent <= 100 for percent in found):
        raise part.refuse("warn", "a list of percentages from 1 to 100")
    return tuple(found)


def _escalation(part: Part, clocks: Sequence[str], levels: Sequence[str], calendars: Calendars) -> Escalation:
    trigger = part.part("trigger", "on metric", "pct")
    if trigger.raw("on") == "warn" and "pct" not in trigger:
        raise trigger.refuse("pct", "the percentage of the warning")
    calendar = part.maybe_text("calendar")
    if calendar:
        named(calendars, calendar, part.at("calendar"))
    steps = tuple(
        Step(
            step.whole("after_min") * MINUTE, step.text("to"), must_send=step.flag("must_send", default=False)
        )
        for step in part.parts("steps", "after_min to", "must_send")
    )
    if not steps:
        raise part.refuse("steps", "a list of at least one step")
    return Escalation(
        id=part.text("id"),
        at=trigger.choice("on", "start", "warn", "breach"),
        clock=trigger.choice("metric", *clocks),
        percent=trigger.whole("pct", least=1),
        levels=frozenset(_known(level, levels, part, "levels") for level in part.texts("levels")),
        steps=steps,
        stop_on=frozenset(part.texts("stop_on")),
        repeat=_repeat(part.part("repeat", "every_min", "max from")) if "repeat" in part else None,
        calendar=calendar,
        pause_with_clock=part.flag("pause_with_clock", default=True),
    )


def _repeat(part: Part) -> Repeat:
    return Repeat(
        every=part.whole("every_min", least=1) * MINUTE,
        times=part.whole("max") if "max" in part else None,
        whole=part.choice("from", "last", "all") == "all",
    )


def _known(level: str, levels: Sequence[str], part: Part, key: str) -> str:
    if levels and level not in levels:
        raise part.refuse(key, f"one of the levels {', '.join(levels)}")
    return level


# -- events ----------------------------------------------------------------------------------------


def _event(part: Part, number: int, policy: Policy, calendars: Calendars, years: Years) -> Event:
    kind, metric, level = part.text("type"), part.maybe_text("metric"), part.maybe_text("level")
    if metric is not None or kind == "extend":
        part.choice("metric", *(clock.id for clock in policy.clocks))
    return Event(
        id=part.text("id"),
        at=part.second("at"),
        type=kind,
        seq=part.whole("seq", default=number),
        received_at=part.maybe_second("received_at"),
        level=None if level is None else _known(level, policy.levels, part, "level"),
        state=part.maybe_text("state"),
        clock=metric,
        seconds=part.whole("minutes") * MINUTE,
        days=part.whole("days"),
        calendar=part.maybe_text("calendar"),
        edited=_edited(part, calendars, years) if kind == "calendar_edit" else None,
    )


def _edited(part: Part, calendars: Calendars, years: Years) -> Calendar:
    named(calendars, part.text("calendar"), part.at("calendar"))
    if isinstance(part.raw("to"), Mapping):
        return calendar_of(part.text("calendar"), part.part("to", *CALENDAR), years)
    return named(calendars, part.text("to"), part.at("to"))
