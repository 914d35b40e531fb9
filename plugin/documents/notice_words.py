"""The wording of State Council notices: 一、元旦：1月1日（周五）至3日放假调休，共3天。1月4日上班。

Lines may be broken anywhere, as they are when copied from a page or a PDF. A sentence that speaks of days
off or work in another way than this is a problem, never guessed at; one that only encourages leave
(鼓励……休息) names no holiday.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from plugin.core.extract.zh_numbers import plain
from plugin.documents.notice_days import NoticeDays, Why
from plugin.documents.problems import Spot
from plugin.documents.written_dates import Resolver, WrittenSpan, readable, written_spans

_OFF = re.compile(
    r"[\s,)]*(?:当天|均|都|照常|正常|一律|为){0,2}"
    r"(?:放假|补休|休息|公休日?|休假|法定(?:节假日|节日|假日|假期)|休息日|停止办公)"
)
_WORK = re.compile(r"[\s,)]*(?:当天|均|都|照常|正常|一律|调整为|为){0,2}(?:上班|补班|工作日|办公)")
_MOVED = re.compile(r"\s*[一二两三四五六\d]?个?(?:公休日|休息日)?(?:分别)?(?:调整?|移|调休)(?:至|到)\s*")
_COUNT = re.compile(
    r"\s*(?:放假|调休|补休|休息)*,?\s*共?(?P<days>\d{1,2}|[一二两三四五六七八九十]{1,3})[天日]"
)
_LIST = re.compile(r"\s*(?:、|和|及|以及|与)\s*")
_SPEAKS = re.compile(r"放假|假期|休|上班|补班|调至|调到|延长|照常|开放|营业|工作")
_ENCOURAGES = re.compile(r"鼓励|建议|倡导|提倡|引导")
_NUMBER = re.compile(
    r"\s*(?:[(]?(?:[一二三四五六七八九十]{1,3}|\d{1,2})[)]?\s*[、.)]|[(][一二三四五六七八九十\d]{1,3}[)])\s*"
)
_LEAD_IN = re.compile(r"(?:节?假期)?放假(?:时间|安排|日期|调休)*(?:为|是)?$")
_TITLE = re.compile(r"(20\d\d)年?(?:度|全年)?(?:部分)?(?:法定)?(?:节假日|放假|元旦|春节)")
_IS_NOTICE = re.compile(
    r"[日号](?:\([^()]{0,40}\)|(?:周|星期)[一二三四五六日天])?(?:放假|补休|上班|公休|照常)"
)
_PAPER = re.compile(r"[^\s，。：、]{2,20}关于20\d\d年部?分?节假日安排的通知")
_PAPER_NUMBER = re.compile(r"国办发明电〔20\d\d〕\d{1,3}号")
_NO_NAME = re.compile(r"\d|年|^(?:其中|将|即|此外)")
_BULLET = re.compile(r"[•·●◆■*-]\s*(?!\d)")
_AROUND = " \u3000:(【】[]•·●◆■*-"
_NEAR = 12


def is_notice(text: str) -> bool:
    """Whether the text says what its dates are in sentences, not in columns."""
    text = readable(text)
    return _IS_NOTICE.search(text) is not None or ("。" in text and _SPEAKS.search(text) is not None)


def year_of(text: str) -> int | None:
    """The year the title or the first sentence names."""
    found = _TITLE.search(readable(text))
    return int(found[1]) if found else None


def paper_of(text: str) -> tuple[str, ...]:
    """The notice's own title with its number, where the text has it."""
    title, number = _PAPER.search(text), _PAPER_NUMBER.search(text)
    if title is None:
        return ()
    return (title[0] if number is None else f"{title[0]}（{number[0]}）",)


def read_words(text: str, year: int, into: NoticeDays) -> None:
    """Every day the text names as off or working."""
    for passage in _passages(text):
        _Passage(passage, year, into).read()


class _Stretch(NamedTuple):
    """Characters that belong together, each with its line and column."""

    text: str
    written: str
    places: list[tuple[int, int]]

    def cut(self, start: int, end: int) -> _Stretch:
        return _Stretch(self.text[start:end], self.written[start:end], self.places[start:end])


def _passages(text: str) -> Iterator[_Stretch]:
    """Lines joined where a sentence goes on; a number, a blank line or a full stop ends a passage.

    A bracket that is still open keeps them together: copied from a page, a line may break inside it.
    """
    lines: list[_Stretch] = []
    depth = 0
    for number, written in enumerate(text.split("\n"), 1):
        line, stripped = readable(written).strip(), written.strip()
        ends = (
            not stripped
            or _NUMBER.match(line)
            or _BULLET.match(line)
            or (lines and lines[-1].text[-1] in "。;:")
        )
        if lines and ends and depth <= 0:
            yield _joined(lines)
            lines, depth = [], 0
        if stripped:
            start = len(written) - len(written.lstrip()) + 1
            places = [(number, start + n) for n in range(len(stripped))]
            lines.append(_Stretch(line, stripped, places))
            depth += line.count("(") - line.count(")")
    if lines:
        yield _joined(lines)


def _joined(lines: list[_Stretch]) -> _Stretch:
    return _Stretch(
        "".join(line.text for line in lines),
        "".join(line.written for line in lines),
        [place for line in lines for place in line.places],
    )


