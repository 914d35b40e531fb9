"""How long a matter has waited: dates and durations beside an organisation's silence, in days.

It is the age of the silence that counts, never a person's persistence: without a word of no answer,
no result, no promise kept, nothing is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from plugin.core.extract.entries import SinceExtraction
from plugin.core.extract.numerals import EN_VALUES, numbers
from plugin.core.extract.surface import Span, Surface
from plugin.core.facts import Fact

YEAR, MONTH = 365, 30
MOST_DAYS = 60 * YEAR
_MOST_PLACES = 60

_N = r"(?P<n>\d{1,3}(?:\.\d)?|[一二两三四五六七八九十几]{1,3}|半)"
_ZH_SPAN = re.compile(
    rf"{_N}[ ]?(?P<more>多|余|来)?(?:个)?(?P<unit>年|月|星期|周|礼拜|天|日)(?P<half>半)?"
    r"(?P<rest>多|有余)?(?P<kind>前|以前|之前|了|来|以来|过去)?"
)
_ZH_DATE = re.compile(
    r"(?:(?P<year>(?:19|20)\d{2})年|(?P<rel>今年|去年|前年|大前年|上个?月))"
    r"(?:(?P<month>1[0-2]|[1-9]|十[一二]?|[一二三四五六七八九])月(?:份|底|初)?|(?P<season>春节|年初|年底|年中|底|初|上半年|下半年|春|夏|秋|冬)?)"
)
_WORDS = {"a": 1, "an": 1, **EN_VALUES, "several": 3}
_EN_SPAN = re.compile(
    rf"(?:(?P<over>over|more than|nearly|almost|about) )?\b(?P<n>{'|'.join(_WORDS)}|\d{{1,3}})"
    r"(?: and a half)? (?P<unit>year|month|week|day)s?\b(?P<kind> ago| now| later)?"
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_EN_DATE = re.compile(
    rf"(?:\b(?P<month>{'|'.join(_MONTHS)})[a-z]*\.?(?: \d{{1,2}}(?:st|nd|rd|th)?,?)? )?"
    r"(?:(?:of )?(?P<year>(?:19|20)\d{2})\b|(?P<last>last (?:year|month|spring|summer|autumn|winter)))"
)
_DAYS = {"年": YEAR, "月": MONTH, "周": 7, "星期": 7, "礼拜": 7, "天": 1, "日": 1}
_DAYS |= {"year": YEAR, "month": MONTH, "week": 7, "day": 1}
_SEASONS = {
    "春节": 2,
    "年初": 1,
    "初": 1,
    "春": 3,
    "上半年": 3,
    "年中": 6,
    "夏": 6,
    "秋": 9,
    "下半年": 9,
    "年底": 12,
}
_SEASONS |= {"底": 12, "冬": 12}


def days_since(surface: Surface, entry: SinceExtraction, at: datetime | None, zone: str) -> Fact | None:
    """The longest time named beside the silence; None where no silence is said, or no time."""
    if at is None:
        return None
    silence = surface.places(entry.near)[:_MOST_PLACES]
    if not silence:
        return None
    today = at.astimezone(ZoneInfo(zone)).date()
    found = [
        (days, span)
        for sentence in _sentences(surface, entry, silence)
        for days, span in _times(surface.text, sentence, today)
        if 0 < days <= MOST_DAYS
    ]
    if not found:
        return None
    days, span = max(found)
    return Fact(entry.name, days, span=span, place=entry.place)


def _sentences(surface: Surface, entry: SinceExtraction, silence: list[Span]) -> list[Span]:
    """Where a time may stand: a sentence of the silence, or one that says what was begun."""
    cues = [*silence, *surface.places(entry.begun)[:_MOST_PLACES]]
    sentences = {surface.sentence(start) for start, _ in cues}
    return sorted(s for s in sentences if not (entry.unless and surface.says(entry.unless, s)))


def _times(text: str, sentence: Span, today: date) -> Iterator[tuple[int, Span]]:
    for found in _ZH_DATE.finditer(text, *sentence):
        if (began := _zh_date(found, today)) is not None:
            yield (today - began).days, found.span()
    for found in _EN_DATE.finditer(text, *sentence):
        if (began := _en_date(found, today)) is not None:
            yield (today - began).days, found.span()
    for found in (*_ZH_SPAN.finditer(text, *sentence), *_EN_SPAN.finditer(text, *sentence)):
        if _is_waiting(text, found):
            yield _span_days(found), found.span()


_PROMISED = re.compile(r"[ ]?(?:内|之内|以内|后|之后|的时间|为期|一次|期)")
_WAITED = re.compile(r"(?:已经?|过了|拖了?|等了?|快|整整|近|将近|满|至今|长达|for|after|waited|been) ?$")


def _is_waiting(text: str, found: re.Match[str]) -> bool:
    """A duration that has passed (四年多, 两年了, for two years, a year ago), not one promised (三个月内)."""
    after = text[found.end() : found.end() + 4]
    before = text[max(0, found.start() - 12) : found.start()]
    if re.match(r"[ ]?(?:内|之内|以内|后|之后|的时间|为期|一次|期)", after) or before.endswith(
        ("within ", "in ", "next ", "每", "第")
    ):
        return False
    groups = found.groupdict()
    if groups.get("kind") or groups.get("more") or groups.get("rest") or groups.get("over"):
        return True
    return bool(
        re.search(r"(?:已经?|过了|拖了?|等了?|快|整整|近|将近|满|至今|长达|for|after|waited|been) ?$", before)
    )


def _span_days(found: re.Match[str]) -> int:
    groups = found.groupdict()
    written = groups["n"]
    if written == "半":
        amount = 0.5
    elif written in _WORDS:
        amount = float(_WORDS[written])
    else:
        amount = next((float(n.count.lo) for n in numbers(written + "年")), 0.0)
    if groups.get("half"):
        amount += 0.5
    days = amount * _DAYS[groups["unit"]]
    return round(
        days
        + (
            1
            if groups.get("more") or groups.get("rest") or groups.get("over") in ("over", "more than")
            else 0
        )
    )


def _zh_date(found: re.Match[str], today: date) -> date | None:
    groups = found.groupdict()
    if groups["rel"] and groups["rel"].startswith("上"):
        return today - timedelta(days=MONTH)
    years = {"今年": 0, "去年": 1, "前年": 2, "大前年": 3}
    year = int(groups["year"]) if groups["year"] else today.year - years[groups["rel"]]
    month = _zh_month(groups["month"]) if groups["month"] else _SEASONS.get(groups["season"] or "", 7)
    began = date(year, month, 15)
    return began if began < today else None


def _zh_month(written: str) -> int:
    return int(written) if written.isdigit() else next(n.count.lo for n in numbers(written + "月"))


def _en_date(found: re.Match[str], today: date) -> date | None:
    groups = found.groupdict()
    if groups["last"]:
        return today - timedelta(days=MONTH if "month" in groups["last"] else YEAR)
    month = 7 if not groups["month"] else 1 + _MONTHS.index(groups["month"][:3])
    began = date(int(groups["year"]), month, 15)
    return began if began < today else None
