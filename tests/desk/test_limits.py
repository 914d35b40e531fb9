"""How long to wait, by whatever header says so."""

from __future__ import annotations

import pytest

from plugin.desk.descriptor import LimitShape, Wait
from plugin.desk.limits import LONGEST_WAIT, budget, http_date, wait_seconds

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
    ({}, None),
]


@pytest.mark.parametrize(("headers", "seconds"), WAITS)
def test_wait(headers: dict[str, str], seconds: float | None) -> None:
    assert wait_seconds(ALL, headers, NOW) == seconds


def test_budget() -> None:
    found = budget(ALL, {"x-left": "4", "x-limit": "60"})
    assert found is not None
    assert (found.remaining, found.limit) == (4, 60)
    assert budget(ALL, {"x-left": "many"}) is None
    assert budget(LimitShape(), {"x-left": "4"}) is None


@pytest.mark.parametrize("text", ["", "yesterday", "Mon, 99 Nov 2026", "2026-11-23"])
def test_no_date(text: str) -> None:
    assert http_date(text) is None
