"""Paidan's processes as an operator runs them: shared on PostgreSQL, and restarted behind a held socket."""

from __future__ import annotations

import shutil
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from plugin.casebook.schema import NEWEST
from tests.casebook.standin import StandIn
from tests.postgres import Cluster
from tests.web.conftest import ROOT, Installed
from tests.web.processes import (
    Senders,
    address,
    assert_all_taken_once,
    post,
    processes,
    restarted,
    routed,
    until,
)


@pytest.fixture
def shared(postgres: Cluster) -> Iterator[str]:
    url = postgres.fresh()
    yield url
    postgres.drop(url)


def test_web_and_worker_share_one_case_book(installed: Installed, helpdesk: StandIn, shared: str) -> None:
    with processes(installed, shared) as run:
        web, worker = run.start("web"), run.start("worker")
        run.ready("web")
        run.ready("worker")
        tickets = [helpdesk.open("上访", f"五十余人来到窗口反映工资 {n}") for n in range(12)]
        assert {post(run.port, ticket, f"d{ticket}") for ticket in tickets} == {200}
        until(lambda: routed(helpdesk, tickets), lambda: run.log("worker")[-2000:])
        assert {len(helpdesk.notes(ticket)) for ticket in tickets} == {1}
        assert "case_decided" not in run.log("web")
        for process in (web, worker):
            process.terminate()
        assert [process.wait(20) for process in (web, worker)] == [0, 0]


@pytest.mark.parametrize("role", ["web", "worker"])
def test_a_sqlite_case_book_is_not_shared(installed: Installed, role: str) -> None:
    with processes(installed, f"sqlite:///{installed.folder}/paidan.db") as run:
        assert run.start(role).wait(30) == 2
        assert "PostgreSQL" in run.log(role)


@pytest.fixture(params=["tcp", "unix"])
def held(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[socket.socket]:
    """A listening socket that outlives the processes, as systemd holds one."""
    if request.param == "tcp":
        with socket.create_server(("127.0.0.1", 0), backlog=512) as listening:
            yield listening
        return
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(tmp_path / "paidan.sock"))
        listening.listen(512)
        yield listening


def is_path(held: socket.socket) -> bool:
    """Senders behind a path keep their connections, as a reverse proxy does; the others make one each."""
    return held.family == socket.AF_UNIX


def test_a_restart_behind_a_held_socket_refuses_nothing(
    installed: Installed, helpdesk: StandIn, held: socket.socket
) -> None:
    url = f"sqlite:///{installed.folder}/paidan.db"
    with processes(installed, url) as run:
        senders = restarted(run, "serve", held, helpdesk, keep_alive=is_path(held))
        assert_all_taken_once(senders, helpdesk, url)


def test_web_processes_behind_a_held_socket_refuse_nothing(
    installed: Installed, helpdesk: StandIn, held: socket.socket, shared: str
) -> None:
    with processes(installed, shared) as run:
        run.start("worker")
        senders = restarted(run, "web", held, helpdesk, keep_alive=is_path(held))
        assert_all_taken_once(senders, helpdesk, shared)


def test_what_the_kernel_held_during_a_crash_is_served_by_the_next_process(
    installed: Installed, helpdesk: StandIn, held: socket.socket
) -> None:
    url = f"sqlite:///{installed.folder}/paidan.db"
    with processes(installed, url) as run:
        first = run.start("serve", held)
        run.ready("serve")
        first.kill()
        first.wait()
        with Senders(address(held), helpdesk) as senders:
            time.sleep(0.3)
            run.start("serve", held)
            run.ready("serve", 2)
        assert_all_taken_once(senders, helpdesk, url)


LATER = """
import sqlalchemy as sa
from alembic import op

revision = "{revision}"
down_revision = "{before}"


def upgrade():
    op.add_column("case", sa.Column("later", sa.Text()))
    op.add_column("delivery", sa.Column("later", sa.Integer(), nullable=False, server_default="0"))
    op.create_table("later", sa.Column("id", sa.Integer(), primary_key=True))
"""


def newer_version(folder: Path) -> str:
    """A version of Paidan with one more revision; where its package is."""
    copied = folder / "newer"
    shutil.copytree(ROOT / "plugin", copied / "plugin", ignore=shutil.ignore_patterns("__pycache__"))
    number = f"{int(NEWEST) + 1:04}"
    file = copied / "plugin/casebook/migrations/versions" / f"{number}_later.py"
    file.write_text(LATER.format(revision=number, before=NEWEST), "utf-8")
    return str(copied)


def test_an_old_process_works_on_while_a_new_one_upgrades_the_schema(
    installed: Installed, helpdesk: StandIn, shared: str
) -> None:
    with processes(installed, shared) as run:
        run.start("serve")
        run.ready("serve")
        with Senders(run.port, helpdesk) as senders:
            time.sleep(0.5)
            run.env["PYTHONPATH"] = newer_version(installed.folder)
            run.start("worker")
            run.ready("worker")
            time.sleep(0.5)
        assert "casebook_upgraded" in run.log("worker")
        assert_all_taken_once(senders, helpdesk, shared)
        run.env["PYTHONPATH"] = str(ROOT)
        run.start("web")
        until(lambda: "casebook_is_newer" in run.log("web"), lambda: run.log("web")[-2000:])
