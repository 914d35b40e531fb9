"""Dates and durations in a text, as days before the message's own day; zh and en, every pattern bounded."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date

from plugin.core.extract import en_numbers, zh_numbers
from plugin.core.extract.surface import Span

YEAR, MONTH = 365, 30
_MIDDLE = 15
_ZH_N = r"\d{1,2}|[一二三四五六七八九十]{1,3}"
_ZH_DATE = re.compile(
    rf"(?:(?P<year>(?:19|20)\d\d|[二一][〇零九][〇零一二三四五六七八九]{{2}})年|(?P<rel>今年|去年|前年"
    rf"|大前年))"
    rf"(?:(?P<month>{_ZH_N})月(?:(?P<day>{_ZH_N})[日号]|(?P<part>底|初|中旬|下旬|上旬|份)?)"
    r"|(?P<season>春节|年?[初底末]|年中|上半年|下半年|春天?|夏天?|秋天?|冬天?))?"
    rf"|(?<!\d)(?P<md_month>1[0-2]|[1-9]|十[一二]?|[一二三四五六七八九])月(?P<md_day>{_ZH_N})[日号]"
    r"|(?<!\d)(?P<iso_year>20\d\d)[-/.](?P<iso_month>\d{1,2})(?:[-/.](?P<iso_day>\d{1,2}))?(?!\d)"
)
_SEASONS = {"春": 3, "夏": 7, "秋": 10, "冬": 12, "初": 1, "底": 12, "末": 12, "中": 6, "上": 3, "下": 9}
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    "|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?"
)
_EN_DATE = re.compile(
    rf"\b(?:(?P<day>\d{{1,2}})(?:st|nd|rd"
    rf"|th)? (?:of )?)?(?P<month>{_MONTH})\b\.?(?: (?P<day_after>\d{{1,2}})(?:st|nd|rd|th)?\b(?!:))?"
    r"(?:,? (?:of )?(?P<year>20\d\d|last year|this year))?"
    r"|\b(?:in|since|from|of|until|by|during|early|late|mid) ?-?(?:early |late |spring |summer |autumn "
    r"|winter "
    r"|mid-?)?(?P<only_year>(?:19|20)\d\d)\b"
    rf"|\blast (?P<last_month>{_MONTH})\b|\b(?P<last>last) (?P<season>spring|summer|autumn|fall|winter"
    rf"|year)\b"
)
_EN_SEASONS = {"spring": 4, "summer": 7, "autumn": 10, "fall": 10, "winter": 12, "year": 7}


def dated(text: str, today: date) -> Iterator[tuple[Span, int]]:
    """Every date with its age in days (negative: to come); a month alone is taken at its middle."""
    if "月" in text or "年" in text or "-" in text or "." in text:
        yield from _found(_ZH_DATE, _zh_day, text, today)
    if _HAS_EN.search(text):
        yield from _found(_EN_DATE, _en_day, text, today)


_Reader = Callable[[dict[str, str], date], date | None]
_HAS_EN = re.compile(rf"\b(?:{_MONTH}|last|(?:19|20)\d\d)\b")


def _found(pattern: re.Pattern[str], read: _Reader, text: str, today: date) -> Iterator[tuple[Span, int]]:
    for found in pattern.finditer(text):
        groups = {name: written for name, written in found.groupdict().items() if written}
        try:
            day = read(groups, today)
        except ValueError:
            continue
        if day is not None:
            yield found.span(), (today - day).days


def _zh_day(groups: dict[str, str], today: date) -> date | None:
    if "iso_year" in groups:
        month = _whole(groups["iso_month"])
        return date(_whole(groups["iso_year"]), month, _whole(groups.get("iso_day", str(_MIDDLE))))
    if "md_month" in groups:
        return _nearest(_whole(groups["md_month"]), _whole(groups["md_day"]), today)
    back = {"今年": 0, "去年": 1, "前年": 2, "大前年": 3}
    year = _whole(groups["year"]) if "year" in groups else today.year - back[groups["rel"]]
    if "month" in groups:
        part = {"初": 3, "底": 28, "下旬": 25, "上旬": 5}.get(groups.get("part", ""), _MIDDLE)
        return date(year, _whole(groups["month"]), _whole(groups["day"]) if "day" in groups else part)
    if "season" in groups:
        season = groups["season"].removeprefix("年").replace("春节", "初")
        return date(year, _SEASONS[season[0]], _MIDDLE)
    return date(year, 7, 1) if year < today.year else None


def _en_day(groups: dict[str, str], today: date) -> date | None:
    if "only_year" in groups:
        year = _whole(groups["only_year"])
        return date(year, 7, 1) if year < today.year else None
    if "last" in groups:
        year = today.year - 1
        return date(year, _EN_SEASONS[groups["season"]], _MIDDLE)
    month = 1 + _MONTHS.index((groups.get("month") or groups["last_month"])[:3])
    if "last_month" in groups:
        return date(today.year - (month >= today.month), month, _MIDDLE)
    day = _whole(groups.get("day") or groups.get("day_after") or "0")
    year_said = groups.get("year")
    if year_said is None:
        return _nearest(month, day, today) if day else _bare_month(month, groups["month"], today)
    year = {"last year": today.year - 1, "this year": today.year}.get(year_said) or _whole(year_said)
    return date(year, month, day or _MIDDLE)


def _bare_month(month: int, written: str, today: date) -> date | None:
    """``may`` and ``march`` alone are verbs as often as months."""
    if written in ("may", "march", "mar"):
        return None
    return date(today.year - (month > today.month), month, _MIDDLE)


def _nearest(month: int, day: int, today: date) -> date:
    """A day without a year: this year's, or last year's where that is over half a year to come."""
    this_year = date(today.year, month, day)
    return date(today.year - 1, month, day) if (this_year - today).days > YEAR // 2 else this_year


def _whole(written: str) -> int:
    if written[0] in "0123456789":
        return int(written)
    return zh_numbers.plain(written) or 0


_ZH_SPAN = re.compile(
    r"(?<![\d.〇零一二三四五六七八九十第])(?P<n>\d{1,3}(?:\.\d)?|[一二两三四五六七八九十几]{1,4}|半"
    r"|大半)[ ]?"
    r"(?P<more>多|余|来)?(?:个)?(?P<half>半)?(?:多)?"
    r"(?P<unit>年|月|星期|周(?!岁|围|边|末|[一二三四五六日])|礼拜|天|日(?!报"
    r"|常))(?P<and_half>半)?(?P<rest>多|有余)?"
)
_EN_COUNT: dict[str, float] = {**en_numbers.ONES, **en_numbers.TENS, "a": 1, "an": 1}
_EN_COUNT |= {"several": 3, "half a": 0.5, "a couple of": 2, "a few": 3}
_EN_SPAN = re.compile(
    rf"\b(?P<n>{'|'.join(sorted(_EN_COUNT, key=len, reverse=True))}|\d{{1,3}}(?:\.\d)?)"
    r"(?P<half> and a half)?[ -](?P<unit>year|month|week|day)s?\b(?P<and_half> and a half)?"
)
_UNITS = {"年": YEAR, "月": MONTH, "周": 7, "星期": 7, "礼拜": 7, "天": 1, "日": 1}
_UNITS |= {"year": YEAR, "month": MONTH, "week": 7, "day": 1}


def lasting(text: str, span: Span) -> Iterator[tuple[Span, int]]:
    """Every duration within a stretch of text, in days."""
    for pattern in (_ZH_SPAN, _EN_SPAN):
        for found in pattern.finditer(text, *span):
            days = _days(found)
            if days is not None:
                yield found.span(), days


def _days(found: re.Match[str]) -> int | None:
    groups, written = found.groupdict(), found["n"]
    unit = _UNITS[groups["unit"]]
    if written in ("半", "大半"):
        is_small = found.string[max(0, found.start() - 1) : found.start()] == "小"
        amount: float | None = 0.4 if is_small else 0.5
    elif written in _EN_COUNT:
        amount = _EN_COUNT[written]
    else:
        read = zh_numbers.arabic(written) or zh_numbers.worded(written)
        amount = float(written) if "." in written else (read[0].lo if read else None)
    if amount is None or (groups["unit"] in ("月", "日") and found["n"] and not _is_span(found)):
        return None
    amount += 0.5 * bool(groups.get("half") or groups.get("and_half"))
    return round(amount * unit)


def _is_span(found: re.Match[str]) -> bool:
    """三个月 and 30日 last; 三月 and 3日 are dates."""
    text = found[0]
    if found["unit"] == "月":
        return "个" in text or text.startswith(("半", "大半"))
    return found.string[max(0, found.start() - 1) : found.start()] != "月"
