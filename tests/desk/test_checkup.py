"""Whether a desk still fits its helpdesk: every finding by what is answered, with words in both languages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from email.utils import formatdate
from typing import Any

import pytest
import responses

from plugin.core.effects import DeskMap
from plugin.desk.checkup import Heard, Subject, check_up
from plugin.desk.checkup_words import TEXTS, said
from plugin.desk.connector import Connector
from plugin.desk.descriptor import Descriptor
from plugin.desk.findings import Finding
from plugin.desk.installation import Installation, MatterField
from tests.desk.products import URL, descriptor, desk, document

NOW = 1_795_600_000.0
MAP = DeskMap(
    "act",
    "en",
    {"desk": "Network", "onsite": "Security"},
    levels={"I": "one", "II": "two"},
    priorities={"I": "3"},
)


@pytest.fixture
def wire() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


def product(**changed: Any) -> Descriptor:
    """A product that tells everything there is to know of it."""
    made = document()
    made["write"]["targets"]["group"] |= {"list": "groups"}
    named: dict[str, Any] = {
        "write": made["write"],
        "identify": [
            {"get": "/api/about", "when": [{"path": "body.name", "is": "Example"}], "version": "body.version"}
        ],
        "whoami": {"get": "/api/me", "account": "body.login"},
        "rights": [
            {"means": means, "get": "/api/me", "when": [{"path": f"body.may.{means}"}]}
            for means in ("read", "write", "note", "delete")
        ],
        "lists": {
            kind: {
                "get": f"/api/{kind}",
                "id": "item.id",
                "name": "item.name",
                "type": "item.type",
                "choices": "item.choices[*]",
            }
            for kind in ("groups", "priorities", "states", "fields")
        },
    }
    return descriptor(**{**named, **changed})


ANSWERS: dict[str, Any] = {
    "/api/about": {"name": "Example", "version": "4.2.1"},
    "/api/me": {"login": "paidan", "may": {"read": 1, "write": 1, "note": 1}},
    "/api/groups": [{"id": 7, "name": "Network"}, {"id": 8, "name": "Security"}],
    "/api/priorities": [{"id": 3, "name": "3"}],
    "/api/states": [{"id": 1, "name": "waiting"}, {"id": 2, "name": "done"}],
    "/api/fields": [{"id": "Level", "name": "Level", "type": "select", "choices": ["one", "two"]}],
}


def answer(wire: responses.RequestsMock, headers: dict[str, str] | None = None, **changed: Any) -> None:
    for path, body in {**ANSWERS, **{f"/api/{name}": value for name, value in changed.items()}}.items():
        given = body if isinstance(body, dict) and "status" in body else {"json": body}
        wire.get(URL + path, **{"headers": headers or {}, **given})


def found(
    subject: Installation | None = None, made: Descriptor | None = None, heard: Heard | None = None
) -> dict[str, Finding]:
    connector = Connector(made or product(), subject or desk())
    return {each.code: each for each in check_up(Subject(connector, MAP, heard, NOW))}


def wrong(findings: dict[str, Finding]) -> dict[str, str]:
    return {code: each.severity for code, each in findings.items() if each.severity != "ok"}


def test_a_desk_that_fits(wire: responses.RequestsMock) -> None:
    answer(wire)
    told = found(heard=Heard(last_at=NOW - 90))
    assert wrong(told) == {}
    assert {"product", "account", "token-may", "names", "heard"} <= told.keys()


def test_a_version_is_told_once_signed_in_and_none_is_no_question_mark(wire: responses.RequestsMock) -> None:
    answer(wire)
    open_look = {"get": "/api/open", "open": True, "when": [{"path": "status", "is": "200"}]}
    wire.get(f"{URL}/api/open", json={})
    signed = {
        "get": "/api/about",
        "when": [{"path": "body.name", "is": "Example"}],
        "version": "body.version",
    }
    assert found(made=product(identify=[open_look, signed]))["product"].slots["version"] == "4.2.1"
    untold = found(made=product(identify=[open_look]))
    assert "product" not in untold
    assert untold["product-only"].severity == "ok"


def test_nothing_answers_and_nothing_more_is_asked(wire: responses.RequestsMock) -> None:
    wire.get(re.compile(".*"), body=responses.ConnectionError())
    assert wrong(found()) == {"unreachable": "error"}
    assert len(wire.calls) == 1


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"about": {"name": "Other"}}, "not-the-product"),
        ({"me": {"status": 401, "json": {}}}, "token-refused"),
        ({"me": {"login": "somebody", "may": {"read": 1, "write": 1, "note": 1}}}, "account-other"),
        ({"me": {"login": "paidan", "may": {"read": 1, "write": 1}}}, "token-may-not"),
        ({"me": {"login": "paidan", "may": {"read": 1, "write": 1, "note": 1, "delete": 1}}},
         "token-may-too-much"),
        ({"groups": [{"id": 7, "name": "Network"}, {"id": 8, "name": "Security team"}]}, "name-gone"),
        ({"groups": {"status": 403, "json": {}}}, "list-denied"),
        ({"groups": {"status": 500, "body": "oops"}}, "not-asked"),
        ({"priorities": [{"id": 1, "name": "low"}]}, "name-gone"),
        ({"fields": [{"id": "Urgency", "name": "Urgency"}]}, "name-gone"),
        ({"fields": [{"id": "Level", "name": "Level", "choices": ["one"]}]}, "choice-gone"),
        ({"fields": [{"id": "Level", "name": "Level", "type": "DateTime"}]}, "field-type"),
    ],
)  # fmt: skip
def test_what_does_not_fit(wire: responses.RequestsMock, changed: dict[str, Any], code: str) -> None:
    answer(wire, **changed)
    assert code in wrong(found())


def test_a_list_without_which_no_ticket_can_be_read_is_an_error(wire: responses.RequestsMock) -> None:
    """Tickets hold the group's number: where the desk file does not say whose it is, the list must."""
    answer(wire, groups={"status": 403, "json": {}})
    assert found()["list-denied"].severity == "error"
    named = desk(words={"group": {"7": "Network", "8": "Security"}})
    assert found(named)["list-denied"].severity == "warning"


