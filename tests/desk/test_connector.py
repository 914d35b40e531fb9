"""Reading and writing one ticket: what is compared, sent, verified and reported."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
import responses

from plugin.core.effects import Change, Effects, Note, Snapshot
from plugin.desk.connector import Connector
from plugin.desk.descriptor import Descriptor
from plugin.desk.helpdesk import Helpdesk, Written
from plugin.errors import AccessDenied, Busy, Conflict, Faulty, HelpdeskError, NotFound, NotSent, Rejected
from plugin.sockets import since_boot
from tests.desk.products import URL, descriptor, desk, document, message, ticket

TICKET = f"{URL}/api/t/t-1"
GROUP = Change("group", "Network", "Security")


@pytest.fixture
def wire() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


def with_write(**changed: Any) -> Descriptor:
    return descriptor(write={**document()["write"], **changed})


def write(
    product: Descriptor, effects: Effects, *, age: float = 0.0, seen: Snapshot | None = None
) -> Written:
    now = time.monotonic()
    fresh = Snapshot({"group": "Network"}, stamp="3", state_word="open", read_at=now - age)
    return Connector(product, desk()).write("t-1", effects, "a1", seen or fresh, since_boot() + 5)


def sent(wire: responses.RequestsMock) -> list[tuple[str, Any]]:
    made = [call.request for call in wire.calls]
    return [(str(r.method), json.loads(r.body) if r.body else None) for r in made]


def test_a_connector_is_a_helpdesk() -> None:
    helpdesk: Helpdesk = Connector(descriptor(), desk())
    assert helpdesk.name == "example"
    assert helpdesk.ticket_url("t-1") == f"{URL}/t/t-1"


PAGES = [
    ("/t/${id}", f"{URL}/api/v3/t/t-1"),
    ("${origin}/${setting.repo}/issues/${id}", "https://desk.example.org/our%2Frepo/issues/t-1"),
    ("https://web.example.org/t/${id}", "https://web.example.org/t/t-1"),
]


@pytest.mark.parametrize(("page", "url"), PAGES)
def test_the_page_of_a_ticket_may_stand_elsewhere_than_the_api(page: str, url: str) -> None:
    """api.github.com has no pages; a GitHub of one's own has its API below /api/v3."""
    where = desk(url=f"{URL}/api/v3", settings={"repo": "our/repo"})
    product = descriptor(api={**document()["api"], "page": page})
    assert Connector(product, where).ticket_url("t-1") == url


def test_where_a_person_sees_a_ticket_may_depend_on_a_setting() -> None:
    api = {**document()["api"], "page": "/app/accounts/${setting.account}/t/${id}"}
    product = Connector(descriptor(api=api), desk(settings={"account": "3/4"}))
    assert product.ticket_url("t-1") == f"{URL}/app/accounts/3%2F4/t/t-1"


def test_values_and_note_go_in_one_request(wire: responses.RequestsMock) -> None:
    wire.put(TICKET, json=ticket(group="Security", more=[{"name": "Level", "value": "I"}]))
    outcome = write(descriptor(), Effects((GROUP, Change("level", "II", "I")), Note("k", "转 <b>")))
    assert outcome == Written(True, stamp="3")
    note = {"text": "转 &lt;b&gt;<br>paidan:a1", "internal": True}
    body = {"group": "Security", "more": [{"name": "Level", "value": "I"}], "note": note}
    assert sent(wire) == [("PUT", body)]


def test_the_word_goes_back_as_the_products_value(wire: responses.RequestsMock) -> None:
    wire.put(TICKET, json=ticket(group=7, priority=3))
    effects = Effects((Change("group", "Security", "Network"), Change("priority", "1", "3")))
    assert write(descriptor(), effects).done
    assert sent(wire) == [("PUT", {"group": "7", "priority": 3})]


