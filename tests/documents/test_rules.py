"""Rules files: what they become and do, and what is said of one that cannot be meant."""

from __future__ import annotations

import pytest

from plugin.core.facts import Count, Fact
from plugin.core.steps import compile_rules
from plugin.documents.problems import Problems
from plugin.documents.rules import build_rules
from plugin.documents.source import compose

UTILITIES = """
version: 1
fields:
  category: {type: choice, values: [water, power, gas, other]}
  households: {type: number, default: 0}
  hours: {type: number, default: 0}
  vulnerable: {type: flag, default: false}
  level: {type: choice, values: [general, large, major]}
steps:
  - step: level
    policy: first
    rules:
      - id: major-scope
        when:
          any:
            - {households: 1000..}
            - {hours: 24.., households: 300..}
            - {category: gas, text: [leak, explosion, 泄漏]}
            - all: [{vulnerable: true}, {category: [water, power]}, {hours: 4..}]
        set: {level: major}
      - id: large-scope
        when:
          any: [{households: 100..999}, {hours: 8..<24, category: [water, power]}]
          none: [{text: [planned work, 停水通知]}]
        set: {level: large}
    otherwise: {level: general}
  - step: tags
    policy: all
    rules:
      - {id: crowd, when: {households: 200..}, set: {tags: [crowd]}}
      - {id: gas, when: {category: gas}, set: {tags: [gas, urgent]}}
      - {id: off, enabled: false, set: {tags: [never]}}
"""

MATRIX = """
version: 1
fields:
  nature: {type: choice, values: [一般诉求, 劳动纠纷, 公共安全]}
  people: {type: number}
  level: {type: choice, values: [IV, III, II, I]}
steps:
  - step: grade
    policy: highest
    output: level
    grids:
      - id: normal
        across: {people: [..9, 10..49, 50..199, 200..]}
        down: nature
        cells:
          公共安全: [III, II, I, I]
          劳动纠纷: [IV, III, II, I]
          一般诉求: [IV, IV, III, II]
    rules:
      - {id: blocked, when: {text: {has: [堵路], not_after: [没有]}}, set: {level: II}}
"""


def built(written: str, *parts: tuple[str, str]):
    problems = Problems()
    nodes = {name: compose(text, f"rules/parts/{name}.yaml") for name, text in parts}
    rules = build_rules("x", compose(written, "rules/x.yaml"), nodes, problems)
    return rules, [(problem.code, problem.place.line) for problem in problems]


def outcome(written: str, text: str = "", facts=None, **fields):
    rules, problems = built(written)
    assert problems == []
    return compile_rules(rules).run(text, "", fields, facts or {})


@pytest.mark.parametrize(
    ("text", "fields", "level", "by", "tags"),
    [
        (
            "no water in the ward",
            {"category": "water", "hours": 5, "vulnerable": True},
            "major",
            "major-scope",
            None,
        ),
        ("a gas leak", {"category": "gas"}, "major", "major-scope", ("gas", "urgent")),
        ("leakage", {"category": "gas"}, "general", "otherwise", ("gas", "urgent")),
        ("power cut", {"category": "power", "households": 240}, "large", "large-scope", ("crowd",)),
        ("已收到停水通知", {"category": "water", "households": 240}, "general", "otherwise", ("crowd",)),
        ("water", {"category": "water", "hours": 24}, "general", "otherwise", None),
        ("water", {"category": "water", "hours": 23}, "large", "large-scope", None),
        ("street lamp", {"category": "other"}, "general", "otherwise", None),
    ],
)
def test_first_by_scope(text, fields, level, by, tags) -> None:
    reading = outcome(UTILITIES, text, **fields)
    assert (reading.outputs["level"], reading.by["level"]) == (level, (by,))
    assert reading.outputs.get("tags") == tags


