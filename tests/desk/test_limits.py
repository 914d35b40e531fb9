"""How long to wait, by whatever header says so."""

from __future__ import annotations

from dataclasses import replace

import pytest

from plugin.desk.api_shape import LimitShape, Wait
from plugin.desk.limits import LONGEST_WAIT, Budget, budget, http_date, wait_seconds

NOW = 1_795_454_613.0
ALL = LimitShape(
    wait=(Wait("Retry-After", "seconds"), Wait("Retry-After", "date"), Wait("X-Reset", "epoch")),
    remaining="X-Left",
    limit="X-Limit",
)
WAITS = [
    ({"retry-after": "12"}, 12.0),
    ({"retry-after": "0.5"}, 0.5),
    ({"retry-after": "Mon, 23 Nov 2026 17:23:43 GMT"}, 10.0),
    ({"retry-after": "Mon, 23 Nov 2026 17:23:03 GMT"}, 0.0),
    ({"x-reset": str(NOW + 30)}, 30.0),
    ({"retry-after": "soon", "x-reset": str(NOW + 30)}, 30.0),
    ({"retry-after": "-5"}, 0.0),
    ({"retry-after": "99999999"}, LONGEST_WAIT),
    ({"retry-after": "nan"}, None),
    ({"retry-after": "inf"}, None),
    ({"retry-after": ""}, None),
    ({"retry-after": " 12 "}, 12.0),
    ({"retry-after": "12s"}, 12.0),
    ({"retry-after": "12, 30"}, 30.0),
    ({"retry-after": "Monday, 23-Nov-26 17:23:43 GMT"}, 10.0),
    ({"retry-after": "Mon Nov 23 17:23:43 2026"}, 10.0),
    ({"retry-after": "Mon, 23 Nov 2026 18:23:43 +0100"}, 10.0),
    ({"retry-after": "2026-11-23T17:23:43Z"}, 10.0),
    ({"retry-after": "2026-11-23T17:23:43.5+00:00"}, 10.5),
    ({"x-reset": str((NOW + 30) * 1000)}, 30.0),
    ({}, None),
]
FAST = {"date": "Mon, 23 Nov 2026 17:25:33 GMT"}
"""A helpdesk whose clock is two minutes ahead of ours."""


@pytest.mark.parametrize(("headers", "seconds"), WAITS)
def test_wait(headers: dict[str, str], seconds: float | None) -> None:
    assert wait_seconds(ALL, headers, NOW) == seconds


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "12"}, 12.0),
        ({"retry-after": "Mon, 23 Nov 2026 17:25:43 GMT"}, 10.0),
        ({"x-reset": str(NOW + 130)}, 10.0),
        ({"retry-after": "Mon, 23 Nov 2026 17:24:43 GMT"}, 0.0),
    ],
)
def test_an_instant_is_counted_by_the_clock_that_tells_it(headers: dict[str, str], seconds: float) -> None:
    assert wait_seconds(ALL, {**headers, **FAST}, NOW) == seconds
    assert wait_seconds(ALL, {**headers, "date": "yesterday"}, NOW) == wait_seconds(ALL, headers, NOW)


def test_budget() -> None:
    assert budget(ALL, {"x-left": "4", "x-limit": "60"}, NOW) == Budget(4, 60, 60.0)
    assert budget(ALL, {"x-left": "many"}, NOW) is None
    assert budget(LimitShape(), {"x-left": "4"}, NOW) is None


@pytest.mark.parametrize(
    ("headers", "left"),
    [
        ({"x-left": "4", "x-full": "20"}, Budget(4, None, 20.0)),
        ({"x-left": "4", "x-full": "2026-11-23T17:25:53Z", **FAST}, Budget(4, None, 20.0)),
        ({"x-left": "4"}, Budget(4, None, 300.0)),
        ({"x-left": "0", "x-full": "90", "retry-after": "3"}, Budget(0, None, 90.0, 3.0)),
        ({"x-left": "-1", "x-full": "90"}, Budget(0, None, 90.0)),
        ({"x-left": "4", "retry-after": "3"}, Budget(4, None, 300.0)),
    ],
)
def test_when_the_calls_are_there_again(headers: dict[str, str], left: Budget) -> None:
    shape = replace(ALL, reset=(Wait("X-Full", "seconds"), Wait("X-Full", "date")), window=300.0)
    assert budget(shape, headers, NOW) == left


@pytest.mark.parametrize("text", ["", "yesterday", "Mon, 99 Nov 2026", "2026-11-23"])
def test_no_date(text: str) -> None:
    assert http_date(text) is None
