"""``paidan due``: the limits of all tickets that come next, and those that are missed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
from rich.table import Table
from rich.text import Text

from plugin.casebook.recall import DueRow, due_rows
from plugin.cli import options
from plugin.cli.asking import desk_of, documents_of, stop
from plugin.cli.environment import settings_for
from plugin.cli.timed import words_for
from plugin.cli.times import span, span_of
from plugin.cli.told import print_table
from plugin.core.clock_words import ClockWords
from plugin.core.label import Label
from plugin.documents.document_set import DocumentSet
from plugin.documents.wording import Language
from plugin.errors import StoreError

TEXTS: Mapping[str, Label] = {
    "due": Label("到期", "due"),
    "left": Label("剩余", "left"),
    "ticket": Label("工单", "ticket"),
    "level": Label("级别", "level"),
    "clock": Label("时限", "clock"),
    "overdue": Label("超时 {span}", "{span} late"),
    "provisional": Label("暂定", "provisional"),
    "none": Label("没有到期的时限", "nothing is due"),
    "more": Label("另有 {count} 项，用 --most 显示更多", "{count} more; see them with --most"),
}


@click.command()
@click.option("--within", default="24h", show_default=True, help="How far ahead: 90m, 4h, 7d.")
@click.option("--most", default=50, show_default=True, type=click.IntRange(1), help="Lines to show.")
@options.desk
@options.documents
@options.connectors
@options.language
@options.form
def due(
    within: str,
    most: int,
    desk: str | None,
    mappings: Path,
    connectors: Path,
    language: Language,
    form: str,
) -> None:
    """List what is due: missed limits first, the longest missed on top, then what comes next."""
    ahead = span_of(within)
    if ahead is None:
        stop("not_an_instant", language, given=within)
    documents = documents_of(mappings, connectors, language)
    if desk is not None:
        desk_of(documents, desk, language)
    try:
        rows, now = due_rows(settings_for(language).database_url, ahead, desk)
    except StoreError as error:
        stop("store", language, 1, detail=error)
    if form == "json":
        click.echo(json.dumps([_values(row, now) for row in rows], ensure_ascii=False, indent=1))
    else:
        _print(rows, now, documents, language, most)


def _print(rows: list[DueRow], now: float, documents: DocumentSet, language: Language, most: int) -> None:
    if not rows:
        click.echo(TEXTS["none"].say(language))
        return
    words = {
        name: words_for(documents, name, language)
        for name in {row.desk for row in rows}
        if name in documents.desks
    }
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for name in ("due", "left", "ticket", "level", "clock"):
        table.add_column(TEXTS[name].say(language), overflow="fold", no_wrap=name in ("due", "left"))
    for row in rows[:most]:
        table.add_row(*_row(row, now, words.get(row.desk, ClockWords(language)), language))
    print_table(table)
    if len(rows) > most:
        click.echo(TEXTS["more"].say(language).format(count=len(rows) - most))


def _row(row: DueRow, now: float, words: ClockWords, language: Language) -> tuple[Text, ...]:
    left = int(row.due_at - now)
    late = row.breached_at is not None
    note = f" ({TEXTS['provisional'].say(language)})" if row.is_provisional else ""
    return (
        Text(words.at(int(row.due_at)) + note),
        Text(TEXTS["overdue"].say(language).format(span=span(-left)), "red") if late else Text(span(left)),
        Text(f"{row.desk} #{row.ticket}"),
        Text(words.name(row.level) if row.level else "–"),
        Text(words.name(row.clock)),
    )


def _values(row: DueRow, now: float) -> dict[str, Any]:
    return {**row._asdict(), "left": int(row.due_at - now)}
