"""A case book that cannot keep what is promised is told from one that can, on the servers themselves."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections import namedtuple
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, text

from plugin.casebook import mounts, soundness
from plugin.casebook.database import Database
from plugin.casebook.mounts import file_system
from plugin.casebook.soundness import Server, before_use, clock_difference, in_use, of_clock, of_server
from plugin.casebook.soundness_words import TEXTS, said
from plugin.casebook.tables import chore
from tests.casebook.conftest import Book
from tests.postgres import cluster

WELL = Server(150_004, "on", "on", "on", "off", 100)


def codes(database: Database, *, needed: int = 5, counts_time: bool = True) -> dict[str, bool]:
    """code → whether it endangers a promise"""
    found = before_use(database, needed=needed, counts_time=counts_time)
    return {each.code: each.endangers for each in found}


@pytest.fixture
def on_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(soundness, "file_system", lambda _path: "ext4")


@pytest.fixture
def database(tmp_path: Path) -> Any:
    os.umask(0o027)
    made = Database(f"sqlite:///{tmp_path}/book.db")
    made.prepare()
    yield made
    made.close()
    os.umask(0o022)


class TestPostgresql:
    @pytest.mark.parametrize(
        ("how", "found"),
        [
            ({}, {}),
            ({"fsync": "off"}, {"fsync": True}),
            ({"synchronous_commit": "off"}, {"synchronous-commit": True}),
            ({"synchronous_commit": "local"}, {}),
            ({"full_page_writes": "off"}, {"full-page-writes": False}),
            ({"default_transaction_read_only": "on"}, {"read-only": True}),
            ({"max_connections": "12"}, {"few-connections": False}),
        ],
    )
    def test_what_a_server_of_its_own_says(self, how: dict[str, str], found: dict[str, bool]) -> None:
        with cluster(settings=how) as server:
            database = Database(server.url("postgres"))
            assert codes(database, needed=9) == found
            database.close()

    @pytest.mark.parametrize(
        "limit", ["alter role clerk connection limit 3", "alter database book connection limit 3"]
    )
    def test_a_limit_of_the_user_or_the_database_counts(self, limit: str) -> None:
        with cluster() as server:
            owner = Database(server.url("postgres"))
            with owner.single() as connection:
                for statement in ("create role clerk login", "create database book owner clerk", limit):
                    connection.execute(text(statement))
            database = Database(server.url("book").replace("paidan@", "clerk@"))
            assert codes(database, needed=2) == {}
            assert codes(database, needed=3) == {"few-connections": False}
            database.close()
            owner.close()

    def test_an_old_server(self) -> None:
        assert list(of_server(WELL, 5)) == []
        (found,) = of_server(replace(WELL, version=140_011), 5)
        assert (found.code, found.endangers, found.slots) == ("old-server", True, {"found": 14, "oldest": 15})

    def test_the_difference_of_the_clocks_is_measured(self, book: Book) -> None:
        assert abs(clock_difference(book.database)) < 1
        book.database.ahead = 300
        assert round(clock_difference(book.database)) == (0 if book.database.is_sqlite else 300)
        if not book.database.is_sqlite:
            assert codes(book.database) | {"fsync": True, "full-page-writes": False} == {
                "fsync": True,
                "full-page-writes": False,
                "clocks-apart": True,
            }

    @pytest.mark.parametrize(
        ("ahead", "counts_time", "found"),
        [
            (4.0, True, []),
            (6.0, True, [False]),
            (-6.0, True, [False]),
            (121.0, True, [True]),
            (-121.0, True, [True]),
            (121.0, False, [False]),
        ],
    )
    def test_clocks_far_apart_endanger_only_what_counts_time(
        self, ahead: float, counts_time: bool, found: list[bool]
    ) -> None:
        assert [each.endangers for each in of_clock(ahead, counts_time=counts_time)] == found


@pytest.mark.usefixtures("on_disk")
class TestSqlite:
    def test_one_that_is_well(self, database: Database) -> None:
        assert codes(database) == {}

    @pytest.mark.parametrize(
        ("pragma", "found"),
        [
            ("journal_mode=delete", {"journal-mode": True}),
            ("synchronous=normal", {"synchronous": True}),
            ("synchronous=off", {"synchronous": True}),
            ("synchronous=extra", {}),
        ],
    )
    def test_what_is_really_in_force_counts(
        self, database: Database, pragma: str, found: dict[str, bool]
    ) -> None:
        def otherwise(connection: sqlite3.Connection, _record: Any) -> None:
            connection.execute(f"pragma {pragma}")

        database.engine.dispose()
        event.listen(database.engine, "connect", otherwise)
        assert codes(database) == found

    @pytest.mark.parametrize(
        ("free", "found"),
        [(2 * 2**30, {}), (2**29, {"full-disk": False}), (2**10, {"full-disk": False})],
    )
    def test_the_disk_is_nearly_full(
        self, database: Database, monkeypatch: pytest.MonkeyPatch, free: int, found: dict[str, bool]
    ) -> None:
        usage = namedtuple("usage", "total used free")
        monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage(2**40, 0, free))
        assert codes(database) == found

    @pytest.mark.parametrize(
        ("kind", "found"),
        [
            ("nfs4", {"network-disk": True}),
            ("cifs", {"network-disk": True}),
            ("fuse.sshfs", {"network-disk": True}),
            ("overlay", {"volatile-disk": False}),
            ("tmpfs", {"volatile-disk": False}),
            ("xfs", {}),
            ("", {}),
        ],
    )
    def test_the_kind_of_disk(
        self, database: Database, monkeypatch: pytest.MonkeyPatch, kind: str, found: dict[str, bool]
    ) -> None:
        monkeypatch.setattr(soundness, "file_system", lambda _path: kind)
        assert codes(database) == found

    def test_a_file_everybody_can_read(self, database: Database) -> None:
        assert database.path
        database.path.chmod(0o644)
        assert codes(database) == {"open-to-all": False}


class TestInUse:
    def test_a_row_is_written_for_it(self, book: Book) -> None:
        assert in_use(book.database) == []
        assert [row.name for row in book.rows(chore)] == ["started"]
        assert in_use(book.database) == []

    def test_a_newer_case_book(self, book: Book) -> None:
        with book.database.write() as tx:
            tx.run(text("update alembic_version set version_num = '9999'"))
        assert [(each.code, each.endangers) for each in in_use(book.database)] == [("newer", False)]

    def test_a_slow_disk(self, book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(soundness, "SLOW", 0.0)
        assert [each.code for each in in_use(book.database)] == ["slow-disk"]


class TestMounts:
    LINES = """\
