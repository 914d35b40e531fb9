"""Ways of speaking: what is denied, over, only planned, supposed, hearsay or asked does not count as so.

The words are data (``language:`` in a rules file adds to them); what they reach is grammar and stands here.
A cue reaches from its clause to the end of its sentence, until a word such as 现在 or now takes it back.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from plugin.core.extract import calendar_words
from plugin.core.extract.surface import Cues, Span, Surface

MOODS = (
    "past",
    "long_past",
    "planned",
    "conditional",
    "hearsay",
    "question",
    "earlier",
    "now",
    "experienced",
)
"""What an entry may ``skip`` or want ``only``; ``negated`` is always skipped."""

_NEG_ZH = re.compile(
    r"不是|并非|并不|并无|并没有?|并未|没有?|从未|从不|尚未|未曾|不曾|毫无|绝无|无需|禁止|防止|避免|以免"
    r"|谨防|杜绝|排除|切勿|冇|唔(?!该|知|单|止)"
    r"|无(?!法|奈|故|证|良|锡|线|偿|论|数|力)|未(?!来|婚|成年|知|必|央)|非(?!常|法|机动|洲|典|得)|勿"
    r"|莫(?!名)|别(?!墅|人|处|的|说)"
    r"|不(?!断|少|仅|但|久|止|停|满|得不|得已|明|良|足|同|法|当|公|合理|到|超过|低于|多于|下于|知|清"
    r"|了了之|动产|管|论"
    r"|锈|一样|过|解决|处理|答|回|给|理|让我)"
)
_NEG_EN = re.compile(
    r"\b(?:not(?! only| enough| just| fewer| less than| more than)|no(?! doubt|\.|:| fewer| less"
    r"| more than)|nobody|none|never|without|neither|nor|cannot"
    r"|nothing|avoid(?:ing|s)?"
    r"|prevent(?:ing|s)?|zero|non|free of)\b|n[’']t\b"
)
_BREAK_ZH = re.compile("导致|致使|以致|所以|于是|因此|就|才|却|而|反而")
_BREAK_EN = re.compile(
    r" but |, | and (?=[a-z]+ (?:is|are|was|were|has|have|had|do|does|did)\b)|(?: so| because| which| who) "
)
_DENIED_BEHIND = re.compile(
    r"[ ]?(?:人员|情况|人数|者|事件)?(?:(?:[:为是][ ]?|情况)(?:暂?无(?!法)|没有|零|0(?![\d.])|none|nil"
    r"|no\b|zero|0\b)"
    r"|暂?无[。,;]|: ?(?:none|nil|no)\b)"
)
_ATTRIBUTE = re.compile("[未无不][^的,]{1,4}的")
"""未封口的窨井, 无证的车: what is denied is said of a thing, not of what follows."""
_ZH_REACH, _EN_REACH = 14, 44
_ZH_GAP = 10
_GUO = re.compile(
    "[来去到求映访过找问提诉告谈查报系议死伤亡生撞摔烧带教养救帮管][^,。]?过(?!程|渡|节|户|路|道|滤|敏|夜|分|激|于"
    "|后|期|去|多|来"
    "|大|高|剩)"
)
_ONGOING_BEHIND = re.compile("[底初年末]?[ ]?(?:起|以来|开始|至今|到现在|到今天|到目前|一直)")
_ONGOING_BEFORE = re.compile(r"(?:自从?|从|打从|since|from|ever since) ?$")
_POLITE = re.compile(
    "(?:如果?|若|要是)(?:有)?(?:可能|可以|方便|需要|情况允许)|if (?:you |it is |at all "
    "|it's )?(?:possible|can|could"
    "|convenient|needed|necessary)|what if|would like|would be (?:grateful|nice|good)|would love"
    "|would appreciate|could (?:you|someone|somebody|we|i)|i would"
)


_NONE: frozenset[str] = frozenset()
Hit = tuple[int, int, str]
"""Where a cue starts and ends, and of which mood it is."""


class Moods:
    """The moods of one message's clauses, told when asked."""

    def __init__(self, surface: Surface, words: Mapping[str, Cues], today: date | None) -> None:
        self._surface = surface
        hits = [(*hit, mood) for mood, cues in words.items() for hit in surface.places(cues)]
        self._hits = sorted([*hits, *self._dates(today)])
        self._at: dict[int, frozenset[str]] = {}
        self._any = bool(self._hits) or "过" in surface.text
        self._told: dict[Span, list[tuple[int, frozenset[str]]]] = {}

    def _dates(self, today: date | None) -> Iterator[Hit]:
        if today is None:
            return
        for span, days in calendar_words.dated(self._surface.text, today):
            if days > 1:
                yield (*span, "past")
            if days > 90:
                yield (*span, "long_past")
            if days < 0:
                yield (*span, "planned")

    def at(self, span: Span) -> frozenset[str]:
        """The moods that hold at a place; ``X!`` where the cue stands in its own clause."""
        if not self._any:
            return _NONE
        known = self._at.get(span[0])
        if known is None:
            known = self._at[span[0]] = self._around(span)
        return known

    def _around(self, span: Span) -> frozenset[str]:
        sentence = self._surface.sentence(span[0])
        told = self._told.get(sentence)
        if told is None:
            told = self._told[sentence] = self._tell(sentence)
        return told[bisect_right(told, span[0], key=_start) - 1][1]

    def _tell(self, sentence: Span) -> list[tuple[int, frozenset[str]]]:
        told: list[tuple[int, frozenset[str]]] = []
        carried: set[str] = set()
        clauses = self._surface.clauses(sentence)
        for index, clause in enumerate(clauses):
            own = self._own(clause)
            if "now" in own:
                carried -= {"past", "long_past", "earlier", "planned", "conditional"}
            if "planned" in own:
                carried -= {"past", "long_past", "earlier"}
            if "past" in own or "earlier" in own:
                carried -= {"planned"}
            if "planned" in own and index + 1 < len(clauses) and self._supposes(clauses[index + 1]):
                own.add("conditional")
            carried |= own - {"now", "question"}
            told.append((clause[0], frozenset(carried | own | {f"{mood}!" for mood in own})))
        return told

    def _supposes(self, clause: Span) -> bool:
        return any(mood == "conditional" for _, _, mood in self._begun_in(clause[0], clause[0] + 7))

    def _begun_in(self, start: int, end: int) -> Sequence[Hit]:
        """The cues that begin in a stretch of text."""
        hits = self._hits
        return hits[bisect_left(hits, (start,)) : bisect_left(hits, (end,))]

    def _own(self, clause: Span) -> set[str]:
        own = {mood for start, end, mood in self._begun_in(*clause) if self._is_meant(mood, (start, end))}
        if _GUO.search(self._surface.text, *clause):
            own |= {"past", "experienced"}
        if "long_past" in own:
            own.add("past")
        return own

    def _is_meant(self, mood: str, hit: Span) -> bool:
        text = self._surface.text
        if mood in ("past", "long_past", "earlier"):
            return not (
                _ONGOING_BEHIND.match(text, hit[1])
                or _ONGOING_BEFORE.search(text, max(0, hit[0] - 12), hit[0])
            )
        if mood == "conditional":
            return not any(
                found.start() <= hit[0] < found.end()
                for found in _POLITE.finditer(text, max(0, hit[0] - 12), min(len(text), hit[1] + 24))
            )
        return True


