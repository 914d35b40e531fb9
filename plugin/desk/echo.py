"""What we wrote lately: a difference that only repeats it is our own echo, not somebody's decision."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from threading import Lock

from plugin.core.effects import Change, Snapshot

KEEP_SECONDS = 600.0
MOST_TICKETS = 2000


class Echoes:
    """The values written to each ticket in the last ten minutes, in memory."""

    def __init__(self) -> None:
        self._written: OrderedDict[str, dict[tuple[str, object], float]] = OrderedDict()
        self._lock = Lock()

    def add(self, ticket_id: str, changes: Iterable[Change], now: float) -> None:
        """Remember what was written; ``now`` in seconds of a clock that does not go back."""
        with self._lock:
            values = self._written.setdefault(ticket_id, {})
            values |= {(change.target, change.want): now for change in changes}
            self._written.move_to_end(ticket_id)
            while len(self._written) > MOST_TICKETS:
                self._written.popitem(last=False)

    def explain(self, ticket_id: str, before: Snapshot, after: Snapshot, now: float) -> bool:
        """True when every value that differs is one we wrote; False too where nothing differs."""
        with self._lock:
            written = dict(self._written.get(ticket_id, {}))
        differing = [name for name, value in after.values.items() if before.values.get(name) != value]
        recent = {key for key, at in written.items() if now - at <= KEEP_SECONDS}
        return bool(differing) and all((name, after.values[name]) in recent for name in differing)
