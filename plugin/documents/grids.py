"""Grids of a rules file: a row for every value, a column for every number, no number in two columns."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

from plugin.core.conditions import Range
from plugin.core.facts import FactValue
from plugin.core.rules import Grid
from plugin.documents.conditions import ConditionReader
from plugin.documents.problems import Problems
from plugin.documents.reader import Ids, block, word
from plugin.documents.rules_keys import GRID
from plugin.documents.source import Node


class GridReader:
    """Reads the grids of one file; ``output`` reads a cell as a value of the step's output."""

    def __init__(
        self,
        conditions: ConditionReader,
        ids: Ids,
        output: Callable[[str, Node], FactValue],
        problems: Problems,
    ) -> None:
        self._conditions = conditions
        self._ids = ids
        self._output = output
        self._problems = problems

    def read(self, node: Node, output: str) -> Grid | None:
        """One grid, or None after its problems were told."""
        if not block(node, GRID, self._problems, "grids"):
            return None
        fields = self._conditions.fields
        name = self._ids.add(node.get("id"), self._problems)
        down = word(node.get("down"), tuple(fields), self._problems, "field", "unknown-field")
        across, cells, when = node.get("across"), node.get("cells"), node.get("when")
        if name is None or down is None or across is None or cells is None or not across.entries:
            return None
        for _, place, _ in across.entries[1:]:
            self._problems.add("grid-two-fields", place)
        field, _, columns = across.entries[0]
        bands = self._bands(field, columns)
        if not bands:
            return None
        rows = {row: self._row(row, value, len(bands), output) for row, _, value in cells.entries}
        self._check_rows(down, cells)
        condition = self._conditions.condition(when) if when else None
        return Grid(name, down, field, bands, rows, node.place, condition)

    def _check_rows(self, down: str, cells: Node) -> None:
        values = self._conditions.fields[down].values
        if not values:
            return
        for row, place, _ in cells.entries:
            if row not in values:
                self._problems.add("unknown-choice", place, given=row, field=down, choices=values)
        for missing in (value for value in values if cells.get(value) is None):
            self._problems.add("grid-gap", cells.key_at or cells.place, given=missing, field=down)

    def _bands(self, field: str, node: Node) -> tuple[Range, ...]:
        found = self._conditions.ranges(field, node)
        is_whole = bool(found) and self._conditions.fields[field].type in ("number", "time")
        ordered = sorted(found, key=lambda band: float("-inf") if band.lo is None else band.lo)
        for left, right in pairwise(ordered):
            if _overlap(left, right):
                self._problems.add("grid-overlap", node, given=_number(right.lo))
            elif left.hi is not None and right.lo is not None and _leave_a_hole(left, right, is_whole):
                self._problems.add("grid-hole", node, given=_number(_first_missed(left, is_whole)))
        return found

    def _row(self, row: str, node: Node, columns: int, output: str) -> tuple[FactValue, ...]:
        if node.kind != "list" or len(node.items) != columns:
            count = len(node.items) if node.kind == "list" else 1
            self._problems.add("grid-row", node, given=row, cells=count, columns=columns)
            return ()
        return tuple(self._output(output, item) for item in node.items)


def _overlap(left: Range, right: Range) -> bool:
    if left.hi is None or right.lo is None:
        return True
    return right.lo < left.hi or (right.lo == left.hi and not left.hi_excluded)


def _first_missed(left: Range, is_whole: bool) -> float:
    assert left.hi is not None
    return left.hi + 1 if is_whole and not left.hi_excluded else left.hi


def _leave_a_hole(left: Range, right: Range, is_whole: bool) -> bool:
    """Whether a value between two columns is in neither; numbers and times are whole ones."""
    assert right.lo is not None
    return right.lo > _first_missed(left, is_whole)


def _number(value: float | None) -> str:
    return "…" if value is None else f"{value:g}"
