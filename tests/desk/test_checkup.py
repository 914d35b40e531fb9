"""Whether a desk still fits its helpdesk: every finding by what is answered, with words in both languages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from email.utils import formatdate
from pathlib import Path
from typing import Any

import pytest
import responses

from plugin.desk.checkup import Heard, Subject, check_up
from plugin.desk.checkup_names import fits
from plugin.desk.checkup_words import said
from plugin.desk.connector import Connector
from plugin.desk.installation import MatterField
from plugin.desk.products import Connectors
from plugin.desk.slot_words import FIELD_KINDS
from tests.desk.looked_at import ANSWERS, MAP, NOW, Told, answer, found, listing, product
from tests.desk.products import URL, desk, document

CONNECTORS = Path(__file__).parents[2] / "connectors"


@pytest.fixture
def wire() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


def test_a_desk_that_fits(wire: responses.RequestsMock) -> None:
    answer(wire)
    told = found(heard=Heard(last_at=NOW - 90))
    assert told.wrong == []
    assert {"product", "account", "token-may", "names", "heard"} <= set(told.codes)


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
    assert "product" not in untold.codes
    assert untold["product-only"].severity == "ok"


def test_nothing_answers_and_nothing_more_is_asked(wire: responses.RequestsMock) -> None:
    wire.get(re.compile(".*"), body=responses.ConnectionError())
    assert found().wrong == [("unreachable", "error")]
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
    assert code in dict(found().wrong)


def test_a_list_without_which_no_ticket_can_be_read_is_an_error(wire: responses.RequestsMock) -> None:
    """Tickets hold the group's number: where the desk file does not say whose it is, the list must."""
    answer(wire, groups={"status": 403, "json": {}})
    assert found()["list-denied"].severity == "error"
    named = desk(words={"group": {"7": "Network", "8": "Security"}})
    assert found(named)["list-denied"].severity == "warning"


def test_names_that_are_gone_are_not_counted_as_there(wire: responses.RequestsMock) -> None:
    answer(wire)
    subject = desk(closed_states=frozenset({"done"}), paused_states=frozenset({"waiting"}))
    assert found(subject)["names"].slots["count"] == 5
    twice = replace(MAP, priorities={"I": "3", "II": "3"})
    assert found(subject, map_=twice)["names"].slots["count"] == 5
    wire.reset()
    answer(wire, groups=[{"id": 7, "name": "Network"}], states=[{"id": 2, "name": "done"}])
    told = found(subject)
    assert told.codes.count("name-gone") == 2
    assert told["names"].slots["count"] == 3


def test_an_address_that_has_moved(wire: responses.RequestsMock) -> None:
    wire.get(re.compile(".*"), status=302, headers={"Location": "https://new.example.org/base/api/about"})
    told = found()
    assert told.wrong == [("moved", "error")]
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
    assert found(desk(settings={})).wrong == [("account-missing", "error")]
    cannot = {**document()["cannot"], "whoami": {"en": "No.", "zh": "无。"}}
    quiet = product(whoami={"get": "/api/nobody", "account": "body.login"}, cannot=cannot)
    wire.get(f"{URL}/api/nobody", json={})
    assert found(desk(settings={}), quiet).wrong == [("account-unknown", "warning")]


def test_a_field_about_a_person(wire: responses.RequestsMock) -> None:
    answer(wire, fields=[*ANSWERS["/api/fields"], {"id": 9, "name": "申请人民族"}])
    subject = desk(fields={"kind": MatterField("9")})
    assert found(subject).wrong == [("field-of-person", "error")]


@pytest.mark.parametrize(("seconds", "severity"), [(0, None), (60, "warning"), (-300, "error")])
def test_a_clock_that_is_off(
    wire: responses.RequestsMock, monkeypatch: pytest.MonkeyPatch, seconds: int, severity: str | None
) -> None:
    monkeypatch.setattr("plugin.desk.client.time.time", lambda: NOW)
    answer(wire, headers={"Date": formatdate(NOW + seconds, usegmt=True)})
    connector = Connector(product(), desk())
    connector.client._clock = lambda: NOW
    told = Told(check_up(Subject(connector, MAP, None, NOW)))
    assert dict(told.wrong).get("clock-off") == severity


def test_few_calls_left(wire: responses.RequestsMock) -> None:
    api = {**document()["api"], "limits": {"remaining": "X-Left", "limit": "X-All"}}
    answer(wire, headers={"X-Left": "3", "X-All": "100"})
    assert found(made=product(api=api)).wrong == [("few-calls-left", "warning")]


@pytest.mark.parametrize(
    ("heard", "code", "severity"),
    [
        (Heard(every=60.0), "no-hook-yet", "warning"),
        (Heard(), "no-hook-no-look", "warning"),
        (Heard(NOW - 60, refused=1, refused_why="signature-missing"), "hooks-refused", "warning"),
        (Heard(NOW - 60, missed=4), "hooks-missed", "warning"),
    ],
)
def test_webhooks(wire: responses.RequestsMock, heard: Heard, code: str, severity: str) -> None:
    answer(wire)
    assert found(heard=heard).wrong == [(code, severity)]


