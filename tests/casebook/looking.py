"""A case book whose helpdesk's changes are looked for, as the program does it."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml

from plugin.casebook.advance import Advance
from plugin.casebook.clock import ClockWatch
from plugin.casebook.holds import Holds
from plugin.casebook.loop import Loop
from plugin.casebook.polls import PollState, begin, poll_states
from plugin.casebook.reconcile import Reconcile
from plugin.casebook.tables import case, poll
from plugin.desk import describe
from plugin.desk.connector import Connector
from plugin.desk.installation import Installation
from plugin.documents.problems import Problems
from plugin.documents.source import read
from tests.casebook.conftest import Book
from tests.casebook.standin import StandIn

EVERY = 300.0


def connected(url: str, **changed: Any) -> Connector:
    """The stand-in as a configured helpdesk; ``changed`` says otherwise how its tickets are listed."""
    made = yaml.safe_load((Path(__file__).parent / "standin.yaml").read_text("utf-8"))
    made["changed"] |= changed
    block = {key: value for key, value in made["changed"].items() if value is not None}
    text = yaml.safe_dump({**made, "changed": block}, allow_unicode=True)
    problems = Problems()
    node = read(text, "standin.yaml", problems)
    descriptor = node and describe.build(node, "standin", problems)
    assert descriptor
    assert not list(problems)
    installation = Installation(
        desk="hall",
        url=url,
        secrets={"token": ("t",), "url_token": ("a-path-token-of-enough-characters",)},
        settings={"account": "bot"},
        targets={"group": None, "level": None, "priority": None, "tags": None},
    )
    return Connector(descriptor, installation)


class Looking(Book):
    """A case book that looks for changes; it knows the desk from now on."""

    def __init__(self, folder: Path, helpdesk: StandIn, **changed: Any) -> None:
        super().__init__(folder, helpdesk)
        self.set_at = 0
        """Looks so far when a trial set the helpdesk's clock last"""
        self.clock = ClockWatch()
        self.advance = Advance(self.database, self.desks, Holds(self.database), self.pace, self.clock)
        self.loop = Loop(self.database, self.advance, lease=self.pace.lease)
        self.connector = connected(helpdesk.url, **changed)
        self.connector.client._clock = self.time
        helpdesk.tells_time = True
        self.start()

    def desks(self) -> dict[str, Any]:
        return {name: _looked_at(desk, EVERY) for name, desk in super().desks().items()}

    def time(self) -> float:
        """This machine's clock, where a trial lets time pass."""
        return time.time() + self.database.ahead

    def reconciler(self) -> Reconcile:
        return Reconcile(
            self.database,
            self.desks,
            Holds(self.database),
            lease=30.0,
            call=5.0,
            clock=self.time,
            look_every=0.0,
        )

    def start(self) -> None:
        """As a process does when it starts."""
        self.reconcile = self.reconciler()
        begin(self.database, ["hall"], is_start=True)

    def pages(self, most: int = 200) -> int:
        """Look at what is due to be looked at; how many pages that was."""
        return next((n for n in range(most) if not self.reconcile()), most)

    def look(self, after: float = 0.0) -> int:
        """Let time pass, look for changes, move what is due; how many reads of tickets that took."""
        self.database.ahead += after
        self.helpdesk.ahead += after
        before = self.helpdesk.count("GET")
        self.pages()
        self.run()
        return self.helpdesk.count("GET") - before

    @property
    def state(self) -> PollState:
        return poll_states(self.database)[0]

    @property
    def row(self) -> Any:
        return self.rows(poll)[0]

    def rows_of_cases(self) -> list[Any]:
        return self.rows(case)

    def routed(self) -> set[int]:
        """Tickets that stand where they belong."""
        tickets = self.helpdesk.tickets.items()
        return {number for number, ticket in tickets if ticket["level"] is not None}


def _looked_at(desk: Any, every: float) -> Any:
    return replace(desk, look_every=every)
