"""Messages to people outside the helpdesk, through Apprise: mail, SMS gateways, robots of group chats.

The address of a contact is a secret's value: one Apprise address, or several (appriseit.com). It stands in no
log, no error and no ``repr``.
"""

from __future__ import annotations

import re
import threading
import time
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from hashlib import sha256
from typing import Any, NamedTuple

from plugin.core.clock_words import ClockWords
from plugin.notify.messages import Notice, Trial, Unfilled, Withdrawn
from plugin.notify.outcomes import DELIVERED, Outcome, judged, worst
from plugin.notify.pages import Page, pages
from plugin.notify.silence import keep_silent
from plugin.notify.watch import Watch, watching
from plugin.notify.wire import put_in_place
from plugin.notify.wording import Speech

TOTAL_SECONDS = 30.0
"""For all addresses of one contact together."""
UNKNOWN_MOST = 1_000
"""Characters of one text for a service that does not say how many it takes."""
REMEMBERED = 10_000
"""Deliveries kept in memory, so that a repeat goes only to the addresses that did not take it."""
_BETWEEN = re.compile(r"[\s,;]+(?=[A-Za-z][A-Za-z0-9+.-]{1,30}://)")
_LENGTH = re.compile(r"[1-9]\d{1,4}", re.ASCII)
_LAST_WORD = 1.0
"""Seconds between cutting the connections and giving up: what was cut has time to say so."""


class Courier:
    """Sends messages to the addresses of one contact at a time. Safe to use from several threads."""

    def __init__(self, total: float = TOTAL_SECONDS) -> None:
        self._total = total
        self._taken: OrderedDict[tuple[str, bytes], None] = OrderedDict()
        self._lock = threading.Lock()

    def send(self, value: str, notices: Sequence[Notice], words: ClockWords) -> Outcome:
        """Send these messages, as one text where possible, to every address in ``value``.

        ``value`` is the secret's value, ``words`` how the desk speaks. Never raises; takes no longer than the
        total time. With several addresses the outcome is the worst of them, and a repeat in the same process
        goes only to those that did not take it.
        """
        addresses = _addresses(value)
        if not addresses:
            return Outcome("refused", "empty")
        end = time.monotonic() + self._total
        outcomes = []
        for number, address in enumerate(addresses, 1):
            share = (end - time.monotonic()) / (len(addresses) - number + 1)
            outcome = self._to(address, notices, Speech(words), share)
            outcomes.append(replace(outcome, which=number if len(addresses) > 1 else 0))
        return worst(outcomes)

    def _to(self, address: str, notices: Sequence[Notice], speech: Speech, seconds: float) -> Outcome:
        key = sha256(address.encode()).digest()
        left = tuple(notice for notice in notices if not self._has(notice.id, key))
        if not left:
            return DELIVERED
        try:
            outcome = _sent(address, left, speech, seconds)
        except Exception:  # whatever a service's plugin does, its words may hold the address
            return Outcome("unknown", "internal")
        if outcome.state == "delivered":
            self._remember(left, key)
        return outcome

    def _has(self, message: str, key: bytes) -> bool:
        with self._lock:
            return (message, key) in self._taken

    def _remember(self, notices: Sequence[Notice], key: bytes) -> None:
        with self._lock:
            for notice in notices:
                self._taken[notice.id, key] = None
            while len(self._taken) > REMEMBERED:
                self._taken.popitem(last=False)


def valid(value: str) -> Outcome | None:
    """What is wrong with a secret's value as an address, or None. Nothing is sent and nobody is asked."""
    addresses = _addresses(value)
    if not addresses:
        return Outcome("refused", "empty")
    for number, address in enumerate(addresses, 1):
        with watching(Watch(time.monotonic() + TOTAL_SECONDS)) as watch:
            opened = _opened(address)
            reason = opened if isinstance(opened, str) else "partly" if watch.warnings else ""
        if reason:
            return Outcome("refused", reason, which=number if len(addresses) > 1 else 0)
    return None


def channels(value: str) -> tuple[str, ...]:
    """The names of the services a secret's value leads to, nothing else of it; – where none can be told."""
    names = []
    for address in _addresses(value):
        with watching(Watch(time.monotonic() + TOTAL_SECONDS)):
            opened = _opened(address)
        names.append("–" if isinstance(opened, str) else str(opened.service.service_name))
    return tuple(names)


def _addresses(value: str) -> tuple[str, ...]:
    found = (each for line in value.splitlines() for each in _BETWEEN.split(line.strip()))
    return tuple(each.strip() for each in found if each.strip())


