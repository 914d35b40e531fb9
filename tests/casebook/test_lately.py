"""How often something happened within the last day, hour by hour, in one column."""

from __future__ import annotations

import json

from plugin.casebook.lately import DAY, HOUR, added, counted

NOON = 500_000 * HOUR + 1800.0


def test_what_is_older_than_a_day_counts_no_more() -> None:
    kept = added(added(None, NOON, 3), NOON + HOUR, 2)
    assert counted(kept, NOON + HOUR) == 5
    assert counted(kept, NOON + DAY) == 2
    assert counted(kept, NOON + DAY + HOUR) == 0
    assert added(kept, NOON + 2 * DAY, 0) is None


def test_what_came_since_is_told_apart_by_the_hour() -> None:
    kept = added(added(None, NOON, 3), NOON + HOUR, 2)
    assert counted(kept, NOON + HOUR, since=NOON) == 2
    assert counted(kept, NOON + HOUR, since=NOON + HOUR) == 0


def test_it_stays_short_however_often_it_happens() -> None:
    kept: str | None = None
    for minute in range(3 * 24 * 60):
        kept = added(kept, NOON + minute * 60.0, 1)
    assert len(json.loads(kept or "")) <= 25
    assert abs(counted(kept, NOON + 3 * DAY) - 24 * 60) <= 60


def test_a_clock_that_was_set_back_leaves_nothing_behind() -> None:
    kept = added(None, NOON + 5 * DAY, 3)
    assert counted(kept, NOON) == 0
    assert counted(added(kept, NOON, 1), NOON) == 1
