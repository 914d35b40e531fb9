"""Single answers as running products gave them."""

from __future__ import annotations

import base64
import re
from dataclasses import replace

import pytest
import responses

from plugin.desk import describe
from plugin.desk.connector import Connector
from plugin.desk.outbound import call
from plugin.desk.samples import sample_desk
from plugin.errors import Busy, Conflict, Faulty, Rejected
from tests.connectors.products import FOLDER, connector
from tests.connectors.test_failures import ANY, write

TOO_MUCH = {
    "X-RateLimit-Limit": "5",
    "X-RateLimit-Limit-Period": "60",
    "X-RateLimit-Remaining": "0",
    "X-RateLimit-Reset": "59.859666",
    "Retry-After": "12",
}


@responses.activate
@pytest.mark.parametrize(("left_out", "seconds"), [((), 12.0), (("Retry-After",), 59.859666)])
def test_a_rate_limit_is_waited_for(left_out: tuple[str, ...], seconds: float) -> None:
    """Roundup 2.6.0 with ``api_calls_per_interval`` set."""
    headers = {name: value for name, value in TOO_MUCH.items() if name not in left_out}
    body = {
        "error": {
            "status": 429,
            "msg": "Api rate limits exceeded. Please wait: 12 seconds.",
            "source": "ApiRateLimiter",
        }
    }
    responses.get(ANY, status=429, json=body, headers=headers)
    product = connector("roundup")
    with pytest.raises(Busy) as caught:
        product.read("1")
    assert caught.value.retry_after == seconds
    assert product.budget is not None
    assert (product.budget.remaining, product.budget.limit) == (0, 5)


@responses.activate
@pytest.mark.parametrize("name", ["roundup", "request-tracker"])
def test_a_ticket_that_changed_since_it_was_read(name: str) -> None:
    body = {
        "error": {"status": 412, "msg": "If-Match is missing or does not match."},
        "message": "Precondition Failed",
    }
    for method in ("PUT", "PATCH"):
        responses.add(method, ANY, status=412, json=body)
    responses.get(re.compile(".*keyword.*"), json={"data": {"collection": []}})
    responses.post(re.compile(".*keyword.*"), status=201, json={})
    with pytest.raises(Conflict):
        write(connector(name))


@responses.activate
@pytest.mark.parametrize(
    ("errors", "error"), [([], Conflict), (["Level is not included in the list"], Rejected)]
)
def test_two_who_saved_at_once(errors: list[str], error: type[Conflict | Rejected]) -> None:
    """Redmine 5.0.4 refuses the later one and names nothing that is wrong."""
    responses.put(ANY, status=422, json={"errors": errors})
    responses.get(re.compile(r".*/issues\.json.*"), json={"issues": []})
    with pytest.raises(error) as caught:
        write(connector("redmine-plugin"))
    assert caught.value.detail == "".join(errors)


@responses.activate
def test_a_success_in_words_is_none_until_it_is_read_back() -> None:
    """Request Tracker 5.0.3 answers 200 to a queue it does not have."""
    sentences = ["Ticket 1: Queue Nope does not exist", "Ticket 1: Priority changed from 'Low' to 'High'"]
    responses.put(ANY, json=sentences)
    responses.post(ANY, status=201, json=["Comments added"])
    ticket = {
        "id": 7,
        "Status": "open",
        "Queue": {"Name": "Intake"},
        "Priority": "80",
        "Due": "2027-01-05T12:00:00Z",
        "CustomFields": [
            {"name": "Tags", "values": ["old", "petition"]},
            {"name": "Response Level", "values": ["II"]},
        ],
    }
    responses.get(ANY, json=ticket, headers={"ETag": '"111"'})
    outcome = write(connector("request-tracker"))
    assert (outcome.done, outcome.missing, outcome.stamp) == (False, ("group",), "111")


