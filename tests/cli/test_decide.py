"""A file of tickets in, decisions out: one line a message, and nothing lost without a word."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from plugin.cli.decide import decide

ROOT = Path(__file__).resolve().parents[2]
KEYS = {
    *("id", "update", "facts", "rank", "event_type", "level", "lead", "co", "notify", "activated"),
    *("severity_hint", "clocks", "flags", "missing_report_content", "standing"),
}
GROWS = {
    "id": "a",
    "title": "早市来访",
    "body": "上午6名摊主到区城管局反映通知太急。",
    "fields": {"channel": "visit", "received_at": "2026-06-03T08:35:00+08:00"},
    "updates": [
        {"at": "2026-06-03T11:20:00+08:00", "body": "门口聚集约230人。"},
        {"at": "2026-06-03T09:15:00+08:00", "body": "现场增加到七十人左右。"},
        {"at": "2026-06-04T10:00:00+08:00", "body": "现场已无人员。"},
    ],
}


def run(*arguments: str, text: str | bytes = "") -> Result:
    places = ["--mappings", str(ROOT / "mappings"), "--connectors", str(ROOT / "connectors")]
    return CliRunner().invoke(decide, [*arguments, *places], input=text)


def decisions(*tickets: object, plan: str = "petition-three-level") -> list[dict[str, Any]]:
    text = "".join(json.dumps(ticket) + "\n" for ticket in tickets)
    done = run("--plan", plan, "--in", "-", text=text)
    assert done.exit_code == 0, done.stderr
    return [json.loads(line) for line in done.stdout.split("\n") if line]


def test_one_line_a_message_in_the_order_of_the_file() -> None:
    told = decisions(GROWS)
    assert [line["update"] for line in told] == [None, 0, 1, 2]
    assert all(set(line) == KEYS for line in told)
    assert [line["level"] for line in told] == ["III", "I", "II", "none"]


def test_what_stands_is_told_by_the_time_of_each_message_and_never_falls() -> None:
    by_update = {line["update"]: line["standing"] for line in decisions(GROWS)}
    assert by_update[1]["level"] == "II"
    assert by_update[0]["level"] == "I"
    assert by_update[2] == {
        "level": "I",
        "peak": "I",
        "lead": "hq",
        "proposal": {"kind": "end", "level": "none", "rank": 0},
    }


def test_facts_are_told_as_the_labels_tell_them() -> None:
    told = decisions(GROWS)[0]
    assert told["facts"] == {"people_present": [6, 6]}


def test_a_long_text_stored_short_is_read_long() -> None:
    ticket = {
        "id": 1,
        "body": "X 现场有60人在等。",
        "body_expand": {"marker": "X", "unit": "无关。", "times": 9000},
    }
    assert decisions(ticket)[0]["rank"] == 2


@pytest.mark.parametrize(
    "line",
    [
        "{",
        "[]",
        "17",
        '{"text": "neither body nor title"}',
        '{"body": "x", "updates": 7}',
        '{"body": "x", "updates": [7]}',
        '{"body": "x", "fields": [1]}',
        '{"body": "x", "body_expand": {"marker": "x", "unit": "y", "times": 99999999999}}',
        "\x00",
    ],
)
def test_a_bad_line_is_told_by_its_number_and_the_others_are_decided(line: str) -> None:
    done = run(
        "--plan",
        "petition-inherited",
        "--in",
        "-",
        text=f'{{"id":1,"body":"a"}}\n{line}\n{{"id":3,"body":"b"}}\n',
    )
    assert done.exit_code == 1
    assert ":2: no ticket, skipped" in done.stderr
    assert [json.loads(each)["id"] for each in done.stdout.splitlines()] == [1, 3]


MOMENT = "2026-06-03T09:00:00+08:00"


@pytest.mark.parametrize(
    ("ticket", "rank"),
    [
        ({"title": "门口有60人"}, 2),
        ({"title": None, "body": "门口有60人", "fields": None, "updates": None}, 2),
        ({"body": "门口有60人", "fields": {"channel": None, "score": 1.5, "who": {"name": "x"}}}, 2),
        ({"body": "门口有60人", "fields": {"channel": "walk-in", "received_at": "2026-03-10 09:20"}}, 2),
        ({"body": "门口有60人", "fields": {"received_at": "last Tuesday"}}, 2),
        ({"body": "门口有60人", "fields": {"received_at": 1741569600}}, 2),
        ({"body": "<p>门口有<b>60</b>人</p><blockquote>门口有230人</blockquote>"}, 2),
        ({"body": "谢谢\n\nOn Mon, A wrote:\n> 门口有230人"}, 0),
        ({"body": "门口有60人\ud83d"}, 2),
        ({"body": 7, "fields": {"rank": 4, "flags": ["x"]}}, 0),
    ],
)
def test_what_other_exports_lack_is_taken_as_not_said(ticket: dict[str, Any], rank: int) -> None:
    assert decisions(ticket)[0]["rank"] == rank


def test_a_way_in_nobody_knows_still_has_the_limits_of_the_law() -> None:
    for channel in (None, "walk-in"):
        told = decisions({"body": "路灯不亮", "fields": {"channel": channel}})
        assert told[0]["clocks"] == ["notice_15d", "handle_60d"]


def test_updates_without_a_time_follow_in_the_order_of_the_file() -> None:
    ticket = {"body": "来了6人", "updates": [{"body": "现场增加到70人"}, {"at": MOMENT}, {"body": None}]}
    told = decisions(ticket)
    assert [line["rank"] for line in told][1:] == [2, 0, 0]
    assert told[-1]["standing"]["level"] == "II"


def test_an_id_with_half_a_character_does_not_end_the_run(tmp_path: Path) -> None:
    target = tmp_path / "out.jsonl"
    text = '{"id": "\\ud800", "body": "x"}\n{"id": 2, "body": "x"}\n'
    run("--plan", "petition-inherited", "--in", "-", "--out", str(target), text=text)
    assert [json.loads(line)["id"] for line in target.read_text("utf-8").splitlines()] == ["\ud800", 2]


def test_other_line_ends_stay_inside_a_ticket() -> None:
    body = "现场有60人\u2028在等。\u0085"
    assert decisions({"id": "a", "body": body}, {"id": "b", "body": "路灯不亮"})[0]["id"] == "a"


@pytest.mark.parametrize(
    "arguments",
    [
        ("--plan", "petition-five-level", "--in", "-"),
        ("--plan", "petition-inherited", "--rules", "none", "--in", "-"),
        ("--plan", "petition-inherited", "--in", "nowhere.jsonl"),
        ("--in", "-"),
    ],
)
def test_used_wrongly(arguments: tuple[str, ...]) -> None:
    assert run(*arguments).exit_code == 2


def test_the_result_goes_to_a_file(tmp_path: Path) -> None:
    target = tmp_path / "out.jsonl"
    done = run("--plan", "petition-inherited", "--in", "-", "--out", str(target), text='{"id":1,"body":"x"}')
    assert done.exit_code == 0
    assert done.stdout == ""
    assert json.loads(target.read_text("utf-8"))["level"] is None
