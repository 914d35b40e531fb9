"""Values no update takes: link rows, transitions by name, one request per tag; refused, repeated, unknown."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
import responses

from plugin.core.effects import Change, Effects, Note, Snapshot
from plugin.desk.connector import Connector
from plugin.desk.descriptor import Descriptor
from plugin.desk.helpdesk import Written
from plugin.errors import AccessDenied, Conflict, Faulty, Rejected, Unreachable
from plugin.sockets import since_boot
from tests.desk.products import URL, descriptor, desk, document, ticket

TICKET = f"{URL}/api/t/t-1"
SECURITY = Change("group", "Network", "Security")
TAGS = Change("tags", ("old",), ("old", "petition", "urgent"))


@pytest.fixture
def wire() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


def stepping(**targets: Any) -> Descriptor:
    """Another product: some of its values have steps of their own."""
    made = document()["write"]
    made["targets"] |= targets
    made["verify"] = "read"
    made["note"] = {"request": {"post": "/api/t/${id}/notes", "body": {"text": "${note}"}}}
    return descriptor(write=made)


ROWS: dict[str, Any] = {
    "read": "ticket.group",
    "steps": [
        {"name": "rows", "get": "/api/t/${id}/rows"},
        {
            "post": "/api/rows",
            "when": {"path": "rows[type=2][group=${value}].id", "empty": True},
            "body": {"ticket": "${id}", "group": "${value}", "type": 2},
        },
        {"delete": "/api/rows/${each}", "each": "rows[type=2][group!=${value}].id"},
    ],
}
"""Assignments that add instead of replace, as GLPI joins a ticket and its groups."""
ONE_BY_ONE: dict[str, Any] = {
    "read": {"path": "ticket.tags", "type": "list"},
    "steps": [{"post": "/api/tags", "each": "added[*]", "body": {"item": "${each}", "ticket": "${id}"}}],
}
"""Zammad adds one tag with one request."""
TRANSITION: dict[str, Any] = {
    "read": "ticket.group",
    "steps": [
        {"name": "ways", "get": "/api/t/${id}/transitions"},
        {
            "post": "/api/t/${id}/transitions",
            "each": "ways.transitions[to.name=${value}].id",
            "required": True,
            "body": {"transition": {"id": "${each}"}},
        },
    ],
}
"""Jira changes a state by a transition, whose number depends on the state it begins at."""


def write(product: Descriptor, *changes: Change, note: str | None = None) -> Written:
    values = {"group": "Network", "tags": ("old",)}
    seen = Snapshot(values, stamp="3", state_word="open", read_at=time.monotonic())
    effects = Effects(changes, Note("k", note) if note else None)
    return Connector(product, desk()).write("t-1", effects, "a1", seen, since_boot() + 5)


def sent(wire: responses.RequestsMock) -> list[tuple[str, str, Any]]:
    made = [call.request for call in wire.calls]
    return [
        (str(r.method), str(r.url).removeprefix(f"{URL}/api"), json.loads(r.body) if r.body else None)
        for r in made
    ]


def test_rows_are_added_first_and_the_old_ones_removed(wire: responses.RequestsMock) -> None:
    rows = [
        {"id": 1, "type": 2, "group": "Network"},
        {"id": 2, "type": 1, "group": "Network"},
        {"id": 3, "type": 2, "group": "Intake"},
    ]
    wire.get(f"{TICKET}/rows", json=rows)
    wire.post(f"{URL}/api/rows", json={"id": 4})
    wire.delete(f"{URL}/api/rows/1", json=[])
    wire.delete(f"{URL}/api/rows/3", json=[])
    wire.get(TICKET, json=ticket(group="Security"))
    assert write(stepping(group=ROWS), SECURITY).done
    assert sent(wire) == [
        ("GET", "/t/t-1/rows", None),
        ("POST", "/rows", {"ticket": "t-1", "group": "Security", "type": 2}),
        ("DELETE", "/rows/1", None),
        ("DELETE", "/rows/3", None),
        ("GET", "/t/t-1", None),
    ]


def test_what_is_there_is_not_added_again(wire: responses.RequestsMock) -> None:
    """After a lost answer the same steps are carried out once more."""
    wire.get(f"{TICKET}/rows", json=[{"id": 4, "type": 2, "group": "Security"}])
    wire.get(TICKET, json=ticket(group="Security"))
    assert write(stepping(group=ROWS), SECURITY).done
    assert [method for method, _, _ in sent(wire)] == ["GET", "GET"]


def test_one_request_for_each_new_tag(wire: responses.RequestsMock) -> None:
    wire.post(f"{URL}/api/tags", json={})
    wire.get(TICKET, json=ticket(tags=["old", "petition", "urgent"]))
    assert write(stepping(tags=ONE_BY_ONE), TAGS).done
    assert [body["item"] for method, _, body in sent(wire) if method == "POST"] == ["petition", "urgent"]


def test_a_transition_is_found_by_name(wire: responses.RequestsMock) -> None:
    ways = [{"id": "11", "to": {"name": "Intake"}}, {"id": "31", "to": {"name": "Security"}}]
    wire.get(f"{TICKET}/transitions", json={"transitions": ways})
    wire.post(f"{TICKET}/transitions", status=204)
    wire.get(TICKET, json=ticket(group="Security"))
    assert write(stepping(group=TRANSITION), SECURITY).done
    assert sent(wire)[1] == ("POST", "/t/t-1/transitions", {"transition": {"id": "31"}})


def test_what_is_not_offered_now_costs_its_target_only(wire: responses.RequestsMock) -> None:
    wire.get(f"{TICKET}/transitions", json={"transitions": []})
    wire.put(TICKET, json={})
    wire.get(TICKET, json=ticket(priority=3))
    outcome = write(stepping(group=TRANSITION), SECURITY, Change("priority", "1", "3"))
    assert outcome.missing == ("group",)
    assert "does not offer" in outcome.detail


def test_where_nothing_was_taken_a_refusal_is_an_error_and_no_note_is_written(
    wire: responses.RequestsMock,
) -> None:
    wire.get(f"{TICKET}/transitions", json={"transitions": []})
    with pytest.raises(Rejected):
        write(stepping(group=TRANSITION), SECURITY, note="why")
    assert [method for method, _, _ in sent(wire)] == ["GET"]


def test_the_note_comes_after_the_steps(wire: responses.RequestsMock) -> None:
    wire.post(f"{URL}/api/tags", json={})
    wire.post(f"{TICKET}/notes", json={})
    wire.get(TICKET, json=ticket(tags=["old", "petition", "urgent"]))
    assert write(stepping(tags=ONE_BY_ONE), TAGS, note="why").done
    assert [path for _, path, _ in sent(wire)] == ["/tags", "/tags", "/t/t-1/notes", "/t/t-1"]


def noting() -> Descriptor:
    made = document()["write"]
    written = {
        "post": "/api/t/${id}/notes",
        "each": "now.id",
        "required": True,
        "body": {"text": "${note}", "cc": "${now.cc}"},
    }
    made["note"] = {"steps": [{"name": "now", "get": "/api/t/${id}"}, written]}
    return descriptor(write=made)


def test_a_note_that_would_take_away_what_is_there_sends_it_along(wire: responses.RequestsMock) -> None:
    """FreeScout empties a conversation's Cc line where a note names nobody."""
    wire.get(TICKET, json=ticket(id="t-1", cc=["x@example.org"]))
    wire.post(f"{TICKET}/notes", json={})
    assert write(noting(), note="why").done
    body = {"text": "why\npaidan:a1", "cc": ["x@example.org"]}
    assert sent(wire)[:2] == [("GET", "/t/t-1", None), ("POST", "/t/t-1/notes", body)]


