"""Where calls go: the desk's own host alone, private addresses on its word, no redirect; real sockets."""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import Any

import pytest

from plugin.desk.client import Client
from plugin.desk.outbound import Call
from plugin.desk.reach import Reach, kind_of, pointed_to
from plugin.documents.addresses import literal
from plugin.errors import NotSent, Rejected
from tests.desk.peer import OK, Answerer, Peer, peer
from tests.desk.products import descriptor, desk

__all__ = ["peer"]
PUBLIC = (
    "93.184.215.14",
    "8.8.8.8",
    "2606:4700::1111",
    "64:ff9b::808:808",
    "::ffff:8.8.8.8",
    "2002:808:808::1",
)
OURS = (
    "127.0.0.1",
    "127.255.255.254",
    "::1",
    "10.0.0.1",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.255.255",
    "100.64.0.1",
    "100.127.255.255",
    "198.18.0.1",
    "fd00::1",
    "fec0::1",
    "::ffff:10.0.0.1",
    "::ffff:127.0.0.1",
    "64:ff9b::a00:1",
    "64:ff9b:1::a00:1",
    "2002:a00:1::1",
    "::10.0.0.1",
)
NEVER = (
    "169.254.169.254",
    "169.254.0.1",
    "fe80::1",
    "fe80::1%eth0",
    "fd00:ec2::254",
    "fd20:ce::254",
    "100.100.100.200",
    "168.63.129.16",
    "::ffff:169.254.169.254",
    "64:ff9b::a9fe:a9fe",
    "2002:a9fe:a9fe::1",
    "::169.254.169.254",
    "0.0.0.0",
    "0.1.2.3",
    "::",
    "::ffff:0.0.0.0",
    "224.0.0.1",
    "239.255.255.250",
    "ff02::1",
    "240.0.0.1",
    "255.255.255.255",
    "::ffff:224.0.0.1",
)


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_is_called(address: str) -> None:
    assert Reach("https://desk.example.org", own_network=False).why_not(address) == ""


@pytest.mark.parametrize("address", OURS)
def test_a_name_leads_to_a_private_address_on_the_files_word_alone(address: str) -> None:
    assert "own_network: true" in Reach("https://desk.example.org", own_network=False).why_not(address)
    assert Reach("https://desk.example.org", own_network=True).why_not(address) == ""


@pytest.mark.parametrize("address", NEVER)
@pytest.mark.parametrize("own_network", [True, False])
def test_some_addresses_are_never_called_by_a_name(address: str, own_network: bool) -> None:
    why = Reach("https://desk.example.org", own_network=own_network).why_not(address)
    assert "never" in why
    assert "own_network" not in why


@pytest.mark.parametrize("address", [*OURS, *NEVER[:8]])
def test_an_address_that_stands_in_the_file_is_called_and_no_other(address: str) -> None:
    host = f"[{address.replace('%', '%25')}]" if ":" in address else address
    reach = Reach(f"http://{host}:8080/rt", own_network=False)
    assert reach.why_not(address) == ""
    assert reach.why_not("10.9.9.9")


def test_localhost_is_this_machine_and_nothing_else() -> None:
    for name in ("localhost", "LOCALHOST", "localhost."):
        reach = Reach(f"http://{name}:8080", own_network=False)
        assert reach.why_not("127.0.0.1") == reach.why_not("::1") == ""
        assert reach.why_not("10.0.0.1")
    assert Reach("http://localhost.example.org", own_network=False).why_not("127.0.0.1")


@pytest.mark.parametrize("spelled", ["127.0.0.1", "::1", "0:0:0:0:0:0:0:1", "0000::1"])
def test_ipv6_in_any_length_is_one_address(spelled: str) -> None:
    host = f"[{spelled}]" if ":" in spelled else spelled
    found = literal(spelled)
    assert found is not None
    assert kind_of(found) == "loopback"
    assert Reach(f"http://{host}", own_network=False).why_not(str(found)) == ""


