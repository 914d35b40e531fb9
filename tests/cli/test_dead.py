"""What an operator sees of dead letters and paused desks, and what he can do about them."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import insert

from plugin.app.paidan import Paidan
from plugin.casebook.clock_holds import tell
from plugin.casebook.database import Database
from plugin.casebook.failing import MANY
from plugin.casebook.inbox import keep_unreadable, new_case
from plugin.casebook.tables import case
from plugin.cli import main
from tests.casebook.standin import StandIn
from tests.web.conftest import ENVIRON, Installed
from tests.web.test_app import WORDS, hear, until

Run = Callable[..., Result]
BY = ("--by", "li", "--why", "the group exists now")


@pytest.fixture
def run(installed: Installed) -> Run:
    def command(*arguments: object) -> Result:
        env = {**installed.environ(0), "COLUMNS": "160"}
        return CliRunner().invoke(main, [str(each) for each in arguments], env=env)

    return command


@pytest.fixture
def ticket(installed: Installed, helpdesk: StandIn) -> int:
    """A ticket whose write was refused, and a webhook that names no ticket; nothing runs any more."""
    running = Paidan(installed.settings, ENVIRON)
    running.start()
    number = helpdesk.open("居民集中反映停水", WORDS)
    helpdesk.refusal = lambda _: "no such group"
    hear(running, number)
    until(lambda: running.database.is_sqlite and helpdesk.count("PUT") and helpdesk.count("GET") > 1)
    running.stop()
    helpdesk.refusal = lambda _: ""
    keep_unreadable(running.database, "hall", "", b"{}", "ticket-id-missing")
    return number


def ids(run: Run) -> dict[str, str]:
    return {each["kind"]: each["id"] for each in json.loads(run("dead", "--json").output)["dead"]}


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            "en",
            (
                "hall #1",
                "no such group",
                "set group to",
                "read a webhook of 2 bytes",
                "paidan retry ID",
            ),
        ),
        ("zh", ("hall #1", "no such group", "group 改为", "读取一个回调（2 字节）", "paidan retry 编号")),
    ],
)
def test_the_list_says_what_and_why(run: Run, ticket: int, language: str, words: tuple[str, ...]) -> None:
    assert ticket == 1
    said = run("dead", "--lang", language)
    assert said.exit_code == 1
    for word in words:
        assert word in said.output


def test_nothing_dead_is_fine(run: Run, installed: Installed) -> None:
    running = Paidan(installed.settings, ENVIRON)
    running.start()
    running.stop()
    said = run("dead")
    assert (said.exit_code, said.output) == (0, "no dead letters\n")
    assert json.loads(run("dead", "--format", "json").output) == {
        "dead": [],
        "failing": [],
        "paused": [],
        "clock_held": [],
    }


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "#4711 (8 tries) hall: GET /t/4711 answered 403"), ("zh", "#4711（已试 8 次）hall：")],
)
def test_what_is_tried_in_vain_is_told_with_the_reason(
    run: Run, installed: Installed, language: str, words: str
) -> None:
    database = Database(installed.settings.database_url)
    database.prepare()
    problem = {"code": "denied", "request": "GET /t/4711", "status": 403, "detail": ""}
    with database.write() as tx:
        row = {**new_case("hall", "4711", tx.now), "attempts": MANY, "problem": json.dumps(problem)}
        tx.run(insert(case).values(row))
    database.close()
    said = run("dead", "--lang", language)
    assert said.exit_code == 1
    assert words in said.output
    (told,) = json.loads(run("dead", "--json").output)["failing"]
    assert (told["ticket"], told["code"]) == ("4711", "denied")
    assert json.loads(run("dead", "--json", "--desk", "elsewhere").output)["failing"] == []


def test_without_a_case_book_it_says_so(run: Run) -> None:
    said = run("dead")
    assert said.exit_code == 1
    assert "the case book cannot be opened" in said.output


def test_what_is_brought_back_is_written_by_the_paidan_that_runs(
    run: Run, ticket: int, installed: Installed, helpdesk: StandIn
) -> None:
    write = ids(run)["write"]
    looked = run("retry", write, "--dry-run")
    assert looked.exit_code == 0
    assert "dry run" in looked.output
    said = run("retry", write, *BY)
    assert said.exit_code == 0, said.output
    assert f"ticket {ticket} is read and tried again" in said.output
    running = Paidan(installed.settings, ENVIRON)
    running.start()
    until(lambda: helpdesk.notes(ticket))
    running.stop()
    assert set(ids(run)) == {"delivery"}


def test_what_cannot_be_brought_back_says_why_and_can_be_dropped(run: Run, ticket: int) -> None:
    webhook = ids(run)["delivery"]
    said = run("retry", webhook, "d99", *BY)
    assert said.exit_code == 1
    assert "still unreadable" in said.output
    assert "receive: ticket_id" in said.output
    assert "d99: no dead letter has this id" in said.output
    assert run("retry", webhook, "--drop", *BY).exit_code == 0
    assert set(ids(run)) == {"write"}
    assert ticket


@pytest.mark.parametrize(
    "arguments",
    [("retry", "d1"), ("retry", "d1", "--by", "li"), ("pause", "hall"), ("resume", "hall", "--by", "li")],
)
def test_nothing_is_done_without_a_name_and_a_reason(
    run: Run, ticket: int, arguments: tuple[str, ...]
) -> None:
    assert run(*arguments).exit_code == 2
    assert ticket


def test_a_paused_desk_is_shown_until_it_is_resumed(run: Run, ticket: int, installed: Installed) -> None:
    assert "hall is paused" in run("pause", "hall", *BY).output
    assert "paused already" in run("pause", "hall", *BY).output
    assert "hall was paused by li" in run("dead").output
    assert "已被 li 暂停" in run("dead", "--lang", "zh").output
    assert json.loads(run("dead", "--json").output)["paused"][0]["why"] == "the group exists now"
    paidan = Paidan(installed.settings, ENVIRON)
    paidan.start()
    page = paidan.web.test_client().get("/healthz").json
    paidan.stop()
    assert page["ok"] is False
    assert [each["desk"] for each in page["casebook"]["paused"]] == ["hall"]
    assert "hall goes on" in run("resume", "hall", *BY).output
    assert "was not paused" in run("resume", "hall", *BY).output
    assert "paused" not in run("dead").output
    assert ticket


def test_a_desk_nobody_knows_is_told_with_those_there_are(run: Run, ticket: int) -> None:
    said = run("pause", "hal", *BY)
    assert said.exit_code == 2
    assert "desks: hall" in said.output
    assert ticket


@pytest.mark.parametrize(
    ("language", "words"), [("en", "the clock is 300 seconds off"), ("zh", "时钟偏差 300 秒")]
)
def test_a_desk_held_back_because_of_a_clock(
    run: Run, installed: Installed, language: str, words: str
) -> None:
    database = Database(installed.settings.database_url)
    database.prepare()
    tell(database, {"hall": -300.0})
    database.close()
    said = run("dead", "--lang", language)
    assert (said.exit_code, words in said.output) == (0, True)
    assert json.loads(run("dead", "--json").output)["clock_held"][0]["desk"] == "hall"
    assert json.loads(run("dead", "--json", "--desk", "other").output)["clock_held"] == []
