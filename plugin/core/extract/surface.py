"""The surface of one message: sentences, clauses, and where the cue words stand in them."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from plugin.core.view import Passage

Span = tuple[int, int]

_SENTENCE_END = re.compile(r"[。!?;…]+|\.(?=\s|$)|\n+")
_CLAUSE_END = re.compile(
    r"[,:](?!\d)|(?<!\d)[,:]|[()（）\[\]【】]|[—–]{2}| [-–—] |(?=\b(?:but|although|though|however"
    r"|whereas)\b)"
    r"|(?=但是?|可是|然而|不过)"
)
SENTENCE_REACH = 300
CLAUSE_REACH = 120
"""Nobody's sentence is longer; without a limit a text without punctuation would be one."""


@dataclass(frozen=True, slots=True, eq=False)
class Cues:
    """What to look for: any of these words or pairs; a hit that lies in one of ``but_not`` is none.

    Told apart by identity: whoever makes many gives equal ones once (``documents.extract``).
    """

    words: tuple[str, ...] = ()
    pairs: tuple[Near, ...] = ()
    but_not: Cues | None = None

    def __bool__(self) -> bool:
        return bool(self.words or self.pairs)

    def needs(self) -> Iterator[Cues]:
        """The plain words without any of which there can be no hit."""
        if self.words:
            yield self
        for pair in self.pairs:
            yield pair.second

    def all(self) -> Iterator[Cues]:
        """These and all cues they are made of."""
        yield self
        for pair in self.pairs:
            yield from pair.first.all()
            yield from pair.second.all()
        if self.but_not is not None:
            yield from self.but_not.all()


class Near(NamedTuple):
    """Two words of which the second follows the first within ``gap`` characters (到 … 局).

    Both sides are plain words.
    """

    first: Cues
    second: Cues
    gap: int


NO_CUES = Cues()

CueIndex = Mapping[str, tuple[Cues, ...]]
"""Word → the cues it belongs to."""


def index_of(cues: Iterable[Cues]) -> CueIndex:
    """The index of all these cues and of what they are made of."""
    index: dict[str, dict[Cues, None]] = {}
    for one in cues:
        for part in one.all():
            for word in part.words:
                index.setdefault(word, {})[part] = None
    return {word: tuple(parts) for word, parts in index.items()}


class Surface:
    """A cleaned message cut into sentences and clauses; every look-up is by position, none walks the text."""

    def __init__(self, passage: Passage, index: CueIndex) -> None:
        self.text = passage.text
        self.length = len(passage.text)
        self._sentences = _sentence_starts(passage.text)
        self._clauses = sorted({*self._sentences, *_clause_starts(passage.text)})
        self._places = _places(passage, index)
        self._made: set[Cues] = set()

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

    def present(self) -> Iterable[Cues]:
        """The cues of which at least one plain word stands in the message."""
        return self._places

    def places(self, cues: Cues) -> Sequence[Span]:
        """Where any of the cues stands, ascending."""
        if (cues.pairs or cues.but_not is not None) and cues not in self._made:
            self._made.add(cues)
            self._places[cues] = self._composed(cues)
        return self._places.get(cues, _NOWHERE)

    def _composed(self, cues: Cues) -> list[Span]:
        places = self._places
        hits = list(places.get(cues, ()))
        for pair in cues.pairs:
            if pair.first in places and pair.second in places:
                hits += self._followed(places[pair.first], places[pair.second], pair.gap)
        if not hits:
            return hits
        if cues.but_not is not None and (blocked := self.places(cues.but_not)):
            hits = [hit for hit in hits if not any(_inside(hit, other) for other in blocked[:_MOST])]
        return sorted(set(hits))

    def _followed(self, firsts: Sequence[Span], seconds: Sequence[Span], gap: int) -> Iterator[Span]:
        """The pairs; no word belongs to one of another sentence, nor to one that is denied (电梯没有困人)."""
        sentences = self._sentences
        for start, end in firsts[:_MOST]:
            index = bisect_left(seconds, (end, -1))
            if index == len(seconds) or seconds[index][0] - end > gap:
                continue
            same = bisect_right(sentences, start) == bisect_right(sentences, seconds[index][0])
            if same and not _DENIED_BETWEEN.search(
                self.text, max(end, seconds[index][0] - 8), seconds[index][0]
            ):
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
_DENIED_BETWEEN = re.compile(r"(?:没有?|冇|未|并无|并非|无)人?被?$|\b(?:not|no|nobody|no one|never) $")
_NOWHERE: Sequence[Span] = ()


def _places(passage: Passage, index: CueIndex) -> dict[Cues, list[Span]]:
    """One pass over what the scan found: every hit goes to the cues its word belongs to."""
    places: dict[Cues, list[Span]] = {}
    for word, starts in passage.found.items():
        owners = index.get(word)
        if owners is None:
            continue
        size = len(word)
        spans = [(start, start + size) for start in starts]
        for cues in owners:
            known = places.get(cues)
            places[cues] = spans if known is None else known + spans
    for cues, spans in places.items():
        if len(spans) > 1:
            places[cues] = sorted(spans)
    return places


def _inside(inner: Span, outer: Span) -> bool:
    return outer[0] <= inner[0] < outer[1]


def _sentence_starts(text: str) -> list[int]:
    starts = [0]
    heading = True
    for found in _SENTENCE_END.finditer(text):
        if found[0] == "\n" and not heading and _is_wrapped(text, found.start()):
            continue
        heading = heading and found[0][0] != "\n"
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
