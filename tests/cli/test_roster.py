"""``paidan roster``: who is on duty now and next, gaps, feeds, and the exit code."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner, Result

from plugin.cli import main

ROOT = Path(__file__).resolve().parents[2]
Run = Callable[..., Result]
HALL = """version: 1
title: {zh: 大厅值班, en: Hall duty}
zone: Asia/Shanghai
people:
  a: {label: {zh: 值班员甲, en: officer A}, contact: env:A_URL, deputy: b}
  b: {label: {zh: 值班员乙, en: officer B}, contact: env:B_URL}
roles:
  deputy_commander:
    shifts: [{weekly: {mon-fri: 00:00-24:00, sat: [00:00-08:00, 20:00-24:00], sun: 00:00-24:00}, who: a}]
  commander: {shifts: [{who: b}]}
"""
FED = """feeds:
  team: {role: commander, path: team.ics, words: {甲: a}, ignore: [lunch]}
"""
EVENT = "BEGIN:VEVENT\nUID:{0}\nDTSTART:{1}\nDTEND:{2}\nSUMMARY:{3}\nEND:VEVENT\n"
THURSDAY = "2026-11-26T09:00"


@pytest.fixture
def run(tmp_path: Path) -> Run:
    shutil.copytree(ROOT / "mappings" / "plans", tmp_path / "mappings" / "plans")
    shutil.copytree(ROOT / "mappings" / "rules", tmp_path / "mappings" / "rules")
    (tmp_path / "mappings" / "rosters").mkdir()
    (tmp_path / "mappings" / "rosters" / "hall.yaml").write_text(HALL, "utf-8")

    def command(*arguments: str) -> Result:
        folders = ("--mappings", str(tmp_path / "mappings"), "--connectors", str(ROOT / "connectors"))
        env = {"PAIDAN_FEED_COPIES": str(tmp_path / "copies"), "COLUMNS": "160", "PAIDAN_LANGUAGE": "en"}
        return CliRunner().invoke(main, ["roster", *arguments, *folders], env=env)

    return command


def write(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / "mappings" / "rosters" / name).write_text(text, "utf-8")


def test_gaps_are_told_in_the_rosters_zone_and_end_with_one(run: Run) -> None:
    said = run("hall", "--at", THURSDAY, "--days", "7")
    assert said.exit_code == 1
    lines = [line.strip() for line in said.output.splitlines()]
    assert lines[0] == "Hall duty (Asia/Shanghai), Thu 2026-11-26 09:00"
    assert "nobody on duty Sat 08:00–20:00" in lines
    cells = [re.split(r"  +", line) for line in lines]
    assert ["until Sat 08:00", "officer A (deputies: officer B)", "shift rosters/hall.yaml:9"] in cells
    assert ["from Sat 20:00 on", "officer A (deputies: officer B)", "shift rosters/hall.yaml:9"] in cells
    assert ["throughout", "officer B", "shift rosters/hall.yaml:10"] in cells
    assert lines[-1] == "gaps: 1"


def test_the_same_in_chinese_with_the_plans_names(run: Run) -> None:
    said = run("hall", "--at", THURSDAY, "--days", "7", "--lang", "zh")
    lines = [line.strip() for line in said.output.splitlines()]
    assert "大厅值班（Asia/Shanghai），周四 2026-11-26 09:00" in lines
    assert "副指挥长" in lines
    assert "周六 08:00–20:00 无人值班" in lines
    assert lines[-1] == "1 段时间无人值班"


def test_without_gaps_it_ends_with_zero(run: Run, tmp_path: Path) -> None:
    write(tmp_path, "hall.yaml", HALL.replace("sat: [00:00-08:00, 20:00-24:00]", "sat: 00:00-24:00"))
    said = run("--at", THURSDAY)
    assert said.exit_code == 0
    assert said.output.endswith("somebody is on duty at all times of the next 14 days\n")


def test_json_says_all_of_it(run: Run) -> None:
    said = run("hall", "--at", "2026-11-28T09:00", "--format", "json", "--days", "2")
    assert said.exit_code == 1
    told = json.loads(said.output)
    assert (told["roster"], told["at"], told["until"]) == (
        "hall",
        "2026-11-28T09:00:00+08:00",
        "2026-11-30T09:00:00+08:00",
    )
    role = told["roles"]["deputy_commander"]
    assert role["now"] == []
    assert role["gaps"] == [{"start": "2026-11-28T09:00:00+08:00", "end": "2026-11-28T20:00:00+08:00"}]
    assert role["next"]["start"] == "2026-11-28T20:00:00+08:00"
    assert [duty["person"] for duty in role["next"]["on_duty"]] == ["a", "b"]
    assert role["next"]["on_duty"][0]["contact"] == "env:A_URL"
    assert role["next"]["on_duty"][1]["of"] == "a"


def test_who_goes_on_for_another_reason_is_told_once(run: Run, tmp_path: Path) -> None:
    write(tmp_path, "hall.yaml", HALL + "overrides: [{role: commander, date: 2026-11-27, who: b}]\n")
    role = json.loads(run("hall", "--at", THURSDAY, "--format", "json").output)["roles"]["commander"]
    assert (role["now_until"], role["next"]) == ("2026-12-10T09:00:00+08:00", None)


def feed(*events: tuple[timedelta, timedelta, str]) -> str:
    """A feed around now, as no document or command knows another time for fetching."""
    now = datetime.now(ZoneInfo("UTC")).replace(microsecond=0)
    body = "".join(
        EVENT.format(number, f"{now + start:%Y%m%dT%H%M%SZ}", f"{now + end:%Y%m%dT%H%M%SZ}", title)
        for number, (start, end, title) in enumerate(events)
    )
    return f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:made\n{body}END:VCALENDAR\n"


HOUR = timedelta(hours=1)


def test_a_feed_says_who_is_on_duty_and_what_it_names_that_nobody_knows(run: Run, tmp_path: Path) -> None:
    write(tmp_path, "hall.yaml", HALL + FED)
    write(
        tmp_path,
        "team.ics",
        feed((-HOUR, HOUR, "值班：甲"), (2 * HOUR, 3 * HOUR, "somebody else"), (HOUR, 2 * HOUR, "Lunch")),
    )
    told = json.loads(run("hall", "--format", "json").output)
    assert [duty["source"] for duty in told["roles"]["commander"]["now"]] == ["feed", "deputy"]
    assert told["feeds"]["team"]["unknown"] == ["somebody else"]
    text = run("hall").output
    assert "feed team: read" in text
    assert "names nobody of the roster: somebody else" in text


def test_a_feed_that_is_gone_is_told_with_the_age_of_its_copy(run: Run, tmp_path: Path) -> None:
    write(tmp_path, "hall.yaml", HALL + FED)
    write(tmp_path, "team.ics", feed((-HOUR, HOUR, "甲")))
    run("hall")
    (tmp_path / "mappings" / "rosters" / "team.ics").unlink()
    said = run("hall").output
    assert "feed team: there is no such file to read → check path:" in said
    assert "the copy of 20" in said
    assert "feed team" in said.split("commander")[-1].splitlines()[1]


def test_a_time_beyond_what_a_feed_was_asked_for_is_asked_for(run: Run, tmp_path: Path) -> None:
    write(tmp_path, "hall.yaml", HALL + FED)
    year = timedelta(days=365)
    write(tmp_path, "team.ics", feed((year, year + HOUR, "甲")))
    when = (datetime.now(ZoneInfo("Asia/Shanghai")) + year + HOUR / 2).strftime("%Y-%m-%dT%H:%M")
    told = json.loads(run("hall", "--at", when, "--format", "json").output)
    assert [duty["person"] for duty in told["roles"]["commander"]["now"]] == ["a", "b"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("hill",), 'there is no roster "hill" → rosters: hall'),
        (("hall", "--at", "soon"), '"soon" is no time'),
        (("hall", "--at", "9999-12-31"), '"9999-12-31" is no time'),
        (("hall", "--days", "0"), "0 is not in the range"),
    ],
)
def test_wrong_use_ends_with_two(run: Run, arguments: tuple[str, ...], words: str) -> None:
    said = run(*arguments)
    assert said.exit_code == 2
    assert words in said.output


def test_one_of_several_must_be_named(run: Run, tmp_path: Path) -> None:
    write(tmp_path, "pier.yaml", HALL)
    said = run()
    assert (said.exit_code, said.output) == (2, "say which roster: hall, pier\n")


@pytest.mark.parametrize(("when", "told"), [("2026-11-28", "2026-11-28T00:00:00+08:00"), ("36h", None)])
def test_a_date_is_its_beginning_and_a_span_counts_from_now(run: Run, when: str, told: str | None) -> None:
    said = json.loads(run("hall", "--at", when, "--format", "json").output)["at"]
    if told is not None:
        assert said == told
    else:
        ahead = datetime.fromisoformat(said) - datetime.now(ZoneInfo("UTC"))
        assert timedelta(hours=35, minutes=58) < ahead <= timedelta(hours=36)


def test_the_page_for_administrators_shows_what_is_printed(run: Run, tmp_path: Path) -> None:
    page = (ROOT / "docs" / "rosters.md").read_text("utf-8")
    roster, feeds = re.findall(r"```yaml\n(.*?)```", page, re.S)
    (shown,) = re.findall(r"```\n\$ paidan (.*?)\n(.*?)```", page, re.S)
    write(tmp_path, "city-hall-duty.yaml", roster)
    said = run(*shown[0].split()[1:])
    assert said.output == shown[1]
    write(tmp_path, "city-hall-duty.yaml", roster + feeds)
    assert "DUTY_FEED_URL has no value" in run(*shown[0].split()[1:]).output
