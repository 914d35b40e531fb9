"""The list of changed tickets: pages of every kind, instants in every form, a list that changes meanwhile."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.desk.api_shape import ChangedShape
from plugin.desk.changes import Changes
from plugin.desk.client import Reply
from plugin.desk.descriptor import Descriptor
from plugin.desk.helpdesk import Changed, Position, Server
from plugin.desk.outbound import Call
from plugin.desk.paging import items, whole
from plugin.errors import Faulty, Rejected
from tests.desk.products import descriptor, desk

NOW = datetime(2026, 11, 25, 18, 30, tzinfo=UTC).timestamp()
START = NOW - 1800


def listing(**more: Any) -> Descriptor:
    """A product that lists what changed by page number, the oldest change first."""
    made = {
        "get": "/api/changed",
        "query": {"since": "${since}"},
        "since": {"form": "unix"},
        "paging": {"parameter": "page", "items": "items", "size": 3},
        "order": "rising",
        "id": "item.id",
        "at": {"path": "item.at", "type": "time", "form": "unix"},
    }
    block = {key: value for key, value in {**made, **more}.items() if value is not None}
    return descriptor(changed=block)


class Wire:
    """A helpdesk's list; ``between`` acts before each page is served."""

    def __init__(self, answer: Callable[[Call], Reply], server: Server | None = None) -> None:
        self.calls: list[Call] = []
        self.server = server
        self._answer = answer

    def send(
        self, call: Call, timeout: float, not_after: float | None = None, most: int | None = None
    ) -> Reply:
        self.calls.append(call)
        return self._answer(call)

    @property
    def queries(self) -> list[dict[str, str]]:
        return [dict(call.query) for call in self.calls]


def changes(product: Descriptor, wire: Wire) -> Changes:
    return Changes(wire, product, desk(), lambda: NOW)


def rows(*found: tuple[str, float], **more: Any) -> Reply:
    return Reply({"items": [{"id": name, "at": at} for name, at in found], **more}, {})


def asked(product: Descriptor, since: float = START, **server: Any) -> dict[str, str]:
    wire = Wire(lambda _: rows(), **server)
    changes(product, wire).page(Position(since), 5)
    return wire.queries[0]


FORMS = [
    ({"form": "iso"}, "2026-11-25T18:00:07Z"),
    ({"form": "unix"}, str(int(START) + 7)),
    ({"form": "unix_ms"}, str(int(START) * 1000 + 7000)),
    ({"form": "%Y-%m-%d %H:%M:%S", "zone": "Asia/Shanghai"}, "2026-11-26 02:00:07"),
    ({"form": "%Y-%m-%d %H:%M", "grain": "1m"}, "2026-11-25 18:00"),
    ({"form": "%Y-%m-%d %H:%M:%S", "zone": "${setting.zone}"}, "2026-11-25 18:00:07"),
    ({"ago": "${seconds} seconds ago"}, "1795 seconds ago"),
    ({"ago": "-${minutes}m"}, "-30m"),
    ({"ago": ".-${days}d;"}, ".-1d;"),
]


@pytest.mark.parametrize(("since", "written"), FORMS)
def test_an_instant_is_written_as_the_product_reads_it(since: dict[str, str], written: str) -> None:
    assert asked(listing(since=since), START + 7.25)["since"] == written


def test_time_gone_is_counted_by_the_helpdesks_own_clock() -> None:
    ahead = Server(datetime.fromtimestamp(NOW, UTC), 3600.0)
    assert (
        asked(listing(since={"ago": "${seconds} seconds ago"}), server=ahead)["since"] == "5402 seconds ago"
    )


def test_an_instant_in_a_query_language_is_quoted_by_its_rule() -> None:
    product = listing(
        query={"q": "changed >= ${since}"}, quoting="single_double", since={"form": "it's %H:%M:%S"}
    )
    assert asked(product)["q"] == "changed >= 'it''s 18:00:00'"


def test_a_zone_nobody_knows_is_told_and_nothing_is_asked() -> None:
    wire = Wire(lambda _: rows())
    with pytest.raises(Rejected):
        changes(listing(since={"form": "%H:%M", "zone": "Nowhere/Town"}), wire).page(Position(START), 5)
    assert wire.calls == []


def ids(found: list[Changed]) -> list[str]:
    return [row.ticket_id for row in found]


def walked(product: Descriptor, wire: Wire, since: float | None = START) -> list[Changed]:
    return [row for page in changes(product, wire).pages(since, 5) for row in page.rows]


NUMBERED = [f"t-{n}" for n in range(8)]


def served(request: Call, size: int = 3) -> tuple[int, list[tuple[str, float]]]:
    """(offset, tickets) of a list in an order of its own, whichever way the page is asked for."""
    query = dict(request.query) | (request.body or {})
    if "page" in query:
        start = (int(query["page"]) - 1) * size
    elif "range" in query:
        start = int(str(query["range"]).split("-")[0])
    else:
        start = int(query.get("offset") or query.get("cursor") or 0)
    return start, [(name, NOW) for name in NUMBERED[start : start + size]]


