"""ServiceNow's Table API as its documentation describes it (docs.servicenow.com, REST API reference).

Written from the vendor's text, not from ``connectors/servicenow.yaml``.
"""

from __future__ import annotations

import base64
import re
from typing import Any

from tests.imitations.frame import Answer, Call
from tests.imitations.servicenow_store import CHOICES, HOOK_SECRET, NAMES, REFERENCES, USER, Store, failure

TOKEN = "sn-password-0001"


def _choice(element: str, value: str, label: str) -> dict[str, str]:
    about = {"name": "incident", "language": "en", "inactive": "false"}
    return {**about, "sys_id": f"{element}{value}", "element": element, "value": value, "label": label}


class ServiceNow(Store):
    connector, version = "servicenow-basic", ""
    given = ("--product", "servicenow-basic", "--set", "user=paidan", "--set", "hook=env:IMITATION_HOOK",
             "--map", "write.level=u_level", "--map", "write.tags=u_routing_tags")  # fmt: skip
    made = frozenset()

    @property
    def secrets(self) -> dict[str, str]:
        return {"IMITATION_TOKEN": TOKEN, "IMITATION_HOOK": HOOK_SECRET}

    def too_many(self) -> Answer:
        words = "Rate limit exceeded"
        body = {"error": {"message": words, "detail": words}, "status": "failure"}
        return Answer(429, body, {"Retry-After": "1", "X-RateLimit-Limit": "1000", "X-RateLimit-Rule": "all"})

    # what the product answers

    def answer(self, call: Call) -> Answer:
        if not call.path.startswith("/api/"):
            return Answer(200, b"<html><title>ServiceNow</title></html>", {"Content-Type": "text/html"})
        basic = base64.b64encode(f"paidan:{TOKEN}".encode()).decode()
        if call.headers.get("authorization") != f"Basic {basic}" or self.revoked:
            detail = "Required to provide Auth information"
            body = {"error": {"message": "User Not Authenticated", "detail": detail}, "status": "failure"}
            return Answer(401, body, {"WWW-Authenticate": 'BASIC realm="Service-now"'})
        match call.method, call.parts:
            case "GET", ["api", "now", *_, "table", table]:
                return self._rows(call, table)
            case method, ["api", "now", *_, "table", table, key]:
                return self._row(call, method, table, key)
            case "GET", ["api", "now", "attachment"]:
                return Answer(200, {"result": []})
            case "POST", ["api", "now", *_, "table", table]:
                return self._insert(call, table)
        words = f"Requested URI does not represent any resource: {call.path}"
        raise failure(400, words)

    def _table(self, table: str) -> list[dict[str, str]]:
        users = [{"sys_id": k, "user_name": v, "name": v, "active": "true"} for k, v in NAMES.items()]
        tables: dict[str, list[dict[str, str]]] = {
            "incident": list(self.incidents.values()),
            "sys_user_group": [{"sys_id": k, "name": v, "active": "true"} for k, v in self.groups.items()],
            "sys_user": users,
            "sys_journal_field": self.journal,
            "sys_choice": [
                _choice(e, v, label) for e, known in CHOICES.items() for v, label in known.items()
            ],
        }
        if table not in tables:
            raise failure(400, f"Invalid table {table}")
        return tables[table]

    def _rows(self, call: Call, table: str) -> Answer:
        """An invalid part of the query is left out and the rest holds."""
        query = call.query.get("sysparm_query", "")
        rows = [row for row in self._table(table) if self._fits(row, query)]
        for falling, name in re.findall(r"ORDERBY(DESC)?([a-z_]+)", query):
            rows.sort(key=lambda row, name=name: row.get(name, ""), reverse=bool(falling))
        start, size = (
            int(call.query.get("sysparm_offset", "0")),
            int(call.query.get("sysparm_limit", "10000")),
        )
        page = [self._shown(call, row) for row in rows[start : start + size]]
        more = start + size < len(rows)
        link = f'<{self.address}{call.path}?sysparm_limit={size}&sysparm_offset={start + size}>;rel="next"'
        headers = {"X-Total-Count": str(len(rows)), **({"Link": link} if more else {})}
        return Answer(200, {"result": page}, headers)

    def _fits(self, row: dict[str, str], query: str) -> bool:
        for part in re.split(r"(?<!\^)\^(?!\^)", query):
            if part.startswith("ORDERBY") or not (
                m := re.fullmatch(r"(?:EQ|NQ)?([\w.]+?)(>=|<=|!=|IN|>|<|=)(.*)", part)
            ):
                continue
            name, sign, value = m[1], m[2], m[3].replace("^^", "^")
            value = value.replace("javascript:gs.getUserName()", NAMES[USER])
            if name not in row:
                continue
            have = row[name]
            tests = {
                "=": have == value,
                "!=": have != value,
                ">": have > value,
                ">=": have >= value,
                "<": have < value,
                "<=": have <= value,
                "IN": have in value.split(","),
            }
            if not tests[sign]:
                return False
        return True

    def _shown(self, call: Call, row: dict[str, str]) -> dict[str, Any]:
        """Values, display values, or both; a reference is a link unless links are left out."""
        how, wanted = call.query.get("sysparm_display_value", "false"), call.query.get("sysparm_fields", "")
        names = [n for n in (wanted.split(",") if wanted else row) if n.split(".")[0] in row]
        return {name: self._value(call, name, row.get(name, ""), how) for name in names}

    def _value(self, call: Call, name: str, value: str, how: str) -> Any:
        table = REFERENCES.get(name)
        shown = value
        if table:
            shown = self.groups.get(value, NAMES.get(value, ""))
        elif name in CHOICES:
            shown = CHOICES[name].get(value, value)
        if how == "all":
            return {"display_value": shown, "value": value}
        if table and value and call.query.get("sysparm_exclude_reference_link") != "true":
            link = f"{self.address}/api/now/table/{table}/{value}"
            return {"link": link, "display_value": shown} if how == "true" else {"link": link, "value": value}
        return shown if how == "true" else value

    def _row(self, call: Call, method: str, table: str, key: str) -> Answer:
        row = next((r for r in self._table(table) if r.get("sys_id") == key), None)
        if row is None:
            raise failure(
                404, "No Record found", "Record doesn't exist or ACL restricts the record retrieval"
            )
        match method, table:
            case "GET", _:
                return Answer(200, {"result": self._shown(call, row)})
            case "PATCH" | "PUT", "incident":
                return Answer(200, {"result": self._shown(call, self.update(key, self._body(call), USER))})
        raise failure(403, "Operation Failed", "ACL Exception Update Failed due to security constraints")

    def _insert(self, call: Call, table: str) -> Answer:
        given = self._body(call)
        if table == "incident":
            return Answer(201, {"result": self._shown(call, self.insert(given, USER))})
        raise failure(403, "Operation Failed", "ACL Exception Insert Failed due to security constraints")

    def _body(self, call: Call) -> dict[str, Any]:
        if "json" not in call.headers.get("content-type", ""):
            raise failure(415, "Unsupported media type", "Expected application/json")
        return dict(call.json)