class _Passage:
    """One item of a notice: a holiday with its days."""

    def __init__(self, stretch: _Stretch, year: int, into: NoticeDays) -> None:
        self.stretch = stretch
        self.into = into
        self.resolver = Resolver(year)
        self.name: str | None = None
        self.is_item = _NUMBER.match(stretch.text) is not None
        self.is_begun = False

    def read(self) -> None:
        start = 0
        for stop in (*(found.end() for found in re.finditer("[。;!]", self.stretch.text)), None):
            sentence = self.stretch.cut(start, len(self.stretch.text) if stop is None else stop)
            start = stop or start
            if _ENCOURAGES.search(sentence.text):
                self._leave_out(sentence, "only-encouraged")
            elif sentence.text:
                self._sentence(sentence)

    def _leave_out(self, sentence: _Stretch, why: Why) -> None:
        if written_spans(sentence.text):
            self.into.leave_out(sentence.places[0][0], sentence.written, why)

    def _sentence(self, sentence: _Stretch) -> None:
        groups = list(_groups(sentence.text))
        if not groups and self.is_item and not self.is_begun:  # 一、元旦。
            self._take_name(sentence, 0, len(sentence.text.rstrip("。;! ")))
        moved = False
        for number, group in enumerate(groups):
            before = groups[number - 1][-1].end if number else 0
            behind = groups[number + 1][0].start if number + 1 < len(groups) else len(sentence.text)
            lead, tail = sentence.text[before : group[0].start], sentence.text[group[-1].end : behind]
            self._take_name(sentence, before, group[0].start)
            moved = self._group(sentence, group, lead, tail, moved)

    def _take_name(self, sentence: _Stretch, start: int, end: int) -> None:
        """``二、春节：`` before a date; a number or a colon begins another holiday."""
        lead = sentence.text[start:end].rstrip(" ,:")
        cut = max(lead.rfind(mark) for mark in "。;,") + 1
        number = next(reversed(list(_NUMBER.finditer(lead, cut))), None)
        begin = number.end() if number else cut
        ends_name = sentence.text[start:end].rstrip().endswith(":")
        name = _LEAD_IN.sub("", lead[begin:].strip(_AROUND)).rstrip(":")
        first, self.is_begun = not self.is_begun, True
        if not (first or number or ends_name):
            return
        if name and len(name) <= 20 and not _NO_NAME.search(name):
            at = sentence.text.index(name, start + begin)
            self.name = sentence.written[at : at + len(name)]
            self.resolver.restart()

    def _group(self, sentence: _Stretch, group: list[WrittenSpan], lead: str, tail: str, moved: bool) -> bool:
        """What is said of a list of dates; True where they are moved to the dates that follow."""
        at = self._at(sentence, group[0].start, group[-1].end)
        to = _MOVED.match(tail)
        off, work = (None, to) if to else (_OFF.match(tail), _WORK.match(tail))
        if not (off or work or moved or _LEAD_IN.search(_last_clause(lead).rstrip(": "))):
            self._unclear(sentence, lead, tail, at)
            return False
        days = tuple(day for span in group for day in self._days(sentence, span))
        if days and not work:
            self._check_count(days, tail[off.end() :] if off else tail, at)
        self.into.add(days, not work, self.name, at)
        return to is not None

    def _days(self, sentence: _Stretch, span: WrittenSpan) -> tuple[date, ...]:
        at = self._at(sentence, span.start, span.end)
        return self.into.resolved(span, self.resolver, sentence.written[span.start : span.end], at)

    def _check_count(self, days: tuple[date, ...], tail: str, at: Spot) -> None:
        """共3天 must be the days named; a holiday that joins a weekend (连休) may count that too."""
        found = _COUNT.match(tail)
        if found is None or "连休" in tail:
            return
        said = int(found["days"]) if found["days"].isdecimal() else plain(found["days"])
        if said != len(days):
            self.into.problems.add(
                "wrong-count", at, given=found["days"], days=len(days), first=str(days[0]), last=str(days[-1])
            )

    def _unclear(self, sentence: _Stretch, lead: str, tail: str, at: Spot) -> None:
        """A date nothing is said of (the day of signing) is shown; one that is spoken of is a problem."""
        behind = re.split("[,:。;]", tail.lstrip(", "))[0]
        said = _SPEAKS.search(behind[:_NEAR]) or _SPEAKS.search(_last_clause(lead)[-_NEAR:])
        if self.is_item or said:
            self.into.problems.add("unclear-sentence", at, given=sentence.written)
            return
        line = [
            c for c, place in zip(sentence.written, sentence.places, strict=True) if place[0] == at.place.line
        ]
        self.into.leave_out(at.place.line, "".join(line), "nothing-said")

    def _at(self, sentence: _Stretch, start: int, end: int) -> Spot:
        line, column = sentence.places[start]
        same_line = sum(1 for place in sentence.places[start:end] if place[0] == line)
        return self.into.spot(line, column, same_line)


def _last_clause(text: str) -> str:
    return re.split("[,。;]", text)[-1]


def _groups(text: str) -> Iterator[list[WrittenSpan]]:
    """Dates listed one after the other: 2月4日（星期日）、2月18日（星期日）."""
    group: list[WrittenSpan] = []
    for span in written_spans(text):
        if group and not _goes_on(text, group, text[group[-1].end : span.start]):
            yield group
            group = []
        group.append(span)
    if group:
        yield group


def _goes_on(text: str, group: list[WrittenSpan], between: str) -> bool:
    """A comma parts two statements behind 调至, else it may be a list's."""
    if between.strip() == ",":
        return not text[: group[0].start].endswith(("调至", "调到"))
    return _LIST.fullmatch(between) is not None
