"""Log-ins that give a token for a while: kept, shared, renewed, refused; no call is lost by them."""

from __future__ import annotations

import contextlib
import json
import re
import threading
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import responses

from plugin.desk.client import Client
from plugin.desk.descriptor import Descriptor
from plugin.desk.outbound import Call
from plugin.errors import (
    AccessDenied,
    Busy,
    Conflict,
    Faulty,
    HelpdeskError,
    NotSent,
    OutOfTime,
    Rejected,
    SignedOut,
)
from plugin.sockets import since_boot
from tests.desk.products import URL, descriptor, desk, document

LOGIN, TICKET = f"{URL}/login", f"{URL}/api/t/1"
CALL = Call("GET", "/api/t/1")


@pytest.fixture
def wire() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


def session(**changed: Any) -> Descriptor:
    """GLPI's way: a session token from a log-in, sent in a header."""
    auth: dict[str, Any] = {
        "kind": "session",
        "login": {"get": "/login", "headers": {"Authorization": "user_token ${secret.token}"}},
        "token": "session_token",
        "headers": {"Session-Token": "${session}"},
    }
    errors = [{"raises": "signed_out", "path": "Error.ErrorCode", "is": "TicketGet.AuthFail"}]
    return descriptor(api={**document()["api"], "auth": {**auth, **changed}, "errors": errors})


def client(product: Descriptor | None = None) -> Client:
    given = product or session()
    return Client(given.api, desk())


def logged_in(wire: responses.RequestsMock) -> int:
    return sum(str(call.request.url).startswith(LOGIN) for call in wire.calls)


def test_one_log_in_serves_many_calls(wire: responses.RequestsMock) -> None:
    wire.get(LOGIN, json={"session_token": "s1"})
    wire.get(TICKET, json={"id": 1})
    calling = client()
    for _ in range(3):
        calling.send(CALL, 5)
    assert logged_in(wire) == 1
    assert wire.calls[0].request.headers["Authorization"] == "user_token api-token"
    assert wire.calls[1].request.headers["Session-Token"] == "s1"
    assert "Authorization" not in wire.calls[1].request.headers


@pytest.mark.parametrize(
    "ended", [{"status": 401, "json": {}}, {"json": {"Error": {"ErrorCode": "TicketGet.AuthFail"}}}]
)
def test_an_ended_session_is_renewed_and_the_call_made_again(
    wire: responses.RequestsMock, ended: dict[str, Any]
) -> None:
    """Some say it by 401, Znuny says 200 and an error inside."""
    wire.get(LOGIN, json={"session_token": "s1"})
    wire.get(LOGIN, json={"session_token": "s2"})
    wire.get(TICKET, **ended)
    wire.get(TICKET, json={"id": 1})
    assert client().send(CALL, 5).document == {"id": 1}
    assert [call.request.headers.get("Session-Token") for call in wire.calls] == [None, "s1", None, "s2"]


def test_a_token_that_is_refused_for_good_is_tried_twice_and_no_more(wire: responses.RequestsMock) -> None:
    wire.get(LOGIN, json={"session_token": "s1"})
    wire.get(TICKET, status=401, json={})
    with pytest.raises(AccessDenied) as caught:
        client().send(CALL, 5)
    assert caught.value.is_signed_out
    assert len(wire.calls) == 4


def test_a_session_is_renewed_before_it_ends(wire: responses.RequestsMock) -> None:
    """OAuth 2.0 says how many seconds a token is good for."""
    product = session(
        login={
            "post": "/login",
            "encoding": "form",
            "body": {"grant_type": "password", "password": "${secret.token}", "scope": "api"},
        },
        token="access_token",
        expires="expires_in",
        headers={"Authorization": "Bearer ${session}"},
    )
    wire.post(LOGIN, json={"access_token": "t1", "expires_in": 3600})
    wire.get(TICKET, json={})
    now = [0.0]
    calling = client(product)
    calling._sign_in._clock = lambda: now[0]
    for at, wanted in ((0.0, 1), (3569.0, 1), (3571.0, 2)):
        now[0] = at
        calling.send(CALL, 5)
        assert logged_in(wire) == wanted
    sent = wire.calls[0].request
    assert parse_qs(sent.body) == {
        b"grant_type": [b"password"],
        b"password": [b"api-token"],
        b"scope": [b"api"],
    }
    assert sent.headers["Content-Type"] == "application/x-www-form-urlencoded"


