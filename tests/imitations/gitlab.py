"""GitLab 18, issues of one project (lib/api/issues.rb, notes.rb, project_hooks.rb, web_hook_service.rb)."""

from __future__ import annotations

import json
import re
import time
import uuid
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count
from typing import Any, ClassVar

from tests.imitations.frame import (
    GROUPS,
    INBOX,
    LEVELS,
    Answer,
    Call,
    Delivery,
    Imitation,
    Refused,
    View,
    now,
)

TOKEN, CHIEF = "glpat-0123456789abcdefghij", "glpat-maintainer0123456789"
PROJECT, BOT, AGENT, CUSTOMER = 14, 3, 7, 9
USERS = {BOT: "paidan", AGENT: "agent", CUSTOMER: "customer"}
PRIORITIES = ("low", "normal", "high", "urgent")
GROUP, LEVEL, PRIORITY = "group::", "level::", "priority::"
CHANGEABLE = ("title", "description", "due_date", "confidential", "state_event", "discussion_locked")
LABELLING = ("labels", "add_labels", "remove_labels")
UNAUTHORIZED = {"message": "401 Unauthorized"}


class Gitlab(Imitation):
    connector = "gitlab-project"
    version = "18.5.1"
    given: ClassVar[tuple[str, ...]] = (
        *("--set", f"project={PROJECT}"),
        *("--set", "admin=env:IMITATION_CHIEF"),
    )

    def __init__(self) -> None:
        super().__init__()
        names = [f"{GROUP}{each}" for each in GROUPS] + [f"{LEVEL}{each}" for each in LEVELS]
        names += [f"{PRIORITY}{each}" for each in PRIORITIES]
        self.labels = dict(enumerate(names, 201))
        self.issues: dict[int, dict[str, Any]] = {}
        self.notes: dict[int, list[dict[str, Any]]] = {}
        self.hooks: dict[int, dict[str, Any]] = {1: {"url": "https://chat.example/x", "push_events": True}}
        self.ids, self.iids = count(301), count(21)

    @property
    def secrets(self) -> dict[str, str]:
        return {"IMITATION_TOKEN": TOKEN, "IMITATION_CHIEF": CHIEF}

    def installed(self) -> set[str]:
        return {f"hook {each['url']}" for each in self.hooks.values()}

    def too_many(self) -> Answer:
        """doc/administration/settings/user_and_ip_rate_limits.md: the answer of Rack::Attack."""
        limit = {
            "RateLimit-Limit": "60",
            "RateLimit-Remaining": "0",
            "RateLimit-Reset": str(int(time.time()) + 1),
        }
        return Answer(429, b"Retry later\n", {"Content-Type": "text/plain", "Retry-After": "1", **limit})

    def forged(self, delivery: Delivery) -> Delivery:
        return replace(delivery, headers={**delivery.headers, "X-Gitlab-Token": "guessed"})

    # --- people -----------------------------------------------------------------------------------

    def open(self, title: str, text: str) -> str:
        with self.lock:
            made = self._create({"title": title, "description": text, "labels": f"{GROUP}{INBOX}"}, CUSTOMER)
            return f"{PROJECT}-{made['iid']}"

    def say(self, ticket: str, text: str) -> None:
        with self.lock:
            self._note(_iid(ticket), {"body": text}, CUSTOMER)

    def move(self, ticket: str, group: str) -> None:
        with self.lock:
            there = [each for each in self.issues[_iid(ticket)]["labels"] if each.startswith(GROUP)]
            given = {"remove_labels": ",".join(there), "add_labels": f"{GROUP}{group}"}
            self._update(_iid(ticket), given, AGENT)

    def close(self, ticket: str) -> None:
        with self.lock:
            self._update(_iid(ticket), {"state_event": "close"}, AGENT)

    def rename(self, group: str, new: str) -> None:
        old, wanted = f"{GROUP}{group}", f"{GROUP}{new}"
        self.labels = {key: wanted if name == old else name for key, name in self.labels.items()}
        for issue in self.issues.values():
            issue["labels"] = [wanted if name == old else name for name in issue["labels"]]

    def view(self, ticket: str) -> View:
        with self.lock:
            issue, notes = dict(self.issues[_iid(ticket)]), list(self.notes[_iid(ticket)])

        def named(prefix: str) -> str:
            return "/".join(each.removeprefix(prefix) for each in issue["labels"] if each.startswith(prefix))

        own = [each for each in notes if each["author"]["id"] == BOT and not each["system"]]
        return View(
            group=named(GROUP),
            level=named(LEVEL) or None,
            priority=named(PRIORITY),
            tags=tuple(each for each in issue["labels"] if "::" not in each),
            due=datetime.fromisoformat(issue["due_date"]).replace(tzinfo=UTC) if issue["due_date"] else None,
            notes=tuple(each["body"] for each in own if each["internal"]),
            public=tuple(each["body"] for each in own if not each["internal"]),
            state=issue["state"],
        )

    # --- the API ----------------------------------------------------------------------------------

    def answer(self, call: Call) -> Answer:
        if call.parts[:2] != ["api", "v4"]:
            return Answer(
                302, b"", {"Location": f"{self.address}/users/sign_in", "Content-Type": "text/html"}
            )
        given = call.headers.get("private-token") or call.headers.get("authorization", "").removeprefix(
            "Bearer "
        )
        if given not in (TOKEN, CHIEF):
            raise Refused(401, UNAUTHORIZED)
        if self.revoked and given == TOKEN:
            told = "Token was revoked. You have to re-authorize from the user."
            raise Refused(401, {"error": "invalid_token", "error_description": told})
        parts = call.parts[2:]
        if parts[:1] == ["projects"]:
            if parts[1] not in (str(PROJECT), "city%2Fdesk"):
                raise Refused(404, {"message": "404 Project Not Found"})
            if parts[2:3] == ["hooks"] and given != CHIEF:  # authorize_admin_project
                raise Refused(403, {"message": "403 Forbidden"})
            return self._of_project(call, parts[2:])
        match call.method, parts:
            case "GET", ["version"]:
                return Answer(200, {"version": f"{self.version}-ee", "revision": "0123456789a"})
            case "GET", ["user"]:
                return Answer(200, {"id": BOT, "username": "paidan", "name": "Paidan", "state": "active"})
            case "GET", ["personal_access_tokens", "self"]:
                return Answer(
                    200, {"id": 1, "name": "paidan", "scopes": ["api"], "active": True, "revoked": False}
                )
        raise Refused(404, {"error": "404 Not Found"})

    def _of_project(self, call: Call, parts: list[str]) -> Answer:
        match call.method, parts:
            case "GET", ["issues"]:
                return self._listed(call)
            case "POST", ["issues"]:
                return Answer(201, self._create(_params(call), BOT))
            case "GET", ["issues", iid]:
                return Answer(200, self._found(iid))
            case "PUT", ["issues", iid]:
                return Answer(200, self._update(self._found(iid)["iid"], _params(call), BOT))
            case "GET", ["issues", iid, "notes"]:
                rows = sorted(self.notes[self._found(iid)["iid"]], key=lambda each: each["created_at"])
                rows = rows if call.query.get("sort") == "asc" else rows[::-1]
                return _page(call, rows)
            case "POST", ["issues", iid, "notes"]:
                return Answer(201, self._note(self._found(iid)["iid"], _params(call), BOT))
            case "GET", ["labels"]:
                rows = [{"id": key, "name": name, "color": "#ccc"} for key, name in self.labels.items()]
                return _page(
                    call, [r for r in rows if call.query.get("search", "").lower() in r["name"].lower()]
                )
            case "GET", ["members", "all"]:
                rows = [{"id": key, "username": name, "state": "active"} for key, name in USERS.items()]
                return _page(call, rows)
            case "GET", ["hooks"]:
                return _page(call, [_shown(key, hook) for key, hook in self.hooks.items()])
            case "POST", ["hooks"]:
                given = _params(call)
                if not re.match(r"https?://[^/\s]+", str(given.get("url", ""))):
                    raise Refused(422, {"error": "Invalid url given"})
                key = next(self.ids)
                self.hooks[key] = {"push_events": True, "enable_ssl_verification": True, **given}
                return Answer(201, _shown(key, self.hooks[key]))
            case "DELETE", ["hooks", key]:
                if not key.isdigit() or self.hooks.pop(int(key), None) is None:
                    raise Refused(404, {"message": "404 Not found"})
                return Answer(204)
        raise Refused(404, {"error": "404 Not Found"})

    def _found(self, iid: str) -> dict[str, Any]:
        if not iid.isdigit() or int(iid) not in self.issues:
            raise Refused(404, {"message": "404 Not found"})
        return self.issues[int(iid)]

    def _listed(self, call: Call) -> Answer:
        """params :issues_params: a value that is none of the few is 400."""
        by, sort = call.query.get("order_by", "created_at"), call.query.get("sort", "desc")
        if by not in ("created_at", "updated_at", "due_date", "priority") or sort not in ("asc", "desc"):
            raise Refused(400, {"error": "order_by does not have a valid value"})
        rows = list(self.issues.values())
        if since := call.query.get("updated_after"):
            rows = [each for each in rows if _time(each["updated_at"]) >= _time(since)]
        if (state := call.query.get("state", "all")) != "all":
            rows = [each for each in rows if each["state"] == state]
        return _page(call, sorted(rows, key=lambda each: str(each[by]), reverse=sort == "desc"))

    def _create(self, given: dict[str, Any], by: int) -> dict[str, Any]:
        if not given.get("title"):
            raise Refused(400, {"error": "title is missing"})
        iid, at = next(self.iids), _stamp()
        self.issues[iid] = {
            "id": next(self.ids),
            "iid": iid,
            "project_id": PROJECT,
            "title": given["title"],
            "description": given.get("description"),
            "state": "opened",
            "created_at": at,
            "updated_at": at,
            "closed_at": None,
            "due_date": given.get("due_date"),
            "assignees": [],
            "author": _user(by),
            "confidential": bool(given.get("confidential")),
            "labels": self._made(_names(given.get("labels"))),
            "type": "ISSUE",
            "issue_type": "issue",
            "moved_to_id": None,
            "updated_by_id": None,
            "web_url": f"{self.address}/city/desk/-/issues/{iid}",
        }
        me = f"{self.address}/api/v4/projects/{PROJECT}/issues/{iid}"
        self.issues[iid]["_links"] = {"self": me, "notes": f"{me}/notes"}  # Entities::Issue
        self.notes[iid] = []
        self._happened(iid, "open", by, {})
        return self.issues[iid]

    def _update(self, iid: int, given: dict[str, Any], by: int) -> dict[str, Any]:
        """at_least_one_of; a label nobody made yet is made; without the paid tier `::` excludes nothing."""
        if not set(given) & {*CHANGEABLE, *LABELLING, "assignee_ids"}:
            raise Refused(
                400, {"error": f"{', '.join(CHANGEABLE)} are missing, at least one must be provided"}
            )
        issue, before = self.issues[iid], dict(self.issues[iid])
        if by == BOT and "group" in self.deaf:
            given = {
                k: [n for n in _names(v) if not n.startswith(GROUP)] if k in LABELLING else v
                for k, v in given.items()
            }
        names = _names(given["labels"]) if "labels" in given else list(issue["labels"])
        names += [each for each in _names(given.get("add_labels")) if each not in names]
        issue["labels"] = self._made(
            [each for each in names if each not in _names(given.get("remove_labels"))]
        )
        issue.update({key: given[key] for key in ("title", "description", "due_date") if key in given})
        event = given.get("state_event")
        if event not in (None, "close", "reopen"):
            raise Refused(400, {"error": "state_event does not have a valid value"})
        if event:
            closed = event == "close"
            issue.update(state="closed" if closed else "opened", closed_at=_stamp() if closed else None)
        changed = {
            key: {"previous": before[key], "current": value}
            for key, value in issue.items()
            if before[key] != value
        }
        if changed:
            issue.update(updated_at=_stamp(), updated_by_id=by)
            if "due_date" in changed:
                self._add_note(iid, f"changed due date to {issue['due_date']}", by, is_system=True)
            self._happened(iid, event or "update", by, changed)
        return issue

    def _made(self, names: Iterable[str]) -> list[str]:
        names = list(dict.fromkeys(names))
        for name in names:
            if name not in self.labels.values():
                self.labels[next(self.ids)] = name
        return names

    def _note(self, iid: int, given: dict[str, Any], by: int) -> dict[str, Any]:
        """A line that is a slash and a command is carried out, and is not in the note (quick actions)."""
        if not given.get("body"):
            raise Refused(400, {"error": "body is missing"})
        lines = given["body"].splitlines()
        if "/close" in lines:
            self._update(iid, {"state_event": "close"}, by)
        body = "\n".join(line for line in lines if line != "/close")
        made = self._add_note(
            iid, body, by, is_internal=bool(given.get("internal") or given.get("confidential"))
        )
        self.issues[iid].update(updated_at=_stamp())  # Note#touch_noteable
        kind = "confidential_note" if made["internal"] or self.issues[iid]["confidential"] else "note"
        attributes = {k: made[k] for k in ("id", "created_at", "updated_at", "system", "internal")}
        attributes |= {"note": body, "noteable_type": "Issue", "author_id": by, "action": "create"}
        body_of_hook = {"object_kind": "note", "event_type": kind, "object_attributes": attributes}
        self._send(iid, f"{kind}_events", by, {**body_of_hook, "issue": self._attributes(iid)})
        return made

    def _add_note(
        self, iid: int, body: str, by: int, *, is_internal: bool = False, is_system: bool = False
    ) -> dict[str, Any]:
        at, issue = _stamp(), self.issues[iid]
        fixed = {"id": next(self.ids), "body": body, "author": _user(by), "created_at": at, "updated_at": at}
        about = {
            "noteable_id": issue["id"],
            "noteable_type": "Issue",
            "noteable_iid": iid,
            "attachment": None,
        }
        seen = {
            "system": is_system,
            "internal": is_internal,
            "confidential": is_internal,
            "resolvable": False,
        }
        self.notes[iid].append({**fixed, **about, **seen})
        return self.notes[iid][-1]

    # --- webhooks -----------------------------------------------------------------------------------

    def _attributes(self, iid: int) -> dict[str, Any]:
        """HookData::IssueBuilder; times as Ruby writes them."""
        issue = self.issues[iid]
        plain = (
            "id",
            "iid",
            "project_id",
            "title",
            "description",
            "state",
            "due_date",
            "confidential",
            "updated_by_id",
        )
        labels = [{"id": key, "title": name, "type": "ProjectLabel"} for key, name in self.labels.items()]
        times = {k: f"{issue[k][:10]} {issue[k][11:19]} UTC" for k in ("created_at", "updated_at")}
        mine = [each for each in labels if each["title"] in issue["labels"]]
        return {
            **{key: issue[key] for key in plain},
            **times,
            "labels": mine,
            "author_id": issue["author"]["id"],
            "type": "Issue",
        }

    def _happened(self, iid: int, action: str, by: int, changed: dict[str, Any]) -> None:
        attributes = self._attributes(iid) | {"action": action, "url": self.issues[iid]["web_url"]}
        kind = "confidential_issue" if self.issues[iid]["confidential"] else "issue"
        body = {
            "object_kind": "issue",
            "event_type": kind,
            "object_attributes": attributes,
            "changes": changed,
        }
        self._send(iid, f"{kind}s_events", by, {**body, "labels": attributes["labels"], "assignees": []})

    def _send(self, iid: int, event: str, by: int, body: dict[str, Any]) -> None:
        """Made when it happens (execute_hooks), sent by a worker."""
        project = {
            "id": PROJECT,
            "name": "desk",
            "path_with_namespace": "city/desk",
            "web_url": f"{self.address}/city/desk",
        }
        user = {"id": by, "name": USERS[by], "username": USERS[by], "email": "[REDACTED]"}
        raw = json.dumps({**body, "user": user, "project": project}, ensure_ascii=False).encode()
        name = event.removesuffix("_events").removesuffix("s").replace("_", " ").title() + " Hook"
        for hook in self.hooks.values():
            if not hook.get(event) or hook["url"].startswith("https://chat"):
                continue
            headers = {"Content-Type": "application/json", "User-Agent": f"GitLab/{self.version}-ee"}
            headers |= {"X-Gitlab-Event": name, "X-Gitlab-Instance": self.address}
            headers |= {
                key: str(uuid.uuid4())
                for key in ("Idempotency-Key", "X-Gitlab-Webhook-UUID", "X-Gitlab-Event-UUID")
            }
            headers |= {"X-Gitlab-Token": hook["token"]} if hook.get("token") else {}
            self._queue(Delivery(hook["url"], raw, headers))

    def _queue(self, delivery: Delivery) -> None:
        self.tell(lambda: delivery)