@pytest.mark.parametrize(
    ("nature", "people", "text", "level", "by"),
    [
        ("劳动纠纷", 80, "", "II", "normal"),
        ("劳动纠纷", 9, "", "IV", "normal"),
        ("一般诉求", 9, "他们堵路", "II", "blocked"),
        ("一般诉求", 9, "没有堵路", "IV", "normal"),
        ("公共安全", 60, "他们堵路", "I", "normal"),
        ("劳动纠纷", Count(200, None), "", "I", "normal"),
    ],
)
def test_a_grid_and_rules_under_highest(nature, people, text, level, by) -> None:
    reading = outcome(MATRIX, text, {"people": Fact("people", people)}, nature=nature)
    assert (reading.outputs["level"], reading.by["grade"]) == (level, (by,))


def test_without_a_number_the_grid_is_open_not_zero() -> None:
    reading = outcome(MATRIX, nature="公共安全")
    assert reading.outputs == {}
    assert [(one.entry, one.fields) for one in reading.open] == [("normal", ("people",))]


@pytest.mark.parametrize(
    ("old", "new", "codes"),
    [
        ("..9, 10..49", "..9, 11..49", ["grid-hole"]),
        ("..9, 10..49", "..10, 10..49", ["grid-overlap"]),
        ("公共安全: [III, II, I, I]", "公共安全: [III, II, I]", ["grid-row"]),
        ("          一般诉求: [IV, IV, III, II]\n", "", ["grid-gap"]),
        ("公共安全: [III", "公共安会: [III", ["unknown-choice", "grid-gap"]),
        ("公共安全: [III", "公共安全: [V", ["unknown-choice"]),
        ("{people: [..9", "{nature: [..9", ["not-countable"]),
        ("down: nature", "down: natrue", ["unknown-field"]),
        ("set: {level: II}", "set: {level: 2}", ["unknown-choice"]),
        ("set: {level: II}", "set: {note: x}", ["missing-key"]),
        ("id: blocked", "id: normal", ["duplicate-id"]),
        ("id: blocked", "id: blocked, on: 1", ["unknown-key"]),
        ("set: {level: II}", "set: {level: II, yes: x}", ["forbidden-key"]),
        ("policy: highest", "policy: gravest", ["unknown-value"]),
    ],
)
def test_a_mistake_in_a_rules_file_is_told(old, new, codes) -> None:
    assert old in MATRIX
    rules, problems = built(MATRIX.replace(old, new))
    assert rules is None
    assert sorted(code for code, _ in problems) == sorted(codes)


def test_two_steps_of_one_name_are_told() -> None:
    again = MATRIX + "  - step: grade\n    rules: [{id: other, set: {level: I}}]\n"
    rules, problems = built(again)
    assert rules is None
    assert [code for code, _ in problems] == ["duplicate-id"]


def test_parts_come_first_and_share_one_set_of_names() -> None:
    part = (
        "version: 1\nlists: {gather: [聚集]}\nsteps:\n"
        "  - step: one\n    rules: [{id: a, set: {kind: part}}]\n"
    )
    own = (
        "version: 1\ninclude: [shared]\nsteps:\n  - step: two\n    rules:\n"
        "      - {id: b, when: {kind: part, text: $gather}, set: {mood: own}}\n"
    )
    rules, problems = built(own, ("shared", part))
    assert problems == []
    reading = compile_rules(rules).run("大家聚集")
    assert reading.outputs == {"kind": "part", "mood": "own"}
    rules, problems = built(own.replace("{id: b", "{id: a"), ("shared", part))
    assert [code for code, _ in problems] == ["duplicate-id"]


def test_two_files_that_read_alike_are_known_wherever_the_lines_stand() -> None:
    read = "extract: {urgent: {kind: flag, says: [救命]}}\n"
    steps = "steps: [{step: one, rules: [{id: a, set: {kind: x}}]}]\n"
    files = (
        f"version: 1\n{read}{steps}",
        f"version: 1\n{steps}{read}",
        f"version: 1\n{read.replace('救', '要')}{steps}",
    )
    one, moved, other = (compile_rules(found) for found, _ in map(built, files) if found is not None)
    assert one.reads_like(moved)
    assert not one.reads_like(other)
