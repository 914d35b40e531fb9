"""The settings of the environment: a case book named by a file, and what cannot be used said by name."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner
from pydantic import ValidationError

from plugin.cli import main
from plugin.settings import Settings
from tests.web.conftest import ROOT


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("sqlite:////var/lib/paidan/paidan.db", "sqlite:////var/lib/paidan/paidan.db"),
        ("postgresql+psycopg://paidan@db/paidan", "postgresql+psycopg://paidan@db/paidan"),
        ("postgresql://paidan:a%40b@db/paidan", "postgresql+psycopg://paidan:a%40b@db/paidan"),
    ],
)
def test_a_case_book_is_named_by_the_setting_or_by_a_file(given: str, meant: str, tmp_path: Path) -> None:
    assert Settings.from_env({"PAIDAN_DATABASE_URL": given}).database_url == meant
    file = tmp_path / "url"
    file.write_text(f"{given}\n", "utf-8")
    assert Settings.from_env({"PAIDAN_DATABASE_URL": f"file:{file}"}).database_url == meant


@pytest.mark.parametrize(
    "given", ["paidan.db", "mysql://db/paidan", "file:/not/there", "file:/proc/self/mem"]
)
def test_what_no_case_book_can_be_in_is_refused(given: str) -> None:
    with pytest.raises(ValidationError):
        Settings.from_env({"PAIDAN_DATABASE_URL": given})


@pytest.mark.parametrize("command", ["serve", "web", "worker", "due"])
@pytest.mark.parametrize("word", ["不能用", "cannot be used"])
def test_a_setting_that_cannot_be_used_is_said_by_name(command: str, word: str) -> None:
    language = ["--lang", "zh" if word == "不能用" else "en"]
    documents = ["--mappings", str(ROOT / "mappings"), "--connectors", str(ROOT / "connectors")]
    more = documents if command == "due" else []
    answer = CliRunner().invoke(main, [command, *more, *language], env={"PAIDAN_DATABASE_URL": "paidan.db"})
    assert answer.exit_code == 2
    assert "PAIDAN_DATABASE_URL" in answer.output
    assert word in answer.output


def test_the_manifest_lists_every_setting() -> None:
    listed = yaml.safe_load((ROOT / "manifest.yaml").read_text("utf-8"))["settings"]
    assert set(listed) == {f"PAIDAN_{name.upper()}" for name in Settings.model_fields}
    for name, field in Settings.model_fields.items():
        assert str(listed[f"PAIDAN_{name.upper()}"]["default"]) == str(field.default)
