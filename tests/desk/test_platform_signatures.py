"""How each product proves that a delivery is its own; the bytes are computed here, by RFC 2104."""

from __future__ import annotations

import base64
import hashlib
import shutil
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
import yaml

from plugin.desk.inbound import receive
from plugin.desk.signing import Delivery
from plugin.errors import DeliveryRefused
from tests.desk.products import descriptor, desk, document

BODY = '{"ticket": {"id": "t-1"}, "text": "停水 – détail", "b": [1, 2.50]}'.encode()
NOW = 1_795_454_594
SECRET = "k9-a long secret with ümlaut"
TOKEN = "Zm9yIHRlc3RzIG9ubHkgMTIz"
RAW_KEY = bytes(range(32))


def mac(name: str, key: bytes, content: bytes) -> bytes:
    """RFC 2104, section 2."""
    block = hashlib.new(name).block_size
    key = (hashlib.new(name, key).digest() if len(key) > block else key).ljust(block, b"\0")
    inner = hashlib.new(name, bytes(each ^ 0x36 for each in key) + content).digest()
    return hashlib.new(name, bytes(each ^ 0x5C for each in key) + inner).digest()


def b64(content: bytes) -> str:
    return base64.b64encode(content).decode()


Headers = dict[str, str]


@dataclass(frozen=True)
class Platform:
    """One way of proof: the file's ``verify``, and the headers sent for a body, secret and time."""

    verify: str
    sent: Callable[[bytes, str, int], Headers]
    secret: str = SECRET
    signature: str = ""
    """The header with the proof"""
    prefix: str = ""
    stamp: str | None = None
    any_age: bool = False
    several: bool = False
    signs_body: bool = True


def raw(secret: str) -> bytes:
    return secret.encode()


def iso(at: int) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


