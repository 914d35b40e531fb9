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
from plugin.app.doctor import Doctor
from plugin.app.modes import Modes
from plugin.app.start_check import check_before_use, check_in_use
from plugin.casebook import clock_holds
from plugin.casebook.advance import Advance, Pace
from plugin.casebook.afresh import has_news_ahead, is_ahead, start_afresh
from plugin.casebook.bell import Bell
from plugin.casebook.clock import ClockWatch
from plugin.casebook.database import Database
from plugin.casebook.desks import call_limits
from plugin.casebook.holds import Holds
from plugin.casebook.letters import Post
from plugin.casebook.loop import Loop
from plugin.casebook.nodes import BEAT, Node
from plugin.casebook.people import courier, warning
from plugin.casebook.polls import begin
from plugin.casebook.published import PublishedVersions
from plugin.casebook.reconcile import Reconcile
from plugin.casebook.retention import Keep
from plugin.casebook.soundness import Finding
from plugin.casebook.store import look_again, void_leases
from plugin.casebook.sweep import Sweep
from plugin.casebook.tidying import Tidy
from plugin.casebook.versions import keep_versions
from plugin.casebook.watch import health
from plugin.errors import StoreError
from plugin.notify.heartbeat import beat
from plugin.settings import Settings
from plugin.web.answers import keep_manners
from plugin.web.health import health_pages
from plugin.web.hooks import Hooks, Refusals, hook_pages
from plugin.web.metrics import CaseBookCollector, metrics_pages

log = structlog.get_logger()

RELOAD_EVERY = 5.0
"""Seconds between two looks at the documents' files."""

HEARTBEAT = 15.0
"""Seconds between two signs of life."""

TIDY_EVERY = 60.0
"""Seconds between two looks at whether what is over is to be cleared."""

DOCTOR_EVERY = 10.0
"""Seconds between two looks at whether a desk is to be looked at."""

Role = Literal["serve", "web", "worker"]
"""Takes webhooks and moves cases, or one of the two; only PostgreSQL can be shared by several."""


class OneProcess(StoreError):
    """A SQLite case book is served by one process that does everything."""


