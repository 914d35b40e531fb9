"""What a person who checks is told of empty hours in the days to come."""

from __future__ import annotations

import shutil
from datetime import datetime
from pathlib import Path

import pytest

from plugin.desk.products import Connectors
from plugin.documents.duty_checks import check_duty
from plugin.documents.load import load_folder
from plugin.documents.problems import Problem, Problems
from plugin.documents.render import said
from tests.documents.case_folder import ROOT

ROSTER = """version: 1
zone: Asia/Shanghai
people: {a: {contact: env:A_URL}, b: {contact: env:B_URL}}
roles:
  commander: {shifts: [{weekly: {sun-fri: 00:00-24:00, sat: [00:00-08:00, 20:00-24:00]}, who: a}]}
  deputy_commander: {shifts: [{who: b}]}
"""
FRIDAY = int(datetime.fromisoformat("2026-11-27T12:00+08:00").timestamp())


def told(folder: Path, roster: str, now: int = FRIDAY, desk: str = "roster: hall-duty\n") -> list[Problem]:
    shutil.copytree(ROOT / "mappings", folder / "mappings")
    example = (ROOT / "mappings" / "desks" / "_roundup.yaml").read_text("utf-8")
    three = roster.replace("deputy_commander", "security_section").replace("commander", "hq")
    (folder / "mappings" / "desks" / "hall.yaml").write_text(example + desk, "utf-8")
    (folder / "mappings" / "rosters" / "hall-duty.yaml").write_text(three, "utf-8")
    loaded = load_folder(folder / "mappings", Connectors(ROOT / "connectors").products)
    assert loaded.documents is not None, [problem.code for problem in loaded.problems]
    problems = Problems()
    check_duty(loaded.documents, now, problems)
    return list(problems)


def test_the_first_gap_of_a_role_is_told_where_the_role_is_kept(tmp_path: Path) -> None:
    (problem,) = told(tmp_path, ROSTER)
    assert (problem.code, problem.severity, str(problem.place)) == (
        "nobody-on-duty",
        "warning",
        "rosters/hall-duty.yaml:5:3",
    )
    assert said(problem, "en").message == (
        'nobody is on duty for "hq" from 2026-11-28 08:00 to 2026-11-28 20:00'
    )
    assert "paidan roster hall-duty" in said(problem, "zh").fix


@pytest.mark.parametrize(
    "roster",
    [
        ROSTER + "overrides: [{role: commander, date: 2026-11-28, who: b}]\n",
        ROSTER + "feeds: {team: {role: commander, path: team.ics, words: {A: a}}}\n",
        ROSTER.replace("who: a}]}", "who: a}], deputies: b}"),
    ],
)
def test_what_an_override_fills_or_a_feed_may_fill_is_not_told(roster: str, tmp_path: Path) -> None:
    assert told(tmp_path, roster) == []


def test_gaps_beyond_a_week_and_of_rosters_nobody_uses_are_not_told(tmp_path: Path) -> None:
    assert (
        told(
            tmp_path / "one",
            ROSTER + "overrides: [{role: commander, date: 2026-11-28..2026-12-04, who: b}]\n",
        )
        == []
    )
    assert told(tmp_path / "two", ROSTER, desk="") == []
