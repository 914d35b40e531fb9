"""A case book, a loop and the stand-in helpdesk, put together as the program does it.

Every test that uses them runs on SQLite and on PostgreSQL.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from plugin.casebook.advance import Advance, Pace
from plugin.casebook.database import Database
from plugin.casebook.desk_rows import change
from plugin.casebook.desks import Decide, DeskInUse
from plugin.casebook.holds import Holds
from plugin.casebook.inbox import accept
from plugin.casebook.loop import Loop
from plugin.casebook.retention import Keep, steps
from plugin.casebook.tables import action, case, delivery, event, intervention
from plugin.desk import describe
from plugin.desk.connector import Connector
from plugin.desk.helpdesk import Hint
from plugin.desk.installation import Installation
from tests.casebook.deciding import desk_map, simple_decide
from tests.casebook.standin import StandIn

Store = Callable[[Path], Database]

TOKEN = "a-path-token-of-enough-characters"


def standin_desk(url: str) -> Connector:
    """The stand-in as a configured helpdesk."""
    installation = Installation(
        desk="hall",
        url=url,
        secrets={"token": ("t",), "url_token": (TOKEN,)},
        targets={"group": None, "level": None, "priority": None, "tags": None},
    )
    return Connector(describe.load(Path(__file__).parent, "standin"), installation)


def on_sqlite(folder: Path) -> Database:
    """The folder's case book, as on one machine."""
    return _prepared(f"sqlite:///{folder}/book.db")


def _prepared(url: str) -> Database:
    database = Database(url)
    database.prepare()
    return database


def put_on_hold(database: Database, desk: str, seconds: float) -> None:
    """The helpdesk asked to be left alone for so long."""
    change(database, desk, lambda breaker, now: breaker.asked_to_wait(now, seconds))


def tidy(database: Database, keep: Keep | None = None) -> dict[str, int]:
    """Clear all that is over at once; what → how many rows."""
    return {name: sum(step()) for name, step in steps(database, keep or Keep())}


def on_record(database: Database) -> list[Mapping[str, Any]]:
    """Everything operators did by hand, oldest first."""
    with database.read() as tx:
        return [dict(row._mapping) for row in tx.run(select(intervention).order_by(intervention.c.id))]


class Book:
    """Everything of one Paidan but the web; time can be moved forward."""

    def __init__(self, folder: Path, helpdesk: StandIn, mode: str = "act") -> None:
        self.helpdesk = helpdesk
        self.database = (helpdesk.store or on_sqlite)(folder)
        self.version = "1"
        self.mode = mode
        self.decide: Decide = simple_decide
        self.connector = standin_desk(helpdesk.url)
        self.pace = Pace()
        self.advance = Advance(self.database, self.desks, Holds(self.database), self.pace)
        self.loop = Loop(self.database, self.advance, lease=self.pace.lease)
        self._keys = itertools.count(1)

    def desks(self) -> dict[str, DeskInUse]:
        return {"hall": DeskInUse(self.connector, desk_map(self.mode), self.decide, self.version)}

    def hear(self, ticket: int | str, key: str | None = None, **more: Any) -> bool:
        """A webhook of the ticket arrives."""
        hint = Hint(str(ticket), "updated", key or f"d{next(self._keys)}", **more)
        return accept(self.database, "hall", "", hint, b"{}")

    def run(self) -> None:
        """Advance everything that is due now."""
        self.loop.run_until_idle()

    def later(self, seconds: float) -> None:
        """Let time pass, then advance what became due."""
        self.database.ahead += seconds
        self.helpdesk.ahead += seconds
        self.run()

    def rows(self, table: Any, **where: Any) -> list[Any]:
        """Rows of a table, oldest first."""
        with self.database.read() as tx:
            found = select(table).where(*(table.c[k] == v for k, v in where.items()))
            return list(tx.run(found.order_by(table.c[next(iter(table.c.keys()))])))

    def case(self, ticket: int | str) -> Any:
        return self.rows(case, ticket=str(ticket))[0]

    def actions(self) -> list[Any]:
        return sorted(self.rows(action), key=lambda row: row.planned_at)

    def events(self, kind: str) -> list[Any]:
        return self.rows(event, type=kind)

    def deliveries(self) -> list[Any]:
        return self.rows(delivery)


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest) -> Iterator[Store]:
    """Makes the case book of a folder."""
    if request.param == "sqlite":
        yield on_sqlite
        return
    cluster, urls = request.getfixturevalue("postgres"), {}

    def on_postgresql(folder: Path) -> Database:
        if folder not in urls:
            urls[folder] = cluster.fresh()
        return _prepared(urls[folder])

    yield on_postgresql
    for url in urls.values():
        cluster.drop(url)


@pytest.fixture
def helpdesk(store: Store) -> Iterator[StandIn]:
    with StandIn().running() as standin:
        standin.store = store
        yield standin


@pytest.fixture
def book(tmp_path: Path, helpdesk: StandIn) -> Iterator[Book]:
    made = Book(tmp_path, helpdesk)
    yield made
    made.database.close()
