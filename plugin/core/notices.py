"""What a notice of holidays changes in a calendar, day by day.

A notice names days off and make-up working days. It may reach into the December before (a notice can move a
day of the old year), and it need not name weekends that only lie beside a holiday.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal, NamedTuple

from plugin.core.calendar import DAYS, Component

Kind = Literal["working", "rest", "holiday", "make-up", "override"]
"""What a date is at one site: ``rest`` is closed by the weekly hours, ``override`` has hours of its own."""

_ONE_DAY = timedelta(1)
_SATURDAY = 5
_WEEKEND = (_SATURDAY, 6)


class NoticeDay(NamedTuple):
    """A day a notice names, as off or as a make-up working day."""

    day: date
    is_off: bool
    name: str | None
    """None where the notice gives no name"""
    line: int
    """Where it stands in the notice, from 1"""


class DayChange(NamedTuple):
    """A day that becomes something else."""

    day: date
    now: Kind
    then: Kind
    name: str | None
    opens: bool | None
    """True: it becomes a day with hours, False: it loses them, None: neither"""


@dataclass(frozen=True, slots=True)
class Revision:
    """A site before and after a notice."""

    before: Component
    after: Component
    changes: tuple[DayChange, ...]
    unlisted: tuple[date, ...]
    """Named in the calendar in the notice's year, but not in the notice: they stay"""
    open_beside: tuple[date, ...]
    """Weekend days beside a holiday that the notice does not name and that have hours here"""
    overridden: tuple[date, ...]
    """Days of the notice that have hours of their own in the calendar, which go before it"""


def kind(site: Component, day: date) -> Kind:
    """What a date is at a site."""
    if day in site.overrides:
        return "override"
    if day in site.workdays:
        return "make-up"
    if day in site.holidays:
        return "holiday"
    return "working" if site.weekly.get(DAYS[day.weekday()]) else "rest"


def usual_weekday(site: Component) -> str | None:
    """The first of the weekdays whose hours most of the open ones have; None where no hours have a majority.

    A notice does not say which weekday's hours a make-up day has; where the weekdays are alike it makes no
    difference.
    """
    hours = Counter(site.weekly[day] for day in DAYS if site.weekly.get(day))
    if not hours:
        return None
    usual, count = hours.most_common(1)[0]
    if 2 * count <= hours.total():
        return None
    return next(day for day in DAYS if site.weekly.get(day) == usual)


def revise(
    site: Component, notice: Iterable[NoticeDay], like: str, *, year: int, whole: bool = False
) -> Revision:
    """The site as a notice has it.

    ``like`` is the weekday whose hours new make-up days have. Dates of ``year`` that the calendar names and
    the notice does not stay, unless the notice is the ``whole`` of that year.
    """
    days = {each.day: each for each in notice}
    named = {day for day in {*site.holidays, *site.workdays} if day.year == year}
    gone = named - days.keys() if whole else set()
    after = _with(site, days.values(), like, gone)
    touched = sorted({*days, *gone})
    changes = (_change(site, after, day, days.get(day)) for day in touched)
    return Revision(
        before=site,
        after=after,
        changes=tuple(change for change in changes if change is not None),
        unlisted=tuple(sorted(named - days.keys() - gone)),
        open_beside=tuple(_open_beside(after, days)),
        overridden=tuple(day for day in sorted(days) if day in site.overrides),
    )


def _with(site: Component, notice: Iterable[NoticeDay], like: str, gone: set[date]) -> Component:
    holidays = set(site.holidays) - gone
    workdays = {day: hours for day, hours in site.workdays.items() if day not in gone}
    for each in notice:
        if each.is_off:
            holidays.add(each.day)
            workdays.pop(each.day, None)
        else:
            holidays.discard(each.day)
            if site.weekly.get(DAYS[each.day.weekday()]) != site.weekly.get(like):
                workdays.setdefault(each.day, like)
    return replace(site, holidays=frozenset(holidays), workdays=workdays)


def _change(before: Component, after: Component, day: date, said: NoticeDay | None) -> DayChange | None:
    one, two = kind(_bare(before), day), kind(_bare(after), day)
    if one == two:
        return None
    was, becomes = bool(before.windows(day)), bool(after.windows(day))
    return DayChange(day, one, two, said.name if said else None, None if was == becomes else becomes)


def _bare(site: Component) -> Component:
    """Without overrides, under which a notice changes a day all the same."""
    return replace(site, overrides={})


def _open_beside(site: Component, days: Mapping[date, NoticeDay]) -> Iterable[date]:
    off = {day for day, each in days.items() if each.is_off}
    beside = {day + step for day in off for step in (-_ONE_DAY, _ONE_DAY)}
    beside = {day for day in beside - days.keys() if day.weekday() in _WEEKEND}
    beside |= {day + (_ONE_DAY if day.weekday() == _SATURDAY else -_ONE_DAY) for day in beside}
    return sorted(day for day in beside - days.keys() if kind(site, day) == "working")


def covered_by(site: Component, notice: Iterable[NoticeDay], year: int, covered: date) -> date:
    """Until when the calendar is known with this notice: to the end of its year, if it has the whole of it.

    A notice that names less than half the days off of the year before is a part: it is known to its last day.
    """
    days = tuple(notice)
    off = sum(each.is_off and each.day.year == year for each in days)
    before = sum(day.year == year - 1 for day in site.holidays)
    end = date(year, 12, 31) if 2 * off >= before else covered
    return max([covered, end, *(each.day for each in days)])
