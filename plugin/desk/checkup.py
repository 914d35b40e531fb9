"""Whether a desk still fits its helpdesk: address, token, account, names, webhooks; before a ticket is lost.

Questions only, nothing is changed. Each finding is a code with slots; ``checkup_words`` has what to do.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from plugin.core.effects import DeskMap
from plugin.desk import probe
from plugin.desk.about_shape import Meaning
from plugin.desk.checkup_names import check_names
from plugin.desk.connector import Connector
from plugin.desk.failed import NOT_ASKED, failed, is_signed_out, not_asked, reason
from plugin.desk.findings import Finding, bad, good, is_within, warn
from plugin.desk.helpdesk import Position
from plugin.errors import AccessDenied, HelpdeskError, NotFound, NotSent, Rejected, Unreachable

MOST_SKEW = 120.0
"""Seconds the two clocks may differ before nothing is written any more."""
SOME_SKEW = 20.0
FEW_LEFT = 0.1
"""Share of the calls allowed."""
RECENT = 7 * 86_400.0
"""Seconds back in which a ticket is looked for to try the token's rights on."""
NEEDED: tuple[Meaning, ...] = ("read", "write", "note")
TOO_MUCH: tuple[Meaning, ...] = ("delete", "admin")
ELSEWHERE = ("unreachable", "moved", "points-away")
"""Findings with which nothing more is asked."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What the case book knows of a desk's webhooks. Seconds since 1970."""

    last_at: float | None = None
    """The last genuine delivery."""
    refused: int = 0
    """Deliveries refused since then."""
    refused_why: str = ""
    """The code most of them were refused with."""
    missed: int = 0
    """Changes of the last day found by looking, of which no webhook told."""
    missed_since: int = 0
    """Those of them since the last genuine delivery."""
    every: float = 0.0
    """Seconds between two looks; 0: none."""


@dataclass(frozen=True, slots=True)
class Subject:
    """A desk to look at. ``at`` is when, in seconds since 1970."""

    connector: Connector
    map: DeskMap
    heard: Heard | None = None
    """None: there is no case book to ask."""
    at: float = field(default_factory=time.time)


def check_up(subject: Subject) -> tuple[Finding, ...]:
    """Everything that can be told, the gravest first; where nothing answers, that alone."""
    found = [*_address(subject)]
    if not any(each.code in ELSEWHERE for each in found):
        for part, check in PARTS.items():
            found += _asked(part, check, subject)
        if not any(each.code == "token-refused" for each in found):
            found += _asked(NAMES, _names, subject)
    found += _webhooks(subject)
    return tuple(sorted(found, key=lambda each: ("error", "warning", "ok").index(each.severity)))


def still_held(found: Iterable[Finding], before: Iterable[Finding]) -> tuple[Finding, ...]:
    """Errors found before on what could not be looked at this time: nothing says that they are over."""
    left_out = {each.part for each in found if each.code in (NOT_ASKED, "question-refused", "list-denied")}
    if any(each.code in (*ELSEWHERE, "token-refused") for each in found):
        left_out |= {*PARTS, NAMES}
    left_out.discard("")  # address and webhooks are looked at in any case
    known = [(each.code, each.lasting) for each in found]
    errors = (each for each in before if each.severity == "error" and is_within(each.part, left_out))
    return tuple(each for each in errors if (each.code, each.lasting) not in known)


def _asked(part: str, check: Callable[[Subject], Iterable[Finding]], subject: Subject) -> Iterator[Finding]:
    """The findings of one check; where it breaks off, those it had by then, and that it did."""
    try:
        for each in check(subject):
            yield each if each.part else replace(each, part=part)
    except HelpdeskError as error:
        yield replace(failed(error), part=part)


def _address(subject: Subject) -> Iterator[Finding]:
    connector = subject.connector
    product, desk = connector.descriptor, connector.desk
    try:
        seen = probe.identify([product], desk, lambda _: desk.secrets)
    except (NotSent, Unreachable) as error:
        yield bad("unreachable", url=desk.url, why=error.detail)
        return
    except HelpdeskError as error:
        yield failed(error)
        return
    if not seen.found:
        yield from _not_found(subject, seen)
        return
    version = (seen.found[0].version or _told_version(connector)) if seen.found else None
    if version is not None:
        yield good("product", product=product.title, version=version)
    else:
        yield good("product-only", product=product.title)
    yield from _version(subject, version)
    yield from _encryption(desk.url)


def _not_found(subject: Subject, seen: probe.Identified) -> Iterator[Finding]:
    """The address shows no mark of the product. Where a question got nowhere, that says nothing."""
    url, untold = subject.connector.desk.url, seen.untold
    if untold is not None:
        yield not_asked(untold.request, untold.status, untold.reason)
    elif seen.moved_to is not None:
        yield bad("moved", url=url, where=seen.moved_to)
        return
    elif seen.points_to is not None and all(each.points_to for each in seen.tried):
        yield bad("points-away", url=url, where=seen.points_to)
        return
    elif seen.tried:
        asked = ", ".join(_told_tried(each) for each in seen.tried[:3])
        yield warn("not-the-product", product=subject.connector.descriptor.title, tried=asked)
    yield from _encryption(url)


