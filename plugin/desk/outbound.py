"""From effects to HTTP requests, as plain values. Pure: nothing is sent here."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from plugin.core.effects import Change, Effects
from plugin.desk.descriptor import Descriptor, NoteShape, Request, TargetShape
from plugin.desk.installation import Installation
from plugin.desk.normalise import field_of, marker_text
from plugin.desk.template import Tree, merge, render, render_path, render_text
from plugin.desk.transforms import time_to_wire

_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>()#+!|~-])")
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
    purpose: Literal["read", "update", "note", "ensure"] = "read"
    targets: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Method and path, for messages: no query, no secret."""
        return f"{self.method} {self.path}"


@dataclass(frozen=True, slots=True)
class Planned:
    """The requests of one write, in order, and what this desk has no way to take."""

    calls: tuple[Call, ...]
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
    return Call(request.method, render_path(request.path, known), query, headers, body, request.form, **more)


def _quoted(known: Mapping[str, Any], rule: str | None) -> Mapping[str, Any]:
    """Values as a query language writes them, in its quotes: never a part of its grammar."""
    if rule is None:
        return known
    return {key: quote(value, rule) if isinstance(value, str) else value for key, value in known.items()}


def quote(value: str, rule: str) -> str:
    """One value between the query language's quotes."""
    mark, escape = _QUOTES[rule]
    clean = re.sub(r"[\x00-\x1f\x7f]", " ", value)
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
    """Update, updates that must stand alone, then the note; one request where all goes at once."""
    known = {"id": ticket_id, "marker": marker, "setting": dict(desk.settings)}
    possible = [change for change in effects.changes if takes(descriptor, desk, change.target)]
    impossible = [change.target for change in effects.changes if change not in possible]
    together = [change for change in possible if not descriptor.targets[change.target].alone]
    alone = [change for change in possible if descriptor.targets[change.target].alone]
    body, note = _with_note(descriptor, effects, known)
    calls = _update(descriptor, desk, together, known, stamp, body)
    for change in alone:
        calls += _update(descriptor, desk, [change], known, stamp if not calls else None, None)
    if effects.note is not None and descriptor.note is None:
        impossible.append("note")
    return Planned((*calls, *note), tuple(impossible))


def takes(descriptor: Descriptor, desk: Installation, target: str) -> bool:
    """True when this desk can write the target."""
    shape = descriptor.targets.get(target)
    return shape is not None and (not shape.needs_field or field_of(shape, desk, target) is not None)


def _with_note(
    descriptor: Descriptor, effects: Effects, known: Mapping[str, Any]
) -> tuple[Tree, tuple[Call, ...]]:
    """The part of the update's body that is the note, or the note's own request."""
    shape = descriptor.note
    if effects.note is None or shape is None:
        return None, ()
    with_text = {**known, "note": note_text(shape, effects.note.text, str(known["marker"]))}
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
    if not changes and note is None:
        return []
    request = descriptor.write.update
    body = render(request.body or {}, known)
    for change in changes:
        shape = descriptor.targets[change.target]
        value = wire_value(shape, desk, change)
        body = merge(
            body,
            render(shape.write, {**known, "value": value, "field": field_of(shape, desk, change.target)}),
        )
    marker = descriptor.write.marker
    if marker and (name := desk.settings.get(marker.setting)):
        body = merge(body, render(marker.write, {**known, "field": name}))
    if note is not None:
        body = merge(body, note)
    targets = (*(change.target for change in changes), *(("note",) if note is not None else ()))
    made = call(request, known, stamp, purpose="update", targets=targets)
    return [Call(made.method, made.path, made.query, made.headers, body, made.form, "update", targets)]


def wire_value(shape: TargetShape, desk: Installation, change: Change) -> Any:
    """The wanted value as the product writes it; raises ``ValueError`` where it cannot be one."""
    back = {word: wire for wire, word in {**shape.read.words, **desk.words.get(change.target, {})}.items()}
    if shape.read.kind == "list":
        many = change.want if isinstance(change.want, tuple) else (change.want,)
        wires = [back.get(each, each) for each in many]
        return wires if shape.join is None else shape.join.join(wires)
    wire = back.get(str(change.want), str(change.want))
    if shape.read.kind == "int":
        return int(wire)
    if shape.read.kind == "time":
        return time_to_wire(wire, shape.form or shape.read.form, shape.read.zone)
    return wire == "true" if shape.read.kind == "flag" else wire


def note_text(shape: NoteShape, text: str, marker: str) -> str:
    """The note in the product's format, placeholders broken up, the marker on the last line."""
    last = marker_text(marker)
    kept = text[: shape.most - len(last) - 2]
    kept = _broken_up(kept, shape.breaks)
    if shape.format == "html":
        return "<br>".join(html.escape(line) for line in [*kept.split("\n"), last])
    if shape.format == "markdown":
        return "\n\n".join([_MARKDOWN.sub(r"\\\1", kept), last])
    return f"{kept}\n{last}"


def _broken_up(text: str, breaks: tuple[tuple[str, str], ...]) -> str:
    """No placeholder is left, also none that overlaps another (``{{{``) or comes of breaking one."""
    for _ in range(8):
        before = text
        for placeholder, instead in breaks:
            text = text.replace(placeholder, instead)
        if text == before or not any(mark in text and mark not in instead for mark, instead in breaks):
            return text
    return text
