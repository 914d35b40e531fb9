"""The inbox: what webhooks brought, accepted in one transaction; what was refused, in a bounded list."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from typing import Any

from sqlalchemy import Boolean, Double, and_, bindparam, delete, func, literal_column, not_, or_, select
from sqlalchemy import case as when

from plugin.casebook.database import Collision, Database, Transaction, insert
from plugin.casebook.tables import DB_NOW, case, delivery, refused
from plugin.desk.helpdesk import Hint

Row = dict[str, Any]
UNREAD_RANK = 2
"""A ticket nobody read yet may be anything: it waits behind grave cases and before ordinary ones."""

LAST_RANK = -1
"""What nobody asked for just now, such as an older ticket that is taken in, waits behind everything else."""

ECHO_SECONDS = 60.0
"""For so long after our own write its echo (a delivery whose actor is us) asks for no second look."""

AGAIN = 3
"""How often a delivery whose transaction was ended for another's sake is kept anew."""

MOST_REFUSED = 1000
"""Refused deliveries kept for a person to look at."""


def accept(database: Database, desk: str, source: str, hint: Hint, body: bytes) -> bool:
    """Keep a genuine delivery and make its case due now; False where it was here before.

    Durable when this returns. Raises ``StoreError``, ``Unstorable`` where the case book is not to blame.
    """
    row = _delivery(desk, source, hint, body)
    if database.is_sqlite:
        return database.together(lambda tx: _accepted(tx, row, hint))
    for _ in range(AGAIN):
        try:
            return _accepted_at_once(database, row, hint)
        except Collision:
            continue
    return _accepted_at_once(database, row, hint)


def _accepted(tx: Transaction, row: Row, hint: Hint) -> bool:
    is_new = _kept(tx, row)
    if is_new and hint.kind != "ignored":
        make_due(tx, row["desk"], hint.ticket_id, ours=hint.ours)
    return is_new


def _accepted_at_once(database: Database, row: Row, hint: Hint) -> bool:
    """The same in one statement: one trip to the server, one commit, and no lock on any other case."""
    with database.single() as connection:
        statement = _keeping_and_waking() if hint.kind != "ignored" else _keeping_now()
        given = {**new_case(row["desk"], hint.ticket_id, 0.0), **row}
        given |= {"ours": hint.ours, "ahead": database.ahead}
        return connection.execute(statement, given).first() is not None


def keep_unreadable(database: Database, desk: str, source: str, body: bytes, code: str) -> bool:
    """Keep a genuine delivery whose ticket cannot be told, for a person to look at."""
    hint = Hint("", "unreadable", f"unreadable:{sha256(body).hexdigest()}")
    row = _delivery(desk, source, hint, body, reason=code)
    return database.together(lambda tx: _kept(tx, row))


def _delivery(desk: str, source: str, hint: Hint, body: bytes, reason: str | None = None) -> Row:
    """Everything of a delivery's row but when it was received."""
    state = "unreadable" if reason else "ignored" if hint.kind == "ignored" else "new"
    return {
        "desk": desk,
        "key": _storable(hint.delivery_key[:300]),
        "ticket": hint.ticket_id or None,
        "kind": hint.kind,
        "source": _storable(source[:100]),
        "state": state,
        "reason": reason,
        "body": None if state == "ignored" else body,
        "body_hash": sha256(body).hexdigest(),
    }


def _kept(tx: Transaction, row: Row) -> bool:
    return tx.run(_keeping(tx.dialect), {**row, "received_at": tx.now}).first() is not None


@cache
def _keeping(dialect: str) -> Any:
    once = insert(dialect, delivery).on_conflict_do_nothing(index_elements=["desk", "key"])
    return once.returning(delivery.c.id)


@cache
def _keeping_now() -> Any:
    """PostgreSQL's, by its own clock."""
    given = {column.name: bindparam(column.name, type_=column.type) for column in delivery.c[1:]}
    now: Any = literal_column(DB_NOW, Double())
    given["received_at"] = now + bindparam("ahead", type_=Double())
    once = insert("postgresql", delivery).values(given).on_conflict_do_nothing(index_elements=["desk", "key"])
    return once.returning(delivery.c.desk, delivery.c.ticket, delivery.c.received_at)


@cache
def _keeping_and_waking() -> Any:
    """A delivery that is not new wakes nobody."""
    kept = _keeping_now().cte("kept")
    row: dict[str, Any] = {name: bindparam(name, type_=case.c[name].type) for name in new_case("", "", 0.0)}
    row |= {"desk": kept.c.desk, "ticket": kept.c.ticket}
    row |= dict.fromkeys(("first_at", "next_at"), kept.c.received_at)
    fresh = insert("postgresql", case).from_select(list(row), select(*row.values()))
    return select(kept.c.desk).add_cte(_wakes(fresh).cte("woken"))


def _storable(word: str) -> str:
    """Half characters and NUL, which JSON can carry and a database cannot, as question marks."""
    return word.encode("utf-8", "replace").decode().replace("\0", "?")


def make_due(tx: Transaction, desk: str, ticket: str, *, ours: bool = False) -> None:
    """Have a ticket looked at now; the echo (``ours``) of a write we know of needs no look."""
    tx.run(_waking(tx.dialect), {**new_case(desk, ticket, tx.now), "ours": ours})


@cache
def _waking(dialect: str) -> Any:
    return _wakes(insert(dialect, case).values({name: bindparam(name) for name in new_case("", "", 0.0)}))


def _wakes(fresh: Any) -> Any:
    """An insert of a case that wakes the one that is there."""
    now = fresh.excluded.first_at
    known = or_(case.c.lease_until > now, case.c.written_at > now - ECHO_SECONDS)
    return fresh.on_conflict_do_update(
        index_elements=["desk", "ticket"],
        set_={"wake": case.c.wake + 1, "next_at": _once_due(now), "rank": _raised(fresh)},
        where=not_(and_(bindparam("ours", type_=Boolean()), known)),
    )


def _once_due(now: Any) -> Any:
    """A case that is due already keeps its place: being heard of again makes nobody wait longer."""
    return when((case.c.next_at <= now, case.c.next_at), else_=now)


def _raised(fresh: Any) -> Any:
    """A ticket that was taken in late and is heard of before it was read waits like any other."""
    is_late = and_(case.c.status == "unread", case.c.rank < fresh.excluded.rank)
    return when((is_late, fresh.excluded.rank), else_=case.c.rank)


def new_case(desk: str, ticket: str, now: float, rank: int = UNREAD_RANK) -> dict[str, object]:
    """The row of a case nobody read yet, due now."""
    return {
        "desk": desk,
        "ticket": ticket,
        "status": "unread",
        "rank": rank,
        "memory": "{}",
        "first_at": now,
        "next_at": now,
        "wake": 1,
        "fence": 0,
        "lease_until": 0.0,
        "attempts": 0,
    }


def keep_refused(
    database: Database, desk: str, headers: Mapping[str, str], *, status: int, code: str, size: int
) -> None:
    """Remember that a delivery was refused: the names and sizes of its headers, never its words."""
    sizes = {name[:100]: len(value) for name, value in list(headers.items())[:50]}
    row = {"desk": desk[:200], "status": status, "code": code, "size": size, "headers": json.dumps(sizes)}
    with database.write() as tx:
        tx.run(tx.insert(refused).values(at=tx.now, **row))
        newest = select(func.max(refused.c.id)).scalar_subquery()
        tx.run(delete(refused).where(refused.c.id <= newest - MOST_REFUSED))
