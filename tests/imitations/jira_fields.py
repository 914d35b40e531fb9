"""What Jira accepts for a field, and what it says when it does not (REST reference v2, "Edit issue")."""

from __future__ import annotations

import re
from typing import Any

Choices = dict[str, dict[str, str]]
"""field → (option → its id)"""
PRIORITIES = {"1": "Highest", "2": "High", "3": "Medium", "4": "Low", "5": "Lowest"}
DATE = r"\d{4}-\d\d-\d\d"
DATETIME = DATE + r"T\d\d:\d\d:\d\d\.\d{3}[+-]\d{4}"


class BadField(Exception):
    """A value the field does not take; the words are the product's."""


def on_the_wire(shape: dict[str, Any], given: Any, now: Any, choices: Choices, *, steps: bool) -> Any:
    """The field's next value out of a plain value, or out of ``update``'s list of operations."""
    if not steps:
        return _value(shape, given, choices)
    if not isinstance(given, list):
        raise BadField("The operation list must be an array.")
    for step in given:
        (verb, value), *more = step.items()
        if more or verb not in ("add", "remove", "set", "edit"):
            raise BadField(f"The operation '{verb}' is not supported for the field.")
        if verb == "set":
            now = _value(shape, value, choices)
        elif shape["schema"]["type"] not in ("array", "components"):
            raise BadField(f"Field '{shape['id']}' does not support operation '{verb}'")
        else:
            [value] = _value(shape, [value], choices)
            now = [v for v in now or [] if v != value] + ([value] if verb == "add" else [])
    return now


def _value(shape: dict[str, Any], given: Any, choices: Choices) -> Any:
    if given is None:
        return [] if shape["schema"]["type"] in ("array", "components") else None
    return READERS[shape["schema"]["type"]](shape, given, choices)


def _text(_shape: dict[str, Any], given: Any, _choices: Any) -> str:
    if not isinstance(given, str):
        raise BadField("Operation value must be a string")
    return given


def _labels(_shape: dict[str, Any], given: Any, _choices: Any) -> list[str]:
    if not isinstance(given, list):
        raise BadField("data was not an array")
    for label in given:
        if not isinstance(label, str):
            raise BadField("string expected at index 0")
        if re.search(r"\s", label):
            raise BadField(f"The label '{label}' contains spaces which is invalid.")
    return list(dict.fromkeys(given))


def _day(shape: dict[str, Any], given: Any, choices: Any) -> str:
    if not re.fullmatch(DATE, _text(shape, given, choices)):
        raise BadField("Error parsing date string: " + given)
    return str(given)


def _moment(shape: dict[str, Any], given: Any, choices: Any) -> str:
    if not re.fullmatch(DATETIME, _text(shape, given, choices)):
        raise BadField("Error parsing time: " + given)
    return str(given)


def _priority(_shape: dict[str, Any], given: Any, _choices: Any) -> dict[str, str]:
    if not isinstance(given, dict):
        raise BadField("Could not find valid 'id' or 'name' in priority object.")
    for key, name in PRIORITIES.items():
        if str(given.get("id")) == key or given.get("name") == name:
            return {"id": key, "name": name}
    raise BadField("The priority selected is invalid.")


def _option(shape: dict[str, Any], given: Any, choices: Choices) -> dict[str, str]:
    if not isinstance(given, dict) or not {"id", "value"} & set(given):
        raise BadField(f"Specify a valid 'id' or 'name' for {shape['name']}")
    for value, key in choices[shape["id"]].items():
        if str(given.get("id")) == key or given.get("value") == value:
            return {"id": key, "value": value}
    raise BadField(f"Option value '{given.get('value', given.get('id'))}' is not valid")


def _components(shape: dict[str, Any], given: Any, choices: Choices) -> list[dict[str, str]]:
    if not isinstance(given, list):
        raise BadField("data was not an array")
    found = []
    for one in given:
        name = one.get("name") if isinstance(one, dict) else None
        key = choices[shape["id"]].get(
            name or "", str((one or {}).get("id", "")) if isinstance(one, dict) else ""
        )
        if key not in choices[shape["id"]].values():
            raise BadField(f"Component name '{name}' is not valid")
        found.append({"id": key})
    return found


READERS = {
    "components": _components,
    "string": _text,
    "array": _labels,
    "date": _day,
    "datetime": _moment,
    "priority": _priority,
    "option": _option,
}
