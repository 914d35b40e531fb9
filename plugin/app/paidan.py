"""The composition root: settings → documents → helpdesks → case book → loop → web.

Nothing else picks implementations. Documents are read again when their files change or on ``reload``;
a folder with an error never replaces the set that runs.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import Literal

import structlog
from flask import Flask

from plugin.app.desks import Desks
from plugin.casebook.advance import Advance, Pace
from plugin.casebook.afresh import is_ahead, start_afresh
from plugin.casebook.bell import Bell
from plugin.casebook.clock import ClockWatch
from plugin.casebook.database import Database
from plugin.casebook.desks import call_limits
from plugin.casebook.holds import Holds
from plugin.casebook.letters import Post
from plugin.casebook.loop import Loop
from plugin.casebook.nodes import BEAT, Node
from plugin.casebook.people import courier
from plugin.casebook.places import DAY, retain
from plugin.casebook.published import PublishedVersions
from plugin.casebook.store import look_again, void_leases
from plugin.casebook.sweep import Sweep
from plugin.casebook.versions import keep_versions
from plugin.errors import StoreError
from plugin.settings import Settings
from plugin.web.answers import keep_manners
from plugin.web.health import health_pages
from plugin.web.hooks import Hooks, Refusals, hook_pages

log = structlog.get_logger()

RELOAD_EVERY = 5.0
"""Seconds between two looks at the documents' files."""

Role = Literal["serve", "web", "worker"]
"""Takes webhooks and moves cases, or one of the two; only PostgreSQL can be shared by several."""


class OneProcess(StoreError):
    """A SQLite case book is served by one process that does everything."""


class Paidan:
    """One running Paidan."""

    def __init__(self, settings: Settings, environ: Mapping[str, str], role: Role = "serve") -> None:
        """Raises ``DocumentsInvalid`` or ``StoreError`` where it cannot run as it stands."""
        self.desks = Desks(settings, environ)
        self.database = _opened(settings, role)
        self.clock = ClockWatch()
        self.published = PublishedVersions(self.database)
        self.loop = self._loop(Pace(), environ)
        self._works = role != "web"
        self._has_stepped = self._works and is_ahead(self.database)
        """Whether instants on record may rest on a clock that was wrong"""
        self._bell, self._node = self._neighbours()
        self.web = web_app(settings, self)
        self._kept = ""
        self._calendars: dict[str, str] = {}
        """desk → the calendar's version its open clocks were last looked at under"""
        self._stopping = threading.Event()
        self._threads = self._upkeep()
        if self._works:
            self._keep_versions()

    def _loop(self, pace: Pace, environ: Mapping[str, str]) -> Loop:
        holds = Holds(self.database, call_limits(self.desks))
        return Loop(
            self.database,
            Advance(self.database, self.desks, holds, pace, self.clock, self.published),
            lease=pace.lease,
            sweep=Sweep(self.database, self.desks, pace.lease, self.published, self.clock),
            post=Post(self.database, courier(self.desks, environ)),
        )

    def _neighbours(self) -> tuple[Bell | None, Node | None]:
        """How this process and the others that share the case book know of each other."""
        if self.database.is_sqlite:
            return None, None
        if not self._works:
            return Bell(self.database), None
        return Bell(self.database, self.loop.wake), Node(self.database)

    def _upkeep(self) -> list[threading.Thread]:
        works: dict[str, Callable[[], None]] = {"keeper": self._keep}
        if self._works:
            works["feeder"] = self._read_feeds
        if self._node:
            works["beat"] = self._beat
        return [threading.Thread(target=work, name=name, daemon=True) for name, work in works.items()]

    def start(self) -> None:
        """Begin to work on what is due and to look after the documents; raises ``StoreError``."""
        if self._node:
            self._node.join()
        if self._bell:
            self._bell.start()
        if self._works:
            self.loop.start()
        for thread in self._threads:
            thread.start()

    def wake(self) -> None:
        """A case became due: the workers look, wherever they are."""
        if self._bell:
            self._bell.ring()
        else:
            self.loop.wake()

    def accept_as_is(self) -> None:
        """A person's word (SIGHUP): the clock is right, and the documents are to be read again."""
        self.clock.accept(*(desk.helpdesk for desk in self.desks().values()))
        self.desks.ask_reload()

    def stop(self) -> None:
        """Finish the cases in hand, then close the case book."""
        self._stopping.set()
        if self._works and not self.loop.stop():
            log.warning("stopped_with_a_call_open")
        if self._bell:
            self._bell.stop()
        self._leave()
        self.database.close()

    def _leave(self) -> None:
        try:
            if self._node:
                self._node.leave()
        except StoreError as error:
            log.warning("left_without_a_word", error=type(error).__name__)

    def _beat(self) -> None:
        """Be alive to the other nodes, and take up what the dead ones among them left."""
        assert self._node is not None
        while not self._stopping.wait(BEAT):
            try:
                if self._node.beat():
                    self.loop.wake(1)
            except StoreError as error:
                log.error("beat_failed", error=type(error).__name__)

    def _read_feeds(self) -> None:
        """The calendar feeds of rosters, apart from everything else: one that is slow holds up nothing."""
        while not self._stopping.wait(RELOAD_EVERY):
            self.desks.read_feeds()

    def follow_clock(self) -> None:
        """Once the clock can be believed again, every open case is looked at by it."""
        stepped = self.clock.has_stepped()
        if self._has_stepped and not stepped:
            log.warning("clock_set", cases=start_afresh(self.database))
            self.wake()
        self._has_stepped = stepped

    def _keep(self) -> None:
        """The clock and documents every few seconds, retention once a day."""
        looks_a_day = int(DAY / RELOAD_EVERY)
        look = 0
        while not self._stopping.wait(RELOAD_EVERY):
            look += 1
            try:
                self.desks.reload_if_changed()
                if self._works:
                    self._work_on(look % looks_a_day == 1)
            except (OSError, StoreError) as error:
                log.error("upkeep_failed", error=type(error).__name__)

    def _work_on(self, is_daily: bool) -> None:
        self.follow_clock()
        self._keep_versions()
        if is_daily:
            retain(self.database)

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
                self.wake()
            if calendar:
                calendars[name] = calendar


def _opened(settings: Settings, role: Role) -> Database:
    """The case book at its newest revision; raises ``StoreError``."""
    database = Database(settings.database_url)
    if database.is_sqlite and role != "serve":
        raise OneProcess("SQLite")
    database.take_lock()
    database.prepare()
    if database.is_sqlite:
        void_leases(database)
    return database


def web_app(settings: Settings, paidan: Paidan) -> Flask:
    """The Flask application: hooks and health."""
    app = Flask("paidan", static_folder=None)
    keep_manners(app)
    refusals = Refusals(paidan.database)
    hooks = Hooks(paidan.database, paidan.desks, paidan.wake, refusals, max_body=settings.max_body)
    app.register_blueprint(hook_pages(hooks))
    app.register_blueprint(health_pages(paidan.database, paidan.desks.told, refusals))
    return app
