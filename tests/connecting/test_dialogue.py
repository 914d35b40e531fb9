"""``paidan connect`` at a terminal: every question, zh and en; a typed token is never on the screen."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.connecting.conftest import Operator
from tests.connecting.hall import KEY, Hall
from tests.connecting.terminal import Terminal


@contextmanager
def dialogue(operator: Operator, *given: str) -> Iterator[Terminal]:
    terminal = Terminal(operator.command("connect", *given), operator.folder, operator.environ)
    try:
        yield terminal
    finally:
        terminal.close()


def test_from_the_first_question_to_the_last(operator: Operator, hall: Hall) -> None:
    hall.groups = [name for name in hall.groups if name != "专案组"]
    with dialogue(operator) as talk:
        talk.answer("Address of the helpdesk", operator.url)
        talk.answer(r"A name for this connection \[helpdesk\]", "hall")
        talk.answer(r"API key \(what you type is not shown\)", KEY)
        talk.answer(r"plan \(petition-four-level.*\[petition-four-level\]", "")
        talk.answer(r"calendar \(.*\)", "cn-government")
        talk.answer(r'"case team" \(groups.case_team\)', "No such group")
        talk.answer(r'"case team" \(groups.case_team\)', "")
        talk.until("gaps:\n  groups.case_team")
        talk.answer(r"Write .*hall.yaml\?", "y")
        talk.answer(r"Make these in the helpdesk\?", "y")
        talk.answer(r"Send a test ticket through\?", "y")
        talk.until("The webhook came after")
        talk.until("The test ticket is closed again")
        assert talk.ended() == 0
        assert KEY not in talk.screen
    kept = operator.folder / "secrets" / "hall-key"
    assert kept.read_text().strip() == KEY
    assert kept.stat().st_mode & 0o777 == 0o600
    written = operator.written()
    assert written["secrets"]["key"] == f"file:{kept}"  # type: ignore[index]
    assert list(written["gaps"]) == ["groups.case_team"]  # type: ignore[call-overload]


def test_in_chinese_and_a_no_leaves_everything_as_it_was(operator: Operator, hall: Hall) -> None:
    with dialogue(operator, operator.url, "--desk", "hall", "--language", "zh") as talk:
        talk.answer("接口密钥（输入不显示）", KEY)
        talk.answer(r"预案（", "petition-four-level")
        talk.answer(r"日历（", "")
        talk.until("没有足够相近的名称")
        talk.answer(r"写入 .*hall.yaml", "n")
        assert talk.ended() == 1
        assert KEY not in talk.screen
    assert not operator.files()
    assert not hall.changed


def test_a_file_that_is_there_is_asked_about(operator: Operator, hall: Hall) -> None:
    assert operator.connect("--yes", "--without-test-ticket").exit_code == 0
    before = operator.desk.read_text("utf-8")
    given = ("--token", "env:HALL_KEY", "--plan", "petition-three-level", "--desk", "hall")
    with dialogue(operator, operator.url, *given) as talk:
        talk.answer(r"calendar \(", "")
        while "overwrite it" not in talk.until(r"\(Enter: later\)|overwrite it\?"):
            talk.type("")
        talk.type("n")
        assert talk.ended() == 1
    assert operator.desk.read_text("utf-8") == before


def test_enter_alone_sends_no_token_to_another_host(operator: Operator, hall: Hall) -> None:
    gate = Hall(moved=operator.url.replace("127.0.0.1", "localhost"))
    with gate.running() as url, dialogue(operator, url, "--desk", "hall") as talk:
        talk.answer(r"points to .*; use that\?", "")
        assert talk.ended() == 1
    assert not hall.seen


@pytest.mark.parametrize("answer", ["y", "n"])
def test_an_address_that_moved_is_followed_only_where_somebody_says_so(
    operator: Operator, hall: Hall, answer: str
) -> None:
    gate = Hall(moved=operator.url)
    with gate.running() as url, dialogue(operator, url, "--desk", "hall") as talk:
        talk.answer(r"points to .*; use that\?", answer)
        if answer == "y":
            talk.until("API key")
        else:
            assert talk.ended() == 1
        assert all(not signed for _, signed in gate.seen)
