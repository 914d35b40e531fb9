"""Settings that are a part of the connector file itself: a path, a header's name, a field, a zone.

A setting with ``shapes: true`` takes the place of ``${setting.NAME}`` wherever the file has it, before
anything of the file is understood: what a desk file gives may be a whole path, and is checked like one that
stands there. A mistake in it is told where the desk file gives it. A default may name another of these
settings.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from copy import copy
from dataclasses import dataclass

from plugin.core.place import Place
from plugin.documents import source
from plugin.documents.problems import Problems
from plugin.documents.source import Node

_ONE = re.compile(r"\$\{setting\.(\w+)\}")
UNTOUCHED = ("settings", "samples")
"""What tells of the settings, and what was recorded."""
At = Callable[[str], Place]
"""Setting → where the desk file gives it."""


@dataclass(frozen=True, slots=True)
class _Mark:
    """Where a desk file gives a value, as a node keeps it."""

    line: int
    column: int
    index: int = 0


def filled(node: Node, given: Mapping[str, str], at: At | None, problems: Problems) -> Node:
    """The file with the values of its shaping settings in their places: the desk's, else the defaults."""
    values = _defaults(node, problems)
    if not values:
        return node
    mine = {name: value for name, value in given.items() if name in values}
    values = {name: _text(value, values | mine) for name, value in values.items()}
    made = copy(node)
    entries = [
        (key, place, value if key in UNTOUCHED else _filled(value, values | mine, mine, at))
        for key, place, value in node.entries
    ]
    source.set_entries(made, entries)
    return made


def _defaults(node: Node, problems: Problems) -> dict[str, str]:
    """A file must make sense before any desk file speaks: each of these settings has a default."""
    found: dict[str, str] = {}
    settings = node.get("settings")
    for name, place, block in settings.entries if settings is not None else ():
        flag = block.get("shapes")
        if flag is None or flag.value is not True:
            continue
        default = block.get("default")
        if default is None:
            problems.add("missing-key", place, given="default", where=f"settings → {name}")
        found[name] = default.raw if default is not None else ""
    return found


def _filled(node: Node, values: Mapping[str, str], mine: Mapping[str, str], at: At | None) -> Node:
    if node.kind == "map":
        made = copy(node)
        source.set_entries(made, list(_entries(node, values, mine, at)))
        return made
    if node.kind == "list":
        made = copy(node)
        made.items = [_filled(item, values, mine, at) for item in node.items]
        return made
    used = [name for name in _ONE.findall(node.raw) if name in values] if node.kind == "text" else []
    return _scalar(node, values, [name for name in used if name in mine], at) if used else node


def _entries(
    node: Node, values: Mapping[str, str], mine: Mapping[str, str], at: At | None
) -> Iterator[tuple[str, Place, Node]]:
    for key, place, value in node.entries:
        child = _filled(value, values, mine, at)
        if child is value or child.kind != "null":  # an empty setting: as if its key were not written
            given = [name for name in _ONE.findall(key) if name in mine] if at is not None else []
            yield _text(key, values), at(given[0]) if given and at is not None else place, child


def _scalar(node: Node, values: Mapping[str, str], mine: list[str], at: At | None) -> Node:
    made = copy(node)
    written = _text(node.raw, values)
    is_whole = _ONE.fullmatch(node.raw) is not None
    made.kind, made.value = source.scalar(written) if is_whole else ("text", written)
    made.raw = written
    if mine and at is not None:
        place = at(mine[0])
        made.file = place.file
        made.key_at = place
        made._start = _Mark(place.line - 1, place.column - 1)
        made._end = made._start
    return made


def _text(text: str, values: Mapping[str, str]) -> str:
    return _ONE.sub(lambda hit: values.get(hit.group(1), hit.group()), text)
