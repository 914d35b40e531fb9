"""Near names and short lists of choices."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from difflib import SequenceMatcher

CUTOFF = 0.7
MOST_SHOWN = 8
MOST_COMPARED = 2000
"""Choices looked at for a near name; a longer list is cut so that no file makes a check slow."""


def nearest(given: str, choices: Iterable[str]) -> str | None:
    """The one name that was surely meant, or None."""
    folded = fold(given)
    best: list[str] = []
    score = CUTOFF
    for choice in list(choices)[:MOST_COMPARED]:
        likeness = _likeness(folded, fold(choice), score)
        if likeness > score:
            best, score = [choice], likeness
        elif likeness == score and likeness >= CUTOFF:
            best.append(choice)
    return best[0] if len(best) == 1 else None


def _likeness(one: str, other: str, at_least: float) -> float:
    if one == other:
        return 1.0
    if not one or not other or 2 * min(len(one), len(other)) / (len(one) + len(other)) < at_least:
        return 0.0
    if _one_character_off(one, other):
        return max(CUTOFF, 1 - 1 / len(one))
    matcher = SequenceMatcher(None, one[:80], other[:80], autojunk=False)
    return matcher.ratio() if matcher.quick_ratio() >= at_least else 0.0


def _one_character_off(one: str, other: str) -> bool:
    """来仿 for 来访: a wrong character in a two-character word leaves a ratio of a half only."""
    if len(one) != len(other) or len(one) < 2 or one.isascii():
        return False
    return sum(a != b for a, b in zip(one, other, strict=True)) == 1


def fold(name: str) -> str:
    """A name without what fingers slip on: width, case, and ``-``, ``_`` or space between words."""
    return unicodedata.normalize("NFKC", name).casefold().replace("-", "_").replace(" ", "_").strip("_")


def shown(choices: Iterable[str]) -> tuple[tuple[str, ...], int]:
    """The first choices in order, and how many more there are."""
    ordered = sorted(set(choices))
    return tuple(ordered[:MOST_SHOWN]), max(0, len(ordered) - MOST_SHOWN)
