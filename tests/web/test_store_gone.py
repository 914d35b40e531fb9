"""A case book that cannot be written: 503 with a time, and service again by itself once it can."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import event

from plugin.casebook.tables import case, delivery
from plugin.errors import Unstorable
from plugin.web.hooks import RETRY_AFTER
from tests.postgres import cluster
from tests.web.door import MOST, Door


@pytest.fixture
def door(tmp_path: Path) -> Door:
    return Door(tmp_path)


def test_a_value_the_case_book_cannot_take_is_kept_for_a_person(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_given: object) -> bool:
        raise Unstorable("no such value")

    monkeypatch.setattr("plugin.web.hooks.accept", refused)
    assert door.send().status_code == 200
    (kept,) = door.rows(delivery)
    assert (kept.state, kept.reason, kept.ticket) == ("unreadable", "not-storable", None)


def test_a_disk_that_is_full_asks_to_come_again_and_serves_once_there_is_room(door: Door) -> None:
    assert door.send().status_code == 200
    body = {"ticket": 7, "delivery": "large", "event": "created", "words": "x" * (MOST - 100)}
    limit_pages(door, 1)  # SQLite itself says that the disk is full: no page more than there are
    assert [door.send(body).status_code for _ in range(4)][-1] == 503
    assert door.send(body).headers["Retry-After"] == str(RETRY_AFTER)
    limit_pages(door, 1_000_000)
    assert door.send(body).status_code == 200
    assert sum(row.key == "large" for row in door.rows(delivery)) == 1


def limit_pages(door: Door, most: int) -> None:
    """On every connection that is open, for it is kept per connection."""
    with door.database.engine.connect() as connection:
        connection.exec_driver_sql(f"PRAGMA max_page_count = {most}")


def test_another_process_that_keeps_the_case_book_locked_is_waited_for_and_then_told(tmp_path: Path) -> None:
    door = Door(tmp_path)
    event.listen(door.database.engine, "checkout", lambda c, *_: c.execute("PRAGMA busy_timeout = 100"))
    other = sqlite3.connect(tmp_path / "book.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    assert door.send().status_code == 503
    other.execute("ROLLBACK")
    assert door.send().status_code == 200
    other.close()


def test_a_server_that_went_and_came_back_needs_no_restart_of_ours() -> None:
    with cluster(durable=False) as store:
        door = Door(store.fresh())
        assert door.send().status_code == 200
        store.stop()
        for _ in range(2):
            answer = door.send({"ticket": 7, "delivery": "d2"})
            assert (answer.status_code, answer.headers["Retry-After"]) == (503, str(RETRY_AFTER))
        store.start()
        assert door.send({"ticket": 7, "delivery": "d2"}).status_code == 200
        store.stop("QUIT")
        store.start()
        assert door.send({"ticket": 7, "delivery": "d3"}).status_code == 200  # no session is tried that ended
        assert [row.key for row in door.rows(delivery)] == ["d1", "d2", "d3"]
        (woken,) = door.rows(case)
        assert woken.wake == 3
        door.database.close()
