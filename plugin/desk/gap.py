"""What nobody can tell of a helpdesk just met, and how a person answers that something is not wanted."""

from __future__ import annotations

from dataclasses import dataclass

NOWHERE = "-"
"""The answer that a value is not to be written at all."""


@dataclass(frozen=True, slots=True)
class Gap:
    """What nobody can tell yet, and the names that came near."""

    key: str
    near: tuple[str, ...] = ()
