"""The shipped plans: every clause of the source is carried out, and the words of the labels are theirs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path

import pytest

from plugin.core.entry import Entry
from plugin.core.plan import Plan
from tests.score.deciding import PLANS, shipped

ROOT = Path(__file__).resolve().parents[2]
ROWS = (ROOT / "tests" / "data" / "source_rows.txt").read_text("utf-8").split()
PREFIX = {"plan1": "P1-", "plan2": "P2-", "plan3": "P3-"}
LABELS = [
    json.loads(line)
    for name in ("shared", "dev")
    for line in (ROOT / "tests/data/tickets" / f"{name}.jsonl").read_text("utf-8").split("\n")
    if line
]


def plan(name: str) -> Plan:
    return shipped().plans[PLANS[name]]


def everything(value: object) -> Iterator[object]:
    """Every checked value a plan is made of."""
    if is_dataclass(value):
        yield value
        for each in fields(value):
            yield from everything(getattr(value, each.name))
    elif isinstance(value, tuple | list) and not hasattr(value, "_fields"):
        for each in value:
            yield from everything(each)
    elif isinstance(value, dict):
        yield from everything(list(value.values()))


def cited(made: Plan) -> set[str]:
    return {row for each in everything(made) for row in getattr(each, "source_ref", ())}


@pytest.mark.parametrize("name", PLANS)
def test_every_clause_of_the_source_is_carried_out_and_no_other(name: str) -> None:
    assert cited(plan(name)) == {row for row in ROWS if row.startswith(PREFIX[name])}


def test_the_inventory_is_whole() -> None:
    assert {prefix: sum(row.startswith(prefix) for row in ROWS) for prefix in PREFIX.values()} == {
        "P1-": 103,
        "P2-": 104,
        "P3-": 82,
    }


@pytest.mark.parametrize("name", PLANS)
def test_names_are_those_of_the_labels(name: str) -> None:
    made = plan(name)
    wanted = [line[name] for ticket in LABELS for line in (ticket["expected"], *_updates(ticket))]
    groups = {group.id for group in made.groups}
    types = {each.id for each in made.event_types} | {made.ordinary.event_type}
    levels = {level.id for level in made.levels.items} | {"none", None}
    assert {line["event_type"] for line in wanted} <= types
    assert {line["level"] for line in wanted} <= levels
    assert {group for line in wanted for group in (line["lead"], *line["co"], *line["notify"])} <= groups
    clocks = {clock for ticket in LABELS for clock in ticket["expected"]["clocks"]}
    assert clocks <= {clock.id for clock in made.clocks}


def _updates(ticket: dict) -> list[dict]:
    return [update["expected"] for update in ticket.get("updates", ())]


@pytest.mark.parametrize("name", PLANS)
def test_every_entry_has_a_name_in_both_languages(name: str) -> None:
    unnamed = [
        e.id for e in everything(plan(name)) if isinstance(e, Entry) and not (e.label.zh and e.label.en)
    ]
    assert not unnamed


@pytest.mark.parametrize(("name", "levels"), [("plan1", 4), ("plan2", 3), ("plan3", 0)])
def test_levels_are_those_of_the_source(name: str, levels: int) -> None:
    assert len(plan(name).levels.items) == levels
    assert (plan(name).levels.mode == "inherited") is (levels == 0)


def test_what_the_source_leaves_unfinished_is_said_and_not_invented() -> None:
    assert plan("plan3").incomplete
    assert any(each.incomplete for each in plan("plan3").safeguards)