PLATFORMS: dict[str, Platform] = {
    "Zammad": Platform(
        "{kind: hmac, header: X-Hub-Signature, algorithm: sha1, prefix: sha1=, secret: hook}",
        lambda body, s, _: {"x-hub-signature": "sha1=" + mac("sha1", raw(s), body).hex()},
        signature="x-hub-signature",
        prefix="sha1=",
    ),
    "Zendesk": Platform(
        "{kind: hmac, header: X-Zendesk-Webhook-Signature, encoding: base64,"
        " signed: ['{timestamp}', '{body}'],"
        " timestamp: {header: X-Zendesk-Webhook-Signature-Timestamp, form: iso8601}, secret: hook}",
        lambda body, s, at: {
            "x-zendesk-webhook-signature": b64(mac("sha256", raw(s), iso(at).encode() + body)),
            "x-zendesk-webhook-signature-timestamp": iso(at),
        },
        signature="x-zendesk-webhook-signature",
        stamp="x-zendesk-webhook-signature-timestamp",
    ),
    "Jira": Platform(
        "{kind: hmac, header: X-Hub-Signature, prefix: sha256=, secret: hook}",
        lambda body, s, _: {"x-hub-signature": "sha256=" + mac("sha256", raw(s), body).hex()},
        signature="x-hub-signature",
        prefix="sha256=",
    ),
    "Freshdesk": Platform(
        "{kind: header, header: X-Paidan, secret: hook}",
        lambda _body, s, _at: {"x-paidan": s},
        secret="a-header-secret-of-our-own",
        signature="x-paidan",
        signs_body=False,
    ),
    "ServiceNow": Platform(
        "{kind: basic, user: paidan, secret: hook}",
        lambda _body, s, _at: {"authorization": "Basic " + b64(f"paidan:{s}".encode())},
        signature="authorization",
        signs_body=False,
    ),
    "GitLab, token": Platform(
        "{kind: header, header: X-Gitlab-Token, secret: hook}",
        lambda _body, s, _at: {"x-gitlab-token": s},
        secret="glpt-0123456789abcdef",
        signature="x-gitlab-token",
        signs_body=False,
    ),
    "GitLab, Standard Webhooks": Platform(
        "{kind: hmac, header: webhook-signature, encoding: base64, prefix: 'v1,', split: ' ', decode: whsec,"
        " signed: ['{id}', '.', '{timestamp}', '.', '{body}'], id_header: webhook-id,"
        " timestamp: {header: webhook-timestamp}, secret: hook}",
        lambda body, s, at: {
            "webhook-id": "msg_2b",
            "webhook-timestamp": str(at),
            "webhook-signature": "v1,"
            + b64(mac("sha256", base64.b64decode(s[6:]), f"msg_2b.{at}.".encode() + body)),
        },
        secret="whsec_" + b64(RAW_KEY),
        signature="webhook-signature",
        prefix="v1,",
        stamp="webhook-timestamp",
        several=True,
    ),
    "GitHub": Platform(
        "{kind: hmac, header: X-Hub-Signature-256, prefix: sha256=, secret: hook}",
        lambda body, s, _: {
            "x-hub-signature": "sha1=" + mac("sha1", raw(s), body).hex(),
            "x-hub-signature-256": "sha256=" + mac("sha256", raw(s), body).hex(),
        },
        signature="x-hub-signature-256",
        prefix="sha256=",
    ),
    "Request Tracker": Platform(
        "{kind: hmac, header: X-Paidan-Signature, secret: hook}",
        lambda body, s, _: {"x-paidan-signature": mac("sha256", raw(s), body).hex()},
        signature="x-paidan-signature",
    ),
    "Redmine 7": Platform(
        "{kind: hmac, header: X-Redmine-Signature-256, prefix: sha256=, secret: hook}",
        lambda body, s, _: {"x-redmine-signature-256": "sha256=" + mac("sha256", raw(s), body).hex()},
        signature="x-redmine-signature-256",
        prefix="sha256=",
    ),
    "Znuny": Platform(
        "{kind: basic, secret: hook}",
        lambda _body, s, _at: {"authorization": "Basic " + b64(s.encode())},
        secret="znuny:a password: with colons",
        signature="authorization",
        signs_body=False,
    ),
    "GLPI": Platform(
        "{kind: hmac, header: X-GLPI-signature, signed: ['{body}', '{timestamp}'],"
        " timestamp: {header: X-GLPI-timestamp, tolerance: any}, secret: hook}",
        lambda body, s, at: {
            "x-glpi-signature": mac("sha256", raw(s), body + str(at).encode()).hex(),
            "x-glpi-timestamp": str(at),
        },
        signature="x-glpi-signature",
        stamp="x-glpi-timestamp",
        any_age=True,
    ),
    "FreeScout": Platform(
        "{kind: hmac, header: X-FreeScout-Signature, algorithm: sha1, encoding: base64, secret: hook}",
        lambda body, s, _: {"x-freescout-signature": b64(mac("sha1", raw(s), body))},
        secret=hashlib.md5(b"base64:" + base64.b64encode(RAW_KEY) + b"webhook_key").hexdigest(),
        signature="x-freescout-signature",
    ),
    "Chatwoot": Platform(
        "{kind: hmac, header: X-Chatwoot-Signature, prefix: sha256=, signed: ['{timestamp}', '.', '{body}'],"
        " timestamp: {header: X-Chatwoot-Timestamp}, secret: hook}",
        lambda body, s, at: {
            "x-chatwoot-signature": "sha256=" + mac("sha256", raw(s), f"{at}.".encode() + body).hex(),
            "x-chatwoot-timestamp": str(at),
        },
        signature="x-chatwoot-signature",
        prefix="sha256=",
        stamp="x-chatwoot-timestamp",
    ),
    "Frappe": Platform(
        "{kind: hmac, header: X-Frappe-Webhook-Signature, encoding: base64, secret: hook}",
        lambda body, s, _: {"x-frappe-webhook-signature": b64(mac("sha256", raw(s), body))},
        signature="x-frappe-webhook-signature",
    ),
    "iTop": Platform(
        "{kind: bearer, secret: hook}",
        lambda _body, s, _at: {"authorization": f"Bearer {s}"},
        secret="itop-0123456789",
        signature="authorization",
        signs_body=False,
    ),
    "PagerDuty": Platform(
        "{kind: hmac, header: X-PagerDuty-Signature, prefix: v1=, split: ',', secret: hook}",
        lambda body, s, _: {"x-pagerduty-signature": f"v1={'0' * 64},v1={mac('sha256', raw(s), body).hex()}"},
        signature="x-pagerduty-signature",
        prefix="v1=",
        several=True,
    ),
}
each_platform = pytest.mark.parametrize("name", PLATFORMS)
SIGNED = [name for name, each in PLATFORMS.items() if each.signs_body]
STAMPED = [name for name, each in PLATFORMS.items() if each.stamp]