def test_a_session_as_a_parameter(wire: responses.RequestsMock) -> None:
    """Znuny takes the session's number in the query."""
    wire.get(LOGIN, json={"session_token": "s 1&x=2"})
    wire.get(TICKET, json={})
    client(session(headers={}, query={"SessionID": "${session}"})).send(CALL, 5)
    assert parse_qs(urlsplit(str(wire.calls[1].request.url)).query) == {"SessionID": ["s 1&x=2"]}


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ({"status": 401, "json": {}}, AccessDenied),
        ({"status": 403, "json": {}}, AccessDenied),
        ({"status": 400, "json": {"error": "invalid_grant"}}, SignedOut),
        ({"status": 404, "json": {}}, SignedOut),
        ({"status": 429, "json": {}}, Busy),
        ({"status": 500, "body": "oops"}, NotSent),
        ({"body": responses.ConnectionError()}, NotSent),
        ({"json": {"nothing": 1}}, NotSent),
        ({"body": "<html>log in</html>"}, NotSent),
    ],
)
def test_a_log_in_that_fails_says_that_nothing_was_sent(
    wire: responses.RequestsMock, answer: dict[str, Any], error: type[HelpdeskError]
) -> None:
    wire.get(LOGIN, **answer)
    wire.put(TICKET, json={})
    with pytest.raises(error) as caught:
        client().send(Call("PUT", "/api/t/1", body={"a": 1}), 5, since_boot() + 5)
    assert not caught.value.outcome_unknown
    assert logged_in(wire) == len(wire.calls)


def test_no_secret_is_in_an_error(wire: responses.RequestsMock) -> None:
    wire.get(LOGIN, status=401, json={"error": "no"})
    with pytest.raises(AccessDenied) as caught:
        client().send(CALL, 5)
    assert "api-token" not in f"{caught.value}{caught.value.__dict__}"


