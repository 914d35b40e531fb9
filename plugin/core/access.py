"""The most telling part of a condition: a word, a field's value or a range without which it cannot hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from plugin.core.conditions import All, AnyOf, Cond, OneOf, Range, TagSet, Test, Word, Words
from plugin.core.leaves import TEXTS
from plugin.core.words import cleaned

_RARE_WORD = 0.005
_OPEN_RANGE, _CLOSED_RANGE, _ONE_NUMBER = 0.5, 0.2, 0.02
_MOST_KEYS = 16


@dataclass(frozen=True, slots=True)
class ByWord:
    """Proposed where the word is said."""

    word: str


@dataclass(frozen=True, slots=True)
class ByValue:
    """Proposed where the fields have these values (one field or two)."""

    fields: tuple[str, ...]
    values: tuple[object, ...]


@dataclass(frozen=True, slots=True)
class ByRange:
    """Proposed where the number lies in the range."""

    field: str
    lo: float | None
    hi: float | None


Key = ByWord | ByValue | ByRange


@dataclass(frozen=True, slots=True)
class Access:
    """Ways to be proposed (any of them), and how often that is expected to happen (0 to 1)."""

    keys: tuple[Key, ...]
    share: float


def access_of(cond: Cond, cardinality: Mapping[str, int]) -> Access | None:
    """The most telling way to a condition; None if it must always be asked."""
    if isinstance(cond, Test):
        return _test_access(cond, cardinality)
    if isinstance(cond, All):
        return _all_access(cond, cardinality)
    if isinstance(cond, AnyOf):
        return _any_access(cond, cardinality)
    return None


def _all_access(cond: All, cardinality: Mapping[str, int]) -> Access | None:
    parts = [access_of(part, cardinality) for part in cond.parts]
    offers = [part for part in parts if part is not None]
    pair = _pair_access(offers)
    if pair is not None:
        offers.append(pair)
    return min(offers, key=lambda offer: offer.share, default=None)


def _pair_access(offers: Sequence[Access]) -> Access | None:
    """Two fields looked up together: rarer than either alone."""
    single = [offer for offer in offers if _one_field(offer)]
    single.sort(key=lambda offer: offer.share)
    if len(single) < 2 or len(single[0].keys) * len(single[1].keys) > _MOST_KEYS:
        return None
    one, other = sorted(single[:2], key=lambda offer: _fields(offer))
    if _fields(one) == _fields(other):
        return None
    keys = tuple(
        ByValue(a.fields + b.fields, a.values + b.values)
        for a, b in product(one.keys, other.keys)
        if isinstance(a, ByValue) and isinstance(b, ByValue)
    )
    return Access(keys, one.share * other.share)


def _one_field(offer: Access) -> bool:
    """Whether an offer is about the values of one and the same field."""
    names = {key.fields if isinstance(key, ByValue) else None for key in offer.keys}
    return len(names) == 1 and None not in names and len(next(iter(names)) or ()) == 1


def _fields(offer: Access) -> tuple[str, ...]:
    key = offer.keys[0]
    return key.fields if isinstance(key, ByValue) else ()


def _any_access(cond: AnyOf, cardinality: Mapping[str, int]) -> Access | None:
    parts = [access_of(part, cardinality) for part in cond.parts]
    offers = [part for part in parts if part is not None]
    if len(offers) < len(parts):
        return None
    keys = tuple(dict.fromkeys(key for offer in offers for key in offer.keys))
    return Access(keys, sum(offer.share for offer in offers))


def _test_access(test: Test, cardinality: Mapping[str, int]) -> Access | None:
    want, name = test.want, test.field
    if isinstance(want, Words) and name in TEXTS:
        return _word_access(want)
    if isinstance(want, OneOf) and not want.negate:
        share = len(want.values) / max(cardinality.get(name, 2), 2)
        return Access(tuple(ByValue((name,), (value,)) for value in sorted(want.values, key=str)), share)
    if isinstance(want, TagSet) and want.all_of:
        return Access((ByValue((name,), (min(want.all_of),)),), 0.1)
    if isinstance(want, Range) and not want.negate and (want.lo, want.hi) != (None, None):
        return Access((ByRange(name, want.lo, want.hi),), _range_share(want))
    return None


def _range_share(want: Range) -> float:
    if want.lo is None or want.hi is None:
        return _OPEN_RANGE
    return _ONE_NUMBER if want.lo == want.hi else _CLOSED_RANGE


def _word_access(want: Words) -> Access | None:
    words: Sequence[Word] = want.any_of or want.also_any_of
    if want.all_of:
        words = (max(want.all_of, key=lambda word: len(_telling(word))),)
    if not words:
        return None
    return Access(tuple(ByWord(_telling(word)) for word in words), _RARE_WORD * len(words))


def _telling(word: Word) -> str:
    """Of two words that must stand near each other, the longer one: it is rarer."""
    sought = cleaned(word)
    return max(sought.first, sought.second or "", key=len)
