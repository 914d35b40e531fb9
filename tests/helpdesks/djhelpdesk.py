"""django-helpdesk: the demo's own site, driven as the tests' third helpdesk."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

from plugin.demo.api import HelpdeskApi
from plugin.demo.desk import PRIORITIES, desk_file, with_password
from plugin.demo.desk import secrets as desk_secrets
from plugin.demo.organisation import PLAN, RULES
from plugin.demo.site import Seed, Site
from plugin.demo.venv import home as demo_home
from tests.helpdesks.peer import GROUPS, LEVELS, RESIDENT, View


class DjangoHelpdesk:
    """One site in ``home``; the venv is the demo's own."""

    product = "django-helpdesk"
    priorities: Mapping[str, str] = MappingProxyType(PRIORITIES)
    usual = "4"
    higher = "1"
    resolved = "3"

    def __init__(self, home: Path, cache: Path) -> None:
        self.hook_password = secrets.token_urlsafe(24)
        self.site = Site(home=home, venv=demo_home() / "helpdesk", seed=Seed(GROUPS, LEVELS))
        self.site.create()
        self.api = HelpdeskApi(self.site)

    @property
    def address(self) -> str:
        return self.site.url

    def prepare(self, public_url: str) -> None:
        pass

    def start(self, hook: str) -> None:
        base = with_password(hook, self.hook_password)
        self.server = self.site.server(f"{base}/new", f"{base}/followup")
        self.server.start()

    def stop(self) -> None:
        self.server.stop()

    def desk(self, url: str) -> dict[str, Any]:
        return desk_file(self.site, url, {level: level for level in LEVELS}, plan=PLAN, rules=RULES)

    def secrets(self) -> dict[str, str]:
        return desk_secrets(self.site, self.hook_password)

    def open(self, title: str, body: str, channel: str, region: str = "澄江市北湖区") -> str:
        number = self.api.open(title, body, channel, region, submitter=RESIDENT, priority=int(self.usual))
        return str(number)

    def say(self, ticket: str, body: str) -> None:
        self.api.say(int(ticket), body)

    def move(self, ticket: str, group: str) -> None:
        self.api.change(int(ticket), queue=self.site.queues[group])

    def take(self, ticket: str) -> None:
        """The agent makes the ticket their own."""
        self.api.change(int(ticket), assigned_to=self.site.agent)

    def due(self, ticket: str) -> datetime | None:
        """The ticket's due date."""
        return self.api.due(int(ticket))

    def prioritise(self, ticket: str, priority: str) -> None:
        self.api.change(int(ticket), priority=int(priority))

    def resolve(self, ticket: str) -> None:
        self.api.change(int(ticket), status=int(self.resolved))

    def view(self, ticket: str) -> View:
        shown = self.api.one(int(ticket))
        return View(
            group=shown.queue,
            level=shown.level,
            priority=str(shown.priority),
            tags=tuple(sorted(shown.tags)),
            reasons=tuple(note.text for note in shown.notes),
            public=tuple(note.text for note in shown.public),
            state=str(shown.status),
            title=shown.title,
        )

    def mailed(self) -> list[str]:
        texts = [path.read_text(errors="replace") for path in sorted(self.site.mail.glob("*.log"))]
        return [a for text in texts for a in re.findall(r"^(?:To|Cc|Bcc): (.*@.*)$", text, re.MULTILINE)]
