"""Data trees with ``${name}``: request bodies without quoting mistakes or injection.

A leaf that is exactly one ``${name}`` keeps the type of what it stands for; inside a longer text it is
joined as text. A key whose value is unknown (``UNSET``) is left out. An item of a list that is a map with the
one key ``${*name}`` stands for as many items as that list has, each with ``${each}``. A key ``${**name}``
stands for all pairs of that map; what comes after it counts more. Nothing is evaluated.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote

from plugin.desk.paths import as_text, look_up

_ONE = re.compile(r"\$\{([\w.-]+)\}\Z")
_ANY = re.compile(r"\$\{([\w.-]+)\}")
_MANY = re.compile(r"\$\{\*([\w.]+)\}\Z")
_PAIRS = re.compile(r"\$\{\*\*([\w.]+)\}\Z")


class _Unset:
    def __repr__(self) -> str:
        return "UNSET"


UNSET: Final = _Unset()
Tree = Any
"""What YAML and JSON can hold."""


class UnsafeSegment(ValueError):
    """A value that would change the path of a request: empty, ``.``, ``..`` or with control characters."""


def render(tree: Tree, known: Mapping[str, Any]) -> Tree:
    """The tree with every variable filled in."""
    if isinstance(tree, str):
        return _leaf(tree, known)
    if isinstance(tree, list):
        return [item for each in tree for item in _items(each, known) if item is not UNSET]
    if isinstance(tree, dict):
        pairs = (pair for key, value in tree.items() for pair in _pairs(key, value, known))
        return {key: value for key, value in pairs if value is not UNSET}
    return tree


def _pairs(key: str, value: Tree, known: Mapping[str, Any]) -> list[tuple[str, Tree]]:
    many = _PAIRS.match(key)
    if many is None:
        return [(_text(key, known), render(value, known))]
    there = look_up(many.group(1), known)
    return list(there.items()) if isinstance(there, dict) else []


def _items(item: Tree, known: Mapping[str, Any]) -> list[Tree]:
    only = next(iter(item)) if isinstance(item, dict) and len(item) == 1 else None
    many = _MANY.match(only) if isinstance(only, str) else None
    if many is None or not isinstance(item, dict):
        return [render(item, known)]
    values = look_up(many.group(1), known)
    listed = values if isinstance(values, list | tuple) else [] if values is None else [values]
    return [render(item[only], {**known, "each": each}) for each in listed]


def render_text(text: str, known: Mapping[str, Any]) -> str:
    """A header or query value; control characters can never end a header line."""
    return re.sub(r"[\x00-\x1f\x7f]", " ", _text(text, known))


def render_path(path: str, known: Mapping[str, Any]) -> str:
    """A URL path in which every filled-in value is one percent-encoded segment; raises ``UnsafeSegment``."""
    return _ANY.sub(lambda hit: _segment(as_text(look_up(hit.group(1), known))), path)


def names(tree: Tree) -> frozenset[str]:
    """All variables a tree uses, in keys and values."""
    if isinstance(tree, str):
        return frozenset(_ANY.findall(tree))
    if isinstance(tree, list):
        return frozenset(name for each in tree for name in names(each))
    if isinstance(tree, dict):
        return names(list(tree)) | names(list(tree.values()))
    return frozenset()


def merge(first: Tree, second: Tree) -> Tree:
    """Two trees as one: maps key by key, lists one after the other, otherwise the second."""
    if isinstance(first, dict) and isinstance(second, dict):
        return {**first, **{key: merge(first[key], v) if key in first else v for key, v in second.items()}}
    if isinstance(first, list) and isinstance(second, list):
        return first + second
    return second


def _leaf(text: str, known: Mapping[str, Any]) -> Tree:
    one = _ONE.match(text)
    if not one:
        return _text(text, known)
    value = look_up(one.group(1), known)
    return UNSET if value is None else value


def _text(text: str, known: Mapping[str, Any]) -> str:
    return _ANY.sub(lambda hit: as_text(look_up(hit.group(1), known)), text)


def _segment(value: str) -> str:
    if value in ("", ".", "..") or any(ord(c) < 32 or ord(c) == 127 for c in value):
        raise UnsafeSegment(repr(value[:40]))
    return quote(value, safe="")
