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
    best, score = None, CUTOFF
    for choice in list(choices)[:MOST_COMPARED]:
        likeness = _likeness(folded, fold(choice), score)
        if likeness > score or (likeness == score and best is None):
            best, score = choice, likeness
    return best


def _likeness(one: str, other: str, at_least: float) -> float:
    if one == other:
        return 1.0
    if not one or not other or 2 * min(len(one), len(other)) / (len(one) + len(other)) < at_least:
        return 0.0
    matcher = SequenceMatcher(None, one[:80], other[:80], autojunk=False)
    return matcher.ratio() if matcher.quick_ratio() >= at_least else 0.0


def fold(name: str) -> str:
    """A name without what fingers slip on: width, case, and ``-``, ``_`` or space between words."""
    return unicodedata.normalize("NFKC", name).casefold().replace("-", "_").replace(" ", "_").strip("_")


def shown(choices: Iterable[str]) -> tuple[tuple[str, ...], int]:
    """The first choices in order, and how many more there are."""
    ordered = sorted(set(choices))
    return tuple(ordered[:MOST_SHOWN]), max(0, len(ordered) - MOST_SHOWN)
