"""A ticket opened in the helpdesk to see its webhook arrive: the proof that address and secret are right."""

from __future__ import annotations

import time
from collections.abc import Iterator

from plugin.casebook import arrivals
from plugin.casebook.database import Database
from plugin.desk.connector import Connector
from plugin.desk.findings import Finding, bad, good, warn
from plugin.desk.lists import listed_by
from plugin.desk.trial_ticket import TrialTicket
from plugin.documents.document_set import DocumentSet
from plugin.errors import HelpdeskError

LOOK_AFTER = 15.0
"""Seconds without a webhook after which Paidan's own look is asked for."""
GIVE_UP = 60.0
"""Seconds after which nothing more is expected."""
TURN = 0.3
"""Seconds between two looks into the case book."""


def round_trip(database: Database, connector: Connector, group: str, language: str) -> Iterator[Finding]:
    """What came of a ticket in this group; a running Paidan takes its webhook. Raises ``StoreError``."""
    if connector.descriptor.about.test_ticket is None:
        yield warn("no-trip")
        return
    if not arrivals.is_served(database):
        yield bad("not-served")
        return
    began = arrivals.mark(database)
    try:
        trial = TrialTicket(connector)
        ticket = trial.open(on_wire(connector, group), language)
    except HelpdeskError as error:
        yield bad("trip-not-begun", why=error.detail or type(error).__name__)
        return
    try:
        found = awaited(database, connector, began, ticket)
    finally:  # also where the case book went away meanwhile
        left = tuple(_closed(trial, ticket))
    yield from _outcome(connector, found, ticket)
    yield from left


def ordinary_group(documents: DocumentSet, desk: str) -> str:
    """The helpdesk's group for a ticket of no particular kind, as the desk file calls it."""
    groups = documents.desks[desk].groups
    return groups.get(documents.plans[documents.desks[desk].plan].ordinary.lead) or next(
        iter(groups.values())
    )


def on_wire(connector: Connector, group: str) -> str:
    """A group as the product's requests call it. Raises a ``HelpdeskError``."""
    kind = listed_by(connector.descriptor, connector.desk, "group")
    if kind is None:
        words = connector.desk.words.get("group", {})
        return next((wire for wire, word in words.items() if word == group), group)
    entries = connector.lists.entries(kind)
    return next((each.id for each in entries if each.name == group), group)


def awaited(database: Database, connector: Connector, began: arrivals.Mark, ticket: str) -> arrivals.Arrived:
    """What came of a ticket: its decision, or what there is after ``GIVE_UP``. Raises ``StoreError``.

    Paidan's own look is asked for when no webhook came, at once where none can come.
    """
    start, has_asked = time.monotonic(), False
    look_after = LOOK_AFTER if connector.has_webhooks else 0.0
    while True:
        found, gone = arrivals.arrived(database, connector.name, began, ticket), time.monotonic() - start
        if found.decided is not None or gone > GIVE_UP:
            return found
        if gone > look_after and found.ticket_known is None and not has_asked:
            arrivals.ask_a_look(database, connector.name)
            has_asked = True
        time.sleep(TURN)


def _outcome(connector: Connector, found: arrivals.Arrived, ticket: str) -> Iterator[Finding]:
    if found.refused:
        told = bad if connector.has_webhooks and found.ticket_heard is None else warn
        yield told("trip-refused", count=sum(found.refused.values()), why=", ".join(sorted(found.refused)))
    if found.decided is None:
        yield bad("trip-lost", ticket=ticket, seconds=round(GIVE_UP))
    elif found.ticket_heard is not None:
        heard, decided = round(found.ticket_heard, 1), round(found.decided, 1)
        yield good("trip", ticket=ticket, heard=heard, decided=decided)
    elif connector.has_webhooks:
        yield bad("trip-by-look", ticket=ticket, decided=round(found.decided, 1))
    else:
        yield good("trip-polled", ticket=ticket, decided=round(found.decided, 1))


def _closed(trial: TrialTicket, ticket: str) -> Iterator[Finding]:
    try:
        is_closed = trial.close(ticket)
    except HelpdeskError:
        is_closed = False
    if not is_closed:
        yield warn("trip-left", ticket=ticket)