@responses.activate
@pytest.mark.parametrize(
    ("status", "ended", "ours", "state"),
    [
        ("withdrawn", [{"id": "7"}], None, "closed"),
        ("waiting", [], None, "open"),
        ("waiting", [{"id": "7"}], frozenset({"done"}), "open"),
        ("resolved", None, None, "closed"),
        ("new", None, None, "open"),
    ],
)
def test_a_lifecycle_of_ones_own_tells_which_of_its_states_end_a_ticket(
    status: str, ended: list[dict[str, str]] | None, ours: frozenset[str] | None, state: str
) -> None:
    """Request Tracker is asked only for states it does not bring along; a desk's own word counts more."""
    given = connector("request-tracker")
    product = Connector(given.descriptor, replace(given.desk, closed_states=ours))
    read = {"id": 7, "Status": status, "Queue": {"Name": "Intake"}, "Priority": "0", "CustomFields": []}
    if ended is not None:
        asked = responses.matchers.query_param_matcher({"query": "id = 7 AND Status = '__Inactive__'"})
        responses.get(re.compile(r".*/tickets\?.*"), json={"items": ended}, match=[asked])
    responses.get(re.compile(r".*/ticket/7\?.*"), json=read)
    responses.get(re.compile(r".*/ticket/7/history.*"), json={"items": []})
    assert product.read("7").snapshot.state == state


BASIC = {"sign_in": "basic", "user": "paidan"}


@responses.activate
@pytest.mark.parametrize(
    ("given", "sent"),
    [({}, "Token sample-token"), (BASIC, "Basic cGFpZGFuOnNhbXBsZS10b2tlbg==")],  # paidan:sample-token
)
def test_a_site_without_tokens_is_signed_in_to_by_password(given: dict[str, str], sent: str) -> None:
    """HTTP Basic is what Django REST framework takes unless the site's settings say otherwise."""
    responses.options(ANY, json={})
    product = describe.load(FOLDER, "django-helpdesk", given)
    desk = replace(sample_desk(product), settings=given)
    Connector(product, desk).lists.entries("fields")
    assert responses.calls[0].request.headers["Authorization"] == sent


@responses.activate
@pytest.mark.parametrize(
    ("msg", "error"), [("queue has no node 12345", Rejected), ("Etag is missing", Conflict)]
)
def test_a_value_that_is_not_there_is_nobodys_change(msg: str, error: type[Conflict | Rejected]) -> None:
    """Roundup 2.6.0 answers both with 409."""
    responses.patch(ANY, status=409, json={"error": {"status": 409, "msg": msg}})
    product = connector("roundup")
    for kind, sample in product.descriptor.samples["lists"].items():
        responses.get(re.compile(f".*{product.descriptor.lists[kind].request.path}.*"), json=sample["answer"])
    with pytest.raises(error):
        write(product)


def test_groups_of_roundup_are_entries_of_whatever_class_the_tracker_has() -> None:
    """Two settings shape the file; the class is called as the property, unless somebody says otherwise."""
    for given, name, path in (
        ({}, "queue", "queue"),
        ({"group_property": "department"}, "department", "department"),
        ({"group_property": "team", "group_class": "unit"}, "team", "unit"),
    ):
        product = describe.load(FOLDER, "roundup", given)
        assert product.lists["groups"].request.path == f"/rest/data/{path}"
        assert product.targets["group"].write == {name: "${value}"}
        assert product.targets["group"].read.paths[0].text == f"ticket.data.attributes.{name}.id"
        assert product.about.test_ticket is not None
        assert product.about.test_ticket.create.body[name] == "${group}"


