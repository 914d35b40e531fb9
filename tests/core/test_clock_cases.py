"""The worked clock cases, through the real engine."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from plugin.documents.clock_cases import Case, difference, read_cases

DATA = Path(__file__).parents[1] / "data"
NAMES = ("clock-cases", "clock-combinations")
CASES = [
    case for name in NAMES for case in read_cases(json.loads((DATA / f"{name}.json").read_text("utf-8")))
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_case(case: Case) -> None:
    assert difference(case) is None


def test_the_cases_leave_nothing_uncompared() -> None:
    parts = {"clocks", "fired", "coalesced", "moot", "corrections"}
    assert not [case.id for case in CASES if not parts <= case.expect.keys()]
