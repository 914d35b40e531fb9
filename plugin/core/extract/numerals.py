"""Numbers as people write them, as ranges: 二百余, 四五十, 50多, 1.2万, nearly two hundred, 40-50.

Works on cleaned text (``text.clean``).  The scan finds bare numbers in one pass; what stands around one
(约, 不到, more than, 左右) is looked at only for numbers somebody asks about.  Every pattern is bounded.

An open range (余, 以上, at least, hundreds) has no upper end; 多 ends before the next round number;
不到 and fewer than leave the lower end at half; 近 and nearly at nine tenths; 约 and about change nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from plugin.core.extract import en_numbers, zh_numbers
from plugin.core.facts import Count

Span = tuple[int, int]


@dataclass(frozen=True, slots=True, order=True)
class Number:
    """A number and where it stands, without the words around it."""

    start: int
    end: int
    count: Count
    step: int = 1
    """Size of the last place."""


_LATIN = re.compile("[a-z]{3}")
_ZH = zh_numbers.CHARACTERS
_ZH_RUN = re.compile(rf"[0-9{_ZH}]+(?:[,.][0-9]+)*[十百千万亿]*")
_ZH_PARTS = re.compile(
    rf"(?P<digits>(?:\d{{1,3}}(?:,\d{{3}})+(?!\d)|\d+(?:\.\d+)?)[百千万亿]*)|(?P<words>[{_ZH}]{{1,14}})"
)
_DIGITS = re.compile(r"\d{1,9}(?:,\d{3}){0,3}(?:\.\d{1,3})?$|\d{1,9}(?:\.\d{1,3})?[百千万亿]{1,2}$")
_EN_SCALE = re.compile(r" ?(k|hundred|thousand|million|dozen)\b")
_MORE = re.compile(r"[ ]?(?P<more>多|余|来|几|\+|or more\b|plus\b|-?odd\b)(?P<scale>[百千万亿]?)")
_TO = re.compile(r"[ ]?(?:--?|–|—|~|至|到|或者?|、)[ ]?|[ ](?:to|or|and)[ ]")
_MOST_RUN = 40
_SINGLE = {c: Count(n, n) for c, n in zh_numbers.DIGITS.items()}
_MORE_START = frozenset(" 多余来几+-")


def numbers(text: str) -> list[Number]:
    """Every number in a cleaned text, in order of place, ranges of two joined."""
    found = _apart(_scan(text))
    joined: list[Number] = []
    at = 0
    while at < len(found):
        one = found[at]
        two = found[at + 1] if at + 1 < len(found) else None
        both = _joined(text, one, two) if two is not None and two.start - one.end <= 5 else None
        joined.append(both or one)
        at += 2 if both else 1
    return joined


def _apart(found: Iterable[Number]) -> list[Number]:
    """Without numbers that begin inside the one before (三十多万)."""
    kept: list[Number] = []
    for number in found:
        if not kept or number.start >= kept[-1].end:
            kept.append(number)
    return kept


def _scan(text: str) -> Iterator[Number]:
    worded = sorted(_english(text)) if _LATIN.search(text) else []
    if not worded:
        yield from _chinese(text)
        return
    yield from sorted([*_chinese(text), *worded])


def _chinese(text: str) -> Iterator[Number]:
    for run in _ZH_RUN.finditer(text):
        start, end = run.span()
        if end - start > _MOST_RUN:
            continue
        if end - start == 1 and run[0] in zh_numbers.SCALES:
            if number := _one(text, start, end, run[0]):
                yield number
            continue
        for part in _ZH_PARTS.finditer(text, start, end):
            if number := _one(text, *part.span(), part[0]):
                yield number


def _one(text: str, start: int, end: int, written: str) -> Number | None:
    single = _SINGLE.get(written)
    if single is not None:
        number = Number(start, end, single)
        return _with_more(text, number) if text[end : end + 1] in _MORE_START else number
    if written[0] in "0123456789":
        return _arabic(text, start, end, written)
    read = zh_numbers.worded(written)
    return None if read is None else _with_more(text, Number(start, end, *read))


def _arabic(text: str, start: int, end: int, written: str) -> Number | None:
    """Not part of a code (a4), a clock time (15:40) or a fraction (1/3)."""
    before, after = text[max(0, start - 2) : start], text[end : end + 2]
    if not _DIGITS.match(written) or (before and "a" <= before[-1] <= "z"):
        return None
    if (before[-1:] in (":", "/", ".") and before[:1].isdigit()) or (
        after[:1] in (":", "/") and after[1:].isdigit()
    ):
        return None
    read = zh_numbers.arabic(written)
    if read is None:
        return None
    if scale := _EN_SCALE.match(text, end):
        factor = 1000 if scale[1] == "k" else en_numbers.SCALES[scale[1]]
        value = round(float(written.replace(",", "")) * factor) if written[-1].isdigit() else read[0].lo
        return _with_more(text, Number(start, scale.end(), Count(value, value), factor))
    return _with_more(text, Number(start, end, *read))


def _english(text: str) -> Iterator[Number]:
    for run in en_numbers.RUN.finditer(text):
        count = en_numbers.value(run[0])
        if count is not None and text[max(0, run.start() - 3) : run.start()] != "no ":
            yield _with_more(text, Number(run.start(), run.end(), count))


def _with_more(text: str, number: Number) -> Number:
    more = _MORE.match(text, number.end)
    if more is None:
        return number
    lo, hi = number.count
    scale, step = zh_numbers.SCALES.get(more["scale"], 1), number.step
    word = more["more"].strip("-")
    if word in ("多", "几"):
        count = Count(lo + 1, lo + step - 1) if step > 1 else Count(lo, None)
        if scale > 1:
            count = Count(lo, lo + step - 1 if step > 1 else None)
    elif word == "odd":
        count = Count(lo + 1, lo + 9)
    elif word == "来":
        count = Count(lo, hi)
    else:
        count = Count(lo, None)
    if more["scale"] and word in ("多", "几", "余", "来"):
        return Number(number.start, more.end(), times(count, scale), step * scale)
    return Number(number.start, more.end("more"), count, step)


def times(count: Count, factor: int) -> Count:
    """A range of so many times as much."""
    return Count(count.lo * factor, None if count.hi is None else count.hi * factor)


def _joined(text: str, one: Number, two: Number) -> Number | None:
    """A range written with both its ends; 三到四百 lends the scale of its second number to the first."""
    between = text[one.end : two.start]
    if not _TO.fullmatch(between) or one.count.hi is None:
        return None
    if between == " and " and not text[max(0, one.start - 8) : one.start].endswith("between "):
        return None
    low = one.count.lo
    if low < 10 and two.step > 1 and low * two.step <= two.count.lo:
        low *= two.step
    if not low < two.count.lo or (between == "、" and two.count.lo > 10 * low):
        return None
    return Number(one.start, two.end, Count(low, two.count.hi), two.step)


# -- what stands around a number ------------------------------------------------------------------------


def below(count: Count) -> Count:
    """Fewer than this: at least half of it, by how people speak."""
    top = (count.lo if count.hi is None else count.hi) - 1
    return Count(max(0, (top + 1) // 2), max(top, 0))


def up_to(count: Count) -> Count:
    """At most this."""
    top = count.lo if count.hi is None else count.hi
    return Count(top // 2, top)


def above(count: Count) -> Count:
    """Strictly more than this."""
    return Count(count.lo + 1, None) if count.hi == count.lo else Count(count.lo, None)


def at_least(count: Count) -> Count:
    """This or more."""
    return Count(count.lo, None)


def nearly(count: Count) -> Count:
    """Close to this from below."""
    top = count.lo if count.hi is None else count.hi
    return Count(top * 9 // 10, top)


def _same(count: Count) -> Count:
    return count


_BEFORE = {
    up_to: "不超过 不超出 最多 至多 不多于 顶多|up to|at most|no more than|not more than|a maximum of",
    at_least: "不少于 不低于 不下于 不下 至少 起码 最少 多达 高达 上(?=[百千万]) 过(?=[百千万])"
    " 成(?=[百千万]) 好(?=几)|at least|no fewer than|no less than|not fewer than|not less than"
    "|a minimum of|upwards of|as many as|a good",
    below: "不到 不足 少于 未满 不满 低于 没到|fewer than|less than|under|below|not even|just under|short of",
    above: "超过 多于 大于 不止 逾 突破 超出 超|more than|over|above|in excess of|exceeding|beyond",
    nearly: "将近 接近 快到 (?<![附最远邻])近 (?<![很尽赶飞])快|nearly|almost"
    "|close to|not quite|getting on for",
    _same: "(?<![预相条签特制])约 大约 大概 约莫 估计 差不多 左右 共 共计 共有 总共 合计 一共|about|around"
    "|approximately|approx\\.?|roughly|some|circa|an estimated|estimated|maybe|perhaps|the|all|now"
    "|another|other|just|only",
}
_ZH_BEFORE = "|".join(
    f"(?P<z{i}>{'|'.join(words.split('|')[0].split())})" for i, words in enumerate(_BEFORE.values())
)
_EN_BEFORE = "|".join(
    f"(?P<e{i}>{'|'.join(words.split('|')[1:])})" for i, words in enumerate(_BEFORE.values())
)
_ZH_QUALIFIER = re.compile(rf"(?:{_ZH_BEFORE})[了有为是]{{0,2}} ?(?=.$)")
_EN_QUALIFIER = re.compile(rf"(?:^|(?<=[^a-z]))(?:{_EN_BEFORE}) $")
_CHANGES = tuple(_BEFORE)
_AFTER = (
    (re.compile(r"[ ]?(?:及|或|、)?以上"), at_least),
    (re.compile(r"[ ]?开外"), at_least),
    (re.compile(r"[ ]?(?:出头|挂零)"), above),
    (re.compile(r"[ ]?(?:都)?不到"), below),
    (re.compile(r"[ ]?以[下内]"), up_to),
    (re.compile(r" or more\b"), at_least),
    (re.compile(r" or (?:fewer|less)\b"), up_to),
)
_AFTER_START = frozenset(" 及或、以开都不出挂")


def qualified(text: str, number: Number, end: int) -> tuple[int, Count]:
    """Where the phrase begins and the range it means, with the words before it and those after its unit."""
    start, count = _before(text, number)
    if end < len(text) and text[end] in _AFTER_START:
        for pattern, change in _AFTER:
            if pattern.match(text, end):
                return start, change(count)
    return start, count


def _before(text: str, number: Number) -> tuple[int, Count]:
    start, count = number.start, number.count
    for _ in range(2):
        window = text[max(0, start - 18) : start]
        found = _EN_QUALIFIER.search(window) if window[-1:] == " " else None
        found = found or _ZH_QUALIFIER.search(text[max(0, start - 18) : start + 1])
        if found is None or found.lastgroup is None:
            break
        count = _CHANGES[int(found.lastgroup[1:])](count)
        start -= len(window) - found.start()
    return start, count
