"""Every connector against every way a helpdesk can fail; each cell says what the loop may conclude."""

from __future__ import annotations

import gzip
import itertools
import json
import re
import time
from collections.abc import Iterator
from typing import Any

import pytest
import requests
import responses

from plugin.core.effects import Snapshot
from plugin.desk.answers import TooLarge
from plugin.desk.connector import Connector
from plugin.desk.helpdesk import Position, Written
from plugin.desk.paging import items
from plugin.desk.samples import sample_effects
from plugin.errors import (
    AccessDenied,
    Busy,
    Conflict,
    DeliveryRefused,
    DeliveryUnreadable,
    Faulty,
    HelpdeskError,
    NotFound,
    NotSent,
    Rejected,
    Unreachable,
)
from plugin.sockets import since_boot
from tests.connectors.products import NAMES, connector, descriptor

ANY = re.compile(r"https://desk\.example\.org/.*")
JSON = "application/json"
METHODS = ("GET", "POST", "PUT", "PATCH")

# name → (answer, error on reading, retryable, outcome unknown)
FAILURES: dict[str, tuple[dict[str, Any], type[HelpdeskError], bool, bool]] = {
    "refused": ({"body": requests.ConnectionError("refused")}, Unreachable, True, True),
    "no connection in time": ({"body": requests.ConnectTimeout()}, NotSent, True, False),
    "no answer in time": ({"body": requests.ReadTimeout()}, Unreachable, True, True),
    "certificate wrong": ({"body": requests.exceptions.SSLError()}, NotSent, True, False),
    "broken off": ({"body": requests.exceptions.ChunkedEncodingError()}, Unreachable, True, True),
    "proxy": ({"body": requests.exceptions.ProxyError()}, Unreachable, True, True),
    "circle": ({"body": requests.TooManyRedirects()}, Unreachable, True, True),
    "compression": ({"body": requests.exceptions.ContentDecodingError()}, Faulty, True, True),
    "400": ({"status": 400, "json": {"error": "no"}}, Rejected, False, False),
    "401": ({"status": 401, "json": {}}, AccessDenied, False, False),
    "403": ({"status": 403, "json": {}}, AccessDenied, False, False),
    "404": ({"status": 404, "json": {}}, NotFound, False, False),
    "409": ({"status": 409, "json": {}}, Conflict, True, False),
    "410": ({"status": 410, "json": {}}, NotFound, False, False),
    "412": ({"status": 412, "json": {}}, Conflict, True, False),
    "422": ({"status": 422, "json": {"errors": []}}, Rejected, False, False),
    "429": ({"status": 429, "json": {}, "headers": {"Retry-After": "12"}}, Busy, True, False),
    "500": ({"status": 500, "body": "oops"}, Faulty, True, True),
    "502 html": ({"status": 502, "body": "<html>", "content_type": "text/html"}, Faulty, True, True),
    "503": ({"status": 503, "body": "", "headers": {"Retry-After": "30"}}, Busy, True, False),
    "504": ({"status": 504, "body": ""}, Faulty, True, True),
    "redirect elsewhere": (
        {"status": 302, "headers": {"Location": "http://169.254.169.254/"}},
        Rejected,
        False,
        False,
    ),
    "html for json": (
        {"status": 200, "body": "<html>log in</html>", "content_type": "text/html"},
        Faulty,
        True,
        True,
    ),
    "half of the json": ({"status": 200, "body": '{"id": 1, "a": [1,'}, Faulty, True, True),
    "not utf-8": ({"status": 200, "body": b'{"id": "\xff\xfe\xfa"}'}, Faulty, True, True),
    "deep json": ({"status": 200, "body": "[" * 100_000}, Faulty, True, True),
    "five megabytes": ({"status": 200, "body": b'"' + b"a" * 5_000_000 + b'"'}, TooLarge, True, True),
    "compressed bomb": (
        {"status": 200, "body": gzip.compress(b"a" * 20_000_000), "headers": {"Content-Encoding": "gzip"}},
        TooLarge,
        True,
        True,
    ),
    "a number of 5,000 digits": ({"status": 200, "body": "1" * 5000}, Faulty, True, True),
}


