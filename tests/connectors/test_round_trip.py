"""Imitations that keep what they are given: what is written can be read back, what is not taken is told."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
import requests
import responses

from plugin.core.effects import Snapshot
from plugin.desk.helpdesk import Written
from plugin.desk.samples import sample_effects
from plugin.sockets import since_boot
from tests.connectors.products import connector, descriptor

PRIORITIES = {"11": "1", "12": "2", "22": "3", "23": "4", "33": "5"}
"""ServiceNow's lookup rules as delivered: impact and urgency make a priority."""
Serve = Callable[[str, str, Any], Any]
"""Method, path and body → the answer's JSON; None where there is nothing at this path."""
ANY = re.compile(r"https://desk\.example\.org/.*")


def copied(name: str, *path: str) -> Any:
    found: Any = descriptor(name).samples
    for key in path:
        found = found[key]
    return json.loads(json.dumps(found))


def answers(name: str) -> Any:
    return json.loads(json.dumps(descriptor(name).samples["read"][0]["answers"]))


class Imitation:
    """One ticket with its notes; ``deaf`` are the keys of a write it answers well and does not keep."""

    def __init__(self, name: str, deaf: tuple[str, ...] = ()) -> None:
        self.name = name
        self.deaf = deaf
        self.parts = answers(name)

    def kept(self, body: dict[str, Any]) -> dict[str, Any]:
        return {key: value for key, value in body.items() if key not in self.deaf}

    def listed(self, kind: str) -> Any:
        return copied(self.name, "lists", kind, "answer")


class Glpi(Imitation):
    def serve(self, method: str, path: str, body: Any) -> Any:
        ticket, groups = self.parts["ticket"], self.parts["groups"]
        match method, path.removeprefix("/apirest.php/"):
            case "GET", "initSession":
                return copied(self.name, "login", "answer")
            case "GET", "Group":
                return self.listed("groups")
            case "PUT", _:
                ticket |= self.kept(body["input"])
                return [{"6": True, "message": ""}]
            case "POST", "Group_Ticket":
                groups.append({"id": 70, "type": 2, **self.kept(body["input"])})
                return {"id": 70, "message": ""}
            case "DELETE", link:
                groups[:] = [each for each in groups if str(each["id"]) != link.split("/")[1]]
                return [{"5": True, "message": ""}]
            case "POST", "ITILFollowup":
                self.parts["followups"].append({**self.parts["followups"][-1], **body["input"], "id": 90})
                return {"id": 90, "message": ""}
            case "GET", what:
                parts = {"Ticket/6": "ticket", "Group_Ticket": "groups", "Ticket_User": "people"}
                parts |= {"Ticket/6/ITILFollowup": "followups", "Ticket/6/Document_Item": "documents"}
                return next((self.parts[part] for end, part in parts.items() if what.endswith(end)), [])
        return None


class GitLab(Imitation):
    def serve(self, method: str, path: str, body: Any) -> Any:
        issue, notes = self.parts["ticket"], self.parts["notes"]
        if path.endswith("/labels"):
            return self.listed("groups")
        if method == "POST":
            notes.append({**notes[-1], **body, "id": 90, "author": {"id": 9}})
            return notes[-1]
        if method == "PUT":
            given = self.kept(body)
            labels = set(issue["labels"]) - set(given.get("remove_labels", []))
            issue["labels"] = sorted(labels | set(given.get("add_labels", [])))
            issue["due_date"] = given.get("due_date", issue["due_date"])
        return notes if path.endswith("/notes") else issue


class GitHub(Imitation):
    def serve(self, method: str, path: str, body: Any) -> Any:
        issue = self.parts["ticket"]
        if path == "/repos/Hotline/desk.issues/labels":
            return self.listed("groups")
        if method == "POST":
            issue["labels"] += [{"name": name} for name in self.kept(body).get("labels", [])]
        if method == "DELETE":
            issue["labels"] = [each for each in issue["labels"] if each["name"] != path.split("/labels/")[1]]
        return self.parts["comments"] if path.endswith("/comments") else issue


class Jira(Imitation):
    def serve(self, method: str, path: str, body: Any) -> Any:
        fields, comments = self.parts["ticket"]["fields"], self.parts["comments"]["comments"]
        lists = {"components": "groups", "priority": "priorities", "field": "fields"}
        if path.rpartition("/")[2] in lists:
            return self.listed(lists[path.rpartition("/")[2]])
        if method == "POST":
            comments.append(
                {**comments[-1], "id": "90", "renderedBody": body["body"], "jsdPublic": body["public"]}
            )
        if method == "PUT":
            fields |= self.kept(body.get("fields", {}))
            given = self.kept(body.get("update", {}))
            gone = [each["remove"]["name"] for each in given.get("components", []) if "remove" in each]
            new = [each["add"] for each in given.get("components", []) if "add" in each]
            fields["components"] = [each for each in fields["components"] if each["name"] not in gone] + new
            fields["labels"] += [each["add"] for each in given.get("labels", [])]
        return self.parts["comments"] if path.endswith("/comment") else self.parts["ticket"]


