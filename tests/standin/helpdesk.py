"""The stand-in helpdesk as tests use it: started, killed, asked, and checked by what it holds itself."""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import requests

from plugin.servers import Server, free_port

ROOT = Path(__file__).parents[2]
LEVELS = ("一般", "较大", "重大", "特别重大")
BANDS = (5, 50, 200, 500)
"""People present → level, by the shipped rules and plan (petition, petition-four-level)."""


class Helpdesk:
    """The process and its API."""

    def __init__(self, folder: Path, latency: float = 0.0) -> None:
        self.folder, self.port = folder, free_port()
        folder.mkdir(parents=True, exist_ok=True)
        self.url = f"http://127.0.0.1:{self.port}"
        command = [sys.executable, "-m", "tests.standin", str(folder), "--port", str(self.port)]
        self.server = Server(
            name="stand-in",
            command=[*command, "--latency", str(latency)],
            url=f"{self.url}/changed?since=9999-01-01T00:00:00Z",
            log=folder / "standin.log",
            cwd=ROOT,
        )
        self._session = requests.Session()

    def start(self) -> None:
        self.server.start()

    def kill(self) -> None:
        self.server.kill()

    def control(self, **given: Any) -> dict[str, Any]:
        """Set faults, hooks, limit or latency; what was counted so far."""
        answer: dict[str, Any] = requests.post(f"{self.url}/control", json=given, timeout=10).json()
        return answer

    def open(self, text: str, title: str = "上访") -> int:
        """A citizen opens a ticket."""
        return int(self._call("POST", "/tickets", "citizen", {"title": title, "text": text})["id"])

    def say(self, ticket: int, text: str) -> None:
        """A citizen adds a message."""
        self._call("POST", f"/tickets/{ticket}/messages", "citizen", {"text": text})

    def set(self, ticket: int, **values: Any) -> None:
        """An agent changes fields."""
        self._call("PUT", f"/tickets/{ticket}", "agent", values)

    def ticket(self, number: int) -> dict[str, Any]:
        return self._call("GET", f"/tickets/{number}", "agent")

    def log(self) -> list[dict[str, Any]]:
        """Everything that happened, in order, by the helpdesk's own durable log."""
        lines = (self.folder / "log.jsonl").read_text("utf-8").splitlines()
        return [json.loads(line) for line in lines]

    def _call(self, method: str, path: str, actor: str, body: Any = None) -> dict[str, Any]:
        answer = requests.request(method, self.url + path, json=body, headers={"X-Token": actor}, timeout=10)
        answer.raise_for_status()
        found: dict[str, Any] = answer.json()
        return found


def level_of(people: int) -> str:
    """The level so many people present stand for."""
    return LEVELS[sum(people >= bound for bound in BANDS) - 1]


def doubled(log: list[dict[str, Any]]) -> list[str]:
    """Effects that stand twice: a note of the router's with the same words in one ticket, or the same
    values written again though nobody changed them in between.
    """
    notes: Counter[tuple[int, str]] = Counter()
    last: dict[int, dict[str, Any]] = {}
    found = []
    for entry in log:
        if entry["kind"] != "change":
            continue
        number, fields = entry["ticket"], entry["fields"]
        known = last.setdefault(number, {})
        if entry["actor"] == "bot":
            again = {name for name in fields if name in known and known[name] == fields[name]}
            if again and "note" not in entry:
                found.append(f"ticket {number}: {sorted(again)} written again")
            if "note" in entry:
                notes[number, entry["note"]] += 1
        known.update(fields)
    found += [
        f"ticket {number}: {count} times the note {note[:60]!r}"
        for (number, note), count in notes.items()
        if count > 1
    ]
    return found


def falls(log: list[dict[str, Any]]) -> list[str]:
    """Tickets whose level went down by the router: a later message was decided before an earlier one."""
    ranks: dict[int, int] = {}
    found = []
    for entry in log:
        level = entry.get("fields", {}).get("level") if entry.get("actor") == "bot" else None
        if level in LEVELS:
            rank = LEVELS.index(level)
            if rank < ranks.get(entry["ticket"], -1):
                found.append(f"ticket {entry['ticket']} fell to {level}")
            ranks[entry["ticket"]] = rank
    return found
