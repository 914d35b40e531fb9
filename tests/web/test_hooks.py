"""The hook's door: what it answers, what it keeps, what it cannot be made to do."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from werkzeug.test import create_environ, run_wsgi_app

from plugin.casebook.inbox import accept
from plugin.casebook.tables import case, delivery, metadata, refused
from plugin.casebook.watch import health
from plugin.desk.helpdesk import Hint
from plugin.web.hooks import KEPT_PER_MINUTE
from tests.casebook.conftest import TOKEN
from tests.web.door import HOOK, MOST, Door


@pytest.fixture
def door(tmp_path: Path) -> Door:
    return Door(tmp_path)


def test_a_genuine_delivery_is_kept_and_its_case_due(door: Door) -> None:
    answer = door.send()
    assert (answer.status_code, answer.json) == (200, {"ok": True})
    (kept,) = door.rows(delivery)
    assert (kept.state, kept.ticket, kept.source) == ("new", "7", "")
    (due,) = door.rows(case)
    assert (due.wake, due.status) == (1, "unread")
    assert door.woken == 1


def test_the_same_delivery_again_is_answered_the_same_and_kept_once(door: Door) -> None:
    assert door.send().json == door.send().json == {"ok": True}
    assert len(door.rows(delivery)) == 1
    assert door.woken == 1


def test_what_is_of_no_interest_is_no_error(door: Door) -> None:
    assert door.send({"ticket": 7, "delivery": "d", "event": "noise"}).status_code == 200
    assert door.rows(case) == []
    (kept,) = door.rows(delivery)
    assert (kept.state, kept.body) == ("ignored", None)
    assert door.woken == 0, "nobody need look for what is not due"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not json",
        b"\xff\xfe\x00bad",
        b"[" * 5000,
        b'{"a":' * 1500,
        b'{"ticket": {"id": 1}}',
        b'{"ticket": "../../etc/passwd", "delivery": "d"}',
        b'{"ticket": "1\\r\\nX-Evil: 1", "delivery": "d"}',
        b'{"ticket": -1, "delivery": "d"}',
        b'{"ticket": 1e400, "delivery": "d"}',
        b'{"ticket": ' + b"9" * 5000 + b"}",
        b'{"ticket": "\\ud800"}',
        b"null",
    ],
    ids=range(13),
)
def test_what_cannot_be_read_is_kept_for_a_person(door: Door, body: bytes) -> None:
    answer = door.send(body)
    assert answer.status_code == 200
    assert answer.json == {"ok": True}
    (kept,) = door.rows(delivery)
    assert (kept.state, kept.body) == ("unreadable", body)
    assert door.rows(case) == []
    assert health(door.database).unreadable == 1


@pytest.mark.parametrize(
    "path", ["/hooks/hall", "/hooks/hall/", "/hooks/hall/wrong", f"/hooks/hall/{TOKEN}x", "/hooks/no/x"]
)
def test_a_wrong_token_or_desk_is_refused_alike_and_not_kept(door: Door, path: str) -> None:
    answer = door.send(path=path, headers={"X-Secret-Thing": "words", "Authorization": "Basic abcdef"})
    assert answer.status_code == 401
    assert answer.json["code"] == "refused"
    assert door.rows(delivery) == []
    (kept,) = door.rows(refused)
    assert json.loads(kept.headers)["x-secret-thing"] == 5
    assert "words" not in kept.headers
    assert "abcdef" not in kept.headers
    assert sum(door.refusals.counts.values()) == 1


def test_a_flood_of_refusals_is_counted_and_not_stored(door: Door) -> None:
    for _ in range(KEPT_PER_MINUTE + 20):
        door.send(path="/hooks/hall/wrong")
    assert sum(door.refusals.counts.values()) == KEPT_PER_MINUTE + 20
    assert len(door.rows(refused)) <= KEPT_PER_MINUTE + 1


def test_too_large_is_told_and_not_kept(door: Door) -> None:
    assert door.send(b"x" * (MOST + 1)).status_code == 413
    assert door.rows(delivery) == []
    assert door.rows(refused)[0].status == 413


def test_a_body_that_does_not_say_its_length_is_cut_at_the_limit(door: Door) -> None:
    environ = create_environ(HOOK, method="POST", input_stream=io.BytesIO(b"x" * (MOST + 1)))
    del environ["CONTENT_LENGTH"]
    environ["wsgi.input_terminated"] = True
    _, status, _ = run_wsgi_app(door.client.application, environ)
    assert status.startswith("413")


def test_half_a_character_and_nul_are_stored_as_question_marks(door: Door) -> None:
    assert door.send(b'{"ticket": 7, "delivery": "\\ud800\\u0000"}').status_code == 200
    assert accept(door.database, "hall", "\ud800", Hint("8", "updated", "\ud800\0"), b"")
    assert (door.rows(delivery)[1].key, door.rows(delivery)[1].source) == ("??", "?")


def test_a_case_book_that_cannot_be_written_asks_to_come_again(door: Door) -> None:
    metadata.drop_all(door.database.engine)
    answer = door.send()
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert answer.json["code"] == "store-unreachable"
    assert door.client.get("/healthz").status_code == 503


@pytest.mark.parametrize(
    "path", ["/", "/hooks", "//hooks//hall", "/hooks/hall//x", "/healthz/", "/%ff", "/hooks/%00"]
)
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE", "OPTIONS"])
def test_no_address_redirects_or_fails(door: Door, method: str, path: str) -> None:
    answer = door.client.open(path, method=method)
    assert answer.status_code in (200, 401, 404, 405)
    if answer.status_code != 200:
        assert set(answer.json) == {"ok", "code", "message", "fix"}


@pytest.mark.parametrize("name", ["X-Webhook", "Content-Type", "Transfer-Encoding", "Expect"])
def test_odd_headers_are_no_error(door: Door, name: str) -> None:
    answer = door.send(headers={name: "\x7f" * 3000})
    assert answer.status_code in (200, 401)
    assert "\x7f" not in str(answer.headers)


def test_the_token_is_never_stored_or_told(door: Door, capsys: pytest.CaptureFixture[str]) -> None:
    answer = door.send(path=f"{HOOK}/new")
    door.send(path=f"/hooks/hall/{TOKEN[:-1]}")
    assert TOKEN[:-1] not in answer.text
    assert TOKEN[:-1] not in repr([door.rows(table) for table in metadata.sorted_tables])
    said = capsys.readouterr()
    assert TOKEN[:-1] not in said.out + said.err


def test_health_tells_numbers_and_no_words(door: Door) -> None:
    door.send()
    told = door.client.get("/healthz").json
    assert told["ok"] is True
    assert told["casebook"]["cases"] == told["casebook"]["due"] == 1
    assert told["documents"] == {"version": "1", "problems": []}
    door.problems.append({"code": "unknown-key"})
    assert door.client.get("/healthz").json["ok"] is False
