"""The schema and its revisions: the same from whichever one begins, and what older processes need stays."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, MetaData, create_engine, inspect, text
from sqlalchemy.sql.sqltypes import Boolean, Double, Float, Integer, LargeBinary

from plugin.casebook.database import Database
from plugin.casebook.schema import FIRST, MIGRATIONS, NEWEST, revision, run_alembic
from plugin.casebook.tables import metadata
from plugin.errors import StoreError
from tests.postgres import Cluster

REVISIONS = sorted(path.name[:4] for path in (MIGRATIONS / "versions").glob("[0-9]*.py"))


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/book.db"
        return
    cluster: Cluster = request.getfixturevalue("postgres")
    made = cluster.fresh()
    yield made
    cluster.drop(made)


def shape(connection: Connection) -> dict[str, Any]:
    """Everything the database says of its tables, in an order of its own."""
    found = inspect(connection)
    return {
        table: {
            "columns": {
                column["name"]: (str(column["type"]), column["nullable"], column["default"])
                for column in found.get_columns(table)
            },
            "key": sorted(found.get_pk_constraint(table)["constrained_columns"]),
            "unique": sorted(tuple(each["column_names"]) for each in found.get_unique_constraints(table)),
            "indexes": sorted(
                (str(each["name"]), tuple(each["column_names"]), bool(each["unique"]))
                for each in found.get_indexes(table)
            ),
        }
        for table in found.get_table_names()
        if table != "alembic_version"
    }


def whole(url: str) -> dict[str, Any]:
    """The schema of a new case book."""
    engine = create_engine(url)
    with engine.begin() as connection:
        metadata.create_all(connection)
        made = shape(connection)
        metadata.drop_all(connection)
    engine.dispose()
    return made


def at(url: str, target: str) -> None:
    """A case book as a version of that revision left it."""
    engine = create_engine(url)
    with engine.begin() as connection:
        run_alembic(connection, "upgrade", target)
    engine.dispose()


def filled(connection: Connection, known: MetaData, start: int = 1) -> None:
    """One row in every table, written as a process that knows just these tables would."""
    for table in known.sorted_tables:
        if table.name != "alembic_version":
            row = {column.name: _value(column, start) for column in table.columns if not column.nullable}
            connection.execute(table.insert().values(**row))


def _value(column: Any, number: int) -> Any:
    if isinstance(column.type, Boolean):
        return False
    if isinstance(column.type, Integer):
        return number
    if isinstance(column.type, Double | Float):
        return float(number)
    return b"x" if isinstance(column.type, LargeBinary) else f"{number}"


def reflected(connection: Connection) -> MetaData:
    known = MetaData()
    known.reflect(connection)
    return known


def test_the_revisions_are_one_line() -> None:
    assert [f"{n:04}" for n in range(1, len(REVISIONS) + 1)] == REVISIONS
    assert (REVISIONS[0], REVISIONS[-1]) == (FIRST, NEWEST)


@pytest.mark.parametrize("begin", ["empty", *REVISIONS])
def test_every_beginning_ends_in_the_same_schema(url: str, begin: str) -> None:
    wanted = whole(url)
    if begin != "empty":
        at(url, begin)
    database = Database(url)
    database.prepare()
    with database.engine.begin() as connection:
        assert shape(connection) == wanted
        assert revision(connection) == NEWEST
    database.prepare()
    database.close()


@pytest.mark.parametrize("begin", REVISIONS[:-1])
def test_an_upgrade_keeps_every_row_and_the_older_version_works_on(url: str, begin: str) -> None:
    at(url, begin)
    database = Database(url)
    with database.engine.begin() as connection:
        known = reflected(connection)
        filled(connection, known)
    database.prepare()
    with database.engine.begin() as connection:
        filled(connection, known, start=2)
        for table in known.sorted_tables:
            if table.name != "alembic_version":
                assert len(connection.execute(table.select()).all()) == 2, table.name
    database.close()


def test_a_case_book_from_before_revisions_is_taken_up(url: str) -> None:
    wanted = whole(url)
    at(url, FIRST)
    database = Database(url)
    with database.engine.begin() as connection:
        connection.execute(text("drop table alembic_version"))
        filled(connection, reflected(connection))
    database.prepare()
    with database.engine.begin() as connection:
        assert shape(connection) == wanted
        assert connection.execute(text('select count(*) from "case"')).scalar() == 1
    database.close()


def test_a_trial_version_is_refused_and_left_as_it_is(url: str) -> None:
    database = Database(url)
    with database.engine.begin() as connection:
        connection.execute(text('create table "case" (id integer primary key)'))
    with pytest.raises(StoreError, match="trial version"):
        database.prepare()
    with database.engine.begin() as connection:
        assert inspect(connection).get_table_names() == ["case"]
    database.close()


def test_a_newer_case_book_is_used_as_it_is(url: str) -> None:
    database = Database(url)
    database.prepare()
    with database.engine.begin() as connection:
        connection.execute(text("update alembic_version set version_num = '9999'"))
    database.prepare()
    with database.engine.begin() as connection:
        assert revision(connection) == "9999"
    database.close()


def test_a_failed_upgrade_leaves_everything_as_it_was(url: str) -> None:
    at(url, FIRST)
    database = Database(url)
    with database.engine.begin() as connection:
        connection.execute(text("create table node (id integer)"))
        before = shape(connection)
    with pytest.raises(StoreError):
        database.prepare()
    with database.engine.begin() as connection:
        assert shape(connection) == before
        assert revision(connection) == FIRST
    database.close()
