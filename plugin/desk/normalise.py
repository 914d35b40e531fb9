"""From the product's answers to the matter: only messages that may be read, no persons, and the state.

Whose words are read: the opening, words from outside, and staff on the scene where the desk names them.
Never our own notes, other notes, system records, quoted earlier mail, signatures or forwarded headers.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Literal

from plugin.core.effects import Snapshot, Target
from plugin.core.text import mask
from plugin.core.ticket import FieldValue, Message, Ticket
from plugin.desk.descriptor import Descriptor, Messages, TargetShape
from plugin.desk.helpdesk import Seen
from plugin.desk.installation import Installation, MatterField
from plugin.desk.mail import opening_words, own_words
from plugin.desk.paths import fill, find_all
from plugin.desk.transforms import Reader, Test, holds, read_all, read_instant, read_one, read_time

Answers = Mapping[str, Any]
"""Read step → its JSON; ``headers`` → read step → its answer's headers in lower case;
``unread`` → how many parts of the ticket were not fetched."""
Value = str | tuple[str, ...] | None
_MARKER = re.compile(r"\bpaidan:([0-9A-Za-z_-]{1,64})")
_NO_TIME = datetime(1970, 1, 1, tzinfo=UTC)


def marker_text(marker: str) -> str:
    """How the id of an action stands in a note."""
    return f"paidan:{marker}"


@dataclass(frozen=True, slots=True)
class _Item:
    """A message with what is needed to tell whose it is; the account never leaves this module."""

    id: str
    at: datetime
    text: str
    whose: Literal["ours", "note", "outside", "scene", "staff"]
    attachments: int


def seen(descriptor: Descriptor, desk: Installation, ticket_id: str, answers: Answers) -> Seen:
    """The ticket's matter and its state."""
    items = list(_items(descriptor.messages, desk, answers))
    return Seen(
        _ticket(descriptor, desk, ticket_id, answers, items),
        snapshot(descriptor, desk, ticket_id, answers, items),
    )


def snapshot(
    descriptor: Descriptor,
    desk: Installation,
    ticket_id: str,
    answers: Answers,
    items: list[_Item] | None = None,
) -> Snapshot:
    """The state alone; without ``items`` no markers are looked for in notes."""
    shape = descriptor.ticket
    merged = _merged_into(descriptor, ticket_id, answers)
    word = read_one(answers, shape.state, answers)
    markers = Counter(_markers(items or [])) | Counter(_field_marker(descriptor, desk, answers))
    return Snapshot(
        values=values(descriptor, desk, answers),
        stamp=read_one(answers, shape.stamp, answers) if shape.stamp else None,
        markers=frozenset(markers),
        marker_counts=dict(markers),
        state="merged" if merged else _state(descriptor, desk, word, answers),
        merged_into=merged,
        changed_at=read_time(answers, shape.changed_at, answers) if shape.changed_at else None,
        touched_at=read_instant(answers, shape.changed_at, answers) if shape.changed_at else None,
        state_word=word,
        owner=_owner(descriptor, desk, answers),
        numbers=_numbers(descriptor, desk, answers),
    )


def _owner(descriptor: Descriptor, desk: Installation, answers: Answers) -> str | None:
    """Not a name: a digest for this desk alone. A ticket we hold ourselves is taken by nobody."""
    shape = descriptor.ticket.owner
    account = read_one(answers, shape, answers) if shape else None
    if account is None or account == desk.settings.get("account"):
        return None
    return sha256(f"{desk.desk}\0{account}".encode()).hexdigest()[:16]


def values(descriptor: Descriptor, desk: Installation, answers: Answers) -> dict[Target, Value]:
    """The value of every target this desk can read, in the words of the desk file."""
    found = {
        name: _target_value(shape, desk, name, answers)
        for name, shape in descriptor.targets.items()
        if field_of(shape, desk, name) is not None or not shape.needs_field
    }
    lists = [name for name in found if isinstance(found[name], tuple)]
    return {**found, **{name: _unclaimed(descriptor, name, found[name], answers) for name in lists}}


