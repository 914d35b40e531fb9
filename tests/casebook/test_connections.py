"""Connections to PostgreSQL: as many as threads, few when idle, to the host that writes."""

from __future__ import annotations

import time
from contextlib import ExitStack

from sqlalchemy import text

from plugin.casebook.bell import Bell
from plugin.casebook.database import KEPT, Database
from plugin.servers import free_port
from tests.postgres import Cluster
from tests.web.processes import until

COUNT = text("select count(*) from pg_stat_activity where application_name like 'paidan %'")


def count(database: Database) -> int:
    with database.read() as tx:  # a transaction keeps the first answer
        return int(tx.run(COUNT).scalar_one())


def test_no_thread_waits_for_a_connection_and_few_are_kept(postgres: Cluster) -> None:
    url = postgres.fresh()
    database = Database(url)
    with ExitStack() as open_at_once:
        begun = time.monotonic()
        for _ in range(40):
            open_at_once.enter_context(database.read())
        assert time.monotonic() - begun < 10
    until(lambda: count(database) <= KEPT)  # the server takes a moment to end those that were closed
    assert count(database) == KEPT
    database.close()
    postgres.drop(url)


def test_several_hosts_may_be_named_and_the_one_that_writes_is_found(postgres: Cluster) -> None:
    url = postgres.fresh()
    name = url.rpartition("/")[2]
    hosts = f"host=127.0.0.1:{free_port()}&host=127.0.0.1:{postgres.port}"
    address = f"postgresql+psycopg://paidan@/{name}?{hosts}&target_session_attrs=read-write"
    here, there = Database(address), Database(url)
    here.prepare()
    heard: list[int] = []
    ringing, listening = Bell(here), Bell(there, heard.append)
    for bell in (ringing, listening):
        bell.start()
    until(lambda: heard)
    ringing.ring(7)
    until(lambda: 7 in heard)
    for bell in (ringing, listening):
        bell.stop()
    for database in (here, there):
        database.close()
    postgres.drop(url)