def accepts(
    platform: Platform, headers: Headers, body: bytes = BODY, secrets: tuple[str, ...] = (), now: int = NOW
) -> bool:
    """Whether the file's ``verify`` takes the delivery."""
    made = {**document()["receive"], "verify": [yaml.safe_load(platform.verify)]}
    where = desk(secrets={"token": ("t",), "hook": secrets or (platform.secret,)})
    try:
        receive(descriptor(receive=made), where, "POST", Delivery("", headers, body, float(now)))
    except DeliveryRefused as error:
        return error.status != 401
    return True


def flipped(text: str, at: int) -> str:
    other = "#" if text[at] != "#" else "%"
    return text[:at] + other + text[at + 1 :]


@each_platform
def test_what_the_product_sends_is_accepted(name: str) -> None:
    platform = PLATFORMS[name]
    assert accepts(platform, platform.sent(BODY, platform.secret, NOW))


@each_platform
def test_a_vector_is_right_by_another_hand_too(name: str) -> None:
    """OpenSSL agrees with the HMAC of this file."""
    if shutil.which("openssl") is None:
        pytest.skip("no openssl here")
    for algorithm in ("sha1", "sha256"):
        command = [
            "openssl",
            "dgst",
            f"-{algorithm}",
            "-mac",
            "HMAC",
            "-macopt",
            f"hexkey:{name.encode().hex()}",
        ]
        told = subprocess.run(command, input=BODY, capture_output=True, check=True).stdout.decode()
        assert told.strip().endswith(mac(algorithm, name.encode(), BODY).hex())


@pytest.mark.parametrize("name", SIGNED)
def test_one_byte_of_the_body(name: str) -> None:
    platform = PLATFORMS[name]
    sent = platform.sent(BODY, platform.secret, NOW)
    for at in range(0, len(BODY), 7):
        assert not accepts(platform, sent, BODY[:at] + bytes([BODY[at] ^ 1]) + BODY[at + 1 :])
    for other in (BODY + b"\n", b"\xef\xbb\xbf" + BODY, BODY[:-1], b"", BODY.replace(b" ", b"")):
        assert not accepts(platform, sent, other)


@each_platform
def test_one_character_of_the_proof(name: str) -> None:
    platform = PLATFORMS[name]
    sent = platform.sent(BODY, platform.secret, NOW)
    header = sent[platform.signature]
    first = header.rfind(platform.prefix) if platform.prefix else 0
    for at in range(first, len(header)):
        assert not accepts(platform, {**sent, platform.signature: flipped(header, at)}), header[at:]


