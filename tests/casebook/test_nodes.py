"""Several nodes on one PostgreSQL: who is dead or frozen loses its cases, and can write nothing of them."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text, update

from plugin.casebook import nodes
from plugin.casebook.actions import intend
from plugin.casebook.bell import Bell
from plugin.casebook.claiming import claim
from plugin.casebook.claims import Claim, Superseded
from plugin.casebook.database import Database
from plugin.casebook.nodes import SILENT, Node, Process, this_process
from plugin.casebook.store import release
from plugin.casebook.tables import action, case, message, node
from plugin.errors import StoreError
from tests.casebook.conftest import Book
from tests.casebook.standin import Fault, StandIn
from tests.postgres import Cluster


@pytest.fixture
def shared(tmp_path: Path, postgres: Cluster) -> Iterator[Callable[[], Book]]:
    """Gives one node after the other, each with connections of its own."""
    url, made = postgres.fresh(), []
    with StandIn().running() as helpdesk:

        def store(_folder: Path) -> Database:
            database = Database(url)
            database.prepare()
            made.append(database)
            return database

        helpdesk.store = store
        yield lambda: Book(tmp_path, helpdesk)
    for database in made:
        database.close()
    postgres.drop(url)


def taken(book: Book) -> Claim:
    """A case in this node's hands."""
    book.hear(book.helpdesk.open("complaint", "3 people"))
    found = claim(book.database, 30.0, longest_waiting=False)
    assert found is not None
    return found


def ended() -> Process:
    """A process of this machine that is no more."""
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    process = replace(this_process(), pid=child.pid, born=nodes._born(child.pid) or 0)
    assert not process.is_gone()
    child.kill()
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    assert process.is_gone(), "a process nobody waited for yet has ended all the same"
    child.wait()
    return process


def test_a_process_that_is_hidden_from_this_account_has_not_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    process = replace(this_process(), pid=child.pid, born=nodes._born(child.pid) or 0)
    monkeypatch.setattr(nodes, "Path", lambda _path: Path("/nowhere"))
    assert not process.is_gone()
    child.kill()
    child.wait()
    assert process.is_gone()


def silent(book: Book, seconds: float = SILENT + 1.0) -> None:
    """All nodes have not beaten for so long."""
    with book.database.write() as tx:
        tx.run(update(node).values(beat_at=node.c.beat_at - seconds))


def in_flight(book: Book, claimed: Claim) -> None:
    """The case's write is on its way."""
    with book.database.write() as tx:
        row = {"id": "a1", "case_id": claimed.id, "ledger_key": "k", "state": "planned", "changes": "[]"}
        tx.run(action.insert().values(**row, fence=1, attempts=0, planned_at=tx.now, not_after=0.0))
    intend(book.database, claimed, _Sent("a1"), 10.0, 30.0, 600.0)  # type: ignore[arg-type]


class _Sent:
    def __init__(self, name: str) -> None:
        self.id = name


def test_a_process_that_is_no_more_is_known_at_once(shared: Callable[[], Book]) -> None:
    one, other = shared(), shared()
    dead, alive = Node(one.database), Node(other.database)
    dead._process = ended()
    dead.join()
    claimed = taken(one)
    in_flight(one, claimed)
    alive.join()
    assert claim(other.database, 30.0, longest_waiting=False) is not None
    assert other.actions()[0].not_after <= time.time(), "nothing of a dead process can leave any more"
    with pytest.raises(Superseded):
        release(one.database, claimed, None)


def test_a_frozen_node_loses_its_cases_and_its_say(shared: Callable[[], Book]) -> None:
    one, other = shared(), shared()
    frozen, alive = Node(one.database), Node(other.database)
    frozen.join()
    claimed = taken(one)
    in_flight(one, claimed)
    silent(one)
    alive.join()
    assert alive.beat() == 1
    assert other.actions()[0].not_after > time.time() + 5, "its call may still be on the way"
    again = claim(other.database, 30.0, longest_waiting=False)
    assert again is not None
    assert again.open_action is not None
    with pytest.raises(Superseded):
        release(one.database, claimed, None)
    frozen.beat()
    assert {row.id for row in other.rows(node)} == {frozen.id, alive.id}


def test_a_node_that_is_alive_keeps_its_cases(shared: Callable[[], Book]) -> None:
    one, other = shared(), shared()
    first, second = Node(one.database), Node(other.database)
    first.join()
    second.join()
    claimed = taken(one)
    assert (first.beat(), second.beat()) == (0, 0)
    assert claim(other.database, 30.0, longest_waiting=False) is None
    release(one.database, claimed, None)


def test_after_an_outage_nobody_is_buried_for_having_been_silent(shared: Callable[[], Book]) -> None:
    one, other = shared(), shared()
    first, second = Node(one.database), Node(other.database)
    first.join()
    second.join()
    silent(one, 600.0)
    assert [first.beat(), second.beat(), first.beat(), second.beat()] == [0, 0, 0, 0]


