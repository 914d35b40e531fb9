"""The guide to a new product, followed: its example is read out of the page and run against its helpdesk."""

from __future__ import annotations

import json
import re
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import yaml

from plugin.core.effects import Change, Effects, Note
from plugin.demo.paidan import PaidanServer
from plugin.desk import describe
from plugin.desk.connector import Connector
from plugin.desk.describe import schema
from plugin.desk.opening import open_desk
from plugin.desk.probe import identify, whoami
from plugin.desk.products import Connectors, shaped
from plugin.desk.samples import mismatches
from plugin.documents.load import load_folder
from plugin.documents.reader import Either, Key, ListOf, MapOf
from plugin.errors import AccessDenied, Busy, DeliveryRefused, NotFound, Rejected
from plugin.sockets import since_boot
from tests.helpdesks.peer import GROUPS
from tests.helpdesks.quay import BOT, CALLS_OF_A_SESSION, Quay

ROOT = Path(__file__).resolve().parents[2]
GUIDE = (ROOT / "docs" / "add-a-product.md").read_text("utf-8")
TEAMS = dict(enumerate(("收件箱", *GROUPS.values()), 7))
VISIT = "今天上午，二十三名商户一起来到街道办事大厅，反映停电补偿标准不明，要求当面答复。"
SECRETS = {"QUAY_PASSWORD": "quay-password", "QUAY_HOOK_SECRET": "quay-hook-secret"}


def product() -> str:
    """The connector file: the parts the page prints, in their order."""
    return "".join(re.findall(r"^```yaml\n(.*?)^```$", GUIDE, re.M | re.S))


def desk_file(**changed: Any) -> dict[str, Any]:
    """The desk file of the page."""
    found = re.search(r"^```yaml desk\n(.*?)^```$", GUIDE, re.M | re.S)
    assert found
    made: dict[str, Any] = yaml.safe_load(found[1])
    return made | changed


def knobs(shape: Any) -> Iterator[str]:
    """Every key a connector file may have, at whatever depth."""
    if isinstance(shape, Mapping):
        for name, key in shape.items():
            yield name
            yield from knobs(key.shape if isinstance(key, Key) else key)
    elif isinstance(shape, ListOf):
        yield from knobs(shape.item)
    elif isinstance(shape, MapOf):
        yield from knobs(shape.value)
    elif isinstance(shape, Either):
        for each in shape.shapes:
            yield from knobs(each)


def test_every_knob_is_explained() -> None:
    told = set(re.findall(r"[\w]+", " ".join(re.findall(r"`([^`\n]+)`", GUIDE))))
    assert set(knobs(schema.CONNECTOR)) - told == set()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of connectors with the page's file and no other."""
    made = tmp_path / "connectors"
    made.mkdir()
    (made / "quay.yaml").write_text(product(), "utf-8")
    return made


def test_the_printed_files_are_sound(folder: Path, tmp_path: Path) -> None:
    assert mismatches(describe.load(folder, "quay")) == []
    mappings = tmp_path / "mappings"
    shutil.copytree(ROOT / "mappings", mappings, ignore=shutil.ignore_patterns("desks"))
    (mappings / "desks").mkdir()
    (mappings / "desks" / "harbour.yaml").write_text(yaml.safe_dump(desk_file(), allow_unicode=True), "utf-8")
    assert load_folder(mappings, Connectors(folder).products).problems == ()


def test_no_shipped_file_knows_it() -> None:
    shipped = "".join(path.read_text("utf-8") for path in (ROOT / "connectors").glob("*.yaml"))
    assert "quay" not in shipped.lower()


@pytest.fixture
def quay() -> Quay:
    return Quay(TEAMS)


@pytest.fixture
def connector(quay: Quay, folder: Path, tmp_path: Path) -> Iterator[Connector]:
    with quay.running() as url:
        yield opened(folder, tmp_path, url)


def opened(folder: Path, tmp_path: Path, url: str) -> Connector:
    mappings = tmp_path / "mappings"
    shutil.copytree(ROOT / "mappings", mappings, ignore=shutil.ignore_patterns("desks"))
    (mappings / "desks").mkdir()
    text = yaml.safe_dump(desk_file(url=url), allow_unicode=True)
    (mappings / "desks" / "harbour.yaml").write_text(text, "utf-8")
    connectors = Connectors(folder)
    documents = load_folder(mappings, connectors.products).documents
    assert documents is not None
    desk = documents.desks["harbour"]
    return open_desk(shaped(connectors, desk), desk, SECRETS)


def write(connector: Connector, ticket: str, *changes: Change, note: str | None = None) -> Any:
    seen = connector.read(ticket).snapshot
    effects = Effects(changes, Note("n", note) if note else None)
    return connector.write(ticket, effects, "0198c1", seen, since_boot() + 10)


