"""The entries of a step (rules, bands, grids) ready to be asked, and what they say."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from typing import NamedTuple, Protocol

from plugin.core.conditions import ALWAYS, Cond, Range, Test
from plugin.core.describe import range_text, value_text
from plugin.core.evaluate import Asked, ask
from plugin.core.facts import Fact, FactValue
from plugin.core.instants import number
from plugin.core.leaves import low_number, straddles, within_range
from plugin.core.place import Place
from plugin.core.rules import Band, Grid, Rule
from plugin.core.tell import ANSWERS
from plugin.core.trace import Answer, TraceNode
from plugin.core.view import View


class Saying(NamedTuple):
    """What an entry that holds sets; ``provisional`` where it rests on an uncertain number."""

    sets: Mapping[str, FactValue]
    provisional: bool = False


class Entry(Protocol):
    """One rule, band or grid of a step."""

    @property
    def id(self) -> str: ...

    @property
    def place(self) -> Place: ...

    @property
    def cond(self) -> Cond:
        """For the index: holds, or is unknown, wherever the entry has something to say."""

    def holds(self, view: View) -> bool | None:
        """Whether it holds; None: unknown."""

    @property
    def possible(self) -> tuple[Mapping[str, FactValue], ...]:
        """Everything it could ever set."""

    def saying(self, view: View) -> Saying:
        """What it sets; asked only where it holds."""

    def wanting(self, view: View) -> tuple[str, ...]:
        """Asked where it is unknown: the fields without a value it hangs on, if something speaks for it."""

    def trace(self, view: View) -> TraceNode:
        """The entry asked and told in full."""


class RuleEntry:
    """A rule: a condition and what it sets."""

    def __init__(self, rule: Rule) -> None:
        self.id, self.place, self.cond = rule.id, rule.place, rule.when
        self._asked = ask(rule.when)
        self.holds = self._asked.holds
        self.possible: tuple[Mapping[str, FactValue], ...] = (rule.sets,)
        self._firm = Saying(rule.sets)
        self._loose = Saying(rule.sets, provisional=True)
        self._tests = tuple(self._asked.tests())

    def saying(self, view: View) -> Saying:
        for test in self._tests:
            if _uncertain(test.cond, view):
                return self._loose
        return self._firm

    def wanting(self, view: View) -> tuple[str, ...]:
        return missing_fields(self._tests, view)

    def trace(self, view: View) -> TraceNode:
        told = self._asked.trace(view)
        return TraceNode(told.answer, self.id, place=self.place, children=(told,))


class BandEntry:
    """Thresholds of one fact: the highest one reached says the value."""

    def __init__(self, band: Band, output: str) -> None:
        self.id, self.place = band.id, band.place
        self.cond = ALWAYS
        self._of = band.of
        self._when = ask(band.when or ALWAYS)
        self._thresholds = [threshold for threshold, _ in band.at]
        self.possible: tuple[Mapping[str, FactValue], ...] = tuple({output: value} for _, value in band.at)
        self._at = ", ".join(f"{threshold:g}: {value}" for threshold, value in band.at)

    def holds(self, view: View) -> bool | None:
        fact = view.facts.get(self._of)
        value = None if fact is None else number(fact)
        if value is not None and value < self._thresholds[0]:
            return False
        when = self._when.holds(view)
        return None if when and value is None else when

    def saying(self, view: View) -> Saying:
        fact = view.facts[self._of]
        high, low = self._reached(number(fact)), self._reached(low_number(fact))
        return Saying(self.possible[high], fact.provisional or high != low)

    def wanting(self, view: View) -> tuple[str, ...]:
        missing = missing_fields(tuple(self._when.tests()), view)
        if self._of in view.facts:
            return missing
        spoken_for = self._when.holds(view) and self._when.cond != ALWAYS
        return (*missing, self._of) if missing or spoken_for else ()

    def trace(self, view: View) -> TraceNode:
        fact = view.facts.get(self._of)
        answer = ANSWERS[self.holds(view)]
        children = (self._when.trace(view),) if self._when.cond != ALWAYS else ()
        test = _value_node(answer, self._of, self._at, fact, self.place)
        return TraceNode(answer, self.id, place=self.place, children=(*children, test))

    def _reached(self, value: float | None) -> int:
        return -1 if value is None else bisect_right(self._thresholds, value) - 1


class GridEntry:
    """A matrix: the cell of a row (a field's value) and a column (a range of another's) says the value."""

    def __init__(self, grid: Grid, output: str) -> None:
        self.id, self.place = grid.id, grid.place
        self.cond = ALWAYS
        self._grid = grid
        self._output = output
        self._when = ask(grid.when or ALWAYS)
        cells = {cell for row in grid.cells.values() for cell in row}
        self.possible: tuple[Mapping[str, FactValue], ...] = tuple({output: cell} for cell in cells)

    def holds(self, view: View) -> bool | None:
        when = self._when.holds(view)
        if when is False:
            return False
        row, column = self._row(view), self._column(view)
        if row is False or column is False:
            return False
        return None if row is None or column is None or when is None else True

    def saying(self, view: View) -> Saying:
        row, fact = view.facts[self._grid.down], view.facts[self._grid.across]
        cells = self._grid.cells[value_text(row.value)]
        high, low = self._band(number(fact)), self._band(low_number(fact))
        return Saying({self._output: cells[high]}, row.provisional or fact.provisional or high != low)

    def wanting(self, view: View) -> tuple[str, ...]:
        fields = (self._grid.down, self._grid.across)
        missing = tuple(name for name in fields if name not in view.facts)
        when = missing_fields(tuple(self._when.tests()), view)
        return (*when, *missing) if when or len(missing) < len(fields) else ()

    def trace(self, view: View) -> TraceNode:
        grid, facts = self._grid, view.facts
        children = (self._when.trace(view),) if self._when.cond != ALWAYS else ()
        row = _value_node(
            ANSWERS[self._row(view)], grid.down, ", ".join(grid.cells), facts.get(grid.down), grid.place
        )
        bands = ", ".join(map(range_text, grid.bands))
        column = _value_node(
            ANSWERS[self._column(view)], grid.across, bands, facts.get(grid.across), grid.place
        )
        return TraceNode(
            ANSWERS[self.holds(view)], self.id, place=self.place, children=(*children, row, column)
        )

    def _row(self, view: View) -> bool | None:
        fact = view.facts.get(self._grid.down)
        return None if fact is None else value_text(fact.value) in self._grid.cells

    def _column(self, view: View) -> bool | None:
        fact = view.facts.get(self._grid.across)
        value = None if fact is None else number(fact)
        return None if value is None else self._band(value) >= 0

    def _band(self, value: float | None) -> int:
        if value is not None:
            for column, band in enumerate(self._grid.bands):
                if within_range(value, band):
                    return column
        return -1


def missing_fields(tests: tuple[Asked, ...], view: View) -> tuple[str, ...]:
    """The fields an unknown condition hangs on; none if nothing else in it says yes: nobody has to ask."""
    if not any(one.holds(view) is True for one in tests):
        return ()
    open_ = (one.cond.field for one in tests if isinstance(one.cond, Test) and one.holds(view) is None)
    return tuple(dict.fromkeys(open_))


def entries_of(
    rules: tuple[Rule, ...], bands: tuple[Band, ...], grids: tuple[Grid, ...], output: str
) -> list[Entry]:
    """The entries of a step in the order they stand in the file; rules switched off are left out."""
    entries: list[Entry] = [RuleEntry(rule) for rule in rules if rule.enabled]
    entries += [BandEntry(band, output) for band in bands]
    entries += [GridEntry(grid, output) for grid in grids]
    files: dict[str, int] = {}
    for entry in entries:
        files.setdefault(entry.place.file, len(files))
    return sorted(entries, key=lambda entry: (files[entry.place.file], entry.place.line, entry.place.column))


def _uncertain(cond: Cond, view: View) -> bool:
    """Whether a test rests on witnesses that differ, or on a count with one end outside the range."""
    if not isinstance(cond, Test):
        return False
    fact = view.facts.get(cond.field)
    if fact is None:
        return False
    return fact.provisional or (isinstance(cond.want, Range) and straddles(fact, cond.want))


def _value_node(answer: Answer, name: str, wanted: str, fact: Fact | None, place: Place) -> TraceNode:
    found = "" if fact is None else value_text(fact.value)
    spans = () if fact is None or fact.span is None else (fact.span,)
    return TraceNode(answer, name, wanted, found, place, spans)
