"""What time wants of a ticket: its next limit, whether one was missed, what its chains did, what to tell."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

DUE_FORM = "%Y-%m-%dT%H:%M:%SZ"
"""How an instant stands in a snapshot and in a change: ISO 8601, UTC, whole seconds."""


@dataclass(frozen=True, slots=True)
class Told:
    """One line for people; ``key`` makes it stand in the ticket once."""

    key: str
    text: str


@dataclass(frozen=True, slots=True)
class Timing:
    """As the clocks stand now; nothing at all where a desk has none."""

    due: datetime | None = None
    """The earliest instant at which a running clock is due; of an overdue one, when it was. Aware UTC."""
    breached: bool | None = None
    """Whether a limit was missed, also one done since; None: the case has no clock."""
    assign: str | None = None
    """The group a chain moved the matter to."""
    priority: str | None = None
    """The level (or severity) whose priority a chain raised it to."""
    told: tuple[Told, ...] = ()
    """Warnings, steps and corrections that do not stand in the ticket yet, in order of time."""


NO_TIMING = Timing()


def as_kept(due: datetime, zone: str | None = None, *, by_minute: bool = False) -> str:
    """The instant; its minute; or its day in a ``zone``, which a snapshot gives as its midnight in UTC."""
    if zone is not None:
        return due.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%dT00:00:00Z")
    return (due.replace(second=0) if by_minute else due).strftime(DUE_FORM)
