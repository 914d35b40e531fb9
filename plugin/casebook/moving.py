"""One case book copied into another database, whole or not at all; the old one is locked.

Both ends are read back and compared before anything is committed. The new end is committed first: a move
that is cut just then leaves two equal case books, and the same move again finds that out and locks the old.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from sqlalchemy import Row, Table, func, inspect, select, text

from plugin.casebook.database import Database, Transaction, session_name
from plugin.casebook.moved import lock
from plugin.casebook.schema import be_alone
from plugin.casebook.store import free_all
from plugin.casebook.tables import metadata, node
from plugin.errors import StoreError

BATCH = 1000
"""Rows read and written in one go."""
ENDING = 3.0
"""Seconds in which a process that ended may still show at the server."""
TABLES = tuple(table for table in metadata.sorted_tables if table is not node)
"""Everything but the processes that run."""

Print = tuple[int, int]
"""How many rows a table has, and the sum of their hashes, in whatever order they come."""


class MoveRefused(StoreError):
    """Nothing was moved; ``code`` says why: ``same``, ``in-use``, ``not-empty``, ``differs``."""

    def __init__(self, code: str, **slots: Any) -> None:
        super().__init__(code)
        self.code = code
        self.slots = slots


def counts(database: Database) -> dict[str, int]:
    """Table → rows."""
    with database.read() as tx:
        return {table.name: _count(tx, table) for table in TABLES}


def is_empty(database: Database) -> bool:
    """Whether there is nothing in it, be it without tables. Raises ``StoreError`` where it cannot be read."""
    with database.read() as tx:
        known = inspect(tx.connection).get_table_names()
        return not any(_count(tx, table) for table in TABLES if table.name in known)


def move(source: Database, target: Database, name: str, on_rows: Callable[[int], None]) -> Mapping[str, int]:
    """Copy everything and lock ``source``, which then says that it is at ``name``; table → rows.

    Nobody may work on either. ``on_rows`` hears of every row that was copied. Raises ``MoveRefused`` or
    ``StoreError``; both case books are then as they were.
    """
    if source.engine.url == target.engine.url:
        raise MoveRefused("same")
    with source.write() as old:
        _keep_out_others(source, old)
        free_all(old)
        with target.write() as new:
            _keep_out_others(target, new)
            if any(_count(new, table) for table in TABLES):
                found = _already_there(old, new)
            else:
                found = {table.name: _copied(old, new, table, on_rows) for table in TABLES}
            lock(old.connection, name, old.now)
    return found


def _already_there(old: Transaction, new: Transaction) -> dict[str, int]:
    """A move that was cut after its copy was committed left the same on both ends."""
    prints = {table.name: (_print(old, table), _print(new, table)) for table in TABLES}
    if any(there != here for here, there in prints.values()):
        raise MoveRefused("not-empty")
    return {name: here[0] for name, (here, _) in prints.items()}


def _keep_out_others(database: Database, tx: Transaction) -> None:
    """Nobody else writes until this transaction ends, and nobody else is there at all."""
    if database.is_sqlite:
        return
    tx.run(text("set local idle_in_transaction_session_timeout = 0"))
    if others := _others(tx, session_name(database.holder)):
        raise MoveRefused("in-use", count=others)
    be_alone(tx.connection)


def _others(tx: Transaction, own: str) -> int:
    """Sessions of other processes; those of one that just ended are given a moment to go."""
    until = time.monotonic() + ENDING
    while (count := int(tx.run(_OTHERS, {"own": own}).scalar_one())) and time.monotonic() < until:
        time.sleep(ENDING / 20)
        tx.run(text("select pg_stat_clear_snapshot()"))
    return count


_OTHERS = text(
    "select count(*) from pg_stat_activity where datname = current_database() "
    "and application_name like 'paidan %' and application_name <> :own"
)


def _copied(old: Transaction, new: Transaction, table: Table, on_rows: Callable[[int], None]) -> int:
    count = total = 0
    for batch in _batches(old, table):
        new.run(table.insert(), [dict(row._mapping) for row in batch])
        count, total = count + len(batch), (total + sum(map(_hash, batch))) % _MODULUS
        on_rows(len(batch))
    _number_on(new, table)
    if _print(new, table) != (count, total):
        raise MoveRefused("differs", table=table.name)
    return count


def _number_on(tx: Transaction, table: Table) -> None:
    """New rows get numbers above those that were copied."""
    column = table.autoincrement_column
    if tx.dialect == "postgresql" and column is not None:
        quoted = tx.connection.dialect.identifier_preparer.format_table(table)
        sequence = func.pg_get_serial_sequence(quoted, column.name)
        tx.run(select(func.setval(sequence, func.max(column))).having(func.max(column).is_not(None)))


def _batches(tx: Transaction, table: Table) -> Iterator[list[Row[Any]]]:
    found = tx.connection.execute(select(table), execution_options={"yield_per": BATCH})
    for batch in found.partitions():
        yield list(batch)


def _count(tx: Transaction, table: Table) -> int:
    return int(tx.run(select(func.count()).select_from(table)).scalar_one())


def _print(tx: Transaction, table: Table) -> Print:
    count = total = 0
    for batch in _batches(tx, table):
        count, total = count + len(batch), (total + sum(map(_hash, batch))) % _MODULUS
    return count, total


_MODULUS = 1 << 256


def _hash(row: Row[Any]) -> int:
    return int.from_bytes(hashlib.sha256(repr(tuple(row)).encode("utf-8", "backslashreplace")).digest())
