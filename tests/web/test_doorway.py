"""Where a request came from, what a probe learns, and the answer a product asked for."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, request

from plugin.casebook.desks import DeskInUse
from plugin.casebook.tables import delivery, refused
from plugin.cli.listening import Listening
from plugin.desk.connector import Connector
from plugin.desk.descriptor import Challenge
from plugin.desk.helpdesk import Answer
from plugin.desk.signing import Address, UrlToken
from plugin.settings import Settings
from tests.casebook.conftest import TOKEN, standin_desk
from tests.casebook.deciding import desk_map, simple_decide
from tests.web.door import HOOK, Door


def told(address: str, trusted: str, **headers: str) -> str:
    """What the application takes for the sender's address."""
    app = Flask("remote", static_folder=None)
    app.add_url_rule("/", "remote", lambda: str(request.remote_addr))
    settings = Settings.model_validate({"port": 0, "trusted_proxy": trusted})
    with listening(app, settings) as port:
        connection = HTTPConnection(address, port, timeout=10)
        connection.request("GET", "/", headers={key.replace("_", "-"): text for key, text in headers.items()})
        return connection.getresponse().read().decode()


@contextmanager
def listening(app: Flask, settings: Settings) -> Iterator[int]:
    server = Listening(app, settings)
    thread = threading.Thread(target=server.run, args=(lambda: None,))
    thread.start()
    try:
        yield int(server.urls[0].rsplit(":", 1)[1])
    finally:
        server.stop()
        thread.join()
        server.close()


@pytest.mark.parametrize(
    ("trusted", "forwarded", "wanted"),
    [
        ("", "203.0.113.9", "127.0.0.1"),
        ("192.0.2.1", "203.0.113.9", "127.0.0.1"),
        ("127.0.0.1", "203.0.113.9", "203.0.113.9"),
        ("127.0.0.1", "10.0.0.1, 203.0.113.9", "203.0.113.9"),
        ("127.0.0.1", "203.0.113.9:5000", "203.0.113.9"),
        ("127.0.0.1", None, "127.0.0.1"),
    ],
)
def test_only_a_trusted_proxy_says_where_a_request_came_from(
    trusted: str, forwarded: str | None, wanted: str
) -> None:
    headers = {} if forwarded is None else {"X_Forwarded_For": forwarded}
    assert told("127.0.0.1", trusted, **headers) == wanted
    assert told("127.0.0.1", trusted, Forwarded="for=203.0.113.9", X_Real_IP="203.0.113.9") == "127.0.0.1"


def with_receive(door: Door, **changed: Any) -> None:
    """The door's desk with another way of receiving."""
    product = standin_desk("http://127.0.0.1:9")
    made = replace(product.descriptor, receive=replace(product.descriptor.receive, **changed))
    settings = {"near": "192.0.2.0/24"}
    helpdesk = Connector(made, replace(product.desk, settings=settings))
    door.desks["hall"] = DeskInUse(helpdesk, desk_map(), simple_decide, "1")


@pytest.fixture
def door(tmp_path: Path) -> Door:
    return Door(tmp_path)


def test_a_delivery_from_elsewhere_is_refused(door: Door) -> None:
    with_receive(door, checks=(UrlToken("url_token"), Address("near")))
    near, far = {"REMOTE_ADDR": "192.0.2.20"}, {"REMOTE_ADDR": "198.51.100.2"}
    assert door.send(environ_overrides=far).status_code == 401
    assert door.send(environ_overrides=far, headers={"X-Forwarded-For": "192.0.2.20"}).status_code == 401
    assert door.rows(delivery) == []
    assert {each.code for each in door.rows(refused)} == {"address-wrong"}
    assert door.send(environ_overrides=near).status_code == 200


@pytest.mark.parametrize(
    ("answer", "status", "body", "kind"),
    [
        (Answer(202, "accepted"), 202, "accepted", "text/plain"),
        (Answer(200, '{"received": true}'), 200, '{"received": true}', "application/json"),
        (Answer(204), 204, "", "text/plain"),
        (None, 200, None, "application/json"),
    ],
)
def test_a_product_is_told_what_it_wants_and_always_the_same(
    door: Door, answer: Answer | None, status: int, body: str | None, kind: str
) -> None:
    with_receive(door, answer=answer)
    sent = [
        door.send(),
        door.send(),
        door.send(b"not json"),
        door.send({"ticket": 7, "delivery": "d2", "event": "noise"}),
    ]
    for each in sent:
        assert (each.status_code, each.mimetype) == (status, kind)
        assert body is None or each.text == body
    assert door.send(path="/hooks/hall/wrong").status_code == 401


HOOKS = ["/hooks/hall", HOOK, f"{HOOK}/new", "/hooks/hall/wrong", "/hooks/nobody", "/hooks/nobody/x/y"]


@pytest.mark.parametrize("path", HOOKS)
@pytest.mark.parametrize("query", ["", "?crc_token=abc", "?challenge=abc", "?" + "a=b&" * 500, "?%ff=%00"])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_probe_learns_that_hooks_take_post_and_not_which_there_are(
    door: Door, path: str, query: str, method: str
) -> None:
    found = door.client.open(path + query, method=method)
    assert (found.status_code, found.headers["Allow"]) == (405, "POST")
    assert found.headers.get("Location") is None
    assert door.rows(delivery) == door.rows(refused) == []
    if method == "GET":
        assert found.json == door.client.get("/hooks/somewhere/else").json


def test_a_test_call_is_answered_with_the_token_only(door: Door) -> None:
    with_receive(door, challenge=Challenge("crc_token", "hmac_hex", "url_token"))
    right = door.client.get(f"{HOOK}?crc_token=abc")
    assert (right.status_code, right.mimetype, len(right.text)) == (200, "text/plain", 64)
    head = door.client.head(f"{HOOK}?crc_token=abc")
    assert (head.status_code, head.data) == (200, b"")
    for path in ("/hooks/hall", "/hooks/hall/wrong", f"/hooks/hall/{TOKEN}x", "/hooks/nobody"):
        assert door.client.get(f"{path}?crc_token=abc").status_code == 405


def test_no_body_fails_or_redirects(door: Door) -> None:
    for body in (b"", b"[" * 9000, b"9" * 9000, b'{"ticket": "\\ud83d"}', b"\xff", b"payload=%ff", b"\0"):
        for kind in (
            "",
            "application/json",
            "image/png",
            "application/x-www-form-urlencoded",
            "multipart/form-data",
        ):
            answer = door.send(body, headers={"Content-Type": kind})
            assert (answer.status_code, answer.json) == (200, {"ok": True})
    assert json.dumps([each.key for each in door.rows(delivery)])


def test_a_desk_that_takes_no_webhooks_answers_as_one_that_is_not_there(door: Door) -> None:
    with_receive(door, challenge=Challenge("crc_token", "echo"))
    assert door.client.get(f"{HOOK}?crc_token=abc").status_code == 200
    door.desks["hall"] = replace(door.desks["hall"], hears=False)
    answers = [door.send(path=path) for path in (HOOK, "/hooks/hall", "/hooks/hall/wrong", "/hooks/nobody")]
    assert {(each.status_code, each.data) for each in answers} == {(401, answers[0].data)}
    assert door.client.get(f"{HOOK}?crc_token=abc").status_code == 405
    assert door.rows(delivery) == []
    assert {each.code for each in door.rows(refused)} == {"unknown-desk"}
