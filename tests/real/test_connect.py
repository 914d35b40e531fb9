"""``paidan connect`` and ``disconnect`` on each real helpdesk: to a ticket that came through, and back."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result

from plugin.cli import main
from plugin.desk import describe
from plugin.servers import free_port
from tests.connecting.terminal import Terminal
from tests.helpdesks.peer import GROUPS, Peer
from tests.real.conftest import PEERS, peer_of

ROOT = Path(__file__).parents[2]
GIVEN = {"django-helpdesk": ("--set", "account=1")}


class Site:
    """A helpdesk whose webhook points at a Paidan that is not there yet."""

    def __init__(self, peer: Peer, folder: Path) -> None:
        self.peer, self.folder, self.port = peer, folder, free_port()
        shutil.copytree(ROOT / "mappings", folder / "mappings")
        self.known = peer.desk("")
        given = self.known["secrets"]
        (self.hook,) = (name for name in given if name != "token")
        self.secrets = ("--token", given["token"], "--set", f"{self.hook}={given[self.hook]}")

    def environ(self, **more: str) -> dict[str, str]:
        return {
            **os.environ,
            **self.peer.secrets(),
            "PYTHONPATH": str(ROOT),
            "PAIDAN_MAPPINGS": str(self.folder / "mappings"),
            "PAIDAN_CONNECTORS": str(ROOT / "connectors"),
            "PAIDAN_DATABASE_URL": f"sqlite:///{self.folder}/paidan.db",
            "PAIDAN_PORT": str(self.port),
            **more,
        }

    def run(self, *given: str, **more: str) -> Result:
        with contextlib.chdir(self.folder):
            return CliRunner().invoke(main, list(given), env=self.environ(**more))

    def connect(self, *given: str, **more: str) -> Result:
        chosen = ("--plan", "petition-four-level", "--calendar", "cn-government", "--desk", "town")
        mine = GIVEN.get(self.peer.product, ())
        return self.run("connect", self.peer.address, *self.secrets, *chosen, *mine, "--yes", *given, **more)

    @property
    def desk(self) -> Path:
        return self.folder / "mappings" / "desks" / "town.yaml"


@pytest.fixture(scope="module", params=PEERS)
def site(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    home = tmp_path_factory.mktemp(request.param)
    peer = peer_of(request.param, home / "helpdesk", request.config)
    made = Site(peer, home)
    peer.prepare(peer.address)
    peer.start(f"http://127.0.0.1:{made.port}/hooks/town")
    yield made
    peer.stop()


def test_it_is_recognised_connected_tried_and_taken_away_again(site: Site) -> None:
    done = site.connect()
    assert done.exit_code == 0, done.output
    written = yaml.safe_load(site.desk.read_text("utf-8"))
    assert written["connector"] == site.known["connector"]
    assert written["mode"] == "observe"
    assert written["groups"] == GROUPS
    assert written["settings"]["account"] == site.known["settings"]["account"]
    assert "The webhook came after" in done.output
    assert "ordinary matter" in done.output
    shape = describe.load(ROOT / "connectors", written["connector"]).about.test_ticket
    assert ("The test ticket is closed again" in done.output) == (
        shape is not None and shape.close is not None
    )
    assert site.run("check").exit_code == 0
    ticket = done.output.split("Test ticket ")[1].split(":")[0]
    before = site.peer.view(ticket)
    taken = site.run("disconnect", "town", "--yes", "--export", "town.jsonl")
    assert taken.exit_code == 0, taken.output
    assert site.peer.view(ticket) == before
    assert not site.desk.exists()
    lines = [json.loads(line) for line in (site.folder / "town.jsonl").read_text("utf-8").splitlines()]
    assert any(line.get("table") == "case" and line["ticket"] == ticket for line in lines)
    (site.folder / "mappings" / "desks" / "_town.yaml").unlink()


def test_at_a_terminal_it_waits_until_the_webhook_is_there(site: Site) -> None:
    """The hook was clicked (by the seed); the first ticket somebody opens shows that it works."""
    chosen = (
        "--plan",
        "petition-four-level",
        "--calendar",
        "cn-government",
        "--desk",
        "town",
        "--lang",
        "zh",
    )
    given = (site.peer.address, *site.secrets, *chosen, "--lang", "zh", *GIVEN.get(site.peer.product, ()))
    command = [sys.executable, "-m", "plugin", "connect", *given]
    talk = Terminal(command, site.folder, site.environ(COLUMNS="80"))
    try:
        while "写入" not in talk.until(r"回车：以后再填）|写入 .*town.yaml？"):
            talk.type("")
        talk.type("y")
        talk.until("等待第一次真实的回调")
        site.peer.open("大厅有人上访", "五十余人来到大厅。", "visit")
        talk.until("收到第一次真实的回调")
        talk.answer("建一张测试工单走一遍", "y")
        talk.until("测试工单已关闭|请手工关闭")
        assert talk.ended() == 0
        token = site.known["secrets"]["token"].removeprefix("env:")
        assert site.peer.secrets()[token] not in talk.screen
    finally:
        talk.close()
        site.desk.unlink(missing_ok=True)


def test_a_wrong_token_writes_nothing(site: Site) -> None:
    name = site.peer.desk("")["secrets"]["token"].removeprefix("env:")
    done = site.connect(**{name: "1-1-0000000000000000"})
    assert done.exit_code == 1
    assert "token" in done.output
    assert not site.desk.exists()
    assert not site.desk.with_name("town.made.json").exists()


def test_another_secret_in_the_helpdesk_is_told(site: Site) -> None:
    """The webhook is refused, the ticket is found by Paidan's own look; the person learns both."""
    name = site.known["secrets"][site.hook].removeprefix("env:")
    done = site.connect(**{name: "another-secret-altogether"})
    assert done.exit_code == 0, done.output
    assert "deliveries were refused" in done.output
    assert "No webhook came" in done.output
    site.desk.unlink()
