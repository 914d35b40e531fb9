"""A PostgreSQL of the tests' own: Debian's server on a cluster in a temporary folder, ended by its own id."""

from __future__ import annotations

import contextlib
import itertools
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from plugin.servers import free_port

ACCOUNT = "postgres"
"""The server refuses to run as root: where the tests do, it runs under Debian's own account."""


def programs() -> Path | None:
    """The folder of the newest installed server's programs."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[4]))
    return found[-1].parent if found else None


class Cluster:
    """One server; ``url`` gives an address for each database."""

    def __init__(self, *, durable: bool = True, settings: dict[str, str] | None = None) -> None:
        """``durable`` is PostgreSQL's own default: every commit is on the disk before it is answered."""
        found = programs()
        assert found is not None, "PostgreSQL is not installed (apt-get install postgresql)"
        self._bin = found
        self.port = free_port()
        self.home = Path(tempfile.mkdtemp(prefix="paidan-postgres-"))
        self._numbers = itertools.count(1)
        self._server: subprocess.Popen[bytes] | None = None
        given = {"fsync": "on"} if durable else {"fsync": "off", "full_page_writes": "off"}
        self._settings = {**given, "shared_buffers": "64MB", "max_connections": "300", **(settings or {})}
        self._as: dict[str, Any] = {}
        if os.geteuid() == 0:
            shutil.chown(self.home, ACCOUNT, ACCOUNT)
            self._as = {"user": ACCOUNT, "group": ACCOUNT, "extra_groups": []}
        made = [found / "initdb", "-D", self.home / "data", "-U", "paidan", "-A", "trust", "-E", "UTF8"]
        subprocess.run(
            [*made, "--locale=C", "--no-sync"], check=True, capture_output=True, cwd=self.home, **self._as
        )

    @property
    def pid(self) -> int:
        """The server's process."""
        assert self._server is not None
        return self._server.pid

    @property
    def running(self) -> bool:
        return self._server is not None and self._server.poll() is None

    def start(self) -> None:
        """Start and wait until it takes connections."""
        options = {"listen_addresses": "127.0.0.1", "port": str(self.port), **self._settings}
        options["unix_socket_directories"] = str(self.home)
        command = [str(self._bin / "postgres"), "-D", str(self.home / "data")]
        for name, value in options.items():
            command += ["-c", f"{name}={value}"]
        with (self.home / "server.log").open("ab") as log:
            self._server = subprocess.Popen(
                command, stdout=log, stderr=log, cwd=self.home, start_new_session=True, **self._as
            )
        deadline = time.monotonic() + 30
        while not self._answers():
            assert self.running, (self.home / "server.log").read_text()[-2000:]
            assert time.monotonic() < deadline, "PostgreSQL did not come up"
            time.sleep(0.02)

    def stop(self, how: str = "INT") -> None:
        """``INT``: cut every connection and end in order; ``QUIT``: as a crash would."""
        if self._server is not None:
            self._server.send_signal(signal.Signals[f"SIG{how}"])
            self._server.wait(30)

    def fresh(self) -> str:
        """The address of a new, empty database."""
        name = f"book{next(self._numbers)}"
        with psycopg.connect(self._dsn("postgres"), autocommit=True) as connection:
            connection.execute(f"create database {name}")  # type: ignore[arg-type]
        return self.url(name)

    def url(self, name: str) -> str:
        """What ``PAIDAN_DATABASE_URL`` holds for a database."""
        return f"postgresql+psycopg://paidan@127.0.0.1:{self.port}/{name}"

    def drop(self, url: str) -> None:
        """Remove a database, whoever is connected to it."""
        name = url.rpartition("/")[2]
        with psycopg.connect(self._dsn("postgres"), autocommit=True) as connection:
            connection.execute(f"drop database if exists {name} with (force)")  # type: ignore[arg-type]

    def remove(self) -> None:
        """End the server and take its folder away."""
        if self.running:
            self.stop("QUIT")
        shutil.rmtree(self.home, ignore_errors=True)

    def _dsn(self, name: str) -> str:
        return f"host=127.0.0.1 port={self.port} user=paidan dbname={name}"

    def _answers(self) -> bool:
        with contextlib.suppress(psycopg.OperationalError), psycopg.connect(self._dsn("postgres")):
            return True
        return False


@contextlib.contextmanager
def cluster(**how: Any) -> Iterator[Cluster]:
    """A running server for as long as the block lasts; skips the test where none is installed (not in CI)."""
    needed = programs() is not None and (os.geteuid() != 0 or _has_account())
    if not needed and not os.environ.get("CI"):
        pytest.skip("PostgreSQL is not installed (apt-get install postgresql)")
    made = Cluster(**how)
    try:
        made.start()
        yield made
    finally:
        made.remove()


def _has_account() -> bool:
    return any(entry.pw_name == ACCOUNT for entry in pwd.getpwall())
