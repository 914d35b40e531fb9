"""The nginx example before a real Paidan: what is public, what is not, and a restart that nobody notices."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from http.client import HTTPSConnection
from pathlib import Path

import pytest

from plugin.servers import free_port
from tests.casebook.conftest import TOKEN
from tests.casebook.standin import StandIn
from tests.deploy.test_files import DEPLOY, ran, tool
from tests.web.conftest import Installed, helpdesk, installed
from tests.web.processes import Processes, Senders, assert_all_taken_once, processes, until

__all__ = ["helpdesk", "installed"]

MAIN = """
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/main.log;
worker_processes 1;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    {user}
    include {folder}/paidan.conf;
}}
"""


class Nginx:
    """nginx with the example, its paths in a folder; the monitoring's addresses are ours or not."""

    def __init__(self, folder: Path, upstream: str) -> None:
        self.port = free_port()
        self.folder = folder
        text = (DEPLOY / "nginx/paidan.conf").read_text("utf-8")
        text = text.replace("/run/paidan.sock", upstream).replace("/var/log/nginx", str(folder))
        text = text.replace("/etc/ssl/paidan", str(folder))
        text = re.sub(r"listen 443 ssl", f"listen 127.0.0.1:{self.port} ssl", text)
        text = re.sub(r"listen \[::\]:443.*", "", text)
        self.config = folder / "paidan.conf"
        self.config.write_text(text, "utf-8")
        (folder / "nginx.conf").write_text(MAIN.format(folder=folder, user=""), "utf-8")
        certificate = ["-newkey", "rsa:2048", "-nodes", "-x509", "-days", "2", "-subj", "/CN=paidan"]
        files = ["-keyout", str(folder / "privkey.pem"), "-out", str(folder / "fullchain.pem")]
        subprocess.run([tool("openssl"), "req", *certificate, *files], check=True, capture_output=True)
        self.command = [tool("nginx"), "-p", str(folder), "-c", str(folder / "nginx.conf")]

    def start(self) -> None:
        as_root = ["-g", "user root;"] if os.geteuid() == 0 else []  # the socket is the tests' own
        self.process = subprocess.Popen([*self.command, *as_root], stderr=subprocess.DEVNULL)
        until(lambda: self._answers(), lambda: (self.folder / "main.log").read_text("utf-8"))

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(10)

    def line(self) -> HTTPSConnection:
        """A connection from outside."""
        unchecked = ssl._create_unverified_context()
        return HTTPSConnection("127.0.0.1", self.port, timeout=30, context=unchecked)

    def ask(self, method: str, path: str, body: bytes | None = None) -> tuple[int, dict[str, str]]:
        line = self.line()
        line.request(method, path, body)
        answer = line.getresponse()
        answer.read()
        line.close()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}

    def _answers(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0


class Outside(Senders):
    """Senders on the other side of nginx."""

    def __init__(self, nginx: Nginx, helpdesk: StandIn) -> None:
        super().__init__(nginx.port, helpdesk, keep_alive=True)
        self.nginx = nginx

    def line(self) -> HTTPSConnection:  # type: ignore[override]
        return OutsideLine(self.nginx)


class OutsideLine(HTTPSConnection):
    def __init__(self, nginx: Nginx) -> None:
        super().__init__("127.0.0.1", nginx.port, timeout=30, context=ssl._create_unverified_context())

    def post(self, ticket: int, key: str) -> int:
        body = json.dumps({"ticket": ticket, "delivery": key, "event": "updated"})
        self.request("POST", f"/hooks/hall/{TOKEN}", body)
        answer = self.getresponse()
        answer.read()
        return answer.status


@pytest.fixture
def held(tmp_path: Path) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(tmp_path / "paidan.sock"))
        listening.listen(512)
        yield listening


@pytest.fixture
def run(installed: Installed) -> Iterator[Processes]:
    with processes(installed, f"sqlite:///{installed.folder}/paidan.db") as made:
        yield made


@pytest.fixture
def nginx(tmp_path: Path, held: socket.socket) -> Iterator[Nginx]:
    folder = tmp_path / "nginx"
    folder.mkdir()
    made = Nginx(folder, held.getsockname())
    ran(*made.command, "-t")
    made.start()
    yield made
    made.stop()


def test_only_hooks_are_public_and_no_token_is_written_down(
    nginx: Nginx, run: Processes, held: socket.socket
) -> None:
    process = run.start("serve", held)
    run.ready("serve")
    body = json.dumps({"ticket": 1, "delivery": "d1", "event": "updated"}).encode()
    status, headers = nginx.ask("POST", f"/hooks/hall/{TOKEN}", body)
    assert status == 200
    assert headers["server"] == "nginx"
    assert nginx.ask("GET", "/healthz")[0] == 200, "the monitoring is on this machine"
    assert {nginx.ask("GET", path)[0] for path in ("/", "/hooks", "/x", "/healthz/", "/admin")} == {404}
    assert nginx.ask("POST", f"/hooks/hall/{TOKEN}", b"x" * (2 * 1024 * 1024 + 1))[0] == 413
    nginx.stop()
    inside = nginx.config.read_text("utf-8").replace("allow 127.0.0.1;", "")
    nginx.config.write_text(inside, "utf-8")
    nginx.start()
    assert {nginx.ask("GET", path)[0] for path in ("/healthz", "/readyz", "/metrics")} == {403}
    process.terminate()
    process.wait(30)
    path = Path(held.getsockname())
    held.close()
    assert nginx.ask("POST", f"/hooks/hall/{TOKEN}", body)[0] == 502
    path.unlink()
    assert nginx.ask("POST", f"/hooks/hall/{TOKEN}", body)[0] == 502
    written = "".join(path.read_text("utf-8", "replace") for path in nginx.folder.glob("*.log"))
    assert " 502 " in written
    assert TOKEN not in written


def test_nobody_outside_notices_a_restart(
    nginx: Nginx, run: Processes, held: socket.socket, helpdesk: StandIn
) -> None:
    process = run.start("serve", held)
    run.ready("serve")
    with Outside(nginx, helpdesk) as senders:
        for count in (2, 3):
            time.sleep(0.4)
            process.send_signal(signal.SIGTERM)
            assert process.wait(30) == 0
            process = run.start("serve", held)
            run.ready("serve", count)
        time.sleep(0.3)
    assert_all_taken_once(senders, helpdesk, run.env["PAIDAN_DATABASE_URL"])
