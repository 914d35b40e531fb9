"""The manifest tells the truth; every kind of falsehood in it is found where it stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Any

import pytest

from plugin.app.truth import truth
from plugin.cli import COMMANDS
from plugin.core.label import Label
from plugin.desk.descriptor import Setting
from plugin.desk.products import Connectors
from plugin.documents.manifest import Question, build_manifest, load_manifest, questions, shipped
from plugin.documents.manifest_check import TruePlatform, TrueSetting, Truth, check_manifest
from plugin.documents.manifest_edit import with_platforms
from plugin.documents.problems import Problem, Problems
from plugin.documents.render import said
from plugin.documents.source import read
from plugin.settings import Settings
from tests.documents.case_folder import ROOT

TEXT = (ROOT / "manifest.yaml").read_text("utf-8")


@cache
def true() -> Truth:
    return truth(ROOT, ROOT / "connectors", COMMANDS)


def found(text: str, fact: Truth | None = None) -> list[Problem]:
    problems = Problems()
    node = read(text, "manifest.yaml", problems)
    manifest = node and build_manifest(node, problems)
    if manifest:
        check_manifest(manifest, fact or true(), problems)
    return list(problems)


def test_the_manifest_is_true() -> None:
    assert [(each.code, each.place, each.slots) for each in found(TEXT)] == []


FALSEHOODS: Mapping[str, tuple[str, str, str, str]] = {
    "a setting left out": ("  PAIDAN_PORT:", "  PAIDAN_DOOR:", "manifest-missing", "PAIDAN_PORT"),
    "a setting that is none": ("  PAIDAN_PORT:", "  PAIDAN_DOOR:", "manifest-unknown", "PAIDAN_DOOR"),
    "another default": ("default: 8700", "default: 8080", "manifest-differs", "PAIDAN_PORT"),
    "no default": ("    default: 8700\n", "", "manifest-differs", "PAIDAN_PORT"),
    "a secret shown": (
        "    default: sqlite:///paidan.db\n    secret: true\n",
        "    default: sqlite:///paidan.db\n",
        "manifest-differs",
        "PAIDAN_DATABASE_URL",
    ),
    "a secret that is none": (
        "default: 8700",
        "default: 8700\n    secret: true",
        "manifest-differs",
        "PAIDAN_PORT",
    ),
    "one language only": (
        "title: {zh: 监听端口, en: Listening port}",
        "title: 监听端口",
        "manifest-one-language",
        "PAIDAN_PORT",
    ),
    "an empty language": ("en: Listening port}", 'en: ""}', "empty-value", ""),
    "another title of a product": (
        "title: Request Tracker",
        "title: RT",
        "manifest-differs",
        "request-tracker",
    ),
    "a right left out": ("CreateTicket, ShowTicket,", "CreateTicket,", "manifest-missing", "ShowTicket"),
    "a right not asked for": ("[SeeQueue,", "[SuperUser, SeeQueue,", "manifest-unknown", "SuperUser"),
    "a connector left out": ("  roundup: {", "  roundabout: {", "manifest-missing", "roundup"),
    "a connector that is none": ("  roundup: {", "  roundabout: {", "manifest-unknown", "roundabout"),
    "a hook that is none": (
        "path: /hooks/<desk>\n",
        "path: /hook/<desk>\n",
        "manifest-unknown",
        "/hook/<desk>",
    ),
    "a hook left out": ("path: /hooks/<desk>\n", "path: /hook/<desk>\n", "manifest-missing", "/hooks/<desk>"),
    "a method left out": (
        "methods: [GET, PATCH, POST, PUT]\n    why: {zh: 工单",
        "methods: [POST]\n    why: {zh: 工单",
        "manifest-differs",
        "/hooks/<desk>",
    ),
    "a page that is none": ("path: /readyz", "path: /console", "manifest-unknown", "/console"),
    "a page left out": ("path: /readyz", "path: /console", "manifest-missing", "/readyz"),
    "a package left out": (" flask,", "", "manifest-missing", "flask"),
    "a package that is none": (" flask,", " flask, django,", "manifest-unknown", "django"),
    "an extra that is none": (
        "extras: [dev, bench]",
        "extras: [dev, bench, ldap]",
        "manifest-unknown",
        "ldap",
    ),
    "an extra left out": ("extras: [dev, bench]", "extras: [dev]", "manifest-missing", "bench"),
    "another version": ("\nversion: 0.1.0", "\nversion: 0.2.0", "manifest-differs", "paidan"),
    "another licence": ("license: MIT", "license: GPL-3.0", "manifest-differs", "paidan"),
    "another Python": ('python: ">=3.11"', 'python: ">=3.9"', "manifest-differs", "paidan"),
    "another name": ("id: paidan", "id: paidans", "manifest-differs", "paidans"),
    "a command that is none": (
        "runs: paidan serve",
        "runs: paidan start",
        "manifest-unknown",
        "paidan start",
    ),
    "a part left out": ("\npages:\n", "\npagers:\n", "unknown-key", "pagers"),
}


@pytest.mark.parametrize("kind", FALSEHOODS)
def test_every_kind_of_falsehood_is_found_where_it_stands(kind: str) -> None:
    right, wrong, code, given = FALSEHOODS[kind]
    assert TEXT.count(right) == 1, "the copy is spoilt in one place"
    spoilt = TEXT.replace(right, wrong)
    told = [each for each in found(spoilt) if each.code == code and each.slots.get("given", "") == given]
    (problem,) = told
    for language in ("zh", "en"):
        told_as = said(problem, language)  # type: ignore[arg-type]
        assert given in told_as.message
        assert told_as.fix
    if code != "manifest-missing":
        changed = TEXT[: TEXT.index(right)].count("\n") + 1
        assert abs(problem.place.line - changed) < 6
    else:
        assert ":" in problem.slots["there"], "where it is in truth"


def spoilt(**more: Any) -> Truth:
    fact = true()
    return replace(fact, **{name: {**getattr(fact, name), **value} for name, value in more.items()})


@pytest.mark.parametrize(
    ("fact", "what"),
    [
        (spoilt(settings={"PAIDAN_NEW": TrueSetting("1", False, "plugin/settings.py:9")}), "PAIDAN_NEW"),
        (spoilt(webhooks={"/calls/<desk>": (frozenset({"POST"}), "plugin/web/hooks.py:9")}), "/calls/<desk>"),
        (spoilt(pages={"/console": "plugin/web/console.py:9"}), "/console"),
        (spoilt(packages={"django": "pyproject.toml:9"}), "django"),
        (spoilt(extras={"ldap": "pyproject.toml:9"}), "ldap"),
        (
            spoilt(platforms={"desk-x": TruePlatform("X", ("Read, all",), "connectors/desk-x.yaml:9")}),
            "desk-x",
        ),
    ],
)
def test_what_is_new_in_the_program_is_missed_in_the_manifest(fact: Truth, what: str) -> None:
    (problem,) = found(TEXT, fact)
    assert (problem.code, problem.slots["given"]) == ("manifest-missing", what)
    assert str(problem.slots["there"]).endswith(":9")


def test_platforms_are_written_as_the_connectors_say() -> None:
    old = TEXT.replace("title: Request Tracker", "title: RT").replace("  roundup: {", "  roundabout: {")
    old = old.replace("scopes: [is_staff]}", "scopes: [is_staff]} # an account of staff")
    more = spoilt(platforms={"desk-x": TruePlatform("X: one", ("Read, all", "写"), "")}).platforms
    new = with_platforms(old, more)
    assert new is not None
    assert "# an account of staff" in new, "what was right is not touched"
    assert new.startswith(TEXT[: TEXT.index("platforms:")])
    assert [each.slots["given"] for each in found(new)] == ["desk-x"]
    assert found(new, spoilt(platforms={"desk-x": TruePlatform("X: one", ("Read, all", "写"), "")})) == []
    assert with_platforms(new, true().platforms) == TEXT.replace(
        "[is_staff]}", "[is_staff]} # an account of staff"
    )
    empty = TEXT[: TEXT.index("platforms:")] + "platforms: {}\n"
    assert with_platforms(empty, true().platforms) == TEXT


def test_settings_are_questions_whoever_declares_them() -> None:
    label = Label("号", "number")
    asked = [
        Setting("page", label, default="1"),
        Setting("token", label, Label("处", "where"), secret=True, required=True, scopes=("Read",)),
    ]
    assert questions(asked) == (
        Question("token", label, Label("处", "where"), secret=True, required=True),
        Question("page", label, default="1"),
    )
    for connector in Connectors(ROOT / "connectors").values():
        assert {each.name for each in questions(connector.settings)} == {s.name for s in connector.settings}
    assert {each.name for each in questions(load_manifest().settings)} == set(shipped())
    assert set(shipped()) == {f"PAIDAN_{name.upper()}" for name in Settings.model_fields}
