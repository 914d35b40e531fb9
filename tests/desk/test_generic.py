"""A helpdesk of one's own, by settings alone: the desk file of docs/generic.md, run against that helpdesk."""

from __future__ import annotations

import json
import re
import shutil
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result

from plugin.cli import main
from plugin.core.effects import Change, Effects, Note
from plugin.core.timing import as_kept
from plugin.desk.connector import Connector
from plugin.desk.installation import Installation
from plugin.desk.normalise import values
from plugin.desk.opening import open_desk
from plugin.desk.outbound import wire_value
from plugin.desk.products import Connectors, shaped
from plugin.documents.desks import Desk
from plugin.documents.load import load_folder
from plugin.errors import AccessDenied, DeliveryRefused, NotFound, Rejected
from plugin.sockets import since_boot
from tests.helpdesks.hall import Hall

ROOT = Path(__file__).resolve().parents[2]
GUIDE = ROOT / "docs" / "generic.md"
START = datetime(2026, 11, 25, 10, 39, 16, tzinfo=UTC)


def printed() -> str:
    """The desk file as the guide prints it."""
    found = re.search(r"^```yaml\n(.*?)^```$", GUIDE.read_text("utf-8"), re.M | re.S)
    assert found
    return found[1]


def desk_of(tmp_path: Path, **changed: Any) -> Desk:
    """The guide's desk, checked with the shipped documents; everything it says must fit."""
    mappings = tmp_path / "mappings"
    shutil.copytree(ROOT / "mappings", mappings, ignore=shutil.ignore_patterns("desks"))
    (mappings / "desks").mkdir()
    made = yaml.safe_load(printed()) | changed
    (mappings / "desks" / "hall.yaml").write_text(yaml.safe_dump(made, allow_unicode=True), "utf-8")
    loaded = load_folder(mappings, Connectors(ROOT / "connectors").products)
    assert loaded.problems == ()
    assert loaded.documents is not None
    return loaded.documents.desks["hall"]


@pytest.fixture
def hall() -> Hall:
    made = Hall()
    made.open("K-17", "拖欠工资", "三十余人来到大厅，联系电话13900001111。", START)
    made.say("K-17", "5", "clerk", "坐席：五百余人为误会。", datetime(2026, 11, 25, 10, 40, tzinfo=UTC))
    made.say("K-17", "7", "citizen", "现在增加到六十余人。", datetime(2026, 11, 25, 10, 45, tzinfo=UTC))
    return made


@pytest.fixture
def connector(hall: Hall, tmp_path: Path) -> Iterator[Connector]:
    with hall.running() as url:
        desk = desk_of(tmp_path, url=url)
        secrets = {"HALL_TOKEN": hall.token, "HALL_HOOK_SECRET": hall.secret}
        yield open_desk(shaped(Connectors(ROOT / "connectors"), desk), desk, secrets)


def test_a_case_is_read(connector: Connector) -> None:
    seen = connector.read("K-17")
    assert [m.text for m in seen.ticket.messages] == [
        "三十余人来到大厅，联系电话***********。",
        "现在增加到六十余人。",
    ]
    assert [m.at for m in seen.ticket.messages][1] == datetime(2026, 11, 25, 10, 45, tzinfo=UTC)
    assert seen.ticket.fields == {"channel": "letter"}
    assert seen.snapshot.values["group"] == "Front desk"
    assert (seen.snapshot.state, seen.snapshot.values["priority"]) == ("open", "2")
    assert connector.ticket_url("K-17").endswith("/cases/K-17")


def test_everything_is_written_and_read_back(connector: Connector, hall: Hall) -> None:
    seen = connector.read("K-17").snapshot
    due = "2026-11-26T10:00:00Z"
    changes = (
        Change("group", "Front desk", "On site"),
        Change("level", None, "II"),
        Change("priority", "2", "4"),
        Change("tags", (), ("petition",)),
        Change("due", None, due),
    )
    written = connector.write(
        "K-17", Effects(changes, Note("n", "转现场处置组 {{ x }}")), "0198c1", seen, since_boot() + 5
    )
    assert (written.done, written.missing) == (True, ())
    case = hall.cases["K-17"]
    assert (case["team"], case["urgency"], case["labels"]) == ("On site", "4", ["petition"])
    assert (case["response_level"], case["deadline"]) == ("II", "2026-11-26 18:00:00")
    note = hall.remarks["K-17"][-1]
    assert note["staff_only"] is True
    assert note["words"] == "转现场处置组 { { x } }\npaidan:0198c1"
    again = connector.read("K-17")
    assert again.snapshot.markers == {"0198c1"}
    assert again.snapshot.values["due"] == due


def test_a_refusal_says_why(connector: Connector, hall: Hall) -> None:
    seen = connector.read("K-17").snapshot
    with pytest.raises(Rejected, match="no such team"):
        connector.write(
            "K-17", Effects((Change("group", "Front desk", "Nowhere"),)), "m", seen, since_boot() + 5
        )
    with pytest.raises(NotFound):
        connector.read("K-404")
    with pytest.raises(NotFound):
        connector.read("17")
    hall.token = "another"
    with pytest.raises(AccessDenied):
        connector.read("K-17")


def test_what_changed_is_listed_by_the_towns_clock(connector: Connector, hall: Hall) -> None:
    for number in range(100, 160):
        hall.open(f"K-{number}", "x", "y", START)
    rows = list(connector.changed(START.timestamp()))
    assert len({row.ticket_id for row in rows}) == 61
    assert {row.ticket_id for row in rows if row.at and row.at > START.timestamp()} == {"K-17"}
    assert [entry.name for entry in connector.lists.entries("groups")][:2] == ["Front desk", "On site"]


