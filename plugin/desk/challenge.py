"""A product's test call when a hook is set up: what is answered to which question, and to whom. Pure.

The question must be a plain word. It comes unsigned, and the answer may be signed with the secret deliveries
are signed with: under anything else it would be a signature under a delivery of the asker's own making.
"""

from __future__ import annotations

import hmac
import re
from urllib.parse import parse_qs

from plugin.desk.descriptor import Descriptor
from plugin.desk.inbound import MOST_FIELDS, active_checks, without_token
from plugin.desk.installation import Installation
from plugin.desk.signing import Address, Delivery, UrlToken, verify_each
from plugin.errors import DeliveryRefused

_WORD = re.compile(r"[0-9A-Za-z_-]{1,200}")


def challenge(
    descriptor: Descriptor, desk: Installation, query: str, source: str = "", remote: str = ""
) -> str | None:
    """The answer, or None where this is no test call, or of somebody who may not ask.

    No signature comes with it; where a token stands in the hook's address, or the sender's address is looked
    at, these count here as they do for a delivery.
    """
    shape = descriptor.receive.challenge
    asked = _asked(query, shape.parameter) if shape else None
    if shape is None or asked is None or not _may_ask(descriptor, desk, source, remote):
        return None
    if shape.answer == "echo":
        return asked
    secrets = (each for each in desk.secrets.get(shape.secret or "", ()) if each)
    secret = next((each for each in secrets if _is_proved(shape.proof, asked, each)), None)
    return None if secret is None else _signed(asked, secret)


def _is_proved(proof: str | None, asked: str, secret: str) -> bool:
    """Whoever asks knows this secret, where the product shows it by what it asks."""
    return proof is None or hmac.compare_digest(_signed(proof, secret), asked)


def _signed(text: str, secret: str) -> str:
    return hmac.new(secret.encode(), text.encode(), "sha256").hexdigest()


def _asked(query: str, parameter: str) -> str | None:
    try:
        given = parse_qs(query, max_num_fields=MOST_FIELDS).get(parameter, [])
    except ValueError:
        return None
    return given[0] if len(given) == 1 and _WORD.fullmatch(given[0]) else None


def _may_ask(descriptor: Descriptor, desk: Installation, source: str, remote: str) -> bool:
    active = active_checks(descriptor.receive, desk)
    checks = [check for check in active if isinstance(check, UrlToken | Address)]
    delivery = without_token(checks, Delivery(source, {}, b"", 0.0, remote=remote))
    try:
        verify_each(checks, delivery, desk.secrets, desk.settings)
    except DeliveryRefused:
        return False
    return bool(active)
