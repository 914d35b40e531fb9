"""How near two names are: a plan's group and a helpdesk's, in Chinese and English. Pure.

Names are compared as written, without the words every group has (组, team), and by what they mean: a small
table of words that organisations use for one and the same thing.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from difflib import SequenceMatcher
from functools import cache
from typing import NamedTuple, TypeVar

SURE = 0.75
"""From here on a name is proposed; below it a person is asked."""
CLEAR = 0.06
"""By so much the best must be ahead of the second, unless it is the very same name."""
NEAR = 0.45
"""From here on a name is shown as a candidate."""
MOST_NEAR = 4

_MEANINGS: tuple[tuple[str, ...], ...] = (
    ("受理", "收件", "接待", "前台", "服务台", "intake", "reception", "inbox", "front desk", "service desk",
     "first line", "first level", "helpdesk", "triage", "normal desk"),
    ("现场", "外勤", "一线", "onsite", "on site", "field"),
    ("信息收集", "情报", "信息", "information", "info", "intelligence"),
    ("宣传", "舆情", "新闻", "媒体", "公关", "信息发布", "publicity", "press", "media", "communications",
     "public relations", "public information", "pr"),
    ("后勤", "logistics", "supplies", "facilities"),
    ("专案", "专班", "case", "investigation", "task force"),
    ("保密", "涉密", "举报", "confidential", "sealed", "whistleblowing", "whistleblower"),
    ("指挥", "总部", "headquarters", "hq", "command", "incident command"),
    ("信访", "投诉", "petition", "petitions", "complaints", "complaint"),
    ("应急", "emergency"),
    ("法制", "法务", "法律", "legal"),
    ("纪检", "监察", "discipline", "supervision", "compliance"),
    ("保卫", "安保", "security", "guards"),
    ("领导", "leading", "leadership"),
    ("办公室", "general office"),
    ("其他", "other", "others", "misc"),
    ("级别", "等级", "严重程度", "level", "severity"),
    ("渠道", "来源", "channel", "source", "origin"),
    ("地区", "区域", "属地", "辖区", "region", "district", "area"),
    ("期限", "截止", "due", "deadline", "due date"),
    ("标签", "关键词", "tags", "tag", "labels", "keywords"),
    ("理由", "原因", "依据", "reason", "grounds"),
    ("动作编号", "运行编号", "routing run", "run id", "paidan run"),
)  # fmt: skip
_STATES: tuple[tuple[str, ...], ...] = (
    ("closed", "resolved", "solved", "done", "completed", "merged", "rejected", "archived", "关闭",
     "解决", "办结", "完成", "合并", "拒绝", "归档"),
    ("pending", "waiting", "on hold", "hold", "stalled", "deferred", "paused", "等待", "挂起", "暂停",
     "搁置"),
)  # fmt: skip
_HEIGHTS: tuple[tuple[str, ...], ...] = (
    ("very low", "lowest", "trivial", "很低", "最低"),
    ("low", "minor", "低"),
    ("normal", "medium", "standard", "普通", "一般", "中"),
    ("high", "major", "高"),
    ("urgent", "very high", "紧急", "很高"),
    ("critical", "highest", "emergency", "blocker", "immediate", "特急", "最高", "严重", "立刻", "立即"),
)
_COMMON = re.compile(
    r"\b(?:the|team|group|desk|section|dept|department|office|unit|queue|channel)\b"
    r"|(?:小组|部门|中心|组|处|科|部|室|队|岗)$"
)
_NOT = re.compile(
    r"(?:未|不|非|没|无|待|等待|申请|请求|部分|准备|即将|重新|拟)\S{0,2}$"
    r"|\b(?:not|non|never|no|to be|awaiting|pending|waiting for|partially|partly|until|before) (?:\w+ )?$"
)
"""Before a word: what it says is not so, or not yet, or only in part."""
_LATIN = re.compile(r"[a-z0-9]")
Named = TypeVar("Named")


class Nearest(NamedTuple):
    """The one that was surely meant, or None; and all that came near, best first."""

    sure: str | None
    near: tuple[str, ...]


def fold(name: str) -> str:
    """A name without width, case and what stands between its words."""
    wide = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", unicodedata.normalize("NFKC", name))
    return " ".join(re.sub(r"[\W_]+", " ", wide.casefold()).split())


def likeness(one: str, other: str) -> float:
    """0 (nothing in common) to 1 (the same name)."""
    a, b = fold(one), fold(other)
    if not a or not b:
        return 0.0
    if a == b:
        return 1.0
    return max(_written(_core(a), _core(b)), _meant(a, b))


def _core(folded: str) -> str:
    return " ".join(_COMMON.sub(" ", folded).split()) or folded


def _written(a: str, b: str) -> float:
    if a == b:
        return 0.95
    shorter, longer = sorted((a, b), key=len)
    long_enough = len(shorter) >= (4 if _LATIN.search(shorter) else 2)
    if long_enough and f" {shorter} " in f" {longer} ":
        return 0.85
    if long_enough and not _LATIN.search(shorter) and shorter in longer:
        return 0.85
    return 0.9 * SequenceMatcher(None, a[:80], b[:80], autojunk=False).ratio()


def _meant(a: str, b: str) -> float:
    one, other = _meanings(a), _meanings(b)
    return 0.9 * len(one & other) / len(one | other) if one and other else 0.0


@cache
def _meanings(folded: str) -> frozenset[int]:
    return _of(_MEANINGS, folded)


def _of(table: Sequence[Sequence[str]], folded: str) -> frozenset[int]:
    """The rows a name belongs to; a longer word takes a shorter one of another row with it (信息发布)."""
    hits = [(word, row) for row, words in enumerate(table) for word in words if _has(folded, word)]
    whole = {word for word, _ in hits}
    return frozenset(row for word, row in hits if not any(word != w and word in w for w in whole))


def _has(folded: str, word: str) -> bool:
    return f" {word} " in f" {folded} " if _LATIN.search(word) else word in folded


def nearest(names: Iterable[str], choices: Iterable[str]) -> Nearest:
    """Of the choices the one that any of the names surely means."""
    wanted, offered = tuple(names), tuple(dict.fromkeys(choices))
    scored = sorted(
        ((max((likeness(name, choice) for name in wanted), default=0.0), choice) for choice in offered),
        key=lambda pair: -pair[0],
    )
    near = tuple(choice for score, choice in scored if score >= NEAR)[:MOST_NEAR]
    if not scored or scored[0][0] < SURE:
        return Nearest(None, near)
    is_clear = len(scored) == 1 or scored[0][0] - scored[1][0] >= CLEAR or scored[0][0] == 1.0 > scored[1][0]
    return Nearest(scored[0][1] if is_clear else None, near)


def one_to_one(wanted: Mapping[str, tuple[str, ...]], choices: Iterable[str]) -> dict[str, Nearest]:
    """Each wanted thing (id → its names) with a choice of its own: what fits best is given away first."""
    left = list(dict.fromkeys(choices))
    found: dict[str, Nearest] = {}
    open_ = dict(wanted)
    while open_:
        tried = {key: nearest(names, left) for key, names in open_.items()}
        sure = {key: each for key, each in tried.items() if each.sure is not None}
        if not sure:
            return found | tried
        best = max(sure, key=lambda key: max(likeness(name, sure[key].sure or "") for name in wanted[key]))
        found[best] = sure[best]
        left.remove(sure[best].sure or "")
        del open_[best]
    return found


def is_closed_word(state: str) -> bool:
    """A state whose name says that the matter is over, and not that something is still waited for."""
    return _of(_STATES, _affirmed(_STATES, fold(state))) == {0}


def is_paused_word(state: str) -> bool:
    """A state whose name says that somebody else is waited for."""
    return 1 in _of(_STATES, _affirmed(_STATES, fold(state)))


def height(priority: str) -> int | None:
    """0 (very low) to 5 (critical), by the priority's name; None where it does not say."""
    folded = fold(priority)
    rows = _of(_HEIGHTS, folded)
    return next(iter(rows)) if len(rows) == 1 and _affirmed(_HEIGHTS, folded) == folded else None


def _affirmed(table: Sequence[Sequence[str]], folded: str) -> str:
    """A name without those words of a table that it denies: 未解决, not closed, to be closed."""
    words = sorted((word for row in table for word in row), key=len, reverse=True)
    found = re.compile("|".join(rf"\b{w}\b" if _LATIN.search(w) else w for w in words))
    return found.sub(lambda hit: "" if _NOT.search(folded[: hit.start()]) else hit[0], folded)


USUAL = 2
"""The height of a priority that is nothing special."""
