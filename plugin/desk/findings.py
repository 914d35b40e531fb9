"""What a look at a desk found: a code with slots, and how grave it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Severity = Literal["ok", "warning", "error"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found. ``error``: tickets fall through, or will; ``warning``: worth a look; ``ok``: told."""

    severity: Severity
    code: str
    slots: Mapping[str, Any] = field(default_factory=dict)


def good(code: str, **slots: Any) -> Finding:
    """As it should be."""
    return Finding("ok", code, slots)


def warn(code: str, **slots: Any) -> Finding:
    """Worth a look."""
    return Finding("warning", code, slots)


def bad(code: str, **slots: Any) -> Finding:
    """Tickets fall through, or will."""
    return Finding("error", code, slots)
