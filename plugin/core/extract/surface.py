"""The surface of one message: sentences, clauses, and where the cue words stand in them."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from plugin.core.conditions import Word
from plugin.core.view import Passage

Span = tuple[int, int]

_SENTENCE_END = re.compile(r"[。!?;…]+|\.(?=\s|$)|\n")
_CLAUSE_END = re.compile(
    r"[,:](?!\d)|(?<!\d)[,:]|[()（）\[\]【】]|[—–]{2}| [-–—] |(?=\b(?:but|although|though|however"
    r"|whereas)\b)"
    r"|(?=但是?|可是|然而|不过)"
)
SENTENCE_REACH = 300
CLAUSE_REACH = 120
"""Nobody's sentence is longer; without a limit a text without punctuation would be one."""


class Near(NamedTuple):
    """Two words that follow each other within ``gap`` characters (到 … 局)."""

    first: tuple[str, ...]
    second: tuple[str, ...]
    gap: int


class Cues(NamedTuple):
    """What to look for: any of these words or pairs; a hit that lies in one of ``but_not`` is none."""

    words: tuple[str, ...] = ()
    pairs: tuple[Near, ...] = ()
    but_not: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.words or self.pairs)

    def strings(self) -> Iterator[str]:
        """Every string a scan must look for."""
        yield from self.words
        yield from self.but_not
        for pair in self.pairs:
            yield from pair.first
            yield from pair.second


def cues_of(words: Sequence[Word], but_not: Sequence[str] = (), pairs: Sequence[Near] = ()) -> Cues:
    """Cues from cleaned words; ``A ~N B`` may stand in either order."""
    plain = tuple(word.first for word in words if word.second is None)
    both = [word for word in words if word.second is not None]
    either = [Near((w.first,), (w.second or "",), w.gap) for w in both]
    either += [Near((w.second or "",), (w.first,), w.gap) for w in both]
    return Cues(plain, (*pairs, *either), tuple(but_not))


class Surface:
    """A cleaned message cut into sentences and clauses; every look-up is by position, none walks the text."""

    def __init__(self, passage: Passage) -> None:
        self.text = passage.text
        self.found: Mapping[str, Sequence[int]] = passage.found
        self.length = len(passage.text)
        self._sentences = _sentence_starts(passage.text)
        self._clauses = sorted({*self._sentences, *_clause_starts(passage.text)})
        self._places: dict[Cues, list[Span]] = {}

    def sentence(self, at: int) -> Span:
        """Start and end of the sentence that holds a position."""
        return _around(self._sentences, at, self.length, SENTENCE_REACH)

    def clause(self, at: int) -> Span:
        """Start and end of the clause that holds a position."""
        return _around(self._clauses, at, self.length, CLAUSE_REACH)

    def clauses(self, span: Span) -> list[Span]:
        """The clauses of a sentence, in order."""
        first, last = bisect_right(self._clauses, span[0]) - 1, bisect_left(self._clauses, span[1])
        starts = [max(span[0], start) for start in self._clauses[first:last]]
        return list(zip(starts, [*starts[1:], span[1]], strict=True))

    def places(self, cues: Cues) -> list[Span]:
        """Where any of the cues stands, ascending."""
        known = self._places.get(cues)
        if known is None:
            known = self._places[cues] = self._search(cues)
        return known

    def _search(self, cues: Cues) -> list[Span]:
        hits = self._words(cues.words)
        for pair in cues.pairs:
            hits += self._pairs(pair)
        if hits and cues.but_not and (blocked := self._words(cues.but_not)):
            hits = [hit for hit in hits if not any(_inside(hit, other) for other in blocked[:_MOST])]
        return sorted(set(hits)) if len(hits) > 1 else hits

    def _words(self, words: tuple[str, ...]) -> list[Span]:
        found = self.found
        if len(words) > len(found):
            wanted = _as_set(words)
            said = [word for word in found if word in wanted]
        else:
            said = [word for word in words if word in found]
        return [(start, start + len(word)) for word in said for start in found[word]]

    def _pairs(self, pair: Near) -> Iterator[Span]:
        firsts = self._words(pair.first)
        seconds = sorted(self._words(pair.second)) if firsts else []
        for start, end in firsts[:_MOST]:
            index = bisect_left(seconds, (end, -1))
            if index < len(seconds) and seconds[index][0] - end <= pair.gap:
                yield start, seconds[index][1]

    def within(self, cues: Cues, span: Span) -> Iterator[Span]:
        """The places of the cues that lie inside a span."""
        places = self.places(cues)
        for index in range(bisect_left(places, (span[0], -1)), len(places)):
            if places[index][0] >= span[1]:
                return
            if places[index][1] <= span[1]:
                yield places[index]

    def says(self, cues: Cues, span: Span) -> bool:
        """Whether one of the cues stands in the span."""
        return next(self.within(cues, span), None) is not None


_MOST = 300
_SETS: dict[tuple[str, ...], frozenset[str]] = {}


def _as_set(words: tuple[str, ...]) -> frozenset[str]:
    known = _SETS.get(words)
    if known is None:
        known = _SETS[words] = frozenset(words)
    return known


def _inside(inner: Span, outer: Span) -> bool:
    return outer[0] <= inner[0] < outer[1]


def _sentence_starts(text: str) -> list[int]:
    starts = [0]
    heading = True
    for found in _SENTENCE_END.finditer(text):
        if found[0] == "\n" and not heading and _is_wrapped(text, found.start()):
            continue
        heading = heading and found[0] != "\n"
        if found.end() < len(text):
            starts.append(found.end())
    return starts


def _is_wrapped(text: str, at: int) -> bool:
    """A line break inside a wrapped English sentence: the heading's own break never is."""
    before, after = text[at - 1 : at], text[at + 1 : at + 2]
    return (before.isascii() and (before.isalnum() or before == ",")) and (
        after.isascii() and after.isalnum()
    )


def _clause_starts(text: str) -> Iterator[int]:
    return (found.end() for found in _CLAUSE_END.finditer(text) if found.end() < len(text))


def _around(starts: Sequence[int], at: int, length: int, reach: int) -> Span:
    index = bisect_right(starts, at) - 1
    end = starts[index + 1] if index + 1 < len(starts) else length
    return max(starts[index], at - reach), min(end, at + reach)