@pytest.fixture
def wire() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


def answer_all(
    wire: responses.RequestsMock, answer: dict[str, Any], methods: tuple[str, ...] = METHODS
) -> None:
    for method in methods:
        wire.add(method, ANY, **answer)


def write(product: Connector) -> Written:
    sample = product.descriptor.samples["write"][0]
    fresh = Snapshot({}, sample.get("stamp", "1"), state_word="open", read_at=time.monotonic())
    not_after = since_boot() + 5
    return product.write(str(sample["ticket"]), sample_effects(sample), sample["marker"], fresh, not_after)


@pytest.mark.parametrize("failure", FAILURES)
@pytest.mark.parametrize("name", NAMES)
def test_a_failed_read_says_what_may_follow(wire: responses.RequestsMock, name: str, failure: str) -> None:
    answer, error, retryable, unknown = FAILURES[failure]
    answer_all(wire, answer)
    with pytest.raises(HelpdeskError) as caught:
        connector(name).read("7")
    assert type(caught.value) is error
    assert (caught.value.retryable, caught.value.outcome_unknown) == (retryable, unknown)
    assert len(wire.calls) == 1, "one try; to repeat is the loop's decision"


@pytest.mark.parametrize("failure", FAILURES)
@pytest.mark.parametrize("name", NAMES)
def test_a_failed_write_says_what_may_follow(wire: responses.RequestsMock, name: str, failure: str) -> None:
    answer, error, retryable, unknown = FAILURES[failure]
    wire.add("GET", ANY, json={"data": {"collection": []}})
    answer_all(wire, answer, ("POST", "PUT", "PATCH"))
    with pytest.raises(HelpdeskError) as caught:
        write(connector(name))
    assert not (unknown and not caught.value.outcome_unknown)
    if not any(shape.ensure for shape in descriptor(name).targets.values()):
        assert type(caught.value) is error
        assert (caught.value.retryable, caught.value.outcome_unknown) == (retryable, unknown)


@pytest.mark.parametrize("name", NAMES)
def test_how_long_to_wait_is_told(wire: responses.RequestsMock, name: str) -> None:
    answer_all(wire, {"status": 429, "json": {}, "headers": {"Retry-After": "12"}})
    with pytest.raises(Busy) as caught:
        connector(name).read("7")
    assert caught.value.retry_after == 12


@pytest.mark.parametrize("name", NAMES)
def test_an_empty_answer_to_a_write_is_no_proof(wire: responses.RequestsMock, name: str) -> None:
    """Where nothing shows that a value was taken, that is an open outcome, never a success."""
    answer_all(wire, {"status": 200, "json": {}})
    with pytest.raises(HelpdeskError) as caught:
        write(connector(name))
    assert caught.value.outcome_unknown


@pytest.mark.parametrize("empty", [b"", b"{}", b"[]", b"null", b'"ok"', b"0"])
@pytest.mark.parametrize("name", NAMES)
def test_an_empty_answer_is_no_ticket(wire: responses.RequestsMock, name: str, empty: bytes) -> None:
    """A ticket without group, level and words must never be read out of half an answer."""
    answer_all(wire, {"status": 200, "body": empty})
    with pytest.raises(Faulty):
        connector(name).read("7")


@pytest.mark.parametrize("name", NAMES)
def test_nothing_secret_is_in_an_error(wire: responses.RequestsMock, name: str) -> None:
    answer_all(wire, {"status": 403, "json": {}})
    with pytest.raises(AccessDenied) as caught:
        connector(name).read("7")
    assert "sample-token" not in str(caught.value) + repr(connector(name).desk)


