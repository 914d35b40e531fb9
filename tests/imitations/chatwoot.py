"""Chatwoot 4.x, as its source says.

chatwoot/chatwoot: app/controllers/api/v1/accounts/*, app/finders/*, app/views/api/v1/*,
app/models/{conversation,team,webhook,custom_attribute_definition}.rb, app/listeners/webhook_listener.rb,
lib/webhooks/trigger.rb,
app/presenters/conversations/event_data_presenter.rb, config/initializers/rack_attack.rb.
"""

from __future__ import annotations

import hashlib
from typing import Any, ClassVar

from tests.imitations.chatwoot_store import (
    ADMIN,
    CITIZEN,
    EVENTS,
    INBOX_ID,
    NOT_FOUND,
    PAIDAN,
    PRIORITIES,
    STATUSES,
    TOKEN,
    USERS,
    ChatwootStore,
)
from tests.imitations.frame import Answer, Call, Refused, now


class Chatwoot(ChatwootStore):
    connector: ClassVar[str] = "chatwoot"
    version: ClassVar[str] = "4.11.2"
    has_trial: ClassVar[bool] = False
    given: ClassVar[tuple[str, ...]] = (
        *("--set", "account_id=1", "--set", "admin_token=env:IMITATION_ADMIN"),
        *("--map", "write.level=paidan_level", "--map", "write.due=paidan_due"),
    )

    @property
    def secrets(self) -> dict[str, str]:
        return {"IMITATION_TOKEN": TOKEN, "IMITATION_ADMIN": ADMIN}

    def installed(self) -> set[str]:
        return {f"webhook {n}" for n in self.hooks} | {
            f"field {f['attribute_key']}" for f in self.fields.values()
        }

    def too_many(self) -> Answer:
        """Rack::Attack's own answer; it does not say how long to wait."""
        return Answer(429, b"Retry later\n", {"Content-Type": "text/plain"})

    def answer(self, call: Call) -> Answer:
        if call.path == "/api":
            known = {"version": self.version, "timestamp": now().strftime("%Y-%m-%d %H:%M:%S")}
            return Answer(200, {**known, "queue_services": "ok", "data_services": "ok"})
        if not call.path.startswith("/api/v1/"):
            return Answer(
                200,
                b"<!DOCTYPE html><html><head><title>Chatwoot</title></head></html>",
                {"Content-Type": "text/html"},
            )
        given = call.headers.get("api_access_token") or call.headers.get("api-access-token")
        if not given:  # devise
            raise Refused(401, {"errors": ["You need to sign in or sign up before continuing."]})
        if given not in (TOKEN, ADMIN) or (self.revoked and given == TOKEN):
            raise Refused(401, {"error": "Invalid Access Token"})
        path = call.parts[2:]
        if path == ["profile"]:
            accounts = [
                {
                    "id": 1,
                    "name": "综合大厅",
                    "status": "active",
                    "role": "administrator",
                    "permissions": ["administrator"],
                }
            ]
            return Answer(
                200,
                {
                    "id": PAIDAN,
                    "name": "派单",
                    "email": USERS[PAIDAN][1],
                    "account_id": 1,
                    "role": "administrator",
                    "accounts": accounts,
                    "type": None,
                },
            )
        if path[:1] != ["accounts"] or path[1:2] != ["1"]:
            raise NOT_FOUND if path[:1] == ["accounts"] else Refused(404, b"")
        return self._account(call, path[2:])

    def _account(self, call: Call, path: list[str]) -> Answer:
        body = call.json
        match call.method, path:
            case "GET", []:
                return Answer(200, {"id": 1, "name": "综合大厅", "locale": "zh_CN", "status": "active"})
            case "GET", ["teams"]:
                shown = [
                    {
                        "id": n,
                        "name": t,
                        "description": None,
                        "allow_auto_assign": True,
                        "account_id": 1,
                        "is_member": False,
                    }
                    for n, t in self.teams.items()
                ]
                return Answer(200, shown)
            case "GET", ["agents"]:
                return Answer(
                    200,
                    [
                        {
                            "id": n,
                            "name": u[0],
                            "email": u[1],
                            "role": "agent",
                            "account_id": 1,
                            "confirmed": True,
                        }
                        for n, u in USERS.items()
                    ],
                )
            case "GET", ["inboxes"]:
                return Answer(
                    200, {"payload": [{"id": INBOX_ID, "name": "收件箱", "channel_type": "Channel::Api"}]}
                )
            case "GET", ["labels"]:
                return Answer(200, {"payload": []})
            case "GET", ["custom_attribute_definitions"]:
                model = {"0": "conversation_attribute", "1": "contact_attribute"}.get(
                    call.query.get("attribute_model", ""), call.query.get("attribute_model")
                )
                return Answer(200, [f for f in self.fields.values() if model in (None, f["attribute_model"])])
            case "POST", ["custom_attribute_definitions"]:
                return Answer(200, self._define(body.get("custom_attribute_definition") or body))
            case "DELETE", ["custom_attribute_definitions", n] if n.isdigit() and int(n) in self.fields:
                del self.fields[int(n)]
                return Answer(204)
            case _, ["webhooks", *_] if (
                call.headers.get("api_access_token") != ADMIN
            ):  # Pundit::NotAuthorizedError
                raise Refused(401, {"error": "You are not authorized to do this action"})
            case _, ["webhooks", *rest]:
                return self._hook(call.method, rest, body)
            case "POST", ["contacts"]:
                return Answer(
                    200,
                    {
                        "payload": {
                            "contact": {"id": CITIZEN, "name": body.get("name")},
                            "contact_inbox": {"source_id": "s-1", "inbox": {"id": INBOX_ID}},
                        }
                    },
                )
            case "GET", ["contacts", "search"]:
                return Answer(200, {"meta": {"count": 0, "current_page": 1}, "payload": []})
            case "GET", ["conversations"]:
                return Answer(200, self._listed(call))
            case "POST", ["conversations"]:
                return Answer(200, self._create(body))
            case _, ["conversations", n, *rest] if n.isdigit() and int(n) in self.talks:
                return self._talk(call, int(n), rest, body)
        raise NOT_FOUND

    def _hook(self, method: str, rest: list[str], body: Any) -> Answer:
        given = body.get("webhook") or body
        match method, rest:
            case "GET", []:
                return Answer(200, {"payload": {"webhooks": list(self.hooks.values())}})
            case "POST", []:
                wanted = given.get("subscriptions")
                if not isinstance(wanted, list) or not wanted or set(wanted) - set(EVENTS):
                    raise Refused(
                        422, {"message": "Subscriptions Invalid events", "attributes": ["subscriptions"]}
                    )
                if not str(given.get("url", "")).startswith(("http://", "https://")):
                    raise Refused(422, {"message": "Url is invalid", "attributes": ["url"]})
                if any(h["url"] == given["url"] for h in self.hooks.values()):
                    raise Refused(422, {"message": "Url has already been taken", "attributes": ["url"]})
                self._count += 1  # the secret is Chatwoot's own (has_secure_token), and shown
                secret = hashlib.sha256(str(self._count).encode()).hexdigest()[:24]
                made = {
                    "id": self._count,
                    "name": given.get("name"),
                    "url": given["url"],
                    "account_id": 1,
                    "subscriptions": wanted,
                    "secret": secret,
                }
                self.hooks[self._count] = made
                return Answer(200, {"payload": {"webhook": made}})
            case "DELETE", [n] if n.isdigit() and int(n) in self.hooks:
                del self.hooks[int(n)]
                return Answer(200, b"")
        raise NOT_FOUND

    def _listed(self, call: Call) -> dict[str, Any]:
        """conversation_finder.rb: open ones unless told, 25 a page, the latest activity first."""
        status = call.query.get("status", "open")
        found = [t for t in self.talks.values() if status in ("all", t["status"])]
        found.sort(key=lambda t: t["last_activity_at"], reverse=True)
        if call.query.get("updated_within"):  # then all of them, without pages
            since = now().timestamp() - int(call.query["updated_within"])
            found = [t for t in found if t["updated_at"] > since]
            return {"data": {"meta": self._counts(found), "payload": [self._shown(t) for t in found]}}
        first = (int(call.query.get("page", "1")) - 1) * 25
        return {
            "data": {
                "meta": self._counts(found),
                "payload": [self._shown(t) for t in found[first : first + 25]],
            }
        }

    def _counts(self, found: list[Any]) -> dict[str, int]:
        return {"mine_count": 0, "assigned_count": 0, "unassigned_count": len(found), "all_count": len(found)}

    def _create(self, body: dict[str, Any]) -> dict[str, Any]:
        if body.get("inbox_id") not in (INBOX_ID, str(INBOX_ID)) and not body.get("source_id"):
            raise NOT_FOUND
        talk = self._new(
            body.get("status", "open"),
            body.get("additional_attributes") or {},
            body.get("custom_attributes") or {},
        )
        talk["team_id"] = int(body["team_id"]) if body.get("team_id") else None
        if body.get("message"):
            self._message(talk, body["message"], PAIDAN)
        return self._shown(talk)

    def _talk(self, call: Call, number: int, rest: list[str], body: dict[str, Any]) -> Answer:
        talk = self.talks[number]
        match call.method, rest:
            case "GET", []:
                return Answer(200, self._shown(talk))
            case "PATCH" | "PUT", []:
                self._change(talk, {"priority": self._priority(body.get("priority"))}, PAIDAN)
                return Answer(200, self._shown(talk))
            case "GET", ["messages"]:
                return Answer(
                    200, {"meta": {"labels": talk["labels"]}, "payload": self._page(number, call.query)}
                )
            case "POST", ["messages"]:
                if body.get("message_type") == "incoming":  # allowed here: the inbox is an API channel
                    return Answer(200, self._message(talk, body, None))
                return Answer(200, self._message(talk, body, PAIDAN))
            case "POST", ["assignments"]:
                if "assignee_id" in body:
                    self._change(talk, {"assignee_id": body["assignee_id"]}, PAIDAN)
                    return Answer(200, None)
                if "team_id" not in body:
                    return Answer(200, None)
                team = (
                    int(body["team_id"]) if str(body["team_id"]).isdigit() else 0
                )  # find_by: nobody is nobody
                self._change(talk, {"team_id": team if team in self.teams else None}, PAIDAN)
                return Answer(200, {"id": team, "name": self.teams[team]} if team in self.teams else None)
            case "POST", ["toggle_priority"]:
                self._change(talk, {"priority": self._priority(body.get("priority"))}, PAIDAN)
                return Answer(200, b"")
            case "POST", ["toggle_status"]:
                status = body.get("status") or ("open" if talk["status"] != "open" else "resolved")
                if status not in STATUSES:
                    raise Refused(500, {"status": 500, "error": "Internal Server Error"})
                self._change(talk, {"status": status}, PAIDAN)
                return Answer(
                    200,
                    {
                        "meta": {},
                        "payload": {"success": True, "current_status": status, "conversation_id": number},
                    },
                )
            case "GET", ["labels"]:
                return Answer(200, {"payload": talk["labels"]})
            case "POST", ["labels"]:
                self._change(talk, {"labels": list(dict.fromkeys(body.get("labels") or []))}, PAIDAN)
                return Answer(200, {"payload": talk["labels"]})
            case "POST", ["custom_attributes"]:  # replaces, unless merge says otherwise
                custom = body.get("custom_attributes") or {}
                custom = {**talk["custom_attributes"], **custom} if body.get("merge") else custom
                self._change(talk, {"custom_attributes": custom}, PAIDAN)
                return Answer(200, {"custom_attributes": talk["custom_attributes"]})
        raise NOT_FOUND

    def _priority(self, given: Any) -> Any:
        if given and given not in PRIORITIES:  # ArgumentError of an enum
            raise Refused(500, {"status": 500, "error": "Internal Server Error"})
        return given or None

    def _page(self, number: int, query: Any) -> list[dict[str, Any]]:
        """message_finder.rb: the latest 20; before: 20 older; after: 100 newer."""
        have = self.messages[number]
        if query.get("after"):
            return [m for m in have if m["id"] > int(query["after"])][:100]
        if query.get("before"):
            have = [m for m in have if m["id"] < int(query["before"])]
        return have[-20:]
