"""One ticket is one case, however its id is written; and an id stays itself in every path."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import unquote

import pytest
import responses
from hypothesis import given
from hypothesis import strategies as st

from plugin.core.effects import Change, Effects, Note
from plugin.desk import inbound, normalise
from plugin.desk.api_shape import Request
from plugin.desk.connector import Connector
from plugin.desk.descriptor import Descriptor
from plugin.desk.helpdesk import Position
from plugin.desk.ids import IdShape, NotComposed, composed, part_names
from plugin.desk.outbound import call
from plugin.desk.signing import Delivery
from plugin.desk.template import UnsafeSegment
from plugin.errors import DeliveryUnreadable, NotFound
from tests.desk.products import SECRET, URL, descriptor, desk, document, problems_of, ticket, written

NUMBERS = IdShape(
    "[1-9][0-9]{0,17}", ("#(.+)", "(?:UserRequest|Incident)::(.+)", "zen:ticket:(.+)", "0*([1-9][0-9]*)")
)
PARTS = IdShape(
    r"(?P<project>[1-9][0-9]*)-(?P<iid>[1-9][0-9]*)",
    (
        r"0*(?P<project>[1-9][0-9]*)-0*(?P<iid>[1-9][0-9]*)",
        r"https://git\.example\.org/p/(?P<project>[0-9]+)/issues/(?P<iid>[0-9]+)/?",
    ),
)
CHANGED = {
    "get": "/api/changed",
    "paging": {"parameter": "page", "size": 100, "items": "list"},
    "id": "item.id",
    "at": {"path": "item.at", "type": "time"},
}


def product(shape: IdShape, **changed: Any) -> Descriptor:
    made = document()
    receive = {**made["receive"], "id_pattern": shape.pattern, "id_forms": list(shape.forms)}
    shown = {**made["ticket"], "merged_into": "ticket.into"}
    cannot = {key: value for key, value in made["cannot"].items() if key != "changed"}
    return descriptor(
        **{"receive": receive, "ticket": shown, "changed": CHANGED, "cannot": cannot, **changed}
    )


NUMBERED = product(NUMBERS)
TICKETS = st.integers(1, 10**17)


@st.composite
def spellings(draw: st.DrawFn) -> tuple[int, Any]:
    """A ticket, and a way to write it."""
    number = draw(TICKETS)
    padded = "0" * draw(st.integers(0, 6)) + str(number)
    front = draw(st.sampled_from(["", "#", "UserRequest::", "Incident::", "zen:ticket:", "#UserRequest::"]))
    ways = [number, str(number), padded, front + padded, f" {front}{padded} "]
    return number, draw(st.sampled_from(ways))


def heard(product: Descriptor, written: Any) -> str:
    body = json.dumps({"ticket": {"id": written}}).encode()
    delivery = Delivery("", {"x-hook": SECRET}, body, 0.0)
    return inbound.receive(product, desk(), "POST", delivery).ticket_id


@given(spellings())
def test_whatever_spelling_arrives_it_is_one_ticket(spelling: tuple[int, Any]) -> None:
    number, written = spelling
    wanted = str(number)
    assert heard(NUMBERED, written) == wanted
    connector = Connector(NUMBERED, desk())
    assert connector.canonical_id(str(written)) == wanted
    answers = {"ticket": ticket(id=written, into=None), "setting": {}, "headers": {}}
    assert normalise.snapshot(NUMBERED, desk(), wanted, answers).merged_into is None
    merged = {"ticket": ticket(id=999, into=written), "setting": {}, "headers": {}}
    assert normalise.snapshot(NUMBERED, desk(), "999", merged).merged_into == (
        None if number == 999 else wanted
    )


@responses.activate
@pytest.mark.parametrize("written", [12, "12", "0012", "#12", "zen:ticket:12", "UserRequest::12"])
def test_lists_and_reads_know_it_too(written: Any) -> None:
    row = {"id": written, "at": "2026-11-23T08:00:00Z"}
    responses.get(f"{URL}/api/changed", json={"list": [row]})
    asked = responses.get(f"{URL}/api/t/12", json=ticket(id=written))
    connector = Connector(NUMBERED, desk())
    assert [each.ticket_id for each in connector.changed_page(Position(0.0)).rows] == ["12"]
    seen = connector.read(str(written))
    assert (seen.ticket.id, seen.snapshot.state) == ("12", "open")
    assert asked.call_count == 1


@given(st.one_of(st.text(max_size=30), spellings().map(lambda spelling: str(spelling[1]))))
def test_the_one_form_is_its_own(written: str) -> None:
    for shape in (NUMBERS, PARTS):
        found = shape.canonical(written)
        assert found is None or shape.canonical(found) == found


NO_IDS = [
    "",
    " ",
    "0",
    "000",
    "#",
    "##",
    "zen:ticket:",
    "-1",
    "1.5",
    "12\n",
    "1\u0000",
    "\ud83d",
    "１２",
    "12" * 200,
]


@pytest.mark.parametrize("written", NO_IDS)
def test_what_is_no_id_is_none(written: str) -> None:
    assert NUMBERS.canonical(written) is None
    with pytest.raises(DeliveryUnreadable):
        heard(NUMBERED, written)
    with pytest.raises(NotFound):
        Connector(NUMBERED, desk()).read(written)


def test_forms_that_lead_in_a_circle_end() -> None:
    assert IdShape("c", ("(?:a)(b)?", "b(a)?", "x(y)|y(x)")).canonical("xy") is None


COMPOSITE = product(
    PARTS,
    api={**document()["api"], "page": "/g/${part.project}/issues/${part.iid}"},
    read=[
        {"name": "ticket", "get": "/p/${part.project}/issues/${part.iid}"},
        {"name": "more", "get": "/p/${part.project}/more", "query": {"of": "${part.iid}"}},
    ],
    ticket={**document()["ticket"], "id": {"template": "${ticket.project}-${ticket.iid}"}},
    changed={**CHANGED, "id": {"template": "${item.project}-${item.iid}"}},
    receive={
        **document()["receive"],
        "id_pattern": PARTS.pattern,
        "id_forms": list(PARTS.forms),
        "ticket_id": {"template": "${body.project.id}-${body.issue.iid}"},
    },
    write={
        **document()["write"],
        "update": {"put": "/p/${part.project}/issues/${part.iid}", "body": {"of": "${part.project}"}},
        "targets": {
            **document()["write"]["targets"],
            "tags": {
                "read": {"path": "ticket.tags", "type": "list"},
                "write": {"tags": "${value}"},
                "ensure": {
                    "existing": {"get": "/p/${part.project}/labels"},
                    "names": "existing[*].name",
                    "create": {"post": "/p/${part.project}/labels", "body": {"name": "${each}"}},
                },
            },
            "due": {
                "read": {"path": "ticket.due", "type": "time"},
                "steps": [{"post": "/p/${part.project}/due/${part.iid}", "body": {"due": "${value}"}}],
            },
        },
        "note": {
            "request": {"post": "/p/${part.project}/issues/${part.iid}/notes", "body": {"body": "${note}"}}
        },
    },
)


def test_an_id_of_several_parts_is_put_together() -> None:
    body = json.dumps({"project": {"id": 14}, "issue": {"iid": 23}}).encode()
    delivery = Delivery("", {"x-hook": SECRET}, body, 0.0)
    assert inbound.receive(COMPOSITE, desk(), "POST", delivery).ticket_id == "14-23"
    for typed in ("14-23", "014-0023", "https://git.example.org/p/14/issues/23", " 14-23"):
        assert Connector(COMPOSITE, desk()).canonical_id(typed) == "14-23"
    assert PARTS.parts("14-23") == {"project": "14", "iid": "23"}
    assert Connector(COMPOSITE, desk()).ticket_url("14-23") == f"{URL}/g/14/issues/23"


@pytest.mark.parametrize(
    "body", [{"project": {"id": 14}}, {"issue": {"iid": 3}}, {"project": 14, "issue": 3}]
)
def test_half_an_id_is_none(body: Any) -> None:
    delivery = Delivery("", {"x-hook": SECRET}, json.dumps(body).encode(), 0.0)
    with pytest.raises(DeliveryUnreadable):
        inbound.receive(COMPOSITE, desk(), "POST", delivery)


@responses.activate
def test_every_request_may_speak_of_the_parts() -> None:
    answer = {**ticket(), "project": 14, "iid": 23}
    responses.get(f"{URL}/p/14/issues/23", json=answer)
    responses.get(f"{URL}/p/14/more", json={})
    responses.get(f"{URL}/p/14/labels", json=[])
    responses.post(f"{URL}/p/14/labels", json={})
    responses.put(f"{URL}/p/14/issues/23", json=answer)
    responses.post(f"{URL}/p/14/due/23", json={})
    responses.post(f"{URL}/p/14/issues/23/notes", json={})
    responses.get(
        f"{URL}/api/changed", json={"list": [{"project": 14, "iid": 23, "at": "2026-11-23T08:00:00Z"}]}
    )
    connector = Connector(COMPOSITE, desk(targets={"level": "Level", "tags": None, "due": None}))
    assert [each.ticket_id for each in connector.changed_page(Position(0.0)).rows] == ["14-23"]
    seen = connector.read("14-23")
    assert (seen.ticket.id, seen.snapshot.merged_into) == ("14-23", None)
    changes = (
        Change("tags", ("a", "b"), ("a", "b", "new")),
        Change("due", None, "2026-12-01T00:00:00Z"),
    )
    connector.write("14-23", Effects(changes, Note("k", "Because.")), "0198c1", seen.snapshot, 1e12)
    sent = {(each.request.method, each.request.url.removeprefix(URL)) for each in responses.calls}
    assert sent >= {
        ("GET", "/p/14/more?of=23"),
        ("POST", "/p/14/labels"),
        ("PUT", "/p/14/issues/23"),
        ("POST", "/p/14/due/23"),
        ("POST", "/p/14/issues/23/notes"),
    }
    update = next(each.request.body for each in responses.calls if each.request.method == "PUT")
    assert json.loads(update)["of"] == "14"


def test_a_merge_is_told_by_the_parts() -> None:
    answers = {"ticket": {**ticket(), "project": 14, "iid": 24}, "setting": {}, "headers": {}}
    snapshot = normalise.snapshot(COMPOSITE, desk(), "14-23", answers)
    assert (snapshot.state, snapshot.merged_into) == ("merged", "14-24")


HOSTILE = st.one_of(
    st.text(max_size=40),
    st.lists(
        st.sampled_from(["..", "/", "%2f", "1", "-", "?", "#", ";", "\\", "\r\n", "@", ":"]), max_size=8
    ).map("".join),
)
LOOSE = IdShape(r"(?P<left>[^\n]*)!(?P<right>[^\n]*)|[^\n]*")
"""A pattern a careless author could write: what is let in must still be one segment."""


@given(written=HOSTILE)
def test_no_id_changes_a_path(written: str) -> None:
    request = Request("GET", "/a/${id}/b/${part.left}/c")
    found = LOOSE.canonical(written)
    if found is None:
        return
    try:
        path = call(request, LOOSE.known(found)).path
    except UnsafeSegment:
        return
    segments = path.split("/")
    assert [segments[i] for i in (0, 1, 3, 5)] == ["", "a", "b", "c"]
    assert len(segments) == 6
    assert unquote(segments[2]) == found
    assert not set(path) & set("?#\\;@ \r\n")
    assert not {".", ".."} & set(segments)


@pytest.mark.parametrize(
    ("pattern", "parts", "made"),
    [
        (r"(?P<a>[0-9]+)-(?P<b>[a-z]+)", {"a": "1", "b": "x"}, "1-x"),
        (r"T\.(?P<a>(?:x|[)])+)", {"a": "x"}, None),
        (r"(?P<a>[()]+)/(?P<b>\)+)", {"a": "()", "b": ")"}, "()/)"),
        (r"(?P<a>[0-9]+)", {}, None),
    ],
)
def test_an_id_is_composed_of_its_parts(pattern: str, parts: Any, made: str | None) -> None:
    if part_names(pattern) == ("a",) and "(?:" in pattern:
        with pytest.raises(NotComposed):
            composed(pattern, parts)
        return
    assert composed(pattern, parts) == made


WRONG = [
    ({"id_forms": ["#[0-9]+"]}, "bad-id-form"),
    ({"id_forms": ["(?P<a>[0-9]+)"]}, "bad-id-form"),
    ({"id_pattern": "(?P<a>x)-(?P<b>y)", "id_forms": ["(?P<a>x)"]}, "bad-id-form"),
    ({"id_pattern": "(?P<a>x)-?(?P<b>y)", "id_forms": ["(?P<a>x)(?P<b>y)"]}, "bad-id-form"),
    ({"id_forms": ["(?=x)"]}, "bad-pattern"),
    ({"id_forms": "#(.*)"}, "not-a-list"),
]


@pytest.mark.parametrize(("changed", "code"), WRONG)
def test_a_wrong_form_is_told(changed: dict[str, Any], code: str) -> None:
    problems = problems_of(written(receive={**document()["receive"], **changed}))
    assert [each.code for each in problems] == [code]


@pytest.mark.parametrize("key", ["read", "api", "write"])
def test_a_part_no_id_has_is_told(key: str) -> None:
    blocks: dict[str, Any] = {
        "read": [{"name": "ticket", "get": "/api/${part.project}/${id}"}],
        "api": {**document()["api"], "page": "/${part.project}/${id}"},
        "write": {**document()["write"], "update": {"put": "/x", "body": {"a": ["${part.project}"]}}},
    }
    problems = problems_of(written(**{key: blocks[key]}))
    assert [each.code for each in problems] == ["unknown-id-part"]
