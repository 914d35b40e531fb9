"""Zendesk's event webhooks: the webhooks resource and what is sent (developer.zendesk.com, webhooks)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import uuid
from datetime import UTC, datetime
from functools import partial
from typing import Any

from tests.imitations.frame import Answer, Call, Delivery, Imitation, Refused

AGENT, PERSON, CITIZEN = 20978392, 20978393, 20978400
EVENT = {  # webhooks/event-types/ticket-events; there is no "ticket.updated"
    "status": "status_changed",
    "priority": "priority_changed",
    "subject": "subject_changed",
    "group_id": "group_assignment_changed",
    "assignee_id": "agent_assignment_changed",
    "tags": "tags_changed",
    "type": "type_changed",
    "due_at": "task_due_at_changed",
    "custom_fields": "custom_field_changed",
}
OTHERS = (
    "created",
    "comment_added",
    "comment_made_private",
    "merged",
    "soft_deleted",
    "permanently_deleted",
    "undeleted",
    "description_changed",
    "custom_status_changed",
    "requester_changed",
    "organization_changed",
    "form_changed",
    "brand_changed",
    "external_id_changed",
    "marked_as_spam",
    "problem_link_changed",
    "submitter_changed",
    "email_ccs_changed",
    "followers_changed",
)


def refused(words: str) -> Refused:
    return Refused(400, {"errors": [{"code": "InvalidRequest", "title": "Invalid request", "detail": words}]})


class Hooks(Imitation):
    _want: Any

    def __init__(self) -> None:
        super().__init__()
        self.hooks: dict[str, dict[str, Any]] = {}

    def _hook(self, call: Call, rest: list[str]) -> Answer:
        match call.method, rest:
            case "GET", []:
                return Answer(200, {"webhooks": list(self.hooks.values()), "meta": {"has_more": False}})
            case "POST", []:
                return Answer(201, {"webhook": self._subscribe(self._want(call, "webhook"))})
            case "GET", [number, "signing_secret"] if number in self.hooks:
                return Answer(200, {"signing_secret": {"algorithm": "SHA256", "secret": self.secret(number)}})
            case "GET", [number] if number in self.hooks:
                return Answer(200, {"webhook": self.hooks[number]})
            case "DELETE", [number] if number in self.hooks:
                del self.hooks[number]
                return Answer(204)
        words = {"code": "WebhookNotFound", "title": "Webhook not found"}
        return Answer(404, {"errors": [words]})

    def _subscribe(self, given: dict[str, Any]) -> dict[str, Any]:
        wanted = ("name", "endpoint", "http_method", "request_format", "status")
        missing = [name for name in wanted if not given.get(name)]
        asked = given.get("subscriptions", [])
        known = {f"zen:event-type:ticket.{e}" for e in (*EVENT.values(), *OTHERS)}
        wrong = [s for s in asked if s != "conditional_ticket_events" and s not in known]
        if missing or wrong or ("conditional_ticket_events" in asked and len(asked) > 1):
            detail = f"{', '.join(missing or wrong)} is invalid"
            raise refused(detail)
        number = f"01{uuid.uuid4().hex[:24].upper()}"
        self.hooks[number] = {**{k: given[k] for k in wanted}, "id": number, "subscriptions": asked}
        return self.hooks[number]

    def secret(self, number: str) -> str:
        return base64.b64encode(hashlib.sha256(number.encode()).digest()).decode()

    def _tell(self, ticket: dict[str, Any], events: list[str], actor: int, before: dict[str, Any]) -> None:
        """One delivery for each event of an action, all of one sequence; order is not promised."""
        for at, event in enumerate(events):
            kind, now = f"zen:event-type:ticket.{event}", datetime.now(UTC)
            body = {
                "type": kind,
                "account_id": 21825834,
                "id": str(uuid.uuid4()),
                "time": now.isoformat().replace("+00:00", "Z"),
            }
            about = {"zendesk_event_version": "2022-11-06", "subject": f"zen:ticket:{ticket['id']}"}
            more = {"meta": {"sequence": {"id": uuid.uuid4().hex, "position": at + 1, "total": len(events)}}}
            what = {} if event == "created" else {**more, "previous": next(iter(before.values()), None)}
            raw = json.dumps({**body, **about, "detail": self._detail(ticket, actor), "event": what}).encode()
            for number, hook in list(self.hooks.items()):
                if kind in hook["subscriptions"] and hook["status"] == "active":
                    self.tell(
                        partial(self._signed, number, raw)
                    )  # rendered when it happens, signed when sent

    def _detail(self, ticket: dict[str, Any], actor: int) -> dict[str, Any]:
        """Ids are texts, enumerations upper case, and custom fields are not there."""
        plain = {k: ticket[k] for k in ("subject", "description", "tags", "created_at", "updated_at")}
        ids = {
            k: str(ticket[k]) if ticket[k] else None
            for k in ("id", "group_id", "assignee_id", "requester_id")
        }
        words = {k: ticket[k].upper() if ticket[k] else None for k in ("status", "priority", "type")}
        return {**plain, **ids, **words, "actor_id": str(actor), "is_public": True, "via": ticket["via"]}

    def _signed(self, number: str, raw: bytes) -> Delivery | None:
        if number not in self.hooks:
            return None
        stamp = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        sign = hmac.new(self.secret(number).encode(), stamp.encode() + raw, "sha256").digest()
        headers = {
            "Content-Type": "application/json",
            "X-Zendesk-Webhook-Signature": base64.b64encode(sign).decode(),
            "X-Zendesk-Webhook-Signature-Timestamp": stamp,
            "X-Zendesk-Webhook-Id": number,
            "X-Zendesk-Webhook-Invocation-Id": uuid.uuid4().hex,
        }
        return Delivery(self.hooks[number]["endpoint"], raw, headers)
