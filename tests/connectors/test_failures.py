"""Every connector against every way a helpdesk can fail; each cell says what the loop may conclude."""

from __future__ import annotations

import gzip
import itertools
import json
import re
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests
import responses

from plugin.core.effects import Snapshot
from plugin.desk.answers import TooLarge
from plugin.desk.client import encoded
from plugin.desk.connector import Connector
from plugin.desk.descriptor import Descriptor
from plugin.desk.helpdesk import Position, Written
from plugin.desk.outbound import Call, call
from plugin.desk.paging import items
from plugin.desk.paths import Index, Key, Path, find, parse, variables
from plugin.desk.samples import planned_calls, sample_desk, sample_effects
from plugin.desk.signing import UrlToken
from plugin.desk.transforms import Reader
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
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
LOOKS = ("GET", "OPTIONS")

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
    "422": ({"status": 422, "json": {"errors": ["no"]}}, Rejected, False, False),
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
    wire: responses.RequestsMock, name: str, answer: dict[str, Any], methods: tuple[str, ...] = METHODS
) -> None:
    """Every request is answered so, but for the log-in and lists some products are asked for before."""

    def answered(request: requests.PreparedRequest) -> Any:
        good = before(name, request)
        return made(answer if good is None else {"json": good})

    for method in methods:
        wire.add_callback(method, ANY, callback=answered)


def made(answer: dict[str, Any]) -> Any:
    """An answer as ``responses`` wants it of a callback: an exception, or status, headers and body."""
    body = json.dumps(answer["json"]) if "json" in answer else answer.get("body", "")
    kind = answer.get("content_type", JSON if "json" in answer else "text/plain")
    headers = {"Content-Type": kind, **answer.get("headers", {})}
    return body if isinstance(body, Exception) else (answer.get("status", 200), headers, body)


def before(name: str, request: requests.PreparedRequest) -> Any:
    """The recorded answer to a log-in, a list or a look of a step; None for any other request."""
    product = descriptor(name)
    url = urlsplit(str(request.url))
    asked, query = (request.method, url.path, _bytes(request.body)), dict(parse_qsl(url.query))
    for known, answer in _known_before(product):
        narrowed = all(query.get(key) == str(value) for key, value in known.query)
        if narrowed and (known.method, known.path, _bytes(encoded(known)[0])) == asked:
            return answer
    return None


def _bytes(body: Any) -> bytes:
    return body.encode() if isinstance(body, str) else body or b""


def _known_before(product: Descriptor) -> Iterator[tuple[Call, Any]]:
    desk, samples = sample_desk(product), product.samples
    known = {"setting": dict(desk.settings), "secret": {name: desk.secret(name) for name in desk.secrets}}
    if product.api.session is not None:
        yield call(product.api.session.login, known), samples["login"]["answer"]
    for kind, shape in product.lists.items():
        yield call(shape.request, known), samples["lists"][kind]["answer"]
    for sample in samples["write"][:1]:
        read = _reads(product, str(sample["ticket"]), known)
        for planned in planned_calls(product, desk, sample):
            if planned.method == "GET" and planned.path not in read:
                yield planned, looked_at(product, sample, planned)


def _reads(product: Descriptor, ticket_id: str, known: dict[str, Any]) -> set[str]:
    """Where a ticket is read: a step that looks there as well gets no better answer than a reader."""
    about = {**known, **product.receive.ids.known(ticket_id)}
    return {call(step.request, about).path for step in product.reads if step.each is None}


def looked_at(product: Descriptor, sample: dict[str, Any], planned: Call) -> Any:
    """The recorded answer to the look of a step."""
    steps = [s for target in planned.targets for s in product.targets[target].steps if s.name]
    return next(sample["looks"][s.name] for s in steps if s.request.method == "GET")


def asked(wire: responses.RequestsMock, name: str) -> list[requests.PreparedRequest]:
    """The requests that were not about a log-in, a list or a look."""
    return [call.request for call in wire.calls if before(name, call.request) is None]


