"""The one place that speaks HTTP, against real sockets: total time, last moment, redirects, what is sent."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import responses

from plugin.desk.client import Client
from plugin.desk.outbound import Call
from plugin.errors import Conflict, HelpdeskError, NotSent, Rejected, Unreachable
from plugin.sockets import since_boot
from tests.desk.peer import OK, Answerer, Peer, peer
from tests.desk.products import descriptor, desk

__all__ = ["peer"]


def client(url: str) -> Client:
    return Client(descriptor().api, desk(url=url))


def test_what_is_sent(peer: Callable[[Answerer], Peer]) -> None:
    server = peer(lambda c: c.sendall(OK))
    call = Call("PUT", "/api/t/1", (("q", "a b&c"),), {"If-Match": '"1"'}, {"名": "值"})
    assert client(server.url).send(call, 5).document == {}
    head, _, body = server.received[0].partition(b"\r\n\r\n")
    assert head.startswith(b"PUT /api/t/1?q=a+b%26c HTTP/1.1\r\n")
    assert b'If-Match: "1"' in head
    assert b"Authorization: Bearer api-token" in head
    assert json.loads(body or b"{}") in ({"名": "值"}, {})


def drip(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
    for _ in range(200):
        connection.sendall(b" ")
        time.sleep(0.05)


def drip_headers(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nX: ")
    for _ in range(200):
        connection.sendall(b"a")
        time.sleep(0.05)


@pytest.mark.parametrize(
    "answer", [drip, drip_headers, lambda c: time.sleep(8)], ids=["body", "headers", "silence"]
)
def test_the_whole_call_is_bounded_however_slowly_it_answers(
    peer: Callable[[Answerer], Peer], answer: Answerer
) -> None:
    server = peer(answer)
    before = time.monotonic()
    with pytest.raises(Unreachable) as caught:
        client(server.url).send(Call("GET", "/"), 0.4)
    assert time.monotonic() - before < 2
    assert caught.value.outcome_unknown


def test_a_short_call_is_bounded_beside_a_long_one(peer: Callable[[Answerer], Peer]) -> None:
    server = peer(lambda c: time.sleep(8))
    long = threading.Thread(target=_sent_in_vain, args=(server.url, 3.0), daemon=True)
    long.start()
    time.sleep(0.2)
    before = time.monotonic()
    _sent_in_vain(server.url, 0.4)
    assert time.monotonic() - before < 1.5
    assert long.is_alive(), "the long one has its own time"
    long.join(4)
    assert not long.is_alive()


def _sent_in_vain(url: str, seconds: float) -> None:
    with pytest.raises(Unreachable):
        client(url).send(Call("GET", "/"), seconds)


def test_nothing_leaves_once_its_time_is_over(peer: Callable[[Answerer], Peer]) -> None:
    server = peer(lambda c: c.sendall(OK))
    with pytest.raises(NotSent) as caught:
        client(server.url).send(Call("POST", "/", body={"note": "x"}), 5, not_after=since_boot() - 0.001)
    assert not caught.value.outcome_unknown
    time.sleep(0.1)
    assert server.received in ([], [b""]), "at most an empty connection, not one byte of the request"


def test_the_last_moment_is_checked_after_connecting(
    peer: Callable[[Answerer], Peer], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Slow names and handshakes come between the caller's check and the write; only the socket knows."""
    server = peer(lambda c: c.sendall(OK))
    monkeypatch.setattr(socket.socket, "connect", _slow_connect(socket.socket.connect))
    with pytest.raises(NotSent):
        client(server.url).send(Call("POST", "/", body={}), 5, not_after=since_boot() + 0.1)
    assert server.received in ([], [b""])


def _slow_connect(real: Callable[..., None]) -> Callable[..., None]:
    def connect(self: socket.socket, address: object) -> None:
        time.sleep(0.3)
        real(self, address)

    return connect


def test_a_refused_connection_sent_nothing() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        url = f"http://127.0.0.1:{closed.getsockname()[1]}"
    with pytest.raises(NotSent) as caught:
        client(url).send(Call("POST", "/", body={}), 5)
    assert not caught.value.outcome_unknown


def test_a_connection_cut_after_the_request_leaves_the_outcome_open(peer: Callable[[Answerer], Peer]) -> None:
    server = peer(lambda c: None)
    with pytest.raises(Unreachable) as caught:
        client(server.url).send(Call("POST", "/", body={}), 5)
    assert caught.value.outcome_unknown


