"""Many rows changed a few at a time: whoever accepts or moves a case never waits for all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from sqlalchemy import Column, ColumnElement, and_, select

from plugin.casebook.database import Database, Transaction

BATCH = 200
"""Rows changed in one transaction."""

Which = Callable[[float], ColumnElement[bool]]
"""the database's time → the rows"""
Work = Callable[[Transaction, Sequence[Any]], int]
"""Does it to the rows of these keys; how many that were."""


def in_batches(database: Database, key: Column[Any], which: Which, work: Work) -> Iterator[int]:
    """Do ``work`` to the rows of a table that are ``which``; yields after each transaction how many it took.

    They are looked for by reading alone, in the order of ``key``, and looked at again by ``work``.
    Raises ``StoreError``.
    """
    after: Any = None
    while keys := _next(database, key, which, after):
        with database.write() as tx:
            count = work(tx, keys)
        yield count
        after = keys[-1]


def _next(database: Database, key: Column[Any], which: Which, after: Any) -> Sequence[Any]:
    with database.read() as tx:
        wanted = which(tx.now) if after is None else and_(which(tx.now), key > after)
        return list(tx.run(select(key).where(wanted).order_by(key).limit(BATCH)).scalars())
