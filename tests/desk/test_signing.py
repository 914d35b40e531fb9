"""Signatures to the byte, in every form the products use."""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import replace

import pytest

from plugin.desk.signing import Basic, Check, Delivery, Hmac, Stamp, StaticHeader, UrlToken, verify
from plugin.errors import DeliveryRefused

BODY = '{"a": "中文", "b": [1, 2]}'.encode()
NOW = 1_795_454_594.0
SECRET = "a long secret"


def mac(content: bytes, algorithm: str = "sha256", key: bytes = SECRET.encode()) -> bytes:
    return hmac.new(key, content, getattr(hashlib, algorithm)).digest()


def delivery(body: bytes = BODY, *, source: str = "", token: str = "", **headers: str) -> Delivery:
    return Delivery(source, {k.replace("_", "-"): v for k, v in headers.items()}, body, NOW, token)


STAMP = Stamp("X-Time")
KEY64 = base64.b64encode(b"\x00\xffkey").decode()

SIGNED: list[tuple[str, Hmac, dict[str, str], str]] = [
    (
        "sha1 hex of the body",
        Hmac("X-Sig", "s", "sha1", prefix="sha1="),
        {"x_sig": "sha1=" + mac(BODY, "sha1").hex()},
        SECRET,
    ),
    ("sha256 hex", Hmac("X-Sig", "s", prefix="sha256="), {"x_sig": "sha256=" + mac(BODY).hex()}, SECRET),
    ("sha512 hex", Hmac("X-Sig", "s", "sha512"), {"x_sig": mac(BODY, "sha512").hex()}, SECRET),
    (
        "sha1 base64",
        Hmac("X-Sig", "s", "sha1", encoding="base64"),
        {"x_sig": base64.b64encode(mac(BODY, "sha1")).decode()},
        SECRET,
    ),
    (
        "time, no dot, body",
        Hmac("X-Sig", "s", signed=("{timestamp}", "{body}"), encoding="base64", stamp=STAMP),
        {"x_sig": base64.b64encode(mac(b"1795454594" + BODY)).decode(), "x_time": "1795454594"},
        SECRET,
    ),
    (
        "body, then time",
        Hmac("X-Sig", "s", signed=("{body}", "{timestamp}"), stamp=STAMP),
        {"x_sig": mac(BODY + b"1795454594").hex(), "x_time": "1795454594"},
        SECRET,
    ),
    (
        "time dot body",
        Hmac("X-Sig", "s", signed=("{timestamp}", ".", "{body}"), prefix="sha256=", stamp=STAMP),
        {"x_sig": "sha256=" + mac(b"1795454594." + BODY).hex(), "x_time": "1795454594"},
        SECRET,
    ),
    (
        "id dot time dot body, several, whsec",
        Hmac(
            "Sig",
            "s",
            signed=("{id}", ".", "{timestamp}", ".", "{body}"),
            encoding="base64",
            prefix="v1,",
            split=" ",
            decode="whsec",
            stamp=STAMP,
            id_header="Id",
        ),
        {
            "sig": "v1,AAAA v1,"
            + base64.b64encode(mac(b"msg_1.1795454594." + BODY, key=b"\x00\xffkey")).decode(),
            "x_time": "1795454594",
            "id": "msg_1",
        },
        "whsec_" + KEY64,
    ),
    (
        "several by comma",
        Hmac("Sig", "s", prefix="v1=", split=","),
        {"sig": "v1=00,v1=" + mac(BODY).hex()},
        SECRET,
    ),
    (
        "secret in base64",
        Hmac("Sig", "s", decode="base64"),
        {"sig": mac(BODY, key=b"\x00\xffkey").hex()},
        KEY64,
    ),
    (
        "milliseconds",
        Hmac("X-Sig", "s", signed=("{timestamp}", "{body}"), stamp=Stamp("X-Time", "unix_ms")),
        {"x_sig": mac(b"1795454594123" + BODY).hex(), "x_time": "1795454594123"},
        SECRET,
    ),
    (
        "iso time",
        Hmac("X-Sig", "s", stamp=Stamp("X-Time", "iso8601")),
        {"x_sig": mac(BODY).hex(), "x_time": "2026-11-23T17:23:14Z"},
        SECRET,
    ),
]


