"""Whom a running Paidan reaches: the roster first, then the desk's addresses, never who is left out."""

from __future__ import annotations

import time

import pytest

from plugin.app.desks import Desks
from plugin.casebook.desks import Contact
from plugin.core.case import Placement
from tests.web.conftest import ENVIRON, Installed

ROSTER = """\
version: 1
title: Duty of the test
zone: Asia/Shanghai
people:
  first: {label: duty officer one, contact: env:FIRST_URL}
roles:
  deputy_commander: {shifts: [{who: first}]}
"""


@pytest.fixture
def desks(installed: Installed) -> Desks:
    (installed.mappings / "rosters" / "duty.yaml").write_text(ROSTER, "utf-8")
    written = installed.desk.read_text("utf-8")
    installed.desk.write_text(
        f"{written}roster: duty\nnotify: {{commander: env:COMMANDER_URL, onsite: env:ONSITE_URL}}\n", "utf-8"
    )
    return Desks(installed.settings, ENVIRON)


def placement(**more: object) -> Placement:
    return Placement("mass_visit", 2, "较大", True, "较大", "onsite", **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("to", "reached"),
    [
        ("deputy_commander", Contact("duty officer one", "env:FIRST_URL")),
        ("commander", Contact("duty officer one", "env:FIRST_URL")),
        ("lead", Contact("onsite", "env:ONSITE_URL")),
        ("info", Contact("info", None)),
    ],
)
def test_a_step_reaches_the_roster_then_the_desks_addresses(desks: Desks, to: str, reached: Contact) -> None:
    found = desks()["hall"].clocks.reach(to, int(time.time()), placement())
    assert found[0] == reached


def test_a_group_the_matter_is_about_is_never_told(desks: Desks) -> None:
    found = desks()["hall"].clocks.reach("onsite", int(time.time()), placement(recused=("onsite",)))
    assert found == (Contact("onsite", None),)
