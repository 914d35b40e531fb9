"""Paths into JSON: ``a.b``, ``a[0]``, ``a[-1]``, ``a[*].b``, ``a[name=Level]``, ``a[x=1|2]``, ``a[id!=7]``.

A path gives every value it reaches, in order; most readers want the first.
``${name}`` inside a key or a wanted value is filled in when the path is used, as a whole word:
what is filled in can never become a part of the path's own grammar.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

_KEY = re.compile(r"(?:[^.\[\]${}'\"=|]|\$\{[\w.]+\})+")
_WANTED = re.compile(r"(?:[^\[\]${}|]|\$\{[\w.]+\})*")
_VARIABLE = re.compile(r"\$\{([\w.]+)\}")
MOST_FOUND = 10_000
"""No ticket has more messages than this; it bounds the work a hostile answer can cause."""


class PathError(ValueError):
    """A path that cannot be read; ``at`` is the offset in its text."""

    def __init__(self, text: str, at: int) -> None:
        super().__init__(f"{text!r} is no path from character {at + 1} on")
        self.at = at


@dataclass(frozen=True, slots=True)
class Key:
    """The value of one key of a map."""

    name: str


@dataclass(frozen=True, slots=True)
class Index:
    """One item of a list; negative from its end."""

    at: int


@dataclass(frozen=True, slots=True)
class Every:
    """All items of a list, or all values of a map."""


@dataclass(frozen=True, slots=True)
class Select:
    """The items whose value at ``key`` is one of ``wanted``, as text; nothing wanted: those without a value.

    A map alone is one item.
    """

    key: Path
    wanted: tuple[str, ...]
    is_not: bool = False
    """``!=``: the others instead."""


Step = Key | Index | Every | Select


@dataclass(frozen=True, slots=True)
class Path:
    """A parsed path."""

    steps: tuple[Step, ...]
    text: str

    @property
    def variables(self) -> frozenset[str]:
        """Names the path needs filled in."""
        return frozenset(_VARIABLE.findall(self.text))


@lru_cache(maxsize=4096)
def parse(text: str) -> Path:
    """Read a path; raises ``PathError``. The empty path is the value itself."""
    steps: list[Step] = []
    at = 0
    while at < len(text):
        step, at = _bracket(text, at) if text[at] == "[" else _key(text, at, first=not steps)
        steps.append(step)
    return Path(tuple(steps), text)


def _key(text: str, at: int, *, first: bool) -> tuple[Step, int]:
    start = at
    if not first:
        if text[at] != ".":
            raise PathError(text, at)
        start = at + 1
    if start < len(text) and text[start] in "'\"":
        end = text.find(text[start], start + 1)
        if end < 0:
            raise PathError(text, start)
        return Key(text[start + 1 : end]), end + 1
    found = _KEY.match(text, start)
    if not found:
        raise PathError(text, start)
    return Key(found.group()), found.end()


def _bracket(text: str, at: int) -> tuple[Step, int]:
    end = text.find("]", at)
    inner = text[at + 1 : end]
    if end < 0 or not inner:
        raise PathError(text, at)
    if inner == "*":
        return Every(), end + 1
    if re.fullmatch(r"-?\d{1,6}", inner):
        return Index(int(inner)), end + 1
    key, equals, wanted = inner.partition("=")
    if not equals or not key or not all(_WANTED.fullmatch(w) for w in wanted.split("|")):
        raise PathError(text, at)
    is_not = key.endswith("!")
    if is_not and len(key) == 1:
        raise PathError(text, at)
    return Select(parse(key.removesuffix("!")), tuple(wanted.split("|")), is_not), end + 1


def find_all(value: Any, path: Path, known: Mapping[str, Any] | None = None) -> list[Any]:
    """Every value the path reaches; a missing key or a wrong kind is no value, ``null`` is left out."""
    return [item for item in _reached(value, path, known) if item is not None]


def is_there(value: Any, path: Path, known: Mapping[str, Any] | None = None) -> bool:
    """Whether there is such a place, be it ``null``."""
    return bool(_reached(value, path, known))


def _reached(value: Any, path: Path, known: Mapping[str, Any] | None) -> list[Any]:
    found = [value]
    for step in path.steps:
        found = _bounded(item for each in found for item in _reach(each, step, known or {}))
    return found


def find(value: Any, path: Path, known: Mapping[str, Any] | None = None) -> Any:
    """The first value the path reaches, or None."""
    return next(iter(find_all(value, path, known)), None)


def _bounded(items: Iterator[Any]) -> list[Any]:
    found = []
    for item in items:
        found.append(item)
        if len(found) >= MOST_FOUND:
            break
    return found


def _reach(value: Any, step: Step, known: Mapping[str, Any]) -> Iterator[Any]:
    match step:
        case Key(name):
            if isinstance(value, dict) and (key := fill(name, known)) in value:
                yield value[key]
        case Index(at):
            if isinstance(value, list) and -len(value) <= at < len(value):
                yield value[at]
        case Every():
            yield from _items(value)
        case Select(key, wanted, is_not):
            wants = {fill(each, known) for each in wanted}
            candidates = [value] if isinstance(value, dict) else _items(value)
            yield from (item for item in candidates if bool(wants & _texts(item, key, known)) != is_not)


def _items(value: Any) -> Iterator[Any]:
    if isinstance(value, list):
        yield from value
    elif isinstance(value, dict):
        yield from value.values()


def _texts(item: Any, key: Path, known: Mapping[str, Any]) -> set[str]:
    return {as_text(found) for found in find_all(item, key, known)} or {""}


def as_text(value: Any) -> str:
    """A scalar as the text a person would write for it: ``true``, ``3``; a map or list is empty."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None or isinstance(value, dict | list) else whole_characters(str(value))


def whole_characters(text: str) -> str:
    """Without half characters (``\\ud83d`` alone in JSON), which no store, log or request can hold."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace").decode()
    return text


def fill(text: str, known: Mapping[str, Any]) -> str:
    """Replace each ``${name}`` by what is known under that (dotted) name; unknown is empty."""
    if "${" not in text:
        return text
    return _VARIABLE.sub(lambda hit: as_text(look_up(hit.group(1), known)), text)


def variables(text: str) -> list[str]:
    """The names of the variables in a text."""
    return _VARIABLE.findall(text)


def look_up(name: str, known: Mapping[str, Any]) -> Any:
    """What a variable stands for: the name itself, or its parts one below the other."""
    if name in known:
        return known[name]
    value: Any = known
    for part in name.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    return value
