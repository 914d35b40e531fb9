"""Priorities are compared by how high they stand, never by their numbers; all that are listed are known."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from plugin.core.effects import DeskMap
from plugin.desk.desk_text import desk_text
from plugin.desk.lists import Entry
from plugin.desk.propose_priority import Priorities, propose_priorities
from plugin.documents.load import load_folder
from tests.desk.test_proposal import CONNECTORS, ROOT, propose, wanted

LEVELS = ("一般", "较大", "重大", "特别重大")


def listed(*names: str, ids: str = "") -> tuple[Entry, ...]:
    return tuple(Entry(ids[n] if ids else name, name) for n, name in enumerate(names))


def found(connector: str, *names: str, **answers: str) -> Priorities:
    given = {f"write.{key.replace('__', '.')}": value for key, value in answers.items()}
    return propose_priorities(CONNECTORS[connector], listed(*names), LEVELS, given)


def mapped(tmp_path: Path, connector: str, entries: tuple[Entry, ...], **answers: str) -> DeskMap:
    """What effects are given of the desk file that is written."""
    proposal = propose(CONNECTORS[connector], {"priorities": entries}, wanted(**answers))
    needed = {name: f"env:{name.upper()}" for name in CONNECTORS[connector].secrets}
    proposal = replace(proposal, wanted=replace(proposal.wanted, secrets=needed))
    shutil.copytree(ROOT / "mappings", tmp_path / "mappings")
    (tmp_path / "mappings" / "desks" / "town.yaml").write_text(desk_text(proposal, "Product"), "utf-8")
    loaded = load_folder(tmp_path / "mappings", CONNECTORS.products)
    assert loaded.documents is not None, [(p.code, p.slots) for p in loaded.problems]
    return loaded.documents.desk_map("town")


def test_a_priority_made_last_is_not_the_highest(tmp_path: Path) -> None:
    made = mapped(tmp_path, "redmine-poll", listed("低", "普通", "高", "紧急", "立刻", ids="51234"))
    assert list(made.priorities.values()) == ["普通", "高", "紧急", "立刻"]
    assert made.priority_order == ("低", "普通", "高", "紧急", "立刻")


@pytest.mark.parametrize("turn", [1, -1])
def test_names_that_do_not_tell_stand_as_the_helpdesk_lists_them(turn: int) -> None:
    names = ("慢慢来", "普通", "要紧", "紧急", "放下一切")
    assert found("redmine-poll", *names[::turn]).order == names


def test_a_list_in_no_order_is_not_believed() -> None:
    made = found("redmine-poll", "高", "低", "要紧", "普通")
    assert not made.by_level
    assert [gap.key for gap in made.gaps] == [f"write.priority.{level}" for level in LEVELS]


@pytest.mark.parametrize(
    ("names", "by_level"),
    [
        (("低", "普通", "高", "特急"), ["普通", "高", "高", "特急"]),
        (("critical", "urgent", "normal", "low"), ["normal", "urgent", "urgent", "critical"]),
    ],
)
def test_priorities_of_the_helpdesks_own_are_ranked_by_what_they_are_called(
    tmp_path: Path, names: tuple[str, ...], by_level: list[str]
) -> None:
    made = mapped(tmp_path, "roundup", listed(*names))
    assert list(made.priorities.values()) == by_level
    assert set(made.priority_order) == set(names), "each that a ticket may have can be compared"
    assert made.priority_order[-1] == by_level[-1]


def test_where_nothing_tells_a_person_says_which_or_in_what_order(tmp_path: Path) -> None:
    open_ = found("roundup", "红", "橙", "黄", "蓝")
    assert not open_.by_level
    assert len(open_.gaps) == 4
    each = {f"priority__{level}": name for level, name in zip(LEVELS, "蓝黄橙红", strict=True)}
    said = found("roundup", "红", "橙", "黄", "蓝", **each)
    assert (tuple(said.by_level.values()), said.order, said.gaps) == (
        tuple("蓝黄橙红"),
        tuple("蓝黄橙红"),
        (),
    )
    made = mapped(tmp_path, "roundup", listed("红", "橙", "黄", "蓝"), write__priority_order="蓝，黄, 橙、红")
    assert made.priority_order == tuple("蓝黄橙红")


def test_what_is_not_answered_keeps_to_its_side_of_what_is() -> None:
    names = ("low", "normal", "high", "urgent")
    low = found("zendesk", *names, priority__特别重大="high")
    assert list(low.by_level.values()) == ["normal", "high", "high", "high"]
    high = found("zendesk", *names, priority__一般="high", priority__重大="-")
    assert dict(high.by_level) == {"一般": "high", "较大": "high", "特别重大": "urgent"}


def test_the_products_usual_ones_need_no_line_of_their_own() -> None:
    assert found("roundup", "critical", "urgent", "bug").order == ()
    assert found("zammad", "1 low", "2 normal", "3 high", "4 urgent").order[-1] == "4 urgent"


def test_numbers_in_a_file_written_by_hand_stand_as_its_words_do(tmp_path: Path) -> None:
    folder = tmp_path / "mappings"
    shutil.copytree(ROOT / "mappings", folder)
    desk = yaml.safe_load((folder / "desks" / "_redmine.yaml").read_text("utf-8"))
    desk["words"]["priority"] = {"5": "低", "1": "普通", "2": "高", "3": "紧急", "4": "立刻"}
    text = yaml.safe_dump(desk, allow_unicode=True, sort_keys=False)
    (folder / "desks" / "hand.yaml").write_text(text, "utf-8")
    documents = load_folder(folder, CONNECTORS.products).documents
    assert documents is not None
    assert documents.desk_map("hand").priority_order == ("低", "普通", "高", "紧急", "立刻")
