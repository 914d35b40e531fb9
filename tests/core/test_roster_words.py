"""How duty is told: spans as people say them, reasons, and why nobody was reached."""

from __future__ import annotations

from datetime import datetime

import pytest

from plugin.core.addressees import LOOK_AROUND, Passed
from plugin.core.place import Place
from plugin.core.roster import Why
from plugin.core.roster_words import RosterWords

EN = RosterWords("en", "Asia/Shanghai", {"hq": "headquarters", "a": "officer A"})
ZH = RosterWords("zh", "Asia/Shanghai", {"hq": "指挥部", "a": "值班员甲"})


def at(text: str) -> int:
    return int(datetime.fromisoformat(f"{text}+08:00").timestamp())


NOW = at("2026-11-26T09:00")  # a Thursday
SEEN = NOW, at("2026-12-10T09:00")


@pytest.mark.parametrize(
    ("start", "end", "en", "zh"),
    [
        ("2026-11-28T08:00", "2026-11-28T20:00", "Sat 08:00–20:00", "周六 08:00–20:00 无人值班"),
        ("2026-11-28T20:00", "2026-11-29T00:00", "Sat 20:00–24:00", "周六 20:00–24:00 无人值班"),
        (
            "2026-11-28T20:00",
            "2026-11-29T08:00",
            "Sat 20:00 – Sun 08:00",
            "周六 20:00 至 周日 08:00 无人值班",
        ),
        (
            "2026-11-28T20:00",
            "2026-11-30T00:00",
            "Sat 20:00 – Sun 24:00",
            "周六 20:00 至 周日 24:00 无人值班",
        ),
        ("2026-12-05T08:00", "2026-12-05T20:00", "Sat 12-05 08:00–20:00", "周六 12-05 08:00–20:00 无人值班"),
        ("2026-11-26T09:00", "2026-11-27T08:00", "until Fri 08:00", "到 周五 08:00 为止无人值班"),
        ("2026-12-01T08:00", "2026-12-10T09:00", "from Tue 08:00 on", "周二 08:00 起无人值班"),
        ("2026-11-26T09:00", "2026-12-10T09:00", "at any time that was looked at", "查看的时间内都无人值班"),
        ("2026-11-28T08:00", "2026-11-28T08:00:30", "Sat 08:00–08:00:30", "周六 08:00–08:00:30 无人值班"),
    ],
)
def test_a_gap_is_told_as_people_say_it(start: str, end: str, en: str, zh: str) -> None:
    gap = at(start), at(end)
    assert EN.nobody(gap, NOW, SEEN) == f"nobody on duty {en}"
    assert ZH.nobody(gap, NOW, SEEN) == zh


def test_a_far_date_has_its_year() -> None:
    assert EN.moment(at("2027-11-27T08:00"), NOW) == "Sat 2027-11-27 08:00"


def test_the_roster_speaks_in_its_own_zone() -> None:
    berlin = RosterWords("en", "Europe/Berlin")
    assert berlin.moment(at("2026-11-28T03:00"), NOW) == "Fri 20:00"


PLACE = Place("rosters/hall.yaml", 9, 5)


@pytest.mark.parametrize(
    ("why", "en", "zh"),
    [
        (Why("shift", PLACE), "shift rosters/hall.yaml:9", "班次 rosters/hall.yaml:9"),
        (Why("rotation", PLACE), "rotation rosters/hall.yaml:9", "轮班 rosters/hall.yaml:9"),
        (Why("override", PLACE), "override rosters/hall.yaml:9", "例外 rosters/hall.yaml:9"),
        (
            Why("override", PLACE, "a", "leave"),
            "in place of officer A, override (leave) rosters/hall.yaml:9",
            "替 值班员甲，例外（leave） rosters/hall.yaml:9",
        ),
        (Why("feed", PLACE, "team"), "feed team", "日历订阅 team"),
        (Why("deputy", None, "a"), "deputy of officer A", "值班员甲 的副班"),
        (Why("deputy", PLACE, "hq"), "standing deputy rosters/hall.yaml:9", "固定副班 rosters/hall.yaml:9"),
    ],
)
def test_a_reason_names_the_entry(why: Why, en: str, zh: str) -> None:
    assert (EN.why(why), ZH.why(why)) == (en, zh)


@pytest.mark.parametrize(
    ("passed", "en", "zh"),
    [
        (Passed("hq", "left_out"), "headquarters is kept out of the matter", "指挥部 须回避"),
        (Passed("hq", "not_kept"), "the roster does not keep headquarters", "值班表没有 指挥部"),
        (Passed("x", "no_address"), "the desk names no address for x", "接入配置没有 x 的地址"),
        (
            Passed("hq", "nobody_on_duty", (at("2026-11-26T08:00"), at("2026-11-26T20:00"))),
            "headquarters: nobody on duty Thu 08:00–20:00",
            "指挥部：周四 08:00–20:00 无人值班",
        ),
        (
            Passed("hq", "nobody_on_duty", (NOW - LOOK_AROUND, NOW + LOOK_AROUND)),
            "headquarters: nobody on duty at any time that was looked at",
            "指挥部：查看的时间内都无人值班",
        ),
    ],
)
def test_nobody_comes_with_its_reason(passed: Passed, en: str, zh: str) -> None:
    assert (EN.passed(passed, NOW), ZH.passed(passed, NOW)) == (en, zh)
