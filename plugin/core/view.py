"""What one message offers to conditions: its facts, its cleaned text and the words found in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from plugin.core.facts import Fact, Facts
from plugin.core.text import clean

Found = Mapping[str, Sequence[int]]
"""Cleaned word → where it starts, ascending; a word that is not there is not in it."""


class Passage(NamedTuple):
    """A piece of cleaned text to look for words in: only what ends at or before ``end`` belongs to it."""

    text: str
    found: Found
    end: int


class PlainFound(Mapping[str, Sequence[int]]):
    """Words looked up one by one: the slow, obvious way, for conditions nobody compiled a scan for."""

    def __init__(self, text: str) -> None:
        self._text = one_line(text)
        self._seen: dict[str, tuple[int, ...]] = {}

    def __getitem__(self, word: str) -> Sequence[int]:
        starts = self._seen.get(word)
        if starts is None:
            starts = self._seen[word] = tuple(_occurrences(self._text, word)) if word else ()
        if not starts:
            raise KeyError(word)
        return starts

    def __contains__(self, word: object) -> bool:
        try:
            return bool(self[str(word)])
        except KeyError:
            return False

    def __iter__(self) -> Iterator[str]:
        return (word for word, starts in self._seen.items() if starts)

    def __len__(self) -> int:
        return sum(1 for _ in self)


_NO_FACTS: Facts = {}


class View:
    """Everything a condition may look at.

    ``facts`` are fields, facts read from text and outputs of earlier steps, by name; a name that is not
    there is unknown. ``body`` is title and text together, ``heading`` the title alone; both are None where
    no text is at hand (a plan's condition over facts). ``now`` is aware UTC. ``read`` are those of the facts
    that were read from the text alone.
    """

    __slots__ = ("_fields", "body", "facts", "heading", "now", "read")

    def __init__(
        self,
        facts: Facts,
        body: Passage | None = None,
        heading: Passage | None = None,
        now: datetime | None = None,
        read: Facts | None = None,
    ) -> None:
        self.facts = facts
        self.read = _NO_FACTS if read is None else read
        self.body = body
        self.heading = heading
        self.now = now
        self._fields: dict[str, Passage] | None = None

    def with_facts(self, facts: Facts) -> View:
        """The same message with other facts."""
        return View(facts, self.body, self.heading, self.now, self.read)

    def passage(self, name: str) -> Passage | None:
        """The text a condition on ``name`` searches: ``text``, ``title`` or a text field; None if unknown."""
        if name == "text":
            return self.body
        if name == "title":
            return self.heading
        fact = self.facts.get(name)
        return None if fact is None or not isinstance(fact.value, str) else self._field(name, fact)

    def _field(self, name: str, fact: Fact) -> Passage:
        if self._fields is None:
            self._fields = {}
        passage = self._fields.get(name)
        if passage is None:
            text = clean(str(fact.value))
            passage = self._fields[name] = Passage(text, PlainFound(text), len(text))
        return passage


def plain_view(facts: Facts, text: str = "", title: str = "", now: datetime | None = None) -> View:
    """A view whose words are looked up one by one: same answers as a scanned one, slower."""
    body = clean(title + "\n" + text)
    found = PlainFound(body)
    end = len(clean(title))
    return View(facts, Passage(body, found, len(body)), Passage(body, found, end), now)


def one_line(text: str) -> str:
    """The same cleaned text, position for position, line ends as blanks: a wrapped phrase is one phrase."""
    return text.replace("\n", " ").replace("\t", " ")


def _occurrences(text: str, word: str) -> Iterator[int]:
    start = text.find(word)
    while start >= 0:
        if stands_alone(text, start, start + len(word)):
            yield start
        start = text.find(word, start + 1)


def stands_alone(text: str, start: int, end: int) -> bool:
    """Whether ``text[start:end]`` is whole words where its ends are letters of an alphabet or digits.

    ``leak`` is not found in ``leakage`` nor in ``leaks`` (a list names the forms it wants). Chinese has no
    blanks between words, so a word of it is found anywhere; beside Chinese an alphabet's word stands alone.
    """
    if start and text[start] in ALPHABETIC and text[start - 1] in ALPHABETIC:
        return False
    return not (end < len(text) and text[end - 1] in ALPHABETIC and text[end] in ALPHABETIC)


ALPHABETIC = frozenset(character for character in map(chr, range(0x530)) if character.isalnum())
"""Letters and digits of scripts that put blanks between words: Latin, Greek, Cyrillic."""
