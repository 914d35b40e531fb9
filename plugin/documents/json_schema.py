"""JSON Schema of every kind of document, for editors, made from the same key descriptions as the checks.

Our own ``paidan check`` says more; the schema serves completion and hovering. Refer to it with
``# yaml-language-server: $schema=…`` in a file's first line.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from plugin.documents.calendar_keys import CALENDAR
from plugin.documents.desk_keys import DESK
from plugin.documents.plans import PLAN
from plugin.documents.reader import Choice, Either, Key, ListOf, MapOf, Shape
from plugin.documents.roster_keys import ROSTER
from plugin.documents.rules_keys import RULES

Schema = dict[str, Any]

DRAFT = "https://json-schema.org/draft/2020-12/schema"
KINDS: Mapping[str, Mapping[str, Key]] = {
    "plan": PLAN,
    "rules": RULES,
    "desk": DESK,
    "calendar": CALENDAR,
    "roster": ROSTER,
}
_WORDS: Mapping[str, Schema] = {
    "text": {"type": ["string", "number"]},
    "id": {"type": ["string", "number"], "pattern": r"^[^\W_][\w.-]{0,79}$"},
    "number": {"type": "number"},
    "whole": {"type": "integer"},
    "flag": {"type": "boolean"},
    "duration": {"type": "string", "pattern": "^[0-9]{1,7}[smhd]$"},
    "label": {
        "type": ["string", "object"],
        "properties": {"zh": {"type": "string"}, "en": {"type": "string"}},
        "additionalProperties": False,
    },
    "time": {"type": "string", "pattern": "^([01]?[0-9]|2[0-4]):[0-5][0-9]$"},
    "date": {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"},
    "instant": {
        "type": "string",
        "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2})?(Z|[-+][0-9]{2}:[0-9]{2})$",
    },
    "hours": {"type": "string", "pattern": "^(closed|[0-2]?[0-9]:[0-5][0-9]-[0-2]?[0-9]:[0-5][0-9])$"},
    "condition": {"type": "object"},
    "secret": {"type": "string", "pattern": "^(env:[A-Za-z_][A-Za-z0-9_]*|file:/.+)$"},
    "any": {},
}


def schema(kind: str) -> Schema:
    """The schema of one kind of document."""
    return published(kind, block(KINDS[kind]))


def published(kind: str, described: Schema) -> Schema:
    """A schema with its heading."""
    return {"$schema": DRAFT, "title": f"Paidan {kind}", **described}


def block(keys: Mapping[str, Key]) -> Schema:
    """The schema of a block with these keys."""
    required = [key.name for key in keys.values() if key.required]
    properties = {key.name: _described(key) for key in keys.values()}
    made: Schema = {"type": "object", "properties": properties, "additionalProperties": False}
    return {**made, "required": required} if required else made


def _described(key: Key) -> Schema:
    shape = _shape(key.shape)
    return {"description": key.en, **shape} if key.en else shape


def _shape(shape: Shape) -> Schema:
    match shape:
        case str():
            return dict(_WORDS[shape])
        case Choice():
            return {"enum": list(shape.words)}
        case ListOf():
            listed: Schema = {"type": "array", "items": _shape(shape.item)}
            return {"anyOf": [listed, _shape(shape.item)]} if shape.or_one else listed
        case MapOf():
            return {"type": "object", "additionalProperties": _shape(shape.value)}
        case Either():
            return {"anyOf": [_shape(each) for each in shape.shapes]}
    return block(shape)


def files() -> Iterator[tuple[str, str]]:
    """File name and text of every schema."""
    for kind in KINDS:
        yield file_of(kind, schema(kind))


def file_of(kind: str, made: Schema) -> tuple[str, str]:
    """Name and text of the file a schema is published in."""
    return f"{kind}.schema.json", json.dumps(made, ensure_ascii=False, indent=1) + "\n"


def write(folder: Path) -> None:
    """Write every schema into ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files():
        (folder / name).write_text(text, "utf-8")
