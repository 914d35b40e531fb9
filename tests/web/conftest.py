"""The whole of Paidan on the stand-in helpdesk, with the shipped plan and rules."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from plugin.app.paidan import Paidan
from plugin.settings import Settings
from tests.casebook.conftest import TOKEN
from tests.casebook.standin import StandIn
from tests.postgres import Cluster

ROOT = Path(__file__).parents[2]
ENVIRON = {"HALL_TOKEN": "t", "HALL_PATH": TOKEN}
DESK = """\
version: 1
connector: standin
url: {url}
secrets: {{token: env:HALL_TOKEN, url_token: env:HALL_PATH}}
plan: petition-four-level
rules: petition
mode: act
language: en
groups:
  normal_desk: intake
  onsite: field team
  info: information
  logistics: logistics
  publicity: publicity
  case_team: case team
  confidential_channel: sealed
  hq: headquarters
write:
  level: true
  tags: true
  priority: {{一般: normal, 较大: high, 重大: urgent, 特别重大: urgent}}
"""


class Installed:
    """A folder with everything an operator has: documents, connectors, a desk file."""

    def __init__(self, folder: Path, url: str) -> None:
        self.folder = folder
        self.mappings, self.connectors = folder / "mappings", folder / "connectors"
        shutil.copytree(ROOT / "mappings", self.mappings)
        shutil.copytree(ROOT / "connectors", self.connectors)
        shutil.copy(ROOT / "tests/casebook/standin.yaml", self.connectors)
        self.desk = self.mappings / "desks" / "hall.yaml"
        self.desk.write_text(DESK.format(url=url), "utf-8")

    @property
    def settings(self) -> Settings:
        return Settings.model_validate(
            {
                "mappings": self.mappings,
                "connectors": self.connectors,
                "database_url": f"sqlite:///{self.folder}/paidan.db",
            }
        )

    def environ(self, port: int) -> dict[str, str]:
        return {
            **ENVIRON,
            "PAIDAN_MAPPINGS": str(self.mappings),
            "PAIDAN_CONNECTORS": str(self.connectors),
            "PAIDAN_DATABASE_URL": f"sqlite:///{self.folder}/paidan.db",
            "PAIDAN_PORT": str(port),
            "PAIDAN_ACCEPT_RISKS": "fsync",  # of the tests' own PostgreSQL
        }


@pytest.fixture
def helpdesk() -> Iterator[StandIn]:
    with StandIn().running() as standin:
        yield standin


@pytest.fixture
def installed(tmp_path: Path, helpdesk: StandIn) -> Installed:
    return Installed(tmp_path, helpdesk.url)


@pytest.fixture
def paidan(installed: Installed) -> Iterator[Paidan]:
    running = Paidan(installed.settings, ENVIRON)
    running.start()
    yield running
    running.stop()


@pytest.fixture
def url(role: str, installed: Installed, request: pytest.FixtureRequest) -> Iterator[str]:
    if role == "serve":
        yield f"sqlite:///{installed.folder}/paidan.db"
        return
    cluster: Cluster = request.getfixturevalue("postgres")
    made = cluster.fresh()
    yield made
    cluster.drop(made)
