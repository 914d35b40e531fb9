"""How telling a field is: the number of its values, declared or named by the rules."""

from __future__ import annotations

from collections.abc import Iterator

from plugin.core.conditions import Cond, OneOf, Test
from plugin.core.rules import RuleSet


def conditions_of(rules: RuleSet) -> Iterator[Cond]:
    """Every condition of every step."""
    for step in rules.steps:
        for rule in step.rules:
            yield rule.when
        yield from (band.when for band in step.bands if band.when is not None)
        yield from (grid.when for grid in step.grids if grid.when is not None)


def cardinality(rules: RuleSet) -> dict[str, int]:
    """How many values a field has: those declared, or those the conditions name."""
    declared = {name: len(spec.values) for name, spec in rules.fields.items() if spec.values}
    named: dict[str, set[object]] = {}
    for cond in conditions_of(rules):
        for test in _tests_of(cond):
            if isinstance(test.want, OneOf):
                named.setdefault(test.field, set()).update(test.want.values)
    return {name: len(values) for name, values in named.items()} | declared


def _tests_of(cond: Cond) -> Iterator[Test]:
    if isinstance(cond, Test):
        yield cond
        return
    for part in cond.parts:
        yield from _tests_of(part)
