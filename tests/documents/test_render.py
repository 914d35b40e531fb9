"""Problems as people read them: places, carets in display columns, near names, short lists."""

from __future__ import annotations

import re

import pytest
from rich.cells import cell_len

from plugin.core.place import Place
from plugin.documents.problems import Problem, Problems
from plugin.documents.render import as_text, as_values, said
from plugin.documents.source import Source
from plugin.documents.suggest import nearest, shown
from plugin.documents.wording import NOUNS, PERSON, PHRASES, TEXTS

FORBIDDEN = re.compile(
    r"\b(str|dict|int|bool|None|pydantic|loc|traceback|exception|mapping values|scalar|token)\b"
)


@pytest.mark.parametrize(
    ("line", "column"), [("a: 一二三: x", 4), ("😀😀: nromal", 5), ("a: x", 4), ("\ta: x", 5), ("é́: x", 5)]
)
def test_the_caret_stands_under_the_value(line: str, column: int) -> None:
    problem = Problem(Place("f.yaml", 1, column), "empty-value")
    drawn = as_text([problem], {"f.yaml": Source("f.yaml", line)}, "en").splitlines()
    before = drawn[1].split("| ", 1)[1][: column - 1]
    assert drawn[2].index("^") == len("      | ") + cell_len(before)


def test_a_long_line_is_shown_around_the_mistake() -> None:
    line = "a: [" + "词, " * 500 + "错" + ", 词" * 500
    problem = Problem(Place("f.yaml", 1, line.index("错") + 1), "empty-value", width=1)
    drawn = as_text([problem], {"f.yaml": Source("f.yaml", line)}, "en").splitlines()
    at = cell_len(drawn[2][: drawn[2].index("^")])
    assert cell_len(drawn[1]) < 120
    assert drawn[1][:1] == " "
    assert cell_len(drawn[1][: drawn[1].index("错")]) == at


@pytest.mark.parametrize(
    ("given", "choices", "meant"),
    [
        ("nromal", ["low", "normal", "high"], "normal"),
        ("来仿", ["热线", "来访", "网络", "邮件"], "来访"),
        ("来方", ["来访", "来电"], None),
        ("normal-desk", ["normal_desk", "other"], "normal_desk"),
        ("ＨＩＧＨ", ["low", "high"], "high"),
        ("tree", ["low", "high"], None),
        ("", ["low"], None),
    ],
)
def test_a_near_name_is_offered_only_when_there_is_one(
    given: str, choices: list[str], meant: str | None
) -> None:
    assert nearest(given, choices) == meant


def test_choices_are_sorted_and_cut_at_eight() -> None:
    assert shown(f"c{n:02}" for n in range(22, 0, -1)) == (tuple(f"c{n:02}" for n in range(1, 9)), 14)
    problem = Problem(
        Place("f", 1, 1), "unknown-value", {"given": "x", "what": "group", "choices": tuple("abcdefghij")}
    )
    assert said(problem, "en").fix.endswith("a, b, c, d, e, f, g, h and 2 more")
    assert said(problem, "zh").fix.endswith("另有 2 个")


def test_a_value_of_many_lines_stays_one_line() -> None:
    problem = Problem(Place("f", 1, 1), "bad-id", {"given": "a\nb\x1b[31m" + "c" * 200})
    message = said(problem, "en").message
    assert "\n" not in message
    assert "\x1b" not in message
    assert len(message) < 130


def test_values_are_what_an_editor_needs() -> None:
    problem = Problem(Place("f.yaml", 2, 3), "empty-value", severity="warning")
    assert as_values([problem], "en", "mappings/") == [
        {
            "file": "mappings/f.yaml",
            "line": 2,
            "column": 3,
            "code": "empty-value",
            "message": "there is no value here",
            "fix": "write one, or remove the line",
            "severity": "warning",
        }
    ]


def test_one_mistake_is_reported_once_and_all_are_sorted() -> None:
    problems = Problems()
    for line in (3, 1, 3, 2):
        problems.add("empty-value", Place("f", line, 1))
    assert [problem.place.line for problem in problems] == [1, 2, 3]


@pytest.mark.parametrize("code", TEXTS)
def test_every_text_speaks_the_admins_language(code: str) -> None:
    texts = TEXTS[code]
    for text in texts:
        assert text.strip()
        assert "!" not in text
        assert not re.search(r"(?<!\.)\.$|。$", text)
    assert not FORBIDDEN.search(" ".join(texts[:2]))
    assert re.search("[\u4e00-\u9fff]", texts.zh)
    slots = [
        set(re.findall(r"(?<!{){(\w+)}", text)) for text in (texts.en + texts.en_fix, texts.zh + texts.zh_fix)
    ]
    assert slots[0] - {"a"} == slots[1] - {"a"}


def test_nouns_and_phrases_are_in_both_languages() -> None:
    for table in (NOUNS, PERSON, PHRASES):
        assert all(en and re.search("[\u4e00-\u9fff]", zh) for en, zh in table.values())