def _start(told: tuple[int, frozenset[str]]) -> int:
    return told[0]


def negated(surface: Surface, span: Span, *, counted: bool = False) -> bool:
    """Whether what stands at a place is denied; a denied denial (不是没有) affirms.

    ``counted``: the place is a number, which a denial reaches only when it stands directly before.
    """
    text = surface.text
    clause = surface.clause(span[0])
    if not counted and _DENIED_BEHIND.match(text, span[1]):
        return True
    if "\u4e00" <= text[span[0]] <= "\u9fff" or counted:
        low = max(clause[0], span[0] - _ZH_REACH)
        if _odd(_NEG_ZH, _BREAK_ZH, text[low : span[0]], 4 if counted else _ZH_GAP, counted=counted):
            return True
    if text[span[0]] < "\u0530":
        low = max(clause[0], span[0] - _EN_REACH)
        return _odd(_NEG_EN, _BREAK_EN, text[low : span[0]], 5 if counted else _EN_REACH, counted=counted)
    return False


def _odd(negation: re.Pattern[str], breaks: re.Pattern[str], before: str, gap: int, *, counted: bool) -> bool:
    """An odd number of denials in the words before, the last of them near enough and not broken off."""
    cut = max((found.end() for found in breaks.finditer(before)), default=0)
    denials = list(negation.finditer(before, cut))
    if not denials or len(before) - denials[-1].end() > gap:
        return False
    if _ATTRIBUTE.match(before, denials[-1].start()):
        return False
    if counted and "的" in before[denials[-1].end() :]:
        return False
    return len(denials) % 2 == 1


def first_of(moods: Sequence[str], held: frozenset[str]) -> str | None:
    """The first of some moods that holds."""
    return next((mood for mood in moods if mood in held), None)