@responses.activate
@pytest.mark.parametrize(
    ("carrier", "named"),
    [("project", [("4", "Intake")]), ("assigned_to", [("8", "On-site team"), ("9", "Command")])],
)
def test_groups_of_redmine_are_projects_or_teams_of_users(carrier: str, named: list[tuple[str, str]]) -> None:
    """No administrator is needed for either: a member of a project sees who else is one."""
    projects = [{"id": 4, "name": "Intake", "status": 1}, {"id": 5, "name": "Old", "status": 5}]
    teams = [{"id": 8, "name": "On-site team"}, {"id": 9, "name": "Command"}]
    members = [{"id": 1, "user": {"id": 5, "name": "Paidan"}}, *({"id": 2, "group": each} for each in teams)]
    responses.get(re.compile(r".*/projects\.json.*"), json={"projects": projects})
    responses.get(re.compile(r".*/projects/4/memberships\.json.*"), json={"memberships": members})
    given = connector("redmine-poll")
    desk = replace(given.desk, settings={**given.desk.settings, "carrier": carrier}, words={})
    entries = Connector(given.descriptor, desk).lists.entries("groups")
    assert [(each.id, each.name) for each in entries] == named
    assert len(responses.calls) == len(named)


def test_a_test_ticket_of_redmine_stands_in_a_project_whoever_it_is_assigned_to() -> None:
    product = connector("redmine-poll").descriptor
    assert product.about.test_ticket is not None
    create = product.about.test_ticket.create
    words = {"title": "t", "text": "x", "group": "8"}
    teams = {"setting": {"carrier": "assigned_to", "project": "petitions"}}
    body = call(create, {**words, **teams}).body
    assert body == {
        "issue": {"project_id": "petitions", "assigned_to_id": "8", "subject": "t", "description": "x"}
    }
    body = call(create, {**words, "setting": {"carrier": "project"}}).body
    assert body == {"issue": {"project_id": "8", "subject": "t", "description": "x"}}


@responses.activate
def test_a_long_letter_is_read_to_its_end() -> None:
    """Request Tracker 5.0.3 answers with the words in base64: 300,000 characters are over a megabyte."""
    words = "三十余人来访，堵门。" + "啊" * 300_000
    part = {
        "id": 9,
        "TransactionId": {"id": "28"},
        "ContentType": "text/plain",
        "Filename": "",
        "Content": base64.b64encode(words.encode()).decode(),
    }
    link = {"ref": "attachment", "_url": "https://desk.example.org/REST/2.0/attachment/9"}
    created = "2026-11-26T08:00:00Z"
    creator = {"id": "alice"}
    opened = {"id": "28", "Type": "Create", "Creator": creator, "Created": created, "_hyperlinks": [link]}
    read = {"id": 7, "Status": "new", "Queue": {"Name": "Intake"}, "Requestor": [creator], "Created": created}
    responses.get(re.compile(r".*/ticket/7\?.*"), json={**read, "CustomFields": []})
    responses.get(re.compile(r".*/ticket/7/history.*"), json={"items": [opened]})
    responses.get(re.compile(r".*/attachment/9"), json=part)
    seen = connector("request-tracker").read("7").ticket
    assert seen.messages[0].text.startswith("三十余人来访，堵门。")
    assert seen.unread_attachments == 0


def test_changes_are_looked_for_in_the_open_states_a_site_has() -> None:
    """django-helpdesk 2.6.1: a site may have states of its own, such as 6 for "in progress"."""
    for given, states in (({}, "1,2"), ({"open_states": "1,2,6"}, "1,2,6")):
        changed = describe.load(FOLDER, "django-helpdesk", given).changed
        assert changed is not None
        assert changed.request.query["status"] == states


@responses.activate
def test_an_issue_without_a_status_is_open() -> None:
    """Roundup 2.6.0 lets anybody take it away who may edit the issue; half an answer is no such issue."""
    product = connector("roundup")
    for kind, sample in product.descriptor.samples["lists"].items():
        responses.get(
            re.compile(f".*{product.descriptor.lists[kind].request.path}\\?.*"), json=sample["answer"]
        )
    read = {"id": "7", "type": "issue", "attributes": {"title": "t", "status": None, "messages": []}}
    responses.get(re.compile(r".*/issue/7\?.*"), json={"data": read})
    assert product.read("7").snapshot.state == "open"
    responses.replace("GET", re.compile(r".*/issue/7\?.*"), json={"data": {"id": "7"}})
    with pytest.raises(Faulty):
        product.read("7")