def test_what_the_helpdesk_silently_left_as_it_was_is_missing(wire: responses.RequestsMock) -> None:
    wire.put(TICKET, json=ticket(group="Network", priority=3))
    outcome = write(descriptor(), Effects((GROUP, Change("priority", "1", "3"))))
    assert (outcome.done, outcome.missing) == (False, ("group",))


def test_of_tags_all_wanted_ones_must_be_there_and_more_may(wire: responses.RequestsMock) -> None:
    wire.put(TICKET, json=ticket(tags=["a", "new", "somebody's"]))
    assert write(descriptor(), Effects((Change("tags", ("a",), ("a", "new")),))).done


def test_what_this_desk_cannot_take_is_missing_and_the_rest_is_written(wire: responses.RequestsMock) -> None:
    wire.put(TICKET, json=ticket(group="Security"))
    outcome = write(descriptor(), Effects((GROUP, Change("reason", None, "x"))))
    assert outcome.missing == ("reason",)


def test_a_value_that_must_stand_alone_goes_last(wire: responses.RequestsMock) -> None:
    due = "2027-01-05T12:00:00Z"
    wire.put(TICKET, json=ticket(group="Security", due=due))
    assert write(descriptor(), Effects((Change("due", None, due), GROUP))).done
    assert sent(wire) == [("PUT", {"group": "Security"}), ("PUT", {"due": due})]


def test_an_old_read_is_repeated_before_a_write_without_a_version_check(wire: responses.RequestsMock) -> None:
    wire.get(TICKET, json=ticket(group="Network"))
    wire.put(TICKET, json=ticket(group="Security"))
    assert write(descriptor(), Effects((GROUP,)), age=60).done
    assert [method for method, _ in sent(wire)] == ["GET", "PUT"]


def test_a_value_somebody_changed_since_is_not_overwritten(wire: responses.RequestsMock) -> None:
    wire.get(TICKET, json=ticket(group="Hardware"))
    with pytest.raises(Conflict):
        write(descriptor(), Effects((GROUP,)), age=60)
    assert [method for method, _ in sent(wire)] == ["GET"]


def test_what_already_is_as_wanted_is_not_sent_again(wire: responses.RequestsMock) -> None:
    wire.get(TICKET, json=ticket(group="Security"))
    assert write(descriptor(), Effects((GROUP,)), age=60) == Written(True)
    assert [method for method, _ in sent(wire)] == ["GET"]


def test_a_version_check_of_the_product_needs_no_second_read(wire: responses.RequestsMock) -> None:
    wire.put(TICKET, json=ticket(group="Security"))
    write(with_write(update={"put": "/api/t/${id}", "if_match": True}), Effects((GROUP,)), age=60)
    assert wire.calls[0].request.headers["If-Match"] == "3"
    assert len(wire.calls) == 1


def test_read_back_where_the_answer_proves_nothing(wire: responses.RequestsMock) -> None:
    wire.put(TICKET, json=["Group changed from Network to Security"])
    wire.get(TICKET, json=ticket(group="Network"))
    assert write(with_write(verify="read"), Effects((GROUP,))).missing == ("group",)


def test_no_note_where_it_would_do_harm(wire: responses.RequestsMock) -> None:
    wire.put(TICKET, json=ticket(group="Security"))
    closed = Snapshot({"group": "Network"}, stamp="3", state_word="done", read_at=time.monotonic())
    assert write(descriptor(), Effects((GROUP,), Note("k", "x")), seen=closed).missing == ("note",)
    assert sent(wire) == [("PUT", {"group": "Security"})]


OWN_NOTE = {"request": {"post": "/api/notes", "body": {"ticket": "${id}", "text": "${note}"}}}


