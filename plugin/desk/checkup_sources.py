"""The fields a desk file reads (``fields:``) against the fields the helpdesk has."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from difflib import get_close_matches

from plugin.core.guards import refuse_name
from plugin.desk.connector import Connector
from plugin.desk.failed import is_signed_out
from plugin.desk.findings import Finding, bad, warn
from plugin.desk.lists import Entry
from plugin.errors import HelpdeskError

NEAR = 0.6
"""Likeness from which a name is told as the one that may be meant."""


def name_gone(what: str, given: str, names: Iterable[str]) -> Finding:
    """A name that no entry of its list has, with the nearest that one has."""
    there = sorted(names)
    near = get_close_matches(given, there, n=1, cutoff=NEAR)
    return bad("name-gone", what=what, given=given, near=near[0] if near else "", there=", ".join(there[:12]))


def check_sources(
    connector: Connector, fields: tuple[Entry, ...], a_ticket: Callable[[], str | None]
) -> Iterator[Finding]:
    """Fields that are read and tell of a person, or are not there (any more).

    Some products read what every ticket has of itself by the same key (``category``), and no list of fields
    holds that: a ticket shows whether it is there, and is asked for only then. Raises a ``HelpdeskError``.
    """
    by_name = {entry.name: entry for entry in fields} | {entry.id: entry for entry in fields}
    unlisted: dict[str, str] = {}
    for name, source in ((name, field.source) for name, field in connector.desk.fields.items()):
        entry = by_name.get(source) or by_name.get(source.split(".")[0])
        if entry is not None and refuse_name(entry.name) is not None:
            yield bad("field-of-person", field=name, label=entry.name)
        elif entry is None and source and not connector.is_of_person(source):
            unlisted[name] = source
    if unlisted:
        yield from _unlisted(connector, unlisted, {each.name for each in fields}, a_ticket)


def _unlisted(
    connector: Connector, sources: dict[str, str], listed: set[str], a_ticket: Callable[[], str | None]
) -> Iterator[Finding]:
    shown = _shown(connector, sources.values(), a_ticket) if connector.reads_own_fields else frozenset()
    for name, source in sources.items():
        if shown is None:
            yield warn("field-unlisted", field=name, given=source)
        elif source not in shown:
            yield name_gone(f"fields.{name}", source, listed)


def _shown(
    connector: Connector, sources: Iterable[str], a_ticket: Callable[[], str | None]
) -> frozenset[str] | None:
    """Those of them that a ticket has a place for; None where no ticket can be looked at."""
    ticket = a_ticket()
    if ticket is None:
        return None
    try:
        return connector.fields_shown(ticket, sources)
    except HelpdeskError as error:
        if is_signed_out(error):
            raise
        return None
