"""Everything the case book has of one desk, as lines of JSON: for whoever must answer for it later.

The first line says what the file is; each other line is one row, its table under ``table``. Instants are
seconds since 1970, UTC. Bodies of webhooks, notes, messages and the helpdesk's own words are not in it: they
hold words of tickets.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Table, select

from plugin.casebook.database import Database
from plugin.casebook.schema import NEWEST
from plugin.casebook.tables import (
    action,
    case,
    clock,
    delivery,
    event,
    intervention,
    ledger,
    message,
    refused,
)

OF_A_DESK = (case, delivery, refused, intervention)
OF_A_CASE = (event, ledger, clock, message, action)
LEFT_OUT = frozenset(
    {
        ("delivery", "body"),
        ("action", "note_text"),
        ("action", "changes"),
        ("action", "answer"),
        ("action", "reason"),
        ("message", "slots"),
        ("case", "problem"),
    }
)
"""Words of tickets, or of values that may be some."""
FORM = "paidan desk export 1"


def exported(database: Database, desk: str) -> Iterator[str]:
    """The lines, each without its end. Raises ``StoreError``."""
    with database.read() as tx:
        head = {"form": FORM, "schema": NEWEST, "desk": desk, "at": tx.now}
        yield json.dumps(head, ensure_ascii=False)
        for table in OF_A_DESK:
            for row in tx.run(_columns(table).where(table.c.desk == desk).order_by(table.c.id)):
                yield _line(table, row._mapping)
        for table in OF_A_CASE:
            mine = select(case.c.id).where(case.c.desk == desk)
            for row in tx.run(_columns(table).where(table.c.case_id.in_(mine)).order_by(table.c.case_id)):
                yield _line(table, row._mapping)


def _columns(table: Table) -> Any:
    return select(*(column for column in table.c if (table.name, column.name) not in LEFT_OUT))


def _line(table: Table, row: Any) -> str:
    return json.dumps({"table": table.name, **row}, ensure_ascii=False)
