"""What a start says of the place it is in, and when it does not begin."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from plugin.app.start_check import NotSound, judged, of_folders
from plugin.casebook.soundness import Finding
from plugin.cli import main
from plugin.settings import Settings
from tests.postgres import Cluster
from tests.web.conftest import ROOT, Installed
from tests.web.processes import processes, until


def started(installed: Installed, role: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """A start that is to be refused."""
    env = {**os.environ, **installed.environ(0), "PYTHONPATH": str(ROOT), **environ}
    command = [sys.executable, "-m", "plugin", role]
    return subprocess.run(
        command, env=env, cwd=installed.folder, capture_output=True, text=True, timeout=60, check=False
    )


@pytest.mark.parametrize("role", ["web", "worker"])
@pytest.mark.parametrize(
    ("language", "words", "risk"),
    [
        ("en", "cannot start: PostgreSQL runs with fsync off", "bear the risk"),
        ("zh", "不能启动：", "明知风险"),
    ],
)
def test_a_server_that_may_lose_what_was_accepted_ends_the_start(
    installed: Installed, postgres: Cluster, role: str, language: str, words: str, risk: str
) -> None:
    url = postgres.fresh()
    more = {"PAIDAN_DATABASE_URL": url, "PAIDAN_LANGUAGE": language, "PAIDAN_ACCEPT_RISKS": ""}
    ended = started(installed, role, **more)
    postgres.drop(url)
    assert ended.returncode == 1
    told = [line for line in ended.stderr.splitlines() if not line.startswith("{")]
    assert told[0].startswith(words)
    assert told[0].endswith("[fsync]")
    assert told[1].endswith("[full-page-writes]")
    assert risk in told[-1]
    assert told[-1].endswith("PAIDAN_ACCEPT_RISKS=fsync")
    assert len(told) == 3, told


def test_who_takes_the_risk_upon_himself_is_warned_once_and_begins(
    installed: Installed, postgres: Cluster
) -> None:
    url = postgres.fresh()
    with processes(installed, url) as run:
        run.start("web")
        run.ready("web")
        assert run.log("web").count("warning: PostgreSQL runs with fsync off") == 1
    postgres.drop(url)


def test_a_case_book_everybody_can_read_is_warned_of_and_served(installed: Installed) -> None:
    with processes(installed, f"sqlite:///{installed.folder}/paidan.db") as run:
        (installed.folder / "paidan.db").touch(0o644)
        (installed.folder / "paidan.db").chmod(0o644)
        run.start("serve")
        until(lambda: "[open-to-all]" in run.log("serve"), lambda: run.log("serve"))
        run.ready("serve")


def test_what_is_borne_only_warns_and_anything_else_ends_it() -> None:
    one, other = Finding("fsync", True), Finding("read-only", True)
    borne = Settings.model_validate({"accept_risks": "fsync, newer"})
    assert [each.endangers for each in judged([one, Finding("newer")], borne)] == [False, False]
    with pytest.raises(NotSound) as refused:
        judged([one, other], borne)
    assert [(each.code, each.endangers) for each in refused.value.findings] == [
        ("fsync", False),
        ("read-only", True),
    ]


@pytest.fixture
def folders(tmp_path: Path) -> Settings:
    for name in ("mappings", "copies"):
        (tmp_path / name).mkdir(0o755)
    given = {"mappings": tmp_path / "mappings", "feed_copies": tmp_path / "copies"}
    return Settings.model_validate({**given, "heartbeat": str(tmp_path / "beat")})


class TestFolders:
    def codes(self, settings: Settings, *, has_feeds: bool = True) -> list[str]:
        return [each.code for each in of_folders(settings, has_feeds=has_feeds)]

    def test_all_is_well(self, folders: Settings) -> None:
        assert self.codes(folders) == []

    def test_documents_everybody_may_change(self, folders: Settings) -> None:
        folders.mappings.chmod(0o777)
        assert self.codes(folders) == ["mappings-open"]

    @pytest.mark.parametrize("where", ["/proc/copies", "/proc/1"])
    def test_copies_nobody_can_write(
        self, folders: Settings, where: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(os, "access", lambda path, _how: not str(path).startswith("/proc"))
        changed = folders.model_copy(update={"feed_copies": Path(where)})
        assert self.codes(changed) == ["no-copies"]
        assert self.codes(changed, has_feeds=False) == []

    @pytest.mark.parametrize(
        ("beat", "found"),
        [("https://beat.example.org/x", []), ("/nowhere/beat", ["no-heartbeat"]), ("", [])],
    )
    def test_a_heartbeat_that_cannot_be_given(self, folders: Settings, beat: str, found: list[str]) -> None:
        assert self.codes(folders.model_copy(update={"heartbeat": beat})) == found


@pytest.mark.parametrize("form", ["text", "json"])
def test_paidan_check_says_the_same_beforehand(installed: Installed, postgres: Cluster, form: str) -> None:
    url = postgres.fresh()
    folders = [str(installed.mappings), "--connectors", str(installed.connectors)]

    def checked(risks: str) -> Result:
        env = {"PAIDAN_DATABASE_URL": url, "PAIDAN_ACCEPT_RISKS": risks}
        return CliRunner().invoke(main, ["check", *folders, "--case-book", "--format", form], env=env)

    found = [checked(""), checked("fsync")]
    postgres.drop(url)
    assert [each.exit_code for each in found] == [1, 0], found[1].output
    assert "cannot start: PostgreSQL runs with fsync off" in found[0].output
    assert "warning: PostgreSQL runs with fsync off" in found[1].output


def test_paidan_check_makes_no_case_book_and_asks_none_that_is_away(installed: Installed) -> None:
    file = installed.folder / "paidan.db"
    folders = [str(installed.mappings), "--connectors", str(installed.connectors), "--case-book"]
    env = {"PAIDAN_DATABASE_URL": f"sqlite:///{file}"}
    first = CliRunner().invoke(main, ["check", *folders], env=env)
    assert (first.exit_code, file.exists()) == (0, False)
    assert "there is none yet" in first.output
    file.write_bytes(b"no database" * 100)
    second = CliRunner().invoke(main, ["check", *folders], env=env)
    assert second.exit_code == 1
    assert "cannot be opened" in second.output
