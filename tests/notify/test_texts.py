"""Every kind of message as people get it: pairs of files, zh and en, in full, by SMS, several in one."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import pytest

from plugin.notify.messages import Notice
from plugin.notify.pages import pages
from plugin.notify.wording import TEXTS
from tests.notify.samples import EVERY, SEVERAL, speech

TEXT_FILES = Path(__file__).parent / "texts"
CASES: dict[str, tuple[Notice, ...]] = {name: (notice,) for name, notice in EVERY.items()} | {
    "several": SEVERAL
}


def shown(notices: tuple[Notice, ...], language: Literal["zh", "en"]) -> str:
    """As a mail, then as an SMS."""
    said = []
    for most in (32_768, 160):
        for page in pages(notices, speech(language), most):
            said.append(f"[{page.subject}]\n{page.text}\n")
    return "\n".join(said)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("name", CASES)
def test_what_people_read(name: str, language: Literal["zh", "en"]) -> None:
    assert shown(CASES[name], language) == (TEXT_FILES / f"{name}.{language}.txt").read_text("utf-8")


def test_every_case_has_its_files_and_no_file_is_left_over() -> None:
    assert {path.name for path in TEXT_FILES.iterdir()} == {
        f"{name}.{language}.txt" for name in CASES for language in ("zh", "en")
    }


def test_both_languages_have_the_same_slots() -> None:
    from string import Formatter

    for code, text in TEXTS.items():
        slots = [{slot for _, slot, _, _ in Formatter().parse(each) if slot} for each in text]
        assert slots[0] == slots[1], code


def test_every_text_of_the_table_is_used() -> None:
    source = "".join(
        (Path(__file__).parents[2] / "plugin" / "notify" / name).read_text("utf-8")
        for name in ("letters.py", "pages.py", "wording.py")
    )
    built = {"late_stopped", "late_unreadable", "late_undelivered", "not_missed", "not_due"}
    assert not [code for code in TEXTS if code not in built and source.count(f'"{code}"') < 2]
