"""Feeds of rosters: fetched within bounds; the last good copy serves, with its age, and holds no words."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import requests
import responses

from plugin.core.label import Label
from plugin.core.roster import Feed, Person, Roster, Watch
from plugin.core.shifts import Shift
from plugin.notify import feeds as module
from plugin.notify.feed_texts import FAILURES
from plugin.notify.feeds import REFRESH, RETRY, Feeds, NotRead, fetch

SAMPLES = Path(__file__).with_name("samples")
ADDRESS = "https://calendar.example.org/private-0badc0ffee/duty.ics"
MIXED = (SAMPLES / "mixed.ics").read_bytes()
NOW = datetime.fromisoformat("2026-10-25T09:00+00:00").timestamp()
WORDS = {"Anna": "a", "Bo": "b"}


def roster(words: dict[str, str] = WORDS, path: str | None = None, people: str = "abw") -> Roster:
    feed = Feed("team", ("duty",), words, None if path else "env:TEAM", path)
    kept = Watch((Shift(who=("w",)),))
    seats = {name: Person(name, Label(name, name), f"env:{name.upper()}") for name in people}
    return Roster("hall", Label("hall", "hall"), "Europe/Berlin", seats, {"duty": kept}, feeds={"team": feed})


def feeds(folder: Path, address: str = ADDRESS, copies: bool = True) -> Feeds:
    secrets = {"env:TEAM": address}
    return Feeds(lambda name: secrets.get(name, ""), SAMPLES, folder / "copies" if copies else None)


def on_duty(made: Roster, at: float = NOW) -> list[str]:
    return [each.person for each in made.on_duty("duty", int(at))]


@pytest.fixture
def wire() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


def test_what_a_feed_says_is_on_duty(wire: responses.RequestsMock, tmp_path: Path) -> None:
    wire.get(ADDRESS, body=MIXED)
    reading = feeds(tmp_path)
    state = reading.states(roster(), NOW)["team"]
    assert state.failure == ""
    assert "Joanna and Zed" in state.unknown
    assert "Anna in a zone nobody knows" in state.left_out
    assert on_duty(reading.known(roster())) == ["a"]
    assert on_duty(reading.known(roster()), NOW + 12 * 3600) == ["w"]


def test_a_file_beside_the_roster_is_read_like_a_feed(tmp_path: Path) -> None:
    reading = feeds(tmp_path)
    assert reading.states(roster(path="mixed.ics"), NOW)["team"].failure == ""
    assert on_duty(reading.known(roster(path="mixed.ics"))) == ["a"]
    assert reading.states(roster(path="nowhere.ics"), NOW)["team"].failure == "no-file"
    assert reading.states(roster(path="."), NOW)["team"].failure == "no-file"


def test_a_feed_is_not_asked_again_before_it_is_time(wire: responses.RequestsMock, tmp_path: Path) -> None:
    wire.get(ADDRESS, body=MIXED)
    reading = feeds(tmp_path)
    for later in (0, 1, REFRESH - 1):
        reading.states(roster(), NOW + later)
    assert len(wire.calls) == 1
    reading.states(roster(), NOW + REFRESH)
    assert len(wire.calls) == 2


def test_the_last_good_copy_serves_while_a_feed_is_gone(wire: responses.RequestsMock, tmp_path: Path) -> None:
    wire.get(ADDRESS, body=MIXED)
    reading = feeds(tmp_path)
    reading.states(roster(), NOW)
    wire.replace("GET", ADDRESS, status=503)
    later = reading.states(roster(), NOW + REFRESH)["team"]
    assert (later.failure, later.detail) == ("status", "503")
    assert later.copy is not None
    assert later.copy.read_at == int(NOW)
    assert on_duty(reading.known(roster())) == ["a"]
    reading.states(roster(), NOW + REFRESH + RETRY - 1)
    assert len(wire.calls) == 2
    wire.replace("GET", ADDRESS, body=MIXED)
    assert reading.states(roster(), NOW + REFRESH + RETRY)["team"].failure == ""


def test_the_copy_outlives_the_process(wire: responses.RequestsMock, tmp_path: Path) -> None:
    wire.get(ADDRESS, body=MIXED)
    feeds(tmp_path).states(roster(), NOW)
    wire.replace("GET", ADDRESS, body=requests.ConnectionError("no route"))
    again = feeds(tmp_path)
    assert on_duty(again.known(roster())) == ["a"]
    state = again.states(roster(), NOW + 86_400)["team"]
    assert (state.failure, state.copy.read_at if state.copy else None) == ("unreachable", int(NOW))
    assert feeds(tmp_path, copies=False).states(roster(), NOW)["team"].copy is None


def test_a_copy_names_nobody_who_left_the_roster(wire: responses.RequestsMock, tmp_path: Path) -> None:
    wire.get(ADDRESS, body=MIXED)
    feeds(tmp_path).states(roster(), NOW)
    wire.replace("GET", ADDRESS, status=404)
    left = roster({"Bo": "b"}, people="bw")
    copy = feeds(tmp_path).states(left, NOW)["team"].copy
    assert copy is not None
    assert {person for duty in copy.duties for person in duty.people} == {"b"}


def test_other_words_are_read_at_once(wire: responses.RequestsMock, tmp_path: Path) -> None:
    wire.get(ADDRESS, body=MIXED)
    reading = feeds(tmp_path)
    reading.states(roster(), NOW)
    reading.states(roster({"Anna": "b"}), NOW + 1)
    assert on_duty(reading.known(roster({"Anna": "b"}))) == ["b"]


def test_no_word_of_a_feed_rests_on_disk(wire: responses.RequestsMock, tmp_path: Path) -> None:
    wire.get(ADDRESS, body=MIXED)
    feeds(tmp_path).states(roster(), NOW)
    kept = [path.read_text("utf-8") for path in tmp_path.rglob("*") if path.is_file()]
    assert len(kept) == 1
    for word in ("Anna", "Zed", "example.org", "0badc0ffee"):
        assert word not in kept[0]


@pytest.mark.parametrize(
    "spoilt", ["", "{", "[]", "[1, 2, 3]", "[1, 2, 3, [[1, 2, null]]]", '["a", 2, 3, []]']
)
def test_a_spoilt_copy_is_no_copy(spoilt: str, wire: responses.RequestsMock, tmp_path: Path) -> None:
    wire.get(ADDRESS, body=MIXED)
    feeds(tmp_path).states(roster(), NOW)
    (kept,) = (tmp_path / "copies").iterdir()
    kept.write_text(spoilt, "utf-8")
    wire.replace("GET", ADDRESS, status=404)
    assert feeds(tmp_path).states(roster(), NOW)["team"].copy is None


def test_a_copy_that_cannot_be_kept_does_no_harm(wire: responses.RequestsMock, tmp_path: Path) -> None:
    wire.get(ADDRESS, body=MIXED)
    (tmp_path / "copies").write_text("a file in the way", "utf-8")
    assert feeds(tmp_path).states(roster(), NOW)["team"].failure == ""


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("", "no-address"),
        ("duty calendar", "bad-address"),
        ("ftp://calendar.example.org/x", "bad-address"),
        ("file:///etc/passwd", "bad-address"),
        ("https://", "bad-address"),
        ("https://[::1", "bad-address"),
        ("http://calendar.example.org/x.ics", "not-https"),
    ],
)
def test_an_address_that_will_not_do_is_told(address: str, code: str, tmp_path: Path) -> None:
    state = feeds(tmp_path, address).states(roster(), NOW)["team"]
    assert state.failure == code


@pytest.mark.parametrize(
    ("answer", "code", "detail"),
    [
        ({"status": 301, "headers": {"Location": "https://elsewhere.example.org/"}}, "moved", "301"),
        ({"status": 404}, "status", "404"),
        ({"body": b"<html>sign in</html>"}, "not-a-calendar", ""),
        ({"body": MIXED, "headers": {"Content-Encoding": "br"}}, "not-a-calendar", ""),
        ({"body": b"x" * (module.MOST_BYTES + 1)}, "too-large", "2"),
        ({"body": requests.exceptions.SSLError("self-signed")}, "certificate", ""),
        ({"body": requests.ReadTimeout("slow")}, "too-slow", ""),
        ({"body": requests.ConnectionError("no route")}, "unreachable", ""),
    ],
)
def test_an_answer_that_will_not_do_is_told(
    answer: dict[str, object], code: str, detail: str, wire: responses.RequestsMock, tmp_path: Path
) -> None:
    wire.get(ADDRESS, **answer)  # type: ignore[arg-type]
    state = feeds(tmp_path).states(roster(), NOW)["team"]
    assert (state.failure, state.detail, state.copy) == (code, detail, None)
    assert len(wire.calls) == 1


def test_webcal_is_https(wire: responses.RequestsMock) -> None:
    wire.get(ADDRESS, body=MIXED)
    assert fetch(ADDRESS.replace("https:", "webcal:")) == MIXED


def test_every_failure_has_words_in_both_languages() -> None:
    for text in FAILURES.values():
        assert all("→" in text.say(language) for language in ("zh", "en"))


class Slow(BaseHTTPRequestHandler):
    """A server that never gets to the end; the first part of its path says of what."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        part = self.path.strip("/")
        try:
            if part == "head":
                self._drip(b"HTTP/1.1 200 OK\r\nX-Slow: ")
            self.send_response(200)
            if part != "endless":
                self.send_header("Content-Length", "1000000")
            self.end_headers()
            self._drip(b"")
        except OSError:
            return

    def _drip(self, first: bytes) -> None:
        self.wfile.write(first)
        for _ in range(600):
            self.wfile.write(b"x")
            self.wfile.flush()
            time.sleep(0.05)

    def log_message(self, *arguments: object) -> None: ...


