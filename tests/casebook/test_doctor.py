"""The daily look at every desk: one node does it, a changed desk file brings it forward, people are told."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Event
from types import SimpleNamespace
from typing import Any

import pytest
import responses

from plugin.app.doctor import Doctor
from plugin.casebook.holds import Holds
from plugin.casebook.watch import health
from plugin.desk.connector import Connector
from plugin.notify.outcomes import Outcome
from tests.casebook.conftest import Book, put_on_hold
from tests.desk.looked_at import MAP, answer, product
from tests.desk.products import desk

DAY = 86_400.0
RENAMED = [{"id": 7, "name": "Network"}, {"id": 8, "name": "Security team"}]


@pytest.fixture
def wire() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


class Looking:
    """Desks of one helpdesk, a doctor, and whom it told."""

    def __init__(self, book: Book) -> None:
        self.book = book
        self.told: list[tuple[str, int]] = []
        self.version = "v1"
        self.doctor = self.another()

    def another(self) -> Doctor:
        """Another node, or this one after a restart."""
        holds = Holds(self.book.database)
        return Doctor(self.book.database, self._desks, holds, Event(), self._warn)  # type: ignore[arg-type]

    def _desks(self) -> dict[str, Any]:
        helpdesk = Connector(product(), desk())
        return {"hall": SimpleNamespace(helpdesk=helpdesk, map=MAP, look_every=60.0, version=self.version)}

    def _warn(self, name: str, count: int) -> Outcome | None:
        self.told.append((name, count))
        return Outcome("delivered")

    @property
    def errors(self) -> int:
        return health(self.book.database).checkups[0].errors


def test_a_renamed_group_is_told_once_before_a_ticket_meets_it(
    book: Book, wire: responses.RequestsMock
) -> None:
    looking = Looking(book)
    answer(wire, groups=RENAMED)
    looking.doctor()
    assert (looking.errors, looking.told) == (1, [("hall", 1)])
    asked = len(wire.calls)
    looking.doctor()
    assert len(wire.calls) == asked, "not due again"
    book.later(DAY + 60)
    looking.doctor()
    assert len(wire.calls) > asked
    assert looking.told == [("hall", 1)], "what is known already is not told again"


def test_what_is_mended_is_well_again(book: Book, wire: responses.RequestsMock) -> None:
    looking = Looking(book)
    answer(wire, groups=RENAMED)
    looking.doctor()
    wire.reset()
    answer(wire)
    looking.version = "v2"
    looking.doctor()
    assert looking.errors == 0


@pytest.mark.parametrize(
    "failing",
    [
        {"fields": {"status": 500, "json": {}}},
        {"groups": {"status": 500, "json": {}}},
        {"priorities": {"status": 429, "json": {}}},
        {"me": {"status": 503, "json": {}}},
        {"about": {"body": responses.ConnectionError()}},
        {"about": {"status": 301, "headers": {"Location": "https://sso.example.org/login"}}},
        {"groups": {"status": 403, "json": {}}},
    ],
)
def test_what_cannot_be_looked_at_for_a_while_is_not_told_twice(
    book: Book, wire: responses.RequestsMock, failing: dict[str, Any]
) -> None:
    looking = Looking(book)
    answer(wire, groups=RENAMED)
    looking.doctor()
    looking.version = "v2"
    wire.reset()
    answer(wire, **{"groups": RENAMED, **failing})
    looking.doctor()
    codes = health(book.database).checkups[0].codes
    assert "name-gone" in codes
    told = [each for each in looking.told if each != ("hall", 1)]
    assert not told, "one error at a time"
    looking.told.clear()
    looking.version = "v3"
    wire.reset()
    answer(wire, groups=RENAMED)
    looking.doctor()
    assert (looking.errors, looking.told) == (1, [])


def test_what_answers_again_is_not_held_to_be_away(book: Book, wire: responses.RequestsMock) -> None:
    looking = Looking(book)
    answer(wire, about={"body": responses.ConnectionError()})
    looking.doctor()
    assert "unreachable" in health(book.database).checkups[0].codes
    looking.version = "v2"
    wire.reset()
    answer(wire, about={"status": 503})
    looking.doctor()
    assert "unreachable" not in health(book.database).checkups[0].codes


def test_what_was_mended_is_well_though_something_else_cannot_be_looked_at(
    book: Book, wire: responses.RequestsMock
) -> None:
    looking = Looking(book)
    answer(wire, groups=RENAMED)
    looking.doctor()
    looking.version = "v2"
    wire.reset()
    answer(wire, fields={"status": 500, "json": {}})
    looking.doctor()
    codes = health(book.database).checkups[0].codes
    assert "not-asked" in codes
    assert "name-gone" not in codes


def test_two_nodes_look_once(book: Book, wire: responses.RequestsMock) -> None:
    looking = Looking(book)
    answer(wire)
    looking.doctor()
    asked = len(wire.calls)
    other = looking.another()
    other._seen = {"hall": "v1"}
    other()
    assert len(wire.calls) == asked


def test_a_helpdesk_that_is_left_alone_is_not_asked(book: Book, wire: responses.RequestsMock) -> None:
    looking = Looking(book)
    answer(wire)
    put_on_hold(book.database, "hall", 100)
    looking.doctor()
    assert len(wire.calls) == 0
    book.later(161)
    looking.doctor()
    assert len(wire.calls) > 0


def test_too_much_ends_the_look_at_once(book: Book, wire: responses.RequestsMock) -> None:
    looking = Looking(book)
    answer(wire, me={"status": 429, "json": {}, "headers": {"Retry-After": "90"}})
    looking.doctor()
    assert [str(call.request.url).rsplit("/", 1)[1] for call in wire.calls] == ["about", "me"]


def test_a_start_looks_at_once(book: Book, wire: responses.RequestsMock) -> None:
    looking = Looking(book)
    answer(wire)
    looking.doctor()
    asked = len(wire.calls)
    looking.another()()
    assert len(wire.calls) > asked


def test_one_that_does_not_answer_is_looked_at_again_soon(book: Book, wire: responses.RequestsMock) -> None:
    looking = Looking(book)
    wire.get("https://desk.example.org/base/api/about", body=responses.ConnectionError())
    looking.doctor()
    assert looking.told == [("hall", 1)]
    wire.reset()
    answer(wire)
    book.later(601)
    looking.doctor()
    assert looking.errors == 0
