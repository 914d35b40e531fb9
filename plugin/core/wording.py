"""The texts Paidan writes into a helpdesk: one table, zh and en, with fixed slots.

A slot takes only what stands in the organisation's own documents (labels, ids, file and line) or a
number; a ticket's words are never quoted. A sealed ticket's note says where it went and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from plugin.core.decision import Decision, Pin, Placement, Proposal, Reading
from plugin.core.facts import Count, Fact, FactValue, Sure
from plugin.core.label import Label
from plugin.core.trace import Answer, TraceNode

Language = Literal["zh", "en"]

MOST_REASONS = 8
"""Facts and rules named in one note; the whole trace stands in the case book's own answers."""

TEXTS: Mapping[str, Label] = {
    "head": Label("派单：{type}；{level}；主办：{lead}", "Dispatch: {type}; {level}; lead: {lead}"),
    "head_proposed": Label(
        "派单建议（未执行，由人确认）：{type}；{level}；主办：{lead}",
        "Proposed dispatch (nothing was changed, a person confirms): {type}; {level}; lead: {lead}",
    ),
    "co": Label("协办：{groups}", "Supporting: {groups}"),
    "sealed": Label(
        "派单：本件按保密渠道办理，承办：{lead}。理由只向获准人员显示。",
        "Dispatch: handled in confidence by {lead}. The reasons are shown only to those named for it.",
    ),
    "ordinary": Label("普通事项", "ordinary matter"),
    "no_level": Label("无响应级别", "no response level"),
    "level": Label("响应级别：{level}（严重度 {rank}）", "response level: {level} (rank {rank})"),
    "inherited": Label(
        "按上级响应启动（严重度 {rank}，相当于{hint}）",
        "response activated, level inherited (rank {rank}, comparable to {hint})",
    ),
    "facts": Label("依据事实：{facts}", "Facts: {facts}"),
    "rules": Label("依据条目：{rules}", "Decided by: {rules}"),
    "clauses": Label("预案条款：{refs}", "Clauses of the plan: {refs}"),
    "verify": Label(
        "待核实：{facts}。在核实前按较高一档办理。", "To verify: {facts}. Until then the higher band holds."
    ),
    "verify_level": Label("待核实：级别为暂定。", "To verify: the level is provisional."),
    "unread": Label(
        "附件 {count} 个未读取，其内容未知。",
        "{count} attachment(s) were not read; what they hold is unknown.",
    ),
    "lower": Label(
        "较新的消息显示情况减轻（严重度 {rank}）。是否降级由有权的人决定并写明理由；级别未变。",
        "A newer message points to a lower rank ({rank}). Only a person may lower the level, with a reason.",
    ),
    "end": Label(
        "较新的消息显示事项可能已平息。是否终止响应由有权的人决定并写明理由；响应继续。",
        "A newer message says the matter may be over. Only a person may end the response, with a reason.",
    ),
    "missing": Label(
        "报告要素尚缺：{contents}。响应不等待补齐。",
        "The report still lacks: {contents}. Nothing waits for it.",
    ),
    "recused": Label("回避：{groups}（事项涉及该单位）。", "Recused: {groups} (the matter is about them)."),
    "moved": Label(
        "{target}被改为与预案不同的值，未见理由，未作更动。请说明。",
        "{target} differs from the plan and nobody said why. It is left as it is; please explain.",
    ),
    "unranked": Label(
        "接入配置（write → priority_order）没有列出现在的优先级，无法比较高低，未作更动；"
        "本件至少应为{want}。请核对。",
        "The desk file does not say how high the present priority is (write → priority_order), so it is left "
        "as it is; this matter calls for {want} at least. Please check.",
    ),
    "decided": Label("{target}按人工决定保留。", "{target} stays as a person decided."),
    "group": Label("组", "The group"),
    "priority": Label("优先级", "The priority"),
    "due": Label("期限", "The due date"),
    "time": Label("时间", "time"),
    "place": Label("地点", "place"),
    "people": Label("人员", "people"),
    "developments": Label("事态发展", "developments"),
    "initial_judgement": Label("初步判断", "initial judgement"),
    "level_field": Label("响应级别", "The response level"),
    "一般": Label("一般", "general"),
    "较大": Label("较大", "larger"),
    "重大": Label("重大", "major"),
    "特别重大": Label("特别重大", "especially major"),
    "yes": Label("是", "yes"),
    "no": Label("否", "no"),
    "or_more": Label("{low} 以上", "{low} or more"),
    "stated": Label("字段", "field"),
    "confirmed": Label("已确认", "confirmed"),
    "list": Label("、", ", "),
    "clause": Label("；", "; "),
}


