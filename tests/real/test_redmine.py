"""What Redmine does otherwise: it drops values in silence, shows notes as Textile, knows no hour of a day."""

from __future__ import annotations

import re
import shutil
import sqlite3
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import requests

from plugin.core.effects import Change, Effects, Note
from plugin.demo.paidan import SHIPPED
from plugin.desk import describe
from plugin.desk.about_shape import Look
from plugin.desk.api_shape import Request
from plugin.desk.by_hand import setup_text
from plugin.desk.connector import PUBLIC, Connector
from plugin.desk.helpdesk import Hint, Written
from plugin.desk.installation import Installation
from plugin.desk.outbound import call
from plugin.desk.probe import shows
from plugin.desk.transforms import read_one
from plugin.errors import Rejected
from plugin.sockets import since_boot
from tests.helpdesks.peer import BOT, INBOX, RESIDENT
from tests.helpdesks.redmine import Redmine
from tests.real.conftest import peer_of
from tests.real.test_whole_line import ORDINARY, VISIT

HOSTILE = (
    "{{hello_world}} {{macro_list}} {{{hello_world}}} !http://127.0.0.1:1/a.png! ![a](http://127.0.0.1:1/b.png)\n"
    "@agent @resident 通知 [[Start]] <img src='http://127.0.0.1:1/c.png'> <pre> *粗* \"字\":http://127.0.0.1:1/\n"
    "<script>alert(1)</script> {{collapse(a)\nb\n}} !{{hello_world}}"
)
MARKS = iter(f"{number:016x}" for number in range(1, 1000))


@pytest.fixture(scope="module")
def redmine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Redmine]:
    """One Redmine that sends no webhooks."""
    home = tmp_path_factory.mktemp("redmine-alone")
    peer = peer_of("redmine", home / "helpdesk", request.config)
    assert isinstance(peer, Redmine)
    peer.start("")
    yield peer
    peer.stop()
    shutil.rmtree(home, ignore_errors=True)


def connected(redmine: Redmine, **changed: Any) -> Connector:
    """The shipped connector on the running Redmine, as the desk file of the peer sets it up."""
    desk = redmine.desk(redmine.address)
    fields = {name: str(number) for name, number in redmine.seeded["fields"].items()}
    made = Installation(
        desk="desk",
        url=redmine.address,
        secrets={"token": (redmine.tokens[BOT],), "url_token": (redmine.hook_token,)},
        settings={"carrier": "project", **desk["settings"]},
        targets={
            "group": None,
            "level": fields["Level"],
            "priority": None,
            "due": None,
            "tags": fields["Tags"],
        }
        | {"reason": fields["Reason"], "breach": fields["Limit"]},
        words=desk["words"],
    )
    return Connector(describe.load(SHIPPED / "connectors", "redmine-plugin"), replace(made, **changed))


def written(connector: Connector, ticket: str, note: str | None = None, **wanted: Any) -> Written:
    """What comes of writing these values over those that stand there."""
    found = connector.read(ticket).snapshot
    changes = tuple(Change(name, found.values[name], want) for name, want in wanted.items())  # type: ignore[index, arg-type]
    effects = Effects(changes, Note("n", note) if note is not None else None)
    return connector.write(ticket, effects, next(MARKS), found, since_boot() + 10)


def test_everything_is_written_and_stands_in_redmine_itself(redmine: Redmine) -> None:
    ticket = redmine.open("商户来访", VISIT, "visit")
    outcome = written(
        connected(redmine),
        ticket,
        "因为有二十三人。",
        group="现场处置组",
        level="较大",
        priority="High",
        due="2027-01-05T00:00:00Z",
        tags=("crowd", "urgent_service"),
        reason="二十三人",
        breach="未超时",
    )
    assert (outcome.done, outcome.missing) == (True, ())
    view = redmine.view(ticket)
    assert (view.group, view.level, view.priority) == ("onsite", "较大", "High")
    assert view.tags == ("crowd", "urgent_service")
    assert [note.splitlines()[0] for note in view.reasons] == ["因为有二十三人。"]
    assert view.public == ()
    read = redmine._read("agent", ticket)
    fields = {field["name"]: field["value"] for field in read["custom_fields"]}
    assert (read["due_date"], fields["Reason"], fields["Limit"]) == ("2027-01-05", "二十三人", "未超时")
    assert "二十三人" not in str(redmine._read("resident", ticket)["journals"])
    time.sleep(0.5)
    assert "商户来访" in redmine.letters(RESIDENT), "Redmine itself tells the resident of the issue"
    assert "二十三人。" not in redmine.letters(RESIDENT)


