"""What the case book remembers of one case, for looking only: nothing is created or changed."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import make_url, select

from plugin.casebook.database import Database
from plugin.casebook.memory import loaded
from plugin.casebook.tables import case
from plugin.core.case import CaseState
from plugin.errors import StoreError


def recall(database_url: str, desk: str, ticket: str) -> CaseState:
    """The case's state; that of a case nobody decided yet where there is no case book or no such case."""
    url = make_url(database_url)
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").is_file():
        return CaseState()
    database = Database(database_url)
    try:
        with database.read() as tx:
            wanted = select(case.c.memory).where(case.c.desk == desk, case.c.ticket == ticket)
            memory = tx.run(wanted).scalar()
    except StoreError:
        return CaseState()
    finally:
        database.close()
    return loaded(memory).state if memory else CaseState()
