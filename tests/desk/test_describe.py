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
