"""Is this delivery genuine? Signatures to the byte, compared in constant time.

A pure function of the raw request and the desk's secrets. Every listed check must pass:
with several, the weakest alone must not decide.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Literal

from plugin.core.networks import networks
from plugin.errors import DeliveryRefused

Algorithm = Literal["sha1", "sha256", "sha512"]
MOST_SIGNATURES = 16
"""In one header: of the old and the new secret, of several algorithms."""
_UNIX = re.compile(r"[0-9]{1,15}(\.[0-9]{1,9})?")
SHORTEST_URL_TOKEN = 22
"""Characters of a URL-safe token that hold 128 bits (6 bits each)."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """The time of sending: which header, in which form, and how old it may be in seconds (None: any age)."""

    header: str
    form: Literal["unix_s", "unix_ms", "iso8601"] = "unix_s"
    tolerance: float | None = 300.0


@dataclass(frozen=True, slots=True)
class Hmac:
    """A keyed hash over ``signed``, in order: ``{body}``, ``{timestamp}``, ``{id}``, literals."""

    header: str
    secret: str
    algorithm: Algorithm = "sha256"
    signed: tuple[str, ...] = ("{body}",)
    encoding: Literal["hex", "base64"] = "hex"
    prefix: str = ""
    split: str | None = None
    """What stands between several signatures in one header; ``" "`` or ``","``."""
    decode: Literal["raw", "base64", "whsec"] = "raw"
    """How the secret is written: as it is, in base64, or as ``whsec_`` and base64 (Standard Webhooks)."""
    stamp: Stamp | None = None
    id_header: str | None = None


@dataclass(frozen=True, slots=True)
class StaticHeader:
    """A header with a fixed secret value."""

    header: str
    secret: str
    prefix: str = ""


@dataclass(frozen=True, slots=True)
class Basic:
    """HTTP Basic; the secret is the password of ``user``, or ``user:password`` where no user is fixed."""

    secret: str
    user: str | None = None


@dataclass(frozen=True, slots=True)
class UrlToken:
    """A random token in the hook's own address, at least 128 bits."""

    secret: str


@dataclass(frozen=True, slots=True)
class Address:
    """The sender's address is in one of the networks of a setting; beside a secret, never instead of one."""

    setting: str


Secret = Hmac | StaticHeader | Basic | UrlToken
Check = Secret | Address


@dataclass(frozen=True, slots=True)
class Delivery:
    """A webhook request as it arrived; ``headers`` have lower-case names, ``now`` is unix seconds."""

    source: str = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    now: float
    token: str = field(default="", repr=False)
    remote: str = ""
    """The address it came from, as the server knows it: the proxy's own unless a proxy is trusted."""


def verify(
    checks: Sequence[Check],
    delivery: Delivery,
    secrets: Mapping[str, Sequence[str]],
    settings: Mapping[str, str] | None = None,
) -> None:
    """Raise ``DeliveryRefused`` (401) unless every check passes with one of its secrets."""
    if all(isinstance(check, Address) for check in checks):
        raise DeliveryRefused("no-check-configured", 401)
    verify_each(checks, delivery, secrets, settings or {})


def verify_each(
    checks: Sequence[Check],
    delivery: Delivery,
    secrets: Mapping[str, Sequence[str]],
    settings: Mapping[str, str],
) -> None:
    """The same of some of the checks, of which none need be left."""
    for check in checks:
        if isinstance(check, Address):
            _verify_address(delivery.remote, settings.get(check.setting, ""))
            continue
        wanted = [secret for secret in secrets.get(check.secret, ()) if secret]
        if not wanted:
            raise DeliveryRefused("secret-missing", 401)
        _verify_one(check, delivery, wanted)


def _verify_address(remote: str, written: str) -> None:
    try:
        sender, allowed = _plain(ip_address(remote)), networks(written)
    except ValueError:
        raise DeliveryRefused("address-wrong", 401) from None
    if not any(sender in network for network in allowed):
        raise DeliveryRefused("address-wrong", 401)


