"""Where the words of a condition are said in a passage: near each other, and not just after a negation.

Ticket text is written by strangers, so every search here is bounded: the work grows with the text, never
with its square.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from plugin.core.conditions import Word
from plugin.core.text import clean
from plugin.core.view import Passage, one_line, stands_alone

Span = tuple[int, int]

NEGATION_REACH = 4
"""How many Chinese characters or alphabetic words may stand between a negation and what it negates."""

_WINDOW = 48
_HITS_EXAMINED = 1000
_CLAUSE_END = re.compile(r"[,.。;!?:\n…]")
_UNIT = re.compile(r"[a-z0-9'\u00df-\u024f]+|\w")


def cleaned(word: Word) -> Word:
    """The word as it is looked for: cleaned like the text it is looked for in."""
    second = None if word.second is None else one_line(clean(word.second))
    return Word(one_line(clean(word.first)), second, word.gap)


def said(word: Word, passage: Passage) -> bool:
    """Whether a cleaned word is said anywhere in the passage."""
    return next(spans(word, passage), None) is not None


def spans(word: Word, passage: Passage) -> Iterator[Span]:
    """Where a cleaned word is said, ascending; of ``A ~N B`` the stretch from the one to the other."""
    if word.first not in passage.found:
        return
    if word.second is None:
        yield from _plain_spans(word.first, passage)
    elif word.second in passage.found:
        yield from _near_spans(word.first, word.second, word.gap, passage)


def unnegated(words: Iterable[Word], negations: Sequence[str], passage: Passage) -> Iterator[Span]:
    """Where one of the words is said and no negation stands just before it in its clause.

    Only the first thousand places of a word are examined: a text that negates a word more often than that is
    taken to say it, for repetition must not talk a word away.
    """
    for word in words:
        places = spans(word, passage)
        for span in islice(places, _HITS_EXAMINED):
            if not negated(passage.text, span[0], negations):
                yield span
        yield from places


def negated(text: str, start: int, negations: Sequence[str]) -> bool:
    """Whether a negation stands in reach before ``start`` in its clause; a negated negation affirms."""
    answer = False
    reach = NEGATION_REACH
    for _ in range(4):
        start = _negation_before(text, start, negations, reach)
        if start < 0:
            return answer
        answer = not answer
        reach = 1
    return answer


def _negation_before(text: str, start: int, negations: Sequence[str], reach: int) -> int:
    """Start of the nearest negation before ``start``, the longest of those ending there; -1 if none."""
    low = _clause_start(text, start)
    best = (-1, 0)
    for word in negations:
        at = text.rfind(word, low, start)
        while at >= 0 and not stands_alone(text, at, at + len(word)):
            at = text.rfind(word, low, at + len(word) - 1)
        if at >= 0:
            best = max(best, (at + len(word), len(word)))
    end, length = best
    if end < 0 or len(_UNIT.findall(text, end, start)) > reach:
        return -1
    return end - length


def _clause_start(text: str, start: int) -> int:
    low = max(0, start - _WINDOW)
    for end in _CLAUSE_END.finditer(text, low, start):
        low = end.end()
    return low


def _plain_spans(word: str, passage: Passage) -> Iterator[Span]:
    size = len(word)
    for start in passage.found[word]:
        if start + size > passage.end:
            return
        yield start, start + size


def _near_spans(one: str, other: str, gap: int, passage: Passage) -> Iterator[Span]:
    """Pairs within ``gap`` characters of each other, in either order, that share no character."""
    forward = _following(one, other, gap, passage)
    backward = _following(other, one, gap, passage) if one != other else iter(())
    yield from _merged(forward, backward)


def _following(one: str, other: str, gap: int, passage: Passage) -> Iterator[Span]:
    """``one … other`` pairs; leaps over places too far apart, so the work grows with the pairs' turns."""
    firsts, seconds = passage.found[one], passage.found[other]
    size, other_size = len(one), len(other)
    i = 0
    while i < len(firsts):
        j = bisect_left(seconds, firsts[i] + size)
        if j == len(seconds) or seconds[j] + other_size > passage.end:
            return
        if seconds[j] - firsts[i] - size <= gap:
            yield firsts[i], seconds[j] + other_size
            i += 1
        else:
            i = bisect_left(firsts, seconds[j] - gap - size, i + 1)


def _merged(forward: Iterator[Span], backward: Iterator[Span]) -> Iterator[Span]:
    one, other = next(forward, None), next(backward, None)
    while one is not None and other is not None:
        if one <= other:
            yield one
            one = next(forward, None)
        else:
            yield other
            other = next(backward, None)
    if one is not None:
        yield one
        yield from forward
    if other is not None:
        yield other
        yield from backward
