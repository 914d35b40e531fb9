"""What the API set up counts as there only where it works for this desk: switched on, and leading to it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import responses

from plugin.desk import install
from plugin.desk.client import Client
from plugin.desk.installation import Installation
from plugin.desk.products import Connectors

CONNECTORS = Connectors(Path(__file__).parents[2] / "connectors")
URL, MINE = "https://desk.example.org", "https://paidan.example/hooks/hall"
SETTINGS = {"account": "5", "project": "town/desk", "group": "town", "owner": "town", "repo": "desk"}
SECRETS = dict.fromkeys(("token", "hook", "admin", "admin_token", "login", "key"), ("t0ken",))
HALL = Installation("hall", URL, SECRETS, settings=SETTINGS)

SWITCHED = [
    (
        "github-cloud",
        "/repos/town/desk/hooks",
        lambda on: [{"id": 7, "active": on, "config": {"url": MINE}}],
    ),
    (
        "gitlab-project",
        "/api/v4/projects/town%2Fdesk/hooks",
        lambda on: [{"id": 7, "url": MINE, "alert_status": "executable" if on else "disabled"}],
    ),
    (
        "zendesk",
        "/api/v2/webhooks",
        lambda on: {
            "webhooks": [{"id": "7", "endpoint": MINE, "status": "active" if on else "inactive"}],
            "meta": {"has_more": False},
        },
    ),
    (
        "jira-service-management-cloud",
        "/rest/webhooks/1.0/webhook",
        lambda on: [{"self": f"{URL}/rest/webhooks/1.0/webhook/7", "url": MINE, "enabled": on}],
    ),
    (
        "frappe-helpdesk",
        "/api/resource/Webhook",
        lambda on: {"data": [{"name": "7", "request_url": MINE, "enabled": int(on)}]},
    ),
    ("zammad", "/api/v1/webhooks", lambda on: [{"id": 7, "endpoint": MINE, "active": on}]),
]


def steps(name: str, desk: Installation, hook_url: str, lists: dict[str, Any]) -> list[install.Step]:
    shape = CONNECTORS[name]
    with responses.RequestsMock() as web:
        for path, listed in lists.items():
            web.get(f"{URL}{path}", json=listed)
        return list(install.steps(shape, desk, hook_url, {}, Client(shape.api, desk)))


@pytest.mark.parametrize(("name", "path", "listed"), SWITCHED, ids=[each[0] for each in SWITCHED])
def test_a_webhook_that_is_switched_off_does_not_count_as_there(name: str, path: str, listed: Any) -> None:
    more = {"/api/v1/triggers": []} if name == "zammad" else {}
    for is_on, seen in ((True, ("7", None)), (False, (None, "7"))):
        first = steps(name, HALL, MINE, {path: listed(is_on), **more})[0]
        assert (first.there, first.idle) == seen


def test_what_gitlab_takes_up_again_by_itself_counts_as_there() -> None:
    listed = [{"id": 7, "url": MINE, "alert_status": "temporarily_disabled"}]
    (hook,) = steps("gitlab-project", HALL, MINE, {"/api/v4/projects/town%2Fdesk/hooks": listed})
    assert hook.there == "7"


def trigger(number: int, name: str, webhook: int, *, active: bool = True) -> dict[str, Any]:
    perform = {"notification.webhook": {"webhook_id": webhook}}
    return {"id": number, "name": name, "active": active, "perform": perform}


NEW, CHANGED = "Paidan: new ticket", "Paidan: ticket changed"
OTHER = "https://paidan.example/hooks/first"


@pytest.mark.parametrize(
    ("triggers", "seen"),
    [
        ([trigger(1, NEW, 11), trigger(2, CHANGED, 11)], [(None, None), (None, None)]),
        ([trigger(1, NEW, 12), trigger(2, CHANGED, 12)], [("1", None), ("2", None)]),
        ([trigger(1, NEW, 12, active=False), trigger(2, CHANGED, 12)], [(None, "1"), ("2", None)]),
        ([trigger(1, "Paidan hall: new ticket (webhook 12)", 12)], [("1", None), (None, None)]),
        ([trigger(1, "Paidan first: new ticket (webhook 11)", 11)], [(None, None), (None, None)]),
    ],
)
def test_a_trigger_of_another_desk_or_of_a_former_address_is_not_this_desks(
    triggers: list[dict[str, Any]], seen: list[tuple[str | None, str | None]]
) -> None:
    hooks = [
        {"id": 11, "endpoint": OTHER, "active": True},
        {"id": 12, "endpoint": MINE, "active": True},
    ]
    lists = {"/api/v1/webhooks": hooks, "/api/v1/triggers": triggers}
    hook, *others = steps("zammad", HALL, MINE, lists)
    assert hook.there == "12"
    assert [(each.there, each.idle) for each in others] == seen


def test_no_two_desks_or_addresses_give_a_trigger_the_same_name() -> None:
    made = CONNECTORS["zammad"]
    names = set()
    for desk in ("hall", "annex"):
        for webhook in ("11", "12"):
            known = install.known_of(made, Installation(desk, URL), MINE, {"webhook": webhook})
            bodies = [install.call(each.create, known).body for each in made.about.install]
            names |= {body["name"] for body in bodies if "activator" in body}
    assert len(names) == 8
