"""A desk of a product that tells everything there is to know of it, and what a look at it finds."""

from __future__ import annotations

from typing import Any

import responses

from plugin.core.effects import DeskMap
from plugin.desk.checkup import Heard, Subject, check_up
from plugin.desk.connector import Connector
from plugin.desk.descriptor import Descriptor
from plugin.desk.findings import Finding
from plugin.desk.installation import Installation
from tests.desk.products import URL, descriptor, desk, document

NOW = 1_795_600_000.0
MAP = DeskMap(
    "act",
    "en",
    {"desk": "Network", "onsite": "Security"},
    levels={"I": "one", "II": "two"},
    priorities={"I": "3"},
)


def product(**changed: Any) -> Descriptor:
    """A product that tells everything there is to know of it."""
    made = document()
    made["write"]["targets"]["group"] |= {"list": "groups"}
    named: dict[str, Any] = {
        "write": made["write"],
        "identify": [
            {"get": "/api/about", "when": [{"path": "body.name", "is": "Example"}], "version": "body.version"}
        ],
        "whoami": {"get": "/api/me", "account": "body.login"},
        "rights": [
            {"means": means, "get": "/api/me", "when": [{"path": f"body.may.{means}"}]}
            for means in ("read", "write", "note", "delete")
        ],
        "lists": {
            kind: {
                "get": f"/api/{kind}",
                "id": "item.id",
                "name": "item.name",
                "type": "item.type",
                "choices": "item.choices[*]",
            }
            for kind in ("groups", "priorities", "states", "fields")
        },
    }
    return descriptor(**{**named, **changed})


ANSWERS: dict[str, Any] = {
    "/api/about": {"name": "Example", "version": "4.2.1"},
    "/api/me": {"login": "paidan", "may": {"read": 1, "write": 1, "note": 1}},
    "/api/groups": [{"id": 7, "name": "Network"}, {"id": 8, "name": "Security"}],
    "/api/priorities": [{"id": 3, "name": "3"}],
    "/api/states": [{"id": 1, "name": "waiting"}, {"id": 2, "name": "done"}],
    "/api/fields": [{"id": "Level", "name": "Level", "type": "select", "choices": ["one", "two"]}],
}


CHANGED: dict[str, Any] = {
    "get": "/api/changed",
    "query": {"since": "${since}"},
    "since": {"form": "iso"},
    "paging": {"parameter": "page", "size": 2},
    "order": "rising",
    "id": "item.id",
    "at": {"path": "item.at", "type": "time"},
}


def listing(**changed: Any) -> Descriptor:
    """The same product, which also lists what changed."""
    cannot = {key: value for key, value in document()["cannot"].items() if key != "changed"}
    return product(changed=CHANGED, cannot=cannot, **changed)


def answer(wire: responses.RequestsMock, headers: dict[str, str] | None = None, **changed: Any) -> None:
    for path, body in {**ANSWERS, **{f"/api/{name}": value for name, value in changed.items()}}.items():
        given = body if isinstance(body, dict) and {"status", "body"} & body.keys() else {"json": body}
        wire.get(URL + path, **{"headers": headers or {}, **given})


class Told:
    """All findings, several of one code too."""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        self.findings = findings

    def __getitem__(self, code: str) -> Finding:
        """The only finding of a code."""
        (only,) = (each for each in self.findings if each.code == code)
        return only

    @property
    def codes(self) -> list[str]:
        return [each.code for each in self.findings]

    @property
    def wrong(self) -> list[tuple[str, str]]:
        return [(each.code, each.severity) for each in self.findings if each.severity != "ok"]


def found(
    subject: Installation | None = None,
    made: Descriptor | None = None,
    heard: Heard | None = None,
    map_: DeskMap = MAP,
) -> Told:
    connector = Connector(made or product(), subject or desk())
    return Told(check_up(Subject(connector, map_, heard, NOW)))
