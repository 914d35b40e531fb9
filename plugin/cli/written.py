"""A ticket somebody wrote down or exported, in the form of ``tickets.jsonl``, cleaned as one from a helpdesk.

Other people's exports lack things: a time, a title, a body, fields. What is lacking is taken as not said;
only what cannot be a ticket at all is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from plugin.core.text import mask
from plugin.core.ticket import OPENING, FieldValue, Message, Ticket
from plugin.desk.mail import opening_words, own_words
from plugin.desk.markup import html_to_text

LONGEST = 4 * 1024 * 1024
"""Characters of one text, also after ``body_expand``."""
CONCLUSIONS = frozenset({"rank", "flags"})
"""What rules conclude and nobody states: a column of that name is somebody's old result."""
_MARKUP = re.compile(r"\s*<(?:!doctype|html|body|div|p|br|table|span|blockquote)\b[^<]*>", re.IGNORECASE)
_MILLISECONDS = 100_000_000_000
"""Larger numbers are no seconds of this era."""


class NotATicket(ValueError):
    """What was given is no ticket."""


def written_ticket(line: Mapping[str, Any], now: datetime) -> Ticket:
    """The ticket of one line; ``now`` (aware UTC) stands for a time that is nowhere said.

    Raises ``NotATicket``.
    """
    fields, updates = line.get("fields") or {}, line.get("updates") or []
    if not isinstance(fields, Mapping) or not isinstance(updates, list):
        raise NotATicket
    if not any(key in line for key in ("body", "title")):
        raise NotATicket
    times = list(_times(fields.get("received_at"), updates, now))
    opening = Message(OPENING, times[0], mask(opening_words(_words(line))), mask(_text(line.get("title"))))
    later = (
        Message(f"u{n}", at, mask(own_words(_words(update))))
        for n, (at, update) in enumerate(zip(times[1:], updates, strict=True), 1)
    )
    messages = sorted((opening, *later), key=lambda message: message.order)
    return Ticket(_text(line.get("id")) or "-", tuple(messages), _fields(fields))


def _words(part: object) -> str:
    """The body of a ticket or update as plain text, whole."""
    if not isinstance(part, Mapping):
        raise NotATicket
    body, grow = _text(part.get("body")), part.get("body_expand")
    if isinstance(grow, Mapping):
        body = _grown(body, _text(grow.get("marker")), _text(grow.get("unit")), grow.get("times"))
    if len(body) > LONGEST:
        raise NotATicket
    return html_to_text(body) if _MARKUP.match(body) else body


def _grown(body: str, marker: str, unit: str, times: object) -> str:
    if not marker or isinstance(times, bool) or not isinstance(times, int) or times < 0:
        raise NotATicket
    if body.count(marker) * len(unit) * times > LONGEST:
        raise NotATicket
    return body.replace(marker, unit * times)


def _text(value: object) -> str:
    """Text as it stands, a number as written; nothing where nothing is said."""
    if value is None or isinstance(value, list | Mapping):
        return ""
    return str(value)


def _times(opened: object, updates: list[Any], now: datetime) -> Iterator[datetime]:
    """When each message came; one without a time came right after the one before it in the file."""
    said = [_moment(update.get("at")) if isinstance(update, Mapping) else None for update in updates]
    first = _moment(opened) or min((at for at in said if at), default=now)
    yield first
    before = first
    for at in said:
        before = at or before
        yield before


def _moment(written: object) -> datetime | None:
    """ISO 8601 or unix seconds as aware UTC; a time without a zone is UTC; None where it cannot be told."""
    try:
        if isinstance(written, int | float) and not isinstance(written, bool):
            return datetime.fromtimestamp(written / (1000 if written > _MILLISECONDS else 1), UTC)
        at = datetime.fromisoformat(str(written).strip())
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _fields(given: Mapping[str, Any]) -> dict[str, FieldValue]:
    """Fields with a value a condition can ask; what is nested, empty or a conclusion is left out."""
    found: dict[str, FieldValue] = {}
    for name, value in given.items():
        if name in CONCLUSIONS or name == "received_at":
            continue
        if isinstance(value, str | bool | int):
            found[name] = mask(value) if isinstance(value, str) else value
        elif isinstance(value, list) and value and all(isinstance(each, str) for each in value):
            found[name] = tuple(mask(each) for each in value)
    return found
