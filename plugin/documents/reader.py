"""Reading helpers: from a node to a checked value, or a problem in the admin's words.

Every helper takes ``(node, problems)`` and answers the value, or None after adding a problem.
A ``None`` node (an optional key left out) answers None and adds nothing, so that
``text(block.get("note"), problems)`` is all an optional setting needs.

A document kind describes its blocks once, with ``Key``; the description checks unknown and missing keys here,
and becomes the JSON Schema and the reference pages in ``json_schema``::

    LEVEL = keys(
        Key("id", "id", required=True, en="Name of the level in rules and desks.", zh="级别的标识。"),
        Key("co", ListOf("id"), en="Supporting groups.", zh="协办组。"),
    )
    def level(node, problems):
        if not block(node, LEVEL, problems, "levels"):
            return None
        co = listing(node.get("co"), identifier, problems)
        return Level(id=identifier(node.get("id"), problems), co=co)
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias, TypeVar

from plugin.core.label import Label
from plugin.core.place import Place
from plugin.documents.problems import Problems
from plugin.documents.source import Node
from plugin.documents.suggest import nearest

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Choice:
    """One of these words."""

    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ListOf:
    """A list of this shape; ``or_one``: a single value may stand for a list of one."""

    item: Shape
    or_one: bool = False


@dataclass(frozen=True, slots=True)
class MapOf:
    """A block whose keys are the admin's own names."""

    value: Shape


@dataclass(frozen=True, slots=True)
class Either:
    """One of several shapes; use it only where they cannot be confused."""

    shapes: tuple[Shape, ...]


Shape: TypeAlias = "str | Choice | ListOf | MapOf | Either | Mapping[str, Key]"
"""Keys, a container, or a word.

The words: text id number whole flag duration label time date instant hours condition secret any."""


@dataclass(frozen=True, slots=True)
class Key:
    """One setting of a block, described once for checks, schema and reference."""

    name: str
    shape: Shape
    required: bool = False
    en: str = ""
    zh: str = ""


Keys = Mapping[str, Key]


def keys(*described: Key) -> Keys:
    """The description of a block."""
    return {key.name: key for key in described}


def block(node: Node | None, known: Keys, problems: Problems, where: str) -> bool:
    """True when the node is a block; unknown and missing keys are reported; ``where`` names the block.

    An unknown key that is near a missing one is told once, as the typing mistake it is, and then read as
    meant, so that nothing else complains of its absence.
    """
    if node is None:
        return False
    if node.kind != "map":
        _not_a_block(node, known, problems, where)
        return False
    by_key = node.by_key
    _containers(node, known, problems)
    unknown = [entry for entry in node.entries if entry[0] not in known]
    missing = [key.name for key in known.values() if key.required and key.name not in by_key]
    for key, place, value in unknown:
        near = _report_unknown(key, place, value, known, by_key, problems, where)
        if near in missing:
            missing.remove(near)
        if near is not None:
            by_key.setdefault(near, value)
    for name in missing:
        problems.add("missing-key", node.key_at or node.place, given=name, where=where)
    return True


def _containers(node: Node, known: Keys, problems: Problems) -> None:
    """Lists must be lists and blocks blocks, wherever the description says so."""
    for name, _, value in node.entries:
        shape = known[name].shape if name in known else "any"
        if isinstance(shape, str | Choice | Either) or value.kind == "null":
            continue
        if isinstance(shape, ListOf):
            if value.kind != "list" and not shape.or_one:
                problems.add("not-a-list", value, given=as_written(value))
        elif value.kind != "map":
            _not_a_block(value, {} if isinstance(shape, MapOf) else shape, problems, name)


def _not_a_block(node: Node, known: Keys, problems: Problems, where: str) -> None:
    slip = _colon_slip(node.raw) if node.kind == "text" and not node.quoted else None
    if slip:
        problems.add(slip, _moved(node.place, _colon_at(node.raw)))
    else:
        problems.add("not-a-block", node, where=where, choices=tuple(known) or ("name: value",))


