"""Flags, choices, tags, numbers of things and patterns: what a message says is so."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import re2

from plugin.core.extract.claims import Context
from plugin.core.extract.entries import NumberExtraction, PatternExtraction, Reading, WordsExtraction
from plugin.core.extract.moods import negated
from plugin.core.extract.numerals import Number, qualified
from plugin.core.extract.surface import Cues, Span
from plugin.core.facts import Fact

_MOST = 60


def said(context: Context, entry: WordsExtraction) -> Fact | None:
    """The fact of a flag, a choice or a set of tags."""
    if entry.at_least:
        return _enough(context, entry)
    found = {value: span for value, cues in entry.values.items() if (span := _first(context, entry, cues))}
    if not found:
        return None
    value, span = next(iter(found.items()))
    if entry.kind == "tags":
        return Fact(entry.name, tuple(found), span=min(found.values()), place=entry.place)
    return Fact(entry.name, True if entry.kind == "flag" else value, span=span, place=entry.place)


def _first(context: Context, entry: WordsExtraction, cues: Cues) -> Span | None:
    return next(_affirmed(context, entry, cues), None)


def _affirmed(context: Context, entry: WordsExtraction, cues: Cues) -> Iterator[Span]:
    for span in context.surface.places(cues)[:_MOST]:
        if any(_may_be(context, reading, span) for reading in entry.readings):
            yield span


def _may_be(context: Context, reading: Reading, span: Span) -> bool:
    if not context.may_hold(reading) or (not reading.denied and context.denied(span)):
        return False
    return context.holds(reading, span, "message")


def _enough(context: Context, entry: WordsExtraction) -> Fact | None:
    """So many different words in one sentence."""
    by_sentence: dict[int, dict[str, Span]] = {}
    for cues in entry.values.values():
        for span in _affirmed(context, entry, cues):
            word = context.surface.text[slice(*span)]
            named = by_sentence.setdefault(context.surface.sentence(span[0])[0], {})
            if not any(span[0] < other[1] and other[0] < span[1] for other in named.values()):
                named.setdefault(word, span)
    for named in by_sentence.values():
        if len(named) >= entry.at_least:
            return Fact(entry.name, True, span=min(named.values()), place=entry.place)
    return None


def amount(context: Context, entry: NumberExtraction, found: Sequence[Number]) -> Fact | None:
    """A number directly followed by one of the units."""
    if not found or not any(context.may_hold(reading) for reading in entry.readings):
        return None
    facts = [fact for number in found if (fact := _counted(context, entry, number))]
    if not facts:
        return None
    if entry.take in ("first", "last"):
        return facts[0 if entry.take == "first" else -1]
    return (min if entry.take == "min" else max)(facts, key=lambda fact: fact.number or 0)


def _counted(context: Context, entry: NumberExtraction, number: Number) -> Fact | None:
    text, end = context.surface.text, number.end
    if entry.units:
        behind = text[end : end + 24].lstrip(" 多余+个")
        if not behind.startswith(entry.units):
            return None
        unit = next(unit for unit in entry.units if behind.startswith(unit))
        end = text.index(unit, end) + len(unit)
    start, count = qualified(text, number, end)
    span = (start, end)
    if negated(context.surface, span, counted=True):
        return None
    if not any(context.holds(reading, span, "message") for reading in entry.readings):
        return None
    return Fact(entry.name, count, span=span, place=entry.place)


class Pattern:
    """An admin's pattern, compiled by RE2: linear whatever is written."""

    def __init__(self, entry: PatternExtraction) -> None:
        self._entry = entry
        options = re2.Options()
        options.log_errors = False
        compiled = re2.compile(entry.pattern, options)
        self._find = compiled.search
        self._group = compiled.groupindex.get("value", 0)

    def read(self, context: Context) -> Fact | None:
        """The group ``value`` of the first match, or all of it."""
        entry, found = self._entry, self._find(context.surface.text)
        if found is None:
            return None
        group = self._group if found.group(self._group) is not None else 0
        span = (found.start(group), found.end(group))
        if not any(context.holds(reading, span, "message") for reading in entry.readings):
            return None
        return Fact(entry.name, found.group(group), span=span, place=entry.place)
