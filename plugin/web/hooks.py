"""Webhooks: verify, one insert, a fixed answer. Nothing is decided here and nothing is told."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping

import structlog
from flask import Blueprint, Response, jsonify, request

from plugin.casebook.database import Database
from plugin.casebook.desks import Desks
from plugin.casebook.inbox import accept, keep_refused, keep_unreadable
from plugin.desk.helpdesk import Helpdesk, Hint
from plugin.errors import DeliveryRefused, DeliveryUnreadable, StoreError
from plugin.web.answers import failure

log = structlog.get_logger()

KEPT_PER_MINUTE = 60
"""Refused deliveries written down per minute; a flood is counted, not stored."""
RETRY_AFTER = 5
"""Seconds after which a sender may try again while the case book cannot be written."""


class Refusals:
    """Counts of what was refused, and the bounded record of it."""

    def __init__(self, database: Database) -> None:
        self.counts: Counter[str] = Counter()
        self._database = database
        self._lock = threading.Lock()
        self._minute = 0
        self._kept = 0

    def add(self, desk: str, error: DeliveryRefused, headers: Mapping[str, str], size: int) -> None:
        """Count it; keep the names and sizes of its headers while there are not too many."""
        log.warning("delivery_refused", desk=desk, code=error.code, status=error.status, size=size)
        with self._lock:
            self.counts[error.code] += 1
            minute = int(time.monotonic() // 60)
            self._kept = self._kept + 1 if minute == self._minute else 1
            self._minute = minute
            keep = self._kept <= KEPT_PER_MINUTE
        if keep:
            keep_refused(self._database, desk, headers, status=error.status, code=error.code, size=size)


def hooks(
    database: Database, desks: Desks, on_due: Callable[[], None], refusals: Refusals, *, max_body: int
) -> Blueprint:
    """``/hooks/<desk>[/<token>][/<source>]``; what follows the desk's name is the connector's to read."""
    pages = Blueprint("hooks", __name__)

    @pages.route("/hooks/<desk>", methods=["POST", "PUT", "PATCH"])
    @pages.route("/hooks/<desk>/<path:source>", methods=["POST", "PUT", "PATCH"])
    def hook(desk: str, source: str = "") -> Response:
        headers = {name.lower(): value for name, value in request.headers.items()}
        try:
            body = _body(max_body)
            return _received(desk, source, headers, body)
        except DeliveryRefused as error:
            known = desk if desk in desks() else "?"
            _count(known, error, headers)
            return failure(error.status)
        except StoreError as error:
            log.error("delivery_not_stored", error=type(error).__name__)
            return failure(503, retry_after=RETRY_AFTER)

    def _received(desk: str, source: str, headers: Mapping[str, str], body: bytes) -> Response:
        helpdesk = _helpdesk(desk)
        try:
            hint = helpdesk.receive(source, request.method, headers, body, time.time())
        except DeliveryUnreadable as error:
            log.warning("delivery_unreadable", desk=desk, code=error.code, size=len(body))
            keep_unreadable(database, desk, "", body, error.code)
            return jsonify(ok=True)
        if accept(database, desk, hint.source, hint, body):
            _log_accepted(desk, hint)
            on_due()
        return jsonify(ok=True)

    def _helpdesk(desk: str) -> Helpdesk:
        found = desks().get(desk)
        if found is None:
            raise DeliveryRefused("unknown-desk", 401)
        return found.helpdesk

    def _count(desk: str, error: DeliveryRefused, headers: Mapping[str, str]) -> None:
        try:
            refusals.add(desk, error, headers, request.content_length or 0)
        except StoreError:
            log.error("refusal_not_stored", desk=desk)

    @pages.get("/hooks/<desk>")
    @pages.get("/hooks/<desk>/<path:source>")
    def challenge(desk: str, source: str = "") -> Response:
        found = desks().get(desk)
        ask = getattr(found.helpdesk, "challenge", None) if found else None
        answer = ask(source, request.query_string.decode("ascii", "replace")) if ask else None
        return failure(404) if answer is None else Response(answer, mimetype="text/plain")

    return pages


def _body(max_body: int) -> bytes:
    """The raw body; raises ``DeliveryRefused`` where it is larger than accepted."""
    if (request.content_length or 0) > max_body:
        raise DeliveryRefused("too-large", 413)
    body = request.stream.read(max_body + 1)
    if len(body) > max_body:
        raise DeliveryRefused("too-large", 413)
    return body


def _log_accepted(desk: str, hint: Hint) -> None:
    log.info("delivery_accepted", desk=desk, ticket=hint.ticket_id, kind=hint.kind, ours=hint.ours)
