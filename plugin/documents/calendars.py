"""A calendar file: when people work, at one site or several, and until when that is known."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256
from typing import Any

from plugin.core.calendar import DAYS, Calendar, Component, Window
from plugin.core.label import Label
from plugin.core.place import Place
from plugin.documents import reader, zones
from plugin.documents.calendar_days import Entry, by_day, day_of, entries
from plugin.documents.calendar_keys import CALENDAR, OVERRIDE, PER_SITE, SITE, WORKDAY
from plugin.documents.desks import own_name, version
from plugin.documents.hours import goes_on_until, shifts, weekly, windows
from plugin.documents.problems import Problems
from plugin.documents.reader import Ids, block
from plugin.documents.source import Node

OLDEST = 2020
"""Year a calendar is counted from at the latest: tickets older than its first named date still have hours."""
YEARS_AHEAD = 5
"""Years counted behind the last known date: legal limits and simulations reach over the end of a notice."""
_ONE_DAY = timedelta(1)


@dataclass(frozen=True, slots=True)
class Site:
    """One site of a calendar file."""

    id: str | None
    """None in the short form, which has one site"""
    component: Component
    names: Mapping[date, str]
    """What holidays, make-up days and overrides are called, where the file says so"""


@dataclass(frozen=True, slots=True)
class CalendarFile:
    """A calendar with what people read of it."""

    calendar: Calendar
    title: Label
    sites: tuple[Site, ...]
    source: tuple[str, ...]
    covered_at: Place
    """Where ``covered_through`` stands"""


def build_calendar(name: str, node: Node, problems: Problems) -> Calendar | None:
    """The calendar file ``name`` as the clocks count on it; None where an error keeps it from being used."""
    built = build_calendar_file(name, node, problems)
    return None if built is None else built.calendar


def build_calendar_file(name: str, node: Node, problems: Problems) -> CalendarFile | None:
    """The calendar file ``name`` with its titles and names; None where an error keeps it from being used."""
    before = problems.errors
    if not block(node, CALENDAR, problems, "calendar"):
        return None
    version(node, problems)
    own_name(node, "calendar", name, problems)
    title = reader.label(node.get("name"), problems) or Label(name, name)
    source = reader.listing(node.get("source"), reader.text, problems, or_one=True)
    sites = _sites(node, problems)
    covered = day_of(node.get("covered_through"), problems)
    if covered is None or not sites or problems.errors > before:
        return None
    _check_covered(node, covered, sites, problems)
    if problems.errors > before:
        return None
    calendar = compiled(name, tuple(site.component for site in sites), covered)
    return CalendarFile(calendar, title, sites, source, node.by_key["covered_through"].place)


def compiled(name: str, components: tuple[Component, ...], covered: date) -> Calendar:
    """A calendar that counts from well before its first named date to years behind its last."""
    named = [day for part in components for day in _named(part)]
    first = min([OLDEST, *(day.year - 1 for day in named)])
    last = max([covered, *named]).year + YEARS_AHEAD
    content = _content(components, covered)
    return Calendar(name, content, components, covered, date(first, 1, 1), date(last, 12, 31))


def _content(components: Iterable[Component], covered: date) -> str:
    """The version: the digest of everything that moves an instant, the time zone tables included."""
    sites = [
        {
            "zone": part.zone,
            "weekly": {day: part.weekly[day] for day in DAYS if part.weekly.get(day)},
            "holidays": sorted(map(str, part.holidays)),
            "workdays": {str(day): like for day, like in part.workdays.items()},
            "overrides": {str(day): hours for day, hours in part.overrides.items()},
        }
        for part in components
    ]
    said: dict[str, Any] = {"zones": zones.EDITION, "covered_through": str(covered), "sites": sites}
    return sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


# -- sites -----------------------------------------------------------------------------------------


def _sites(node: Node, problems: Problems) -> tuple[Site, ...]:
    listed = node.get("sites")
    if listed is None:
        one = _site(node, None, problems)
        return () if one is None else (one,)
    for key in PER_SITE:
        if node.get(key) is not None:
            problems.add("sites-or-zone", node.key_place(key), given=key)
    if listed.kind == "list" and not listed.items:
        problems.add("never-open", listed)
    ids = Ids("site")

    def read(item: Node, problems: Problems) -> Site | None:
        if not block(item, SITE, problems, "sites"):
            return None
        return _site(item, ids.add(item.get("id"), problems), problems)

    return reader.listing(listed, read, problems)


def _site(node: Node, name: str | None, problems: Problems) -> Site | None:
    before = problems.errors
    for key in ("zone", "weekly"):
        if node.get(key) is None:
            problems.add("missing-key", node.key_at or node.place, given=key, where="calendar")
    zone = zones.zone(node.get("zone"), problems)
    week = weekly(node.get("weekly"), problems)
    hours = {day: windows(week[day]) for day in DAYS if week.get(day)}
    written = node.get("weekly")
    if written is not None and written.kind == "map" and not hours and problems.errors == before:
        problems.add("never-open", written)
    reading = _Dates(node, hours, problems)
    if zone is None or not hours or problems.errors > before:  # without hours, that was told before
        return None
    component = Component(zone, hours, frozenset(reading.holidays), reading.workdays, reading.overrides)
    _check_dates(component, reading, problems)
    return Site(name, component, reading.names)


class _Dates:
    """The dates a site names, each with the line it stands on."""

    def __init__(self, node: Node, hours: Mapping[str, tuple[Window, ...]], problems: Problems) -> None:
        self._hours = hours
        self._problems = problems
        self.names: dict[date, str] = {}
        self.lines: dict[str, dict[date, Entry]] = {"holiday": {}, "workday": {}, "override": {}}
        self.holidays = by_day(self._holiday, self._entries(node, "holidays", "holiday"))
        self.workdays = by_day(self._workday, self._entries(node, "workdays", "workday"))
        self.overrides = by_day(self._override, self._entries(node, "overrides", "override"))

    def _entries(self, node: Node, key: str, what: str) -> Iterator[Entry]:
        for entry in entries(node.get(key), what, self._problems):
            self.lines[what] |= dict.fromkeys(entry.days, entry)
            yield entry

    def _holiday(self, entry: Entry) -> str | None:
        return self._named(entry, reader.text(entry.value, self._problems))

    def _workday(self, entry: Entry) -> str | None:
        node, problems = entry.value, self._problems
        like = node
        if node.kind == "map":
            block(node, WORKDAY, problems, "workdays")
            self._named(entry, reader.text(node.get("name"), problems))
            like = node.by_key.get("like", node)
        if like.kind == "map":
            return None
        day = reader.word(like, DAYS, problems, "weekday")
        if day is not None and self._hours and day not in self._hours:
            problems.add("day-without-hours", like, weekday=day, given=day, choices=tuple(self._hours))
        return day

    def _override(self, entry: Entry) -> tuple[Window, ...] | None:
        node = entry.value
        if node.kind == "map":
            block(node, OVERRIDE, self._problems, "overrides")
            self._named(entry, reader.text(node.get("name"), self._problems))
            return windows(shifts(node.get("hours"), self._problems))
        return windows(shifts(node, self._problems))

    def _named(self, entry: Entry, name: str | None) -> str | None:
        if name is not None:
            self.names |= dict.fromkeys(entry.days, name)
        return name


# -- what the dates of a file say together ---------------------------------------------------------


def _check_dates(site: Component, reading: _Dates, problems: Problems) -> None:
    holidays, workdays = reading.lines["holiday"], reading.lines["workday"]
    for day in sorted(workdays.keys() & holidays.keys()):
        line = holidays[day].at.place.line
        problems.add("holiday-and-workday", workdays[day].at, given=str(day), line=line)
    for day in sorted(workdays.keys() - holidays.keys()):
        weekday = DAYS[day.weekday()]
        if site.weekly.get(weekday) == site.weekly[site.workdays[day]]:
            problems.warn("already-working", workdays[day].at, given=str(day), weekday=weekday)
    _check_nights(site, workdays | reading.lines["override"], problems)
    for year in sorted({day.year for day in site.holidays}):
        if not _is_ever_open(site, year):
            first = min(day for day in site.holidays if day.year == year)
            problems.add("never-open", holidays[first].at)


def _is_ever_open(site: Component, year: int) -> bool:
    begin = date(year, 1, 1)
    return any(site.windows(begin + n * _ONE_DAY) for n in range(365))


def _check_nights(site: Component, special: Mapping[date, Entry], problems: Problems) -> None:
    """A make-up day or override may begin while the night before is still open: counted once, but told."""
    for day, entry in special.items():
        for one, two in ((day - _ONE_DAY, day), (day, day + _ONE_DAY)):
            over = goes_on_until(site.windows(one))
            for start, _ in site.windows(two):
                if start < over:
                    problems.warn("night-goes-on", entry.at, given=str(two), other=str(one))


def _check_covered(node: Node, covered: date, sites: Iterable[Site], problems: Problems) -> None:
    at = node.by_key["covered_through"]
    last = max((day for site in sites for day in _named(site.component)), default=covered)
    if covered < last:
        problems.add("covered-too-early", at, given=str(covered), last=str(last))


def _named(part: Component) -> Iterable[date]:
    return (*part.holidays, *part.workdays, *part.overrides)
