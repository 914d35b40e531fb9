"""Paidan itself, served as its own process with documents of its own, as an operator would start it."""

from __future__ import annotations

import json
import shutil
import sys
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

import plugin
from plugin.servers import Server, free_port

SHIPPED = Path(plugin.__file__).parents[1]
"""Where the shipped ``mappings/`` and ``connectors/`` are."""


@dataclass
class PaidanServer:
    """``paidan serve`` with the shipped documents and one desk."""

    home: Path
    desk_name: str
    desk: Mapping[str, Any]
    secrets: Mapping[str, str]
    """Environment variables the desk file names."""
    language: str = "zh"
    port: int = field(default_factory=free_port)
    database: str = ""
    """The case book's address; empty: SQLite in ``home``."""
    connectors: Path = SHIPPED / "connectors"

    def __post_init__(self) -> None:
        self.database = self.database or f"sqlite:///{self.home / 'paidan.db'}"
        self.mappings = self.home / "mappings"
        shutil.copytree(SHIPPED / "mappings", self.mappings, ignore=shutil.ignore_patterns("desks"))
        (self.mappings / "desks").mkdir()
        desk_file = self.mappings / "desks" / f"{self.desk_name}.yaml"
        desk_file.write_text(yaml.safe_dump(dict(self.desk), allow_unicode=True, sort_keys=False), "utf-8")
        self._server = Server(
            name="paidan",
            command=[sys.executable, "-m", "plugin", "serve", "--lang", self.language],
            url=f"{self.url}/healthz",
            log=self.home / "paidan.log",
            env=self._env(),
            cwd=self.home,
        )

    @property
    def url(self) -> str:
        """Where Paidan listens."""
        return f"http://127.0.0.1:{self.port}"

    def hook(self, path: str = "") -> str:
        """The webhook address of the desk; ``path`` is what follows the desk's name."""
        return f"{self.url}/hooks/{self.desk_name}" + (f"/{path}" if path else "")

    @property
    def running(self) -> bool:
        """True while the process lives."""
        return self._server.running

    @property
    def pid(self) -> int:
        """Its process id; only once it was started."""
        return self._server.pid

    def start(self) -> None:
        """Start and wait until it is healthy; raises ``process.ServerFailed``."""
        self._server.start()

    def stop(self) -> None:
        """End it in order."""
        self._server.stop()

    def kill(self) -> None:
        """End it as a crash would."""
        self._server.kill()

    def health(self) -> dict[str, Any]:
        """What it says of its own condition."""
        with urllib.request.urlopen(f"{self.url}/healthz", timeout=10) as answer:  # noqa: S310 - our own
            found: dict[str, Any] = json.load(answer)
        return found

    def tail(self) -> str:
        """The end of its log."""
        return self._server.tail()

    @property
    def looked_at(self) -> dict[str, str]:
        """The variables a command needs to look at this Paidan's documents and case book."""
        return {
            "PAIDAN_MAPPINGS": str(self.mappings),
            "PAIDAN_CONNECTORS": str(self.connectors),
            "PAIDAN_DATABASE_URL": self.database,
        }

    def _env(self) -> dict[str, str]:
        return {
            **self.looked_at,
            "PAIDAN_PORT": str(self.port),
            "PAIDAN_LANGUAGE": self.language,
            **self.secrets,
        }
