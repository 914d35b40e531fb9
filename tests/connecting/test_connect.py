"""``paidan connect`` without a terminal: everything given, everything told, nothing half written."""

from __future__ import annotations

import socket
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from plugin.app import round_trip
from plugin.desk.made_record import keep_made
from tests.connecting.conftest import PLAN, Operator
from tests.connecting.hall import KEY, Hall
from tests.desk.peer import Answerer, Peer, peer

__all__ = ["peer"]
pytestmark = pytest.mark.filterwarnings("ignore")


def test_a_helpdesk_is_connected_from_nothing(operator: Operator, hall: Hall) -> None:
    done = operator.connect("--yes")
    assert done.exit_code == 0, done.stdout + done.stderr
    assert "Hall 2.1" in done.stdout
    assert "Paidan's account (paidan)" in done.stdout
    written = operator.written()
    assert written["mode"] == "observe"
    assert written["settings"] == {"account": "paidan"}
    assert written["groups"]["onsite"] == "现场组"  # type: ignore[index]
    assert written["groups"]["hq"] == "指挥中心"  # type: ignore[index]
    assert written["write"]["level"] == {"field": "Response Level"}  # type: ignore[index]
    assert list(hall.fields.values()) == ["Response Level"]
    (hook,) = hall.hooks.values()
    assert hook["url"] == f"http://127.0.0.1:{operator.port}/hooks/hall"
    secret = operator.folder / "secrets" / "hall-hook"
    assert secret.read_text().strip() == hook["secret"]
    assert stat.S_IMODE(secret.stat().st_mode) == 0o600
    assert "The webhook came after" in done.stdout
    assert "ordinary matter" in done.stdout
    (ticket,) = hall.tickets.values()
    assert ticket["state"] == "closed"
    assert ticket["group"] == "g6"
    assert operator.run("check").exit_code == 0


def test_no_secret_is_shown_or_kept_elsewhere(operator: Operator, hall: Hall) -> None:
    done = operator.connect("--yes")
    (hook,) = hall.hooks.values()
    for secret in (KEY, hook["secret"]):
        assert secret not in done.stdout + done.stderr
        assert secret not in operator.desk.read_text("utf-8")
        assert secret not in (operator.mappings / "desks" / "hall.made.json").read_text("utf-8")


def test_a_dry_run_makes_and_writes_nothing(operator: Operator, hall: Hall) -> None:
    done = operator.connect("--dry-run")
    assert done.exit_code == 0, done.stderr
    assert "Webhook: will be made" in done.stdout
    assert "Field: Response Level: will be made" in done.stdout
    assert "现场组" in done.stdout
    assert not hall.changed
    assert not operator.files()


def test_a_list_that_is_not_there_is_told_as_that(operator: Operator, hall: Hall) -> None:
    """Giving the token more rights would not help."""
    hall.absent = "/api/fields"
    told = operator.connect("--dry-run")
    assert "fields cannot be listed: 404 GET /api/fields" in told.stdout + told.stderr
    assert "may not see" not in told.stdout + told.stderr


def test_a_second_time_makes_nothing_twice(operator: Operator, hall: Hall) -> None:
    assert operator.connect("--yes", "--without-test-ticket").exit_code == 0
    made, first = list(hall.changed), operator.desk.read_text("utf-8")
    refused = operator.connect("--yes", "--without-test-ticket")
    assert refused.exit_code == 2
    assert "--overwrite" in refused.stderr
    again = operator.connect("--yes", "--overwrite", "--without-test-ticket")
    assert again.exit_code == 0, again.stdout + again.stderr
    assert "Webhook: is there" in again.stdout
    assert hall.changed == made
    assert operator.desk.read_text("utf-8") == first
    assert operator.run("disconnect", "hall", "--yes").exit_code == 0
    assert not (operator.folder / "secrets" / "hall-hook").exists()


