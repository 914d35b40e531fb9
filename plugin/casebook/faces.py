"""What a ticket showed when it was read or written last, and whether a list shows anything newer. Pure.

A list asked for after the ticket was read tells of something newer wherever it shows anything else, also an
earlier time: the helpdesk's clock may have been set back since. Where it tells no more than the second of a
change, two changes of one second look alike: the ticket counts as read only if it was read after that second
was over, or if the last of them was our own.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from plugin.core.effects import Snapshot
from plugin.desk.helpdesk import Changed

ECHO = 5.0
"""Seconds after our own write in which a change by our own account is taken for it."""
MARGIN = 2.0
"""Seconds by which a helpdesk's clock is known, told in whole seconds as it is."""


def shown(snapshot: Snapshot, seen_at: float) -> dict[str, Any]:
    """What is kept of a read that began no earlier than ``seen_at`` (the database's clock)."""
    return {
        "seen_at": seen_at,
        "changed_at": snapshot.touched_at,
        "is_settled": _is_settled(snapshot),
        "face": face(snapshot),
    }


def _is_settled(snapshot: Snapshot) -> bool:
    """Whether nothing can have changed after the read within the second of the last change it showed."""
    at, asked_at = snapshot.touched_at, snapshot.asked_at
    return at is not None and asked_at is not None and asked_at > at // 1 + 1 + MARGIN


def face(snapshot: Snapshot) -> str:
    """A digest of a ticket's state: group, level and the like, open or closed, who has it."""
    state = [sorted(snapshot.values.items()), snapshot.state_word, snapshot.owner, snapshot.merged_into]
    return sha256(json.dumps(state).encode()).hexdigest()[:40]


@dataclass(frozen=True, slots=True)
class Known:
    """What the case book knows of a ticket that stands in a list. Seconds since 1970."""

    stamp: str | None
    face: str | None
    changed_at: float | None
    """By the helpdesk's clock."""
    is_settled: bool
    """The read saw all that changed within the same second."""
    seen_at: float | None
    """By the database's clock."""
    written_at: float | None
    """By the database's clock."""


def is_known(row: Changed, known: Known, *, asked_at: float, ahead: float) -> bool:
    """Whether what the list shows was there when the ticket was read, or is our own doing.

    ``asked_at``: when the list was asked for, by the database's clock; ``ahead``: seconds the helpdesk's
    clock is ahead of it.
    """
    if known.seen_at is None:
        return False
    if known.seen_at >= asked_at:
        return True
    is_echo = _is_echo(row, known, ahead)
    if row.snapshot is not None and known.face is not None:
        is_same = face(row.snapshot) == known.face
        return is_same and (is_echo or _is_seen(row.snapshot.stamp, known.stamp))
    if row.at is None:
        return False
    return is_echo or _is_same_change(row.at, row, known)


def _is_seen(stamp: str | None, newest: str | None) -> bool:
    return stamp == newest or is_stale(stamp, newest)


def _is_same_change(at: float, row: Changed, known: Known) -> bool:
    """A list may tell a time by the second that a read tells more exactly, or the other way round."""
    if known.changed_at is None or at // 1 != known.changed_at // 1:
        return False
    if at % 1 and known.changed_at % 1:
        return at == known.changed_at
    return row.ours or known.is_settled


def _is_echo(row: Changed, known: Known, ahead: float) -> bool:
    if not row.ours or row.at is None or known.written_at is None:
        return False
    return row.at <= known.written_at + ahead + ECHO


def is_stale(stamp: str | None, newest: str | None) -> bool:
    """Whether a stamp is surely older than the newest known one; stamps without an order never are."""
    if stamp is None or newest is None or stamp == newest:
        return False
    if stamp.isdigit() and newest.isdigit():
        return int(stamp) < int(newest)
    read, known = _as_instant(stamp), _as_instant(newest)
    return read is not None and known is not None and read < known


def _as_instant(stamp: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(stamp)
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)
