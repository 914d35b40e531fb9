"""A case book with very many open clocks, made straight into SQLite; and the desk that keeps their time."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from typing import Any, cast

from sqlalchemy import make_url, update

from plugin.casebook.database import Database
from plugin.casebook.desks import Contact, DeskClocks, DeskInUse
from plugin.casebook.memory import Memory, dumped
from plugin.casebook.published import PublishedVersions, Version
from plugin.casebook.tables import case
from plugin.core.case import CaseState, Placement
from plugin.core.cycle import Clock
from plugin.core.effects import DeskMap
from plugin.core.escalation import Escalation, Repeat, Step
from plugin.core.meters import Target
from plugin.core.timekeeping import Policy

BATCH = 20_000
RANKS = (0, 1, 2, 3, 4)
OPENED = 1_790_000_000
FAR = OPENED + 10**9
"""When the clocks nobody looks at are due."""
POLICY = Policy(
    levels=("low", "high"),
    clocks=(
        Clock("report", "level", frozenset({"told"}), target=Target(seconds=600), warn=(50, 80)),
        Clock("answer", "opened", frozenset({"closed"}), target=Target(seconds=86_400 * 60), on_raise="keep"),
        Clock("arrive", "level", frozenset({"arrived"}), target=Target(seconds=1_800)),
    ),
    escalations=(
        Escalation(
            "late",
            "breach",
            "report",
            (Step(0, "deputy"), Step(600, "head")),
            frozenset({"ack"}),
            repeat=Repeat(900, 3),
        ),
    ),
)
VERSION = Version("policy", "plan", POLICY)


def desks() -> dict[str, DeskInUse]:
    """One desk that acts; its helpdesk is never asked."""
    clocks = DeskClocks(policy=VERSION, reach=lambda to, _at, _placement: (Contact(to, f"env:{to}"),))
    nothing = cast(Any, None)
    return {"hall": DeskInUse(nothing, DeskMap("act", "en", {}), nothing, "1", clocks)}


def make_cases(url: str, count: int) -> None:
    """``count`` cases, each with its events and open clocks; none is due."""
    database = Database(url)
    database.prepare()
    PublishedVersions(database).publish(VERSION)
    database.close()
    connection = sqlite3.connect(make_url(url).database or "")
    connection.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF;")
    for first in range(1, count + 1, BATCH):
        some = range(first, min(first + BATCH, count + 1))
        with connection:
            connection.executemany(CASE, map(_case, some))
            connection.executemany(EVENT, (row for number in some for row in _events(number)))
            connection.executemany(CLOCK, (row for number in some for row in _clocks(number)))
    connection.execute("PRAGMA optimize")
    connection.close()


def make_due(database: Database, count: int) -> None:
    """Let the clocks of ``count`` cases, spread over all ranks, fall due now."""
    with database.write() as tx:
        tx.run(update(case).where(case.c.id <= count).values(timer_at=float(OPENED)))


CASE = """INSERT INTO "case" (id, desk, ticket, status, level, peak_level, rank, memory, first_at, read_at,
next_at, wake, fence, lease_until, attempts, timer_at)
VALUES (?,'hall',?,'open','low','low',?,?,?,?,NULL,1,1,0,0,?)"""
EVENT = """INSERT INTO event (case_id, source_id, type, at, received_at, facts) VALUES (?,?,?,?,?,?)"""
CLOCK = """INSERT INTO clock (case_id, clock, cycle, state, start_at, due_at, is_provisional)
VALUES (?,?,?,'running',?,?,0)"""
_MEMORIES = [
    dumped(Memory(CaseState(rank, Placement("visit", rank, "low", rank > 0, "none", "desk"))))
    for rank in RANKS
]
_DOCUMENTS = json.dumps({"policy": VERSION.hash, "calendars": {}})


def _case(number: int) -> tuple[Any, ...]:
    rank = RANKS[number % len(RANKS)]
    return number, str(number), rank, _MEMORIES[rank], OPENED, OPENED, float(FAR + number)


def _events(number: int) -> Iterator[tuple[Any, ...]]:
    yield number, "documents:1", "documents", OPENED, OPENED, _DOCUMENTS
    yield number, "message:opening", "opened", OPENED, OPENED, "{}"
    yield number, "level:1:low", "level", OPENED, OPENED, '{"level": "low", "rank": 1}'


def _clocks(number: int) -> Iterator[tuple[Any, ...]]:
    for clock in POLICY.clocks:
        yield number, clock.id, "level:1:low", OPENED, OPENED + (clock.target.seconds if clock.target else 0)