def test_a_token_is_no_password_and_goes_to_no_log_in_that_wants_one(
    operator: Operator, peer: Callable[[Answerer], Peer]
) -> None:
    nothing = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    server = peer(lambda connection: connection.sendall(nothing))
    assert operator.run("connect", server.url, "--token", "env:HALL_KEY", "--desk", "x", *PLAN).exit_code == 1
    sent = [each for each in server.received if KEY.encode() in each]
    assert any(each.startswith(b"GET /REST/2.0/rt") for each in sent), "it is tried where a token is wanted"
    assert not [
        each for each in server.received if each.startswith((b"POST /oauth_token.do", b"POST /otobo"))
    ]


def test_what_is_missing_is_told_all_at_once(operator: Operator) -> None:
    none = operator.run("connect")
    assert none.exit_code == 2
    assert "ADDRESS" in none.stderr
    bare = operator.run("connect", operator.url)
    assert bare.exit_code == 2
    assert "--token env:NAME|file:/path: API key" in bare.stderr
    assert "--plan: " in bare.stderr
    zh = operator.run("connect", operator.url, "--language", "zh")
    assert "缺少：" in zh.stderr
    assert "接口密钥" in zh.stderr


def test_without_a_yes_nothing_is_written(operator: Operator, hall: Hall) -> None:
    done = operator.connect()
    assert done.exit_code == 2
    assert "--yes" in done.stderr
    assert not hall.changed
    assert not operator.files()


def test_a_secret_on_the_command_line_is_refused(operator: Operator) -> None:
    done = operator.run("connect", operator.url, "--token", KEY)
    assert done.exit_code == 2
    assert KEY not in done.stderr
    assert "env:NAME" in done.stderr


def test_what_no_name_is_near_stays_open_and_is_told(operator: Operator, hall: Hall) -> None:
    hall.groups = ["Service desk", "Network", "Hardware"]
    done = operator.connect("--yes", "--without-test-ticket")
    assert done.exit_code == 0, done.stdout + done.stderr
    written = operator.written()
    assert written["groups"] == {"normal_desk": "Service desk"}
    assert "groups.onsite" in written["gaps"]  # type: ignore[operator]
    checked = operator.run("check")
    assert checked.exit_code == 0
    assert "groups.onsite is not answered yet" in checked.stdout
    text = operator.desk.read_text("utf-8").replace("mode: observe", "mode: act")
    operator.desk.write_text(text, "utf-8")
    assert operator.run("check").exit_code == 1


def test_an_answer_on_the_command_line_is_taken_and_checked(operator: Operator, hall: Hall) -> None:
    hall.groups = ["Front", "Field"]
    wrong = operator.connect("--yes", "--map", "groups.hq=Nobody")
    assert wrong.exit_code == 2
    assert "Front, Field" in wrong.stderr
    slip = operator.connect("--yes", "--map", "groups.hp=Front")
    assert slip.exit_code == 2
    right = operator.connect("--yes", "--without-test-ticket", "--map", "groups.hq=Front")
    assert right.exit_code == 0, right.stderr
    assert operator.written()["groups"]["hq"] == "Front"  # type: ignore[index]


def test_every_slip_is_told_at_once_and_a_name_is_known_in_any_case_or_by_its_number(
    operator: Operator, hall: Hall
) -> None:
    hall.groups = ["Front", "Field"]
    slips = operator.connect("--yes", "--map", "groups.hq=Nobody", "--map", "groups.onsite=Feild")
    assert slips.exit_code == 2
    assert 'groups.hq "Nobody"' in slips.stderr
    assert 'groups.onsite "Feild"' in slips.stderr
    named = ("--map", "groups.hq=front", "--map", "groups.onsite=g1")
    right = operator.connect("--yes", "--without-test-ticket", *named)
    assert right.exit_code == 0, right.stderr
    assert operator.written()["groups"] == {"hq": "Front", "onsite": "Field"}
    assert "Groups of the helpdesk: Front · Field" in right.stdout
    assert "--map groups.info=NAME" in right.stdout


