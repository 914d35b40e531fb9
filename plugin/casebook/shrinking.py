"""Room that became free in a SQLite file goes back to the disk, a little at a time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from plugin.casebook.database import Database, Transaction

PAGES = 256
"""Pages given back in one transaction: a megabyte."""
SPARE = 2_048
"""Free pages that stay for what comes next."""


def shrink(database: Database) -> Iterator[int]:
    """Give back what is free; yields after each transaction how many pages that was. Raises ``StoreError``.

    Nothing of it for PostgreSQL, whose autovacuum does it. A file made before Paidan could do this keeps its
    size, and what is free in it is used again.
    """
    if not database.is_sqlite:
        return
    while True:
        with database.write() as tx:
            given = _given_back(tx)
        if not given:
            break
        yield given
    database.cut_wal()


def _given_back(tx: Transaction) -> int:
    free = _pragma(tx, "freelist_count")
    if free <= SPARE or _pragma(tx, "auto_vacuum") != _INCREMENTAL:
        return 0
    most = min(PAGES, free - SPARE)
    driver: Any = tx.connection.connection.driver_connection
    driver.execute(f"pragma incremental_vacuum({most})").fetchall()  # a row without columns for each page
    return free - _pragma(tx, "freelist_count")


_INCREMENTAL = 2


def _pragma(tx: Transaction, name: str) -> int:
    return int(tx.connection.exec_driver_sql(f"pragma {name}").scalar_one())
