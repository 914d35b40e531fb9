"""Looks at every desk at a start and once a day: a renamed group is told before a ticket falls through."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from threading import Event

import structlog

from plugin.casebook import checkups, chores
from plugin.casebook.database import Database
from plugin.casebook.desks import DeskInUse
from plugin.casebook.doors import DoorShut
from plugin.casebook.holds import Holds
from plugin.casebook.people import Warn
from plugin.desk.checkup import Subject, check_up, still_held
from plugin.desk.connector import Connector
from plugin.desk.failed import NOT_ASKED
from plugin.desk.findings import Finding

log = structlog.get_logger()

DAY = 86_400.0
AGAIN = 600.0
"""Seconds after which a desk is looked at again that did not answer."""
SOON = 60.0
"""The same of one that is to be left alone just now."""
VISIT = 120.0
"""Seconds a look lasts at most."""


class Doctor:
    """The daily look; of several nodes one does it."""

    def __init__(
        self,
        database: Database,
        desks: Callable[[], Mapping[str, DeskInUse]],
        holds: Holds,
        stopping: Event,
        warn: Warn,
    ) -> None:
        self._database = database
        self._desks = desks
        self._holds = holds
        self._stopping = stopping
        self._warn = warn
        self._seen: dict[str, str] = {}
        """desk → the version of its documents it was looked at under, by this process"""

    def __call__(self) -> None:
        """Look at the desks it is time for. Raises ``StoreError``."""
        desks = self._desks()
        checkups.forget(self._database, desks)
        for name, desk in desks.items():
            if self._stopping.is_set():
                return
            if isinstance(desk.helpdesk, Connector) and self._is_time(name, desk):
                self._visit(name, desk, desk.helpdesk)

    def _is_time(self, name: str, desk: DeskInUse) -> bool:
        """Once a day, and where this process does not know the desk file yet: at a start, after a change."""
        if self._seen.get(name) != desk.version:
            chores.due(self._database, _chore(name))
        taken = chores.take(self._database, _chore(name), DAY)
        if taken:
            self._seen[name] = desk.version
        return taken

    def _visit(self, name: str, desk: DeskInUse, helpdesk: Connector) -> None:
        """A helpdesk that wants to be left alone is looked at a little later."""
        try:
            with self._holds.visit(name, VISIT):
                self._look(name, desk, helpdesk)
        except DoorShut:
            chores.end(self._database, _chore(name), next_in=SOON, is_done=False)

    def _look(self, name: str, desk: DeskInUse, helpdesk: Connector) -> None:
        heard = checkups.heard(self._database, name, desk.look_every)
        found = check_up(Subject(helpdesk, desk.map, heard))
        before = checkups.findings(self._database, name)
        # else what was told already would be told again as soon as it can be looked at again
        checkups.keep(self._database, name, (*found, *still_held(found, before)))
        is_whole = not any(each.code in ("unreachable", NOT_ASKED) for each in found)
        chores.end(self._database, _chore(name), next_in=DAY if is_whole else AGAIN, is_done=is_whole)
        self._say(name, found, before)

    def _say(self, name: str, found: Iterable[Finding], before: Iterable[Finding]) -> None:
        for each in found:
            if each.severity != "ok":
                shown = log.error if each.severity == "error" else log.warning
                shown("desk_unfit", desk=name, code=each.code, **_safe(each))
        known = {(each.code, str(_safe(each))) for each in before if each.severity == "error"}
        errors = tuple(each for each in found if each.severity == "error")
        if any((each.code, str(_safe(each))) not in known for each in errors):
            outcome = self._warn(name, len(errors))
            if outcome is None or outcome.state != "delivered":
                log.error("nobody_warned", desk=name, reason=outcome.reason if outcome else "no-contact")


def _safe(finding: Finding) -> dict[str, object]:
    """What may be logged: names of the helpdesk, none of its sentences."""
    return {
        name: value for name, value in finding.slots.items() if name in ("what", "given", "near", "means")
    }


def _chore(desk: str) -> str:
    return f"doctor {hashlib.sha256(desk.encode()).hexdigest()[:24]}"
