"""The case book's schema and its revisions: empty → whole, older → newest, newer → left alone.

Every revision only adds (tables, indexes, columns that may be empty or have a server's default), so that
processes of the version before work on while one host after the other is upgraded.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import structlog
from sqlalchemy import Connection, Engine, inspect, text

from plugin.casebook.tables import metadata
from plugin.errors import StoreError

log = structlog.get_logger()

MIGRATIONS = Path(__file__).parent / "migrations"
FIRST = "0001"
NEWEST = max(path.name[:4] for path in (MIGRATIONS / "versions").glob("[0-9]*.py"))
"""A revision's file begins with its number."""
_ONE_AT_A_TIME = 0x7061_6964
"""PostgreSQL's advisory lock: nodes that start together bring the schema up to date one after the other."""


def bring_up_to_date(engine: Engine) -> None:
    """Create or upgrade the schema in one transaction; raises ``StoreError`` where that cannot be done."""
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("select pg_advisory_xact_lock(:key)"), {"key": _ONE_AT_A_TIME})
        found = revision(connection)
        if found == NEWEST:
            return
        if found is None:
            _begin_revisions(connection)
        elif found > NEWEST:
            log.warning("casebook_is_newer", found=found, known=NEWEST)
        else:
            run_alembic(connection, "upgrade", NEWEST)
            log.info("casebook_upgraded", found=found, now=NEWEST)


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
