"""While an API token is replaced two are given: the valid one is used, the other is told of by name."""

from __future__ import annotations

import base64
import json
import socket
import threading
from collections.abc import Callable
from typing import Any

import pytest
import requests
import responses
from structlog.testing import capture_logs

from plugin.desk.client import Client
from plugin.desk.outbound import Call
from plugin.errors import AccessDenied
from tests.desk.peer import OK, Answerer, Peer, peer
from tests.desk.products import descriptor, desk, document

__all__ = ["peer"]
Start = Callable[[Answerer], Peer]
NAMES = ("env:OLD_TOKEN", "file:/run/secrets/new")


class Helpdesk:
    """Takes the tokens it is told to, at any time."""

    def __init__(self, start: Start, *valid: str, status: int = 401) -> None:
        self.valid = set(valid)
        self._no = OK.replace(b"200 OK", f"{status} No".encode())
        self.peer = start(self._answer)

    def _answer(self, connection: socket.socket) -> None:
        known = any(f"Bearer {token}\r\n".encode() in self.peer.here.request for token in self.valid)
        connection.sendall(OK if known else self._no)

    def client(self, *tokens: str) -> Client:
        secrets = {"token": tokens, "hook": ("a", "b", "c")}
        names = {"token": NAMES[: len(tokens)], "hook": ("env:A", "env:B", "env:C")}
        return Client(descriptor().api, desk(url=self.peer.url, secrets=secrets, secret_names=names))


def told(logs: list[Any]) -> list[Any]:
    return [each["retire"] for each in logs if each["event"] == "secret_not_valid"]


def test_the_new_token_is_used_once_the_old_one_is_not_valid(peer: Start) -> None:
    helpdesk = Helpdesk(peer, "old-token", "new-token")
    client = helpdesk.client("old-token", "new-token")
    with capture_logs() as logs:
        client.send(Call("PUT", "/", body={}), 5)
        helpdesk.valid.remove("old-token")
        client.send(Call("PUT", "/", body={}), 5)
        client.send(Call("PUT", "/", body={}), 5)
    assert told(logs) == [["env:OLD_TOKEN"]]
    assert "old-token" not in str(logs)
    used = [b"Bearer old-token" in each for each in helpdesk.peer.received]
    assert used == [True, True, False, False], "the old one is asked with once more, never again"


def test_a_new_token_that_is_not_valid_yet_harms_nothing(peer: Start) -> None:
    helpdesk = Helpdesk(peer, "old-token")
    with capture_logs() as logs:
        helpdesk.client("new-token", "old-token").send(Call("GET", "/"), 5)
    assert told(logs) == [["env:OLD_TOKEN"]], "the first of the two"


def test_no_valid_token_is_told_after_two_tries(peer: Start) -> None:
    helpdesk = Helpdesk(peer)
    with capture_logs() as logs, pytest.raises(AccessDenied):
        helpdesk.client("old-token", "new-token").send(Call("GET", "/"), 5)
    assert len(helpdesk.peer.received) == 2
    assert told(logs) == []


def test_one_token_is_tried_once(peer: Start) -> None:
    helpdesk = Helpdesk(peer)
    with pytest.raises(AccessDenied):
        helpdesk.client("old-token").send(Call("GET", "/"), 5)
    assert len(helpdesk.peer.received) == 1


def test_a_right_that_is_missing_is_no_matter_of_the_token(peer: Start) -> None:
    helpdesk = Helpdesk(peer, status=403)
    with pytest.raises(AccessDenied):
        helpdesk.client("old-token", "new-token").send(Call("GET", "/"), 5)
    assert len(helpdesk.peer.received) == 1


def test_threads_that_find_out_at_once_all_get_through(peer: Start) -> None:
    helpdesk = Helpdesk(peer, "new-token")
    client = helpdesk.client("old-token", "new-token")
    failed: list[Exception] = []

    def ask() -> None:
        try:
            client.send(Call("GET", "/"), 5)
        except Exception as error:
            failed.append(error)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert failed == []


AUTHS: dict[str, dict[str, Any]] = {
    "header": {"kind": "header", "name": "X-Token", "value": "${secret.token}"},
    "query": {"kind": "query", "name": "key", "value": "${secret.token}"},
    "basic": {"kind": "basic", "user": "paidan", "password": "${secret.token}"},
    "session": {
        "kind": "session",
        "login": {"post": "/login", "body": {"password": "${secret.token}"}},
        "token": "session",
        "headers": {"X-Session": "${session}"},
    },
}


@pytest.mark.parametrize("kind", AUTHS)
def test_every_way_to_sign_in_can_be_renewed(kind: str) -> None:
    """Also where a token is only what a session is begun with, and none but the log-in is refused."""
    api = descriptor(api={**document()["api"], "auth": AUTHS[kind]}).api
    given = desk(secrets={"token": ("old-token", "new-token")}, secret_names={"token": NAMES})
    valid = ["old-token"]

    def answer(request: requests.PreparedRequest) -> tuple[int, dict[str, str], str]:
        shown = f"{request.url} {dict(request.headers)} {request.body!r}"
        known = any(
            base64.b64encode(f"paidan:{each}".encode()).decode() in shown or each in shown for each in valid
        )
        return (200, {}, json.dumps({"session": f"of-{valid[0]}"})) if known else (401, {}, '{"error":{}}')

    with responses.RequestsMock() as wire, capture_logs() as logs:
        wire.add_callback("POST", f"{given.url}/login", answer) if kind == "session" else None
        wire.add_callback("PUT", f"{given.url}/t", answer)
        client = Client(api, given)
        client.send(Call("PUT", "/t", body={}), 5)
        assert told(logs) == []
        valid[:] = ["new-token"]
        client.send(Call("PUT", "/t", body={}), 5)
        client.send(Call("PUT", "/t", body={}), 5)
    assert told(logs) == [["env:OLD_TOKEN"]]
    assert not any(each in str(logs) for each in ("old-token", "new-token", "of-"))
