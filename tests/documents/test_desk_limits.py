"""``limits`` of a desk file: what may be said, and where a wrong value is told of."""

from __future__ import annotations

from pathlib import Path

import pytest

from plugin.documents.desks import build_desk
from plugin.documents.problems import Problems
from plugin.documents.source import compose

TEXT = (Path(__file__).parents[1] / "cases" / "ok" / "desk-limits.yaml").read_text("utf-8")


def built(limits: str) -> tuple[tuple[int | None, int | None] | None, list[tuple[str, int]]]:
    """(at once, per minute), and (code, line) of every problem."""
    text = TEXT.partition("limits:")[0] + (f"limits: {limits}\n" if limits else "")
    problems = Problems()
    desk = build_desk("hall", compose(text, "desks/hall.yaml"), problems)
    found = [(each.code, each.place.line) for each in problems]
    return None if desk is None else (desk.at_once, desk.per_minute), found


@pytest.mark.parametrize(
    ("limits", "means"),
    [
        ("", (None, None)),
        ("{at_once: 2, per_minute: 60}", (2, 60)),
        ("{at_once: 1}", (1, None)),
        ("{per_minute: 6}", (None, 6)),
    ],
)
def test_what_may_be_said(limits: str, means: tuple[int | None, int | None]) -> None:
    assert built(limits) == (means, [])


@pytest.mark.parametrize(
    ("limits", "code"),
    [
        ("{at_once: 0}", "out-of-range"),
        ("{per_minute: 5}", "out-of-range"),
        ("{per_minute: 1.5}", "out-of-range"),
        ("{at_once: 2.5}", "not-whole"),
        ("{per_hour: 100}", "unknown-key"),
    ],
)
def test_what_may_not(limits: str, code: str) -> None:
    desk, found = built(limits)
    assert desk is None
    assert [each for each, _ in found] == [code]
    assert found[0][1] == TEXT.count("\n")
