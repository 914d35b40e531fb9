"""Chinese numbers in words, as ranges: 三百五, 两三百, 十几, 数百, 壹佰贰拾, 廿五, 1.2万."""

from __future__ import annotations

import re

from plugin.core.facts import Count

DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2, "俩": 2, "仨": 3}
DIGITS |= {c: i for i, c in enumerate("壹贰叁肆伍陆柒捌玖", 1)}
UNITS = {"十": 10, "百": 100, "千": 1000, "拾": 10, "佰": 100, "仟": 1000}
BIG = {"万": 10_000, "亿": 100_000_000}
SCALES = UNITS | BIG
VAGUE = "几数"
TENS = {"廿": "二十", "卅": "三十"}
CHARACTERS = "".join({**DIGITS, **SCALES, **TENS}) + VAGUE

_ARABIC = re.compile(r"\d{1,9}(?:,\d{3}){0,3}(?:\.\d{1,3})?")
_ONE = f"[{''.join(DIGITS)}]"
_PAIR = re.compile(rf"(.*[十百千万拾佰仟])?({_ONE})({_ONE})([十百千万亿拾佰仟]*)$")


def arabic(written: str) -> tuple[Count, int] | None:
    """``120``, ``1,200``, ``1.2万``: the value and the size of its last place (多 ends before the next)."""
    digits = _ARABIC.match(written)
    if digits is None:
        return None
    factor = _factor(written[digits.end() :])
    plain = digits[0].replace(",", "")
    if factor is None or (len(plain) > 1 and plain[0] == "0" and plain[1] != "."):
        return None
    value = round(float(plain) * factor)
    zeros = len(plain) - len(plain.rstrip("0")) if "." not in plain else 0
    return Count(value, value), factor * 10**zeros if value else 1


def worded(written: str) -> tuple[Count, int] | None:
    """A number in Chinese characters, and the size of its last place; None where they make no number."""
    for short, long in TENS.items():
        written = written.replace(short, long)
    if any(c in written for c in VAGUE):
        return _vague(written)
    return _pair(written) or _exact(written)


def _exact(written: str) -> tuple[Count, int] | None:
    value = plain(written)
    if value is None:
        return None
    return Count(value, value), SCALES.get(written[-1], 1) if written[-1] not in DIGITS else 1


def _factor(units: str) -> int | None:
    factor = 1
    for unit in units:
        if unit not in SCALES:
            return None
        factor *= SCALES[unit]
    return factor


def _vague(written: str) -> tuple[Count, int] | None:
    """几 is three to nine; 十几 and 一百几十 are closed; 几十 and 数百 are open above."""
    at = next(i for i, c in enumerate(written) if c in VAGUE)
    head, scale = written[:at], _factor(written[at + 1 :])
    if scale is None:
        return None
    if not head:
        return (Count(3, 9), 1) if scale == 1 else (Count(2 * scale, None), scale)
    base = plain(head)
    if base is None or written[at] == "数" or base % (10 * scale):
        return None
    return Count(base + scale, base + 10 * scale - 1), 1


def _pair(written: str) -> tuple[Count, int] | None:
    """四五十, 两三百, 十五六, 一百五六十, 三五, 百十: two neighbouring digits are a range."""
    if written == "百十":
        return Count(100, 110), 1
    found = _PAIR.match(written)
    if not found:
        return None
    head, one, two, tail = found.groups()
    a, b, scale = DIGITS[one], DIGITS[two], _factor(tail)
    base = plain(head) if head else 0
    if not 0 < a < b or scale is None or base is None:
        return None
    if base and scale >= SCALES[head[-1]]:
        return None
    return Count(base + a * scale, base + b * scale), scale


def plain(written: str) -> int | None:
    """A number in words; 三百五 is 350; a row of digits (二〇二六) is read digit by digit."""
    if all(c in DIGITS for c in written):
        return int("".join(str(DIGITS[c]) for c in written)) if written else None
    total = section = digit = last = 0
    for character in written:
        if character in DIGITS:
            digit = DIGITS[character]
        elif character in UNITS:
            section += (digit or 1) * UNITS[character]
            digit, last = 0, UNITS[character]
        elif character in BIG:
            total = (total + section + digit or 1) * BIG[character]
            section, digit, last = 0, 0, BIG[character]
        else:
            return None
    if digit and last >= 100 and written[-2] not in "〇零":
        digit *= last // 10
    return total + section + digit
