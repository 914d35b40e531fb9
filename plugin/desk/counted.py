"""Calls to helpdesks, counted by this process since it started: for ``/metrics``."""

from __future__ import annotations

from prometheus_client import Counter, Histogram

from plugin.errors import (
    AccessDenied,
    Busy,
    Conflict,
    Faulty,
    HelpdeskError,
    NotFound,
    NotSent,
    OutOfTime,
    Rejected,
    Withheld,
)

CALLS = Counter("paidan_api_calls", "Calls to a helpdesk, by how they ended", ["desk", "method", "outcome"])
SECONDS = Histogram(
    "paidan_api_call_seconds",
    "How long a helpdesk took to answer",
    ["desk"],
    buckets=(0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0),
)
RETRIES = Counter("paidan_api_retries", "Tries that failed and are made again", ["desk"])
OUTCOMES: tuple[tuple[type[HelpdeskError], str], ...] = (
    (Busy, "busy"),
    (Conflict, "conflict"),
    (AccessDenied, "denied"),
    (NotFound, "not_found"),
    (Withheld, "withheld"),
    (OutOfTime, "out_of_time"),
    (NotSent, "not_sent"),
    (Rejected, "rejected"),
    (Faulty, "faulty"),
)


def outcome_of(error: HelpdeskError | None) -> str:
    """The word an ending is counted under; ``unreachable`` where no answer came."""
    if error is None:
        return "ok"
    return next((word for kind, word in OUTCOMES if isinstance(error, kind)), "unreachable")


def count(desk: str, method: str, error: HelpdeskError | None, seconds: float) -> None:
    """One call has ended."""
    CALLS.labels(desk, method, outcome_of(error)).inc()
    SECONDS.labels(desk).observe(seconds)
