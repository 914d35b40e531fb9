"""Numbers as people write them, as ranges: 二百余, 四五十, 50多, 1.2万, nearly two hundred.

Works on cleaned text (``text.clean``).  Every pattern is bounded, so the work grows with the text.
An open range (余, 以上, at least, hundreds) has no upper end; 多 ends before the next round number;
不到 and fewer than leave the lower end at half.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from plugin.core.facts import Count


@dataclass(frozen=True, slots=True)
class Number:
    """A number in the text; ``start`` and ``end`` hold what belongs to it, words such as 超过 included."""

    start: int
    end: int
    count: Count
    written: str


DIGITS = {c: i for i, c in enumerate("〇一二三四五六七八九")} | {"零": 0, "两": 2, "俩": 2, "仨": 3}
DIGITS |= dict(zip("壹贰叁肆伍陆柒捌玖", range(1, 10), strict=True))
UNITS = {"十": 10, "百": 100, "千": 1000, "拾": 10, "佰": 100, "仟": 1000}
TENS = {"廿": "二十", "卅": "三十"}
BIG = {"万": 10_000, "亿": 100_000_000}

ZH = "〇零一二两三四五六七八九十百千万亿壹贰叁肆伍陆柒捌玖拾佰仟廿卅几数俩仨"
_ARABIC = r"\d{1,9}(?:,\d{3}){0,3}(?:\.\d{1,3})?"
_ZH_RUN = rf"(?:{_ARABIC}[十百千万亿]{{0,2}}|[{ZH}]{{1,14}})"
_ZH_BEFORE = (
    "超过|多于|大于|不止|逾|突破|不少于|不低于|不下|至少|起码|最少|上|成|好|近|将近|接近|快到|约|大约|大概|"
    "约莫|估计|差不多|不到|不足|少于|未满|不满|低于|最多|至多|不超过|不多于"
)
_ZH_PATTERN = rf"""
    (?P<before>(?:{_ZH_BEFORE}){{0,2}}) [ ]?
    (?P<one>{_ZH_RUN}) [ ]?
    (?P<more>(?:多|余|来|把|好几|几)?)
    (?: [ ]?(?:-{{1,2}}|~|—{{1,2}}|–|到|至|、|或|或者)[ ]? (?P<two>{_ZH_RUN}) (?P<more_two>(?:多|余|来)?) )?
"""

EN_VALUES = {
    "zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15,
    "sixteen": 16, "seventeen": 17, "eighteen": 18, "nineteen": 19, "twenty": 20, "thirty": 30,
    "forty": 40, "fourty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90,
}
EN_SCALES = {"dozen": 12, "score": 20, "hundred": 100, "thousand": 1000, "million": 1_000_000}
EN_MANY = {"dozens": 24, "scores": 40, "hundreds": 200, "thousands": 2000, "tens of thousands": 20_000}
EN_FEW = {
    "several": 3,
    "a few": 3,
    "a handful of": 3,
    "a couple of": 2,
    "a couple": 2,
    "a pair of": 2,
    "both": 2,
}

_EN_WORD = "|".join([*EN_VALUES, *EN_SCALES])
_EN_SCALE = "k|hundred|thousand|dozen|million"
_EN_RUN = rf"""
    (?: (?:\d{{1,3}}(?:,\d{{3}}){{1,3}}|\d{{1,9}}(?:\.\d{{1,3}})?)(?:[ ]?(?:{_EN_SCALE})\b)?
      | (?:half[ ]a[ ]|an?[ ])?(?:{_EN_WORD})(?:(?:[ ]|-|[ ]and[ ])(?:{_EN_WORD})){{0,6}}
    )
"""
_EN_VAGUE = "|".join(word.replace(" ", "[ ]") for word in EN_FEW)
_EN_MANY = rf"(?:{'|'.join(EN_MANY)})(?:[ ]of[ ](?:thousands|hundreds))?|{_EN_VAGUE}"
_EN_BEFORE = """
    more[ ]than|over|above|in[ ]excess[ ]of|exceeding|upwards[ ]of|at[ ]least|no[ ](?:fewer|less)[ ]than
    |not[ ](?:fewer|less)[ ]than|a[ ]minimum[ ]of|nearly|almost|close[ ]to|just[ ](?:under|short[ ]of)
    |about|around|approximately|approx\\.?|roughly|some|circa|an[ ]estimated|estimated|maybe|perhaps
    |fewer[ ]than|less[ ]than|under|below|not[ ]even|up[ ]to|at[ ]most|no[ ]more[ ]than
    |a[ ]maximum[ ]of|between|from
"""
_EN_PATTERN = rf"""
    (?<![a-z0-9.,])(?:(?P<en_before>{_EN_BEFORE})[ ])?
    (?: (?P<en_many>{_EN_MANY})
      | (?P<en_one>{_EN_RUN})
        (?P<en_more>[ ]?\+|[ ]or[ ]more|[ ]or[ ]so|[ ]plus\b|-odd|[ ]odd\b|-ish|-something)?
        (?: [ ]?(?:-|–|—|to|and|or)[ ]? (?P<en_two>{_EN_RUN}) )?
    )
    (?![a-z0-9]|,\d|\.\d)
