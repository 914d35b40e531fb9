"""Calls through a proxy on real sockets: what it is asked and told, and whose refusal is whose."""

from __future__ import annotations

import base64
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from plugin.core.place import Place
from plugin.desk.client import Client
from plugin.desk.opening import open_desk
from plugin.desk.outbound import Call
from plugin.errors import AccessDenied, DocumentsInvalid, NotSent, Rejected, Unreachable
from tests.desk import test_opening as opening
from tests.desk.peer import OK, Answerer, Peer, peer
from tests.desk.products import descriptor, desk
from tests.desk.test_tls import Served, authority, ca, served
from tests.listener import Listener

__all__ = ["authority", "ca", "peer", "served"]
LOGIN = b"Proxy-Authorization: Basic " + base64.b64encode(b"paidan:pa@55")


def ask(url: str, proxy: str, **more: object) -> object:
    return (
        Client(descriptor().api, desk(url=url, proxy=proxy, **more))
        .send(Call("POST", "/", body={}), 5)
        .document
    )


def status(line: str, *headers: str) -> Answerer:
    answer = "\r\n".join((f"HTTP/1.1 {line}", *headers, "Content-Length: 2", "Connection: close", "", "{}"))
    return lambda connection: connection.sendall(answer.encode())


class Tunnel(Listener):
    """A proxy that opens a way to whatever is asked for, and keeps what it was asked."""

    def __init__(self) -> None:
        self.asked: list[bytes] = []
        super().__init__()
        self.url = f"http://paidan:pa%4055@127.0.0.1:{self.port}"

    def one(self, connection: socket.socket) -> None:
        request = connection.recv(65536)
        self.asked.append(request)
        port = urlsplit("//" + request.split()[1].decode()).port
        beyond = socket.create_connection(("127.0.0.1", port or 0))
        connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        for one, other in ((connection, beyond), (beyond, connection)):
            threading.Thread(target=_pass_on, args=(one, other), daemon=True).start()


def _pass_on(one: socket.socket, other: socket.socket) -> None:
    try:
        while part := one.recv(65536):
            other.sendall(part)
        other.shutdown(socket.SHUT_WR)
    except OSError:
        return


@pytest.fixture
def tunnel() -> Iterator[Tunnel]:
    made = Tunnel()
    yield made
    made.close()


def test_plain_http_through_a_proxy(peer: Callable[[Answerer], Peer]) -> None:
    proxy = peer(lambda c: c.sendall(OK))
    address = proxy.url.replace("//", "//paidan:pa%4055@")
    assert ask("http://desk.example/base", address) == {}
    assert proxy.received[0].startswith(b"POST http://desk.example/base/ HTTP/1.1\r\n")
    assert LOGIN in proxy.received[0]
    assert b"Authorization: Bearer api-token" in proxy.received[0]


def test_tls_through_a_proxy_is_between_us_and_the_helpdesk(served: Served, ca: str, tunnel: Tunnel) -> None:
    url = served("desk.example").replace("localhost", "desk.example")
    call = Call("GET", "/")
    caller = Client(descriptor().api, desk(url=url, proxy=tunnel.url, ca=ca))
    assert caller.send(call, 5).document == {}
    (asked,) = tunnel.asked
    assert asked.startswith(b"CONNECT desk.example:")
    assert LOGIN in asked
    assert b"api-token" not in asked
    with pytest.raises(NotSent, match="name the file of its authority"):
        Client(descriptor().api, desk(url=url, proxy=tunnel.url)).send(call, 5)


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_the_proxys_wish_for_a_login_is_told_as_its_own(
    peer: Callable[[Answerer], Peer], scheme: str
) -> None:
    proxy = peer(status("407 Proxy Authentication Required", "Proxy-Authenticate: Basic realm=MARKED"))
    with pytest.raises(NotSent, match="the proxy wants a valid login") as caught:
        ask(f"{scheme}://desk.example", proxy.url)
    assert not caught.value.outcome_unknown
    assert "MARKED" not in str(caught.value)


@pytest.mark.parametrize(
    "line", ["403 Forbidden", "502 Bad Gateway", "503 Service Unavailable", "504 Timeout"]
)
def test_a_way_the_proxy_does_not_open_is_told_as_its_own(
    peer: Callable[[Answerer], Peer], line: str
) -> None:
    proxy = peer(status(line))
    with pytest.raises(NotSent, match=f"the proxy opens no way to the helpdesk .{line[:3]}.") as caught:
        ask("https://desk.example", proxy.url)
    assert not caught.value.outcome_unknown
    assert b"api-token" not in proxy.received[0]


def test_squids_own_refusal_of_plain_http(peer: Callable[[Answerer], Peer]) -> None:
    with pytest.raises(NotSent, match="the proxy opens no way"):
        ask("http://desk.example", peer(status("403 Forbidden", "X-Squid-Error: ERR_ACCESS_DENIED 0")).url)
    with pytest.raises(AccessDenied):
        ask("http://desk.example", peer(status("403 Forbidden")).url)


def test_without_a_proxy_a_407_is_the_helpdesks(peer: Callable[[Answerer], Peer]) -> None:
    with pytest.raises(Rejected):
        Client(descriptor().api, desk(url=peer(status("407 What")).url)).send(Call("GET", "/"), 5)


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_no_proxy_there(scheme: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        proxy = f"http://127.0.0.1:{closed.getsockname()[1]}"
    with pytest.raises(NotSent, match="the proxy does not answer"):
        ask(f"{scheme}://desk.example", proxy)


def test_a_proxy_that_is_silent_after_a_request_leaves_the_outcome_open(
    peer: Callable[[Answerer], Peer],
) -> None:
    with pytest.raises(Unreachable) as caught:
        ask("http://desk.example", peer(lambda c: None).url)
    assert caught.value.outcome_unknown
    with pytest.raises(NotSent):
        ask("https://desk.example", peer(lambda c: None).url)


def opened(proxy: str, environ: dict[str, str]) -> str | None:
    given = replace(
        opening.desk(token=("env:TOKEN",), hook=("env:HOOK",)),
        proxy=proxy,
        places={"proxy": Place("desks/city.yaml", 9, 8)},
    )
    return open_desk(descriptor(), given, {"TOKEN": "t", "HOOK": "h", **environ}).desk.proxy


def test_a_proxys_login_is_a_secret_by_name(tmp_path: Path) -> None:
    (tmp_path / "proxy").write_bytes(b"\xef\xbb\xbfhttp://u:MARKED@proxy.example:3128\r\n")
    assert opened("http://proxy.example:3128", {}) == "http://proxy.example:3128"
    assert opened("env:PROXY", {"PROXY": "http://u:p@proxy.example"}) == "http://u:p@proxy.example"
    assert opened(f"file:{tmp_path}/proxy", {}) == "http://u:MARKED@proxy.example:3128"


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("", "secret-unset"),
        ("socks5://u:MARKED@proxy.example", "bad-proxy"),
        ("u:MARKED@proxy.example:3128", "bad-proxy"),
        ("http://u:MARKED@proxy.example\nhttp://other.example", "secret-lines"),
    ],
)
def test_a_proxys_address_that_is_none_is_told_without_it(value: str, code: str) -> None:
    with pytest.raises(DocumentsInvalid) as caught:
        opened("env:PROXY", {"PROXY": value})
    problem = caught.value.problems[0]
    assert code in [each.code for each in caught.value.problems]
    assert str(problem.place) == "desks/city.yaml:9:8"
    assert "MARKED" not in repr(caught.value.problems)
