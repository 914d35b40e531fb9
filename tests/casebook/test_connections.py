"""Connections to PostgreSQL: as many as threads, and those of an idle process few."""

from __future__ import annotations

import time
from contextlib import ExitStack

from sqlalchemy import text

from plugin.casebook.database import KEPT, Database
from tests.postgres import Cluster

COUNT = text("select count(*) from pg_stat_activity where application_name like 'paidan %'")


def test_no_thread_waits_for_a_connection_and_few_are_kept(postgres: Cluster) -> None:
    url = postgres.fresh()
    database = Database(url)
    with ExitStack() as open_at_once:
        begun = time.monotonic()
        for _ in range(40):
            open_at_once.enter_context(database.read())
        assert time.monotonic() - begun < 10
    with database.read() as tx:
        assert tx.run(COUNT).scalar_one() == KEPT
    database.close()
    postgres.drop(url)