@pytest.mark.parametrize(("is_internal", "missing"), [(True, ()), (False, ("note",))])
def test_a_note_everybody_can_read_is_told(
    wire: responses.RequestsMock, is_internal: bool, missing: tuple[str, ...]
) -> None:
    """Some products drop in silence what would make a note private."""
    before = message("m8", by="paidan", text="转。\npaidan:a0")
    note = message("m9", by="paidan", internal=is_internal, text="转。\npaidan:a1")
    wire.put(TICKET, json=ticket(group="Security", messages=[before, note]))
    outcome = write(descriptor(), Effects((GROUP,), Note("k", "转。")))
    assert (outcome.missing, bool(outcome.detail)) == (missing, bool(missing))


def test_a_refused_note_after_taken_values_is_part_of_the_outcome(wire: responses.RequestsMock) -> None:
    wire.put(TICKET, json=ticket(group="Security"))
    wire.post(f"{URL}/api/notes", status=422, json={"error": {"text": "too long"}})
    outcome = write(with_write(note=OWN_NOTE), Effects((GROUP,), Note("k", "x")))
    assert (outcome.done, outcome.missing, outcome.detail) == (False, ("note",), "too long")


def test_a_refused_value_stops_before_the_note(wire: responses.RequestsMock) -> None:
    wire.put(TICKET, status=422, json={})
    with pytest.raises(Rejected):
        write(with_write(note=OWN_NOTE), Effects((GROUP,), Note("k", "x")))
    assert len(wire.calls) == 1


def test_what_is_refused_as_a_whole_is_sent_one_by_one_each_on_the_state_before_it(
    wire: responses.RequestsMock,
) -> None:
    version = [3]

    def put(request: Any) -> tuple[int, dict[str, str], str]:
        body = json.loads(request.body)
        if request.headers["If-Match"] != str(version[0]):
            return 412, {}, "{}"
        if "more" in body:
            return 422, {}, json.dumps({"error": {"text": "no such level"}})
        version[0] += 1
        return 200, {}, json.dumps(ticket(group="Security", priority=3, version=version[0]))

    wire.add_callback(responses.PUT, TICKET, put)
    wire.add_callback(responses.GET, TICKET, lambda _: (200, {}, json.dumps(ticket(version=version[0]))))
    product = with_write(update={"put": "/api/t/${id}", "if_match": True})
    changes = (Change("level", "II", "I"), GROUP, Change("priority", "1", "3"))
    outcome = write(product, Effects(changes, Note("k", "x")))
    assert (outcome.missing, outcome.detail, outcome.stamp) == (("level",), "no such level", "6")
    bodies = [set(body) for method, body in sent(wire) if method == "PUT"]
    assert bodies == [{"more", "group", "priority", "note"}, {"more"}, {"group"}, {"priority"}, {"note"}]


@pytest.mark.parametrize(
    "answer",
    [{"status": 302, "headers": {"Location": "https://other.example.org"}}, {"body": b"{", "status": 403}],
)
def test_what_was_not_refused_for_its_values_is_sent_once(
    wire: responses.RequestsMock, answer: dict[str, Any]
) -> None:
    wire.put(TICKET, **answer)
    with pytest.raises(HelpdeskError):
        write(descriptor(), Effects((GROUP, Change("priority", "1", "3")), Note("k", "x")))
    assert len(wire.calls) == 1


def test_a_busy_helpdesk_after_taken_values_is_an_error_to_settle(wire: responses.RequestsMock) -> None:
    wire.put(TICKET, json=ticket(group="Security"))
    wire.post(f"{URL}/api/notes", status=429, json={}, headers={"Retry-After": "7"})
    with pytest.raises(Busy):
        write(with_write(note=OWN_NOTE), Effects((GROUP,), Note("k", "x")))


def ensure() -> Descriptor:
    targets = document()["write"]["targets"]
    made = {
        "existing": {"get": "/api/tags"},
        "names": "existing[*].name",
        "create": {"post": "/api/tags", "body": {"name": "${each}"}},
    }
    return with_write(targets={**targets, "tags": {**targets["tags"], "ensure": made}})


