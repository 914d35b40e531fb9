"""The shipped rules' own tests: every rule decides one, and every rule has a near miss that holds it back."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import pytest

from plugin.core.conditions import ALWAYS
from plugin.core.facts import FactValue
from plugin.core.rules import RuleSet, RuleTest, Step
from plugin.core.steps import RulesReading, compile_rules
from plugin.core.view import View
from plugin.documents.rule_tests import plain, read_ticket
from tests.score.deciding import RULES, shipped

SHIPPED = shipped().rules[RULES]
RULE_IDS = [rule.id for step in SHIPPED.steps for rule in step.rules if rule.when != ALWAYS]
BAND_IDS = [band.id for step in SHIPPED.steps for band in step.bands]


@lru_cache(maxsize=1)
def looked_at() -> tuple[tuple[RuleTest, View], ...]:
    """What the steps look at in each test: it is the same whatever the steps say."""
    compiled = shipped().compiled(RULES)
    return tuple((test, read_ticket(compiled, test.ticket).view) for test in SHIPPED.tests)


def failures(rules: RuleSet) -> int:
    """How many tests fail when only the steps are other ones."""
    compiled = compile_rules(replace(rules, extract=()))
    return sum(_fails(test, compiled.settle(view)) for test, view in looked_at())


def _fails(test: RuleTest, reading: RulesReading) -> bool:
    wrong = any(plain(_found(reading, name)) != plain(value) for name, value in test.expect.items())
    return wrong or any(entry not in reading.by.get(step, ()) for step, entry in test.by.items())


def _found(reading: RulesReading, name: str) -> FactValue | None:
    return reading.facts[name].value if name in reading.facts else None


def with_steps(change) -> RuleSet:
    return replace(SHIPPED, steps=tuple(change(step) for step in SHIPPED.steps))


def always(step: Step, rule_id: str) -> Step:
    """The step with one rule that holds for everything."""
    rules = tuple(replace(rule, when=ALWAYS) if rule.id == rule_id else rule for rule in step.rules)
    return replace(step, rules=rules)


def lower(step: Step, band_id: str) -> Step:
    """The step with one band whose every threshold is one less."""
    bands = tuple(
        replace(band, at=tuple((threshold - 1, value) for threshold, value in band.at))
        if band.id == band_id
        else band
        for band in step.bands
    )
    return replace(step, bands=bands)


def without(step: Step, entry_id: str) -> Step:
    rules = tuple(rule for rule in step.rules if rule.id != entry_id)
    return replace(step, rules=rules, bands=tuple(band for band in step.bands if band.id != entry_id))


def test_the_tests_of_the_shipped_rules_hold() -> None:
    assert failures(SHIPPED) == 0


@pytest.mark.parametrize("entry_id", [*RULE_IDS, *BAND_IDS])
def test_every_rule_and_band_is_needed_by_a_test(entry_id: str) -> None:
    assert failures(with_steps(lambda step: without(step, entry_id)))


@pytest.mark.parametrize("rule_id", RULE_IDS)
def test_every_rule_has_a_near_miss(rule_id: str) -> None:
    assert failures(with_steps(lambda step: always(step, rule_id)))


@pytest.mark.parametrize("band_id", BAND_IDS)
def test_every_threshold_has_a_near_miss(band_id: str) -> None:
    assert failures(with_steps(lambda step: lower(step, band_id)))
