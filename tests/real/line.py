"""The whole line: helpdesk ⇄ relays ⇄ Paidan, every part a real server of its own."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from plugin.demo.paidan import PaidanServer
from tests.helpdesks.peer import Peer, View
from tests.helpdesks.relay import Exchange, Relay

PATIENCE = 20.0
QUIET = 0.8
"""Seconds without a request after which nothing more is to come."""


@dataclass
class Line:
    """One helpdesk and one Paidan; ``hooks`` carries webhooks, ``api`` carries Paidan's calls."""

    peer: Peer
    home: Path
    hooks: Relay = field(default_factory=Relay)
    api: Relay = field(default_factory=Relay)
    documents: Callable[[Path], None] = lambda _mappings: None
    """Changes the documents before Paidan starts"""
    notify: Mapping[str, str] = field(default_factory=dict)
    """role → the address its messages go to"""
    database: str = ""
    """The case book's address; empty: SQLite"""

    @contextmanager
    def running(self) -> Iterator[Line]:
        """Paidan first, then the helpdesk: its users must never meet a refused connection."""
        with ExitStack() as stack:
            stack.callback(self.hooks.stop)
            stack.callback(self.api.stop)
            self.api.target = self.peer.address
            self.peer.prepare(self.api.url)
            self.paidan = self.node(self.home)
            self.hooks.target = self.paidan.url
            stack.callback(self.paidan.stop)
            self.paidan.start()
            stack.callback(self.peer.stop)
            self.peer.start(self.hook_base)
            yield self

    def node(self, home: Path) -> PaidanServer:
        """One process of Paidan, not started yet, on the line's case book."""
        names = {role: f"NOTIFY_{role.upper()}" for role in self.notify}
        desk = self.peer.desk(self.api.url)
        desk |= {"notify": {role: f"env:{name}" for role, name in names.items()}} if names else {}
        secrets = self.peer.secrets() | {names[role]: address for role, address in self.notify.items()}
        made = PaidanServer(home, "desk", desk, secrets, database=self.database)
        self.documents(made.mappings)
        return made

    @property
    def hook_base(self) -> str:
        """The hook's address as the helpdesk knows it: through the relay."""
        return self.hooks.url + self.paidan.hook().removeprefix(self.paidan.url)

    def reset(self) -> None:
        """Nothing held back, nothing remembered, Paidan up, everything at rest."""
        self.hooks.reset()
        self.api.reset()
        if not self.paidan.running:
            self.paidan.start()
        self.rest()
        self.hooks.passed.clear()
        self.api.passed.clear()

    def wait(
        self, ticket: str, met: Callable[[View], bool], what: str, *, patience: float = PATIENCE
    ) -> View:
        """The ticket once ``met`` holds and everything is at rest."""
        deadline = time.monotonic() + patience
        view = self.peer.view(ticket)
        while not met(view):
            assert time.monotonic() < deadline, f"not {what}: {view}\n{self.paidan.tail()}"
            time.sleep(0.05)
            view = self.peer.view(ticket)
        self.rest()
        return self.peer.view(ticket)

    def routed(self, ticket: str) -> View:
        """The ticket once staff can read why it stands where it stands."""
        return self.wait(ticket, lambda view: bool(view.reasons), "routed")

    def rest(self, quiet: float = QUIET) -> None:
        """Wait until no request has passed for ``quiet`` seconds."""
        while time.time() - self._last() < quiet:
            time.sleep(0.05)

    def writes(self, ticket: str) -> list[Exchange]:
        """Paidan's requests that may have changed this ticket."""
        named = re.compile(rf'"ticket":\s*"?{ticket}"?[,}}]'.encode())
        return [e for e in self.api.writes() if ticket in _segments(e) or named.search(e.body)]

    def asks_for(self, exchange: Exchange, ticket: str) -> bool:
        """Whether a request reads this one ticket."""
        return exchange.method == "GET" and ticket in _segments(exchange)[-1:]

    def _last(self) -> float:
        passed = [*self.hooks.passed[-1:], *self.api.passed[-1:]]
        return max((exchange.at for exchange in passed), default=0.0)


def _segments(exchange: Exchange) -> list[str]:
    """The parts of a request's path, without the end of a name that says in which format to answer."""
    return urlsplit(exchange.path).path.removesuffix(".json").strip("/").split("/")
