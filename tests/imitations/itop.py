"""iTop 3.1 with itop-request-mgmt and combodo-webhook-integration, as their sources say.

Combodo/iTop: webservices/rest.php, core/restservices.class.inc.php, RestUtils, core/ormcaselog.class.inc.php,
datamodels/2.x/itop-request-mgmt; Combodo/combodo-webhook-integration: _ActionWebhook.
"""

from __future__ import annotations

import base64
import json
import re
from typing import Any, ClassVar

from tests.imitations.frame import Answer, Call
from tests.imitations.itop_store import (
    ENUMS,
    HOOK,
    KINDS,
    LOGIN,
    LOGS,
    PASSWORD,
    PLAIN,
    SHOWN,
    ZONE,
    Error,
    ItopStore,
)

WRONG = 1  # RestResult::UNAUTHORIZED
WAYS = {  # the lifecycle: (state, stimulus) → state
    ("new", "ev_assign"): "assigned",
    ("assigned", "ev_reassign"): "assigned",
    ("assigned", "ev_pending"): "pending",
    ("new", "ev_autoresolve"): "resolved",
    ("assigned", "ev_resolve"): "resolved",
    ("pending", "ev_assign"): "assigned",
    ("resolved", "ev_close"): "closed",
    ("resolved", "ev_reopen"): "assigned",
}
NEEDED = {"assigned": ("team_id", "agent_id"), "resolved": ("solution",), "pending": ("pending_reason",)}
PAGE = b"""<!DOCTYPE html><html><head><title>iTop login</title></head><body><div id="login-body">
<div id="login-logo"><a href="http://www.combodo.com/itop">
<img title="iTop version 3.1.1-1" src="logo.png" alt="logo"/></a></div>
<form id="login_form" method="post"><input id="user" type="text" name="auth_user" value="" />
<input id="pwd" type="password" name="auth_pwd" value="" />
</form></div></body></html>"""  # templates/login/*.twig


class _Told(Error):
    """Set as the result's message without the word Error."""

    def __init__(self, words: str) -> None:
        super().__init__(words)


def _wanted(asked: dict[str, Any], name: str) -> Any:
    if asked.get(name) is None:
        raise Error(f"Missing parameter '{name}'")
    return asked[name]


