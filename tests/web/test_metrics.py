"""What watches the watcher: /metrics, /readyz and the heartbeat tell the truth and nothing of a ticket."""

from __future__ import annotations

import math
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
import requests

from plugin.app import paidan as app
from plugin.app.paidan import Paidan
from plugin.casebook.interventions import By, pause
from plugin.servers import free_port
from tests.casebook.conftest import TOKEN, put_on_hold
from tests.casebook.standin import Fault, StandIn
from tests.postgres import Cluster
from tests.web.conftest import ENVIRON, Installed
from tests.web.processes import Processes, processes, until


def read(paidan: Paidan) -> dict[str, float]:
    """Every sample, by its name and labels."""
    answer = paidan.web.test_client().get("/metrics")
    assert answer.status_code == 200
    lines = [line for line in answer.text.splitlines() if line and not line.startswith("#")]
    return {line.rsplit(" ", 1)[0]: float(line.rsplit(" ", 1)[1]) for line in lines}


def hear(paidan: Paidan, ticket: int, key: str) -> int:
    body = {"ticket": ticket, "delivery": key, "event": "updated"}
    return paidan.web.test_client().post(f"/hooks/hall/{TOKEN}", json=body).status_code


def test_the_work_shows(paidan: Paidan, helpdesk: StandIn) -> None:
    before = read(paidan)
    helpdesk.faults.append(Fault("GET", status=503))
    ticket = helpdesk.open("上访", "五十余人来到窗口反映工资")
    assert hear(paidan, ticket, "d1") == 200
    assert paidan.web.test_client().post("/hooks/hall/wrong").status_code == 401
    put = 'paidan_api_calls_total{desk="hall",method="PUT",outcome="ok"}'
    until(lambda: helpdesk.notes(ticket))
    until(lambda: read(paidan).get(put, 0.0) > before.get(put, 0.0))  # counted once its answer is here
    until(lambda: read(paidan)["paidan_cases_due"] == 0)
    after = read(paidan)

    def more(name: str) -> float:
        return after.get(name, 0.0) - before.get(name, 0.0)

    assert more("paidan_deliveries_total") == 1
    assert more('paidan_api_calls_total{desk="hall",method="GET",outcome="busy"}') >= 1
    assert more(put) == 1
    assert sum(value for name, value in after.items() if name.startswith("paidan_deliveries_refused")) == 1
    assert after["paidan_cases"] == 1


def test_a_desk_that_is_left_alone_shows(paidan: Paidan) -> None:
    put_on_hold(paidan.database, "hall", 60.0)
    assert 50 < read(paidan)['paidan_desk_held_seconds{desk="hall"}'] <= 60


def test_a_paused_desk_shows_as_held_without_end(paidan: Paidan) -> None:
    pause(paidan.database, "hall", By("li", "upgrade"))
    assert read(paidan)['paidan_desk_held_seconds{desk="hall"}'] == math.inf


def test_no_label_holds_anything_of_a_ticket(paidan: Paidan, helpdesk: StandIn) -> None:
    for number in range(5):
        assert hear(paidan, helpdesk.open(f"张三的上访{number}", "五十余人"), f"d{number}") == 200
    until(lambda: all(helpdesk.notes(number) for number in range(1, 6)))
    text = paidan.web.test_client().get("/metrics").text
    assert "张三" not in text
    labels = set(re.findall(r'(\w+)="', text))
    assert labels <= {"desk", "method", "outcome", "code", "calendar", "le"}


def test_ready_from_start_to_stop(installed: Installed) -> None:
    paidan = Paidan(installed.settings, ENVIRON)
    client = paidan.web.test_client()

    def why() -> tuple[int, str]:
        answer = client.get("/readyz")
        return answer.status_code, answer.json["why"]

    assert why() == (503, "starting")
    paidan.start()
    assert why() == (200, "")
    paidan.begin_to_stop()
    assert why() == (503, "stopping")
    paidan.stop()


def in_the_way(book: Path) -> bool:
    """A folder where the case book was; a worker may be making the file again at this moment."""
    for path in book.parent.glob(f"{book.name}*"):
        if path.is_file() and path.suffix != ".lock":
            path.unlink()
    with suppress(FileExistsError):
        book.mkdir()
    return book.is_dir()


def test_not_ready_while_the_case_book_is_gone(paidan: Paidan, installed: Installed) -> None:
    paidan.database.engine.dispose()
    until(lambda: in_the_way(installed.folder / "paidan.db"))
    paidan.database.engine.dispose()
    assert paidan.web.test_client().get("/readyz").status_code == 503
    assert paidan.web.test_client().get("/metrics").status_code == 503


@contextmanager
def beating(installed: Installed, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Paidan, Path]]:
    monkeypatch.setattr(app, "HEARTBEAT", 0.05)
    file = installed.folder / "alive"
    running = Paidan(installed.settings.model_copy(update={"heartbeat": str(file)}), ENVIRON)
    running.start()
    try:
        yield running, file
    finally:
        running.stop()


def test_the_heart_beats_while_all_is_well_and_only_then(
    installed: Installed, monkeypatch: pytest.MonkeyPatch
) -> None:
    with beating(installed, monkeypatch) as (running, file):
        until(file.exists)
        monkeypatch.setattr(running.loop, "is_moving", lambda: False)
        until(lambda: not running.is_well())
        file.unlink(missing_ok=True)
        time.sleep(0.3)
        assert not file.exists()
        monkeypatch.undo()


def test_a_worker_shows_its_own_health(installed: Installed, postgres: Cluster) -> None:
    url = postgres.fresh()
    with processes(installed, url) as run:
        port = _metrics_port(run)
        run.start("worker")
        run.ready("worker")
        base = f"http://127.0.0.1:{port}"
        until(lambda: requests.get(f"{base}/readyz", timeout=5).status_code == 200)
        assert "paidan_lag_seconds" in requests.get(f"{base}/metrics", timeout=5).text
        assert requests.post(f"{base}/hooks/hall/{TOKEN}", json={}, timeout=5).status_code == 404
    postgres.drop(url)


def _metrics_port(run: Processes) -> int:
    port = free_port()
    run.env["PAIDAN_METRICS_PORT"] = str(port)
    return port


def test_a_clock_that_is_off_shows_everywhere_and_stops_the_heartbeat(
    paidan: Paidan, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = paidan.web.test_client()
    before = read(paidan)
    assert (before["paidan_desks_clock_held"], paidan.is_well()) == (0, True)
    assert client.get("/healthz").json["ok"] is True
    monkeypatch.setattr(paidan.clock, "_wall", lambda: time.time() + 7_200)
    until(lambda: client.get("/healthz").json["casebook"]["clock_held"])
    found = client.get("/healthz").json
    assert found["ok"] is False
    (held,) = found["casebook"]["clock_held"]
    assert (held["desk"], round(held["seconds"])) == ("hall", 7_200)
    after = read(paidan)
    assert after["paidan_desks_clock_held"] == 1
    assert round(after['paidan_desk_clock_off_seconds{desk="hall"}']) == 7_200
    assert not paidan.is_well()


def test_the_database_s_clock_and_late_clocks_show(paidan: Paidan) -> None:
    found = read(paidan)
    assert found["paidan_database_clock_ahead_seconds"] == 0
    assert found['paidan_clock_late_seconds_bucket{le="60"}'] == 0
    assert found["paidan_clock_late_seconds_count"] == 0