def test_threads_share_one_log_in(wire: responses.RequestsMock) -> None:
    def slow(_request: Any) -> Any:
        time.sleep(0.1)
        return 200, {}, '{"session_token": "s1"}'

    wire.add_callback("GET", LOGIN, callback=slow)
    wire.get(TICKET, json={})
    calling = client()
    threads = [threading.Thread(target=calling.send, args=(CALL, 5)) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert logged_in(wire) == 1


def test_a_cookie_from_the_log_in(wire: responses.RequestsMock) -> None:
    """Where the token is no part of the answer's body but of a header."""
    product = session(token={"header": "X-Auth"}, headers={"Cookie": "sid=${session}"})
    wire.get(LOGIN, headers={"X-Auth": "abc"}, json={})
    wire.get(TICKET, json={})
    client(product).send(CALL, 5)
    assert wire.calls[1].request.headers["Cookie"] == "sid=abc"


def test_a_key_as_a_parameter(wire: responses.RequestsMock) -> None:
    auth = {"kind": "query", "name": "api_key", "value": "${secret.token}"}
    product = descriptor(api={**document()["api"], "auth": auth})
    wire.get(TICKET, json={})
    client(product).send(CALL, 5)
    assert parse_qs(urlsplit(str(wire.calls[0].request.url)).query) == {"api_key": ["api-token"]}


RULES: list[tuple[dict[str, Any], dict[str, Any], type[HelpdeskError]]] = [
    # iTop answers 200 to everything and says how it went in a number
    ({"raises": "rejected", "path": "code", "is_not": ["0"]}, {"json": {"code": 100}}, Rejected),
    # GitHub answers 403 when no call is left
    (
        {"raises": "busy", "status": 403, "header": "X-RateLimit-Remaining", "is": "0"},
        {"status": 403, "json": {}, "headers": {"X-RateLimit-Remaining": "0"}},
        Busy,
    ),
    (
        {"raises": "busy", "status": 403, "path": "message", "matches": "(?i)rate limit"},
        {"status": 403, "json": {"message": "API rate limit exceeded"}},
        Busy,
    ),
    (
        {"raises": "conflict", "status": 422, "path": "errors", "matches": "stale"},
        {"status": 422, "json": {"errors": ["stale object"]}},
        Conflict,
    ),
]


@pytest.mark.parametrize(("rule", "answer", "error"), RULES)
def test_what_an_answer_means_by_its_own_words(
    wire: responses.RequestsMock, rule: dict[str, Any], answer: dict[str, Any], error: type[HelpdeskError]
) -> None:
    product = descriptor(api={**document()["api"], "errors": [rule]})
    wire.get(TICKET, **answer)
    with pytest.raises(HelpdeskError) as caught:
        client(product).send(CALL, 5)
    assert type(caught.value) is error


@pytest.mark.parametrize("answer", [{"code": 0}, {"code": "0"}, {}, {"code": None}])
def test_a_good_word_raises_nothing(wire: responses.RequestsMock, answer: dict[str, Any]) -> None:
    rule = {"raises": "rejected", "path": "code", "is_not": ["0"]}
    wire.get(TICKET, json=answer)
    client(descriptor(api={**document()["api"], "errors": [rule]})).send(CALL, 5)


def test_a_403_that_says_nothing_of_limits_stays_a_refusal(wire: responses.RequestsMock) -> None:
    rule = {"raises": "busy", "status": 403, "header": "X-RateLimit-Remaining", "is": "0"}
    wire.get(TICKET, status=403, json={}, headers={"X-RateLimit-Remaining": "12"})
    with pytest.raises(AccessDenied):
        client(descriptor(api={**document()["api"], "errors": [rule]})).send(CALL, 5)


def test_a_server_that_fails_is_no_refusal(wire: responses.RequestsMock) -> None:
    wire.get(LOGIN, json={"session_token": "s1"})
    wire.get(TICKET, status=500, body="oops")
    with pytest.raises(Faulty):
        client().send(CALL, 5)
    assert len(wire.calls) == 2


def test_no_call_waits_for_the_log_in_of_another_beyond_its_time(wire: responses.RequestsMock) -> None:
    going_on = threading.Event()

    def hanging(_request: Any) -> Any:
        going_on.set()
        time.sleep(1.0)
        return 200, {}, '{"session_token": "s1"}'

    wire.add_callback("GET", LOGIN, callback=hanging)
    wire.get(TICKET, json={})
    calling = client()
    first = threading.Thread(target=calling.send, args=(CALL, 5))
    first.start()
    assert going_on.wait(5)
    begun = time.monotonic()
    with pytest.raises(OutOfTime):
        calling.send(CALL, 0.2)
    assert time.monotonic() - begun < 0.7
    first.join()
    assert logged_in(wire) == 1


def test_a_log_in_that_was_just_refused_is_not_tried_by_everybody(wire: responses.RequestsMock) -> None:
    """A wrong password tried by every waiting thread locks the account in many a helpdesk."""

    def refused(_request: Any) -> Any:
        time.sleep(0.1)
        return 401, {}, "{}"

    wire.add_callback("GET", LOGIN, callback=refused)
    calling, errors = client(), []

    def tried() -> None:
        with pytest.raises(SignedOut) as caught:
            calling.send(CALL, 5)
        errors.append(caught.value)

    threads = [threading.Thread(target=tried) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(errors), logged_in(wire)) == (6, 1)
    with pytest.raises(SignedOut):
        calling.send(CALL, 5)
    assert logged_in(wire) == 2


@pytest.mark.parametrize("status", [401, 403])
def test_a_refused_log_in_is_told_of_the_account_and_not_of_a_ticket(
    wire: responses.RequestsMock, status: int
) -> None:
    """A desk is left alone for the first; for the second every ticket would log in anew."""
    wire.get(LOGIN, status=status, json={})
    with pytest.raises(AccessDenied) as caught:
        client().send(CALL, 5)
    assert caught.value.is_signed_out


def test_a_session_nobody_accepts_makes_no_flood_of_log_ins(wire: responses.RequestsMock) -> None:
    """Six tickets at once, every session refused: no more log-ins than calls."""
    count = [0]

    def one_more(_request: Any) -> Any:
        count[0] += 1
        return 200, {}, f'{{"session_token": "session-{count[0]}"}}'

    wire.add_callback("GET", LOGIN, callback=one_more)
    wire.get(TICKET, status=401, json={})
    calling = client()

    def tried() -> None:
        with contextlib.suppress(HelpdeskError):
            calling.send(CALL, 5)

    threads = [threading.Thread(target=tried) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert logged_in(wire) <= 7


def test_a_log_in_that_says_wait_is_waited_for(wire: responses.RequestsMock) -> None:
    limits = {"statuses": [429], "wait": [{"header": "Retry-After", "unit": "seconds"}]}
    auth: dict[str, Any] = {
        "kind": "session",
        "login": {"get": "/login"},
        "token": "session_token",
        "headers": {"Session-Token": "${session}"},
    }
    product = descriptor(api={**document()["api"], "auth": auth, "limits": limits})
    wire.get(LOGIN, status=429, headers={"Retry-After": "17"}, json={})
    with pytest.raises(Busy) as caught:
        client(product).send(Call("PUT", "/api/t/1", body={}), 5, since_boot() + 5)
    assert caught.value.retry_after == 17
    assert not caught.value.outcome_unknown


def test_a_session_that_ended_is_forgotten_without_waiting_for_a_log_in(wire: responses.RequestsMock) -> None:
    """Another thread found out first and its log-in hangs: this call is over when its own time is."""
    going_on, count = threading.Event(), [0]

    def second_hangs(_request: Any) -> Any:
        count[0] += 1
        if count[0] > 1:
            going_on.set()
            time.sleep(1.0)
        return 200, {}, f'{{"session_token": "session-{count[0]}"}}'

    def ended(request: Any) -> Any:
        if str(request.url).endswith("/2"):
            assert going_on.wait(5)
        return 401 if request.headers["Session-Token"] == "session-1" else 200, {}, "{}"

    wire.add_callback("GET", LOGIN, callback=second_hangs)
    wire.add_callback("GET", re.compile(f"{URL}/api/t/.*"), callback=ended)
    calling, took = client(), []
    calling._sign_in.credentials(
        lambda call: calling._sent(call, calling._sign_in.standing(), 5, None, None), 5
    )

    def timed() -> None:
        with contextlib.suppress(HelpdeskError):
            calling.send(Call("GET", "/api/t/2"), 0.3)
        took.append(time.monotonic())

    begun = time.monotonic()
    threads = [threading.Thread(target=timed), threading.Thread(target=calling.send, args=(CALL, 5))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert took[0] - begun < 0.8


def test_a_write_that_sets_is_made_again_in_a_new_session(wire: responses.RequestsMock) -> None:
    wire.get(LOGIN, json={"session_token": "s1"})
    wire.put(TICKET, status=401, json={})
    wire.put(TICKET, json={})
    client().send(Call("PUT", "/api/t/1", body={}), 5, since_boot() + 5)
    with_note = Call("PUT", "/api/t/1", body={}, targets=("group", "note"))
    wire.replace(responses.PUT, TICKET, status=401, json={})
    with pytest.raises(AccessDenied):
        client().send(with_note, 5, since_boot() + 5)
    assert [call.request.method for call in wire.calls] == ["GET", "PUT", "GET", "PUT", "GET", "PUT"]


def test_a_write_that_adds_is_left_to_the_next_read_when_its_session_ended(
    wire: responses.RequestsMock,
) -> None:
    """Some carry it out and say 401 all the same: a note is not written twice for that."""
    wire.get(LOGIN, json={"session_token": "s1"})
    wire.post(TICKET, status=401, json={})
    with pytest.raises(AccessDenied):
        client().send(Call("POST", "/api/t/1", body={}), 5, since_boot() + 5)
    assert [call.request.method for call in wire.calls] == ["GET", "POST"]


def test_no_helpdesk_gives_away_what_was_sent_to_it(wire: responses.RequestsMock) -> None:
    """A proxy that repeats the headers of a request has a password in them, in base64."""
    auth = {"kind": "basic", "user": "paidan", "password": "${secret.token}"}
    product = descriptor(api={**document()["api"], "auth": auth})

    def repeating(request: Any) -> Any:
        return 400, {}, json.dumps({"error": {"text": f"bad: {request.headers['Authorization']}"}})

    wire.add_callback("GET", TICKET, callback=repeating)
    with pytest.raises(Rejected) as caught:
        client(product).send(CALL, 5)
    assert caught.value.detail == "bad: Basic •••"
