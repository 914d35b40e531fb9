"""Fields that every ticket has of itself, by the same key as those the helpdesk lists. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from plugin.desk.descriptor import Descriptor
from plugin.desk.paths import Key, Path, is_there, variables


def own_places(descriptor: Descriptor) -> tuple[Path, ...]:
    """The paths by which a desk file's field may be a key of the ticket, and no entry of a list."""
    reader = descriptor.ticket.field
    return () if reader is None else tuple(path for path in reader.paths if _is_key(path))


def has_place(descriptor: Descriptor, answers: Mapping[str, Any], source: str) -> bool:
    """Whether the ticket has this field, filled or not."""
    known = {**answers, "field": source}
    return any(is_there(answers, path, known) for path in own_places(descriptor))


def _is_key(path: Path) -> bool:
    return any(isinstance(step, Key) and "field" in variables(step.name) for step in path.steps)
