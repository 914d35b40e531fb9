"""A review in words: counts a group, what follows from them, and a line a ticket."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import click
from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from plugin.casebook.review import GroupReview, Reviewed, Verdict, by_group
from plugin.cli.told import print_table
from plugin.core.label import Label
from plugin.documents.desks import Desk
from plugin.documents.document_set import DocumentSet
from plugin.documents.wording import Language

ROOMY = 100
"""Columns of a terminal from which on a ticket has one line."""
SHOWN = 3
"""Tickets named in one sentence."""
VERDICTS: Mapping[Verdict, Label] = {
    "elsewhere": Label("人工放到别处", "people put it elsewhere"),
    "moved": Label("执行后被人移走", "moved on by somebody since"),
    "put": Label("人工也放到这里", "people put it there themselves"),
    "there": Label("本来就在这里", "stood there from the start"),
    "waiting": Label("还没有人处理", "nobody has moved it yet"),
    "acted": Label("已执行", "acted on"),
}
"""The order in which they are listed: what differs first."""
TARGETS: Mapping[str, Label] = {
    "group": Label("组", "group"),
    "level": Label("级别", "level"),
    "priority": Label("优先级", "priority"),
    "due": Label("期限", "due"),
    "breach": Label("超时标记", "breach"),
    "tags": Label("标签", "tags"),
    "note": Label("备注", "note"),
}
TEXTS: Mapping[str, Label] = {
    "head": Label(
        "{desk}：最近 {count} 件已决定的工单（{mode}）", "{desk}: the last {count} tickets decided ({mode})"
    ),
    "mode": Label("{mode}", "{mode}"),
    "mode-some": Label("{mode}，{groups} 已执行", "{mode}, acting for {groups}"),
    "none": Label(
        "{desk} 还没有可复核的工单：工单被读取并决定之后才会出现",
        "{desk} has no ticket to review yet: one shows here once it was read and decided",
    ),
    "ticket": Label("工单", "ticket"),
    "group": Label("主办组", "led by"),
    "tickets": Label("件", "tickets"),
    "alike": Label("人工一致", "same by people"),
    "elsewhere": Label("不同", "elsewhere"),
    "waiting": Label("未处理", "waiting"),
    "acted": Label("已执行", "acted on"),
    "writes": Label("将会写入", "would write"),
    "stands": Label("现在在", "stands in"),
    "did": Label("人工", "people"),
    "level": Label("级别", "level"),
    "sealed": Label("保密", "sealed"),
    "agree": Label(
        "{group}：{count} 件中人工有 {put} 件放到这里、{there} 件本来就在 → paidan act {desk} --group {id}",
        "{group}: of {count} people put {put} there themselves, {there} stood there from the start → "
        "paidan act {desk} --group {id}",
    ),
    "look": Label(
        "{group}：{count} 件中人工把 {elsewhere} 件放到别处 → 先看这些：{named}"
        "（paidan explain 编号 --desk {desk}）",
        "{group}: of {count} people put {elsewhere} elsewhere → look at these first: {named} "
        "(paidan explain NUMBER --desk {desk})",
    ),
    "few": Label(
        "{group}：人工只处理了 {done} 件，还不足以判断 → 再等等，或逐件查看",
        "{group}: people have dealt with {done} so far, too few to tell → wait, or look at each",
    ),
    "acted-on": Label(
        "{group}：已执行，{acted} 件中有 {moved} 件后来被人移走",
        "{group}: acted on; of {acted} somebody has moved {moved} on since",
    ),
}


class Shown:
    """One review, for people or as JSON."""

    def __init__(
        self, name: str, documents: DocumentSet, tickets: Sequence[Reviewed], language: Language
    ) -> None:
        self._name = name
        self._desk: Desk = documents.desks[name]
        plan = documents.plans[self._desk.plan]
        named = [*plan.groups, *plan.levels.items]
        self._names = {entry.id: entry.label.say(language) for entry in named}
        self._groups = by_group(tickets, (group.id for group in plan.groups))
        self._tickets = tickets
        self._language = language

    def values(self) -> dict[str, Any]:
        """The whole review as plain values."""
        return {
            "ok": True,
            "desk": self._name,
            "mode": self._desk.mode,
            "act_for": list(self._desk.act_for),
            "tickets": len(self._tickets),
            "groups": [self._group(each) for each in self._groups],
            "list": [self._ticket(each) for group in self._groups for each in group.tickets],
        }

    def _group(self, group: GroupReview) -> dict[str, Any]:
        return {
            "group": group.group,
            "name": self._names.get(group.group, group.group),
            "helpdesk": self._desk.groups.get(group.group),
            "tickets": len(group.tickets),
            **{verdict: group.count(verdict) for verdict in VERDICTS},
            "writes": group.writes(),
            "advice": group.advice,
            "told": self._told(group),
        }

    def _ticket(self, each: Reviewed) -> dict[str, Any]:
        return {
            "ticket": each.ticket,
            "came": datetime.fromtimestamp(each.at, UTC).isoformat(timespec="seconds"),
            "state": each.state,
            "group": each.lead,
            "level": each.level,
            "rank": each.rank,
            "sealed": each.is_sealed,
            "acted": each.is_acted,
            "first": each.first,
            "stands": each.stands,
            "wants": {t: v.split("\n") if t == "tags" else v for t, v in each.wants.items()},
            "writes": list(each.writes),
            "verdict": each.verdict,
        }

    def print(self) -> None:
        """Counts, what follows from them, then each ticket: what differs first."""
        if not self._tickets:
            click.echo(self._say("none", desk=self._name))
            return
        some = ", ".join(self._names.get(group, group) for group in self._desk.act_for)
        mode = self._say("mode-some" if some else "mode", mode=self._desk.mode, groups=some)
        click.echo(self._say("head", desk=self._name, count=len(self._tickets), mode=mode) + "\n")
        console = Console(highlight=False)
        is_narrow = console.is_terminal and console.width < ROOMY
        print_table(self._counts(is_narrow=is_narrow))
        click.echo()
        for group in self._groups:
            click.echo(self._told(group))
        click.echo()
        if not is_narrow:
            print_table(self._lines())
        for line in self._blocks() if is_narrow else ():
            console.print(line)

    def _counts(self, *, is_narrow: bool) -> Table:
        last = [] if is_narrow else ["writes"]
        table = _table([self._say(n) for n in ("group", *_COUNTED, *last)], right=range(1, 6))
        for group in self._groups:
            counts = (len(group.tickets), *(group.count(*those) for those in _COUNTED.values() if those))
            writes = [] if is_narrow else [self._written(group.writes())]
            table.add_row(self._named(group.group), *map(str, counts), *writes)
        return table

    def _lines(self) -> Table:
        table = _table([self._say(n) for n in ("ticket", "group", "level", "stands", "did", "writes")])
        for each in self._ordered():
            table.add_row(*self._cells(each))
        return table

    def _blocks(self) -> Iterator[RenderableType]:
        """The same where a table has no room."""
        for each in self._ordered():
            number, lead, level, stands, told, writes = self._cells(each)
            place = f"{self._say('stands')} {stands}"
            yield Text(" · ").join([Text(number, "bold"), *map(Text, (lead, level, place)), told])
            yield Padding(Text(f"{self._say('writes')} {writes}"), (0, 0, 0, 4))

    def _ordered(self) -> list[Reviewed]:
        return sorted(self._tickets, key=lambda each: list(VERDICTS).index(each.verdict))

    def _cells(self, each: Reviewed) -> tuple[str, str, str, str, Text, str]:
        level = self._names.get(each.level or "", each.level or "–") if each.rank else "–"
        sealed = f" ({self._say('sealed')})" if each.is_sealed else ""
        return (
            f"#{each.ticket}{sealed}",
            self._named(each.lead),
            level,
            each.stands or "–",
            Text(VERDICTS[each.verdict].say(self._language), _COLOURS.get(each.verdict, "")),
            self._written(dict.fromkeys(each.writes, 0), each.wants),
        )

    def _written(self, writes: Mapping[str, int], wants: Mapping[str, str] | None = None) -> str:
        """``group 3, note 3``, or of one ticket ``priority → 2, note``."""
        parts = []
        for target, count in writes.items():
            name = TARGETS[target].say(self._language)
            want = (wants or {}).get(target, "").replace("\n", "+")
            parts.append(f"{name} → {want}" if want else f"{name} {count}" if count else name)
        return ("，" if self._language == "zh" else ", ").join(parts) or "–"

    def _told(self, group: GroupReview) -> str:
        apart = [f"#{each.ticket}" for each in group.tickets if each.verdict == "elsewhere"]
        advice = "acted-on" if group.advice == "acted" else group.advice
        return self._say(
            advice,
            group=self._named(group.group),
            id=group.group,
            desk=self._name,
            count=group.count("put", "there", "elsewhere", "waiting"),
            done=group.count("put", "there", "elsewhere"),
            put=group.count("put"),
            there=group.count("there"),
            elsewhere=len(apart),
            acted=group.count("acted", "moved"),
            moved=group.count("moved"),
            named=" ".join([*apart[:SHOWN], *(["…"] if len(apart) > SHOWN else [])]),
        )

    def _named(self, group: str) -> str:
        return self._names.get(group, group)

    def _say(self, code: str, **slots: object) -> str:
        return TEXTS[code].say(self._language).format(**slots)


_COUNTED: Mapping[str, tuple[Verdict, ...]] = {
    "tickets": (),
    "alike": ("put", "there"),
    "elsewhere": ("elsewhere",),
    "waiting": ("waiting",),
    "acted": ("acted", "moved"),
}
_COLOURS: Mapping[Verdict, str] = {"elsewhere": "yellow", "moved": "yellow", "put": "green", "there": "green"}


def _table(columns: Sequence[str], right: Sequence[int] = ()) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for number, name in enumerate(columns):
        table.add_column(name, overflow="fold", justify="right" if number in right else "left")
    return table
