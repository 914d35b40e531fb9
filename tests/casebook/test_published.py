"""Versions of policies and calendars: the same in every process, and whole again when read."""

from __future__ import annotations

import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from plugin.casebook.database import Database
from plugin.casebook.published import PublishedVersions, Version
from plugin.core.calendar import Calendar, Component
from plugin.core.policy import policy_of
from plugin.core.timekeeping import Policy
from tests.score.deciding import PLANS, shipped

CALENDAR = Calendar(
    "office",
    "1",
    (
        Component(
            "Europe/Berlin",
            {"mon": ((540, 1_080),), "sat": ((1_320, 360),)},
            frozenset(date(2026, 1, day) for day in range(1, 20)),
            {date(2026, 2, 7): "mon"},
            {date(2026, 2, 8): ()},
        ),
    ),
    date(2026, 12, 31),
    date(2025, 1, 1),
    date(2027, 12, 31),
)
PRINT = """
from tests.casebook.test_published import CALENDAR, versions
print(*(version.hash for version in versions()))
"""


def versions() -> list[Version]:
    plans = [shipped().plans[name] for name in PLANS.values()]
    policies = [Version("policy", plan.id, policy_of(plan, "office")) for plan in plans]
    return [*policies, Version("calendar", "office", CALENDAR)]


@pytest.fixture
def database(tmp_path: Path) -> Database:
    made = Database(f"sqlite:///{tmp_path}/versions.db")
    made.prepare()
    return made


def test_every_process_gives_the_same_text_the_same_id() -> None:
    said = {
        subprocess.run(
            [sys.executable, "-c", PRINT],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": "."},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(said) == 1


def test_what_ran_can_be_read_again_whole(database: Database) -> None:
    PublishedVersions(database).publish(*versions())
    read = PublishedVersions(database)
    for version in versions():
        if isinstance(version.value, Policy):
            assert read.policy(version.hash) == version.value
        else:
            again = read.calendar(version.hash)
            assert (again.components, again.covered_through) == (
                CALENDAR.components,
                CALENDAR.covered_through,
            )
            assert again.intervals == CALENDAR.intervals


def test_a_version_is_new_only_once(database: Database) -> None:
    published = PublishedVersions(database)
    every = {version.hash for version in versions()}
    assert published.publish(*versions(), None) == every
    assert published.publish(*versions()) == set()
    assert PublishedVersions(database).publish(*versions()) == set()


def test_a_version_that_never_ran_is_no_version(database: Database) -> None:
    with pytest.raises(KeyError):
        PublishedVersions(database).policy("0" * 64)
