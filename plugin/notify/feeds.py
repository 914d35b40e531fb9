"""Calendar feeds of rosters: fetched within bounds, and the last good copy kept for when they cannot be.

What is kept holds seats and instants only: a feed's own words (names, addresses of people) are told to
whoever looks at the roster just then, and rest nowhere.
"""

from __future__ import annotations

import json
import os
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.utils import get_environ_proxies
from urllib3.exceptions import HTTPError

from plugin.core.calendar import DAY
from plugin.core.roster import Feed, FeedCopy, FeedDuty, Roster
from plugin.notify.ics import FeedBroken, FeedSaid, read_ics
from plugin.notify.silence import keep_silent
from plugin.notify.watch import Watch, watching
from plugin.sockets import BoundAdapter, ProxyRefused, TooLate, bounded

TOTAL_SECONDS = 20.0
"""For one fetch altogether."""
CONNECT_SECONDS = 5.0
MOST_BYTES = 2 * 1024 * 1024
REFRESH = 15 * 60
"""Seconds after which a feed is read again."""
RETRY = 2 * 60
"""Seconds after which one that could not be read is tried again."""
BEHIND, AHEAD = 2 * DAY, 60 * DAY
"""A copy serves as long as it reaches ahead when the feed is gone."""
_LOOPBACK = ("127.0.0.1", "::1", "localhost")


