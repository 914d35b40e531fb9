"""People outside the helpdesk: whom a step of a chain reaches just then, and how what is said gets there."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from secrets import token_hex

from plugin.casebook.desks import Contact, Desks
from plugin.casebook.letters import UNSAYABLE, Courier, Posted
from plugin.casebook.notices import notice
from plugin.casebook.timekeepers import Reach
from plugin.core.addressees import resolve
from plugin.desk.secret_values import secret_value
from plugin.documents.document_set import DocumentSet
from plugin.notify import send as notify
from plugin.notify.feeds import Feeds
from plugin.notify.messages import NotAMessage, Notice, Unfit
from plugin.notify.outcomes import Outcome

Warn = Callable[[str, int], Outcome | None]
"""(desk, how many findings) → what came of the message; None where the desk names nobody for it"""


def reaching(documents: DocumentSet, name: str, feeds: Feeds) -> Reach:
    """Whom a step reaches at a desk: by its roster and what the feeds last said, then by the desk file."""
    desk = documents.desks[name]
    plan, roster = documents.plans[desk.plan], documents.roster(name)

    def reached(to: str, at: int, left_out: frozenset[str]) -> tuple[Contact, ...]:
        now = feeds.known(roster) if roster and roster.feeds else roster
        found = resolve(to, at, plan, now, desk.notify, left_out).addressees
        seats = now.people if now else {}
        named = (seats[each.who].label.say(desk.language) if each.why else each.who for each in found)
        return tuple(map(Contact, named, (each.secret for each in found))) or (Contact(to, None),)

    return reached


WARNED = ("operator", "duty")
"""Contacts of a desk file that hear when the desk no longer fits its helpdesk: the first there is."""


def warning(desks: Desks, documents: Callable[[], DocumentSet], environ: Mapping[str, str]) -> Warn:
    """Tells the person who looks after a desk how many things were found wrong with it."""
    sender = notify.Courier()

    def warn(name: str, count: int) -> Outcome | None:
        desk, contacts = desks().get(name), documents().desks[name].notify
        role = next((role for role in WARNED if role in contacts), None)
        if desk is None or role is None:
            return None
        told = Notice(token_hex(8), name, Unfit(role, count))
        return sender.send(secret_value(contacts[role], environ), [told], desk.clocks.words)

    return warn


def courier(desks: Desks, environ: Mapping[str, str]) -> Courier:
    """Sends messages to people through the addresses that the documents name."""
    sender = notify.Courier()

    def send(posted: Sequence[Posted]) -> Outcome:
        desk = desks().get(posted[0].desk)
        if desk is None:
            return Outcome("unreachable", "no-desk")
        try:
            now, url = int(time.time()), desk.helpdesk.ticket_url
            notices = [notice(each, url(each.ticket), now) for each in posted]
        except NotAMessage as error:
            return Outcome("refused", f"{UNSAYABLE}: {error.slot}")
        value = secret_value(posted[0].contact, environ)
        return sender.send(value, notices, desk.clocks.words)

    return send
