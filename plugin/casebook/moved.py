"""A case book that was moved: it names where to, and the database itself refuses every write to it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, text

from plugin.casebook.tables import metadata
from plugin.errors import StoreError


class Moved(StoreError):
    """This case book is at another place now, ``target``."""

    def __init__(self, target: str) -> None:
        super().__init__(f"it was moved to {target}")
        self.target = target


_IS_MOVED = {
    "sqlite": "select count(*) from sqlite_master where type = 'table' and name = 'moved'",
    "postgresql": "select to_regclass('moved') is not null",
}


def refuse_moved(connection: Any, dialect: str) -> None:
    """Raises ``Moved``; ``connection`` is the driver's own, just made."""
    cursor = connection.cursor()
    cursor.execute(_IS_MOVED[dialect])
    if cursor.fetchone()[0]:
        cursor.execute("select target from moved")
        raise Moved(cursor.fetchone()[0])
    cursor.close()


def lock(connection: Connection, target: str, at: float) -> None:
    """Mark the case book as moved to ``target``, for good: whoever still writes is refused."""
    connection.execute(text("create table moved (target text not null, at double precision not null)"))
    connection.execute(text("insert into moved values (:target, :at)"), {"target": target, "at": at})
    if connection.dialect.name == "postgresql":
        connection.execute(text(_REFUSE))
    for table in metadata.sorted_tables:
        quoted = connection.dialect.identifier_preparer.format_table(table)
        for statement in _TRIGGERS[connection.dialect.name]:
            connection.execute(text(statement.format(name=table.name, table=quoted)))


_REFUSE = """
create function refuse_moved() returns trigger language plpgsql as
$$ begin raise exception 'this case book was moved to %', (select target from moved); end $$
"""
_TRIGGERS = {
    "sqlite": tuple(
        f"create trigger moved_{{name}}_{what} before {what} on {{table}} "
        "begin select raise(abort, 'this case book was moved'); end"
        for what in ("insert", "update", "delete")
    ),
    "postgresql": (
        "create trigger moved before insert or update or delete or truncate on {table} "
        "for each statement execute function refuse_moved()",
    ),
}
