"""Long texts: what is said again is read once, and of the rest the beginning and the end.

A message of a person is a page or two; longer ones carry copies, logs or noise. Nothing is lost of a text of
up to ``SHORT`` characters, nor of one whose different sentences make up no more than ``MOST``.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from plugin.core.facts import Fact

SHORT = 6_000
MOST = 10_000
_END = 3_000
"""Of ``MOST``, what is kept for the end of the text."""
_PIECE = re.compile(r"[^\n。!?;]{0,299}(?:[\n。!?;]+|[^\n。!?;])")


@dataclass(frozen=True, slots=True)
class Thinned:
    """The pieces of a text that are read, and where each stood."""

    text: str
    starts: tuple[int, ...]
    """Where each piece begins in ``text``."""
    stood: tuple[int, ...]
    """Where it stood before."""

    def restored(self, facts: Mapping[str, Fact]) -> dict[str, Fact]:
        """The facts with their places in the whole text."""
        return {name: self._restored(fact) for name, fact in facts.items()}

    def _restored(self, fact: Fact) -> Fact:
        if fact.span is None:
            return fact
        piece = bisect_right(self.starts, fact.span[0]) - 1
        moved = self.stood[piece] - self.starts[piece]
        return replace(fact, span=(fact.span[0] + moved, fact.span[1] + moved))


def thinned(text: str) -> Thinned:
    """The pieces worth reading of a long text."""
    kept = _within_limit(list(_different(text)))
    starts, at = [], 0
    for _, piece in kept:
        starts.append(at)
        at += len(piece)
    return Thinned("".join(piece for _, piece in kept), tuple(starts), tuple(start for start, _ in kept))


def _different(text: str) -> Iterator[tuple[int, str]]:
    seen: set[str] = set()
    for found in _PIECE.finditer(text):
        piece = found[0]
        if piece not in seen:
            seen.add(piece)
            yield found.start(), piece


def _within_limit(pieces: list[tuple[int, str]]) -> list[tuple[int, str]]:
    if sum(len(piece) for _, piece in pieces) <= MOST:
        return pieces
    first, last = 0, len(pieces)
    length = 0
    while length < MOST - _END:
        length += len(pieces[first][1])
        first += 1
    length = 0
    while length < _END and last > first:
        last -= 1
        length += len(pieces[last][1])
    return [*pieces[:first], *pieces[last:]]
