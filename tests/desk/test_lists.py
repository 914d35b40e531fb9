"""Live lists: names for people, numbers on the wire; what is not there, twice there, or about a person."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import responses

from plugin.core.effects import Change, Effects, Note, Snapshot
from plugin.desk.connector import Connector
from plugin.desk.descriptor import Descriptor
from plugin.desk.installation import MatterField
from plugin.desk.lists import Entry, Lists, joined
from plugin.errors import AccessDenied, Faulty, NotFound, OutOfTime, Rejected
from plugin.sockets import since_boot
from tests.desk.products import URL, descriptor, desk, document, problems_of, ticket, written

TICKET, GROUPS, FIELDS = f"{URL}/api/t/t-1", f"{URL}/api/groups", f"{URL}/api/fields"


@pytest.fixture
def wire() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


def listing(**changed: Any) -> Descriptor:
    """A product that speaks of groups and fields by number, as Zendesk and Freshdesk do."""
    made = document()
    made["write"]["targets"]["group"] = {
        "read": "ticket.group",
        "write": {"group_id": "${value}"},
        "list": "groups",
    }
    made["write"]["targets"]["level"] = {
        "read": "ticket.more[id=${field}].value",
        "write": {"more": [{"id": "${field}", "value": "${value}"}]},
    }
    made["ticket"]["field"] = "ticket.more[id=${field}].value"
    made["write"]["verify"] = "read"
    made["lists"] = {
        "groups": {
            "get": "/api/groups",
            "items": "groups",
            "id": "item.id",
            "name": "item.name",
            "only": {"path": "item.active", "is": "true"},
            **changed,
        },
        "fields": {"get": "/api/fields", "id": "item.id", "name": "item.title", "choices": "item.values[*]"},
    }
    return descriptor(write=made["write"], ticket=made["ticket"], lists=made["lists"])


def group(number: int, name: str, *, active: bool = True) -> dict[str, Any]:
    return {"id": number, "name": name, "active": active}


FIELD_ROWS = [
    {"id": 31, "title": "Response level", "values": ["I", "II"]},
    {"id": 32, "title": "Channel"},
    {"id": 33, "title": "Requester's ethnicity"},
]


def list_all(wire: responses.RequestsMock, *groups: dict[str, Any]) -> None:
    wire.get(GROUPS, json={"groups": list(groups)})
    wire.get(FIELDS, json=FIELD_ROWS)


def write(product: Descriptor, *changes: Change, given: Any = None) -> Any:
    seen = Snapshot({"group": "Network"}, stamp="3", state_word="open", read_at=time.monotonic())
    helpdesk = given or Connector(product, desk(targets={"level": "Response level"}))
    return helpdesk.write("t-1", Effects(changes, None), "a1", seen, since_boot() + 5)


def test_numbers_are_read_as_names(wire: responses.RequestsMock) -> None:
    list_all(wire, group(7, "Network"), group(9, "Old", active=False))
    wire.get(TICKET, json=ticket(group=7, more=[{"id": 31, "value": "II"}, {"id": 32, "value": "visit"}]))
    installation = desk(targets={"level": "Response level"}, fields={"channel": MatterField("Channel")})
    seen = Connector(listing(), installation).read("t-1")
    assert (seen.snapshot.values["group"], seen.snapshot.values["level"]) == ("Network", "II")
    assert seen.ticket.fields == {"channel": "visit"}


def test_names_are_written_as_numbers(wire: responses.RequestsMock) -> None:
    list_all(wire, group(7, "Network"), group(8, "Security"))
    wire.put(TICKET, json={})
    wire.get(TICKET, json=ticket(group=8, more=[{"id": 31, "value": "I"}]))
    outcome = write(listing(), Change("group", "Network", "Security"), Change("level", None, "I"))
    assert outcome.done
    sent = next(call.request for call in wire.calls if call.request.method == "PUT")
    assert sent.body == b'{"group_id":"8","more":[{"id":"31","value":"I"}]}'


def test_a_name_that_is_not_there_costs_its_own_target_only(wire: responses.RequestsMock) -> None:
    list_all(wire, group(7, "Network"))
    wire.put(TICKET, json={})
    wire.get(TICKET, json=ticket(group=7, more=[{"id": 31, "value": "I"}]))
    outcome = write(listing(), Change("group", "Network", "Renamed"), Change("level", None, "I"))
    assert outcome.missing == ("group",)
    assert "Renamed" in outcome.detail
    with pytest.raises(Rejected, match="Renamed"):
        write(listing(), Change("group", "Network", "Renamed"))


def test_a_group_made_a_moment_ago_is_found(
    wire: responses.RequestsMock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The list is asked for again, once it is older than half a minute."""
    now = [0.0]
    monkeypatch.setattr("plugin.desk.lists.AGAIN_SECONDS", 30.0)
    product = listing()
    helpdesk = Connector(product, desk(targets={"level": "Response level"}))
    helpdesk.lists._clock = lambda: now[0]
    wire.get(FIELDS, json=FIELD_ROWS)
    wire.get(GROUPS, json={"groups": [group(7, "Network")]})
    wire.get(GROUPS, json={"groups": [group(7, "Network"), group(8, "Security")]})
    wire.put(TICKET, json={})
    wire.get(TICKET, json=ticket(group=8))
    with pytest.raises(Rejected):
        write(product, Change("group", "Network", "Security"), given=helpdesk)
    now[0] = 31.0
    assert write(product, Change("group", "Network", "Security"), given=helpdesk).done


