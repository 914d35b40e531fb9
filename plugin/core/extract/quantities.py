"""Dates, durations and sums of money, for rules that ask for them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from plugin.core.extract import calendar_words
from plugin.core.extract.claims import Context
from plugin.core.extract.entries import QuantityExtraction
from plugin.core.extract.numerals import Number, times
from plugin.core.extract.surface import Span
from plugin.core.facts import Count, Fact, FactValue

DAY = 86_400
_MONEY = re.compile(r"[ ]?(?P<scale>[百千万亿]?)(?:块钱|块|元|圆|人民币|yuan|rmb|cny)(?![a-z])")
_CURRENCY_BEFORE = re.compile(r"(?:[¥￥]|rmb|cny|yuan) ?$")
_SCALES = {"": 1, "百": 100, "千": 1000, "万": 10_000, "亿": 100_000_000}


def quantity(
    context: Context, entry: QuantityExtraction, seen: Sequence[Number], today: date | None
) -> Fact | None:
    """The first, last, largest or smallest one that a reading of the entry holds for.

    A date is text (2026-03-12), a duration whole seconds, a sum of money whole yuan.
    """
    found = [
        (value, span)
        for value, span in _all(context, entry, seen, today)
        if any(context.may_hold(r) and context.holds(r, span, "message") for r in entry.readings)
    ]
    if not found:
        return None
    value, span = _chosen(found, entry.take)
    return Fact(entry.name, value, span=span, place=entry.place)


def _all(
    context: Context, entry: QuantityExtraction, seen: Sequence[Number], today: date | None
) -> Iterator[tuple[FactValue, Span]]:
    text = context.surface.text
    if entry.kind == "money":
        yield from _sums(text, seen)
    elif entry.kind == "duration":
        for span, days in calendar_words.lasting(text, (0, len(text))):
            yield days * DAY, span
    elif today is not None:
        for span, days in calendar_words.dated(text, today):
            yield (today - timedelta(days=days)).isoformat(), span


def _sums(text: str, seen: Sequence[Number]) -> Iterator[tuple[FactValue, Span]]:
    for number in seen:
        unit = _MONEY.match(text, number.end)
        if unit:
            yield times(number.count, _SCALES[unit["scale"]]), (number.start, unit.end())
        elif _CURRENCY_BEFORE.search(text, max(0, number.start - 6), number.start):
            yield number.count, (number.start, number.end)


def _chosen(found: Sequence[tuple[FactValue, Span]], take: str) -> tuple[FactValue, Span]:
    if take in ("first", "last"):
        return found[0 if take == "first" else -1]
    return (min if take == "min" else max)(found, key=lambda one: _size(one[0]))


def _size(value: FactValue) -> tuple[int, str]:
    if isinstance(value, Count):
        return value.value, ""
    return (value, "") if isinstance(value, int) else (0, str(value))
