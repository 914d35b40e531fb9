"""Head counts in the text: a number, what it counts, and where it stands.

A number alone is nothing.  It counts people when a measure word or a noun for people follows (60人, 12名居民,
thirty retired teachers), when a noun stands before (人数约60), or when what is said of it can only be said of
people (two are in hospital).  The noun must follow without a verb between: 3 street lights outside the clinic
where parents wait are lights.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from plugin.core.extract.agents import EN_WORD, agents
from plugin.core.extract.numerals import Number, qualified
from plugin.core.facts import Count

MOST = 400
"""Head counts looked at in one message; a text with more of them is noise around its first and last ones."""


@dataclass(frozen=True, slots=True)
class Mention:
    """A number of people (or units of an organisation) and where its phrase stands."""

    start: int
    end: int
    count: Count
    head: str
    is_part: bool = False
    """其中…, of whom …: some of those counted before."""


_PERSON_REN = (
    r"人(?!次|民(?:币|政府|法院|检察|医院|路|公园|广场|日报)|行道|大代表|大常委|大会堂|社局|社厅|社部"
    r"|社保|工费|工智能|均"
    r"|份|座|间|流|力资源|口普查|机|形|为因素|制|桌)"
)
_MEASURE = re.compile(
    rf"[ ]?(?:(?P<person>{_PERSON_REN}"
    r"|(?:多)?名(?!次|字|单|称|额|列|下|义|声|校|牌)|(?:多)?位(?!数|于|置|次|移|同)|口人|号人|个人|余人"
    r"|来人)"
    r"|(?P<household>户(?!型|籍|外|口|均|主|室|数|号)|家住户|家农户|家业主|家商户|家商铺|家店|家摊|家庭)"
    r"|(?P<org>[个家][^\W\d_]{0,4}?(?:部门|单位|科室|局|委办|公司|企业|机构)(?!的?[员职工代老][工人表板]))"
    r"|(?P<harm>(?=死(?!了|活|于)|伤|轻伤|重伤|亡))"
    r"|(?P<item>(?<=[来多余几])号|号(?=[工员职业家村居群][人工主长民众])|个|对)(?!月|小时|星期|礼拜"
    r"|多?工作日|季度|学期"
    r"|学年|世纪|多月|半月|多小时|人数))?"
)
_NOT_COUNTED = re.compile(
    r"[ ]?(?:年|月|日|号|点|时(?!候)|分(?!公司)|秒|周|天|元|块|角|万元|亿|%|％|度|℃|米|公里|千米|里|层"
    r"|楼|栋|幢|单元|室|弄|路|街|巷|组|班|级|届|期"
    r"|条|件|次|回|趟"
    r"|台|辆|盏|棵|张|份|套|间|平|亩|吨|公斤|斤|克|升|岁|倍|成|折|票|页|字|集|章|款|项|类|种|所|座|处|只"
    r"|头|根|块|瓶|袋|箱|封|起|则|场|轮|批次|码|分之|环"
    r"|线|中|小|院|区)"
)
_NOUN_GAP = r"[^\W\d_]{0,8}?"
_SUBSET = re.compile(
    r"(?:其中|当中|里面有|包括|含|of whom|of which|including|among them|one of them)[^。!?,]{0,6}$"
)
_ORDINAL = re.compile(
    r"(?:第|每|逐|no\.? ?|number |#|per |every |each |grade |room |block |building |unit |floor |bus "
    r"|line |route |age |aged )$"
)
_SELF = re.compile(r"(?:我是|我系|本人是|本人系|本人|作为|身为|我乃|我属|是)$")
"""我是一名…: who is speaking, not how many there are."""
_EN_PREDICATE = re.compile(
    r"(?: (?:are|were|is|was|have|has|had|been|being|now|still|already|more|others?|of them|also|all"
    r"|seriously|slightly|badly|lightly|reported|feared|confirmed)){0,4}"
    r" (?:injured|hurt|wounded|hospitali[sz]ed|in (?:the )?hospital|taken to|dead|died|killed|missing"
    r"|trapped|stranded|evacuated|waiting|gathered|gathering|present"
    r"|queu(?:e)?ing|standing|sitting|on site|on the (?:spot|scene|pavement|steps|square)|here"
    r"|outside(?! the (?:window|hours))|left|remain(?:ing)?|arrived|turned up|showed up|came|signed"
    r"|signatures|co-signed)\b"
)
_ZH_BARE_BEFORE = re.compile(
    r"(?:数了数|数了一下|一数|人数|老人|代表|司机|商户|摊主|学生|租户|住户|人员|群众|居民|业主|村民|员工"
    r"|职工|家长"
    r"|增[加至到]{1,2}|升至|达到?|涨到|减[少至到]{1,2}"
    r"|降[到至]|剩下?|只剩|还剩|聚集了?|来了|已有)"
    r"(?:已经?|大?约|大概|估计|预计|大致|粗略|有|近|共|为|是|达|:|,|至|到|差不多|不到|超过){0,3} ?$"
)
_ZH_BARE_AFTER = re.compile(r" ?(?:左右|上下|以上|开外)?(?=$|[ ,.。;!?、)\n]|了)")
_EN_BARE_BEFORE = re.compile(
    r"(?:(?:grown|risen|increased|swelled|swollen|rose|grew|gone|went|down|fallen|dropped|dwindled"
    r"|shrunk|reached|passed) (?:up |down |back )?(?:to )?"
    r"|\b(?:counted|counts|says?|said|reckons?|estimates?|makes it|puts it at) (?:it is |nearer "
    r"|closer to |more like )?"
    r"|\b(?:more like|nearer to|closer to) "
    r"|\b(?:count|tally|total|number|queue) (?:was|is|stands at|stood at|now stands at) "
    r"|(?:^|[:;,.] ?|\bwith )(?:now|currently|still|already) (?:some |about |around |over |nearly )?"
    r"|\bwe (?:are|were|number|are now|now number) |(?:crowd|group|queue|line|delegation|party"
    r"|gathering|total) (?:of|is|is now|was|has reached|now numbers) "
    r"|there (?:are|were) (?:now |still |already |only )?|(?:numbers?|headcount|head count"
    r"|attendance)(?: of people)?(?: is| are| was|:| now)? )"
    r"(?:now |about |around |some |over |nearly |almost |roughly |at least |more than |approximately "
    r"|perhaps |fewer than |less than |under |up to |only |just ){0,2}$"
)
_EN_BARE_AFTER = re.compile(
    r"(?: or so| strong| in all| in total| altogether)?(?=\s*[,.;!?)]|\s*$| (?:and|but|now|at|in front"
    r"|on|outside|by|who|with|of them|of us|here)\b)"
)


_ZH_AGENTS = re.compile(
    r"[^\W\d_]{1,5}?(?:工|小哥|师傅|大哥|大姐|员|农|民|友|商|贩|手|阿姨|大爷|大叔)"
    r"(?=[,。;!?、\s]|$|[在想来说要堵围站坐等到把已都也还正和与被去向聚集挤排没联反请投今昨上从就拉打])"
)
_HARM_BEFORE = re.compile("(?:[死伤困埋]了?|[砸压撞烧]死|[砸压撞烧]伤)$")
_HARM_AFTER = re.compile("(?:被?送医|被?送院|送到?医院|受伤|重伤|轻伤|昏迷|被困|遇难|死亡)")
_EN_GROUP_BEFORE = re.compile(
    r"\b(?:delegation|group|party|crowd|gathering|team|we|us|they|families|neighbours),? (?:is |are |of "
    r"|about |some )?$"
)
_EN_ALL_TOLD = re.compile(r" (?:in all|in total|all told|altogether|strong)\b")
_EN_HARM = re.compile(
    r"\b(?:killing|injuring|hurting|wounding|leaving|killed|injured)(?: at least| about| around| some"
    r"| over)? $"
)
_EN_HARM_AFTER = re.compile(r"\s*(?:[,.;!?)]|$)| (?:and|dead|injured|hurt|wounded|others)\b")


class Heads:
    """The words for what is counted, made into patterns once."""

    def __init__(self, words: Mapping[str, Sequence[str]]) -> None:
        zh = {head: [w for w in said if not w.isascii()] for head, said in words.items()}
        en = {head: [w for w in said if w.isascii()] for head, said in words.items()}
        self._zh_before = re.compile(rf"(?:{_any(zh['person'])})(?:共计?|约|大约|有|总共|一共|已?达){{0,2}}$")
        self._zh_noun = re.compile(
            _NOUN_GAP + _groups(zh, ("staff", "household", "person")).replace("|人)", f"|{_PERSON_REN})")
        )
        self._zh_staff = re.compile(f"{_NOUN_GAP}(?:{_any(zh['staff'])})")
        self._zh_staff_before = re.compile(f"(?:{_any(zh['staff'])})[共约近有]?$")
        self._en_noun = re.compile(
            rf"[ -](?:(?:of|or so|of the|of our|of these|of those|of my|of their|more|other"
            rf"|-?odd) ){{0,2}}(?:{EN_WORD} ){{0,3}}?"
            + _groups(en, ("staff", "unit", "household", "person"))
            + r"\b(?! (?:minutes|hours|years|old)\b)"
        )
        self._nouns = {noun for said in words.values() for noun in said}

    def mentions(self, text: str, seen: list[Number]) -> list[Mention]:
        """Every head count in a cleaned text, in order."""
        found = []
        for number in _bounded(seen):
            behind = self._behind(text, number)
            if behind is None:
                continue
            end, head = behind
            before = text[max(0, number.start - 8) : number.start]
            if _ORDINAL.search(before) or (number.count == Count(1, 1) and _SELF.search(before)):
                continue
            start, count = qualified(text, number, end)
            part = _SUBSET.search(text, max(0, start - 18), start) is not None or _is_former(text, start, end)
            found.append(Mention(start, end, count, head, part))
        return found

    def _behind(self, text: str, number: Number) -> tuple[int, str] | None:
        """Where the phrase ends and what it counts."""
        end = number.end
        following = text[end : end + 1]
        if following == " " or following == "-":
            if english := self._en_noun.match(text, end):
                return english.end(), english.lastgroup or "person"
            if named := agents(text, end):
                return named, "person"
            if predicate := _EN_PREDICATE.match(text, end):
                return min(predicate.end(), end + 1), "person"
        measure = _MEASURE.match(text, end)
        if measure is not None and measure.lastgroup:
            return self._measured(text, number, measure)
        if following and "\u4e00" <= following <= "\u9fff" and not _NOT_COUNTED.match(text, end):
            noun = self._zh_noun.match(text, end, min(len(text), end + 9))
            if (
                noun is not None
                and noun.end() - end <= 8
                and _is_noun_gap(text[end : noun.start(noun.lastgroup or 0)])
            ):
                return noun.end(), noun.lastgroup or "person"
        return self._bare(text, number)

    def _measured(self, text: str, number: Number, measure: re.Match[str]) -> tuple[int, str] | None:
        end, kind = measure.end(), measure.lastgroup
        if kind == "org":
            return end, "unit"
        if kind == "harm":
            return end, "person"
        if kind in ("person", "household"):
            if self._is_staff(text, number, end):
                return end, "staff"
            return end, kind or "person"
        noun = self._zh_noun.match(text, end, min(len(text), end + 10))
        if noun is None or not _is_noun_gap(text[end : noun.start(noun.lastgroup or 0)]):
            agent = _ZH_AGENTS.match(text, end) if kind == "item" else None
            if agent is not None and _is_noun_gap(agent[0]):
                return agent.end(), "person"
            if kind == "item" and (
                _HARM_BEFORE.search(text, max(0, number.start - 4), number.start)
                or _HARM_AFTER.match(text, end)
            ):
                return end, "person"
            at = max(0, number.start - 16)
            before = _ZH_BARE_BEFORE.search(text, at, number.start) or self._zh_before.search(
                text, at, number.start
            )
            return (end, "person") if before and _ZH_BARE_AFTER.match(text, end) else None
        return noun.end(), noun.lastgroup or "person"

    def _is_staff(self, text: str, number: Number, end: int) -> bool:
        if self._zh_staff_before.search(text, max(0, number.start - 8), number.start):
            return True
        staff = self._zh_staff.match(text, end, min(len(text), end + 9))
        return staff is not None and _is_noun_gap(staff[0])

    def _bare(self, text: str, number: Number) -> tuple[int, str] | None:
        """Behind a word that can only be followed by a head count, and followed by nothing counted."""
        before = text[max(0, number.start - 60) : number.start]
        if _ZH_BARE_BEFORE.search(before[-16:]):
            after = _ZH_BARE_AFTER.match(text, number.end)
            return (after.end(), "person") if after else None
        if _EN_HARM.search(before) and _EN_HARM_AFTER.match(text, number.end):
            return number.end, "person"
        if _EN_GROUP_BEFORE.search(before) and (after := _EN_ALL_TOLD.match(text, number.end)):
            return after.end(), "person"
        if _EN_BARE_BEFORE.search(before) and (after := _EN_BARE_AFTER.match(text, number.end)):
            return after.end(), "person"
        return None


_FROM = re.compile(r"(?:由|从|from )$")
_CHANGES = re.compile(r"(?:左右|上下)?[,]?(?:逐渐|逐步|陆续|一度)?[增降减涨升变] ?|.{0,12} to \d")


def _is_former(text: str, start: int, end: int) -> bool:
    """由90人降至12人, from 90 people to 12: what the number was before."""
    return bool(_FROM.search(text, max(0, start - 5), start) and _CHANGES.match(text, end))


_VERBS = re.compile(
    "[群批伙帮些在到来去被把给让对向跟和与或于从为是有没无不很都还也就要想说用住等堵围站反投要请称]|已"
    "|因|买|(?<!外)卖"
)


def _is_noun_gap(gap: str) -> bool:
    return gap.endswith("的") or _VERBS.search(gap) is None


def _bounded(found: list[Number]) -> Iterable[Number]:
    return found if len(found) <= MOST else [*found[: MOST // 2], *found[-MOST // 2 :]]


def _any(words: Iterable[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)) or "(?!)"


def _groups(words: Mapping[str, Sequence[str]], order: Sequence[str]) -> str:
    return "(?:" + "|".join(f"(?P<{head}>{_any(words.get(head, ()))})" for head in order) + ")"
