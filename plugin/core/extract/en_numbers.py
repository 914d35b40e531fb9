"""English numbers in words, as ranges: nine, two hundred and forty, a dozen, hundreds, a few."""

from __future__ import annotations

import re

from plugin.core.facts import Count

_FIRST = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen"
    " seventeen eighteen nineteen"
)
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
ONES = {word: value for value, word in enumerate(_FIRST.split())}
TENS = dict(zip(_TENS.split(), range(20, 100, 10), strict=True))
SCALES = {"dozen": 12, "score": 20, "hundred": 100, "thousand": 1000, "million": 1_000_000}
MANY = {"dozens": 24, "scores": 40, "hundreds": 200, "thousands": 2000}
"""Plurals without a number are open above, from the least they can mean."""
FEW = {
    "several": Count(3, 9),
    "few": Count(3, 5),
    "handful": Count(3, 5),
    "couple": Count(2, 2),
    "pair": Count(2, 2),
}

WORDS = {**ONES, **TENS, **SCALES, **MANY, **FEW}
_ANY = "|".join(sorted(WORDS, key=len, reverse=True))
_JOINTS = r"\ |-|(?<=hundred)\ and\ |(?<=thousand)\ and\ |(?<=million)\ and\ |(?<=s)\ of\ |(?<=couple)\ of\ "
RUN = re.compile(
    rf"\b(?:half\ an?\ |an?\ (?:good\ )?)?(?:{_ANY})(?:(?:{_JOINTS})(?:an?\ )?(?:{_ANY})){{0,7}}\b", re.ASCII
)


def value(written: str) -> Count | None:
    """The range a run of number words stands for; None where they make no number."""
    words = [w for w in re.split(r"[ -]", written) if w not in ("a", "an", "and", "of", "good")]
    if words[0] == "half":
        return Count(SCALES[words[1]] // 2, SCALES[words[1]] // 2) if words[1] in SCALES else None
    many = [MANY[word] for word in words if word in MANY]
    if many:
        return Count(max(many) if len(many) == 1 else 20_000, None)
    if words[0] in FEW:
        return _few(words)
    exact = _exact(words)
    return None if exact is None else Count(exact, exact)


def _few(words: list[str]) -> Count | None:
    least, most = FEW[words[0]]
    if len(words) == 1:
        return Count(least, most)
    scale = 1
    for word in words[1:]:
        if word not in SCALES:
            return None
        scale *= SCALES[word]
    return Count(2 * scale, 2 * scale if least == most else None)


def _exact(words: list[str]) -> int | None:
    total = current = 0
    place = 1_000
    for word in words:
        if word in SCALES:
            current = (current or 1) * SCALES[word]
            place = 1_000
            if SCALES[word] >= 1000:
                total, current = total + current, 0
        elif word in TENS and place > 10:
            current, place = current + TENS[word], 10
        elif word in ONES and (place > 10 or (place == 10 and ONES[word] < 10)):
            current, place = current + ONES[word], 1
        else:
            return None
    return total + current