def _unclaimed(descriptor: Descriptor, name: Target, listed: Value, answers: Answers) -> Value:
    """Less what another target reads there by its prefix: a label that names a group is no tag."""
    paths = descriptor.targets[name].read.paths
    others = [shape.read for shape in descriptor.targets.values() if shape.read.prefix is not None]
    begins = tuple(
        begin for each in others if each.paths == paths and (begin := fill(each.prefix or "", answers))
    )
    return tuple(each for each in listed or () if not each.startswith(begins))


def _numbers(descriptor: Descriptor, desk: Installation, answers: Answers) -> dict[Target, str]:
    """What stands on the wire for the values that have names."""
    named = {name: shape for name, shape in descriptor.targets.items() if name in desk.words}
    read = {
        name: read_one(answers, shape.read, {**answers, "field": field_of(shape, desk, name)})
        for name, shape in named.items()
    }
    return {name: number for name, number in read.items() if number is not None}


def field_of(shape: TargetShape, desk: Installation, target: Target) -> str | None:
    """The product's field of a target: the desk's, else the product's usual one."""
    return desk.targets.get(target) or shape.field


def _target_value(shape: TargetShape, desk: Installation, name: Target, answers: Answers) -> Value:
    known = {**answers, "field": field_of(shape, desk, name)}
    # a day is no instant anywhere
    reader = replace(shape.read, zone="UTC") if shape.is_by_day else shape.read
    words = desk.words.get(name, {})
    texts = (each.replace("\r\n", "\n") for each in read_all(answers, reader, known))
    found = [words.get(each, each) for each in texts]  # a text area gives its lines back as a browser would
    if shape.read.kind == "list":
        return tuple(sorted(set(found)))
    return found[0] if found else None


def state(
    descriptor: Descriptor, desk: Installation, word: str | None
) -> Literal["open", "paused", "closed", "gone"]:
    """What the product's word for a ticket's state means at this desk."""
    shape = descriptor.ticket
    if word in shape.gone:
        return "gone"
    if word in (shape.closed if desk.closed_states is None else desk.closed_states):
        return "closed"
    return (
        "paused" if word in (shape.paused if desk.paused_states is None else desk.paused_states) else "open"
    )


def _state(
    descriptor: Descriptor, desk: Installation, word: str | None, answers: Answers
) -> Literal["open", "paused", "closed", "gone"]:
    """The same, where the answers may tell more than the word: an organisation has states of its own."""
    found, tests = state(descriptor, desk, word), descriptor.ticket.closed_when
    is_closed = found != "gone" and desk.closed_states is None and _any(tests, answers)
    return "closed" if is_closed else found


def _merged_into(descriptor: Descriptor, ticket_id: str, answers: Answers) -> str | None:
    shape = descriptor.ticket
    into = _id(descriptor, shape.merged_into, answers) or _id(descriptor, shape.id, answers)
    return None if into == ticket_id else into


def _id(descriptor: Descriptor, reader: Reader | None, answers: Answers) -> str | None:
    written = read_one(answers, reader, answers) if reader else None
    return descriptor.receive.ids.canonical(written) if written else None


def _field_marker(descriptor: Descriptor, desk: Installation, answers: Answers) -> list[str]:
    """The marker in its field: it vouches for a note only where one request writes both."""
    shape, note = descriptor.write.marker, descriptor.note
    name = desk.settings.get(shape.setting) if shape else None
    if shape is None or not name or (note is not None and note.request is not None):
        return []
    return read_all(answers, shape.read, {**answers, "field": name})


def _markers(items: list[_Item]) -> Iterator[str]:
    """Markers count only where we wrote them: a stranger's text cannot make a note look written."""
    for item in items:
        if item.whose in ("ours", "note"):
            yield from set(_MARKER.findall(item.text))


def is_public(descriptor: Descriptor, answers: Answers, marker: str) -> bool:
    """Whether the note of an action stands where the public can see it, where the answers hold messages."""
    shape = descriptor.messages
    items = ({**answers, "item": item} for item in find_all(answers, shape.items, answers))
    ours = (each for each in items if marker in _MARKER.findall(read_one(each, shape.text, each) or ""))
    return bool(shape.private) and any(not _any(shape.private, each) for each in ours)