def test_a_note_is_not_written_on_half_an_answer(wire: responses.RequestsMock) -> None:
    wire.get(TICKET, json={})
    with pytest.raises(Rejected):
        write(noting(), note="why")
    wire.put(TICKET, json=ticket(priority="3"))
    assert write(noting(), Change("priority", "1", "3"), note="why").missing == ("note",)
    assert [method for method, _, _ in sent(wire) if method == "POST"] == []


@pytest.mark.parametrize(
    ("status", "error"), [(401, AccessDenied), (409, Conflict), (500, Faulty), (403, AccessDenied)]
)
def test_a_step_that_fails(wire: responses.RequestsMock, status: int, error: type[Exception]) -> None:
    wire.post(f"{URL}/api/tags", status=status, json={})
    with pytest.raises(error):
        write(stepping(tags=ONE_BY_ONE), TAGS)


def test_a_step_cut_off_leaves_the_outcome_open(wire: responses.RequestsMock) -> None:
    wire.put(TICKET, json={})
    wire.post(f"{URL}/api/tags", body=responses.ConnectionError())
    with pytest.raises(Unreachable) as caught:
        write(stepping(tags=ONE_BY_ONE), Change("priority", "1", "3"), TAGS)
    assert caught.value.outcome_unknown


def test_a_value_silently_ignored_is_told(wire: responses.RequestsMock) -> None:
    """GLPI and Redmine answer well to a value they do not take."""
    wire.post(f"{URL}/api/tags", json={})
    wire.get(TICKET, json=ticket(tags=["old"]))
    assert write(stepping(tags=ONE_BY_ONE), TAGS).missing == ("tags",)


