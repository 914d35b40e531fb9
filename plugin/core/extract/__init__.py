"""Facts from text: numbers that are people, what happened, for how long; zh and en, linear in the text."""

from __future__ import annotations

from dataclasses import dataclass

from plugin.core.conditions import FieldType
from plugin.core.place import Place


@dataclass(frozen=True, slots=True)
class Extraction:
    """One entry of ``extract:``: which fact, read how."""

    name: str
    kind: str
    type: FieldType
    place: Place
