"""GitHub Enterprise Server's issues as GitHub's REST reference describes them (docs.github.com/rest).

Written from the vendor's text, not from ``connectors/github.yaml``. Such a server answers below /api/v3.
"""

from __future__ import annotations

import hmac
import itertools
import json
import uuid
from typing import Any
from urllib.parse import unquote

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

TOKEN = "ghp_0123456789abcdef"
PRIORITY = ("priority: low", "priority: medium", "priority: high", "priority: urgent")
REPO = {"id": 186853002, "full_name": "town/hotline", "name": "hotline", "has_issues": True, "private": True}
USERS = {"paidan": 21031067, "zhiban": 21031068, "shimin": 21031069}
DOCS = "https://docs.github.com/enterprise-server/rest"


def user(login: str) -> dict[str, Any]:
    return {"login": login, "id": USERS[login], "type": "User", "site_admin": False}


def refused(status: int, words: str, *errors: dict[str, str]) -> Refused:
    more = {"errors": list(errors)} if errors else {}
    return Refused(status, {"message": words, **more, "documentation_url": DOCS, "status": str(status)})


class GitHub(Imitation):
    connector, version = "github", "3.14.2"
    given = ("--set", "owner=town", "--set", "repo=hotline", "--set", "admin=env:IMITATION_TOKEN")

    def __init__(self) -> None:
        super().__init__()
        self._ids = itertools.count(444500041)
        self.labels = {name: f"{n:06x}" for n, name in enumerate([f"group: {g}" for g in GROUPS])}
        self.labels |= dict.fromkeys([*(f"level: {v}" for v in LEVELS), *PRIORITY], "ededed")
        self.issues: dict[int, dict[str, Any]] = {}
        self.comments: dict[int, list[dict[str, Any]]] = {}
        self.hooks: dict[int, dict[str, Any]] = {}
        self.hook_secrets: dict[int, str] = {}

    @property
    def secrets(self) -> dict[str, str]:
        return {"IMITATION_TOKEN": TOKEN}

    def too_many(self) -> Answer:
        """A secondary limit: 403 with ``retry-after`` ("Rate limits for the REST API")."""
        words = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."
        return Answer(403, {"message": words, "documentation_url": DOCS}, {"Retry-After": "1"})

    # what the product answers

    def answer(self, call: Call) -> Answer:
        if not call.path.startswith("/api/v3"):
            return Answer(404, b"<html>Page not found</html>", {"Content-Type": "text/html"})
        if not call.headers.get("user-agent"):
            return Answer(403, b"Request forbidden by administrative rules.", {"Content-Type": "text/html"})
        about = {"X-GitHub-Enterprise-Version": "3.14.2", "X-GitHub-Request-Id": uuid.uuid4().hex}
        about |= {"X-GitHub-Media-Type": "github.v3; format=json"}
        given = call.headers.get("authorization", "")
        try:
            if given and (
                given.split(" ")[0].lower() not in ("bearer", "token")
                or given.split(" ")[1] != TOKEN
                or self.revoked
            ):
                raise refused(401, "Bad credentials")
            answer = self._route(call, call.parts[2:], signed=bool(given))
        except Refused as no:
            answer = no.answer
        limits = {
            "X-RateLimit-Limit": "5000",
            "X-RateLimit-Remaining": "4990",
            "X-RateLimit-Resource": "core",
        }
        return Answer(answer.status, answer.body, {**about, **limits, **answer.headers})

    def _route(self, call: Call, path: list[str], *, signed: bool) -> Answer:
        match call.method, path:
            case "GET", ["meta"]:
                return Answer(
                    200, {"verifiable_password_authentication": True, "installed_version": "3.14.2"}
                )
            case "GET", []:
                return Answer(
                    200,
                    {
                        "current_user_url": f"{self.address}/api/v3/user",
                        "issues_url": f"{self.address}/api/v3/issues",
                        "rate_limit_url": f"{self.address}/api/v3/rate_limit",
                    },
                )
            case _ if not signed:
                raise refused(401, "Requires authentication")
            case "GET", ["user"]:
                return Answer(
                    200, {**user("paidan"), "name": "派单"}, {"X-OAuth-Scopes": "repo, admin:repo_hook"}
                )
            case "GET", ["repos", "town", "hotline"]:
                rights = {"admin": True, "maintain": True, "push": True, "triage": True, "pull": True}
                return Answer(200, {**REPO, "permissions": rights})
            case method, ["repos", "town", "hotline", *rest]:
                return self._repository(call, method, rest)
        raise refused(404, "Not Found")

    def _repository(self, call: Call, method: str, path: list[str]) -> Answer:
        match method, path:
            case "GET", ["labels"]:
                return self._page(call, [self._label(name) for name in self.labels])
            case "POST", ["labels"]:
                name = call.json.get("name")
                if self._known(name) is not None:
                    raise refused(
                        422,
                        "Validation Failed",
                        {"resource": "Label", "code": "already_exists", "field": "name"},
                    )
                self.labels[name] = call.json.get("color", "ededed")
                return Answer(201, self._label(name))
            case "GET", ["assignees" | "collaborators"]:
                return self._page(call, [user("zhiban"), user("paidan")])
            case _, ["hooks", *rest]:
                return self._hook(call, method, rest)
            case "GET", ["issues"]:
                return self._list(call)
            case "POST", ["issues"]:
                return Answer(201, self._create(call.json, "paidan"))
            case _, ["issues", number, *rest] if number.isdigit() and int(number) in self.issues:
                return self._issue(call, method, int(number), rest)
        raise refused(404, "Not Found")

    def _page(self, call: Call, rows: list[Any]) -> Answer:
        size, page = min(int(call.query.get("per_page", "30")), 100), int(call.query.get("page", "1"))
        link = f'<{self.address}{call.path}?per_page={size}&page={page + 1}>; rel="next"'
        headers = {"Link": link} if page * size < len(rows) else {}
        return Answer(200, rows[(page - 1) * size : page * size], headers)

    def _list(self, call: Call) -> Answer:
        since, state = call.query.get("since", ""), call.query.get("state", "open")
        rows = [i for i in self.issues.values() if i["updated_at"] >= since and state in ("all", i["state"])]
        by = {"created": "created_at", "updated": "updated_at", "comments": "comments"}[
            call.query.get("sort", "created")
        ]
        rows.sort(key=lambda i: (i[by], i["number"]), reverse=call.query.get("direction", "desc") == "desc")
        return self._page(call, rows)

    # issues

    def _issue(self, call: Call, method: str, number: int, rest: list[str]) -> Answer:
        issue = self.issues[number]
        match method, rest:
            case "GET", []:
                return Answer(200, issue)
            case "PATCH", []:
                return Answer(200, self.edit(number, call.json, "paidan"))
            case "GET", ["comments"]:
                return self._page(call, self.comments[number])
            case "POST", ["comments"]:
                if not call.json.get("body"):
                    raise refused(
                        422,
                        "Validation Failed",
                        {"resource": "IssueComment", "code": "missing_field", "field": "body"},
                    )
                return Answer(201, self._comment(number, call.json["body"], "paidan"))
            case "GET", ["labels"]:
                return self._page(call, issue["labels"])
            case "POST", ["labels"]:
                names = call.json["labels"] if isinstance(call.json, dict) else call.json
                self._relabel(number, [*(x["name"] for x in issue["labels"]), *names], "paidan")
                return Answer(200, issue["labels"])
            case "PUT", ["labels"]:
                self._relabel(number, call.json["labels"], "paidan")
                return Answer(200, issue["labels"])
            case "DELETE", ["labels", name]:
                kept = [x["name"] for x in issue["labels"] if x["name"].lower() != unquote(name).lower()]
                if len(kept) == len(issue["labels"]):
                    raise refused(404, "Label does not exist")
                self._relabel(number, kept, "paidan")
                return Answer(200, issue["labels"])
        raise refused(404, "Not Found")

    def _known(self, name: str) -> str | None:
        return next((each for each in self.labels if each.lower() == name.lower()), None)

    def _label(self, name: str) -> dict[str, Any]:
        return {
            "id": 208045946,
            "name": name,
            "color": self.labels[name],
            "default": False,
            "description": None,
        }

    def _create(self, given: dict[str, Any], who: str) -> dict[str, Any]:
        if not given.get("title"):
            raise refused(422, 'Invalid request.\n\n"title" wasn\'t supplied.')
        number, at = len(self.issues) + 1, self._at()
        about = {
            "id": next(self._ids),
            "number": number,
            "html_url": f"{self.address}/town/hotline/issues/{number}",
            "title": given["title"],
            "body": given.get("body"),
        }
        state = {
            "state": "open",
            "state_reason": None,
            "locked": False,
            "labels": [],
            "assignees": [],
            "assignee": None,
        }
        times = {"created_at": at, "updated_at": at, "closed_at": None}
        kind = "OWNER" if who == "paidan" else "NONE"
        more = {"comments": 0, "milestone": None, "user": user(who), "author_association": kind}
        self.issues[number], self.comments[number] = {**about, **state, **times, **more}, []
        self._tell("issues", "opened", self.issues[number], who)
        if given.get("labels"):
            self._relabel(number, given["labels"], who)
        return self.issues[number]

    def edit(self, number: int, given: dict[str, Any], who: str) -> dict[str, Any]:
        """Unknown keys are ignored; accounts that may not be assigned are left out without a word."""
        issue = self.issues[number]
        if given.get("state", "open") not in ("open", "closed"):
            raise refused(
                422, "Validation Failed", {"resource": "Issue", "code": "invalid", "field": "state"}
            )
        if "labels" in given:
            self._relabel(number, [x["name"] if isinstance(x, dict) else x for x in given["labels"]], who)
        if "state" in given and given["state"] != issue["state"]:
            closed = given["state"] == "closed"
            reason = given.get("state_reason") or ("completed" if closed else "reopened")
            issue |= {
                "state": given["state"],
                "state_reason": reason,
                "closed_at": self._at() if closed else None,
            }
            self._touch(number, "closed" if closed else "reopened", who)
        if plain := {k: given[k] for k in ("title", "body") if k in given and given[k] != issue[k]}:
            issue |= plain
            self._touch(number, "edited", who)
        return issue

    def _relabel(self, number: int, names: list[str], who: str) -> None:
        """A label that is not there is made; each one set or taken away is an event of its own."""
        issue, found = self.issues[number], {}
        if who == "paidan" and "group" in self.deaf:
            names = [n for n in names if not n.startswith("group: ")] + [
                x["name"] for x in issue["labels"] if x["name"].startswith("group: ")
            ]
        for name in names:
            known = self._known(name)
            if known is None:
                if len(name) > 50:
                    raise refused(
                        422, "Validation Failed", {"resource": "Label", "code": "invalid", "field": "name"}
                    )
                self.labels[name], known = "ededed", name
            found[known] = self._label(known)
        before = {x["name"] for x in issue["labels"]}
        issue["labels"] = list(found.values())
        for _ in set(found) - before:
            self._touch(number, "labeled", who)
        for _ in before - set(found):
            self._touch(number, "unlabeled", who)

    def _touch(self, number: int, action: str, who: str) -> None:
        self.issues[number]["updated_at"] = self._at()
        self._tell("issues", action, self.issues[number], who)

    def _comment(self, number: int, text: str, who: str) -> dict[str, Any]:
        made = {
            "id": next(self._ids),
            "body": text,
            "user": user(who),
            "created_at": self._at(),
            "updated_at": self._at(),
        }
        self.comments[number].append(made | {"author_association": "NONE"})
        self.issues[number] |= {"comments": len(self.comments[number]), "updated_at": self._at()}
        self._tell("issue_comment", "created", self.issues[number], who, comment=made)
        return made

    def _at(self) -> str:
        return now().strftime("%Y-%m-%dT%H:%M:%SZ")

    # webhooks

    def _hook(self, call: Call, method: str, rest: list[str]) -> Answer:
        match method, rest:
            case "GET", []:
                return self._page(call, list(self.hooks.values()))
            case "POST", []:
                return Answer(201, self._install(call.json))
            case "DELETE", [number] if int(number) in self.hooks:
                del self.hooks[int(number)]
                return Answer(204)
        raise refused(404, "Not Found")

    def _install(self, given: dict[str, Any]) -> dict[str, Any]:
        """``name`` is always "web"; the secret is never shown again; a ping goes out at once."""
        config = given.get("config") or {}
        if given.get("name", "web") != "web" or not config.get("url"):
            raise refused(
                422, "Validation Failed", {"resource": "Hook", "code": "invalid", "field": "config"}
            )
        if any(h["config"]["url"] == config["url"] for h in self.hooks.values()):
            raise refused(
                422,
                "Validation Failed",
                {"resource": "Hook", "code": "custom", "message": "Hook already exists on this repository"},
            )
        number = next(self._ids)
        self.hook_secrets[number] = config.get("secret", "")
        shown = {"content_type": "form", "insecure_ssl": "0", **config, "secret": "********"}
        events = given.get("events") or ["push"]
        self.hooks[number] = {
            "id": number,
            "type": "Repository",
            "name": "web",
            "active": True,
            "events": events,
            "config": shown,
        }
        self._send_to(
            number, "ping", {"zen": "Keep it logically awesome.", "hook_id": number, "repository": REPO}
        )
        return self.hooks[number]

    def _tell(self, event: str, action: str, issue: dict[str, Any], who: str, **more: Any) -> None:
        body = {"action": action, "issue": dict(issue), **more, "repository": REPO, "sender": user(who)}
        for number, hook in list(self.hooks.items()):
            if event in hook["events"]:
                self._send_to(number, event, body)

    def _send_to(self, number: int, event: str, body: dict[str, Any]) -> None:
        """Sent once, and never again by itself; signed over the bytes that go out."""
        raw = json.dumps(body, ensure_ascii=False).encode()
        mac = hmac.digest(self.hook_secrets[number].encode(), raw, "sha256").hex()
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "GitHub-Hookshot/044aadd",
            "X-GitHub-Event": event,
            "X-GitHub-Delivery": str(uuid.uuid4()),
            "X-GitHub-Hook-ID": str(number),
            "X-Hub-Signature-256": f"sha256={mac}",
        }
        url = self.hooks[number]["config"]["url"]
        self.tell(lambda: Delivery(url, raw, headers) if number in self.hooks else None)

    # people's hands

    def open(self, title: str, text: str) -> str:
        given = {"title": title, "body": text, "labels": [f"group: {INBOX}"]}
        return str(self._create(given, "shimin")["number"])

    def say(self, ticket: str, text: str) -> None:
        self._comment(int(ticket), text, "shimin")

    def move(self, ticket: str, group: str) -> None:
        kept = [x["name"] for x in self.issues[int(ticket)]["labels"] if not x["name"].startswith("group: ")]
        self._relabel(int(ticket), [*kept, f"group: {group}"], "zhiban")

    def close(self, ticket: str) -> None:
        self.edit(int(ticket), {"state": "closed"}, "zhiban")

    def rename(self, group: str, new: str) -> None:
        self.labels[f"group: {new}"] = self.labels.pop(f"group: {group}")

    def view(self, ticket: str) -> View:
        names = [x["name"] for x in self.issues[int(ticket)]["labels"]]
        ours = [c["body"] for c in self.comments[int(ticket)] if c["user"]["login"] == "paidan"]
        known = {
            kind: [n.split(": ")[1] for n in names if n.startswith(f"{kind}: ")]
            for kind in ("group", "level", "priority")
        }
        return View(
            group="、".join(known["group"]),
            level="、".join(known["level"]) or None,
            priority="、".join(known["priority"]),
            tags=tuple(n for n in names if ": " not in n),
            due=None,
            notes=(),
            public=tuple(ours),
            state=self.issues[int(ticket)]["state"],
        )

    def installed(self) -> set[str]:
        return {f"webhook {n}" for n in self.hooks}
