"""A case book moved to another database: the same on both ends, locked where it was, all or nothing."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import SQLAlchemyError

from plugin.casebook.database import Database
from plugin.casebook.inbox import accept
from plugin.casebook.moved import Moved
from plugin.casebook.moving import TABLES, MoveRefused, counts, move
from plugin.casebook.tables import delivery, metadata
from plugin.desk.helpdesk import Hint
from plugin.errors import StoreError
from tests.casebook.conftest import Book, on_sqlite
from tests.casebook.standin import Fault, StandIn
from tests.postgres import Cluster

ROOT = Path(__file__).parents[2]
ODD = ["", "上访 \U0001f4a7", "line\nline\r\t", '\'; drop table "case" --', "%s :x {y}", "\x7f\u200b"]
Place = Callable[[str], str]


@pytest.fixture(params=["sqlite to postgresql", "postgresql to sqlite", "postgresql to postgresql"])
def ends(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, str]]:
    """The addresses of the old case book and of the new one."""
    cluster: Cluster = request.getfixturevalue("postgres")
    made: list[str] = []

    def place(kind: str, name: str) -> str:
        if kind == "sqlite":
            return f"sqlite:///{tmp_path}/{name}.db"
        made.append(cluster.fresh())
        return made[-1]

    old, new = request.param.split(" to ")
    yield place(old, "old"), place(new, "new")
    for url in made:
        cluster.drop(url)


def prepared(url: str) -> Database:
    database = Database(url)
    database.prepare()
    return database


def contents(database: Database) -> dict[str, list[tuple[object, ...]]]:
    with database.read() as tx:
        return {
            table.name: sorted((tuple(row) for row in tx.run(table.select())), key=repr) for table in TABLES
        }


def fill(database: Database, rows: int) -> None:
    """Every table with rows of every kind of value there is."""
    chance = random.Random(rows)
    with database.write() as tx:
        for table in metadata.sorted_tables:
            tx.run(table.insert(), [odd_row(table, number, chance) for number in range(1, rows + 1)])


def odd_row(table: object, number: int, chance: random.Random) -> dict[str, object]:
    made: dict[str, object] = {}
    for column in table.columns:  # type: ignore[attr-defined]
        kind = column.type.python_type
        if column.nullable and chance.random() < 0.3:
            made[column.name] = None
        elif column.primary_key or any(column.name in each.columns for each in uniques(table)):
            made[column.name] = f"{number} {chance.choice(ODD)}" if kind is str else number
        elif kind is str:
            made[column.name] = chance.choice(ODD)[: column.type.length or 100]
        elif kind is bytes:
            made[column.name] = chance.randbytes(40)
        elif column.name in ("lease_until", "probe_until"):
            made[column.name] = 0.0
        elif kind is float:
            made[column.name] = chance.choice([0.1 + 0.2, 1764100000.123456, -1e-300, 1e300, 0.0])
        else:
            made[column.name] = kind(chance.choice([0, 1]))
    return made


def uniques(table: object) -> list[object]:
    return [each for each in table.constraints if type(each).__name__ == "UniqueConstraint"]  # type: ignore[attr-defined]


def nothing(_rows: int) -> None:
    return


def test_every_row_arrives_as_it_was_and_new_ones_follow(ends: tuple[str, str]) -> None:
    old, new = map(prepared, ends)
    fill(old, 2500)
    before = contents(old)
    heard: list[int] = []
    found = move(old, new, "elsewhere", heard.append)
    assert contents(new) == before
    assert found == {table.name: 2500 for table in TABLES}
    assert sum(heard) == 2500 * len(TABLES)
    assert accept(new, "hall", "", Hint("7", "updated", "a new one"), b"{}")
    with new.read() as tx:
        assert max(tx.run(delivery.select()).scalars()) == 2501
    old.close()
    new.close()


def test_the_old_case_book_says_where_it_went_and_takes_nothing(ends: tuple[str, str]) -> None:
    old, new = map(prepared, ends)
    fill(old, 3)
    was_open = Database(ends[0])
    if not was_open.is_sqlite:
        was_open.engine.connect().close()
        with pytest.raises(MoveRefused, match="in-use"):
            move(old, new, "elsewhere", nothing)
        was_open.close()
    else:
        with was_open.read():
            pass
    move(old, new, "elsewhere", nothing)
    if was_open.is_sqlite:
        with pytest.raises(StoreError, match="moved"), was_open.write() as tx:
            tx.run(text("update hold set failures = 1"))
    with pytest.raises(Moved, match="elsewhere"), Database(ends[0]).read():
        pass
    with old.engine.connect() as connection:
        for table in TABLES:
            first = next(iter(table.c))
            for statement in (table.delete(), table.update().values({first.name: first})):
                with pytest.raises(SQLAlchemyError, match="moved"):
                    connection.execute(statement)
                connection.rollback()


def test_what_is_there_already_is_left_alone(ends: tuple[str, str]) -> None:
    old, new = map(prepared, ends)
    fill(old, 3)
    accept(new, "hall", "", Hint("7", "updated", "another"), b"{}")
    before = contents(old), contents(new)
    with pytest.raises(MoveRefused, match="not-empty"):
        move(old, new, "elsewhere", nothing)
    with pytest.raises(MoveRefused, match="same"):
        move(old, Database(ends[0]), "elsewhere", nothing)
    assert (contents(Database(ends[0])), contents(new)) == before


def test_a_move_that_is_cut_changes_nothing_or_is_finished_by_the_next(ends: tuple[str, str]) -> None:
    old, new = map(prepared, ends)
    fill(old, 3)
    before = contents(old)

    def cut(*_: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        move(old, new, "elsewhere", cut)
    assert (contents(old), sum(counts(new).values())) == (before, 0)
    event.listen(old.engine, "commit", cut)
    with pytest.raises(KeyboardInterrupt):
        move(old, new, "elsewhere", nothing)
    event.remove(old.engine, "commit", cut)
    old.engine.dispose()
    assert contents(old) == contents(new) == before
    assert move(old, new, "elsewhere", nothing) == {table.name: 3 for table in TABLES}
    with pytest.raises(Moved), Database(ends[0]).read():
        pass


def test_a_call_whose_outcome_is_unknown_is_settled_at_the_new_place(
    tmp_path: Path, helpdesk: StandIn, postgres: Cluster
) -> None:
    """What was sent before the move goes out once; the case goes on where it stood."""
    if helpdesk.store is not on_sqlite:
        pytest.skip("the move is from SQLite")
    book = Book(tmp_path, helpdesk)
    ticket = helpdesk.open("上访", "五十余人来到窗口反映工资")
    helpdesk.faults.append(Fault("PUT", cut="after"))
    book.hear(ticket)
    book.run()
    assert [each.state for each in book.actions()] == ["sending"]
    url = postgres.fresh()
    new = prepared(url)
    move(book.database, new, "elsewhere", nothing)
    helpdesk.store = lambda _folder: new
    later = Book(tmp_path, helpdesk)
    later.later(60)
    assert [each.state for each in later.actions()] == ["done"]
    assert len(helpdesk.notes(ticket)) == 1
    assert helpdesk.count("PUT") == 1
    new.close()
    postgres.drop(url)


def test_the_command_survives_being_killed_anywhere(tmp_path: Path, postgres: Cluster) -> None:
    old_url, new_url = f"sqlite:///{tmp_path}/old.db", postgres.fresh()
    old = prepared(old_url)
    fill(old, 4000)
    before = contents(old)
    old.close()
    env = {**os.environ, "PAIDAN_DATABASE_URL": old_url, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "plugin", "move", "--to", new_url]
    begun = time.monotonic()
    dry = subprocess.run([*command, "--dry-run"], env=env, capture_output=True, text=True)
    start = time.monotonic() - begun
    assert dry.returncode == 0, dry.stderr
    assert f"{4000 * len(TABLES):,}" in dry.stdout
    nowhere = subprocess.run([*command[:-1], f"sqlite:///{tmp_path}/no/new.db"], env=env, capture_output=True)
    assert (nowhere.returncode, nowhere.stderr.count(b"\n")) == (1, 1)
    chance = random.Random(7)
    for _ in range(5):
        with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
            time.sleep(chance.uniform(0.5, 2.5) * start)
            running.kill()
    done = subprocess.run(command, env=env, capture_output=True, text=True)
    if done.returncode:
        assert "***" in done.stderr or new_url in done.stderr, (
            "a kill came after the end: it was moved before"
        )
    else:
        assert new_url in done.stdout
    again = subprocess.run(command, env=env, capture_output=True, text=True)
    assert again.returncode == 1
    assert new_url in again.stderr
    new = Database(new_url)
    assert contents(new) == before
    new.close()
    postgres.drop(new_url)