@pytest.mark.parametrize("status", [201, 409])
def test_a_value_is_made_before_it_is_used(wire: responses.RequestsMock, status: int) -> None:
    wire.get(f"{URL}/api/tags", json=[{"name": "a"}])
    wire.post(f"{URL}/api/tags", status=status, json={})
    wire.put(TICKET, json=ticket(tags=["a", "new"]))
    assert write(ensure(), Effects((Change("tags", ("b",), ("a", "b", "new")),))).missing == ("tags",)
    assert ("POST", {"name": "new"}) in sent(wire)
    assert ("POST", {"name": "a"}) not in sent(wire)


TAGGED = Change("tags", ("b",), ("a", "new"))


@pytest.mark.parametrize("status", [400, 403])
def test_a_value_another_made_at_the_same_moment_is_used(wire: responses.RequestsMock, status: int) -> None:
    wire.get(f"{URL}/api/tags", json=[{"name": "a"}])
    wire.get(f"{URL}/api/tags", json=[{"name": "a"}, {"name": "new"}])
    wire.post(f"{URL}/api/tags", status=status, json={"error": "exists"})
    wire.put(TICKET, json=ticket(group="Security", tags=["a", "new"]))
    assert write(ensure(), Effects((GROUP, TAGGED))).missing == ()


@pytest.mark.parametrize("status", [400, 403, 422])
def test_a_value_that_cannot_be_made_costs_its_target_only(wire: responses.RequestsMock, status: int) -> None:
    wire.get(f"{URL}/api/tags", json=[{"name": "a"}])
    wire.post(f"{URL}/api/tags", status=status, json={"error": {"text": "no keywords, please"}})
    wire.put(TICKET, json=ticket(group="Security"))
    done = write(ensure(), Effects((GROUP, TAGGED)))
    assert (done.missing, done.detail) == (("tags",), "no keywords, please")
    assert [body for method, body in sent(wire) if method == "PUT"] == [{"group": "Security"}]


def test_a_write_of_nothing_but_a_value_that_cannot_be_made_is_refused(wire: responses.RequestsMock) -> None:
    wire.get(f"{URL}/api/tags", json=[])
    wire.post(f"{URL}/api/tags", status=400, json={"error": "no"})
    with pytest.raises(Rejected):
        write(ensure(), Effects((TAGGED,)))
    assert "PUT" not in [method for method, _ in sent(wire)]


@pytest.mark.parametrize(("status", "error"), [(401, AccessDenied), (429, Busy), (500, Faulty)])
def test_a_helpdesk_that_is_not_well_is_not_taken_for_one_that_refuses_a_value(
    wire: responses.RequestsMock, status: int, error: type[HelpdeskError]
) -> None:
    wire.get(f"{URL}/api/tags", json=[])
    wire.post(f"{URL}/api/tags", status=status, json={})
    with pytest.raises(error):
        write(ensure(), Effects((GROUP, TAGGED)))


def test_nothing_is_made_where_every_value_is_in_use(wire: responses.RequestsMock) -> None:
    wire.put(TICKET, json=ticket(tags=["a"]))
    write(ensure(), Effects((Change("tags", ("a",), ("a",)),)))
    assert [method for method, _ in sent(wire)] == ["PUT"]


def test_a_value_of_another_kind_is_refused_before_anything_is_sent(wire: responses.RequestsMock) -> None:
    for change in (Change("priority", "1", "high"), Change("due", None, "tomorrow")):
        with pytest.raises(Rejected):
            write(descriptor(), Effects((change,)))
    assert len(wire.calls) == 0


def test_too_late_is_not_sent() -> None:
    product = Connector(descriptor(), desk(url="http://127.0.0.1:9"))
    seen = Snapshot({}, stamp="3", read_at=time.monotonic())
    with pytest.raises(NotSent):
        product.write("t-1", Effects((GROUP,)), "a1", seen, since_boot() - 1)


