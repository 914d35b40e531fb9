"""Which of a field's choices stands for which level of the plan. Pure.

A helpdesk refuses a value its field does not offer, so a level is written by a word of its own only where the
field takes any text or offers that very word.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from plugin.desk.gap import NOWHERE, Gap
from plugin.desk.likeness import fold, height, one_to_one

MOST_TOLD = 8
_EMPTY = frozenset(("", "none", "n a", "unset", "unknown", "select", "无", "未定", "待定", "未知", "请选择"))
"""Choices that say nothing was chosen."""
_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5}
_NUMERAL = {"一": 1, "二": 2, "三": 3, "四": 4, "五": 5}
_COLOUR = {"红": 1, "橙": 2, "黄": 3, "蓝": 4}
"""The colours of warnings in Chinese emergency law (突发事件应对法 Art. 42): red for level I."""
_GRADE = re.compile(r"(?<![a-z0-9])(i{1,3}|iv|v)(?![a-z0-9])|([一二三四五1-5])级|^([红橙黄蓝])色?$")
_PRIORITY = re.compile(r"^(?:p|sev|severity) ?([0-5])$")


def propose_levels(
    levels: Mapping[str, tuple[str, ...]], choices: Sequence[str], answers: Mapping[str, str]
) -> tuple[dict[str, str], list[Gap]]:
    """The choice for each level (id → its names, lowest first), and a gap for each that is not sure.

    ``choices``: none where the field takes any text. No values at all: each level goes by its id.
    """
    given = {each: answers.get(f"write.level.{each}", "") for each in levels}
    answered = {each: value for each, value in given.items() if value and value != NOWHERE}
    if not choices:
        return answered, []
    left = [each for each in choices if each not in answered.values() and fold(each) not in _EMPTY]
    open_ = {each: names for each, names in levels.items() if each not in answered}
    sure = {each: each for each in open_} if set(open_) <= set(left) else _sure(levels, choices)
    found = {each: value for each, value in {**sure, **answered}.items() if each in levels}
    lacking = [each for each in levels if each not in found]
    near = tuple(each for each in left if each not in found.values())[:MOST_TOLD]
    gaps = [Gap(f"write.level.{each}", near) for each in lacking]
    is_by_id = not gaps and all(each == value for each, value in found.items())
    return {} if is_by_id else {each: found[each] for each in levels if each in found}, gaps


def _sure(levels: Mapping[str, tuple[str, ...]], choices: Sequence[str]) -> dict[str, str]:
    """By the grade both name, by the order of all of them, else by their names."""
    offered = [each for each in dict.fromkeys(choices) if fold(each) not in _EMPTY]
    graded = {each: found for each in offered if (found := grade(each)) is not None}
    own = {level: found for level, names in levels.items() if (found := _own_grade(names)) is not None}
    if own and graded:
        by_grade = {found: each for each, found in graded.items()}
        return {level: by_grade[found] for level, found in own.items() if found in by_grade}
    for falls, rank in ((True, grade), (True, _urgency), (False, height)):
        heights = {each: found for each in offered if (found := rank(each)) is not None}
        if len(heights) == len(offered) == len(levels) == len(set(heights.values())):
            rising = sorted(offered, key=lambda each: heights[each], reverse=falls)
            return dict(zip(levels, rising, strict=True))
    by_name = one_to_one(levels, offered)
    return {level: near.sure for level, near in by_name.items() if near.sure is not None}


def grade(name: str) -> int | None:
    """1 for the gravest: Ⅰ级, 一级响应, Level I, 红色; None where the name says no such thing.

    ``Level 1`` says nothing: elsewhere it is the lowest.
    """
    found = _GRADE.search(fold(name))
    if found is None:
        return None
    roman, numeral, colour = found.groups()
    if roman:
        return _ROMAN[roman]
    return _COLOUR[colour] if colour else _NUMERAL.get(numeral) or int(numeral)


def _own_grade(names: Sequence[str]) -> int | None:
    return next((found for name in names if (found := grade(name)) is not None), None)


def _urgency(name: str) -> int | None:
    """The lower the graver: P1, Sev 2."""
    found = _PRIORITY.match(fold(name))
    return int(found.group(1)) if found else None
