"""What connect asks of a product: told apart exactly, secrets kept where they belong, pasted texts whole."""

from __future__ import annotations

import base64
import json
import re
from pathlib import Path
from typing import Any

import pytest
import responses
import yaml

from plugin.desk import install, probe
from plugin.desk.by_hand import hook_url, setup_text
from plugin.desk.client import Client
from plugin.desk.descriptor import Descriptor
from plugin.desk.installation import Installation
from plugin.desk.products import Connectors
from plugin.errors import AccessDenied, Faulty, NotSent
from tests.desk.products import URL, descriptor, document, problems_of

CONNECTORS = Connectors(Path(__file__).parents[2] / "connectors")
IDENTIFY = [
    {
        "get": "/api/about",
        "open": True,
        "when": [{"path": "body.product", "is": "Example"}, {"path": "header.server", "matches": "^ex/"}],
        "version": {"path": "header.server", "pattern": "^ex/(.*)$"},
    },
    {"get": "/api/inside", "when": {"path": "body.inside"}, "version": "body.version"},
]
HOOK = {
    "what": "webhook",
    "title": "Webhook",
    "existing": {"get": "/api/hooks"},
    "is_ours": {"path": "item.url", "is": "${hook_url}"},
    "create": {"post": "/api/hooks", "body": {"url": "${hook_url}", "key": "${secret.hook}"}},
    "id": "item.id",
    "remove": {"delete": "/api/hooks/${id}"},
}


def desk(**settings: str) -> Installation:
    return Installation("hall", URL, {"token": ("t0ken",), "hook": ("h00k",)}, settings)


def product(**blocks: Any) -> Descriptor:
    return descriptor(identify=IDENTIFY, **blocks)


def codes(**blocks: Any) -> list[str]:
    return [p.code for p in problems_of(yaml.safe_dump(document(**blocks), sort_keys=False))]


@pytest.mark.parametrize(
    ("blocks", "code"),
    [
        ({"identify": [{"get": "/a", "when": {"path": "answer.x"}}]}, "unknown-step"),
        ({"identify": [{"get": "/a", "when": {"path": "body.x", "matches": "("}}]}, "bad-pattern"),
        ({"identify": [{"get": "/a"}]}, "missing-key"),
        ({"identify": [{"get": "/a?t=${secret.token}", "when": {"path": "body"}}]}, "secret-in-body"),
        ({"rights": [{"means": "fly", "get": "/a", "when": {"path": "body"}}]}, "unknown-value"),
        ({"rights": [{"means": "read", "get": "/a", "head": "/a", "when": {"path": "body"}}]}, "one-method"),
        ({"whoami": {"get": "/a", "account": "body.x", "told_by": {"secret": "no"}}}, "secret-not-declared"),
        ({"install": [{**HOOK, "needs": "chief"}]}, "secret-not-declared"),
        ({"install": [{**HOOK, "target": "colour"}]}, "unknown-value"),
        ({"install": [{**HOOK, "what": "robot"}]}, "unknown-value"),
        ({"install": [{**HOOK, "is_ours": {"path": "body.url"}}]}, "unknown-step"),
        (
            {"install": [{**HOOK, "create": {"post": "/a", "body": {"k": "${secret.token}"}}}]},
            "secret-in-body",
        ),
        ({"setup": "${snippet.none}"}, "unknown-snippet"),
        ({"read": [{"name": "ticket", "options": "/a"}]}, "one-method"),
    ],
)
def test_a_mistake_in_what_connect_works_by_is_told(blocks: dict[str, Any], code: str) -> None:
    assert codes(identify=IDENTIFY, install=[HOOK]) == []
    assert code in codes(**blocks)


@responses.activate
def test_a_product_is_told_by_all_of_its_marks_without_the_token() -> None:
    answer = {"json": {"product": "Example"}, "headers": {"Server": "ex/4.2"}}
    responses.get(f"{URL}/api/about", **answer)
    found = probe.identify([product()], desk())
    assert [(each.descriptor.name, each.version) for each in found.found] == [(product().name, "4.2")]
    assert "Authorization" not in responses.calls[0].request.headers
    assert len(responses.calls) == 1


@responses.activate
@pytest.mark.parametrize(
    "answer",
    [
        {"json": {"product": "Example"}},
        {"json": {"product": "Other"}, "headers": {"Server": "ex/4.2"}},
        {"body": "<html>Example</html>", "headers": {"Server": "ex/4.2"}, "content_type": "text/html"},
        {"json": ["Example"], "headers": {"Server": "ex/4.2"}},
        {"body": b"\xff\xfe\x00", "headers": {"Server": "ex/4.2"}},
        {"status": 500},
    ],
)
def test_half_its_marks_are_none(answer: dict[str, Any]) -> None:
    responses.get(f"{URL}/api/about", **answer)
    responses.get(f"{URL}/api/inside", status=404)
    found = probe.identify([product()], desk(), lambda _: {"token": ("t0ken",)})
    assert not found.found
    assert [each.request for each in found.tried] == ["GET /api/about", "GET /api/inside"]


@responses.activate
def test_what_shows_only_to_those_who_signed_in_is_looked_at_last() -> None:
    responses.get(f"{URL}/api/about", status=404)
    responses.get(f"{URL}/api/inside", json={"inside": {}, "version": "3"})
    assert not probe.identify([product()], desk(), lambda _: {"token": ("t0ken",)}).found
    responses.replace(responses.GET, f"{URL}/api/inside", json={"inside": {"x": 1}, "version": "3"})
    (found,) = probe.identify([product()], desk(), lambda _: {"token": ("t0ken",)}).found
    assert found.version == "3"
    assert responses.calls[-1].request.headers["Authorization"] == "Bearer t0ken"


