"""The desks in use: documents, connectors and secrets put together, made anew when a file changes."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import structlog

from plugin.casebook.desks import DeskInUse
from plugin.casebook.pacing import CallLimits
from plugin.casebook.people import reaching
from plugin.casebook.timekeepers import plan_clocks
from plugin.core.case import CaseState, Decision, DecisionDocuments
from plugin.core.decision import decide
from plugin.core.ticket import Ticket
from plugin.desk.opening import open_desk, product
from plugin.desk.products import Connectors, shaped
from plugin.desk.secret_values import FileState, file_states, secret_value
from plugin.documents.document_set import DocumentSet
from plugin.documents.hearing import is_polled, look_every, unheard_every
from plugin.documents.load import LastGood
from plugin.documents.problems import Problem, Problems
from plugin.documents.render import as_values
from plugin.documents.wording import Language
from plugin.errors import DocumentsInvalid
from plugin.notify.feeds import Feeds
from plugin.settings import Settings

log = structlog.get_logger()


class Desks:
    """The desks in use, made anew when the documents change; readers always see one whole version."""

    def __init__(self, settings: Settings, environ: Mapping[str, str]) -> None:
        """Raises ``DocumentsInvalid`` where documents, connectors or secrets keep a desk from being used."""
        self._environ = environ
        self._settings = settings
        self.feeds = Feeds(
            lambda name: secret_value(name, environ), settings.mappings / "rosters", settings.feed_copies
        )
        self._descriptors = Connectors(settings.connectors)
        self.documents = LastGood(settings.mappings, self._descriptors.products)
        self.warnings: tuple[Problem, ...] = ()
        """What opening the desks that run warned of"""
        self._files = files(settings)
        self._seen = self._secret_files()
        self._now = self._opened(self.documents.documents)
        self._version, self._opened_from = self.documents.running, self._seen
        self.problems: tuple[Problem, ...] = (*self.documents.problems, *self.warnings)

    def __call__(self) -> Mapping[str, DeskInUse]:
        """The desks that run now."""
        return self._now

    def ask_reload(self) -> None:
        """Have the files read again at the next look, changed or not; safe in a signal handler."""
        self._files = frozenset()

    def reload_if_changed(self) -> None:
        """Reload where a file changed since the last look, one that a secret stands in included."""
        if files(self._settings) != self._files or self._secret_files() != self._seen:
            self.reload()

    def reload(self) -> bool:
        """Read the files again; True when what is there runs now. What runs is never replaced by worse."""
        self._files = files(self._settings)
        good = self.documents.reload()
        self.problems = (*self.documents.problems, *self.warnings)
        if not good:
            log.error("documents_refused", running=self._version, problems=len(self.documents.problems))
        return self._reopen() and good

    def _reopen(self) -> bool:
        """Open the desks anew where documents or secrets are new; documents with errors hold up no secret."""
        self._seen = self._secret_files()  # before they are read: a change in between is seen next time
        if (self.documents.running, self._seen) == (self._version, self._opened_from):
            return True
        try:
            self._now = self._opened(self.documents.documents)
        except DocumentsInvalid as error:
            self.problems = (*self.documents.problems, *error.problems)
            log.error("desk_not_opened", running=self._version, problems=len(error.problems))
            return False
        is_new = self.documents.running != self._version
        self._version, self._opened_from = self.documents.running, self._seen
        self.problems = (*self.documents.problems, *self.warnings)
        log.info("documents_loaded" if is_new else "secrets_loaded", version=self._version)
        return True

    def _secret_files(self) -> frozenset[FileState]:
        desks = self.documents.documents.desks.values()
        return frozenset(state for desk in desks for state in file_states(desk))

    def read_feeds(self) -> None:
        """Ask the calendar feeds of the rosters in use, each when it is time to; what fails is logged."""
        documents = self.documents.documents
        for name in {desk.roster for desk in documents.desks.values() if desk.roster}:
            for feed, state in self.feeds.states(documents.rosters[name], time.time()).items():
                if state.failure:
                    log.warning("feed_not_read", roster=name, feed=feed, reason=state.failure)

    def coverage(self) -> dict[str, date]:
        """calendar → the last day its holidays are known for, of those the desks count by"""
        documents = self.documents.documents
        used = {desk.calendar: documents.calendar(name) for name, desk in documents.desks.items()}
        return {name: each.covered_through for name, each in used.items() if name and each}

    def told(self) -> dict[str, Any]:
        """The version that runs, what is wrong with a newer one, and which desks are only asked (seconds)."""
        language: Language = "zh" if self._settings.language == "zh" else "en"
        shown = as_values(self.problems, language)
        polled = {name: desk.look_every for name, desk in self._now.items() if not desk.hears}
        return {
            "version": self._version,
            "refused": self.documents.refused,
            "problems": shown,
            "polled": polled,
        }

    def _opened(self, documents: DocumentSet) -> dict[str, DeskInUse]:
        warned = Problems()
        opened = {name: self._desk(documents, name, warned) for name in documents.desks}
        self.warnings = tuple(warned)
        return opened

    def _desk(self, documents: DocumentSet, name: str, warned: Problems) -> DeskInUse:
        desk = documents.desks[name]
        descriptor = shaped(self._descriptors, desk)
        helpdesk, made = open_desk(descriptor, desk, self._environ, warned), product(descriptor)
        return DeskInUse(
            helpdesk=helpdesk,
            map=documents.desk_map(name),
            decide=deciding(documents.decision_documents(name)),
            version=documents.digest,
            limits=CallLimits(desk.at_once, desk.per_minute),
            look_every=look_every(desk, made),
            unheard_every=unheard_every(desk, made),
            hears=not is_polled(desk, made),
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


def deciding(documents: DecisionDocuments) -> Any:
    """``decide`` under these documents."""

    def decided(ticket: Ticket, case: CaseState, now: datetime) -> Decision:
        return decide(ticket, case, documents, now)

    return decided
