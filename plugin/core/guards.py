"""Guards: rules read matters, not persons. Pure checks of names, words and patterns; the refusal says why.

What is checked is what the writer meant, not how it was typed: width, case, invisible characters, traditional
glyphs, look-alike letters, accents and separators are taken away first.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick

from plugin.core.pattern_words import spellings
from plugin.core.person_words import ALLOWED, NAMES, SAID, Why
from plugin.core.text import clean

LONGEST = 400
"""Characters of one name or word that are looked at."""


class Refusal(NamedTuple):
    """Why something may not be used: what it tells of a person, and the listed word found in it."""

    why: Why
    word: str


class _Word(NamedTuple):
    why: Why
    written: str
    pattern: re.Pattern[str]


def refuse_name(name: str, more: Iterable[str] = ()) -> Refusal | None:
    """Why this may not be the name of a field, list, output or tag, or the label of a mapped field.

    ``more`` are the organisation's own words; they add to the shipped ones.
    """
    return _found(name, (*_shipped_said(), *_shipped_names(), *_own(tuple(more))))


def refuse_words(words: str, more: Iterable[str] = ()) -> Refusal | None:
    """Why this may not be looked for in text, or set as a value or tag."""
    return _found(words, (*_shipped_said(), *_own(tuple(more))))


def refused_names(names: Sequence[str], more: Iterable[str] = ()) -> Iterator[tuple[int, Refusal]]:
    """The names that may not be given, by position; one pass finds those worth a closer look."""
    own = tuple(more)
    return _refused(names, _name_stems(own), lambda name: refuse_name(name, own))


def refused_words(words: Sequence[str], more: Iterable[str] = ()) -> Iterator[tuple[int, Refusal]]:
    """The words that may not be looked for, by position; one pass finds those worth a closer look."""
    own = tuple(more)
    return _refused(words, _word_stems(own), lambda word: refuse_words(word, own))


def _refused(
    words: Sequence[str], stems: AhoCorasick, refuse: Callable[[str], Refusal | None]
) -> Iterator[tuple[int, Refusal]]:
    solid = _letters("\n".join(word.replace("\n", " ")[:LONGEST] for word in words))
    solid = re.sub(r"[^\w\n]+|_", "", solid)
    ends = [at for at, char in enumerate(solid) if char == "\n"]
    hits = {bisect_left(ends, start) for _, start, _ in stems.find_matches_as_indexes(solid)}
    answers: dict[str, Refusal | None] = {}
    for at in sorted(hits):
        word = words[at]
        if word not in answers:
            answers[word] = refuse(word)
        refusal = answers[word]
        if refusal is not None:
            yield at, refusal


def refuse_pattern(pattern: str, more: Iterable[str] = ()) -> Refusal | None:
    """Why this RE2 pattern may not be looked for: it spells a person word, or a personal number.

    All alternatives, classes and optional parts are tried, up to a bound; ten or more digits in a row are
    the shape of a phone, identity, card or account number.
    """
    own = tuple(more)
    for spelling in spellings(pattern):
        refusal = refuse_words(spelling.replace("\0", ""), own)
        if refusal is not None:
            return refusal
        if re.search(r"(?:\d[\s.-]?){10,}", spelling):
            return Refusal("identity", pattern[:40])
    return None


def _found(written: str, listed: tuple[_Word, ...]) -> Refusal | None:
    for shape in _shapes(written[:LONGEST]):
        for word in listed:
            if word.pattern.search(shape):
                return Refusal(word.why, word.written)
    return None


def _shapes(written: str) -> tuple[str, ...]:
    """The ways the name may be meant: words apart, run together, and with every spaced letter joined."""
    split = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", unicodedata.normalize("NFKC", written))
    plain = _letters(split)
    allowed = _allowed()
    words = allowed.sub("_·_", f"_{_SEPARATORS.sub('_', plain)}_")
    words = re.sub("_+", "_", words)
    solid = _allowed_solid().sub("·", words.replace("_", ""))
    return tuple(dict.fromkeys((_chinese_joined(words), f"_{solid}_", _joined_letters(words))))


_SEPARATORS = re.compile(r"[\W_]+")


def _letters(written: str) -> str:
    """Lower-case letters without accents; look-alikes of other alphabets as the Latin letter they imitate."""
    decomposed = unicodedata.normalize("NFD", clean(written))
    bare = "".join(c for c in decomposed if not unicodedata.combining(c))
    return unicodedata.normalize("NFC", bare).translate(_LOOK_ALIKE)


_LOOK_ALIKE = str.maketrans("абсԁеһіјӏорԛѕԝхуѵαοερτυνικ", "abcdehijlopqswxyvaoeptuvik")


def _chinese_joined(words: str) -> str:
    """Chinese characters set apart by separators stand together again; English words stay apart."""
    return re.sub(r"(?<=[\u3400-\u9fff])_+(?=[\u3400-\u9fff])", "", words)


def _joined_letters(words: str) -> str:
    """``r_e_l_i_g_i_o_n`` is one word."""
    return re.sub(r"(?<=_[a-z])_(?=[a-z]_)", "", words)


def _split_pattern(listed: str) -> re.Pattern[str]:
    """A listed word as a pattern over a shape: Chinese anywhere, English as whole words in their forms."""
    word, _, alone = listed.partition("|")
    if not word.isascii():
        return re.compile(re.escape(word))
    stem = re.escape(word.rstrip("*")).replace("_", "_?")
    ending = "[a-z]*" if word.endswith("*") else "(?:e?s|ies)?"
    if alone:
        return re.compile(rf"\A_{stem}{ending}_\Z")
    return re.compile(rf"_(?:s|the|is|by|of)?_?{stem}{ending}_")


def _listed(table: dict[Why, str]) -> tuple[_Word, ...]:
    return tuple(
        _Word(why, word.rstrip("*").partition("|")[0].replace("_", " "), _split_pattern(word))
        for why, words in table.items()
        for word in words.split()
    )


@lru_cache(maxsize=1)
def _shipped_names() -> tuple[_Word, ...]:
    return _listed(dict(NAMES))


@lru_cache(maxsize=1)
def _shipped_said() -> tuple[_Word, ...]:
    return _listed(dict(SAID))


@lru_cache(maxsize=64)
def _own(words: tuple[str, ...]) -> tuple[_Word, ...]:
    """The organisation's own words, found in any of their forms."""
    shaped = ((word, _SEPARATORS.sub("_", _letters(word)).strip("_")) for word in words)
    return tuple(_Word("own", word, _split_pattern(shape)) for word, shape in shaped if shape)


