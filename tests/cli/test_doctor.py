"""``paidan doctor`` of several desks: one that cannot be looked at hides none of the others."""

from __future__ import annotations

import json
from typing import Any

import pytest
from click.testing import CliRunner, Result

from plugin.cli import main
from tests.web.conftest import Installed


@pytest.fixture
def two(installed: Installed) -> Installed:
    """A second desk whose token has no value here."""
    text = installed.desk.read_text("utf-8").replace("env:HALL_TOKEN", "env:NOBODY_SET_THIS")
    (installed.desk.parent / "annex.yaml").write_text(text, "utf-8")
    return installed


def doctor(installed: Installed, *more: str, **environ: str) -> Result:
    return CliRunner().invoke(main, ["doctor", *more], env={**installed.environ(0), **environ})


def codes(told: Result) -> dict[str, list[str]]:
    found: dict[str, list[dict[str, Any]]] = json.loads(told.stdout)
    return {desk: [each["code"] for each in findings] for desk, findings in found.items()}


def test_a_desk_that_cannot_be_opened_is_a_finding_of_its_own(two: Installed) -> None:
    told = doctor(two, "--format", "json")
    assert told.exit_code == 1
    found = codes(told)
    assert found["annex"] == ["not-opened"]
    assert "not-opened" not in found["hall"]
    assert len(found["hall"]) > 1


@pytest.mark.parametrize(
    ("language", "words"), [("en", "this desk cannot be opened"), ("zh", "该接入无法打开")]
)
def test_it_is_told_beside_the_others(two: Installed, language: str, words: str) -> None:
    told = doctor(two, "--lang", language)
    assert told.exit_code == 1
    assert words in told.stdout
    assert "NOBODY_SET_THIS" in told.stdout
    assert "annex" in told.stdout
    assert "hall" in told.stdout
    assert "→" in told.stdout


def test_a_case_book_that_does_not_answer_hides_nothing_of_the_helpdesk(installed: Installed) -> None:
    url = "postgresql://nobody@127.0.0.1:9/none"
    told = doctor(installed, "--format", "json", PAIDAN_DATABASE_URL=url)
    assert told.exit_code == 1
    found = codes(told)["hall"]
    assert "book-unread" in found
    assert len(found) > 1
