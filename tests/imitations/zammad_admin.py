"""Zammad 7: its webhooks and triggers (app/models/webhook.rb, trigger.rb, jobs/trigger_webhook_job.rb)."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from abc import abstractmethod
from itertools import count
from typing import Any, ClassVar

from tests.imitations.frame import Answer, Call, Delivery, Imitation, Refused

MASK = "**********"
SECRETS = ("signature_token", "basic_auth_password", "bearer_token")
CONDITIONS = r"(ticket|article|customer|organization|execution_time)\.[a-z_]+"
FIELDS: tuple[dict[str, Any], ...] = (
    {"id": 1, "object": "Ticket", "name": "title", "data_type": "input", "data_option": {"maxlength": 200}},
    {"id": 18, "object": "User", "name": "email", "data_type": "input", "data_option": {"maxlength": 150}},
    {
        "id": 50,
        "object": "Ticket",
        "name": "response_level",
        "display": "响应级别",
        "data_type": "select",
        "data_option": {"options": {each: each for each in ("一般", "较大", "重大", "特别重大")}},
    },
    {
        "id": 51,
        "object": "Ticket",
        "name": "response_due",
        "display": "办结期限",
        "data_type": "datetime",
        "data_option": {"future": True, "past": True, "diff": 0},
    },
)
"""What object_manager_attributes lists; the last two an administrator made by hand."""


def error(text: str) -> dict[str, str]:
    """handles_errors.rb: humanize_error."""
    return {"error": text, "error_human": text}


class Administered(Imitation):
    """What an administrator sets up, and what goes out by it."""

    tagged: ClassVar[str] = "Zammad User Agent"

    def __init__(self) -> None:
        super().__init__()
        self.webhooks: dict[int, dict[str, Any]] = {
            1: {"name": "theirs", "endpoint": "https://chat.example/x"}
        }
        self.triggers: dict[int, dict[str, Any]] = {1: {"name": "auto reply", "perform": {}, "condition": {}}}
        self.ids = count(11)

    def installed(self) -> set[str]:
        hooks = {f"webhook {each['name']}" for each in self.webhooks.values()}
        return hooks | {f"trigger {each['name']}" for each in self.triggers.values()}

    def administered(self, call: Call, kind: str, rest: list[str]) -> Any:
        stored = self.webhooks if kind == "webhooks" else self.triggers
        if call.method == "GET" and not rest:
            return [_shown(key, each) for key, each in stored.items()]
        if call.method == "POST" and not rest:
            made = self._hook(call.json) if kind == "webhooks" else self._trigger(call.json)
            key = next(self.ids)
            stored[key] = made
            return Answer(201, _shown(key, made))
        if not rest or int(rest[0]) not in stored:
            raise Refused(404, error(f"Couldn't find {kind} with 'id'={rest}"))
        key = int(rest[0])
        if call.method == "DELETE":
            used = [each["name"] for each in self.triggers.values() if _hook_of(each) == key]
            if kind == "webhooks" and used:  # Webhook::EnsureNoRelatedObjects
                raise Refused(422, error(f"Cannot delete! This webhook is referenced by Trigger: {used}"))
            del stored[key]
            return {}
        if call.method == "PUT":
            stored[key] |= call.json
        return _shown(key, stored[key])

    @staticmethod
    def _hook(given: dict[str, Any]) -> dict[str, Any]:
        if not given.get("name"):
            raise Refused(422, error("Validation failed: Name can't be blank"))
        if not re.match(r"https?://[^/\s]+", str(given.get("endpoint"))):
            raise Refused(422, error("Validation failed: Endpoint Invalid endpoint (no http/https)!"))
        return {"active": True, "ssl_verify": True, **given}

    def _trigger(self, given: dict[str, Any]) -> dict[str, Any]:
        names = {each["name"].lower() for each in self.triggers.values()}
        if not given.get("name") or given["name"].lower() in names:
            raise Refused(422, error("Validation failed: Name has already been taken"))
        if given.get("activator") not in ("action", "time"):
            raise Refused(422, error("Validation failed: Activator is not included in the list"))
        if given.get("execution_condition_mode") not in ("selective", "always"):
            raise Refused(
                422, error("Validation failed: Execution condition mode is not included in the list")
            )
        if len(given.get("note") or "") > 250:
            raise Refused(422, error("Validation failed: Note is too long (maximum is 250 characters)"))
        if not given.get("perform") or any(
            not re.fullmatch(CONDITIONS, name) for name, _ in _conditions(given)
        ):
            raise Refused(422, error("Invalid ticket selector conditions"))
        return {"active": True, **given}

    # --- what goes out ----------------------------------------------------------------------------

    @abstractmethod
    def payload(self, number: int) -> dict[str, Any]:
        """The ticket as the default body has it."""

    @abstractmethod
    def said(self, number: int, article: int | None) -> dict[str, Any]:
        """An article as the default body has it."""

    def happened(self, number: int, action: str, changed: dict[str, Any], *, article: int | None) -> None:
        """Every trigger that meets it, by name, each in a job of its own."""
        for key, trigger in sorted(self.triggers.items(), key=lambda each: each[1]["name"]):
            hook = self.webhooks.get(_hook_of(trigger) or 0)
            if hook and trigger.get("active") and self._meets(trigger, number, action, changed, article):
                digest = hashlib.sha256(f"{key} {number} {next(self.ids)}".encode()).hexdigest()
                job = f"{digest[:8]}-{digest[8:12]}-4{digest[13:16]}-a{digest[17:20]}-{digest[20:32]}"
                self._queue(hook, trigger["name"], job, number, article)

    def _queue(self, hook: dict[str, Any], trigger: str, job: str, number: int, article: int | None) -> None:
        self.tell(lambda: self._rendered(hook, trigger, job, number, article))

    def _meets(
        self,
        trigger: dict[str, Any],
        number: int,
        action: str,
        changed: dict[str, Any],
        article: int | None,
    ) -> bool:
        found, touched = {**self.payload(number), "action": action}, []
        for name, condition in _conditions(trigger):
            values = condition.get("value")
            listed = [str(each) for each in (values if isinstance(values, list) else [values])]
            key = name.removeprefix("ticket.")
            if (str(found.get(key)) in listed) == ("not" in condition["operator"]):
                return False
            touched += [key in changed or key == "updated_by_id"] if key != "action" else []
        is_selective = trigger["execution_condition_mode"] == "selective"
        return not (is_selective and touched and not any(touched) and article is None)

    def _rendered(
        self, hook: dict[str, Any], trigger: str, job: str, number: int, article: int | None
    ) -> Delivery:
        """Made when it goes out, not when something happened."""
        ticket = self.payload(number)
        if hook.get("customized_payload"):
            body = _filled(hook["custom_payload"], ticket)
        else:
            document = {"ticket": ticket, "article": self.said(number, article)}
            body = json.dumps(document, ensure_ascii=False).encode()
        headers = {"Content-Type": "application/json; charset=utf-8", "User-Agent": self.tagged}
        headers |= {"X-Zammad-Trigger": trigger, "X-Zammad-Delivery": job}
        if hook.get("signature_token"):
            digest = hmac.new(hook["signature_token"].encode(), body, hashlib.sha1).hexdigest()
            headers["X-Hub-Signature"] = f"sha1={digest}"
        return Delivery(hook["endpoint"], body, headers, (hook.get("http_method") or "post").upper())


def _filled(template: str, ticket: dict[str, Any]) -> bytes:
    """A custom payload: times as Ruby writes them, numbers as themselves where nothing stands beside them."""

    def one(node: Any) -> Any:
        if isinstance(node, dict):
            return {key: one(value) for key, value in node.items()}
        whole = re.fullmatch(r"#\{ticket\.(\w+)\}", node)
        if whole is None:
            return re.sub(r"#\{ticket\.(\w+)\}", lambda hit: str(ticket.get(hit[1])), node)
        value = ticket.get(whole[1])
        if isinstance(value, str) and whole[1].endswith("_at"):
            return f"{value[:10]} {value[11:19]} UTC"
        return value

    return json.dumps(one(json.loads(template)), ensure_ascii=False).encode()


def _hook_of(trigger: dict[str, Any]) -> int | None:
    number = trigger["perform"].get("notification.webhook", {}).get("webhook_id")
    return int(number) if number else None


def _conditions(trigger: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """Both shapes of api/trigger.rst: by name, or a list under an operator."""
    condition = trigger.get("condition") or {}
    if "conditions" in condition:
        return [(each["name"], each) for each in condition["conditions"]]
    return list(condition.items())


def _shown(key: int, each: dict[str, Any]) -> dict[str, Any]:
    """What the API never gives back stands there in stars (api/webhook.rst)."""
    return {**each, "id": key, **(dict.fromkeys(SECRETS, MASK) if "endpoint" in each else {})}
