"""Flags, names and patterns: what a message says is so."""

from __future__ import annotations

from collections.abc import Iterator

import re2

from plugin.core.conditions import Word
from plugin.core.extract.claims import scope_of
from plugin.core.extract.entries import FlagExtraction, NamesExtraction, PatternExtraction
from plugin.core.extract.surface import Span, Surface
from plugin.core.facts import Fact
from plugin.core.words import negated

TRUE = "true"


def flag(surface: Surface, entry: FlagExtraction) -> Fact | None:
    """The first of the entry's values that is said to be so."""
    for value, words in entry.values.items():
        span = next(_said(surface, entry, words), None)
        if span is not None:
            return Fact(entry.name, True if value == TRUE else value, span=span, place=entry.place)
    return None


def _said(
    surface: Surface, entry: FlagExtraction | NamesExtraction, words: tuple[Word, ...]
) -> Iterator[Span]:
    unless = entry.unless if isinstance(entry, FlagExtraction) else ()
    for span in surface.places(words):
        if negated(surface.text, span[0], entry.negations):
            continue
        if entry.near and not surface.says(entry.near, scope_of(surface, entry.scope, span), entry.negations):
            continue
        if unless and surface.says(unless, surface.clause(span[0])):
            continue
        if any(surface.has_mood(mood, span, scope=surface.sentence(span[0])) for mood in entry.skip):
            continue
        yield span


def names(surface: Surface, entry: NamesExtraction) -> Fact | None:
    """The keys whose names are said, or a flag where enough different ones are."""
    found = {
        key: span for key, words in entry.of.items() if (span := next(_said(surface, entry, words), None))
    }
    if not found or (entry.at_least and len(found) < entry.at_least):
        return None
    value = True if entry.at_least else tuple(found)
    return Fact(entry.name, value, span=min(found.values()), place=entry.place)


class Pattern:
    """An admin's pattern, compiled by RE2: linear whatever is written."""

    def __init__(self, entry: PatternExtraction) -> None:
        self._entry = entry
        options = re2.Options()
        options.log_errors = False
        self._find = re2.compile(entry.pattern, options).search

    def read(self, surface: Surface) -> Fact | None:
        """The group ``value`` of the first match, or all of it."""
        found = self._find(surface.text)
        if found is None:
            return None
        group = "value" if "value" in found.groupdict() else 0
        span = (found.start(group), found.end(group))
        near = self._entry.near
        if near and not surface.says(near, scope_of(surface, self._entry.scope, span)):
            return None
        return Fact(self._entry.name, found.group(group), span=span, place=self._entry.place)
