"""Every place in the case book where a ticket's words or a contact can rest, and how long.

Retention walks this list and nothing else; a place that is not listed must not hold such words.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, ColumnElement, Table, and_, false, func, update

from plugin.casebook.batches import in_batches
from plugin.casebook.database import Database, Transaction
from plugin.casebook.tables import action, case, delivery, event, intervention

DAYS = 30
"""Days a processed delivery keeps its body; afterwards only its hash."""
DAY = 86_400.0


@dataclass(frozen=True, slots=True)
class Place:
    """A column that may hold such words, and which of its rows are due to be cleared."""

    table: Table
    column: Column[Any]
    is_over: Callable[[float], Any]
    """instant before which a row counts as over → condition"""


PLACES: tuple[Place, ...] = (
    Place(
        delivery,
        delivery.c.body,
        lambda before: and_(delivery.c.state != "new", delivery.c.received_at < before),
    ),
    Place(
        action,
        action.c.note_text,
        lambda _before: action.c.state.in_(("done", "dead", "overtaken")),
    ),
    Place(action, action.c.answer, lambda before: action.c.planned_at < before),
    Place(action, action.c.reason, lambda before: action.c.planned_at < before),
    Place(event, event.c.said, lambda _before: false()),
    Place(intervention, intervention.c.why, lambda _before: false()),
    Place(case, case.c.problem, lambda before: func.coalesce(case.c.read_at, case.c.first_at) < before),
)
"""A note's text rests in its action until it is sent. Why a helpdesk refused is kept in its own words,
and these may repeat a ticket's. Who told an event, or did something by hand, and why, is part of the
decision record, and stays. A document's own tests are the admins' texts."""


def cleared(database: Database, place: Place, days: float) -> Iterator[int]:
    """Clear what is over in one place; how many rows, after each transaction. Raises ``StoreError``."""

    def which(now: float) -> ColumnElement[bool]:
        return and_(place.is_over(now - days * DAY), place.column.is_not(None))

    def clear(tx: Transaction, keys: Sequence[Any]) -> int:
        these = and_(key.in_(keys), which(tx.now))
        return int(tx.run(update(place.table).where(these).values({place.column.name: None})).rowcount)

    (key,) = place.table.primary_key.columns
    return in_batches(database, key, which, clear)
