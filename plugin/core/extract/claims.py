"""Who takes which number: entries claim mentions in order, by the cues and the mood around them."""

from __future__ import annotations

from collections.abc import Sequence

from plugin.core.extract.entries import CountExtraction, Scope
from plugin.core.extract.mentions import Mention, mentions
from plugin.core.extract.numerals import Number
from plugin.core.extract.surface import Span, Surface
from plugin.core.facts import Count, Fact
from plugin.core.words import negated

APART = 1.5
"""Counts of one thing that differ by more than this factor are witnesses who disagree."""


class Claims:
    """The numbers of one message and those already taken."""

    def __init__(self, surface: Surface, numbers: tuple[Number, ...]) -> None:
        self._surface = surface
        self._numbers = numbers
        self._taken: set[int] = set()

    def count(self, entry: CountExtraction) -> Fact | None:
        """The fact this entry reads; its mentions are not left to later entries."""
        claimed = []
        for mention in mentions(self._surface, self._numbers, entry.units):
            if mention.start not in self._taken and self._is_claimed(entry, mention):
                self._taken.add(mention.start)
                if not self._is_unsure(entry, mention):
                    claimed.append(mention)
        return _fact(entry, claimed) if claimed else None

    def _is_claimed(self, entry: CountExtraction, mention: Mention) -> bool:
        surface, at = self._surface, (mention.start, mention.end)
        if mention.is_subset and not entry.subsets:
            return False
        if negated(surface.text, mention.start, entry.negations):
            return False
        if entry.near and not surface.says(entry.near, scope_of(surface, entry.scope, at), entry.negations):
            return False
        if entry.unless and surface.says(entry.unless, surface.clause(mention.start)):
            return False
        mood_scope = surface.sentence(mention.start)
        if entry.only is not None and not surface.has_mood(entry.only, at, scope=mood_scope):
            return False
        skip_scope = surface.clause(mention.start) if entry.scope == "clause" else mood_scope
        return not any(surface.has_mood(mood, at, scope=skip_scope) for mood in entry.skip)

    def _is_unsure(self, entry: CountExtraction, mention: Mention) -> bool:
        if entry.unsure is None:
            return False
        at = (mention.start, mention.end)
        return self._surface.has_mood(entry.unsure, at, scope=self._surface.sentence(mention.start))


def scope_of(surface: Surface, scope: Scope, at: Span) -> Span:
    """The stretch of text a cue may stand in."""
    if scope == "message":
        return surface.message()
    return surface.sentence(at[0]) if scope == "sentence" else surface.clause(at[0])


def _fact(entry: CountExtraction, claimed: Sequence[Mention]) -> Fact:
    chosen = _chosen(entry, claimed)
    values = [mention.count.value for mention in claimed]
    apart = entry.take == "max" and min(values) >= 2 and max(values) > APART * min(values)
    return Fact(
        entry.name,
        _sum(claimed) if entry.take == "sum" else chosen.count,
        span=(chosen.start, chosen.end),
        place=entry.place,
        provisional=apart,
    )


def _chosen(entry: CountExtraction, claimed: Sequence[Mention]) -> Mention:
    if entry.take == "first":
        return claimed[0]
    if entry.take == "last":
        return claimed[-1]
    return max(claimed, key=lambda mention: mention.count.value)


def _sum(claimed: Sequence[Mention]) -> Count:
    highs = [mention.count.hi for mention in claimed]
    top = None if None in highs else sum(high for high in highs if high is not None)
    return Count(sum(mention.count.lo for mention in claimed), top)
