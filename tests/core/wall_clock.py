"""Calendars by their definition: an instant is open when the local wall clock reads a time in a window."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from plugin.core.calendar import DAYS, Calendar, Component, Window

SLOT = 1800
"""Windows and offsets of the calendars under test are multiples of half an hour."""


def hours(site: Component, day: date) -> tuple[Window, ...]:
    """The windows of a date at one site."""
    if (own := site.overrides.get(day)) is not None:
        return own
    like = site.workdays.get(day)
    if like is None and day in site.holidays:
        return ()
    return site.weekly.get(like or DAYS[day.weekday()], ())


def is_working(calendar: Calendar, day: date) -> bool:
    """Whether any site is open on a date."""
    return any(hours(site, day) for site in calendar.components)


@cache
def is_open(calendar: Calendar | None, at: int) -> bool:
    """Whether the local reading of an instant lies in a window of any site."""
    return calendar is None or bool(opening_dates(calendar, at // SLOT * SLOT))


@cache
def opening_dates(calendar: Calendar, at: int) -> frozenset[date]:
    """The dates whose windows hold this instant."""
    found = set()
    for site in calendar.components:
        local = datetime.fromtimestamp(at, ZoneInfo(site.zone))
        for back in (0, 1):
            day = local.date() - timedelta(days=back)
            minute = local.hour * 60 + local.minute + back * 1440
            if any(start <= minute < (end if end > start else end + 1440) for start, end in hours(site, day)):
                found.add(day)
    return frozenset(found)


@cache
def last_close(calendar: Calendar, day: date) -> int | None:
    """When the last window of a date closes; None where the wall clock skips all of them."""
    noon = int(datetime(day.year, day.month, day.day, 12, tzinfo=calendar.zone).timestamp())
    around = range(noon - 40 * 3600, noon + 60 * 3600, SLOT)
    found = [slot for slot in around if day in opening_dates(calendar, slot)]
    return max(found) + SLOT if found else None


@cache
def dates_ending(calendar: Calendar, at: int, *, at_close: bool) -> tuple[date, ...]:
    """The local dates that end just at an instant."""
    before = datetime.fromtimestamp(at - 1, calendar.zone).date()
    midnight = [before] if datetime.fromtimestamp(at, calendar.zone).date() != before else []
    if not at_close:
        return tuple(midnight)
    closing = [day for day in opening_dates(calendar, at - SLOT) if last_close(calendar, day) == at]
    return tuple(sorted({*closing, *(day for day in midnight if last_close(calendar, day) is None)}))
