"""How often something happened within the last day, as one column of a row keeps it. Pure.

Kept is when it last happened in each hour, and how often in that hour. Times in seconds since 1970.
"""

from __future__ import annotations

import json

HOUR = 3_600.0
DAY = 86_400.0


def added(kept: str | None, at: float, count: int) -> str | None:
    """What is to be kept once it has happened ``count`` times more."""
    hours = _hours(kept, at)
    if count > 0:
        again = hours.pop()[1] if hours and hours[-1][0] // HOUR == at // HOUR else 0
        hours.append((at, again + count))
    return json.dumps(hours, separators=(",", ":")) if hours else None


def counted(kept: str | None, now: float, since: float = 0.0) -> int:
    """How often it happened within the last day, in hours in which it last happened after ``since``."""
    return sum(count for at, count in _hours(kept, now) if at > since)


def _hours(kept: str | None, now: float) -> list[tuple[float, int]]:
    """Those of the last day; what lies ahead was kept before the clock was set back, and counts no more."""
    return [(at, count) for at, count in json.loads(kept or "[]") if now - DAY < at <= now]