@dataclass(frozen=True, slots=True)
class Voice:
    """How a desk speaks: its language, and its plan's names and clauses for ids."""

    language: Language
    names: Mapping[str, str] = field(default_factory=dict)
    """plan id (event type, level, group, fact) → its label in this language"""
    clauses: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """event type or level id → the clauses it carries out (``source_ref``)"""

    def say(self, code: str, **slots: object) -> str:
        """The text of the table, its slots filled; a slot's braces are never evaluated."""
        return TEXTS[code].say(self.language).format(**slots)

    def name(self, key: str) -> str:
        """The plan's label of an id, else the product's own, else the id."""
        if key in self.names:
            return self.names[key]
        return TEXTS[key].say(self.language) if key in TEXTS else key

    def listed(self, words: Iterable[str]) -> str:
        """Words as one list."""
        return self.say("list").join(words)


def note_text(
    decision: Decision,
    pins: tuple[Pin, ...],
    voice: Voice,
    *,
    proposed: bool,
    unread_attachments: int,
    unranked: str = "",
) -> str:
    """What the internal note of this decision says; the same decision always gives the same text.

    ``unranked``: the priority it calls for, where nobody can tell whether the present one is lower.
    """
    placement = decision.standing.placement
    if placement.sealed:
        return voice.say("sealed", lead=voice.name(placement.lead))
    reading = standing_reading(decision)
    lines = [
        *_heading(placement, voice, proposed=proposed),
        *(_why(reading, placement, voice) if reading else ()),
        *_doubts(reading, placement, voice, unread_attachments),
        *_for_people(decision.standing.proposal, placement, pins, voice),
        *((voice.say("unranked", want=unranked),) if unranked else ()),
    ]
    return "\n".join(lines)


def standing_reading(decision: Decision) -> Reading | None:
    """The reading that reached the standing; None where its message is gone since."""
    return next((r for r in decision.readings if r.message == decision.standing.message), None)


def level_text(placement: Placement, voice: Voice) -> str:
    """The level as people read it."""
    if placement.rank == 0 and not placement.activated:
        return voice.say("no_level")
    if placement.level is None:
        return voice.say("inherited", rank=placement.rank, hint=voice.name(placement.severity_hint))
    return voice.say("level", level=voice.name(placement.level), rank=placement.rank)


def _heading(placement: Placement, voice: Voice, *, proposed: bool) -> Iterator[str]:
    yield voice.say(
        "head_proposed" if proposed else "head",
        type=voice.name(placement.event_type),
        level=level_text(placement, voice),
        lead=voice.name(placement.lead),
    )
    if placement.co:
        yield voice.say("co", groups=voice.listed(map(voice.name, placement.co)))
    if placement.recused:
        yield voice.say("recused", groups=voice.listed(map(voice.name, placement.recused)))


def _why(reading: Reading, placement: Placement, voice: Voice) -> Iterator[str]:
    decisive = list(decisive_nodes(reading.reasons, placement))
    facts = [f for f in _deciding(reading, decisive) if _speakable(f)][:MOST_REASONS]
    if facts:
        yield voice.say("facts", facts=voice.say("clause").join(fact_text(f, voice) for f in facts))
    rules = dict.fromkeys(_cited(node, voice) for node in decisive if node.place)
    if rules:
        yield voice.say("rules", rules=voice.say("clause").join(list(rules)[:MOST_REASONS]))
    refs = dict.fromkeys(
        ref for key in (placement.event_type, placement.level or "") for ref in voice.clauses.get(key, ())
    )
    if refs:
        yield voice.say("clauses", refs=voice.listed(refs))


