"""``paidan backfill``: take the older tickets of a helpdesk in, beside the Paidan that runs."""

from __future__ import annotations

import json
import os
import time
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from plugin.app.desks import Desks
from plugin.casebook.backfill import AT_A_TIME, Backfill, Report, in_order, listed
from plugin.casebook.database import Database
from plugin.casebook.desks import DeskInUse
from plugin.casebook.recall import is_there
from plugin.cli import options
from plugin.cli.asking import documents_of, give_up, stop, the_desk
from plugin.cli.environment import settings_for
from plugin.cli.timed import words_for
from plugin.cli.times import beginning_of
from plugin.cli.told import print_table
from plugin.core.clock_words import ClockWords
from plugin.core.label import Label
from plugin.desk.connector import Connector
from plugin.desk.helpdesk import Changed
from plugin.documents.render import as_text
from plugin.documents.wording import Language
from plugin.errors import Busy, DocumentsInvalid, HelpdeskError, StoreError
from plugin.settings import Settings

TRIES = 5
"""How often a page of the list is asked for that does not come."""
QUIET = 15.0
"""Seconds without any ticket being read after which the person is told that nobody may be working."""
LOOK = 0.2
TEXTS: Mapping[str, Label] = {
    "listing": Label("列出工单", "listing tickets"),
    "taking": Label("接入工单", "taking tickets in"),
    "reading": Label("试读工单", "reading tickets"),
    "no_list": Label(
        "无法列出这个工单系统的工单：{why}", "the tickets of this helpdesk cannot be listed: {why}"
    ),
    "partly": Label("注意：{why}", "Note: {why}"),
    "helpdesk": Label("工单列不出来：{detail}", "the tickets cannot be listed: {detail}"),
    "no_book": Label(
        "还没有案卷库 {where} → 先启动 paidan serve，再接入旧工单",
        "there is no case book {where} yet → start paidan serve first, then take the older tickets in",
    ),
    "nobody": Label(
        "一段时间没有工单被读取：派单在运行吗？已接入的工单会在它运行时处理，这里继续等待。",
        "No ticket was read for a while: does Paidan run? What was taken in is read once it does; waiting.",
    ),
    "stopped": Label(
        "已停止：接入 {taken} 件；再次运行同一命令即可继续。",
        "Stopped: {taken} tickets taken in; run the same command again to go on.",
    ),
    "done": Label(
        "接入 {taken} 件；{known} 件早已在案卷库中，未动。",
        "{taken} tickets taken in; {known} were known and are left alone.",
    ),
    "limits": Label(
        "派单接手前已超过的时限只记录，不逐级告知（要告知请用 --alarm）。",
        "Limits that passed before Paidan knew a ticket are put on record, nobody is told (--alarm tells).",
    ),
    "report": Label("试算：没有写入任何内容", "dry run: nothing was written anywhere"),
    "tickets": Label("工单", "tickets"),
    "known": Label("其中已知", "known already"),
    "open": Label("未结", "open"),
    "closed": Label("已结", "closed"),
    "unreadable": Label("读不到", "unreadable"),
    "moved": Label("会有改动", "would be changed"),
    "missed": Label("已有时限超过", "with a limit passed already"),
    "level": Label("级别 {name}", "level {name}"),
    "group": Label("主办 {name}", "lead {name}"),
    "limit": Label("已超过 {name}", "passed {name}"),
    "no_level": Label("无", "none"),
}


@click.command()
@click.option("--since", required=True, help="Tickets changed since: 2026-11-01, or 30d.")
@click.option("--dry-run", is_flag=True, help="Read and decide, write nothing, and say what would happen.")
@click.option("--rate", default=60, show_default=True, type=click.IntRange(1), help="Tickets a minute.")
@click.option("--open-only", is_flag=True, help="Leave closed tickets out.")
@click.option(
    "--alarm", is_flag=True, help="Tell people of limits that passed before Paidan knew the ticket."
)
@options.desk
@options.documents
@options.connectors
@options.language
@options.form
def backfill(
    since: str,
    dry_run: bool,
    rate: int,
    open_only: bool,
    alarm: bool,
    desk: str | None,
    mappings: Path,
    connectors: Path,
    language: Language,
    form: str,
) -> None:
    """Take the tickets in that a helpdesk has already, beside the Paidan that runs.

    A few at a time and below everything that happens meanwhile. What is known is left alone: run it again to
    go on after it was stopped. With --dry-run each ticket is read and decided, and a report says what would
    become of them.
    """
    documents = documents_of(mappings, connectors, language)
    name = the_desk(documents, desk, language)
    words = words_for(documents, name, language)
    start = beginning_of(since, time.time(), words.zone)
    if start is None:
        stop("not_an_instant", language, given=since)
    settings = settings_for(language).model_copy(update={"mappings": mappings, "connectors": connectors})
    try:
        used = Desks(settings, os.environ)()[name]
    except DocumentsInvalid as error:
        give_up(as_text(error.problems, {}, language, f"{mappings.name}/"))
    run = _Run(name, used, settings, rate, language, words)
    try:
        if not dry_run:
            run.check_book()
        tickets = in_order(run.listed(float(start)), open_only=open_only)
        if dry_run:
            run.report(tickets, form)
        else:
            run.take(tickets, alarm=alarm)
    except StoreError as error:
        stop("store", language, 1, detail=error)