class _Opened(NamedTuple):
    service: Any
    most: int
    """Characters of one text."""


def _opened(address: str) -> _Opened | str:
    """Apprise's service for an address, or the code of what is wrong with it. Only inside ``watching``."""
    apprise = _apprise()
    parsed = apprise.plugins.url_to_dict(address, secure_logging=True)
    if not parsed or parsed.get("schema") not in apprise.NotificationManager():
        return "unreadable"
    if not apprise.NotificationManager()[parsed["schema"]].enabled:
        return "not-installed"
    service = apprise.Apprise.instantiate(address, asset=_asset())
    put_in_place()
    if service is None:
        return "incomplete"
    # the secret says where a message goes; how often it is tried, and how fast, is not for it to say
    service.retry = 0
    service.request_rate_per_sec = 0
    length = parsed.get("qsd", {}).get("length", "")
    return (
        "incomplete" if length and not _LENGTH.fullmatch(length) else _Opened(service, _most(service, length))
    )


def _sent(address: str, notices: tuple[Notice, ...], speech: Speech, seconds: float) -> Outcome:
    """One address: every page, until one does not get through."""
    end = time.monotonic() + seconds
    with watching(Watch(end - min(_LAST_WORD, seconds / 2), _one_id(notices))) as watch:
        opened = _opened(address)
        if isinstance(opened, str):
            return Outcome("refused", opened)
        _label(opened.service, watch.message)
        outcomes: list[Outcome] = []
        for page in pages(notices, speech, opened.most):
            outcomes.append(_page(opened.service, page, _weight(notices), watch, end))
            if outcomes[-1].state != "delivered":
                break
            watch.next_page()
    return replace(
        worst(outcomes), taken=int(all(each.state == "delivered" for each in outcomes)), addresses=1
    )


def _page(service: Any, page: Page, weight: str, watch: Watch, end: float) -> Outcome:
    apprise = _apprise()
    formats = apprise.NotifyFormat
    is_markdown = service.resolve_format(formats.TEXT) == formats.MARKDOWN
    before = len(watch.exchanges)
    one = apprise.Apprise(asset=service.asset)
    one.add(service)
    result = one.notify(
        body=page.markdown if is_markdown else page.text,
        title=page.subject,
        body_format=formats.MARKDOWN if is_markdown else formats.TEXT,
        notify_type=weight,
        timeout=max(0.05, end - time.monotonic()),
    )
    return judged(service.schema, _said_yes(result), tuple(watch.exchanges[before:]))


def _said_yes(result: Any) -> bool | None:
    """None: Apprise stopped waiting."""
    statuses = [attempt.status.name for each in result.results for attempt in each.attempts]
    if statuses and statuses[-1] == "TIMEOUT":
        return None
    return bool(statuses) and statuses[-1] == "SUCCESS"


def _most(service: Any, length: str) -> int:
    """Characters one text may have: as the address says (``length=160``), at most what Apprise knows of."""
    known = service.body_maxlen
    most = known if isinstance(known, int) and known > 0 else UNKNOWN_MOST
    return min(most, int(length)) if length else most


def _one_id(notices: tuple[Notice, ...]) -> str:
    """One id for what goes out as one; the same messages have the same."""
    if len(notices) == 1:
        return notices[0].id
    return sha256("\n".join(sorted(notice.id for notice in notices)).encode()).hexdigest()[:16]


def _weight(notices: tuple[Notice, ...]) -> str:
    """The colour or sign some services show."""
    is_quiet = all(isinstance(notice.event, Withdrawn | Unfilled | Trial) for notice in notices)
    return "info" if is_quiet else "warning"


def _label(service: Any, message: str) -> None:
    """The message's id where the service takes headers; no answering machine answers it (RFC 3834)."""
    headers = getattr(service, "headers", None)
    if isinstance(headers, dict) and "headers" in service.template_kwargs:
        headers.setdefault("X-Paidan-Message", message)
        headers.setdefault("Auto-Submitted", "auto-generated")


@cache
def _apprise() -> Any:
    """Apprise, loaded when the first message is sent: it takes a quarter of a second."""
    keep_silent()
    import apprise

    return apprise


@cache
def _asset() -> Any:
    """Apprise keeps no files, follows nothing, links no pictures and calls itself Paidan."""
    return _apprise().AppriseAsset(
        app_id="Paidan",
        app_desc="Paidan",
        app_url="",
        image_url_mask="",
        image_url_logo="",
        async_mode=False,
        interpret_emojis=False,
        interpret_escapes=False,
        pgp_autogen=False,
        pem_autogen=False,
        storage_mode="memory",
        secure_logging=True,
    )
