"""How long to wait and what is left, from the headers of an answer."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from plugin.desk.descriptor import LimitShape, Wait

LONGEST_WAIT = 3600.0
"""Seconds; no helpdesk keeps a response plan waiting for longer by one header."""


@dataclass(frozen=True, slots=True)
class Budget:
    """What the helpdesk says we may still ask of it."""

    remaining: int
    limit: int | None = None


def wait_seconds(shape: LimitShape, headers: Mapping[str, str], now: float) -> float | None:
    """Seconds to wait, by the first header that says so; None where none does."""
    found = (_wait(each, headers.get(each.header.lower(), ""), now) for each in shape.wait)
    seconds = next((value for value in found if value is not None), None)
    return None if seconds is None else min(max(seconds, 0.0), LONGEST_WAIT)


def _wait(wait: Wait, text: str, now: float) -> float | None:
    if wait.unit == "date":
        at = http_date(text)
        return None if at is None else at.timestamp() - now
    try:
        value = float(text)
    except ValueError:
        return None
    if not math.isfinite(value):
        return None
    return value if wait.unit == "seconds" else value - now


def budget(shape: LimitShape, headers: Mapping[str, str]) -> Budget | None:
    """The calls left, where the product tells."""
    remaining = _whole(headers.get((shape.remaining or "").lower()))
    return None if remaining is None else Budget(remaining, _whole(headers.get((shape.limit or "").lower())))


def _whole(text: str | None) -> int | None:
    try:
        return None if text is None else int(float(text))
    except (ValueError, OverflowError):
        return None


def http_date(text: str) -> datetime | None:
    """The instant of an HTTP date header, aware UTC."""
    try:
        at = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
