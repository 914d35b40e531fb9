"""The checked form of ``extract:``: which fact is read, and how."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from plugin.core.conditions import FieldType, Word
from plugin.core.extract.mentions import Units
from plugin.core.extract.surface import Mood
from plugin.core.place import Place

Scope = Literal["clause", "sentence", "message"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Extraction:
    """One entry of ``extract:``; entries are asked in the order of the file."""

    name: str
    kind: str
    type: FieldType
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class CountExtraction(Extraction):
    """A number of people or things: takes the mentions its cues speak of, of those not yet taken."""

    units: Units
    near: tuple[Word, ...] = ()
    """Cues, one of which must stand in the scope of the mention; empty: none is needed."""
    unless: tuple[Word, ...] = ()
    """Cues that must not stand in its clause."""
    scope: Scope = "clause"
    skip: tuple[Mood, ...] = ()
    only: Mood | None = None
    negations: tuple[str, ...] = ()
    take: Literal["max", "first", "last", "sum"] = "max"
    subsets: bool = False
    """Whether a part of a number counted before (其中三人) is a count here."""
    unsure: Mood | None = None
    """In this mood (听说) the number is not counted; it is neither taken nor left to later entries."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FlagExtraction(Extraction):
    """Something said to be so: one of the words, not negated, not only past, planned or supposed."""

    values: Mapping[str, tuple[Word, ...]]
    """value → words; a flag has the one value ``true``."""
    near: tuple[Word, ...] = ()
    unless: tuple[Word, ...] = ()
    scope: Scope = "sentence"
    skip: tuple[Mood, ...] = ()
    negations: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NamesExtraction(Extraction):
    """Which of some names are said, as tags under their own keys; ``at_least`` different ones make a flag."""

    of: Mapping[str, tuple[Word, ...]]
    near: tuple[Word, ...] = ()
    scope: Scope = "sentence"
    skip: tuple[Mood, ...] = ()
    negations: tuple[str, ...] = ()
    at_least: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SinceExtraction(Extraction):
    """Days since something began, from a date or a duration, relative to the message's own time.

    ``near``: what must be said somewhere in the message (the organisation's silence);
    ``begun``: what a date must stand with in its sentence to count as the beginning.
    """

    near: tuple[Word, ...]
    begun: tuple[Word, ...] = ()
    unless: tuple[Word, ...] = ()
    negations: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PatternExtraction(Extraction):
    """An admin's RE2 pattern; its group ``value``, or the whole match."""

    pattern: str
    near: tuple[Word, ...] = ()
    scope: Scope = "sentence"
