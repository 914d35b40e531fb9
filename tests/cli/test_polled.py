"""Which desks are asked instead of telling is said by ``paidan check``; in both languages, and as JSON."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner, Result

from plugin.cli import main
from tests.web.conftest import Installed


def check(installed: Installed, *more: str) -> Result:
    folders = [str(installed.mappings), "--connectors", str(installed.connectors)]
    return CliRunner().invoke(main, ["check", *folders, *more], env={"PAIDAN_LANGUAGE": "en"})


def rewrite(installed: Installed, old: str, new: str) -> None:
    text = installed.desk.read_text("utf-8")
    assert old in text
    installed.desk.write_text(text.replace(old, new), "utf-8")


@pytest.mark.parametrize(
    ("language", "line"),
    [
        ("en", "hall: takes no webhooks; its helpdesk is asked what changed every 60 s"),
        ("zh", "hall：不接收 webhook，每 60 秒向工单系统查询变化"),
    ],
)
def test_a_desk_that_is_asked_is_told(installed: Installed, language: str, line: str) -> None:
    assert line not in check(installed, "--lang", language).output
    rewrite(installed, ", url_token: env:HALL_PATH", "")
    assert "missing-setting" in check(installed).output, "webhooks need their secret"
    rewrite(installed, "mode: act", "mode: act\nwebhook: false")
    told = check(installed, "--lang", language)
    assert (told.exit_code, line in told.output) == (0, True)


def test_it_is_told_as_json(installed: Installed) -> None:
    assert json.loads(check(installed, "--format", "json").output)["polled"] == {}
    rewrite(installed, "mode: act", "mode: act\nwebhook: false\nreconcile: {every: 2m}")
    assert json.loads(check(installed, "--format", "json").output)["polled"] == {"hall": 120.0}


def test_a_desk_that_hears_nothing_is_refused(installed: Installed) -> None:
    rewrite(installed, "mode: act", "mode: act\nwebhook: false\nreconcile: false")
    told = check(installed)
    assert told.exit_code == 1
    assert "[hears-nothing]" in told.output


def test_a_connector_no_desk_uses_is_only_read_when_asked(installed: Installed) -> None:
    (installed.connectors / "broken.yaml").write_text("version: [", "utf-8")
    assert check(installed).exit_code == 0
    told = check(installed, "--all-connectors")
    assert told.exit_code == 1
    assert "connectors/broken.yaml:1" in told.output
