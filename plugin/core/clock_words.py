"""What Paidan says about time, in a ticket's note or on a terminal: one table, zh and en, with fixed slots.

A slot takes only what stands in the organisation's own documents, an instant or a number.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, tzinfo

from plugin.core.cycle import Cycle
from plugin.core.escalation import StepDue
from plugin.core.label import Label
from plugin.core.wording import Language

LATE = 60
"""Seconds after its instant from which a step says when it was due."""

TEXTS: Mapping[str, Label] = {
    "warning": Label(
        "时限提醒：{clock}，已用 {percent}%，应于 {due} 前完成{basis}。",
        "Limit: {clock}, {percent} % of the time is used, due {due}{basis}.",
    ),
    "warning_breached": Label(
        "时限提醒：{clock}，应于 {due} 前完成，已超时{basis}。",
        "Limit: {clock} was due {due} and is missed{basis}.",
    ),
    "before": Label(
        "派单接手前已超时：{clock}，应于 {due} 前完成{basis}；未逐级告知。",
        "Missed before Dispatch knew this ticket: {clock} was due {due}{basis}; nobody was told.",
    ),
    "step": Label(
        "逐级告知（{chain}，第 {number}/{count} 步{again}）：{clock}，应于 {due} 前完成；{told}{basis}。",
        "Escalation ({chain}, step {number} of {count}{again}): {clock}, due {due}; {told}{basis}.",
    ),
    "again": Label("，第 {turn} 次重复", ", repeat {turn}"),
    "told": Label("已通知{to}", "told: {to}"),
    "nobody": Label("无人可通知：{to}", "nobody to tell: {to}"),
    "assigned": Label("，转{group}", ", moved to {group}"),
    "late": Label("（应于 {at} 发出，迟发）", " (was due to be sent {at}; sent late)"),
    "basis": Label("（依据：{refs}）", " ({refs})"),
    "provisional": Label("（暂定，日历只到 {through}）", " (provisional: the calendar ends {through})"),
    "correction": Label(
        "更正：{at} 的“{what}”按现在已知的情况并不成立，予以撤回。",
        "Correction: “{what}” of {at} does not hold by what is known now; it is withdrawn.",
    ),
    "sealed": Label("派单：本件一项时限到点，{told}。", "Dispatch: a limit of this matter has come; {told}."),
    "no_due": Label("暂停中", "standing still"),
    "list": Label("、", ", "),
}


@dataclass(frozen=True, slots=True)
class ClockWords:
    """How a desk speaks of time: its language and zone, the plan's names, what each clock rests on."""

    language: Language = "en"
    zone: tzinfo = UTC
    names: Mapping[str, str] = field(default_factory=dict)
    """clock, chain, group or role id → its label in this language"""
    basis: Mapping[str, str] = field(default_factory=dict)
    """clock or chain id → the law or clause it carries out"""
    covered_through: date | None = None
    """Of the desk's calendar: what is due later is provisional."""

    def say(self, code: str, **slots: object) -> str:
        """The text of the table, its slots filled; a slot's braces are never evaluated."""
        return TEXTS[code].say(self.language).format(**slots)

    def name(self, key: str) -> str:
        """The plan's label of an id, else the id."""
        return self.names.get(key, key)

    def at(self, instant: int) -> str:
        """An instant (UTC seconds) in local time; the end of a day is its 24:00, as the law counts."""
        local = datetime.fromtimestamp(instant, self.zone)
        if (local.hour, local.minute, local.second) == (0, 0, 0):
            return f"{local.date() - timedelta(days=1)} 24:00"
        return local.strftime("%Y-%m-%d %H:%M:%S" if local.second else "%Y-%m-%d %H:%M")

    def due(self, cycle: Cycle) -> str:
        """When a cycle is due, and whether that may still change with the calendar."""
        at = cycle.due_at()
        if at is None:
            return self.say("no_due")
        calendar = cycle.calendar
        if calendar is None or not calendar.is_provisional(at):
            return self.at(at)
        return self.at(at) + self.say("provisional", through=calendar.covered_through)

    def refs(self, *ids: str) -> str:
        """What these entries rest on, in brackets; nothing where they say nothing."""
        found = dict.fromkeys(self.basis[each] for each in ids if self.basis.get(each))
        return self.say("basis", refs="; ".join(found)) if found else ""

    def listed(self, ids: tuple[str, ...]) -> str:
        """Names as one list."""
        return self.say("list").join(map(self.name, ids))


def warning_line(warning: StepDue, words: ClockWords) -> str:
    """A share of a clock's time is used up."""
    cycle = warning.cycle
    assert cycle is not None
    percent = next((w.percent for w in cycle.warnings if w.key == warning.key), 0)
    code = "warning" if cycle.breached_at is None else "warning_breached"
    clock = cycle.clock.id
    return words.say(
        code, clock=words.name(clock), percent=percent, due=words.due(cycle), basis=words.refs(clock)
    )


def before_line(cycle: Cycle, words: ClockWords) -> str:
    """A limit that was missed before the ticket was known here."""
    clock = cycle.clock.id
    return words.say("before", clock=words.name(clock), due=words.due(cycle), basis=words.refs(clock))


def step_line(
    step: StepDue, words: ClockWords, *, told: tuple[str, ...], decided_at: int, sealed: bool
) -> str:
    """A step of a chain: who was told (groups, roles or seats), about which limit, by which clause."""
    what = words.say("told", to=words.listed(told)) if told else words.say("nobody", to=words.name(step.to))
    if sealed:
        return words.say("sealed", told=what)
    cycle, (number, turn) = step.cycle, step_number(step.key)
    assert cycle is not None
    if step.step is not None and step.step.assign:
        what += words.say("assigned", group=words.name(step.step.assign))
    if decided_at - step.due_at > LATE:
        what += words.say("late", at=words.at(step.due_at))
    chain, clock = step.chain.partition("/")[0], cycle.clock.id
    return words.say(
        "step",
        chain=words.name(chain),
        number=number,
        count=step.steps,
        again=words.say("again", turn=turn) if turn else "",
        clock=words.name(clock),
        due=words.due(cycle),
        told=what,
        basis=words.refs(clock, chain),
    )


def correction_line(key: str, due_at: int, words: ClockWords, *, sealed: bool) -> str:
    """Something sent that, by what is known now, should not have been."""
    named = key.partition("@")[0]
    what = "–" if sealed else words.name(named.partition("/")[0])
    return words.say("correction", what=what, at=words.at(due_at))


def step_number(key: str) -> tuple[int, int]:
    """The step and the repeat (0: none) of a key ``chain@cycle:sN[rK]``."""
    step, _, turn = key.rpartition(":s")[2].partition("r")
    return int(step), int(turn or 0)
