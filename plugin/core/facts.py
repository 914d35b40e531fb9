"""Facts: what is known about a matter, from where, and how sure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import NamedTuple

from plugin.core.place import Place


class Sure(IntEnum):
    """How sure a fact is; a surer fact of the same name beats a less sure one."""

    READ = 1
    """Read from text."""
    STATED = 2
    """A field of the ticket."""
    CONFIRMED = 3
    """Confirmed by staff."""


class Count(NamedTuple):
    """A head count or amount as a range; ``hi`` is None where the text leaves it open (二百余, 上百)."""

    lo: int
    hi: int | None

    @property
    def value(self) -> int:
        """The number that counts: the upper end of a closed range, the lower end of an open one."""
        return self.lo if self.hi is None else self.hi


FactValue = bool | int | str | Count | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact, the words it was read from, and the line of YAML that read it."""

    name: str
    value: FactValue
    sure: Sure = Sure.READ
    span: tuple[int, int] | None = None
    """Start and end in ``text.clean(title + "\\n" + text)`` of its message; None for a field."""
    place: Place | None = None
    """The line of YAML that read it."""
    provisional: bool = False
    """Witnesses differ or the range straddles a band: the higher holds, a person must verify."""
    at: datetime | None = None
    """Aware UTC: when staff confirmed it; it says nothing about messages that came later."""

    @property
    def number(self) -> int | None:
        """The value as a number for bands and ranges; None for words and flags."""
        if isinstance(self.value, Count):
            return self.value.value
        if isinstance(self.value, int) and not isinstance(self.value, bool):
            return self.value
        return None


Facts = Mapping[str, Fact]
