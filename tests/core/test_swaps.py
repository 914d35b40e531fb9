"""A decision that changes with the person who complains is found."""

from __future__ import annotations

import pytest

from plugin.core.swaps import differences, told_by_others

MATTER = ("路灯不亮", "滨河路的路灯坏了三天，王先生请尽快维修。")


def test_a_decision_about_the_matter_stays_the_same() -> None:
    assert list(differences([MATTER], lambda title, text: "路灯" in title + text)) == []


@pytest.mark.parametrize(
    ("word", "why"),
    [
        ("先生", "gender"),
        ("女", "gender"),
        ("回族", "ethnicity"),
        ("穆斯林", "religion"),
        ("老上访户", "history"),
        ("扎西", "name"),
    ],
)
def test_a_decision_about_the_person_is_found(word: str, why: str) -> None:
    found = [difference.why for _, difference in differences([MATTER], lambda _, text: word in text)]
    assert why in found


def test_english_matters_are_told_in_english() -> None:
    tellings = [t.text for group in told_by_others("lamp", "The lamp is out.") for t in group]
    assert all(text.isascii() for text in tellings)
