"""How long to wait and what is left, from the headers of an answer."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from plugin.desk.api_shape import LimitShape, Wait

LONGEST_WAIT = 3600.0
"""Seconds; no helpdesk keeps a response plan waiting for longer by one header."""
MILLISECONDS = 1e11
"""A unix time from here on is in milliseconds: in seconds it would be the year 5138."""


@dataclass(frozen=True, slots=True)
class Budget:
    """What the helpdesk says we may still ask of it."""

    remaining: int
    limit: int | None = None
    """Calls allowed in the whole of a window."""
    reset_in: float = 60.0
    """Seconds until all of them are there again."""
    next_in: float | None = None
    """Seconds until there is one again, where none is left and the helpdesk says so."""


def wait_seconds(shape: LimitShape, headers: Mapping[str, str], now: float) -> float | None:
    """Seconds to wait, by the first header that says so; None where none does.

    ``now`` is our clock (unix seconds). An instant is counted from the ``Date`` of the same answer where
    there is one: it is told by the helpdesk's clock, which may differ from ours.
    """
    return _first(shape.wait, headers, now)


def budget(shape: LimitShape, headers: Mapping[str, str], now: float) -> Budget | None:
    """The calls left, where the product tells."""
    remaining = _whole(headers.get((shape.remaining or "").lower()))
    if remaining is None:
        return None
    reset_in = _first(shape.reset, headers, now)
    return Budget(
        max(0, remaining),
        _whole(headers.get((shape.limit or "").lower())),
        shape.window if reset_in is None else reset_in,
        None if remaining > 0 else wait_seconds(shape, headers, now),
    )


def _first(places: Iterable[Wait], headers: Mapping[str, str], now: float) -> float | None:
    said = http_date(headers.get("date", ""))
    theirs = now if said is None else said.timestamp()
    found = (_wait(each, headers.get(each.header.lower(), "").strip(), theirs) for each in places)
    seconds = next((value for value in found if value is not None), None)
    return None if seconds is None else min(max(seconds, 0.0), LONGEST_WAIT)


def _wait(wait: Wait, text: str, now: float) -> float | None:
    if wait.unit == "date":
        at = http_date(text) or _iso(text)
        return None if at is None else at.timestamp() - now
    value = _number(text)
    if value is None or wait.unit == "seconds":
        return value
    return (value / 1000 if value >= MILLISECONDS else value) - now


def _number(text: str) -> float | None:
    """``12``, ``0.5``, ``12s``; of a header that came twice (``12, 30``) the larger."""
    try:
        value = max(float(part.strip().removesuffix("s")) for part in text.split(","))
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _whole(text: str | None) -> int | None:
    try:
        return None if text is None else int(float(text))
    except (ValueError, OverflowError):
        return None


def http_date(text: str) -> datetime | None:
    """The instant of an HTTP date header in any of its three forms (RFC 9110, 5.6.7), aware UTC."""
    try:
        at = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


def _iso(text: str) -> datetime | None:
    """ISO 8601, as some products write it."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at