def test_two_groups_of_one_name_are_told_apart_by_number(wire: responses.RequestsMock) -> None:
    list_all(wire, group(7, "Network"), group(8, "Network"))
    lists = Connector(listing(), desk()).lists
    assert [entry.name for entry in lists.entries("groups")] == ["Network #7", "Network #8"]


def test_one_group_told_twice_is_one(wire: responses.RequestsMock) -> None:
    list_all(wire, group(7, "Network"), group(7, "Network"))
    assert [entry.name for entry in Connector(listing(), desk()).lists.entries("groups")] == ["Network"]


def test_lists_are_asked_for_once_in_ten_minutes(wire: responses.RequestsMock) -> None:
    list_all(wire, group(7, "Network"))
    now = [0.0]
    connector = Connector(listing(), desk())
    lists = Lists(connector.client, connector.descriptor, desk(), lambda: now[0])
    for at in (0.0, 1.0, 599.0):
        now[0] = at
        assert lists.entries("groups") == (Entry("7", "Network"),)
    assert len(wire.calls) == 1
    now[0] = 601.0
    lists.entries("groups")
    assert len(wire.calls) == 2


def test_a_desk_that_names_the_numbers_itself_needs_no_list(wire: responses.RequestsMock) -> None:
    """The token may not list groups: the desk file's ``words`` say what each number is."""
    wire.get(GROUPS, status=403)
    wire.get(FIELDS, json=[])
    wire.get(TICKET, json=ticket(group=7))
    seen = Connector(listing(), desk(words={"group": {"7": "Network"}})).read("t-1")
    assert seen.snapshot.values["group"] == "Network"


@pytest.mark.parametrize("answer", [{}, {"groups": None}, {"groups": "x"}, None, []])
def test_half_an_answer_is_no_list(wire: responses.RequestsMock, answer: Any) -> None:
    wire.get(GROUPS, json=answer)
    with pytest.raises(Faulty):
        Connector(listing(), desk()).lists.entries("groups")


def test_a_field_that_by_its_label_tells_of_a_person_is_never_read(wire: responses.RequestsMock) -> None:
    """Whether the desk file calls it by its label or hides it behind the number."""
    list_all(wire, group(7, "Network"))
    wire.get(TICKET, json=ticket(group=7, more=[{"id": 33, "value": "Hui"}]))
    for source in ("Requester's ethnicity", "33"):
        installation = desk(targets={}, fields={"kind": MatterField(source, default="none")})
        seen = Connector(listing(), installation).read("t-1")
        assert seen.ticket.fields == {"kind": "none"}


