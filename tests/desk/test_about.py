"""What connect asks of a product: told apart exactly, secrets kept where they belong, pasted texts whole."""

from __future__ import annotations

import base64
import json
import re
import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import responses
import yaml

from plugin.desk import install, probe
from plugin.desk.by_hand import hook_url, setup_text
from plugin.desk.client import Client
from plugin.desk.connector import Connector
from plugin.desk.descriptor import Descriptor
from plugin.desk.installation import Installation
from plugin.desk.products import Connectors
from plugin.desk.trial_ticket import TrialTicket
from plugin.errors import AccessDenied, Busy, Faulty, NotSent, Rejected
from tests.desk.peer import OK, Answerer, Peer, peer
from tests.desk.products import URL, descriptor, document, problems_of, ticket
from tests.desk.products import desk as installed

__all__ = ["peer"]

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
    return Installation("hall", URL, {"token": ("t0ken",), "hook": ("h00k",)}, settings=settings)


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
        (
            {"install": [{**HOOK, "secret": {"name": "key", "get": "/a", "value": "k"}}]},
            "secret-not-declared",
        ),
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
        ("https://other.example.org/api/about?t=1", "https://other.example.org"),
        ("https://other.example.org/login", None),
        ("https://sso.example.org/login?to=/api/about", None),
        ("//other.example.org/login", None),
        ("https://desk.example.org/login", "https://desk.example.org/base"),
        ("/base/login", None),
        ("https://desk.example.org.evil/x", None),
        ("javascript:alert(1)", None),
        ("https://me:pw@other.example.org/base", None),
        ("https://127.1/base", None),
        ("", None),
    ],
)
def test_where_an_address_points_is_told_not_followed(location: str, moved: str | None) -> None:
    at = Installation("hall", URL.replace("https", "http"))
    responses.get(f"{at.url}/api/about", status=301, headers={"Location": location})
    found = probe.identify([product()], at)
    assert (found.found, found.moved_to) == ((), moved)
    assert len(responses.calls) == 1


@responses.activate
def test_a_sign_in_page_that_was_asked_for_is_no_sign_of_the_product() -> None:
    """Redmine is known by its own; another house's has the same path."""
    responses.get(f"{URL}/login", status=302, headers={"Location": "https://sso.example.org/login"})
    look = {"get": "/login", "open": True, "when": {"path": "text", "matches": "Redmine"}}
    found = probe.identify([descriptor(identify=[look])], desk())
    assert (found.moved_to, found.points_to) == (None, "https://sso.example.org")


@responses.activate
@pytest.mark.parametrize("location", ["http://desk.example.org/base/api/about", "http://other.example.org/x"])
def test_an_address_without_tls_is_never_one_to_use_instead(location: str) -> None:
    responses.get(f"{URL}/api/about", status=301, headers={"Location": location})
    found = probe.identify([product()], desk())
    assert found.moved_to is None
    assert found.points_to == location[: location.index("/", 8)]


@responses.activate
@pytest.mark.parametrize(
    ("open_", "signed"), [({"status": 401}, {"status": 503}), ({"status": 503}, {"json": {}})]
)
def test_what_one_of_two_tries_could_not_tell_is_untold(
    open_: dict[str, Any], signed: dict[str, Any]
) -> None:
    responses.get(f"{URL}/api/about", **open_)
    responses.get(f"{URL}/api/about", **signed)
    looks = [
        {"get": "/api/about", "open": is_open, "when": {"path": "body.product", "is": "Example"}}
        for is_open in (True, False)
    ]
    found = probe.identify([descriptor(identify=looks)], desk(), lambda _: {"token": ("t0ken",)})
    assert found.untold is not None
    (tried,) = found.tried
    assert not tried.is_told


def test_nobody_there_at_all_is_an_error() -> None:
    with pytest.raises(NotSent):
        probe.identify([product()], Installation("hall", "http://127.0.0.1:9"))


