"""Jira's admin webhooks: the registration resource and what is sent (developer.atlassian.com, Webhooks)."""

from __future__ import annotations

import hmac
import json
import time
import uuid
from functools import partial
from typing import Any

from tests.imitations.frame import Answer, Call, Delivery, Imitation

EVENTS = (
    "jira:issue_created",
    "jira:issue_updated",
    "jira:issue_deleted",
    "comment_created",
    "comment_updated",
)
USERS = {"paidan": "5b10ac8d82e05b22cc7d4ef5", "citizen": "qm:7c1f", "person": "5b10ac8d82e05b22cc7d4ef9"}


class Hooks(Imitation):
    cloud: bool
    shown: Any

    def __init__(self) -> None:
        super().__init__()
        self.hooks: dict[str, dict[str, Any]] = {}

    def hook(self, call: Call, rest: list[str]) -> Answer:
        """``/rest/webhooks/1.0/webhook``; a secret is kept and never shown again."""
        match call.method, rest:
            case "GET", []:
                return Answer(200, [self._shown(h) for h in self.hooks.values()])
            case "POST", []:
                return self.register(call.json or {})
            case "GET", [key] if key in self.hooks:
                return Answer(200, self._shown(self.hooks[key]))
            case "DELETE", [key] if key in self.hooks:
                del self.hooks[key]
                return Answer(204, None)
        return Answer(404, {"messages": [{"key": "Webhook not found"}]})

    def _shown(self, hook: dict[str, Any]) -> dict[str, Any]:
        return {k: v for k, v in hook.items() if k != "secret"} | {"isSigned": "secret" in hook}

    def register(self, given: dict[str, Any]) -> Answer:
        """One more, unless one of the same address and events is there."""
        wrong = [e for e in given.get("events", []) if e not in EVENTS]
        if not given.get("name") or not given.get("url") or wrong:
            words = f"Unknown event: {wrong[0]}" if wrong else "Name and URL are required"
            return Answer(400, {"messages": [{"key": words}]})
        if any(
            h["url"] == given["url"] and h["events"] == given.get("events", []) for h in self.hooks.values()
        ):
            return Answer(409, {"messages": [{"key": "A webhook with the same parameters already exists."}]})
        key = str(len(self.hooks) + 1)
        kept = {k: given[k] for k in ("name", "url", "events", "filters", "secret") if k in given}
        address = f"{self.address}/rest/webhooks/1.0/webhook/{key}"
        self.hooks[key] = {"events": [], "filters": {}, "enabled": True, **kept, "self": address}
        return Answer(201, self._shown(self.hooks[key]))

    def user(self, who: str) -> dict[str, Any]:
        cloud = self.cloud
        kind = "customer" if who == "citizen" else "atlassian"  # a customer of the portal has no licence
        names = (
            {"accountId": USERS[who], "accountType": kind}
            if cloud
            else {"name": who, "key": f"JIRAUSER{who}"}
        )
        return {**names, "displayName": who, "active": True}

    def announce(
        self,
        issue: dict[str, Any],
        event: str,
        kind: str,
        who: str = "citizen",
        items: list[dict[str, Any]] | None = None,
        comment: dict[str, Any] | None = None,
    ) -> None:
        body: dict[str, Any] = {"timestamp": int(time.time() * 1000), "webhookEvent": event}
        body |= {"issue_event_type_name": kind} if kind else {}
        body |= {"changelog": {"id": uuid.uuid4().hex, "items": items}} if items else {}
        if comment:  # a comment's delivery carries a short issue and no "user"
            short = self.shown(issue, "summary,issuetype,project,assignee,priority,status")
            body |= {"comment": comment, "issue": short}
        else:
            body |= {"user": self.user(who), "issue": self.shown(issue)}
        raw = json.dumps(body).encode()
        for hook in list(self.hooks.values()):
            if event in hook["events"] and hook["enabled"]:
                self.tell(partial(Delivery, hook["url"], raw, self._headers(hook, raw)))

    def _headers(self, hook: dict[str, Any], raw: bytes) -> dict[str, str]:
        plain = {
            "Content-Type": "application/json; charset=UTF-8",
            "User-Agent": "Atlassian Webhook HTTP Client",
            "X-Atlassian-Webhook-Identifier": str(uuid.uuid4()),
            "X-Atlassian-Webhook-Flow": "Primary",
        }
        if "secret" not in hook:
            return plain
        sign = hmac.new(hook["secret"].encode(), raw, "sha256").hexdigest()
        return plain | {"X-Hub-Signature": f"sha256={sign}"}
