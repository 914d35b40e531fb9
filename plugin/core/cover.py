"""Whether one condition takes every ticket another would, and an example ticket for a condition.

``covers`` is careful rather than clever: it says yes only where that is certain (工资 covers 拖欠工资,
``10..`` covers ``30..49``), so its no means "not found", never "reachable".
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from plugin.core.conditions import (
    All,
    AnyOf,
    Cond,
    Exists,
    NoneOf,
    OneOf,
    Range,
    TagSet,
    Test,
    Under,
    Want,
    Word,
    Words,
)
from plugin.core.facts import Fact, FactValue, Sure
from plugin.core.leaves import TEXTS, cleaned_test
from plugin.core.view import PlainFound

_OTHER = "…"


def covers(wide: Cond, narrow: Cond) -> bool:
    """True where ``wide`` certainly holds whenever ``narrow`` does; both as they are sought."""
    if isinstance(narrow, AnyOf):
        return all(covers(wide, part) for part in narrow.parts)
    if isinstance(wide, All):
        return all(covers(part, narrow) for part in wide.parts)
    if isinstance(wide, AnyOf) and any(covers(part, narrow) for part in wide.parts):
        return True
    if isinstance(narrow, All):
        return any(covers(wide, part) for part in narrow.parts)
    if isinstance(wide, NoneOf) and isinstance(narrow, NoneOf):
        return all(any(covers(no, part) for no in narrow.parts) for part in wide.parts)
    if isinstance(wide, Test) and isinstance(narrow, Test):
        return _test_covers(wide, narrow)
    return False


def as_sought(cond: Cond) -> Cond:
    """The condition with its words cleaned, as they are looked for."""
    if isinstance(cond, Test):
        return cleaned_test(cond)
    return replace(cond, parts=tuple(map(as_sought, cond.parts)))


def _test_covers(wide: Test, narrow: Test) -> bool:
    if isinstance(wide.want, Words) and isinstance(narrow.want, Words):
        same = wide.field == narrow.field or (wide.field, narrow.field) == ("text", "title")
        return same and _words_cover(wide.want, narrow.want)
    if wide.field != narrow.field:
        return False
    if wide.want == narrow.want:
        return True
    if isinstance(wide.want, Exists):
        return wide.want.wanted and _needs_a_value(narrow)
    return _want_covers(wide.want, narrow.want)


def _needs_a_value(test: Test) -> bool:
    """Whether a test that holds means that its field has a value; text always has one, if an empty one."""
    if isinstance(test.want, Exists):
        return test.want.wanted
    return test.field not in TEXTS


def _want_covers(wide: Want, narrow: Want) -> bool:
    if isinstance(wide, OneOf) and isinstance(narrow, OneOf):
        return _values_cover(wide, narrow)
    if isinstance(wide, Range) and isinstance(narrow, Range):
        return _range_covers(wide, narrow)
    if isinstance(wide, Under) and isinstance(narrow, Under):
        return set(narrow.paths) <= set(wide.paths)
    if isinstance(wide, TagSet) and isinstance(narrow, TagSet):
        return wide.all_of <= narrow.all_of and wide.none_of <= narrow.none_of
    return False


def _values_cover(wide: OneOf, narrow: OneOf) -> bool:
    if wide.negate and narrow.negate:
        return wide.values <= narrow.values
    return not wide.negate and not narrow.negate and narrow.values <= wide.values


def _range_covers(wide: Range, narrow: Range) -> bool:
    if wide.negate or narrow.negate:
        return False
    if wide.lo is not None and (narrow.lo is None or narrow.lo < wide.lo):
        return False
    if wide.hi is None:
        return True
    if narrow.hi is None or narrow.hi > wide.hi:
        return False
    return narrow.hi < wide.hi or narrow.hi_excluded or not wide.hi_excluded


def _words_cover(wide: Words, narrow: Words) -> bool:
    """Only for a wide one that asks for any of its words and nothing else."""
    if wide.all_of or wide.also_any_of or wide.none_of or wide.not_after or not wide.any_of:
        return False
    groups = [group for group in (narrow.any_of, narrow.also_any_of) if group]
    groups += [(word,) for word in narrow.all_of]
    return any(all(_is_said_in(word, wide.any_of) for word in group) for group in groups)


def _is_said_in(word: Word, sought: tuple[Word, ...]) -> bool:
    """Whether a text with the word always has one of those sought: 拖欠工资 says 工资."""
    if word in sought:
        return True
    parts = [word.first] if word.second is None else [word.first, word.second]
    return any(one.second is None and any(one.first in PlainFound(part) for part in parts) for one in sought)


@dataclass(slots=True)
class Example:
    """A ticket made up for a condition."""

    words: list[str] = field(default_factory=list)
    title: list[str] = field(default_factory=list)
    facts: dict[str, Fact] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """Its text: the words it needs, each in a clause of its own."""
        return "。".join(self.words)

    @property
    def heading(self) -> str:
        """Its title."""
        return "。".join(self.title)

    def __str__(self) -> str:
        told = [f"{name}: {_shown(fact.value)}" for name, fact in self.facts.items()]
        told += [f"title: {self.heading}"] if self.title else []
        return ", ".join([*told, f"text: {self.text}"] if self.words else told)


def example_of(cond: Cond) -> Example:
    """A ticket that was made to fulfil a condition; the caller asks whether it does."""
    example = Example()
    _fill(example, cond)
    return example


def _fill(example: Example, cond: Cond) -> None:
    if isinstance(cond, All):
        for part in cond.parts:
            _fill(example, part)
    elif isinstance(cond, AnyOf):
        if cond.parts:
            _fill(example, cond.parts[0])
    elif isinstance(cond, Test):
        _fill_test(example, cond)


def _fill_test(example: Example, test: Test) -> None:
    if isinstance(test.want, Words):
        words = example.title if test.field == "title" else example.words
        words += _needed(test.want)
        return
    value = _value(test.want)
    if test.field not in TEXTS and value is not None:
        example.facts[test.field] = Fact(test.field, value, Sure.STATED)


def _needed(want: Words) -> Iterator[str]:
    for group in (want.any_of[:1], want.all_of, want.also_any_of[:1]):
        for word in group:
            yield word.first if word.second is None else f"{word.first} {word.second}"[: 200 + word.gap]


def _value(want: Want) -> FactValue | None:
    if isinstance(want, OneOf):
        return _OTHER if want.negate else min(want.values, key=str, default=None)
    if isinstance(want, Range):
        if want.negate:
            return int(want.hi) + 1 if want.hi is not None else int(want.lo or 0) - 1
        return int(want.lo if want.lo is not None else (want.hi or 0) - want.hi_excluded)
    if isinstance(want, TagSet):
        return tuple(sorted(want.all_of))
    if isinstance(want, Under):
        return want.paths[0] if want.paths else None
    return _OTHER if isinstance(want, Exists) and want.wanted else None


def _shown(value: FactValue) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "[" + ", ".join(map(str, value)) + "]" if isinstance(value, tuple) else str(value)
