"""Paths reach what they say and nothing else; what is filled in never becomes grammar."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.desk.paths import MOST_FOUND, PathError, fill, find, find_all, parse

DOC: dict[str, Any] = {
    "a": {"b": [10, 20, {"c": "x"}]},
    "fields": [
        {"name": "Level", "values": ["II"]},
        {"name": "Tags", "values": ["p", "q"]},
        {"name": "Empty", "values": []},
    ],
    "odd key": {"@etag": '"1"'},
    "null": None,
    "no": False,
    "zero": 0,
}

CASES = [
    ("", [DOC]),
    ("a.b[0]", [10]),
    ("a.b[-1].c", ["x"]),
    ("a.b[9]", []),
    ("a.b[*]", [10, 20, {"c": "x"}]),
    ("fields[name=Level].values[0]", ["II"]),
    ("fields[name=Level|Tags].values[*]", ["II", "p", "q"]),
    ("fields[name=Empty].values[*]", []),
    ("fields[name=Nope].values", []),
    ("'odd key'.'@etag'", ['"1"']),
    ("null", []),
    ("no", [False]),
    ("zero", [0]),
    ("a.b.c", []),
    ("[*].name", []),
    ("fields[missing=].name", ["Level", "Tags", "Empty"]),
    ("fields[name!=Level].name", ["Tags", "Empty"]),
    ("fields[name!=Level|Tags].name", ["Empty"]),
    ("fields[missing!=].name", []),
    ("fields[name=Tags|Level][name!=Level].values[0]", ["p"]),
]


@pytest.mark.parametrize(("path", "wanted"), CASES)
def test_reach(path: str, wanted: list[Any]) -> None:
    assert find_all(DOC, parse(path)) == wanted


@pytest.mark.parametrize(
    "path", ["a..b", "a.", ".a", "a[", "a[]", "a[name]", "a]b", "a[=x]", "a[!=x]", "a.'b", "$a", "a b=c"]
)
def test_no_path(path: str) -> None:
    with pytest.raises(PathError):
        parse(path)


def test_variables_fill_keys_and_wanted_values_whole() -> None:
    assert find(DOC, parse("fields[name=${field}].values[0]"), {"field": "Level"}) == "II"
    assert find(DOC, parse("fields[name=${field}].values[0]"), {"field": "Level]. values"}) is None
    assert find({"custom_x": 1}, parse("custom_${field}"), {"field": "x"}) == 1
    assert find({"custom_x": {"y": 1}}, parse("custom_${field}"), {"field": "x.y"}) is None


def test_a_variable_may_be_a_place_in_what_is_known() -> None:
    assert fill("<${item.id}>", {"item": {"id": 7}}) == "<7>"
    assert fill("<${item.id}>", {}) == "<>"


def test_a_hostile_document_cannot_multiply_work_without_end() -> None:
    wide = {"a": [[0] * 1000] * 1000}
    assert len(find_all(wide, parse("a[*][*]"))) == MOST_FOUND


@given(st.text(max_size=60))
def test_any_text_is_a_path_or_an_error_with_a_place(text: str) -> None:
    try:
        find_all(DOC, parse(text))
    except PathError as error:
        at = error.at
    else:
        at = 0
    assert 0 <= at <= len(text)
