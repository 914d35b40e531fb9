"""One database: engine, transactions, the database's clock, the lock file.

SQLite takes one writer at a time, and the threads of a process take turns (``turns``); PostgreSQL takes any
number. A transaction's instant comes with its beginning, without a statement of its own.
"""

from __future__ import annotations

import fcntl
import select as polling
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex
from typing import IO, Any, TypeVar

import psycopg
from sqlalchemy import Connection, Engine, Table, create_engine, event, make_url
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DataError, DisconnectionError, IntegrityError, SQLAlchemyError

from plugin.casebook.moved import refuse_moved
from plugin.casebook.schema import bring_up_to_date
from plugin.casebook.tables import DB_NOW
from plugin.casebook.turns import Together, Turns
from plugin.errors import StoreError, Unstorable

Told = TypeVar("Told")
BUSY_TIMEOUT = 10.0
"""Seconds SQLite waits for another process's transaction."""


class AlreadyServing(StoreError):
    """Another process serves this case book; a SQLite case book has one."""


class Collision(StoreError):
    """Two transactions stood in each other's way and this one was ended: the same again will do."""


_COLLISIONS = {"40001", "40P01", "55P03"}
"""PostgreSQL's codes: serialization failure, deadlock, lock not available."""


@dataclass(frozen=True, slots=True)
class Transaction:
    """An open transaction and its instant by the database's clock (seconds since 1970)."""

    connection: Connection
    now: float

    @property
    def dialect(self) -> str:
        """``sqlite`` or ``postgresql``."""
        return self.connection.dialect.name

    def insert(self, table: Table) -> Any:
        """The dialect's own insert, which knows ``on conflict``."""
        return insert(self.dialect, table)

    def run(self, statement: Any, rows: Any = None) -> Any:
        """Execute one statement."""
        return self.connection.execute(statement, rows)


def insert(dialect: str, table: Table) -> Any:
    """An insert that knows ``on conflict``, in the dialect's own form."""
    return postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)


class Database:
    """The engine with its manners: durable commits, one writer, times by the database's clock."""

    def __init__(self, url: str, *, ahead: float = 0.0) -> None:
        """``ahead`` seconds are added to the database's clock (a simulated clock for trials)."""
        self.ahead = ahead
        self.holder = token_hex(8)
        """Who works through this database: on record with whatever is claimed, and the sessions' name."""
        self.engine = _engine(url, session_name(self.holder))
        self._turns = Turns()
        self._together: Together[Callable[[Transaction], Any], Any] = Together(self._all)
        self._lock_file: IO[str] | None = None
        self._path = make_url(url).database

    @property
    def is_sqlite(self) -> bool:
        """SQLite allows one serving process; PostgreSQL any number."""
        return self.engine.dialect.name == "sqlite"

    @property
    def path(self) -> Path | None:
        """SQLite's file; None where there is none."""
        return Path(self._path) if self.is_sqlite and self._path and self._path != ":memory:" else None

    def session(self) -> dict[str, Any]:
        """What the driver connects to PostgreSQL with: the address, also of several hosts, and manners."""
        _, address = self.engine.dialect.create_connect_args(self.engine.url)
        return {**address, **SESSION}

    def prepare(self) -> None:
        """Bring the schema up to date; raises ``StoreError``."""
        with self._translated():
            bring_up_to_date(self.engine, begin)

    @contextmanager
    def write(self, *, accepts: bool = False) -> Iterator[Transaction]:
        """A durable transaction; raises ``StoreError`` where the database cannot be written.

        One that ``accepts`` what a sender waits for comes before all but one of the others.
        """
        turn = self._turns.turn(accepts=accepts) if self.is_sqlite else nullcontext()
        with turn, self._translated(), self.engine.begin() as connection:
            yield self._transaction(connection, begin(connection))

    def together(self, work: Callable[[Transaction], Told]) -> Told:
        """A small write that a sender waits for, in one transaction with those of other threads.

        It is durable when this returns; raises what ``work`` raises, or ``StoreError``. One that fails takes
        none of the others with it.
        """
        told: Told = self._together(work)
        return told

    @contextmanager
    def single(self) -> Iterator[Connection]:
        """For one PostgreSQL statement that is a transaction of its own: one trip there and back."""
        with self._translated(), self.engine.connect() as connection:
            yield connection

    @contextmanager
    def read(self) -> Iterator[Transaction]:
        """A transaction that only reads and waits for no writer."""
        with self._translated(), self.engine.begin() as connection:
            yield self._transaction(connection, begin(connection, reads=True))

    def ask(self) -> float:
        """The database's clock; raises ``StoreError`` where it does not answer."""
        with self.read() as tx:
            return tx.now

    def take_lock(self) -> None:
        """Be the one serving process of a SQLite case book; raises ``AlreadyServing``, ``StoreError``."""
        if self.path is None:
            return
        try:
            file = Path(f"{self._path}.lock").open("w")  # noqa: SIM115 - held as long as this process serves
        except OSError as error:
            raise StoreError(f"{self._path}.lock: {error.strerror}") from error
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            file.close()
            raise AlreadyServing(f"{self._path} is served by another process") from error
        self._lock_file = file

    @contextmanager
    def outside(self) -> Iterator[Any]:
        """SQLite's own connection in a writer's turn, with no transaction open."""
        with self._turns.turn(), self._translated(), self.engine.connect() as connection:
            yield connection.connection.driver_connection

    def close(self) -> None:
        """Give back connections and the lock."""
        self.engine.dispose()
        if self._lock_file:
            self._lock_file.close()
            self._lock_file = None

    def _all(self, works: Sequence[Callable[[Transaction], Any]]) -> list[Any]:
        with self.write(accepts=True) as tx:
            return [work(tx) for work in works]

    def _transaction(self, connection: Connection, now: float) -> Transaction:
        return Transaction(connection, now + self.ahead)

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except (SQLAlchemyError, sqlite3.Error, psycopg.Error) as error:
            raise _kind(error)(_said(error)) from error


