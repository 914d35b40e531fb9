"""``paidan review``: what a desk would have done with its last tickets, beside what people did."""

from __future__ import annotations

import json
from datetime import UTC
from pathlib import Path

import click

from plugin.casebook.database import Database
from plugin.casebook.review import reviewed
from plugin.cli import options
from plugin.cli.asking import desk_of, documents_of, stop
from plugin.cli.casebooks import casebook
from plugin.cli.review_told import Shown
from plugin.cli.times import beginning_of
from plugin.documents.wording import Language

LAST = 100


@click.command()
@click.argument("desk")
@click.option("--last", metavar="N", default=LAST, show_default=True, type=click.IntRange(1), help="Tickets.")
@click.option("--since", metavar="TIME", help="Only tickets that came since: 7d, 2026-12-01, …T09:00.")
@options.documents
@options.connectors
@options.language
@options.form
def review(
    desk: str, last: int, since: str | None, mappings: Path, connectors: Path, language: Language, form: str
) -> None:
    """Compare what DESK decided for its last tickets with where people put them; nothing is sent.

    A ticket is its number: the case book has no word of it. Where it stands is as it was read last.
    """
    documents = documents_of(mappings, connectors, language)
    desk_of(documents, desk, language)
    with casebook(language) as database:
        found = reviewed(database, desk, last=last, since=_since(since, database, language))
    shown = Shown(desk, documents, found, language)
    if form == "json":
        click.echo(json.dumps(shown.values(), ensure_ascii=False, indent=1))
    else:
        shown.print()


def _since(given: str | None, database: Database, language: Language) -> float:
    if given is None:
        return 0.0
    with database.read() as tx:
        at = beginning_of(given, tx.now, UTC)
    return float(stop("not_an_instant", language, given=given) if at is None else at)
