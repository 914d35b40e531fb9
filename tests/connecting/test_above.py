"""An address copied from a page of the helpdesk lies below it; nobody signs in on the way up."""

from __future__ import annotations

import pytest

from plugin.documents.addresses import above
from tests.connecting.conftest import PLAN, Operator
from tests.connecting.hall import KEY, Hall
from tests.connecting.test_dialogue import dialogue

GIVEN = ("--token", "env:HALL_KEY", "--desk", "hall", *PLAN)


def test_what_an_address_lies_below() -> None:
    assert above("https://d.example/a/b?x") == ("https://d.example/a", "https://d.example")
    assert above("http://[::1]:8080/login/") == ("http://[::1]:8080",)
    assert above("https://d.example") == above("https://d.example/") == ()
    deep = above("https://d.example/a/b/c/d/e/f")
    assert [each.removeprefix("https://d.example") for each in deep] == [
        "/a/b/c/d/e",
        "/a/b/c/d",
        "/a/b/c",
        "",
    ]


@pytest.mark.parametrize("path", ["/login", "/api/groups", "/projects/x/issues/"])
def test_the_helpdesk_above_a_page_is_found_and_said(operator: Operator, hall: Hall, path: str) -> None:
    done = operator.run("connect", operator.url + path, *GIVEN, "--yes", "--without-test-ticket")
    assert done.exit_code == 0, done.stdout + done.stderr
    assert f"{operator.url} is used" in done.stdout
    assert operator.written()["url"] == operator.url
    signed = [asked for asked, token in hall.seen if KEY in token]
    assert signed
    assert all(asked.startswith("/api/") for asked in signed)
    assert not any(asked.startswith(path) for asked in signed if path != "/api/groups")


def test_a_product_that_shows_at_every_path_is_looked_for_where_it_answers(
    operator: Operator, hall: Hall
) -> None:
    hall.shows_everywhere = True
    done = operator.run("connect", f"{operator.url}/front/index.html", *GIVEN, "--dry-run")
    assert done.exit_code == 0, done.stdout + done.stderr
    assert f"\nurl: {operator.url}\n" in done.stdout
    assert f"{operator.url}/front is used" in done.stdout


@pytest.mark.parametrize("answer", ["y", "n"])
def test_at_a_terminal_it_is_asked(operator: Operator, hall: Hall, answer: str) -> None:
    with dialogue(operator, f"{operator.url}/login", "--desk", "hall") as talk:
        talk.answer(r"is a page of the helpdesk, which stands at .*; use that\?", answer)
        talk.until("API key" if answer == "y" else "API token")
    assert all(not signed for _, signed in hall.seen)


def test_where_nothing_shows_above_either_it_is_told_as_before(operator: Operator, hall: Hall) -> None:
    hall.page = True
    done = operator.run("connect", f"{operator.url}/a/b", *GIVEN, "--dry-run")
    assert done.exit_code == 1
    assert f"No product known here answers at {operator.url}/a/b" in done.stderr