def test_an_address_that_answers_once_and_then_hangs_is_not_waited_for_as_often_as_there_are_products(
    peer: Callable[[Answerer], Peer], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(probe, "LOOK_SECONDS", 0.5)
    monkeypatch.setattr(probe, "PATIENCE", 0.5)
    monkeypatch.setattr(probe, "HASTY", 0.05)
    asked = [0]

    def once(connection: socket.socket) -> None:
        asked[0] += 1
        connection.sendall(OK) if asked[0] == 1 else time.sleep(2)

    at = Installation("hall", peer(once).url, own_network=True)
    products = list(CONNECTORS.values())
    begun = time.monotonic()
    seen = probe.identify(products, at)
    assert not seen.found
    assert len(seen.tried) > 12
    assert time.monotonic() - begun < 6.0


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


@pytest.mark.parametrize(("status", "raised"), [(429, Busy), (500, Faulty), (502, Faulty), (503, Busy)])
def test_a_helpdesk_that_cannot_answer_says_nothing_of_a_right(status: int, raised: type[Exception]) -> None:
    made = descriptor(rights=[{"means": "write", "get": "/api/me", "when": {"path": "body.may"}}])
    with responses.RequestsMock() as wire:
        wire.get(f"{URL}/api/me", status=status, json={})
        with pytest.raises(raised):
            probe.rights(made, Client(made.api, desk()), desk())


def test_a_product_may_say_in_its_own_way_that_it_is_asked_too_much() -> None:
    api = {
        **document()["api"],
        "errors": [{"raises": "busy", "status": [403], "header": "X-Slow", "is": ["1"]}],
    }
    made = descriptor(api=api, rights=[{"means": "read", "get": "/api/me", "when": {"path": "body.may"}}])
    with responses.RequestsMock() as wire:
        wire.get(f"{URL}/api/me", status=403, json={}, headers={"X-Slow": "1"})
        with pytest.raises(Busy):
            probe.rights(made, Client(made.api, desk()), desk())
    with responses.RequestsMock() as wire:
        wire.get(f"{URL}/api/me", status=403, json={})
        assert probe.rights(made, Client(made.api, desk()), desk()) == {"read": False}


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


def test_what_shows_a_right_may_speak_of_the_desk() -> None:
    made = descriptor(
        settings={**document()["settings"], "account": {"title": "Account"}},
        rights=[{"means": "write", "get": "/u", "when": {"path": "body.id", "is": "${setting.account}"}}],
    )
    for number, may in (("9", True), ("8", False)):
        here = desk(account=number)
        with responses.RequestsMock() as web:
            web.get(f"{URL}/u", json={"id": 9})
            assert probe.rights(made, Client(made.api, here), here) == {"write": may}


@pytest.mark.parametrize(("status", "is_listed"), [(404, False), (405, False), (422, None), (403, True)])
def test_what_a_product_does_not_list_is_left_to_a_person(status: int, is_listed: bool | None) -> None:
    made = descriptor(install=[HOOK])
    with responses.RequestsMock() as web:
        web.get(f"{URL}/api/hooks", status=status, json={})
        asked = install.steps(made, desk(), "https://paidan.example/hooks/hall", {}, Client(made.api, desk()))
        if is_listed is None:
            with pytest.raises(Rejected):
                list(asked)
            return
        (step,) = asked
    assert step.there is None
    assert (step.is_listed, step.may_look) == (is_listed, not is_listed)


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


def test_only_what_is_there_and_ours_is_taken_away() -> None:
    made = descriptor(install=[HOOK])
    client, shape = Client(made.api, desk()), made.about.install[0]
    url = hook_url(made, desk(), "https://paidan.example/")
    known = install.known_of(made, desk(), url)
    rows = [{"id": 7, "url": url}, {"id": 8, "url": "https://other.example"}]
    with responses.RequestsMock() as web:
        web.get(f"{URL}/api/hooks", json=rows)
        assert install.remove(shape, "8", known, client) == "foreign"
        assert install.remove(shape, "9", known, client) == "gone"
        assert {each.request.method for each in web.calls} == {"GET"}
    for status, found in ((204, "ours"), (404, "gone")):
        with responses.RequestsMock() as web:
            web.get(f"{URL}/api/hooks", json=rows)
            web.delete(f"{URL}/api/hooks/7", status=status)
            assert install.remove(shape, "7", known, client) == found
    for unseen in ({"status": 502}, {"json": {"error": "no"}}):
        with responses.RequestsMock() as web:
            web.get(f"{URL}/api/hooks", **unseen)
            with pytest.raises(Faulty):
                install.remove(shape, "7", known, client)


def test_an_id_that_cannot_stand_in_an_address_is_refused_in_words() -> None:
    made = descriptor(install=[HOOK])
    known = install.known_of(made, desk(), "https://p/hooks/hall")
    with responses.RequestsMock() as web:
        web.get(f"{URL}/api/hooks", json=[{"id": "..", "url": "https://p/hooks/hall"}])
        with pytest.raises(Rejected, match="cannot stand in its address"):
            install.remove(made.about.install[0], "..", known, Client(made.api, desk()))


@pytest.mark.parametrize("lost", ["request", "look"])
def test_where_an_answer_is_lost_there_is_one_more_look(lost: str) -> None:
    made = descriptor(install=[HOOK])
    client, url = Client(made.api, desk()), "https://p/hooks/hall"
    step = install.Step(made.about.install[0], install.known_of(made, desk(), url))
    for there in (True, False):
        rows = [{"id": 7, "url": url}] if there else []
        with responses.RequestsMock() as web:
            web.get(f"{URL}/api/hooks", json=[])
            web.post(f"{URL}/api/hooks", json={}, status=502 if lost == "request" else 201)
            if lost == "look":
                web.get(f"{URL}/api/hooks", status=502)
            web.get(f"{URL}/api/hooks", json=rows)
            if there:
                assert install.make(step, client) == "7"
                continue
            with pytest.raises(Faulty):
                install.make(step, client)


def test_what_is_switched_off_is_found_but_not_counted_as_there() -> None:
    made = descriptor(install=[{**HOOK, "active": {"path": "item.on", "is": "true"}}])
    client, url = Client(made.api, desk()), "https://p/hooks/hall"
    off, on = {"id": 7, "url": url, "on": False}, {"id": 8, "url": url, "on": True}
    for rows, seen in (([off], (None, "7")), ([off, on], ("8", "7")), ([on], ("8", None))):
        with responses.RequestsMock() as web:
            web.get(f"{URL}/api/hooks", json=rows)
            (step,) = install.steps(made, desk(), url, {}, client)
            assert (step.there, step.idle) == seen
            assert install.make(step, client) == step.found, "no other one is made"


def test_what_is_there_is_found_on_a_later_page_too() -> None:
    paged = {**HOOK, "paging": {"kind": "page", "parameter": "page", "size": 2}}
    made = descriptor(install=[paged])
    url = hook_url(made, desk(), "https://paidan.example/")
    with responses.RequestsMock() as web:
        pages = [[{"id": 1, "url": "x"}, {"id": 2, "url": "y"}], [{"id": 7, "url": url}]]
        for number, page in enumerate(pages, 1):
            asked = responses.matchers.query_param_matcher({"page": str(number)})
            web.get(f"{URL}/api/hooks", json=page, match=[asked])
        (step,) = install.steps(made, desk(), url, {}, Client(made.api, desk()))
    assert step.there == "7"


def test_a_secret_the_product_makes_itself_is_asked_for() -> None:
    own = {"name": "hook", "get": "/api/hooks/${id}/secret", "value": "key.text"}
    made = descriptor(install=[{**HOOK, "secret": own}])
    client = Client(made.api, desk())
    url = hook_url(made, desk(), "https://paidan.example/")
    with responses.RequestsMock() as web:
        web.get(f"{URL}/api/hooks", json=[{"id": 7, "url": url}])
        web.get(f"{URL}/api/hooks/7/secret", json={"key": {"text": "theirs"}})
        (step,) = install.steps(made, desk(), url, {}, client)
        assert install.own_secret(step, "7", client) == "theirs"
    with responses.RequestsMock() as web:
        web.get(f"{URL}/api/hooks/7/secret", json={"key": {}})
        with pytest.raises(Faulty):
            install.own_secret(step, "7", client)


def test_a_test_ticket_is_closed_by_the_first_way_there_is() -> None:
    ways = {"name": "ways", "get": "/api/t/${id}/ways"}
    go = {"post": "/api/t/${id}/ways", "each": "ways[ends=true].id", "first": True, "required": True}
    create = {"post": "/api/t", "body": {"title": "${title}"}}
    shape = {"create": create, "id": "id", "close": [ways, {**go, "body": {"way": "${each}"}}]}
    made = descriptor(test_ticket=shape)
    tried = TrialTicket(Connector(made, desk()))
    with responses.RequestsMock() as web:
        offered = [{"id": 5, "ends": False}, {"id": 6, "ends": True}, {"id": 7, "ends": True}]
        web.get(f"{URL}/api/t/t-1/ways", json=offered)
        web.post(f"{URL}/api/t/t-1/ways", json={})
        web.get(f"{URL}/api/t/t-1", json=ticket(state="done"))
        assert tried.close("t-1")
        posts = [c.request for c in web.calls if c.request.method == "POST"]
        assert [json.loads(each.body or "") for each in posts] == [{"way": "6"}]
    with responses.RequestsMock() as web:
        web.get(f"{URL}/api/t/t-1/ways", json=offered[:1])
        with pytest.raises(Rejected):
            tried.close("t-1")


TRIGGER = {
    **HOOK,
    "what": "trigger",
    "existing": {"get": "/api/triggers"},
    "is_ours": [{"path": "item.name", "is": "t"}, {"path": "item.hook", "is": "${made.webhook}"}],
    "create": {"post": "/api/triggers", "body": {"name": "t", "hook": "${made.webhook}"}},
    "remove": {"delete": "/api/triggers/${id}"},
}


@pytest.mark.parametrize(("calls", "there"), [("7", "9"), ("6", None)])
def test_a_trigger_is_ours_if_it_calls_the_webhook_that_is(calls: str, there: str | None) -> None:
    made, url = descriptor(install=[HOOK, TRIGGER]), "https://p/hooks/hall"
    with responses.RequestsMock() as web:
        web.get(f"{URL}/api/hooks", json=[{"id": 6, "url": "https://p/hooks/other"}, {"id": 7, "url": url}])
        web.get(f"{URL}/api/triggers", json=[{"id": 9, "name": "t", "hook": calls}])
        hook, trigger = install.steps(made, desk(), url, {}, Client(made.api, desk()))
    assert (hook.there, trigger.there) == ("7", there)
    assert [install.is_telling_mark(each) for each in made.about.install] == [True, True]


CREATE = {"post": "/api/t", "body": {"title": "${title}"}}
CLOSE = {"put": "/api/t/${id}", "body": {"state": "${state}"}}


def closed_by(web: responses.RequestsMock) -> list[str]:
    return [json.loads(c.request.body or "")["state"] for c in web.calls if c.request.method == "PUT"]


@pytest.mark.parametrize(
    ("ours", "kept", "tried", "is_closed"),
    [
        (None, "done", ["resolved"], True),
        (None, "open", ["resolved", "rejected"], False),
        (("withdrawn", "over"), "over", ["over"], True),
        (("withdrawn", "over"), "waiting", ["over", "withdrawn", "resolved", "rejected"], False),
    ],
)
def test_a_test_ticket_is_closed_where_the_helpdesk_shows_it_so(
    ours: tuple[str, ...] | None, kept: str, tried: list[str], is_closed: bool
) -> None:
    """Request Tracker answers 200 to a state its lifecycle does not have."""
    shape = {"create": CREATE, "id": "id", "close": CLOSE, "states": ["resolved", "rejected"]}
    installation = installed(closed_states=None if ours is None else frozenset(ours))
    with responses.RequestsMock() as web:
        web.put(f"{URL}/api/t/t-1", json={})
        web.get(f"{URL}/api/t/t-1", json=ticket(state=kept))
        trial = TrialTicket(Connector(descriptor(test_ticket=shape), installation))
        assert (trial.close("t-1"), closed_by(web)) == (is_closed, tried)


def test_a_state_that_is_refused_is_followed_by_another() -> None:
    shape = {"create": CREATE, "id": "id", "close": CLOSE, "states": ["resolved", "over"]}
    trial = TrialTicket(Connector(descriptor(test_ticket=shape), desk()))
    with responses.RequestsMock() as web:
        refused = [responses.matchers.json_params_matcher({"state": "resolved"})]
        web.put(f"{URL}/api/t/t-1", status=422, json={}, match=refused)
        web.put(
            f"{URL}/api/t/t-1", json={}, match=[responses.matchers.json_params_matcher({"state": "over"})]
        )
        web.get(f"{URL}/api/t/t-1", json=ticket(state="done"))
        assert trial.close("t-1")
    with responses.RequestsMock() as web:
        web.put(f"{URL}/api/t/t-1", status=422, json={})
        with pytest.raises(Rejected):
            trial.close("t-1")


def test_a_right_that_cannot_be_told_is_none_that_is_lacking() -> None:
    look = {"means": "write", "get": "/api/me", "when": {"path": "body.may"}}
    sure = {**look, "refused_when": {"path": "body.kind", "is": "usual"}}
    client = Client(descriptor().api, desk())
    for body, found in (({"may": 1}, {"write": True}), ({"kind": "usual"}, {"write": False}), ({}, {})):
        with responses.RequestsMock() as web:
            web.get(f"{URL}/api/me", json=body)
            assert probe.rights(descriptor(rights=[sure]), client, desk()) == found


def test_a_trigger_names_the_webhook_that_was_made_before_it() -> None:
    made, url = descriptor(install=[HOOK, TRIGGER]), "https://p/hooks/hall"
    client = Client(made.api, desk())
    with responses.RequestsMock() as web:
        web.get(f"{URL}/api/hooks", json=[])
        web.get(f"{URL}/api/triggers", json=[])
        web.get(f"{URL}/api/triggers", json=[])
        web.post(f"{URL}/api/triggers", json={})
        web.get(f"{URL}/api/triggers", json=[{"id": 9, "name": "t", "hook": "7"}])
        _, step = install.steps(made, desk(), url, {}, client)
        assert step.there is None
        assert install.make(step.beside({"webhook": "7"}), client) == "9"
        sent = [each.request.body for each in web.calls if each.request.method == "POST"]
        assert [json.loads(each or "") for each in sent] == [{"name": "t", "hook": "7"}]


def test_a_list_that_belongs_to_what_is_still_to_be_made_is_not_asked_for() -> None:
    inside = {**TRIGGER, "existing": {"get": "/api/hooks/${made.webhook}/triggers"}}
    made = descriptor(install=[HOOK, inside])
    with responses.RequestsMock() as web:
        web.get(f"{URL}/api/hooks", json=[])
        _, trigger = install.steps(made, desk(), "https://p/hooks/hall", {}, Client(made.api, desk()))
    assert trigger.found is None


def test_what_a_token_may_not_even_see_is_left_to_a_person() -> None:
    made = descriptor(install=[HOOK])
    client = Client(made.api, desk())
    with responses.RequestsMock() as web:
        web.get(f"{URL}/api/hooks", status=403, json={})
        (step,) = install.steps(made, desk(), "https://p/hooks/hall", {}, client)
    assert (step.there, step.may_look) == (None, False)


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


def test_a_right_that_is_lacking_may_be_told_by_401_and_one_that_needs_a_setting_waits_for_it() -> None:
    looks = [
        {"means": "read", "get": "/api/t", "when": [{"path": "status", "is": "200"}]},
        {"means": "admin", "get": "/api/hooks", "when": [{"path": "status", "is": "200"}]},
        {"means": "note", "get": "/api/people/${setting.account}", "when": [{"path": "status", "is": "200"}]},
    ]
    made, nobody = descriptor(rights=looks), desk(settings={})
    with responses.RequestsMock() as web:
        web.get(f"{URL}/api/t", json=[])
        web.get(f"{URL}/api/hooks", status=401, json={})
        assert probe.rights(made, Client(made.api, nobody), nobody) == {"read": True, "admin": False}
    with responses.RequestsMock() as web:
        web.get(f"{URL}/api/t", status=401, json={})
        with pytest.raises(AccessDenied):
            probe.rights(made, Client(made.api, nobody), nobody)
