"""A desk acts on more than before: tickets that were only looked at are due at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, select, true, update
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
    for rows in _open(database, desk, case.c.memory.contains(WATCHED)):
        ours = [row.id for row in rows if _is_acted(row, mapped)]
        if ours:
            with database.write() as tx:
                at = when((case.c.next_at <= tx.now, case.c.next_at), else_=tx.now)
                again = update(case).where(case.c.id.in_(ours)).values(next_at=at, wake=case.c.wake + 1)
                found += int(tx.run(again).rowcount)
    return found


@dataclass(frozen=True, slots=True)
class Switched:
    """What another mode means for the open tickets of a desk."""

    starts: int = 0
    """They are acted on, and were not."""
    writes: int = 0
    """Of these, as last read, something would be written to so many."""
    left: int = 0
    """They were only looked at and are left to the people who have them."""
    stops: int = 0
    """They are no longer acted on."""


def switched(database: Database, desk: str, before: DeskMap, after: DeskMap) -> Switched:
    """Count them; nothing is changed.  Raises ``StoreError``."""
    starts = writes = left = stops = 0
    whole = replace(after, act_since={})
    for rows in _open(database, desk, true()):
        for row in rows:
            was, now = _is_acted(row, before), _is_acted(row, after)
            starts += now and not was
            writes += now and not was and _would_write(row)
            stops += was and not now
            left += not now and not was and _is_acted(row, whole)
    return Switched(starts, writes, left, stops)


def _would_write(row: Row[Any]) -> bool:
    preview = loaded(row.memory).preview
    return preview is None or bool(preview.changes)


def _open(database: Database, desk: str, which: ColumnElement[bool]) -> Iterator[list[Row[Any]]]:
    after = 0
    while True:
        mine = and_(case.c.desk == desk, case.c.status.in_(OPEN), case.c.id > after, which)
        few = select(case.c.id, case.c.memory, case.c.first_at).where(mine)
        with database.read() as tx:
            rows = list(tx.run(few.order_by(case.c.id).limit(BATCH)))
        if not rows:
            return
        yield rows
        after = rows[-1].id


def _is_acted(row: Row[Any], mapped: DeskMap) -> bool:
    state = loaded(row.memory).state
    return state.peak is not None and in_mode(mapped, state, state.peak, row.first_at).mode == "act"
