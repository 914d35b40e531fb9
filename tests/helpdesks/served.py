"""Small helpdesks of our own, served; and webhooks, posted."""

from __future__ import annotations

import threading
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from flask import Flask
from werkzeug.serving import make_server


@contextmanager
def serving(app: Flask) -> Iterator[str]:
    """Its address while it runs."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join(5)


def post(url: str, body: bytes, headers: Mapping[str, str], method: str = "POST") -> int:
    """Send a webhook; the status that came back, 0 where nothing did."""
    asking = urllib.request.Request(url, body, dict(headers), method=method)
    try:
        with urllib.request.urlopen(asking, timeout=5) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as refused:
        return refused.code
    except OSError:
        return 0
