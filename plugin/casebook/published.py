"""Every policy and calendar that ever ran, whole: a clock keeps the version it began under."""

from __future__ import annotations

import json
from datetime import date
from functools import lru_cache
from hashlib import sha256
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import select

from plugin.casebook.database import Database
from plugin.casebook.tables import published
from plugin.core.calendar import Calendar
from plugin.core.timekeeping import Policy


@lru_cache
def _as_json(kind: str) -> TypeAdapter[Any]:
    return TypeAdapter(Policy if kind == "policy" else Calendar)


class Version:
    """One version of a policy or calendar; its id is the digest of what it says."""

    def __init__(self, kind: str, name: str, value: Policy | Calendar) -> None:
        self.kind, self.name, self.value = kind, name, value
        self.body = json.dumps(_plain(_as_json(kind).dump_python(value)), ensure_ascii=False, sort_keys=True)
        self.hash = sha256(f"{kind}\0{name}\0{self.body}".encode()).hexdigest()


def _plain(value: Any) -> Any:
    """As JSON has it, sets in order: the same policy gives the same text in every process."""
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, frozenset | set):
        return sorted((_plain(item) for item in value), key=str)
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value.isoformat() if isinstance(value, date) else value


class InHand:
    """A few versions as they are, on no record."""

    def __init__(self, *versions: Version | None) -> None:
        self._known: dict[str, Any] = {each.hash: each.value for each in versions if each is not None}

    def policy(self, version: str) -> Policy:
        """The policy of this version; raises ``KeyError``."""
        found: Policy = self._known[version]
        return found

    def calendar(self, version: str) -> Calendar:
        """The calendar of this version; raises ``KeyError``."""
        found: Calendar = self._known[version]
        return found


class PublishedVersions:
    """The versions on record; what was read once is kept in memory."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known: dict[str, Any] = {}

    def publish(self, *versions: Version | None) -> set[str]:
        """Put these versions on record, each once; the ids of those that never ran before.

        Raises ``StoreError``.
        """
        new = [each for each in versions if each is not None and each.hash not in self._known]
        if not new:
            return set()
        with self._database.write() as tx:
            once = tx.insert(published).on_conflict_do_nothing(index_elements=["hash"])
            rows = (
                {"hash": v.hash, "kind": v.kind, "name": v.name, "at": tx.now, "body": v.body} for v in new
            )
            added = {str(row["hash"]) for row in rows if tx.run(once, row).rowcount > 0}
        self._known |= {each.hash: each.value for each in new}
        return added

    def policy(self, version: str) -> Policy:
        """The policy of this version; raises ``KeyError`` where it never ran here."""
        found: Policy = self._find(version)
        return found

    def calendar(self, version: str) -> Calendar:
        """The calendar of this version; raises ``KeyError`` where it never ran here."""
        found: Calendar = self._find(version)
        return found

    def _find(self, version: str) -> Any:
        if version not in self._known:
            with self._database.read() as tx:
                row = tx.run(select(published).where(published.c.hash == version)).one_or_none()
            if row is None:
                raise KeyError(version)
            self._known[version] = _as_json(row.kind).validate_json(row.body)
        return self._known[version]