def test_a_helpdesk_that_cannot_call_is_asked_and_nothing_is_made_for_calls(
    operator: Operator, hall: Hall
) -> None:
    done = operator.connect("--yes", "--no-webhook")
    assert done.exit_code == 0, done.stdout + done.stderr
    written = operator.written()
    assert written["webhook"] is False
    assert written["secrets"] == {"key": "env:HALL_KEY"}
    assert not hall.hooks
    assert "Webhook" not in done.stdout
    assert "asks the helpdesk every 60 s" in done.stdout
    assert "Paidan asked and found it" in done.stdout
    assert "ordinary matter" in done.stdout
    assert operator.run("check").exit_code == 0
    zh = operator.connect("--yes", "--no-webhook", "--overwrite", "--without-test-ticket", "--lang", "zh")
    assert "每 60 秒" in zh.stdout, zh.stdout + zh.stderr


def test_of_several_ways_into_a_product_each_is_told_and_one_without_webhooks_is_taken_where_asked(
    operator: Operator, hall: Hall
) -> None:
    made = yaml.safe_load((operator.folder / "connectors" / "hall.yaml").read_text("utf-8"))
    made["receive"] = {"ticket_id": "ticket", "id_pattern": "[1-9][0-9]{0,17}"}
    made["settings"].pop("hook")
    made["install"] = [each for each in made["install"] if each["what"] != "webhook"]
    made |= {"title": "Hall without webhooks", "cannot": {**made["cannot"], "webhook": "none"}}
    (operator.folder / "connectors" / "silent.yaml").write_text(yaml.safe_dump(made, allow_unicode=True))
    asked = operator.connect()
    assert asked.exit_code == 2
    assert "--product hall: Hall\n" in asked.stderr
    assert "--product silent: Hall without webhooks" in asked.stderr
    taken = operator.connect("--yes", "--dry-run")
    assert "hall is taken (silent would fit too" in taken.stdout, taken.stdout + taken.stderr
    done = operator.connect("--yes", "--no-webhook", "--without-test-ticket")
    assert done.exit_code == 0, done.stdout + done.stderr
    assert operator.written()["connector"] == "silent"
    assert "webhook" not in operator.written()


def test_a_level_that_has_no_field_is_not_written_and_keeps_nobody_from_acting(
    operator: Operator, hall: Hall
) -> None:
    hall.groups = [f"G{n}" for n in range(8)]
    every = (
        "hq",
        "onsite",
        "info",
        "logistics",
        "publicity",
        "case_team",
        "normal_desk",
        "confidential_channel",
    )
    maps = [word for n, each in enumerate(every) for word in ("--map", f"groups.{each}=G{n}")]
    given = ("--yes", "--without-test-ticket", "--no-webhook")
    done = operator.connect(*given, *maps, "--map", "write.level=-")
    assert done.exit_code == 0, done.stdout + done.stderr
    assert "gaps" not in operator.written()
    assert "level" not in operator.written().get("write", {})  # type: ignore[operator]
    assert not hall.fields
    acted = operator.run("act", "hall", "--all")
    assert acted.exit_code == 0, acted.stdout + acted.stderr


def test_a_token_that_may_more_than_is_needed_is_told_and_one_that_may_not_administer_lacks_nothing(
    operator: Operator, hall: Hall
) -> None:
    usual = operator.connect("--dry-run")
    assert "administer" not in usual.stdout
    hall.rights.append("admin")
    assert "The token may even administer" in operator.connect("--dry-run").stdout


def test_a_field_the_helpdesk_does_not_list_is_told(operator: Operator, hall: Hall) -> None:
    hall.fields = {"f1": "Response Level"}
    done = operator.connect("--yes", "--without-test-ticket", "--map", "write.level=Respons Levle")
    assert 'There is no write.level "Respons Levle"' in done.stdout
    assert "Response Level" in done.stdout


