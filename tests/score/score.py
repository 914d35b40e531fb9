"""What the shipped documents agree on with the labels, counted by plan and part, and every difference."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from plugin.core.case import Placement
from tests.score.deciding import PLANS, decided
from tests.score.tickets import Labelled, Line

BAR = ("rank", "event_type", "level", "lead")
"""A line agrees when all of these do."""
BESIDE = ("activated", "severity_hint", "co", "notify", "clocks", "missing_report_content")
"""Counted and shown, in no bar: one annotator's reading of these is debatable."""


@dataclass(frozen=True)
class Difference:
    """One part of one line in one plan that is not as labelled."""

    line: Line
    plan: str
    part: str
    wanted: Any
    found: Any


@dataclass
class Score:
    """Agreement over one file."""

    tickets: Counter[str] = field(default_factory=Counter)
    """plan → tickets whose every line agrees"""
    lines: Counter[str] = field(default_factory=Counter)
    """plan → lines that agree; ``all`` → lines that agree in all three plans"""
    parts: Counter[tuple[str, str]] = field(default_factory=Counter)
    """(plan, part) → lines on which this part agrees"""
    asked: Counter[tuple[str, str]] = field(default_factory=Counter)
    ticket_count: int = 0
    line_count: int = 0
    differences: list[Difference] = field(default_factory=list)


def score(sample: Iterable[Labelled]) -> Score:
    """Decide every ticket under every plan and compare line by line."""
    total = Score()
    for labelled in sample:
        lines = list(labelled.lines())
        total.ticket_count += 1
        total.line_count += len(lines)
        agreed = {plan: _plan(total, labelled, lines, plan) for plan in PLANS}
        for plan, good in agreed.items():
            total.lines[plan] += len(good)
            total.tickets[plan] += len(good) == len(lines)
        total.lines["all"] += len(set.intersection(*agreed.values()))
    return total


def _plan(total: Score, labelled: Labelled, lines: list[Line], plan: str) -> set[str]:
    readings = {reading.message: reading for reading in decided(labelled.ticket(), plan).readings}
    return {line.name for line in lines if _compare(total, line, plan, readings[line.message].placement)}


def _compare(total: Score, line: Line, plan: str, placement: Placement) -> bool:
    agrees = True
    for part, wanted in _wanted(line, plan):
        found = _plain(getattr(placement, part))
        total.asked[plan, part] += 1
        if found == wanted:
            total.parts[plan, part] += 1
            continue
        total.differences.append(Difference(line, plan, part, wanted, found))
        agrees = agrees and part not in BAR
    return agrees


def _wanted(line: Line, plan: str) -> Iterable[tuple[str, Any]]:
    told = {**line.expected, **line.expected[plan]}
    for part in (*BAR, *BESIDE):
        if part in told:
            yield part, _plain(told[part])


def _plain(value: Any) -> Any:
    return sorted(value) if isinstance(value, list | tuple) else value