def write(product: Connector) -> Written:
    sample = product.descriptor.samples["write"][0]
    fresh = Snapshot({}, sample.get("stamp", "1"), state_word="open", read_at=time.monotonic())
    not_after = since_boot() + 5
    return product.write(str(sample["ticket"]), sample_effects(sample), sample["marker"], fresh, not_after)


@pytest.mark.parametrize("failure", FAILURES)
@pytest.mark.parametrize("name", NAMES)
def test_a_failed_read_says_what_may_follow(wire: responses.RequestsMock, name: str, failure: str) -> None:
    answer, error, retryable, unknown = FAILURES[failure]
    answer_all(wire, name, answer)
    with pytest.raises(HelpdeskError) as caught:
        connector(name).read(an_id(name))
    assert type(caught.value) is error
    assert (caught.value.retryable, caught.value.outcome_unknown) == (retryable, unknown)
    tries = 2 if failure == "401" and descriptor(name).api.session else 1
    assert len(asked(wire, name)) == tries, "one try, or one more signed in anew; more is the loop's"


@pytest.mark.parametrize("failure", FAILURES)
@pytest.mark.parametrize("name", NAMES)
def test_a_failed_write_says_what_may_follow(wire: responses.RequestsMock, name: str, failure: str) -> None:
    answer, error, retryable, unknown = FAILURES[failure]
    answer_all(wire, name, {"json": {"data": {"collection": []}}}, LOOKS)
    answer_all(wire, name, answer, ("POST", "PUT", "PATCH", "DELETE"))
    with pytest.raises(HelpdeskError) as caught:
        write(connector(name))
    assert not (unknown and not caught.value.outcome_unknown)
    if not any(shape.ensure for shape in descriptor(name).targets.values()):
        assert type(caught.value) is error
        assert (caught.value.retryable, caught.value.outcome_unknown) == (retryable, unknown)


@pytest.mark.parametrize("name", NAMES)
def test_how_long_to_wait_is_told(wire: responses.RequestsMock, name: str) -> None:
    answer_all(wire, name, {"status": 429, "json": {}, "headers": {"Retry-After": "12"}})
    with pytest.raises(Busy) as caught:
        connector(name).read(an_id(name))
    assert caught.value.retry_after == 12


@pytest.mark.parametrize("name", NAMES)
def test_an_empty_answer_to_a_write_is_no_proof(wire: responses.RequestsMock, name: str) -> None:
    """Where nothing shows that a value was taken, that is an open outcome, never a success."""
    answer_all(wire, name, {"status": 200, "json": {}})
    with pytest.raises(HelpdeskError) as caught:
        write(connector(name))
    assert caught.value.outcome_unknown


@pytest.mark.parametrize("empty", [b"", b"{}", b"[]", b"null", b'"ok"', b"0"])
@pytest.mark.parametrize("name", NAMES)
def test_an_empty_answer_is_no_ticket(wire: responses.RequestsMock, name: str, empty: bytes) -> None:
    """A ticket without group, level and words must never be read out of half an answer."""
    answer_all(wire, name, {"status": 200, "body": empty})
    with pytest.raises(Faulty):
        connector(name).read(an_id(name))


@pytest.mark.parametrize("name", NAMES)
def test_nothing_secret_is_in_an_error(wire: responses.RequestsMock, name: str) -> None:
    answer_all(wire, name, {"status": 403, "json": {}})
    with pytest.raises(AccessDenied) as caught:
        connector(name).read(an_id(name))
    shown = str(caught.value) + repr(connector(name).desk)
    secrets = [value for values in connector(name).desk.secrets.values() for value in values]
    assert secrets
    assert not [value for value in secrets if value in shown]


