"""Dates as people write them in notices and tables: 2027年2月6日（周六）至12日, 2027-02-06, Feb 6, 2027.

A date may leave out its year, the second of a range also its month; what is left out comes from what stands
before it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

from plugin.core.calendar import DAYS
from plugin.core.extract.zh_numbers import plain
from plugin.core.simplified import SIMPLIFIED, TRADITIONAL

_FOLDED = dict(zip(map(ord, TRADITIONAL), SIMPLIFIED, strict=True))
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b\.?"
)
_ZH = "〇零一二三四五六七八九十"
_N = rf"\d{{1,2}}|[{_ZH}]{{1,3}}"
_TO = r"\s*(?:至|到|-{1,2}|[–—―]{1,2}|~|～|\.{2,3}|(?<=\s)(?:to|through)(?=\s))\s*"
_DATE = re.compile(
    rf"(?<![\d{_ZH}共假期第每〕\]])(?:(?P<zh_year>\d{{4}}|[{_ZH}]{{4}})年\s*)?(?:(?P<zh_month>{_N})月\s*)?"
    rf"(?P<zh_day>{_N})(?:[日号]|(?=\s*[-~–—至到]\s*\d{{1,2}}[日号]))"
    r"|(?<!\d)(?P<iso_year>\d{4})(?P<mark>[-/.])(?P<iso_month>\d{1,2})(?P=mark)(?P<iso_day>\d{1,2})(?!\d)"
    r"|(?<!\d)(?P<run_year>20\d\d)(?P<run_month>\d\d)(?P<run_day>\d\d)(?!\d)"
    r"|(?<!\d)(?P<de_day>\d{1,2})\.(?P<de_month>\d{1,2})\.(?P<de_year>\d{4})(?!\d)"
    rf"|\b(?P<us_month>{_MONTH})\s*(?P<us_day>\d{{1,2}})(?:st|nd|rd|th)?\b"
    r"(?:\s*(?:[-–—]|to|through)\s*(?P<us_last>\d{1,2})(?:st|nd|rd|th)?\b)?(?:,?\s*(?P<us_year>\d{4})\b)?"
    rf"|(?<!\d)(?P<uk_day>\d{{1,2}})(?:st|nd|rd|th)?\s+(?P<uk_month>{_MONTH})(?:,?\s*(?P<uk_year>\d{{4}})\b)?",
    re.IGNORECASE,
)
_WEEKDAY = r"(?:周|星期|礼拜)[一二三四五六日天]"
_BEHIND = re.compile(rf"\s*(?:\((?P<aside>[^()]{{0,40}})\)|(?P<bare>{_WEEKDAY}))")
_SAID = re.compile(r"(?:周|星期|礼拜)(?P<day>[一二三四五六日天])")
_WEEKDAYS = "一二三四五六日"


class WrittenDate(NamedTuple):
    """A date as it stands in a line; ``start`` and ``end`` are positions, with a weekday behind it."""

    start: int
    end: int
    year: int | None
    month: int | None
    day: int
    weekday: int | None
    """0 is Monday; None where none is said"""


class WrittenSpan(NamedTuple):
    """One date, or a first and a last one."""

    first: WrittenDate
    last: WrittenDate

    @property
    def start(self) -> int:
        """Where it begins in its line."""
        return self.first.start

    @property
    def end(self) -> int:
        """Where it ends."""
        return self.last.end


def readable(text: str) -> str:
    """The text in one spelling, every character at its place: full width plain, traditional simplified."""
    return "".join(map(_plain, text)).translate(_FOLDED)


def _plain(character: str) -> str:
    other = unicodedata.normalize("NFKC", character)
    return other if len(other) == 1 else character


def weekday(word: str) -> int | None:
    """周六, 星期六, Sat, Saturday → 5; None for anything else."""
    said = _SAID.fullmatch(word)
    if said:
        return _weekday_of(said["day"])
    low = word.casefold().rstrip(".")
    full = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    return DAYS.index(low[:3]) if low in DAYS or low in full else None


def _weekday_of(character: str) -> int:
    return _WEEKDAYS.index("日" if character == "天" else character)


def written_dates(line: str) -> Iterator[WrittenDate]:
    """Every date of a readable line, in order."""
    at = 0
    while (found := _DATE.search(line, at)) is not None:
        at = found.end()
        said = {name.partition("_")[2]: value for name, value in found.groupdict().items() if value}
        at, day = _behind(line, found.end())
        year = _number(said["year"]) if "year" in said else None
        month = _month(said["month"]) if "month" in said else None
        if "last" in said:
            yield WrittenDate(found.start(), found.end("us_day"), year, month, _number(said["day"]), None)
            yield WrittenDate(found.start("us_last"), at, year, month, _number(said["last"]), day)
        else:
            yield WrittenDate(found.start(), at, year, month, _number(said["day"]), day)


def _number(written: str) -> int:
    return int(written) if written.isdecimal() else plain(written) or 0


def _month(written: str) -> int:
    letters = written[:3].casefold()
    return _MONTHS.index(letters) + 1 if letters in _MONTHS else _number(written)


def _behind(line: str, at: int) -> tuple[int, int | None]:
    """Where a date with what stands in brackets behind it ends, and the weekday said there."""
    found = _BEHIND.match(line, at)
    if found is None:
        return at, None
    said = _SAID.search(found["aside"] or found["bare"] or "")
    if said is not None:
        return found.end(), _weekday_of(said["day"])
    alone = (found["aside"] or "").strip()
    return found.end(), weekday(alone) if len(alone) > 1 else None


def written_spans(line: str) -> list[WrittenSpan]:
    """Every date or range of a readable line; the second date of a range may be a day only."""
    spans: list[WrittenSpan] = []
    for each in written_dates(line):
        before = spans[-1] if spans else None
        if before is not None and before.first == before.last and _joins(line, before.end, each):
            spans[-1] = WrittenSpan(before.first, each)
        else:
            spans.append(WrittenSpan(each, each))
    return spans


def _joins(line: str, end: int, following: WrittenDate) -> bool:
    return re.fullmatch(_TO, line[end : following.start]) is not None


def is_cut_off(line: str, span: WrittenSpan) -> bool:
    """Whether a date is only one end of a range whose other end could not be read (1月1日至3)."""
    behind, before = rf"{_TO}\d|\s+to\s+\d", rf"\d{_TO}|\d\s+to\s+"
    return bool(re.match(behind, line[span.end :])) or bool(re.search(f"(?:{before})$", line[: span.start]))


class Resolver:
    """Gives written dates their year: the notice's own, or the one nearest to the date before."""

    def __init__(self, year: int) -> None:
        self.year = year
        self._anchor: date | None = None

    def restart(self) -> None:
        """Another holiday begins: its dates have nothing to do with those of the one before."""
        self._anchor = None

    def days(self, span: WrittenSpan) -> tuple[date, ...]:
        """Every date of the span; raises ``ValueError`` where there is no such date or range."""
        first = self._first(span)
        end = span.last
        last = date(end.year or first.year, end.month or first.month, end.day)
        if last < first and end.year is None and end.month is not None:
            if span.first.year is None:
                first = first.replace(year=first.year - 1)
            else:
                last = last.replace(year=last.year + 1)
        if not 0 <= (last - first).days < 366:
            raise ValueError("backwards")
        self._anchor = last
        return tuple(first + timedelta(n) for n in range((last - first).days + 1))

    def _first(self, span: WrittenSpan) -> date:
        first, last = span
        month = first.month or (self._anchor.month if self._anchor else None)
        if month is None:
            raise ValueError("no month")
        if first.year is not None:
            return date(first.year, month, first.day)
        if last.year is not None:
            later = (month, first.day) > (last.month or month, last.day)
            return date(last.year - later, month, first.day)
        if self._anchor is None:
            return date(self.year, month, first.day)
        anchor = self._anchor
        return min(self._candidates(month, first.day), key=lambda day: abs((day - anchor).days))

    def _candidates(self, month: int, day: int) -> list[date]:
        assert self._anchor is not None
        years = (self._anchor.year + step for step in (0, -1, 1))
        return [date(year, month, day) for year in years if _exists(year, month, day)] or [
            date(self.year, month, day)
        ]


def _exists(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True
