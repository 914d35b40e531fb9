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
from plugin.desk.helpdesk import Hint
from plugin.errors import DeliveryRefused, DeliveryUnreadable, StoreError, Unstorable
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


class Hooks:
    """What happens to one request: verified, stored, answered."""

    def __init__(
        self,
        database: Database,
        desks: Desks,
        on_due: Callable[[], None],
        refusals: Refusals,
        *,
        max_body: int,
    ) -> None:
        self._database = database
        self._desks = desks
        self._on_due = on_due
        self._refusals = refusals
        self._max_body = max_body

    def take(self, desk: str, source: str = "") -> Response:
        """A webhook; ``source`` is what follows the desk's name, for the connector to read."""
        headers = {name.lower(): value for name, value in request.headers.items()}
        try:
            self._keep(desk, source, headers, _body(self._max_body))
        except DeliveryRefused as error:
            self._refuse(desk if desk in self._desks() else "?", error, headers)
            return failure(error.status)
        except StoreError as error:
            log.error("delivery_not_stored", error=type(error).__name__)
            return failure(503, retry_after=RETRY_AFTER)
        return self._answer(desk)

    def _answer(self, desk: str) -> Response:
        """The same for every delivery that was taken, whatever came of it."""
        found = self._desks().get(desk)
        wanted = found.helpdesk.answer if found else None
        if wanted is None:
            return jsonify(ok=True)
        kind = "application/json" if wanted.body.startswith(("{", "[")) else "text/plain"
        return Response(wanted.body, wanted.status, mimetype=kind)

    def challenge(self, desk: str, source: str = "") -> Response:
        """A product's test call, where its connector knows one; anybody else learns that hooks take POST."""
        found = self._desks().get(desk)
        query = request.query_string.decode("ascii", "replace")
        asked = found.helpdesk if found and found.hears else None
        answer = asked.challenge(source, query, request.remote_addr or "") if asked else None
        if answer is not None:
            return Response(answer, mimetype="text/plain")
        refusal = failure(405)
        refusal.headers["Allow"] = "POST"
        return refusal

    def _keep(self, desk: str, source: str, headers: Mapping[str, str], body: bytes) -> None:
        found = self._desks().get(desk)
        if found is None or not found.hears:
            raise DeliveryRefused("unknown-desk", 401)
        try:
            hint = found.helpdesk.receive(
                source, request.method, headers, body, time.time(), request.remote_addr or ""
            )
        except DeliveryUnreadable as error:
            log.warning("delivery_unreadable", desk=desk, code=error.code, size=len(body))
            keep_unreadable(self._database, desk, "", body, error.code)
            return
        try:
            is_new = accept(self._database, desk, hint.source, hint, body)
        except Unstorable:
            log.warning("delivery_not_storable", desk=desk, size=len(body))
            keep_unreadable(self._database, desk, "", body, "not-storable")
            return
        if is_new:
            _log_accepted(desk, hint)
            if hint.kind != "ignored":
                self._on_due()

    def _refuse(self, desk: str, error: DeliveryRefused, headers: Mapping[str, str]) -> None:
        try:
            self._refusals.add(desk, error, headers, request.content_length or 0)
        except StoreError:
            log.error("refusal_not_stored", desk=desk)


def hook_pages(hooks: Hooks) -> Blueprint:
    """``/hooks/<desk>[/<token>][/<source>]``."""
    pages = Blueprint("hooks", __name__)
    for rule in ("/hooks/<desk>", "/hooks/<desk>/<path:source>"):
        pages.add_url_rule(rule, "take", hooks.take, methods=["POST", "PUT", "PATCH"])
        pages.add_url_rule(rule, "challenge", hooks.challenge, methods=["GET"])
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
