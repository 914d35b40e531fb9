"""The manifest on the command line: printed for a person, checked, and the one source of help of settings."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from plugin.cli import main
from plugin.cli.rewriting import ChangedMeanwhile
from plugin.documents.manifest import shipped
from tests.web.conftest import ROOT

TEXT = (ROOT / "manifest.yaml").read_text("utf-8")


def run(*arguments: object) -> Result:
    more = ["--connectors", str(ROOT / "connectors")]
    return CliRunner().invoke(main, ["manifest", *map(str, arguments), *more], env={"COLUMNS": "160"})


@pytest.mark.parametrize(("language", "words"), [("en", "tells the truth"), ("zh", "与程序一致")])
def test_the_manifest_passes(language: str, words: str) -> None:
    told = run("check", "--lang", language)
    assert (told.exit_code, words in told.output) == (0, True), told.output
    assert json.loads(run("check", "--format", "json").output) == {"ok": True, "problems": []}


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            "en",
            (
                "says default: 8080, in truth it is 8700 (plugin/settings.py:",
                "differences from the program: 1",
            ),
        ),
        ("zh", ("清单写 default: 8080，实际是 8700（plugin/settings.py:", "1 处与程序不一致")),
    ],
)
def test_a_falsehood_is_told_with_its_line_and_what_to_do(
    tmp_path: Path, language: str, words: tuple[str, ...]
) -> None:
    spoilt = tmp_path / "manifest.yaml"
    spoilt.write_text(TEXT.replace("default: 8700", "default: 8080"), "utf-8")
    line = TEXT[: TEXT.index("default: 8700")].count("\n") + 1
    told = run("check", "--file", spoilt, "--lang", language)
    assert told.exit_code == 1
    assert f"manifest.yaml:{line}:" in told.output
    for word in (*words, "[manifest-differs]", "→"):
        assert word in told.output
    (problem,) = json.loads(run("check", "--file", spoilt, "--format", "json").output)["problems"]
    assert (problem["code"], problem["line"]) == ("manifest-differs", line)


def test_platforms_are_written_on_demand(tmp_path: Path) -> None:
    old = tmp_path / "manifest.yaml"
    old.write_text(TEXT.replace("title: Request Tracker", "title: RT"), "utf-8")
    assert run("check", "--file", old, "--write").exit_code == 0
    assert old.read_text("utf-8") == TEXT


def test_what_cannot_be_read_is_said(tmp_path: Path) -> None:
    assert run("check", "--file", tmp_path / "none.yaml").exit_code == 1
    broken = tmp_path / "manifest.yaml"
    broken.write_text(TEXT.replace("\nid: paidan\n", "\n"), "utf-8")
    for command in ("check", "show"):
        told = run(command, "--file", broken)
        assert told.exit_code == 1
        assert "[missing-key]" in told.output


def _another_hand(path: Path, before: bytes, text: str) -> None:
    raise ChangedMeanwhile


def _full_disk(path: Path, before: bytes, text: str) -> None:
    raise OSError(28, "No space left on device")


@pytest.mark.parametrize(
    ("rewrite", "en", "zh"),
    [(_another_hand, "was changed since", "被人改过"), (_full_disk, "No space left", "No space left")],
)
def test_a_manifest_that_cannot_be_written_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rewrite: Callable[..., None], en: str, zh: str
) -> None:
    old = tmp_path / "manifest.yaml"
    old.write_text(TEXT.replace("title: Request Tracker", "title: RT"), "utf-8")
    monkeypatch.setattr("plugin.cli.manifest.rewrite", rewrite)
    for language, words in (("en", en), ("zh", zh)):
        told = run("check", "--file", old, "--write", "--lang", language)
        assert told.exit_code == 1
        assert isinstance(told.exception, SystemExit)
        assert f"{old} " in told.output
        assert words in told.output
        assert "→" in told.output


@pytest.mark.parametrize("language", ["zh", "en"])
def test_it_is_printed_for_a_person(language: str) -> None:
    told = run("show", "--lang", language)
    assert told.exit_code == 0
    for question in shipped().values():
        assert question.name in told.output
        assert question.title.say(language) in told.output
    for word in ("/hooks/<desk>", "/healthz", "Request Tracker", "CommentOnTicket", "url_token"):
        assert word in told.output
    shown = json.loads(run("show", "--format", "json").output)
    assert {each["name"] for each in shown["settings"]} == set(shipped())
    token = next(e for e in shown["platforms"]["request-tracker"]["settings"] if e["name"] == "token")
    assert (token["secret"], token["required"]) == (True, True)


def test_help_and_defaults_of_options_are_the_manifests() -> None:
    told = CliRunner().invoke(main, ["due", "--help"], env={}).output
    told = " ".join(told.split())
    for name in ("PAIDAN_MAPPINGS", "PAIDAN_CONNECTORS", "PAIDAN_LANGUAGE"):
        question = shipped()[name]
        assert question.title.en in told
        assert f"[default: {question.default}]" in told


@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_a_wrong_setting_means_is_told_in_the_manifests_words(language: str) -> None:
    told = CliRunner().invoke(main, ["serve", "--lang", language], env={"PAIDAN_PORT": "99999"})
    question = shipped()["PAIDAN_PORT"]
    assert told.exit_code == 2
    assert question.title.say(language) in told.output
    assert question.help is not None
    assert question.help.say(language) in told.output