@responses.activate
@pytest.mark.parametrize(
    ("location", "moved"),
    [
        ("https://desk.example.org/base/api/about", "https://desk.example.org/base"),
        ("https://other.example.org/login", "https://other.example.org/base"),
        ("/base/login", None),
        ("https://desk.example.org.evil/x", "https://desk.example.org.evil/base"),
        ("javascript:alert(1)", None),
        ("", None),
    ],
)
def test_where_an_address_points_is_told_not_followed(location: str, moved: str | None) -> None:
    at = Installation("hall", URL.replace("https", "http"))
    responses.get(f"{at.url}/api/about", status=301, headers={"Location": location})
    found = probe.identify([product()], at)
    assert (found.found, found.moved_to) == ((), moved)
    assert len(responses.calls) == 1


def test_nobody_there_at_all_is_an_error() -> None:
    with pytest.raises(NotSent):
        probe.identify([product()], Installation("hall", "http://127.0.0.1:9"))


def test_a_token_that_names_its_account() -> None:
    claims = base64.urlsafe_b64encode(json.dumps({"sub": "3"}).encode()).decode().rstrip("=")
    shape = {"get": "/u/${told}", "account": "body.name", "told_by": {"secret": "token", "claim": "sub"}}
    with responses.RequestsMock() as web:
        web.get(f"{URL}/u/3", json={"name": "paidan"})
        made = descriptor(whoami=shape)
        held = Installation("hall", URL, {"token": (f"x.{claims}.y",)})
        assert probe.whoami(made, Client(made.api, held), held) == probe.Account("paidan", "paidan")
    for broken in ("", "x", "x.%%%.y", f"x.{base64.urlsafe_b64encode(b'[1]').decode()}.y"):
        held = Installation("hall", URL, {"token": (broken,)})
        assert probe.whoami(made, Client(made.api, held), held) is None


def test_a_token_that_is_not_known_is_no_token_without_rights() -> None:
    made = descriptor(rights=[{"means": "read", "get": "/api/me", "when": {"path": "body.may"}}])
    with responses.RequestsMock() as wire:
        wire.get(f"{URL}/api/me", status=401, json={})
        with pytest.raises(AccessDenied) as caught:
            probe.rights(made, Client(made.api, desk()), desk())
    assert caught.value.is_signed_out


def test_rights_that_need_a_ticket_wait_for_one() -> None:
    rights = [
        {"means": "read", "get": "/me", "when": {"path": "body.r[*]", "is": "read"}},
        {"means": "note", "get": "/t/${id}", "when": {"path": "body.note"}},
    ]
    made = descriptor(rights=rights)
    client = Client(made.api, desk())
    with responses.RequestsMock() as web:
        web.get(f"{URL}/me", json={"r": ["write"]})
        assert probe.rights(made, client, desk()) == {"read": False}
    with responses.RequestsMock() as web:
        web.get(f"{URL}/me", json={"r": ["read"]})
        web.get(f"{URL}/t/a1", json={"note": "/t/a1/note"})
        assert probe.rights(made, client, desk(), "a1") == {"read": True, "note": True}


def test_a_thing_is_made_once_and_only_its_own_secret_is_in_it() -> None:
    made = descriptor(install=[HOOK])
    client = Client(made.api, desk())
    url = hook_url(made, desk(), "https://paidan.example/")
    assert url == "https://paidan.example/hooks/hall"
    with responses.RequestsMock() as web:
        web.get(f"{URL}/api/hooks", json=[{"id": 1, "url": f"{url}/more"}])
        (step,) = install.steps(made, desk(), url, {}, client)
        assert step.there is None
        assert "token" not in step.known["secret"]
    with responses.RequestsMock() as web:
        web.get(f"{URL}/api/hooks", json=[])
        web.post(f"{URL}/api/hooks", json={})
        web.get(f"{URL}/api/hooks", json=[{"id": 7, "url": url}])
        assert install.make(step, client) == "7"
        assert json.loads(web.calls[1].request.body or "") == {"url": url, "key": "h00k"}
    with responses.RequestsMock() as web:
        web.get(f"{URL}/api/hooks", json=[{"id": 7, "url": url}])
        assert install.make(step, client) == "7"
    with responses.RequestsMock() as web:
        web.get(f"{URL}/api/hooks", json=[])
        web.post(f"{URL}/api/hooks", json={})
        web.get(f"{URL}/api/hooks", json=[])
        with pytest.raises(Faulty):
            install.make(step, client)
    with responses.RequestsMock() as web:
        web.delete(f"{URL}/api/hooks/7", status=404)
        assert install.remove(step.shape, "7", step.known, client) is False


@pytest.mark.parametrize("name", CONNECTORS)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_setup_text_is_filled_in_whole(name: str, language: str) -> None:
    made = CONNECTORS[name]
    held = Installation("hall", URL, {each: (f"{each}-0123456789abcdef",) for each in made.secrets})
    text = setup_text(made, held, "https://paidan.example", language)
    assert not re.search(r"\b(HOOK_URL|HOOK_URL_WITH_SECRET|SECRET)\b|\$\{snippet", text)
    if made.about.snippets:
        assert "paidan.example/hooks/hall" in text
    assert made.about.test_ticket is None or made.about.test_ticket.id


@pytest.mark.parametrize("name", CONNECTORS)
def test_what_a_connector_lacks_for_connect_it_says(name: str) -> None:
    made = CONNECTORS[name]
    if made.about.identify:
        assert made.about.whoami or "whoami" in made.cannot
        assert made.about.rights or "rights" in made.cannot
