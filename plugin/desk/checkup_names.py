"""The names a desk file uses against the helpdesk's live lists: groups, priorities, states, fields."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from plugin.core.effects import DeskMap, Target
from plugin.desk.checkup_sources import check_sources, name_gone
from plugin.desk.connector import Connector
from plugin.desk.descriptor import TargetShape
from plugin.desk.failed import failed, is_signed_out
from plugin.desk.findings import Finding, bad, good, warn
from plugin.desk.lists import Entry, listed_by
from plugin.desk.slot_words import FIELD_KINDS
from plugin.errors import AccessDenied, Faulty, HelpdeskError, NotFound, Rejected

FITS: Mapping[Target, tuple[str, ...]] = {
    "level": ("text", "choice"),
    "due": ("text", "time"),
    "reason": ("text",),
    "breach": ("text", "choice", "flag"),
    "tags": ("text", "choice"),
}
"""Kinds of fields that can hold a value, where the connector file says of which kind a product's type is."""
UNFIT: Mapping[Target, tuple[str, ...]] = {
    "level": ("date", "user", "bool", "checkbox"),
    "due": ("user", "bool", "checkbox", "number", "integer", "decimal"),
    "reason": ("date", "user", "bool", "checkbox"),
    "breach": ("date", "user"),
    "tags": ("date", "user", "bool", "checkbox"),
}
"""Of any other type: parts of its name with which the value cannot be in it. Products call a line of text
by many names, so what is not known to be wrong is taken to be right.
"""
AskTicket = Callable[[], str | None]
"""A ticket to look at; None where none can be had."""


def check_names(connector: Connector, map_: DeskMap, a_ticket: AskTicket) -> Iterator[Finding]:
    """Every name that is not there (any more), with the nearest that is. Raises a ``HelpdeskError``."""
    there = 0
    for what, kind, used in _used(connector, map_):
        entries, failure = _entries(connector, kind)
        if failure is not None:
            is_needed = listed_by(connector.descriptor, connector.desk, what) == kind
            yield _unlisted(kind, failure, is_needed=is_needed)
        elif entries:
            gone = [replace(each, part=_part(kind)) for each in _gone(connector, what, used, entries)]
            there += len(used) - len(gone)
            yield from gone
    yield from _fields_checked(connector, map_, a_ticket)
    if there:
        yield good("names", count=there)


def _fields_checked(connector: Connector, map_: DeskMap, a_ticket: AskTicket) -> Iterator[Finding]:
    fields, failure = _entries(connector, "fields")
    if isinstance(failure, Faulty):
        yield _unlisted("fields", failure, is_needed=False)
    elif fields:
        for each in (*_targets(connector, map_, fields), *check_sources(connector, fields, a_ticket)):
            yield replace(each, part=_part("fields"))


def _part(kind: str) -> str:
    return f"names {kind}"


def _entries(connector: Connector, kind: Any) -> tuple[tuple[Entry, ...], HelpdeskError | None]:
    """A live list, or why there is none: the token may not see it, or the helpdesk failed to give this one.

    Raises a ``HelpdeskError`` that would be the same of every list.
    """
    try:
        return connector.lists.entries(kind, younger_than=1.0), None
    except (AccessDenied, NotFound, Rejected, Faulty) as error:
        if is_signed_out(error):
            raise
        return (), error


def _unlisted(kind: str, failure: HelpdeskError, *, is_needed: bool) -> Finding:
    if isinstance(failure, Faulty):
        return replace(failed(failure), part=_part(kind))
    return replace((bad if is_needed else warn)("list-denied", list=kind), part=_part(kind))


def _used(connector: Connector, map_: DeskMap) -> Iterator[tuple[str, Any, tuple[str, ...]]]:
    """(what it is, the list it must be in, the desk file's words, each once)"""
    desk, targets = connector.desk, connector.descriptor.targets
    yield "group", _kind(targets.get("group"), "groups"), tuple(dict.fromkeys(map_.groups.values()))
    if map_.priorities:
        priorities = tuple(dict.fromkeys(map_.priorities.values()))
        yield "priority", _kind(targets.get("priority"), "priorities"), priorities
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
    for word in used:
        wire = wires.get(word, word)
        is_joined = shape is not None and shape.list is not None and not words
        if wire in names or (wire in ids and not is_joined):
            continue
        if wire in ids:
            yield bad("number-for-name", what=what, given=word, name=ids[word])
        else:
            yield name_gone(what, word, names)


def _targets(connector: Connector, map_: DeskMap, fields: tuple[Entry, ...]) -> Iterator[Finding]:
    by_name = {entry.name: entry for entry in fields} | {entry.id: entry for entry in fields}
    for target, name in connector.desk.targets.items():
        shape = connector.descriptor.targets.get(target)
        if name is None or shape is None or not shape.needs_field:
            continue
        entry = by_name.get(name)
        if entry is None:
            yield name_gone(f"write.{target}.field", name, {each.name for each in fields})
            continue
        yield from _unfit(connector, map_, target, entry)


def _unfit(connector: Connector, map_: DeskMap, target: Target, entry: Entry) -> Iterator[Finding]:
    """A field that cannot hold what is to be written into it."""
    if entry.type is not None and not fits(target, entry.type):
        yield warn("field-type", target=target, field=entry.name, type=entry.type)
    if target == "level" and entry.choices:
        back = {word: wire for wire, word in connector.desk.words.get("level", {}).items()}
        for value in dict.fromkeys(map_.levels.values()):
            if back.get(value, value) not in entry.choices:
                yield bad("choice-gone", field=entry.name, given=value, there=", ".join(entry.choices[:12]))


def fits(target: Target, type_: str) -> bool:
    """Whether a value can be in a field of such a type; what is not known to be wrong can."""
    if type_ in FIELD_KINDS:
        return type_ in FITS.get(target, (type_,))
    return not any(part in type_.lower() for part in UNFIT.get(target, ()))
