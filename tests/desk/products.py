"""Small connector files made for tests: what no shipped connector needs yet must work all the same."""

from __future__ import annotations

from typing import Any

import yaml

from plugin.desk import describe
from plugin.desk.descriptor import Descriptor
from plugin.desk.installation import Installation
from plugin.documents.problems import Problem, Problems
from plugin.documents.source import read

URL = "https://desk.example.org/base"
SECRET = "hook-secret"


def document(**changed: Any) -> dict[str, Any]:
    """A whole connector file as data: a product that takes note and values in one request."""
    made: dict[str, Any] = {
        "version": 1,
        "title": "Example desk",
        "docs": "https://desk.example.org/docs",
        "maturity": "documented",
        "settings": {
            "token": {"title": {"en": "Token", "zh": "令牌"}, "secret": True, "required": True},
            "hook": {"title": {"en": "Hook", "zh": "回调"}, "secret": True},
            "account": {"title": {"en": "Account", "zh": "账号"}},
        },
        "setup": {"en": "Nothing.", "zh": "无。"},
        "receive": {
            "verify": [{"kind": "header", "header": "X-Hook", "secret": "hook"}],
            "ticket_id": "ticket.id",
            "id_pattern": "[a-z0-9-]{1,20}",
            "events": [{"from": {"header": "X-Kind"}, "words": {"made": "created", "ping": "ignored"}}],
            "actors": "by",
        },
        "api": {
            "auth": {"kind": "bearer", "token": "${secret.token}"},
            "page": "/t/${id}",
            "detail": "error.text",
        },
        "read": [{"name": "ticket", "get": "/api/t/${id}"}],
        "ticket": {
            "id": "ticket.id",
            "title": "ticket.title",
            "state": "ticket.state",
            "stamp": "ticket.version",
            "created_at": {"path": "ticket.at", "type": "time"},
            "field": "ticket.more[name=${field}].value",
            "persons": ["customer"],
            "closed": ["done"],
            "paused": ["waiting"],
            "gone": ["spam"],
        },
        "messages": {
            "items": "ticket.messages[*]",
            "id": "item.id",
            "at": {"path": "item.at", "type": "time"},
            "text": {"path": "item.text", "html_when": {"path": "item.type", "is": "html"}},
            "author": "item.by",
            "outside": {"path": "item.sender", "is": "customer"},
            "private": {"path": "item.internal", "is": "true"},
            "attachments": "item.files[*]",
        },
        "write": {
            "update": {"put": "/api/t/${id}"},
            "verify": "answer",
            "answer_is": "ticket",
            "targets": {
                "group": {
                    "read": {"path": "ticket.group", "words": {"7": "Network"}},
                    "write": {"group": "${value}"},
                },
                "level": {
                    "read": "ticket.more[name=${field}].value",
                    "write": {"more": [{"name": "${field}", "value": "${value}"}]},
                },
                "tags": {"read": {"path": "ticket.tags", "type": "list"}, "write": {"tags": "${value}"}},
                "priority": {
                    "read": {"path": "ticket.priority", "type": "int"},
                    "write": {"priority": "${value}"},
                },
                "due": {
                    "read": {"path": "ticket.due", "type": "time"},
                    "write": {"due": "${value}"},
                    "alone": True,
                },
            },
            "note": {
                "merge": {"note": {"text": "${note}", "internal": True}},
                "format": "html",
                "not_in_states": ["done"],
            },
            "priorities": ["1", "2", "3"],
        },
        "cannot": {
            "reason": {"en": "No such field.", "zh": "没有该字段。"},
            "changed": {"en": "No list.", "zh": "没有列表。"},
        },
    }
    return {**made, **changed}


def written(**changed: Any) -> str:
    """The file as text."""
    return yaml.safe_dump(document(**changed), allow_unicode=True, sort_keys=False)


def problems_of(text: str) -> list[Problem]:
    """What is wrong with a connector file."""
    problems = Problems()
    node = read(text, "connectors/example.yaml", problems)
    if node is not None:
        describe.build(node, "example", problems)
    return list(problems)


def descriptor(**changed: Any) -> Descriptor:
    problems = Problems()
    text = yaml.safe_dump(document(**changed), allow_unicode=True, sort_keys=False)
    node = read(text, "connectors/example.yaml", problems)
    assert node is not None
    built = describe.build(node, "example", problems)
    assert built is not None
    assert not list(problems)
    return built


def desk(**changed: Any) -> Installation:
    given: dict[str, Any] = {
        "desk": "example",
        "url": URL,
        "secrets": {"token": ("api-token",), "hook": (SECRET,)},
        "settings": {"account": "paidan"},
        "targets": {"level": "Level"},
    }
    return Installation(**{**given, **changed})


def ticket(**changed: Any) -> dict[str, Any]:
    """The product's answer for one ticket."""
    made: dict[str, Any] = {
        "id": "t-1",
        "title": "窗口来访",
        "state": "open",
        "version": 3,
        "at": "2026-11-23T08:00:00Z",
        "group": 7,
        "priority": 1,
        "due": None,
        "tags": ["b", "a"],
        "customer": {"name": "someone", "mail": "someone@customer.example"},
        "more": [{"name": "Level", "value": "II"}, {"name": "channel", "value": "visit"}],
        "messages": [message("m1", sender="customer", text="五十余人来到窗口。")],
    }
    return {**made, **changed}


def message(name: str, **changed: Any) -> dict[str, Any]:
    made = {
        "id": name,
        "at": "2026-11-23T08:00:00Z",
        "text": "",
        "by": "x",
        "sender": "agent",
        "internal": False,
        "files": [],
    }
    return {**made, **changed}
