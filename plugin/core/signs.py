"""Signs: what in the helpdesk stands for an event of the plan (a state, a tag, a field, a new owner).

A person answers in the helpdesk, not to us: that somebody took the ticket, or set it to "told", is read
from the ticket itself, also where the webhook that spoke of it was lost.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from plugin.core.effects import Snapshot
from plugin.core.ticket import FieldValue


@dataclass(frozen=True, slots=True)
class Sign:
    """One event and what shows it; exactly one of the ways is given."""

    event: str
    state: str | None = None
    """The helpdesk's own word for the state."""
    tag: str | None = None
    field: str | None = None
    """A field the desk file declares; ``value`` is the rules' word, none: any value."""
    value: str | None = None
    owner: Literal["taken"] | None = None
    """Somebody took the ticket; another one taking it is a new event."""


def shown(sign: Sign, snapshot: Snapshot, fields: Mapping[str, FieldValue]) -> str | None:
    """What the ticket shows of a sign just now; None: nothing. Another text is another event."""
    if sign.state is not None:
        return "1" if snapshot.state_word == sign.state else None
    if sign.tag is not None:
        return "1" if sign.tag in (snapshot.values.get("tags") or ()) else None
    if sign.field is not None:
        return _field(fields.get(sign.field), sign.value)
    return snapshot.owner


def _field(found: FieldValue | None, wanted: str | None) -> str | None:
    words = () if found is None else found if isinstance(found, tuple) else (found,)
    texts = [str(word) for word in words if str(word)]
    if wanted is not None:
        return "1" if wanted in texts else None
    return "1" if texts else None


def new_signs(
    signs: Iterable[Sign], snapshot: Snapshot, fields: Mapping[str, FieldValue], before: Mapping[str, str]
) -> Iterator[str]:
    """The events whose sign has come since ``before`` (event → what was shown at the last read)."""
    for event, now in all_shown(signs, snapshot, fields).items():
        if before.get(event) != now:
            yield event


def all_shown(signs: Iterable[Sign], snapshot: Snapshot, fields: Mapping[str, FieldValue]) -> dict[str, str]:
    """Event → what the ticket shows of it; any of several signs of one event will do."""
    found: dict[str, str] = {}
    for sign in signs:
        value = shown(sign, snapshot, fields)
        if value is not None:
            found[sign.event] = found.get(sign.event, "") + value
    return found
