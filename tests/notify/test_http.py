"""HTTP through real sockets: what arrives, what each answer comes to, and that nothing takes too long."""

from __future__ import annotations

import shutil
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from plugin.notify.feeds import NotRead, fetch
from plugin.notify.outcomes import Outcome
from plugin.notify.pages import pages
from plugin.notify.send import Courier
from plugin.servers import free_port
from tests.notify.peers import Answerer, Peer, answering
from tests.notify.samples import EVERY, STEP, speech, words

Start = Callable[..., Peer]


def sent(port: int, *, scheme: str = "json", total: float = 8, more: str = "") -> Outcome:
    return Courier(total).send(f"{scheme}://127.0.0.1:{port}/hook{more}", [STEP], words())


@pytest.mark.parametrize("name", EVERY)
def test_what_arrives_is_the_text_and_no_more(peer: Start, name: str) -> None:
    server = peer(answering())
    outcome = Courier(8).send(f"json://127.0.0.1:{server.port}/hook", [EVERY[name]], words())
    assert outcome.state == "delivered"
    page = pages([EVERY[name]], speech(), 32_768)[0]
    body = server.bodies[0]
    assert (body["title"], body["message"]) == (page.subject, page.text)
    assert body["attachments"] == []
    assert set(body) == {"version", "title", "message", "attachments", "type"}
    assert f"X-Paidan-Message: {EVERY[name].id}".encode() in server.requests[0]


@pytest.mark.parametrize(
    ("status", "state", "reason"),
    [
        (200, "delivered", ""),
        (202, "delivered", ""),
        (400, "refused", "turned-away"),
        (401, "refused", "sign-in"),
        (403, "refused", "sign-in"),
        (404, "refused", "gone"),
        (410, "refused", "gone"),
        (413, "refused", "too-long"),
        (422, "refused", "turned-away"),
        (408, "unreachable", "busy"),
        (429, "unreachable", "busy"),
        (503, "unreachable", "busy"),
        (500, "unknown", "failing"),
        (502, "unknown", "failing"),
        (504, "unknown", "failing"),
    ],
)
def test_what_a_status_comes_to(peer: Start, status: int, state: str, reason: str) -> None:
    outcome = sent(peer(answering(status, b"no")).port)
    assert (outcome.state, outcome.reason) == (state, reason)
    assert outcome.detail == ("" if state == "delivered" else str(status))


def test_how_long_to_wait_is_handed_on(peer: Start) -> None:
    assert sent(peer(answering(429, b"", "Retry-After: 37")).port).retry_after == 37
    assert sent(peer(answering(429, b"", "Retry-After: tomorrow")).port).retry_after is None


def test_a_redirect_is_not_followed(peer: Start) -> None:
    elsewhere = peer(answering())
    server = peer(answering(302, b"", f"Location: http://127.0.0.1:{elsewhere.port}/"))
    outcome = sent(server.port, more="?redirect=yes")
    assert (outcome.state, outcome.reason) == ("refused", "redirected")
    assert elsewhere.requests == []


def test_what_the_address_says_about_trying_does_not_count(peer: Start) -> None:
    server = peer(answering(500))
    outcome = sent(server.port, more="?retry=3&wait=0&optional=yes")
    assert outcome.state == "unknown", "an optional address is not delivered when it fails"
    assert len(server.requests) == 1


def test_nobody_listens() -> None:
    outcome = sent(free_port())
    assert (outcome.state, outcome.reason) == ("unreachable", "no-connection")


def test_no_such_host() -> None:
    outcome = Courier(4).send("json://no-such-host.invalid/hook", [STEP], words())
    assert (outcome.state, outcome.reason) == ("unreachable", "no-connection")


def cut(connection: socket.socket) -> None:
    connection.shutdown(socket.SHUT_RDWR)


