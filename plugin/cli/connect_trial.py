"""Trying a desk just connected: the first genuine webhook, then a ticket that goes through and comes back."""

from __future__ import annotations

import os
import select
import socket
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import click

from plugin.app import connecting
from plugin.app.connecting import Answers, Connecting
from plugin.app.round_trip import GIVE_UP, TURN, awaited, on_wire, ordinary_group
from plugin.casebook import arrivals
from plugin.casebook.database import Database
from plugin.casebook.recall import is_there
from plugin.casebook.wording import told
from plugin.cli.asking import documents_of
from plugin.cli.explain import Asked
from plugin.cli.talk import Talk
from plugin.cli.told import print_outcome
from plugin.desk.by_hand import setup_text
from plugin.desk.connector import Connector
from plugin.desk.descriptor import Descriptor
from plugin.desk.opening import open_desk
from plugin.desk.proposal import Proposal
from plugin.desk.trial_ticket import TrialTicket
from plugin.documents.document_set import DocumentSet
from plugin.errors import HelpdeskError, StoreError
from plugin.servers import Server, ServerFailed

TAKE_UP = 20.0
"""Seconds a running Paidan gets to take up a new desk."""


class Trial:
    """One desk, tried on a running Paidan."""

    def __init__(
        self,
        talk: Talk,
        meeting: Connecting,
        descriptor: Descriptor,
        answers: Answers,
        hook_base: str | None,
    ) -> None:
        self._talk = talk
        self._meeting = meeting
        self._descriptor = descriptor
        self._answers = answers
        settings = meeting.settings
        self._url = f"http://{settings.host}:{settings.port}"
        self.hook_base = (hook_base or self._url).rstrip("/")
        self.is_set_up = True
        """What the API can make is there; else a person has to make it"""

    def show_by_hand(self, *, dry: bool = False) -> None:
        """What somebody must do in the helpdesk, unless the API does it or there is nothing to do.

        In a ``dry`` run the secret made for it is kept nowhere, and not shown.
        """
        descriptor, talk = self._descriptor, self._talk
        if not descriptor.receive.checks:
            talk.tell("poll_only", why=descriptor.cannot["webhook"].say(talk.language))
        elif not self._hears and descriptor.changed is not None:
            talk.tell("asked_only", every=descriptor.changed.poll_every)
        if not self._is_by_hand():
            return
        talk.tell("by_hand")
        desk = self._meeting.installation(descriptor, self._answers)
        if dry:
            shown = dict.fromkeys(self._answers.typed, ("SECRET",))
            desk = replace(desk, secrets={**desk.secrets, **shown})
        click.echo(setup_text(descriptor, desk, self.hook_base, talk.language))

    def run(self, proposal: Proposal, *, wait: int, with_ticket: bool) -> None:
        """Show what is left to do, wait for it, then send a ticket through; a Paidan listens meanwhile."""
        ticket = "…"
        waits = wait if self._talk.has_terminal and self._is_by_hand() else 0
        if not waits and not with_ticket:
            self.show_by_hand()
        else:
            try:
                with self._served() as database:
                    began = arrivals.mark(database)
                    self.show_by_hand()
                    self._wait(database, began, waits)
                    if with_ticket and self._talk.agree("ask_test"):
                        ticket = self._send_through(database) or ticket
            except StoreError as error:
                self._talk.stop("not_started", why=error)
        lead = proposal.wanted.plan.ordinary.lead
        self._talk.tell("next", ticket=ticket, desk=self._answers.desk, group=lead)

    def _is_by_hand(self) -> bool:
        makes_hook = any(each.what == "webhook" for each in self._descriptor.about.install)
        return self._hears and not (makes_hook and self.is_set_up)

    @property
    def _hears(self) -> bool:
        return connecting.hears(self._descriptor, self._answers)

    # --- a Paidan that listens ------------------------------------------------------------------

    @contextmanager
    def _served(self) -> Iterator[Database]:
        """The case book of a Paidan that runs, or of one started for the time."""
        settings = self._meeting.settings
        if is_there(settings.database_url):
            database = Database(settings.database_url)
            try:
                if arrivals.is_served(database):
                    self._talk.tell("serving")
                    self._wait_until_taken_up(database)
                    yield database
                    return
            finally:
                database.close()
        with tempfile.TemporaryDirectory() as folder, self._own(Path(folder)):
            database = Database(settings.database_url)
            try:
                yield database
            finally:
                database.close()

    @contextmanager
    def _own(self, folder: Path) -> Iterator[None]:
        settings = self._meeting.settings
        server = Server(
            name="paidan",
            command=[sys.executable, "-m", "plugin", "serve"],
            url=f"{self._url}/healthz",
            log=folder / "paidan.log",
            env={
                "PAIDAN_MAPPINGS": str(settings.mappings.absolute()),
                "PAIDAN_CONNECTORS": str(settings.connectors.absolute()),
            },
        )
        if _is_taken(settings.host, settings.port):
            self._talk.stop("port_taken", host=settings.host, port=settings.port)
        try:
            server.start()
        except ServerFailed as error:
            self._talk.stop("not_started", why=error)
        self._talk.tell("started", url=self._url)
        try:
            yield
        finally:
            server.stop()

    def _wait_until_taken_up(self, database: Database) -> None:
        until = time.monotonic() + TAKE_UP
        while not arrivals.is_known(database, self._answers.desk):
            if time.monotonic() > until:
                self._talk.stop("not_taken_up")
            time.sleep(TURN)

    # --- the first webhook ----------------------------------------------------------------------

    def _wait(self, database: Database, began: arrivals.Mark, seconds: int) -> None:
        """Until a genuine webhook arrives, somebody presses Enter, or the time is over."""
        talk, until = self._talk, time.monotonic() + seconds
        if not seconds:
            return
        talk.tell("waiting" if talk.has_terminal else "waiting_only", seconds=seconds)
        turned_away = 0
        while time.monotonic() < until:
            found = arrivals.arrived(database, self._answers.desk, began)
            if found.genuine:
                talk.tell("heard")
                return
            if sum(found.refused.values()) > turned_away:
                turned_away = sum(found.refused.values())
                self._tell_refused(found)
            if self._pressed_enter():
                break
        talk.tell("not_heard")

    def _pressed_enter(self) -> bool:
        if not self._talk.has_terminal:
            time.sleep(TURN)
            return False
        ready, _, _ = select.select([sys.stdin], [], [], TURN)
        return bool(ready) and sys.stdin.readline() is not None

    def _tell_refused(self, found: arrivals.Arrived) -> None:
        for code, n in found.refused.items():
            self._talk.warn("refused", n=n, code=code)
        if found.unreadable:
            self._talk.warn("unreadable", n=found.unreadable)

    # --- a ticket -------------------------------------------------------------------------------

    def _send_through(self, database: Database) -> str | None:
        """Open a ticket, see it come, show what would be done, close it again."""
        talk, descriptor = self._talk, self._descriptor
        if descriptor.about.test_ticket is None:
            talk.tell("no_ticket_shape")
            return None
        documents = self._documents()
        helpdesk = open_desk(descriptor, documents.desks[self._answers.desk], os.environ)
        tried = TrialTicket(helpdesk)
        began = arrivals.mark(database)
        try:
            group = on_wire(helpdesk, ordinary_group(documents, self._answers.desk))
            ticket = tried.open(group, talk.language)
        except HelpdeskError as error:
            talk.warn("ticket_failed", why=talk.why(error))
            return None
        talk.tell("ticket", id=ticket, url=helpdesk.ticket_url(ticket))
        try:
            found = awaited(database, helpdesk, began, ticket)
            self._tell_outcome(found)
            if found.decided is not None:
                self._show(documents, ticket)
            self._tell_rights(ticket)
        finally:
            self._close(tried, helpdesk, ticket)
        return ticket

    def _documents(self) -> DocumentSet:
        settings = self._meeting.settings
        return documents_of(settings.mappings, settings.connectors, self._talk.language)

    def _tell_outcome(self, found: arrivals.Arrived) -> None:
        talk = self._talk
        if self._hears and (found.refused or found.unreadable):
            self._tell_refused(found)
        if found.decided is not None and found.ticket_heard is not None:
            talk.tell("came_hook", heard=f"{found.ticket_heard:.1f}", decided=f"{found.decided:.1f}")
        elif found.decided is not None and not self._hears:
            talk.tell("came_asked", decided=f"{found.decided:.1f}")
        elif found.decided is not None:
            talk.warn("came_poll", decided=f"{found.decided:.1f}")
        elif found.ticket_known is not None:
            why = told(found.problem, self._answers.desk, talk.language) if found.problem else "–"
            talk.warn("came_unread", why=why)
        else:
            talk.warn("came_not", seconds=int(GIVE_UP))

    def _show(self, documents: DocumentSet, ticket: str) -> None:
        """What would be done, as ``paidan explain`` has it."""
        asked = Asked(documents, self._answers.desk, None, self._meeting.settings, self._talk.language)
        print_outcome(asked.explained(ticket, ""))

    def _tell_rights(self, ticket: str) -> None:
        try:
            self._talk.tell_rights(self._meeting.rights(self._descriptor, self._answers, ticket))
        except HelpdeskError as error:
            self._talk.warn("cut_later", why=self._talk.why(error))

    def _close(self, tried: TrialTicket, helpdesk: Connector, ticket: str) -> None:
        try:
            if tried.close(ticket):
                self._talk.tell("closed")
            else:
                self._talk.warn("left_open", url=helpdesk.ticket_url(ticket))
        except HelpdeskError as error:
            self._talk.warn("not_closed", why=self._talk.why(error))


def _is_taken(host: str, port: int) -> bool:
    """Whether something else listens there: it would be taken for the Paidan that is started."""
    try:
        socket.create_connection((host, port), timeout=1.0).close()
    except OSError:
        return False
    return True
