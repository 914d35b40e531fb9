"""A product without the plugin it is asked through says so when it is looked for."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from plugin.desk.installation import Installation
from plugin.desk.probe import Found, identify
from plugin.desk.products import Connectors

PRODUCT = Connectors(Path(__file__).resolve().parents[2] / "connectors")["osticket"]
PAGES = {"/scp/login.php": (200, "text/html", "<title>osTicket :: Staff Control Panel</title>")}
JSON_NO = json.dumps({"error": True, "message": "Authentication required"})


@contextmanager
def answering(pages: dict[str, tuple[int, str, str]]) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, kind, text = pages.get(
                self.path.partition("?")[0], (404, "text/html", "<h1>Nothing</h1>")
            )
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def told(url: str) -> tuple[Found, ...]:
    return identify([PRODUCT], Installation(desk="d", url=url, secrets={}, settings={})).found


@pytest.mark.parametrize(
    "no", [(401, "application/json", JSON_NO), (401, "text/plain", "Valid API key required")]
)
def test_the_plugin_answers(no: tuple[int, str, str]) -> None:
    with answering({**PAGES, "/api/tickets-search.php": no}) as url:
        (found,) = told(url)
    assert found.lacks is None


def test_the_product_without_its_plugin_says_what_is_missing() -> None:
    with answering(PAGES) as url:
        (found,) = told(url)
    assert found.lacks is not None
    assert "no API plugin" in found.lacks.say("en")


@pytest.mark.parametrize("no", [(401, "application/json", '{"message": "log in"}'), (404, "text/html", "–")])
def test_another_product_is_not_taken_for_it(no: tuple[int, str, str]) -> None:
    with answering({"/api/tickets-search.php": no}) as url:
        assert told(url) == ()