def test_refused_calls_are_an_error_where_genuine_webhooks_stay_away(wire: responses.RequestsMock) -> None:
    """Anybody can call the address: a stranger's try alone wakes nobody."""
    answer(wire)
    refused = {"refused": 3, "refused_why": "signature-wrong"}
    assert found(heard=Heard(NOW - 60, missed=4, **refused)).wrong == [
        ("hooks-refused", "warning"),
        ("hooks-missed", "warning"),
    ]
    assert (
        found(heard=Heard(NOW - 60, missed=4, missed_since=2, **refused))["hooks-refused"].severity == "error"
    )


def test_a_desk_without_webhooks_is_looked_at(wire: responses.RequestsMock) -> None:
    answer(wire)
    made = document()["receive"]
    made["verify"] = [{"kind": "header", "header": "X-Hook", "secret": "hook", "optional": True}]
    silent = desk(secrets={"token": ("api-token",)})
    assert found(silent, product(receive=made), Heard(every=60.0)).wrong == []
    assert found(silent, product(receive=made), Heard()).wrong == [("deaf", "error")]


def test_no_secret_is_in_a_finding(wire: responses.RequestsMock) -> None:
    wire.get(re.compile(".*"), status=401, json={"error": {"text": "bad token"}})
    told = found(heard=Heard())
    assert "api-token" not in repr(told.findings)
    assert "hook-secret" not in repr(told.findings)


@pytest.mark.parametrize(
    "type_",
    ["input", "textarea", "Data", "Freeform", "custom_paragraph", "string", "Small Text", "datetime", "Date"],
)
def test_what_a_product_calls_a_line_of_text_can_hold_a_due_date(
    wire: responses.RequestsMock, type_: str
) -> None:
    answer(wire, fields=[*ANSWERS["/api/fields"], {"id": "Due", "name": "Due", "type": type_}])
    assert found(desk(targets={"level": "Level", "due": "Due"}), product(write=due_field())).wrong == []


@pytest.mark.parametrize("type_", ["checkbox", "user_autocompletion", "custom_number"])
def test_a_field_that_cannot_hold_a_due_date(wire: responses.RequestsMock, type_: str) -> None:
    answer(wire, fields=[*ANSWERS["/api/fields"], {"id": "Due", "name": "Due", "type": type_}])
    told = found(desk(targets={"level": "Level", "due": "Due"}), product(write=due_field()))
    assert told.wrong == [("field-type", "warning")]


def due_field() -> dict[str, Any]:
    made: dict[str, Any] = document()["write"]
    made["targets"]["group"] |= {"list": "groups"}
    made["targets"]["due"] = {"read": "ticket.${field}", "write": {"${field}": "${value}"}}
    return made


CUSTOM = [
    ("zammad", "input", "select"),
    ("chatwoot", "text", "list"),
    ("frappe-helpdesk", "Data", "Select"),
    ("freshdesk", "custom_paragraph", "custom_dropdown"),
    ("jira-service-management-cloud", "string", "option"),
    ("request-tracker", "Freeform", "Select"),
    ("zendesk", "textarea", "tagger"),
]


@pytest.mark.parametrize(("name", "text", "choice"), CUSTOM)
def test_what_each_product_calls_its_types_is_known(name: str, text: str, choice: str) -> None:
    reader = Connectors(CONNECTORS)[name].lists["fields"].type
    assert reader is not None
    kinds = {word: reader.words.get(word, word) for word in (text, choice)}
    assert kinds == {text: "text", choice: "choice"}
    assert set(reader.words.values()) <= FIELD_KINDS.keys()
    assert fits("due", "text")
    assert not fits("due", "choice")
    assert fits("level", "choice")


def test_a_field_that_is_read_and_gone(wire: responses.RequestsMock) -> None:
    """The product's fields are listed on their own: what is no entry there is nothing."""
    answer(wire, fields=[*ANSWERS["/api/fields"], {"id": "9", "name": "channel"}])
    there = {"a": MatterField("channel"), "b": MatterField("9"), "c": MatterField("customer")}
    assert found(desk(fields=there)).wrong == []
    told = found(desk(fields={"a": MatterField("Chanel")}))
    assert told.wrong == [("name-gone", "error")]
    assert "channel" in said(told["name-gone"], "en")
    assert told["name-gone"].slots["what"] == "fields.a"


def test_a_field_every_ticket_has_of_itself_is_not_gone(wire: responses.RequestsMock) -> None:
    """No list holds it; a ticket does, filled or not."""
    made = {**document()["ticket"], "field": ["ticket.custom.${field}", "ticket.${field}"]}
    subject = desk(fields={"a": MatterField("category"), "b": MatterField("colour")})
    answer(wire)
    wire.get(f"{URL}/api/changed", json=[])
    told = found(subject, listing(ticket=made))
    assert told.wrong == [("field-unlisted", "warning")] * 2, "there is no ticket to look at"
    wire.reset()
    answer(wire)
    wire.get(f"{URL}/api/changed", json=[{"id": "t-1", "at": "2026-11-23T08:00:00Z"}])
    wire.get(f"{URL}/api/t/t-1", json={"category": None, "state": "open"})
    told = found(subject, listing(ticket=made))
    assert told.wrong == [("name-gone", "error")]
    assert told["name-gone"].slots["given"] == "colour"
