"""From a value on the wire to ours and back: types, times, lists, words, markup."""

from __future__ import annotations

import base64
import binascii
import html
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import re2

from plugin.desk.markup import html_to_text
from plugin.desk.paths import Path, as_text, fill, find_all, look_up, variables

Kind = Literal["text", "int", "flag", "time", "list"]
TimeForm = str
"""``iso``, ``unix``, ``unix_ms``, or a ``strptime`` form such as ``%Y-%m-%d %H:%M:%S``."""
CANONICAL_TIME = "%Y-%m-%dT%H:%M:%SZ"
"""How an instant stands in a snapshot: UTC, whole seconds."""
FIRST_YEAR = 1000
"""Before it, such as 0001-01-01 of .NET and Go, a product says that there is no time."""


@dataclass(frozen=True, slots=True)
class Test:
    """One question about a value. It holds where any of what is asked does.

    Texts in ``wanted`` and ``unwanted`` may hold ``${…}``; one whose variable is not set is not asked.
    """

    __test__ = False

    path: Path
    wanted: frozenset[str] = frozenset()
    unwanted: frozenset[str] = frozenset()
    """There is a value, and it is none of these"""
    filled: bool = False
    """There is a value, also a map or a list with something in it"""
    empty: bool = False
    among: Path | None = None


def holds(test: Test, value: Any, known: Mapping[str, Any] | None = None) -> bool:
    """The answer of a test; texts are compared."""
    there = [each for each in find_all(value, test.path, known) if _is_there(each)]
    if test.empty or test.filled:
        return test.filled == bool(there)
    found = {as_text(each) for each in there} - {""}
    among = {as_text(each) for each in find_all(value, test.among, known)} if test.among else set()
    unwanted = _set(test.unwanted, known)
    is_another = bool(found) and bool(unwanted) and not found & unwanted
    return is_another or bool(found & (_set(test.wanted, known) | among))


def _is_there(value: Any) -> bool:
    return bool(value) if isinstance(value, dict | list) else as_text(value) != ""


def _set(texts: frozenset[str], known: Mapping[str, Any] | None) -> set[str]:
    """The texts filled in, less those of which a variable is not set: nobody is to match an empty setting."""
    return {composed(each, known or {}) for each in texts} - {""}


@dataclass(frozen=True, slots=True)
class Reader:
    """Where a value stands in an answer and what it means.

    ``paths`` are tried in order, the first that gives something decides.
    """

    paths: tuple[Path, ...]
    kind: Kind = "text"
    form: TimeForm = "iso"
    zone: str = "UTC"
    """Of times without one; may hold ``${setting.…}``: some products write times by their own clock."""
    unset: frozenset[str] = frozenset()
    """Wire values that mean "none", such as the year 1970."""
    split: str | None = None
    base64: bool = False
    entities: bool = False
    """A text with its marks as entities (``&#60;p&#62;``): these are read first, where no ``<`` stands."""
    html: bool = False
    html_when: Test | None = None
    lower: bool = False
    prefix: str | None = None
    """The value is what stands behind this text; may hold ``${setting.…}``."""
    pattern: str | None = None
    """An RE2 pattern whose first group is the value."""
    words: Mapping[str, str] = field(default_factory=dict)
    """Wire value → word."""
    default: str | None = None
    template: str | None = None
    """Instead of a place a text of several values (``${…}``); no value where one of them has none."""
    otherwise: Reader | None = None
    """Read instead where this one finds nothing: another place with another meaning."""


def read_all(value: Any, reader: Reader, known: Mapping[str, Any] | None = None) -> list[str]:
    """All values as text, converted one by one; what cannot be converted is left out."""
    reader = _filled(reader, known)
    if reader.template is not None:
        texts = _texts(composed(reader.template, known or {}), reader, is_html=False)
        if texts:
            return texts
    for path in reader.paths:
        is_html = reader.html or (reader.html_when is not None and holds(reader.html_when, value, known))
        found = find_all(value, path, known)
        texts = [text for each in found for text in _texts(each, reader, is_html)]
        if texts:
            return texts
    if reader.otherwise is not None:
        return read_all(value, reader.otherwise, known)
    return [] if reader.default is None else [reader.default]


def composed(template: str, known: Mapping[str, Any]) -> str:
    """A text put together of several values; empty where one of them has none."""
    return fill(template, known) if all(as_text(look_up(name, known)) for name in variables(template)) else ""


def read_one(value: Any, reader: Reader, known: Mapping[str, Any] | None = None) -> str | None:
    """The first value as text, or None."""
    return next(iter(read_all(value, reader, known)), None)


