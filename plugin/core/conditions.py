"""The condition language: what a ``when:`` may say, and its three-valued answer.

A condition is a tree of ``All``, ``AnyOf``, ``NoneOf`` and ``Test``.
``documents`` builds it from YAML; ``core.evaluate`` is the only evaluator anywhere.
"""

from __future__ import annotations

from dataclasses import dataclass

from plugin.core.place import Place

FieldType = str
"""One of: choice, tree, text, number, duration, time, flag, tags."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word to find in text: plain, or two words within ``gap`` characters in either order (``A ~N B``)."""

    first: str
    second: str | None = None
    gap: int = 0


@dataclass(frozen=True, slots=True)
class OneOf:
    """choice, tree, flag, tags: the value is (one of) these; ``negate`` for ``not:``."""

    values: frozenset[str | bool]
    negate: bool = False


@dataclass(frozen=True, slots=True)
class Range:
    """number, duration (seconds), time (minutes of the day): both ends included unless ``..<``.

    None is an open end.
    """

    lo: float | None
    hi: float | None
    hi_excluded: bool = False
    negate: bool = False


@dataclass(frozen=True, slots=True)
class Words:
    """text: contains any of ``any_of``; and, where given, all of, any of a second group, none of."""

    any_of: tuple[Word, ...] = ()
    all_of: tuple[Word, ...] = ()
    also_any_of: tuple[Word, ...] = ()
    none_of: tuple[Word, ...] = ()
    not_after: tuple[str, ...] = ()
    """A hit of ``any_of`` does not count just after one of these in its clause (没有聚集)."""


@dataclass(frozen=True, slots=True)
class Matches:
    """text: an admin's RE2 pattern is found."""

    pattern: str


@dataclass(frozen=True, slots=True)
class Exists:
    """Any type: a value is known (or, with False, is not)."""

    wanted: bool


@dataclass(frozen=True, slots=True)
class Under:
    """tree: the value is one of these paths or lies below one."""

    paths: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TagSet:
    """tags: has all of / has none of."""

    all_of: frozenset[str] = frozenset()
    none_of: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Within:
    """time: the instant lies within this many seconds before now."""

    seconds: int


Want = OneOf | Range | Words | Matches | Exists | Under | TagSet | Within


@dataclass(frozen=True, slots=True)
class Test:
    """One field and what is wanted of it."""

    __test__ = False

    field: str
    want: Want
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class All:
    """Every part holds; with no parts, always."""

    parts: tuple[Cond, ...]
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one part holds."""

    parts: tuple[Cond, ...]
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class NoneOf:
    """No part holds."""

    parts: tuple[Cond, ...]
    place: Place | None = None


Cond = All | AnyOf | NoneOf | Test

ALWAYS = All(())
