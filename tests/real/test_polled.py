"""A helpdesk that tells nothing: what people do there is found by asking, and written once."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.helpdesks import redmine, rt
from tests.helpdesks.djhelpdesk import DjangoHelpdesk
from tests.helpdesks.peer import Peer
from tests.real.conftest import need
from tests.real.line import Line
from tests.real.test_whole_line import GROWN, ORDINARY, VISIT

EVERY = 2
"""Seconds; the usual minute only takes longer."""
PATIENCE = 60.0


def polled(desk: dict[str, Any], hook_secrets: tuple[str, ...]) -> dict[str, Any]:
    """The desk file of a helpdesk nobody set a webhook up in: no secret of one, either."""
    secrets = {name: value for name, value in desk["secrets"].items() if name not in hook_secrets}
    return {**desk, "secrets": secrets, "webhook": False, "reconcile": {"every": f"{EVERY}s"}}


class SilentDjango(DjangoHelpdesk):
    """Without the two variables that name its webhooks."""

    def start(self, hook: str) -> None:
        self.server = self.site.server("", "")
        self.server.start()

    def desk(self, url: str) -> dict[str, Any]:
        return polled(super().desk(url), ("hook", "url_token"))

    def secrets(self) -> dict[str, str]:
        return {name: value for name, value in super().secrets().items() if value != self.hook_password}


class SilentTracker(rt.RequestTracker):
    """Without the variable that says where its scrip sends to."""

    def start(self, hook: str) -> None:
        super().start("")

    def desk(self, url: str) -> dict[str, Any]:
        return polled(super().desk(url), ("hook", "url_token"))

    def secrets(self) -> dict[str, str]:
        return {name: value for name, value in super().secrets().items() if value != self.hook_secret}


class SilentRedmine(redmine.Redmine):
    """As it comes: without a plugin."""

    def start(self, hook: str) -> None:
        super().start("")

    def desk(self, url: str) -> dict[str, Any]:
        desk = polled(super().desk(url), ("url_token",)) | {"connector": "redmine-poll"}
        del desk["webhook"]
        return desk

    def secrets(self) -> dict[str, str]:
        return {name: value for name, value in super().secrets().items() if value != self.hook_token}


SILENT: dict[str, Callable[[Path, Path], Peer]] = {
    "django-helpdesk": SilentDjango,
    "request-tracker": SilentTracker,
    "redmine": SilentRedmine,
}


@pytest.fixture(scope="module", params=SILENT)
def silent(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Line]:
    """A real helpdesk without a webhook, and Paidan that only asks."""
    need(request.param)
    home = tmp_path_factory.mktemp(f"silent-{request.param}")
    peer = SILENT[request.param](home / "helpdesk", request.config.cache.mkdir("helpdesks"))
    with Line(peer, home / "paidan").running() as line:
        yield line


def settled(line: Line) -> None:
    """Several looks went by, and nothing was written."""
    writes, looks = len(line.api.writes()), looked(line)
    deadline = time.monotonic() + PATIENCE
    while looked(line) < looks + 3:
        assert time.monotonic() < deadline, line.paidan.tail()
        time.sleep(0.1)
    assert len(line.api.writes()) == writes


def looked(line: Line) -> int:
    """How many whole looks there were."""
    return int(health(line)["casebook"]["looks"][0]["walks"])


def health(line: Line) -> dict[str, Any]:
    with urllib.request.urlopen(f"{line.paidan.url}/healthz", timeout=10) as answer:
        told: dict[str, Any] = json.loads(answer.read())
    return told


def test_tickets_opened_changed_and_closed_are_found_and_written_once(silent: Line) -> None:
    visit = silent.peer.open("商户来访", VISIT, "visit")
    lamp = silent.peer.open("路灯不亮", ORDINARY, "web")
    view = silent.wait(visit, lambda v: bool(v.reasons), "routed", patience=PATIENCE)
    assert (view.group, view.level, len(view.reasons)) == ("onsite", "一般", 1)
    plain = silent.wait(lamp, lambda v: bool(v.reasons), "routed", patience=PATIENCE)
    assert (plain.group, plain.priority, len(plain.reasons)) == ("normal_desk", silent.peer.usual, 1)
    settled(silent)

    silent.peer.say(visit, GROWN)
    raised = silent.wait(visit, lambda v: v.level == "较大", "raised", patience=PATIENCE)
    assert raised.priority == silent.peer.priorities["较大"]
    settled(silent)
    assert len(silent.peer.view(visit).reasons) == len(raised.reasons)

    silent.peer.resolve(lamp)
    settled(silent)
    closed = silent.peer.view(lamp)
    assert (closed.state, len(closed.reasons), closed.group) == (silent.peer.resolved, 1, "normal_desk")
    assert silent.hooks.passed == []


def test_it_is_told_that_the_helpdesk_is_asked(silent: Line) -> None:
    told = health(silent)
    assert told["documents"]["polled"] == {"desk": EVERY}
    assert told["casebook"]["missed"] == 0
    assert f"每 {EVERY} 秒" in (silent.home / "paidan.log").read_text("utf-8")


def test_its_hook_is_the_hook_of_a_desk_that_is_not_there(silent: Line) -> None:
    def answer(path: str) -> tuple[int, bytes]:
        request = urllib.request.Request(f"{silent.paidan.url}/hooks/{path}", data=b"{}", method="POST")
        with pytest.raises(urllib.error.HTTPError) as caught:
            urllib.request.urlopen(request, timeout=10)
        return caught.value.code, caught.value.read()

    assert answer("desk") == answer("desk/new") == answer("nowhere")
    assert answer("desk")[0] == 401
