"""Facts from text: numbers that are people, what happened, for how long; zh and en, linear in the text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from plugin.core.conditions import Word
from plugin.core.extract.claims import Claims
from plugin.core.extract.entries import (
    CountExtraction,
    Extraction,
    FlagExtraction,
    NamesExtraction,
    PatternExtraction,
    SinceExtraction,
)
from plugin.core.extract.mentions import all_numbers
from plugin.core.extract.sayings import Pattern, flag, names
from plugin.core.extract.since import days_since
from plugin.core.extract.surface import Mood, Surface, plain_words
from plugin.core.facts import Fact
from plugin.core.view import Passage

__all__ = ["CompiledExtraction", "Extraction", "compile_extract"]

ZONE = "Asia/Shanghai"
"""Where 去年 and 昨天 begin and end: the zone of the one time all of China keeps."""


class CompiledExtraction:
    """The entries of a rules file, ready to read messages; immutable."""

    def __init__(self, entries: tuple[Extraction, ...]) -> None:
        self._entries = entries
        self._patterns = {e.name: Pattern(e) for e in entries if isinstance(e, PatternExtraction)}
        self.words = frozenset(_words(entries))
        """Every cleaned string the one scan over the text must look for."""

    def read(self, body: Passage, heading: Passage, at: datetime | None) -> Mapping[str, Fact]:
        """The facts of one message; ``at`` is its own time (aware UTC), for 去年 and the like."""
        del heading
        surface = Surface(body)
        claims = Claims(surface, all_numbers(surface))
        found: dict[str, Fact] = {}
        for entry in self._entries:
            fact = self._read_one(entry, surface, claims, at)
            if fact is not None and entry.name not in found:
                found[entry.name] = fact
        return found

    def _read_one(
        self, entry: Extraction, surface: Surface, claims: Claims, at: datetime | None
    ) -> Fact | None:
        match entry:
            case CountExtraction():
                return claims.count(entry)
            case FlagExtraction():
                return flag(surface, entry)
            case NamesExtraction():
                return names(surface, entry)
            case SinceExtraction():
                return days_since(surface, entry, at, ZONE)
            case PatternExtraction():
                return self._patterns[entry.name].read(surface)
        return None


def compile_extract(entries: tuple[Extraction, ...]) -> CompiledExtraction:
    """Compile once, read often."""
    return CompiledExtraction(entries)


def _words(entries: Iterable[Extraction]) -> Iterator[str]:
    for entry in entries:
        for words in _word_groups(entry):
            yield from plain_words(words)


def _word_groups(entry: Extraction) -> Iterator[tuple[Word, ...]]:
    match entry:
        case CountExtraction():
            yield from (entry.units.words, entry.units.but_not, entry.units.never_beside)
            yield from (entry.near, entry.unless)
            yield from _mood_words((*entry.skip, entry.only, entry.unsure))
        case FlagExtraction():
            yield from (*entry.values.values(), entry.near, entry.unless)
            yield from _mood_words(entry.skip)
        case NamesExtraction():
            yield from (*entry.of.values(), entry.near)
            yield from _mood_words(entry.skip)
        case SinceExtraction():
            yield from (entry.near, entry.begun, entry.unless)
        case PatternExtraction():
            yield entry.near


def _mood_words(moods: Iterable[Mood | None]) -> Iterator[tuple[Word, ...]]:
    for mood in moods:
        if mood is not None:
            yield from (mood.cues, mood.ends)
