"""Znuny 6.5 with the shipped web service GenericTicketConnectorREST, and a requester of type Ticket::Generic.

From Kernel/GenericInterface of znuny/Znuny: Transport/HTTP/REST.pm, Operation/Ticket/*.pm,
Operation/Session/*.pm, Invoker/Ticket/Generic.pm, and development/webservices/GenericTicketConnectorREST.yml.
"""

from __future__ import annotations

import json
import re
import secrets
from typing import Any, ClassVar

from tests.imitations.frame import (
    GROUPS,
    Answer,
    Call,
    Refused,
)
from tests.imitations.znuny_store import (
    FIELDS,
    HOOK,
    LOGIN,
    PASSWORD,
    PRIORITIES,
    STATES,
    ZnunyStore,
    _listed,
    _valid,
)

PROVIDER = "/znuny/nph-genericinterface.pl/Webservice/"
PLACES = {
    "hq": GROUPS[1],
    "onsite": GROUPS[2],
    "info": GROUPS[3],
    "logistics": GROUPS[4],
    "publicity": GROUPS[5],
    "case_team": GROUPS[6],
    "normal_desk": GROUPS[7],
    "confidential_channel": GROUPS[8],
}
HTML = {
    "Content-Type": "text/html; charset=utf-8",
    "X-Powered-By": "Znuny 6.5.8 (https://www.znuny.org/)",  # Templates/Standard/HTTPHeaders.tt
}
PAGE = b"""<!DOCTYPE html><html><head><title>Login - Znuny</title></head><body><form name="login"></form>
<div id="Footer" class="ARIARoleContentinfo">
    <a href="https://www.znuny.org" title="Znuny" target="_blank"><span></span>Powered by Znuny</a>
</div></body></html>"""  # Templates/Standard/Footer.tt: no version on the page of signing in


def failed(code: str, message: str) -> Refused:
    """Operation/Common.pm ReturnError: a no is a 200."""
    return Refused(200, {"Error": {"ErrorCode": code, "ErrorMessage": f"{code.split('.')[0]}: {message}"}})


def broken(summary: str) -> Refused:
    """REST.pm _Error and _Output: what the transport cannot read is plain text and 500."""
    return Refused(500, summary.encode(), {"Content-Type": "text/plain; charset=UTF-8"})


