"""What is read from a notice, whatever its form: days, what was left out, and what contradicts itself."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Literal, NamedTuple

from plugin.core.calendar import DAYS
from plugin.core.notices import NoticeDay
from plugin.core.place import Place
from plugin.documents.problems import Problems, Spot
from plugin.documents.written_dates import Resolver, WrittenSpan

Why = Literal["nothing-said", "only-encouraged", "not-all-day", "observance", "no-day-off", "other-year"]
"""Why something with a date is no day of the notice; the words for it are the command's."""


LONGEST_NAME = 80


def _printable(text: str, most: int) -> str:
    """On one line, without characters a terminal would obey."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:most]


class LeftOut(NamedTuple):
    """A line or event that was read and says nothing of days off."""

    line: int
    text: str
    why: Why


class Notice(NamedTuple):
    """A notice, read."""

    year: int
    """The year it is for"""
    days: tuple[NoticeDay, ...]
    left_out: tuple[LeftOut, ...] = ()
    papers: tuple[str, ...] = ()
    """Where it says its dates come from"""


def is_of(day: date, year: int) -> bool:
    """Whether a notice for this year may name the day: next year's can still move one of December."""
    return day.year == year or (day.year == year - 1 and day.month == 12)


class NoticeDays:
    """Collects the days of one file; the same day off and working is a problem."""

    def __init__(self, file: str, problems: Problems) -> None:
        self.file = file
        self.problems = problems
        self.left_out: list[LeftOut] = []
        self._days: dict[date, NoticeDay] = {}

    def add(self, days: Iterable[date], is_off: bool, name: str | None, at: Spot) -> None:
        """These days are off, or working."""
        line, name = at.place.line, _printable(name or "", LONGEST_NAME) or None
        for day in days:
            known = self._days.setdefault(day, NoticeDay(day, is_off, name, line))
            if known.is_off != is_off:
                self.problems.add("both-ways", at, given=str(day), line=known.line)

    def leave_out(self, line: int, text: str, why: Why) -> None:
        """Told to the person, and not used."""
        told = LeftOut(line, _printable(text, 60), why)
        if told not in self.left_out:
            self.left_out.append(told)

    def spot(self, line: int, column: int, width: int) -> Spot:
        """A place in the file, from 1."""
        return Spot(Place(self.file, line, column), width)

    def line(self, line: int) -> Spot:
        """The beginning of a line."""
        return self.spot(line, 1, 0)

    def usual_year(self, otherwise: int) -> int:
        """The year a notice with most of these days would be for; the later one of two."""
        years = {day.year for day in self._days}
        return max(years, key=lambda year: (sum(is_of(d, year) for d in self._days), year), default=otherwise)

    def resolved(self, span: WrittenSpan, resolver: Resolver, written: str, at: Spot) -> tuple[date, ...]:
        """The dates of a span; none after a problem: no such date, or another weekday than it says."""
        try:
            days = resolver.days(span)
        except ValueError:
            self.problems.add("not-a-date", at, given=written)
            return ()
        for day, said in ((days[0], span.first.weekday), (days[-1], span.last.weekday)):
            if said is not None and day.weekday() != said:
                self.wrong_weekday(day, said, at)
                return ()
        return days

    def wrong_weekday(self, day: date, said: int, at: Spot) -> None:
        """The notice says another weekday than the date has: a slip, or another year."""
        self.problems.add("wrong-weekday", at, given=str(day), weekday=DAYS[day.weekday()], said=DAYS[said])

    def notice(self, year: int, papers: Iterable[str] = ()) -> Notice:
        """Everything that was read, in the order of the days."""
        return Notice(year, tuple(sorted(self._days.values())), tuple(self.left_out), tuple(papers))