def read_time(value: Any, reader: Reader, known: Mapping[str, Any] | None = None) -> datetime | None:
    """The first value as aware UTC, or None."""
    text = read_one(value, reader, known)
    return None if text is None else datetime.strptime(text, CANONICAL_TIME).replace(tzinfo=UTC)


def read_instant(value: Any, reader: Reader, known: Mapping[str, Any] | None = None) -> float | None:
    """The first value as seconds since 1970, as exactly as the product tells; None where there is none."""
    reader = _filled(reader, known)
    raw = read_one(value, replace(reader, kind="text"), known)
    at = None if raw is None else time_from_wire(raw, reader.form, reader.zone)
    return None if at is None else at.timestamp()


def _filled(reader: Reader, known: Mapping[str, Any] | None) -> Reader:
    """The reader with what the desk file says of it."""
    if "${" not in reader.zone and "${" not in (reader.prefix or ""):
        return reader
    prefix = None if reader.prefix is None else fill(reader.prefix, known or {})
    return replace(reader, zone=fill(reader.zone, known or {}), prefix=prefix)


def _texts(found: Any, reader: Reader, is_html: bool) -> list[str]:
    if isinstance(found, list):
        return [text for item in found for text in _texts(item, reader, is_html)]
    raw = as_text(found)
    if raw in reader.unset or isinstance(found, dict):
        return []
    parts = [part.strip() for part in raw.split(reader.split)] if reader.split else [raw]
    return [text for part in parts if (text := _one(part, reader, is_html)) is not None and text != ""]


def _one(raw: str, reader: Reader, is_html: bool) -> str | None:
    if reader.base64:
        raw = _from_base64(raw)
    if reader.entities and "<" not in raw:
        raw = html.unescape(raw)
    if is_html:
        raw = html_to_text(raw)
    if reader.prefix is not None:
        if not raw.startswith(reader.prefix):
            return None
        raw = raw.removeprefix(reader.prefix)
    if reader.pattern is not None:
        hit = re2.search(reader.pattern, raw)
        if hit is None:
            return None
        raw = hit.group(1)
    if reader.lower:
        raw = raw.lower()
    if reader.kind == "time":
        at = time_from_wire(raw, reader.form, reader.zone)
        return None if at is None else at.strftime(CANONICAL_TIME)
    if reader.kind == "int":
        raw = raw.strip()
    return reader.words.get(raw, raw)


def _from_base64(raw: str) -> str:
    try:
        return base64.b64decode(raw, validate=False).decode("utf-8", "replace")
    except (binascii.Error, ValueError):
        return ""


def time_from_wire(raw: str, form: TimeForm, zone: str = "UTC") -> datetime | None:
    """An instant as aware UTC, or None where the text is no time in this form, or before ``FIRST_YEAR``."""
    try:
        at = _instant(raw.strip(), form, zone)
    except (ValueError, OverflowError, OSError, ZoneInfoNotFoundError):
        return None
    return at if at.year >= FIRST_YEAR else None


def _instant(raw: str, form: TimeForm, zone: str) -> datetime:
    if form in ("unix", "unix_ms"):
        return datetime.fromtimestamp(float(raw) / (1000 if form == "unix_ms" else 1), UTC)
    at = datetime.fromisoformat(raw) if form == "iso" else datetime.strptime(raw, form)  # noqa: DTZ007
    return (at if at.tzinfo else at.replace(tzinfo=ZoneInfo(zone))).astimezone(UTC)


def time_to_wire(canonical: str, form: TimeForm, zone: str = "UTC") -> str | int:
    """The other way; ``canonical`` is in ``CANONICAL_TIME``.

    Raises ``ValueError`` for anything else, and for a zone nobody knows.
    """
    at = datetime.strptime(canonical, CANONICAL_TIME).replace(tzinfo=UTC)
    if form == "iso":
        return canonical
    if form in ("unix", "unix_ms"):
        return int(at.timestamp()) * (1000 if form == "unix_ms" else 1)
    try:
        return at.astimezone(ZoneInfo(zone)).strftime(form)
    except ZoneInfoNotFoundError as error:
        raise ValueError(str(error)) from None


def instant_to_wire(at: float, form: TimeForm, zone: str = "UTC") -> str | int:
    """An instant (seconds since 1970) as a query wants it; raises ``ValueError`` for a zone nobody knows."""
    return time_to_wire(datetime.fromtimestamp(at, UTC).strftime(CANONICAL_TIME), form, zone or "UTC")
