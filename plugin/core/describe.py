"""What a condition wants and what the ticket has, as short text for the trace, spelled as in the YAML."""

from __future__ import annotations

from collections.abc import Iterable

from plugin.core.conditions import (
    Exists,
    Matches,
    OneOf,
    Range,
    TagSet,
    Under,
    Want,
    Within,
    Word,
    Words,
)
from plugin.core.facts import Count, FactValue


def wanted_text(want: Want) -> str:
    """The rule's value as the admin would write it."""
    if isinstance(want, OneOf):
        return _negated(want.negate, _listed(map(value_text, want.values), in_order=False))
    if isinstance(want, Range):
        return _negated(want.negate, range_text(want))
    if isinstance(want, Words):
        return _words_text(want)
    return _rest_text(want)


def value_text(value: FactValue) -> str:
    """A value as the admin writes it: true, 40..50, 200.., words."""
    if value.__class__ is str:
        return str(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Count):
        return str(value.lo) if value.lo == value.hi else range_text(Range(value.lo, value.hi))
    if isinstance(value, tuple):
        return _listed(map(str, value))
    return str(value)


def range_text(want: Range) -> str:
    """``10..49``, ``30..``, ``..9``, ``8..<24`` or a bare number."""
    if want.lo is not None and want.lo == want.hi and not want.hi_excluded:
        return _plain(want.lo)
    low = "" if want.lo is None else _plain(want.lo)
    high = "" if want.hi is None else _plain(want.hi)
    return f"{low}..{'<' if want.hi_excluded else ''}{high}"


def word_text(word: Word) -> str:
    """A word as the admin writes it."""
    return word.first if word.second is None else f"{word.first} ~{word.gap} {word.second}"


def _words_text(want: Words) -> str:
    groups = [
        ("has", [word_text(word) for word in want.any_of]),
        ("has_all", [word_text(word) for word in want.all_of]),
        ("has_any_of", [word_text(word) for word in want.also_any_of]),
        ("has_none", [word_text(word) for word in want.none_of]),
        ("not_after", list(want.not_after)),
    ]
    told = [f"{name}: {_listed(words)}" for name, words in groups if words]
    return "; ".join(told)


def _tags_text(want: TagSet) -> str:
    groups = [("has_all", want.all_of), ("has_none", want.none_of)]
    return "; ".join(f"{name}: {_listed(tags, in_order=False)}" for name, tags in groups if tags)


def _rest_text(want: Matches | Exists | Under | TagSet | Within) -> str:
    if isinstance(want, Matches):
        return f"matches: {want.pattern}"
    if isinstance(want, Exists):
        return f"exists: {value_text(want.wanted)}"
    if isinstance(want, Under):
        return f"under: {_listed(want.paths)}"
    return f"within: {want.seconds}s" if isinstance(want, Within) else _tags_text(want)


def _negated(negate: bool, text: str) -> str:
    return f"not: {text}" if negate else text


def _listed(values: Iterable[str], *, in_order: bool = True) -> str:
    return ", ".join(values if in_order else sorted(values))


def _plain(value: float) -> str:
    return str(int(value)) if value == int(value) else str(value)