@contextmanager
def serving() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Slow)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize("what", ["head", "body", "endless"])
def test_a_server_that_drips_is_left_in_time(what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "TOTAL_SECONDS", 0.5)
    with serving() as base:
        begun = time.monotonic()
        with pytest.raises(NotRead) as told:
            fetch(f"{base}/{what}")
    assert told.value.code == "too-slow"
    assert time.monotonic() - begun < 3


def test_an_address_is_in_no_error_and_no_log(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    monkeypatch.setattr(module, "TOTAL_SECONDS", 0.5)
    with caplog.at_level(logging.DEBUG), serving() as base:
        secret = f"{base}/private-0badc0ffee"
        with pytest.raises(NotRead) as told:
            fetch(secret)
        state = feeds(tmp_path, secret).states(roster(), NOW)["team"]
    error = told.value
    assert error.__suppress_context__
    assert caplog.records
    assert "0badc0ffee" not in f"{error!r} {caplog.text} {state}"


def test_no_password_of_the_machine_goes_to_a_feed(
    wire: responses.RequestsMock, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "netrc").write_text("machine calendar.example.org login somebody password s3cret\n", "utf-8")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    wire.get(ADDRESS, body=MIXED)
    fetch(ADDRESS)
    assert "Authorization" not in wire.calls[0].request.headers
