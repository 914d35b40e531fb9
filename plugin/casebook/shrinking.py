"""Room that became free in a SQLite file goes back to the disk, a little at a time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from plugin.casebook.database import BUSY_TIMEOUT, Database

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
    while given := _given_back(database):
        yield given
    cut_log(database)


def cut_log(database: Database) -> bool:
    """Put SQLite's write-ahead log into the file and cut it to nothing; False where somebody reads in it.

    Raises ``StoreError``. Nobody waits for it longer than the disk takes.
    """
    with database.outside() as driver:
        driver.execute("pragma wal_checkpoint(passive)").fetchall()
        driver.execute("pragma busy_timeout = 0")
        try:
            return not driver.execute("pragma wal_checkpoint(truncate)").fetchone()[0]
        finally:
            driver.execute(f"pragma busy_timeout = {int(BUSY_TIMEOUT * 1000)}")


def _given_back(database: Database) -> int:
    with database.outside() as driver:
        free = _pragma(driver, "freelist_count")
        if free <= SPARE or _pragma(driver, "auto_vacuum") != _INCREMENTAL:
            return 0
        most = min(PAGES, free - SPARE)
        driver.executescript(f"pragma incremental_vacuum({most})")  # execute() would stop after one page
        return free - _pragma(driver, "freelist_count")


_INCREMENTAL = 2


def _pragma(driver: Any, name: str) -> int:
    return int(driver.execute(f"pragma {name}").fetchone()[0])
