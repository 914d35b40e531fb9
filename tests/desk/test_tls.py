"""TLS to a helpdesk, against a real server with certificates made here: verified always, no way around."""

from __future__ import annotations

import os
import socket
import ssl
import threading
import warnings
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import trustme

from plugin.core.place import Place
from plugin.desk.client import Client
from plugin.desk.installation import Installation
from plugin.desk.opening import open_desk
from plugin.desk.outbound import Call
from plugin.documents.desk_keys import DESK
from plugin.documents.desks import Desk
from plugin.documents.render import as_text
from plugin.errors import DocumentsInvalid, NotSent, Unreachable
from tests.desk import test_opening as opening
from tests.desk.products import descriptor, desk

NOW = datetime.now(UTC)
Served = Callable[..., str]


class Handler(BaseHTTPRequestHandler):
    """Answers every call with an empty object."""

    def do_PUT(self) -> None:
        """Breaks the encryption once the request is read."""
        with socket.socket(fileno=os.dup(self.connection.fileno())) as bare:
            bare.sendall(b"no TLS any more" * 9)

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_: object) -> None:
        """Silent."""


class Server(ThreadingHTTPServer):
    """On a port of its own; a handshake that fails is the client's to tell."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)

    def handle_error(self, *_: object) -> None:
        """Silent."""

    def begin(self) -> None:
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def end(self) -> None:
        self.shutdown()
        self.server_close()


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def ca(authority: trustme.CA, tmp_path: Path) -> str:
    path = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(path)
    return str(path)


@pytest.fixture
def served(authority: trustme.CA) -> Iterator[Served]:
    """Starts a server with a certificate for these names; gives its address."""
    running: list[Server] = []

    def start(*names: str, version: str = "", **dates: datetime) -> str:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert(*names, **dates).configure_cert(context)
        if version:
            context.set_ciphers("ALL:@SECLEVEL=0")
            with warnings.catch_warnings(action="ignore"):  # of what is old, and meant
                context.minimum_version = context.maximum_version = ssl.TLSVersion[version]
        server = Server()
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        server.begin()
        running.append(server)
        return f"https://localhost:{server.server_port}"

    yield start
    for each in running:
        each.end()


def asked(url: str, **more: object) -> object:
    return Client(descriptor().api, desk(url=url, **more)).send(Call("GET", "/"), 5).document


def refused(url: str, **more: object) -> str:
    with pytest.raises(NotSent) as caught:
        asked(url, **more)
    assert not caught.value.outcome_unknown
    return caught.value.detail


def test_the_right_authority(served: Served, ca: str) -> None:
    url = served("localhost", "127.0.0.1")
    assert asked(url, ca=ca) == {}
    assert asked(url.replace("localhost", "127.0.0.1"), ca=ca) == {}


def test_encryption_that_breaks_after_the_request_leaves_the_outcome_open(served: Served, ca: str) -> None:
    with pytest.raises(Unreachable) as caught:
        Client(descriptor().api, desk(url=served("localhost"), ca=ca)).send(Call("PUT", "/"), 5)
    assert caught.value.outcome_unknown


def test_no_authority(served: Served) -> None:
    assert "name the file of its authority under ca" in refused(served("localhost"))


def test_another_authority(served: Served, tmp_path: Path) -> None:
    other = tmp_path / "other.pem"
    trustme.CA().cert_pem.write_to_path(other)
    assert "name the file of its authority under ca" in refused(served("localhost"), ca=str(other))


def test_another_name(served: Served, ca: str) -> None:
    assert "another host name" in refused(served("desk.example.org"), ca=ca)
    by_address = served("localhost").replace("localhost", "127.0.0.1")
    assert "not made out to this IP address" in refused(by_address, ca=ca)


def test_an_expired_certificate(served: Served, ca: str) -> None:
    dates = {"not_before": NOW - timedelta(days=9), "not_after": NOW - timedelta(days=1)}
    assert "has expired" in refused(served("localhost", **dates), ca=ca)


def test_a_certificate_of_tomorrow(served: Served, ca: str) -> None:
    dates = {"not_before": NOW + timedelta(days=1), "not_after": NOW + timedelta(days=9)}
    assert "not valid yet" in refused(served("localhost", **dates), ca=ca)


@pytest.mark.parametrize("version", ["TLSv1", "TLSv1_1"])
def test_old_tls(served: Served, ca: str, version: str) -> None:
    assert "TLS 1.2" in refused(served("localhost", version=version), ca=ca)


@pytest.mark.parametrize("version", ["TLSv1_2", "TLSv1_3"])
def test_new_tls(served: Served, ca: str, version: str) -> None:
    assert asked(served("localhost", version=version), ca=ca) == {}


def test_no_tls_at_all(ca: str) -> None:
    server = Server()
    server.begin()
    try:
        assert "TLS 1.2" in refused(f"https://localhost:{server.server_port}", ca=ca)
    finally:
        server.end()


def test_the_environment_vouches_for_nobody(served: Served, ca: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"):
        monkeypatch.setenv(name, ca)
    monkeypatch.setenv("PYTHONHTTPSVERIFY", "0")
    assert "name the file of its authority under ca" in refused(served("localhost"))


def test_there_is_no_way_to_switch_it_off() -> None:
    said = set(DESK) | set(Installation.__dataclass_fields__)
    assert not [name for name in said if "verif" in name or "insecure" in name or "tls" in name]


def test_a_file_that_holds_no_certificate_is_told_at_its_line(tmp_path: Path, ca: str) -> None:
    garbage, key, cut = tmp_path / "garbage.pem", tmp_path / "key.pem", tmp_path / "cut.pem"
    garbage.write_bytes(b"\x00\xff" * 99)
    trustme.CA().private_key_pem.write_to_path(key)
    cut.write_text(Path(ca).read_text("ascii")[:-60], "ascii")
    cases = {
        "false": "No such file",
        str(tmp_path / "none.pem"): "No such file",
        str(tmp_path): "director",
        str(garbage): "no PEM certificate",
        str(key): "no PEM certificate",
        str(cut): "no PEM certificate",
    }
    for path, why in cases.items():
        with pytest.raises(DocumentsInvalid) as caught:
            open_desk(descriptor(), a_desk(path), {"TOKEN": "t", "HOOK": "h"})
        (problem,) = caught.value.problems
        assert (problem.code, str(problem.place)) == ("bad-ca", "desks/city.yaml:9:5")
        for language in ("en", "zh"):
            told = as_text((problem,), {}, language, "mappings/")
            assert why in told
            assert "PEM" in told
    assert open_desk(descriptor(), a_desk(ca), {"TOKEN": "t", "HOOK": "h"}).desk.ca == ca


def a_desk(ca: str) -> Desk:
    given = opening.desk(token=("env:TOKEN",), hook=("env:HOOK",))
    return replace(given, ca=ca, places={**given.places, "ca": Place("desks/city.yaml", 9, 5)})
