"""YAML 1.2 scalars, places, and everything a file may not hold."""

from __future__ import annotations

import gc
import time

import pytest

from plugin.documents.problems import Problems
from plugin.documents.source import MOST_BYTES, Node, compose, read
from plugin.errors import DocumentsInvalid


def codes(text: str | bytes) -> list[str]:
    problems = Problems()
    read(text, "x.yaml", problems)
    return [problem.code for problem in problems]


def value_of(written: str) -> Node:
    node = compose(f"key: {written}\n", "x.yaml").get("key")
    assert node is not None
    return node


@pytest.mark.parametrize(
    ("written", "kind", "value"),
    [
        *(
            (word, "text", word)
            for word in [
                "17:30",
                "no",
                "yes",
                "on",
                "off",
                "010",
                "0x1F",
                "0o17",
                "2024-01-01",
                "1e3",
                ".inf",
                "30..",
                "1_000",
            ]
        ),
        *(
            (word, "text", word)
            for word in ("17:30", "no", "yes", "on", "off", "010", "0x1F", "2024-01-01", "1e3")
        ),
        *((word, "text", word) for word in ("30..", "1_000", "<<", "=", ".5", "1.", "+.nan", "y", "9" * 16)),
        ("true", "flag", True),
        ("False", "flag", False),
        ("30", "number", 30),
        ("-1.50", "number", -1.5),
        ("1.10", "number", 1.1),
        ("", "null", None),
        ("~", "null", None),
        ("null", "null", None),
        ("'30'", "text", "30"),
        ('"true"', "text", "true"),
    ],
)
def test_scalars_are_what_they_look_like(written: str, kind: str, value: object) -> None:
    node = value_of(written)
    assert (node.kind, node.value) == (kind, value)


def test_a_number_keeps_how_it_was_written() -> None:
    assert value_of("1.10").raw == "1.10"


@pytest.mark.parametrize("start", ["", "\ufeff"])
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_places_count_characters_from_one(start: str, ending: str) -> None:
    node = compose(start + ending.join(["值: 😀", "块:", "  - {甲: 一, 乙: 二}", ""]), "x.yaml")
    listed = node.get("块")
    assert listed is not None
    second = listed.items[0].get("乙")
    assert second is not None
    assert (second.place.line, second.place.column, second.width) == (3, 15, 1)
    assert second.key_at is not None
    assert second.key_at.column == 12


def test_a_value_can_be_replaced_at_its_offsets() -> None:
    text = "a: 一\nb: {c: 二三}\n"
    block = compose(text, "x.yaml").get("b")
    assert block is not None
    value = block.get("c")
    assert value is not None
    begin, end = value.offsets
    assert text[begin:end] == "二三"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("a: &x 1", "anchor"),
        ("a: !tag 1", "tag"),
        ("a: !!python/object/apply:os.system [ls]", "tag"),
        ("%TAG ! tag:x,2024:\n---\na: 1", "directive"),
        ("a: 1\na: 2", "duplicate-key"),
        ("? [a]\n: 1", "bad-key"),
        ("a: \x07", "control-character"),
        ("a: \ud800", "control-character"),
        (b"a: \xff", "bad-encoding"),
        ("名：港".encode("utf-16"), "other-encoding"),
        ("a: " + "x" * MOST_BYTES, "too-large"),
        ("a: " + "港" * (MOST_BYTES // 3), "too-large"),
        ("[" * 100 + "]" * 100, "too-deep"),
        ("[" * 5000, "too-deep"),
        ("- " * 5000, "too-deep"),
        ("a: 1\n---\nb: 2", "two-documents"),
    ],
)
def test_what_a_file_may_not_hold(text: str | bytes, code: str) -> None:
    assert codes(text) == [code]


BOMB = "a: &a [x]\n" + "".join(
    f"{n}: &{n} [{', '.join([f'*{m}'] * 9)}]\n" for m, n in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    "text",
    [
        BOMB,
        "a: &a [*a]",
        "[" * 100_000,
        "{a: " * 50_000,
        "- " * 100_000,
        "? " * 50_000,
        "a:\n" + "".join(" " * depth + "a:\n" for depth in range(1, 300)),
        "'" * 20_001,
        '"' + "\\x" * 10_000,
        "a: " + "&" * 20_000,
        "a" * 100_000 + "：b",
        ("x" * 500 + ": \t\n") * 40,
    ],
    ids=lambda text: text[:12],
)
def test_hostile_files_cost_little(text: str) -> None:
    began = time.process_time()
    codes(text)
    assert time.process_time() - began < 0.5, (
        "far above the bar of 50 ms, so that a busy machine does not fail it"
    )


def test_compose_raises_with_all_problems() -> None:
    with pytest.raises(DocumentsInvalid) as invalid:
        compose("a: 1\na: 2\na: 3\n", "x.yaml")
    assert [problem.code for problem in invalid.value.problems] == ["duplicate-key"] * 2


def test_the_collector_is_on_again_after_reading() -> None:
    codes("a: [")
    assert gc.isenabled()


def test_an_empty_file_is_no_value() -> None:
    assert compose("# nothing\n", "x.yaml").kind == "null"
