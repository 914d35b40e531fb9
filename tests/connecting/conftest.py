"""An operator's folder, a helpdesk beside it, and the command line run as its own process."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result

from plugin.cli import main
from plugin.servers import Server, free_port
from tests.connecting.hall import KEY, Hall

ROOT = Path(__file__).parents[2]
PLAN = ("--plan", "petition-four-level", "--calendar", "cn-government")


@dataclass
class Operator:
    """A folder with documents and no desk, and the variables of a shell in it."""

    folder: Path
    url: str

    def __post_init__(self) -> None:
        shutil.copytree(ROOT / "mappings", self.mappings)
        shutil.copytree(ROOT / "connectors", self.folder / "connectors")
        shutil.copy(Path(__file__).parent / "hall.yaml", self.folder / "connectors")

    @property
    def mappings(self) -> Path:
        return self.folder / "mappings"

    @property
    def environ(self) -> dict[str, str]:
        return {
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "PAIDAN_MAPPINGS": str(self.mappings),
            "PAIDAN_CONNECTORS": str(self.folder / "connectors"),
            "PAIDAN_DATABASE_URL": f"sqlite:///{self.folder}/paidan.db",
            "PAIDAN_PORT": str(self.port),
            "HALL_KEY": KEY,
            "COLUMNS": "100",
        }

    @property
    def port(self) -> int:
        if not hasattr(self, "_port"):
            self._port = free_port()
        return self._port

    def command(self, *given: str) -> list[str]:
        return [sys.executable, "-m", "plugin", *given]

    def run(self, *given: str, **more: str) -> Result:
        """A command without a terminal."""
        with contextlib.chdir(self.folder):
            return CliRunner().invoke(main, list(given), env={**self.environ, **more})

    def connect(self, *given: str, **more: str) -> Result:
        """``paidan connect`` with everything it needs."""
        needed = (self.url, "--token", "env:HALL_KEY", "--desk", "hall", *PLAN)
        return self.run("connect", *needed, *given, **more)

    @contextlib.contextmanager
    def serving(self, **more: str) -> Iterator[Server]:
        """``paidan serve`` on this folder, as somebody left it running."""
        server = Server(
            name="paidan",
            command=self.command("serve"),
            url=f"http://127.0.0.1:{self.port}/healthz",
            log=self.folder / "serve.log",
            env={**self.environ, **more},
            cwd=self.folder,
        )
        server.start()
        try:
            yield server
        finally:
            server.stop()

    @property
    def desk(self) -> Path:
        return self.mappings / "desks" / "hall.yaml"

    def record(self) -> list[dict[str, Any]]:
        """What is on record as made."""
        file = self.mappings / "desks" / "hall.made.json"
        found: list[dict[str, Any]] = json.loads(file.read_text("utf-8"))["made"] if file.exists() else []
        return found

    def as_of_old(self) -> None:
        """The record as an older version wrote it."""
        file = self.mappings / "desks" / "hall.made.json"
        old = [{key: each[key] for key in ("what", "title", "id")} for each in self.record()]
        file.write_text(json.dumps({"version": 1, "desk": "hall", "made": old}), "utf-8")

    def written(self) -> dict[str, object]:
        found: dict[str, object] = yaml.safe_load(self.desk.read_text("utf-8"))
        return found

    def files(self) -> set[str]:
        """What there is beside what was there before."""
        known = {"mappings", "connectors"}
        own = {str(p.relative_to(self.folder)) for p in self.folder.rglob("*") if p.is_file()}
        shipped = {
            f"{k}/{p.relative_to(ROOT / k)}" for k in known for p in (ROOT / k).rglob("*") if p.is_file()
        }
        return own - shipped - {"connectors/hall.yaml"}


@pytest.fixture
def hall() -> Hall:
    return Hall()


@pytest.fixture
def operator(hall: Hall, tmp_path: Path) -> Iterator[Operator]:
    with hall.running() as url:
        yield Operator(tmp_path, url)