def slip_in_key(key: str, place: Place, value: Node, problems: Problems) -> bool:
    """True after reporting a full-width colon, or one without its space: ``{a：1}`` is one key to YAML."""
    slip = _colon_slip(key) if value.kind == "null" else None
    if slip:
        problems.add(slip, _moved(place, _colon_at(key)))
    return slip is not None


def _report_unknown(
    key: str,
    place: Place,
    value: Node,
    known: Keys,
    present: Mapping[str, Node],
    problems: Problems,
    where: str,
) -> str | None:
    if slip_in_key(key, place, value, problems):
        return re.split("[:：]", key, maxsplit=1)[0].strip()
    free = [name for name in known if name not in present]
    problems.add("unknown-key", place, given=key, where=where, choices=tuple(known))
    return nearest(key, free)


def _colon_slip(written: str) -> str | None:
    """``policy：all`` and ``policy:all`` are one word to YAML; the admin meant a key and a value."""
    found = re.match(r"\s*[\w-]+\s*(：|:(?=[^\s/]))", written)
    if not found:
        return None
    return "fullwidth-colon" if found[1] == "：" else "no-space"


def _colon_at(written: str) -> int:
    return min(written.find(colon) % (len(written) + 1) for colon in ":：")


def _moved(place: Place, by: int) -> Place:
    return Place(place.file, place.line, place.column + by)


def text(node: Node | None, problems: Problems) -> str | None:
    """Any text; a number is taken as it is written, an empty value is a problem."""
    if node is None:
        return None
    if node.kind == "text" and node.raw.strip():
        return node.raw
    if node.kind == "number":
        return node.raw
    if node.kind in ("null", "text"):
        problems.add("empty-value", node)
    else:
        problems.add("not-text", node, given=as_written(node))
    return None


_ID = re.compile(r"[^\W_][\w.-]{0,79}\Z")


def is_identifier(name: str) -> bool:
    """Whether other lines may refer to this name."""
    return _ID.match(name) is not None


def identifier(node: Node | None, problems: Problems) -> str | None:
    """A name that other lines refer to: letters of any script, digits, ``_``, ``-``, ``.``; no spaces."""
    written = text(node, problems)
    if node is None or written is None or is_identifier(written):
        return written
    problems.add("bad-id", node, given=written)
    return None


def word(
    node: Node | None,
    choices: Iterable[str],
    problems: Problems,
    what: str = "value",
    code: str = "unknown-value",
) -> str | None:
    """One of ``choices``; ``what`` is a noun of ``wording.NOUNS`` (``group``, ``level``, …)."""
    if node is None:
        return None
    if node.kind in ("map", "list", "null"):
        text(node, problems)
        return None
    known = choices if isinstance(choices, (dict, frozenset, set)) else tuple(choices)
    if node.raw in known:
        return node.raw
    problems.add(code, node, given=node.raw, what=what, choices=tuple(known))
    return None


def number(
    node: Node | None, problems: Problems, lo: float | None = None, hi: float | None = None
) -> float | None:
    """A number between ``lo`` and ``hi``, both included."""
    if node is None:
        return None
    if node.kind != "number" or isinstance(node.value, (str, bool)) or node.value is None:
        problems.add("not-a-number", node, given=as_written(node))
        return None
    if (lo is not None and node.value < lo) or (hi is not None and node.value > hi):
        problems.add("out-of-range", node, given=node.raw, allowed=_allowed(lo, hi))
        return None
    return node.value


def whole(node: Node | None, problems: Problems, lo: int | None = None, hi: int | None = None) -> int | None:
    """A whole number between ``lo`` and ``hi``, both included."""
    value = number(node, problems, lo, hi)
    if node is None or value is None:
        return None
    if isinstance(value, float):
        problems.add("not-whole", node, given=node.raw)
        return None
    return value


def _allowed(lo: float | None, hi: float | None) -> str:
    return f"{'' if lo is None else lo}..{'' if hi is None else hi}"


