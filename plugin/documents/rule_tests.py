"""The tests a rules file carries: run by the same steps that read live tickets, with coverage.

A test fails as a problem at its place. Coverage says of every rule, band and grid whether a test was decided
by it (*covered*), it held in a test but another decided (*beaten*), or no test made it hold (*never held*).
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from plugin.core.facts import Count, FactValue
from plugin.core.place import Place
from plugin.core.rules import RuleSet, RuleTest
from plugin.core.steps import CompiledRules, RulesReading
from plugin.core.swaps import differences
from plugin.core.text import mask
from plugin.core.ticket import FieldValue
from plugin.core.trace import Answer
from plugin.documents.problems import Problem, Problems, Slot

Cover = Literal["covered", "beaten", "never held"]
NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
"""When a test without ``at`` happens; a fixed instant, so that a test never depends on the day it runs."""
_WORDS = ("title", "text", "at")


@dataclass(frozen=True, slots=True)
class Covered:
    """What the tests say of one rule, band or grid."""

    step: str
    entry: str
    cover: Cover
    place: Place


@dataclass(frozen=True, slots=True)
class TestReport:
    """The outcome of one rules file's tests."""

    __test__ = False

    rules: str
    passed: int
    failed: int
    problems: tuple[Problem, ...]
    coverage: tuple[Covered, ...]

    def count(self, cover: Cover) -> int:
        """How many entries have this cover."""
        return sum(each.cover == cover for each in self.coverage)


def run_tests(rules: RuleSet, compiled: CompiledRules) -> TestReport:
    """Run every test of the file, and tell each matter again by other people: that must change nothing."""
    problems = Problems()
    decided: set[tuple[str, str]] = set()
    held: set[tuple[str, str]] = set()
    failed = 0
    for test in rules.tests:
        reading = read_ticket(compiled, test.ticket)
        before = problems.errors
        _compare(test, reading, problems)
        failed += problems.errors > before
        decided |= {(step, entry) for step, entries in reading.by.items() for entry in entries}
        held.update(_held(reading))
    _check_tellings(rules, compiled, problems)
    coverage = tuple(
        Covered(step, entry, _cover((step, entry), decided, held), place)
        for step, entry, place in _entries(rules)
    )
    return TestReport(rules.id, len(rules.tests) - failed, failed, tuple(problems), coverage)


def read_ticket(compiled: CompiledRules, ticket: Mapping[str, FactValue]) -> RulesReading:
    """What the rules make of a ticket written as in a test: ``title``, ``text``, ``at`` and fields."""
    fields = {name: _field(value) for name, value in ticket.items() if name not in _WORDS}
    at = _instant(ticket.get("at"))
    text, title = mask(str(ticket.get("text", ""))), mask(str(ticket.get("title", "")))
    return compiled.run(text, title, fields, now=at, at=at)


def _field(value: FactValue) -> FieldValue:
    return value.value if isinstance(value, Count) else value


def _instant(written: FactValue | None) -> datetime:
    if written is None:
        return NOON
    at = datetime.fromisoformat(str(written))
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _compare(test: RuleTest, reading: RulesReading, problems: Problems) -> None:
    for name, wanted in test.expect.items():
        fact = reading.facts.get(name)
        found = None if fact is None else fact.value
        if plain(found) != plain(wanted):
            slots: dict[str, Slot] = {"field": name, "wanted": _said(wanted), "found": _said(found)}
            problems.add("test-failed", test.place, given=test.name, **slots)
    for step, entry in test.by.items():
        deciding = reading.by.get(step, ())
        if entry not in deciding:
            by = ", ".join(deciding) or "–"
            problems.add("test-decided-by", test.place, given=test.name, step=step, wanted=entry, found=by)


def plain(value: FactValue | None) -> Hashable:
    """A value as tests compare it: a count by the number that counts, tags in any order."""
    if isinstance(value, Count):
        return value.value
    return tuple(sorted(map(str, value))) if isinstance(value, tuple) else value


def _said(value: FactValue | None) -> str:
    shown = plain(value)
    if shown is None:
        return "–"
    if isinstance(shown, bool):
        return str(shown).lower()
    return ", ".join(shown) if isinstance(shown, tuple) else str(shown)


def _check_tellings(rules: RuleSet, compiled: CompiledRules, problems: Problems) -> None:
    for number, test in enumerate(rules.tests):
        fields = {name: value for name, value in test.ticket.items() if name not in ("title", "text")}

        def decide(title: str, text: str, fields: Mapping[str, FactValue] = fields) -> Hashable:
            reading = read_ticket(compiled, {**fields, "title": title, "text": text})
            return tuple(sorted((name, plain(value)) for name, value in reading.outputs.items()))

        matter = (str(test.ticket.get("title", "")), str(test.ticket.get("text", "")))
        for _, difference in differences([matter], decide):
            place = rules.tests[number].place
            problems.add("person-changes-decision", place, given=test.name, of=difference.why)


def _held(reading: RulesReading) -> Iterator[tuple[str, str]]:
    for step in reading.explain().children:
        for entry in step.children:
            if entry.answer is Answer.YES:
                yield step.what, entry.what


def _entries(rules: RuleSet) -> Iterator[tuple[str, str, Place]]:
    for step in rules.steps:
        yield from ((step.name, rule.id, rule.place) for rule in step.rules if rule.enabled)
        yield from ((step.name, band.id, band.place) for band in step.bands)
        yield from ((step.name, grid.id, grid.place) for grid in step.grids)


def _cover(entry: tuple[str, str], decided: set[tuple[str, str]], held: set[tuple[str, str]]) -> Cover:
    if entry in decided:
        return "covered"
    return "beaten" if entry in held else "never held"
