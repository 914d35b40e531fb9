"""GLPI 11: the same API, and webhooks (src/Webhook.php, QueuedWebhook.php) an administrator has clicked."""

from __future__ import annotations

import hashlib
import hmac
import json
import urllib.request
from datetime import datetime
from typing import Any, ClassVar

from tests.imitations.frame import Answer, Call, Delivery, now
from tests.imitations.glpi import HERE, Glpi10

SECRET = "glpi-hook-secret-0123456789abcdef"
STATES = {1: "New", 2: "Processing (assigned)", 6: "Closed"}


class Glpi11(Glpi10):
    connector = "glpi-11"
    version = "11.0.6"
    given: ClassVar[tuple[str, ...]] = (*Glpi10.given, "--set", "hook=env:IMITATION_HOOK")
    manners: ClassVar[tuple[str, ...]] = ("doubled", "late", "shuffled")
    is_encoded = False

    hook = ""
    has_challenge = True
    """The webhook asks before each delivery whether its receiver knows the secret."""
    challenged = 0

    @property
    def secrets(self) -> dict[str, str]:
        return {**super().secrets, "IMITATION_HOOK": SECRET}

    def answer(self, call: Call) -> Answer:
        """CoreController::index tells what it is to whoever asks."""
        if call.path.rstrip("/") == "/api.php":
            versions = [
                {"api_version": "2.1.0", "version": "2.1.0", "endpoint": f"{self.address}/api.php/v2.1"}
            ]
            return Answer(200, {"message": "Welcome to GLPI API", "api_versions": versions})
        return super().answer(call)

    def by_hand(self, hook: str) -> None:
        self.hook = hook

    def happened(self, event: str, kind: str, number: int) -> None:
        """Webhook::raise: body and time are of the moment it is queued; the queue sends it as it is."""
        if not self.hook:
            return
        body = json.dumps(self._payload(event, kind, number), indent=4).encode()
        at = str(int(now().timestamp()))
        signed = hmac.new(SECRET.encode(), body + at.encode(), hashlib.sha256).hexdigest()
        delivery = Delivery(self.hook, body, {"X-GLPI-signature": signed, "X-GLPI-timestamp": at})
        self.tell(lambda: delivery if not self.has_challenge or self._knows() else None)

    def _knows(self) -> bool:
        """validateCRAChallenge: the answer is a second signature over the first."""
        token = hmac.new(SECRET.encode(), b"validate_cra_challenge", hashlib.sha256).hexdigest()
        with urllib.request.urlopen(f"{self.hook}?crc_token={token}", timeout=5) as answer:
            told = str(answer.read().decode())
        self.challenged += 1
        return told == hmac.new(SECRET.encode(), token.encode(), hashlib.sha256).hexdigest()

    def _payload(self, event: str, kind: str, number: int) -> dict[str, Any]:
        """getWebhookBody: the item as API v2 has it; a follow-up comes with its ticket."""
        if kind == "Ticket":
            return {"item": self._item(number), "event": event}
        row = self.followups[number]
        item = {"id": number, "itemtype": "Ticket", "items_id": row["items_id"], "content": row["content"]}
        item |= {"is_private": bool(row["is_private"]), "user": {"id": row["users_id"], "name": "…"}}
        return {"item": item, "event": event, "parent_item": self._item(row["items_id"])}

    def _item(self, number: int) -> dict[str, Any]:
        ticket = self.tickets[number]
        rows = [row for row in self.links["Group_Ticket"].values() if row["tickets_id"] == number]
        names = [self.groups[row["groups_id"]] for row in rows]
        return {
            **{
                key: ticket[key] for key in ("id", "name", "content", "type", "urgency", "impact", "priority")
            },
            "status": {"id": ticket["status"], "name": STATES[ticket["status"]]},
            "entity": {"id": 0, "name": "Root entity", "completename": "Root entity"},
            "team": [{"role": "assigned", "name": n, "display_name": n, "href": "…"} for n in names],
            "date": _iso(ticket["date"]),
            "date_creation": _iso(ticket["date_creation"]),
            "date_mod": _iso(ticket["date_mod"]),
            "is_deleted": False,
        }


def _iso(text: str) -> str:
    return datetime.fromisoformat(text).replace(tzinfo=HERE).isoformat()
