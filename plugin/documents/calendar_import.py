"""A notice brought into a calendar: what would change, until when it is then known, and the new text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from plugin.core.calendar import Component
from plugin.core.notices import Revision, covered_by, revise, usual_weekday
from plugin.documents.calendar_edit import NewEntry, new_lines, revised_text
from plugin.documents.calendars import CalendarFile, Site
from plugin.documents.notice_days import Notice
from plugin.errors import NoticeRefused


class Asked(NamedTuple):
    """What the person says beside the notice; None where nothing is said."""

    site: str | None = None
    like: str | None = None
    """The weekday whose hours make-up days have"""
    covered: date | None = None
    sources: tuple[str, ...] = ()
    whole: bool = False
    """The notice is the whole of its year: what it does not name goes"""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A notice ready to be written, or only looked at."""

    site: Site
    notice: Notice
    revision: Revision
    like: str | None
    """None where no weekday can be told and none is needed"""
    covered: date
    lines: Mapping[str, Sequence[NewEntry]]
    text: str
    """The calendar file as it would be; it has been read again and is what the revision says"""


def next_year(file: CalendarFile) -> int:
    """The first year of which the calendar does not know everything."""
    return (file.calendar.covered_through + timedelta(1)).year


def prepare(text: str, file: CalendarFile, notice: Notice, asked: Asked, fallback: str) -> Prepared:
    """The notice worked into a calendar file with this text; raises ``NoticeRefused``.

    ``fallback`` is the name of holidays to which the notice gives none.
    """
    site = _site(file, asked.site)
    like = _like(site.component, notice, asked.like)
    covered = _covered(site.component, file.calendar.covered_through, notice, asked.covered)
    revision = revise(site.component, notice.days, like or "", year=notice.year, whole=asked.whole)
    names = {each.day: each.name for each in notice.days if each.name}
    lines = new_lines(revision, names, fallback)
    papers = (*notice.papers, *asked.sources) if revision.changes else asked.sources
    new = revised_text(
        text, file.calendar.id, site.id, revision, lines, covered=covered, papers=tuple(dict.fromkeys(papers))
    )
    if new is None:
        raise NoticeRefused("layout", lines=tuple(_by_hand(lines)))
    return Prepared(site, notice, revision, like, covered, lines, new)


def _site(file: CalendarFile, wanted: str | None) -> Site:
    ids = tuple(site.id for site in file.sites if site.id is not None)
    if not ids or (wanted is None and len(ids) == 1):
        return file.sites[0]
    if wanted not in ids:
        raise NoticeRefused("which-site", given=wanted or "", choices=ids)
    return next(site for site in file.sites if site.id == wanted)


def _like(site: Component, notice: Notice, wanted: str | None) -> str | None:
    """The weekday asked for, else the usual one; a notice without make-up days needs none."""
    open_days = tuple(site.weekly)
    if wanted is not None and wanted not in open_days:
        raise NoticeRefused("closed-weekday", given=wanted, choices=open_days)
    like = wanted or usual_weekday(site)
    if like is None and any(not each.is_off for each in notice.days):
        raise NoticeRefused("which-weekday", choices=open_days)
    return like


def _covered(site: Component, known: date, notice: Notice, wanted: date | None) -> date:
    if wanted is not None:
        last = max([known, *(each.day for each in notice.days)])
        if wanted < last:
            raise NoticeRefused("covered-too-early", given=str(wanted), last=str(last))
        return wanted
    if known < date(notice.year - 1, 12, 31):
        raise NoticeRefused("gap", year=notice.year, known=str(known))
    return covered_by(site, notice.days, notice.year, known)


def _by_hand(lines: Mapping[str, Sequence[NewEntry]]) -> list[str]:
    return [f"{section}: {entry.key}: {entry.value}" for section in lines for entry in lines[section]]
