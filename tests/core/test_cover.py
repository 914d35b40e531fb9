"""One condition covers another only where it holds whenever the other does."""

from __future__ import annotations

import pytest
from hypothesis import assume, given

from plugin.core.conditions import ALWAYS, All, AnyOf, Exists, NoneOf, OneOf, Range, Test, Word, Words
from plugin.core.cover import as_sought, covers, example_of
from plugin.core.evaluate import compile_cond
from plugin.core.view import plain_view
from tests.core.made_rules import conditions, known_facts, texts


def says(*words: str, field: str = "text") -> Test:
    return Test(field, Words(any_of=tuple(map(Word, words))))


def people(lo, hi) -> Test:
    return Test("people", Range(lo, hi))


def colour(*values: str, negate: bool = False) -> Test:
    return Test("colour", OneOf(frozenset(values), negate))


@pytest.mark.parametrize(
    ("wide", "narrow", "expected"),
    [
        (ALWAYS, people(1, 2), True),
        (people(10, None), people(30, 49), True),
        (people(30, 49), people(10, None), False),
        (people(None, 9), people(3, 9), True),
        (Test("people", Range(1, 9, hi_excluded=True)), people(1, 9), False),
        (says("工资"), says("拖欠工资"), True),
        (says("拖欠工资"), says("工资"), False),
        (says("leak"), says("gas leak"), True),
        (says("leak"), says("leakage"), False),
        (says("工资", "欠薪"), says("拖欠工资", "欠薪"), True),
        (says("工资"), says("拖欠工资", "欠薪"), False),
        (says("工资"), Test("text", Words(any_of=(Word("拖欠", "工资", 8),))), True),
        (says("工资"), says("工资", field="title"), True),
        (says("工资", field="title"), says("工资"), False),
        (says("工资"), Test("text", Words(any_of=(Word("工资"),), not_after=("没有",))), True),
        (Test("text", Words(any_of=(Word("工资"),), not_after=("没有",))), says("工资"), False),
        (colour("red", "blue"), colour("red"), True),
        (colour("red"), colour("red", "blue"), False),
        (colour("red", negate=True), colour("red", "blue", negate=True), True),
        (says("工资"), All((says("工资"), people(1, None))), True),
        (All((says("工资"), people(1, None))), All((says("拖欠工资"), people(5, None), colour("red"))), True),
        (AnyOf((says("a"), says("b"))), says("b"), True),
        (says("a"), AnyOf((says("a"), says("b"))), False),
        (NoneOf((says("工资"),)), NoneOf((says("工资"), says("b"))), True),
        (NoneOf((says("工资"),)), NoneOf((says("拖欠工资"),)), False),
        (Test("people", Exists(wanted=True)), people(5, None), True),
    ],
)
def test_what_covers_what(wide, narrow, expected) -> None:
    assert covers(wide, narrow) is expected


@given(conditions, conditions, texts, texts, known_facts())
def test_a_cover_holds_whenever_what_it_covers_does(one, other, text, title, facts) -> None:
    wide = AnyOf((one, other))
    view = plain_view(facts, text, title)
    one, other, wide = as_sought(one), as_sought(other), as_sought(wide)
    for narrow in (one, other, All((one, other))):
        for cover in (wide, one, other):
            if covers(cover, narrow) and compile_cond(narrow)(view) is True:
                assert compile_cond(cover)(view) is True


@given(conditions, conditions, texts, texts, known_facts())
def test_two_conditions_of_their_own_are_covered_only_truly(wide, narrow, text, title, facts) -> None:
    assume(covers(as_sought(wide), as_sought(narrow)))
    view = plain_view(facts, text, title)
    if compile_cond(narrow)(view) is True:
        assert compile_cond(wide)(view) is True


@pytest.mark.parametrize(
    "cond",
    [
        All((says("拖欠工资"), people(5, 9), colour("red"))),
        Test(
            "text",
            Words(any_of=(Word("呕吐"),), also_any_of=(Word("食堂"),), all_of=(Word("水", "电", 8),)),
        ),
        AnyOf((colour("red", negate=True), says("a"))),
        Test("people", Range(None, 9, hi_excluded=True)),
        Test("people", Range(3, 5, negate=True)),
        says("a", field="title"),
    ],
)
def test_an_example_fulfils_its_condition(cond) -> None:
    example = example_of(cond)
    view = plain_view(example.facts, example.text, example.heading)
    assert compile_cond(cond)(view) is True