def _items(shape: Messages, desk: Installation, answers: Answers) -> Iterator[_Item]:
    listed = [(item, False) for item in find_all(answers, shape.items, answers)]
    listed += [(item, True) for item in find_all(answers, shape.notes, answers)] if shape.notes else []
    for position, (item, is_note) in enumerate(listed):
        context = {**answers, "item": item}
        if shape.only and not _any(shape.only, context):
            continue
        yield _Item(
            id=read_one(context, shape.id, context) or str(position),
            at=read_time(context, shape.at, context) or _NO_TIME,
            text=read_one(context, shape.text, context) or "",
            whose=_whose(shape, desk, context, private=is_note or _any(shape.private, context)),
            attachments=len(read_all(context, shape.attachments, context)) if shape.attachments else 0,
        )


def _whose(
    shape: Messages, desk: Installation, context: Answers, *, private: bool
) -> Literal["ours", "note", "outside", "scene", "staff"]:
    author = read_one(context, shape.author, context) if shape.author else None
    account = desk.settings.get("account")
    if author is not None and author == account:
        return "ours"
    if author is not None and author in desk.scene_staff:
        return "scene"
    if private and (author is None or not account):
        return "note"
    if not private and _any(shape.outside, context):
        return "outside"
    return "staff"


def _any(tests: tuple[Test, ...], context: Answers) -> bool:
    return any(holds(test, context, context) for test in tests)


def _ticket(
    descriptor: Descriptor, desk: Installation, ticket_id: str, answers: Answers, items: list[_Item]
) -> Ticket:
    title = mask(read_one(answers, descriptor.ticket.title, answers) or "")
    opening, later = _opening(descriptor, answers, items, title)
    read = [item for item in later if item.whose in ("outside", "scene")]
    messages = [Message(item.id, item.at, mask(own_words(item.text))) for item in read]
    spoken = sorted((m for m in messages if m.text), key=lambda m: m.order)
    whole = descriptor.ticket.attachments
    unread = len(read_all(answers, whole, answers)) if whole else 0
    unread += int(answers.get("unread", 0))
    unread += sum(item.attachments for item in items if item in read or item not in later)
    return Ticket(ticket_id, (opening, *spoken), _fields(descriptor, desk, answers), unread)


def _opening(
    descriptor: Descriptor, answers: Answers, items: list[_Item], title: str
) -> tuple[Message, list[_Item]]:
    """The opening, and the messages after it."""
    ordered = sorted(items, key=lambda item: (item.at, len(item.id), item.id))
    first = ordered[0] if ordered else None
    shape = descriptor.messages.opening
    created = descriptor.ticket.created_at
    at = read_time(answers, created, answers) if created else None
    if shape is None:
        words = mask(opening_words(first.text)) if first else ""
        return Message("opening", (first.at if first else at) or _NO_TIME, words, title), ordered[1:]
    text = read_one(answers, shape.text, answers) or ""
    at = read_time(answers, shape.at, answers) or at or _NO_TIME
    again = shape.repeated and first is not None and first.text.strip() == text.strip()
    return Message("opening", at, mask(opening_words(text)), title), ordered[1:] if again else ordered


def _fields(descriptor: Descriptor, desk: Installation, answers: Answers) -> dict[str, FieldValue]:
    found = {name: _field(descriptor, field, answers) for name, field in desk.fields.items()}
    return {name: value for name, value in found.items() if value is not None}


def _field(descriptor: Descriptor, field: MatterField, answers: Answers) -> FieldValue | None:
    reader: Reader | None = descriptor.ticket.field
    if reader is None or not field.source or field.source.split(".")[0] in descriptor.ticket.persons:
        return field.default
    found = [mask(each) for each in read_all(answers, reader, {**answers, "field": field.source})]
    words = [field.words.get(each, each) for each in found]
    if not words:
        return field.default
    return words[0] if len(words) == 1 else tuple(words)
