"""Names that mean the same are found in Chinese and English; what is not sure is not guessed."""

from __future__ import annotations

import pytest

from plugin.desk.likeness import (
    fold,
    height,
    is_closed_word,
    is_paused_word,
    likeness,
    nearest,
    one_to_one,
)

PLAN = {
    "hq": ("hq", "指挥部", "headquarters"),
    "onsite": ("onsite", "现场处置组", "on-site group"),
    "info": ("info", "信息收集组", "information group"),
    "publicity": ("publicity", "信息发布组", "public-information group"),
    "case_team": ("case_team", "专案组", "case team"),
    "normal_desk": ("normal_desk", "综合受理", "intake desk"),
    "confidential_channel": ("confidential_channel", "保密件", "confidential channel"),
}


@pytest.mark.parametrize(
    ("group", "name"),
    [
        ("hq", "指挥中心"),
        ("hq", "HQ"),
        ("onsite", "外勤"),
        ("onsite", "Field Team"),
        ("onsite", "OnSite"),
        ("publicity", "宣传报道组"),
        ("publicity", "Press"),
        ("publicity", "Media team"),
        ("case_team", "Case-Team"),
        ("normal_desk", "Service Desk"),
        ("normal_desk", "Ｉｎｔａｋｅ"),
        ("confidential_channel", "Whistleblowing"),
    ],
)
def test_another_name_of_the_same_thing_is_found(group: str, name: str) -> None:
    choices = ["Network", "Hardware", "设备科", name, "Printing"]
    assert nearest(PLAN[group], choices).sure == name


@pytest.mark.parametrize("group", PLAN)
def test_what_only_looks_alike_is_nobody(group: str) -> None:
    choices = ["Billing", "Network", "Hardware", "Accounts", "财务科", "人事科", "基建科"]
    assert nearest(PLAN[group], choices).sure is None


def test_two_that_fit_equally_are_shown_not_chosen() -> None:
    found = nearest(PLAN["onsite"], ["外勤一组", "外勤二组", "财务科"])
    assert found.sure is None
    assert set(found.near) == {"外勤一组", "外勤二组"}


def test_the_same_name_wins_over_everything_near_it() -> None:
    assert nearest(("现场组",), ["现场组长", "现场组", "现场组二"]).sure == "现场组"


def test_a_group_is_given_away_once_and_to_whom_it_fits_best() -> None:
    found = one_to_one(PLAN, ["信息收集组", "信息发布组"])
    assert found["info"].sure == "信息收集组"
    assert found["publicity"].sure == "信息发布组"
    one = one_to_one(PLAN, ["信息组"])
    assert [key for key, match in one.items() if match.sure] in (["info"], [])


@pytest.mark.parametrize("names", [(), ("",), ("   ",), ("…",), ("组",)])
def test_names_without_letters_match_nothing(names: tuple[str, ...]) -> None:
    assert nearest(names, ["Network", "现场组"]).sure is None


def test_likeness_is_symmetric_and_bounded() -> None:
    words = ["现场组", "on-site", "Field", "HQ", "指挥部", "Security section", "", "信息收集组"]
    for a in words:
        for b in words:
            assert likeness(a, b) == likeness(b, a)
            assert 0.0 <= likeness(a, b) <= 1.0
        assert not a or likeness(a, a) == 1.0


def test_folding() -> None:
    assert fold("On-Site_Group") == fold("on site group")
    assert fold("OnSiteGroup") == fold("on site group")


@pytest.mark.parametrize(
    ("word", "closed", "paused"),
    [
        ("closed successful", True, False),
        ("已办结", True, False),
        ("pending reminder", False, True),
        ("On-Hold", False, True),
        ("已挂起", False, True),
        ("open", False, False),
        ("待处理", False, False),
        ("未解决", False, False),
        ("尚未完全解决", False, False),
        ("部分完成", False, False),
        ("待关闭", False, False),
        ("申请关闭", False, False),
        ("重新打开", False, False),
        ("已解决（待回访）", True, False),
        ("已关闭：未解决", True, False),
        ("等待关闭", False, True),
        ("无需等待", False, False),
        ("Not closed", False, False),
        ("not yet resolved", False, False),
        ("Unresolved", False, False),
        ("partially solved", False, False),
        ("to be merged", False, False),
        ("pending close", False, True),
        ("pending closed", False, True),
        ("Closed - not resolved", True, False),
        ("Not on hold", False, False),
        ("归档", True, False),
        ("已归档", True, False),
        ("待归档", False, False),
        ("Archived", True, False),
        ("to be archived", False, False),
    ],
)
def test_states_by_their_names(word: str, closed: bool, paused: bool) -> None:
    assert (is_closed_word(word), is_paused_word(word)) == (closed, paused)


def test_priorities_by_their_names() -> None:
    names = ["4. 低", "2 normal", "高", "Urgent", "Critical"]
    heights = [height(name) for name in names]
    assert None not in heights
    assert heights == sorted(heights, key=lambda each: each or 0)
    assert height("P1") is None


@pytest.mark.parametrize("name", ["不紧急", "非紧急", "not urgent", "Non-critical"])
def test_a_priority_that_is_only_said_not_to_be_something_has_no_height(name: str) -> None:
    assert height(name) is None
