"""Another person, other numerals, another script, more noise: the same decision, for every ticket."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.metamorphic.guises import (
    NUMERALS,
    PERSONS_EN,
    PERSONS_ZH,
    SCRIPTS,
    Rewrite,
    exchanged,
    in_full_width,
)
from tests.metamorphic.retelling import SHORT, TICKETS, of, placements, plan_of, retold
from tests.score.deciding import decided
from tests.score.tickets import Labelled

TOLD_OF_A_PLACE_OR_OF_EARLIER_WORDS = ("missing_report_content", "flags")
"""A home address may read as the place of a report; "again" may be tagged so that cases are linked."""


def same(one: str) -> str:
    return one


def chinese_words(labelled: Labelled) -> bool:
    return labelled.raw["lang"] != "en"


@pytest.mark.parametrize("person", [*PERSONS_ZH, *PERSONS_EN])
def test_who_tells_it_changes_nothing(person: str) -> None:
    changed = []
    zh = person in PERSONS_ZH
    for labelled in SHORT:
        if chinese_words(labelled) is not zh:
            continue
        told = decided(retold(labelled, same, prefix=person), plan_of(labelled))
        left_out = TOLD_OF_A_PLACE_OR_OF_EARLIER_WORDS
        if placements(told, left_out) != placements(of(labelled), left_out):
            changed.append(labelled.id)
    assert not changed


def test_gender_and_age_the_other_way_round_change_nothing() -> None:
    assert not _changed(exchanged)


@pytest.mark.parametrize("rewrite", NUMERALS, ids=lambda each: each.__name__)
def test_how_a_number_is_written_changes_nothing(rewrite: Rewrite) -> None:
    assert not _changed(rewrite)


@pytest.mark.parametrize("rewrite", NUMERALS, ids=lambda each: each.__name__)
def test_the_numerals_really_are_written_anew(rewrite: Rewrite) -> None:
    rewritten = [labelled for labelled in TICKETS if rewrite(labelled.raw["body"]) != labelled.raw["body"]]
    assert len(rewritten) >= 8


@pytest.mark.parametrize("rewrite", SCRIPTS, ids=lambda each: each.__name__)
def test_which_script_it_is_written_in_changes_nothing(rewrite: Rewrite) -> None:
    assert not _changed(rewrite)


def _changed(rewrite: Rewrite) -> list[str]:
    left_out = ("missing_report_content",) if rewrite is in_full_width else ()
    return [
        labelled.id
        for labelled in SHORT
        if placements(decided(retold(labelled, rewrite), plan_of(labelled)), left_out)
        != placements(of(labelled), left_out)
    ]


INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff\u202e\u202c\u2066\u2069\u00ad"


@settings(max_examples=120)
@given(labelled=st.sampled_from(SHORT), data=st.data())
def test_invisible_characters_anywhere_change_nothing(labelled: Labelled, data: st.DataObject) -> None:
    places = data.draw(st.lists(st.tuples(st.floats(0, 1), st.sampled_from(INVISIBLE)), max_size=12))

    def strewn(text: str) -> str:
        for where, char in places:
            at = int(where * len(text))
            text = text[:at] + char + text[at:]
        return text

    assert placements(decided(retold(labelled, strewn), plan_of(labelled))) == placements(of(labelled))


NOISE = {
    "zh": "\n\n附件说明：本段为设备手册摘录，仅供参考。阀门应保持常开，外壳涂层均匀，请按章节顺序阅读。",
    "en": "\n\nAppendix, an excerpt from a manual. Grease the valve and read the chapters in order.",
}


def noisy(labelled: Labelled) -> str:
    unit = NOISE["zh" if chinese_words(labelled) else "en"]
    return unit * (200_000 // len(unit) + 1)


def _noise_changes(labelled: Labelled) -> bool:
    noise = noisy(labelled)
    body = labelled.body

    def longer(text: str) -> str:
        return text + noise if text == body else text

    found = decided(retold(labelled, longer), plan_of(labelled))
    left_out = ("missing_report_content",)
    return placements(found, left_out) != placements(of(labelled), left_out)


def test_two_hundred_kilobytes_of_noise_change_nothing_in_every_twelfth_ticket() -> None:
    assert not [labelled.id for labelled in SHORT[::12] if _noise_changes(labelled)]


@pytest.mark.slow
def test_two_hundred_kilobytes_of_noise_change_nothing_in_any_ticket() -> None:
    assert not [labelled.id for labelled in SHORT if _noise_changes(labelled)]


NAMES = st.text(
    alphabet="王李张刘陈杨赵黄周吴徐孙马朱胡郭何高林罗丽芳娜敏静秀娟英华慧巧美淑惠珠翠雅芝玉萍红",
    min_size=2,
    max_size=4,
)
GENDERS = st.sampled_from(["男", "女", ""])
PEOPLES = st.sampled_from(["汉族", "回族", "藏族", "维吾尔族", "苗族", "朝鲜族", ""])
STREETS = st.sampled_from(["香椿路", "北井街", "水磨巷", "凤尾弄"])


@settings(max_examples=150)
@given(
    labelled=st.sampled_from([each for each in SHORT if each.raw["lang"].startswith("zh")]),
    name=NAMES,
    gender=GENDERS,
    people=PEOPLES,
    street=STREETS,
    number=st.integers(1, 9999),
)
def test_any_person_may_tell_it(
    labelled: Labelled, name: str, gender: str, people: str, street: str, number: int
) -> None:
    person = "，".join(filter(None, [f"我叫{name}", gender, people, f"家住{street}{number}号"])) + "。"
    told = decided(retold(labelled, same, prefix=person), plan_of(labelled))
    left_out = TOLD_OF_A_PLACE_OR_OF_EARLIER_WORDS
    assert placements(told, left_out) == placements(of(labelled), left_out)