class Znuny(ZnunyStore):
    connector: ClassVar[str] = "znuny-znuny"
    version: ClassVar[str] = "6.5.8"
    made: ClassVar[frozenset[str]] = frozenset()
    lists_groups: ClassVar[bool] = False
    given: ClassVar[tuple[str, ...]] = (
        "--set",
        "hook=env:IMITATION_HOOK",
        *(part for name, group in PLACES.items() for part in ("--map", f"groups.{name}={group}")),
        *(
            part
            for name in ("level", "due", "tags")
            for part in ("--map", f"write.{name}=Paidan{name.title()}")
        ),
    )
    """There is no list of queues or fields: a person must name them."""

    @property
    def secrets(self) -> dict[str, str]:
        return {"IMITATION_TOKEN": PASSWORD, "IMITATION_HOOK": HOOK}

    def installed(self) -> set[str]:
        return {"web service"} if self.has_requester else set()

    def too_many(self) -> Answer:
        """Znuny counts no calls; the web server before it does."""
        return Answer(503, b"Service Unavailable", {"Content-Type": "text/html", "Retry-After": "1"})

    def answer(self, call: Call) -> Answer:
        if call.path in ("/", "/znuny", "/znuny/"):
            return Answer(302, b"", {**HTML, "Location": "/znuny/index.pl"})
        if call.path in ("/znuny/index.pl", "/znuny/customer.pl", "/znuny/public.pl"):
            return Answer(200, PAGE, HTML)
        if call.path.startswith("/znuny/nph-genericinterface.pl") and not call.path.startswith(
            PROVIDER + "Paidan/"
        ):
            raise Refused(
                500, b"<h1>Internal Server Error</h1>", {"Content-Type": "text/html"}
            )  # Provider.pm
        if not call.path.startswith(PROVIDER):
            raise Refused(404, b"<h1>Not Found</h1>", {"Content-Type": "text/html"})
        operation, given = self._operation(call)
        if call.raw and call.method != "GET":  # a GET's body is not looked at
            try:
                given = {**json.loads(call.raw), **given}
            except ValueError:
                raise broken("Error while decoding request content.") from None
        return Answer(200, self._run(operation, given))

    def _operation(self, call: Call) -> tuple[str, dict[str, Any]]:
        """REST.pm ProviderProcessRequest: the first route that fits, in the order of their names."""
        path = call.path.removeprefix(PROVIDER + "Paidan")
        routes = self.service["Provider"]["Transport"]["Config"]["RouteOperationMapping"]
        for operation, route in sorted(routes.items()):
            pattern = re.sub(r":([^/]+)", r"(?P<\1>[^/]+)", route["Route"])
            hit = re.fullmatch(pattern, path)
            if hit and call.method in route["RequestMethod"]:
                return operation, {**call.query, **hit.groupdict()}
        raise broken(f"HTTP::REST Error while determine Operation for request URI '{path}'.")

    def _run(self, operation: str, given: dict[str, Any]) -> dict[str, Any]:
        kind = self.service["Provider"]["Operation"][operation]["Type"]
        if kind == "Session::SessionCreate":
            return self._session(given)
        if kind == "Session::SessionGet":
            return self._session_data(given.get("SessionID", ""))
        self._user(kind.partition("::")[2], given)
        match kind:
            case "Ticket::TicketCreate":
                return self._create(given)
            case "Ticket::TicketSearch":
                return self._search(given)
            case "Ticket::TicketGet":
                return {"Ticket": [self._shown(n, given) for n in given["TicketID"].split(",")]}
        return self._update(given["TicketID"], given, "agent")

    def _session(self, given: dict[str, Any]) -> dict[str, Any]:
        if not given.get("Password"):
            raise failed("SessionCreate.MissingParameter", "Password parameter is missing!")
        if self.revoked or (given.get("UserLogin"), given["Password"]) != (LOGIN, PASSWORD):
            raise failed("SessionCreate.AuthFail", "Authorization failing!")
        session = secrets.token_urlsafe(24)
        self.sessions.add(session)
        return {"SessionID": session}

    def _session_data(self, session: str) -> dict[str, Any]:
        if session not in self.sessions or self.revoked:
            raise failed("SessionGet.SessionInvalid", "SessionID is Invalid!")
        known = {
            "UserFirstname": "Pai",
            "UserID": "4",
            "UserLastname": "Dan",
            "UserLogin": LOGIN,
            "UserType": "User",
        }
        return {"SessionData": [{"Key": key, "Value": value} for key, value in known.items()]}

    def _user(self, operation: str, given: dict[str, Any]) -> None:
        named = given.get("UserLogin") or given.get("SessionID")
        if not named and operation in ("TicketUpdate", "TicketCreate"):
            raise failed(
                f"{operation}.MissingParameter", "UserLogin, CustomerUserLogin or SessionID is required!"
            )
        by_session = given.get("SessionID") in self.sessions
        by_login = (given.get("UserLogin"), given.get("Password")) == (LOGIN, PASSWORD)
        if self.revoked or not (by_session or (by_login and not given.get("SessionID"))):
            words = (
                "User could not be authenticated!"
                if named and "Up" in operation
                else "Authorization failing!"
            )
            raise failed(f"{operation}.AuthFail", words)

    def _search(self, given: dict[str, Any]) -> dict[str, Any]:
        """TicketSearch.pm: ids only, as texts; nothing found is an empty object. Newest first unless told."""
        found = list(self.tickets.values())
        if newer := given.get("TicketLastChangeTimeNewerDate"):
            if not re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", newer):
                found = []
            found = [t for t in found if t["Changed"] >= newer]
        types = given.get("StateType")
        if types:
            wanted = ("new", "open", "pending reminder") if types == "Open" else (types,)
            found = [t for t in found if t["StateType"] in wanted]
        key = "Changed" if given.get("SortBy") == "Changed" else "Created"
        found.sort(key=lambda t: t[key], reverse=given.get("OrderBy", "Down") != "Up")
        ids = [t["TicketID"] for t in found[: int(given.get("Limit") or 500)]]
        return {"TicketID": ids} if ids else {}

    def _shown(self, number: str, given: dict[str, Any]) -> dict[str, Any]:
        if not re.fullmatch("[1-9][0-9]*", number):
            raise failed("TicketGet.WrongStructure", "Invalid ticket ID parameter(s) found!")
        if number not in self.tickets:
            raise failed("TicketGet.AccessDenied", "User does not have access to the ticket!")
        shown = {k: v for k, v in self.tickets[number].items() if k != "DynamicField"}
        if given.get("DynamicFields", "0") not in ("0", 0):
            fields = self.tickets[number]["DynamicField"]
            shown["DynamicField"] = [{"Name": n, "Value": fields.get(n)} for n in sorted(FIELDS)]
        if given.get("AllArticles", "0") not in ("0", 0):
            shown["Article"] = self.articles[number]
        return shown

    def _create(self, given: dict[str, Any]) -> dict[str, Any]:
        ticket = given.get("Ticket")
        if not isinstance(ticket, dict) or not isinstance(given.get("Article"), dict | list):
            raise failed(
                "TicketCreate.MissingParameter", "Ticket or Article parameter is missing or not valid!"
            )
        for needed in ("Title", "CustomerUser", "Queue", "State", "Priority"):  # TicketCreate.pm _CheckTicket
            if not ticket.get(needed):
                raise failed("TicketCreate.MissingParameter", f"Ticket->{needed} parameter is missing!")
        self._check("TicketCreate", ticket, given.get("DynamicField"))
        for article in _listed(given["Article"]):
            self._check_article("TicketCreate", article)
        number = self._new(ticket["Title"], ticket["CustomerUser"])
        return self._update(number, given, "agent")

    def _update(self, number: str, given: dict[str, Any], sender: str) -> dict[str, Any]:
        """TicketUpdate.pm: everything is looked at first; then ticket, fields, articles."""
        if number not in self.tickets:
            raise failed("TicketUpdate.AccessDenied", "User does not have access to the ticket!")
        values, fields = given.get("Ticket"), given.get("DynamicField")
        if values is not None and not (isinstance(values, dict) and values):
            raise failed("TicketUpdate.InvalidParameter", "Ticket parameter is not valid!")
        if fields is not None and not (isinstance(fields, dict | list) and fields):
            raise failed("TicketUpdate.MissingParameter", "DynamicField parameter is missing or not valid!")
        self._check("TicketUpdate", values or {}, fields)
        articles = [self._check_article("TicketUpdate", a) for a in _listed(given.get("Article"))]
        self._set(
            number,
            {
                k: v
                for k, v in (values or {}).items()
                if k.lower() not in self.deaf and not (k == "Queue" and "group" in self.deaf)
            },
        )
        for one in _listed(fields):
            if self.tickets[number]["DynamicField"].get(one["Name"]) != one["Value"]:
                self.tickets[number]["DynamicField"][one["Name"]] = one["Value"]
                self._touch(number, f"TicketDynamicFieldUpdate_{one['Name']}")
        made = [self._article(number, {"SenderType": sender, **a}) for a in articles]
        answer = {"TicketID": number, "TicketNumber": self.tickets[number]["TicketNumber"]}
        return answer | ({"ArticleID": made[-1]} if made else {})

    def _check(self, operation: str, ticket: dict[str, Any], fields: Any) -> None:
        known = {
            "Queue": self.queues.values(),
            "Priority": PRIORITIES,
            "State": STATES,
            "Lock": ("lock", "unlock"),
        }
        for name, choices in known.items():
            if ticket.get(name) and ticket[name] not in choices:
                words = f"Ticket->{name}ID or Ticket->{name} parameter is invalid!"
                raise failed(f"{operation}.InvalidParameter", words)
        for one in _listed(fields):
            for needed in ("Name", "Value"):
                if not isinstance(one.get(needed), str | int | float | list) or isinstance(one[needed], bool):
                    raise failed(
                        f"{operation}.MissingParameter", f"DynamicField->{needed} parameter is missing!"
                    )
            if one["Name"] not in FIELDS:
                raise failed(f"{operation}.InvalidParameter", "DynamicField->Name parameter is invalid!")
            if not _valid(*FIELDS[one["Name"]], one["Value"]):
                raise failed(f"{operation}.InvalidParameter", "DynamicField->Value parameter is invalid!")

    def _check_article(self, operation: str, article: dict[str, Any]) -> dict[str, Any]:
        for needed in ("Subject", "Body"):
            if not article.get(needed):
                raise failed(f"{operation}.MissingParameter", f"Article->{needed} parameter is missing!")
        if not article.get("ContentType") and not (article.get("MimeType") and article.get("Charset")):
            words = "Article->ContentType or Ticket->MimeType and Article->Charset parameters are required!"
            raise failed(f"{operation}.MissingParameter", words)
        if article.get("CommunicationChannel", "Internal") not in ("Internal", "Email", "Phone"):
            words = "Article->CommunicationChannel parameter is invalid or not supported!"
            raise failed(f"{operation}.InvalidParameter", words)
        return article