22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
30 22 0:40 / /srv rw - nfs4 files:/srv rw,vers=4.2
31 30 8:2 /x /srv/local\\040disk rw master:3 - xfs /dev/sdb1 rw
32 22 0:41 / /mnt rw - ext4 /dev/sdc1 rw
33 32 0:42 / /mnt rw - cifs //there/share rw
"""

    @pytest.mark.parametrize(
        ("path", "kind"),
        [
            ("/var/lib/book.db", "ext4"),
            ("/srv/book.db", "nfs4"),
            ("/srvx/book.db", "ext4"),
            ("/srv/local disk/book.db", "xfs"),
            ("/mnt/book.db", "cifs"),
        ],
    )
    def test_the_innermost_and_latest_mount_is_meant(self, tmp_path: Path, path: str, kind: str) -> None:
        table = tmp_path / "mountinfo"
        table.write_text(self.LINES, "utf-8")
        assert file_system(Path(path), table) == kind

    def test_here(self) -> None:
        assert file_system(Path("/proc/self")) == "proc"
        assert file_system(Path("/"), Path("/nowhere")) == ""
        assert not mounts.NETWORK & mounts.VOLATILE


def test_every_finding_has_words_that_say_what_to_do() -> None:
    slots = dict.fromkeys(("found", "oldest", "free", "needed", "seconds", "path", "kind", "known"), "7")
    for code in TEXTS:
        for language, grave in (("zh", "不能启动："), ("en", "cannot start: ")):
            line = said(soundness.Finding(code, True, slots), language)
            assert line.startswith(grave)
            assert "→ " in line
            assert line.endswith(f"[{code}]")
            assert "{" not in line