def flag(node: Node | None, problems: Problems) -> bool | None:
    """``true`` or ``false``."""
    if node is None:
        return None
    if isinstance(node.value, bool):
        return node.value
    problems.add("not-true-false", node, given=as_written(node))
    return None


_DURATION = re.compile(r"(\d{1,7})(s|m|h|d)\Z")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def duration(node: Node | None, problems: Problems) -> int | None:
    """Seconds, from ``90s``, ``30m``, ``4h`` or ``2d``."""
    if node is None:
        return None
    found = _DURATION.match(node.raw) if node.kind == "text" else None
    if found:
        return int(found[1]) * _SECONDS[found[2]]
    problems.add("bad-duration", node, given=as_written(node))
    return None


_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?(Z|[-+]\d\d:\d\d)\Z")


def instant(node: Node | None, problems: Problems) -> float | None:
    """UTC seconds of ``2026-12-01T09:00+08:00`` or ``2026-12-01T01:00:00Z`` (ISO 8601 with its offset)."""
    if node is None:
        return None
    if node.kind == "text" and _INSTANT.match(node.raw):
        with suppress(ValueError, OverflowError):
            return datetime.fromisoformat(node.raw).timestamp()
    problems.add("bad-instant", node, given=as_written(node))
    return None


def label(node: Node | None, problems: Problems) -> Label | None:
    """A name for people: one text, or ``{zh: …, en: …}`` of which one may be left out."""
    if node is None:
        return None
    if node.kind != "map":
        one = text(node, problems)
        return None if one is None else Label(one, one)
    block(node, LABEL, problems, "label")
    zh, en = text(node.get("zh"), problems), text(node.get("en"), problems)
    if zh is None and en is None:
        return None
    return Label(zh or en or "", en or zh or "")


LABEL = keys(
    Key("zh", "text", en="The name in Chinese.", zh="中文名称。"),
    Key("en", "text", en="The name in English.", zh="英文名称。"),
)


def listing(
    node: Node | None,
    read: Callable[[Node, Problems], T | None],
    problems: Problems,
    or_one: bool = False,
) -> tuple[T, ...]:
    """Every item read by ``read``, less those with a problem; ``or_one``: a value is a list of one."""
    if node is None:
        return ()
    if node.kind != "list":
        if or_one and node.kind != "null":
            one = read(node, problems)
            return () if one is None else (one,)
        problems.add("empty-value" if node.kind == "null" else "not-a-list", node, given=as_written(node))
        return ()
    found = (read(item, problems) for item in node.items)
    return tuple(value for value in found if value is not None)


def mapping(
    node: Node | None, read: Callable[[Node, Problems], T | None], problems: Problems, where: str
) -> dict[str, T]:
    """A block with the admin's own keys, every value read by ``read``; values with a problem are left out."""
    if node is None:
        return {}
    if node.kind != "map":
        _not_a_block(node, {}, problems, where)
        return {}
    found = ((key, read(value, problems)) for key, _, value in node.entries)
    return {key: value for key, value in found if value is not None}


class Ids:
    """The ids of one list of blocks: a second one of the same name is reported with the line of the first."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._seen: dict[str, Place] = {}

    def add(self, node: Node | None, problems: Problems) -> str | None:
        """The id, or None where it is missing, malformed or already taken."""
        name = identifier(node, problems)
        if node is None or name is None:
            return None
        first = self._seen.setdefault(name, node.place)
        if first != node.place:
            problems.add(
                "duplicate-id", node, given=name, what=self._what, first=f"{first.file}:{first.line}"
            )
            return None
        return name

    def __contains__(self, name: str) -> bool:
        return name in self._seen


def as_written(node: Node) -> str:
    """The value as a message repeats it: as in the file, containers as ``{…}`` and ``[…]``."""
    if node.kind in ("map", "list"):
        return "{…}" if node.kind == "map" else "[…]"
    return node.raw[:60]
