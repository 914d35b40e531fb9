"""Whether a case book can keep what is promised: looked at before anything is accepted."""

from __future__ import annotations

import shutil
import stat
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import text

from plugin.casebook import chores
from plugin.casebook.clock import MOST
from plugin.casebook.database import Database
from plugin.casebook.mounts import NETWORK, VOLATILE, file_system
from plugin.casebook.schema import NEWEST, revision

OLDEST = 15
"""PostgreSQL's oldest major version that Paidan is tried with."""
FEW = 2**30
"""Bytes of free disk below which somebody should look; what then finds no room is answered 503."""
APART = 5.0
"""Seconds between two clocks that somebody should look at."""
SLOW = 1.0
"""Seconds a durable write may take before somebody should look at the disk."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is not as it should be; ``code`` and ``slots`` are for ``soundness_words``."""

    code: str
    endangers: bool = False
    """Whether a promise could not be kept: nothing is begun like this."""
    slots: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Server:
    """What a PostgreSQL server says of itself."""

    version: int
    """As ``server_version_num``: 150004 is 15.4."""
    fsync: str
    full_page_writes: str
    synchronous_commit: str
    read_only: str
    free: int
    """Connections that may still be opened."""


def before_use(database: Database, *, needed: int, counts_time: bool) -> list[Finding]:
    """What can be told before the schema is touched; ``needed``: connections that will be opened at most.

    ``counts_time``: whether clocks are looked at here, so that a wrong one endangers them.
    Raises ``StoreError`` where the case book does not answer.
    """
    if database.is_sqlite:
        return [*_of_sqlite(database), *_of_place(database.path)]
    return [
        *of_server(_asked(database), needed),
        *of_clock(clock_difference(database), counts_time=counts_time),
    ]


def in_use(database: Database) -> list[Finding]:
    """What can be told once the schema is there: a row is written for it. Raises ``StoreError``."""
    with database.read() as tx:
        found = revision(tx.connection)
    begun = time.monotonic()
    chores.mark(database, "started")
    took = time.monotonic() - begun
    findings = []
    if found is not None and found > NEWEST:
        findings.append(Finding("newer", slots={"found": found, "known": NEWEST}))
    if took > SLOW:
        findings.append(Finding("slow-disk", slots={"seconds": round(took, 1)}))
    return findings


def clock_difference(database: Database) -> float:
    """Seconds by which the database's clock is ahead of this machine's; 0 where they are the same one.

    Raises ``StoreError``.
    """
    if database.is_sqlite:
        return 0.0
    before = time.time()
    there = database.ask()
    return there - (before + time.time()) / 2


def of_clock(ahead: float, *, counts_time: bool) -> Iterator[Finding]:
    """What is to be said of a database's clock that is so many seconds ahead of this machine's."""
    if abs(ahead) > APART:
        endangers = counts_time and abs(ahead) > MOST
        yield Finding("clocks-apart", endangers, {"seconds": round(abs(ahead), 1)})


def of_server(said: Server, needed: int) -> Iterator[Finding]:
    """What is to be said of a PostgreSQL server."""
    if said.version < OLDEST * 10_000:
        yield Finding("old-server", True, {"found": said.version // 10_000, "oldest": OLDEST})
    if said.fsync == "off":
        yield Finding("fsync", True)
    if said.synchronous_commit == "off":
        yield Finding("synchronous-commit", True)
    if said.full_page_writes == "off":
        yield Finding("full-page-writes")
    if said.read_only == "on":
        yield Finding("read-only", True)
    if said.free < needed:
        yield Finding("few-connections", slots={"free": max(0, said.free), "needed": needed})


_ASKED = text("""\
select current_setting('server_version_num')::int as version,
       current_setting('fsync') as fsync,
       current_setting('full_page_writes') as full_page_writes,
       current_setting('synchronous_commit') as synchronous_commit,
       current_setting('transaction_read_only') as read_only,
       least(current_setting('max_connections')::int
               - current_setting('superuser_reserved_connections')::int
               - (select sum(numbackends) from pg_stat_database),
             (select nullif(datconnlimit, -1) from pg_database where datname = current_database())
               - (select numbackends from pg_stat_database where datname = current_database()),
             (select nullif(rolconnlimit, -1) from pg_roles where rolname = current_user)
               - (select count(*) from pg_stat_activity where usename = current_user))::int as free""")


def _asked(database: Database) -> Server:
    with database.read() as tx:
        return Server(**tx.run(_ASKED).mappings().one())


def _of_sqlite(database: Database) -> Iterator[Finding]:
    with database.read() as tx:
        run = tx.connection.exec_driver_sql
        mode, synchronous = run("pragma journal_mode").scalar_one(), run("pragma synchronous").scalar_one()
    if mode != "wal":
        yield Finding("journal-mode", True, {"found": mode})
    if synchronous < _FULL:
        yield Finding("synchronous", True, {"found": synchronous})


_FULL = 2


def _of_place(path: Path | None) -> Iterator[Finding]:
    if path is None:
        return
    kind, free = file_system(path), shutil.disk_usage(path.parent).free
    if kind in NETWORK:
        yield Finding("network-disk", True, {"path": path, "kind": kind})
    if kind in VOLATILE:
        yield Finding("volatile-disk", slots={"path": path, "kind": kind})
    if free < FEW:
        yield Finding("full-disk", slots={"path": path.parent, "free": free // 2**20})
    if path.exists() and path.stat().st_mode & (stat.S_IROTH | stat.S_IWOTH):
        yield Finding("open-to-all", slots={"path": path})