@pytest.mark.parametrize("name", NAMES)
def test_all_calls_go_to_the_desks_own_host(wire: responses.RequestsMock, name: str) -> None:
    """Addresses in answers are never followed, whatever they say."""
    hostile = {
        "_url": "http://169.254.169.254/attachment/1",
        "link": "http://10.0.0.1/",
        "next": "http://evil.example/",
    }
    sample = descriptor(name).samples["read"][0]["answers"]
    for step in reversed(descriptor(name).reads):
        pattern = re.compile(
            r"https://desk\.example\.org" + re.sub(r"\$\{\w+\}", "[^/]+", step.request.path) + r"(\?.*)?$"
        )
        found = sample[step.name]
        body = found[0] if isinstance(found, list) else {**found, **hostile}
        wire.add("GET", pattern, json=body)
    connector(name).read("7")
    assert {call.request.url.split("/")[2] for call in wire.calls if call.request.url} == {"desk.example.org"}


HOSTILE_IDS = (
    "7\ud83d",
    "..",
    "../../admin",
    "7/../8",
    "7?x=1",
    "7#a",
    "7%2e%2e",
    "7\r\nX-Evil: 1",
    "",
    "7 or 1=1",
    "7" * 400,
)


@pytest.mark.parametrize("hostile", HOSTILE_IDS)
@pytest.mark.parametrize("name", NAMES)
def test_an_id_that_is_none_is_asked_of_nobody(wire: responses.RequestsMock, name: str, hostile: str) -> None:
    with pytest.raises(NotFound):
        connector(name).read(hostile)
    assert len(wire.calls) == 0


def deliver(name: str, body: bytes | None = None, **headers: str) -> Any:
    """The connector's own genuine sample, with another body or other headers."""
    sample = next(s for s in descriptor(name).samples["receive"] if isinstance(s["hint"], dict))
    given = {k.lower(): v for k, v in sample["headers"].items()} | {k.lower(): v for k, v in headers.items()}
    content = sample["body"].encode() if body is None else body
    return connector(name).receive(str(sample.get("source", "")), "POST", given, content, float(sample["at"]))


def signed(name: str, body: bytes) -> dict[str, str]:
    """Headers of the sample with a right signature for this body."""
    from plugin.desk.signing import Delivery, Hmac, signature, signed_bytes

    product = connector(name)
    sample = next(s for s in product.descriptor.samples["receive"] if isinstance(s["hint"], dict))
    given = {k.lower(): v for k, v in sample["headers"].items()}
    for check in product.descriptor.receive.checks:
        if isinstance(check, Hmac):
            content = signed_bytes(check, Delivery("", given, body, 0))
            given[check.header.lower()] = check.prefix + signature(
                check, product.desk.secret(check.secret), content
            )
    return given


@pytest.mark.parametrize("name", NAMES)
def test_a_delivery_without_its_credentials_is_refused(name: str) -> None:
    sample = next(s for s in descriptor(name).samples["receive"] if isinstance(s["hint"], dict))
    with pytest.raises(DeliveryRefused) as caught:
        connector(name).receive(
            str(sample["source"]), "POST", {}, sample["body"].encode(), float(sample["at"])
        )
    assert caught.value.status == 401


UNREADABLE = {
    "empty": b"",
    "blank": b"  \n",
    "no json": b"ticket=1",
    "half": b'{"ticket": {"id": 1',
    "not utf-8": b'{"ticket": {"id": "\xff\xfe"}}',
    "deep": b"[" * 100_000,
    "a list": b"[1, 2]",
    "no id": b'{"ticket": {}}',
    "an id that is a path": b'{"ticket": {"id": "../1"}, "data": {"id": "../1"}}',
    "an id that is a map": b'{"ticket": {"id": {"a": 1}}}',
    "a huge number": b'{"ticket": {"id": ' + b"9" * 5000 + b"}}",
}


@pytest.mark.parametrize("kind", UNREADABLE)
@pytest.mark.parametrize("name", NAMES)
def test_a_genuine_delivery_that_cannot_be_read_is_kept_for_a_person(name: str, kind: str) -> None:
    body = UNREADABLE[kind]
    with pytest.raises(DeliveryUnreadable):
        deliver(name, body, **signed(name, body))


