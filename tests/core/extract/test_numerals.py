# ruff: noqa: E501 - tables of sentences
"""Numbers as ranges: tables of our own phrases, and every number through its spellings and back."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.core.extract.lexicon import HEAD_WORDS
from plugin.core.extract.mentions import Heads
from plugin.core.extract.numerals import numbers, qualified
from plugin.core.text import clean

CHINESE = """
三百五=350..350 两三百=200..300 十几=11..19 数百=200.. 上千=1000.. 1.2万=12000..12000 百余=100.. 廿几=21..29
壹佰贰拾余=120.. 二百余=200.. 上百=100.. 50多=51..59 四五十=40..50 不到十=5..9 约60=60..60 一百多=101..199
120多=121..129 100多=101..199 三百来=300..300 十来=10..10 几十=20.. 二十几=21..29 一百几十=110..199 三四百=300..400
三到四百=300..400 四、五十=40..50 40-50=40..50 四十至五十=40..50 近百=90..100 超过500=501.. 至少30=30.. 不少于30=30..
1,200=1200..1200 两千三=2300..2300 一万二=12000..12000 十五六=15..16 一百五六十=150..160 三十多万=300000..390000 1万余=10000..
一百零五=105..105 一千零二十=1020..1020 三十五=35..35 八=8..8 好几十=20.. 两千多=2001..2999 五百多=501..599
十余=10.. 十多=11..19 百十来=100..110 不足百=50..99 一两百=100..200 七八=7..8 三万五千=35000..35000 几=3..9 数=3..9
50几=51..59 2-3百=200..300 仨=3..3 叁拾伍=35..35 逾八百=801.. 最多四十=20..40 共计十七=17..17 二〇=20..20
"""
ENGLISH = """
nine=9..9|a dozen=12..12|two hundred and forty=240..240|some 60=60..60|over 500=501..|nearly 50=45..50|40-50=40..50
between 40 and 50=40..50|hundreds of=200..|dozens of=24..|forty or fifty=40..50|twenty-five=25..25|two dozen=24..24
half a dozen=6..6|more than 50=51..|fewer than ten=5..9|up to 50=25..50|60-odd=61..69|200+=200..|1.2k=1200..1200
several hundred=200..|a couple of dozen=24..24|one hundred and twenty=120..120|about a hundred=100..100|at least thirty=30..
a few=3..5|several=3..9|three thousand five hundred=3500..3500|almost two hundred=180..200|40 to 50=40..50|seventy-odd=71..79
"""


def _read(phrase: str, unit: str) -> tuple[int, int | None]:
    text = clean(phrase + unit)
    heads = Heads(HEAD_WORDS)
    found = heads.mentions(text, numbers(text))
    assert len(found) == 1, found
    return tuple(found[0].count)  # type: ignore[return-value]


def _rows(table: str, between: str | None) -> list[tuple[str, int, int | None]]:
    rows = (row.split("=") for row in table.replace("\n", between or " ").split(between) if row.strip())
    return [(p, int(r.split("..")[0]), int(r.split("..")[1]) if r.split("..")[1] else None) for p, r in rows]


@pytest.mark.parametrize(("phrase", "least", "most"), _rows(CHINESE, None))
def test_chinese_head_counts(phrase: str, least: int, most: int | None) -> None:
    assert _read(phrase, "人") == (least, most)


@pytest.mark.parametrize(("phrase", "least", "most"), _rows(ENGLISH, "|"))
def test_english_head_counts(phrase: str, least: int, most: int | None) -> None:
    assert _read(phrase, " people") == (least, most)


NO_PEOPLE = [
    "第86位", "3号楼2单元501室", "15:40开门", "2026年3月12日", "13度", "12345热线", "30元", "三百六十元", "1.5公里",
    "第17届", "每3人一组", "六十人次", "三个月", "五个部门", "二十四小时", "3.5万元", "80分贝", "两台电梯", "1/3",
    "Room 214", "3 street lights", "two lifts", "at 10 am", "5 minutes", "12 buses", "no one", "page 12", "20%", "7 complaints",
]  # fmt: skip


@pytest.mark.parametrize("text", NO_PEOPLE)
def test_other_numbers_count_nobody(text: str) -> None:
    text = clean(text)
    people = [m for m in Heads(HEAD_WORDS).mentions(text, numbers(text)) if m.head != "unit"]
    assert people == []


PEOPLE = [
    ("农民工86名", 86), ("12名居民", 12), ("30多个外地来的工人", 39), ("两百农民工", 200), ("人数已达230，", 230),
    ("业主有四十多个，", 49), ("六十户", 60), ("nine of us", 9), ("six families", 6), ("thirty retired school teachers", 30),
    ("fourteen porters from the market", 14), ("a crowd of 60.", 60), ("two are in hospital", 2), ("12 injured", 12),
    ("over 500 ticket holders", 501), ("the five others", 5), ("四百多号工人", 499),
]  # fmt: skip


@pytest.mark.parametrize(("text", "value"), PEOPLE)
def test_head_counts_in_their_ways_of_being_written(text: str, value: int) -> None:
    text = clean(text)
    found = Heads(HEAD_WORDS).mentions(text, numbers(text))
    assert [m.count.value for m in found] == [value]


# -- round trips ---------------------------------------------------------------------------------------


def chinese(
    number: int, digits: str = "零一二三四五六七八九", units: tuple[str, ...] = ("", "十", "百", "千")
) -> str:
    """A number below ten thousand in full Chinese words."""
    written, zero = "", False
    for place in (3, 2, 1, 0):
        digit = number // 10**place % 10
        if digit:
            written += (digits[0] if zero and written else "") + digits[digit] + units[place]
            zero = False
        else:
            zero = True
    return written


ONES = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
TENS = ["_", "_", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]


def english(number: int) -> str:
    """A number below ten thousand in English words."""
    if number >= 1000:
        rest = number % 1000
        return english(number // 1000) + " thousand" + (f" {english(rest)}" if rest else "")
    if number >= 100:
        rest = number % 100
        return ONES[number // 100] + " hundred" + (f" and {english(rest)}" if rest else "")
    if number >= 20:
        return TENS[number // 10] + (f"-{ONES[number % 10]}" if number % 10 else "")
    return ONES[number]


@given(st.integers(1, 9999))
def test_every_spelling_of_a_number_is_one_number(number: int) -> None:
    spellings = [
        (chinese(number), "人"),
        (chinese(number, "零壹贰叁肆伍陆柒捌玖", ("", "拾", "佰", "仟")), "人"),
        (str(number), "人"),
        (f"{number:,}", "名居民"),
        ("".join(chr(ord(c) + 0xFEE0) for c in str(number)), "人"),
        (english(number), " people"),
        (str(number), " people"),
    ]
    assert {_read(phrase, unit) for phrase, unit in spellings} == {(number, number)}


@given(st.text(alphabet="0123456789,.一二三百千万亿几多余-~ 人名位oneandtwohundred", max_size=80))
def test_no_run_of_characters_breaks_the_reader(text: str) -> None:
    text = clean(text)
    for number in numbers(text):
        assert 0 <= number.start < number.end <= len(text)
        start, count = qualified(text, number, number.end)
        assert start <= number.start
        assert count.hi is None or count.lo <= count.hi


@pytest.mark.parametrize("unit", ["5", "一", "一人", "one ", "5,", "a hundred and ", "近", "12345 ", "4-"])
def test_cost_grows_with_the_length_not_its_square(unit: str) -> None:
    short, long = (_seconds(unit * (size // len(unit))) for size in (4_000, 32_000))
    assert long < 24 * short + 0.02


def _seconds(text: str) -> float:
    def once() -> float:
        start = time.process_time()
        numbers(text)
        return time.process_time() - start

    return min(once() for _ in range(3))
