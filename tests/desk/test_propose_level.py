"""A level is written by a word its field offers; which stands for which is proposed only where it is sure."""

from __future__ import annotations

import pytest

from plugin.desk.propose_level import grade, propose_levels

FOUR = {
    "一般": ("一般", "一般级", "general"),
    "较大": ("较大", "较大级", "larger"),
    "重大": ("重大", "重大级", "major"),
    "特别重大": ("特别重大", "特别重大级", "especially major"),
}
THREE = {
    "III": ("III", "三级响应", "level three"),
    "II": ("II", "二级响应", "level two"),
    "I": ("I", "一级响应", "level one"),
}


@pytest.mark.parametrize(
    "rising",
    [
        ("IV级", "III级", "II级", "I级"),
        ("Ⅳ级响应", "Ⅲ级响应", "Ⅱ级响应", "Ⅰ级响应"),
        ("Level IV", "Level III", "Level II", "Level I"),
        ("四级", "三级", "二级", "一级"),
        ("4级", "3级", "2级", "1级"),
        ("P4", "P3", "P2", "P1"),
        ("P3", "P2", "P1", "P0"),
        ("Sev 4", "Sev 3", "Sev 2", "Sev 1"),
        ("蓝色", "黄色", "橙色", "红色"),
        ("Low", "Medium", "High", "Critical"),
        ("一般级", "较大级", "重大级", "特别重大级"),
    ],
)
@pytest.mark.parametrize("turn", [1, -1])
def test_choices_whose_order_is_known_stand_for_the_levels(rising: tuple[str, ...], turn: int) -> None:
    values, gaps = propose_levels(FOUR, ("未定", *rising)[::turn], {})
    assert values == dict(zip(FOUR, rising, strict=True))
    assert not gaps


@pytest.mark.parametrize(
    "choices",
    [
        ("Level 1", "Level 2", "Level 3", "Level 4"),
        ("1", "2", "3", "4"),
        ("I级", "II级", "III级", "IV级", "V级"),
        ("Low", "Medium", "High"),
        ("金", "银", "铜", "铁"),
    ],
)
def test_what_is_not_sure_is_asked_for_level_by_level(choices: tuple[str, ...]) -> None:
    values, gaps = propose_levels(FOUR, choices, {})
    assert not values
    assert [gap.key for gap in gaps] == [f"write.level.{level}" for level in FOUR]
    assert all(gap.near == choices for gap in gaps)


def test_a_plan_that_counts_its_levels_meets_the_same_numbers_only() -> None:
    assert propose_levels(THREE, ("I级", "II级", "III级", "IV级"), {}) == (
        {"III": "III级", "II": "II级", "I": "I级"},
        [],
    )
    values, gaps = propose_levels(THREE, ("I级", "II级"), {})
    assert values == {"II": "II级", "I": "I级"}
    assert [gap.key for gap in gaps] == ["write.level.III"]


def test_what_a_person_said_comes_first() -> None:
    given = {"write.level.重大": "红", "write.level.一般": "白"}
    values, gaps = propose_levels(FOUR, ("白", "较大", "红", "特别重大"), given)
    assert values == {"一般": "白", "较大": "较大", "重大": "红", "特别重大": "特别重大"}
    assert not gaps
    assert propose_levels(FOUR, (), given)[0] == {"一般": "白", "重大": "红"}
    assert propose_levels(FOUR, tuple(FOUR), {}) == ({}, [])


@pytest.mark.parametrize("name", ["Level 1", "via mail", "一般", "第一", "visit"])
def test_what_only_looks_like_a_grade_is_none(name: str) -> None:
    assert grade(name) is None
