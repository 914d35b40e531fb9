"""The PostgreSQL host dies and its synchronous standby is promoted: what was answered with 200 is there."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from plugin.servers import free_port
from tests.casebook.standin import StandIn
from tests.postgres import Cluster, cluster
from tests.web.conftest import Installed, helpdesk, installed
from tests.web.processes import Senders, assert_all_taken_once, processes, until

__all__ = ["helpdesk", "installed"]
pytestmark = pytest.mark.faults

ADDRESS = "postgresql+psycopg://paidan@/{name}?{hosts}&target_session_attrs=read-write"


class Standby(Cluster):
    """A copy of a running server that follows it, as ``pg_basebackup`` makes one."""

    def __init__(self, primary: Cluster) -> None:
        self._bin, self._as, self._settings = primary._bin, primary._as, primary._settings
        self._server = None
        self.port = free_port()
        self.home = Path(tempfile.mkdtemp(prefix="paidan-standby-"))
        if self._as:
            shutil.chown(self.home, self._as["user"], self._as["group"])
        source = ["-h", "127.0.0.1", "-p", str(primary.port), "-U", "paidan"]
        made = [
            str(self._bin / "pg_basebackup"),
            "-D",
            str(self.home / "data"),
            *source,
            "-R",
            "-X",
            "stream",
        ]
        subprocess.run(
            [*made, "-X", "stream", "-c", "fast"], check=True, capture_output=True, cwd=self.home, **self._as
        )

    def promote(self) -> None:
        with psycopg.connect(self._dsn("postgres"), autocommit=True) as connection:
            connection.execute("select pg_promote()")


@pytest.fixture
def primary() -> Iterator[Cluster]:
    with cluster() as running:
        yield running


@pytest.fixture
def standby(primary: Cluster) -> Iterator[Standby]:
    made = Standby(primary)
    made.start()
    with psycopg.connect(primary._dsn("postgres"), autocommit=True) as connection:
        connection.execute("alter system set synchronous_standby_names = '*'")
        connection.execute("select pg_reload_conf()")
        until(lambda: connection.execute(SYNCHRONOUS).fetchone() == (1,))
    yield made
    made.remove()


SYNCHRONOUS = "select count(*) from pg_stat_replication where sync_state = 'sync'"


def test_a_promoted_standby_has_all_that_was_answered(
    installed: Installed, helpdesk: StandIn, primary: Cluster, standby: Standby
) -> None:
    name = primary.fresh().rpartition("/")[2]
    hosts = "&".join(f"host=127.0.0.1:{each.port}" for each in (primary, standby))
    with processes(installed, ADDRESS.format(name=name, hosts=hosts)) as run:
        run.start("web")
        run.start("worker")
        run.ready("web")
        run.ready("worker")
        with Senders(run.port, helpdesk) as senders:
            time.sleep(2.0)
            primary.stop("KILL")
            time.sleep(1.0)
            standby.promote()
            promoted = senders.outcomes["200"]
            until(lambda: senders.outcomes["200"] > promoted + 50, lambda: run.log("web")[-2000:])
        assert set(senders.outcomes) <= {"200", "503"}, senders.outcomes
        assert senders.outcomes["503"], "the database was gone for a second"
        senders.send_again()
        assert_all_taken_once(senders, helpdesk, standby.url(name))