def link(start: int, size: int = 3) -> str:
    more = f'<https://elsewhere.example/list?cursor={start + size}&a=1>; rel="next", ' * (start + size < 8)
    return more + '<https://elsewhere.example/list?cursor=0>; rel="first"'


def answered(request: Call) -> Reply:
    start, found = served(request)
    more = start + 3 < len(NUMBERED)
    document = {
        "items": [{"id": name, "at": at} for name, at in found],
        "cursor": str(start + 3),
        "next": f"https://elsewhere.example/list?x=1&cursor={start + 3}" if more else None,
        "end": not more,
    }
    return Reply(document, {"x-next-page": str(start + 3) if more else "", "link": link(start)})


PAGINGS = [
    {"parameter": "page", "items": "items", "size": 3},
    {"kind": "offset", "parameter": "offset", "items": "items", "size": 3},
    {"kind": "range", "parameter": "range", "items": "items", "size": 3},
    {
        "kind": "cursor",
        "parameter": "cursor",
        "items": "items",
        "size": 3,
        "next": "cursor",
        "last": {"path": "end", "is": "true"},
    },
    {"kind": "cursor", "parameter": "cursor", "items": "items", "size": 3, "next": "next", "link": True},
    {
        "kind": "cursor",
        "parameter": "cursor",
        "items": "items",
        "size": 3,
        "next": {"header": "Link"},
        "link": True,
    },
    {"kind": "cursor", "parameter": "cursor", "items": "items", "size": 3, "next": {"header": "X-Next-Page"}},
    {"parameter": "page", "items": "items", "size": 100, "next": "next"},
]


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("paging", PAGINGS)
def test_every_kind_of_page_is_followed_to_the_end(paging: dict[str, Any], method: str) -> None:
    asked = (
        {"get": "/api/changed"}
        if method == "get"
        else {"get": None, "post": "/api/changed", "body": {"what": "tickets"}}
    )
    product = listing(paging=paging, order=None, **asked)
    wire = Wire(answered)
    assert ids(walked(product, wire)) == NUMBERED
    assert len(wire.calls) == 3
    if method == "post":
        assert all(call.body["what"] == "tickets" and not call.query[1:] for call in wire.calls)


def test_what_is_no_ticket_is_passed_over_and_the_walk_goes_on() -> None:
    """GitHub lists pull requests among the issues."""
    pull = {"pull_request": {"url": "https://desk.example.org/pulls/2"}}
    first = Reply(
        {"items": [{"id": "a", "at": NOW - 9}, *({"id": f"p{n}", "at": NOW - n, **pull} for n in (8, 7))]}, {}
    )
    wire = Wire(lambda _: first if len(wire.calls) == 1 else rows(("b", NOW - 5)))
    product = listing(only={"path": "item.pull_request.url", "empty": True})
    assert ids(walked(product, wire)) == ["a", "b"]
    assert len(wire.calls) == 2


def test_a_cursor_that_leads_nowhere_ends_the_walk() -> None:
    paging = {"kind": "cursor", "parameter": "cursor", "items": "items", "size": 1, "next": "cursor"}
    wire = Wire(lambda _: rows(("a", NOW), cursor="same"))
    assert ids(walked(listing(paging=paging, order=None), wire)) == ["a", "a"]


def test_the_answer_itself_may_be_the_list() -> None:
    product = listing(paging={"parameter": "page", "size": 3})
    wire = Wire(lambda _: Reply([{"id": "a", "at": NOW}], {}))
    assert ids(walked(product, wire)) == ["a"]


def test_new_tickets_are_told_from_changed_ones_and_our_own_changes_from_others() -> None:
    product = listing(
        created_at={"path": "item.made", "type": "time", "form": "unix"}, by="item.by", state="item.state"
    )
    found = [
        {"id": "a", "at": NOW, "made": START, "by": "x", "state": "waiting"},
        {"id": "b", "at": NOW + 0.25, "made": START - 1, "by": "paidan", "state": "done"},
    ]
    a, b = walked(product, Wire(lambda _: Reply({"items": found}, {})))
    assert (a.kind, a.ours, a.state, a.at) == ("created", False, "paused", NOW)
    assert (b.kind, b.ours, b.state, b.at) == ("updated", True, "closed", NOW + 0.25)


@pytest.mark.parametrize("order", ["falling", None])
def test_what_is_older_than_asked_is_left_out(order: str | None) -> None:
    wire = Wire(lambda _: rows(("a", START + 1), ("b", START), ("c", START - 1)))
    pages = changes(listing(order=order), wire).pages(START, 5)
    assert ids(list(next(pages).rows)) == ["a", "b"]


def test_a_falling_list_ends_where_it_is_older_than_asked() -> None:
    wire = Wire(lambda _: rows(("a", START + 1), ("b", START - 1), ("c", START - 2)))
    assert ids(walked(listing(order="falling"), wire)) == ["a"]
    assert len(wire.calls) == 1