def decisive_nodes(node: TraceNode, placement: Placement) -> Iterator[TraceNode]:
    """The entries that gave the rank, then the event type and the level that held."""
    if node.answer is Answer.YES and node.what in _plan_entries(placement):
        yield node
    if "rank = " in node.found:
        decided_by = node.found.partition(":")[0].split(", ")
        yield from (child for child in node.children if child.what in decided_by)
        return
    for child in node.children:
        yield from decisive_nodes(child, placement)


def _plan_entries(placement: Placement) -> tuple[str, ...]:
    return f"event_type {placement.event_type}", f"level {placement.level}"


def _cited(node: TraceNode, voice: Voice) -> str:
    name = voice.name(node.what.rpartition(" ")[2])
    return f"{name} ({node.place.file}:{node.place.line})" if node.place else name


def _deciding(reading: Reading, decisive: list[TraceNode]) -> list[Fact]:
    """The facts the decisive entries asked for and found; every number where none can be told."""
    named = {held.what for node in decisive for held in held_nodes(node)} - set(reading.outputs)
    asked = [fact for name, fact in reading.facts.items() if name in named]
    return asked or [fact for fact in reading.facts.values() if fact.number is not None]


def held_nodes(node: TraceNode) -> Iterator[TraceNode]:
    """Every node that holds and stands below nodes that hold."""
    if node.answer is Answer.YES:
        yield node
        for child in node.children:
            yield from held_nodes(child)


def _is_id(what: str) -> bool:
    return what.replace("-", "_").replace(".", "_").isidentifier()


def _speakable(fact: Fact) -> bool:
    """Numbers, flags and words of a list may be named; free text may not."""
    words = (
        fact.value if isinstance(fact.value, tuple) and not isinstance(fact.value, Count) else (fact.value,)
    )
    return all(not isinstance(word, str) or (_is_id(word) and len(word) <= 40) for word in words)


def fact_text(fact: Fact, voice: Voice) -> str:
    """A fact with its range and the line that read it: ``people present 40–50 (rules/x.yaml:12)``."""
    source = f"{fact.place.file}:{fact.place.line}" if fact.place else ""
    if fact.sure is not Sure.READ:
        source = voice.say("confirmed" if fact.sure is Sure.CONFIRMED else "stated")
    text = f"{voice.name(fact.name)} {value_text(fact.value, voice)}"
    return f"{text} ({source})" if source else text


def value_text(value: FactValue, voice: Voice) -> str:
    """A value as people read it; an open range says so."""
    if isinstance(value, Count):
        if value.hi is None:
            return voice.say("or_more", low=value.lo)
        return str(value.lo) if value.lo == value.hi else f"{value.lo}–{value.hi}"
    if isinstance(value, bool):
        return voice.say("yes" if value else "no")
    if isinstance(value, tuple):
        return voice.listed(voice.name(str(word)) for word in value)
    return voice.name(value) if isinstance(value, str) else str(value)


def _doubts(reading: Reading | None, placement: Placement, voice: Voice, unread: int) -> Iterator[str]:
    unsure = [f for f in (reading.facts.values() if reading else ()) if f.provisional and _speakable(f)]
    if unsure:
        yield voice.say("verify", facts=voice.listed(fact_text(f, voice) for f in unsure))
    elif placement.provisional:
        yield voice.say("verify_level")
    if unread:
        yield voice.say("unread", count=unread)
    if placement.activated and placement.missing_report_content:
        yield voice.say("missing", contents=voice.listed(map(voice.name, placement.missing_report_content)))


def _for_people(
    proposal: Proposal | None, placement: Placement, pins: tuple[Pin, ...], voice: Voice
) -> Iterator[str]:
    if proposal:
        yield voice.say(proposal.kind, rank=proposal.rank)
    for pin in pins:
        if pin.rank >= placement.rank:
            target = voice.name("level_field" if pin.target == "level" else pin.target)
            yield voice.say("decided" if pin.human else "moved", target=target)
