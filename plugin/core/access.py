"""Which rules can answer at all: an index over one telling part of every condition.

An entry is proposed whenever its condition could be yes, or unknown with something that speaks for it.
The index proposes, the evaluator decides: it never changes an answer, only what is asked.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product

from plugin.core.conditions import All, AnyOf, Cond, OneOf, Range, TagSet, Test, Word, Words
from plugin.core.facts import Facts
from plugin.core.instants import number
from plugin.core.leaves import TEXTS
from plugin.core.view import View
from plugin.core.words import cleaned

MISSING = object()
"""The key of an entry whose field the ticket does not have."""

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


@dataclass(slots=True)
class _Ranges:
    """Entries by the range of one field: open ones in order of their end, closed ones by stretches."""

    lows: list[tuple[float, int]] = field(default_factory=list)
    highs: list[tuple[float, int]] = field(default_factory=list)
    closed: list[tuple[float, float, int]] = field(default_factory=list)
    missing: list[int] = field(default_factory=list)

    def sealed(self) -> _Stretches:
        return _Stretches(sorted(self.lows), sorted(self.highs), sorted(self.closed), self.missing)


class _Stretches:
    """The same, ready to be asked with a number."""

    def __init__(
        self,
        lows: list[tuple[float, int]],
        highs: list[tuple[float, int]],
        closed: list[tuple[float, float, int]],
        missing: list[int],
    ) -> None:
        self._low_ends = [low for low, _ in lows]
        self._low_entries = [entry for _, entry in lows]
        self._high_ends = [high for high, _ in highs]
        self._high_entries = [entry for _, entry in highs]
        self._closed_lows = [low for low, _, _ in closed]
        self._closed = closed
        self.missing = missing

    def add_around(self, value: float, entries: list[int]) -> None:
        """Add the entries whose range may hold the value."""
        if self._low_ends:
            entries += self._low_entries[: bisect_right(self._low_ends, value)]
        if self._high_ends:
            entries += self._high_entries[bisect_left(self._high_ends, value) :]
        if self._closed:
            entries += self._stretch_of(value)

    def _stretch_of(self, value: float) -> list[int]:
        """Closed ranges around the value: those of its stretch between two of their ends."""
        reached = self._closed[: bisect_right(self._closed_lows, value)]
        return [entry for _, high, entry in reached if high >= value]


class Index:
    """Entries (by number) that can answer yes, or unknown with something that speaks for them.

    With ``hanging=False`` only those that can answer yes.
    """

    def __init__(
        self, conds: Sequence[Cond], cardinality: Mapping[str, int], *, hanging: bool = True
    ) -> None:
        self._always: list[int] = []
        self._words: dict[str, list[int]] = {}
        values: dict[tuple[str, ...], dict[object, list[int]]] = {}
        ranges: dict[str, _Ranges] = {}
        for entry, cond in enumerate(conds):
            access = access_of(cond, cardinality)
            if access is None:
                self._always.append(entry)
                continue
            alone = not hanging or isinstance(cond, Test)
            for key in access.keys:
                if isinstance(key, ByWord):
                    self._words.setdefault(key.word, []).append(entry)
                elif isinstance(key, ByRange):
                    _enter_range(ranges.setdefault(key.field, _Ranges()), key, entry, alone=alone)
                else:
                    _enter_values(values.setdefault(key.fields, {}), key, entry, alone=alone)
        self._ranges = [(name, one.sealed()) for name, one in ranges.items()]
        self._singles = [(names[0], table) for names, table in values.items() if len(names) == 1]
        self._pairs = [(*names, table) for names, table in values.items() if len(names) == 2]
        self._fields = tuple(dict.fromkeys(name for names in values for name in names))

    def proposed(self, view: View) -> list[int]:
        """The entries worth asking, in their order."""
        proposed = self._always[:]
        if self._words and view.body is not None:
            words = self._words
            for word in view.body.found:
                if word in words:
                    proposed += words[word]
        if self._fields:
            self._add_by_value(proposed, view.facts)
        for name, stretches in self._ranges:
            fact = view.facts.get(name)
            value = None if fact is None else number(fact)
            if value is None:
                proposed += stretches.missing
            else:
                stretches.add_around(value, proposed)
        return sorted(set(proposed)) if len(proposed) > 1 else proposed

    def _add_by_value(self, proposed: list[int], facts: Facts) -> None:
        keys: dict[str, object] = {}
        several = False
        for name in self._fields:
            fact = facts.get(name)
            keys[name] = value = MISSING if fact is None else fact.value
            several = several or value.__class__ is tuple
        if several:
            self._add_each_of_several(proposed, keys)
            return
        for name, table in self._singles:
            value = keys[name]
            if value in table:
                proposed += table[value]
        for one, other, table in self._pairs:
            pair = (keys[one], keys[other])
            if pair in table:
                proposed += table[pair]

    def _add_each_of_several(self, proposed: list[int], keys: Mapping[str, object]) -> None:
        """The same where a field has several values (tags): each of them is looked up."""
        every = {name: key if type(key) is tuple else (key,) for name, key in keys.items()}
        for name, table in self._singles:
            for value in every[name]:
                proposed += table.get(value, ())
        for one, other, table in self._pairs:
            for pair in product(every[one], every[other]):
                proposed += table.get(pair, ())


def _enter_range(ranges: _Ranges, key: ByRange, entry: int, *, alone: bool) -> None:
    if not alone:
        ranges.missing.append(entry)
    if key.lo is not None and key.hi is not None:
        ranges.closed.append((key.lo, key.hi, entry))
    elif key.lo is not None:
        ranges.lows.append((key.lo, entry))
    elif key.hi is not None:
        ranges.highs.append((key.hi, entry))


def _enter_values(table: dict[object, list[int]], key: ByValue, entry: int, *, alone: bool) -> None:
    for values in _with_missing(key.values, alone=alone):
        table.setdefault(values[0] if len(values) == 1 else values, []).append(entry)


def _with_missing(values: tuple[object, ...], *, alone: bool) -> Iterator[tuple[object, ...]]:
    """The keys of an entry: its values, and each of them missing, for then it may still be unknown."""
    if alone:
        yield values
        return
    yield from product(*((value, MISSING) for value in values))
