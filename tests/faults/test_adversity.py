"""Store, helpdesk and clock at their worst: after each, every ticket stands where it belongs, once."""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
import requests

from tests.faults.fleet import FULL, Fleet, until
from tests.postgres import Cluster

pytestmark = pytest.mark.faults

FAKETIME = Path("/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1")


@pytest.mark.parametrize("how", ["INT", "QUIT"] if FULL else ["QUIT"])
def test_postgresql_restarted_under_load(two_nodes: Fleet, durable: Cluster, how: str) -> None:
    two_nodes.start()
    with two_nodes.load():
        time.sleep(1.0)
        durable.stop(how)
        time.sleep(2.0)
        durable.start()
        time.sleep(2.0)
    two_nodes.settled()


def test_connections_cut_under_load(two_nodes: Fleet) -> None:
    two_nodes.start()
    dsn = two_nodes.url.replace("+psycopg", "")
    cut = "select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'paidan %'"
    with two_nodes.load(0.05):
        for _ in range(8):
            time.sleep(0.4)
            with psycopg.connect(dsn, autocommit=True) as connection:
                connection.execute(cut)
    two_nodes.settled()


BAD: dict[str, list[dict[str, Any]]] = {
    "gone": [{"kind": "refuse", "seconds": 4}],
    "flapping": [{"kind": "refuse", "seconds": 8, "share": 2}],
    "slow": [{"kind": "slow", "delay": 30, "times": 6}],
    "slow writes": [{"kind": "slow", "method": "PUT", "delay": 30, "times": 3}],
    "too many": [{"kind": "status", "status": 429, "headers": {"Retry-After": "2"}, "seconds": 5}],
    "failing": [{"kind": "status", "status": 503, "seconds": 4}],
    "failing after it served": [{"kind": "status_after", "status": 502, "method": "PUT", "times": 5}],
    "cut before": [{"kind": "cut_before", "method": "PUT", "times": 5}],
    "cut after it served": [{"kind": "cut_after", "method": "PUT", "times": 5}],
    "half answers": [{"kind": "half", "times": 10, "share": 2}],
    "half answers to writes": [{"kind": "half", "method": "PUT", "times": 5}],
    "pages instead of data": [{"kind": "html", "times": 8, "share": 2}],
    "an error with status 200": [{"kind": "error_200", "times": 8, "share": 2}],
    "stale reads": [{"kind": "stale", "method": "GET", "seconds": 4}],
}


@pytest.mark.parametrize("what", BAD if FULL else ["cut after it served", "an error with status 200"])
def test_a_helpdesk_at_its_worst(fleet: Fleet, what: str) -> None:
    fleet.start()
    with fleet.load():
        time.sleep(0.5)
        fleet.helpdesk.control(faults=BAD[what])
        time.sleep(3.0)
    fleet.settled(120.0)
    assert all(fleet.helpdesk.control()["met"]), "the fault was never met"


@pytest.mark.parametrize("says", ["seconds", "date"] if FULL else ["date"])
def test_a_helpdesk_that_limits_its_callers_is_not_called_while_it_says_so(fleet: Fleet, says: str) -> None:
    fleet.start()
    fleet.helpdesk.control(limit={"per_second": 6, "reserve": 12, "says": says})
    with fleet.load(0.05):
        time.sleep(3.0)
    fleet.settled(120.0)
    assert any(entry["kind"] == "refused" for entry in fleet.helpdesk.log()), "the limit was never met"


def test_webhooks_lost_doubled_and_overtaking(fleet: Fleet) -> None:
    fleet.start(doubled=0.5, delay=1.0)
    with fleet.load():
        time.sleep(3.0)
    fleet.settled()


def test_a_message_and_an_agents_change_during_the_call(fleet: Fleet) -> None:
    fleet.start()
    fleet.helpdesk.control(latency=0.6)
    tickets = [fleet.open() for _ in range(4)]
    time.sleep(0.9)  # read, the write is on its way
    for ticket in tickets[:2]:
        fleet.say(ticket)
    fleet.helpdesk.set(tickets[2], group="somebody's own group")
    fleet.helpdesk.set(tickets[3], priority="urgent")
    fleet.helpdesk.control(latency=0.02)
    fleet.settled()
    assert fleet.helpdesk.ticket(tickets[2])["group"] == "somebody's own group"


