"""A webhook is verified, then reduced to id, kind and key."""

from __future__ import annotations

import hmac
import json
from typing import Any
from urllib.parse import quote

import pytest

from plugin.desk.connector import Connector
from plugin.desk.descriptor import Descriptor
from plugin.desk.helpdesk import Hint
from plugin.desk.inbound import LONGEST_KEY, challenge, receive
from plugin.desk.signing import Delivery
from plugin.errors import DeliveryRefused, DeliveryUnreadable
from tests.desk.products import SECRET, descriptor, desk, document

TOKEN = "Zm9yIHRlc3RzIG9ubHkgMTIz"
BODY = {"ticket": {"id": "t-1"}, "by": "someone"}


def deliver(
    product: Descriptor, body: Any = BODY, source: str = "", secrets: Any = None, **headers: str
) -> Hint:
    given = {"x-hook": SECRET} | {k.replace("_", "-"): v for k, v in headers.items()}
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    where = desk() if secrets is None else desk(secrets=secrets)
    return receive(product, where, "POST", Delivery(source, given, raw, 0.0))


def with_receive(**changed: Any) -> Descriptor:
    return descriptor(receive={**document()["receive"], **changed})


def test_the_hint_holds_id_kind_and_key_only() -> None:
    hint = deliver(descriptor(), x_kind="made")
    assert (hint.ticket_id, hint.kind, hint.ours) == ("t-1", "created", False)
    assert hint.delivery_key.startswith("sha256:")


def test_the_kind_falls_back_and_ignored_needs_no_id() -> None:
    assert deliver(descriptor(), x_kind="never heard of").kind == "updated"
    assert deliver(descriptor(), {"hello": 1}, x_kind="ping").kind == "ignored"


def test_the_content_type_does_not_matter_and_a_byte_order_mark_is_no_obstacle() -> None:
    raw = b"\xef\xbb\xbf" + json.dumps(BODY).encode()
    assert deliver(descriptor(), raw, content_type="text/html").ticket_id == "t-1"


def test_ours_only_when_every_actor_is_us() -> None:
    product = with_receive(actors="by[*]")
    assert deliver(product, {**BODY, "by": ["paidan", "paidan"]}).ours
    assert not deliver(product, {**BODY, "by": ["paidan", "alice"]}).ours
    assert not deliver(product, {**BODY, "by": []}).ours


KEYS = [
    ([{"header": "X-Id"}], {"x_id": "abc"}, "abc"),
    (["delivery"], {}, "d-1"),
    ([{"header": "X-None"}, "delivery"], {}, "d-1"),
    ([{"template": "${body.ticket.id}:${body.count}"}], {}, "t-1:4"),
]


@pytest.mark.parametrize(("key", "headers", "wanted"), KEYS)
def test_delivery_keys(key: list[Any], headers: dict[str, str], wanted: str) -> None:
    body = {**BODY, "delivery": "d-1", "count": 4}
    assert deliver(with_receive(key=key), body, **headers).delivery_key == wanted


def test_without_a_key_the_body_and_its_source_are_the_key() -> None:
    product = descriptor()
    first = deliver(product, source="new").delivery_key
    assert first == deliver(product, source="new").delivery_key
    assert first != deliver(product, source="other").delivery_key
    assert first != deliver(product, {**BODY, "x": 1}, source="new").delivery_key


def test_a_key_without_end_becomes_its_hash() -> None:
    hint = deliver(with_receive(key=[{"header": "X-Id"}]), x_id="k" * 10_000)
    assert len(hint.delivery_key) <= LONGEST_KEY


@pytest.mark.parametrize("odd", ["a\x00b", "a\nb", "\ud83d", "\u202eabc"])
def test_a_key_no_store_can_hold_becomes_its_hash(odd: str) -> None:
    key = deliver(with_receive(key=["delivery"]), {**BODY, "delivery": odd}).delivery_key
    assert key.isprintable()
    assert key.encode()


@pytest.mark.parametrize("odd", ["t\ud83d", "\ud83d", "t\x00"])
def test_half_a_character_is_no_id(odd: str) -> None:
    with pytest.raises(DeliveryUnreadable):
        deliver(descriptor(), {"ticket": {"id": odd}})


def test_a_payload_below_a_root() -> None:
    assert deliver(with_receive(root="payload"), {"payload": BODY}).ticket_id == "t-1"


