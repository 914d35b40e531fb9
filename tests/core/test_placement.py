"""Placing facts on the shipped plans, without any text: the reference profile, line by line."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.core.case import Placement
from plugin.core.facts import Count, Fact, FactValue, Sure
from plugin.core.placement import place
from plugin.core.trace import Answer, TraceNode
from tests.score.deciding import PLANS, shipped


def placed(plan: str, **facts: Any) -> Placement:
    known = {name: Fact(name, value, Sure.STATED) for name, value in facts.items()}
    return place(shipped().plans[PLANS[plan]], known).placement


def people(count: int) -> FactValue:
    return Count(count, count)


CROWD = {"people_present": people(60), "rank": 2, "channel": "visit"}
SMALL = {"people_present": people(12), "rank": 1, "channel": "visit"}
PLANNED = {"people_planned": people(120), "rank": 1, "channel": "app"}
BACKLOG = {"days_open": 400, "rank": 2, "channel": "letter"}
FLOOD = {"incident": True, "people_joint": people(66), "relief": True, "rank": 1, "channel": "fax"}
LEAK = {"incident": True, "people_affected_safety": people(540), "scene": True, "rank": 4, "channel": "phone"}
FORUM = {"views": 12_000, "rank": 1, "channel": "media_monitoring"}
DANGER = {"life_danger": "premises", "people_present": people(1), "rank": 2, "channel": "onsite_report"}
JOINT = {"people_joint": people(213), "rank": 2, "channel": "web"}
QUIET = {"rank": 0, "channel": "web"}

TABLE = [
    ("plan1", CROWD, "mass_visit", "较大", "onsite", ("info", "logistics", "publicity")),
    ("plan1", SMALL, "mass_visit", "一般", "onsite", ("info",)),
    ("plan1", PLANNED, "mass_visit", "一般", "info", ("onsite",)),
    ("plan1", BACKLOG, "backlog_case", "较大", "case_team", ("info",)),
    ("plan1", FLOOD, "emergency_triggered", "一般", "info", ("logistics",)),
    ("plan1", LEAK, "emergency_triggered", "特别重大", "onsite", ("info", "logistics", "publicity")),
    ("plan1", FORUM, "other", "一般", "publicity", ("info",)),
    ("plan1", DANGER, "other", "较大", "onsite", ("info", "logistics")),
    ("plan1", JOINT, "other", "较大", "info", ()),
    ("plan1", QUIET, "ordinary", "none", "normal_desk", ()),
    ("plan2", SMALL, "collective_visit", "III", "petition_section", ("general_office", "security_section")),
    ("plan2", {**SMALL, "cross_dept": True}, "collective_visit", "II", "hq", None),
    ("plan2", {**SMALL, "cross_region": True}, "collective_visit", "II", "hq", None),
    ("plan2", {**CROWD, "cross_region": True}, "collective_visit", "I", "hq", None),
    ("plan2", {**CROWD, "rank": 3}, "collective_visit", "I", "hq", None),
    ("plan2", DANGER, "visit", "II", "hq", None),
    ("plan2", JOINT, "online_petition", "II", "hq", ("petition_section", "general_office")),
    ("plan2", FORUM, "petition_opinion", "III", "petition_section", ("general_office", "publicity_section")),
    ("plan2", {**SMALL, "accused": ("petition_section",)}, "collective_visit", "III", "general_office", None),
    ("plan3", SMALL, "mass_visit", None, "emergency_office", ("petition_office",)),
    ("plan3", BACKLOG, "backlog_case", None, "emergency_office", None),
    ("plan3", FORUM, "online_opinion", None, "emergency_office", ("general_office",)),
    ("plan3", QUIET, "ordinary", None, "normal_desk", ()),
]


@pytest.mark.parametrize(("plan", "facts", "event_type", "level", "lead", "co"), TABLE)
def test_where_facts_stand(
    plan: str, facts: dict, event_type: str, level: str | None, lead: str, co: tuple[str, ...] | None
) -> None:
    found = placed(plan, **facts)
    assert (found.event_type, found.level, found.lead) == (event_type, level, lead)
    assert co is None or found.co == co


@pytest.mark.parametrize(
    ("plan", "lead"),
    [("plan1", "confidential_channel"), ("plan2", "confidential_channel"), ("plan3", "discipline_office")],
)
@pytest.mark.parametrize("rank", range(5))
def test_an_accusation_in_confidence_has_its_own_way_whatever_its_rank(
    plan: str, lead: str, rank: int
) -> None:
    found = placed(plan, confidential=True, rank=rank, people_present=people(80), channel="visit")
    assert (found.lead, found.co, found.sealed) == (lead, (), True)


@pytest.mark.parametrize("plan", PLANS)
def test_an_accused_group_has_no_part_in_it(plan: str) -> None:
    made = shipped().plans[PLANS[plan]]
    for group in made.desk_groups:
        found = placed(plan, **CROWD, accused=(group,))
        assert group not in (*found.co, *found.notify), group
        assert found.lead != group or made.group(group).recuse_when is None, group


CHANNELS = [
    ("visit", ("notice_15d", "handle_60d")),
    ("letter", ("notice_15d", "handle_60d")),
    ("hotline_12345", ("hotline_reply_5wd",)),
    ("wechat", ("hotline_reply_5wd",)),
    ("onsite_report", ()),
    ("media_monitoring", ()),
    ("superior_transfer", ("notice_15d", "handle_60d", "objection_5wd")),
]


@pytest.mark.parametrize("plan", PLANS)
@pytest.mark.parametrize(("channel", "clocks"), CHANNELS)
def test_the_limits_of_the_law_follow_the_way_in(plan: str, channel: str, clocks: tuple[str, ...]) -> None:
    assert set(placed(plan, rank=0, channel=channel).clocks) == set(clocks)


@pytest.mark.parametrize("plan", PLANS)
def test_a_whole_withdrawal_leaves_only_its_confirmation(plan: str) -> None:
    assert placed(plan, rank=0, channel="app", withdrawal=True).clocks == ("confirm_withdrawal",)


@pytest.mark.parametrize("plan", PLANS)
@given(rank=st.integers(0, 4), extra=st.sampled_from([SMALL, CROWD, BACKLOG, FORUM, JOINT, LEAK, DANGER]))
def test_a_higher_rank_never_stands_lower(plan: str, rank: int, extra: dict) -> None:
    made = shipped().plans[PLANS[plan]]
    heights = [made.levels.height(placed(plan, **{**extra, "rank": r}).level) for r in range(rank + 1)]
    assert heights == sorted(heights)
    assert placed(plan, **{**extra, "rank": rank}).lead in {group.id for group in made.groups}


@pytest.mark.parametrize("plan", PLANS)
@given(data=st.data())
def test_however_many_are_accused_somebody_else_leads(plan: str, data: st.DataObject) -> None:
    made = shipped().plans[PLANS[plan]]
    able = [group.id for group in made.groups if group.recuse_when]
    accused = data.draw(st.sets(st.sampled_from(able)))
    facts = data.draw(st.sampled_from([SMALL, CROWD, BACKLOG, FORUM, LEAK, QUIET]))
    found = placed(plan, **{**facts, "accused": tuple(accused), "confidential": data.draw(st.booleans())})
    assert not set(found.recused) & {*found.co, *found.notify}
    assert found.lead not in found.recused or set(able) == set(found.recused)
    assert found.lead not in found.co


def nodes(node: TraceNode) -> Iterator[TraceNode]:
    yield node
    for child in node.children:
        yield from nodes(child)


@pytest.mark.parametrize("plan", PLANS)
def test_why_names_the_entries_and_what_circumstances_rest_on(plan: str) -> None:
    known = {name: Fact(name, value, Sure.STATED) for name, value in CROWD.items()}
    found = place(shipped().plans[PLANS[plan]], known)
    told = list(nodes(found.told()))
    held = [node for node in told if node.what == f"event_type {found.placement.event_type}"]
    assert [node.answer for node in held] == [Answer.YES]
    (gathering, *_) = [node for node in nodes(held[0]) if node.what == "gathering"]
    assert "people_present" in [node.what for node in nodes(gathering)]
    assert all(node.place for node in told if node.what.startswith(("level ", "clock ", "recused ")))


@pytest.mark.parametrize("plan", PLANS)
def test_a_task_opens_where_its_playbook_and_its_own_condition_hold(plan: str) -> None:
    tasks = {task.id: task for task in shipped().plans[PLANS[plan]].tasks()}
    grave, quiet = placed(plan, **LEAK).tasks, placed(plan, **QUIET).tasks
    assert "call_now" in grave
    assert "call_now" not in quiet
    assert {tasks[task].opens for task in quiet} <= {"read"}
    assert {tasks[task].opens for task in grave} <= {"read", "activate"}