def test_an_address_that_has_moved(wire: responses.RequestsMock) -> None:
    wire.get(re.compile(".*"), status=302, headers={"Location": "https://new.example.org/base/api/about"})
    told = found()
    assert wrong(told) == {"moved": "error"}
    assert told["moved"].slots["where"] == "https://new.example.org/base"


def test_a_renamed_group_is_told_with_the_nearest_name(wire: responses.RequestsMock) -> None:
    answer(wire, groups=[{"id": 7, "name": "Network"}, {"id": 8, "name": "Security team"}])
    told = found()["name-gone"]
    assert told.severity == "error"
    assert told.slots["given"] == "Security"
    assert "Security team" in said(told, "en")
    assert "Security team" in said(told, "zh")


def test_a_number_is_to_be_written_as_its_name(wire: responses.RequestsMock) -> None:
    answer(wire, groups=[{"id": "Network", "name": "Net"}, {"id": 8, "name": "Security"}])
    assert found()["number-for-name"].slots["name"] == "Net"


def test_an_account_nobody_wrote_down(wire: responses.RequestsMock) -> None:
    answer(wire)
    assert wrong(found(desk(settings={}))) == {"account-missing": "error"}
    cannot = {**document()["cannot"], "whoami": {"en": "No.", "zh": "无。"}}
    quiet = product(whoami={"get": "/api/nobody", "account": "body.login"}, cannot=cannot)
    wire.get(f"{URL}/api/nobody", json={})
    assert wrong(found(desk(settings={}), quiet)) == {"account-unknown": "warning"}


def test_a_field_about_a_person(wire: responses.RequestsMock) -> None:
    answer(wire, fields=[*ANSWERS["/api/fields"], {"id": 9, "name": "申请人民族"}])
    subject = desk(fields={"kind": MatterField("9")})
    assert wrong(found(subject)) == {"field-of-person": "error"}


@pytest.mark.parametrize(("seconds", "severity"), [(0, None), (60, "warning"), (-300, "error")])
def test_a_clock_that_is_off(
    wire: responses.RequestsMock, monkeypatch: pytest.MonkeyPatch, seconds: int, severity: str | None
) -> None:
    monkeypatch.setattr("plugin.desk.client.time.time", lambda: NOW)
    answer(wire, headers={"Date": formatdate(NOW + seconds, usegmt=True)})
    connector = Connector(product(), desk())
    connector.client._clock = lambda: NOW
    told = {each.code: each for each in check_up(Subject(connector, MAP, None, NOW))}
    assert wrong(told).get("clock-off") == severity


def test_few_calls_left(wire: responses.RequestsMock) -> None:
    api = {**document()["api"], "limits": {"remaining": "X-Left", "limit": "X-All"}}
    answer(wire, headers={"X-Left": "3", "X-All": "100"})
    assert wrong(found(made=product(api=api))) == {"few-calls-left": "warning"}


@pytest.mark.parametrize(
    ("heard", "code", "severity"),
    [
        (Heard(), "no-hook-yet", "warning"),
        (Heard(NOW - 60, refused=3, refused_why="signature-wrong"), "hooks-refused", "error"),
        (Heard(NOW - 60, missed=4), "hooks-missed", "warning"),
    ],
)
def test_webhooks(wire: responses.RequestsMock, heard: Heard, code: str, severity: str) -> None:
    answer(wire)
    assert wrong(found(heard=heard)) == {code: severity}


def test_a_desk_without_webhooks_is_looked_at(wire: responses.RequestsMock) -> None:
    answer(wire)
    made = document()["receive"]
    made["verify"] = [{"kind": "header", "header": "X-Hook", "secret": "hook", "optional": True}]
    silent = desk(secrets={"token": ("api-token",)})
    assert wrong(found(silent, product(receive=made), Heard(every=60.0))) == {}
    assert wrong(found(silent, product(receive=made), Heard())) == {"deaf": "error"}


def test_every_finding_has_words_in_both_languages() -> None:
    for code in TEXTS:
        for language in ("en", "zh"):
            told = said(Finding("error", code, {}), language)
            assert told
            assert "{" not in told
        assert re.search("[一-鿿]", said(Finding("ok", code, {}), "zh"))


def test_no_secret_is_in_a_finding(wire: responses.RequestsMock) -> None:
    wire.get(re.compile(".*"), status=401, json={"error": {"text": "bad token"}})
    told = found(heard=Heard())
    assert "api-token" not in repr(told)
    assert "hook-secret" not in repr(told)
