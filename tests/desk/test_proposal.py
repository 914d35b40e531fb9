"""A desk file proposed from live lists: sure names filled in, everything else a gap, and it always loads."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from plugin.desk.desk_text import desk_text
from plugin.desk.gap import Gap
from plugin.desk.lists import Entry
from plugin.desk.products import Connectors
from plugin.desk.proposal import Proposal, Wanted, propose
from plugin.documents.checks import reachable_groups
from plugin.documents.desks import build_desk
from plugin.documents.load import load_folder
from plugin.documents.problems import Problems
from plugin.documents.source import read

ROOT = Path(__file__).parents[2]
CONNECTORS = Connectors(ROOT / "connectors")
DOCUMENTS = load_folder(ROOT / "mappings", CONNECTORS.products).documents
assert DOCUMENTS is not None
PLANS, RULES = DOCUMENTS.plans, DOCUMENTS.rules["petition"]


def wanted(plan: str = "petition-four-level", **answers: str) -> Wanted:
    given_ = {key.replace("__", "."): value for key, value in answers.items()}
    secrets = {"token": "env:T", "hook": "file:/run/hook"}
    made = Wanted("town", "https://d.example", PLANS[plan], RULES, "cn-government", "en", secrets)
    return replace(made, answers=given_)


def entries(*names: str, **choices: tuple[str, ...]) -> tuple[Entry, ...]:
    return tuple(Entry(f"#{n}", name, None, choices.get(name, ())) for n, name in enumerate(names))


def proposed(connector: str = "request-tracker", **listed: tuple[Entry, ...]) -> Proposal:
    return propose(CONNECTORS[connector], listed, wanted())


def test_priorities_rise_with_the_levels_from_the_usual_to_the_highest() -> None:
    assert list(proposed("roundup").priority.values()) == ["bug", "urgent", "urgent", "critical"]
    assert list(proposed("django-helpdesk").priority.values()) == ["3", "2", "2", "1"]
    assert list(proposed().priority.values()) == ["25", "50", "75", "100"]


def test_priorities_written_by_number_are_named_and_their_numbers_kept(tmp_path: Path) -> None:
    rising = ("Low", "Normal", "High", "Urgent", "Immediate")
    listed = {
        "groups": entries("Intake"),
        "priorities": tuple(Entry(str(n), name) for n, name in enumerate(rising, 3)),
    }
    found = propose(CONNECTORS["redmine-poll"], listed, wanted())
    assert list(found.priority.values()) == ["Normal", "High", "Urgent", "Immediate"]
    assert dict(found.words) == {"priority": {str(n): name for n, name in enumerate(rising, 3)}}
    shutil.copytree(ROOT / "mappings", tmp_path / "mappings")
    file = tmp_path / "mappings" / "desks" / "town.yaml"
    file.write_text(desk_text(replace(found, wanted=replace(found.wanted, secrets={"token": "env:T"})), "P"))
    loaded = load_folder(tmp_path / "mappings", CONNECTORS.products)
    assert loaded.documents is not None, [(p.code, p.slots) for p in loaded.problems]
    assert proposed("roundup", priorities=entries("bug", "urgent", "critical")).words == {}


def test_groups_known_by_number_are_named_where_the_names_can_be_seen() -> None:
    teams = tuple(Entry(str(n), name) for n, name in enumerate(("Intake", "Billing"), 1))
    named = propose(CONNECTORS["django-helpdesk"], {"groups": teams}, wanted(groups__hq="Billing"))
    assert (named.groups["hq"], named.groups["normal_desk"]) == ("Billing", "Intake")
    assert named.words == {"group": {"1": "Intake", "2": "Billing"}}
    assert_reads_back(named)
    numbers = propose(CONNECTORS["django-helpdesk"], {}, wanted(groups__hq="2"))
    assert (dict(numbers.groups), dict(numbers.words)) == ({"hq": "2"}, {})


def test_a_select_field_is_used_only_where_its_values_stand_for_the_levels() -> None:
    same = entries("Response Level", **{"Response Level": ("特别重大", "一般", "较大", "重大")})
    assert proposed(fields=same).targets["level"] == "Response Level"
    assert not proposed(fields=same).level_values
    other = entries("Response Level", **{"Response Level": ("一般级", "较大级", "重大级", "特别重大级")})
    assert proposed(fields=other).level_values == {
        "一般": "一般级", "较大": "较大级", "重大": "重大级", "特别重大": "特别重大级"
    }  # fmt: skip
    strange = entries("Response Level", **{"Response Level": ("A", "B", "C")})
    found = proposed(fields=strange)
    assert [gap for gap in found.gaps if gap.key.startswith("write")] == [
        Gap(f"write.level.{level}", ("A", "B", "C")) for level in ("一般", "较大", "重大", "特别重大")
    ]


def test_an_answer_for_a_level_is_heeded_with_a_field_and_without() -> None:
    answers = {"write__level": "Grade", "write__level__重大": "Level II"}
    listed = {"fields": entries("Grade", Grade=("Level I", "Level II", "Level 0"))}
    found = propose(CONNECTORS["request-tracker"], listed, wanted(**answers))
    assert found.level_values == {"重大": "Level II"}
    assert {gap.key for gap in found.gaps} >= {"write.level.一般", "write.level.特别重大"}
    assert_reads_back(found)
    label = propose(CONNECTORS["gitlab-project"], {}, wanted(write__level__重大="Level II"))
    assert "level: {values: {重大: Level II}}" in desk_text(label, "GitLab")


def test_a_field_of_choices_that_lacks_what_is_written_is_told() -> None:
    listed = entries("Tags", "Due", Tags=("life_safety", "sealed"), Due=("today", "tomorrow"))
    found = propose(CONNECTORS["redmine-poll"], {"fields": listed}, wanted(write__due="Due"))
    told = {misfit.target: misfit for misfit in found.misfits}
    assert told["due"].lacking == ()
    assert "confidential" in told["tags"].lacking
    assert "sealed" not in told["tags"].lacking
    free = propose(CONNECTORS["redmine-poll"], {"fields": entries("Tags")}, wanted())
    assert not free.misfits


def test_a_level_that_needs_no_field_is_no_question() -> None:
    made = proposed("gitlab-project")
    assert made.targets["level"] is None
    assert "write.level" not in [gap.key for gap in made.gaps]


def test_a_field_about_a_person_is_never_proposed() -> None:
    found = proposed(fields=entries("渠道", "Ethnicity", "Region", "诉求人姓名"))
    assert found.fields == {"channel": "渠道", "region": "Region"}


def test_a_field_paidan_writes_is_none_about_the_matter() -> None:
    found = proposed(fields=entries("渠道", "级别"))
    assert (found.targets["level"], found.fields) == ("级别", {"channel": "渠道"})


def test_states_of_the_helpdesks_own_are_added_to_the_products_usual_ones() -> None:
    found = propose(
        CONNECTORS["roundup"],
        {"states": entries("unread", "resolved", "done-cbb", "archived: done", "deferred", "on hold")},
        wanted(),
    )
    assert found.closed_states == ("resolved", "done-cbb", "archived: done")
    assert found.paused_states == ("deferred", "on hold")
    usual = propose(CONNECTORS["roundup"], {"states": entries("unread", "resolved")}, wanted())
    assert usual.closed_states == ()


def test_a_field_that_may_be_the_levels_is_none_about_the_matter() -> None:
    found = proposed(fields=entries("Level", Level=("A", "B", "C", "D")))
    assert [gap.key for gap in found.gaps if gap.key.startswith("write.level.")]
    assert "media" not in found.fields


@pytest.mark.parametrize(("carrier", "is_taken"), [("project", True), ("assigned_to", False)])
def test_an_owner_that_is_the_group_itself_is_nobody_who_took_the_ticket(
    carrier: str, is_taken: bool
) -> None:
    made = replace(wanted(), settings={"carrier": carrier})
    assert propose(CONNECTORS["redmine-poll"], {}, made).taken is is_taken


def test_an_answer_is_taken_as_it_is_and_its_group_not_given_away_again() -> None:
    found = propose(
        CONNECTORS["request-tracker"],
        {"groups": entries("指挥部", "Desk A")},
        wanted(groups__hq="Desk A", groups__onsite="指挥部"),
    )
    assert found.groups["hq"] == "Desk A"
    assert found.groups["onsite"] == "指挥部"


def assert_reads_back(proposal: Proposal) -> None:
    text = desk_text(proposal, "Product")
    problems = Problems()
    node = read(text.encode(), "desks/town.yaml", problems)
    assert node is not None, [p.code for p in problems]
    desk = build_desk("town", node, problems)
    assert desk is not None, [(p.code, p.place, text) for p in problems]
    assert dict(desk.groups) == dict(proposal.groups)
    assert dict(desk.gaps) == {gap.key: gap.near for gap in proposal.gaps}
    assert desk.values.get("priority", {}) == dict(proposal.priority)
    assert {name: each.source for name, each in desk.fields.items()} == dict(proposal.fields)


NAME = st.text(
    st.characters(blacklist_categories=("Cs",)),
    min_size=1,
    max_size=20,
).filter(lambda name: name == name.strip() and name.strip())


@settings(max_examples=150, deadline=None)
@example(names=["0\\", "1\x85", "\ufeffx"], plan="petition-four-level")
@given(names=st.lists(NAME, max_size=12, unique=True), plan=st.sampled_from(sorted(PLANS)))
def test_whatever_groups_and_fields_are_called_the_file_reads_back_the_same(
    names: list[str], plan: str
) -> None:
    listed = {"groups": entries(*names, "综合受理", "yes", "12", "no: 3"), "fields": entries(*names, "渠道")}
    for connector in ("request-tracker", "roundup", "django-helpdesk"):
        found = propose(CONNECTORS[connector], listed, wanted(plan, groups__hq=(names or ["x"])[0]))
        assert_reads_back(found)
        assert yaml.safe_load(desk_text(found, "Product"))["mode"] == "observe"


def test_a_file_with_gaps_loads_among_the_others_and_only_observes(tmp_path: Path) -> None:
    text = desk_text(proposed(groups=entries("综合受理")), "Product")
    shutil.copytree(ROOT / "mappings", tmp_path / "mappings")
    file = tmp_path / "mappings" / "desks" / "town.yaml"
    file.write_text(text, "utf-8")
    found = load_folder(tmp_path / "mappings", CONNECTORS.products)
    assert found.documents is not None
    left = {p.slots["given"] for p in found.problems if p.code == "gap-left"}
    assert {"groups.hq", "groups.onsite", "write.level"} <= left
    file.write_text(text.replace("mode: observe", "mode: propose"), "utf-8")
    assert load_folder(tmp_path / "mappings", CONNECTORS.products).documents is None


@pytest.mark.parametrize("plan", sorted(PLANS))
def test_every_group_a_decision_can_name_is_answered_or_a_gap(plan: str) -> None:
    found = propose(CONNECTORS["roundup"], {"groups": entries("综合受理", "办公室")}, wanted(plan))
    gaps = {gap.key.removeprefix("groups.") for gap in found.gaps}
    assert {*found.groups, *gaps} >= set(reachable_groups(PLANS[plan]))
