"""The checked form of ``extract:``: which fact is read, and how."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from plugin.core.conditions import FieldType
from plugin.core.extract.surface import NO_CUES, Cues
from plugin.core.place import Place

Scope = Literal["clause", "sentence", "message"]
Take = Literal["max", "min", "first", "last", "sum"]
Head = Literal["person", "household", "staff", "unit"]
HEADS: tuple[Head, ...] = ("person", "household", "staff", "unit")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One way a fact may be read: what must stand around its number or word, and how it may be spoken."""

    near: Cues = NO_CUES
    """One of these must stand in the scope, itself not denied; empty: nothing is asked."""
    also: Cues = NO_CUES
    """And one of these."""
    unless: Cues = NO_CUES
    """None of these may stand in the scope."""
    ended: Cues = NO_CUES
    """None of these may be said later in the message: what they say is over."""
    scope: Scope = "sentence"
    gap: int = 0
    """Characters between the number and the cue that speaks of it, no other number between; 0: anywhere."""
    side: Literal["", "before", "after"] = ""
    """Where the cue of ``gap`` must stand."""
    skip: frozenset[str] = frozenset()
    """Moods in which it does not count; ``past!`` where only the clause's own words matter."""
    only: frozenset[str] = frozenset()
    """Moods of which one must hold."""
    late: bool = False
    """Asked only after the words of its own clause have been asked of every other reading."""
    denied: bool = False
    """It counts even where it is denied (no shelter, 没有毯子: the want is what matters)."""
    of: frozenset[str] = frozenset({"person", "household"})
    """Of a number: what it counts."""
    fields: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Fields of the ticket and the values one of which they must have."""

    def cues(self) -> Iterator[Cues]:
        """Everything to look for."""
        yield from (self.near, self.also, self.unless, self.ended)


@dataclass(frozen=True, slots=True, kw_only=True)
class Extraction:
    """One entry of ``extract:``; entries are asked in the order of the file."""

    name: str
    kind: str
    type: FieldType
    place: Place
    readings: tuple[Reading, ...] = (Reading(),)
    take: Take = "max"

    def cues(self) -> Iterator[Cues]:
        """Everything to look for."""
        for reading in self.readings:
            yield from reading.cues()


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleExtraction(Extraction):
    """A head count: takes the numbers of people its readings speak of, of those not yet taken."""

    drop: bool = False
    """The numbers are taken and count for nothing (an audience, members of a chat)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberExtraction(Extraction):
    """A number of things: directly followed by one of the units, where there are any."""

    units: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class WordsExtraction(Extraction):
    """Something said to be so. ``flag``: true; ``choice``: the first value said; ``tags``: all values said.

    With ``at_least`` (``flag``): so many different words in one scope.
    """

    values: Mapping[str, Cues]
    at_least: int = 0

    def needs(self) -> Iterator[Cues]:
        """Plain words without any of which nothing is said."""
        for cues in self.values.values():
            yield from cues.needs()

    def cues(self) -> Iterator[Cues]:
        """Everything to look for."""
        yield from self.values.values()
        for reading in self.readings:
            yield from reading.cues()


@dataclass(frozen=True, slots=True, kw_only=True)
class SinceExtraction(Extraction):
    """Days since something began: a date or a duration beside what ``near`` says (an organisation's silence).

    ``begun``: what a date must stand with, where it is not in the same sentence as the silence.
    """

    begun: Cues = NO_CUES

    def needs(self) -> Iterator[Cues]:
        """Plain words without any of which nothing is said."""
        for reading in self.readings:
            yield from reading.near.needs()

    def cues(self) -> Iterator[Cues]:
        """Everything to look for."""
        yield self.begun
        for reading in self.readings:
            yield from reading.cues()


@dataclass(frozen=True, slots=True, kw_only=True)
class QuantityExtraction(Extraction):
    """A ``date``, a ``duration`` or a sum of ``money``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PatternExtraction(Extraction):
    """An admin's RE2 pattern; its group ``value``, or the whole match."""

    pattern: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LanguageExtraction(Extraction):
    """Words added to those Paidan knows: mood or head → words."""

    words: Mapping[str, tuple[str, ...]]