class Itop(ItopStore):
    connector: ClassVar[str] = "itop-password"
    version: ClassVar[str] = "3.1.1"
    made: ClassVar[frozenset[str]] = frozenset()
    closes_trial: ClassVar[bool] = False
    given: ClassVar[tuple[str, ...]] = (
        *("--product", "itop-password", "--set", "hook=env:IMITATION_HOOK", "--set", "account=7"),
        *("--set", f"zone={ZONE}"),
        *(part for name in ("level", "due", "tags") for part in ("--map", f"write.{name}=paidan_{name}")),
    )

    @property
    def secrets(self) -> dict[str, str]:
        return {"IMITATION_TOKEN": PASSWORD, "IMITATION_HOOK": HOOK}

    def writes(self) -> list[Call]:
        """Every call is a POST; what it does stands in the question."""
        reads = ('"core/get"', '"list_operations"', '"core/check_credentials"')
        asked = (
            (call, call.form.get("json_data", "") if call.raw else "") for call in self.calls if call.is_write
        )
        return [call for call, text in asked if text and not any(read in text for read in reads)]

    def installed(self) -> set[str]:
        return {"ActionWebhook"} if self.hook else set()

    def too_many(self) -> Answer:
        """iTop counts no calls; the web server before it does."""
        return Answer(503, b"<h1>Service Unavailable</h1>", {"Content-Type": "text/html", "Retry-After": "1"})

    def answer(self, call: Call) -> Answer:
        if call.path == "/webservices/status.php":
            return Answer(200, {"status": "RUNNING", "code": 0, "message": ""})
        if call.path in ("/", "/pages/UI.php"):
            return Answer(200, PAGE, {"Content-Type": "text/html; charset=UTF-8"})
        if call.path != "/webservices/rest.php":
            return Answer(404, b"<h1>Not Found</h1>", {"Content-Type": "text/html"})
        given = {**call.query, **(call.form if "urlencoded" in call.headers.get("content-type", "") else {})}
        try:
            self._signed_in(call, given)
            return Answer(200, self._run(given))
        except Error as no:
            return Answer(200, {"code": no.code, "message": f"Error: {no}"})

    def _signed_in(self, call: Call, given: dict[str, str]) -> None:
        basic = call.headers.get("authorization", "").partition("Basic ")[2]
        login, _, password = (
            base64.b64decode(basic).decode().partition(":")
            if basic
            else (given.get("auth_user", ""), "", given.get("auth_pwd", ""))
        )
        if not login:
            raise Error("Missing parameter 'auth_user'", 5)
        if not password:
            raise Error("Missing parameter 'auth_pwd'", 6)
        if self.revoked or (login, password) != (LOGIN, PASSWORD):
            raise Error("Invalid login", WRONG)

    def _run(self, given: dict[str, str]) -> dict[str, Any]:
        if not given.get("version"):
            raise Error("Missing parameter 'version' (e.g. '1.0')", 2)
        if not given.get("json_data"):
            raise Error("Missing parameter 'json_data", 3)
        try:
            asked = json.loads(given["json_data"])
        except ValueError:
            raise Error("Parameter json_data is not a valid JSON structure", 4) from None
        verbs = (
            "core/create",
            "core/update",
            "core/apply_stimulus",
            "core/get",
            "core/delete",
            "core/get_related",
            "core/check_credentials",
        )
        verb = _wanted(asked, "operation")
        if verb == "list_operations":
            known = [{"verb": v, "description": v, "extension": "CoreServices"} for v in verbs]
            return {
                "code": 0,
                "message": f"Operations: {len(known)}",
                "version": given["version"],
                "operations": known,
            }
        if verb == "core/check_credentials":
            right = (_wanted(asked, "user"), _wanted(asked, "password")) == (LOGIN, PASSWORD)
            return {"code": 0, "message": "", "authorized": right}
        if verb not in verbs:
            raise Error(f"Unknown verb '{verb}' in version '{given['version']}'", 11)
        if verb in ("core/create", "core/update", "core/apply_stimulus", "core/delete"):
            _wanted(asked, "comment")  # InitTrackingComment
        kind = _wanted(asked, "class")
        if kind not in KINDS:
            raise Error(f"class: '{kind}' is not a valid class'")
        return getattr(self, "_" + verb.removeprefix("core/"))(kind, asked)  # type: ignore[no-any-return]

    def _get(self, kind: str, asked: dict[str, Any]) -> dict[str, Any]:
        found = self._found(kind, _wanted(asked, "key"))
        limit, page = int(asked.get("limit") or 0), int(asked.get("page") or 0)
        first = limit * max(0, page - 1)
        part = found[first : first + limit] if limit else found
        return self._objects(kind, part, asked, "", f"Found: {len(found)}")

    def _objects(
        self, kind: str, ids: list[str], asked: dict[str, Any], word: str, message: str = ""
    ) -> dict[str, Any]:
        kind = "UserRequest" if kind == "Ticket" else kind
        wanted = [f.strip() for f in asked.get("output_fields", "*").split(",")]
        shown = {}
        for key in ids:
            known = self._known(kind, key)
            names = list(known) if wanted in (["*"], ["*+"]) else wanted
            for name in names:
                if name not in known and name != "id":
                    raise Error(f"output_fields: invalid attribute code '{name}' for class '{kind}'")
            shown[f"{kind}::{key}"] = {
                "code": 0,
                "message": word,
                "class": kind,
                "key": key,
                "fields": {n: known[n] for n in names},
            }
        return {"code": 0, "message": message, "objects": shown or None}

    def _one(self, kind: str, asked: dict[str, Any]) -> str:
        key = _wanted(asked, "key")
        found = self._found(kind, key)
        if not found:
            raise Error(
                f"Invalid object {kind}::{key}" if str(key).isdigit() else f"No item found for query: {key}"
            )
        return found[0]

    def _create(self, kind: str, asked: dict[str, Any]) -> dict[str, Any]:
        fields = self._made(_wanted(asked, "fields"))
        for needed in ("org_id", "title", "description"):  # is_null_allowed in datamodel.itop-tickets.xml
            if not fields.get(needed):
                raise Error(f"Object creation aborted: {needed}: Unexpected value, null not allowed")
        key = self._new(fields)
        return self._objects(kind, [key], asked, "created")

    def _update(self, kind: str, asked: dict[str, Any]) -> dict[str, Any]:
        key = self._one(kind, asked)
        self._set(key, self._made(_wanted(asked, "fields")))
        return self._objects(kind, [key], asked, "updated")

    def _apply_stimulus(self, kind: str, asked: dict[str, Any]) -> dict[str, Any]:
        key, fields, stimulus = (
            self._one(kind, asked),
            self._made(_wanted(asked, "fields")),
            _wanted(asked, "stimulus"),
        )
        thing = self.things["UserRequest"][key]
        target = WAYS.get((thing["status"], stimulus))
        if target is None:
            raise _Told(
                f"Invalid stimulus: '{stimulus}' on the object {thing['ref']} in state '{thing['status']}'"
            )
        missing = [n for n in NEEDED.get(target, ()) if str({**thing, **fields}.get(n) or "0") == "0"]
        if missing:
            raise _Told(f"Missing mandatory attribute(s) for applying the stimulus: {', '.join(missing)}.")
        self._set(key, {**fields, "status": target})
        return self._objects(kind, [key], asked, "updated")

    def _made(self, fields: dict[str, Any]) -> dict[str, Any]:
        """RestUtils::MakeValue for each, then DBObject::CheckToWrite."""
        made = {}
        for name, value in fields.items():
            if name not in (*PLAIN, *LOGS, *ENUMS) or name in SHOWN:
                raise Error(f"{name}: Unknown attribute")
            if name.endswith("_id"):
                value = self._linked(name, value)
            if name in ENUMS and value not in ("", *ENUMS[name]):
                raise Error(f"{name}: Unexpected value for attribute '{name}': Value not allowed [{value}]")
            if (
                name == "paidan_due"
                and value
                and not re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", str(value))
            ):
                raise Error(f"{name}: Wrong format for date attribute")
            made[name] = value if name in LOGS else str(value)
        return made

    def _linked(self, name: str, value: Any) -> str:
        kind = {"team_id": "Team", "org_id": "Organization"}.get(name, "Person")
        if str(value) in ("", "0"):
            return "0"
        if (
            not isinstance(value, dict)
            and re.fullmatch("[0-9]+", str(value))
            and str(value) not in self.things[kind]
        ):
            raise Error(f"{name}: Invalid object {kind}::{value}")
        found = self._found(kind, value)
        if len(found) != 1:
            said = (
                ", ".join(f"{k}: {v} ({v})" for k, v in value.items())
                if isinstance(value, dict)
                else str(value)
            )
            raise Error(f"{name}: {'No item' if not found else 'Several items'} found with criteria: {said}")
        return found[0]