class Paidan:
    """One running Paidan."""

    def __init__(self, settings: Settings, environ: Mapping[str, str], role: Role = "serve") -> None:
        """Raises ``DocumentsInvalid`` or ``StoreError`` where it cannot run as it stands."""
        self.desks = Desks(settings, environ)
        has_feeds = any(roster.feeds for roster in self.desks.documents.documents.rosters.values())
        self.database, self.findings = _opened(settings, role, has_feeds=has_feeds)
        self.clock = ClockWatch()
        self.published = PublishedVersions(self.database)
        self._holds = Holds(self.database, call_limits(self.desks))
        self.loop = self._loop(Pace(), environ)
        self._works = role != "web"
        self._is_ahead = self._works and is_ahead(self.database)
        """Whether instants on record may rest on a clock that was wrong"""
        self._bell, self._node = self._neighbours()
        self.modes = Modes(self.database, self.desks, self.wake, settings.review_after)
        self.web = web_app(settings, self)
        self._started = False
        self._kept = ""
        self._calendars: dict[str, str] = {}
        """desk → the calendar's version its open clocks were last looked at under"""
        self._known: set[str] = set()
        """Desks whose changes are looked for"""
        self._heartbeat = settings.heartbeat
        self._stopping = threading.Event()
        warn = warning(self.desks, lambda: self.desks.documents.documents, environ)
        self._doctor = Doctor(self.database, self.desks, self._holds, self._stopping, warn)
        self._tidy = Tidy(self.database, _keep(settings), self._believes_clock, self._stopping)
        self._threads = self._upkeep()
        if self._works:
            self._keep_versions()

    def _loop(self, pace: Pace, environ: Mapping[str, str]) -> Loop:
        holds = self._holds
        return Loop(
            self.database,
            Advance(self.database, self.desks, holds, pace, self.clock, self.published),
            lease=pace.lease,
            sweep=Sweep(self.database, self.desks, pace.lease, self.published, self.clock),
            post=Post(self.database, courier(self.desks, environ)),
            reconcile=Reconcile(
                self.database, self.desks, holds, lease=pace.lease, call=pace.call, wake=self.wake
            ),
        )

    def _neighbours(self) -> tuple[Bell | None, Node | None]:
        """How this process and the others that share the case book know of each other."""
        if self.database.is_sqlite:
            return None, None
        if not self._works:
            return Bell(self.database), None
        return Bell(self.database, self.loop.wake, self.loop.heard_of_hold), Node(self.database)

    def _upkeep(self) -> list[threading.Thread]:
        works: dict[str, Callable[[], None]] = {"keeper": self._keep}
        if self._works:
            works["feeder"] = self._read_feeds
            works["tidier"] = self._tidy_up
            works["doctor"] = self._look_after_desks
        if self._node:
            works["beat"] = self._beat
        if self._heartbeat:
            works["heart"] = self._heart
        return [threading.Thread(target=work, name=name, daemon=True) for name, work in works.items()]

    def start(self) -> None:
        """Begin to work on what is due and to look after the documents; raises ``StoreError``."""
        if self._node:
            self._node.join()
        if self._bell:
            self._bell.start()
        if self._works:
            self._know_desks(is_start=True)
            self.loop.start()
        for thread in self._threads:
            thread.start()
        self._started = True

    def wake(self, cases: int = 1) -> None:
        """So many cases became due: the workers look, wherever they are."""
        if self._bell:
            self._bell.ring(cases)
        else:
            self.loop.wake(cases)

    def is_moving(self) -> bool:
        """Whether everything that was started still does its work."""
        return all(each.is_alive() for each in self._threads) and (not self._works or self.loop.is_moving())

    def why_not_ready(self) -> str:
        """A word for why nothing should be sent here now; empty where all is well."""
        if self._stopping.is_set() or not self._started:
            return "stopping" if self._started else "starting"
        if not self.is_moving():
            return "standing-still"
        try:
            self.database.ask()
        except StoreError:
            return "store-unreachable"
        return ""

    def begin_to_stop(self) -> None:
        """Not ready from now on, though what has begun goes on; safe in a signal handler."""
        self._stopping.set()

    def is_well(self) -> bool:
        """Whether whoever watches may rest: ready, and nothing waits for long."""
        if self.why_not_ready():
            return False
        found = health(self.database)
        return not (found.is_late or found.clock_held)

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

    def _heart(self) -> None:
        """A sign of life for whoever watches from outside, only while it is true."""
        while not self._stopping.wait(HEARTBEAT):
            try:
                if self.is_well():
                    beat(self._heartbeat)
            except (OSError, StoreError) as error:
                log.error("heartbeat_failed", error=type(error).__name__)

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
        if self.clock.has_stepped():
            return
        if self.clock.came_back() or self._is_ahead or has_news_ahead(self.database):
            log.warning("clock_set", cases=start_afresh(self.database))
            self.wake()
        self._is_ahead = False

    def _tidy_up(self) -> None:
        """What is over leaves the case book once a day, apart from everything else."""
        while not self._stopping.wait(TIDY_EVERY):
            try:
                self._tidy()
            except StoreError as error:
                log.error("tidying_failed", error=type(error).__name__)

    def _look_after_desks(self) -> None:
        """Whether desks still fit their helpdesks, at a start and once a day, apart from everything else."""
        while not self._stopping.wait(DOCTOR_EVERY):
            try:
                self._doctor()
            except StoreError as error:
                log.error("doctor_failed", error=type(error).__name__)

    def _believes_clock(self) -> bool:
        return not self.clock.has_stepped() and not self._clocks_off()

    def _clocks_off(self) -> dict[str, float]:
        """Desks to which nothing is written for now, and by how many seconds the clock is off there."""
        off = {name: self.clock.off(desk.helpdesk) for name, desk in self.desks().items()}
        return {name: seconds for name, seconds in off.items() if seconds}

    def _keep(self) -> None:
        """The clock and documents every few seconds."""
        while not self._stopping.wait(RELOAD_EVERY):
            try:
                self.desks.reload_if_changed()
                if self._works:
                    self.follow_clock()
                    clock_holds.tell(self.database, self._clocks_off())
                    self._keep_versions()
                    self._know_desks()
                    self.modes.follow()
                self.modes.look()
            except (OSError, StoreError) as error:
                log.error("upkeep_failed", error=type(error).__name__)

    def _know_desks(self, *, is_start: bool = False) -> None:
        """Have changes nobody told of looked for: at a start at every desk, later at those that are new."""
        desks = set(self.desks())
        if is_start or desks - self._known:
            begin(self.database, desks if is_start else desks - self._known, is_start=is_start)
        self._known = desks

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


def _keep(settings: Settings) -> Keep:
    return Keep(settings.keep_bodies, settings.keep_deliveries, settings.keep_closed, settings.keep_cases)


def _opened(settings: Settings, role: Role, *, has_feeds: bool) -> tuple[Database, tuple[Finding, ...]]:
    """The case book at its newest revision, and what to warn of; raises ``NotSound``, ``StoreError``."""
    database, works = Database(settings.database_url), role != "web"
    if database.is_sqlite and role != "serve":
        raise OneProcess("SQLite")
    try:
        database.take_lock()
        found = check_before_use(database, settings, works=works, has_feeds=has_feeds)
        database.prepare()
        if database.is_sqlite:
            void_leases(database)
        return database, (*found, *check_in_use(database, settings))
    except StoreError:
        database.close()
        raise


def web_app(settings: Settings, paidan: Paidan) -> Flask:
    """The Flask application: hooks and health."""
    app = Flask("paidan", static_folder=None)
    keep_manners(app)
    refusals = Refusals(paidan.database)
    hooks = Hooks(paidan.database, paidan.desks, paidan.wake, refusals, max_body=settings.max_body)
    app.register_blueprint(hook_pages(hooks))
    return _watched(app, paidan, refusals)


def watch_app(paidan: Paidan) -> Flask:
    """What a worker shows of itself: health and metrics, no hooks."""
    app = Flask("paidan watch", static_folder=None)
    keep_manners(app)
    return _watched(app, paidan, Refusals(paidan.database))


def _watched(app: Flask, paidan: Paidan, refusals: Refusals) -> Flask:
    app.register_blueprint(health_pages(paidan.database, paidan.desks.told, refusals, paidan.modes.told))
    collector = CaseBookCollector(paidan.database, refusals, paidan.desks.coverage)
    app.register_blueprint(metrics_pages(collector, paidan.why_not_ready))
    return app
