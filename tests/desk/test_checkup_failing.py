"""A question that fails: what it says of the desk, and that it hides nothing of what was seen otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import responses

from plugin.desk.checkup_words import said
from tests.desk.looked_at import answer, found, listing, product
from tests.desk.products import URL, desk

RIGHTS = [
    {"means": means, "get": f"/api/rights/{means}", "when": [{"path": "status", "is": ["200"]}]}
    for means in ("note", "read", "write")
]
RENAMED = [{"id": 7, "name": "Network"}, {"id": 8, "name": "Security team"}]
OPEN_AND_SIGNED = [
    {"get": "/api/open", "open": True, "when": [{"path": "body.shown"}]},
    {"get": "/api/about", "when": [{"path": "body.name", "is": "Example"}], "version": "body.version"},
]
FAILING: list[dict[str, Any]] = [
    {"status": 429},
    {"status": 500, "json": {"error": {"text": "oops"}}},
    {"status": 502, "body": "<html>"},
    {"status": 503},
    {"body": responses.ConnectionError()},
]


@pytest.fixture
def wire() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


@pytest.mark.parametrize("failing", FAILING)
def test_a_helpdesk_that_fails_just_now_says_nothing_of_a_right(
    wire: responses.RequestsMock, failing: dict[str, Any]
) -> None:
    answer(wire)
    wire.get(f"{URL}/api/rights/note", status=403)
    wire.get(f"{URL}/api/rights/read", **failing)
    told = found(made=product(rights=RIGHTS))
    assert told.wrong == [("token-may-not", "error"), ("not-asked", "warning")]
    assert told["token-may-not"].slots["means"] == "note", "what was answered is told"


def test_a_right_another_look_might_have_shown_is_not_lacking(wire: responses.RequestsMock) -> None:
    answer(wire)
    wire.get(f"{URL}/api/rights/read", status=403)
    wire.get(f"{URL}/api/rights/write", status=503)
    looks = [RIGHTS[1], {**RIGHTS[2], "means": "read"}]
    assert found(made=product(rights=looks)).wrong == [("not-asked", "warning")]


@pytest.mark.parametrize("failing", FAILING[:4])
def test_a_helpdesk_that_fails_just_now_is_not_another_product(
    wire: responses.RequestsMock, failing: dict[str, Any]
) -> None:
    answer(wire, about={"json": None, **failing})
    told = found()
    assert told.wrong == [("not-asked", "warning")]
    assert str(failing["status"]) in said(told["not-asked"], "en")


def test_where_one_mark_could_not_be_looked_for_nobody_knows(wire: responses.RequestsMock) -> None:
    answer(wire, about={"status": 503})
    wire.get(f"{URL}/api/open", status=404)
    assert found(made=product(identify=OPEN_AND_SIGNED)).wrong == [("not-asked", "warning")]


@pytest.mark.parametrize("status", [500, 503])
def test_a_list_that_fails_hides_no_name_that_is_gone(wire: responses.RequestsMock, status: int) -> None:
    answer(wire, groups=RENAMED, priorities={"status": 500}, fields={"status": status})
    told = found()
    assert told["name-gone"].slots["given"] == "Security"
    assert told.codes.count("not-asked") == 2


def test_rights_that_cannot_be_asked_hide_no_other_account(wire: responses.RequestsMock) -> None:
    answer(wire, me={"login": "somebody"})
    wire.get(f"{URL}/api/rights/note", status=503)
    assert found(made=product(rights=RIGHTS)).wrong == [("account-other", "error"), ("not-asked", "warning")]


@pytest.mark.parametrize(
    ("status", "wrong"),
    [
        (403, [("changes-refused", "error")]),
        (404, [("changes-refused", "error")]),
        (400, [("changes-refused", "error")]),
        (500, [("not-asked", "warning")]),
        (429, [("not-asked", "warning")]),
    ],
)
def test_a_list_of_changes_that_is_not_to_be_had(
    wire: responses.RequestsMock, status: int, wrong: list[tuple[str, str]]
) -> None:
    """It hides nothing of the token's rights, though a ticket for some of them would have come of it."""
    answer(wire, me={"login": "paidan", "may": {"read": 1, "write": 1}})
    wire.get(f"{URL}/api/changed", status=status, json={"error": {"text": "no"}})
    told = found(made=listing())
    assert sorted(told.wrong) == sorted([*wrong, ("token-may-not", "error")])


def test_a_token_that_is_refused_only_there_is_told_as_that(wire: responses.RequestsMock) -> None:
    answer(wire)
    wire.get(f"{URL}/api/changed", status=401, json={})
    assert ("token-refused", "error") in found(made=listing(rights=[])).wrong


def test_an_answer_that_came_is_not_called_none(wire: responses.RequestsMock) -> None:
    answer(wire, me={"status": 404, "json": {"error": {"text": "no such page"}}})
    told = found()["question-refused"]
    assert told.slots == {"request": "GET /api/me", "why": "404 no such page"}
    for code in ("not-asked", "question-refused"):
        assert "no answer" not in said(told.__class__("warning", code, told.slots), "en")
        assert "没有得到答复" not in said(told.__class__("warning", code, told.slots), "zh")


def test_a_page_that_points_away_hides_nothing_where_the_product_is_found(
    wire: responses.RequestsMock,
) -> None:
    answer(wire, groups=RENAMED)
    wire.get(f"{URL}/api/open", status=302, headers={"Location": "https://sso.example.org/login?to=x"})
    told = found(made=product(identify=OPEN_AND_SIGNED))
    assert told.wrong == [("name-gone", "error")]
    assert told["product"].slots["version"] == "4.2.1"


def test_a_sign_in_page_is_no_address_to_write_down(wire: responses.RequestsMock) -> None:
    wire.get(f"{URL}/api/about", status=302, headers={"Location": "https://sso.example.org/login?t=MARKED"})
    told = found()
    assert told.wrong == [("points-away", "error")]
    assert told["points-away"].slots["where"] == "https://sso.example.org"
    assert "MARKED" not in repr(told.findings)
    assert len(wire.calls) == 1, "the token is not sent on"


def test_a_token_refused_beside_a_page_that_points_away_is_told(wire: responses.RequestsMock) -> None:
    wire.get(f"{URL}/api/open", status=302, headers={"Location": "https://sso.example.org/login"})
    answer(wire, about={"status": 401}, me={"status": 401})
    told = found(made=product(identify=OPEN_AND_SIGNED))
    assert ("token-refused", "error") in told.wrong
    assert "sso.example.org" in told["not-the-product"].slots["tried"]


def test_no_secret_comes_back_in_a_helpdesks_words(wire: responses.RequestsMock) -> None:
    answer(wire)
    wire.get(f"{URL}/api/rights/note", status=500, json={"error": {"text": "bad api-token"}})
    assert "api-token" not in repr(found(desk(), product(rights=RIGHTS)).findings)
