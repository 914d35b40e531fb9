"""From a webhook request to a hint: verified, then reduced to ticket id, kind and delivery key. Pure."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs

from plugin.desk import signing
from plugin.desk.api_shape import ValueSource
from plugin.desk.descriptor import Descriptor, EventKind, Receive
from plugin.desk.helpdesk import Hint
from plugin.desk.installation import Installation
from plugin.desk.paths import find
from plugin.desk.signing import Check, Delivery, UrlToken
from plugin.desk.template import render_text
from plugin.desk.transforms import read_all, read_one
from plugin.errors import DeliveryRefused, DeliveryUnreadable

LONGEST_KEY = 200
"""Characters of a delivery key; longer ones are kept as their hash."""


def receive(descriptor: Descriptor, desk: Installation, method: str, delivery: Delivery) -> Hint:
    """The hint of one delivery; raises ``DeliveryRefused`` or ``DeliveryUnreadable``.

    Nothing of the body is looked at before every check has passed.
    """
    shape = descriptor.receive
    if method.upper() not in shape.methods:
        raise DeliveryRefused("method-not-used", 403)
    checks = active_checks(shape, desk)
    delivery = _without_token(checks, delivery)
    signing.verify(checks, delivery, desk.secrets)
    return hint_of(descriptor, desk, delivery)


def hint_of(descriptor: Descriptor, desk: Installation, delivery: Delivery) -> Hint:
    """The hint of a delivery that is known to be genuine; raises ``DeliveryUnreadable``."""
    shape = descriptor.receive
    body = _json(delivery.body)
    payload = find(body, shape.root) if shape.root else body
    known = {"body": payload, "source": delivery.source, "header": delivery.headers}
    kind = _kind(shape, known)
    key = _key(shape, known, delivery)
    ticket_id = _ticket_id(shape, known)
    if kind == "ignored":
        return Hint(ticket_id or "", kind, key, source=delivery.source)
    if ticket_id is None:
        raise DeliveryUnreadable("ticket-id-missing")
    return Hint(ticket_id, kind, key, ours=_is_ours(shape, desk, known), source=delivery.source)


def active_checks(shape: Receive, desk: Installation) -> list[Check]:
    """The checks this desk uses: all that are not optional, and the optional ones it gave a secret for."""
    return [c for c in shape.checks if c.secret not in shape.optional or any(desk.secrets.get(c.secret, ()))]


def challenge(descriptor: Descriptor, desk: Installation, query: str) -> str | None:
    """The answer to the product's test call, or None where this is none."""
    shape = descriptor.receive.challenge
    given = parse_qs(query, max_num_fields=20).get(shape.parameter) if shape else None
    if shape is None or not given:
        return None
    if shape.answer == "echo":
        return given[0] if given[0].isalnum() and len(given[0]) <= LONGEST_KEY else None
    return hmac.new(desk.secret(shape.secret or "").encode(), given[0].encode(), "sha256").hexdigest()


def _without_token(checks: list[Check], delivery: Delivery) -> Delivery:
    """Where a token stands in the hook's address it comes first: ``<token>`` or ``<token>/<source>``."""
    if not any(isinstance(check, UrlToken) for check in checks):
        return delivery
    token, _, source = delivery.source.partition("/")
    return Delivery(source, delivery.headers, delivery.body, delivery.now, token)


def _json(body: bytes) -> Any:
    """The body as JSON, whatever its content type says (some products send none)."""
    if not body.strip():
        raise DeliveryUnreadable("body-empty")
    try:
        return json.loads(body.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise DeliveryUnreadable("body-not-utf8") from None
    except RecursionError:
        raise DeliveryUnreadable("body-too-deep") from None
    except ValueError:
        raise DeliveryUnreadable("body-not-json") from None


def _value(source: ValueSource, known: Mapping[str, Any]) -> str | None:
    if source.source:
        return str(known["source"]) or None
    if source.header is not None:
        return str(known["header"].get(source.header.lower(), "")) or None
    if source.template is not None:
        return render_text(source.template, known) or None
    return read_one(known["body"], source.reader, known) if source.reader else None


def _kind(shape: Receive, known: Mapping[str, Any]) -> EventKind:
    for rule in shape.events:
        word = _value(rule.where, known)
        if word is not None and word in rule.words:
            return rule.words[word]
    return shape.fallback


def _ticket_id(shape: Receive, known: Mapping[str, Any]) -> str | None:
    found = _value(shape.ticket_id, known)
    return None if found is None else shape.ids.canonical(found)


def _key(shape: Receive, known: Mapping[str, Any], delivery: Delivery) -> str:
    key = next((found for source in shape.key if (found := _value(source, known)) is not None), None)
    if key is None:
        return "sha256:" + hashlib.sha256(delivery.source.encode() + b"\0" + delivery.body).hexdigest()
    if len(key) > LONGEST_KEY or not key.isprintable():
        return "sha256:" + hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()
    return key


def _is_ours(shape: Receive, desk: Installation, known: Mapping[str, Any]) -> bool:
    account = desk.settings.get("account")
    actors = read_all(known["body"], shape.actors, known) if shape.actors else []
    return bool(account and actors) and all(actor == account for actor in actors)