@lru_cache(maxsize=16)
def _word_stems(own: tuple[str, ...]) -> AhoCorasick:
    return _stems((SAID,), own)


@lru_cache(maxsize=16)
def _name_stems(own: tuple[str, ...]) -> AhoCorasick:
    return _stems((SAID, NAMES), own)


def _stems(tables: Iterable[Mapping[Why, str]], own: tuple[str, ...]) -> AhoCorasick:
    """Finds what every refused word contains once nothing but letters is left of it."""
    listed = (word for table in tables for words in table.values() for word in words.split())
    bare = (re.sub(r"[\W_]+", "", _letters(word.partition("|")[0])) for word in (*listed, *own))
    return AhoCorasick(sorted({word for word in bare if word}))


@lru_cache(maxsize=1)
def _allowed() -> re.Pattern[str]:
    chinese = [re.escape(phrase) for phrase in ALLOWED.split() if not phrase.isascii()]
    english = [rf"(?<=_){re.escape(phrase)}(?=_|s_)" for phrase in ALLOWED.split() if phrase.isascii()]
    return re.compile("|".join(sorted(chinese + english, key=len, reverse=True)))


@lru_cache(maxsize=1)
def _allowed_solid() -> re.Pattern[str]:
    phrases = sorted((p.replace("_", "") for p in ALLOWED.split()), key=len, reverse=True)
    return re.compile("|".join(map(re.escape, phrases)))
