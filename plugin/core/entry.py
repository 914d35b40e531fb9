"""What every entry of a plan has."""

from __future__ import annotations

from dataclasses import dataclass

from plugin.core.label import Label
from plugin.core.place import Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What every entry of a plan has."""

    id: str
    label: Label
    source_ref: tuple[str, ...] = ()
    """Rows of the clause inventory this entry carries out."""
    note: Label | None = None
    """How the clause was read, where its words leave room."""
    place: Place | None = None
