"""The ticket that shows whether a helpdesk comes through: looked for in time, and never left lying about."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
import responses

from plugin.app import round_trip
from plugin.casebook import arrivals
from plugin.casebook.arrivals import Arrived, Mark
from plugin.desk.connector import Connector
from plugin.desk.installation import Installation
from plugin.errors import StoreError
from tests.casebook.conftest import on_sqlite
from tests.desk.products import URL, descriptor, document

SHAPE = {
    "create": {"post": "/api/t", "body": {"title": "${title}"}},
    "id": "id",
    "close": {"put": "/api/t/${id}", "body": {"state": "done"}},
}


def connector(*, hears: bool) -> Connector:
    here = Installation("hall", URL, {"token": ("t0ken",), "hook": ("h00k",)}, hears=hears)
    return Connector(descriptor(test_ticket=SHAPE), here)


def test_its_ticket_is_closed_also_where_the_case_book_goes_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*_: object) -> Arrived:
        raise StoreError("the disk is full")

    monkeypatch.setattr(arrivals, "is_served", lambda _: True)
    monkeypatch.setattr(arrivals, "arrived", gone)
    with responses.RequestsMock() as web:
        web.post(f"{URL}/api/t", json={"id": "t-1"})
        web.put(f"{URL}/api/t/t-1", json={})
        with pytest.raises(StoreError):
            list(round_trip.round_trip(on_sqlite(tmp_path), connector(hears=True), "Gas", "en"))
        assert json.loads(web.calls[1].request.body or "") == {"state": "done"}


def test_a_group_that_stands_in_another_list_is_called_as_that_list_calls_it() -> None:
    people = {"get": "/api/people", "id": "item.no", "name": "item.name"}
    group = {"list": "users", "read": "ticket.owner", "write": {"owner": "${value}"}}
    made = document()
    made["write"]["targets"]["group"] = group
    shape = descriptor(lists={"users": people}, write=made["write"])
    with responses.RequestsMock() as web:
        web.get(f"{URL}/api/people", json=[{"no": 9, "name": "Gas"}])
        assert round_trip.on_wire(Connector(shape, Installation("hall", URL)), "Gas") == "9"


@pytest.mark.parametrize(("hears", "looks_at"), [(True, round_trip.LOOK_AFTER), (False, 0.0)])
def test_a_look_is_asked_for_when_no_webhook_came_at_once_where_none_can(
    hears: bool, looks_at: float, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now, looked = [0.0], []

    def sleep(seconds: float) -> None:
        now[0] += seconds

    def arrived(*_: object) -> Arrived:
        nothing = Arrived(genuine=0, refused={}, unreadable=0)
        return replace(nothing, decided=now[0]) if looked and now[0] > looked[0] else nothing

    clock = SimpleNamespace(monotonic=lambda: now[0], sleep=sleep)  # of this module alone
    monkeypatch.setattr(round_trip, "time", clock)
    monkeypatch.setattr(arrivals, "arrived", arrived)
    monkeypatch.setattr(arrivals, "ask_a_look", lambda *_: looked.append(now[0]))
    book = on_sqlite(tmp_path)
    found = round_trip.awaited(book, connector(hears=hears), Mark(0, 0, 0.0), "t-1")
    assert found.decided is not None
    assert [looks_at < at <= looks_at + 2 * round_trip.TURN for at in looked] == [True]
