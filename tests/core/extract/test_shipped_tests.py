"""The shipped rules' own tests: all pass, and every rule and band decides one of them."""

from __future__ import annotations

from plugin.core.rules import RuleSet
from plugin.core.steps import CompiledRules
from plugin.documents.rule_tests import run_tests


def test_every_rule_is_held_by_a_test(petition_rules: RuleSet, petition: CompiledRules) -> None:
    report = run_tests(petition_rules, petition)
    assert [dict(problem.slots) for problem in report.problems] == []
    assert [each.entry for each in report.coverage if each.cover != "covered"] == []


def test_every_fact_is_asked_about_by_a_test(petition_rules: RuleSet) -> None:
    asked = {name for test in petition_rules.tests for name in test.expect}
    shown = {name for step in petition_rules.steps for rule in step.rules for name in rule.sets}
    assert shown - {"flags"} <= asked