def read_often(connector: Connector, ticket: str) -> None:
    for _ in range(CALLS_OF_A_SESSION):
        connector.read(ticket)


def test_a_session_that_ends_in_the_middle_is_taken_anew(connector: Connector, quay: Quay) -> None:
    ticket = str(quay.open("商户来访", VISIT))
    for _ in range(8):
        assert connector.read(ticket).snapshot.values["group"] == "收件箱"
    calls = 1 + 8 * 3  # the list of teams once, three requests a read
    assert quay.logins >= calls // CALLS_OF_A_SESSION
    quay.password = "changed by somebody"
    with pytest.raises(AccessDenied) as caught:
        read_often(connector, ticket)
    assert caught.value.is_signed_out


def test_too_much_is_told_with_the_instant_it_ends(connector: Connector, quay: Quay) -> None:
    ticket = str(quay.open("商户来访", VISIT))
    quay.busy_until = int(time.time()) + 40
    with pytest.raises(Busy) as caught:
        connector.read(ticket)
    assert caught.value.retry_after is not None
    assert 35 < caught.value.retry_after <= 40


def test_no_with_200_is_a_no(connector: Connector, quay: Quay) -> None:
    with pytest.raises(NotFound, match="no request 404"):
        connector.read("404")
    ticket = str(quay.open("商户来访", VISIT))
    with pytest.raises(Rejected, match="urgency is 1 to 5"):
        write(connector, ticket, Change("priority", "2", "9"))
    with pytest.raises(Rejected, match="lists no groups of this name"):
        write(connector, ticket, Change("group", "收件箱", "没有的组"))
    assert quay.team(int(ticket)) == ["收件箱"]


def test_one_ticket_has_one_id_however_it_is_written(connector: Connector, quay: Quay) -> None:
    number = quay.open("商户来访", VISIT)
    ids = connector.descriptor.receive.ids
    written = (f"REQ-{number:06d}", str(number), f"REQ-{number}")
    assert {ids.canonical(each) for each in written} == {str(number)}
    assert ids.canonical(f"INC-{number:06d}") is None
    body = json.dumps({"request": f"REQ-{number:06d}"}).encode()
    hint = connector.receive("", "POST", quay.signed(body, "d1"), body, time.time())
    assert (hint.ticket_id, hint.kind, hint.delivery_key, hint.ours) == (str(number), "updated", "d1", False)
    assert [row.ticket_id for row in connector.changed(time.time() - 60)] == [str(number)]
    assert connector.read(hint.ticket_id).ticket.id == str(number)


def test_a_webhook_is_genuine_to_the_byte(connector: Connector, quay: Quay) -> None:
    body, now = b'{"request": "REQ-000123"}', time.time()
    good = quay.signed(body, "d1")
    assert connector.receive("", "POST", good, body, now).ticket_id == "123"
    twice = {**good, "quay-signature": "v1,AAAA " + good["quay-signature"]}
    assert connector.receive("", "POST", twice, body, now).ticket_id == "123"
    for headers, sent in (
        (good, body + b" "),
        ({**good, "quay-id": "d2"}, body),
        ({**good, "quay-time": str(int(now) + 1)}, body),
        ({**good, "quay-signature": good["quay-signature"].removeprefix("v1,")}, body),
        (quay.signed(body, "d1", int(now) - 3600), body),
        ({}, body),
    ):
        with pytest.raises(DeliveryRefused):
            connector.receive("", "POST", headers, sent, now)


def test_pages_go_on_by_the_link_header_and_its_address_is_never_called(
    connector: Connector, quay: Quay
) -> None:
    opened_ids = {str(quay.open("x", "y")) for _ in range(120)}
    rows = list(connector.changed(time.time() - 300))
    assert {row.ticket_id for row in rows} == opened_ids
    assert len([path for _, method, path in quay.asked if (method, path) == ("GET", "/api/requests")]) == 3