def test_a_node_that_leaves_gives_everything_back(shared: Callable[[], Book]) -> None:
    one, other = shared(), shared()
    leaving = Node(one.database)
    leaving.join()
    claimed = taken(one)
    leaving.leave()
    assert claim(other.database, 30.0, longest_waiting=False) is not None
    assert other.rows(node) == []
    with pytest.raises(Superseded):
        release(one.database, claimed, None)


def test_a_message_in_a_dead_nodes_hands_goes_again_and_says_so(shared: Callable[[], Book]) -> None:
    one, other = shared(), shared()
    dead = Node(one.database)
    dead._process = ended()
    dead.join()
    with one.database.write() as tx:
        row = {"id": "m1", "case_id": 1, "ledger_key": "k", "addressee": "duty", "slots": "{}"}
        times = {"planned_at": tx.now, "next_try": tx.now, "attempts": 1, "may_have_arrived": False}
        tx.run(message.insert().values(**row, **times, state="sending", holder=one.database.holder))
    Node(other.database).join()
    [left] = other.rows(message)
    assert (left.state, left.may_have_arrived) == ("planned", True)


def test_a_node_frozen_in_the_middle_of_a_transaction_keeps_no_row(shared: Callable[[], Book]) -> None:
    one, other = shared(), shared()
    frozen, alive = Node(one.database), Node(other.database)
    frozen.join()
    claimed = taken(one)
    frozen_in = one.database.write()
    tx = frozen_in.__enter__()
    tx.run(update(case).where(case.c.id == claimed.id).values(rank=1))
    tx.run(update(node).where(node.c.id == frozen.id).values(pid=node.c.pid))
    alive.join()
    other.database.ahead = SILENT + 1.0
    alive.beat()
    assert alive.beat() == 1
    assert claim(other.database, 30.0, longest_waiting=False) is not None
    with pytest.raises(StoreError):
        frozen_in.__exit__(None, None, None)


def test_two_nodes_that_bury_at_the_same_time_bury_once(shared: Callable[[], Book]) -> None:
    books = [shared() for _ in range(4)]
    mourners = [Node(book.database) for book in books[1:]]
    dead = Node(books[0].database)
    dead.join()
    claimed = taken(books[0])
    for each in mourners:
        each.join()
    silent(books[0])
    for each in mourners:
        each.beat()
    with books[0].database.write() as tx:
        late = node.c.id == books[0].database.holder
        tx.run(update(node).where(late).values(beat_at=tx.now - 60))
    counts: list[int] = []
    threads = [threading.Thread(target=lambda each=each: counts.append(each.beat())) for each in mourners]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(counts) == 1
    assert books[1].rows(case)[0].fence == claimed.fence + 1


def test_a_ring_is_heard_by_every_listener(shared: Callable[[], Book]) -> None:
    heard: list[tuple[str, int]] = []
    listeners = [Bell(shared().database, lambda n, name=name: heard.append((name, n))) for name in "ab"]
    ringer = Bell(shared().database)
    for bell in (*listeners, ringer):
        bell.start()
    _until(lambda: {name for name, _ in heard} == {"a", "b"})  # at start, for what was rung before
    heard.clear()
    for _ in range(5):
        ringer.ring()
    _until(lambda: sum(n for name, n in heard if name == "a") == 5)
    _until(lambda: sum(n for name, n in heard if name == "b") == 5)
    for bell in (*listeners, ringer):
        bell.stop()


def test_a_cut_connection_is_made_again_and_what_was_missed_is_looked_for(
    shared: Callable[[], Book],
) -> None:
    heard: list[int] = []
    book = shared()
    bell = Bell(book.database, heard.append)
    bell.start()
    _until(lambda: len(heard) == 1 and _bells(book) == 2)
    with book.database.engine.begin() as connection:
        cut = "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'paidan bell'"
        assert len(connection.execute(text(cut)).all()) == 2
    _until(lambda: len(heard) == 2)
    bell.ring()
    _until(lambda: len(heard) == 3)
    bell.stop()


def test_a_case_whose_middle_the_case_book_failed_in_is_free_at_once(shared: Callable[[], Book]) -> None:
    book = shared()
    ticket = book.helpdesk.open("complaint", "3 people")
    book.hear(ticket)
    cut = "select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid()"

    def lose_connections() -> None:
        with book.database.engine.begin() as connection:
            connection.execute(text(cut))

    for method in ("GET", "PUT"):
        book.helpdesk.faults.append(Fault(method, then=lose_connections))
    begun = time.monotonic()
    while not book.helpdesk.notes(ticket) or book.case(ticket).next_at is not None:
        book.run()
        time.sleep(0.05)
        assert time.monotonic() - begun < 10, "the lease is 30 s: waiting for its end is too long"
    assert len(book.helpdesk.notes(ticket)) == 1


def _bells(book: Book) -> int:
    with book.database.engine.begin() as connection:
        count = "select count(*) from pg_stat_activity where application_name = 'paidan bell'"
        return int(connection.execute(text(count)).scalar_one())


def _until(met: Callable[[], Any], seconds: float = 10.0) -> None:
    deadline = time.monotonic() + seconds
    while not met():
        assert time.monotonic() < deadline, "not in time"
        time.sleep(0.01)
