"""Live lists under bad weather: shifted pages, failures, many threads at once, names changed in between."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
import responses
from hypothesis import given
from hypothesis import strategies as st

from plugin.core.effects import Change, Effects, Snapshot
from plugin.desk.connector import Connector
from plugin.desk.lists import Entry, Lists, listed
from plugin.sockets import since_boot
from tests.desk.products import descriptor, desk, document, ticket
from tests.desk.test_lists import GROUPS, TICKET, group, listing

PAGED = {"parameter": "page", "items": "groups", "size": 2}


@pytest.fixture
def wire() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


def test_a_group_on_two_pages_is_one_group(wire: responses.RequestsMock) -> None:
    """A list that grows while it is read shows its last one again at the top of the next page."""
    wire.get(f"{GROUPS}?page=1", json={"groups": [group(1, "A"), group(2, "B")]})
    wire.get(f"{GROUPS}?page=2", json={"groups": [group(2, "B")]})
    entries = Connector(listing(paging=PAGED), desk()).lists.entries("groups")
    assert entries == (Entry("1", "A"), Entry("2", "B"))


def test_a_list_of_ten_thousand_is_whole(wire: responses.RequestsMock) -> None:
    rows = [group(number, f"Group {number}") for number in range(9_999)]

    def page(request: Any) -> Any:
        at = (int(request.params["page"]) - 1) * 100
        return 200, {}, json.dumps({"groups": rows[at : at + 100]})

    wire.add_callback("GET", GROUPS, callback=page)
    entries = Connector(listing(paging={**PAGED, "size": 100}), desk()).lists.entries("groups", 60.0)
    assert len(entries) == 9_999


def test_threads_share_one_list(wire: responses.RequestsMock) -> None:
    def slow(_request: Any) -> Any:
        time.sleep(0.1)
        return 200, {}, json.dumps({"groups": [group(7, "Network")]})

    wire.add_callback("GET", GROUPS, callback=slow)
    lists = Connector(listing(), desk()).lists
    threads = [threading.Thread(target=lists.entries, args=("groups", 5.0)) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(wire.calls) == 1


def test_a_list_that_is_not_to_be_had_is_believed_a_while_longer(wire: responses.RequestsMock) -> None:
    """No ticket waits because a list cannot be asked for just now."""
    wire.get(GROUPS, json={"groups": [group(7, "Network")]})
    wire.get(GROUPS, status=500, body="oops")
    now = [0.0]
    connector = Connector(listing(), desk())
    lists = Lists(connector.client, connector.descriptor, desk(), lambda: now[0])
    lists.entries("groups")
    now[0] = 700.0
    assert lists.entries("groups") == (Entry("7", "Network"),)


def test_a_name_that_changed_since_the_read_costs_no_write(wire: responses.RequestsMock) -> None:
    """The ticket was read in Network; before the write a second Network was made, or it was renamed."""
    made = listing()
    product = document()
    product["write"]["targets"]["group"] = {
        "read": {"path": "ticket.group", "type": "int"},
        "write": {"group_id": "${value}"},
        "list": "groups",
    }
    product["write"]["verify"] = "read"
    product["lists"] = {
        "groups": {"get": "/api/groups", "items": "groups", "id": "item.id", "name": "item.name"}
    }
    made = descriptor(write=product["write"], lists=product["lists"])
    wire.get(GROUPS, json={"groups": [group(7, "Network (old)"), group(8, "Security")]})
    wire.put(TICKET, json={})
    wire.get(TICKET, json=ticket(group=8))
    seen = Snapshot({"group": "Network"}, stamp="3", state_word="open", read_at=time.monotonic())
    change = Change("group", "Network", "Security")
    outcome = Connector(made, desk()).write("t-1", Effects((change,)), "a1", seen, since_boot() + 5)
    assert outcome.done


NAMES = st.text(st.sampled_from("aAａ #1２7 "), min_size=1, max_size=4)


@given(st.lists(st.tuples(st.integers(1, 30), NAMES), max_size=8))
def test_every_id_has_one_name_and_no_two_the_same(rows: list[tuple[int, str]]) -> None:
    shape = listing().lists["groups"]
    found = listed(shape, {"groups": [group(*row) for row in rows]}, {})
    assert len({e.id for e in found}) == len(found) == len({number for number, _ in rows})
    assert len({e.name for e in found}) == len(found)


def test_a_page_beyond_the_end_may_be_refused(wire: responses.RequestsMock) -> None:
    """The last page was full; the one after it is not found, as GLPI says of a range beyond the end."""
    wire.get(f"{GROUPS}?page=1", json={"groups": [group(1, "A"), group(2, "B")]})
    wire.get(f"{GROUPS}?page=2", status=404, json={})
    entries = Connector(listing(paging=PAGED), desk()).lists.entries("groups")
    assert [entry.name for entry in entries] == ["A", "B"]


def test_a_helpdesk_that_knows_no_pages_is_asked_twice_and_no_more(wire: responses.RequestsMock) -> None:
    wire.get(GROUPS, json={"groups": [group(1, "A"), group(2, "B")]})
    entries = Connector(listing(paging=PAGED), desk()).lists.entries("groups")
    assert [entry.name for entry in entries] == ["A", "B"]
    assert len(wire.calls) == 2