@pytest.mark.parametrize("name", NAMES)
def test_all_calls_go_to_the_desks_own_host(wire: responses.RequestsMock, name: str) -> None:
    """Addresses in answers are never followed, whatever they say."""
    hostile = {
        "_url": "http://169.254.169.254/attachment/1",
        "link": "http://10.0.0.1/",
        "next": "http://evil.example/",
    }
    sample = descriptor(name).samples["read"][0]
    told = sample["answers"]  # but of steps that are for some tickets only
    steps = [(step, told[step.name]) for step in reversed(descriptor(name).reads) if step.name in told]
    wanted = [
        (re.compile(re.sub(r"\\\$\\\{[\w.\\]+\\\}", "[^/]+", re.escape(step.request.path))), step, found)
        for step, found in steps
    ]

    def answered(request: requests.PreparedRequest) -> Any:
        good = before(name, request)
        path = urlsplit(str(request.url)).path
        for pattern, step, found in wanted if good is None else ():
            if pattern.fullmatch(path):
                good = found[0] if step.each is not None else found
                break
        return made({"json": {**good, **hostile} if isinstance(good, dict) else good})

    for method in METHODS:
        wire.add_callback(method, ANY, callback=answered)
    connector(name).read(str(sample["ticket"]))
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


HOOKED = tuple(name for name in NAMES if descriptor(name).receive.checks)
"""The products that send webhooks; the others are only looked at."""


def an_id(name: str) -> str:
    """An id as the product gives them."""
    return str(descriptor(name).samples["read"][0]["ticket"])


def genuine(name: str) -> list[dict[str, Any]]:
    """The sample deliveries that are accepted."""
    return [sample for sample in descriptor(name).samples["receive"] if isinstance(sample["hint"], dict)]


def first_path(reader: Reader) -> Path:
    """Where a value, or the first of those it is put together of, stands."""
    return reader.paths[0] if reader.paths else parse(sorted(variables(reader.template or ""))[0])


def put(document: Any, path: Path, value: Any) -> None:
    """Set what stands at a path of plain keys and positions, where all but the last is there."""
    *way, last = path.steps
    for step in way:
        document = find(document, Path((step,), ""))
    if isinstance(document, dict) and isinstance(last, Key):
        document[last.name] = value
    elif isinstance(document, list) and isinstance(last, Index):
        document[last.at] = value


def deliver(name: str, body: bytes | None = None, **headers: str) -> Any:
    """The connector's own genuine sample, with another body or other headers."""
    sample = genuine(name)[0]
    given = {k.lower(): v for k, v in sample["headers"].items()} | {k.lower(): v for k, v in headers.items()}
    content = sample["body"].encode() if body is None else body
    return connector(name).receive(str(sample.get("source", "")), "POST", given, content, float(sample["at"]))


def signed(name: str, body: bytes) -> dict[str, str]:
    """Headers of the sample with a right signature for this body."""
    from plugin.desk.signing import Delivery, Hmac, signature, signed_bytes

    product = connector(name)
    sample = genuine(name)[0]
    given = {k.lower(): v for k, v in sample["headers"].items()}
    for check in product.descriptor.receive.checks:
        if isinstance(check, Hmac):
            content = signed_bytes(check, Delivery("", given, body, 0))
            given[check.header.lower()] = check.prefix + signature(
                check, product.desk.secret(check.secret), content
            )
    return given


@pytest.mark.parametrize("name", HOOKED)
def test_a_delivery_without_its_credentials_is_refused(name: str) -> None:
    """Neither in a header nor in the address."""
    product = connector(name)
    sample = genuine(name)[0]
    checks = [check for check in product.descriptor.receive.checks if isinstance(check, UrlToken)]
    tokens = {product.desk.secret(check.secret) for check in checks}
    source = "/".join(part for part in str(sample["source"]).split("/") if part not in tokens)
    with pytest.raises(DeliveryRefused) as caught:
        product.receive(source, "POST", {}, sample["body"].encode(), float(sample["at"]))
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
@pytest.mark.parametrize("name", HOOKED)
def test_a_genuine_delivery_that_cannot_be_read_is_kept_for_a_person(name: str, kind: str) -> None:
    """Unless its kind is told first, and is none that matters: then there is nothing to look at."""
    body = UNREADABLE[kind]
    try:
        hint = deliver(name, body, **signed(name, body))
    except DeliveryUnreadable:
        return
    assert hint.kind == "ignored"
    assert descriptor(name).receive.fallback == "ignored"
    json.loads(body, parse_int=str)