def paged() -> Descriptor:
    steps = [
        {"name": "ticket", "get": "/api/t/${id}"},
        {
            "name": "log",
            "get": "/api/t/${id}/log",
            "messages_only": True,
            "paging": {"parameter": "page", "items": "items", "size": 2, "most": 3},
        },
        {
            "name": "bodies",
            "get": "/api/b/${each}",
            "each": "log.items[*].id",
            "messages_only": True,
            "most": 4,
        },
    ]
    return descriptor(read=steps)


def test_pages_are_followed_until_one_is_short_and_parts_that_are_gone_are_left_out(
    wire: responses.RequestsMock,
) -> None:
    wire.get(TICKET, json=ticket())
    for page, ids in ((1, ["a", "b"]), (2, ["c"])):
        found = {"items": [{"id": each} for each in ids]}
        matcher = [responses.matchers.query_param_matcher({"page": str(page)})]
        wire.get(f"{TICKET}/log", json=found, match=matcher)
    wire.get(f"{URL}/api/b/a", json={})
    wire.get(f"{URL}/api/b/b", status=404, json={})
    wire.get(f"{URL}/api/b/c", json={})
    Connector(paged(), desk()).read("t-1")
    assert len(wire.calls) == 6


def test_the_first_page_of_a_cursor_may_have_one_of_its_own(wire: responses.RequestsMock) -> None:
    """Chatwoot shows the first messages after number 0 only when asked so."""
    log = {
        "name": "log",
        "get": "/api/t/${id}/log",
        "query": {"after": "0"},
        "messages_only": True,
        "paging": {
            "kind": "cursor",
            "parameter": "after",
            "items": "items",
            "size": 2,
            "next": "items[1].id",
        },
    }
    wire.get(TICKET, json=ticket())
    for after, ids in (("0", ["4", "7"]), ("7", ["9"])):
        matcher = [responses.matchers.query_param_matcher({"after": after})]
        wire.get(f"{TICKET}/log", json={"items": [{"id": each} for each in ids]}, match=matcher)
    Connector(descriptor(read=[{"name": "ticket", "get": "/api/t/${id}"}, log]), desk()).read("t-1")
    assert len(wire.calls) == 3


def test_pages_and_parts_have_an_end(wire: responses.RequestsMock) -> None:
    wire.get(TICKET, json=ticket())
    wire.get(f"{TICKET}/log", json={"items": [{"id": "a"}, {"id": "b"}]})
    wire.get(f"{URL}/api/b/a", json={})
    wire.get(f"{URL}/api/b/b", json={})
    Connector(paged(), desk()).read("t-1")
    assert len(wire.calls) == 1 + 3 + 2


def test_an_id_found_in_an_answer_is_one_segment_too(wire: responses.RequestsMock) -> None:
    wire.get(TICKET, json=ticket())
    wire.get(f"{TICKET}/log", json={"items": [{"id": "../../admin?x=1"}, {"id": ".."}]})
    wire.get(f"{URL}/api/b/..%2F..%2Fadmin%3Fx%3D1", json={})
    Connector(paged(), desk()).read("t-1")
    parts = {str(call.request.url) for call in wire.calls if "/api/b/" in str(call.request.url)}
    assert parts == {f"{URL}/api/b/..%2F..%2Fadmin%3Fx%3D1"}


def test_all_requests_of_a_read_share_its_time(wire: responses.RequestsMock) -> None:
    def slow(_: Any) -> tuple[int, dict[str, str], str]:
        time.sleep(0.15)
        return 200, {}, json.dumps(ticket())

    wire.add_callback("GET", TICKET, slow)
    with pytest.raises(HelpdeskError):
        Connector(paged(), desk()).read("t-1", timeout=0.1)
    assert len(wire.calls) == 1


