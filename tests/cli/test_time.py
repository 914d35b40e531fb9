"""The commands that speak of time, on a ticket that Paidan keeps."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from plugin.app.paidan import Paidan
from plugin.cli import main
from tests.casebook.standin import StandIn
from tests.web.conftest import ENVIRON, ROOT, Installed
from tests.web.test_app import WORDS, hear, until

Run = Callable[..., Result]
CASES = ROOT.parent / "shared" / "data" / "sla-cases.json"


@pytest.fixture
def run(installed: Installed) -> Run:
    def command(*arguments: str, words: str | None = None) -> Result:
        env = {**installed.environ(0), "COLUMNS": "160"}
        return CliRunner().invoke(main, [str(each) for each in arguments], input=words, env=env)

    return command


@pytest.fixture
def ticket(installed: Installed, helpdesk: StandIn) -> int:
    """A ticket that a Paidan has placed; that one has stopped, so that its log is not in what is read."""
    running = Paidan(installed.settings, ENVIRON)
    running.start()
    number = helpdesk.open("居民集中反映停水", WORDS)
    hear(running, number)
    until(lambda: helpdesk.notes(number))
    running.stop()
    return number


def as_json(said: Result) -> Any:
    assert said.exit_code == 0, said.output
    return json.loads(said.output)


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", ("running", "report to headquarters")), ("zh", ("计时中", "立即向指挥机构报告"))],
)
def test_a_tickets_clocks_in_both_languages(
    run: Run, ticket: int, language: str, words: tuple[str, ...]
) -> None:
    said = run("clocks", ticket, "--lang", language)
    assert said.exit_code == 0, said.output
    for word in (*words, "突发事件应对法 Art. 61"):
        assert word in said.output


def test_clocks_as_json_say_what_is_used_left_and_next(run: Run, ticket: int) -> None:
    found = {each["clock"]: each for each in as_json(run("clocks", ticket, "--format", "json"))}
    report = found["hq_report_immediate"]
    assert (report["state"], report["target"], report["unit"]) == ("running", 600, "seconds")
    assert report["used"] + report["left"] == 600
    assert report["next"]["at"] > report["start_at"]


def test_what_is_due_soon_and_later(run: Run, ticket: int) -> None:
    soon = as_json(run("due", "--within", "11m", "--format", "json"))
    assert [row["clock"] for row in soon] == ["hq_report_immediate"]
    assert {row["clock"] for row in as_json(run("due", "--within", "2h", "--format", "json"))} > {
        "upward_report"
    }
    assert f"hall #{ticket}" in run("due", "--within", "2h").output
    assert "nothing is due" in run("due", "--within", "1s").output


def test_the_future_of_a_ticket_in_the_case_book(run: Run, ticket: int) -> None:
    moments = as_json(run("simulate", ticket, "--until", "1h", "--format", "json"))
    assert [m["at"] for m in moments] == sorted(m["at"] for m in moments)
    steps = [m["to"] for m in moments if m["kind"] == "step" and m["clock"] == "hq_report_immediate"]
    assert steps[:2] == ["deputy_commander", "commander"]


def test_the_future_of_plain_words(run: Run) -> None:
    said = run("simulate", "-", "--plan", "petition-four-level", "--until", "1h", "--lang", "zh", words=WORDS)
    assert said.exit_code == 0, said.output
    assert "未按时报告，第 1/2 步 → 副指挥长" in said.output


def test_an_answer_on_the_command_line_ends_the_chain(run: Run, ticket: int) -> None:
    assert "on record: hall" in run("ack", ticket, "--who", "duty").output
    assert "on record: hall" in run("tell", ticket, "hq_informed").output
    steps = as_json(run("simulate", ticket, "--until", "1h", "--format", "json"))
    assert not [m for m in steps if m["clock"] == "hq_report_immediate"]


@pytest.mark.parametrize("typed", ["#{}", "00{}", "{} "])
def test_a_ticket_is_known_however_its_number_is_typed(run: Run, ticket: int, typed: str) -> None:
    number = typed.format(ticket)
    assert as_json(run("clocks", number, "--format", "json"))
    assert as_json(run("simulate", number, "--until", "1h", "--format", "json"))
    assert "on record: hall" in run("tell", number, "hq_informed").output
    assert f"on record: hall #{ticket}" in run("ack", number).output
    assert run("explain", number).exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "said", "code"),
    [
        (("ack", "999"), "the case book has no ticket 999", 1),
        (("tell", "1", "hq_infomed"), "there are:", 1),
        (("tell", "1", "ended"), "needs a reason", 1),
        (("tell", "1", "extend", "--clock", "notice_15d", "--days", "5"), "these can: handle_60d", 1),
        (("tell", "1", "extend", "--clock", "handle_60d", "--days", "31"), "by 30 days at most", 1),
        (("clocks", "999"), "the case book has no ticket 999", 1),
        (("simulate", "1", "--until", "soon"), '"soon" is no time', 2),
        (("due", "--within", "soon"), '"soon" is no time', 2),
        (("simulate", "1", "--until", "999999999w"), '"999999999w" is no time', 2),
        (("simulate", "1", "--until", "9999-12-31"), '"9999-12-31" is no time', 2),
        (("tell", "1", "hq_informed", "--at", "2h"), "write 2026-12-01T09:00", 1),
        (("tell", "1", "hq_informed", "--at", "0001-01-01"), "write 2026-12-01T09:00", 1),
        (("clocks",), "name a ticket", 2),
    ],
)
def test_what_cannot_be_done_is_told_with_what_to_do(
    run: Run, ticket: int, arguments: tuple[str, ...], said: str, code: int
) -> None:
    told = run(*arguments)
    assert told.exit_code == code, told.output
    assert said in told.output


def test_when_it_happened_is_a_local_time(run: Run, ticket: int) -> None:
    soon = (datetime.now(UTC) + timedelta(minutes=1)).isoformat(timespec="minutes")
    assert "on record: hall" in run("tell", ticket, "hq_informed", "--at", soon).output
    steps = as_json(run("simulate", ticket, "--until", "1h", "--format", "json"))
    assert not [m for m in steps if m["clock"] == "hq_report_immediate"]


@pytest.mark.parametrize("command", [("ack", "1"), ("tell", "1", "hq_informed"), ("clocks", "1"), ("due",)])
def test_where_there_is_no_case_book_none_is_made(
    run: Run, installed: Installed, command: tuple[str, ...]
) -> None:
    before = set(installed.folder.rglob("*"))
    said = run(*command)
    assert said.exit_code == 1
    assert "paidan.db" in said.output
    assert set(installed.folder.rglob("*")) == before


@pytest.mark.skipif(not CASES.exists(), reason="the worked cases stand beside the project")
def test_a_file_of_cases_runs_through_the_engine(run: Run) -> None:
    said = run("clocks", "--cases", CASES)
    assert said.exit_code == 0, said.output
    assert said.output.count("\nok ") + said.output.startswith("ok ") == len(
        json.loads(CASES.read_text())["cases"]
    )


def test_a_case_that_does_not_hold_is_told_by_its_first_difference(run: Run, tmp_path: Path) -> None:
    own = json.loads((ROOT / "tests/data/clock-case.json").read_text("utf-8"))
    own["cases"][0]["expect"]["clocks"][0]["due_at"] = "2026-03-02T10:31:00+08:00"
    (tmp_path / "cases.json").write_text(json.dumps(own), "utf-8")
    said = run("clocks", "--cases", tmp_path / "cases.json")
    assert said.exit_code == 1
    assert "10:31" in said.output or "02:31" in said.output


def test_what_is_no_file_of_cases_is_told(run: Run, tmp_path: Path) -> None:
    (tmp_path / "cases.json").write_text("[1]", "utf-8")
    said = run("clocks", "--cases", tmp_path / "cases.json")
    assert (said.exit_code, "no clock cases" in said.output) == (1, True)