def test_an_answer_that_ends_early_is_no_answer(peer: Callable[[Answerer], Peer]) -> None:
    server = peer(lambda c: c.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{}"))
    with pytest.raises(Unreachable) as caught:
        client(server.url).send(Call("POST", "/", body={}), 5)
    assert caught.value.outcome_unknown


def test_environment_and_cookies_change_nothing(
    peer: Callable[[Answerer], Peer], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    (tmp_path / "netrc").write_text("default login somebody password of-the-netrc\n", "utf-8")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    answer = OK.replace(b"Connection: close", b"Connection: close\r\nSet-Cookie: a=b")
    server = peer(lambda c: c.sendall(answer))
    none = descriptor(
        api={"auth": {"kind": "header", "name": "X-Token", "value": "${secret.token}"}, "page": "/"}
    )
    for api in (descriptor().api, none.api):
        caller = Client(api, desk(url=server.url))
        caller.send(Call("GET", "/"), 5)
        caller.send(Call("GET", "/"), 5)
    assert len(server.received) == 4
    assert b"Authorization: Bearer api-token" in server.received[0]
    assert b"Authorization" not in server.received[2]
    assert not [each for each in server.received if b"Cookie" in each or b"Proxy-" in each]


@pytest.mark.parametrize("url", ["ftp://x", "//x", "https://user:pw@x", "https://x/?a=b", "https://", "x"])
def test_a_url_that_is_no_plain_address_is_refused(url: str) -> None:
    with pytest.raises(ValueError):
        client(url)


@responses.activate
def test_what_the_answer_tells_of_limits_and_time() -> None:
    product = descriptor(api={"auth": {"kind": "bearer", "token": "x"}, "page": "/", "limits": {
        "remaining": "X-Left", "limit": "X-Limit", "statuses": [429]}})  # fmt: skip
    headers = {"X-Left": "4", "X-Limit": "60", "Date": "Mon, 23 Nov 2026 17:23:33 GMT"}
    responses.get("https://desk.example.org/base/", json={}, headers=headers)
    caller = Client(product.api, desk(), clock=lambda: 1_795_454_613.0 - 100)
    caller.send(Call("GET", "/"), 5)
    assert caller.budget is not None
    assert (caller.budget.remaining, caller.budget.limit) == (4, 60)
    assert caller.server is not None
    assert caller.server.skew == pytest.approx(100.5)


@responses.activate
def test_a_body_as_json_in_a_form_field() -> None:
    responses.post("https://desk.example.org/base/rest", json={})
    client("https://desk.example.org/base").send(
        Call("POST", "/rest", body={"a": "é&="}, form="json_data"), 5
    )
    sent = responses.calls[0].request
    assert sent.headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert sent.body == b"json_data=%7B%22a%22%3A+%22%C3%A9%26%3D%22%7D"


@responses.activate
def test_a_path_cannot_lead_to_another_host() -> None:
    for path in ("@evil.example/", ".evil.example/", ":80@evil.example/"):
        with pytest.raises(Rejected, match=r"another host|cannot be made"):
            client("https://desk.example.org").send(Call("GET", path), 5)
    assert len(responses.calls) == 0


@responses.activate
def test_a_header_value_cannot_add_a_header() -> None:
    responses.get("https://desk.example.org/base/", json={})
    with pytest.raises(Rejected):
        client("https://desk.example.org/base").send(Call("GET", "/", headers={"X": "a\r\nX-Evil: 1"}), 5)


@responses.activate
def test_an_error_inside_a_good_status() -> None:
    errors = [{"path": "code", "is": ["5"], "raises": "conflict"}, {"path": "error", "raises": "rejected"}]
    api = {"auth": {"kind": "bearer", "token": "x"}, "page": "/", "errors": errors, "detail": "error"}
    caller = Client(descriptor(api=api).api, desk())
    responses.get("https://desk.example.org/base/", json={"error": "no such group 13912345678"})
    with pytest.raises(Rejected) as caught:
        caller.send(Call("GET", "/"), 5)
    assert caught.value.detail == "no such group ***********"


@responses.activate
@pytest.mark.parametrize(("said", "error"), [({"errors": []}, Conflict), ({"errors": ["no"]}, Rejected)])
def test_a_refusal_that_names_nothing_may_mean_something_else(
    said: dict[str, Any], error: type[HelpdeskError]
) -> None:
    rule = {"status": [422], "path": "errors[0]", "empty": True, "raises": "conflict"}
    api = {"auth": {"kind": "bearer", "token": "x"}, "page": "/", "errors": [rule]}
    responses.put("https://desk.example.org/base/", status=422, json=said)
    with pytest.raises(error):
        Client(descriptor(api=api).api, desk()).send(Call("PUT", "/"), 5)


@responses.activate
def test_no_time_left_means_not_sent() -> None:
    with pytest.raises(NotSent):
        client("https://desk.example.org/base").send(Call("GET", "/"), 0)
    assert len(responses.calls) == 0