@pytest.mark.parametrize(("check", "headers", "secret"), [c[1:] for c in SIGNED], ids=[c[0] for c in SIGNED])
def test_a_right_signature_passes_and_one_changed_byte_does_not(
    check: Hmac, headers: dict[str, str], secret: str
) -> None:
    verify([check], delivery(**headers), {"s": (secret,)})
    with pytest.raises(DeliveryRefused, match="signature-wrong"):
        verify([check], delivery(BODY[:-1] + b" ", **headers), {"s": (secret,)})
    other = "whsec_AAAA" if check.decode == "whsec" else "AAAA"
    with pytest.raises(DeliveryRefused, match="signature-wrong"):
        verify([check], delivery(**headers), {"s": (other,)})


def test_while_a_secret_is_replaced_both_are_good() -> None:
    check = Hmac("Sig", "s")
    verify([check], delivery(sig=mac(BODY).hex()), {"s": ("the new one", SECRET)})
    with pytest.raises(DeliveryRefused):
        verify([check], delivery(sig=mac(BODY).hex()), {"s": ("the new one", "another")})


@pytest.mark.parametrize(
    "header", ["", "sha256=", "sha256", "nonsense", "sha256=zz", "sha1=" + mac(BODY).hex(), "é" * 64]
)
def test_what_is_no_signature_is_refused(header: str) -> None:
    with pytest.raises(DeliveryRefused):
        verify([Hmac("Sig", "s", prefix="sha256=")], delivery(sig=header), {"s": (SECRET,)})


@pytest.mark.parametrize(("age", "good"), [(0, True), (299, True), (301, False), (-299, True), (-301, False)])
def test_old_and_future_deliveries_are_refused(age: int, good: bool) -> None:
    check = Hmac("Sig", "s", signed=("{timestamp}", "{body}"), stamp=STAMP)
    stamp = str(int(NOW) - age)
    sent = delivery(sig=mac(stamp.encode() + BODY).hex(), x_time=stamp)
    if good:
        verify([check], sent, {"s": (SECRET,)})
        return
    with pytest.raises(DeliveryRefused, match="timestamp-outside-tolerance"):
        verify([check], sent, {"s": (SECRET,)})
    verify([replace(check, stamp=Stamp("X-Time", tolerance=None))], sent, {"s": (SECRET,)})


@pytest.mark.parametrize("stamp", ["", "soon", "nan", "inf", "1e999"])
def test_a_missing_time_is_refused(stamp: str) -> None:
    check = Hmac("Sig", "s", signed=("{timestamp}", "{body}"), stamp=STAMP)
    with pytest.raises(DeliveryRefused, match="timestamp-missing"):
        verify([check], delivery(sig=mac(stamp.encode() + BODY).hex(), x_time=stamp), {"s": (SECRET,)})


BASIC = "Basic " + base64.b64encode(f"hook:{SECRET}".encode()).decode()
TOKEN = "t" * 22
STATIC: list[tuple[Check, dict[str, str], str, str]] = [
    (StaticHeader("X-Token", "s"), {"x_token": SECRET}, SECRET, ""),
    (StaticHeader("Authorization", "s", "Bearer "), {"authorization": f"Bearer {SECRET}"}, SECRET, ""),
    (Basic("s", "hook"), {"authorization": BASIC}, SECRET, ""),
    (Basic("s"), {"authorization": BASIC.replace("Basic", "basic")}, f"hook:{SECRET}", ""),
    (UrlToken("s"), {}, TOKEN, TOKEN),
]


@pytest.mark.parametrize(("check", "headers", "secret", "token"), STATIC)
def test_fixed_secrets(check: Check, headers: dict[str, str], secret: str, token: str) -> None:
    verify([check], delivery(token=token, **headers), {"s": (secret,)})
    for wrong in ({"s": (secret + "x",)}, {"s": ("",)}, {"s": ()}, {}):
        with pytest.raises(DeliveryRefused):
            verify([check], delivery(token=token, **headers), wrong)
    with pytest.raises(DeliveryRefused):
        verify([check], delivery(), {"s": (secret,)})


def test_a_short_token_never_opens() -> None:
    with pytest.raises(DeliveryRefused, match="token-wrong"):
        verify([UrlToken("s")], delivery(token="short"), {"s": ("short",)})


def test_every_check_must_pass() -> None:
    checks = [Basic("s", "hook"), UrlToken("t")]
    secrets = {"s": (SECRET,), "t": (TOKEN,)}
    verify(checks, delivery(token=TOKEN, authorization=BASIC), secrets)
    for sent in (delivery(token=TOKEN), delivery(authorization=BASIC), delivery()):
        with pytest.raises(DeliveryRefused):
            verify(checks, sent, secrets)


def test_without_any_check_nothing_is_accepted() -> None:
    with pytest.raises(DeliveryRefused, match="no-check-configured"):
        verify([], delivery(), {"s": (SECRET,)})