def test_nothing_is_sent_after_its_last_moment(wire: responses.RequestsMock) -> None:
    wire.get(f"{TICKET}/rows", json=[])
    calls: list[float | None] = []
    connector = Connector(stepping(group=ROWS), desk())
    send = connector.client.send

    def watched(call: Any, timeout: float, not_after: float | None = None, most: int | None = None) -> Any:
        calls.append(not_after)
        return send(call, timeout, None, most)

    connector.client.send = watched  # type: ignore[method-assign]
    wire.post(f"{URL}/api/rows", json={})
    wire.get(TICKET, json=ticket(group="Security"))
    seen = Snapshot({"group": "Network"}, stamp="3", state_word="open", read_at=time.monotonic())
    connector.write("t-1", Effects((SECURITY,), None), "a1", seen, 77.0)
    assert calls == [None, 77.0, None]


def test_a_product_without_an_update_has_steps_for_everything(wire: responses.RequestsMock) -> None:
    """Chatwoot has a request for each value and none for all."""
    made = document()["write"]
    made.pop("update")
    made["targets"] = {
        "group": {
            "read": "ticket.group",
            "steps": [{"post": "/api/t/${id}/assign", "body": {"team": "${value}"}}],
        }
    }
    made["note"] = {"request": {"post": "/api/t/${id}/notes", "body": {"text": "${note}"}}}
    cannot = {
        verb: {"en": "No.", "zh": "无。"}
        for verb in ("level", "priority", "due", "tags", "reason", "changed")
    }
    wire.post(f"{TICKET}/assign", json={})
    wire.get(TICKET, json=ticket(group="Security"))
    assert write(descriptor(write=made, cannot=cannot), SECURITY).done


def test_a_version_in_the_body_is_sent_where_one_was_read(wire: responses.RequestsMock) -> None:
    """Zendesk refuses an update older than its ticket when the last one's stamp stands in the body."""
    made = document()["write"]
    made["stamped"] = {"safe_update": True, "updated_stamp": "${stamp}"}
    made["targets"]["group"]["read"] = "ticket.group"
    product = descriptor(write=made)
    wire.put(TICKET, json=ticket(group="Security"))
    old = Snapshot({"group": "Network"}, stamp="3", state_word="open", read_at=time.monotonic() - 60)
    effects = Effects((SECURITY,), None)
    assert Connector(product, desk()).write("t-1", effects, "a1", old, since_boot() + 5).done
    assert sent(wire) == [("PUT", "/t/t-1", {"group": "Security", "safe_update": True, "updated_stamp": "3"})]


BY_PATH: dict[str, Any] = {
    "read": {"path": "ticket.tags", "type": "list"},
    "steps": [{"put": "/api/t/${id}/tags/${each}", "each": "added"}],
}
"""GitLab and GitHub name a label in the path."""


@pytest.mark.parametrize("name", ["..", ".", "a\nb", "\x7f"])
def test_a_name_that_cannot_stand_in_an_address_costs_its_target_only(
    wire: responses.RequestsMock, name: str
) -> None:
    wire.put(TICKET, json={})
    wire.get(TICKET, json=ticket(priority=3))
    outcome = write(stepping(tags=BY_PATH), Change("tags", (), (name,)), Change("priority", "1", "3"))
    assert outcome.missing == ("tags",)
    assert all(f"{URL}/api/t/t-1" == str(call.request.url) for call in wire.calls)


@pytest.mark.parametrize("name", ["a/b", "?x=1", "#1", "${secret.token}", "%2e%2e", "a&b='", '"\\', "二级"])
def test_whatever_a_name_holds_it_is_one_segment_and_nothing_more(
    wire: responses.RequestsMock, name: str
) -> None:
    wire.put(re.compile(f"{URL}/api/t/t-1/tags/.*"), json={})
    wire.get(TICKET, json=ticket(tags=[name]))
    assert write(stepping(tags=BY_PATH), Change("tags", (), (name,))).done
    sent_to = str(wire.calls[0].request.url)
    assert sent_to == f"{URL}/api/t/t-1/tags/{quote(name, safe='')}"


def test_a_value_that_is_none_of_its_kind_costs_its_target_only(wire: responses.RequestsMock) -> None:
    """The desk file says ``urgent`` where the product has numbers: the group is written all the same."""
    wire.put(TICKET, json={})
    wire.get(TICKET, json=ticket(group="Security"))
    outcome = write(
        stepping(group={"read": "ticket.group", "write": {"group": "${value}"}}),
        SECURITY,
        Change("priority", "1", "urgent"),
    )
    assert outcome.missing == ("priority",)
    assert "urgent" in outcome.detail
    assert json.loads(wire.calls[0].request.body or "") == {"group": "Security"}
    with pytest.raises(Rejected, match="urgent"):
        write(stepping(), Change("priority", "1", "urgent"))
