"""``paidan clocks``: every clock of a ticket; or a file of worked cases through the real engine."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click
from rich.table import Table
from rich.text import Text

from plugin.cli import options
from plugin.cli.asking import documents_of, the_desk, typed_id
from plugin.cli.timed import TicketTime, remembered
from plugin.cli.times import amount, span
from plugin.cli.told import print_table
from plugin.core.clock_words import step_number
from plugin.core.cycle import Cycle
from plugin.core.escalation import StepDue
from plugin.core.label import Label
from plugin.core.outlook import Standing, standings
from plugin.core.timekeeping import evaluate
from plugin.documents.clock_cases import difference, read_cases
from plugin.documents.wording import Language

TEXTS: Mapping[str, Label] = {
    "clock": Label("时限", "clock"),
    "state": Label("状态", "state"),
    "used": Label("已用", "used"),
    "left": Label("剩余", "left"),
    "due": Label("到期", "due"),
    "why": Label("依据", "why"),
    "next": Label("下一步", "next"),
    "running": Label("计时中", "running"),
    "paused": Label("暂停", "paused"),
    "overdue": Label("已超时", "overdue"),
    "met": Label("按时完成", "met"),
    "missed": Label("超时完成", "missed"),
    "superseded": Label("已重新起算", "superseded"),
    "cancelled": Label("不再适用", "cancelled"),
    "none": Label("这个工单没有时限", "this ticket has no clocks"),
    "warning": Label("{at} 提醒", "{at} warning"),
    "step": Label("{at} {chain} 第{number}步 → {to}", "{at} {chain} step {number} → {to}"),
    "since": Label("起于 {at}", "since {at}"),
    "ok": Label("通过 {id}  {title}", "ok    {id}  {title}"),
    "failed": Label("不符 {id}  {title}：{what}", "FAIL  {id}  {title}: {what}"),
    "total": Label("{count} 个例子，{failed} 个不符", "{count} cases, {failed} failed"),
    "no_cases": Label(
        "{file} 不是时钟例子的文件：{detail} → 顶层写 calendars 和 cases",
        "{file} holds no clock cases: {detail} → calendars and cases at the top",
    ),
    "usage": Label("写工单号，或用 --cases 给一个文件", "name a ticket, or a file with --cases"),
}
COLOURS = {"overdue": "red", "missed": "red", "paused": "yellow", "met": "green"}


@click.command()
@click.argument("ticket", required=False)
@click.option("--cases", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="Worked cases.")
@options.desk
@options.documents
@options.connectors
@options.language
@options.form
def clocks(
    ticket: str | None,
    cases: Path | None,
    desk: str | None,
    mappings: Path,
    connectors: Path,
    language: Language,
    form: str,
) -> None:
    """Show the clocks of TICKET: state, time used and left, when it is due, why, and what comes next.

    With --cases FILE, run a file of worked cases (the form of sla-cases.json) through the engine instead:
    one line for each, the first difference where one fails; exit 1 if any does.
    """
    if cases is not None:
        raise SystemExit(_run_cases(cases, language, form))
    if ticket is None:
        raise click.UsageError(TEXTS["usage"].say(language))
    documents = documents_of(mappings, connectors, language)
    where = the_desk(documents, desk, language)
    shown = remembered(documents, where, typed_id(ticket, where, documents, connectors), language)
    evaluation = evaluate(shown.history.policy, shown.history.calendars, shown.history.events, shown.now)
    found = list(standings(evaluation, shown.now, shown.known_since))
    if form == "json":
        click.echo(json.dumps([_values(each, shown) for each in found], ensure_ascii=False, indent=1))
    else:
        _print(found, shown, language)


def _print(found: list[Standing], shown: TicketTime, language: Language) -> None:
    if not found:
        click.echo(TEXTS["none"].say(language))
        return
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for name in ("clock", "state", "used", "left", "due", "why", "next"):
        short = name in ("state", "used", "left")
        table.add_column(TEXTS[name].say(language), overflow="fold", no_wrap=short)
    for each in sorted(found, key=lambda s: (s.cycle.is_done, s.due_at or 0)):
        table.add_row(*_row(each, shown, language))
    print_table(table)


def _row(each: Standing, shown: TicketTime, language: Language) -> Iterator[Text]:
    cycle, words = each.cycle, shown.words
    status = cycle.outcome or cycle.state
    yield Text(words.name(cycle.clock.id))
    yield Text(TEXTS[status].say(language), COLOURS.get(status, ""))
    used = amount(each.used, in_days=each.in_days, language=language)
    whole = amount(each.amount, in_days=each.in_days, language=language)
    yield Text(f"{used} / {whole}")
    yield Text("" if cycle.is_done else _left(each, shown.now, language))
    yield Text(words.due(cycle))
    since = TEXTS["since"].say(language).format(at=words.at(cycle.start))
    yield Text(f"{words.basis.get(cycle.clock.id, '')} {since}".strip(), "dim")
    yield Text("" if each.next is None else _next(each.next, shown, language))


def _left(each: Standing, now: int, language: Language) -> str:
    """Of a clock that counts days, the days; overdue, by how much real time."""
    if each.cycle.breached_at is not None:
        return span(each.cycle.breached_at - now)
    return amount(each.left, in_days=each.in_days, language=language)


def _next(step: StepDue, shown: TicketTime, language: Language) -> str:
    words, at = shown.words, shown.words.at(step.due_at)
    if step.step is None:
        return TEXTS["warning"].say(language).format(at=at)
    lead = shown.placement.lead if shown.placement and step.to == "lead" else step.to
    chain, (number, _) = step.chain.partition("/")[0], step_number(step.key)
    return (
        TEXTS["step"].say(language).format(at=at, chain=words.name(chain), number=number, to=words.name(lead))
    )


def _values(each: Standing, shown: TicketTime) -> dict[str, Any]:
    cycle: Cycle = each.cycle
    return {
        "clock": cycle.clock.id,
        "cycle": cycle.id,
        "state": cycle.state,
        "outcome": cycle.outcome,
        "start_at": cycle.start,
        "due_at": each.due_at,
        "is_provisional": bool(each.due_at and cycle.calendar and cycle.calendar.is_provisional(each.due_at)),
        "breached_at": cycle.breached_at,
        "stopped_at": cycle.ended[-1] if cycle.is_done else None,
        "unit": "days" if each.in_days else "seconds",
        "target": each.amount,
        "used": each.used,
        "left": None if cycle.is_done else each.left,
        "basis": shown.words.basis.get(cycle.clock.id),
        "next": each.next and {"key": each.next.key, "at": each.next.due_at, "to": each.next.to or None},
    }


def _run_cases(file: Path, language: Language, form: str) -> int:
    try:
        found = read_cases(json.loads(file.read_text("utf-8")))
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        click.echo(TEXTS["no_cases"].say(language).format(file=file, detail=error), err=True)
        return 1
    failed, told = 0, []
    for case in found:
        what = difference(case)
        failed += what is not None
        told.append({"id": case.id, "ok": what is None, "difference": what})
        if form == "text":
            text = TEXTS["ok" if what is None else "failed"].say(language)
            click.echo(text.format(id=case.id, title=case.title, what=what))
    if form == "json":
        click.echo(json.dumps(told, ensure_ascii=False, indent=1))
    else:
        click.echo(TEXTS["total"].say(language).format(count=len(found), failed=failed))
    return 1 if failed else 0
