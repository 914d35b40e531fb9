"""The leaves of a condition: one field, one wish, and the answer yes (True), no (False) or unknown (None)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import re2

from plugin.core.conditions import (
    Exists,
    Matches,
    OneOf,
    Range,
    TagSet,
    Test,
    Under,
    Want,
    Within,
    Word,
    Words,
)
from plugin.core.facts import Count, Fact
from plugin.core.instants import instant, number
from plugin.core.view import Passage, View
from plugin.core.words import cleaned, said, unnegated

Leaf = Callable[[View], bool | None]

TEXTS = ("text", "title")
_PATH_SEPARATORS = ("::", "/", ">", "\\")


def cleaned_test(test: Test) -> Test:
    """The test with its words as they are looked for."""
    if not isinstance(test.want, Words):
        return test
    want = test.want
    return replace(
        test,
        want=Words(
            any_of=tuple(map(cleaned, want.any_of)),
            all_of=tuple(map(cleaned, want.all_of)),
            also_any_of=tuple(map(cleaned, want.also_any_of)),
            none_of=tuple(map(cleaned, want.none_of)),
            not_after=tuple(cleaned(Word(word)).first for word in want.not_after),
        ),
    )


def leaf(test: Test) -> Leaf:
    """The leaf that answers a test whose words are cleaned."""
    return _LEAVES[type(test.want)](test.field, test.want)


def compile_pattern(pattern: str) -> re2._Regexp:
    """An admin's pattern, for cleaned (case-folded) text; raises ``re2.error`` where RE2 refuses it."""
    options = re2.Options()
    options.log_errors = False
    options.case_sensitive = False
    options.max_mem = 1 << 20
    return re2.compile(pattern, options)


def within_range(value: float, want: Range) -> bool:
    """Whether a number lies in a range (``negate`` not considered); both ends included unless ``..<``."""
    if want.lo is not None and value < want.lo:
        return False
    if want.hi is None:
        return True
    return value < want.hi if want.hi_excluded else value <= want.hi


def _one_of(name: str, want: OneOf) -> Leaf:
    values, wanted = want.values, not want.negate

    def holds(view: View) -> bool | None:
        fact = view.facts.get(name)
        if fact is None:
            return None
        value = fact.value
        if value.__class__ is tuple:
            return values.isdisjoint(value) is not wanted
        return (value in values) is wanted

    return holds


def _range(name: str, want: Range) -> Leaf:
    low = float("-inf") if want.lo is None else want.lo
    high = float("inf") if want.hi is None else want.hi
    wanted, excluded = not want.negate, want.hi_excluded

    def holds(view: View) -> bool | None:
        fact = view.facts.get(name)
        if fact is None:
            return None
        value = number(fact)
        if value is None:
            return None
        return (low <= value and (value < high if excluded else value <= high)) is wanted

    return holds


def _exists(name: str, want: Exists) -> Leaf:
    wanted = want.wanted

    def holds(view: View) -> bool | None:
        if name in TEXTS:
            passage = view.passage(name)
            known = passage is not None and bool(passage.text[: passage.end].strip())
        else:
            known = name in view.facts
        return known is wanted

    return holds


def _under(name: str, want: Under) -> Leaf:
    paths = want.paths

    def holds(view: View) -> bool | None:
        fact = view.facts.get(name)
        if fact is None:
            return None
        return any(_below(str(fact.value), path) for path in paths)

    return holds


def _below(value: str, path: str) -> bool:
    if not value.startswith(path):
        return False
    rest = value[len(path) :].lstrip()
    return not rest or rest.startswith(_PATH_SEPARATORS)


def _tag_set(name: str, want: TagSet) -> Leaf:
    all_of, none_of = want.all_of, want.none_of

    def holds(view: View) -> bool | None:
        fact = view.facts.get(name)
        if fact is None:
            return None
        value = fact.value
        tags = value if type(value) is tuple else (value,)
        return all_of.issubset(tags) and none_of.isdisjoint(tags)

    return holds


def _within(name: str, want: Within) -> Leaf:
    seconds = want.seconds

    def holds(view: View) -> bool | None:
        fact = view.facts.get(name)
        then = None if fact is None else instant(fact)
        if then is None or view.now is None:
            return None
        return 0 <= (view.now - then).total_seconds() <= seconds

    return holds


def _matches(name: str, want: Matches) -> Leaf:
    search = compile_pattern(want.pattern).search

    def holds(view: View) -> bool | None:
        passage = view.passage(name)
        return None if passage is None else search(passage.text[: passage.end]) is not None

    return holds


def _words(name: str, want: Words) -> Leaf:
    if name == "text" and _only_plain(want):
        return _plain_words(tuple(word.first for word in want.any_of))
    wishes = tuple(_wishes(want))

    def holds(view: View) -> bool | None:
        passage = view.passage(name)
        return None if passage is None else all(wish(passage) for wish in wishes)

    return holds


def _only_plain(want: Words) -> bool:
    others = (want.all_of, want.also_any_of, want.none_of, want.not_after)
    return bool(want.any_of) and not any(others) and all(word.second is None for word in want.any_of)


def _plain_words(words: tuple[str, ...]) -> Leaf:
    """The commonest test, without a detour; the body's words all end within it."""

    def holds(view: View) -> bool | None:
        body = view.body
        if body is None:
            return None
        found = body.found
        for word in words:  # noqa: SIM110 - a generator costs three times as much here
            if word in found:
                return True
        return False

    return holds


def _wishes(want: Words) -> Iterator[Callable[[Passage], bool]]:
    """What a text must fulfil, the cheapest to refuse first."""
    if want.all_of:
        yield _says_all(want.all_of)
    if want.any_of:
        yield _says_any(want.any_of, want.not_after)
    if want.also_any_of:
        yield _says_any(want.also_any_of, ())
    if want.none_of:
        says = _says_any(want.none_of, ())
        yield lambda passage: not says(passage)


def _says_all(words: Sequence[Word]) -> Callable[[Passage], bool]:
    return lambda passage: all(said(word, passage) for word in words)


def _says_any(words: Sequence[Word], not_after: Sequence[str]) -> Callable[[Passage], bool]:
    if not_after:
        return lambda passage: next(unnegated(words, not_after, passage), None) is not None
    return lambda passage: any(said(word, passage) for word in words)


_LEAVES: dict[type[Want], Callable[[str, Any], Leaf]] = {
    OneOf: _one_of,
    Range: _range,
    Exists: _exists,
    Under: _under,
    TagSet: _tag_set,
    Within: _within,
    Matches: _matches,
    Words: _words,
}


def straddles(fact: Fact, want: Range) -> bool:
    """Whether the two ends of a counted range fall on different sides of a wish (40–50 against ``50..``)."""
    if not isinstance(fact.value, Count):
        return False
    low, value = low_number(fact), number(fact)
    if low is None or value is None:
        return False
    return within_range(low, want) != within_range(value, want)


def low_number(fact: Fact) -> float | None:
    """The lower end of a count; of any other number the number itself."""
    lo = getattr(fact.value, "lo", None)
    return number(fact) if lo is None else float(lo)
