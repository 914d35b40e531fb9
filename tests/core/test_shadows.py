"""Rules that never decide are found by asking the index, with the same answers as comparing every pair."""

from __future__ import annotations

from hypothesis import given, settings

from plugin.core.conditions import ALWAYS, All, Cond, OneOf, Range, Test, Word, Words
from plugin.core.cover import as_sought, covers, example_of
from plugin.core.evaluate import compile_cond
from plugin.core.rules import Rule, RuleSet, Step
from plugin.core.shadows import shadows
from plugin.core.steps import compile_rules
from plugin.core.view import plain_view
from tests.core.made_rules import FIELDS, PLACE, known_facts, rule_sets, texts


def says(*words: str) -> Test:
    return Test("text", Words(any_of=tuple(map(Word, words))))


def found(policy: str, *rules: tuple[str, Cond, int]) -> list[tuple[str, str]]:
    made = tuple(Rule(name, when, {"grade": grade}, PLACE) for name, when, grade in rules)
    step = Step("grade", policy, PLACE, "grade", made)
    return [(one.rule.id, one.by.id) for one in shadows(RuleSet("x", FIELDS, {}, (), (step,)))]


WAGES, UNPAID = ("wages", says("工资"), 1), ("unpaid", says("拖欠工资"), 2)


def test_under_first_an_earlier_wider_rule_shadows() -> None:
    assert found("first", WAGES, UNPAID) == [("unpaid", "wages")]
    assert found("first", UNPAID, WAGES) == []
    assert found("first", ("all", ALWAYS, 1), WAGES, UNPAID) == [("wages", "all"), ("unpaid", "all")]


def test_under_highest_a_graver_wider_rule_shadows() -> None:
    assert found("highest", WAGES, UNPAID) == []
    assert found("highest", ("grave", says("工资"), 3), UNPAID) == [("unpaid", "grave")]
    assert found("highest", UNPAID, ("grave", says("工资"), 3)) == [("unpaid", "grave")]
    assert found("highest", ("same", says("工资"), 2), UNPAID) == [("unpaid", "same")]
    assert found("highest", UNPAID, ("same", says("工资"), 2)) == []


def test_under_all_nothing_shadows() -> None:
    assert found("all", WAGES, UNPAID) == []


def test_the_example_shows_it() -> None:
    narrow = All((Test("people", Range(30, 49)), Test("colour", OneOf(frozenset({"red"}))), says("工资")))
    rules = (
        Rule("wide", Test("people", Range(10, None)), {}, PLACE),
        Rule("narrow", narrow, {}, PLACE),
    )
    step = Step("s", "first", PLACE, "s", rules)
    [shadow] = shadows(RuleSet("x", FIELDS, {}, (), (step,)))
    assert shadow.example == "people: 30, colour: red, text: 工资"


@settings(max_examples=60)
@given(rule_sets(), texts, texts, known_facts())
def test_a_shadowed_rule_never_decides(rules, text, title, facts) -> None:
    silent = {one.rule.id for one in shadows(rules)}
    by = compile_rules(rules).run(text, title, {}, facts).by
    for step in rules.steps:
        if step.policy != "all":
            assert not silent & set(by[step.name])


@settings(max_examples=60)
@given(rule_sets())
def test_asking_the_index_misses_no_pair(rules) -> None:
    told = {one.rule.id for one in shadows(rules)}
    for step in rules.steps:
        if step.policy != "first":
            continue
        enabled = [rule for rule in step.rules if rule.enabled]
        for number, rule in enumerate(enabled):
            example = example_of(rule.when)
            holds = compile_cond(rule.when)(plain_view(example.facts, example.text, example.heading))
            sought = as_sought(rule.when)
            wider = any(covers(as_sought(earlier.when), sought) for earlier in enabled[:number])
            assert (rule.id in told) is (holds is True and wider)