def test_a_value_dropped_in_silence_is_told_as_missing_and_nothing_else_is(redmine: Redmine) -> None:
    ticket = redmine.open("路灯不亮", ORDINARY, "web")
    outcome = written(connected(redmine), ticket, "转。", group="Elsewhere", priority="High")
    assert (outcome.done, outcome.missing) == (False, ("group",))
    view = redmine.view(ticket)
    assert (view.group, view.priority, len(view.reasons)) == ("inbox", "High", 1)


def test_a_group_nobody_has_is_refused_in_words_and_the_rest_is_written(redmine: Redmine) -> None:
    ticket = redmine.open("路灯不亮", ORDINARY, "web")
    outcome = written(connected(redmine), ticket, group="没有这个组", priority="High")
    assert outcome.missing == ("group",)
    assert "没有这个组" in outcome.detail
    assert redmine.view(ticket).priority == "High"


def test_a_value_that_is_no_choice_of_its_field_is_refused_in_redmines_own_words(redmine: Redmine) -> None:
    ticket = redmine.open("路灯不亮", ORDINARY, "web")
    with pytest.raises(Rejected) as caught:
        written(connected(redmine), ticket, level="no level")
    assert caught.value.detail == "Level is not included in the list"


def test_a_value_that_is_no_choice_costs_none_of_the_others(redmine: Redmine) -> None:
    ticket = redmine.open("商户来访", VISIT, "visit")
    outcome = written(
        connected(redmine), ticket, "转。", group="现场处置组", level="no level", priority="High"
    )
    assert (outcome.missing, outcome.detail) == (("level",), "Level is not included in the list")
    view = redmine.view(ticket)
    assert (view.group, view.level, view.priority) == ("onsite", None, "High")
    assert [note.splitlines()[0] for note in view.reasons] == ["转。"]


def test_a_date_before_the_start_costs_only_the_date(redmine: Redmine) -> None:
    ticket = redmine.open("路灯不亮", ORDINARY, "web")
    outcome = written(connected(redmine), ticket, "转。", priority="High", due="2020-01-01T00:00:00Z")
    assert (outcome.missing, outcome.detail) == (("due",), "Due date must be greater than start date")
    assert (redmine.view(ticket).priority, len(redmine.view(ticket).reasons)) == ("High", 1)


def test_a_note_that_would_be_public_there_is_told(redmine: Redmine) -> None:
    """Without the right to make notes private Redmine writes them for everybody, and says nothing."""
    ticket = redmine.open("路灯不亮", ORDINARY, "web")
    outcome = written(connected(redmine), ticket, "转。", group="Lobby", priority="High")
    assert (outcome.missing, outcome.detail) == (("note",), PUBLIC)
    assert len(redmine.view(ticket).public) == 1


def test_groups_of_users_are_written_where_the_desk_says_so(redmine: Redmine) -> None:
    (name, number), *_ = redmine.seeded["teams"].items()
    settings = {**connected(redmine).desk.settings, "carrier": "assigned_to"}
    words = {**connected(redmine).desk.words, "group": {str(number): name}}
    ticket = redmine.open("路灯不亮", ORDINARY, "web")
    assert written(connected(redmine, settings=settings, words=words), ticket, group=name).done
    read = redmine._read("agent", ticket)
    assert (read["project"]["name"], read["assigned_to"]["id"]) == (INBOX, number)


def test_it_is_told_from_others_by_whom_it_is_asked_and_what_they_may_do(redmine: Redmine) -> None:
    """What the connector file says of it holds on the running product, down to the right to private notes."""
    about = describe.load(SHIPPED / "connectors", "redmine-plugin").about
    (look,), whoami = about.identify, about.whoami
    assert _holds(redmine, look, "", {})
    assert whoami is not None
    me = _answer(redmine, whoami.request, redmine.tokens[BOT], {})
    assert read_one(me, whoami.account) == str(redmine.seeded["accounts"][BOT])
    ours = redmine.open("路灯不亮", ORDINARY, "web")
    lobby = redmine.open("路灯不亮", ORDINARY, "web")
    redmine._put("agent", lobby, project_id=redmine.seeded["projects"]["Lobby"])
    may = {
        ticket: {
            r.means for r in about.rights if _holds(redmine, r.look, redmine.tokens[BOT], {"id": ticket})
        }
        for ticket in (ours, lobby)
    }
    assert may == {ours: {"read", "write", "note"}, lobby: {"read", "write"}}


def _holds(redmine: Redmine, look: Look, token: str, known: dict[str, str]) -> bool:
    answer = _answer(redmine, look.request, token, known)
    return shows(look.when, answer, {})