class ServiceNow(Imitation):
    def serve(self, method: str, path: str, body: Any) -> Any:
        record, table = self.parts["ticket"]["result"], path.split("/")[4:5]
        if path == "/oauth_token.do":
            return copied(self.name, "login", "answer")
        if method == "PATCH":
            given = self.kept(body)
            if note := given.pop("work_notes", None):
                journal = self.parts["journal"]["result"]
                journal.append({**journal[-1], "sys_id": "f" * 32, "element": "work_notes", "value": note})
                journal[-1]["sys_created_by"] = "paidan"
            record |= {key: {"value": value, "display_value": value} for key, value in given.items()}
            record["priority"] = {"value": PRIORITIES[record["impact"]["value"] + record["urgency"]["value"]]}
        parts = {"sys_user": self.parts["callers"][0], "sys_journal_field": self.parts["journal"]}
        parts |= {"sys_user_group": self.listed("groups")}
        return parts.get(table[0], self.parts["ticket"]) if table else self.parts["files"]


PRODUCTS: dict[str, type[Imitation]] = {
    "glpi-10": Glpi,
    "glpi-11": Glpi,
    "gitlab-project": GitLab,
    "gitlab-group": GitLab,
    "github-cloud": GitHub,
    "github-enterprise": GitHub,
    "jira-service-management-cloud": Jira,
    "jira-service-management-cloud-field": Jira,
    "jira-service-management-data-center": Jira,
    "jira-service-management-data-center-field": Jira,
    "servicenow-basic": ServiceNow,
    "servicenow-oauth": ServiceNow,
}


@pytest.fixture
def wire() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


def stand_in(wire: responses.RequestsMock, serve: Serve) -> None:
    def answered(request: requests.PreparedRequest) -> Any:
        is_json = "json" in (request.headers.get("Content-Type") or "")
        body = json.loads(request.body or "{}") if is_json else {}
        found = serve(str(request.method), unquote(urlsplit(str(request.url)).path), body)
        return (404, {}, "{}") if found is None else (200, {}, json.dumps(found))

    for method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
        wire.add_callback(method, ANY, callback=answered)


def the_ticket(name: str) -> str:
    return str(descriptor(name).samples["read"][0]["ticket"])


def written(name: str) -> tuple[Written, Snapshot]:
    """The first write sample done to the ticket of the read sample, and the ticket read anew."""
    product = connector(name)
    ticket, sample = the_ticket(name), descriptor(name).samples["write"][0]
    seen = product.read(ticket).snapshot
    changes = {target: [seen.values[target], want] for target, (_, want) in sample["changes"].items()}
    note = sample["note"] if descriptor(name).note is not None else None
    effects = sample_effects({"changes": listed(changes), "note": note})
    outcome = product.write(ticket, effects, sample["marker"], seen, since_boot() + 9)
    return outcome, product.read(ticket).snapshot


def listed(changes: dict[str, list[Any]]) -> dict[str, list[Any]]:
    def plain(value: Any) -> Any:
        return list(value) if isinstance(value, tuple) else value

    return {target: [plain(base), plain(want)] for target, (base, want) in changes.items()}


@pytest.mark.parametrize("name", PRODUCTS)
def test_all_that_is_written_can_be_read_back(wire: responses.RequestsMock, name: str) -> None:
    stand_in(wire, PRODUCTS[name](name).serve)
    outcome, after = written(name)
    assert (outcome.done, outcome.missing) == (True, ())
    sample = descriptor(name).samples["write"][0]
    for target, (_, want) in sample["changes"].items():
        found = after.values[target]
        assert set(want) <= set(found) if isinstance(want, list) else found == want  # type: ignore[arg-type]
    assert (sample["marker"] in after.markers) == (descriptor(name).note is not None)


DEAF = [
    ("glpi-11", "priority", ("priority",)),
    ("glpi-10", "groups_id", ("group",)),
    ("gitlab-project", "add_labels", ("group", "level", "priority", "tags")),
    ("github-cloud", "labels", ("group", "level", "priority", "tags")),
    ("jira-service-management-cloud", "components", ("group",)),
    ("jira-service-management-data-center", "priority", ("priority",)),
    ("jira-service-management-cloud-field", "labels", ("tags",)),
    ("servicenow-basic", "assignment_group", ("group",)),
    ("servicenow-oauth", "impact", ("priority",)),
]


@pytest.mark.parametrize(("name", "deaf", "missing"), DEAF)
def test_what_is_answered_well_and_not_kept_is_told(
    wire: responses.RequestsMock, name: str, deaf: str, missing: tuple[str, ...]
) -> None:
    stand_in(wire, PRODUCTS[name](name, (deaf,)).serve)
    outcome, _ = written(name)
    assert not outcome.done
    assert set(outcome.missing) == set(missing)
