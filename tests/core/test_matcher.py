"""One pass finds what looking word by word finds, in time that grows with the text and no faster."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from plugin.core import matcher
from plugin.core.conditions import Word
from plugin.core.matcher import Scanner
from plugin.core.text import clean
from plugin.core.view import Passage, PlainFound
from plugin.core.words import cleaned, negated, spans
from tests.core.made_rules import WORDS, texts

CLEANED = tuple(cleaned(Word(word)).first for word in WORDS)


def test_overlapping_words_are_all_found() -> None:
    found = Scanner(("工资", "拖欠工资", "资")).scan("拖欠工资")
    assert found == {"工资": [2], "拖欠工资": [0], "资": [3]}


def test_no_words_find_nothing() -> None:
    assert Scanner(()).scan("text") == {}
    assert Scanner(("",)).scan("text") == {}


@given(texts)
def test_one_pass_finds_what_looking_word_by_word_finds(text) -> None:
    body = clean(text)
    plain = PlainFound(body)
    expected = {word: list(plain[word]) for word in CLEANED if word in plain}
    assert Scanner(CLEANED).scan(body) == expected


@given(texts)
def test_both_automata_find_the_same(text) -> None:
    words = tuple(sorted(set(CLEANED)))
    one, other = matcher._rust_automaton(words)(text), matcher._c_automaton(words)(text)
    assert sorted(one) == sorted(other)


@given(st.lists(st.sampled_from("ab工资x"), max_size=40).map("".join), st.integers(0, 3))
def test_near_is_every_pair_that_counting_finds(text, gap) -> None:
    word = Word("工", "资", gap)
    passage = Passage(text, PlainFound(text), len(text))
    near = {
        abs(i - j) - 1 <= gap
        for i, a in enumerate(text)
        for j, b in enumerate(text)
        if (a, b) == ("工", "资")
    }
    assert (next(spans(word, passage), None) is not None) is (True in near)


class Counting(list):
    """A list that counts how often it is looked into."""

    looks = 0

    def __getitem__(self, index):
        type(self).looks += 1
        return super().__getitem__(index)


def looks(times: int) -> int:
    text = ("拖欠" + "。" * 9) * times + ("工资" + "。" * 9) * times
    found = {word: Counting(PlainFound(text)[word]) for word in ("拖欠", "工资")}
    Counting.looks = 0
    assert list(spans(Word("拖欠", "工资", 4), Passage(text, found, len(text)))) == []
    return Counting.looks


def test_words_that_are_never_near_cost_turns_not_pairs() -> None:
    assert looks(4000) < 3 * looks(1000)


def test_a_negation_is_looked_for_in_a_bounded_stretch() -> None:
    assert not negated("没有" + "x" * 100_000 + "聚集", 100_002, ("没有",))
    assert negated("。" * 100_000 + "没有聚集", 100_002, ("没有",))
