"""What stands in a Chatwoot: conversations, messages, teams, attributes, and its webhooks."""

from __future__ import annotations

import hashlib
import hmac
import json
import uuid
from datetime import UTC, datetime
from typing import Any

from tests.imitations.frame import GROUPS, INBOX, Delivery, Imitation, Refused, View, now

TOKEN, ADMIN = "cwAgentAccessToken000024", "cwAdminAccessToken000024"
PAIDAN, PERSON, CITIZEN, INBOX_ID = 3, 4, 91, 2
STATUSES, PRIORITIES = ("open", "resolved", "pending", "snoozed"), ("low", "medium", "high", "urgent")
DISPLAY = ("text", "number", "currency", "percent", "link", "date", "list", "checkbox")
EVENTS = (
    "conversation_status_changed",
    "conversation_updated",
    "conversation_created",
    "contact_created",
    "contact_updated",
    "message_created",
    "message_updated",
    "webwidget_triggered",
    "inbox_created",
    "inbox_updated",
    "conversation_typing_on",
    "conversation_typing_off",
)
NOT_FOUND = Refused(404, {"error": "Resource could not be found"})
USERS = {PAIDAN: ("派单", "paidan@hall.example"), PERSON: ("值班员", "person@hall.example")}


class ChatwootStore(Imitation):
    def __init__(self) -> None:
        super().__init__()
        self.teams = {n: g.lower() for n, g in enumerate(GROUPS, 1)}  # team.rb: names are small letters
        self.fields: dict[int, dict[str, Any]] = {}
        self.talks: dict[int, dict[str, Any]] = {}
        self.messages: dict[int, list[dict[str, Any]]] = {}
        self.hooks: dict[int, dict[str, Any]] = {}
        self._count = 100
        for key, title in (
            ("paidan_level", "级别"),
            ("paidan_due", "办理时限"),
            ("paidan_run", "处置运行"),
            ("paidan_reason", "派单原因"),
        ):
            self._define(
                {
                    "attribute_key": key,
                    "attribute_display_name": title,
                    "attribute_display_type": "text",
                    "attribute_model": "conversation_attribute",
                }
            )

    def _define(self, given: dict[str, Any]) -> dict[str, Any]:
        kind, model = (
            given.get("attribute_display_type", "text"),
            given.get("attribute_model", "conversation_attribute"),
        )
        kind = DISPLAY[kind] if isinstance(kind, int) else kind
        model = (
            ("conversation_attribute", "contact_attribute", "company_attribute")[model]
            if isinstance(model, int)
            else model
        )
        key = (given.get("attribute_key") or "").strip()
        if not key or not given.get("attribute_display_name") or kind not in DISPLAY:
            missing = [n for n in ("attribute_display_name", "attribute_key") if not given.get(n)]
            raise Refused(
                422,
                {
                    "message": "Attribute key can't be blank",
                    "attributes": missing or ["attribute_display_type"],
                },
            )
        if any(f["attribute_key"] == key and f["attribute_model"] == model for f in self.fields.values()):
            raise Refused(
                422, {"message": "Attribute key has already been taken", "attributes": ["attribute_key"]}
            )
        self._count += 1
        values = given.get("attribute_values") or []
        about = {
            "id": self._count,
            "attribute_display_name": given["attribute_display_name"],
            "attribute_display_type": kind,
        }
        more = {
            "attribute_description": given.get("attribute_description"),
            "attribute_key": key,
            "attribute_values": values,
            "attribute_model": model,
        }
        self.fields[self._count] = {**about, **more, "default_value": None, "regex_pattern": None}
        return self.fields[self._count]

    def _new(self, status: str, more: dict[str, Any], custom: dict[str, Any]) -> dict[str, Any]:
        number, at = len(self.talks) + 1, now().timestamp()
        blank = {
            "id": number,
            "status": status,
            "priority": None,
            "team_id": None,
            "assignee_id": None,
            "labels": [],
            "inbox_id": INBOX_ID,
        }
        self.talks[number] = {
            **blank,
            "additional_attributes": more,
            "custom_attributes": custom,
            "created_at": int(at),
            "updated_at": at,
            "last_activity_at": at,
        }
        self.messages[number] = []
        self._event("conversation_created", self.talks[number])
        return self.talks[number]

    def _change(self, talk: dict[str, Any], values: dict[str, Any], by: int) -> None:
        deaf = {{"group": "team_id", "tags": "labels"}.get(d, d) for d in self.deaf}
        changed = {k: v for k, v in values.items() if talk[k] != v and k not in deaf}
        if not changed:
            return
        before = [{k: {"previous_value": talk[k], "current_value": v}} for k, v in changed.items()]
        talk |= changed
        talk["updated_at"] = now().timestamp()
        if set(changed) & {
            "team_id",
            "priority",
            "status",
            "assignee_id",
            "labels",
        }:  # activity_message_handler.rb
            self._message(talk, {"content": f"{USERS[by][0]} 更改了会话", "message_type": "activity"}, None)
        if "status" in changed:
            self._event("conversation_status_changed", talk, changed_attributes=before)
        self._event("conversation_updated", talk, changed_attributes=before)

    def _message(self, talk: dict[str, Any], body: dict[str, Any], by: int | None) -> dict[str, Any]:
        kind = {"incoming": 0, "outgoing": 1, "activity": 2}[body.get("message_type") or "outgoing"]
        if not body.get("content") and not body.get("attachments"):
            raise Refused(422, {"error": "Validation failed: Content can't be blank"})
        self._count += 1
        sender = (
            {"id": CITIZEN, "name": "群众", "type": "contact"}
            if kind == 0
            else {"id": by, "name": USERS[by][0], "type": "user"}
            if by
            else None
        )
        about = {
            "id": self._count,
            "content": body["content"],
            "inbox_id": INBOX_ID,
            "conversation_id": talk["id"],
            "message_type": kind,
            "content_type": "text",
        }
        private = body.get("private") in (True, "true", 1)
        made = {
            **about,
            "status": "sent",
            "content_attributes": {},
            "created_at": int(now().timestamp()),
            "private": private,
            "source_id": None,
        }
        self.messages[talk["id"]].append(made | ({"sender": sender} if sender else {}))
        talk["last_activity_at"] = now().timestamp()
        talk["updated_at"] = talk["last_activity_at"]  # belongs_to :conversation, touch: true
        if kind == 0 and talk["status"] == "resolved":
            self._change(talk, {"status": "open"}, PERSON)
        if kind != 2:  # webhook_sendable?
            self._event("message_created", talk, message=self.messages[talk["id"]][-1])
        return self.messages[talk["id"]][-1]

    def _shown(self, talk: dict[str, Any]) -> dict[str, Any]:
        team = {"id": talk["team_id"], "name": self.teams[talk["team_id"]]} if talk["team_id"] else None
        meta = {
            "sender": {"id": CITIZEN, "name": "群众", "email": "citizen@hall.example"},
            "channel": "Channel::Api",
            "hmac_verified": False,
        }
        last = self.messages[talk["id"]][-1:]
        plain = {k: v for k, v in talk.items() if k not in ("team_id", "assignee_id", "last_activity_at")}
        times = {
            "timestamp": int(talk["last_activity_at"]),
            "last_activity_at": int(talk["last_activity_at"]),
            "waiting_since": 0,
        }
        return {
            **plain,
            **times,
            "meta": meta | ({"team": team} if team else {}),
            "messages": last,
            "account_id": 1,
            "can_reply": True,
            "muted": False,
            "unread_count": 0,
        }

    def _event(
        self, name: str, talk: dict[str, Any], message: dict[str, Any] | None = None, **more: Any
    ) -> None:
        for hook in self.hooks.values():
            if name in hook["subscriptions"]:
                self.tell(lambda hook=hook: self._rendered(hook, name, talk, message, more))  # type: ignore[misc]

    def _rendered(
        self, hook: dict[str, Any], name: str, talk: dict[str, Any], message: dict[str, Any] | None, more: Any
    ) -> Delivery:
        shown = self._shown(talk)
        if message is None:
            payload = {**shown, "event": name, **more}
        else:  # message.rb webhook_data: words for the kind, ISO times, the conversation inside
            kind = ("incoming", "outgoing", "activity")[message["message_type"]]
            at = (
                datetime.fromtimestamp(message["created_at"], UTC)
                .isoformat(timespec="milliseconds")
                .replace("+00:00", "Z")
            )
            payload = {
                **{
                    k: message[k]
                    for k in ("id", "content", "content_type", "content_attributes", "private", "source_id")
                },
                "message_type": kind,
                "created_at": at,
                "sender": message.get("sender"),
                "inbox": {"id": INBOX_ID, "name": "收件箱"},
                "conversation": shown,
                "account": {"id": 1, "name": "综合大厅"},
                "event": name,
            }
        body, stamp = json.dumps(payload, ensure_ascii=False).encode(), str(int(now().timestamp()))
        sign = hmac.new(hook["secret"].encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
        signed = {
            "X-Chatwoot-Signature": f"sha256={sign}",
            "X-Chatwoot-Timestamp": stamp,
            "X-Chatwoot-Delivery": str(uuid.uuid4()),
        }
        return Delivery(
            hook["url"], body, {"Content-Type": "application/json", "Accept": "application/json", **signed}
        )

    def open(self, title: str, text: str) -> str:
        with self.lock:
            talk = self._new("open", {"mail_subject": title}, {})
            talk["team_id"] = next(n for n, t in self.teams.items() if t == INBOX)
            self._message(talk, {"content": text, "message_type": "incoming"}, None)
            return str(talk["id"])

    def say(self, ticket: str, text: str) -> None:
        with self.lock:
            self._message(self.talks[int(ticket)], {"content": text, "message_type": "incoming"}, None)

    def move(self, ticket: str, group: str) -> None:
        with self.lock:
            self._change(
                self.talks[int(ticket)],
                {"team_id": next(n for n, t in self.teams.items() if t == group)},
                PERSON,
            )

    def close(self, ticket: str) -> None:
        with self.lock:
            self._change(self.talks[int(ticket)], {"status": "resolved"}, PERSON)

    def rename(self, group: str, new: str) -> None:
        with self.lock:
            self.teams[next(n for n, t in self.teams.items() if t == group)] = new

    def view(self, ticket: str) -> View:
        with self.lock:
            talk = self.talks[int(ticket)]
            ours = [
                m
                for m in self.messages[talk["id"]]
                if m["message_type"] == 1 and m.get("sender", {}).get("id") == PAIDAN
            ]
            titles = {f["attribute_key"]: f["attribute_display_name"] for f in self.fields.values()}
            custom = {titles.get(k, k): v for k, v in talk["custom_attributes"].items()}
            level = next((v for k, v in custom.items() if "evel" in k or "级" in k), None)
            due = custom.get("办理时限")
            return View(
                group=self.teams.get(talk["team_id"], ""),
                level=level,
                priority=talk["priority"] or "",
                tags=tuple(talk["labels"]),
                due=datetime.fromisoformat(due) if due else None,
                notes=tuple(m["content"] for m in ours if m["private"]),
                public=tuple(m["content"] for m in ours if not m["private"]),
                state=talk["status"],
            )
