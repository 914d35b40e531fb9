"""Whether Paidan may begin here: the case book, the folders, and what the operator takes upon himself."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from plugin.casebook.database import Database
from plugin.casebook.soundness import Finding, before_use, in_use
from plugin.errors import StoreError
from plugin.settings import Settings

OF_A_WORKER = 14
"""Threads of a worker, each with one connection at most: loop, upkeep, bell, its own health page."""
OF_A_WEB_PROCESS = 4
"""The same beside the threads that take requests."""


class NotSound(StoreError):
    """A promise could not be kept as things stand; ``findings`` say why, and what else there is."""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        super().__init__(", ".join(each.code for each in findings if each.endangers))
        self.findings = findings


def check_before_use(
    database: Database, settings: Settings, *, works: bool, has_feeds: bool
) -> tuple[Finding, ...]:
    """What is not as it should be; raises ``NotSound`` where nothing may begin, ``StoreError``."""
    needed = OF_A_WORKER if works else settings.web_workers * (settings.web_threads + OF_A_WEB_PROCESS)
    found = before_use(database, needed=needed, counts_time=works)
    return judged([*found, *of_folders(settings, has_feeds=has_feeds)], settings)


def check_in_use(database: Database, settings: Settings) -> tuple[Finding, ...]:
    """The same once the schema is there."""
    return judged(in_use(database), settings)


def judged(findings: Iterable[Finding], settings: Settings) -> tuple[Finding, ...]:
    """What the operator takes upon himself only warns; raises ``NotSound`` where anything else endangers."""
    borne = set(settings.accept_risks.replace(",", " ").split())
    told = tuple(replace(each, endangers=each.endangers and each.code not in borne) for each in findings)
    if any(each.endangers for each in told):
        raise NotSound(told)
    return told


def of_folders(settings: Settings, *, has_feeds: bool) -> Iterator[Finding]:
    """What is to be said of the folders and files beside the case book."""
    if settings.mappings.is_dir() and settings.mappings.stat().st_mode & stat.S_IWOTH:
        yield Finding("mappings-open", slots={"path": settings.mappings})
    if has_feeds and not _can_write(settings.feed_copies):
        yield Finding("no-copies", slots={"path": settings.feed_copies})
    beat = settings.heartbeat
    if beat and "://" not in beat and not (Path(beat).parent.is_dir() and _can_write(Path(beat))):
        yield Finding("no-heartbeat", slots={"path": beat})


def _can_write(path: Path) -> bool:
    """A file or folder that is there, or that can be made."""
    there = next(each for each in (path, *path.absolute().parents) if each.exists())
    return os.access(there, os.W_OK)
