"""Effects: what must change in the helpdesk, as the difference between the wanted and the read state."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from plugin.core.decision import CaseState, Decision

Mode = Literal["observe", "propose", "act"]
Target = str
"""``group``, ``level``, ``priority``, ``due``, ``tags`` or ``reason`` (a staff-only field)."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The ticket's state in the helpdesk as read just now, in the helpdesk's own words."""

    values: Mapping[Target, str | tuple[str, ...] | None]
    """Only targets this desk can read; tags as a sorted tuple."""
    stamp: str | None
    """etag, last transaction or updated_at: grows, or at least changes, with the ticket."""
    markers: frozenset[str] = frozenset()
    """Ids of our own actions found in notes (or in the run-id field)."""
    marker_counts: Mapping[str, int] = field(default_factory=dict)
    """How often each marker stands: two of one is a doubled note."""
    state: Literal["open", "paused", "closed", "gone", "merged"] = "open"
    merged_into: str | None = None
    changed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class DeskMap:
    """The part of a desk file that effects need: which helpdesk value stands for which plan value."""

    mode: Mode
    language: Literal["zh", "en"]
    groups: Mapping[str, str]
    """plan group id → the helpdesk's group"""
    levels: Mapping[str, str] = field(default_factory=dict)
    """plan level id → value of the helpdesk's level field; empty: the desk writes no level"""
    priorities: Mapping[str, str] = field(default_factory=dict)
    """level id, or severity hint for inherited levels → the helpdesk's priority"""
    priority_order: tuple[str, ...] = ()
    """The helpdesk's priorities, lowest first: a priority is only ever raised"""
    tags: bool = False
    notes: bool = True
    """False: the platform has no note the public cannot see"""
    reason: bool = False
    """True: a staff-only field takes the reason instead of a note"""


@dataclass(frozen=True, slots=True)
class Change:
    """One value to write; ``base`` is what was read, for settling an unknown outcome."""

    target: Target
    base: str | tuple[str, ...] | None
    want: str | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Note:
    """An internal note; ``key`` is unique per decision, so that one decision is noted once."""

    key: str
    text: str


@dataclass(frozen=True, slots=True)
class Effects:
    """Everything one decision wants changed; sent in one request where the platform can."""

    changes: tuple[Change, ...] = ()
    note: Note | None = None

    def __bool__(self) -> bool:
        return bool(self.changes) or self.note is not None


def effects(decision: Decision, case: CaseState, snapshot: Snapshot, desk: DeskMap) -> Effects:
    """The difference between what the decision wants and what was read.

    Guards: a priority is only ever raised, rank 0 leaves priority and due alone,
    a person's change is not fought, nothing is closed, hidden, dropped or muted.
    """
    raise NotImplementedError
