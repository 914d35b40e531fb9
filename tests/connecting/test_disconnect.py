"""``paidan disconnect``: exactly what connect made goes, whatever else bears its number; the rest is told."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.connecting.conftest import Operator
from tests.connecting.hall import Hall

pytestmark = pytest.mark.filterwarnings("ignore")

THEIRS = {"url": "https://somebody-else.example/hook", "secret": "x"}


def test_what_was_made_is_taken_away_and_no_ticket_is_touched(operator: Operator, hall: Hall) -> None:
    assert operator.connect("--yes").exit_code == 0
    tickets = json.dumps(hall.tickets)
    dry = operator.run("disconnect", "hall", "--dry-run")
    assert dry.exit_code == 0, dry.stderr
    assert "Webhook (h" in dry.stdout
    assert len(hall.hooks) == 1
    hall.hooks["theirs"] = {"url": "https://other.example", "secret": "x"}
    done = operator.run("disconnect", "hall", "--yes", "--export", "kept.jsonl")
    assert done.exit_code == 0, done.stdout + done.stderr
    assert list(hall.hooks) == ["theirs"]
    assert list(hall.fields.values()) == ["Response Level"], "tickets keep values in it"
    assert json.dumps(hall.tickets) == tickets
    assert not operator.desk.exists()
    assert (operator.mappings / "desks" / "_hall.yaml").exists()
    assert not (operator.folder / "secrets" / "hall-hook").exists()
    lines = [json.loads(line) for line in (operator.folder / "kept.jsonl").read_text("utf-8").splitlines()]
    assert lines[0]["form"] == "paidan desk export 1"
    assert {"case", "delivery", "event"} <= {line.get("table") for line in lines[1:]}
    assert all("body" not in line and "note_text" not in line for line in lines)
    assert operator.run("check").exit_code == 0


def test_fields_go_only_where_somebody_says_so(operator: Operator, hall: Hall) -> None:
    assert operator.connect("--yes", "--without-test-ticket").exit_code == 0
    done = operator.run("disconnect", "hall", "--yes", "--with-fields")
    assert done.exit_code == 0, done.stdout + done.stderr
    assert not hall.fields
    assert not hall.hooks
    assert not (operator.mappings / "desks" / "hall.made.json").exists()


def test_what_cannot_be_removed_stays_on_record(operator: Operator, hall: Hall) -> None:
    assert operator.connect("--yes", "--without-test-ticket").exit_code == 0
    done = operator.run("disconnect", "hall", "--yes", HALL_KEY="another")
    assert done.exit_code == 1
    assert "could not be removed" in done.stdout
    assert operator.desk.exists()
    assert (operator.folder / "secrets" / "hall-hook").exists()
    again = operator.run("disconnect", "hall", "--yes")
    assert again.exit_code == 0, again.stdout + again.stderr
    assert not hall.hooks


def test_an_export_never_takes_the_place_of_a_file(operator: Operator, hall: Hall) -> None:
    assert operator.connect("--yes", "--without-test-ticket").exit_code == 0
    kept = operator.folder / "kept.jsonl"
    kept.write_text("somebody's")
    done = operator.run("disconnect", "hall", "--yes", "--export", str(kept))
    assert done.exit_code == 1
    assert kept.read_text() == "somebody's"
    assert hall.hooks
    assert operator.desk.exists()


def test_a_desk_nobody_knows(operator: Operator) -> None:
    done = operator.run("disconnect", "nowhere", "--yes")
    assert done.exit_code == 2
    assert "nowhere.yaml" in done.stderr


# --- another helpdesk at the address ------------------------------------------------------------


@pytest.fixture
def connected(operator: Operator, hall: Hall) -> Operator:
    done = operator.connect("--yes", "--without-test-ticket")
    assert done.exit_code == 0, done.stdout + done.stderr
    return operator


@pytest.fixture
def production(hall: Hall) -> Iterator[tuple[Hall, str]]:
    """Another installation, whose own things have the numbers ours have in the first one."""
    there = Hall()
    with there.running() as url:
        yield there, url


def _same_numbers(there: Hall, hall: Hall) -> None:
    there.hooks = {number: dict(THEIRS) for number in hall.hooks}
    there.fields = dict(hall.fields)


@pytest.mark.parametrize("is_old", [False, True])
def test_where_the_desk_file_leads_elsewhere_by_now_nothing_there_is_removed(
    connected: Operator, hall: Hall, production: tuple[Hall, str], is_old: bool
) -> None:
    there, url = production
    _same_numbers(there, hall)
    text = connected.desk.read_text("utf-8")
    connected.desk.write_text(text.replace(connected.url, url), "utf-8")
    if is_old:
        connected.as_of_old()
    dry = connected.run("disconnect", "hall", "--with-fields", "--dry-run")
    done = connected.run("disconnect", "hall", "--with-fields", "--yes")
    assert done.exit_code == 0, done.stdout + done.stderr
    assert not there.changed
    assert list(there.hooks.values()) == [THEIRS]
    (hook,) = hall.hooks
    for told in (dry.stdout, done.stdout):
        assert f"Webhook ({hook}): " in told
        assert "by hand" in told
        assert is_old or f"was made at {connected.url}/api/hooks" in told
    assert {each["what"] for each in connected.record()} == {"webhook: Webhook", "field: Field"}
    assert "hall.made.json" in done.stdout
    assert not connected.desk.exists()


def test_a_desk_that_is_connected_anew_elsewhere_loses_only_what_was_made_there(
    connected: Operator, hall: Hall, production: tuple[Hall, str]
) -> None:
    there, url = production
    there.hooks = {number: dict(THEIRS) for number in hall.hooks}
    there._count = 7
    first, connected.url = connected.url, url
    again = connected.connect("--yes", "--overwrite", "--without-test-ticket")
    assert again.exit_code == 0, again.stdout + again.stderr
    assert f"was made at {first}/api/hooks" in again.stdout
    assert len(there.hooks) == 2
    done = connected.run("disconnect", "hall", "--yes")
    assert done.exit_code == 0, done.stdout + done.stderr
    assert list(there.hooks.values()) == [THEIRS]
    assert len(hall.hooks) == 1
    assert f"was made at {first}/api/hooks" in done.stdout


def test_the_same_helpdesk_is_known_however_its_address_is_written(connected: Operator, hall: Hall) -> None:
    text = connected.desk.read_text("utf-8")
    connected.desk.write_text(text.replace(connected.url, f"{connected.url}/"), "utf-8")
    assert connected.run("disconnect", "hall", "--yes").exit_code == 0
    assert not hall.hooks


def test_what_has_its_number_but_leads_elsewhere_is_left(connected: Operator, hall: Hall) -> None:
    """A number given again, or a webhook somebody turned to an address of his own."""
    (number,) = hall.hooks
    hall.hooks[number] = dict(THEIRS)
    done = connected.run("disconnect", "hall", "--yes")
    assert done.exit_code == 0, done.stdout + done.stderr
    assert hall.hooks == {number: THEIRS}
    assert f"Webhook ({number}): what has this id at {connected.url}/api/hooks" in done.stdout
    assert [each["id"] for each in connected.record() if each["what"] == "webhook: Webhook"] == [number]


def test_a_field_that_is_called_something_else_by_now_is_left(connected: Operator, hall: Hall) -> None:
    (number,) = hall.fields
    hall.fields[number] = "Shoe size"
    done = connected.run("disconnect", "hall", "--yes", "--with-fields")
    assert done.exit_code == 0, done.stdout + done.stderr
    assert hall.fields == {number: "Shoe size"}
    assert not hall.hooks


def test_an_older_record_counts_where_what_is_there_proves_to_be_ours(
    connected: Operator, hall: Hall
) -> None:
    connected.as_of_old()
    done = connected.run("disconnect", "hall", "--yes", "--with-fields")
    assert done.exit_code == 0, done.stdout + done.stderr
    assert not hall.hooks
    assert list(hall.fields.values()) == ["Response Level"], "a name proves nothing"
    assert "an older version put it on record" in done.stdout


def test_an_older_record_of_an_address_that_was_given_needs_it_again(operator: Operator, hall: Hall) -> None:
    base = ("--hook-base", "https://paidan.example")
    assert operator.connect("--yes", "--without-test-ticket", *base).exit_code == 0
    operator.as_of_old()
    told = operator.run("disconnect", "hall", "--dry-run")
    assert "--hook-base" in told.stdout
    assert operator.run("disconnect", "hall", "--yes", *base).exit_code == 0
    assert not hall.hooks


def test_an_older_record_is_completed_when_the_desk_is_connected_again(
    connected: Operator, hall: Hall
) -> None:
    connected.as_of_old()
    again = connected.connect("--yes", "--overwrite", "--without-test-ticket")
    assert again.exit_code == 0, again.stdout + again.stderr
    hooks = [each for each in connected.record() if each["what"] == "webhook: Webhook"]
    assert [each["url"] for each in hooks] == [connected.url]


def test_a_webhook_at_paidans_former_address_goes_too(connected: Operator, hall: Hall) -> None:
    moved = connected.connect(
        "--yes", "--overwrite", "--without-test-ticket", "--hook-base", "https://new.example"
    )
    assert moved.exit_code == 0, moved.stdout + moved.stderr
    assert len(hall.hooks) == 2
    done = connected.run("disconnect", "hall", "--yes")
    assert done.exit_code == 0, done.stdout + done.stderr
    assert not hall.hooks
    assert [each["what"] for each in connected.record()] == ["field: Field"]


def test_where_the_list_cannot_be_read_nothing_is_removed(connected: Operator, hall: Hall) -> None:
    begun = len(hall.changed)
    hall.hooks_status = 500
    done = connected.run("disconnect", "hall", "--yes")
    assert done.exit_code == 1
    assert "could not be removed" in done.stdout
    assert connected.desk.exists()
    assert (connected.folder / "secrets" / "hall-hook").exists(), "another try needs it"
    hall.hooks_status = 404
    done = connected.run("disconnect", "hall", "--yes", "--export", "second.jsonl")
    assert done.exit_code == 0, done.stdout + done.stderr
    assert "does not tell what is there" in done.stdout
    assert hall.changed[begun:] == []
    assert len(hall.hooks) == 1
    assert [each["what"] for each in connected.record()] == ["field: Field", "webhook: Webhook"]


def test_what_somebody_removed_already_is_told_so(connected: Operator, hall: Hall) -> None:
    hall.hooks.clear()
    done = connected.run("disconnect", "hall", "--yes")
    assert "Webhook: was gone already" in done.stdout
    assert [each["what"] for each in connected.record()] == ["field: Field"]


# --- files --------------------------------------------------------------------------------------


def test_a_secret_that_is_not_used_any_more_goes_too(connected: Operator, hall: Hall) -> None:
    mine = {"MY_HOOK": "abcdefghijklmnopqrstuvwxyz"}
    given = ("--yes", "--overwrite", "--without-test-ticket", "--set", "hook=env:MY_HOOK")
    assert connected.connect(*given, **mine).exit_code == 0
    done = connected.run("disconnect", "hall", "--yes", "--with-fields", **mine)
    assert done.exit_code == 0, done.stdout + done.stderr
    assert not [name for name in connected.files() if "secrets" in name or "made.json" in name]


def test_a_secret_another_desk_reads_stays(connected: Operator, hall: Hall) -> None:
    other = connected.mappings / "desks" / "annex.yaml"
    other.write_text(connected.desk.read_text("utf-8"), "utf-8")
    done = connected.run("disconnect", "hall", "--yes")
    assert done.exit_code == 0, done.stdout + done.stderr
    assert (connected.folder / "secrets" / "hall-hook").exists()
    assert "hall-hook: stays, annex reads it too" in done.stdout


def test_a_secret_that_cannot_be_removed_is_told_and_tried_again(connected: Operator, hall: Hall) -> None:
    secret = connected.folder / "secrets" / "hall-hook"
    secret.unlink()
    secret.mkdir()
    done = connected.run("disconnect", "hall", "--yes")
    assert done.exit_code == 1
    assert isinstance(done.exception, SystemExit)
    assert "hall-hook: could not be removed" in done.stdout
    assert not hall.hooks
    secret.rmdir()
    assert connected.run("disconnect", "hall", "--yes", "--export", "again.jsonl").exit_code == 0


@pytest.mark.parametrize(
    ("what", "language", "words"),
    [
        ("plugin.app.disconnecting.keep_made", "en", "run this again"),
        ("plugin.cli.disconnect.put_aside", "zh", "再运行一次"),
    ],
)
def test_a_file_that_cannot_be_written_is_told(
    connected: Operator, monkeypatch: pytest.MonkeyPatch, what: str, language: str, words: str
) -> None:
    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(what, full)
    done = connected.run("disconnect", "hall", "--yes", "--lang", language)
    assert done.exit_code == 1
    assert isinstance(done.exception, SystemExit)
    assert "No space left on device" in done.stderr
    assert words in done.stderr


def test_a_record_that_cannot_be_read_removes_nothing(connected: Operator, hall: Hall) -> None:
    record = connected.mappings / "desks" / "hall.made.json"
    for broken in ("{", "[]", '{"made": [{"what": "webhook"}]}', '{"made": [{"id": 3}]}'):
        record.write_text(broken, "utf-8")
        done = connected.run("disconnect", "hall", "--yes")
        assert done.exit_code == 1
        assert isinstance(done.exception, SystemExit)
        assert "hall.made.json" in done.stderr
    assert len(hall.hooks) == 1


def test_an_id_that_is_none_reaches_no_address(connected: Operator, hall: Hall) -> None:
    """A record somebody wrote into, and a helpdesk that lists such a number."""
    file = connected.mappings / "desks" / "hall.made.json"
    (number,) = hall.hooks
    file.write_text(file.read_text("utf-8").replace(f'"{number}"', '".."'), "utf-8")
    hall.hooks[".."] = hall.hooks.pop(number)
    begun = len(hall.changed)
    done = connected.run("disconnect", "hall", "--yes")
    assert done.exit_code == 1
    assert isinstance(done.exception, SystemExit)
    assert "cannot stand in its address" in done.stdout
    assert hall.changed[begun:] == []


def test_no_token_of_an_address_comes_into_the_record(operator: Operator, hall: Hall) -> None:
    base = ("--hook-base", "https://me:s3cret-login@paidan.example")
    assert operator.connect("--yes", "--without-test-ticket", *base).exit_code == 0
    (hook,) = hall.hooks.values()
    kept = Path(operator.mappings / "desks" / "hall.made.json").read_text("utf-8")
    assert "s3cret-login" not in kept
    assert hook["secret"] not in kept
    assert operator.run("disconnect", "hall", "--yes", *base).exit_code == 0
    assert not hall.hooks
