"""What the case book remembers of one case, for looking only: nothing is created or changed."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import make_url, select

from plugin.casebook.database import Database, Transaction
from plugin.casebook.memory import loaded
from plugin.casebook.tables import action, case
from plugin.core.case import CaseState
from plugin.errors import StoreError


@dataclass(frozen=True, slots=True)
class Recalled:
    """A case as the case book has it; that of a case nobody decided yet where it has none."""

    state: CaseState = field(default_factory=CaseState)
    problems: tuple[dict[str, Any], ...] = ()
    """Why it waits, and what the helpdesk would not take: for ``casebook.wording``."""


def recall(database_url: str, desk: str, ticket: str) -> Recalled:
    """What is remembered of a ticket's case."""
    url = make_url(database_url)
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").is_file():
        return Recalled()
    database = Database(database_url)
    try:
        with database.read() as tx:
            return _recalled(tx, desk, ticket)
    except StoreError:
        return Recalled()
    finally:
        database.close()


def _recalled(tx: Transaction, desk: str, ticket: str) -> Recalled:
    wanted = select(case).where(case.c.desk == desk, case.c.ticket == ticket)
    row = tx.run(wanted).one_or_none()
    if row is None:
        return Recalled()
    dead = select(action.c.reason).where(action.c.case_id == row.id, action.c.state == "dead")
    reasons = [row.problem, *tx.run(dead.order_by(action.c.ended_at)).scalars()]
    told = dict.fromkeys(reason for reason in reasons if reason)
    return Recalled(loaded(row.memory).state, tuple(json.loads(reason) for reason in told))
