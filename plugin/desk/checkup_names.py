"""The names a desk file uses against the helpdesk's live lists: groups, priorities, states, fields."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from typing import Any

from plugin.core.effects import DeskMap, Target
from plugin.core.guards import refuse_name
from plugin.desk.connector import Connector
from plugin.desk.descriptor import TargetShape
from plugin.desk.findings import Finding, bad, good, warn
from plugin.desk.lists import Entry, listed_by
from plugin.errors import AccessDenied, NotFound, Rejected

NEAR = 0.6
"""Likeness from which a name is told as the one that may be meant."""
FIELD_TYPES: Mapping[Target, tuple[str, ...]] = {
    "level": ("date", "user", "bool", "checkbox"),
    "reason": ("date", "user", "bool", "checkbox"),
    "breach": ("date", "user"),
    "tags": ("date", "user", "bool", "checkbox"),
}
"""Parts of a field type's name with which the value cannot be in it."""
DUE_TYPES = ("date", "time", "text", "string", "varchar")
"""A due time is in a date's field, or written out in a text's."""


def check_names(connector: Connector, map_: DeskMap) -> Iterator[Finding]:
    """Every name that is not there (any more), with the nearest that is. Raises a ``HelpdeskError``."""
    checked = 0
    for what, kind, used in _used(connector, map_):
        entries, denied = _entries(connector, kind)
        if denied:
            is_needed = listed_by(connector.descriptor, connector.desk, what) == kind
            yield (bad if is_needed else warn)("list-denied", list=kind)
        elif entries:
            checked += len(used)
            yield from _gone(connector, what, used, entries)
    fields, denied = _entries(connector, "fields")
    if fields and not denied:
        yield from _fields(connector, map_, fields)
    if checked:
        yield good("names", count=checked)


def _entries(connector: Connector, kind: Any) -> tuple[tuple[Entry, ...], bool]:
    """A live list; whether the token may not see it."""
    try:
        return connector.lists.entries(kind, younger_than=1.0), False
    except (AccessDenied, NotFound, Rejected) as error:
        if isinstance(error, AccessDenied) and error.is_signed_out:
            raise
        return (), True


def _used(connector: Connector, map_: DeskMap) -> Iterator[tuple[str, Any, tuple[str, ...]]]:
    """(what it is, the list it must be in, the desk file's words)"""
    desk, targets = connector.desk, connector.descriptor.targets
    yield "group", _kind(targets.get("group"), "groups"), tuple(dict.fromkeys(map_.groups.values()))
    if map_.priorities:
        yield "priority", _kind(targets.get("priority"), "priorities"), tuple(map_.priorities.values())
    states = (desk.closed_states or frozenset()) | (desk.paused_states or frozenset())
    if states:
        yield "state", "states", tuple(sorted(states))


def _kind(shape: TargetShape | None, usual: str) -> str:
    return shape.list if shape is not None and shape.list is not None else usual


def _gone(
    connector: Connector, what: str, used: Iterable[str], entries: tuple[Entry, ...]
) -> Iterator[Finding]:
    names, ids = {entry.name for entry in entries}, {entry.id: entry.name for entry in entries}
    words = connector.desk.words.get(what, {})
    wires = {word: wire for wire, word in words.items()}
    shape = connector.descriptor.targets.get(what)
    for word in dict.fromkeys(used):
        wire = wires.get(word, word)
        is_joined = shape is not None and shape.list is not None and not words
        if wire in names or (wire in ids and not is_joined):
            continue
        if wire in ids:
            yield bad("number-for-name", what=what, given=word, name=ids[word])
        else:
            yield _name_gone(what, word, names)


def _name_gone(what: str, given: str, names: Iterable[str]) -> Finding:
    there = sorted(names)
    near = get_close_matches(given, there, n=1, cutoff=NEAR)
    return bad("name-gone", what=what, given=given, near=near[0] if near else "", there=", ".join(there[:12]))


def _fields(connector: Connector, map_: DeskMap, fields: tuple[Entry, ...]) -> Iterator[Finding]:
    by_name = {entry.name: entry for entry in fields} | {entry.id: entry for entry in fields}
    for target, name in connector.desk.targets.items():
        shape = connector.descriptor.targets.get(target)
        if name is None or shape is None or not shape.needs_field:
            continue
        entry = by_name.get(name)
        if entry is None:
            yield _name_gone(f"write.{target}.field", name, {each.name for each in fields})
            continue
        yield from _unfit(connector, map_, target, entry)
    for name, source in ((name, field.source) for name, field in connector.desk.fields.items()):
        entry = by_name.get(source) or by_name.get(source.split(".")[0])
        if entry is not None and refuse_name(entry.name) is not None:
            yield bad("field-of-person", field=name, label=entry.name)


def _unfit(connector: Connector, map_: DeskMap, target: Target, entry: Entry) -> Iterator[Finding]:
    """A field that cannot hold what is to be written into it."""
    kind = (entry.type or "").lower()
    wrong = kind and any(part in kind for part in FIELD_TYPES.get(target, ()))
    if wrong or (target == "due" and kind and not any(part in kind for part in DUE_TYPES)):
        yield warn("field-type", target=target, field=entry.name, type=entry.type)
    if target == "level" and entry.choices:
        back = {word: wire for wire, word in connector.desk.words.get("level", {}).items()}
        for value in dict.fromkeys(map_.levels.values()):
            if back.get(value, value) not in entry.choices:
                yield bad("choice-gone", field=entry.name, given=value, there=", ".join(entry.choices[:12]))