def test_pages_of_a_list_are_put_together(wire: responses.RequestsMock) -> None:
    paging = {"parameter": "page", "items": "groups", "size": 2}
    wire.get(f"{GROUPS}?page=1", json={"groups": [group(1, "A"), group(2, "B")]})
    wire.get(f"{GROUPS}?page=2", json={"groups": [group(3, "C")]})
    entries = Connector(listing(paging=paging), desk()).lists.entries("groups")
    assert [entry.name for entry in entries] == ["A", "B", "C"]


def test_a_note_needs_no_list(wire: responses.RequestsMock) -> None:
    list_all(wire, group(7, "Network"))
    wire.put(TICKET, json={})
    wire.get(TICKET, json=ticket(group=7))
    seen = Snapshot({"group": "Network"}, stamp="3", state_word="open", read_at=time.monotonic())
    helpdesk = Connector(listing(), desk(targets={}))
    assert helpdesk.write("t-1", Effects((), Note("k", "why")), "a1", seen, since_boot() + 5).done


def test_only_what_a_desk_uses_is_joined() -> None:
    product = listing()
    asked: list[str] = []

    def entries(kind: Any) -> tuple[Entry, ...]:
        asked.append(kind)
        return (Entry("7", "Network"),)

    made = joined(product, replace(desk(), targets={}, settings={}), entries)
    assert asked == ["groups"]
    assert made.words == {"group": {"7": "Network"}}


def test_fields_seen_in_tickets_are_told_once_and_none_yet_is_soon_asked_again(
    wire: responses.RequestsMock,
) -> None:
    shape = {"get": "/api/fields", "items": "tickets[*].more[*]", "id": "item.id", "name": "item.title"}
    product = descriptor(lists={"fields": shape})
    now = [0.0]
    lists = Lists(Connector(product, desk()).client, product, desk(), clock=lambda: now[0])
    wire.get(FIELDS, json={"tickets": []})
    assert lists.entries("fields") == ()
    wire.replace(responses.GET, FIELDS, json={"tickets": [{"more": FIELD_ROWS[:2]}, {"more": FIELD_ROWS}]})
    now[0] = 29.0
    assert lists.entries("fields") == ()
    now[0] = 31.0
    assert [entry.name for entry in lists.entries("fields")] == [row["title"] for row in FIELD_ROWS]


LISTING = {"id": "item.id", "name": "item.title", "choices": "more[id=${item.id}].values[*]"}
STEPPED = {
    "get": "/api/queues",
    "more": [
        {"name": "queue", "each": "list.queues[*].id", "get": "/api/queues/${each}", "most": 2},
        {"name": "more", "each": "queue[*].fields[*].id", "get": "/api/fields/${each}"},
    ],
    "items": ["list.global[*]", "queue[*].fields[*]"],
    **LISTING,
}


def of_fields(shape: dict[str, Any]) -> Connector:
    return Connector(descriptor(lists={"fields": shape}), desk())


def test_a_list_of_several_requests_is_put_together(wire: responses.RequestsMock) -> None:
    """Each step asks for the values of those before it; what the token may not see is left out."""
    queues = [{"id": 1}, {"id": 2}, {"id": 3}]
    wire.get(f"{URL}/api/queues", json={"queues": queues, "global": [{"id": 8, "title": "Region"}]})
    wire.get(f"{URL}/api/queues/1", json={"fields": [{"id": 7, "title": "Level"}, {"id": 9, "title": "Run"}]})
    wire.get(f"{URL}/api/queues/2", json={"fields": [{"id": 7, "title": "Level"}]})
    wire.get(f"{URL}/api/fields/7", json={"id": 7, "values": ["I", "II", "I"]})
    wire.get(f"{URL}/api/fields/9", status=403)
    entries = of_fields(STEPPED).lists.entries("fields")
    assert entries == (Entry("8", "Region"), Entry("7", "Level", None, ("I", "II")), Entry("9", "Run"))
    assert len(wire.calls) == 5  # no third queue, and no field twice


def test_a_signed_out_token_leaves_no_list_half(wire: responses.RequestsMock) -> None:
    wire.get(f"{URL}/api/queues", json={"queues": [{"id": 1}], "global": []})
    wire.get(f"{URL}/api/queues/1", status=401)
    with pytest.raises(AccessDenied):
        of_fields(STEPPED).lists.entries("fields")


