"""The checked form of a ``rules/`` file: what reads a ticket, step by step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from plugin.core.conditions import Cond, FieldType, Range
from plugin.core.extract import Extraction
from plugin.core.facts import FactValue
from plugin.core.place import Place

Policy = Literal["first", "highest", "all"]


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """A field or output a condition may name."""

    name: str
    type: FieldType
    values: tuple[str, ...] = ()
    """choice and tree: the values, ascending where an order matters."""
    default: FactValue | None = None
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """When the condition holds, these outputs are set."""

    id: str
    when: Cond
    sets: Mapping[str, FactValue]
    place: Place
    enabled: bool = True


@dataclass(frozen=True, slots=True)
class Band:
    """Thresholds of one fact: the highest threshold reached gives the step's output."""

    id: str
    of: str
    at: tuple[tuple[float, int], ...]
    """(threshold, value), ascending."""
    place: Place
    when: Cond | None = None


@dataclass(frozen=True, slots=True)
class Grid:
    """A matrix: rows by one field, columns by bands of another; the cell gives the step's output."""

    id: str
    down: str
    across: str
    bands: tuple[Range, ...]
    cells: Mapping[str, tuple[FactValue, ...]]
    place: Place
    when: Cond | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One step: its rules, bands and grids, and the policy that says which of them decide."""

    name: str
    policy: Policy
    place: Place
    output: str
    """What bands and grids set; the step's name unless ``output:`` says otherwise."""
    rules: tuple[Rule, ...] = ()
    bands: tuple[Band, ...] = ()
    grids: tuple[Grid, ...] = ()
    otherwise: Mapping[str, FactValue] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RuleTest:
    """A test in the rules file itself: this ticket, these outputs, decided by these rules."""

    __test__ = False

    name: str
    ticket: Mapping[str, FactValue]
    """``title``, ``text``, ``at`` (ISO 8601, optional) and fields."""
    expect: Mapping[str, FactValue | None]
    by: Mapping[str, str]
    """step → id of the rule, band or grid that must have decided it."""
    place: Place


@dataclass(frozen=True, slots=True)
class RuleSet:
    """One rules file with everything it includes."""

    id: str
    fields: Mapping[str, FieldSpec]
    """Every name a condition may use: declared fields, ``text``, ``title``, extracted facts, outputs."""
    lists: Mapping[str, tuple[str, ...]]
    extract: tuple[Extraction, ...]
    steps: tuple[Step, ...]
    tests: tuple[RuleTest, ...] = ()
