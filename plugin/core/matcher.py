"""One pass over the text for all words of all rules, lists and extractions (Aho-Corasick)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from plugin.core.conditions import Cond, Test, Words
from plugin.core.view import ALPHABETIC, one_line
from plugin.core.words import cleaned

Hits = Callable[[str], Iterable[tuple[int, int, int]]]
"""Text → (index of the word, start, end) of every occurrence, overlapping ones too."""


class Scanner:
    """Finds every occurrence of its words, also those inside or across one another (工资 in 拖欠工资)."""

    def __init__(self, words: Iterable[str]) -> None:
        """``words`` are cleaned; empty ones are left out."""
        self.words = tuple(sorted({one_line(word) for word in words} - {""}))
        self._hits = automaton(self.words)
        self._edges = tuple((word[0] in ALPHABETIC, word[-1] in ALPHABETIC) for word in self.words)

    def scan(self, text: str) -> dict[str, list[int]]:
        """Word → where it starts in a cleaned text, ascending."""
        text = one_line(text)
        words, edges, size = self.words, self._edges, len(text)
        found: dict[str, list[int]] = {}
        for index, start, end in self._hits(text):
            opens, closes = edges[index]
            if opens and start and text[start - 1] in ALPHABETIC:
                continue
            if closes and end < size and text[end] in ALPHABETIC:
                continue
            word = words[index]
            if word in found:
                found[word].append(start)
            else:
                found[word] = [start]
        return found


def words_of(cond: Cond) -> Iterator[str]:
    """Every cleaned word a condition looks for."""
    if not isinstance(cond, Test):
        for part in cond.parts:
            yield from words_of(part)
    elif isinstance(cond.want, Words):
        want = cond.want
        for word in (*want.any_of, *want.all_of, *want.also_any_of, *want.none_of):
            sought = cleaned(word)
            yield sought.first
            if sought.second is not None:
                yield sought.second


def automaton(words: tuple[str, ...]) -> Hits:
    """The fastest automaton that is installed; both find the same."""
    if not words:
        return lambda _: ()
    try:
        return _rust_automaton(words)
    except ImportError:
        return _c_automaton(words)


def _rust_automaton(words: tuple[str, ...]) -> Hits:
    from ahocorasick_rs import AhoCorasick

    find = AhoCorasick(words).find_matches_as_indexes
    return lambda text: find(text, overlapping=True)


def _c_automaton(words: tuple[str, ...]) -> Hits:
    """pyahocorasick: a third of the speed, but with wheels for systems the other has none for (musl)."""
    from ahocorasick import Automaton

    machine = Automaton()
    for index, word in enumerate(words):
        machine.add_word(word, index)
    machine.make_automaton()
    sizes = [len(word) for word in words]

    def hits(text: str) -> Iterator[tuple[int, int, int]]:
        for last, index in machine.iter(text):
            yield index, last + 1 - sizes[index], last + 1

    return hits
