"""Jira's issues: what an edit may say, what it brings with it, and how they are searched."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime
from typing import Any

from tests.imitations.frame import GROUPS, INBOX, LEVELS, Answer, View
from tests.imitations.jira_fields import BadField, on_the_wire
from tests.imitations.jira_hooks import Hooks
from tests.imitations.jira_site import (
    CATEGORY,
    ISSUE_TYPE,
    PROJECT,
    STATUSES,
    UNKNOWN,
    WAYS,
    no,
)


class Store(Hooks):
    cloud = True
    zone = "UTC"

    def __init__(self) -> None:
        super().__init__()
        self._ids = itertools.count(10100)
        self.written_by: dict[str, str] = {}
        self.issues: dict[str, dict[str, Any]] = {}
        self.fields: dict[str, dict[str, Any]] = {}
        kinds = {
            "summary": "string",
            "description": "string",
            "priority": "priority",
            "labels": "array",
            "components": "components",
            "duedate": "date",
        }
        for key, kind in kinds.items():
            self.fields[key] = {
                "id": key,
                "name": key.capitalize(),
                "custom": False,
                "schema": {"type": kind, "system": key},
            }
        self._field("级别", "option")
        ids = iter(range(10300, 10400))
        self.choices = {
            self.named(name): {value: str(next(ids)) for value in values}
            for name, values in (("Components", GROUPS), ("级别", LEVELS))
        }

    def _field(self, name: str, kind: str) -> dict[str, Any]:
        key = f"customfield_{next(self._ids)}"
        made = {
            "id": key,
            "name": name,
            "custom": True,
            "schema": {"type": kind, "custom": f"com.atlassian.jira.plugin.system.customfieldtypes:{kind}"},
        }
        self.fields[key] = made | ({"key": key} if self.cloud else {})
        return made

    def named(self, name: str) -> str:
        return next(k for k, f in self.fields.items() if f["name"] == name)

    def _found(self, key: str) -> dict[str, Any]:
        one = self.issues.get(key) or next((i for i in self.issues.values() if i["key"] == key), None)
        if one is None:
            raise no(404, UNKNOWN)
        return one

    def _meta(self) -> dict[str, Any]:
        return {
            k: {
                "key": k,
                "fieldId": k,
                "name": f["name"],
                "schema": f["schema"],
                "required": False,
                **({"allowedValues": self._options(k)} if k in self.choices else {}),
            }
            for k, f in self.fields.items()
        }

    def _options(self, key: str) -> list[dict[str, Any]]:
        return [{"id": n, "value": v, "disabled": False} for v, n in self.choices[key].items()]

    def _status(self, key: str) -> dict[str, Any]:
        return {"id": key, "name": STATUSES[key], "statusCategory": {"key": CATEGORY[key]}}

    # issues

    def _create(self, given: dict[str, Any], who: str = "paidan") -> Answer:
        kind, project = given.get("issuetype") or {}, given.get("project") or {}
        errors = {} if given.get("summary") else {"summary": "You must specify a summary of the issue."}
        if project.get("key") != "HELP" and project.get("id") != PROJECT["id"]:
            errors["project"] = "valid project is required"
        if kind.get("name") != ISSUE_TYPE["name"] and kind.get("id") != ISSUE_TYPE["id"]:
            errors["issuetype"] = "The issue type selected is invalid."
        if errors:
            raise no(400, **errors)
        number, now = str(next(self._ids)), self.now()
        issue = {
            "id": number,
            "key": f"HELP-{len(self.issues) + 1}",
            "self": f"{self.address}/rest/api/2/issue/{number}",
            "comments": [],
        }
        blank: dict[str, Any] = dict.fromkeys(self.fields) | {
            "labels": [],
            "components": [],
            "priority": {"id": "3", "name": "Medium"},
        }
        about = {
            "project": PROJECT,
            "issuetype": ISSUE_TYPE,
            "status": self._status("10001"),
            "created": now,
            "updated": now,
            "assignee": None,
            "reporter": self.user(who),
            "creator": self.user(who),
            "resolution": None,
        }
        issue["fields"] = {**blank, **about}
        self._set(issue, {k: v for k, v in given.items() if k not in ("project", "issuetype")})
        self.issues[number] = issue
        self.announce(issue, "jira:issue_created", "issue_created", who)
        return Answer(201, {k: issue[k] for k in ("id", "key", "self")})

    def edit(self, issue: dict[str, Any], given: dict[str, Any], who: str = "paidan") -> Answer:
        """204 when all is well; one field that is not, and nothing is changed."""
        plain, steps = given.get("fields") or {}, given.get("update") or {}
        if both := set(plain) & set(steps):
            name = both.pop()
            raise no(400, **{name: f"Field '{name}' cannot appear in both 'fields' and 'update'"})
        if who == "paidan" and "group" in self.deaf:
            steps = {k: v for k, v in steps.items() if k != "components"}
        items = self._set(issue, plain, steps)
        if items:
            issue["fields"]["updated"] = self.now()
            self.announce(issue, "jira:issue_updated", "issue_generic", who, items)
        return Answer(204, None)

    def _set(
        self, issue: dict[str, Any], plain: dict[str, Any], steps: dict[str, Any] | None = None
    ) -> list[dict[str, Any]]:
        errors, wanted = {}, {}
        for name, given in {**plain, **(steps or {})}.items():
            shape = self.fields.get(name)
            if shape is None:
                errors[name] = (
                    f"Field '{name}' cannot be set. It is not on the appropriate screen, or unknown."
                )
                continue
            try:
                wanted[name] = on_the_wire(
                    shape, given, issue["fields"].get(name), self.choices, steps=name in (steps or {})
                )
            except BadField as bad:
                errors[name] = str(bad)
        if errors:
            raise no(400, **errors)
        changed = {k: v for k, v in wanted.items() if v != issue["fields"].get(k)}
        items = [
            {"field": self.fields[k]["name"], "fieldId": k, "from": None, "to": str(v)}
            for k, v in changed.items()
        ]
        issue["fields"] |= changed
        return items

    def transit(self, issue: dict[str, Any], way: str, who: str = "paidan") -> Answer:
        ways = WAYS[issue["fields"]["status"]["id"]]
        if way not in ways:
            raise no(
                400,
                f"It seems that you have tried to perform a workflow operation ({way}) that is not valid "
                "for the current state of this issue.",
            )
        status = self._status(ways[way])
        done = {"name": "Done"} if status["statusCategory"]["key"] == "done" else None
        issue["fields"] |= {"status": status, "updated": self.now(), "resolution": done}
        self.announce(
            issue,
            "jira:issue_updated",
            "issue_generic",
            who,
            [{"field": "status", "fieldId": "status", "toString": status["name"]}],
        )
        return Answer(204, None)

    def comment(self, issue: dict[str, Any], text: str, who: str, *, public: bool) -> dict[str, Any]:
        made = {
            "id": str(next(self._ids)),
            "body": text,
            "author": self.user(who),
            "created": self.now(),
            "jsdPublic": public,
        }
        self.written_by[made["id"]] = who
        issue["comments"].append(made)
        issue["fields"]["updated"] = made["created"]
        self.announce(issue, "comment_created", "", who, comment=made)
        return made

    def now(self) -> str:
        return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "+0000"

    def shown(self, issue: dict[str, Any], names: str = "*all") -> dict[str, Any]:
        components = [{"id": c["id"], "name": self.component(c["id"])} for c in issue["fields"]["components"]]
        everything = issue["fields"] | {
            "components": components,
            "comment": {"comments": issue["comments"], "total": len(issue["comments"])},
        }
        if not names.startswith("*"):
            everything = {k: v for k, v in everything.items() if k in names.split(",")}
        return {k: issue[k] for k in ("id", "key", "self")} | {"fields": everything}

    # people's hands

    def open(self, title: str, text: str) -> str:
        group = {"components": [{"name": INBOX}]}
        about = {"project": {"key": "HELP"}, "issuetype": {"id": ISSUE_TYPE["id"]}}
        made = self._create({**about, "summary": title, "description": text, **group}, "citizen")
        return str(made.body["id"])

    def say(self, ticket: str, text: str) -> None:
        self.comment(self.issues[ticket], text, "citizen", public=True)

    def move(self, ticket: str, group: str) -> None:
        self.edit(self.issues[ticket], {"fields": {"components": [{"name": group}]}}, "person")

    def close(self, ticket: str) -> None:
        self.transit(self.issues[ticket], "31", "person")

    def rename(self, group: str, new: str) -> None:
        key = "components"
        self.choices[key] = {new if v == group else v: n for v, n in self.choices[key].items()}

    def component(self, key: str) -> str:
        return next(name for name, number in self.choices["components"].items() if number == key)

    def view(self, ticket: str) -> View:
        one = self.issues[ticket]["fields"]
        ours = [c for c in self.issues[ticket]["comments"] if self.written_by[c["id"]] == "paidan"]
        due = one["duedate"]
        return View(
            group="、".join(self.component(each["id"]) for each in one["components"]),
            level=(one[self.named("级别")] or {}).get("value"),
            priority=one["priority"]["name"],
            tags=tuple(one["labels"]),
            due=datetime.fromisoformat(due) if due else None,
            notes=tuple(c["body"] for c in ours if not c["jsdPublic"]),
            public=tuple(c["body"] for c in ours if c["jsdPublic"]),
            state=one["status"]["name"],
        )

    def installed(self) -> set[str]:
        return {f"webhook {n}" for n in self.hooks} | {f"field {n}" for n in self.fields}
