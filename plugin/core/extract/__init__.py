"""Facts from text: numbers that are people, what happened, for how long; zh and en, linear in the text."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from zoneinfo import ZoneInfo

from plugin.core.extract.claims import Context, Fields, claimed
from plugin.core.extract.entries import (
    Extraction,
    LanguageExtraction,
    NumberExtraction,
    PatternExtraction,
    PeopleExtraction,
    QuantityExtraction,
    SinceExtraction,
    WordsExtraction,
)
from plugin.core.extract.lexicon import HEAD_WORDS, MOOD_WORDS
from plugin.core.extract.long_texts import SHORT, thinned
from plugin.core.extract.mentions import Heads
from plugin.core.extract.moods import Moods
from plugin.core.extract.numerals import Number, numbers
from plugin.core.extract.quantities import quantity
from plugin.core.extract.sayings import Pattern, amount, said
from plugin.core.extract.since import days_since
from plugin.core.extract.surface import Cues, Surface, index_of
from plugin.core.facts import Fact
from plugin.core.matcher import Scanner
from plugin.core.view import Passage

__all__ = ["CompiledExtraction", "Extraction", "compile_extract"]

ZONE = ZoneInfo("Asia/Shanghai")
"""Where 去年 and 昨天 begin and end: the zone of the one time all of China keeps."""

_NO_FIELDS: Fields = {}


class CompiledExtraction:
    """The entries of a rules file, ready to read messages; immutable."""

    def __init__(self, entries: tuple[Extraction, ...]) -> None:
        self._triggers = _triggers(entries)
        self._people = tuple(e for e in entries if isinstance(e, PeopleExtraction))
        self._others = tuple(e for e in entries if not isinstance(e, PeopleExtraction | LanguageExtraction))
        self._patterns = {e.name: Pattern(e) for e in entries if isinstance(e, PatternExtraction)}
        language = [e.words for e in entries if isinstance(e, LanguageExtraction)]
        self._heads = Heads(_extended(HEAD_WORDS, language))
        self._moods = {mood: Cues(words) for mood, words in _extended(MOOD_WORDS, language).items()}
        self._index = index_of([*self._moods.values(), *(cue for entry in entries for cue in entry.cues())])
        self.words = frozenset(self._index)
        """Every cleaned string the one scan over the text must look for."""
        self._scanner = Scanner(self.words)

    def read(
        self, body: Passage, heading: Passage | None, at: datetime | None, fields: Fields = _NO_FIELDS
    ) -> Mapping[str, Fact]:
        """The facts of one message; ``at`` is its own time (aware UTC), ``fields`` are the ticket's own."""
        del heading
        if not self._people and not self._others:
            return {}
        if len(body.text) > SHORT:
            few = thinned(body.text)
            part = Passage(few.text, self._scanner.scan(few.text), len(few.text))
            return few.restored(self._read(part, at, fields))
        return self._read(body, at, fields)

    def _read(self, body: Passage, at: datetime | None, fields: Fields) -> dict[str, Fact]:
        today = None if at is None else at.astimezone(ZONE).date()
        surface = Surface(body, self._index)
        context = Context(surface, Moods(surface, self._moods, today), fields)
        found: dict[str, Fact] = {}
        seen = numbers(surface.text)
        if self._people:
            mentions = self._heads.mentions(surface.text, seen)
            found.update((fact.name, fact) for fact in claimed(context, self._people, mentions))
        asked = {id(entry) for cues in surface.present() for entry in self._triggers.get(cues, ())}
        for entry in self._others:
            if isinstance(entry, WordsExtraction | SinceExtraction) and id(entry) not in asked:
                continue
            fact = self._read_one(entry, context, seen, today)
            known = found.get(entry.name)
            if fact is not None and (known is None or (fact.number or 0) > (known.number or 0)):
                found[entry.name] = fact
        return found

    def _read_one(
        self, entry: Extraction, context: Context, seen: list[Number], today: date | None
    ) -> Fact | None:
        match entry:
            case WordsExtraction():
                return said(context, entry)
            case NumberExtraction():
                return amount(context, entry, seen)
            case SinceExtraction():
                return days_since(context, entry, today)
            case QuantityExtraction():
                return quantity(context, entry, seen, today)
            case PatternExtraction():
                return self._patterns[entry.name].read(context)
        return None


def _triggers(entries: tuple[Extraction, ...]) -> Mapping[Cues, list[Extraction]]:
    """Words → the entries that can only say something where one of these words stands."""
    triggers: dict[Cues, list[Extraction]] = {}
    for entry in entries:
        if isinstance(entry, WordsExtraction | SinceExtraction):
            for cues in entry.needs():
                triggers.setdefault(cues, []).append(entry)
    return triggers


def _extended(
    known: Mapping[str, tuple[str, ...]], added: list[Mapping[str, tuple[str, ...]]]
) -> dict[str, tuple[str, ...]]:
    return {
        name: (*words, *(word for more in added for word in more.get(name, ())))
        for name, words in known.items()
    }


def compile_extract(entries: tuple[Extraction, ...]) -> CompiledExtraction:
    """Compile once, read often."""
    return CompiledExtraction(entries)
