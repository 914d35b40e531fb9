"""Data trees keep types and cannot be broken out of."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.desk.outbound import quote
from plugin.desk.template import UnsafeSegment, merge, names, render, render_path, render_text

HOSTILE = "\"}, {{7*7}} ${value} %s \n\x00 <b> '; DROP"


def test_a_lone_variable_keeps_its_type_others_join_as_text() -> None:
    tree = {"n": "${n}", "list": "${l}", "text": "no ${n}", "custom_${f}": True, "left_out": "${unknown}"}
    wanted = {"n": 3, "list": ["a"], "text": "no 3", "custom_level": True}
    assert render(tree, {"n": 3, "l": ["a"], "f": "level"}) == wanted


def test_what_is_filled_in_is_not_read_again() -> None:
    assert render({"a": "${value}"}, {"value": HOSTILE}) == {"a": HOSTILE}
    assert render("x ${value}", {"value": "${secret}", "secret": "s"}) == "x ${secret}"


def test_a_header_is_named_with_its_hyphens() -> None:
    known = {"header": {"x-zammad-delivery": "5f"}, "a": "1", "b": "2"}
    assert render_text("${header.x-zammad-delivery}:${a}-${b}", known) == "5f:1-2"


def test_trees_merge_key_by_key() -> None:
    merged = merge({"a": {"x": 1}, "l": [1]}, {"a": {"y": 2}, "l": [2], "b": 3})
    assert merged == {"a": {"x": 1, "y": 2}, "l": [1, 2], "b": 3}


def test_all_pairs_of_a_map() -> None:
    """Chatwoot replaces all attributes at once: those that are there have to be sent along."""
    tree = {"attributes": {"${**now.there}": True, "${field}": "${value}"}}
    known = {"now": {"there": {"a": 1, "level": "III"}}, "field": "level", "value": "II"}
    assert render(tree, known) == {"attributes": {"a": 1, "level": "II"}}
    for nothing in ({}, {"there": None}, {"there": ["a"]}):
        assert render(tree, {**known, "now": nothing}) == {"attributes": {"level": "II"}}


def test_an_item_of_a_list_for_each_value() -> None:
    """Jira adds labels by one map each."""
    tree = {"labels": [{"${*added}": {"add": "${each}"}}, {"add": "fixed"}], "n": [{"${*none}": 1}]}
    known = {"added": ["a", HOSTILE], "none": None}
    assert render(tree, known) == {"labels": [{"add": "a"}, {"add": HOSTILE}, {"add": "fixed"}], "n": []}
    assert render([{"${*one}": "x ${each}"}], {"one": "v"}) == ["x v"]
    assert render([{"${*a}": 1, "b": 2}], {"a": ["x"]}) == [{"${*a}": 1, "b": 2}]


def test_names() -> None:
    assert names({"a_${x}": ["${y.z}", 1, {"b": "${w}"}]}) == {"x", "y.z", "w"}


@given(st.text(min_size=1, max_size=30))
def test_an_id_is_one_segment_or_refused(value: str) -> None:
    try:
        path = render_path("/a/${id}/b", {"id": value})
    except (UnsafeSegment, UnicodeEncodeError):
        return
    assert path.count("/") == 3
    assert not set("?#\r\n ") & set(path)
    assert path.split("/")[2] not in (".", "..", "")


def test_a_header_cannot_end_its_line() -> None:
    assert render_text("${v}", {"v": "a\r\nX-Evil: 1"}) == "a  X-Evil: 1"


QUOTED = [
    ("single_backslash", "O'Neil \\", "'O\\'Neil \\\\'"),
    ("single_double", "O'Neil \\", "'O''Neil \\'"),
    ("double_backslash", 'a"b\\', '"a\\"b\\\\"'),
    ("encoded_query", "a^ORb=c", "a^^ORb=c"),
]


@pytest.mark.parametrize(("rule", "value", "wanted"), QUOTED)
def test_a_value_in_a_query_language(rule: str, value: str, wanted: str) -> None:
    assert quote(value, rule) == wanted


@given(st.text(max_size=40))
def test_no_value_ends_its_quotes(value: str) -> None:
    inner = quote(value, "single_backslash")[1:-1].replace("\\\\", "").replace("\\'", "")
    assert "'" not in inner
    assert "'" not in quote(value, "single_double")[1:-1].replace("''", "")
