"""``paidan explain``: a ticket's number, a recorded webhook, a written ticket, plain words."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from plugin.cli.explain import explain
from tests.casebook.standin import StandIn
from tests.web.conftest import ENVIRON, Installed
from tests.web.test_app import WORDS

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, helpdesk: StandIn) -> Run:
    installed = Installed(tmp_path, helpdesk.url)

    def explained(*arguments: str, words: str | None = None, env: dict[str, str] | None = None) -> Result:
        given = {**ENVIRON, **installed.environ(0), **(env or {})}
        return CliRunner().invoke(explain, list(arguments), input=words, env=given)

    return explained


def test_a_ticket_at_the_desk_is_read_and_nothing_is_sent(run: Run, helpdesk: StandIn) -> None:
    ticket = helpdesk.open("居民集中反映停水", WORDS)
    said = run(str(ticket))
    assert said.exit_code == 0, said.output
    assert "较大" in said.output
    assert "set group: intake → field team" in said.output
    assert "rules/petition.yaml:" in said.output
    assert said.output.rstrip().endswith("nothing was sent")
    assert helpdesk.count("PUT") == 0


def test_plain_words_on_standard_input(run: Run) -> None:
    said = run("--lang", "zh", words=WORDS)
    assert said.exit_code == 0, said.output
    assert "较大" in said.output
    assert "没有发送任何内容" in said.output


def test_a_written_ticket_with_updates_as_json(run: Run) -> None:
    line = {
        "id": "A1",
        "title": "居民反映停水",
        "body": "小区停水两天。",
        "fields": {"channel": "visit", "received_at": "2026-03-10T09:20:00+08:00"},
        "updates": [{"at": "2026-03-10T10:00:00+08:00", "body": "现在有60人聚集在大厅。"}],
    }
    said = run("--format", "json", words=json.dumps(line))
    assert said.exit_code == 0, said.output
    told = json.loads(said.output)
    assert [reading["rank"] for reading in told["readings"]] == [0, 2]
    assert told["standing"]["level"] == "较大"
    assert told["sent"] is False


def test_a_recorded_webhook_names_its_ticket(run: Run, helpdesk: StandIn, tmp_path: Path) -> None:
    ticket = helpdesk.open("居民集中反映停水", WORDS)
    bare, recorded = tmp_path / "bare.json", tmp_path / "recorded.json"
    bare.write_text(json.dumps({"ticket": ticket, "event": "created"}))
    recorded.write_text(json.dumps({"headers": {}, "body": bare.read_text()}))
    for file in (bare, recorded):
        said = run(str(file))
        assert said.exit_code == 0, said.output
        assert f"hall #{ticket}" in said.output


def test_another_plan_may_decide(run: Run) -> None:
    said = run("--plan", "petition-three-level", "--format", "json", words=WORDS)
    assert json.loads(said.output)["standing"]["level"] == "II"


@pytest.mark.parametrize(
    ("arguments", "words", "code", "tells"),
    [
        (("7",), None, 1, "cannot be read"),
        (("--desk", "none"), "words", 2, "desks: hall"),
        (("--plan", "none"), "words", 2, "petition-four-level"),
        ((), "[1, 2]", 2, "no ticket"),
        ((), '{"event": "x"}', 1, "ticket_id"),
    ],
)
def test_what_cannot_be_explained_is_told_with_what_to_do(
    run: Run, arguments: tuple[str, ...], words: str | None, code: int, tells: str
) -> None:
    said = run(*arguments, words=words)
    assert said.exit_code == code
    assert tells in said.output
    assert "Traceback" not in said.output
