"""How the command line speaks of time: instants people type, and spans as people read them."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from plugin.core.label import Label
from plugin.documents.wording import Language

UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
_SPAN = re.compile(r"(\d{1,9})\s*([smhdw])", re.ASCII)
LAST = int(datetime(9999, 1, 1, tzinfo=UTC).timestamp())
"""What comes after cannot be shown as a date."""
DAYS = Label("{count} 天", "{count} d")


def span_of(text: str) -> int | None:
    """Seconds of ``90s``, ``30m``, ``4h``, ``3d`` or ``2w``; None where the text is no span."""
    found = _SPAN.fullmatch(text.strip())
    return None if found is None else int(found[1]) * UNITS[found[2]]


def instant_of(text: str, now: float, zone: tzinfo) -> int | None:
    """UTC seconds of a span from now, a date (its end) or a local time; None where the text is neither."""
    span = span_of(text)
    if span is None:
        return local_of(text, zone)
    return int(now) + span if now + span < LAST else None


def local_of(text: str, zone: tzinfo) -> int | None:
    """UTC seconds of a date (its end) or a local time; None where the text is neither, or out of reach."""
    try:
        if len(text) == len("2026-12-01"):
            at = datetime.combine(date.fromisoformat(text), time(), zone) + timedelta(days=1)
        else:
            at = datetime.fromisoformat(text)
        found = int((at if at.tzinfo else at.replace(tzinfo=zone)).astimezone(UTC).timestamp())
    except (ValueError, OverflowError):
        return None
    return found if 0 <= found < LAST else None


def beginning_of(text: str, now: float, zone: tzinfo) -> int | None:
    """UTC seconds of a span before now, a date (its beginning) or a local time; None where it is neither."""
    span = span_of(text)
    if span is not None:
        return int(now) - span if span <= now else None
    is_date = len(text) == len("2026-12-01")
    return local_of(f"{text}T00:00" if is_date else text, zone)


def span(seconds: int) -> str:
    """Seconds as ``3d 4h``, ``2h 10m``, ``45s``: the two largest units; a minus before what is over."""
    sign, left = ("-" if seconds < 0 else ""), abs(seconds)
    parts = []
    for unit in ("d", "h", "m", "s"):
        count, left = divmod(left, UNITS[unit])
        if count:
            parts.append(f"{count}{unit}")
    return sign + (" ".join(parts[:2]) or "0s")


def amount(value: int, *, in_days: bool, language: Language) -> str:
    """Open time, or counted days."""
    return DAYS.say(language).format(count=value) if in_days else span(value)
