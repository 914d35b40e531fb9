"""YAML text into nodes that know their place, with YAML 1.2 scalars and nothing clever.

PyYAML's C parser does the parsing; its YAML 1.1 guesses are not used: ``17:30``, ``no``, ``010`` and
``2024-01-01`` stay text. Tags, anchors and aliases are refused, which also ends recursion and bombs.
"""

from __future__ import annotations

import gc
import re
from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from typing import Any, Literal

import yaml

from plugin.core.place import Place
from plugin.documents import syntax
from plugin.documents.problems import Problems
from plugin.errors import DocumentsInvalid

Kind = Literal["map", "list", "text", "number", "flag", "null"]
Scalar = str | int | float | bool | None

MOST_BYTES = 1024 * 1024
"""A larger file is no longer something a person edits."""
MANY_OBJECTS = 100_000
DEEPEST = 64
"""No document kind nests further than a dozen; this only ends hostile files."""

BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
_NUMBER = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,14})(?:\.[0-9]{1,15})?\Z").match
_MAY_BE_OTHER = frozenset("-+0123456789ntfNTF~")
_WORDS: dict[str, tuple[Kind, Scalar]] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), ("null", None)),
    **dict.fromkeys(("true", "True", "TRUE"), ("flag", True)),
    **dict.fromkeys(("false", "False", "FALSE"), ("flag", False)),
}


class Source:
    """One file's name and text, split into lines only when somebody wants to see one."""

    __slots__ = ("_lines", "file", "text")

    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self.text = text
        self._lines: list[str] | None = None

    def line(self, number: int) -> str:
        """The line with this number (from 1), without its line break; empty beyond the end."""
        if self._lines is None:
            self._lines = BREAK.split(self.text)
        return self._lines[number - 1] if 0 < number <= len(self._lines) else ""


class Node:
    """A value in a file: its kind, its value and where it stands.

    ``kind``     ``map``, ``list``, ``text``, ``number``, ``flag`` or ``null``
    ``value``    str, int, float, bool or None for scalars; None for map and list
    ``raw``      a scalar as written, without quotes
    ``quoted``   the scalar stands in quotes or is a ``|`` or ``>`` block
    ``entries``  of a map: (key, place of the key, node) in order; a doubled key has its first value
    ``items``    of a list: its nodes
    ``key_at``   the place of the key this is the value of; None for items and the whole file
    """

    __slots__ = (
        "_end",
        "_start",
        "by_key",
        "entries",
        "file",
        "items",
        "key_at",
        "kind",
        "quoted",
        "raw",
        "value",
    )

    kind: Kind
    value: Scalar
    raw: str
    quoted: bool
    entries: list[tuple[str, Place, Node]]
    items: list[Node]
    by_key: dict[str, Node]
    file: str
    key_at: Place | None
    _start: Any
    _end: Any

    @property
    def place(self) -> Place:
        """Where the value begins."""
        return Place(self.file, self._start.line + 1, self._start.column + 1)

    @property
    def width(self) -> int:
        """Characters of the value on its first line; 0 where it goes on over more lines."""
        same_line = self._start.line == self._end.line
        return int(self._end.column - self._start.column) if same_line else 0

    @property
    def offsets(self) -> tuple[int, int]:
        """Start and end of the value in the file's text, for replacing it in place."""
        return self._start.index, self._end.index

    def get(self, key: str) -> Node | None:
        """The value of a key of a map; None where it is missing or this is no map."""
        return self.by_key.get(key)

    def key_place(self, key: str) -> Place:
        """Where a key of a map stands; the map's own place where it does not have it."""
        return next((place for name, place, _ in self.entries if name == key), self.place)

    def walk(self) -> Iterator[Node]:
        """This node and everything below it."""
        yield self
        for _, _, child in self.entries:
            yield from child.walk()
        for child in self.items:
            yield from child.walk()


def compose(text: str | bytes, file: str) -> Node:
    """The file's node tree; raises ``DocumentsInvalid`` with the problems where it is not clean YAML."""
    problems = Problems()
    node = read(text, file, problems)
    if node is None or problems.has_errors:
        raise DocumentsInvalid(tuple(problems))
    return node


def read(text: str | bytes, file: str, problems: Problems, most: int = MOST_BYTES) -> Node | None:
    """The file's node tree, or None after adding the problems that keep it from being read.

    Doubled keys are reported and the rest is still read, so that all mistakes of a file show at once.
    ``most`` is the largest size accepted, in bytes.
    """
    decoded = syntax.decoded(text, file, problems, most)
    if decoded is None or syntax.has_forbidden(decoded, file, problems):
        return None
    with collector_paused():
        root = _parsed(decoded, file, problems)
        return None if root is None else _Reader(file, problems).node(root, 0)


def names_below(text: str, key: str) -> tuple[str, ...] | None:
    """The keys of the block below a key of the file, and nothing of the rest; None where it is no YAML."""
    try:
        root = yaml.compose(text, _Loader)
    except yaml.YAMLError:
        return None
    pairs = root.value if isinstance(root, yaml.MappingNode) else ()
    found = next((value for name, value in pairs if name.value == key), None)
    return tuple(name.value for name, _ in found.value) if isinstance(found, yaml.MappingNode) else ()


