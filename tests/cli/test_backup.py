"""A backup made while deliveries come in is whole, and a restored case book goes on where it was."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path

import pytest
from click.testing import CliRunner

from plugin.app.paidan import Paidan
from plugin.casebook.backup import back_up
from plugin.cli import main
from plugin.errors import StoreError
from tests.casebook.conftest import TOKEN
from tests.casebook.standin import StandIn
from tests.web.conftest import ENVIRON, Installed
from tests.web.processes import until


def routed(paidan: Paidan, helpdesk: StandIn, count: int) -> None:
    """So many more tickets, each told of and routed."""
    client = paidan.web.test_client()
    numbers = [helpdesk.open("上访", "五十余人来到窗口反映工资") for _ in range(count)]
    for number in numbers:
        body = {"ticket": number, "delivery": f"d{number}", "event": "created"}
        assert client.post(f"/hooks/hall/{TOKEN}", json=body).status_code == 200
    until(lambda: all(helpdesk.notes(number) for number in numbers))


def test_a_restored_case_book_goes_on_and_repeats_nothing_it_knows(
    installed: Installed, helpdesk: StandIn
) -> None:
    book, copy = installed.folder / "paidan.db", installed.folder / "copy.db"
    paidan = Paidan(installed.settings, ENVIRON)
    paidan.start()
    routed(paidan, helpdesk, 4)
    known = list(helpdesk.tickets)
    work = threading.Thread(target=routed, args=(paidan, helpdesk, 8))
    work.start()
    env = installed.environ(0)
    result = CliRunner().invoke(main, ["backup", "--to", str(copy), "--lang", "en"], env=env)
    assert result.exit_code == 0, result.output
    assert "checked" in result.output
    work.join()
    routed(paidan, helpdesk, 2)
    paidan.stop()
    for left in installed.folder.glob("paidan.db*"):
        left.unlink()
    copy.replace(book)
    again = Paidan(installed.settings, ENVIRON)
    again.start()
    client = again.web.test_client()
    for number in helpdesk.tickets:
        body = {"ticket": number, "delivery": f"again{number}", "event": "updated"}
        assert client.post(f"/hooks/hall/{TOKEN}", json=body).status_code == 200
    until(lambda: client.get("/healthz").json["casebook"]["due"] == 0)
    again.stop()
    for number in known:
        dispatches = [note for note in helpdesk.notes(number) if note.startswith("Dispatch")]
        assert len(dispatches) == 1, helpdesk.notes(number)


def test_a_failed_backup_leaves_the_last_one_alone(tmp_path: Path) -> None:
    target = tmp_path / "copy.db"
    target.write_text("the last one")
    broken = tmp_path / "broken.db"
    broken.write_bytes(b"not a database at all" * 100)
    with pytest.raises(StoreError):
        back_up(broken, target)
    with pytest.raises(StoreError):
        back_up(tmp_path / "nowhere.db", target)
    assert target.read_text() == "the last one"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["broken.db", "copy.db"]


def test_a_copy_is_whole(tmp_path: Path) -> None:
    source, target = tmp_path / "book.db", tmp_path / "copy.db"
    with sqlite3.connect(source) as made:
        made.execute("pragma journal_mode = wal")
        made.execute("create table t (x text)")
        made.executemany("insert into t values (?)", [(str(n),) for n in range(5000)])
    assert back_up(source, target) > 0
    with sqlite3.connect(target) as copy:
        assert copy.execute("select count(*) from t").fetchone()[0] == 5000


def test_on_postgresql_it_says_what_to_use() -> None:
    url = "postgresql+psycopg://paidan@127.0.0.1:1/none"
    result = CliRunner().invoke(main, ["backup", "--lang", "en"], env={"PAIDAN_DATABASE_URL": url})
    assert result.exit_code == 2
    assert "pg_dump" in result.output
