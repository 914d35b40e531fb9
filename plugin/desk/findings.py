"""What a look at a desk found: a code with slots, and how grave it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Severity = Literal["ok", "warning", "error"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found. ``error``: tickets fall through, or will; ``warning``: worth a look; ``ok``: told."""

    severity: Severity
    code: str
    slots: Mapping[str, Any] = field(default_factory=dict)
    part: str = ""
    """What was looked at when it was found, such as ``names groups``; a part of a part has words more."""

    @property
    def lasting(self) -> dict[str, Any]:
        """The slots without a helpdesk's own sentences: these may repeat a ticket's, and change."""
        return {name: value for name, value in self.slots.items() if name not in ("why", "detail", "tried")}


def is_within(part: str, parts: Iterable[str]) -> bool:
    """Whether a part is one of these, or a part of one."""
    return any(part == each or part.startswith(f"{each} ") for each in parts)


def good(code: str, **slots: Any) -> Finding:
    """As it should be."""
    return Finding("ok", code, slots)


def warn(code: str, **slots: Any) -> Finding:
    """Worth a look."""
    return Finding("warning", code, slots)


def bad(code: str, **slots: Any) -> Finding:
    """Tickets fall through, or will."""
    return Finding("error", code, slots)
