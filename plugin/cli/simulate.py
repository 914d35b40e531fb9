"""``paidan simulate``: the whole future of a ticket, if nobody does anything. Nothing is ever sent."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click
from rich.table import Table
from rich.text import Text

from plugin.cli import options
from plugin.cli.asking import desk_of, documents_of, read_ticket, stop, the_desk, typed_id, what_is
from plugin.cli.timed import TicketTime, imagined, remembered
from plugin.cli.times import instant_of, span
from plugin.cli.told import print_table
from plugin.core.clock_words import step_number
from plugin.core.label import Label
from plugin.core.outlook import Moment, outlook
from plugin.core.ticket import Ticket
from plugin.documents.wording import Language
from plugin.settings import Settings

TEXTS: Mapping[str, Label] = {
    "warning": Label("提醒", "warning"),
    "breach": Label("超时", "missed"),
    "step": Label("告知", "step"),
    "left": Label("已用 {percent}%，应于 {due} 前完成", "{percent} % of the time is used, due {due}"),
    "missed": Label("应于 {due} 前完成{basis}", "was due {due}{basis}"),
    "told": Label(
        "{chain}，第 {number}/{count} 步{again} → {to}", "{chain}, step {number} of {count}{again} → {to}"
    ),
    "again": Label("（第 {turn} 次重复）", " (repeat {turn})"),
    "moved": Label("；转 {group}", "; moved to {group}"),
    "nothing": Label("到 {until} 为止，没有任何时限会自己到期", "until {until} nothing happens by itself"),
    "end": Label("到 {until} 为止，没有人做任何事的情况下", "until {until}, if nobody does anything"),
}
COLOURS = {"breach": "red", "warning": "yellow", "step": "bold"}


@click.command()
@click.argument("ticket")
@click.option("--until", default="30d", show_default=True, help="A span (4h, 60d), a date or a local time.")
@click.option("--plan", help="Another plan than the desk's; with a written ticket.")
@options.desk
@options.documents
@options.connectors
@options.language
@options.form
def simulate(
    ticket: str,
    until: str,
    plan: str | None,
    desk: str | None,
    mappings: Path,
    connectors: Path,
    language: Language,
    form: str,
) -> None:
    """Show the future of TICKET as a time line, if nobody does anything.

    TICKET is a number in the case book, or a file with a written ticket (or - for words), taken as if it had
    just come in.
    """
    documents = documents_of(mappings, connectors, language)
    what = what_is(ticket, language)
    if isinstance(what, str):
        at = the_desk(documents, desk, language)
        shown = remembered(documents, at, typed_id(what, at, documents, connectors), language)
    else:
        where = desk_of(documents, desk, language)
        if not isinstance(what, Ticket):
            settings = Settings.model_validate({"mappings": mappings, "connectors": connectors})
            at = the_desk(documents, desk, language)
            what = read_ticket(what, at, documents, settings, "", language).ticket
        shown = imagined(documents, where, plan, what, language)
    end = instant_of(until, shown.now, shown.words.zone)
    if end is None:
        stop("not_an_instant", language, given=until)
    known = shown.history
    moments = list(
        outlook(
            known.policy,
            known.calendars,
            known.events,
            shown.ledger,
            shown.now,
            end,
            known_since=shown.known_since,
        )
    )
    if form == "json":
        click.echo(json.dumps([_values(each) for each in moments], ensure_ascii=False, indent=1))
    else:
        _print(moments, shown, end, language)


def _print(moments: list[Moment], shown: TicketTime, end: int, language: Language) -> None:
    until = shown.words.at(end)
    if not moments:
        click.echo(TEXTS["nothing"].say(language).format(until=until))
        return
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), show_header=False)
    for number in range(5):
        table.add_column(no_wrap=number < 3, overflow="fold")
    for each in moments:
        table.add_row(*_row(each, shown, language))
    print_table(table)
    click.echo(TEXTS["end"].say(language).format(until=until))


def _row(each: Moment, shown: TicketTime, language: Language) -> Iterator[Text]:
    words = shown.words
    yield Text(words.at(each.at))
    yield Text(f"+{span(each.at - shown.now)}", "dim")
    yield Text(TEXTS[each.kind].say(language), COLOURS[each.kind])
    yield Text(words.name(each.cycle.clock.id))
    yield Text(_said(each, shown, language))


def _said(each: Moment, shown: TicketTime, language: Language) -> str:
    words, clock = shown.words, each.cycle.clock.id
    if each.kind == "breach":
        return TEXTS["missed"].say(language).format(due=words.at(each.at), basis=words.refs(clock))
    if each.step is None or each.step.step is None:
        percent = next((w.percent for w in each.cycle.warnings if each.step and w.key == each.step.key), 0)
        return TEXTS["left"].say(language).format(percent=percent, due=words.due(each.cycle))
    step, (number, turn) = each.step, step_number(each.step.key)
    to = shown.placement.lead if shown.placement and step.to == "lead" else step.to
    again = TEXTS["again"].say(language).format(turn=turn) if turn else ""
    chain = words.name(step.chain.partition("/")[0])
    said = TEXTS["told"].say(language)
    told = said.format(chain=chain, number=number, count=step.steps, again=again, to=words.name(to))
    assign = step.step.assign if step.step else None
    return told + (TEXTS["moved"].say(language).format(group=words.name(assign)) if assign else "")


def _values(each: Moment) -> dict[str, Any]:
    step = each.step
    return {
        "at": each.at,
        "kind": each.kind,
        "clock": each.cycle.clock.id,
        "due_at": each.cycle.due_at(),
        "key": step.key if step else None,
        "to": step.to if step and step.step else None,
    }