def _parsed(text: str, file: str, problems: Problems) -> Any:
    """The parser's root node; after a slip whose meaning is plain, the rest is read as if it were mended."""
    try:
        return yaml.compose(text, _Loader) or _EMPTY
    except yaml.YAMLError as error:
        mended = syntax.explain(error, text, file, problems)
    if mended is None:
        return None
    text, lines = mended
    try:
        return yaml.compose(text, _Loader) or _EMPTY
    except yaml.YAMLError as error:
        syntax.explain(error, text, file, problems, lines)
        return None


class _Loader(yaml.CSafeLoader):
    """Leaves every scalar as text; tells plain ones (``plain``) from quoted ones (``quoted``)."""

    def resolve(self, kind: Any, value: Any, implicit: Any) -> str:  # noqa: ARG002
        return "plain" if kind is yaml.ScalarNode and implicit[0] else "quoted"

    def descend_resolver(self, current_node: Any, current_index: Any) -> None: ...

    def ascend_resolver(self) -> None: ...


@contextmanager
def collector_paused() -> Iterator[None]:
    """For building many lasting objects.

    Collecting garbage while a tree grows looks at every node again and again: it quadruples the time. What
    was built is freed by counting references; where it is large it is set aside from the collector, which
    would find nothing in it and look longer than loading took.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            if gc.get_count()[0] > MANY_OBJECTS:
                gc.freeze()
            gc.enable()


class _Reader:
    """Turns the parser's nodes into ours, in one walk."""

    def __init__(self, file: str, problems: Problems) -> None:
        self.file = file
        self.problems = problems

    def node(self, parsed: Any, depth: int) -> Node:
        node = Node()
        node.file = self.file
        node._start = parsed.start_mark
        node._end = parsed.end_mark
        node.raw = ""
        node.value = None
        node.quoted = False
        node.entries = _NO_ENTRIES
        node.items = _NO_ITEMS
        node.by_key = _NO_KEYS
        node.key_at = None
        kind = type(parsed)
        if kind is yaml.ScalarNode:
            _scalar(node, parsed)
        elif depth > DEEPEST:
            node.kind = "null"
            self.problems.add("too-deep", node.place, most=DEEPEST)
        elif kind is yaml.MappingNode:
            self._map(node, parsed.value, depth + 1)
        else:
            node.kind = "list"
            node.items = [self.node(item, depth + 1) for item in parsed.value]
            if parsed.flow_style:
                node.items = [piece for item in node.items for piece in self._parted(item)]
        return node

    def _parted(self, item: Node) -> Iterator[Node]:
        """``[甲，乙]`` is one text to YAML; the admin meant two, and is told once."""
        mark = next((mark for mark in "，、" if mark in item.raw), None)
        if mark is None or item.quoted or item.kind != "text":
            yield item
            return
        self.problems.add("fullwidth-comma", item, given=mark)
        for piece in item.raw.split(mark):
            part = copy(item)
            part.raw = part.value = piece.strip()
            yield part

    def _map(self, node: Node, pairs: list[tuple[Any, Any]], depth: int) -> None:
        node.kind = "map"
        by_key: dict[str, Node] = {}
        entries: list[tuple[str, Place, Node]] = []
        doubled: list[tuple[str, Place]] = []
        for key, value in pairs:
            mark = key.start_mark
            place = Place(self.file, mark.line + 1, mark.column + 1)
            if type(key) is not yaml.ScalarNode:
                self.problems.add("bad-key", place)
                continue
            name = key.value
            child = self.node(value, depth)
            if name in by_key:
                doubled.append((name, place))
                continue
            child.key_at = place
            by_key[name] = child
            entries.append((name, place, child))
        node.entries = entries
        node.by_key = by_key
        if doubled:
            lines = {name: place.line for name, place, _ in entries}
            for name, place in doubled:
                self.problems.add("duplicate-key", place, given=name, line=lines[name])


def _scalar(node: Node, parsed: Any) -> None:
    raw = parsed.value
    node.raw = raw
    node.kind = "text"
    node.value = raw
    if parsed.tag != "plain":
        node.quoted = True
        return
    if raw and raw[0] not in _MAY_BE_OTHER:
        return
    node.kind, node.value = scalar(raw)


def scalar(raw: str) -> tuple[Kind, Scalar]:
    """What a scalar means that stands without quotes."""
    if raw in _WORDS:
        return _WORDS[raw]
    if _NUMBER(raw):
        return "number", float(raw) if "." in raw else int(raw)
    return "text", raw


def set_entries(node: Node, entries: list[tuple[str, Place, Node]]) -> None:
    """Give a map other entries."""
    node.entries = entries
    node.by_key = {key: value for key, _, value in entries}


class _Top:
    line = column = index = 0


_EMPTY = yaml.ScalarNode("plain", "", _Top, _Top)  # type: ignore[arg-type]
_NO_ENTRIES: list[tuple[str, Place, Node]] = []
_NO_ITEMS: list[Node] = []
_NO_KEYS: dict[str, Node] = {}
