"""Values on the wire and ours, both ways."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.desk.paths import parse
from plugin.desk.transforms import (
    CANONICAL_TIME,
    Reader,
    Test,
    holds,
    read_all,
    read_instant,
    read_one,
    read_time,
    time_from_wire,
    time_to_wire,
)

TIMES = [
    ("2026-11-23T17:23:33.617756Z", "iso", "UTC", "2026-11-23T17:23:33Z"),
    ("2026-11-23T17:23:33+0800", "iso", "UTC", "2026-11-23T09:23:33Z"),
    ("2026-11-23 17:23:33", "%Y-%m-%d %H:%M:%S", "Asia/Shanghai", "2026-11-23T09:23:33Z"),
    ("2026-11-23.17:23:49", "%Y-%m-%d.%H:%M:%S", "UTC", "2026-11-23T17:23:49Z"),
    ("1795454613", "unix", "UTC", "2026-11-23T17:23:33Z"),
    ("1795454613.9", "unix", "UTC", "2026-11-23T17:23:33Z"),
    ("1795454613123", "unix_ms", "UTC", "2026-11-23T17:23:33Z"),
]


@pytest.mark.parametrize(("wire", "form", "zone", "wanted"), TIMES)
def test_times(wire: str, form: str, zone: str, wanted: str) -> None:
    reader = Reader((parse("t"),), kind="time", form=form, zone=zone)
    assert read_one({"t": wire}, reader) == wanted


def test_a_zone_may_stand_in_the_desk_file() -> None:
    """GLPI's API writes times as the clock of its own zone shows, without saying which."""
    reader = Reader(
        (parse("t"),), kind="time", form="%Y-%m-%d %H:%M:%S", zone="${setting.zone}", unset=frozenset({""})
    )
    there = {"setting": {"zone": "Asia/Shanghai"}}
    assert read_one({"t": "2026-11-23 17:23:33"}, reader, there) == "2026-11-23T09:23:33Z"
    assert read_instant({"t": "2026-11-23 17:23:33"}, reader, there) == 1795425813.0
    for nowhere in ({}, {"setting": {"zone": "Nowhere/None"}}):
        assert read_one({"t": "2026-11-23 17:23:33"}, reader, nowhere) is None


def test_a_value_may_be_told_by_what_the_desk_file_says_stands_before_it() -> None:
    """GitLab and GitHub have labels and no level: ours begin with a text of the desk's own."""
    reader = Reader((parse("labels[*].name"),), prefix="${setting.level_prefix}")
    labels = {"labels": [{"name": "bug"}, {"name": "level::II"}, {"name": "xlevel::III"}]}
    assert read_all(labels, reader, {"setting": {"level_prefix": "level::"}}) == ["II"]
    assert read_all(labels, reader, {"setting": {"level_prefix": "other::"}}) == []


@pytest.mark.parametrize(
    ("wire", "text"),
    [
        ("&#60;p&#62;三十余人 &#38;lt; 五十 &#60;/p&#62;", "三十余人 < 五十"),  # GLPI 10
        ("&lt;p&gt;三十余人&lt;/p&gt;", "三十余人"),  # GLPI 9.5
        ("<p>三十余人 &lt;b&gt; 五十</p>", "三十余人 <b> 五十"),  # GLPI 11
    ],
)
def test_markup_kept_as_entities_is_read_as_markup(wire: str, text: str) -> None:
    assert read_one({"t": wire}, Reader((parse("t"),), entities=True, html=True)) == text


@pytest.mark.parametrize("wire", ["", "soon", "1e999", "nan", "2026-13-01T00:00:00Z", "99999999999999999999"])
@pytest.mark.parametrize("form", ["iso", "unix", "unix_ms", "%Y-%m-%d"])
def test_what_is_no_time_is_none(wire: str, form: str) -> None:
    assert time_from_wire(wire, form) is None


@pytest.mark.parametrize(
    ("wire", "form"),
    [("0001-01-01T00:00:00Z", "iso"), ("-62135596800", "unix"), ("0001-01-01 00:00:00", "%Y-%m-%d %H:%M:%S")],
)
def test_a_time_that_stands_for_none_is_none(wire: str, form: str) -> None:
    assert time_from_wire(wire, form) is None
    reader = Reader((parse("t"),), kind="time", form=form)
    assert read_time({"t": wire}, reader) is None


@given(st.integers(min_value=31_536_000, max_value=4_000_000_000))
@pytest.mark.parametrize("form", ["iso", "unix", "unix_ms", "%Y-%m-%d %H:%M:%S"])
def test_a_time_survives_the_way_there_and_back(form: str, seconds: int) -> None:
    whole = datetime.fromtimestamp(seconds, UTC)
    wire = time_to_wire(whole.strftime(CANONICAL_TIME), form, "Asia/Shanghai")
    assert time_from_wire(str(wire), form, "Asia/Shanghai") == whole


READS: list[tuple[dict[str, Any], Any, list[str]]] = [
    ({"split": ","}, " a, b ,,c", ["a", "b", "c"]),
    ({"split": ","}, "", []),
    ({"pattern": r"/attachment/([0-9]+)$"}, "https://evil.example/attachment/12", ["12"]),
    ({"pattern": r"/attachment/([0-9]+)$"}, "/attachment/12/../..", []),
    ({"base64": True}, "5L2g5aW9", ["你好"]),
    ({"base64": True}, "not base64 §", []),
    ({"html": True}, "<p>a<br>b</p>", ["a\nb"]),
    ({"lower": True}, "ABC", ["abc"]),
    ({"words": {"3": "resolved"}}, 3, ["resolved"]),
    ({"words": {"3": "resolved"}}, 4, ["4"]),
    ({"unset": frozenset({"1970-01-01T00:00:00Z"})}, "1970-01-01T00:00:00Z", []),
    ({"default": "web"}, None, ["web"]),
    ({}, [["a"], "b"], ["a", "b"]),
    ({}, {"a": 1}, []),
    ({}, True, ["true"]),
    ({}, 2.0, ["2"]),
]


@pytest.mark.parametrize(("knobs", "wire", "wanted"), READS)
def test_reading(knobs: dict[str, Any], wire: Any, wanted: list[str]) -> None:
    assert read_all({"v": wire}, Reader((parse("v"),), **knobs)) == wanted


def test_first_path_that_has_a_value_decides_then_the_other_reader() -> None:
    other = Reader((parse("html"),), html=True)
    reader = Reader((parse("a"), parse("b")), otherwise=other)
    assert read_one({"b": "2", "html": "<b>3</b>"}, reader) == "2"
    assert read_one({"a": "", "html": "<b>3</b>"}, reader) == "3"


def test_html_only_where_the_message_says_so() -> None:
    reader = Reader((parse("body"),), html_when=Test(parse("type"), frozenset({"text/html"})))
    assert read_one({"body": "a<br>b", "type": "text/html"}, reader) == "a\nb"
    assert read_one({"body": "a<br>b", "type": "text/plain"}, reader) == "a<br>b"


def test_questions() -> None:
    item = {"who": "carol", "public": False, "user": None, "cc": [{"id": "dan"}, {"id": "carol"}]}
    assert holds(Test(parse("public"), frozenset({"false"})), item)
    assert holds(Test(parse("user"), empty=True), item)
    assert holds(Test(parse("who"), among=parse("cc[*].id")), item)
    assert not holds(Test(parse("user"), among=parse("cc[*].id")), item)
    assert not holds(Test(parse("who"), frozenset({"dan"})), item)
