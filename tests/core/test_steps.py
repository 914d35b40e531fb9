"""Steps: who decides, what is left open, what is provisional; the index never changes an answer."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from plugin.core.conditions import All, AnyOf, Cond, NoneOf, OneOf, Range, Test, Word, Words
from plugin.core.evaluate import evaluate
from plugin.core.facts import Count, Fact, Sure
from plugin.core.place import Place
from plugin.core.rules import Band, FieldSpec, Grid, Rule, RuleSet, Step
from plugin.core.step import CompiledStep
from plugin.core.steps import compile_rules
from plugin.core.trace import Answer
from plugin.core.view import plain_view
from tests.core.made_rules import FIELDS, PLACE, known_facts, rule_sets, texts


def says(*words: str) -> Test:
    return Test("text", Words(any_of=tuple(map(Word, words))))


def rule(name: str, when: Cond, line: int = 1, **sets) -> Rule:
    return Rule(name, when, sets, Place("rules/x.yaml", line, 1))


def run(*steps: Step, text: str = "", fields=None, facts=None, specs=None):
    rules = RuleSet("x", specs or FIELDS, {}, (), steps)
    return compile_rules(rules).run(text, "", fields or {}, facts or {})


FIRST = Step(
    "kind",
    "first",
    PLACE,
    "kind",
    (rule("wages", says("工资"), 1, kind="wages"), rule("any", All(()), 2, kind="other")),
)
RANK = Step(
    "rank", "highest", PLACE, "rank", bands=(Band("present", "people", ((5, 1), (50, 2), (200, 3)), PLACE),)
)


def test_first_is_the_first_that_holds() -> None:
    assert run(FIRST, text="欠工资").by == {"kind": ("wages",)}
    assert run(FIRST, text="路灯").outputs == {"kind": "other"}


def test_highest_is_the_gravest_and_of_equals_the_first() -> None:
    step = Step(
        "grade",
        "highest",
        PLACE,
        "level",
        (
            rule("a", All(()), 1, level="low"),
            rule("b", says("x"), 2, level="high", mood="one"),
            rule("c", says("x"), 3, level="high", mood="two"),
        ),
    )
    reading = run(step, text="x")
    assert reading.outputs == {"level": "high", "mood": "one"}
    assert reading.by == {"grade": ("b",)}
    assert run(step, text="y").outputs == {"level": "low"}


def test_all_adds_tags_and_of_other_outputs_keeps_the_first() -> None:
    step = Step(
        "label",
        "all",
        PLACE,
        "label",
        (
            rule("a", All(()), 1, marks=("p",), mood="red"),
            rule("b", All(()), 2, marks=("q", "p"), mood="blue"),
            rule("c", says("z"), 3, marks=("r",)),
        ),
    )
    reading = run(step)
    assert reading.outputs == {"marks": ("p", "q"), "mood": "red"}
    assert reading.by == {"label": ("a", "b")}


def test_tags_of_the_ticket_stay_and_are_no_output() -> None:
    step = Step("label", "all", PLACE, "label", (rule("a", All(()), 1, marks=("p",)),))
    reading = run(step, fields={"marks": ("r",)})
    assert reading.facts["marks"].value == ("r", "p")
    assert reading.outputs == {"marks": ("p",)}


def test_a_later_step_reads_what_an_earlier_one_set() -> None:
    later = Step(
        "route",
        "first",
        PLACE,
        "route",
        (rule("r", Test("kind", OneOf(frozenset({"wages"}))), route="labour"),),
    )
    assert run(FIRST, later, text="工资").outputs == {"kind": "wages", "route": "labour"}
    assert run(later, FIRST, text="工资").outputs == {"kind": "wages"}


def test_otherwise_only_where_nothing_holds() -> None:
    step = Step("kind", "first", PLACE, "kind", (rule("a", says("a"), kind="a"),), otherwise={"kind": "none"})
    assert run(step, text="a").by == {"kind": ("a",)}
    reading = run(step, text="b")
    assert (reading.outputs, reading.by) == ({"kind": "none"}, {"kind": ("otherwise",)})


def test_a_step_nobody_decides_sets_nothing() -> None:
    reading = run(Step("kind", "first", PLACE, "kind", (rule("a", says("a"), kind="a"),)))
    assert (reading.outputs, reading.by) == ({}, {"kind": ()})
    assert reading.trace.children[0].answer is Answer.NO


@pytest.mark.parametrize(
    ("people", "rank", "provisional"),
    [
        (4, None, False),
        (5, 1, False),
        (49, 1, False),
        (50, 2, False),
        (Count(40, 50), 2, True),
        (Count(3, 9), 1, True),
        (Count(51, 59), 2, False),
        (Count(200, None), 3, False),
        (Count(49, None), 1, False),
        (10_000, 3, False),
    ],
)
def test_bands(people, rank, provisional) -> None:
    reading = run(RANK, facts={"people": Fact("people", people)})
    assert reading.outputs.get("rank") == rank
    assert ("rank" in reading.provisional) is provisional


def test_a_sure_entry_of_the_same_value_takes_the_doubt_away() -> None:
    step = Step("rank", "highest", PLACE, "rank", (rule("danger", says("火"), 9, rank=2),), RANK.bands)
    facts = {"people": Fact("people", Count(40, 60))}
    assert run(step, facts=facts).provisional == {"rank"}
    assert run(step, facts=facts, text="火").provisional == frozenset()


def test_differing_witnesses_are_provisional() -> None:
    assert run(RANK, facts={"people": Fact("people", 60, provisional=True)}).provisional == {"rank"}


GRID = Grid(
    "g",
    "colour",
    "people",
    (Range(None, 9), Range(10, None)),
    {"red": ("mid", "high"), "blue": ("low", "mid")},
    PLACE,
)


@pytest.mark.parametrize(
    ("colour", "people", "level", "provisional"),
    [
        ("red", 9, "mid", False),
        ("red", 10, "high", False),
        ("blue", Count(8, 12), "mid", True),
        ("green", 5, None, False),
        (None, 5, None, False),
        ("red", None, None, False),
    ],
)
def test_grids(colour, people, level, provisional) -> None:
    values = {"colour": colour, "people": people}
    facts = {name: Fact(name, value) for name, value in values.items() if value is not None}
    reading = run(Step("g", "first", PLACE, "level", grids=(GRID,)), facts=facts)
    assert reading.outputs.get("level") == level
    assert bool(reading.provisional) is provisional


def test_what_hangs_on_an_unknown_value_is_left_open_for_a_person() -> None:
    grave = rule("grave", All((says("聚集"), Test("people", Range(50, None)))), 1, rank=3)
    step = Step("rank", "highest", PLACE, "rank", (grave,), otherwise={"rank": 0})
    reading = run(step, text="聚集")
    assert [(one.step, one.entry, one.fields) for one in reading.open] == [("rank", "grave", ("people",))]
    assert run(step, text="散步").open == ()
    assert run(step, text="聚集", fields={"people": 3}).open == ()


def test_nothing_is_left_open_that_could_not_raise() -> None:
    grave = rule("grave", says("火"), 1, rank=3)
    lesser = rule("lesser", All((says("聚集"), Test("people", Range(50, None)))), 2, rank=2)
    step = Step("rank", "highest", PLACE, "rank", (grave, lesser))
    assert run(step, text="聚集着火").outputs == {"rank": 3}
    assert run(step, text="聚集着火").open == ()
    assert run(step, text="聚集").open[0].entry == "lesser"


def test_under_first_only_what_stands_before_the_decider_is_open() -> None:
    hanging = All((says("聚集"), Test("people", Range(50, None))))
    step = Step(
        "kind",
        "first",
        PLACE,
        "kind",
        (
            rule("a", hanging, 1, kind="a"),
            rule("b", says("聚集"), 2, kind="b"),
            rule("c", hanging, 3, kind="c"),
        ),
    )
    reading = run(step, text="聚集")
    assert (reading.outputs, [one.entry for one in reading.open]) == ({"kind": "b"}, ["a"])


def test_a_surer_fact_is_not_overwritten_by_a_rule() -> None:
    step = Step("s", "first", PLACE, "s", (rule("r", All(()), urgent=True),))
    assert run(step, facts={"urgent": Fact("urgent", False, Sure.CONFIRMED)}).outputs == {"urgent": False}
    assert run(step, facts={"urgent": Fact("urgent", False, Sure.READ)}).outputs == {"urgent": True}


def test_a_confirmed_fact_beats_a_field_and_a_field_beats_a_reading() -> None:
    confirmed = {"people": Fact("people", 5, Sure.CONFIRMED)}
    assert run(RANK, fields={"people": 200}, facts=confirmed).outputs == {"rank": 1}
    read = {"people": Fact("people", 5, Sure.READ)}
    assert run(RANK, fields={"people": 200}, facts=read).outputs == {"rank": 3}


def test_a_default_holds_while_nothing_says_otherwise() -> None:
    specs = {"people": FieldSpec("people", "number", default=5)}
    assert run(RANK, specs=specs).outputs == {"rank": 1}
    assert run(RANK, specs=specs, fields={"people": 50}).outputs == {"rank": 2}


def test_a_rule_switched_off_is_told_as_not_tried() -> None:
    off = Rule("off", All(()), {"kind": "off"}, PLACE, enabled=False)
    reading = run(Step("kind", "first", PLACE, "kind", (off, *FIRST.rules)))
    assert reading.outputs == {"kind": "other"}
    told = {node.what: node.answer for node in reading.explain().children[0].children}
    assert told == {"wages": Answer.NO, "any": Answer.YES, "off": Answer.NOT_TRIED}


class EveryEntry:
    """An index that proposes everything."""

    def __init__(self, count: int) -> None:
        self.count = count

    def proposed(self, view) -> list[int]:
        return list(range(self.count))


@settings(max_examples=200)
@given(rule_sets(), texts, texts, known_facts())
def test_the_index_never_changes_an_answer(rules, text, title, facts) -> None:
    indexed, plain = compile_rules(rules), compile_rules(rules)
    for step in plain._steps:
        step.index = EveryEntry(len(step.entries))
    one, other = (compiled.run(text, title, {}, facts) for compiled in (indexed, plain))
    assert one.outputs == other.outputs
    assert one.by == other.by
    assert one.open == other.open
    assert one.provisional == other.provisional


@settings(max_examples=60)
@given(rule_sets(), texts, texts, known_facts())
def test_who_decides_agrees_with_a_plain_loop_of_evaluate(rules, text, title, facts) -> None:
    compiled = compile_rules(rules)
    reading = compiled.run(text, title, {}, facts)
    for node, step in zip(reading.explain().children, rules.steps, strict=True):
        held = [child.what for child in node.children if child.answer is Answer.YES]
        decided = reading.by[step.name]
        if not held:
            assert decided in ((), ("otherwise",))
        elif step.policy == "all":
            assert list(decided) == held
        elif step.policy == "first":
            assert list(decided) == held[:1]
        else:
            assert set(decided) <= set(held)
            assert len(decided) == 1


@given(rule_sets(), texts, known_facts())
def test_the_first_step_agrees_with_evaluate_on_an_unscanned_text(rules, text, facts) -> None:
    first = rules.steps[0]
    view = plain_view(facts, text)
    held = [one.id for one in first.rules if one.enabled and evaluate(one.when, view).answer is Answer.YES]
    told = compile_rules(RuleSet("x", FIELDS, {}, (), (first,))).run(text, "", {}, facts).explain()
    rule_ids = {one.id for one in first.rules}
    asked = told.children[0].children
    assert [n.what for n in asked if n.answer is Answer.YES and n.what in rule_ids] == held


def test_the_index_asks_few_of_many() -> None:
    rules = tuple(rule(f"r{n}", says(f"词{n}号"), n, kind=str(n)) for n in range(500))
    step = Step("kind", "all", PLACE, "kind", rules)
    compiled = compile_rules(RuleSet("x", FIELDS, {}, (), (step,)))
    view = compiled.view("这里有词7号和词499号")
    index = CompiledStep(step, FIELDS, {}).index
    assert index.proposed(view) == [7, 499]


def test_none_alone_is_always_asked() -> None:
    step = Step("kind", "first", PLACE, "kind", (rule("quiet", NoneOf((says("吵"),)), kind="quiet"),))
    assert run(step, text="静").outputs == {"kind": "quiet"}


@pytest.mark.parametrize(
    ("name", "given", "when", "holds"),
    [
        ("colour", 3, OneOf(frozenset({"3"})), True),
        ("urgent", "true", OneOf(frozenset({True})), True),
        ("urgent", "False", OneOf(frozenset({False})), True),
        ("urgent", "maybe", OneOf(frozenset({True})), False),
        ("marks", "p", OneOf(frozenset({"p"})), True),
        ("people", "12", Range(10, None), True),
    ],
)
def test_a_field_is_taken_as_its_type_has_it(name, given, when, holds) -> None:
    step = Step("s", "first", PLACE, "s", (rule("r", Test(name, when), mood="red"),))
    assert bool(run(step, fields={name: given}).outputs) is holds


def test_a_mapping_that_reads_alike_takes_over_what_was_read() -> None:
    old, new = (
        compile_rules(RuleSet("x", FIELDS, {}, (), (RANK,))),
        compile_rules(RuleSet("y", FIELDS, {}, (), (RANK,))),
    )
    assert new.reads_like(old)
    view = new.look("text", 0, {}, read={"people": Fact("people", 60)})
    assert new.settle(view).outputs == {"rank": 2}


RED, MANY = Test("colour", OneOf(frozenset({"red"}))), Test("people", Range(50, 60))


@pytest.mark.parametrize(
    ("cond", "known", "missing"),
    [
        (All((RED, MANY)), {"colour": "red"}, ("people",)),
        (All((RED, MANY)), {"people": 55}, ("colour",)),
        (All((RED, Test("shape", OneOf(frozenset({"blue"}))))), {"colour": "red"}, ("shape",)),
        (All((RED, Test("shape", OneOf(frozenset({"blue"}))))), {"shape": "blue"}, ("colour",)),
        (All((AnyOf((RED, MANY)), says("x"))), {}, ("colour", "people")),
        (All((RED, MANY)), {"people": 49}, ()),
        (All((RED, MANY)), {}, ()),
    ],
)
def test_an_entry_that_hangs_is_found_whichever_value_is_missing(cond, known, missing) -> None:
    filler = tuple(
        rule(f"f{n}", All((Test("shape", OneOf(frozenset({f"s{n}"}))), MANY)), n + 9) for n in range(20)
    )
    step = Step("rank", "highest", PLACE, "grade", (rule("it", cond, 1, grade=3), *filler))
    reading = run(step, text="x", fields=known)
    assert [one.fields for one in reading.open if one.entry == "it"] == ([missing] if missing else [])


def test_a_ticket_without_fields_is_not_asked_every_rule() -> None:
    rules = tuple(
        rule(f"r{n}", All((Test("shape", OneOf(frozenset({f"s{n}"}))), Test("hours", Range(n, n + 1)))), n)
        for n in range(500)
    )
    step = Step("s", "all", PLACE, "s", rules)
    compiled = compile_rules(RuleSet("x", FIELDS, {}, (), (step,)))
    index = CompiledStep(step, FIELDS, {}).index
    assert index.proposed(compiled.view("")) == []
    assert index.proposed(compiled.view("", fields={"hours": 7})) == [6, 7]