def _plain(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """An IPv4 address that came in over an IPv6 socket is an IPv4 address."""
    return (isinstance(address, IPv6Address) and address.ipv4_mapped) or address


def _verify_one(check: Secret, delivery: Delivery, secrets: Sequence[str]) -> None:
    match check:
        case Hmac():
            _verify_hmac(check, delivery, secrets)
        case StaticHeader(header, _, prefix):
            _compare(delivery.headers.get(header.lower(), ""), [prefix + s for s in secrets], "header-wrong")
        case Basic(_, user):
            pairs = secrets if user is None else [f"{user}:{s}" for s in secrets]
            wanted = ["Basic " + base64.b64encode(pair.encode()).decode() for pair in pairs]
            given = delivery.headers.get("authorization", "")
            scheme, _, rest = given.partition(" ")
            _compare(f"{scheme.capitalize()} {rest.strip()}", wanted, "basic-wrong")
        case UrlToken():
            long_enough = [s for s in secrets if len(s) >= SHORTEST_URL_TOKEN]
            _compare(delivery.token, long_enough, "token-wrong")


def _verify_hmac(check: Hmac, delivery: Delivery, secrets: Sequence[str]) -> None:
    given = _signatures(check, delivery.headers.get(check.header.lower(), ""))
    if not given:
        raise DeliveryRefused("signature-missing", 401)
    if check.stamp:
        _verify_age(check.stamp, delivery)
    content = signed_bytes(check, delivery)
    wanted = [signature(check, secret, content) for secret in secrets]
    matches = [_same(g, w) for g in given for w in wanted]
    if not any(matches):
        raise DeliveryRefused("signature-wrong", 401)


def _signatures(check: Hmac, header: str) -> list[str]:
    """What the header holds after the prefix; spaces are skipped only between several."""
    values = (
        [value.strip(" ") for value in header.split(check.split)[:MOST_SIGNATURES]]
        if check.split
        else [header]
    )
    return [
        value[len(check.prefix) :]
        for value in values
        if value.startswith(check.prefix) and value != check.prefix
    ]


def signed_bytes(check: Hmac, delivery: Delivery) -> bytes:
    """Exactly the bytes the sender signed."""
    stamp = delivery.headers.get(check.stamp.header.lower(), "") if check.stamp else ""
    unique = delivery.headers.get(check.id_header.lower(), "") if check.id_header else ""
    known = {"{body}": delivery.body, "{timestamp}": _latin(stamp), "{id}": _latin(unique)}
    return b"".join(known.get(part, part.encode()) for part in check.signed)


def signature(check: Hmac, secret: str, content: bytes) -> str:
    """The signature in the check's encoding, without prefix; raises ``DeliveryRefused``."""
    digest = hmac.new(_key(check, secret), content, check.algorithm).digest()
    return digest.hex() if check.encoding == "hex" else base64.b64encode(digest).decode()


def _key(check: Hmac, secret: str) -> bytes:
    if check.decode == "raw":
        return secret.encode()
    written = secret.removeprefix("whsec_") if check.decode == "whsec" else secret
    try:
        return base64.b64decode(written, validate=True)
    except (binascii.Error, ValueError):
        raise DeliveryRefused("secret-unreadable", 401) from None


def _verify_age(stamp: Stamp, delivery: Delivery) -> None:
    at = _stamp_seconds(stamp, delivery.headers.get(stamp.header.lower(), ""))
    if at is None:
        raise DeliveryRefused("timestamp-missing", 401)
    if stamp.tolerance is not None and abs(delivery.now - at) > stamp.tolerance:
        raise DeliveryRefused("timestamp-outside-tolerance", 401)


def _stamp_seconds(stamp: Stamp, text: str) -> float | None:
    try:
        if stamp.form == "iso8601":
            at = datetime.fromisoformat(text)
            return (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return None
    return float(text) / (1000 if stamp.form == "unix_ms" else 1) if _UNIX.fullmatch(text) else None


def _compare(given: str, wanted: Sequence[str], code: str) -> None:
    matches = [_same(given, each) for each in wanted]
    if not given or not any(matches):
        raise DeliveryRefused(code, 401)


def _same(given: str, wanted: str) -> bool:
    return hmac.compare_digest(_latin(given), _latin(wanted))


def _latin(text: str) -> bytes:
    """Header text as the bytes it came from (WSGI hands them over as latin-1); other text as UTF-8."""
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError:
        return text.encode()
