"""The whole of Paidan in one process: a webhook in, the helpdesk changed; documents that come and go."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import requests

from plugin.app.paidan import Paidan
from plugin.casebook.database import AlreadyServing
from plugin.errors import DocumentsInvalid
from plugin.servers import free_port
from tests.casebook.conftest import TOKEN
from tests.casebook.standin import StandIn
from tests.web.conftest import ENVIRON, ROOT, Installed

WORDS = "今天上午约60名居民在区政务大厅集中反映停水问题，无人受伤。"


def hear(paidan: Paidan, ticket: int, key: str = "d1") -> int:
    body = json.dumps({"ticket": ticket, "delivery": key, "event": "created"})
    return paidan.web.test_client().post(f"/hooks/hall/{TOKEN}", data=body).status_code


def until(met: Callable[[], object], seconds: float = 10.0) -> None:
    deadline = time.monotonic() + seconds
    while not met():
        assert time.monotonic() < deadline, "not in time"
        time.sleep(0.01)


def test_a_webhook_brings_the_ticket_where_the_plan_wants_it(paidan: Paidan, helpdesk: StandIn) -> None:
    ticket = helpdesk.open("居民集中反映停水", WORDS)
    assert hear(paidan, ticket) == 200
    until(lambda: helpdesk.notes(ticket))
    stands = helpdesk.tickets[ticket]
    assert (stands["group"], stands["level"], stands["priority"]) == ("field team", "较大", "high")
    assert "rules/petition.yaml" in helpdesk.notes(ticket)[0]
    assert WORDS[:12] not in helpdesk.notes(ticket)[0]


def test_a_broken_document_never_replaces_the_set_that_runs(
    paidan: Paidan, installed: Installed, helpdesk: StandIn
) -> None:
    version = paidan.desks.told()["version"]
    whole = installed.desk.read_text("utf-8")
    installed.desk.write_text(whole.replace("mode: act", "mode: acting"), "utf-8")
    assert not paidan.desks.reload()
    told = paidan.web.test_client().get("/healthz").json
    assert told["documents"]["version"] == version
    assert told["documents"]["problems"]
    assert told["ok"] is False
    ticket = helpdesk.open("居民集中反映停水", WORDS)
    assert hear(paidan, ticket) == 200
    until(lambda: helpdesk.tickets[ticket]["group"] == "field team")
    installed.desk.write_text(whole.replace("field team", "on site"), "utf-8")
    assert paidan.desks.reload()
    assert paidan.desks.told()["version"] != version
    assert paidan.desks()["hall"].map.groups["onsite"] == "on site"


def test_a_changed_file_is_taken_up_by_itself(paidan: Paidan, installed: Installed) -> None:
    installed.desk.write_text(
        installed.desk.read_text("utf-8").replace("mode: act", "mode: observe"), "utf-8"
    )
    paidan.desks.reload_if_changed()
    assert paidan.desks()["hall"].map.mode == "observe"


def test_a_secret_without_a_value_is_told_and_nothing_starts(installed: Installed) -> None:
    with pytest.raises(DocumentsInvalid) as told:
        Paidan(installed.settings, {"HALL_TOKEN": "t"})
    assert told.value.problems[0].code == "secret-unset"


def test_one_case_book_is_served_once(paidan: Paidan, installed: Installed) -> None:
    with pytest.raises(AlreadyServing):
        Paidan(installed.settings, ENVIRON)


def test_serve_greets_works_reloads_and_stops(installed: Installed, helpdesk: StandIn) -> None:
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "plugin", "serve"],
        cwd=ROOT,
        env={**os.environ, **installed.environ(port)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    base = f"http://127.0.0.1:{port}"
    try:
        until(lambda: _answers(f"{base}/healthz"), 20)
        ticket = helpdesk.open("居民集中反映停水", WORDS)
        body = {"ticket": ticket, "delivery": "d1", "event": "created"}
        assert requests.post(f"{base}/hooks/hall/{TOKEN}", json=body, timeout=5).json() == {"ok": True}
        until(lambda: helpdesk.notes(ticket))
        process.send_signal(signal.SIGHUP)
        health = requests.get(f"{base}/healthz", timeout=5).json()
        assert health["ok"] is True, health
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=20)
    finally:
        process.kill()
    assert process.returncode == 0
    assert f"{base}/hooks/hall/" in out
    assert TOKEN not in out + err
    assert WORDS[:12] not in out + err
    events = [json.loads(line)["event"] for line in err.splitlines() if line.startswith("{")]
    assert {"delivery_accepted", "case_decided", "action_done"} <= set(events)


def _answers(url: str) -> bool:
    try:
        return requests.get(url, timeout=1).ok
    except requests.RequestException:
        return False


@pytest.fixture
def timed(installed: Installed) -> Iterator[Paidan]:
    """Paidan at a desk with a calendar, which writes the due date."""
    written = installed.desk.read_text("utf-8").replace("write:\n", "write:\n  due: true\n")
    more = "calendar: cn-government\nfields: {channel: {from: channel}}\n"
    installed.desk.write_text(written + more, "utf-8")
    running = Paidan(installed.settings, ENVIRON)
    running.start()
    yield running
    running.stop()


def lodged(paidan: Paidan, helpdesk: StandIn) -> dict[str, Any]:
    """An ordinary petition by letter, placed."""
    ticket = helpdesk.open("路灯不亮", "小区门口的路灯坏了一周，请安排修理。", channel="letter")
    assert hear(paidan, ticket) == 200
    until(lambda: helpdesk.notes(ticket))
    return helpdesk.tickets[ticket]


def test_an_ordinary_petition_has_the_limits_of_the_law(timed: Paidan, helpdesk: StandIn) -> None:
    stands = lodged(timed, helpdesk)
    assert (stands["group"], stands["level"]) == ("intake", None)
    opened, due = (datetime.fromisoformat(stands[name]) for name in ("created_at", "due"))
    assert due.astimezone(ZoneInfo("Asia/Shanghai")).strftime("%H:%M") == "00:00"
    assert timedelta(days=15) <= due - opened < timedelta(days=19)


def test_a_calendar_published_later_moves_the_dates_of_open_limits(
    timed: Paidan, installed: Installed, helpdesk: StandIn
) -> None:
    stands = lodged(timed, helpdesk)
    before = datetime.fromisoformat(stands["due"])
    last = before.astimezone(ZoneInfo("Asia/Shanghai")).date() - timedelta(days=1)
    calendar = installed.mappings / "calendars" / "cn-government.yaml"
    text = calendar.read_text("utf-8")
    covered = re.search(r"covered_through: (\S+)", text)
    assert covered is not None
    through = max(covered[1], (last + timedelta(days=2)).isoformat())
    text = text.replace(covered[0], f"covered_through: {through}")
    calendar.write_text(text.replace("holidays:\n", f"holidays:\n  {last}: a day of rest\n", 1), "utf-8")
    until(lambda: datetime.fromisoformat(stands["due"]) > before, 15)


def test_once_the_clock_is_put_right_open_cases_are_looked_at_again(timed: Paidan, helpdesk: StandIn) -> None:
    ticket = helpdesk.open("反映问题", "请问低保怎么办理？")
    assert hear(timed, ticket) == 200
    until(lambda: helpdesk.notes(ticket))
    wall = [1_000_000.0]
    timed.clock.__init__(lambda: wall[0], lambda: 0.0)  # type: ignore[misc]
    reads = helpdesk.count("GET")
    wall[0] += 3_600
    timed.follow_clock()
    timed.clock.accept()
    timed.follow_clock()
    until(lambda: helpdesk.count("GET") > reads)