def test_a_webhook_is_told_from_a_forged_one(connector: Connector, hall: Hall) -> None:
    now = int(time.time())
    body = json.dumps({"what": "created", "serial": 512, "by": "99", "case": {"no": "K-17"}}).encode()
    hint = connector.receive("", "POST", hall.signed(body, now), body, float(now))
    assert (hint.ticket_id, hint.kind, hint.delivery_key, hint.ours) == ("K-17", "created", "512", True)
    for wrong in (
        (body + b" ", hall.signed(body, now)),
        (body, hall.signed(body, now - 3600)),
        (body, {}),
        (body, {**hall.signed(body, now), "x-hall-time": str(now + 1)}),
    ):
        with pytest.raises(DeliveryRefused):
            connector.receive("", "POST", wrong[1], wrong[0], float(now))


@pytest.mark.parametrize(
    ("setting", "given", "code"),
    [
        ("ticket_path", "v1/cases/${id}", "path-not-absolute"),
        ("id_pattern", "K-[", "bad-pattern"),
        ("comments", "items[", "bad-path"),
        ("comments", "remarks[*]", "unknown-step"),
        ("update_method", "change", "unknown-key"),
        ("page_size", "many", "not-a-number"),
        ("signature_hash", "md5", "unknown-value"),
    ],
)
def test_a_setting_that_makes_no_sense_is_told_at_its_line(
    tmp_path: Path, setting: str, given: str, code: str
) -> None:
    mappings = tmp_path / "mappings"
    shutil.copytree(ROOT / "mappings", mappings, ignore=shutil.ignore_patterns("desks"))
    (mappings / "desks").mkdir()
    made = yaml.safe_load(printed())
    made["settings"][setting] = given
    text = yaml.safe_dump(made, allow_unicode=True, sort_keys=False)
    (mappings / "desks" / "hall.yaml").write_text(text, "utf-8")
    loaded = load_folder(mappings, Connectors(ROOT / "connectors").products)
    line = next(n for n, line in enumerate(text.splitlines(), 1) if line.startswith(f"  {setting}:"))
    assert (code, "desks/hall.yaml", line) in {(p.code, p.place.file, p.place.line) for p in loaded.problems}


FORMS = [
    ("%Y-%m-%d", "America/New_York", "2026-03-05T00:00:00Z"),
    ("%Y-%m-%d", "Asia/Shanghai", "2026-03-05T00:00:00Z"),
    ("%d.%m.%Y %H:%M", "Asia/Shanghai", "2026-03-05T01:07:00Z"),
    ("%Y-%m-%d %H:%M:%S", "Asia/Shanghai", "2026-03-05T01:07:09Z"),
    ("iso", "UTC", "2026-03-05T01:07:09Z"),
    ("unix_ms", "UTC", "2026-03-05T01:07:09Z"),
]


@pytest.mark.parametrize(("form", "zone", "kept"), FORMS)
def test_what_is_due_is_wanted_as_exactly_as_the_helpdesk_keeps_it(
    tmp_path: Path, form: str, zone: str, kept: str
) -> None:
    """Else every new limit would be written, read back otherwise and called refused."""
    given = yaml.safe_load(printed())["settings"] | {"time_form": form, "zone": zone}
    made = desk_of(tmp_path, settings=given)
    connectors = Connectors(ROOT / "connectors")
    whole = connectors.products["generic"]
    assert whole.shaped_for
    product = whole.shaped_for(made)
    calendar = "Asia/Shanghai" if product.due_by_day else None
    want = as_kept(datetime(2026, 3, 5, 1, 7, 9, tzinfo=UTC), calendar, by_minute=product.due_by_minute)
    assert want == kept
    descriptor = shaped(connectors, made)
    installation = Installation("hall", made.url, settings=made.settings, targets={"due": None})
    wire = wire_value(descriptor.targets["due"], installation, Change("due", None, want))
    answers = {"ticket": {"data": {"deadline": wire}}, "setting": made.settings}
    assert values(descriptor, installation, answers)["due"] == want


def connected(tmp_path: Path, url: str, *given: str) -> Result:
    """``paidan connect`` to the hall, its settings given one by one."""
    mappings = tmp_path / "mappings"
    shutil.copytree(ROOT / "mappings", mappings, ignore=shutil.ignore_patterns("desks"))
    settings = {**yaml.safe_load(printed())["settings"], "hook_timed": "env:HALL_HOOK_SECRET"}
    sets = [part for key, value in settings.items() for part in ("--set", f"{key}={value}")]
    chosen = ("--plan", "petition-four-level", "--calendar", "cn-government", "--desk", "hall")
    environ = {
        "PAIDAN_MAPPINGS": str(mappings),
        "PAIDAN_CONNECTORS": str(ROOT / "connectors"),
        "PAIDAN_DATABASE_URL": f"sqlite:///{tmp_path}/paidan.db",
        "HALL_TOKEN": Hall().token,
        "HALL_HOOK_SECRET": Hall().secret,
    }
    asked = ("connect", url, "--product", "generic", "--token", "env:HALL_TOKEN", *chosen, *sets, *given)
    return CliRunner().invoke(main, list(asked), env=environ)


def test_it_is_connected_by_its_settings(hall: Hall, tmp_path: Path) -> None:
    with hall.running() as url:
        done = connected(tmp_path, url, "--dry-run")
    assert done.exit_code == 0, done.stdout + done.stderr
    assert "ticket_root: ticket.data" in done.stdout
    assert "Front desk" in done.stdout


def test_a_setting_that_makes_no_sense_ends_connecting(hall: Hall, tmp_path: Path) -> None:
    with hall.running() as url:
        done = connected(tmp_path, url, "--dry-run", "--set", "id_pattern=K-(")
    assert done.exit_code == 1
    assert "--set id_pattern" in done.stderr
