"""Jira's project and workflow, and how its issues are searched (JQL)."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.imitations.frame import Answer, Refused

STATUSES = {
    "10001": "Open",
    "10002": "Pending",
    "10003": "Work in progress",
    "10004": "Resolved",
    "10005": "Closed",
}
CATEGORY = {
    "10001": "new",
    "10002": "indeterminate",
    "10003": "indeterminate",
    "10004": "done",
    "10005": "done",
}
WAYS = {  # from a status: the transitions on offer, id → status it leads to
    "10001": {"11": "10003", "21": "10002", "31": "10004"},
    "10002": {"41": "10003", "31": "10004"},
    "10003": {"21": "10002", "31": "10004"},
    "10004": {"51": "10001", "61": "10005"},
    "10005": {"51": "10001"},
}
NAMES = {
    "11": "Start work",
    "21": "Wait for customer",
    "31": "Resolve",
    "41": "Back to work",
    "51": "Reopen",
    "61": "Close",
}
UNKNOWN = "Issue does not exist or you do not have permission to see it."
ISSUE_TYPE = {"id": "10007", "name": "Service Request", "subtask": False}
PROJECT = {"id": "10000", "key": "HELP", "name": "热线", "projectTypeKey": "service_desk"}


def no(status: int, *messages: str, **errors: str) -> Refused:
    """The product's one way to say no: messages, and words for each field."""
    return Refused(status, {"errorMessages": list(messages), "errors": errors})


def moment(text: str) -> datetime:
    """A time as the API writes it."""
    return datetime.fromisoformat(text)


class Search:
    """Searching, over the issues of a store."""

    cloud: bool
    issues: dict[str, dict[str, Any]]
    shown: Any

    def _search(self, given: dict[str, Any]) -> Answer:
        """Minutes only, in the user's zone; the next page by token (Cloud) or ``startAt`` (Data Center)."""
        jql = given.get("jql", "")
        if self.cloud and not re.search(r"[=<>~]|\bin\b", jql, re.I):
            raise no(
                400,
                "Unbounded JQL queries are not allowed here. Please add a search restriction to your query.",
            )
        found = sorted(self._matching(jql), key=lambda i: i["fields"]["updated"])
        size = min(int(given.get("maxResults", 50)), 100 if self.cloud else 1000)
        start = int(given.get("nextPageToken") or given.get("startAt") or 0)
        names = given.get("fields") or ("id" if self.cloud else "*all")
        names = ",".join(names) if isinstance(names, list) else names
        page = [self.shown(i, names) for i in found[start : start + size]]
        last = start + size >= len(found)
        if self.cloud:
            return Answer(
                200,
                {"issues": page, "isLast": last, **({} if last else {"nextPageToken": str(start + size)})},
            )
        return Answer(200, {"issues": page, "startAt": start, "maxResults": size, "total": len(found)})

    def _matching(self, jql: str) -> list[dict[str, Any]]:
        if (m := re.search(r'project\s*(?:=|in)\s*\(?\s*"?(\w+)', jql, re.I)) and m[1] != "HELP":
            raise no(400, f"The value '{m[1]}' does not exist for the field 'project'.")
        since = re.search(
            r"updated(?:Date)?\s*>=?\s*(?:\"|')?([^\"')]+?)(?:\"|'|\)|\s+(?:AND|ORDER)|$)", jql, re.I
        )
        at = self._time(since[1].strip()) if since else datetime.min.replace(tzinfo=UTC)
        return [i for i in self.issues.values() if moment(i["fields"]["updated"]) >= at]

    def _time(self, text: str) -> datetime:
        if re.fullmatch(r"\d{12,}", text):
            return datetime.fromtimestamp(int(text) / 1000, UTC)
        if m := re.fullmatch(r"-(\d+)([mhdw])", text):
            unit = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}[m[2]]
            return datetime.now(UTC) - timedelta(**{unit: int(m[1])})
        for form in ("%Y-%m-%d %H:%M", "%Y/%m/%d %H:%M", "%Y-%m-%d", "%Y/%m/%d"):
            try:
                return datetime.strptime(text, form).replace(tzinfo=UTC)
            except ValueError:
                continue
        raise no(
            400,
            f"Date value '{text}' for field 'updated' is invalid. Valid formats include: 'yyyy/MM/dd HH:mm', "
            "'yyyy-MM-dd HH:mm', 'yyyy/MM/dd', 'yyyy-MM-dd', or a period format e.g. '-5d', '4w 2d'.",
        )