def test_an_id_of_several_parts_or_picked_from_a_longer_one() -> None:
    composite = with_receive(ticket_id={"template": "${body.repo}-${body.n}"})
    assert deliver(composite, {"repo": "r", "n": 7}).ticket_id == "r-7"
    picked = with_receive(ticket_id={"path": "subject", "pattern": "zen:ticket:([0-9]+)$"})
    assert deliver(picked, {"subject": "zen:ticket:141"}).ticket_id == "141"


@pytest.mark.parametrize(
    "hostile", ["../t", "t/1", "T-1", "", "t 1", "t\n", "x" * 21, "t%2f", {"a": 1}, ["t-1", "t-2"][:0]]
)
def test_an_id_of_another_form_is_unreadable(hostile: Any) -> None:
    with pytest.raises(DeliveryUnreadable, match="ticket-id-missing"):
        deliver(descriptor(), {"ticket": {"id": hostile}})


def test_nothing_is_read_before_it_is_verified() -> None:
    with pytest.raises(DeliveryRefused):
        deliver(descriptor(), b"\xff not json", x_hook="wrong")


def test_a_token_in_the_address_comes_first_and_does_not_stay() -> None:
    checks = [{"kind": "url_token", "secret": "hook"}]
    product = with_receive(verify=checks, events=[{"from": {"source": True}, "words": {"new": "created"}}])
    hint = deliver(product, source=f"{TOKEN}/new", secrets={"hook": (TOKEN,)})
    assert (hint.kind, hint.source) == ("created", "new")
    assert TOKEN not in repr(hint)
    assert deliver(product, source=TOKEN, secrets={"hook": (TOKEN,)}).kind == "updated"
    for wrong in ("", "new", f"new/{TOKEN}", f"{TOKEN}x/new"):
        with pytest.raises(DeliveryRefused):
            deliver(product, source=wrong, secrets={"hook": (TOKEN,)})


def test_an_optional_check_applies_where_the_desk_gives_its_secret() -> None:
    checks = [{"kind": "header", "header": "X-Hook", "secret": "hook", "optional": True},
              {"kind": "url_token", "secret": "token", "optional": True}]  # fmt: skip
    product = with_receive(verify=checks)
    assert deliver(product, secrets={"hook": (SECRET,)}).ticket_id == "t-1"
    with pytest.raises(DeliveryRefused):
        deliver(product, secrets={"hook": (SECRET,), "token": (TOKEN,)})
    with pytest.raises(DeliveryRefused, match="no-check-configured"):
        deliver(product, secrets={"hook": ()})


def test_a_test_call_is_answered_and_nothing_else() -> None:
    product = with_receive(challenge={"parameter": "crc_token", "answer": "hmac_hex", "secret": "hook"})
    answer = challenge(product, desk(), "crc_token=abc")
    assert answer is not None
    assert len(answer) == 64
    assert challenge(product, desk(), "other=abc") is None
    assert challenge(descriptor(), desk(), "crc_token=abc") is None
    echo = with_receive(challenge={"parameter": "c", "answer": "echo"})
    assert challenge(echo, desk(), "c=abc1") == "abc1"
    assert challenge(echo, desk(), "c=<script>") is None


def test_no_test_call_gets_a_delivery_signed() -> None:
    """A product that signs body and timestamp with the secret of its challenge must not be fooled."""
    product = with_receive(challenge={"parameter": "crc_token", "answer": "hmac_hex", "secret": "hook"})
    assert challenge(product, desk(), "crc_token=" + quote('{"id":7}1795454594')) is None


def test_a_test_call_must_know_the_secret_where_the_product_shows_that_it_does() -> None:
    """GLPI 11 sends its own signature of a fixed text (src/Webhook.php, validateCRAChallenge)."""
    block = {
        "parameter": "crc_token",
        "answer": "hmac_hex",
        "secret": "hook",
        "proof": "validate_cra_challenge",
    }
    product = Connector(with_receive(challenge=block), desk(secrets={"hook": ("old", "new")}))
    token = hmac.new(b"new", b"validate_cra_challenge", "sha256").hexdigest()
    answer = hmac.new(b"new", token.encode(), "sha256").hexdigest()
    assert product.challenge("", f"crc_token={token}") == answer
    assert product.challenge("", "crc_token=" + "a" * 64) is None
    assert Connector(product.descriptor, desk(secrets={})).challenge("", f"crc_token={token}") is None
