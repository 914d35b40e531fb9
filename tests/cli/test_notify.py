"""``paidan notify test``: the contacts of a desk, and a test message that really arrives."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from plugin.cli import main
from tests.notify.peers import Mailbox, mail_server
from tests.web.conftest import Installed

Run = Callable[..., Result]
PASSWORD = "PlantedPass99"


@pytest.fixture
def installed(tmp_path: Path) -> Installed:
    made = Installed(tmp_path, "https://desk.city.example")
    contacts = "notify: {hq: env:HQ_CONTACT, onsite: env:ONSITE_CONTACT}\n"
    made.desk.write_text(
        made.desk.read_text("utf-8").replace("language: en", "language: zh") + contacts, "utf-8"
    )
    return made


@pytest.fixture
def run(installed: Installed) -> Run:
    def command(*arguments: str, **env: str) -> Result:
        given = {**installed.environ(0), **env}
        return CliRunner().invoke(main, ["notify", "test", *arguments], env=given)

    return command


def contact(port: int, password: str = PASSWORD) -> str:
    return f"mailto://paidan:{password}@127.0.0.1:{port}?from=paidan@city.example&to=duty@city.example"


def test_the_message_arrives_in_the_desks_language(run: Run) -> None:
    mailbox = Mailbox()
    with mail_server(mailbox, account=("paidan", PASSWORD)) as port:
        said = run("hall", "hq", HQ_CONTACT=contact(port))
    assert said.exit_code == 0, said.output
    assert mailbox.mails[0]["Subject"] == "派单：测试消息"
    assert mailbox.texts[0].startswith("测试消息（hall）：指挥部。收到即可，无需处理\n编号 ")
    found = re.fullmatch(r"env:HQ_CONTACT: delivered \(message ([0-9a-f]{8})\)\n", said.output)
    assert found
    assert found[1] in mailbox.texts[0]


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "does not accept the account or key (535)"), ("zh", "不接受账号或密钥（535）")],
)
def test_what_went_wrong_is_told_by_the_name_of_the_secret(run: Run, language: str, words: str) -> None:
    with mail_server(Mailbox(), account=("paidan", "another")) as port:
        said = run("hall", "hq", "--lang", language, HQ_CONTACT=contact(port))
    assert said.exit_code == 1
    assert said.output.startswith("env:HQ_CONTACT")
    assert words in said.output
    assert PASSWORD not in said.output


def test_without_a_role_the_contacts_are_shown_and_nothing_is_sent(run: Run) -> None:
    mailbox = Mailbox()
    with mail_server(mailbox) as port:
        said = run("hall", HQ_CONTACT=contact(port), ONSITE_CONTACT=f"wecombot://{PASSWORD}!")
    assert said.exit_code == 1, "one of them cannot be used"
    lines = [re.split(r" {2,}", line) for line in said.output.splitlines()]
    assert lines[1] == ["hq", "env:HQ_CONTACT", "E-Mail", "ready"]
    assert lines[2] == ["onsite", "env:ONSITE_CONTACT", "–", "cannot be used"]
    assert lines[3][0].startswith(
        "env:ONSITE_CONTACT: a part of the address is missing or has the wrong form"
    )
    assert "paidan notify test hall hq" in said.output
    assert mailbox.mails == []
    assert PASSWORD not in said.output


def test_a_seat_of_the_roster_is_a_contact_too(run: Run, installed: Installed) -> None:
    roster = installed.mappings / "rosters" / "_duty.yaml"
    roster.rename(roster.with_name("duty.yaml"))
    installed.desk.write_text(installed.desk.read_text("utf-8") + "roster: duty\n", "utf-8")
    mailbox = Mailbox()
    with mail_server(mailbox, account=("paidan", PASSWORD)) as port:
        said = run("hall", "duty-1", DUTY_1_URL=contact(port))
    assert said.exit_code == 0, said.output
    assert said.output.startswith("env:DUTY_1_URL: delivered")
    assert mailbox.texts[0].startswith("测试消息（hall）：值班员甲。")
    assert "env:DUTY_2_URL: it has no value" in run("hall").output


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("nosuch",), 2, 'there is no desk "nosuch" → desks: hall'),
        (("hall", "nosuch"), 2, 'no contact "nosuch" → there are: hq, onsite'),
        (("hall", "onsite"), 1, "env:ONSITE_CONTACT: it has no value → set the variable or file"),
    ],
)
def test_used_wrongly(run: Run, arguments: tuple[str, ...], code: int, words: str) -> None:
    said = run(*arguments)
    assert said.exit_code == code
    assert words in said.output


def test_a_desk_without_contacts(run: Run, installed: Installed) -> None:
    text = installed.desk.read_text("utf-8")
    installed.desk.write_text(text.partition("notify:")[0], "utf-8")
    said = run("hall", "--lang", "zh")
    assert said.exit_code == 1
    assert "没有联系人 → 在 desk 文件的 notify: 中写" in said.output
