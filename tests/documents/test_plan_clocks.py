"""Clocks of a plan that could never do what they say."""

from __future__ import annotations

from pathlib import Path

import pytest

from plugin.documents.load import load_folder
from tests.documents.case_folder import ERR

STOPS = "stop: [closed, opened]"


@pytest.mark.parametrize(
    ("warn", "codes"), [("[50, 100]", []), ("[175]", ["out-of-range"]), ("[0]", ["out-of-range"])]
)
def test_a_warning_comes_within_the_time(tmp_path: Path, warn: str, codes: list[str]) -> None:
    text = (ERR / "starts-and-stops.yaml").read_text("utf-8")
    assert STOPS in text
    plans = tmp_path / "plans"
    plans.mkdir()
    sound = text.replace(STOPS, "stop: [closed]").replace("warn: [50]", f"warn: {warn}")
    (plans / "starts-and-stops.yaml").write_text(sound, "utf-8")
    assert [problem.code for problem in load_folder(tmp_path, {}).problems] == codes
