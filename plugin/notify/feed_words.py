"""The words by which a calendar feed names people of a roster, and how they are found in a title."""

from __future__ import annotations

import re
from collections.abc import Mapping

from plugin.core.text import clean

_SEARCHED = 400
"""Characters of a title that are looked through; nobody is named behind them."""


class Finder:
    """Finds words in titles: in any spelling of width and case, whole words where they are Latin."""

    def __init__(self, words: Mapping[str, str]) -> None:
        self._people = {_spelt(word): person for word, person in words.items()}
        longest_first = sorted(filter(None, self._people), key=len, reverse=True)
        self._pattern = re.compile("|".join(map(_bounded, longest_first))) if longest_first else None

    def named(self, title: str) -> tuple[str, ...]:
        """What the words in a title stand for, in the order of the title, each once."""
        if self._pattern is None:
            return ()
        found = self._pattern.finditer(_spelt(title))
        return tuple(dict.fromkeys(self._people[each[0]] for each in found))

    def exactly(self, text: str) -> tuple[str, ...]:
        """What a text stands for that is one of the words and nothing more."""
        person = self._people.get(_spelt(text))
        return () if person is None else (person,)


def _spelt(text: str) -> str:
    return " ".join(clean(text[:_SEARCHED]).split())


def _bounded(word: str) -> str:
    """``ann`` is not in ``joanna``; Chinese knows no such bounds."""
    before = r"(?<![0-9a-z])" if re.match("[0-9a-z]", word) else ""
    after = r"(?![0-9a-z])" if re.search("[0-9a-z]$", word) else ""
    return before + re.escape(word) + after