class Names:
    """Stands in for the resolver: what each name stands for, one answer after the other, and who asked."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, **answers: list[list[str]]) -> None:
        self.asked: list[str] = []
        self.called: list[str] = []
        self._answers = {name.replace("_", "."): list(each) for name, each in answers.items()}
        self._real = socket.getaddrinfo
        monkeypatch.setattr(socket, "getaddrinfo", self._look_up)
        connect = socket.socket.connect

        def watched(peer: socket.socket, address: Any) -> None:
            self.called.append(address[0])
            if literal(address[0]) and not str(address[0]).startswith("127."):
                raise ConnectionRefusedError
            connect(peer, address)

        monkeypatch.setattr(socket.socket, "connect", watched)

    def _look_up(self, host: str, port: int, *args: Any, **more: Any) -> list[Any]:
        name = host.rstrip(".")
        if name not in self._answers:
            return self._real(host, port, *args, **more)
        self.asked.append(name)
        answers = self._answers[name]
        found = answers.pop(0) if len(answers) > 1 else answers[0]
        return [each for address in found for each in self._real(address, port, *args, **more)]


def sent(url: str, **more: Any) -> Any:
    return Client(descriptor().api, desk(url=url, **more)).send(Call("GET", "/"), 5).document


def test_a_name_that_leads_into_the_own_network(
    peer: Callable[[Answerer], Peer], monkeypatch: pytest.MonkeyPatch
) -> None:
    server = peer(lambda c: c.sendall(OK))
    names = Names(monkeypatch, desk_example=[["127.0.0.1"]])
    url = server.url.replace("127.0.0.1", "desk.example")
    with pytest.raises(NotSent, match="own_network: true") as refused:
        sent(url)
    assert not refused.value.outcome_unknown
    assert names.called == []
    assert sent(url, own_network=True) == {}
    assert b"Host: desk.example:" in server.received[0]
    assert sent(url.replace("desk.example", "desk.example."), own_network=True) == {}
    assert sent(server.url.replace("127.0.0.1", "localhost")) == sent(server.url) == {}


def test_what_was_judged_is_what_is_called(
    peer: Callable[[Answerer], Peer], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The name stands for a public address when it is judged, for this machine right afterwards."""
    server = peer(lambda c: c.sendall(OK))
    names = Names(monkeypatch, desk_example=[["8.8.8.8"], ["127.0.0.1"]])
    with pytest.raises(NotSent, match="the connection failed"):
        sent(server.url.replace("127.0.0.1", "desk.example"))
    assert names.asked == ["desk.example"]
    assert names.called == ["8.8.8.8"]
    with pytest.raises(NotSent, match="loopback address"):
        sent(server.url.replace("127.0.0.1", "desk.example"))
    assert server.received == []


def test_of_several_addresses_only_those_that_may_be_are_called(monkeypatch: pytest.MonkeyPatch) -> None:
    names = Names(
        monkeypatch, desk_example=[["10.0.0.1", "8.8.8.8", "127.0.0.1", "1.1.1.1", "169.254.169.254"]]
    )
    with pytest.raises(NotSent):
        sent("http://desk.example:81")
    assert names.called == ["8.8.8.8", "1.1.1.1"]


def test_a_name_in_other_letters_is_judged_as_what_it_stands_for(monkeypatch: pytest.MonkeyPatch) -> None:
    name = "帮助台".encode("idna").decode()
    names = Names(monkeypatch, **{f"{name}_example": [["10.0.0.1"]]})
    with pytest.raises(NotSent, match="private address"):
        sent("http://帮助台.example")
    assert names.asked == [f"{name}.example"]


def test_no_name_at_all_is_told_as_no_connection() -> None:
    with pytest.raises(NotSent):
        sent("http://desk.invalid")


@pytest.mark.parametrize(
    "url", ["http://127.1", "http://0x7f.1", "http://2130706433", "http://[::1", "http://x:0"]
)
def test_an_address_in_an_odd_spelling_is_called_by_nobody(url: str) -> None:
    with pytest.raises(ValueError, match="and nothing else"):
        sent(url)


REDIRECTS = [
    ("https://evil.example/take?token=MARKED", "another host"),
    ("//evil.example/", "another host"),
    ("https://desk.example.org.evil.example/", "another host"),
    ("https://desk.example.org@evil.example/", "another host"),
    ("http://desk.example.org/base/", "http at the same host"),
    ("https://desk.example.org:8443/", "another port"),
    ("https://desk.example.org:443/rt/MARKED", "write the url as it redirects to"),
    ("https://DESK.example.org/base/", "write the url as it redirects to"),
    ("/base/", "write the url as it redirects to"),
    ("/users/sign_in?back=MARKED", "sign-in page"),
    ("login.php", "sign-in page"),
    ("javascript:alert(1)", "without saying where"),
    ("file:///etc/passwd", "without saying where"),
    ("", "without saying where"),
    ("https://[", "cannot be read"),
    ("https://desk.example.org:99999/", "cannot be read"),
]


@pytest.mark.parametrize(("location", "words"), REDIRECTS)
def test_where_a_redirect_points_is_told_by_kind(location: str, words: str) -> None:
    told = pointed_to("https://desk.example.org/base", location)
    assert words in told
    assert "MARKED" not in told
    assert "evil" not in told
    assert len(told) <= 200


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("method", ["GET", "PUT", "POST"])
def test_no_redirect_is_followed(peer: Callable[[Answerer], Peer], status: int, method: str) -> None:
    inner = peer(lambda c: c.sendall(OK))

    def outer(location: str) -> Peer:
        answer = (
            f"HTTP/1.1 {status} X\r\nLocation: {location}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        )
        return peer(lambda c: c.sendall(answer.encode()))

    cases = {
        f"{inner.url}/x?token=MARKED": "another port",
        inner.url.replace("127.0.0.1", "localhost"): "another host",
        inner.url.replace("http:", "https:"): "https at the same host",
        "/somewhere/MARKED": "write the url as it redirects to",
    }
    for location, words in cases.items():
        first = outer(location)
        with pytest.raises(Rejected, match=words) as caught:
            Client(descriptor().api, desk(url=first.url)).send(Call(method, "/"), 5)
        assert "MARKED" not in str(caught.value)
        assert len(first.received) == 1
    assert inner.received == []
