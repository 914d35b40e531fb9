"""From effects to HTTP requests, as plain values. Pure: nothing is sent here."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from plugin.core.effects import Change, Effects, Read, Target
from plugin.desk.api_shape import Request, WriteStep
from plugin.desk.descriptor import Descriptor, NoteShape, TargetShape
from plugin.desk.installation import Installation
from plugin.desk.normalise import field_of, marker_text
from plugin.desk.paths import fill
from plugin.desk.template import Tree, merge, render, render_path, render_text
from plugin.desk.transforms import time_to_wire

_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>()#+!|~-])")
_COMMAND = re.compile(r"^([^\S\n]*)/", re.MULTILINE)
"""GitLab carries out ``/close`` at the start of a line of any note
(https://docs.gitlab.com/user/project/quick_actions/).
"""
_WIKI = re.compile(r"([\\*_?+^~{}\[\]!|#@-])")
"""Jira's notation: text effects, links, images, macros, tables, lists, mentions; a backslash takes each back
(https://jira.atlassian.com/secure/WikiRendererHelpAction.jspa, "Advanced formatting").
"""
_BACKSLASHED = r"\\\1"
_TEXTILE = re.compile(r"[<>&*_+\-^~@%!|#\[\]{}\"=]")
"""What Redmine's Textile and its macros give a meaning; as an entity it stands for itself
(https://www.redmine.org/projects/redmine/wiki/RedmineTextFormattingTextile).
"""
_QUOTES: dict[str, tuple[str, str]] = {
    "single_backslash": ("'", "\\"),
    "single_double": ("'", "'"),
    "double_backslash": ('"', "\\"),
}


@dataclass(frozen=True, slots=True)
class Call:
    """One HTTP request to the desk's own host; ``path`` is encoded, secrets are not in it yet."""

    method: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Tree = None
    form: str | None = None
    encoding: Literal["json", "form"] = "json"
    plain: bool = False
    purpose: Literal["read", "login", "update", "step", "note", "ensure"] = "read"
    targets: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Method and path, for messages: no query, no secret."""
        return f"{self.method} {self.path}"


@dataclass(frozen=True, slots=True)
class Stepping:
    """The steps of one target or of the note, and what its requests may speak of."""

    target: str
    steps: tuple[WriteStep, ...]
    known: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Planned:
    """The requests of one write, in order: updates, steps, the note; and what this desk cannot take."""

    updates: tuple[Call, ...]
    steps: tuple[Stepping, ...] = ()
    note: tuple[Call | Stepping, ...] = ()
    impossible: tuple[str, ...] = ()


def call(request: Request, known: Mapping[str, Any], stamp: str | None = None, **more: Any) -> Call:
    """The request with its variables filled in; raises ``template.UnsafeSegment``."""
    quoted = _quoted(known, request.quoting)
    query = tuple((key, render_text(value, quoted)) for key, value in request.query.items())
    versions = {"If-Match": "${stamp}"} if request.if_match else {}
    known_stamp = {**known, "stamp": stamp or ""}
    given = {**versions, **request.headers}
    headers = {key: render_text(value, known_stamp) for key, value in given.items()}
    if stamp is None:
        headers.pop("If-Match", None)
    body = None if request.body is None else render(request.body, known)
    path = render_path(request.path, known)
    how = (request.form, request.encoding, request.plain)
    return Call(request.method, path, query, headers, body, *how, **more)


def _quoted(known: Mapping[str, Any], rule: str | None) -> Mapping[str, Any]:
    """Values as a query language writes them, in its quotes: never a part of its grammar."""
    if rule is None:
        return known
    return {key: quote(value, rule) if isinstance(value, str) else value for key, value in known.items()}


def quote(value: str, rule: str) -> str:
    """One value between the query language's quotes."""
    clean = re.sub(r"[\x00-\x1f\x7f]", " ", value)
    if rule == "encoded_query":  # no quotes: a caret ends a condition, a doubled one is a character
        return clean.replace("^", "^^")
    mark, escape = _QUOTES[rule]
    if escape == "\\":
        clean = clean.replace("\\", "\\\\")
    return f"{mark}{clean.replace(mark, escape + mark)}{mark}"


def plan(
    descriptor: Descriptor,
    desk: Installation,
    ticket_id: str,
    effects: Effects,
    marker: str,
    *,
    stamp: str | None = None,
) -> Planned:
    """Update, updates that must stand alone, steps, then the note; one request where all goes at once."""
    known: dict[str, Any] = {
        **descriptor.receive.ids.known(ticket_id),
        "number": numbers(id=ticket_id),
        "marker": marker,
        "setting": dict(desk.settings),
        "stamp": stamp,
    }
    possible = [change for change in effects.changes if takes(descriptor, desk, change.target)]
    impossible = [change.target for change in effects.changes if change not in possible]
    updates = [change for change in possible if descriptor.targets[change.target].write is not None]
    together = [change for change in updates if not descriptor.targets[change.target].alone]
    alone = [change for change in updates if descriptor.targets[change.target].alone]
    body, note = _with_note(descriptor, effects, known)
    calls = _update(descriptor, desk, together, known, stamp, body)
    for change in alone:
        calls += _update(descriptor, desk, [change], known, stamp if not calls else None, None)
    if effects.note is not None and descriptor.note is None:
        impossible.append("note")
    return Planned(tuple(calls), tuple(_steps(descriptor, desk, possible, known)), note, tuple(impossible))


def _steps(
    descriptor: Descriptor, desk: Installation, changes: list[Change], known: Mapping[str, Any]
) -> Iterator[Stepping]:
    for change in changes:
        shape = descriptor.targets[change.target]
        if shape.steps:
            yield Stepping(change.target, shape.steps, _with_values(known, shape, desk, change))


def takes(descriptor: Descriptor, desk: Installation, target: str) -> bool:
    """True when this desk can write the target."""
    shape = descriptor.targets.get(target)
    return shape is not None and (not shape.needs_field or field_of(shape, desk, target) is not None)


def faults(descriptor: Descriptor, desk: Installation, changes: Iterable[Change]) -> dict[str, str]:
    """Targets whose wanted value is none of their kind, such as a word for a number, and why."""
    found: dict[str, str] = {}
    for change in (each for each in changes if takes(descriptor, desk, each.target)):
        try:
            wire_value(descriptor.targets[change.target], desk, change)
        except ValueError as error:
            found[change.target] = f"a value cannot be written: {error}"[:200]
    return found


def _with_note(
    descriptor: Descriptor, effects: Effects, known: Mapping[str, Any]
) -> tuple[Tree, tuple[Call | Stepping, ...]]:
    """The part of the update's body that is the note, or the note's own request or steps."""
    shape = descriptor.note
    if effects.note is None or shape is None:
        return None, ()
    with_text = {**known, "note": note_text(shape, effects.note.text, str(known["marker"]))}
    if shape.steps:
        return None, (Stepping("note", shape.steps, with_text),)
    if shape.request is None:
        return render(shape.merge, with_text), ()
    return None, (call(shape.request, with_text, purpose="note", targets=("note",)),)


def _update(
    descriptor: Descriptor,
    desk: Installation,
    changes: list[Change],
    known: Mapping[str, Any],
    stamp: str | None,
    note: Tree,
) -> list[Call]:
    request = descriptor.write.update
    if request is None or (not changes and note is None):
        return []
    body = render(request.body or {}, known)
    for change in changes:
        shape = descriptor.targets[change.target]
        body = merge(body, render(shape.write, _with_values(known, shape, desk, change)))
    marker = descriptor.write.marker
    if marker and (name := desk.settings.get(marker.setting)):
        body = merge(body, render(marker.write, {**known, "field": name}))
    if note is not None:
        body = merge(body, note)
    if stamp is not None and descriptor.write.stamped is not None:
        body = merge(body, render(descriptor.write.stamped, known))
    targets = (*(change.target for change in changes), *(("note",) if note is not None else ()))
    made = call(request, known, stamp, purpose="update", targets=targets)
    return [replace(made, body=body)]


def numbers(**texts: str | None) -> dict[str, int]:
    """``${number.id}``, ``${number.field}``, ``${number.each}``: as a JSON number, where it is one."""
    return {name: int(text) for name, text in texts.items() if text and re.fullmatch(r"[0-9]{1,18}", text)}


def _with_values(
    known: Mapping[str, Any], shape: TargetShape, desk: Installation, change: Change
) -> dict[str, Any]:
    values = _values(shape, desk, change)
    return {**known, **values, "number": {**known["number"], **numbers(field=values["field"])}}


def _values(shape: TargetShape, desk: Installation, change: Change) -> dict[str, Any]:
    """What the trees and steps of a target may speak of: the value and the one read, new and gone ones."""
    new, old = _wires(shape, desk, change.target, change.want), _read(shape, desk, change)
    is_list = shape.read.kind == "list"
    return {
        "value": _joined(shape, new),
        "base": _joined(shape, old) if old else None,
        "added": [each for each in new if each not in old],
        "removed": [] if is_list else [each for each in old if each not in new],
        "field": field_of(shape, desk, change.target),
    }


def wire_value(shape: TargetShape, desk: Installation, change: Change) -> Any:
    """The wanted value as the product writes it; raises ``ValueError`` where it cannot be one."""
    return _joined(shape, _wires(shape, desk, change.target, change.want))


def _joined(shape: TargetShape, wires: list[Any]) -> Any:
    if shape.read.kind != "list":
        return wires[0]
    return wires if shape.join is None else shape.join.join(wires)


def _wires(shape: TargetShape, desk: Installation, target: Target, value: Read) -> list[Any]:
    """Values as they stand on the wire; none for none."""
    back = {word: wire for wire, word in {**shape.read.words, **desk.words.get(target, {})}.items()}
    many = value if isinstance(value, tuple) else () if value is None else (value,)
    zone = "UTC" if shape.is_by_day else fill(shape.read.zone, {"setting": dict(desk.settings)})
    return [_wire(shape, back.get(str(each), str(each)), zone) for each in many]


def _read(shape: TargetShape, desk: Installation, change: Change) -> list[Any]:
    """What was read, on the wire; nothing where no value is called so any more: a group renamed since."""
    try:
        return _wires(shape, desk, change.target, change.base)
    except ValueError:
        return []


def _wire(shape: TargetShape, wire: str, zone: str) -> Any:
    if shape.read.kind == "int":
        return int(wire)
    if shape.read.kind == "time":
        return time_to_wire(wire, shape.form or shape.read.form, zone)
    return wire == "true" if shape.read.kind == "flag" else wire


def note_text(shape: NoteShape, text: str, marker: str) -> str:
    """The note in the product's format, placeholders broken up, the marker on the last line."""
    last = marker_text(marker)
    kept = text[: shape.most - len(last) - 2]
    kept = _broken_up(kept, shape.breaks)
    if shape.format == "html":
        return "<br>".join(html.escape(line) for line in [*kept.split("\n"), last])
    if shape.format == "markdown":
        return "\n\n".join([_COMMAND.sub(r"\1\\/", _MARKDOWN.sub(r"\\\1", kept)), last])
    if shape.format == "wiki":
        return f"{_WIKI.sub(_BACKSLASHED, kept)}\n{last}"
    if shape.format == "textile":
        return f"{_TEXTILE.sub(_as_entity, kept)}\n{last}"
    return f"{kept}\n{last}"


def _as_entity(hit: re.Match[str]) -> str:
    return f"&#{ord(hit.group())};"


def _broken_up(text: str, breaks: tuple[tuple[str, str], ...]) -> str:
    """No placeholder is left, also none that overlaps another (``{{{``) or comes of breaking one."""
    for _ in range(8):
        before = text
        for placeholder, instead in breaks:
            text = text.replace(placeholder, instead)
        if text == before or not any(mark in text and mark not in instead for mark, instead in breaks):
            return text
    return text
