"""The labels follow from the facts marked beside them, by an oracle that shares nothing with the product."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from tests.score.label import clocks, placements
from tests.score.tickets import SAMPLES, Labelled, Line, sample

UNWRITTEN: dict[str, dict[str, Any]] = {
    "T015": {"incident": True},
    "T057": {"incident": True},
    "T040": {"accused": ["petition_section", "petition_office"]},
}
"""What three tickets of the shared sample say and their list of facts has no name for."""

EVERYTHING = [(labelled, line) for name in SAMPLES for labelled in sample(name) for line in labelled.lines()]
DRAWS = ("dev", "heldout")


def marked(line: Line) -> dict[str, Any]:
    return {**line.expected["facts"], **UNWRITTEN.get(line.ticket, {})}


@pytest.mark.parametrize(("labelled", "line"), EVERYTHING, ids=lambda each: getattr(each, "name", ""))
def test_the_placements_follow_from_the_marked_facts(labelled: Labelled, line: Line) -> None:
    found = placements(marked(line), labelled.fields["channel"])
    assert {part: line.expected[part] for part in found} == found


@pytest.mark.parametrize(
    ("labelled", "line"),
    [pair for pair in EVERYTHING if pair[1].number == 0],
    ids=lambda e: getattr(e, "name", ""),
)
def test_the_clocks_follow_from_channel_flags_and_rank(labelled: Labelled, line: Line) -> None:
    told = line.expected
    channel = labelled.fields["channel"]
    assert told["clocks"] == clocks(marked(line), told["rank"], channel, told["flags"])


@pytest.mark.parametrize("name", DRAWS)
def test_half_of_a_draw_has_nothing_to_find(name: str) -> None:
    ranks = Counter(labelled.raw["expected"]["rank"] for labelled in sample(name))
    assert sum(ranks.values()) >= 90
    assert 0.4 <= ranks[0] / sum(ranks.values()) <= 0.6


@pytest.mark.parametrize("name", DRAWS)
@pytest.mark.parametrize("plan", ["plan1", "plan2", "plan3"])
def test_every_type_level_and_lead_of_a_plan_occurs_more_than_once(name: str, plan: str) -> None:
    lines = [line.expected[plan] for labelled in sample(name) for line in labelled.lines()]
    for part in ("event_type", "level", "lead", "severity_hint"):
        seen = Counter(str(line.get(part)) for line in lines)
        assert min(seen.values()) >= 2, (part, seen)


@pytest.mark.parametrize("name", DRAWS)
def test_every_clock_occurs_more_than_once(name: str) -> None:
    seen = Counter(clock for labelled in sample(name) for clock in labelled.raw["expected"]["clocks"])
    every = {clock for labelled in sample("shared") for clock in labelled.raw["expected"]["clocks"]}
    assert {*every, "objection_5wd", "tell_where_to_go_15d"} <= set(seen)
    assert min(seen.values()) >= 2


def test_no_two_tickets_share_their_words() -> None:
    texts = [labelled.raw["body"] for name in SAMPLES for labelled in sample(name)]
    ids = [labelled.id for name in SAMPLES for labelled in sample(name)]
    assert len(set(texts)) == len(texts)
    assert len(set(ids)) == len(ids)
