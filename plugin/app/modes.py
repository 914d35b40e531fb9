"""What each desk acts on, as it changes while Paidan runs, and whether there is something to review."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import structlog

from plugin.casebook.database import Database
from plugin.casebook.desks import DeskInUse, Desks
from plugin.casebook.review import watched
from plugin.casebook.switching import wake_acted

log = structlog.get_logger()


class Modes:
    """Called every few seconds; ``enough``: tickets that were only looked at, after which people are told."""

    def __init__(self, database: Database, desks: Desks, wake: Callable[[int], None], enough: int) -> None:
        self._database = database
        self._desks = desks
        self._wake = wake
        self._enough = enough
        self._known: dict[str, tuple[object, ...]] = {}
        """desk → what it acted on at the last look"""
        self._watched: dict[str, int] = {}

    def follow(self) -> None:
        """What is acted on from now, and was only looked at before, is due at once; raises ``StoreError``."""
        for name, desk in self._desks().items():
            mode = _acts_on(desk)
            if self._known.get(name) == mode:
                continue
            cases = wake_acted(self._database, name, desk.map)
            if cases or name in self._known:
                log.info("mode", desk=name, mode=desk.map.mode, act_for=sorted(desk.map.act_for), cases=cases)
            if cases:
                self._wake(cases)
            self._known[name] = mode

    def look(self) -> None:
        """Say once that enough tickets were looked at to be reviewed; raises ``StoreError``."""
        for name, desk in self._desks().items():
            if desk.map.mode == "act":
                self._watched.pop(name, None)
            elif self._watched.get(name, 0) < self._enough:
                self._watched[name] = watched(self._database, name, self._enough)
                if self._watched[name] >= self._enough:
                    log.info("review_ready", desk=name, tickets=self._enough, see=f"paidan review {name}")

    def told(self) -> Mapping[str, Any]:
        """desk → how many of how many tickets there are to review, and with which command."""
        return {
            name: {
                "tickets": count,
                "of": self._enough,
                "ready": count >= self._enough,
                "see": f"paidan review {name}",
            }
            for name, count in sorted(self._watched.items())
        }


def _acts_on(desk: DeskInUse) -> tuple[object, ...]:
    return desk.map.mode, desk.map.act_for, tuple(sorted(desk.map.act_since.items()))