def parts_of(most: int) -> Descriptor:
    steps = [
        {"name": "ticket", "get": "/api/t/${id}"},
        {
            "name": "bodies",
            "get": "/api/b/${each}",
            "each": "ticket.parts[*]",
            "most": most,
            "most_bytes": 2000,
        },
    ]
    return descriptor(read=steps)


def test_a_part_too_large_to_read_counts_as_unread_and_hides_nothing(wire: responses.RequestsMock) -> None:
    wire.get(TICKET, json=ticket(parts=["small", "large"]))
    wire.get(f"{URL}/api/b/small", json={})
    wire.get(f"{URL}/api/b/large", body=b'"' + b"x" * 100_000 + b'"')
    found = Connector(parts_of(10), desk()).read("t-1")
    assert found.ticket.unread_attachments == 1
    assert found.ticket.messages[0].text == "五十余人来到窗口。"


def test_of_too_many_parts_the_first_and_the_newest_are_read(wire: responses.RequestsMock) -> None:
    names = [f"p{n}" for n in range(20)]
    wire.get(TICKET, json=ticket(parts=names))
    for name in names:
        wire.get(f"{URL}/api/b/{name}", json={})
    found = Connector(parts_of(8), desk()).read("t-1")
    asked = [str(call.request.url).rsplit("/", 1)[1] for call in wire.calls[1:]]
    assert asked == ["p0", "p1", "p14", "p15", "p16", "p17", "p18", "p19"]
    assert found.ticket.unread_attachments == 12


def test_without_a_known_state_it_is_read_before_a_note(wire: responses.RequestsMock) -> None:
    wire.get(TICKET, json=ticket(group="Network", state="done"))
    wire.put(TICKET, json=ticket(group="Security", state="done"))
    unknown = Snapshot({"group": "Network"}, stamp="3", read_at=time.monotonic())
    assert write(descriptor(), Effects((GROUP,), Note("k", "x")), seen=unknown).missing == ("note",)


def test_what_never_changes_is_asked_for_once(wire: responses.RequestsMock) -> None:
    steps = [
        {"name": "ticket", "get": "/api/t/${id}"},
        {"name": "bodies", "get": "/api/b/${each}", "each": "ticket.parts[*]", "unchanging": True},
    ]
    wire.get(TICKET, json=ticket(parts=["a", "b"]))
    wire.get(f"{URL}/api/b/a", json={"x": 1})
    wire.get(f"{URL}/api/b/b", json={"x": 2})
    product = Connector(descriptor(read=steps), desk())
    assert product.read("t-1").ticket == product.read("t-1").ticket
    assert len(wire.calls) == 1 + 2 + 1


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ({"code": 0, "message": "Found: 0", "ticket": None}, NotFound),
        ({"code": 0, "message": "Found: 1", "ticket": None}, Faulty),
        ({"message": "Found: 0 of 3"}, Faulty),
        ([], Faulty),
    ],
)
def test_a_ticket_that_is_not_there_may_be_told_with_200(
    wire: responses.RequestsMock, answer: Any, error: type[HelpdeskError]
) -> None:
    none = {"path": "message", "is": "Found: 0"}
    wire.get(TICKET, json=answer)
    with pytest.raises(error) as caught:
        Connector(descriptor(read=[{"name": "ticket", "get": "/api/t/${id}", "none": none}]), desk()).read(
            "t-1"
        )
    assert type(caught.value) is error


@pytest.mark.parametrize("body", ["781258", "ABC-0012", "", "<p>done</p>"])
def test_an_answer_that_is_any_text_proves_nothing_and_breaks_nothing(
    wire: responses.RequestsMock, body: str
) -> None:
    wire.put(TICKET, body=body)
    wire.get(TICKET, json=ticket(group="Security"))
    plain = with_write(update={"put": "/api/t/${id}", "plain": True}, verify="read")
    assert write(plain, Effects((GROUP,))).done
    assert [method for method, _ in sent(wire)] == ["PUT", "GET"]
