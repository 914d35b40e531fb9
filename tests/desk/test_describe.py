"""A wrong connector file is told where, what and all at once."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from plugin.documents.wording import TEXTS
from tests.desk.products import descriptor, document, problems_of


def codes(**changed: Any) -> list[str]:
    return [
        p.code for p in problems_of(yaml.safe_dump(document(**changed), allow_unicode=True, sort_keys=False))
    ]


def without(*keys: str) -> dict[str, Any]:
    made = document()
    part = made
    for key in keys[:-1]:
        part = part[key]
    del part[keys[-1]]
    return made


def test_a_right_file_has_no_problems() -> None:
    assert codes() == []
    assert descriptor().targets["level"].needs_field
    assert not descriptor().targets["group"].needs_field


WRONG = [
    ({"tilte": "x"}, "unknown-key"),
    ({"maturity": "tested"}, "unknown-value"),
    ({"maturity": "verified"}, "missing-key"),
    ({"cannot": {}}, "verb-missing"),
    ({"read": [{"name": "ticket"}]}, "one-method"),
    ({"read": [{"name": "ticket", "get": "/a", "post": "/b"}]}, "one-method"),
    ({"read": [{"name": "ticket", "get": "http://elsewhere.example/a"}]}, "path-not-absolute"),
    ({"read": [{"name": "ticket", "get": "/a?k=${secret.token}"}]}, "secret-in-body"),
    ({"ticket": {**document()["ticket"], "title": "tickt.title"}}, "unknown-step"),
    ({"ticket": {**document()["ticket"], "title": "ticket..title"}}, "bad-path"),
    ({"receive": {**document()["receive"], "id_pattern": "(?=x)"}}, "bad-pattern"),
    (
        {"receive": {**document()["receive"], "verify": [{"kind": "basic", "secret": "none"}]}},
        "secret-not-declared",
    ),
    ({"receive": {**document()["receive"], "verify": [{"kind": "hmac", "secret": "hook"}]}}, "missing-key"),
    ({"maturity": "verified", "verified": {"versions": ["1"], "day": "soon"}}, "not-a-day"),
]


@pytest.mark.parametrize(("changed", "code"), WRONG)
def test_one_mistake_is_told_with_its_own_words(changed: dict[str, Any], code: str) -> None:
    found = codes(**changed)
    assert code in found
    assert all(each in TEXTS for each in found)


@pytest.mark.parametrize(
    "keys",
    [
        ("settings",),
        ("receive", "ticket_id"),
        ("api", "auth"),
        ("ticket", "state"),
        ("write", "update"),
        ("setup",),
    ],
)
def test_what_is_missing_is_named(keys: tuple[str, ...]) -> None:
    text = yaml.safe_dump(without(*keys), allow_unicode=True, sort_keys=False)
    assert [p.slots["given"] for p in problems_of(text) if p.code == "missing-key"] == [keys[-1]]


def test_all_mistakes_at_once_each_with_its_line() -> None:
    text = yaml.safe_dump(document(maturity="x", read=[{"name": "ticket"}], cannot={}), sort_keys=False)
    found = problems_of(text)
    assert {"unknown-value", "one-method", "verb-missing"} <= {p.code for p in found}
    lines = text.split("\n")
    assert lines[next(p for p in found if p.code == "unknown-value").place.line - 1] == "maturity: x"


LISTED = {
    "get": "/api/changed",
    "since": {"form": "unix"},
    "paging": {"parameter": "page", "items": "items", "size": 3},
    "id": "item.id",
    "at": {"path": "item.at", "type": "time"},
}
WRONG_LISTS = [
    ({"at": "ticket.at"}, "unknown-step"),
    ({"id": {"path": ["item.id", "id"]}}, "unknown-step"),
    ({"row": "tikcet"}, "unknown-step"),
    ({"at": None, "order": "rising"}, "missing-key"),
    ({"at": None, "since": None}, "missing-key"),
    ({"paging": {"kind": "cursor", "parameter": "c", "items": "items", "size": 3}}, "missing-key"),
    ({"paging": {**LISTED["paging"], "kind": "leaf"}}, "unknown-value"),  # type: ignore[dict-item]
    ({"order": "up"}, "unknown-value"),
    ({"since": {"grain": "soon"}}, "bad-duration"),
    ({"query": {"k": "${secret.token}"}}, "secret-in-body"),
    ({"post": "/b"}, "one-method"),
]


@pytest.mark.parametrize(("changed", "code"), WRONG_LISTS)
def test_a_mistake_in_the_list_of_changes_is_told(changed: dict[str, Any], code: str) -> None:
    block = {key: value for key, value in {**LISTED, **changed}.items() if value is not None}
    assert codes(changed=LISTED) == []
    assert code in codes(changed=block)


def test_a_product_without_such_a_list_says_so() -> None:
    made = document()
    assert "verb-missing" in codes(cannot={key: made["cannot"][key] for key in ("reason",)})