@pytest.mark.parametrize(("by", "is_cut"), [("name", True), ("id", False)])
def test_where_time_runs_out_only_a_list_of_names_is_cut_short(
    wire: responses.RequestsMock, monkeypatch: pytest.MonkeyPatch, by: str, is_cut: bool
) -> None:
    """Tickets are read and written by the ids of a list: half of one would hide groups that are there."""
    wire.get(f"{URL}/api/queues", json={"queues": [{"id": 1}], "global": [{"id": 8, "title": "Region"}]})
    monkeypatch.setattr("plugin.desk.lists.all_pages", late(0.2))
    lists = of_fields({**STEPPED, "by": by}).lists
    if is_cut:
        assert lists.entries("fields", timeout=0.1) == (Entry("8", "Region"),)
    else:
        with pytest.raises(OutOfTime):
            lists.entries("fields", timeout=0.1)


def late(seconds: float) -> Any:
    def pages(client: Any, request: Any, _paging: Any, _timeout: float) -> Any:
        answer = client.send(request, 5.0).document
        time.sleep(seconds)
        return answer

    return pages


def test_choices_stand_in_the_forms_of_a_web_page(wire: responses.RequestsMock) -> None:
    shape = {
        "get": "/api/tickets",
        "more": [{"name": "page", "each": "list.tickets[*].id", "get": "/t/${each}", "selects": True}],
        "items": "list.tickets[*].fields[*]",
        "id": "item.id",
        "name": "item.title",
        "choices": "page[*].'values[${item.id}]'[*].value",
    }
    tickets = [{"id": 1, "fields": [{"id": 7, "title": "Level"}, {"id": 8, "title": "Region"}]}]
    wire.get(f"{URL}/api/tickets", json={"tickets": tickets})
    form = '<select name="values[7]"><option value="">-<option value="I">One<option value="II">Two</select>'
    wire.get(f"{URL}/t/1", body=f"<form>{form}</form>", content_type="text/html")
    entries = of_fields(shape).lists.entries("fields")
    assert entries == (Entry("7", "Level", None, ("I", "II")), Entry("8", "Region"))


KEYED = {
    "options": "/api/t",
    "items": "actions[*]",
    "keyed": True,
    "id": {"path": "item.key", "pattern": "^own_(.+)$"},
    "name": "item.value.label",
    "type": "item.value.type",
    "choices": "item.value.choices[*].value",
}


def test_fields_told_as_a_map_are_its_pairs(wire: responses.RequestsMock) -> None:
    level = {"label": "Level", "type": "choice", "choices": [{"value": ""}, {"value": "I"}, {"value": "II"}]}
    wire.options(
        f"{URL}/api/t", json={"actions": {"POST": {"title": {"label": "Title"}, "own_level": level}}}
    )
    assert of_fields(KEYED).lists.entries("fields") == (Entry("level", "Level", "choice", ("I", "II")),)


@pytest.mark.parametrize("answer", [{"status": 405}, {"json": {}}])
def test_a_site_that_answers_no_options_has_no_list(
    wire: responses.RequestsMock, answer: dict[str, Any]
) -> None:
    """Nobody has to: tickets are read all the same."""
    wire.options(f"{URL}/api/t", **answer)
    wire.get(TICKET, json=ticket())
    connector = Connector(descriptor(lists={"fields": KEYED}), desk(targets={"level": "level"}))
    assert connector.lists.entries("fields") == ()
    assert connector.read("t-1").snapshot.state == "open"


def test_paths_of_a_list_begin_with_what_there_is() -> None:
    wrong = {**STEPPED, "items": "queues[*]", "choices": "other.values[*]"}
    found = sorted((p.code, p.slots["given"]) for p in problems_of(written(lists={"fields": wrong})))
    assert found == [("unknown-step", "other"), ("unknown-step", "queues")]


def test_a_list_that_is_not_there_is_no_lack_of_rights(wire: responses.RequestsMock) -> None:
    wire.get(GROUPS, status=404, json={})
    with pytest.raises(NotFound) as caught:
        Connector(listing(), desk()).lists.entries("groups")
    assert caught.value.detail == "404 GET /api/groups"
