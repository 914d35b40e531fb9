"""Jira Service Management, Cloud and Data Center, as Atlassian's REST reference (v2) describes it.

Written from the vendor's text, not from ``connectors/jira-service-management.yaml``.
"""

from __future__ import annotations

import base64
import html
from typing import Any

from tests.imitations.frame import Answer, Call
from tests.imitations.jira_fields import PRIORITIES
from tests.imitations.jira_hooks import EVENTS
from tests.imitations.jira_site import ISSUE_TYPE, NAMES, PROJECT, STATUSES, UNKNOWN, WAYS, Search, no
from tests.imitations.jira_store import Store

HOOK_SECRET = "hook-secret-of-data-center-0001"
EMAIL, TOKEN, PAT = "paidan@hall.example", "ATATT3xFfGF0", "NjE1ODk3"


class Jira(Search, Store):
    connector, version = "jira-service-management-cloud", "1001.0.0"
    token = "env:JIRA_TOKEN"
    given = (
        "--product",
        "jira-service-management-cloud",
        "--set",
        f"email={EMAIL}",
        "--set",
        "project=HELP",
        "--set",
        f"issue_type={ISSUE_TYPE['name']}",
    )

    @property
    def secrets(self) -> dict[str, str]:
        return {"JIRA_TOKEN": TOKEN if self.cloud else PAT}

    def writes(self) -> list[Call]:
        return [call for call in super().writes() if "/search" not in call.path]

    # what the product answers

    def answer(self, call: Call) -> Answer:
        basic = base64.b64encode(f"{EMAIL}:{TOKEN}".encode()).decode()
        given = call.headers.get("authorization", "")
        known = given == (f"Basic {basic}" if self.cloud else f"Bearer {PAT}") and not self.revoked
        if call.path.endswith("/serverInfo"):  # answers everybody
            return Answer(200, self._about())
        if not known and (given or not self.cloud):
            return Answer(
                401,
                {"message": "Client must be authenticated to access this resource.", "status-code": 401},
                {"X-Seraph-LoginReason": "AUTHENTICATED_FAILED"},
            )
        if call.method in ("POST", "PUT") and "application/json" not in call.headers.get("content-type", ""):
            return Answer(415, {"message": None, "status-code": 415})
        return self._route(call, call.path.strip("/").split("/")) if known else self._anonymous()

    def _anonymous(self) -> Answer:
        return Answer(404, {"errorMessages": [UNKNOWN], "errors": {}})

    def _about(self) -> dict[str, Any]:
        cloud = {"version": "1001.0.0-SNAPSHOT", "deploymentType": "Cloud"}
        return {
            "baseUrl": self.address,
            "serverTitle": "Jira",
            **(cloud if self.cloud else {"version": "10.3.1", "deploymentType": "Server"}),
        }

    def _route(self, call: Call, path: list[str]) -> Answer:
        match call.method, path[0], path[1:]:
            case _, "rest", ["webhooks", "1.0", "webhook", *rest]:
                return self.hook(call, rest)
            case _, "rest", ["servicedeskapi", *rest]:
                return self._desk(call, rest)
            case "GET", "rest", ["api", _, "myself"]:
                me = (
                    {"accountId": "5b10ac8d82e05b22cc7d4ef5"}
                    if self.cloud
                    else {"name": "paidan", "key": "JIRAUSER10100"}
                )
                return Answer(
                    200,
                    {
                        **me,
                        "displayName": "派单",
                        "emailAddress": EMAIL,
                        "active": True,
                        "timeZone": self.zone,
                    },
                )
            case "GET", "rest", ["api", _, "mypermissions"]:
                if self.cloud and "permissions" not in call.query:
                    raise no(400, "The 'permissions' query parameter is required.")
                asked = call.query.get("permissions", "BROWSE_PROJECTS,EDIT_ISSUES").split(",")
                return Answer(200, {"permissions": {k: {"key": k, "havePermission": True} for k in asked}})
            case "GET", "rest", ["api", _, "user", "assignable", "search"]:
                return Answer(200, [self.user("person"), self.user("paidan")])
            case "GET", "rest", ["api", _, "priority"]:
                return Answer(200, [{"id": k, "name": v} for k, v in PRIORITIES.items()])
            case "GET", "rest", ["api", _, "status"]:
                return Answer(200, [self._status(k) for k in STATUSES])
            case "GET", "rest", ["api", _, "project"]:
                return Answer(200, [PROJECT])
            case "GET", "rest", ["api", _, "project", "search"] if self.cloud:
                return Answer(200, {"values": [PROJECT], "isLast": True, "total": 1, "startAt": 0})
            case "GET", "rest", ["api", _, "project", "HELP"]:
                return Answer(200, {**PROJECT, "issueTypes": [ISSUE_TYPE]})
            case "GET", "rest", ["api", _, "project", "HELP", "components"]:
                found = [
                    {"id": n, "name": v, "project": "HELP"} for v, n in self.choices["components"].items()
                ]
                return Answer(200, found)
            case "GET", "rest", ["api", _, "project", "HELP", "statuses"]:
                return Answer(200, [{**ISSUE_TYPE, "statuses": [self._status(k) for k in STATUSES]}])
            case "GET", "rest", ["api", _, "issue", "createmeta", "HELP", "issuetypes", *rest]:
                return self._create_meta(rest)
            case "GET", "rest", ["api", _, "field"]:
                return Answer(200, list(self.fields.values()))
            case "GET", "rest", ["api", "2" | "3", "field", key, "context", *rest] if (
                self.cloud and key in self.choices
            ):
                return Answer(
                    200,
                    {
                        "values": self._options(key) if rest else [{"id": "10200"}],
                        "isLast": True,
                        "startAt": 0,
                    },
                )
            case "POST" | "GET", "rest", ["api", _, "search", "jql"] if self.cloud:
                return self._search(call.json or call.query)
            case "GET" | "POST", "rest", ["api", _, "search"]:
                if self.cloud:
                    raise no(
                        410,
                        "The requested API has been removed. Please migrate to /rest/api/3/search/jql.",
                    )
                return self._search(call.json or call.query)
            case "POST", "rest", ["api", "2", "issue"]:
                return self._create((call.json or {}).get("fields", {}))
            case _, "rest", ["api", "2", "issue", key, *rest]:
                return self._issue(call, self._found(key), rest)
        return Answer(404, {"errorMessages": [], "errors": {}} if self.cloud else None)

    def _create_meta(self, rest: list[str]) -> Answer:
        if not rest:
            return Answer(
                200, {"issueTypes" if self.cloud else "values": [ISSUE_TYPE], "total": 1, "startAt": 0}
            )
        return Answer(200, {"fields" if self.cloud else "values": list(self._meta().values()), "startAt": 0})

    def _desk(self, call: Call, path: list[str]) -> Answer:
        match call.method, path:
            case "GET", ["info"]:
                return Answer(
                    200,
                    {
                        "version": "5.12.5",
                        "platformVersion": self._about()["version"],
                        "isLicensedForUse": True,
                    },
                )
            case "GET", ["servicedesk"]:
                desk = {
                    "id": "1",
                    "projectId": PROJECT["id"],
                    "projectKey": "HELP",
                    "projectName": PROJECT["name"],
                }
                return Answer(200, {"values": [desk], "isLastPage": True, "start": 0, "limit": 50, "size": 1})
            case "GET", ["request", key, "comment"]:
                found = [{**c, "public": c["jsdPublic"]} for c in self._found(key)["comments"]]
                start, limit = int(call.query.get("start", "0")), min(int(call.query.get("limit", "50")), 100)
                page = {"values": found[start : start + limit], "isLastPage": start + limit >= len(found)}
                return Answer(200, {**page, "start": start, "limit": limit, "size": len(page["values"])})
            case "POST", ["request", key, "comment"]:
                given = call.json or {}
                if not given.get("body"):
                    raise no(400, "Comment body can not be empty!")
                made = self.comment(
                    self._found(key), given["body"], "paidan", public=given.get("public", True)
                )
                return Answer(201, {**made, "public": made["jsdPublic"]})
        raise no(404, "Not found")

    def _issue(self, call: Call, issue: dict[str, Any], rest: list[str]) -> Answer:
        match call.method, rest:
            case "GET", []:
                return Answer(200, self.shown(issue, call.query.get("fields", "*all")))
            case "PUT", []:
                return self.edit(issue, call.json or {})
            case "GET", ["editmeta"]:
                return Answer(200, {"fields": self._meta()})
            case "GET", ["transitions"]:
                ways = WAYS[issue["fields"]["status"]["id"]]
                return Answer(
                    200,
                    {
                        "transitions": [
                            {"id": k, "name": NAMES[k], "to": self._status(v), "isAvailable": True}
                            for k, v in ways.items()
                        ]
                    },
                )
            case "POST", ["transitions"]:
                return self.transit(issue, str(((call.json or {}).get("transition") or {}).get("id")))
            case "GET", ["comment"]:
                start, size = (
                    int(call.query.get("startAt", "0")),
                    min(int(call.query.get("maxResults", "50")), 100),
                )
                shown = [self._shown_comment(c, call.query.get("expand", "")) for c in issue["comments"]]
                page = {"startAt": start, "maxResults": size, "total": len(shown)}
                return Answer(200, {**page, "comments": shown[start : start + size]})
        return Answer(405, None)

    def _shown_comment(self, comment: dict[str, Any], expand: str) -> dict[str, Any]:
        """What was written in the service desk tells its readers as a property."""
        more: dict[str, Any] = {}
        if "renderedBody" in expand:
            more["renderedBody"] = f"<p>{html.escape(comment['body'])}</p>"
        if "properties" in expand:
            inside = {"key": "sd.public.comment", "value": {"internal": not comment["jsdPublic"]}}
            more["properties"] = [inside]
        return comment | more

    def too_many(self) -> Answer:
        headers = {
            "Retry-After": "1",
            "X-RateLimit-Limit": "350",
            "X-RateLimit-Remaining": "0",
            "RateLimit-Reason": "jira-burst-based",
        }
        return Answer(429, {"errorMessages": ["Rate limit exceeded."], "errors": {}}, headers)


class DataCenter(Jira):
    """From version 10 on its webhooks are signed as well; an administrator makes them."""

    connector, version = "jira-service-management-data-center", "10.3.1"
    cloud = False
    made = frozenset()
    given = (
        *("--product", connector, "--set", "project=HELP", "--set", "hook=env:IMITATION_HOOK"),
        *("--set", f"issue_type={ISSUE_TYPE['name']}"),
    )

    @property
    def secrets(self) -> dict[str, str]:
        return {**super().secrets, "IMITATION_HOOK": HOOK_SECRET}

    def by_hand(self, hook: str) -> None:
        self.register({"name": "Paidan", "url": hook, "events": list(EVENTS), "secret": HOOK_SECRET})
