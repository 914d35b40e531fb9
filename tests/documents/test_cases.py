"""Every problem code has a case that shows it: the file and what the admin sees, in English and Chinese."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from plugin.documents.wording import TEXTS, Language
from tests.documents.case_folder import ERR, OK, cases, shown

UPDATE = os.environ.get("GOLDEN") == "update"
"""``GOLDEN=update pytest tests/documents`` rewrites what is expected; read the difference, then keep it."""
NO_FILE_SHOWS = {
    "too-large",
    "no-folder",
    "unreadable-file",
    "secret-unset",
    "secret-unreadable",
    "secret-lines",
    "secret-open",
    "bad-ca",
    "no-check",
    "calendar-ends",
    "calendar-ended",
    "nobody-on-duty",
    "manifest-missing",
    "manifest-unknown",
    "manifest-differs",
    "manifest-one-language",
}
"""Problems of the place a file runs at, or of the program, which no case can hold; each has its own test."""


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("case", cases(ERR), ids=lambda case: case.stem)
def test_a_mistake_is_told_as_expected(case: Path, language: Language, tmp_path: Path) -> None:
    expected = case.with_name(case.stem + (".out" if language == "en" else ".zh.out"))
    found = shown(case, tmp_path, language)
    if UPDATE:
        expected.write_text(found, "utf-8")
    assert found == expected.read_text("utf-8")
    assert f"[{case.stem}]" in found


@pytest.mark.parametrize("case", cases(OK), ids=lambda case: case.stem)
def test_what_is_right_is_met_with_silence(case: Path, tmp_path: Path) -> None:
    assert shown(case, tmp_path, "en") == ""


def test_every_code_has_a_case_and_every_case_a_code() -> None:
    assert {case.stem for case in cases(ERR)} | NO_FILE_SHOWS == set(TEXTS)