"""
_ZH_SETTING = rf"(?:(?<=[{ZH}多余来把])|(?=[ ]?[\u4e00-\u9fff]))"
"""Arabic digits are read the Chinese way where Chinese follows."""
_NUMBER = re.compile(f"(?:(?<![a-z0-9.,]){_ZH_PATTERN}{_ZH_SETTING}(?![0-9]))|(?:{_EN_PATTERN})", re.VERBOSE)


def numbers(text: str) -> Iterator[Number]:
    """Every number in a cleaned text, in order, none overlapping another."""
    for found in _NUMBER.finditer(text):
        count = _english(found) if found["one"] is None else _chinese(found)
        if count is not None:
            yield Number(found.start(), found.end(), count, found[0])


class _Read(NamedTuple):
    number: Count
    step: int
    """The size of the last digit place: 多 ends before the next one."""


# -- Chinese -------------------------------------------------------------------------------------------


def _chinese(found: re.Match[str]) -> Count | None:
    one = _zh_value(found["one"])
    if one is None:
        return None
    count = _zh_more(one, found["more"])
    if found["two"] is not None:
        second = _zh_value(found["two"])
        if second is None:
            return None
        count = _joined(count, _zh_more(second, found["more_two"]), found["two"])
    return _qualified(count, found["before"])


def _joined(one: Count, two: Count, written: str) -> Count:
    """A range of two numbers; 三到四百 lends the scale of its second number to the first."""
    low = one.lo
    scale = _scale(written)
    if scale > 1 and low < scale and low * scale <= (two.lo or 0):
        low *= scale
    return Count(min(low, two.lo), two.hi if two.hi is None else max(low, two.hi))


def _scale(written: str) -> int:
    last = written[-1]
    return UNITS.get(last) or BIG.get(last) or 1


def _zh_more(read: _Read, more: str) -> Count:
    lo, hi = read.number
    if more == "余":
        return Count(lo, None)
    if more in ("多", "几", "好几"):
        return Count(lo + 1, lo + read.step - 1) if read.step > 1 else Count(lo, None)
    return Count(lo, hi)


def _qualified(count: Count, before: str) -> Count:
    for words, change in _QUALIFIERS:
        if any(word in before for word in words):
            return change(count)
    return count


def below(count: Count) -> Count:
    """Fewer than this: at least half of it, by how people speak."""
    top = (count.hi if count.hi is not None else count.lo) - 1
    return Count((top + 1) // 2, max(top, 0))


def up_to(count: Count) -> Count:
    """At most this."""
    top = count.hi if count.hi is not None else count.lo
    return Count(top // 2, top)


def above(count: Count) -> Count:
    """Strictly more than this."""
    return Count(count.lo + 1, None)


def at_least(count: Count) -> Count:
    """This or more."""
    return Count(count.lo, None)


def nearly(count: Count) -> Count:
    """Close to this from below."""
    top = count.hi if count.hi is not None else count.lo
    return Count(top * 9 // 10, top)


_QUALIFIERS = (
    (("不超过", "最多", "至多", "不多于"), up_to),
    (("不少于", "不低于", "不下", "至少", "起码", "最少"), at_least),
    (("不到", "不足", "少于", "未满", "不满", "低于"), below),
    (("超过", "多于", "大于", "不止", "逾", "突破"), above),
    (("将近", "接近", "快到", "近"), nearly),
    (("上", "成", "好"), at_least),
)


def _zh_value(written: str) -> _Read | None:
    """A number without words around it, and the size of its last place."""
    if written[0].isdigit():
        return _arabic(written)
    for short, long in TENS.items():
        written = written.replace(short, long)
    if written in ("十几", "拾几"):
        return _Read(Count(11, 19), 1)
    if "几" in written or "数" in written:
        return _vague(written)
    pair = _pair(written)
    if pair:
        return pair
    value = _plain(written)
    return None if value is None else _Read(Count(value, value), _last_place(written))


def _arabic(written: str) -> _Read:
    digits = re.match(_ARABIC, written)
    assert digits
    factor = 1
    for unit in written[digits.end() :]:
        factor *= UNITS.get(unit, 1) * BIG.get(unit, 1)
    plain = digits[0].replace(",", "")
    value = round(float(plain) * factor)
    zeros = len(plain) - len(plain.rstrip("0")) if "." not in plain else 0
    step = factor * 10**zeros if factor > 1 or zeros else 1
    return _Read(Count(value, value), max(step, 10) if value >= 10 else step)


def _vague(written: str) -> _Read | None:
    """几十, 数百, 几千, 二十几, 几: at least the smallest such number, open above; 二十几 is closed."""
    head, vague, tail = re.match(r"(.*?)([几数]+)(.*)", written).groups()  # type: ignore[union-attr]
    if head:
        base = _plain(head)
        if base is None or tail or "数" in vague:
            return None
        return _Read(Count(base + 1, base + 9), 1)
    scale = 1
    for unit in tail:
        scale *= UNITS.get(unit, 1) * BIG.get(unit, 1)
        if unit not in UNITS and unit not in BIG:
            return None
    if "数" in vague and scale == 1:
        return None
    return _Read(Count(2 * scale, None), scale)


_ONE = f"[{''.join(DIGITS)}]"
_PAIR = re.compile(rf"(.*[十百千万拾佰仟])?({_ONE})({_ONE})([十百千万亿拾佰仟]*)$")


def _pair(written: str) -> _Read | None:
    """四五十, 两三百, 十五六, 一百五六十, 三五, 百十: two neighbouring digits are a range."""
    if written == "百十":
        return _Read(Count(100, 110), 1)
    found = re.match(
        rf"(.*[十百千万拾佰仟])?([{''.join(DIGITS)}])([{''.join(DIGITS)}])([十百千万亿拾佰仟]*)$", written
    )
    if not found:
        return None
    head, one, two, tail = found.groups()
    a, b = DIGITS[one], DIGITS[two]
    if not 0 < a < b or (head and head[-1] in "〇零"):
        return None
    scale = 1
    for unit in tail:
        scale *= UNITS.get(unit, 1) * BIG.get(unit, 1)
    base = _plain(head) if head else 0
    if base is None or (base and scale >= _last_place(head or "")):
        return None
    return _Read(Count(base + a * scale, base + b * scale), scale)


def _plain(written: str) -> int | None:
    """A Chinese number in words; None where the characters do not make one."""
    total = section = digit = 0
    last_unit = 0
    seen_unit = False
    for character in written:
        if character in DIGITS:
            if digit and not seen_unit and last_unit == 0:
                digit = digit * 10 + DIGITS[character]
                continue
            digit, last_unit = DIGITS[character], (0 if DIGITS[character] == 0 else last_unit)
        elif character in UNITS:
            section += (digit or 1) * UNITS[character]
            digit, last_unit, seen_unit = 0, UNITS[character], True
        elif character in BIG:
            total = (total + section + digit or 1) * BIG[character]
            section, digit, last_unit, seen_unit = 0, 0, BIG[character], True
        else:
            return None
    if digit and last_unit >= 100 and written[-2] not in "〇零":
        digit *= last_unit // 10
    return total + section + digit


def _last_place(written: str) -> int:
    last = written[-1]
    if last in UNITS:
        return UNITS[last]
    if last in BIG:
        return BIG[last]
    return 1


# -- English -------------------------------------------------------------------------------------------


def _english(found: re.Match[str]) -> Count | None:
    if found["en_many"] is not None:
        return _en_many(found["en_many"])
    one = _en_value(found["en_one"])
    if one is None:
        return None
    count, more = Count(one, one), (found["en_more"] or "").strip(" -")
    if more in ("+", "or more", "plus"):
        count = Count(one, None)
    elif more in ("odd", "something"):
        count = Count(one + 1, one + 9)
    if found["en_two"] is not None:
        two = _en_value(found["en_two"])
        if two is None or two < one:
            return None
        count = Count(one, two)
    return _en_qualified(count, found["en_before"] or "")


def _en_many(written: str) -> Count:
    if written in EN_FEW:
        return Count(EN_FEW[written], EN_FEW[written] if EN_FEW[written] == 2 else None)
    first = written.split(" ")[0]
    return Count(max(EN_MANY.get(written, 0), EN_MANY[first]), None)


def _en_value(written: str) -> int | None:
    arabic = re.match(r"(\d[\d,]*(?:\.\d+)?) ?(k|hundred|thousand|dozen|million)?$", written)
    if arabic:
        scale = {"k": 1000, None: 1}.get(arabic[2]) or EN_SCALES[arabic[2]]
        return round(float(arabic[1].replace(",", "")) * scale)
    if written.startswith("half a "):
        return EN_SCALES.get(written[7:], 0) // 2 or None
    total = current = 0
    for word in re.split(r"[ -]", written):
        if word in EN_VALUES:
            current += EN_VALUES[word]
        elif word in EN_SCALES:
            current = (current or 1) * EN_SCALES[word]
            if EN_SCALES[word] >= 1000:
                total, current = total + current, 0
        elif word not in ("a", "an", "and"):
            return None
    return total + current


def _en_qualified(count: Count, before: str) -> Count:
    for words, change in _EN_QUALIFIERS:
        if before.startswith(words):
            return change(count)
    return count


_EN_QUALIFIERS = (
    (("more than", "over", "above", "in excess", "exceeding"), above),
    (("upwards", "at least", "no fewer", "no less", "not fewer", "not less", "a minimum"), at_least),
    (("nearly", "almost", "close to"), nearly),
    (("fewer", "less", "under", "below", "not even", "just under", "just short"), below),
    (("up to", "at most", "no more", "a maximum"), up_to),
)
