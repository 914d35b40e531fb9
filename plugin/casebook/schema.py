"""The case book's schema and its revisions: empty → whole, older → newest, newer → left alone.

Every revision only adds (tables, indexes, columns that may be empty or have a server's default), so that
processes of the version before work on while one host after the other is upgraded.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.exc import OperationalError

from plugin.casebook.tables import metadata
from plugin.errors import StoreError

log = structlog.get_logger()

MIGRATIONS = Path(__file__).parent / "migrations"
FIRST = "0001"
NEWEST = max(path.name[:4] for path in (MIGRATIONS / "versions").glob("[0-9]*.py"))
"""A revision's file begins with its number."""
PATIENCE = "300ms"
"""How long an upgrade waits for a table; PostgreSQL looks for deadlocks after a second."""
GIVING_WAY = (0.1,) * 300
"""Seconds between its tries."""
_LOCK_NOT_AVAILABLE = "55P03"
_ONE_AT_A_TIME = 0x7061_6964
"""PostgreSQL's advisory lock: nodes that start together bring the schema up to date one after the other."""


def bring_up_to_date(engine: Engine, begin: Callable[[Connection], object]) -> None:
    """Create or upgrade the schema in one transaction; raises ``StoreError`` where that cannot be done.

    ``begin`` begins the transaction, for the drivers begin none by themselves.
    Processes of the version before are at work meanwhile and take tables in an order of their own: on
    PostgreSQL the upgrade gives way, and tries again, before a deadlock could end one of their transactions.
    """
    for pause in GIVING_WAY:
        try:
            with engine.begin() as connection:
                begin(connection)
                _upgrade(connection)
            return
        except OperationalError as error:
            if getattr(error.orig, "sqlstate", None) != _LOCK_NOT_AVAILABLE:
                raise
        time.sleep(pause * random.uniform(0.5, 1.5))  # noqa: S311
    raise StoreError("the case book is too busy to be upgraded; stop a worker and start this again")


def _upgrade(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        _wait_for_others(connection)
    found = revision(connection)
    if found == NEWEST:
        return
    if connection.dialect.name == "postgresql":
        _take_all_tables(connection)
    if found is None:
        _begin_revisions(connection)
    elif found > NEWEST:
        log.warning("casebook_is_newer", found=found, known=NEWEST)
    else:
        run_alembic(connection, "upgrade", NEWEST)
        log.info("casebook_upgraded", found=found, now=NEWEST)


def be_alone(connection: Connection) -> None:
    """No other process begins on this PostgreSQL case book, reads it or writes to it meanwhile."""
    _wait_for_others(connection)
    _take_all_tables(connection)


def _wait_for_others(connection: Connection) -> None:
    connection.execute(text("select pg_advisory_xact_lock(:key)"), {"key": _ONE_AT_A_TIME})


def _take_all_tables(connection: Connection) -> None:
    """Nobody else's transaction is open on them from here on."""
    connection.execute(text(f"set local lock_timeout = '{PATIENCE}'"))
    names = inspect(connection).get_table_names()
    if names:
        quoted = ", ".join(connection.dialect.identifier_preparer.quote(name) for name in names)
        connection.execute(text(f"lock table {quoted} in access exclusive mode"))
    connection.execute(text("set local lock_timeout = 0"))


def revision(connection: Connection) -> str | None:
    """The revision the case book is at; None where none was recorded."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("select version_num from alembic_version")).scalar()


def _begin_revisions(connection: Connection) -> None:
    known = set(inspect(connection).get_table_names())
    if "case" not in known:
        metadata.create_all(connection)
        run_alembic(connection, "stamp", NEWEST)
        return
    if "published" not in known or not _has(connection, "event", "said"):
        raise StoreError("this case book was made by a trial version from before revisions; start a new one")
    run_alembic(connection, "stamp", FIRST)
    run_alembic(connection, "upgrade", NEWEST)


def _has(connection: Connection, table: str, column: str) -> bool:
    return column in {found["name"] for found in inspect(connection).get_columns(table)}


def run_alembic(connection: Connection, command: str, target: str) -> None:
    """One of Alembic's commands on this connection, inside its transaction."""
    from alembic import command as commands  # a fifth of a second, needed once per upgrade
    from alembic.config import Config

    config: Any = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    getattr(commands, command)(config, target)
