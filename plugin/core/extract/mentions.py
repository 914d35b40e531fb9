"""Head counts in the text: a number, what it counts, and where it stands.

A number alone is nothing.  It counts people when a measure word or a noun for people follows (60人, 12名居民,
thirty retired teachers), when a noun stands before (人数约60), or when what is said of it can only be said of
people (two are in hospital).  The noun must follow without a verb between: 3 street lights outside the clinic
where parents wait are lights.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from plugin.core.extract.numerals import Number, numbers, qualified
from plugin.core.facts import Count

MOST = 400
"""Head counts looked at in one message; a text with more of them is noise around its first and last ones."""


class Mention(NamedTuple):
    """A number of people (or units of an organisation) and where its phrase stands."""

    start: int
    end: int
    count: Count
    head: str
    is_part: bool = False
    """其中…, of whom …: some of those counted before."""


_PERSON_REN = (
    r"人(?!次|民(?:币|政府|法院|检察|医院|路|公园|广场|日报)|行道|大代表|大常委|大会堂|社局|社厅|社部|社保|工费|工智能|均"
    r"|份|座|间|流|力资源|口普查|机|形|为因素|制|桌)"
)
_MEASURE = re.compile(
    rf"[ ]?(?:(?P<person>{_PERSON_REN}"
    r"|(?:多)?名(?!次|字|单|称|额|列|下|义|声|校|牌)|(?:多)?位(?!数|于|置|次|移|同)|口人|号人|个人|余人|来人)"
    r"|(?P<household>户(?!型|籍|外|口|均|主|室|数|号)|家住户|家农户|家业主|家商户|家商铺|家店|家摊|家庭)"
    r"|(?P<org>[个家](?:部门|单位|科室|局|委办|公司|企业|机构))"
    r"|(?P<item>个|对|群|批|伙)(?!月|小时|星期|礼拜|多?工作日|季度|学期|学年|世纪|多月|半月|多小时|人数))?"
)
_NOT_COUNTED = re.compile(
    r"[ ]?(?:年|月|日|号|点|时(?!候)|分(?!公司)|秒|周|天|元|块|角|万元|亿|%|％|度|℃|米|公里|千米|里|层|楼|栋|幢|单元|室|弄|路|街|巷|组|班|级|届|期|条|件|次|回|趟"
    r"|台|辆|盏|棵|张|份|套|间|平|亩|吨|公斤|斤|克|升|岁|倍|成|折|票|页|字|集|章|款|项|类|种|所|座|处|只|头|根|块|瓶|袋|箱|封|起|则|场|轮|批次|码|分之|环|线|中|小|院|区)"
)
_NOUN_GAP = r"[^\W\d_]{0,8}?"
_STOP = (
    "in at of for to with from by and or but which that who whom whose is are was were has have had be been this these those on per than"
    " after before when while where until since because if as into onto over under about around outside inside near between"
    " do does did will would can could may might should must not no it we they he she you i my our their his her the a an"
    " years year months month weeks week days day hours hour minutes minute am pm o'clock metres meters miles km times percent"
    " pounds dollars yuan euros"
).split()
_EN_WORD = rf"(?!(?:{'|'.join(_STOP)})\b)[a-z'’-]+"
_SUBSET = re.compile(
    r"(?:其中|当中|里面有|包括|含|of whom|of which|including|among them|one of them)[^。!?,]{0,6}$"
)
_ORDINAL = re.compile(
    r"(?:第|每|逐|no\.? ?|number |#|per |every |each |grade |room |block |building |unit |floor |bus |line |route |age |aged )$"
)
_EN_PREDICATE = re.compile(
    r"(?: (?:are|were|is|was|have|has|had|been|being|now|still|already|more|others?|of them|also|all|seriously|slightly|badly|lightly|reported|feared|confirmed)){0,4}"
    r" (?:injured|hurt|wounded|hospitali[sz]ed|in (?:the )?hospital|taken to|dead|died|killed|missing|trapped|stranded|evacuated|waiting|gathered|gathering|present"
    r"|queu(?:e)?ing|standing|sitting|on site|on the (?:spot|scene|pavement|steps|square)|here|outside(?! the (?:window|hours))|left|remain(?:ing)?|arrived|turned up|showed up|came|signed|signatures|co-signed)\b"
)
_ZH_BARE_BEFORE = re.compile(
    r"(?:人数|人员|群众|居民|业主|村民|员工|职工|家长|增[加至到]{1,2}|升至|达到?|涨到|减[少至到]{1,2}|降[到至]|剩下?|只剩|还剩|聚集了?|来了|已有)"
    r"(?:已经?|大?约|大概|有|近|共|为|是|达|:|,|至|到|差不多|不到|超过){0,3} ?$"
)
_ZH_BARE_AFTER = re.compile(r" ?(?:左右|上下|以上|开外)?(?=$|[ ,.。;!?、)\n]|了)")
_EN_BARE_BEFORE = re.compile(
    r"(?:(?:grown|risen|increased|swelled|swollen|rose|grew|gone|went|down|fallen|dropped|dwindled|shrunk|reached|passed) (?:up |down |back )?(?:to )?"
    r"|\bwe (?:are|were|number|are now|now number) |(?:crowd|group|queue|line|delegation|party|gathering|total) (?:of|is|is now|was|has reached|now numbers) "
    r"|there (?:are|were) (?:now |still |already |only )?|(?:numbers?|headcount|head count|attendance)(?: of people)?(?: is| are| was|:| now)? )"
    r"(?:now |about |around |some |over |nearly |almost |roughly |at least |more than |approximately |perhaps |fewer than |less than |under |up to |only |just ){0,2}$"
)
_EN_BARE_AFTER = re.compile(
    r"(?: or so| strong| in all| in total| altogether)?(?=\s*[,.;!?)]|\s*$| (?:and|but|now|at|in front|on|outside|by|who|with|of them|of us|here)\b)"
)


_EN_STOP = frozenset(_STOP)
_EN_AGENTS = re.compile(
    rf"[ -](?:{_EN_WORD} ){{0,3}}?(?P<noun>[a-z]{{2,14}}(?:ers|eers|wrights|smiths|ists|icians|folk|men|women|mates|keepers|holders))\b"
)
_EN_PLURAL = re.compile(rf"[ -](?:{_EN_WORD} ){{0,2}}?(?P<noun>[a-z]{{2,16}}s)\b(?= )")
_EN_DEEDS = re.compile(
    r"(?: (?:from|of|at|in) (?:the |our |your )?[a-z]+(?: [a-z]+)?)?,?(?: who)?(?: (?:are|were|have|has|had|been|now|still|already|all|also)){0,3}"
    r" (?:gather(?:ed|ing)?|queu(?:e)?ing|queued|standing|sitting|seated|protesting|demonstrating|marching|demanding|asking|complaining|came|come|arrived|turned up|showed up"
    r"|signed|gathered|chanting|shouting|holding (?:signs|banners|placards)|at the (?:front desk|gate|gates|counter|entrance|door|hall|reception|town hall|office|bureau)|waiting (?:outside|in|at|to|here|on))\b"
)
_EN_THINGS = frozenset(
    "computers elevators boilers meters orders numbers letters papers hours doors floors colours colors offers corners covers layers filters"
    " heaters chargers scooters trailers motors sensors towers showers drawers counters posters stickers dollars quarters centers centres containers"
    " printers matters errors factors sectors mirrors monitors radiators generators transformers escalators routers computers flowers rivers sewers"
    " gutters shutters banners lanterns rollers fliers flyers folders lockers speakers loudspeakers burners coolers freezers fryers hoovers mowers"
    " diggers bulldozers tankers freighters steamers ladders lifters bumpers dumpers hangers reminders answers numbers papers newspapers covers others"
    " cars trucks lorries buses vans bikes bicycles vehicles bins lights lamps trees shops stalls rooms houses buildings windows gates roads streets lanes"
    " trains coaches ambulances tractors taxis cabs benches seats chairs tables boxes bags pipes drains wells pumps cables wires poles signs cameras screens"
    " dogs cats rats pigs cows sheep goats birds complaints reports calls tickets emails messages forms documents permits cases votes posts comments times".split()
)


class Heads:
    """The words for what is counted, made into patterns once."""

    def __init__(self, words: Mapping[str, Sequence[str]]) -> None:
        zh = {head: [w for w in said if not w.isascii()] for head, said in words.items()}
        en = {head: [w for w in said if w.isascii()] for head, said in words.items()}
        self._zh_noun = re.compile(
            _NOUN_GAP + _groups(zh, ("staff", "household", "person")).replace("|人)", f"|{_PERSON_REN})")
        )
        self._zh_staff = re.compile(f"{_NOUN_GAP}(?:{_any(zh['staff'])})")
        self._zh_staff_before = re.compile(f"(?:{_any(zh['staff'])})[共约近有]?$")
        self._en_noun = re.compile(
            rf"[ -](?:(?:of|or so|of the|of our|of these|of those|of my|of their|more|other|-?odd) ){{0,2}}(?:{_EN_WORD} ){{0,3}}?"
            + _groups(en, ("staff", "unit", "household", "person"))
            + r"\b(?! (?:minutes|hours|years|old)\b)"
        )
        self._nouns = {noun for said in words.values() for noun in said}

    def mentions(self, text: str) -> list[Mention]:
        """Every head count in a cleaned text, in order."""
        found = []
        for number in _bounded(numbers(text)):
            behind = self._behind(text, number)
            if behind is None:
                continue
            end, head = behind
            before = text[max(0, number.start - 8) : number.start]
            if _ORDINAL.search(before):
                continue
            start, count = qualified(text, number, end)
            part = _SUBSET.search(text, max(0, start - 18), start) is not None
            found.append(Mention(start, end, count, head, part))
        return found

    def _behind(self, text: str, number: Number) -> tuple[int, str] | None:
        """Where the phrase ends and what it counts."""
        end = number.end
        following = text[end : end + 1]
        if following == " " or following == "-":
            if english := self._en_noun.match(text, end):
                return english.end(), english.lastgroup or "person"
            if agents := self._agents(text, end):
                return agents, "person"
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

    def _agents(self, text: str, end: int) -> int | None:
        """People named by a word no list has (porters, tea growers), told by its form or by what they do."""
        if found := _EN_AGENTS.match(text, end):
            return None if found["noun"] in _EN_THINGS else found.end()
        found = _EN_PLURAL.match(text, end)
        if found is None or found["noun"] in _EN_THINGS or found["noun"] in _EN_STOP:
            return None
        return found.end() if _EN_DEEDS.match(text, found.end()) else None

    def _measured(self, text: str, number: Number, measure: re.Match[str]) -> tuple[int, str] | None:
        end, kind = measure.end(), measure.lastgroup
        if kind == "org":
            return end, "unit"
        if kind in ("person", "household"):
            if self._is_staff(text, number, end):
                return end, "staff"
            return end, kind or "person"
        noun = self._zh_noun.match(text, end, min(len(text), end + 10))
        if noun is None or not _is_noun_gap(text[end : noun.start(noun.lastgroup or 0)]):
            return None
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
        if _EN_BARE_BEFORE.search(before) and (after := _EN_BARE_AFTER.match(text, number.end)):
            return after.end(), "person"
        return None


_VERBS = re.compile(
    "[在到来去被把给让对向跟和与或于从为是有没无不很都还也就要想说用买卖住等堵围站反投要请称]|已|因"
)


def _is_noun_gap(gap: str) -> bool:
    return _VERBS.search(gap) is None


def _bounded(found: list[Number]) -> Iterable[Number]:
    return found if len(found) <= MOST else [*found[: MOST // 2], *found[-MOST // 2 :]]


def _any(words: Iterable[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)) or "(?!)"


def _groups(words: Mapping[str, Sequence[str]], order: Sequence[str]) -> str:
    return "(?:" + "|".join(f"(?P<{head}>{_any(words.get(head, ()))})" for head in order) + ")"
