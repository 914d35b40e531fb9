"""From a webhook request to a hint: verified, then reduced to ticket id, kind and delivery key. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs

from plugin.desk import signing
from plugin.desk.api_shape import ValueSource
from plugin.desk.descriptor import Descriptor, EventKind, Receive
from plugin.desk.helpdesk import Hint
from plugin.desk.installation import Installation
from plugin.desk.paths import find
from plugin.desk.signing import Address, Check, Delivery, UrlToken
from plugin.desk.template import render_text
from plugin.desk.transforms import holds, read_all, read_one
from plugin.errors import DeliveryRefused, DeliveryUnreadable

MOST_FIELDS = 100
"""Of a form."""
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
    delivery = without_token(checks, delivery)
    signing.verify(checks, delivery, desk.secrets, desk.settings)
    return hint_of(descriptor, desk, delivery)


def hint_of(descriptor: Descriptor, desk: Installation, delivery: Delivery) -> Hint:
    """The hint of a delivery that is known to be genuine; raises ``DeliveryUnreadable``."""
    shape = descriptor.receive
    body = _json(_unwrapped(shape, delivery))
    payload = find(body, shape.root) if shape.root else body
    known = {
        "body": payload,
        "source": delivery.source,
        "header": _named(delivery.headers),
        "setting": dict(desk.settings),
        "arrived": str(int(delivery.now)),  # where nothing in a delivery tells two of one kind apart
        "digest": hashlib.sha256(delivery.body).hexdigest(),
    }
    is_ignored = any(holds(test, payload, known) for test in shape.ignore)
    kind = "ignored" if is_ignored else _kind(shape, known)
    key = _key(shape, known, delivery)
    ticket_id = _ticket_id(shape, known)
    if kind == "ignored":
        return Hint(ticket_id or "", kind, key, source=delivery.source)
    if ticket_id is None:
        raise DeliveryUnreadable("ticket-id-missing")
    return Hint(ticket_id, kind, key, ours=_is_ours(shape, desk, known), source=delivery.source)


def active_checks(shape: Receive, desk: Installation) -> list[Check]:
    """The checks this desk uses: all that are not optional, and the optional ones it gave a secret for."""
    return [check for check in shape.checks if _is_active(check, shape, desk)]


def _is_active(check: Check, shape: Receive, desk: Installation) -> bool:
    if isinstance(check, Address):
        return check.setting not in shape.optional or bool(desk.settings.get(check.setting))
    return check.secret not in shape.optional or any(desk.secrets.get(check.secret, ()))


def without_token(checks: Sequence[Check], delivery: Delivery) -> Delivery:
    """Where a token stands in the hook's address it comes first: ``<token>`` or ``<token>/<source>``."""
    if not any(isinstance(check, UrlToken) for check in checks):
        return delivery
    token, _, source = delivery.source.partition("/")
    return replace(delivery, source=source, token=token)


def _unwrapped(shape: Receive, delivery: Delivery) -> bytes:
    """The JSON of a delivery: its body, or a field of the form that it is."""
    if shape.form_field is None or not _is_form(shape.form_field, delivery):
        return delivery.body
    try:
        fields = parse_qs(delivery.body.decode("ascii"), errors="strict", max_num_fields=MOST_FIELDS)
    except ValueError:  # also what is no UTF-8
        raise DeliveryUnreadable("body-not-form") from None
    return fields.get(shape.form_field, [""])[0].encode()


def _is_form(field: str, delivery: Delivery) -> bool:
    """The content type says so; where there is none, as of a stored body, the body begins with the field."""
    said = delivery.headers.get("content-type")
    if said is None:
        return delivery.body.startswith(f"{field}=".encode())
    return said.partition(";")[0].strip().lower() == "application/x-www-form-urlencoded"


def _named(headers: Mapping[str, str]) -> dict[str, str]:
    """Headers also as ``${header.x_request_id}``: a variable's name has no hyphens."""
    return {**{name.replace("-", "_"): value for name, value in headers.items()}, **headers}


def _json(body: bytes) -> Any:
    """The body as JSON, whatever its content type says (some products send none)."""
    if not body.strip():
        raise DeliveryUnreadable("body-empty")
    try:
        return json.loads(body.decode("utf-8-sig"), parse_int=_whole, parse_constant=lambda _: None)
    except UnicodeDecodeError:
        raise DeliveryUnreadable("body-not-utf8") from None
    except RecursionError:
        raise DeliveryUnreadable("body-too-deep") from None
    except ValueError:
        raise DeliveryUnreadable("body-not-json") from None


def _whole(digits: str) -> int | str:
    """A number of thousands of digits is kept as it is written; it is worth no delivery, and no second."""
    return int(digits) if len(digits) <= LONGEST_KEY else digits


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
    found = _value(shape.ticket_id, known) if shape.ticket_id else None
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
