"""Three-valued answers: every operator with its yes, its no and its unknown, and the near misses."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given

from plugin.core.conditions import (
    ALWAYS,
    All,
    AnyOf,
    Exists,
    Matches,
    NoneOf,
    OneOf,
    Range,
    TagSet,
    Test,
    Under,
    Within,
    Word,
    Words,
)
from plugin.core.evaluate import compile_cond, evaluate
from plugin.core.facts import Count, Fact
from plugin.core.place import Place
from plugin.core.trace import Answer
from plugin.core.view import View, plain_view
from tests.core.made_rules import conditions, known_facts, texts

NOW = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
YES, NO, UNKNOWN = Answer.YES, Answer.NO, Answer.UNKNOWN


def answer(cond, text="", title="", **values) -> Answer:
    facts = {name: Fact(name, value) for name, value in values.items()}
    return evaluate(cond, plain_view(facts, text, title, NOW)).answer


@pytest.mark.parametrize(
    ("want", "value", "expected"),
    [
        (OneOf(frozenset({"visit", "web"})), "web", YES),
        (OneOf(frozenset({"visit"})), "visits", NO),
        (OneOf(frozenset({"visit"}), negate=True), "web", YES),
        (OneOf(frozenset({"visit"}), negate=True), "visit", NO),
        (OneOf(frozenset({True})), True, YES),
        (OneOf(frozenset({True})), False, NO),
        (OneOf(frozenset({False})), False, YES),
        (OneOf(frozenset({"a", "b"})), ("b", "c"), YES),
        (OneOf(frozenset({"a"})), (), NO),
        (Range(10, 49), 10, YES),
        (Range(10, 49), 49, YES),
        (Range(10, 49), 50, NO),
        (Range(10, 49), 9, NO),
        (Range(30, None), 29, NO),
        (Range(30, None), 30, YES),
        (Range(None, 9), 9, YES),
        (Range(None, 9), 10, NO),
        (Range(8, 24, hi_excluded=True), 24, NO),
        (Range(8, 24, hi_excluded=True), 23, YES),
        (Range(3, 3), 3, YES),
        (Range(3, 3, negate=True), 3, NO),
        (Range(50, None), Count(40, 50), YES),
        (Range(50, None), Count(40, None), NO),
        (Range(200, None), Count(200, None), YES),
        (Range(5, None), "7", YES),
        (Range(5, None), "many", UNKNOWN),
        (Range(5, None), True, UNKNOWN),
        (Range(18 * 60, None), "18:30", YES),
        (Range(18 * 60, None), "2026-03-10T17:59:00+08:00", NO),
        (Under(("城东/街道",)), "城东/街道/社区", YES),
        (Under(("城东/街道",)), "城东/街道", YES),
        (Under(("城东/街",)), "城东/街道", NO),
        (Under(("desk::east",)), "desk::east::two", YES),
        (TagSet(all_of=frozenset("ab")), ("a", "b", "c"), YES),
        (TagSet(all_of=frozenset("ab")), ("a",), NO),
        (TagSet(none_of=frozenset("ab")), ("c",), YES),
        (TagSet(none_of=frozenset("ab")), ("b",), NO),
        (Within(86400), "2026-03-10T08:00:00+08:00", YES),
        (Within(3600), "2026-03-10T10:59:59+00:00", NO),
        (Within(3600), "2026-03-10T12:00:01Z", NO),
        (Within(3600), "yesterday", UNKNOWN),
        (Exists(wanted=True), "x", YES),
        (Exists(wanted=False), "x", NO),
    ],
)
def test_a_known_value(want, value, expected) -> None:
    assert answer(Test("f", want), f=value) is expected


@pytest.mark.parametrize(
    "want",
    [
        OneOf(frozenset({"a"})),
        OneOf(frozenset({"a"}), negate=True),
        Range(1, None),
        Range(1, None, negate=True),
        Under(("a",)),
        TagSet(all_of=frozenset("a")),
        TagSet(none_of=frozenset("a")),
        Within(60),
        Words(any_of=(Word("a"),)),
        Words(none_of=(Word("a"),)),
        Matches("a"),
    ],
)
def test_a_missing_value_is_unknown(want) -> None:
    assert answer(Test("f", want)) is UNKNOWN


def test_exists_is_never_unknown() -> None:
    assert answer(Test("f", Exists(wanted=True))) is NO
    assert answer(Test("f", Exists(wanted=False))) is YES
    assert answer(Test("text", Exists(wanted=True)), text=" ") is NO
    assert answer(Test("title", Exists(wanted=True)), title="a") is YES


def test_within_without_a_clock_is_unknown() -> None:
    view = View({"f": Fact("f", "2026-03-10T12:00:00Z")})
    assert evaluate(Test("f", Within(60)), view).answer is UNKNOWN


def test_text_is_unknown_only_where_there_is_none_at_hand() -> None:
    assert evaluate(Test("text", Words(any_of=(Word("a"),))), View({})).answer is UNKNOWN
    assert answer(Test("text", Words(any_of=(Word("a"),)))) is NO


YEA, NAY, HUH = (Test(name, OneOf(frozenset({True}))) for name in ("yea", "nay", "huh"))


@pytest.mark.parametrize(
    ("cond", "expected"),
    [
        (ALWAYS, YES),
        (AnyOf(()), NO),
        (NoneOf(()), YES),
        (All((YEA, HUH)), UNKNOWN),
        (All((HUH, NAY)), NO),
        (All((YEA, YEA)), YES),
        (AnyOf((NAY, HUH)), UNKNOWN),
        (AnyOf((HUH, YEA)), YES),
        (AnyOf((NAY, NAY)), NO),
        (NoneOf((NAY, HUH)), UNKNOWN),
        (NoneOf((HUH, YEA)), NO),
        (NoneOf((NAY,)), YES),
        (NoneOf((All((YEA, HUH)),)), UNKNOWN),
        (All((AnyOf((NAY, HUH)), NAY)), NO),
    ],
)
def test_unknown_is_not_no(cond, expected) -> None:
    assert answer(cond, yea=True, nay=False) is expected


@pytest.mark.parametrize(
    ("words", "text", "expected"),
    [
        (Words(any_of=(Word("工资"),)), "拖欠工资三个月", YES),
        (Words(any_of=(Word("工资"),)), "拖欠工程款", NO),
        (Words(any_of=(Word("工資"),)), "拖欠工资", YES),
        (Words(any_of=(Word("45人"),)), "来了４５人", YES),
        (Words(any_of=(Word("WiFi"),)), "楼里wifi坏了", YES),
        (Words(any_of=(Word("leak"),)), "leakage", NO),
        (Words(any_of=(Word("leak"),)), "leaks", NO),
        (Words(any_of=(Word("leak"), Word("leaks"))), "it leaks.", YES),
        (Words(any_of=(Word("leak"),)), "气体leak了", YES),
        (Words(any_of=(Word("gas leak"),)), "a gas\nleak", YES),
        (Words(any_of=(Word("12345"),)), "拨打123456", NO),
        (Words(any_of=(Word("拖欠", "工资", 8),)), "工资一直被拖欠", YES),
        (Words(any_of=(Word("拖欠", "工资", 2),)), "拖欠一二工资", YES),
        (Words(any_of=(Word("拖欠", "工资", 1),)), "拖欠一二工资", NO),
        (Words(any_of=(Word("工资", "工资", 3),)), "工资", NO),
        (Words(any_of=(Word("工资", "工资", 3),)), "工资和工资", YES),
        (Words(any_of=(Word("欠工", "工资", 3),)), "拖欠工资", NO),
        (Words(all_of=(Word("水"), Word("电"))), "停水停电", YES),
        (Words(all_of=(Word("水"), Word("电"))), "停水", NO),
        (Words(any_of=(Word("呕吐"),), also_any_of=(Word("食堂"), Word("餐厅"))), "餐厅吃完呕吐", YES),
        (Words(any_of=(Word("呕吐"),), also_any_of=(Word("食堂"),)), "呕吐", NO),
        (Words(any_of=(Word("停水"),), none_of=(Word("检修"),)), "停水检修", NO),
        (Words(any_of=(Word("停水"),), none_of=(Word("检修"),)), "停水", YES),
    ],
)
def test_words(words, text, expected) -> None:
    assert answer(Test("text", words), text=text) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("没有聚集", NO),
        ("没有发生聚集", NO),
        ("没有聚集、围堵", NO),
        ("没有人受理，群众聚集", YES),
        ("没有聚集，后来又聚集", YES),
        ("并非没有聚集", YES),
        ("聚集，没有散", YES),
        ("没有给我们任何说法所以聚集", YES),
        ("没有聚集。" * 3000, YES),
        ("没有聚集。" * 900, NO),
        ("there was no blockade", NO),
        ("they know blockade", YES),
        ("no answer, so a blockade", YES),
    ],
)
def test_a_negation_just_before_takes_a_word_back(text, expected) -> None:
    want = Words(
        any_of=(Word("聚集"), Word("blockade"), Word("围堵")), not_after=("没有", "并非", "没", "no")
    )
    assert answer(Test("text", want), text=text) is expected


def test_the_title_is_part_of_the_text_but_the_text_is_not_of_the_title() -> None:
    wages = Words(any_of=(Word("工资"),))
    assert answer(Test("text", wages), title="工资", text="请查") is YES
    assert answer(Test("title", wages), title="请查", text="工资") is NO
    near = Words(any_of=(Word("拖欠", "工资", 9),))
    assert answer(Test("title", near), title="拖欠", text="工资") is NO


def test_patterns_run_on_the_cleaned_text_and_ignore_case() -> None:
    assert answer(Test("text", Matches(r"\d+人")), text="来了４５人") is YES
    assert answer(Test("text", Matches("WIFI")), text="WiFi") is YES
    assert answer(Test("title", Matches("a$")), title="a", text="b") is YES


def test_a_text_field_is_searched_by_itself() -> None:
    want = Words(any_of=(Word("工资"),))
    assert answer(Test("summary", want), text="工资", summary="拖欠") is NO
    assert answer(Test("summary", want), summary="工資") is YES


def test_the_trace_tells_both_values_and_where_they_stand() -> None:
    place = Place("rules/a.yaml", 4, 7)
    cond = All((Test("people", Range(50, None), place), Test("text", Words(any_of=(Word("聚集"),)), place)))
    facts = {"people": Fact("people", Count(40, 60), span=(2, 6))}
    told = evaluate(cond, plain_view(facts, "大门前聚集", "题"))
    people, text = told.children
    assert (people.answer, people.wanted, people.found, people.place) == (YES, "50..", "40..60", place)
    assert people.spans == ((2, 6),)
    assert (text.found, text.spans) == ("聚集", ((5, 7),))


def test_the_trace_asks_every_branch() -> None:
    told = evaluate(AnyOf((YEA, NAY, HUH)), plain_view({"yea": Fact("yea", True), "nay": Fact("nay", False)}))
    assert [child.answer for child in told.children] == [YES, NO, UNKNOWN]


@given(conditions, texts, texts, known_facts())
def test_the_short_way_and_the_told_way_agree(cond, text, title, facts) -> None:
    view = plain_view(facts, text, title, NOW)
    expected = {True: YES, False: NO, None: UNKNOWN}[compile_cond(cond)(view)]
    assert evaluate(cond, view).answer is expected