def test_a_helpdesk_whose_webhook_never_comes_is_found_by_the_look(operator: Operator, hall: Hall) -> None:
    hall.silent_hooks = True
    done = operator.connect("--yes")
    assert done.exit_code == 0
    assert "No webhook came" in done.stdout


def test_a_paidan_that_runs_already_is_used(operator: Operator, hall: Hall) -> None:
    with operator.serving() as server:
        done = operator.connect("--yes")
        assert done.exit_code == 0, done.output + server.tail()
        assert "A Paidan is running on this case book" in done.output
        assert "The webhook came after" in done.output
        assert server.running


def test_a_paidan_that_cannot_read_the_token_is_told(operator: Operator, hall: Hall) -> None:
    with operator.serving(HALL_KEY=""):
        done = operator.connect("--yes")
    assert done.exit_code == 1
    assert "has not taken up this desk" in done.output


@pytest.mark.parametrize(
    ("language", "words"), [("en", "answered 403 → the token"), ("zh", "回答 403 → 令牌")]
)
def test_why_a_ticket_that_came_is_not_decided_is_told_in_words(
    operator: Operator, hall: Hall, monkeypatch: pytest.MonkeyPatch, language: str, words: str
) -> None:
    monkeypatch.setattr(round_trip, "GIVE_UP", 4.0)
    hall.sealed = True
    done = operator.connect("--yes", "--lang", language)
    assert words in " ".join(done.output.split())
    assert '{"' not in done.output


def test_an_own_authority_and_a_proxy_come_into_the_desk_file(operator: Operator, hall: Hall) -> None:
    (operator.folder / "ca.pem").write_text("")
    given = ("--ca", str(operator.folder / "ca.pem"), "--proxy", operator.url)
    done = operator.connect("--yes", "--without-test-ticket", *given)
    assert done.exit_code == 0, done.output
    assert operator.written()["ca"] == str(operator.folder / "ca.pem")
    assert operator.written()["proxy"] == operator.url


def test_a_folder_that_cannot_be_written_leaves_nothing(operator: Operator, hall: Hall) -> None:
    (operator.folder / "secrets").write_text("a file where the folder should be")
    done = operator.connect("--yes")
    assert done.exit_code == 1
    assert "cannot be written" in done.output
    assert operator.files() == {"secrets"}
    assert not hall.changed


