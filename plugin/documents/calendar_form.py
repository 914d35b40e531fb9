"""Calendars in worked clock cases: sites with their hours, holidays, make-up days and overrides."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from plugin.core.calendar import DAYS, Calendar, Component, Window
from plugin.core.instants import minutes_of_day
from plugin.documents.json_part import Part, day

Calendars = Mapping[str, Calendar]
Years = tuple[int, int]
"""The first and the last year to compile."""

CALENDAR = ("components", "id version covered_through published_at")
"""Keys a calendar must and may have."""


def calendars_of(part: Part, years: Years) -> dict[str, Calendar]:
    """The calendars under the key ``calendars``, by name; ValueError where one is not in this form."""
    return {
        name: calendar_of(name, Part(spec, f"{part.at('calendars')} {name}", *CALENDAR), years)
        for name, spec in part.named("calendars").items()
    }


def named(calendars: Calendars, name: str, where: str) -> Calendar:
    """The calendar of this name; ValueError, saying where it is used, if there is none."""
    if name not in calendars:
        raise ValueError(
            f"{where}: no calendar `{name}`; there are: {', '.join(sorted(calendars)) or 'none'}"
        )
    return calendars[name]


def calendar_of(name: str, part: Part, years: Years) -> Calendar:
    """One calendar; ValueError where it is not in this form."""
    first, last = date(years[0], 1, 1), date(years[1], 12, 31)
    covered = part.raw("covered_through")
    sites = tuple(
        _component(site) for site in part.parts("components", "tz weekly", "holidays workdays overrides")
    )
    if not sites:
        raise part.refuse("components", "a list of at least one site")
    vouched = last if covered is None else day(covered, part.at("covered_through"))
    return Calendar(name, part.maybe_text("version") or "", sites, vouched, first, last)


def _component(part: Part) -> Component:
    weekly = part.part("weekly", "", " ".join(DAYS))
    workdays, overrides = part.named("workdays"), part.named("overrides")
    if not all(like in DAYS for like in workdays.values()):
        raise part.refuse("workdays", f"for each date one of {', '.join(DAYS)}")
    return Component(
        zone=_zone(part),
        weekly={name: _windows(weekly.raw(name), weekly.at(name)) for name in DAYS if name in weekly},
        holidays=frozenset(day(text, part.at("holidays")) for text in part.listed("holidays")),
        workdays={day(text, part.at("workdays")): like for text, like in workdays.items()},
        overrides={
            day(text, part.at("overrides")): _windows(pairs, part.at("overrides"))
            for text, pairs in overrides.items()
        },
    )


def _zone(part: Part) -> str:
    name = part.text("tz")
    try:
        return ZoneInfo(name).key
    except (ValueError, OSError, KeyError):
        raise part.refuse("tz", "the name of a time zone, as in Asia/Shanghai") from None


def _windows(pairs: Any, where: str) -> tuple[Window, ...]:
    wanted = f'{where}: a list of windows, as in [["09:00", "18:00"]], is wanted here, not {pairs!r:.60}'
    if not isinstance(pairs, list) or not all(isinstance(pair, list) and len(pair) == 2 for pair in pairs):
        raise ValueError(wanted)
    times = [[minutes_of_day(str(time)) for time in pair] for pair in pairs]
    found = [(start, end) for start, end in times if start is not None and end is not None]
    if len(found) != len(pairs) or any(max(window) > 1440 for window in found):
        raise ValueError(wanted)
    return tuple(found)
