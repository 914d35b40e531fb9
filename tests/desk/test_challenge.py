"""The test call of a product: answered to who may ask, and never a signature under anything else."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import Any

import pytest

from plugin.desk.challenge import challenge
from plugin.desk.connector import Connector
from plugin.desk.descriptor import Descriptor
from plugin.desk.inbound import receive
from plugin.desk.signing import Delivery
from plugin.errors import DeliveryRefused
from tests.desk.products import SECRET, descriptor, desk, document

TOKEN = "Zm9yIHRlc3RzIG9ubHkgMTIz"
CRC = {"parameter": "crc_token", "answer": "hmac_hex", "secret": "hook"}
ECHO = {"parameter": "c", "answer": "echo"}
GLPI = {
    "kind": "hmac",
    "header": "X-GLPI-signature",
    "signed": ["{body}", "{timestamp}"],
    "timestamp": {"header": "X-GLPI-timestamp", "tolerance": "any"},
    "secret": "hook",
}
TOKENED = {"kind": "url_token", "secret": "path"}
NEAR = {"kind": "address", "setting": "near"}


def product(how: Any, *checks: Any) -> Descriptor:
    settings = {
        **document()["settings"],
        "path": {"title": {"en": "Path", "zh": "路径"}, "secret": True},
        "near": {"title": {"en": "Networks", "zh": "网段"}},
    }
    return descriptor(
        settings=settings,
        receive={**document()["receive"], "verify": list(checks or [GLPI]), "challenge": how},
    )


def at(**more: Any) -> Any:
    return desk(secrets={"hook": (SECRET,), "path": (TOKEN,)}, settings={"near": "192.0.2.0/24"}, **more)


def test_glpi_is_answered_as_it_expects() -> None:
    asked = hashlib.sha256(b"anything").hexdigest()
    wanted = hmac.new(SECRET.encode(), asked.encode(), hashlib.sha256).hexdigest()
    assert Connector(product(CRC), at()).challenge("", f"crc_token={asked}") == wanted
    assert challenge(product(CRC), at(), f"x=1&crc_token={asked}&y=") == wanted


def test_whoever_asks_must_know_a_secret_where_the_product_shows_that_it_does() -> None:
    """GLPI 11 asks with its own signature of a fixed text (src/Webhook.php, validateCRAChallenge)."""
    shape = product({**CRC, "proof": "validate_cra_challenge"})
    several = desk(secrets={"hook": ("old", "new"), "path": (TOKEN,)})
    asked = hmac.new(b"new", b"validate_cra_challenge", "sha256").hexdigest()
    wanted = hmac.new(b"new", asked.encode(), "sha256").hexdigest()
    assert challenge(shape, several, f"crc_token={asked}") == wanted
    assert challenge(shape, several, "crc_token=" + "a" * 64) is None
    assert challenge(shape, desk(secrets={"hook": ("old",)}), f"crc_token={asked}") is None


def test_an_echo_gives_back_a_word() -> None:
    assert challenge(product(ECHO), at(), "c=abc-1_Z") == "abc-1_Z"


BAD = ["", "crc_token", "crc_token=", "other=abc", "crc_token=a&crc_token=b", "&" * 500 + "crc_token=abc"]
BAD += [
    f"crc_token={each}"
    for each in ("a b", "%3Cscript%3E", "%00", "%0d%0a", "é", "%ff", "a" * 201, "1.5", "{}")
]


@pytest.mark.parametrize("query", BAD)
@pytest.mark.parametrize("how", [CRC, {**ECHO, "parameter": "crc_token"}])
def test_what_is_no_test_call_is_not_answered(how: Any, query: str) -> None:
    assert challenge(product(how), at(), query) is None
    assert challenge(descriptor(), desk(), query) is None


def test_no_delivery_can_be_had_signed() -> None:
    """GLPI signs body and time; whoever could have both signed here could forge any delivery."""
    body, stamp = json.dumps({"ticket": {"id": "t-1"}}), "1795454594"
    from urllib.parse import quote

    for asked in (body + stamp, quote(body + stamp), quote(body) + stamp):
        assert challenge(product(CRC), at(), f"crc_token={asked}") is None
    signed = challenge(product(CRC), at(), f"crc_token=12{stamp}")
    assert signed is not None
    headers = {"x-glpi-signature": signed, "x-glpi-timestamp": stamp}
    with pytest.raises(DeliveryRefused):
        receive(product(CRC), at(), "POST", Delivery("", headers, body.encode(), 0.0))


@pytest.mark.parametrize(
    ("source", "answered"),
    [
        (TOKEN, True),
        (f"{TOKEN}/new", True),
        ("", False),
        ("new", False),
        (f"{TOKEN}x", False),
        (f"x/{TOKEN}", False),
    ],
)
@pytest.mark.parametrize("how", [CRC, {**ECHO, "parameter": "crc_token"}])
def test_a_token_in_the_address_counts_here_too(how: Any, source: str, answered: bool) -> None:
    made = product(how, GLPI, TOKENED)
    assert (challenge(made, at(), "crc_token=abc", source) is not None) == answered


@pytest.mark.parametrize(("remote", "answered"), [("192.0.2.9", True), ("198.51.100.1", False), ("", False)])
def test_an_address_counts_here_too(remote: str, answered: bool) -> None:
    made = product(CRC, GLPI, NEAR)
    assert (challenge(made, at(), "crc_token=abc", remote=remote) is not None) == answered


def test_without_its_secret_nothing_is_signed() -> None:
    assert challenge(product(CRC), desk(secrets={"hook": ()}), "crc_token=abc") is None
    assert challenge(product(CRC, {**GLPI, "optional": True}), desk(secrets={}), "crc_token=abc") is None
