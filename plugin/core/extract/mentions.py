"""Head counts in the text: a number and what it counts."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, replace

from plugin.core.conditions import Word
from plugin.core.extract.numerals import Number, at_least, below, numbers, up_to
from plugin.core.extract.surface import Span, Surface
from plugin.core.facts import Count

_REACH = 48
_ZH_GAP = re.compile(r"[ ]?(?:多|余|来|几|好几)?[ ]?(?:个|名|位|口|号|群|批|组|伙|拨|对)?[^\W\d_]{0,6}$")
_ZH_TIGHT = re.compile(r"[ ]?(?:多|余|来|几)?[ ]?(?:个|口|号)?$")
_EN_GAP = re.compile(r"[ -]?(?:(?:of )?(?:the |our |my |these |those |other |more )?)?(?:[a-z'-]+ ){0,3}$")
_BEHIND = (
    (re.compile(r"[ ]?(?:及)?以上"), at_least),
    (re.compile(r"[ ]?以下"), below),
    (re.compile(r"[ ]?(?:以内|之内)"), up_to),
    (re.compile(r"[ ]or more\b"), at_least),
    (re.compile(r"[ ]or (?:fewer|less)\b"), up_to),
)
_ORDINAL = re.compile(r"(?:第|no\.? ?|number |#)$")
_SUBSET = re.compile(r"(?:其中|当中|里面|of whom|of which|including|among them)[^。!?]{0,6}$")


@dataclass(frozen=True, slots=True)
class Mention:
    """One number of something, and where it stands."""

    start: int
    end: int
    """Behind the word for what is counted."""
    count: Count
    unit: str
    is_subset: bool = False
    """其中…, of whom …: a part of those counted before."""


@dataclass(frozen=True, slots=True)
class Units:
    """The words for what is counted, and those that look like them but are not (人次, 人行道)."""

    words: tuple[Word, ...]
    but_not: tuple[Word, ...] = ()
    never_beside: tuple[Word, ...] = ()
    """Who never counts as one of the crowd when named right at the number: 保安3人, five police officers."""


def mentions(surface: Surface, found: tuple[Number, ...], units: Units) -> Iterator[Mention]:
    """Every number in the message that counts one of these units."""
    places = surface.places(units.words)
    excluded = {start for start, _ in surface.places(units.but_not)}
    for number in found:
        unit = _unit(surface.text, number, places, excluded)
        if unit is None or _ORDINAL.search(surface.text, max(0, number.start - 8), number.start):
            continue
        mention = Mention(number.start, unit[1], number.count, surface.text[unit[0] : unit[1]])
        if not _is_beside(surface, mention, units.never_beside):
            yield _qualified(surface.text, mention)


def _unit(text: str, number: Number, places: list[Span], excluded: set[int]) -> Span | None:
    best: Span | None = None
    for index in range(bisect_left(places, (number.end, -1)), len(places)):
        start, end = places[index]
        if start > number.end + _REACH or (best is not None and start > best[0]):
            break
        if start not in excluded and _gap_fits(text[number.end : start], text[start:end]):
            best = (start, end) if best is None else (start, max(end, best[1]))
    return best


def _gap_fits(gap: str, unit: str) -> bool:
    if unit[0] < "\u0530":
        return gap != "" and bool(_EN_GAP.match(gap))
    pattern = _ZH_TIGHT if len(unit) == 1 else _ZH_GAP
    return bool(pattern.match(gap))


def _is_beside(surface: Surface, mention: Mention, words: tuple[Word, ...]) -> bool:
    if not words:
        return False
    before = surface.within(words, (max(0, mention.start - 6), mention.start))
    if any(mention.start - end <= 1 for _, end in before):
        return True
    return surface.says(words, (mention.start, min(len(surface.text), mention.end + 6)))


def _qualified(text: str, mention: Mention) -> Mention:
    for pattern, change in _BEHIND:
        if behind := pattern.match(text, mention.end):
            mention = replace(mention, count=change(mention.count), end=behind.end())
    subset = _SUBSET.search(text, max(0, mention.start - 16), mention.start)
    return replace(mention, is_subset=subset is not None)


def all_numbers(surface: Surface) -> tuple[Number, ...]:
    """Every number of the message, read once for all extractions."""
    return tuple(numbers(surface.text))
