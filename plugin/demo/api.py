"""The helpdesk as a person at a browser would use it, through its own API: open, add, read back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import requests

from plugin.demo.site import INBOX, Site


@dataclass(frozen=True, slots=True)
class Note:
    """One message of a ticket."""

    at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A ticket as the helpdesk's API shows it to a member of staff."""

    number: int
    title: str
    url: str
    queue: str
    """Slug of the queue: the plan's group id, or ``inbox``."""
    level: str | None
    priority: int
    """1 is the gravest, 5 the least."""
    status: int
    tags: tuple[str, ...]
    notes: tuple[Note, ...]
    """Private notes by Paidan."""
    public: tuple[Note, ...]
    """Messages by Paidan that the public can see: there must be none."""
    messages: tuple[Note, ...]
    """Everybody else's messages, the opening first."""

    @property
    def is_answered(self) -> bool:
        """True if Paidan's newest note is younger than every message."""
        return bool(self.notes) and self.notes[-1].at >= self.messages[-1].at

    @property
    def seconds(self) -> float:
        """From the newest message to Paidan's newest note, by the helpdesk's clock."""
        return (self.notes[-1].at - self.messages[-1].at).total_seconds()


class HelpdeskApi:
    """A client with the agent's token."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self._slugs = {number: slug for slug, number in site.queues.items()}
        self._session = requests.Session()
        self._session.trust_env = False  # always 127.0.0.1: no proxy
        self._session.headers["Authorization"] = f"Token {site.agent_token}"

    def open(
        self, title: str, body: str, channel: str, region: str, *, submitter: str = "", priority: int = 4
    ) -> int:
        """Open a ticket in the inbox; answers its number."""
        ticket = {
            "queue": self.site.queues[INBOX[0]],
            "title": title,
            "description": body,
            "custom_channel": channel,
            "custom_region": region,
            "submitter_email": submitter,
            "priority": priority,
        }
        filled = {name: value for name, value in ticket.items() if value}
        return int(self._call("POST", "/tickets/", filled)["id"])

    def say(self, number: int, text: str) -> None:
        """Add a message to a ticket, as seen by everybody."""
        self._call("POST", "/followups/", {"ticket": number, "comment": text, "public": True})

    def change(self, number: int, **values: object) -> None:
        """Set fields of a ticket, as an agent does in its edit form."""
        self._call("PATCH", f"/tickets/{number}/", values)

    def one(self, number: int) -> Shown:
        """One ticket as it stands now."""
        return self._shown(self._call("GET", f"/tickets/{number}/"))

    def due(self, number: int) -> datetime | None:
        """The ticket's due date."""
        read = self._call("GET", f"/tickets/{number}/").get("due_date")
        return datetime.fromisoformat(read) if read else None

    def all(self) -> Iterator[Shown]:
        """Every ticket, oldest first."""
        listed = self._call("GET", "/tickets/?page_size=500")["results"]
        yield from (self._shown(read) for read in sorted(listed, key=lambda read: int(read["id"])))

    def _call(self, method: str, path: str, body: object = None) -> Any:
        answer = self._session.request(method, f"{self.site.url}/api{path}", json=body, timeout=30)
        if not answer.ok:
            raise requests.HTTPError(f"{method} {path}: {answer.status_code} {answer.text[:300]}")
        return answer.json()

    def _shown(self, read: dict[str, Any]) -> Shown:
        ours = [f for f in read["followup_set"] if f["user"] == self.site.bot]
        others = [f for f in read["followup_set"] if f["user"] != self.site.bot]
        return Shown(
            number=int(read["id"]),
            title=read["title"],
            url=f"{self.site.url}/tickets/{read['id']}/",
            queue=self._slugs.get(read["queue"], ""),
            level=read.get("custom_response_level") or None,
            priority=int(read["priority"]),
            status=int(read["status"]),
            tags=tuple(tag for tag in (read.get("custom_tags") or "").replace(",", " ").split() if tag),
            notes=_notes(f for f in ours if not f["public"]),
            public=_notes(f for f in ours if f["public"]),
            messages=_notes(others),
        )


def _notes(read: Iterator[dict[str, Any]] | list[dict[str, Any]]) -> tuple[Note, ...]:
    return tuple(Note(datetime.fromisoformat(f["date"]), f["comment"] or "") for f in read)
