"""Random conditions, rules and tickets from a small world, so that they meet often."""

from __future__ import annotations

from hypothesis import strategies as st

from plugin.core.conditions import (
    All,
    AnyOf,
    Cond,
    Exists,
    Matches,
    NoneOf,
    OneOf,
    Range,
    TagSet,
    Test,
    Under,
    Word,
    Words,
)
from plugin.core.facts import Count, Fact, Sure
from plugin.core.place import Place
from plugin.core.rules import Band, FieldSpec, Grid, Rule, RuleSet, Step

PLACE = Place("rules/made.yaml", 1, 1)
WORDS = ("工资", "拖欠", "拖欠工资", "资", "leak", "gas leak", "聚集", "没有", "堵", "４5", "WiFi")
PIECES = (*WORDS, "没有", "并非", "，", "。", "\n", " ", "s", "人", "x", "a" * 9, "ＬＥＡＫ", "欠")
COLOURS = ("red", "green", "blue")
FIELDS = {
    "colour": FieldSpec("colour", "choice", COLOURS),
    "shape": FieldSpec("shape", "choice"),
    "urgent": FieldSpec("urgent", "flag"),
    "people": FieldSpec("people", "number"),
    "hours": FieldSpec("hours", "number"),
    "marks": FieldSpec("marks", "tags"),
    "unit": FieldSpec("unit", "tree"),
    "level": FieldSpec("level", "choice", ("low", "mid", "high")),
    "grade": FieldSpec("grade", "number"),
    "mood": FieldSpec("mood", "choice"),
}

_numbers = st.integers(0, 12)
_ends = st.none() | _numbers
_words = st.builds(Word, st.sampled_from(WORDS)) | st.builds(
    Word, st.sampled_from(WORDS), st.sampled_from(WORDS), st.integers(0, 4)
)
_some_words = st.lists(_words, max_size=3).map(tuple)


def _words_want(any_of, all_of, also, none_of, not_after) -> Words:
    return Words(any_of or (Word("工资"),), all_of, also, none_of, not_after)


_tests = st.one_of(
    st.builds(
        Test,
        st.sampled_from(("colour", "shape", "level", "mood")),
        st.builds(
            OneOf, st.frozensets(st.sampled_from((*COLOURS, "low", "high")), min_size=1), st.booleans()
        ),
        st.just(PLACE),
    ),
    st.builds(Test, st.just("urgent"), st.builds(OneOf, st.frozensets(st.booleans(), min_size=1))),
    st.builds(
        Test,
        st.sampled_from(("people", "hours", "grade", "colour")),
        st.builds(Range, _ends, _ends, st.booleans(), st.booleans()),
    ),
    st.builds(
        Test,
        st.sampled_from(("text", "title", "mood")),
        st.builds(
            _words_want,
            _some_words,
            st.just(()) | _some_words,
            st.just(()) | _some_words,
            st.just(()) | _some_words,
            st.just(()) | st.just(("没有", "并非")),
        ),
    ),
    st.builds(Test, st.sampled_from((*FIELDS, "text", "title")), st.builds(Exists, st.booleans())),
    st.builds(Test, st.just("unit"), st.builds(Under, st.sampled_from((("a",), ("a/b", "c"))))),
    st.builds(
        Test,
        st.just("marks"),
        st.builds(TagSet, st.frozensets(st.sampled_from("pq")), st.frozensets(st.sampled_from("qr"))),
    ),
    st.builds(Test, st.just("marks"), st.builds(OneOf, st.frozensets(st.sampled_from("pqr"), min_size=1))),
    st.builds(
        Test, st.sampled_from(("text", "title")), st.sampled_from((Matches("工.?资"), Matches("^leak")))
    ),
)

conditions: st.SearchStrategy[Cond] = st.recursive(
    _tests,
    lambda inner: st.builds(
        lambda kind, parts: kind(tuple(parts)),
        st.sampled_from((All, AnyOf, NoneOf)),
        st.lists(inner, max_size=3),
    ),
    max_leaves=6,
)

_pairs = st.tuples(_tests, _tests).map(All) | st.tuples(_tests, _tests, _tests).map(All)
rule_conditions = conditions | _pairs
"""Conditions as rules have them: more often two or three tests together."""

texts = st.lists(st.sampled_from(PIECES), max_size=12).map("".join)

_values = {
    "colour": st.sampled_from(COLOURS),
    "shape": st.sampled_from(COLOURS),
    "mood": texts,
    "urgent": st.booleans(),
    "people": _numbers
    | st.builds(lambda lo, more: Count(lo, None if more > 5 else lo + more), _numbers, _numbers),
    "hours": _numbers | _numbers.map(str),
    "marks": st.lists(st.sampled_from("pqr"), max_size=2, unique=True).map(tuple),
    "unit": st.sampled_from(("a", "a/b", "a/bc", "ab", "c::d")),
}


@st.composite
def known_facts(draw) -> dict[str, Fact]:
    """Some of the fields, at random sure, some of them provisional."""
    facts = {}
    for name in draw(st.lists(st.sampled_from(sorted(_values)), unique=True)):
        sure = draw(st.sampled_from(list(Sure)))
        facts[name] = Fact(name, draw(_values[name]), sure, provisional=draw(st.booleans()))
    return facts


_sets = st.fixed_dictionaries(
    {},
    optional={
        "level": st.sampled_from(("low", "mid", "high")),
        "grade": _numbers,
        "mood": st.sampled_from(COLOURS),
        "marks": st.sampled_from((("p",), ("q", "r"))),
        "colour": st.sampled_from(COLOURS),
    },
)


@st.composite
def steps(draw, name: str) -> Step:
    """A step of any policy with rules, bands and grids."""
    output = draw(st.sampled_from(("level", "grade")))
    rules = tuple(
        Rule(
            f"{name}-{n}",
            draw(rule_conditions),
            draw(_sets),
            Place("rules/made.yaml", n, 1),
            draw(st.integers(0, 9)) > 0,
        )
        for n in range(draw(st.integers(0, 7)))
    )
    at = sorted(draw(st.dictionaries(_numbers, _numbers, min_size=1, max_size=3)).items())
    bands = (Band(f"{name}-band", "people", tuple(at), PLACE, draw(st.none() | conditions)),)
    columns = (Range(None, 3), Range(4, 8), Range(9, None))
    cells = {"red": (1, 2, 3), "blue": (0, 5, 2)}
    grids = (Grid(f"{name}-grid", "colour", "people", columns, cells, PLACE, draw(st.none() | conditions)),)
    return Step(
        name,
        draw(st.sampled_from(("first", "highest", "all"))),
        PLACE,
        output,
        rules,
        bands if draw(st.booleans()) else (),
        grids if draw(st.booleans()) else (),
        draw(_sets),
    )


@st.composite
def rule_sets(draw) -> RuleSet:
    """One to three steps over the small world."""
    made = tuple(draw(steps(name)) for name in ("one", "two", "three")[: draw(st.integers(1, 3))])
    return RuleSet("made", FIELDS, {}, (), made)
