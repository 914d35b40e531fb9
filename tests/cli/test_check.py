"""``paidan check`` and ``paidan test``: what is printed, and the exit code."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from plugin.cli import COMMANDS, main
from tests.documents.test_calendars import in_use

ROOT = Path(__file__).resolve().parents[2]
RULES = """version: 1
fields: {people: {type: number}, rank: {type: number}}
steps:
  - step: rank
    bands:
      - {id: crowd, of: people, at: {5: 1}}
    rules:
      - {id: few, when: {people: ..4}, set: {rank: 0}}
tests:
  - {name: six, ticket: {people: 6}, expect: {rank: 1}, by: {rank: crowd}}
"""


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments), env={"PAIDAN_LANGUAGE": "en"})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "harbour.yaml").write_text(RULES, "utf-8")
    return tmp_path


def spoil(folder: Path, old: str, new: str) -> None:
    path = folder / "rules" / "harbour.yaml"
    path.write_text(path.read_text("utf-8").replace(old, new), "utf-8")


def test_sound_documents_are_told_in_one_line(folder: Path) -> None:
    result = run("check", str(folder), "--connectors", str(ROOT / "connectors"))
    assert (result.exit_code, result.output) == (0, f"{folder}: 1 rules file; no problems\n")


def test_a_mistake_ends_with_one(folder: Path) -> None:
    spoil(folder, "of: people", "of: peeple")
    result = run("check", str(folder))
    assert result.exit_code == 1
    assert f"{folder}/rules/harbour.yaml:6:25: no field" in result.output
    assert "\x1b" not in result.output
    assert result.output.endswith("errors: 1, warnings: 0. Nothing of it becomes active.\n")


def test_json_has_one_shape(folder: Path) -> None:
    spoil(folder, "of: people", "of: peeple")
    told = json.loads(run("check", str(folder), "--format", "json", "--lang", "zh").output)
    assert told["ok"] is False
    assert set(told["problems"][0]) == {"file", "line", "column", "code", "message", "fix", "severity"}


def test_the_tests_of_a_rules_file_run(folder: Path) -> None:
    result = run("test", str(folder))
    assert result.exit_code == 0
    assert "rank / few" in result.output
    assert result.output.endswith("harbour: 1 tests passed; 1 of 2 rules, bands and grids covered\n")


def test_a_failing_test_is_told_at_its_place(folder: Path) -> None:
    spoil(folder, "expect: {rank: 1}", "expect: {rank: 2}")
    result = run("test", str(folder))
    assert result.exit_code == 1
    assert 'harbour.yaml:10:5: test "six" expects rank 2 but gets 1 [test-failed]' in result.output


def test_coverage_comes_as_json(folder: Path) -> None:
    told = json.loads(run("test", str(folder), "--format", "json").output)
    covers = {each["entry"]: each["cover"] for each in told["reports"][0]["coverage"]}
    assert covers == {"few": "never held", "crowd": "covered"}


@pytest.mark.parametrize("arguments", [["chekc"], ["check", "/nowhere/at/all"], ["check", "--format", "xml"]])
def test_a_wrong_use_ends_with_two(arguments: list[str]) -> None:
    assert run(*arguments).exit_code == 2


def test_help_names_every_command() -> None:
    output = run("--help").output
    assert all(name in output for name in COMMANDS)


def test_a_calendar_in_use_is_watched_by_the_date(tmp_path: Path) -> None:
    folder = in_use(tmp_path)
    calendar = folder / "calendars" / "cn-government.yaml"
    calendar.write_text(
        calendar.read_text("utf-8").replace("covered_through: 2026-12-31", "covered_through: 2026-10-10")
    )
    result = run("check", str(folder), "--connectors", str(ROOT / "connectors"))
    assert result.exit_code == 0
    assert "covered_through: 2026-10-10\n      |                  ^~~" in result.output
    assert "[calendar-ended]" in result.output
