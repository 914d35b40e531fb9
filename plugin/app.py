"""The composition root: settings → documents → helpdesks → case book → loop → web.

Nothing else picks implementations. Documents are read again when their files change or on ``reload``;
a folder with an error never replaces the set that runs.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import structlog
from flask import Flask

from plugin.casebook.advance import Advance, Pace
from plugin.casebook.afresh import is_ahead, start_afresh
from plugin.casebook.clock import ClockWatch
from plugin.casebook.database import Database
from plugin.casebook.desks import DeskInUse
from plugin.casebook.holds import Holds
from plugin.casebook.letters import Post
from plugin.casebook.loop import Loop
from plugin.casebook.people import courier, reaching
from plugin.casebook.places import DAY, retain
from plugin.casebook.published import PublishedVersions
from plugin.casebook.store import look_again, void_leases
from plugin.casebook.sweep import Sweep
from plugin.casebook.timekeepers import plan_clocks
from plugin.casebook.versions import keep_versions
from plugin.core.case import CaseState, Decision, DecisionDocuments
from plugin.core.decision import decide
from plugin.core.ticket import Ticket
from plugin.desk import describe
from plugin.desk.descriptor import Descriptor
from plugin.desk.opening import open_desk, product, secret_value
from plugin.documents.document_set import DocumentSet
from plugin.documents.load import LastGood
from plugin.documents.problems import Problem
from plugin.documents.render import as_values
from plugin.documents.wording import Language
from plugin.errors import DocumentsInvalid, StoreError
from plugin.notify.feeds import Feeds
from plugin.settings import Settings
from plugin.web.answers import keep_manners
from plugin.web.health import health_pages
from plugin.web.hooks import Hooks, Refusals, hook_pages

log = structlog.get_logger()

RELOAD_EVERY = 5.0
"""Seconds between two looks at the documents' files."""


class Desks:
    """The desks in use, made anew when the documents change; readers always see one whole version."""

    def __init__(self, settings: Settings, environ: Mapping[str, str]) -> None:
        """Raises ``DocumentsInvalid`` where documents, connectors or secrets keep a desk from being used."""
        self._environ = environ
        self._settings = settings
        self.feeds = Feeds(
            lambda name: secret_value(name, environ), settings.mappings / "rosters", settings.feed_copies
        )
        self._descriptors = descriptors(settings)
        products = {name: product(each) for name, each in self._descriptors.items()}
        self.documents = LastGood(settings.mappings, products)
        self.problems: tuple[Problem, ...] = self.documents.problems
        self._now = self._opened(self.documents.documents)
        self._version = self.documents.running
        self._files = files(settings)

    def __call__(self) -> Mapping[str, DeskInUse]:
        """The desks that run now."""
        return self._now

    def ask_reload(self) -> None:
        """Have the files read again at the next look, changed or not; safe in a signal handler."""
        self._files = frozenset()

    def reload_if_changed(self) -> None:
        """Reload where a file changed since the last look."""
        if files(self._settings) != self._files:
            self.reload()

    def reload(self) -> bool:
        """Read the files again; True when what is there runs now. What runs is never replaced by worse."""
        self._files = files(self._settings)
        good = self.documents.reload()
        self.problems = self.documents.problems
        if not good:
            log.error("documents_refused", running=self._version, problems=len(self.problems))
            return False
        if self.documents.running == self._version:
            return True
        try:
            self._now = self._opened(self.documents.documents)
        except DocumentsInvalid as error:
            self.problems = error.problems
            log.error("desk_not_opened", running=self._version, problems=len(error.problems))
            return False
        self._version = self.documents.running
        log.info("documents_loaded", version=self._version)
        return True

    def read_feeds(self) -> None:
        """Ask the calendar feeds of the rosters in use, each when it is time to; what fails is logged."""
        documents = self.documents.documents
        for name in {desk.roster for desk in documents.desks.values() if desk.roster}:
            for feed, state in self.feeds.states(documents.rosters[name], time.time()).items():
                if state.failure:
                    log.warning("feed_not_read", roster=name, feed=feed, reason=state.failure)

    def told(self) -> dict[str, Any]:
        """The version that runs, and what is wrong with a newer one, for people."""
        language: Language = "zh" if self._settings.language == "zh" else "en"
        shown = as_values(self.problems, language)
        return {"version": self._version, "refused": self.documents.refused, "problems": shown}

    def _opened(self, documents: DocumentSet) -> dict[str, DeskInUse]:
        return {name: self._desk(documents, name) for name in documents.desks}

    def _desk(self, documents: DocumentSet, name: str) -> DeskInUse:
        desk = documents.desks[name]
        return DeskInUse(
            helpdesk=open_desk(self._descriptors[desk.connector], desk, self._environ),
            map=documents.desk_map(name),
            decide=deciding(documents.decision_documents(name)),
            version=documents.digest,
            clocks=plan_clocks(
                documents.plans[desk.plan],
                documents.calendar(name),
                desk.language,
                desk.signs,
                reaching(documents, name, self.feeds),
            ),
        )


