"""From observing to acting, group by group, as whoever runs a desk does it: look, compare, switch on."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

import pytest
from click import unstyle
from click.testing import CliRunner, Result
from rich.cells import cell_len
from rich.console import Console
from sqlalchemy import select

from plugin.app.paidan import Paidan
from plugin.casebook.tables import case
from plugin.cli import main
from tests.casebook.standin import StandIn
from tests.web.conftest import ENVIRON, Installed
from tests.web.test_app import WORDS, hear, until

Run = Callable[..., Result]
LAMP = "小区东门的路灯不亮，晚上看不清台阶，请安排修理。"


@pytest.fixture
def run(installed: Installed) -> Run:
    def command(*arguments: object, columns: int = 160) -> Result:
        env = {**installed.environ(0), "COLUMNS": str(columns)}
        return CliRunner().invoke(main, [str(each) for each in arguments], env=env)

    return command


@pytest.fixture
def watching(installed: Installed) -> Iterator[Paidan]:
    """A running Paidan whose desk only observes; two tickets are enough to be reviewed."""
    text = installed.desk.read_text("utf-8").replace("mode: act", "mode: observe # at first")
    installed.desk.write_text(text, "utf-8")
    running = Paidan(installed.settings.model_copy(update={"review_after": 2}), ENVIRON)
    running.start()
    yield running
    running.stop()


def decided(paidan: Paidan, helpdesk: StandIn, text: str) -> int:
    """A ticket that came in and was decided."""
    number = helpdesk.open("来件", text)
    read_again(paidan, number)
    return number


def read_again(paidan: Paidan, number: int) -> None:
    """It was heard of, read and decided, and is at rest."""
    before = read_at(paidan, number)
    hear(paidan, number, f"{number} after {before}")
    until(lambda: read_at(paidan, number) > before)


def read_at(paidan: Paidan, number: int) -> float:
    """When a ticket at rest was read last; 0 where it never was, or is being moved."""
    wanted = select(case.c.read_at).where(
        case.c.ticket == str(number), case.c.lease_until == 0, case.c.next_at.is_(None)
    )
    with paidan.database.read() as tx:
        return float(tx.run(wanted).scalar() or 0.0)


def taken_up(paidan: Paidan) -> None:
    """As the keeper does every few seconds."""
    paidan.desks.reload_if_changed()
    paidan.modes.follow()


def test_the_whole_way_from_looking_to_acting(
    watching: Paidan, installed: Installed, helpdesk: StandIn, run: Run
) -> None:
    visit, lamp = decided(watching, helpdesk, WORDS), decided(watching, helpdesk, LAMP)
    watching.modes.look()
    told = watching.web.test_client().get("/healthz").json
    assert told["reviews"] == {"hall": {"tickets": 2, "of": 2, "ready": True, "see": "paidan review hall"}}
    assert told["ok"], "there is nothing wrong with a review"
    shown = json.loads(run("review", "hall", "--format", "json").output)
    assert {each["ticket"]: each["group"] for each in shown["list"]} == {
        str(visit): "onsite",
        str(lamp): "normal_desk",
    }
    assert helpdesk.count("PUT") == 0

    said = run("act", "hall", "--group", "onsite")
    assert said.exit_code == 0, said.output
    assert "that were only looked at so far: 1." in said.output
    taken_up(watching)
    new, other = decided(watching, helpdesk, WORDS), decided(watching, helpdesk, LAMP)
    assert helpdesk.tickets[new]["group"] == "field team"
    for untouched in (visit, lamp, other):
        assert helpdesk.tickets[untouched]["group"] == "intake"
        assert helpdesk.notes(untouched) == []

    for number, mode in ((visit, "observe"), (other, "observe"), (new, "act")):
        told = run("explain", number, "--desk", "hall", "--format", "json")
        assert json.loads(told.output)["mode"] == mode
    assert "the mode of this ticket is observe" in run("explain", visit, "--desk", "hall").output

    said = run("act", "hall", "--group", "onsite", "--open-too")
    assert "acted on at once: 1; something is written to 1" in said.output
    taken_up(watching)
    until(lambda: helpdesk.tickets[visit]["group"] == "field team")
    assert helpdesk.tickets[lamp]["group"] == "intake"

    said = run("observe", "hall")
    assert "no longer acted on: 2" in said.output
    assert "act_" not in installed.desk.read_text("utf-8")
    assert "mode: observe # at first" in installed.desk.read_text("utf-8")
    taken_up(watching)
    assert helpdesk.tickets[decided(watching, helpdesk, WORDS)]["group"] == "intake"


SAID = {
    "en": (
        "hall: the last 7 tickets decided (observe)",
        "on-site group: of 6 people put 5 there themselves",
        "people put it there themselves",
        "priority → high",
        "nobody has moved it yet",
        "people have dealt with 1 so far",
    ),
    "zh": (
        "hall：最近 7 件已决定的工单（observe）",
        "现场处置组：6 件中人工有 5 件放到这里",
        "人工也放到这里",
        "优先级 → high",
        "还没有人处理",
        "人工只处理了 1 件",
    ),
}


@pytest.mark.parametrize("language", SAID)
def test_a_review_counts_compares_and_advises(
    watching: Paidan, helpdesk: StandIn, run: Run, language: str
) -> None:
    decided(watching, helpdesk, WORDS)
    for text, group in [*[(WORDS, "field team")] * 5, (LAMP, "information")]:
        number = decided(watching, helpdesk, text)
        helpdesk.set(number, group=group)
        read_again(watching, number)
    said = run("review", "hall", "--lang", language)
    assert said.exit_code == 0
    for word in SAID[language]:
        assert word in said.output
    assert "paidan act hall --group onsite" in said.output
    assert WORDS[:6] not in said.output
    assert "来件" not in said.output


def test_a_review_fits_a_narrow_terminal(
    watching: Paidan, helpdesk: StandIn, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    decided(watching, helpdesk, WORDS)
    monkeypatch.setattr(Console, "is_terminal", True)
    said = run("review", "hall", "--lang", "zh", columns=60).output
    said = unstyle(said)
    lines = [line for line in said.splitlines() if "→ 再等等" not in line]
    assert max(map(cell_len, lines)) <= 60
    assert "#1 · 现场处置组" in said


def test_there_is_nothing_to_review_yet(watching: Paidan, run: Run) -> None:
    said = run("review", "hall")
    assert (said.exit_code, said.output.startswith("hall has no ticket to review yet")) == (0, True)
    assert run("review", "town").exit_code == 2
    assert run("review", "hall", "--since", "yesterday-ish").exit_code == 2


def test_a_dry_run_shows_the_change_and_writes_nothing(
    watching: Paidan, installed: Installed, run: Run
) -> None:
    before = installed.desk.read_bytes()
    for more in (("--group", "info"), ("--all",)):
        said = run("act", "hall", *more, "--dry-run")
        assert said.exit_code == 0
        assert "+ act_since: " in said.output
        assert "Nothing was written" in said.output
    assert installed.desk.read_bytes() == before
    shown = json.loads(run("act", "hall", "--group", "info", "--dry-run", "--format", "json").output)
    assert (shown["act_for"], shown["written"], shown["open"]["starts"]) == (["info"], False, 0)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_folder_that_would_not_pass_is_not_changed(installed: Installed, run: Run, language: str) -> None:
    installed.desk.write_text(installed.desk.read_text("utf-8").replace("field team", ""), "utf-8")
    before = installed.desk.read_bytes()
    said = run("act", "hall", "--all", "--lang", language)
    assert said.exit_code == 1
    assert "mappings/desks/hall.yaml:" in said.output
    assert installed.desk.read_bytes() == before


def test_it_is_used_wrongly(installed: Installed, run: Run) -> None:
    before = installed.desk.read_bytes()
    for wrong in (("act", "hall"), ("act", "hall", "--all", "--group", "info"), ("observe", "town")):
        assert run(*wrong).exit_code == 2
    for command in ("act", "observe"):
        said = run(command, "hall", "--group", "infos")
        assert said.exit_code == 2
        assert "normal_desk" in said.output
    assert installed.desk.read_bytes() == before


def test_without_a_case_book_the_file_is_changed_and_nothing_is_counted(
    installed: Installed, run: Run
) -> None:
    said = run("observe", "hall")
    assert said.exit_code == 0
    assert "open tickets were not counted" in said.output
    assert "There is no case book" in said.output
    assert "mode: observe" in installed.desk.read_text("utf-8")
    assert "says so already" in run("observe", "hall").output
    assert "已经如此" in run("observe", "hall", "--lang", "zh").output


@pytest.mark.parametrize(("language", "words"), [("en", "does not answer"), ("zh", "没有应答")])
def test_a_case_book_that_does_not_answer_is_not_called_missing(
    installed: Installed, language: str, words: str
) -> None:
    environ = {**installed.environ(0), "PAIDAN_DATABASE_URL": "postgresql://nobody@127.0.0.1:9/none"}
    said = CliRunner().invoke(main, ["observe", "hall", "--dry-run", "--lang", language], env=environ)
    assert said.exit_code == 0
    assert words in said.output
    assert "There is no case book" not in said.output
    assert "没有找到案件簿" not in said.output


def test_a_desk_with_unanswered_lines_only_observes(installed: Installed, run: Run) -> None:
    text = installed.desk.read_text("utf-8").replace("mode: act", "mode: observe")
    installed.desk.write_text(text + "gaps: {write.due: [due date]}\n", "utf-8")
    for more in (("--group", "onsite"), ("--all",)):
        said = run("act", "hall", *more)
        assert said.exit_code == 1
        assert "[gap-left]" in said.output
    assert "mode: observe" in installed.desk.read_text("utf-8")
