"""Numbers and instants of facts: what a range or ``within`` compares."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from plugin.core.facts import Fact

_CLOCK = re.compile(r"([01]?\d|2[0-4]):([0-5]\d)", re.ASCII)
_DIGITS = re.compile(r"-?\d{1,15}", re.ASCII)


def number(fact: Fact) -> float | None:
    """A fact's number for a range; a time of day in minutes, a duration in seconds; None if it has none.

    Helpdesks hand numbers of custom fields over as text, so ``"12"`` is 12.
    """
    value = fact.value
    if value.__class__ is int:
        return value
    if isinstance(value, str):
        return _number_of_text(value)
    return fact.number


def instant(fact: Fact) -> datetime | None:
    """The instant an ISO 8601 text names, aware; without an offset it is UTC. None if it is no instant."""
    if not isinstance(fact.value, str):
        return None
    try:
        then = datetime.fromisoformat(fact.value)
    except ValueError:
        return None
    return then if then.tzinfo else then.replace(tzinfo=UTC)


def minutes_of_day(text: str) -> int | None:
    """``18:30`` → 1110; None where the text is no time of day."""
    match = _CLOCK.fullmatch(text)
    return None if match is None else int(match[1]) * 60 + int(match[2])


def _number_of_text(text: str) -> float | None:
    text = text.strip()
    if _DIGITS.fullmatch(text):
        return int(text)
    minutes = minutes_of_day(text)
    if minutes is not None:
        return minutes
    try:
        then = datetime.fromisoformat(text)
    except ValueError:
        return None
    return then.hour * 60 + then.minute
