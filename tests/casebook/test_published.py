"""Versions of policies and calendars: the same words are the same version, in every process, for good."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import update

from plugin.casebook.database import Database
from plugin.casebook.published import PublishedVersions, Version
from plugin.casebook.tables import published
from plugin.core.policy import policy_of
from tests.casebook.test_time import POLICY
from tests.score.deciding import PLANS, shipped

ROOT = Path(__file__).parents[2]


def digests() -> list[str]:
    """The versions of everything that ships."""
    documents = shipped()
    policies = [
        Version("policy", name, policy_of(documents.plans[name], "cn-government")) for name in PLANS.values()
    ]
    calendars = [Version("calendar", name, each) for name, each in documents.calendars.items()]
    return [each.hash for each in (*policies, *calendars)]


@pytest.mark.parametrize("seed", ["1", "2"])
def test_another_process_gives_the_same_words_the_same_version(seed: str) -> None:
    code = "from tests.casebook.test_published import digests; print(*digests())"
    command = [sys.executable, "-c", code]
    told = subprocess.run(
        command,
        cwd=ROOT,
        env={"PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        check=False,
    )
    assert told.stdout.decode().split() == digests(), told.stderr.decode()


@pytest.mark.parametrize("name", PLANS.values())
def test_a_shipped_policy_is_read_back_as_it_was(name: str, tmp_path: Path) -> None:
    policy = policy_of(shipped().plans[name], "cn-government")
    version = Version("policy", name, policy)
    database = Database(f"sqlite:///{tmp_path}/book.db")
    database.prepare()
    PublishedVersions(database).publish(version)
    assert PublishedVersions(database).policy(version.hash) == policy
    database.close()


def test_what_an_older_or_newer_program_put_on_record_is_read_all_the_same(tmp_path: Path) -> None:
    version = Version("policy", "plan", POLICY)
    database = Database(f"sqlite:///{tmp_path}/book.db")
    database.prepare()
    PublishedVersions(database).publish(version)
    body = json.loads(version.body)
    for clock in body["clocks"]:
        del clock["is_armed"], clock["scale"]
        clock["of_a_newer_program"] = 1
    with database.write() as tx:
        tx.run(update(published).values(body=json.dumps(body)))
    assert PublishedVersions(database).policy(version.hash) == POLICY
    database.close()