class NotRead(Exception):
    """A feed could not be read; ``code`` is a key of ``feed_texts.FAILURES``, ``detail`` fills its slot."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.detail = detail


@dataclass(frozen=True, slots=True)
class FeedState:
    """How a feed stands: what it last said, and why it cannot be read now."""

    copy: FeedCopy | None
    """None: it was never read."""
    failure: str = ""
    """Empty: the copy is as new as this reading."""
    detail: str = ""
    unknown: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    """As in ``ics.FeedSaid``, of this reading only."""


_NEVER = float("-inf"), FeedState(None)


class Feeds:
    """Reads the feeds of rosters. Safe to use from several threads.

    ``secret``: the value of a secret's name; ``files``: the folder that a feed's ``path`` starts from;
    ``copies``: the folder in which the last good copies rest (None: in memory only); ``behind``, ``ahead``:
    the seconds around now of which a feed is asked.
    """

    def __init__(
        self,
        secret: Callable[[str], str],
        files: Path,
        copies: Path | None = None,
        *,
        behind: int = BEHIND,
        ahead: int = AHEAD,
    ) -> None:
        self._secret = secret
        self._files = files
        self._copies = copies
        self._behind = behind
        self._ahead = ahead
        self._states: dict[str, tuple[float, FeedState]] = {}
        self._locks: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)

    def states(self, roster: Roster, now: float) -> dict[str, FeedState]:
        """Feed id → how it stands at ``now`` (UTC seconds); read only when it is time to. Never raises."""
        return {feed.id: self._state(roster, feed, now) for feed in roster.feeds.values()}

    def known(self, roster: Roster) -> Roster:
        """The roster with what its feeds last said; nothing is fetched."""
        copies = {feed.id: self._known_copy(roster, feed) for feed in roster.feeds.values()}
        return roster.with_feeds({name: copy for name, copy in copies.items() if copy is not None})

    def _known_copy(self, roster: Roster, feed: Feed) -> FeedCopy | None:
        _, state = self._states.get(_key(roster, feed, *sorted(feed.words.items())), _NEVER)
        return state.copy or self._kept(roster, feed)

    def _state(self, roster: Roster, feed: Feed, now: float) -> FeedState:
        key = _key(roster, feed, *sorted(feed.words.items()))
        with self._locks[key]:
            at, state = self._states.get(key, _NEVER)
            if not 0 <= now - at < (RETRY if state.failure else REFRESH):
                state = self._read(roster, feed, now, state.copy)
                self._states[key] = (now, state)
            return state

    def _read(self, roster: Roster, feed: Feed, now: float, before: FeedCopy | None) -> FeedState:
        start, end = int(now) - self._behind, int(now) + self._ahead
        try:
            said: FeedSaid = read_ics(self._raw(feed), feed, roster.zone, start, end)
        except (NotRead, FeedBroken) as error:
            kept = before or self._kept(roster, feed)
            return FeedState(kept, error.code, getattr(error, "detail", ""))
        copy = FeedCopy(int(now), start, end, said.duties)
        self._keep(_key(roster, feed), copy)
        return FeedState(copy, unknown=said.unknown, left_out=said.left_out)

    def _raw(self, feed: Feed) -> bytes:
        if feed.address is None:
            return _of_file(self._files / (feed.path or ""))
        address = self._secret(feed.address).strip()
        if not address:
            raise NotRead("no-address", feed.address)
        return fetch(address)

    def _keep(self, key: str, copy: FeedCopy) -> None:
        """A copy that cannot be kept is no reason to be without the one just read."""
        if self._copies is None:
            return
        path = self._copies / f"{key}.json"
        words = json.dumps([copy.read_at, copy.start, copy.end, copy.duties], ensure_ascii=False)
        try:
            self._copies.mkdir(parents=True, exist_ok=True)
            new = path.with_suffix(f".{os.getpid()}.{threading.get_ident()}")
            new.write_text(words, "utf-8")
            new.replace(path)
        except OSError:
            return

    def _kept(self, roster: Roster, feed: Feed) -> FeedCopy | None:
        if self._copies is None:
            return None
        try:
            path = self._copies / f"{_key(roster, feed)}.json"
            return _copy(json.loads(path.read_text("utf-8")), roster.people)
        except (OSError, ValueError, TypeError, KeyError):
            return None


def _key(roster: Roster, feed: Feed, *more: object) -> str:
    """A name of its own for each feed, and for what else it hangs on."""
    written = [roster.id, roster.zone, feed.id, feed.address, feed.path, *more]
    return sha256(json.dumps(written, ensure_ascii=False).encode()).hexdigest()[:32]


def _copy(kept: Any, people: Mapping[str, object]) -> FeedCopy:
    read_at, start, end, duties = kept
    known = ((begin, until, [each for each in who if each in people]) for begin, until, who in duties)
    return FeedCopy(
        int(read_at),
        int(start),
        int(end),
        tuple(FeedDuty(int(begin), int(until), tuple(who)) for begin, until, who in known if who),
    )


def _of_file(path: Path) -> bytes:
    try:
        if not path.is_file():
            raise NotRead("no-file")
        with path.open("rb") as file:
            raw = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise NotRead("no-file") from error
    return _bounded(raw)


def _bounded(raw: bytes) -> bytes:
    if len(raw) > MOST_BYTES:
        raise NotRead("too-large", str(MOST_BYTES // 1024 // 1024))
    return raw


def fetch(address: str) -> bytes:
    """What stands at a feed's address; one try, raises ``NotRead``.

    Only https is called (plain http to this machine itself), and no redirect is followed: it would show the
    secret in the address to another host, or lead to one nobody named.
    """
    address = address.replace("webcal://", "https://", 1) if address.startswith("webcal://") else address
    _check_address(address)
    keep_silent()
    deadline = time.monotonic() + TOTAL_SECONDS
    with watching(Watch(deadline)), bounded(TOTAL_SECONDS, deadline) as bound, requests.Session() as session:
        session.trust_env = False  # no .netrc: whose password goes where is said by the secret alone
        for scheme in ("https://", "http://"):
            session.mount(scheme, BoundAdapter())
        try:
            raw = _answer(session, address)
        except (requests.RequestException, HTTPError, OSError, TooLate, ProxyRefused, ValueError) as error:
            raise NotRead("too-slow" if bound.expired else _reason(error)) from None  # it names the address
        if bound.expired:  # cut in the middle, what there is looks like a short answer
            raise NotRead("too-slow")
        return raw


def _answer(session: requests.Session, address: str) -> bytes:
    headers = {"Accept": "text/calendar, */*;q=0.1", "Accept-Encoding": "identity"}
    with session.get(
        address,
        headers=headers,
        timeout=(CONNECT_SECONDS, TOTAL_SECONDS),
        stream=True,
        allow_redirects=False,
        proxies=get_environ_proxies(address),
        verify=os.environ.get("REQUESTS_CA_BUNDLE") or True,
    ) as answer:
        if 300 <= answer.status_code < 400:
            raise NotRead("moved", str(answer.status_code))
        if answer.status_code != 200:
            raise NotRead("status", str(answer.status_code))
        if answer.headers.get("Content-Encoding", "identity") != "identity":
            raise NotRead("not-a-calendar")  # nothing is unpacked that was asked for as it is
        raw = b""
        for piece in answer.iter_content(65_536):
            raw = _bounded(raw + piece)
        return raw


def _check_address(address: str) -> None:
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        raise NotRead("bad-address") from None
    if not host or parts.scheme not in ("https", "http"):
        raise NotRead("bad-address")
    if parts.scheme == "http" and host not in _LOOPBACK:
        raise NotRead("not-https")


def _reason(error: Exception) -> str:
    if isinstance(error, requests.exceptions.SSLError):
        return "certificate"
    return "too-slow" if isinstance(error, requests.Timeout) else "unreachable"
