"""A desk without webhooks needs nothing that only they need, and is asked often enough."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from plugin.desk.opening import open_desk, product
from plugin.documents.desks import Desk, Product
from plugin.documents.hearing import is_polled, look_every, unheard_every
from plugin.errors import DeliveryRefused, DocumentsInvalid
from tests.desk.products import URL, descriptor, document, problems_of, written

CHANGED = {
    "get": "/api/changed",
    "paging": {"parameter": "page", "size": 100, "items": "list"},
    "id": "item.id",
    "at": {"path": "item.at", "type": "time"},
}
CANNOT = {"reason": {"en": "No such field.", "zh": "没有该字段。"}}
SILENT = {**CANNOT, "webhook": {"en": "It sends none.", "zh": "没有回调。"}}


def receive(**changed: Any) -> dict[str, Any]:
    made = {**document()["receive"], **changed}
    return {key: value for key, value in made.items() if value is not None}


def desk(**changed: Any) -> Desk:
    given: dict[str, Any] = {
        "id": "hall",
        "connector": "example",
        "url": URL,
        "plan": "p",
        "rules": "r",
        "groups": {},
        "secrets": {"token": ("env:TOKEN",)},
    }
    return Desk(**{**given, **changed})


OPTIONAL = [{**each, "optional": True} for each in document()["receive"]["verify"]]
HEARS = descriptor(changed=CHANGED, cannot=CANNOT, receive=receive(verify=OPTIONAL))
ASKED = descriptor(changed=CHANGED, cannot=SILENT, receive=receive(verify=None, ticket_id=None))


def test_a_desk_that_takes_no_webhooks_needs_no_secret_of_theirs() -> None:
    environ = {"TOKEN": "t"}
    with pytest.raises(DocumentsInvalid) as caught:
        open_desk(HEARS, desk(), environ)
    assert [each.code for each in caught.value.problems] == ["no-check"]
    for product_, made in ((HEARS, desk(webhook=False)), (ASKED, desk())):
        opened = open_desk(product_, made, environ)
        for source in ("", "new"):
            with pytest.raises(DeliveryRefused):
                opened.receive(source, "POST", {}, b"{}", 0.0)
        assert opened.challenge("", "crc_token=abc") is None
        assert not opened.has_webhooks
        assert opened.list_manner is not None


@pytest.mark.parametrize("verify", [None, []])
def test_a_product_without_webhooks_says_so(verify: Any) -> None:
    silent = receive(verify=verify, ticket_id=None)
    if verify is None:
        assert [p.code for p in problems_of(written(receive=silent, cannot=SILENT, changed=CHANGED))] == []
    found = problems_of(written(receive=silent, cannot=CANNOT, changed=CHANGED))
    assert [each.code for each in found] == ["no-verify"]


def test_one_with_webhooks_needs_a_ticket_id_in_them() -> None:
    found = problems_of(written(receive=receive(ticket_id=None)))
    assert [(each.code, each.slots["given"]) for each in found] == [("missing-key", "ticket_id")]


def test_what_only_webhooks_need_is_told_from_what_requests_need_too() -> None:
    both = descriptor(receive=receive(verify=[{"kind": "bearer", "secret": "token"}, *receive()["verify"]]))
    assert (product(both).of_hooks, product(HEARS).of_hooks) == (("hook",), ("hook",))
    challenged = descriptor(
        receive=receive(challenge={"parameter": "c", "answer": "hmac_hex", "secret": "token"})
    )
    assert product(challenged).of_hooks == ("hook",)


HOURLY = replace(product(HEARS), every=3600.0, poll_every=120.0)
PAUSES = [
    (desk(), HOURLY, 3600.0),
    (desk(webhook=False), HOURLY, 120.0),
    (desk(), replace(HOURLY, sends=False), 120.0),
    (desk(webhook=False, look_every=7), HOURLY, 7.0),
    (desk(look_every=7), HOURLY, 7.0),
    (desk(webhook=False, look_every=0), HOURLY, 0.0),
    (desk(webhook=False), replace(HOURLY, every=None), 0.0),
    (desk(webhook=False), product(HEARS), 60.0),
    (desk(), product(ASKED), 60.0),
]


@pytest.mark.parametrize(("made", "of", "seconds"), PAUSES)
def test_how_often_it_is_asked(made: Desk, of: Product, seconds: float) -> None:
    assert look_every(made, of) == seconds


UNHEARD = [
    (desk(), HOURLY, 120.0),
    (desk(), replace(HOURLY, every=30.0), 30.0),
    (desk(look_every=7), HOURLY, 0.0),
    (desk(look_every=0), HOURLY, 0.0),
    (desk(webhook=False), HOURLY, 0.0),
    (desk(), replace(HOURLY, every=None), 0.0),
]


@pytest.mark.parametrize(("made", "of", "seconds"), UNHEARD)
def test_how_often_until_the_first_webhook_comes(made: Desk, of: Product, seconds: float) -> None:
    assert unheard_every(made, of) == seconds


def test_a_product_says_how_often_it_bears_to_be_asked() -> None:
    slow = descriptor(changed={**CHANGED, "every": "15m", "poll_every": "5m"}, cannot=CANNOT)
    assert (product(slow).every, product(slow).poll_every) == (900, 300)
    assert product(descriptor()).every is None


def test_webhooks_that_are_switched_off_are_not_waited_for() -> None:
    """Although their secret is there still."""
    given = desk(secrets={"token": ("env:TOKEN",), "hook": ("env:HOOK",)})
    environ = {"TOKEN": "t", "HOOK": "h"}
    assert open_desk(HEARS, given, environ).has_webhooks
    assert not open_desk(HEARS, replace(given, webhook=False), environ).has_webhooks


def test_who_is_only_asked() -> None:
    assert not is_polled(desk(), product(HEARS))
    assert is_polled(desk(webhook=False), product(HEARS))
    assert is_polled(desk(), product(ASKED))
    with pytest.raises(DeliveryRefused, match="no-check-configured"):
        open_desk(ASKED, desk(), {"TOKEN": "t"}).receive("", "POST", {}, b"", 0.0)