@pytest.mark.parametrize("name", HOOKED)
def test_an_unknown_event_is_answered_and_never_an_error(name: str) -> None:
    sample = genuine(name)[0]
    body, headers = json.loads(sample["body"]), {}
    for rule in descriptor(name).receive.events:
        if rule.where.header is not None:
            headers[rule.where.header] = "sneezed"
        elif rule.where.reader is not None:
            put(body, rule.where.reader.paths[0], "sneezed")
    content = json.dumps(body).encode()
    hint = deliver(name, content, **{**signed(name, content), **headers})
    assert hint.kind in ("updated", "ignored", "created", "commented")


@pytest.mark.parametrize("name", HOOKED)
def test_the_same_delivery_has_the_same_key_and_another_has_another(name: str) -> None:
    assert deliver(name).delivery_key == deliver(name).delivery_key
    assert len({sample["hint"]["key"] for sample in genuine(name)}) > 1


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
    answer_all(wire, name, answer)
    with pytest.raises(HelpdeskError) as caught:
        connector(name).changed_page(SINCE)
    assert type(caught.value) is error
    assert caught.value.retryable == retryable
    assert len(asked(wire, name)) == (2 if failure == "401" and descriptor(name).api.session else 1)


def first_key(name: str) -> bytes:
    """Where the list begins in an answer."""
    path = descriptor(name).changed.paging.items  # type: ignore[union-attr]
    step = path.steps[0] if path and path.steps else None
    return step.name.encode() if isinstance(step, Key) else b"items"


@pytest.mark.parametrize("empty", [b"", b"{}", b"null", b'"ok"', b"0", b'{"items": {}}', b'{"items": 1}'])
@pytest.mark.parametrize("name", LISTS)
def test_half_an_answer_is_no_empty_list(wire: responses.RequestsMock, name: str, empty: bytes) -> None:
    """Unless this very answer is the product's word, told by ``none`` in its file, for nothing to list."""
    answer_all(wire, name, {"status": 200, "body": empty.replace(b"items", first_key(name))})
    paging = descriptor(name).changed.paging  # type: ignore[union-attr]
    if empty == b"{}" and paging.none is not None and items(paging, {}) == []:
        assert connector(name).changed_page(SINCE).rows == ()
        return
    with pytest.raises(Faulty):
        connector(name).changed_page(SINCE)


@pytest.mark.parametrize("hostile", [*HOSTILE_IDS, None, {"a": 1}])
@pytest.mark.parametrize("name", LISTS)
def test_a_list_with_an_id_that_is_none_is_half_an_answer(
    wire: responses.RequestsMock, name: str, hostile: Any
) -> None:
    answer = json.loads(json.dumps(descriptor(name).samples["changed"][0]["answer"]))
    shape = descriptor(name).changed
    listed = {"item": items(shape.paging, answer)}  # type: ignore[union-attr]
    path = first_path(shape.id)  # type: ignore[union-attr]
    put(listed, Path((path.steps[0], Index(0), *path.steps[1:]), ""), hostile)
    answer_all(wire, name, {"status": 200, "json": answer})
    with pytest.raises(Faulty):
        connector(name).changed_page(SINCE)


@pytest.mark.parametrize("name", LISTS)
def test_the_address_of_the_next_page_is_never_followed(wire: responses.RequestsMock, name: str) -> None:
    answer = json.dumps(descriptor(name).samples["changed"][0]["answer"])
    answer = answer.replace("https://desk.example.org", "http://169.254.169.254")
    answer_all(wire, name, {"status": 200, "body": answer})
    for _ in itertools.islice(connector(name).changed(0.0), 8):
        pass
    assert {str(call.request.url).split("/")[2] for call in wire.calls} == {"desk.example.org"}


@pytest.mark.parametrize("name", LISTS)
def test_a_list_that_has_become_shorter_than_the_page_has_ended(
    wire: responses.RequestsMock, name: str
) -> None:
    answer_all(wire, name, {"status": 404, "json": {"detail": "no such page"}})
    page = connector(name).changed_page(Position(since=SINCE.since, page=3, before=0))
    assert page.rows == ()
    assert page.after is None or page.after.page == 0