class _Run:
    """One backfill of one desk, on this terminal."""

    def __init__(
        self, name: str, desk: DeskInUse, settings: Settings, rate: int, language: Language, words: ClockWords
    ) -> None:
        self._name = name
        self._desk = desk
        self._url = settings.database_url
        self._pause = 60.0 / rate
        self._next = 0.0
        self._language = language
        self._words = words
        self._failed = 0
        self._console = Console(stderr=True, highlight=False)

    def _say(self, code: str, **slots: object) -> str:
        return TEXTS[code].say(self._language).format(**slots)

    def _progress(self) -> Progress:
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        return Progress(*columns, console=self._console, transient=True)

    def _wait(self) -> None:
        """No more calls a minute than asked for, and half of what the helpdesk allows is left to others."""
        budget = getattr(self._desk.helpdesk, "budget", None)
        is_scarce = budget is not None and budget.limit and budget.remaining * 2 < budget.limit
        time.sleep(max(0.0, self._next - time.monotonic()))
        self._next = time.monotonic() + self._pause * (10 if is_scarce else 1)

    def _again(self, error: HelpdeskError) -> bool:
        """Wait as the helpdesk asks, or longer each time; a few times."""
        self._failed += 1
        if not error.retryable or self._failed > TRIES:
            return False
        asked = error.retry_after if isinstance(error, Busy) else None
        time.sleep(2.0**self._failed if asked is None else asked)
        return True

    def check_book(self) -> None:
        """Tickets are taken into the case book of a Paidan that runs, or ran; ends the command otherwise."""
        if not is_there(self._url):
            give_up(self._say("no_book", where=self._url.rpartition("/")[2]))

    def listed(self, since: float) -> list[Changed]:
        """Every ticket the helpdesk lists; ends the command where it cannot."""
        helpdesk = self._desk.helpdesk
        assert isinstance(helpdesk, Connector)
        why = helpdesk.descriptor.cannot.get("changed")
        if helpdesk.list_manner is None:
            give_up(self._say("no_list", why=why.say(self._language) if why else "–"))
        if why:
            click.echo(self._say("partly", why=why.say(self._language)), err=True)
        found: list[Changed] = []
        with self._progress() as progress:
            task = progress.add_task(self._say("listing"), total=None)
            try:
                for rows in listed(helpdesk, since, before_call=self._wait, after_error=self._again):
                    found += rows
                    self._failed = 0
                    progress.update(task, completed=len(found))
            except HelpdeskError as error:
                give_up(self._say("helpdesk", detail=error))
        return found

    def report(self, tickets: tuple[str, ...], form: str) -> None:
        """What would become of them."""
        made = Report(known=len(tickets) - len(self._unknown(tickets)))
        with self._progress() as progress:
            for ticket in progress.track(tickets, description=self._say("reading")):
                self._wait()
                made.add(self._desk.helpdesk, self._desk, ticket, time.time())
        if form == "json":
            click.echo(json.dumps(vars(made), ensure_ascii=False, indent=1))
        else:
            self._print(made)

    def _unknown(self, tickets: tuple[str, ...]) -> tuple[str, ...]:
        if not is_there(self._url):
            return tickets
        database = Database(self._url)
        try:
            return Backfill(database, self._name).unknown(tickets)
        finally:
            database.close()

    def _print(self, made: Report) -> None:
        table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), show_header=False)
        for code in ("tickets", "known", "open", "closed", "unreadable", "moved", "missed"):
            table.add_row(self._say(code), str(getattr(made, code)))
        parts: tuple[tuple[str, Counter[str]], ...] = (
            ("level", made.levels),
            ("group", made.groups),
            ("limit", made.limits),
        )
        for code, counts in parts:
            table.add_row()
            for name, count in counts.most_common():
                shown = self._say("no_level") if name == "none" else self._words.name(name)
                table.add_row(self._say(code, name=shown), str(count))
        print_table(table)
        click.echo(self._say("report"))

    def take(self, tickets: tuple[str, ...], *, alarm: bool) -> None:
        """Take them in, a few at a time."""
        database = Database(self._url)
        taken = 0
        try:
            taking = Backfill(database, self._name, alarm=alarm)
            new = taking.unknown(tickets)
            with self._progress() as progress:
                for ticket in progress.track(new, description=self._say("taking")):
                    self._wait()
                    self._wait_for_room(taking, AT_A_TIME - 1)
                    taken += taking.take(ticket)
                self._wait_for_room(taking, 0)
        except KeyboardInterrupt:
            give_up(self._say("stopped", taken=taken))
        finally:
            database.close()
        click.echo(self._say("done", taken=taken, known=len(tickets) - taken))
        if taken and not alarm:
            click.echo(self._say("limits"))

    def _wait_for_room(self, taking: Backfill, most: int) -> None:
        """Until no more than so many tickets wait to be read."""
        since, left = time.monotonic(), taking.waiting()
        while left > most:
            time.sleep(LOOK)
            now = taking.waiting()
            since = time.monotonic() if now != left else since
            left = now
            if time.monotonic() - since > QUIET:
                self._console.print(self._say("nobody"))
                since = time.monotonic() + 3600
