"""A desk acts on more than before: tickets that were only looked at are due at once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Row, and_, select, update
from sqlalchemy import case as when

from plugin.casebook.database import Database
from plugin.casebook.memory import WATCHED, loaded
from plugin.casebook.tables import case
from plugin.core.effects import DeskMap
from plugin.core.modes import in_mode

BATCH = 500
"""Cases looked at in one go."""
OPEN = ("open", "paused")


def wake_acted(database: Database, desk: str, mapped: DeskMap) -> int:
    """Make them due; how many that is.  Raises ``StoreError``.

    Those that people keep (``act_since``) are left alone; a case that is due already stays as it is.
    """
    if mapped.mode != "act" and not mapped.act_for:
        return 0
    found = 0
    for rows in _watched(database, desk):
        ours = [row.id for row in rows if _is_acted(row, mapped)]
        if ours:
            with database.write() as tx:
                at = when((case.c.next_at <= tx.now, case.c.next_at), else_=tx.now)
                again = update(case).where(case.c.id.in_(ours)).values(next_at=at, wake=case.c.wake + 1)
                found += int(tx.run(again).rowcount)
    return found


def _watched(database: Database, desk: str) -> Iterator[list[Row[Any]]]:
    after = 0
    while True:
        mine = and_(case.c.desk == desk, case.c.status.in_(OPEN), case.c.id > after)
        few = select(case.c.id, case.c.memory, case.c.first_at).where(mine, case.c.memory.contains(WATCHED))
        with database.read() as tx:
            rows = list(tx.run(few.order_by(case.c.id).limit(BATCH)))
        if not rows:
            return
        yield rows
        after = rows[-1].id


def _is_acted(row: Row[Any], mapped: DeskMap) -> bool:
    state = loaded(row.memory).state
    return state.peak is not None and in_mode(mapped, state, state.peak, row.first_at).mode == "act"