def _kind(error: Exception) -> type[StoreError]:
    if getattr(getattr(error, "orig", error), "sqlstate", None) in _COLLISIONS:
        return Collision
    return Unstorable if isinstance(error, DataError | IntegrityError) else StoreError


def _said(error: Exception) -> str:
    """The driver's own words, without the statement's values (they may hold a ticket's text)."""
    own = None if isinstance(error, SQLAlchemyError) else error
    return str(getattr(error, "orig", own) or type(error).__name__)[:200]


def session_name(holder: str) -> str:
    """What PostgreSQL calls the sessions of one process (``application_name``)."""
    return f"paidan {holder}"


SESSION: Mapping[str, Any] = {
    "connect_timeout": 5,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
    "options": "-c idle_in_transaction_session_timeout=30s -c lock_timeout=8s",
}
"""A node that is cut off, and a database that is, find out within seconds
(https://www.postgresql.org/docs/15/libpq-connect.html); no transaction of ours ever waits for anything."""


KEPT = 10
"""Connections to PostgreSQL that a process keeps open. Each of its threads uses one at a time, so it never
needs more than it has threads, and never waits for one."""


def _engine(url: str, name: str) -> Engine:
    """A pool that never lets a thread wait."""
    if url.startswith("sqlite"):
        own = {"timeout": BUSY_TIMEOUT, "check_same_thread": False}
        engine = create_engine(url, hide_parameters=True, max_overflow=-1, connect_args=own)
        event.listen(engine, "connect", _set_up_sqlite)
        return engine
    session = {**SESSION, "application_name": name, "autocommit": True}
    engine = create_engine(url, pool_size=KEPT, max_overflow=-1, hide_parameters=True, connect_args=session)
    event.listen(engine, "connect", _refuse_moved)
    event.listen(engine, "checkout", _see_whether_open)
    return engine


def _set_up_sqlite(connection: Any, _record: Any) -> None:
    """Every commit is on the disk before it is answered; readers never wait for the writer."""
    connection.isolation_level = None
    if connection.execute("PRAGMA page_count").fetchone()[0] == 0:  # a new file; of any other it would write
        connection.execute("PRAGMA auto_vacuum=INCREMENTAL")
    for pragma in ("journal_mode=WAL", "synchronous=FULL", f"busy_timeout={int(BUSY_TIMEOUT * 1000)}"):
        connection.execute(f"PRAGMA {pragma}")
    refuse_moved(connection, "sqlite")


def _refuse_moved(connection: Any, _record: Any) -> None:
    refuse_moved(connection, "postgresql")
    connection.rollback()


def begin(connection: Connection, *, reads: bool = False) -> float:
    """Begin a transaction, one that writes unless it ``reads`` only; its instant by the database's clock.

    The drivers begin none by themselves. SQLite's clock is this machine's; PostgreSQL tells it in one trip.
    """
    session: Any = connection.connection.driver_connection
    if connection.dialect.name == "sqlite":
        session.execute("BEGIN" if reads else "BEGIN IMMEDIATE")
        return time.time()
    answers = session.execute(f"BEGIN; SELECT {DB_NOW}", prepare=False)
    answers.nextset()
    (now,) = answers.fetchone()
    return float(now)


def _see_whether_open(connection: Any, _record: Any, _proxy: Any) -> None:
    """A server that ended our session, or itself, has said so on the socket: nothing is sent to find out."""
    poll = polling.poll()
    poll.register(connection.fileno(), polling.POLLIN)
    if poll.poll(0):
        raise DisconnectionError("the server ended the session")
