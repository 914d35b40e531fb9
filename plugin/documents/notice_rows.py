"""A table of days, one a line: a date or a range, a name, and 休 or 班 (off or work; nothing means off)."""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

from plugin.documents.notice_days import NoticeDays
from plugin.documents.problems import Spot
from plugin.documents.written_dates import Resolver, is_cut_off, readable, weekday, written_spans

Mark = Literal["off", "work", "either"]
_MARKS: dict[str, Mark] = {
    **dict.fromkeys(("休息", "休假", "假", "假日", "假期", "节假日", "公休", "放假调休"), "off"),
    **dict.fromkeys(("off", "holiday", "closed", "rest"), "off"),
    **dict.fromkeys(("工作", "工作日", "补班日", "上班日", "work", "workday", "working"), "work"),
    **dict.fromkeys(("true", "false", "yes", "no", "y", "n", "t", "f", "0", "1"), "either"),
    **dict.fromkeys(("是", "否", "√", "×", "调休"), "either"),
}
"""``either`` hangs on a heading nobody has read."""
_PHRASES = re.compile(
    r"\b(?P<work>make-?up (?:work(?:ing)?[ -]?)?day|(?:special )?work(?:ing)?[ -]day)\b"
    r"|\b(?P<off>(?:public|bank|federal|legal|national) holiday)\b|(?<=[\t,;|])\s*day[ -]off\b",
    re.IGNORECASE,
)
_MARKED = re.compile(
    r"(?P<before>.*?)\(?(?P<mark>调休上班|补班|上班|放假|班|休)\)?(?:\((?P<behind>[^()]*)\))?"
)
_WORD = re.compile(r'[^\t,;|、\s"“”]+')
_RULED = re.compile(r"[\s|:+=_-]*")
_YEAR = re.compile(r"(?<!\d)(20\d\d)(?!\d)")


def year_of(text: str) -> int | None:
    """The year a heading above the first date names."""
    for line in map(readable, text.split("\n")):
        if written_spans(line):
            return None
        if (found := _YEAR.search(line)) is not None:
            return int(found[1])
    return None


def read_rows(text: str, year: int, into: NoticeDays) -> None:
    """Every day of the table; a line that is no row is a problem, unless it stands above the first."""
    begun = False
    for number, written in enumerate(text.split("\n"), 1):
        line = readable(written)
        begun = begun or bool(written_spans(line))
        if begun and not _RULED.fullmatch(line) and not line.lstrip().startswith("#"):
            start = len(written) - len(written.lstrip())
            at = into.spot(number, start + 1, len(written.strip()))
            _read_row(written, line, year, at, into)


class _Words(NamedTuple):
    """What stands beside the date of a row."""

    marks: frozenset[Mark]
    weekdays: tuple[int, ...]
    name: str


def _read_row(written: str, line: str, year: int, at: Spot, into: NoticeDays) -> None:
    spans = written_spans(line)
    words = None if len(spans) != 1 else _words(written, line, spans[0].start, spans[0].end)
    if words is None or not _is_clear(words) or is_cut_off(line, spans[0]):
        into.problems.add("unreadable-row", at, given=written.strip())
        return
    days = into.resolved(spans[0], Resolver(year), written[spans[0].start : spans[0].end], at)
    if len(days) == 1 and words.weekdays and days[0].weekday() != words.weekdays[0]:
        into.wrong_weekday(days[0], words.weekdays[0], at)
        return
    into.add(days, "work" not in words.marks, words.name or None, at)


def _is_clear(words: _Words) -> bool:
    """One mark at most, and something beside the date."""
    if "either" in words.marks or len(words.marks) > 1:
        return False
    return bool(words.marks or words.name)


def _words(written: str, line: str, start: int, end: int) -> _Words:
    rest = line[:start] + "\t" * (end - start) + line[end:]
    marks: set[Mark] = {"work" if found["work"] else "off" for found in _PHRASES.finditer(rest)}
    weekdays: list[int] = []
    name: list[str] = []
    for found in _WORD.finditer(_PHRASES.sub(lambda phrase: "\t" * len(phrase[0]), rest)):
        word = found[0]
        day, mark = weekday(word.strip("()")), _MARKS.get(word.casefold())
        marked = _MARKED.fullmatch(word)
        if day is not None:
            weekdays.append(day)
        elif mark is not None:
            marks.add(mark)
        elif marked is not None:
            marks.add("off" if marked["mark"] in ("放假", "休") else "work")
            name += [part for part in (marked["before"], marked["behind"]) if part]
        else:
            name.append(written[found.start() : found.end()])
    return _Words(frozenset(marks), tuple(weekdays), " ".join(name))
