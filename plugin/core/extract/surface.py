"""The surface of one message: sentences, clauses, and where the cue words stand in them."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from plugin.core.conditions import Word
from plugin.core.view import Passage
from plugin.core.words import negated, spans

_SENTENCE_END = re.compile(r"[。!?;\n…]+|(?<=[a-z)\"'”0-9])\.(?=\s|$)")
_CLAUSE_END = re.compile(r"[,:、()（）—\"“”]+|(?<=[a-z0-9]) - ")

Span = tuple[int, int]


class Mood(NamedTuple):
    """Cue words of one way of speaking, and the words that end its reach (今天 ends 去年)."""

    name: str
    cues: tuple[Word, ...]
    ends: tuple[Word, ...] = ()
    after: bool = False
    """The cue may also follow in the same clause (…的话, if nothing is done)."""


class Surface:
    """A cleaned message cut into sentences and clauses; every look-up is by position, none walks the text."""

    def __init__(self, passage: Passage) -> None:
        self.passage = passage
        self.text = passage.text
        self._sentences = _starts(_SENTENCE_END, self.text)
        self._clauses = sorted({*self._sentences, *_starts(_CLAUSE_END, self.text)})
        self._places: dict[tuple[Word, ...], list[Span]] = {}

    def sentence(self, at: int) -> Span:
        """Start and end of the sentence that holds a position."""
        return _around(self._sentences, at, len(self.text))

    def clause(self, at: int) -> Span:
        """Start and end of the clause that holds a position."""
        return _around(self._clauses, at, len(self.text))

    def message(self) -> Span:
        """The whole message."""
        return 0, len(self.text)

    def places(self, words: tuple[Word, ...]) -> list[Span]:
        """Where any of the words stands, ascending."""
        known = self._places.get(words)
        if known is None:
            known = self._places[words] = sorted(
                {span for word in words for span in spans(word, self.passage)}
            )
        return known

    def within(self, words: tuple[Word, ...], span: Span) -> Iterator[Span]:
        """The places of the words that lie inside a span."""
        places = self.places(words)
        for index in range(bisect_left(places, (span[0], -1)), len(places)):
            if places[index][0] >= span[1]:
                return
            if places[index][1] <= span[1]:
                yield places[index]

    def says(self, words: tuple[Word, ...], span: Span, negations: Sequence[str] = ()) -> bool:
        """Whether one of the words stands in the span, not just behind a negation."""
        return any(
            not (negations and negated(self.text, start, negations)) for start, _ in self.within(words, span)
        )

    def has_mood(self, mood: Mood, at: Span, *, scope: Span) -> bool:
        """Whether ``at`` is spoken in this mood: a cue stands before it in ``scope``, not ended since."""
        last = max((end for _, end in self.within(mood.cues, (scope[0], at[0]))), default=None)
        if last is not None and not self.says(mood.ends, (last, at[0])):
            return True
        return mood.after and self.says(mood.cues, (at[1], self.clause(max(at[1] - 1, at[0]))[1]))


def _starts(pattern: re.Pattern[str], text: str) -> list[int]:
    return [0, *(found.end() for found in pattern.finditer(text) if found.end() < len(text))]


def _around(starts: Sequence[int], at: int, length: int) -> Span:
    index = bisect_right(starts, at) - 1
    return starts[index], starts[index + 1] if index + 1 < len(starts) else length


def plain_words(words: Iterable[Word]) -> Iterator[str]:
    """The strings a scanner must look for to find these words."""
    for word in words:
        yield word.first
        if word.second is not None:
            yield word.second
