"""What a condition in YAML becomes, and what is said of one that cannot be meant."""

from __future__ import annotations

import pytest

from plugin.core.conditions import (
    All,
    AnyOf,
    Exists,
    NoneOf,
    OneOf,
    Range,
    TagSet,
    Under,
    Within,
    Word,
    Words,
)
from plugin.core.evaluate import evaluate
from plugin.core.facts import Fact
from plugin.core.rules import FieldSpec
from plugin.core.trace import Answer
from plugin.core.view import plain_view
from plugin.documents.conditions import build_cond
from plugin.documents.problems import Problems
from plugin.documents.source import compose

FIELDS = {
    "channel": FieldSpec("channel", "choice", ("visit", "web")),
    "kind": FieldSpec("kind", "choice"),
    "group": FieldSpec("group", "tree"),
    "people": FieldSpec("people", "number"),
    "waited": FieldSpec("waited", "duration"),
    "at": FieldSpec("at", "time"),
    "urgent": FieldSpec("urgent", "flag"),
    "tags": FieldSpec("tags", "tags"),
    "text": FieldSpec("text", "text"),
}
LISTS = {"gather": ("聚集", "围堵"), "none": ()}


def read(written: str):
    problems = Problems()
    cond = build_cond(compose(written, "rules/x.yaml"), problems, FIELDS, LISTS)
    return cond, [problem.code for problem in problems]


@pytest.mark.parametrize(
    ("written", "want"),
    [
        ("channel: visit", OneOf(frozenset({"visit"}))),
        ("channel: [visit, web]", OneOf(frozenset({"visit", "web"}))),
        ("channel: {not: web}", OneOf(frozenset({"web"}), negate=True)),
        ("urgent: true", OneOf(frozenset({True}))),
        ("people: 10..49", Range(10, 49)),
        ("people: 30..", Range(30, None)),
        ("people: ..9", Range(None, 9)),
        ("people: 8..<24", Range(8, 24, hi_excluded=True)),
        ("people: 3", Range(3, 3)),
        ("people: {not: 3}", Range(3, 3, negate=True)),
        ("waited: 30m..2h", Range(1800, 7200)),
        ("at: 9:00..17:30", Range(540, 1050)),
        ("at: {within: 30d}", Within(30 * 86400)),
        ("at: 22:00..6:00", Range(361, 1320, hi_excluded=True, negate=True)),
        ("group: {under: 城东/街道}", Under(("城东/街道",))),
        ("tags: {has_all: [a, b]}", TagSet(all_of=frozenset("ab"))),
        ("people: {exists: false}", Exists(wanted=False)),
        ("text: $gather", Words(any_of=(Word("聚集"), Word("围堵")))),
        ("text: 拖欠 ~8 工资", Words(any_of=(Word("拖欠", "工资", 8),))),
        ("text: {has: [工資], not_after: [没有]}", Words(any_of=(Word("工资"),), not_after=("没有",))),
    ],
)
def test_a_want_is_read(written, want) -> None:
    cond, codes = read(written)
    assert codes == []
    assert cond.want == want


def test_keys_of_one_block_must_all_hold_and_a_list_of_ranges_any() -> None:
    cond, _ = read("{channel: web, people: [..3, 9..]}")
    assert isinstance(cond, All)
    assert isinstance(cond.parts[1], AnyOf)
    cond, _ = read("{any: [{people: 3}], none: [{channel: web}]}")
    assert [type(part) for part in cond.parts] == [AnyOf, NoneOf]


@pytest.mark.parametrize(
    ("minutes", "expected"),
    [("21:59", "no"), ("22:00", "yes"), ("3:00", "yes"), ("6:00", "yes"), ("6:01", "no")],
)
def test_a_time_range_may_go_over_midnight(minutes, expected) -> None:
    cond, _ = read("at: 22:00..6:00")
    assert evaluate(cond, plain_view({"at": Fact("at", minutes)})).answer is Answer(expected)
    reversed_, _ = read("at: {not: 22:00..6:00}")
    assert evaluate(reversed_, plain_view({"at": Fact("at", minutes)})).answer is not Answer(expected)


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("chanel: web", "unknown-field"),
        ("channel: phone", "unknown-choice"),
        ("people: '>= 30'", "bad-number-range"),
        ("people: many", "bad-number-range"),
        ("people: 9..3", "bad-number-range"),
        ("people: '..'", "bad-number-range"),
        ("waited: 30", "bad-duration-range"),
        ("at: noon", "bad-time-range"),
        ("kind: 10..", "range-of-words"),
        ("urgent: maybe", "not-true-false"),
        ("text: $gathr", "unknown-value"),
        ("text: {contains: x}", "unknown-value"),
        ("text: {matches: '(?=x)'}", "bad-pattern"),
        ("text: {not_after: [没有]}", "missing-key"),
        ("fn: {}", "reserved-fn"),
        ("any: {people: 3}", "not-a-list"),
        ("people:", "empty-value"),
    ],
)
def test_what_cannot_be_meant_is_told(written, code) -> None:
    assert read(written)[1] == [code]


@pytest.mark.parametrize(
    "written",
    [
        "channel: []",
        "channel: {}",
        "channel: {not: []}",
        "people: []",
        "text: []",
        "text: {has: []}",
        "text: $none",
        "text: \u3164",
        "tags: {has_all: []}",
        "any: []",
        "none: []",
    ],
)
def test_a_want_that_says_nothing_never_becomes_one_that_always_holds(written) -> None:
    assert read(written)[1] == ["empty-value"]