def test_where_the_desk_file_cannot_be_written_everything_is_as_it_was(
    operator: Operator, hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert operator.connect("--yes", "--without-test-ticket").exit_code == 0
    before = {name: (operator.folder / name).read_bytes() for name in operator.files()}

    def full(file: Path, text: str) -> None:
        file.write_text("half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("plugin.app.connecting.write_whole", full)
    done = operator.connect("--yes", "--without-test-ticket", "--overwrite")
    assert done.exit_code == 1
    assert "cannot be written" in done.stderr
    assert {name: (operator.folder / name).read_bytes() for name in operator.files()} == before


@pytest.mark.parametrize("from_now_on", [2, 3])
def test_a_file_that_cannot_be_written_later_is_told(
    operator: Operator, hall: Hall, monkeypatch: pytest.MonkeyPatch, from_now_on: int
) -> None:
    """The record of the field that was made, that of the webhook; the desk file with the field in it."""
    turns = iter(range(1, 9))

    def full(*given: Any) -> None:
        if next(turns) >= from_now_on:
            raise OSError(28, "No space left on device")
        keep_made(*given)

    monkeypatch.setattr("plugin.app.connecting.keep_made", full)
    done = operator.connect("--yes", "--without-test-ticket")
    assert done.exit_code == 1
    assert isinstance(done.exception, SystemExit)
    assert "The desk file is written, but another file could not be" in done.stderr
    assert "No space left on device" in done.stderr
    assert operator.desk.exists()


def test_a_record_that_cannot_be_read_is_told_before_anything_is_asked(
    operator: Operator, hall: Hall
) -> None:
    record = operator.mappings / "desks" / "hall.made.json"
    for broken in (
        "{",
        "[]",
        '{"made": [{"what": "webhook"}]}',
        '{"made": [{"what": 1, "title": 2, "id": 3}]}',
    ):
        record.write_text(broken, "utf-8")
        for given in (("--yes",), ("--dry-run",)):
            done = operator.connect(*given)
            assert done.exit_code == 1
            assert isinstance(done.exception, SystemExit)
            assert "hall.made.json" in done.stderr
            assert "from a backup" in done.stderr
    assert not hall.seen
    assert record.read_text("utf-8") == broken
    assert not operator.desk.exists()


def test_another_program_at_the_port_is_told(operator: Operator, hall: Hall) -> None:
    port = operator.url.rpartition(":")[2]
    done = operator.connect("--yes", PAIDAN_PORT=port)
    assert done.exit_code == 1
    assert "PAIDAN_PORT" in done.output


# --- what can be wrong ------------------------------------------------------------------------


def _refused(operator: Operator, hall: Hall, *given: str) -> str:
    done = operator.connect("--yes", *given)
    assert done.exit_code != 0
    assert not hall.changed
    assert not operator.files(), "something was left half written"
    assert "Traceback" not in done.stderr
    return done.stderr


def test_a_login_page_is_no_helpdesk(operator: Operator, hall: Hall) -> None:
    hall.page = True
    told = _refused(operator, hall)
    assert "No product known here answers" in told
    assert "a web page" in told
    assert "generic" in told


def test_an_address_that_moved_is_told_and_not_followed(operator: Operator, hall: Hall) -> None:
    hall.moved = "https://desk.example.org"
    assert "https://desk.example.org " in _refused(operator, hall)
    assert all(not signed for _, signed in hall.seen)


def test_a_sign_in_page_elsewhere_is_told_and_never_offered(operator: Operator, hall: Hall) -> None:
    """The token goes to the address that was given, and to no other."""
    with Hall().running() as other:
        hall.sign_in = f"{other}/login?ticket=MARKED"
        told = _refused(operator, hall)
    assert "No product known here answers" in told
    assert f"points to {other} (not followed)" in told
    assert "MARKED" not in told
    assert "use that" not in told


@pytest.mark.parametrize("status", [429, 502, 503])
def test_a_helpdesk_that_fails_just_now_is_no_token_without_rights(
    operator: Operator, hall: Hall, status: int
) -> None:
    hall.failing = {"/api/me": status}
    told = _refused(operator, hall)
    assert str(status) in told
    assert "cannot read tickets" not in told


def test_a_wrong_token(operator: Operator, hall: Hall) -> None:
    done = operator.connect("--yes", HALL_KEY="another")
    assert "does not know this token (401)" in done.stderr
    assert not operator.files()


def test_a_token_that_may_not_read(operator: Operator, hall: Hall) -> None:
    hall.rights = []
    assert "cannot read tickets" in _refused(operator, hall)


def test_no_group_is_visible(operator: Operator, hall: Hall) -> None:
    hall.groups = []
    assert "No group can be seen" in _refused(operator, hall)


def test_nobody_is_there(operator: Operator, hall: Hall) -> None:
    operator.url = "http://127.0.0.1:9"
    assert "cannot be reached" in _refused(operator, hall)


@pytest.mark.parametrize(
    ("address", "advice"),
    [
        ("desk.example.org", "write https:// or http://"),
        ("http://127.1:8080", "write 127.0.0.1"),
        ("http://desk.example.org:99999", "write https:// or http://"),
        ("http://[::1", "write https:// or http://"),
        ("https://me:s3cret@desk.example.org", "take it out"),
    ],
)
def test_an_address_that_is_none_is_told_and_not_repeated(
    operator: Operator, hall: Hall, address: str, advice: str
) -> None:
    operator.url = address
    told = _refused(operator, hall)
    assert advice in told
    assert "s3cret" not in told


@pytest.mark.parametrize("proxy", ["nonsense", "http://me:s3cret@proxy.example.org:3128"])
def test_a_proxy_that_is_none(operator: Operator, hall: Hall, proxy: str) -> None:
    done = operator.connect("--yes", "--proxy", proxy)
    assert (done.exit_code, done.stderr.startswith("--proxy: "), "s3cret" in done.stderr) == (2, True, False)


def test_tls_where_there_is_none(operator: Operator, hall: Hall) -> None:
    operator.url = operator.url.replace("http:", "https:")
    assert "there is no TLS at this port" in _refused(operator, hall)


def test_a_name_that_leads_into_a_private_network_needs_a_word(operator: Operator, hall: Hall) -> None:
    operator.url = operator.url.replace("127.0.0.1", socket.gethostname())
    if not socket.gethostbyname(socket.gethostname()).startswith("127."):
        pytest.skip("this machine's own name leads elsewhere")
    assert "--own-network" in _refused(operator, hall)
    assert operator.connect("--yes", "--own-network", "--without-test-ticket").exit_code == 0
    assert operator.written()["own_network"] is True


@pytest.mark.parametrize("calls", [1, 2, 3, 4, 5])
def test_the_line_is_cut_while_it_is_looked_at(operator: Operator, hall: Hall, calls: int) -> None:
    hall.cut_after = calls
    told = _refused(operator, hall)
    assert "cannot be reached" in told or "cannot be read" in told or "No product" in told


def test_the_line_is_cut_while_things_are_made(operator: Operator, hall: Hall) -> None:
    """Whose answer is lost counts as made where the next look shows it."""
    hall.lost = "/api/hooks"
    done = operator.connect("--yes", "--without-test-ticket")
    assert done.exit_code == 0, done.stdout + done.stderr
    assert [each["what"] for each in operator.record()] == ["secret", "field: Field", "webhook: Webhook"]
    again = operator.connect("--yes", "--without-test-ticket", "--overwrite")
    assert again.exit_code == 0, again.stdout + again.stderr
    assert len(hall.hooks) == 1
    assert len(hall.fields) == 1


@pytest.mark.parametrize(("blind", "status"), [(1, 0), (2, 1)])
def test_what_was_made_but_not_confirmed_comes_on_record_and_is_taken_away(
    operator: Operator, hall: Hall, blind: int, status: int
) -> None:
    hall.blind = blind
    done = operator.connect("--yes", "--without-test-ticket")
    assert done.exit_code == status, done.stdout + done.stderr
    (made,) = hall.hooks
    if status:
        assert "goes on from here" in done.stderr
        assert [each["what"] for each in operator.record()] == ["secret", "field: Field"]
        again = operator.connect("--yes", "--without-test-ticket", "--overwrite")
        assert again.exit_code == 0, again.stdout + again.stderr
    assert [each["id"] for each in operator.record() if each["what"] == "webhook: Webhook"] == [made]
    assert operator.run("disconnect", "hall", "--yes").exit_code == 0
    assert not hall.hooks


def test_a_field_that_was_there_before_is_not_taken_for_one_that_was_made(
    operator: Operator, hall: Hall
) -> None:
    hall.fields = {"f0": "Response Level"}
    assert operator.connect("--yes", "--without-test-ticket").exit_code == 0
    assert [each["what"] for each in operator.record()] == ["secret", "webhook: Webhook"]
    assert operator.run("disconnect", "hall", "--yes", "--with-fields").exit_code == 0
    assert hall.fields == {"f0": "Response Level"}


def test_a_wrong_document_keeps_the_desk_file_from_being_written(operator: Operator, hall: Hall) -> None:
    other = operator.mappings / "desks" / "_roundup.yaml"
    other.write_text(other.read_text("utf-8").replace("mode: observe", "mode: obsreve"), "utf-8")
    assert "obsreve" in _refused(operator, hall)
