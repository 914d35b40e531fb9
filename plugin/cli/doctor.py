"""``paidan doctor``: whether desks still fit their helpdesks, and what to do where they do not."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import click

from plugin.app.round_trip import ordinary_group
from plugin.app.round_trip import round_trip as round_trip_of
from plugin.casebook import checkups
from plugin.casebook.database import Database
from plugin.casebook.recall import is_there
from plugin.cli import options
from plugin.cli.asking import desk_of, documents_of
from plugin.cli.environment import settings_for
from plugin.core.label import Label
from plugin.desk.checkup import Subject, as_data, check_up
from plugin.desk.checkup_words import said
from plugin.desk.connector import Connector
from plugin.desk.findings import Finding, bad
from plugin.desk.opening import open_desk, product
from plugin.desk.products import Connectors, shaped
from plugin.documents import render
from plugin.documents.document_set import DocumentSet
from plugin.documents.hearing import look_every
from plugin.documents.problems import Problem
from plugin.documents.wording import Language
from plugin.errors import DocumentsInvalid, StoreError

TEXTS: Mapping[str, Label] = {
    "well": Label("没有问题", "all is well"),
    "found": Label("{errors} 个错误，{warnings} 个提醒", "{errors} errors, {warnings} warnings"),
    "no_desks": Label(
        "没有使用中的 desk 文件 → paidan connect 新建一个",
        "no desk file is in use → paidan connect makes one",
    ),
}
MARKS = {"ok": ("✓", "green"), "warning": ("!", "yellow"), "error": ("✗", "red")}


@click.command()
@click.argument("desks", nargs=-1)
@options.documents
@options.connectors
@options.language
@options.form
@click.option("--round-trip", is_flag=True, help="Also open a test ticket and see its webhook arrive.")
def doctor(
    desks: tuple[str, ...],
    mappings: Path,
    connectors: Path,
    language: Language,
    form: str,
    round_trip: bool,
) -> None:
    """Look whether DESKS (all, unless named) fit their helpdesks: address, token, names, webhooks, limits.

    Nothing is changed in the helpdesk, but for the ticket of --round-trip. Exit code 1 where tickets fall
    through, or will.
    """
    documents = documents_of(mappings, connectors, language)
    for name in desks:
        desk_of(documents, name, language)
    wanted = desks or tuple(documents.desks)
    if not wanted:
        click.echo(TEXTS["no_desks"].say(language), err=True)
        sys.exit(1)
    found = {name: _look(documents, name, connectors, language, has_trip=round_trip) for name in wanted}
    if form == "json":
        click.echo(
            json.dumps({name: as_data(each) for name, each in found.items()}, ensure_ascii=False, indent=1)
        )
    else:
        click.echo("\n\n".join(_shown(name, each, language) for name, each in found.items()))
    sys.exit(1 if any(each.severity == "error" for all_ in found.values() for each in all_) else 0)


def _look(
    documents: DocumentSet, name: str, connectors: Path, language: Language, *, has_trip: bool
) -> tuple[Finding, ...]:
    desk = documents.desks[name]
    try:
        descriptor = shaped(Connectors(connectors), desk)
        helpdesk = open_desk(descriptor, desk, os.environ)
    except DocumentsInvalid as error:
        return tuple(_not_opened(error.problems, language))
    every, map_ = look_every(desk, product(descriptor)), documents.desk_map(name)
    remembered: list[Finding] = []
    heard = None
    with _case_book(language) as database:
        try:
            if has_trip:
                remembered += _trip(database, helpdesk, documents, name, language)
            heard = checkups.heard(database, name, every) if database else None
        except StoreError as error:
            remembered.append(bad("book-unread", why=str(error)))
    return (*remembered, *check_up(Subject(helpdesk, map_, heard)))


def _not_opened(problems: Iterable[Problem], language: Language) -> Iterator[Finding]:
    """A desk that cannot be opened is one finding for each reason; the others are looked at all the same."""
    for each in problems:
        if each.severity == "error":
            words = render.said(each, language)
            yield bad("not-opened", where=str(each.place), why=words.message, advice=words.fix)


def _trip(
    database: Database | None, helpdesk: Connector, documents: DocumentSet, name: str, language: Language
) -> tuple[Finding, ...]:
    """The findings of a test ticket in the group of ordinary matters."""
    if database is None:
        return (bad("not-served"),)
    return tuple(round_trip_of(database, helpdesk, ordinary_group(documents, name), language))


@contextmanager
def _case_book(language: Language) -> Iterator[Database | None]:
    """None where there is none yet."""
    url = settings_for(language).database_url
    database = Database(url) if is_there(url) else None
    try:
        yield database
    finally:
        if database is not None:
            database.close()


def _shown(name: str, found: tuple[Finding, ...], language: Language) -> str:
    lines = [click.style(name, bold=True)]
    for each in found:
        mark, colour = MARKS[each.severity]
        lines.append(f"  {click.style(mark, fg=colour)} {said(each, language)}")
    errors, warnings = (sum(each.severity == kind for each in found) for kind in ("error", "warning"))
    told = TEXTS["found" if errors or warnings else "well"].say(language)
    colour = "red" if errors else "yellow" if warnings else "green"
    lines.append("  " + click.style(told.format(errors=errors, warnings=warnings), fg=colour, bold=True))
    return "\n".join(lines)
