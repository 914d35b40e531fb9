"""Every kind of extraction in a small rules file of its own, and what the file says when it is wrong."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from plugin.core.facts import Count, FactValue
from plugin.core.steps import compile_rules
from plugin.documents.problems import Problems
from plugin.documents.rules import build_rules
from plugin.documents.source import compose

AT = datetime(2026, 6, 10, 2, 0, tzinfo=UTC)
HEAD = "version: 1\nname: small\nsteps: [{step: s, policy: first, rules: [{id: r, set: {level: low}}]}]\n"


def _fact(extract: str, text: str, more: str = "") -> FactValue | None:
    problems = Problems()
    rules = build_rules(
        "small", compose(HEAD + more + "extract:\n  it: " + extract, "small.yaml"), {}, problems
    )
    assert rules is not None, [(p.code, dict(p.slots)) for p in problems]
    fact = compile_rules(rules).run(text, "", {}, at=AT, now=AT).facts.get("it")
    return None if fact is None else fact.value


@pytest.mark.parametrize(
    ("extract", "text", "value"),
    [
        ("{kind: people}", "小区六十余名业主堵门", Count(60, None)),
        ("{kind: people, take: first}", "先来30人，后来50人", Count(30, 30)),
        ("{kind: people, take: last}", "先来30人，后来20人", Count(20, 20)),
        ("{kind: people, take: min}", "先来30人，后来20人", Count(20, 20)),
        ("{kind: people, take: sum, near: 受伤, gap: 6}", "3名工人受伤、2名路人受伤", Count(5, 5)),
        ("{kind: people, of: [staff]}", "8名保安和60名群众", Count(8, 8)),
        ("{kind: people, of: [unit]}", "三个部门各说各的", Count(3, 3)),
        ("{kind: people, near: 到场, skip: [past]}", "去年30人到场", None),
        ("{kind: people, only: [planned]}", "明天将有30人去", Count(30, 30)),
        ("{kind: number, units: [次浏览]}", "1.2万次浏览", Count(12000, 12000)),
        ("{kind: flag, says: [堵路, blocked]}", "没有堵路", None),
        ("{kind: flag, says: [堵路, blocked]}", "有人堵路", True),
        ("{kind: flag, says: 毯子, denied: true}", "我们没有毯子", True),
        ("{kind: flag, says: [住建, 城管, 水务], at_least: 3}", "住建、城管都来过。水务没来", None),
        ("{kind: flag, says: [住建, 城管, 水务], at_least: 3}", "住建、城管、水务都来过", True),
        ('{kind: flag, says: "到 ~4 局"}', "到区教育局", True),
        ('{kind: flag, says: "到 ~1 局"}', "到区教育局", None),
        ("{kind: choice, values: {high: 起火, low: 冒烟}}", "冒烟后起火", "high"),
        ("{kind: tags, values: {one: 城东, two: 城西}}", "城东和城西", ("one", "two")),
        ("{kind: place, says: [城东区, 城东区中心小学]}", "城东区中心小学门口", "城东区中心小学"),
        ("{kind: since, near: 没有答复}", "三年没有答复", 1095),
        ("{kind: date}", "3月12日提交", "2026-03-12"),
        ("{kind: date}", "since May 2025", "2025-05-15"),
        ("{kind: duration}", "停水三天了", 3 * 86400),
        ("{kind: money}", "拖欠1.2万元", Count(12000, 12000)),
        ("{kind: money, take: first}", "少发300元和五百块", Count(300, 300)),
        ("{kind: pattern, pattern: '单号(?P<value>[a-z]\\d{4})'}", "单号A1234", "a1234"),
    ],
)
def test_each_kind_reads(extract: str, text: str, value: FactValue | None) -> None:
    assert _fact(extract, text) == value


def test_a_reading_may_ask_for_a_field() -> None:
    more = "fields: {channel: {type: choice, values: [visit, web]}}\n"
    asked = "{kind: people, where: {channel: [visit]}}"
    assert _fact(asked, "12人反映", more) is None


def test_language_adds_words() -> None:
    asked = "{kind: people, skip: [past]}"
    assert _fact(asked, "旧历新年那会儿30人到场") == Count(30, 30)
    assert _fact(asked, "旧历新年那会儿30人到场", "language: {past: [那会儿]}\n") is None
    assert _fact("{kind: people}", "30个跳板客") is None
    assert _fact("{kind: people}", "30个跳板客", "language: {person: [跳板客]}\n") == Count(30, 30)


@pytest.mark.parametrize(
    ("extract", "code", "given"),
    [
        ("{kind: poeple}", "unknown-value", "poeple"),
        ("{kind: people, skip: [pasts]}", "unknown-value", "pasts"),
        ("{kind: people, neer: 到场}", "unknown-key", "neer"),
        ("{kind: people, near: $nowhere}", "unknown-value", "nowhere"),
        ("{kind: flag}", "missing-key", "says"),
        ("{kind: pattern, pattern: '(?=x)'}", "bad-pattern", "(?=x)"),
        ("{near: 到场}", "missing-key", "kind"),
        ("{kind: people, where: {chanel: visit}}", "unknown-field", "chanel"),
    ],
)
def test_mistakes_are_told_where_they_stand(extract: str, code: str, given: str) -> None:
    problems = Problems()
    build_rules("small", compose(HEAD + "extract:\n  it: " + extract, "small.yaml"), {}, problems)
    assert [(p.code, p.slots.get("given")) for p in problems if p.severity == "error"] == [(code, given)]
    assert next(iter(problems)).place.line == 5