def _answer(redmine: Redmine, request: Request, token: str, known: dict[str, str]) -> dict[str, Any]:
    asked = call(request, known)
    headers = {"Accept": "application/json", **asked.headers, "X-Redmine-API-Key": token}
    answer = requests.request(
        asked.method,
        redmine.address + asked.path,
        params=dict(asked.query),
        headers=headers,
        timeout=30,
    )
    is_json = "json" in answer.headers.get("Content-Type", "")
    return {
        "status": str(answer.status_code),
        "text": answer.text,
        "body": answer.json() if is_json else None,
    }


@pytest.mark.parametrize("formatting", ["textile", "common_mark", "markdown"])
def test_a_tickets_words_in_a_note_are_words_however_notes_are_shown(
    redmine: Redmine, formatting: str
) -> None:
    with sqlite3.connect(redmine.home / "redmine.sqlite", timeout=20) as database:
        database.execute("DELETE FROM settings WHERE name = 'text_formatting'")
        said = "INSERT INTO settings (name, value, updated_on) VALUES ('text_formatting', ?, ?)"
        database.execute(said, (formatting, time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(time.time() + 5))))
    ticket = redmine.open("路灯不亮", ORDINARY, "web")
    before = redmine.mailed().count(RESIDENT)
    assert written(connected(redmine), ticket, HOSTILE).done
    shown = _note_shown(redmine, ticket)
    assert "通知" in shown
    for made in (
        "<img",
        "<script",
        "Sample macro",
        "Hello world",
        "collapsible",
        "user active",
        "wiki-page",
        "<pre",
    ):
        assert made not in shown
    time.sleep(0.5)
    assert redmine.mailed().count(RESIDENT) == before
    _raw_is_rendered(redmine, ticket)


def _note_shown(redmine: Redmine, ticket: str) -> str:
    """The newest note as the page of the issue shows it to an agent."""
    page = requests.get(
        f"{redmine.address}/issues/{ticket}",
        headers={"X-Redmine-API-Key": redmine.tokens["agent"], "Accept": "text/html"},
        timeout=30,
    ).text
    return re.findall(r'id="journal-\d+-notes" class="wiki">(.*?)</div>\s*</div>', page, re.DOTALL)[-1]


def _raw_is_rendered(redmine: Redmine, ticket: str) -> None:
    """The same words as somebody types them do what ours must not: else this would prove nothing."""
    redmine._put("agent", ticket, notes=HOSTILE, private_notes=True)
    assert "Hello world" in _note_shown(redmine, ticket)


class Hearing(ThreadingHTTPServer):
    """Keeps what is posted to it: headers and body."""

    def __init__(self) -> None:
        self.heard: list[tuple[dict[str, str], bytes]] = []
        heard = self.heard

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                heard.append(({name.lower(): value for name, value in self.headers.items()}, body))
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                pass

        super().__init__(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()

    def next(self) -> tuple[dict[str, str], bytes]:
        until = time.monotonic() + 10
        while not self.heard:
            assert time.monotonic() < until, "nothing was posted"
            time.sleep(0.02)
        return self.heard.pop(0)


def test_the_plugin_of_the_setup_text_tells_of_new_issues_edits_and_our_own(
    request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    peer = peer_of("redmine", tmp_path / "helpdesk", request.config)
    assert isinstance(peer, Redmine)
    product = describe.load(SHIPPED / "connectors", "redmine-signed")
    hearing = Hearing()
    secrets = {"token": (peer.tokens[BOT],), "hook": ("a-secret-to-sign-with",)}
    desk = replace(connected(peer).desk, secrets=secrets)
    setup = setup_text(product, desk, f"http://127.0.0.1:{hearing.server_port}", "en")
    pasted = setup[setup.index("  require 'json'") : setup.index("A group is a project")]
    (peer.home / "paidan_hook.rb").write_text(pasted)
    start = (peer.home / "config.ru").read_text()
    loaded = f"require '{peer.home}/paidan_hook.rb'\nrun("
    (peer.home / "config.ru").write_text(start.replace("run(", loaded, 1))
    peer.start("")
    try:
        connector = Connector(product, desk)

        def hint() -> Hint:
            headers, body = hearing.next()
            return connector.receive("", "POST", headers, body, time.time())

        ticket = peer.open("商户来访", VISIT, "visit")
        created = hint()
        assert (created.ticket_id, created.kind, created.ours) == (ticket, "created", False)
        peer.prioritise(ticket, "High")
        assert (edited := hint()).kind == "updated"
        assert not edited.ours
        assert written(connector, ticket, priority="Urgent").missing == ()
        assert hint().ours
    finally:
        peer.stop()
        hearing.shutdown()
        hearing.server_close()
