"""``paidan roster``: who is on duty now and next, and when nobody is."""

from __future__ import annotations

import json
import os
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from plugin.cli import options
from plugin.cli.asking import documents_of, stop
from plugin.cli.duty import Shown, print_roster, values
from plugin.cli.times import instant_of
from plugin.core.calendar import DAY, Interval
from plugin.core.roster import Roster
from plugin.core.roster_words import RosterWords
from plugin.desk.secret_values import secret_value
from plugin.documents.document_set import DocumentSet
from plugin.documents.wording import Language
from plugin.notify.feeds import AHEAD, BEHIND, Feeds
from plugin.settings import Settings

LATEST = 253_370_764_800
"""The year 9999 in UTC seconds: no calendar counts beyond it."""


@click.command()
@click.argument("name", required=False)
@click.option("--days", default=14, show_default=True, type=click.IntRange(1, 366), help="How far ahead.")
@click.option("--at", "when", help="Instead of now: 2026-12-01T09:00, 2026-12-01, or a span such as 36h.")
@options.documents
@options.connectors
@options.language
@options.form
def roster(
    name: str | None,
    days: int,
    when: str | None,
    mappings: Path,
    connectors: Path,
    language: Language,
    form: str,
) -> None:
    """Show who is on duty for each role of roster NAME, now and next, and when nobody is.

    Its calendar feeds are read as well; while one cannot be, what it last said counts. Exit 1 if there are
    gaps within the days looked at.
    """
    documents = documents_of(mappings, connectors, language)
    wanted = _roster(documents, name, language)
    now = int(datetime.now(ZoneInfo(wanted.zone)).timestamp())
    at = now if when is None else _instant(when, now, wanted, language)
    shown = _shown(wanted, documents, mappings, now, (at, at + days * DAY), language)
    if form == "json":
        click.echo(json.dumps(values(shown), ensure_ascii=False, indent=1))
    else:
        print_roster(shown, days)
    raise SystemExit(1 if any(shown.gaps().values()) else 0)


def _roster(documents: DocumentSet, name: str | None, language: Language) -> Roster:
    known = ", ".join(documents.rosters) or "–"
    if name is None and len(documents.rosters) != 1:
        stop("which_roster", language, rosters=known)
    if name is not None and name not in documents.rosters:
        stop("no_roster", language, roster=name, rosters=known)
    return documents.rosters[name] if name else next(iter(documents.rosters.values()))


def _instant(written: str, now: int, wanted: Roster, language: Language) -> int:
    """A date alone is its beginning: whoever keeps a roster asks for the first hour of that day."""
    text = f"{written}T00:00" if len(written) == len("2026-12-01") else written
    found = instant_of(text, now, ZoneInfo(wanted.zone))
    if found is None or not 0 <= found < LATEST - 400 * DAY:
        stop("not_an_instant", language, given=written)
    return found


def _shown(
    wanted: Roster, documents: DocumentSet, mappings: Path, now: int, seen: Interval, language: Language
) -> Shown:
    feeds = Feeds(
        lambda secret: secret_value(secret, os.environ),
        mappings / "rosters",
        Settings.from_env(os.environ).feed_copies,
        behind=max(BEHIND, now - seen[0] + DAY),
        ahead=max(AHEAD, seen[1] - now + DAY),
    )
    states = feeds.states(wanted, now)
    fed = wanted.with_feeds({name: state.copy for name, state in states.items() if state.copy})
    words = RosterWords(language, wanted.zone, _names(wanted, documents, language))
    return Shown(fed, words, *seen, now, states)


def _names(wanted: Roster, documents: DocumentSet, language: Language) -> dict[str, str]:
    """Labels of seats, and of roles and groups: as the roster's desks' plans have them, else any plan."""
    used = [desk.plan for desk in documents.desks.values() if desk.roster == wanted.id]
    names: dict[str, str] = {}
    for plan in (*used, *documents.plans):
        for entry in (*documents.plans[plan].roles, *documents.plans[plan].groups):
            names.setdefault(entry.id, entry.label.say(language))
    return names | {person.id: person.label.say(language) for person in wanted.people.values()}
