"""What the stand-in helpdesk holds, and its durable log: a helpdesk that is killed comes back as it was."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

FIELDS = ("group", "level", "priority", "due", "breach", "tags", "state", "owner")
PAGE = 50


class Book:
    """Tickets with messages and versions; every change is on the disk before it is answered."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "log.jsonl"
        self.tickets: dict[int, dict[str, Any]] = {}
        self.before: dict[int, dict[str, Any]] = {}
        """ticket → how it stood before its last change, for stale reads"""
        self._messages = 0
        if self.path.exists():
            for line in self.path.read_text("utf-8").splitlines():
                self._apply(json.loads(line))
        self._log = self.path.open("a", encoding="utf-8")

    def open(self, actor: str, given: dict[str, Any]) -> dict[str, Any]:
        return self._keep({"kind": "open", "actor": actor, "ticket": len(self.tickets) + 1, **given})

    def say(self, actor: str, ticket: int, text: str, *, private: bool = False) -> dict[str, Any]:
        return self._keep({"kind": "say", "actor": actor, "ticket": ticket, "text": text, "private": private})

    def change(self, actor: str, ticket: int, values: dict[str, Any]) -> dict[str, Any]:
        """Fields and at most one private note, in one go."""
        fields = {name: values[name] for name in FIELDS if name in values}
        changed = {"kind": "change", "actor": actor, "ticket": ticket, "fields": fields}
        return self._keep({**changed, **({"note": values["note"]} if "note" in values else {})})

    def noted(self, entry: dict[str, Any]) -> None:
        """Something that changes nothing (a read, a refusal), for whoever checks afterwards."""
        self._log.write(json.dumps({"at": _now(), **entry}, ensure_ascii=False) + "\n")
        self._log.flush()

    def since(self, instant: datetime, page: int) -> tuple[list[dict[str, Any]], bool]:
        """Tickets changed at or after an instant, the longest unchanged first; whether there are more."""
        changed = [t for t in self.tickets.values() if datetime.fromisoformat(t["changed_at"]) >= instant]
        changed.sort(key=lambda t: (t["changed_at"], t["id"]))
        first = (page - 1) * PAGE
        return changed[first : first + PAGE], len(changed) > first + PAGE

    def _keep(self, entry: dict[str, Any]) -> dict[str, Any]:
        entry = {"at": _now(), **entry}
        self._log.write(json.dumps(entry, ensure_ascii=False) + "\n")
        self._log.flush()
        os.fsync(self._log.fileno())
        return self._apply(entry)

    def _apply(self, entry: dict[str, Any]) -> dict[str, Any]:
        kind, number = entry["kind"], entry.get("ticket")
        if kind == "open":
            self.tickets[number] = {
                "id": number,
                "title": entry["title"],
                "state": "open",
                "group": "intake",
                "level": None,
                "priority": "normal",
                "tags": [],
                "messages": [],
                "version": 0,
                "created_at": entry["at"],
            }
            self._add(number, entry["at"], entry["text"], entry["actor"], private=False)
        elif kind == "say":
            self._add(number, entry["at"], entry["text"], entry["actor"], private=entry["private"])
        elif kind == "change":
            self.before[number] = json.loads(json.dumps(self.tickets[number]))
            self.tickets[number].update(entry["fields"])
            if "note" in entry:
                self._add(number, entry["at"], entry["note"], entry["actor"], private=True)
        else:
            return {}
        ticket = self.tickets[number]
        ticket["version"] += 1
        ticket["changed_at"], ticket["changed_by"] = entry["at"], entry["actor"]
        return ticket

    def _add(self, number: int, at: str, text: str, author: str, *, private: bool) -> None:
        self._messages += 1
        message = {"id": str(self._messages), "at": at, "text": text, "author": author, "private": private}
        self.tickets[number]["messages"].append(message)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds")
