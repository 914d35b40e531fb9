"""A folder loads whole or not at all; the last good set stays; secrets never show."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from plugin.desk.products import Connectors
from plugin.documents.load import LastGood, load, load_folder
from plugin.documents.redacted import redacted
from plugin.documents.render import as_text, as_values
from plugin.errors import DocumentsInvalid

ROOT = Path(__file__).resolve().parents[2]
PRODUCTS = Connectors(ROOT / "connectors").products
RULES = """version: 1
fields: {people: {type: number}, rank: {type: number}}
steps:
  - step: rank
    bands:
      - {id: crowd, of: people, at: {5: 1}}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "harbour.yaml").write_text(RULES, "utf-8")
    return tmp_path


def test_ids_are_file_names(folder: Path) -> None:
    documents, problems = load(folder, PRODUCTS)
    assert not problems
    assert documents is not None
    assert list(documents.rules) == ["harbour"]


def test_all_mistakes_of_all_files_are_told_at_once(folder: Path) -> None:
    (folder / "rules" / "a.yaml").write_text(
        RULES.replace("crowd,", "big crowd,").replace("number}}", "nubmer}}"), "utf-8"
    )
    (folder / "rules" / "b.yaml").write_text(RULES.replace("version: 1", "version： 1"), "utf-8")
    documents, problems = load(folder, PRODUCTS)
    assert documents is None
    assert [(p.place.file, p.code) for p in problems] == [
        ("rules/a.yaml", "unknown-value"),
        ("rules/a.yaml", "bad-id"),
        ("rules/b.yaml", "fullwidth-colon"),
    ]


def test_the_version_changes_with_any_byte(folder: Path) -> None:
    before = load_folder(folder, PRODUCTS).digest
    (folder / "rules" / "harbour.yaml").write_text(RULES + "# a note\n", "utf-8")
    assert load_folder(folder, PRODUCTS).digest != before


def test_a_bad_version_never_takes_the_place_of_a_good_one(folder: Path) -> None:
    kept = LastGood(folder, PRODUCTS)
    good = kept.running
    (folder / "rules" / "harbour.yaml").write_text(RULES.replace("people, at", "peeple, at"), "utf-8")
    assert not kept.reload()
    assert kept.running == good
    assert kept.refused not in (None, good)
    assert [problem.code for problem in kept.problems] == ["unknown-field"]


def test_a_bad_version_never_blocks_the_next_good_one(folder: Path) -> None:
    kept = LastGood(folder, PRODUCTS)
    first = kept.running
    for text in ("a: [", RULES.replace("5: 1", "10: 1")):
        (folder / "rules" / "harbour.yaml").write_text(text, "utf-8")
        kept.reload()
    assert kept.running != first
    assert kept.refused is None
    assert not kept.problems


def test_there_must_be_something_good_to_begin_with(folder: Path) -> None:
    (folder / "rules" / "harbour.yaml").write_text("a: [", "utf-8")
    with pytest.raises(DocumentsInvalid):
        LastGood(folder, PRODUCTS)


def test_a_missing_folder_is_told(tmp_path: Path) -> None:
    _, problems = load(tmp_path / "nowhere", PRODUCTS)
    assert [problem.code for problem in problems] == ["no-folder"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_a_file_without_rights_is_told(folder: Path) -> None:
    (folder / "rules" / "harbour.yaml").chmod(0)
    _, problems = load(folder, PRODUCTS)
    assert [problem.code for problem in problems] == ["unreadable-file"]


def test_a_folder_named_like_a_file_is_told(folder: Path) -> None:
    (folder / "rules" / "pier.yaml").mkdir()
    _, problems = load(folder, PRODUCTS)
    assert [problem.code for problem in problems] == ["unreadable-file"]


def test_a_file_too_large_is_refused(folder: Path) -> None:
    (folder / "rules" / "harbour.yaml").write_text(RULES + "# nothing\n" * 110_000, "utf-8")
    _, problems = load(folder, PRODUCTS)
    assert [problem.code for problem in problems] == ["too-large"]


def test_examples_are_checked_but_not_active(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "mappings", tmp_path / "mappings")
    loaded = load_folder(tmp_path / "mappings", PRODUCTS)
    assert not [p for p in loaded.problems if p.severity == "error"]
    assert loaded.documents is not None
    assert list(loaded.documents.desks) == []
    example = tmp_path / "mappings" / "desks" / "_roundup.yaml"
    example.write_text(
        example.read_text("utf-8").replace("connector: roundup", "connector: roundabout"), "utf-8"
    )
    assert load_folder(tmp_path / "mappings", PRODUCTS).documents is None


SECRET = "s3cr3t-f00d-b4ss"


@pytest.mark.parametrize(
    "line",
    [
        f"secrets: {{token: {SECRET}}}",
        f"secrets: {{tokn: '{SECRET}', hook: env:HOOK}}",
        f"secrets:\n  token: {SECRET}",
        f"secrets:\n  token:\n    - {SECRET}\n    - env:OLD",
        f"secrets:\n  token：{SECRET}",
        f"secrets:\n\ttoken: {SECRET}",
        f"secrets: {{token: [env:A, {SECRET}]",
        f"secret: {{token: {SECRET}}}",
        f"token: {SECRET}",
        f'secrets: {{token: "{SECRET}}}',
        f"url: https://paidan:{SECRET}@desk.example.org",
        f"notify: {{duty: mailto://x:{SECRET}@mail.example.org}}",
    ],
)
def test_a_secret_is_never_repeated(line: str, tmp_path: Path) -> None:
    (tmp_path / "desks").mkdir()
    (tmp_path / "desks" / "hall.yaml").write_text(f"version: 1\nconnector: roundup\n{line}\n", "utf-8")
    loaded = load_folder(tmp_path, PRODUCTS)
    assert loaded.documents is None
    assert SECRET not in as_text(loaded.problems, loaded.sources, "en") + str(
        as_values(loaded.problems, "zh")
    )


def test_names_of_secrets_stay_readable() -> None:
    text = "secrets: {token: env:RT_TOKEN, hook: file:/run/hook}\nurl: https://desk.example.org/x\n"
    assert redacted(text) == text


def test_a_desk_that_calls_priorities_and_days_by_words_of_its_own(tmp_path: Path) -> None:
    """A priority is raised by the product's order, whatever its name; a day is one of the calendar's zone."""
    folder = tmp_path / "mappings"
    shutil.copytree(ROOT / "mappings", folder)
    shutil.copy(folder / "desks" / "_redmine.yaml", folder / "desks" / "redmine.yaml")
    documents, _ = load(folder, PRODUCTS)
    assert documents is not None
    made = documents.desk_map("redmine")
    assert made.priority_order[:5] == ("低", "普通", "高", "紧急", "立刻")
    assert made.due_zone == "Asia/Shanghai"
