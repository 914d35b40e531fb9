"""Who writes next, and what is written together."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from plugin.casebook.database import Database, Transaction
from plugin.casebook.turns import Together, Turns
from plugin.errors import StoreError, Unstorable


def until(met: Callable[[], object]) -> None:
    deadline = time.monotonic() + 20
    while not met():
        assert time.monotonic() < deadline, "not in time"
        time.sleep(0.001)


class Queue:
    """Threads that come one after the other while somebody has the turn."""

    def __init__(self) -> None:
        self.turns = Turns()
        self.order: list[str] = []
        self._threads: list[threading.Thread] = []

    def comes(self, name: str, *, accepts: bool = False) -> None:
        def write() -> None:
            with self.turns.turn(accepts=accepts):
                self.order.append(name)

        before = self._waiting()
        self._threads.append(threading.Thread(target=write))
        self._threads[-1].start()
        until(lambda: self._waiting() > before)

    def _waiting(self) -> int:
        return sum(map(len, self.turns._waiting))

    def over(self) -> list[str]:
        for thread in self._threads:
            thread.join(20)
        return self.order


def test_an_accept_waits_behind_one_worker_and_never_behind_the_next() -> None:
    queue = Queue()
    with queue.turns.turn():
        for name in ("w1", "w2", "w3"):
            queue.comes(name)
        queue.comes("a1", accepts=True)
    assert queue.over() == ["a1", "w1", "w2", "w3"]


def test_workers_wait_behind_one_accept_and_never_behind_the_next() -> None:
    queue = Queue()
    with queue.turns.turn(accepts=True):
        for name in ("a1", "a2"):
            queue.comes(name, accepts=True)
        for name in ("w1", "w2"):
            queue.comes(name)
    assert queue.over() == ["w1", "a1", "w2", "a2"]


def test_a_turn_that_breaks_is_passed_on() -> None:
    turns = Turns()
    with pytest.raises(ZeroDivisionError), turns.turn():
        raise ZeroDivisionError
    with turns.turn(accepts=True):
        pass


class Group:
    """Work that stands still until it is let go, so that more comes meanwhile."""

    def __init__(self, fails: Callable[[Sequence[Any]], None] = lambda _given: None) -> None:
        self.groups: list[list[Any]] = []
        self.go_on = threading.Event()
        self.outcomes: dict[Any, Any] = {}
        self._fails = fails
        self._together = Together(self._work)
        self._threads: list[threading.Thread] = []

    def _work(self, given: Sequence[Any]) -> list[Any]:
        self.groups.append(list(given))
        self.go_on.wait(20)
        self._fails(given)
        return [f"{each}!" for each in given]

    def comes(self, given: Any) -> None:
        def ask() -> None:
            try:
                self.outcomes[given] = self._together(given)
            except Exception as error:
                self.outcomes[given] = type(error)

        self._threads.append(threading.Thread(target=ask))
        self._threads[-1].start()

    def filled(self, *given: Any) -> None:
        self.comes("first")
        until(lambda: self.groups)
        for each in given:
            self.comes(each)
        until(lambda: len(self._together._waiting) == len(given))
        self.go_on.set()
        for thread in self._threads:
            thread.join(20)


def test_what_comes_while_a_group_is_written_is_written_together() -> None:
    group = Group()
    group.filled(1, 2, 3)
    assert group.groups[0] == ["first"]
    assert sorted(group.groups[1]) == [1, 2, 3]
    assert group.outcomes == {"first": "first!", 1: "1!", 2: "2!", 3: "3!"}


@pytest.mark.parametrize("error", [Unstorable, ValueError])
def test_one_that_breaks_takes_none_of_the_others_with_it(error: type[Exception]) -> None:
    def fails(given: Sequence[Any]) -> None:
        if 2 in given:
            raise error

    group = Group(fails)
    group.filled(1, 2, 3)
    assert group.outcomes == {"first": "first!", 1: "1!", 2: error, 3: "3!"}


def test_a_database_that_is_gone_is_asked_once_for_all() -> None:
    def fails(given: Sequence[Any]) -> None:
        if "first" not in given:
            raise StoreError

    group = Group(fails)
    group.filled(1, 2, 3)
    assert len(group.groups) == 2
    assert group.outcomes == {"first": "first!", 1: StoreError, 2: StoreError, 3: StoreError}


def test_nobody_is_answered_before_the_commit(tmp_path: Path) -> None:
    """What another process sees once the call returns is what a crash just then would leave."""
    path = tmp_path / "book.db"
    database = Database(f"sqlite:///{path}")
    with database.write() as tx:
        tx.connection.exec_driver_sql("create table kept (thread integer, n integer)")
    missing = []

    def keep(tx: Transaction, row: tuple[int, int]) -> None:
        tx.connection.exec_driver_sql("insert into kept values (?, ?)", row)

    def send(thread: int) -> None:
        other = sqlite3.connect(path, timeout=20)
        for n in range(40):
            row = (thread, n)
            database.together(lambda tx, row=row: keep(tx, row))
            if other.execute("select count(*) from kept where thread = ? and n = ?", row).fetchone() != (1,):
                missing.append(row)
        other.close()

    threads = [threading.Thread(target=send, args=(thread,)) for thread in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert missing == []
    with database.read() as tx:
        assert tx.connection.exec_driver_sql("select count(*) from kept").scalar_one() == 240
    database.close()
