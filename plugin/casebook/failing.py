"""Tickets that are tried again and again without success: nothing is dead, and yet nothing is done."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, select

from plugin.casebook.database import Database
from plugin.casebook.tables import case

MANY = 8
"""Tries: after the pauses between them, some minutes."""
FAILING = and_(case.c.attempts >= MANY, case.c.problem.is_not(None))


@dataclass(frozen=True, slots=True)
class Failing:
    """One such ticket."""

    desk: str
    ticket: str
    tries: int
    problem: dict[str, Any]
    """What came of the last one, for ``wording.told``."""


def failing(database: Database, desk: str | None = None) -> list[Failing]:
    """All of them, those tried most first; raises ``StoreError``."""
    found = select(case.c.desk, case.c.ticket, case.c.attempts, case.c.problem).where(FAILING)
    if desk is not None:
        found = found.where(case.c.desk == desk)
    with database.read() as tx:
        rows = tx.run(found.order_by(case.c.attempts.desc(), case.c.id)).all()
    return [Failing(row.desk, row.ticket, row.attempts, json.loads(row.problem)) for row in rows]