def files(settings: Settings) -> frozenset[tuple[str, int, int]]:
    """Every document's name, size and time of change: cheap to look at often."""
    found = ((path, path.stat()) for path in settings.mappings.rglob("*.yaml"))
    return frozenset((str(path), stat.st_size, stat.st_mtime_ns) for path, stat in found)


def descriptors(settings: Settings) -> dict[str, Descriptor]:
    """Every connector of the folder; raises ``DocumentsInvalid``."""
    return {name: describe.load(settings.connectors, name) for name in describe.names(settings.connectors)}


def deciding(documents: DecisionDocuments) -> Any:
    """``decide`` under these documents."""

    def decided(ticket: Ticket, case: CaseState, now: datetime) -> Decision:
        return decide(ticket, case, documents, now)

    return decided


class Paidan:
    """One running Paidan."""

    def __init__(self, settings: Settings, environ: Mapping[str, str]) -> None:
        """Raises ``DocumentsInvalid`` or ``StoreError`` where it cannot run as it stands."""
        pace = Pace()
        self.desks = Desks(settings, environ)
        self.database = Database(settings.database_url)
        self.database.take_lock()
        self.database.prepare()
        if self.database.is_sqlite:
            void_leases(self.database)
        self.clock = ClockWatch()
        self._has_stepped = is_ahead(self.database)
        """Whether instants on record may rest on a clock that was wrong"""
        self.published = PublishedVersions(self.database)
        advance = Advance(self.database, self.desks, Holds(self.database), pace, self.clock, self.published)
        self.loop = Loop(
            self.database,
            advance,
            lease=pace.lease,
            sweep=Sweep(self.database, self.desks, pace.lease, self.published, self.clock),
            post=Post(self.database, courier(self.desks, environ)),
        )
        self.web = web_app(settings, self)
        self._kept = ""
        self._calendars: dict[str, str] = {}
        """desk → the calendar's version its open clocks were last looked at under"""
        self._keep_versions()
        self._stopping = threading.Event()
        self._keeper = threading.Thread(target=self._keep, name="keeper", daemon=True)
        self._feeder = threading.Thread(target=self._read_feeds, name="feeder", daemon=True)

    def start(self) -> None:
        """Begin to work on what is due and to look after the documents."""
        self.loop.start()
        self._keeper.start()
        self._feeder.start()

    def accept_as_is(self) -> None:
        """A person's word (SIGHUP): the clock is right, and the documents are to be read again."""
        self.clock.accept(*(desk.helpdesk for desk in self.desks().values()))
        self.desks.ask_reload()

    def stop(self) -> None:
        """Finish the cases in hand, then close the case book."""
        self._stopping.set()
        if not self.loop.stop():
            log.warning("stopped_with_a_call_open")
        self.database.close()

    def _read_feeds(self) -> None:
        """The calendar feeds of rosters, apart from everything else: one that is slow holds up nothing."""
        while not self._stopping.wait(RELOAD_EVERY):
            self.desks.read_feeds()

    def follow_clock(self) -> None:
        """Once the clock can be believed again, every open case is looked at by it."""
        stepped = self.clock.has_stepped()
        if self._has_stepped and not stepped:
            log.warning("clock_set", cases=start_afresh(self.database))
            self.loop.wake()
        self._has_stepped = stepped

    def _keep(self) -> None:
        """The clock and documents every few seconds, retention once a day."""
        looks_a_day = int(DAY / RELOAD_EVERY)
        look = 0
        while not self._stopping.wait(RELOAD_EVERY):
            look += 1
            try:
                self.follow_clock()
                self.desks.reload_if_changed()
                self._keep_versions()
                if look % looks_a_day == 1:
                    retain(self.database)
            except (OSError, StoreError) as error:
                log.error("upkeep_failed", error=type(error).__name__)

    def _keep_versions(self) -> None:
        """Put the documents that run on record, once per version."""
        self._publish()
        good = self.desks.documents
        if good.refused is None and good.running != self._kept:
            texts = {name: source.text for name, source in good.sources.items()}
            keep_versions(self.database, texts, who="files", why="")
            self._kept = good.running

    def _publish(self) -> None:
        """Every policy and calendar that runs now, whole: open clocks follow a calendar that is new."""
        calendars = self._calendars
        for name, desk in self.desks().items():
            new = self.published.publish(desk.clocks.policy, desk.clocks.calendar)
            calendar = desk.clocks.calendar.hash if desk.clocks.calendar else None
            known = calendars.get(name)
            if calendar and calendar != known and (known or calendar in new):
                count = look_again(self.database, name)
                log.info("calendar_published", desk=name, cases=count)
                self.loop.wake()
            if calendar:
                calendars[name] = calendar


def web_app(settings: Settings, paidan: Paidan) -> Flask:
    """The Flask application: hooks and health."""
    app = Flask("paidan", static_folder=None)
    keep_manners(app)
    refusals = Refusals(paidan.database)
    hooks = Hooks(
        paidan.database, paidan.desks, lambda: paidan.loop.wake(), refusals, max_body=settings.max_body
    )
    app.register_blueprint(hook_pages(hooks))
    app.register_blueprint(health_pages(paidan.database, paidan.desks.told, refusals))
    return app