@pytest.mark.parametrize("name", NAMES)
def test_an_unknown_event_is_answered_and_never_an_error(name: str) -> None:
    body = b'{"event": "ticket.sneezed", "delivery": "d1", "ticket": {"id": 7}}'
    hint = deliver(name, body, **signed(name, body))
    assert hint.kind in ("updated", "ignored", "created", "commented")


@pytest.mark.parametrize("name", NAMES)
def test_the_same_delivery_has_the_same_key_and_another_has_another(name: str) -> None:
    first, again = deliver(name), deliver(name)
    body = b'{"event": "ticket.updated", "delivery": "other", "followup_id": 99, "ticket": {"id": 7}}'
    assert first.delivery_key == again.delivery_key
    assert deliver(name, body, **signed(name, body)).delivery_key != first.delivery_key


@pytest.mark.parametrize("name", NAMES)
def test_a_method_the_product_never_uses_is_refused(name: str) -> None:
    with pytest.raises(DeliveryRefused):
        connector(name).receive("", "DELETE", {}, b"{}", 0.0)


LISTS = tuple(name for name in NAMES if descriptor(name).changed)
SINCE = Position(since=1_795_600_000.0)


@pytest.mark.parametrize("failure", FAILURES)
@pytest.mark.parametrize("name", LISTS)
def test_a_failed_list_says_what_may_follow(wire: responses.RequestsMock, name: str, failure: str) -> None:
    answer, error, retryable, _ = FAILURES[failure]
    most = descriptor(name).changed.most_bytes  # type: ignore[union-attr]
    if error is TooLarge:
        answer = {"status": 200, "body": b'"' + b"a" * (most + 1) + b'"'}
    answer_all(wire, answer)
    with pytest.raises(HelpdeskError) as caught:
        connector(name).changed_page(SINCE)
    assert type(caught.value) is error
    assert caught.value.retryable == retryable
    assert len(wire.calls) == 1


@pytest.mark.parametrize(
    "empty", [b"", b"{}", b"null", b'"ok"', b"0", b'{"items": {}, "data": [], "results": 1}']
)
@pytest.mark.parametrize("name", LISTS)
def test_half_an_answer_is_no_empty_list(wire: responses.RequestsMock, name: str, empty: bytes) -> None:
    answer_all(wire, {"status": 200, "body": empty})
    with pytest.raises(Faulty):
        connector(name).changed_page(SINCE)


@pytest.mark.parametrize("hostile", [*HOSTILE_IDS, None, {"a": 1}])
@pytest.mark.parametrize("name", LISTS)
def test_a_list_with_an_id_that_is_none_is_half_an_answer(
    wire: responses.RequestsMock, name: str, hostile: Any
) -> None:
    answer = json.loads(json.dumps(descriptor(name).samples["changed"][0]["answer"]))
    items(descriptor(name).changed.paging, answer)[0]["id"] = hostile  # type: ignore[index,union-attr]
    answer_all(wire, {"status": 200, "json": answer})
    with pytest.raises(Faulty):
        connector(name).changed_page(SINCE)


@pytest.mark.parametrize("name", LISTS)
def test_the_address_of_the_next_page_is_never_followed(wire: responses.RequestsMock, name: str) -> None:
    answer = json.dumps(descriptor(name).samples["changed"][0]["answer"])
    answer = answer.replace("https://desk.example.org", "http://169.254.169.254")
    answer_all(wire, {"status": 200, "body": answer})
    for _ in itertools.islice(connector(name).changed(0.0), 8):
        pass
    assert {str(call.request.url).split("/")[2] for call in wire.calls} == {"desk.example.org"}


@pytest.mark.parametrize("name", LISTS)
def test_a_list_that_has_become_shorter_than_the_page_has_ended(
    wire: responses.RequestsMock, name: str
) -> None:
    answer_all(wire, {"status": 404, "json": {"detail": "no such page"}})
    page = connector(name).changed_page(Position(since=SINCE.since, page=3, before=0))
    assert page.rows == ()
    assert page.after is None or page.after.page == 0
