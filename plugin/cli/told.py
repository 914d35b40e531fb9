"""A decision for people: the trace as a tree, where the case stands, what would be done. Plain when piped."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from plugin.core.case import Decision, Reading
from plugin.core.effects import Change, Effects
from plugin.core.label import Label
from plugin.core.trace import Answer, TraceNode
from plugin.core.wording import Voice, fact_text, level_text

PIPED_WIDTH = 160
COLOURS = {Answer.YES: "green", Answer.NO: "red", Answer.UNKNOWN: "yellow", Answer.NOT_TRIED: "dim"}
TEXTS: Mapping[str, Label] = {
    "yes": Label("是", "yes"),
    "no": Label("否", "no"),
    "unknown": Label("未知", "unknown"),
    "not tried": Label("未试", "-"),
    "ticket": Label("工单", "ticket"),
    "documents": Label("文件", "rules"),
    "message": Label("消息 {id}  {at}", "message {id}  {at}"),
    "facts": Label("事实", "facts"),
    "stands": Label("结论", "stands"),
    "lead": Label("主办", "lead"),
    "co": Label("协办", "with"),
    "clocks": Label("时限", "clocks"),
    "proposal": Label("建议", "propose"),
    "lower": Label(
        "由人降级（较新的消息严重度 {rank}）", "a person may lower it (a newer message has rank {rank})"
    ),
    "end": Label(
        "由人终止（较新的消息严重度 {rank}）", "a person may end it (a newer message has rank {rank})"
    ),
    "problem": Label("问题", "problem"),
    "would": Label("将会", "would"),
    "set": Label("{target}：{base} → {want}", "set {target}: {base} → {want}"),
    "note": Label("写内部备注：", "write an internal note:"),
    "no_effect": Label("无需更动", "change nothing"),
    "mode": Label("（这件工单的模式为 {mode}）", "(the mode of this ticket is {mode})"),
    "sealed": Label(
        "保密件：理由只向获准人员显示", "sealed: the reasons are shown only to those named for it"
    ),
    "nothing_sent": Label("没有发送任何内容", "nothing was sent"),
}


@dataclass(frozen=True, slots=True)
class Explained:
    """Everything ``explain`` has to say."""

    ticket: str
    desk: str | None
    documents: str
    decision: Decision
    effects: Effects
    mode: str
    voice: Voice
    problems: tuple[str, ...] = ()
    """Why the case waits, and what the helpdesk would not take, in words."""
    full: bool = False


def print_told(told: Explained) -> None:
    """The tree and the outcome: in colour on a terminal, plain and unfolded when piped."""
    grid = Table.grid(padding=(0, 2))
    for _ in range(3):
        grid.add_column(overflow="fold")
    for row in _rows(told):
        grid.add_row(*row)
    print_table(grid)


def print_outcome(told: Explained) -> None:
    """Where the case stands and what would be done, without the way there."""
    grid = Table.grid(padding=(0, 2))
    for _ in range(3):
        grid.add_column(overflow="fold")
    for row in _outcome(told):
        grid.add_row(*row)
    print_table(grid)


def print_table(table: Table) -> None:
    """A table: in colour and as wide as the terminal, plain and unfolded when piped."""
    console = Console(highlight=False)
    if console.is_terminal:
        console.print(table)
        return
    plain = Console(highlight=False, width=PIPED_WIDTH, no_color=True)
    with plain.capture() as captured:
        plain.print(table)
    click.echo("\n".join(line.rstrip() for line in captured.get().splitlines()))


def _rows(told: Explained) -> Iterator[tuple[Text | str, Text | str, Text | str]]:
    say = _say(told.voice)
    name = f"{told.desk} #{told.ticket}" if told.desk else told.ticket
    yield say("ticket"), Text(name), ""
    yield say("documents"), Text(told.documents), ""
    sealed = told.decision.standing.placement.sealed
    for reading in told.decision.readings:
        yield "", "", ""
        at = reading.at.strftime("%Y-%m-%d %H:%M UTC")
        yield "", Text(say("message", id=reading.message, at=at), "bold"), ""
        if sealed:
            yield "", say("sealed"), ""
        else:
            yield from _tree(reading.trace, told, 0)
    yield "", "", ""
    yield from _outcome(told)
    for problem in told.problems:
        yield Text(say("problem"), "red"), Text(problem), ""
    yield Text(say("nothing_sent"), "bold"), "", ""


def _tree(
    node: TraceNode, told: Explained, depth: int
) -> Iterator[tuple[Text | str, Text | str, Text | str]]:
    """What holds in full; what does not, by one line unless everything is asked for."""
    said = TEXTS[node.answer.value].say(told.voice.language)
    asked = " ".join(part for part in (node.what, node.wanted) if part)
    line = Text("  " * depth + asked)
    if node.found:
        line.append(f"   {node.found}", "dim")
    place = f"{node.place.file}:{node.place.line}" if node.place else ""
    yield Text(said, COLOURS[node.answer]), line, Text(place, "dim")
    if node.answer is Answer.YES or told.full:
        for child in node.children:
            yield from _tree(child, told, depth + 1)


def _outcome(told: Explained) -> Iterator[tuple[Text | str, Text | str, Text | str]]:
    say, voice, standing = _say(told.voice), told.voice, told.decision.standing
    placement = standing.placement
    yield (
        say("stands"),
        Text(f"{voice.name(placement.event_type)} · {level_text(placement, voice)}", "bold"),
        "",
    )
    yield say("lead"), Text(voice.name(placement.lead)), ""
    if placement.co:
        yield say("co"), Text(voice.listed(map(voice.name, placement.co))), ""
    if placement.clocks:
        yield say("clocks"), Text(voice.listed(map(voice.name, placement.clocks))), ""
    if standing.proposal:
        yield say("proposal"), say(standing.proposal.kind, rank=standing.proposal.rank), ""
    if told.desk:
        yield from _effects(told)


def _effects(told: Explained) -> Iterator[tuple[Text | str, Text | str, Text | str]]:
    say, first = _say(told.voice), True
    for line in _effect_lines(told):
        yield say("would") if first else "", Text(line), ""
        first = False
    if told.mode != "act":
        yield "", Text(say("mode", mode=told.mode), "yellow"), ""


def _effect_lines(told: Explained) -> Iterator[str]:
    say = _say(told.voice)
    if not told.effects:
        yield say("no_effect")
    for change in told.effects.changes:
        yield say("set", target=change.target, base=_plain(change.base), want=_plain(change.want))
    if told.effects.note:
        yield say("note")
        yield from (f"  {line}" for line in told.effects.note.text.split("\n"))


def _plain(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(map(str, value)) or "–"
    return str(value) if value else "–"


def _say(voice: Voice) -> Any:
    def say(code: str, **slots: object) -> str:
        return TEXTS[code].say(voice.language).format(**slots)

    return say


def print_json(told: Explained) -> None:
    """The same as one JSON object."""
    click.echo(json.dumps(_values(told), ensure_ascii=False, indent=1))


def _values(told: Explained) -> dict[str, Any]:
    standing = told.decision.standing
    sealed = standing.placement.sealed
    proposal = standing.proposal
    return {
        "ok": True,
        "ticket": told.ticket,
        "desk": told.desk,
        "documents": told.documents,
        "mode": told.mode,
        "readings": [] if sealed else [_reading(reading, told.voice) for reading in told.decision.readings],
        "standing": {
            **_placement(standing.placement),
            "peak": standing.peak,
            "proposal": {"kind": proposal.kind, "rank": proposal.rank} if proposal else None,
        },
        "would": {
            "changes": [_change(change) for change in told.effects.changes],
            "note": told.effects.note.text if told.effects.note else None,
        },
        "problems": list(told.problems),
        "sent": False,
    }


def _reading(reading: Reading, voice: Voice) -> dict[str, Any]:
    return {
        "message": reading.message,
        "at": reading.at.isoformat(),
        "facts": {name: fact_text(fact, voice) for name, fact in reading.facts.items()},
        **_placement(reading.placement),
        "trace": _node(reading.trace),
    }


def _placement(placement: Any) -> dict[str, Any]:
    names = (
        "event_type",
        "rank",
        "level",
        "lead",
        "co",
        "notify",
        "clocks",
        "flags",
        "tasks",
        "provisional",
        "sealed",
    )
    return {name: getattr(placement, name) for name in names}


def _node(node: TraceNode) -> dict[str, Any]:
    return {
        "answer": node.answer.value,
        "what": node.what,
        "wanted": node.wanted,
        "found": node.found,
        "place": str(node.place) if node.place else None,
        "children": [_node(child) for child in node.children],
    }


def _change(change: Change) -> dict[str, Any]:
    return {"target": change.target, "base": change.base, "want": change.want}
