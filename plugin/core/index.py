"""Which rules can answer at all: an index over one telling part of every condition.

An entry is proposed whenever its condition could be yes, or unknown with something that speaks for it.
The index proposes, the evaluator decides: it never changes an answer, only what is asked.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product

from plugin.core.access import Access, ByRange, ByValue, ByWord, access_of
from plugin.core.conditions import AnyOf, Cond, NoneOf, Test
from plugin.core.facts import Facts
from plugin.core.instants import number
from plugin.core.view import View

MISSING = object()
"""Stands for a field the ticket does not have: no entry has this key."""


@dataclass(slots=True)
class _Ranges:
    """Entries by the range of one field: open ones in order of their end, closed ones by stretches."""

    lows: list[tuple[float, int]] = field(default_factory=list)
    highs: list[tuple[float, int]] = field(default_factory=list)
    closed: list[tuple[float, float, int]] = field(default_factory=list)

    def sealed(self) -> _Stretches:
        return _Stretches(sorted(self.lows), sorted(self.highs), sorted(self.closed))


class _Stretches:
    """The same, ready to be asked with a number."""

    def __init__(
        self,
        lows: list[tuple[float, int]],
        highs: list[tuple[float, int]],
        closed: list[tuple[float, float, int]],
    ) -> None:
        self._low_ends = [low for low, _ in lows]
        self._low_entries = [entry for _, entry in lows]
        self._high_ends = [high for high, _ in highs]
        self._high_entries = [entry for _, entry in highs]
        self._closed_lows = [low for low, _, _ in closed]
        self._closed = closed

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
        needs: dict[int, frozenset[str]] = {}
        for entry, cond in enumerate(conds):
            access = access_of(cond, cardinality)
            if access is None:
                self._always.append(entry)
                continue
            for key in access.keys:
                if isinstance(key, ByWord):
                    self._words.setdefault(key.word, []).append(entry)
                elif isinstance(key, ByRange):
                    _enter_range(ranges.setdefault(key.field, _Ranges()), key, entry)
                else:
                    table = values.setdefault(key.fields, {})
                    table.setdefault(key.values[0] if len(key.values) == 1 else key.values, []).append(entry)
            if not isinstance(cond, Test):
                needs[entry] = _fields_of(access)
        self._ranges = [(name, one.sealed()) for name, one in ranges.items()]
        self._singles = [(names[0], table) for names, table in values.items() if len(names) == 1]
        self._pairs = [(*names, table) for names, table in values.items() if len(names) == 2]
        self._fields = tuple(dict.fromkeys(name for names in values for name in names))
        self._hanging = _Hanging(conds, needs, cardinality) if hanging else None

    def proposed(self, view: View) -> list[int]:
        """The entries worth asking, in their order."""
        proposed = self._always[:]
        missing: list[str] = []
        if self._words and view.body is not None:
            words = self._words
            for word in view.body.found:
                if word in words:
                    proposed += words[word]
        if self._fields:
            self._add_by_value(proposed, view.facts, missing)
        for name, stretches in self._ranges:
            fact = view.facts.get(name)
            value = None if fact is None else number(fact)
            if value is None:
                missing.append(name)
            else:
                stretches.add_around(value, proposed)
        if missing and self._hanging is not None:
            proposed += self._hanging.proposed(view, missing)
        return sorted(set(proposed)) if len(proposed) > 1 else proposed

    def _add_by_value(self, proposed: list[int], facts: Facts, missing: list[str]) -> None:
        keys: dict[str, object] = {}
        several = False
        for name in self._fields:
            fact = facts.get(name)
            keys[name] = value = MISSING if fact is None else fact.value
            if fact is None:
                missing.append(name)
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


class _Hanging:
    """Entries whose own way is closed by a field without a value, while another test of theirs is yes."""

    def __init__(
        self, conds: Sequence[Cond], needs: Mapping[int, frozenset[str]], cardinality: Mapping[str, int]
    ) -> None:
        self._entries = [entry for entry, fields in needs.items() if fields]
        self._needs = [needs[entry] for entry in self._entries]
        supports = [AnyOf(tuple(_positive(conds[entry]))) for entry in self._entries]
        self._index = Index(supports, cardinality, hanging=False)

    def proposed(self, view: View, missing: Sequence[str]) -> list[int]:
        """Those that need a missing field and have something that speaks for them."""
        fields = frozenset(missing)
        needs, entries = self._needs, self._entries
        return [entries[one] for one in self._index.proposed(view) if not fields.isdisjoint(needs[one])]


def _fields_of(access: Access) -> frozenset[str]:
    names: set[str] = set()
    for key in access.keys:
        if isinstance(key, ByRange):
            names.add(key.field)
        elif isinstance(key, ByValue):
            names.update(key.fields)
    return frozenset(names)


def _positive(cond: Cond) -> Iterator[Test]:
    """The tests that speak for a condition: all but those inside ``none``."""
    if isinstance(cond, Test):
        yield cond
    elif not isinstance(cond, NoneOf):
        for part in cond.parts:
            yield from _positive(part)


def _enter_range(ranges: _Ranges, key: ByRange, entry: int) -> None:
    if key.lo is not None and key.hi is not None:
        ranges.closed.append((key.lo, key.hi, entry))
    elif key.lo is not None:
        ranges.lows.append((key.lo, entry))
    elif key.hi is not None:
        ranges.highs.append((key.hi, entry))
