"""The exceptions of a roster file: leave, swaps, holidays; and which of them cannot hold together."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from itertools import combinations

from plugin.core.calendar import MIDNIGHT
from plugin.core.instants import minutes_of_day
from plugin.core.roster import Override, span_of
from plugin.core.shifts import LocalTime
from plugin.core.text import has_personal_number
from plugin.documents import reader
from plugin.documents.calendar_days import day, days
from plugin.documents.problems import Problems
from plugin.documents.reader import as_written, block
from plugin.documents.roster_keys import OVERRIDE
from plugin.documents.source import Node

Span = tuple[LocalTime, LocalTime]


def build_overrides(
    node: Node | None,
    zone: str | None,
    people: Sequence[str],
    roles: Sequence[str],
    problems: Problems,
) -> tuple[Override, ...]:
    """Every exception of the file; ``people`` and ``roles`` are those of the roster."""

    def person(value: Node, problems: Problems) -> str | None:
        return person_of(value, people, problems)

    def role(value: Node, problems: Problems) -> str | None:
        return reader.word(value, roles, problems, "role")

    def read(item: Node, problems: Problems) -> Override | None:
        if not block(item, OVERRIDE, problems, "overrides"):
            return None
        who, instead_of, span = item.get("who"), item.get("instead_of"), _span(item, problems)
        if who is not None and who.kind == "list" and not who.items:
            problems.add("no-people", who, given="who", choices=tuple(people))
        if instead_of is None and item.get("role") is None:
            problems.add("missing-key", item.key_at or item.place, given="role", where="overrides")
        named = tuple(dict.fromkeys(reader.listing(who, person, problems, or_one=True)))
        kept_for = frozenset(reader.listing(item.get("role"), role, problems, or_one=True))
        stood_for = person(instead_of, problems) if instead_of is not None else None
        note = _note(item.get("note"), problems)
        return Override(*span, named, kept_for, stood_for, note, item.place) if span else None

    found = reader.listing(node, read, problems)
    if zone is not None:
        _check_spans(found, zone, problems)
    return found


def holds_contact(written: str) -> bool:
    """Whether somebody's number or address stands in a name, label or note."""
    return "://" in written or has_personal_number(written)


def person_of(node: Node, people: Sequence[str], problems: Problems) -> str | None:
    """One of the roster's people; a number or address in its place is not repeated."""
    if holds_contact(node.raw):
        problems.add("literal-contact", node)
        return None
    return reader.word(node, people, problems, "person")


def _note(node: Node | None, problems: Problems) -> str:
    note = reader.text(node, problems) or ""
    if node is not None and holds_contact(note):
        problems.add("literal-contact", node)
    return note


def _span(node: Node, problems: Problems) -> Span | None:
    """From when until when, by a date, or by two moments."""
    whole, start, end = node.get("date"), node.get("from"), node.get("to")
    if (whole is None) is (start is None) or (whole is not None and end is not None):
        problems.add("date-or-from", node.key_at or node.place)
        return None
    if whole is not None:
        return _whole(whole, problems)
    if end is None:
        problems.add("missing-key", node.key_at or node.place, given="to", where="overrides")
    begin, until = _moment(start, problems), _moment(end, problems)
    return None if begin is None or until is None else (begin, until)


def _whole(node: Node, problems: Problems) -> Span | None:
    written = reader.text(node, problems)
    named = days(written, node, problems) if written is not None else ()
    return (LocalTime(named[0]), LocalTime(named[-1] + timedelta(1))) if named else None


def _moment(node: Node | None, problems: Problems) -> LocalTime | None:
    """``2026-10-01 08:00``, also with a T between."""
    written = reader.text(node, problems)
    if node is None or written is None:
        return None
    date, _, time = written.strip().replace("T", " ", 1).partition(" ")
    if not time.strip():
        problems.add("not-a-moment", node, given=as_written(node))
        return None
    minutes, found = minutes_of_day(time.strip()), day(date, node, problems)
    if minutes is None or minutes > MIDNIGHT:
        problems.add("not-a-time", node, given=written, part=time.strip())
        return None
    return LocalTime(found, minutes) if found is not None else None


def _check_spans(found: Sequence[Override], zone: str, problems: Problems) -> None:
    """ends-first, overlapping-overrides: one that never holds; two that say different things at once."""
    for each in found:
        begin, until = span_of(each, zone)
        if begin >= until and each.place is not None:
            problems.add("ends-first", each.place, given=_written(each.end), first=_written(each.start))
    for one, two in combinations(found, 2):
        shared = _both(one, two)
        if shared is None or one.place is None or two.place is None:
            continue
        (begin, until), (starts, ends) = span_of(one, zone), span_of(two, zone)
        if max(begin, starts) < min(until, ends):
            problems.add("overlapping-overrides", two.place, given=shared, line=one.place.line)


def _both(one: Override, two: Override) -> str | None:
    """The role of which two exceptions speak (of all: the person); None: they go together."""
    if one.instead_of != two.instead_of and None not in (one.instead_of, two.instead_of):
        return None
    if not one.roles or not two.roles:
        return next(iter(sorted(one.roles | two.roles)), one.instead_of)
    return next(iter(sorted(one.roles & two.roles)), None)


def _written(at: LocalTime) -> str:
    return f"{at.day} {at.minute // 60:02}:{at.minute % 60:02}"
