"""A notice written into a calendar file: only the lines that change, everything else as the admin left it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from plugin.core.calendar import Component
from plugin.core.notices import Revision
from plugin.core.place import Place
from plugin.documents import yaml_edit
from plugin.documents.calendar_days import days as days_of
from plugin.documents.calendars import CalendarFile, build_calendar_file
from plugin.documents.problems import Problems
from plugin.documents.source import Node, read

_SECTIONS = ("weekly", "holidays", "workdays")
"""The order in which a new section is put behind the others."""


@dataclass(frozen=True, slots=True)
class NewEntry:
    """New days that stand in one line."""

    first: date
    last: date
    value: str
    """As it is to stand in the file"""

    @property
    def key(self) -> str:
        """``2027-01-01`` or ``2027-01-01..2027-01-03``."""
        return key_of(self.first, self.last)


def key_of(first: date, last: date) -> str:
    """How dates from first to last are written."""
    return str(first) if first == last else f"{first}..{last}"


def new_lines(revision: Revision, names: Mapping[date, str], fallback: str) -> dict[str, list[NewEntry]]:
    """``holidays`` and ``workdays`` → the lines to add, in order; ``fallback``: a name for none."""
    before, after = revision.before, revision.after
    holidays = {day: yaml_edit.scalar(names.get(day, fallback)) for day in after.holidays - before.holidays}
    workdays = {
        day: _workday(like, names.get(day))
        for day, like in after.workdays.items()
        if day not in before.workdays
    }
    return {
        "holidays": list(_runs(holidays)),
        "workdays": [NewEntry(day, day, value) for day, value in sorted(workdays.items())],
    }


def _workday(like: str, name: str | None) -> str:
    return f"{{like: {like}, name: {yaml_edit.scalar(name)}}}" if name else like


def _runs(values: Mapping[date, str]) -> Iterable[NewEntry]:
    """Days that follow each other under one name are one line."""
    ordered = sorted(values)
    for _, run in groupby(
        enumerate(ordered), key=lambda each: (each[1].toordinal() - each[0], values[each[1]])
    ):
        run_days = [day for _, day in run]
        yield NewEntry(run_days[0], run_days[-1], values[run_days[0]])


def revised_text(
    text: str,
    name: str,
    site: str | None,
    revision: Revision,
    lines: Mapping[str, Sequence[NewEntry]],
    *,
    covered: date,
    papers: Sequence[str] = (),
) -> str | None:
    """The calendar file's text after a notice; None where its layout cannot be followed.

    What is answered has been read again and is exactly the calendar that was promised.
    """
    try:
        text = _edited(text, site, revision, lines)
        text = yaml_edit.replaced(text, _root(text).by_key["covered_through"], str(covered))
        missing = [paper for paper in papers if paper not in _sources(_root(text))]
        if missing:
            text = yaml_edit.with_items(text, _root(text), "source", missing)
    except _Unreadable:
        return None
    built = _built(text, name)
    return text if built is not None and _is_promised(built, site, revision.after, covered) else None


class _Unreadable(Exception):
    """An edit has broken the text: its layout is not one that can be followed."""


def _edited(text: str, site: str | None, revision: Revision, lines: Mapping[str, Sequence[NewEntry]]) -> str:
    for section in ("holidays", "workdays"):
        text = _without_days(text, site, section, _gone(revision, section))
        for entry in lines[section]:
            text = _with_line(text, site, section, entry)
    return text


def _gone(revision: Revision, section: str) -> set[date]:
    if section == "holidays":
        return set(revision.before.holidays - revision.after.holidays)
    return set(revision.before.workdays.keys() - revision.after.workdays.keys())


def _root(text: str) -> Node:
    node = read(text, "", Problems())
    if node is None:
        raise _Unreadable
    return node


def _site(text: str, site: str | None) -> Node:
    root = _root(text)
    if site is None:
        return root
    return next(item for item in root.by_key["sites"].items if item.by_key["id"].raw == site)


def _sources(root: Node) -> tuple[str, ...]:
    found = root.get("source")
    if found is None:
        return ()
    return tuple(item.raw for item in found.items) if found.kind == "list" else (found.raw,)


def _built(text: str, name: str) -> CalendarFile | None:
    problems = Problems()
    node = read(text, "", problems)
    return None if node is None or problems.has_errors else build_calendar_file(name, node, problems)


def _is_promised(built: CalendarFile, site: str | None, after: Component, covered: date) -> bool:
    found = next(each for each in built.sites if each.id == site)
    return found.component == after and built.calendar.covered_through == covered


# -- taking days away ------------------------------------------------------------------------------


def _without_days(text: str, site: str | None, section: str, gone: set[date]) -> str:
    """The text without these days; a line that names others too keeps them."""
    while gone:
        block = _site(text, site).by_key[section]
        number = next(n for n, (key, _, _) in enumerate(block.entries) if gone & set(_days(key)))
        key, place, value = block.entries[number]
        kept = [day for day in _days(key) if day not in gone]
        gone = gone - set(_days(key))
        if not kept:
            text = yaml_edit.without_entry(text, block, number)
            continue
        written = text[slice(*value.offsets)]
        keys = [entry.key for entry in _runs(dict.fromkeys(kept, ""))]
        text = yaml_edit.renamed(text, key, place, keys[0])
        if len(keys) > 1:
            more = [(each, written) for each in keys[1:]]
            text = yaml_edit.with_entries(text, _site(text, site).by_key[section], number, more)
    return text


def _days(key: str) -> tuple[date, ...]:
    return days_of(key, Place("", 1, 1), Problems())


# -- adding a line ---------------------------------------------------------------------------------


def _with_line(text: str, site: str | None, section: str, entry: NewEntry) -> str:
    """The line where its date belongs, under a heading of its year where the others have one."""
    parent = _site(text, site)
    block = parent.get(section)
    line = [(entry.key, entry.value)]
    if block is None:
        there = [n for n, (key, _, _) in enumerate(parent.entries) if key in _SECTIONS]
        return yaml_edit.with_section(text, parent, there[-1], section, line)
    firsts = [_days(key)[0] for key, _, _ in block.entries]
    after = max((n for n, first in enumerate(firsts) if first < entry.first), default=-1)
    return yaml_edit.with_entries(text, block, after, line, _heading(text, block, firsts, entry.first.year))


def _heading(text: str, block: Node, firsts: Sequence[date], year: int) -> str:
    """``# 2027`` where the year before stands under ``# 2026`` and no line of this year is there yet."""
    if not firsts or any(first.year >= year for first in firsts) or block.key_at is None:
        return ""
    section = text[: yaml_edit.end_of(text, block)].split("\n")[block.key_at.line :]
    return f"# {year}" if f"# {year - 1}" in map(str.strip, section) else ""