class Desk:
    """Tickets with the instant each changed last; some change while their list is read."""

    def __init__(self, product: Descriptor, at: list[int], moves: dict[int, list[int]], order: str) -> None:
        self.at = {f"t-{n}": float(START + second) for n, second in enumerate(at)}
        self.moves = moves
        self.moved: set[str] = set()
        self.shape: ChangedShape = product.changed  # type: ignore[assignment]
        self.sign = -1 if order == "falling" else 1
        self.count = 0

    def answer(self, call: Call) -> Reply:
        for number in self.moves.get(self.count, []):
            name = f"t-{number % max(1, len(self.at))}"
            if name in self.at:
                self.at[name] = NOW + self.count
                self.moved.add(name)
        self.count += 1
        query = dict(call.query)
        found = sorted(self.at.items(), key=lambda item: (self.sign * item[1], item[0]))
        found = [item for item in found if item[1] >= float(query["since"])]
        start = (int(query["page"]) - 1) * self.shape.paging.size
        return rows(*found[start : start + self.shape.paging.size])


AT = st.lists(st.integers(0, 6), max_size=14)
MOVES = st.dictionaries(st.integers(0, 25), st.lists(st.integers(0, 13), max_size=3), max_size=6)


@pytest.mark.parametrize("order", ["rising", "falling"])
@given(at=AT, moves=MOVES)
def test_whatever_changes_meanwhile_nothing_that_stood_still_is_passed_over(
    order: str, at: list[int], moves: dict[int, list[int]]
) -> None:
    """Many tickets of one instant, and some that change at any page: they only move to the newest end."""
    product = listing(order=order)
    helpdesk = Desk(product, at, moves, order)
    found = {row.ticket_id for row in walked(product, Wire(helpdesk.answer))}
    assert helpdesk.at.keys() - helpdesk.moved <= found


def test_an_instant_that_fills_several_pages_is_walked_twice_and_left_behind() -> None:
    product = listing()
    helpdesk = Desk(product, [5] * 7 + [6, 6], {}, "rising")
    wire = Wire(helpdesk.answer)
    assert set(ids(walked(product, wire))) == helpdesk.at.keys()
    assert len(wire.calls) == 1 + 3 + 3 + 1


def test_a_ticket_drawn_over_the_edge_of_a_page_is_met_by_the_second_walk() -> None:
    """The first of seven changes after its page was read: the fourth moves into the page that was read."""
    product, first_walk, later = listing(), [], []
    helpdesk = Desk(product, [5] * 7, {1: [0]}, "rising")
    walks = 0
    for page in changes(product, Wire(helpdesk.answer)).pages(START + 5, 5):
        (later if walks else first_walk).extend(ids(list(page.rows)))
        walks = page.after.walks if page.after else walks
    assert "t-3" not in first_walk
    assert {"t-1", "t-2", "t-3", "t-4", "t-5", "t-6"} <= set(later)


def test_a_list_that_changes_faster_than_it_is_read_is_left_for_later() -> None:
    product = listing()
    helpdesk = Desk(product, [5] * 14, {}, "rising")
    found = itertools.count()

    def restless(call: Call) -> Reply:
        helpdesk.at[f"n-{next(found)}"] = START + 5.0
        return helpdesk.answer(call)

    with pytest.raises(Faulty):
        walked(product, Wire(restless), START + 5)


NONE = {"get": "/t", "id": "item.id", "whole": True}


@pytest.mark.parametrize(
    ("none", "answer", "rows"),
    [
        ({"path": "[*]", "empty": True}, {}, 0),
        ({"path": "[*]", "empty": True}, {"ids": [1, 2]}, 2),
        ({"path": "[*]", "empty": True}, {"fault": "x"}, None),
        ({"path": "[*]", "empty": True}, None, None),
        ({"path": "[*]", "empty": True}, [], None),
        ({"path": "said", "is": "Found: 0"}, {"said": "Found: 0", "ids": None}, 0),
        ({"path": "said", "is": "Found: 0"}, {"said": "Found: 0", "ids": "broken"}, None),
        (None, {}, None),
    ],
)
def test_an_answer_without_a_list_is_an_empty_one_only_where_it_says_so(
    none: Any, answer: Any, rows: int | None
) -> None:
    paging = {"parameter": "page", "items": "ids", "size": 50, **({"none": none} if none else {})}
    shape = descriptor(changed={**NONE, "paging": paging}).changed
    assert shape is not None
    found = items(shape.paging, answer)
    assert (None if found is None else len(found)) == rows


def test_a_list_may_be_a_map_whose_values_are_meant() -> None:
    paging = {"parameter": "page", "items": "objects[*]", "size": 2}
    shape = descriptor(changed={**NONE, "paging": paging}).changed
    assert shape is not None
    pages = {0: {"objects": {"T::1": {"id": 1}, "T::2": {"id": 2}}}, 1: {"objects": {"T::3": {"id": 3}}}}
    found = whole(shape.paging, lambda turn: (pages[turn.page if turn else 0], {}))
    assert found == {"objects": {"T::1": {"id": 1}, "T::2": {"id": 2}, "T::3": {"id": 3}}}
    assert items(shape.paging, found) == [{"id": 1}, {"id": 2}, {"id": 3}]
    assert items(shape.paging, {"objects": {}}) is None
    assert items(shape.paging, {"objects": None}) is None