def _iid(ticket: str) -> int:
    return int(ticket.rpartition("-")[2])


def _user(number: int) -> dict[str, Any]:
    return {"id": number, "username": USERS[number], "name": USERS[number], "state": "active"}


def _names(given: Any) -> list[str]:
    """Labels come with commas between them, or as a list (CommaSeparatedToArray)."""
    listed = given.split(",") if isinstance(given, str) else list(given or ())
    return [each.strip() for each in listed if each.strip()]


def _params(call: Call) -> dict[str, Any]:
    """Grape reads JSON, forms and the query alike; another type is 415."""
    kind = call.headers.get("content-type", "application/json")
    if "form" in kind:
        return {**call.query, **call.form}
    if "json" not in kind:
        raise Refused(415, {"error": "The provided content-type is not supported."})
    return {**call.query, **call.json}


def _page(call: Call, rows: list[dict[str, Any]]) -> Answer:
    """doc/api/rest: 20 a page, 100 at most, the next page in two headers."""
    size, page = min(int(call.query.get("per_page") or 20), 100), int(call.query.get("page") or 1)
    more = page * size < len(rows)
    headers = {"X-Page": str(page), "X-Per-Page": str(size), "X-Next-Page": str(page + 1) if more else ""}
    if more:
        headers["Link"] = f'<{call.path}?page={page + 1}&per_page={size}>; rel="next"'
    return Answer(200, rows[(page - 1) * size : page * size], headers)


def _shown(key: int, hook: dict[str, Any]) -> dict[str, Any]:
    """The token is never given back (Entities::ProjectHook)."""
    return {"id": key, "project_id": PROJECT, **{k: v for k, v in hook.items() if k != "token"}}


def _stamp() -> str:
    return now().isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _time(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)