def test_everything_is_written_and_a_team_is_joined_once(connector: Connector, quay: Quay) -> None:
    number = quay.open("商户来访", VISIT)
    due = "2026-11-26T10:00:00Z"
    changes = (
        Change("group", "收件箱", "现场处置组"),
        Change("priority", "2", "4"),
        Change("tags", (), ("petition",)),
        Change("level", None, "较大"),
        Change("due", None, due),
    )
    written = write(connector, str(number), *changes, note='<script>{{ x }}</script> "现场"')
    assert (written.done, written.missing) == (True, ())
    found = quay.requests[number]
    assert (found["urgency"], found["marks"], found["fields"]["response_level"]) == (4, ["petition"], "较大")
    assert found["due"] == "2026-11-26 18:00:00"
    assert quay.team(number) == ["现场处置组"]
    assert "<script>" not in quay.notes(number)[0]
    assert quay.public(number) == []
    before = len(quay.rows[number])
    seen = connector.read(str(number)).snapshot
    assert (seen.markers, seen.values["due"], seen.values["group"]) == ({"0198c1"}, due, "现场处置组")
    again = Effects((Change("group", "收件箱", "现场处置组"),))
    connector.write(str(number), again, "0198c1", seen, since_boot() + 10)  # as after a lost answer
    assert len(quay.rows[number]) == before
    write(connector, str(number), Change("group", "现场处置组", "收件箱"))
    assert quay.team(number) == ["收件箱"]


def test_what_is_ignored_without_a_word_is_missing_and_said(connector: Connector, quay: Quay) -> None:
    number = quay.open("商户来访", VISIT, stage="closed")
    written = write(connector, str(number), Change("priority", "2", "5"), Change("level", None, "重大"))
    assert (written.done, written.missing) == (False, ("priority",))
    assert (quay.requests[number]["urgency"], quay.requests[number]["fields"]["response_level"]) == (
        2,
        "重大",
    )


def test_words_of_staff_and_notes_are_not_read(connector: Connector, quay: Quay) -> None:
    number = quay.open("商户来访", VISIT)
    quay.say(number, "<p>坐席：五百余人。</p>", by=5, side="staff")
    quay.say(number, "<p>二百余人</p>", by=5, side="staff", hidden=True)
    quay.say(number, "系统：三百人", by=1, side="system")
    quay.say(number, "<p>现在<b>八十人</b>，电话13900001111</p>")
    words = " ".join(m.text for m in connector.read(str(number)).ticket.messages)
    assert "现在八十人" in words
    assert not re.search("五百|二百|三百|13900001111", words)


def test_the_product_is_told_and_whose_account_it_is(connector: Connector, quay: Quay) -> None:
    found = identify([connector.descriptor], connector.desk)
    assert [each.descriptor.name for each in found.found] == ["quay"]
    assert quay.logins == 0  # told without an account
    me = whoami(connector.descriptor, connector.client, connector.desk)
    assert me is not None
    assert (me.account, me.name) == (str(BOT), "paidan")


def until(met: Callable[[], object], what: str, server: PaidanServer, patience: float = 25.0) -> None:
    deadline = time.monotonic() + patience
    while not met():
        assert time.monotonic() < deadline, f"not {what}\n{server.tail()}"
        time.sleep(0.05)


@pytest.mark.real
def test_a_whole_line_through_paidan_serve(quay: Quay, folder: Path, tmp_path: Path) -> None:
    """Late, doubled, thin and missing webhooks; sessions that end and a busy minute on the way."""
    home = tmp_path / "paidan"
    home.mkdir()
    with quay.running() as url:
        server = PaidanServer(home, "harbour", desk_file(url=url), SECRETS, connectors=folder)
        quay.hook = server.hook()
        server.start()
        try:
            numbers = {}
            for manner in ("missing", "late", "doubled", "thin"):
                quay.manner = manner
                numbers[manner] = quay.open("商户来访", VISIT)
            for manner, number in numbers.items():  # what no webhook told of is looked at after half a minute
                until(partial(quay.notes, number), f"routed ({manner})", server, 60)
            quay.manner = "doubled"
            quay.busy_until = int(time.time()) + 3
            quay.say(numbers["late"], "<p>门外又来了一批人，现在大厅和院内共有八十人，工作人员正在接待。</p>")
            until(lambda: len(quay.notes(numbers["late"])) > 1, "raised", server)
            quay.settle()
            time.sleep(2.5)  # two more looks, with nothing to do
        finally:
            server.stop()
    for number in (numbers["doubled"], numbers["thin"], numbers["missing"]):
        request = quay.requests[number]
        assert quay.team(number) == ["现场处置组"], request
        assert (request["fields"]["response_level"], request["urgency"]) == ("一般", 3)
        assert len(quay.notes(number)) == 1
        assert "23" in quay.notes(number)[0]
    raised = quay.requests[numbers["late"]]
    assert raised["fields"]["response_level"] != "一般"
    assert raised["urgency"] > 3
    assert not any(quay.public(number) for number in numbers.values())
    assert {each.status for each in quay.delivered} == {200}
    assert quay.logins > 3
    working = [[row for row in quay.rows[n] if row["until"] is None] for n in numbers.values()]
    assert all(len(rows) == len({row["team"] for row in rows}) == 1 for rows in working)