def test_a_change_by_an_agent_between_our_write_and_the_recovery_stands(fleet: Fleet) -> None:
    fleet.start()
    node = fleet.nodes[0]
    node.kill()
    node.start("before:finish:KILL:1")
    node.ready()
    fleet.helpdesk.control(hooks={"urls": [node.hook]})
    for other in fleet.nodes[1:]:
        other.kill()
    ticket = fleet.open()
    until(lambda: not node.running, fleet.told, 20)
    fleet.helpdesk.set(ticket, group="somebody's own group")
    for each in fleet.nodes:
        each.start()
    for each in fleet.nodes:
        each.ready()
    fleet.settled()
    assert fleet.helpdesk.ticket(ticket)["group"] == "somebody's own group"


# --- one machine's own troubles ---------------------------------------------------------------------------


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 6 MB; only root may mount one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = ["mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mounted, check=False).returncode != 0:
        pytest.skip("mounting a small file system needs root")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_full_disk_refuses_with_a_time_and_loses_nothing(tmp_path: Path, small_disk: Path) -> None:
    fleet = Fleet(tmp_path, f"sqlite:///{small_disk}/paidan.db", 1, 0.02)
    try:
        fleet.start()
        fleet.open()
        until(lambda: not fleet.missing(), fleet.told, 20)
        filler = small_disk / "filler"
        with pytest.raises(OSError, match="No space"):
            fill(filler)
        refused = until_refused(fleet.nodes[0].hook)
        assert refused.headers["Retry-After"].isdigit()
        fleet.helpdesk.control(hooks={"urls": [fleet.nodes[0].hook]})
        for _ in range(3):
            fleet.open()
        time.sleep(1.0)
        filler.unlink()
        fleet.settled()
    finally:
        fleet.end()


def fill(filler: Path) -> None:
    with filler.open("wb", buffering=0) as full:
        while True:
            full.write(b"x" * 65536)


def until_refused(hook: str) -> requests.Response:
    for number in range(400):
        body = json.dumps({"ticket": 1, "delivery": f"fill{number}", "event": "noise", "pad": "x" * 20_000})
        answer = requests.post(hook, data=body, timeout=20)
        if answer.status_code != 200:
            assert answer.status_code == 503
            return answer
    raise AssertionError("never full")


@pytest.mark.parametrize("step", [-7200, 7200] if FULL else [7200])
def test_a_clock_that_is_set_holds_everything_until_it_is_right_again(tmp_path: Path, step: int) -> None:
    if not FAKETIME.exists():
        assert not os.environ.get("CI"), "the package faketime is missing"
        pytest.skip("the package faketime is not installed")
    offset = tmp_path / "offset"
    set_clock(offset, 0)
    fleet = Fleet(tmp_path, f"sqlite:///{tmp_path}/paidan.db", 1, 0.02)
    fleet.nodes[0].more = {
        "LD_PRELOAD": str(FAKETIME),
        "FAKETIME_TIMESTAMP_FILE": str(offset),
        "FAKETIME_NO_CACHE": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }
    try:
        fleet.start()
        fleet.open()
        until(lambda: not fleet.missing(), fleet.told, 20)
        set_clock(offset, step)
        tickets = [fleet.open() for _ in range(3)]
        time.sleep(3.0)
        assert not any(
            entry["kind"] == "change" and entry["ticket"] in tickets for entry in fleet.helpdesk.log()
        )
        set_clock(offset, 0)
        fleet.settled(90.0)
    finally:
        fleet.end()


def set_clock(offset: Path, seconds: int) -> None:
    """What the process takes for now, off by so much; written in one go."""
    made = offset.with_suffix(".new")
    made.write_text(f"{seconds:+d}")
    made.replace(offset)