@each_platform
def test_what_is_not_quite_the_proof(name: str) -> None:
    platform = PLATFORMS[name]
    sent = platform.sent(BODY, platform.secret, NOW)
    header = sent[platform.signature]
    begin = header.rfind(platform.prefix) + len(platform.prefix) if platform.prefix else 0
    value = header[begin:]
    near = [
        "",
        " ",
        platform.prefix,
        header[:-1],
        header[: begin + len(value) // 2],
        header + "0",
        f"{header[:begin]} {value}" if platform.prefix else f"x {value}",
        header[: begin + 4] + " " + header[begin + 4 :],
        header[: begin + 4] + "\t" + header[begin + 4 :],
        header + "\0",
    ]
    if platform.prefix:
        near += [header.upper() if platform.several else platform.prefix.upper() + value, value]
    if not platform.several:
        near += [f"{header}, {header}", f"{header},{header}", f" {header}" * 2]
    if platform.signature != "authorization":
        near += [f" {header}" if not platform.several else "", value.swapcase()]
    for each in near:
        assert not accepts(platform, {**sent, platform.signature: each}), repr(each)
    assert not accepts(platform, {key: text for key, text in sent.items() if key != platform.signature})
    assert not accepts(platform, {})


@each_platform
def test_another_secret_and_a_change_of_secrets(name: str) -> None:
    platform = PLATFORMS[name]
    sent = platform.sent(BODY, platform.secret, NOW)
    other = "whsec_" + b64(b"another key, as long as that one") if "whsec" in platform.verify else "another"
    assert not accepts(platform, sent, secrets=(other,))
    assert accepts(platform, sent, secrets=(other, platform.secret))
    assert accepts(platform, sent, secrets=(platform.secret, other))
    assert not accepts(platform, platform.sent(BODY, other, NOW))
    assert accepts(platform, platform.sent(BODY, other, NOW), secrets=(platform.secret, other))
    assert not accepts(platform, sent, secrets=("",))


@pytest.mark.parametrize("name", STAMPED)
def test_the_time_is_signed_and_old_ones_are_told(name: str) -> None:
    platform = PLATFORMS[name]
    assert platform.stamp is not None
    sent = platform.sent(BODY, platform.secret, NOW)
    later = platform.sent(BODY, platform.secret, NOW + 1)[platform.stamp]
    for wrong in (
        later,
        "",
        "soon",
        f" {sent[platform.stamp]}",
        sent[platform.stamp] + "0",
        "-1",
        "nan",
        "1e9",
    ):
        assert not accepts(platform, {**sent, platform.stamp: wrong}), wrong
    assert not accepts(platform, {key: text for key, text in sent.items() if key != platform.stamp})
    for age in (299, -299):
        assert accepts(platform, sent, now=NOW + age)
    for age in (301, -301, 86_400):
        assert accepts(platform, sent, now=NOW + age) == platform.any_age


def test_several_signatures_are_looked_through_and_not_without_end() -> None:
    for name in ("PagerDuty", "GitLab, Standard Webhooks"):
        platform = PLATFORMS[name]
        sent = platform.sent(BODY, platform.secret, NOW)
        between = " " if "split: ' '" in platform.verify else ","
        right = sent[platform.signature].split(between)[-1]
        wrong = flipped(right, len(right) - 3)
        for listed, good in (
            ([right, wrong], True),
            ([wrong, "v2=zz", right], True),
            ([wrong] * 15 + [right], True),
            ([wrong] * 16 + [right], False),
            ([wrong, wrong], False),
            ([right[:-1], right[-1]], False),
        ):
            assert accepts(platform, {**sent, platform.signature: between.join(listed)}) == good


def test_a_time_without_a_zone_is_in_utc(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Asia/Shanghai")
    time.tzset()
    try:
        platform = PLATFORMS["Zendesk"]
        stamp = iso(NOW).removesuffix("Z")
        signed = b64(mac("sha256", raw(SECRET), stamp.encode() + BODY))
        assert platform.stamp is not None
        assert accepts(platform, {platform.signature: signed, platform.stamp: stamp})
    finally:
        monkeypatch.undo()
        time.tzset()


NETWORKS = "192.0.2.0/24, 2001:db8::/32 203.0.113.7"
SENDERS = [
    ("192.0.2.77", True),
    ("::ffff:192.0.2.77", True),
    ("2001:db8::1", True),
    ("203.0.113.7", True),
    ("203.0.113.8", False),
    ("192.0.3.1", False),
    ("2001:db9::1", False),
    ("", False),
    ("localhost", False),
    ("192.0.2.77, 10.0.0.1", False),
    ("192.0.2", False),
]


def from_address(remote: str, networks: str, **secrets: str) -> str:
    verify: list[Any] = [
        {"kind": "url_token", "secret": "hook"},
        {"kind": "address", "setting": "networks", "optional": True},
    ]
    settings = {**document()["settings"], "networks": {"title": {"en": "Networks", "zh": "网段"}}}
    made = descriptor(settings=settings, receive={**document()["receive"], "verify": verify})
    where = desk(secrets={"token": ("t",), "hook": (TOKEN,)}, settings={"networks": networks})
    try:
        receive(made, where, "POST", Delivery(secrets.get("token", TOKEN), {}, BODY, 0.0, remote=remote))
    except DeliveryRefused as error:
        return error.code
    return "ok"


@pytest.mark.parametrize(("remote", "good"), SENDERS)
def test_an_address_is_looked_at_beside_the_secret(remote: str, good: bool) -> None:
    assert from_address(remote, NETWORKS) == ("ok" if good else "address-wrong")
    assert from_address(remote, NETWORKS, token="wrong") != "ok"
    assert from_address(remote, "") == "ok"
    assert from_address(remote, "everywhere") == "address-wrong"


def test_an_address_alone_opens_nothing() -> None:
    settings = {**document()["settings"], "networks": {"title": {"en": "Networks", "zh": "网段"}}}
    verify = [{"kind": "address", "setting": "networks"}]
    made = descriptor(settings=settings, receive={**document()["receive"], "verify": verify})
    where = desk(settings={"networks": "0.0.0.0/0"})
    with pytest.raises(DeliveryRefused, match="no-check-configured"):
        receive(made, where, "POST", Delivery("", {}, BODY, 0.0, remote="192.0.2.1"))
