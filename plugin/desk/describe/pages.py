"""What is published about connector files, by the keys of the checks: JSON Schema and reference page."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

from plugin.desk.describe import schema
from plugin.documents import json_schema
from plugin.documents.json_schema import Schema
from plugin.documents.reference import settings_page

SHORT = 200
"""Characters; a shorter part is repeated where it is needed."""


def connector_schema() -> Schema:
    """The schema of a connector file; where it has variants each may say what the whole leaves out."""
    whole = json_schema.block(schema.VARIANT)
    required = whole.pop("required")
    described = json_schema.block(schema.CONNECTOR)["properties"]["variants"]
    variants = {**described, "additionalProperties": _part(whole)}
    properties = {**whole["properties"], "variants": variants}
    either = [{"required": ["variants"]}, {"required": required}]
    return json_schema.published("connector", _shared({**whole, "properties": properties, "anyOf": either}))


def connector_schema_file() -> tuple[str, str]:
    """Name and text of the schema's file."""
    return json_schema.file_of("connector", connector_schema())


def connectors_page() -> str:
    """``docs/reference/connectors.md``: every setting of a connector file."""
    return settings_page("# Every setting of a connector file", {"connectors/": schema.CONNECTOR})


def _shared(whole: Schema) -> Schema:
    """The same with each part that occurs again written once, under ``$defs``."""
    seen = Counter(_told(part) for part in _parts(whole))
    names: dict[str, str] = {}
    parts: dict[str, Schema] = {}

    def replaced(value: Any) -> Any:
        if isinstance(value, list):
            return [replaced(each) for each in value]
        if not isinstance(value, dict):
            return value
        told = _told(value)
        is_schema = isinstance(value.get("type"), str)  # and no map of settings, one of them called "type"
        if seen[told] < 2 or len(told) < SHORT or not is_schema:
            return {key: replaced(each) for key, each in value.items()}
        if told not in names:
            names[told] = f"part{len(names) + 1}"
            parts[names[told]] = {key: replaced(each) for key, each in value.items()}
        return {"$ref": f"#/$defs/{names[told]}"}

    made: Schema = replaced(whole)
    return {**made, "$defs": parts}


def _parts(value: Any) -> Iterator[Schema]:
    if isinstance(value, dict):
        yield value
    for each in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _parts(each)


def _told(part: Schema) -> str:
    return json.dumps(part, sort_keys=True)


def _part(described: Schema) -> Schema:
    """As much of a block as one likes; null takes away what stands there."""
    inner = {name: _part(each) for name, each in described.get("properties", {}).items()}
    made = {key: value for key, value in described.items() if key != "required"}
    if inner:
        made["properties"] = inner
    return {"anyOf": [{"type": "null"}, made]}