def reset(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    connection.close()


def half_head(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 O")


def half_body(connection: socket.socket) -> None:
    connection.sendall(b'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"half":')


def no_http(connection: socket.socket) -> None:
    connection.sendall(b"220 this is a mail server\r\n")


def silence(_connection: socket.socket) -> None:
    time.sleep(30)


def drip_head(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nX: ")
    _drip(connection)


def drip_body(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
    _drip(connection)


def _drip(connection: socket.socket) -> None:
    for _ in range(600):
        connection.sendall(b"a")
        time.sleep(0.05)


@pytest.mark.parametrize("odd", [cut, reset, half_head, half_body, no_http, silence, drip_head, drip_body])
def test_no_whole_answer_is_never_taken_for_delivered(peer: Start, odd: Answerer) -> None:
    server = peer(odd)
    before = time.monotonic()
    outcome = sent(server.port, total=1.5)
    assert (outcome.state, outcome.reason) == ("unknown", "no-answer")
    assert time.monotonic() - before < 2.5
    assert len(server.requests) == 1


def test_no_thread_stays_behind_with_a_service_that_drips(peer: Start) -> None:
    """What was cut ends by itself: a bad service never eats up the threads that send to good ones."""
    server, good = peer(drip_body), peer(answering())
    for _ in range(12):
        sent(server.port, total=0.4)
    assert sent(good.port).state == "delivered"
    deadline = time.monotonic() + 3
    while _sending() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not _sending()


def _sending() -> list[str]:
    return [each.name for each in threading.enumerate() if isinstance(each, threading.Timer)]


def test_an_endless_answer_is_read_no_further_than_needed(peer: Start) -> None:
    def endless(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
        while True:
            connection.sendall(b" " * 65_536)

    before = time.monotonic()
    assert sent(peer(endless).port, total=6).state == "delivered"
    assert time.monotonic() - before < 3


def test_no_password_of_this_machine_goes_along(
    peer: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("default login somebody password planted-secret\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    server = peer(answering())
    sent(server.port)
    assert b"authorization" not in server.requests[0].lower()


def test_a_proxy_of_the_environment_is_used(peer: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    proxy = peer(answering())
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{proxy.port}")
    monkeypatch.setenv("NO_PROXY", "")
    assert Courier(8).send("json://gateway.city.example/hook", [STEP], words()).state == "delivered"
    assert proxy.requests[0].startswith(b"POST http://gateway.city.example/hook")


@pytest.mark.parametrize("status", [403, 407, 503])
def test_a_proxy_that_opens_no_way_is_no_connection(
    peer: Start, monkeypatch: pytest.MonkeyPatch, status: int
) -> None:
    proxy = peer(answering(status))
    monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy.port}")
    monkeypatch.setenv("NO_PROXY", "")
    outcome = Courier(8).send("jsons://gateway.city.example/hook", [STEP], words())
    assert (outcome.state, outcome.reason) == ("unreachable", "no-connection")
    assert proxy.requests[0].startswith(b"CONNECT gateway.city.example")
    with pytest.raises(NotRead, match="unreachable"):
        fetch("https://calendar.city.example/feed")


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if shutil.which("openssl") is None:
        pytest.skip("needs openssl to make a certificate")
    folder = tmp_path_factory.mktemp("tls")
    made = folder / "both.pem"
    subprocess.run(
        [
            *(
                "openssl",
                "req",
                "-x509",
                "-newkey",
                "rsa:2048",
                "-nodes",
                "-days",
                "2",
                "-subj",
                "/CN=localhost",
            ),
            *("-addext", "subjectAltName=DNS:localhost"),
            *("-keyout", str(folder / "key.pem"), "-out", str(folder / "cert.pem")),
        ],
        check=True,
        capture_output=True,
    )
    made.write_text((folder / "key.pem").read_text() + (folder / "cert.pem").read_text())
    return made


def test_a_certificate_counts(peer: Start, certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server = peer(answering(), context=context)
    where = f"jsons://localhost:{server.port}/hook"
    unknown = Courier(8).send(where, [STEP], words())
    assert (unknown.state, unknown.reason) == ("unreachable", "certificate")
    assert server.requests == []
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
    assert Courier(8).send(where, [STEP], words()).state == "delivered"


def test_a_host_whose_certificate_is_not_to_be_checked_is_not_named_on_the_terminal(
    peer: Start, certificate: Path
) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server = peer(answering(), context=context)
    code = (
        "from plugin.notify.send import Courier; from tests.notify.samples import STEP, words;"
        f"print(Courier(8).send('jsons://localhost:{server.port}/hook?verify=no', [STEP], words()).state)"
    )
    said = subprocess.run(
        [sys.executable, "-W", "default", "-c", code], capture_output=True, text=True, check=True
    )
    assert said.stdout.strip() == "delivered"
    assert "localhost" not in said.stderr


def test_encryption_that_is_not_there(peer: Start) -> None:
    outcome = sent(peer(answering(), reads_first=False).port, scheme="jsons", total=4)
    assert (outcome.state, outcome.reason) == ("unreachable", "encryption")