def _told_tried(tried: probe.Tried) -> str:
    told = f"{tried.request} {tried.status or tried.reason}"
    return f"{told} → {tried.points_to}" if tried.points_to else told


def _encryption(url: str) -> Iterator[Finding]:
    if urlsplit(url).scheme == "http" and not _is_here(urlsplit(url).hostname or ""):
        yield warn("in-the-clear", url=url)


def _told_version(connector: Connector) -> str | None:
    """As it is told to those who signed in; what is wrong with the token is told where that is looked at."""
    try:
        return probe.version(connector.descriptor, connector.client, connector.desk)
    except HelpdeskError:
        return None


def _version(subject: Subject, version: str | None) -> Iterator[Finding]:
    maturity = subject.connector.descriptor.maturity
    if version is not None and maturity.versions and not maturity.covers(version):
        yield warn("other-version", version=version, verified=", ".join(maturity.versions))


def _is_here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _token(subject: Subject) -> Iterator[Finding]:
    connector = subject.connector
    client, given = connector.client, connector.desk.settings.get("account")
    who = probe.whoami(connector.descriptor, client, connector.desk)
    if who is not None and given is None:
        yield bad("account-missing", account=who.account)
    elif who is not None and given != who.account:
        yield bad("account-other", given=given, account=who.account)
    elif who is not None:
        yield good("account", account=who.account)
    elif given is None and connector.descriptor.setting("account") is not None:
        yield warn("account-unknown")
    yield from _rights(subject)


def _rights(subject: Subject) -> Iterator[Finding]:
    connector = subject.connector
    if not connector.descriptor.about.rights:
        return
    ticket = _a_ticket(subject)
    found, error = probe.rights_told(connector.descriptor, connector.client, connector.desk, ticket)
    for means in NEEDED:
        if found.get(means) is False:
            yield bad("token-may-not", means=means)
    for means in TOO_MUCH:
        if found.get(means):
            yield warn("token-may-too-much", means=means)
    can = [means for means in NEEDED if found.get(means)]
    if can:
        yield good("token-may", means=", ".join(can))
    if error is not None:
        raise error


def _a_ticket(subject: Subject) -> str | None:
    """A ticket that changed lately, to try rights on that only a ticket shows; None where none can be had.

    Raises ``AccessDenied`` where the token itself is not valid: what else is wrong with the list is told
    where that is looked at, and hides nothing of what is asked without a ticket.
    """
    if subject.connector.list_manner is None:
        return None
    try:
        page = subject.connector.changed_page(Position(since=subject.at - RECENT))
    except HelpdeskError as error:
        if is_signed_out(error):
            raise
        return None
    return page.rows[0].ticket_id if page.rows else None


def _clock(subject: Subject) -> Iterator[Finding]:
    server = subject.connector.server
    if server is None:
        return
    off = round(server.skew)
    if abs(off) > MOST_SKEW:
        yield bad("clock-off", seconds=off)
    elif abs(off) > SOME_SKEW:
        yield warn("clock-off", seconds=off)
    else:
        yield good("clock")


def _listed(subject: Subject) -> Iterator[Finding]:
    if subject.connector.list_manner is None:
        return
    try:
        subject.connector.changed_page(Position(since=subject.at - 60))
    except (AccessDenied, Rejected, NotFound) as error:
        if is_signed_out(error):
            raise
        yield bad("changes-refused", why=reason(error.status, error.detail))
    else:
        yield good("changes")


def _budget(subject: Subject) -> Iterator[Finding]:
    left = subject.connector.budget
    if left is None:
        return
    if left.limit and left.remaining < left.limit * FEW_LEFT:
        yield warn("few-calls-left", left=left.remaining, limit=left.limit)
    else:
        yield good("calls-left", left=left.remaining)


def _webhooks(subject: Subject) -> Iterator[Finding]:
    heard = subject.heard
    if heard is None:
        return
    if not subject.connector.has_webhooks:
        yield good("polled", every=round(heard.every)) if heard.every else bad("deaf")
        return
    if heard.refused:
        # anybody can call the address: only where genuine webhooks stay away are these likely to be they
        told = bad if heard.missed_since else warn
        yield told("hooks-refused", count=heard.refused, why=heard.refused_why)
    if heard.last_at is None:
        yield warn("no-hook-yet" if heard.every else "no-hook-no-look")
    else:
        yield good("heard", minutes=round(max(0.0, subject.at - heard.last_at) / 60))
    if heard.missed:
        yield warn("hooks-missed", count=heard.missed)


def _names(subject: Subject) -> Iterator[Finding]:
    return check_names(subject.connector, subject.map, lambda: _a_ticket(subject))


PARTS: Mapping[str, Callable[[Subject], Iterable[Finding]]] = {
    "token": _token,
    "clock": _clock,
    "changes": _listed,
    "calls": _budget,
}
NAMES = "names"


def as_data(found: Iterable[Finding]) -> list[Mapping[str, Any]]:
    """Findings as they are stored and shown to programs."""
    return [{"severity": each.severity, "code": each.code, **dict(each.slots)} for each in found]
