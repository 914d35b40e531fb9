"""How late what fell due by time alone was fired, counted from the ledger while this process runs."""

from __future__ import annotations

import threading
from collections import Counter
from math import floor

from sqlalchemy import case as when
from sqlalchemy import func, literal_column, select

from plugin.casebook.database import Database
from plugin.casebook.tables import ledger

BOUNDS = (1, 5, 15, 60, 300, 900, 3_600, 86_400)
"""Seconds: the upper ends of the classes; what is later is in one more."""
SETTLED = 60.0
"""Seconds after which no row of that time is still to be committed."""


class Lateness:
    """A running count; a row of the ledger counts once, whoever wrote it."""

    def __init__(self, database: Database) -> None:
        """Counts what fires from now on; raises ``StoreError``."""
        self._database = database
        self._lock = threading.Lock()
        self._upto = floor(database.ask())
        self._classes: Counter[int] = Counter()
        self._seconds = 0.0

    def __call__(self) -> tuple[list[tuple[str, int]], float]:
        """Upper end → how many fired no later than that, and the sum of seconds; raises ``StoreError``."""
        with self._lock:
            self._count()
            counted, total = [], 0
            for number, bound in enumerate([*map(str, BOUNDS), "+Inf"]):
                total += self._classes[number]
                counted.append((bound, total))
            return counted, self._seconds

    def _count(self) -> None:
        late = when((ledger.c.decided_at > ledger.c.due_at, ledger.c.decided_at - ledger.c.due_at), else_=0.0)
        place = when(*((late <= bound, number) for number, bound in enumerate(BOUNDS)), else_=len(BOUNDS))
        number = place.label("number")
        with self._database.read() as tx:
            upto = floor(tx.now - SETTLED)
            if upto <= self._upto:
                self._upto = min(self._upto, floor(tx.now))  # the clock was set back
                return
            new = ledger.c.decided_at > self._upto, ledger.c.decided_at <= upto
            fired = select(number, func.count(), func.sum(late)).where(_FIRED, *new).group_by(number)
            for found, count, seconds in tx.run(fired):
                self._classes[found] += count
                self._seconds += seconds
            self._upto = upto


_FIRED = ledger.c.how == literal_column("'fired'")
"""As the index says it."""
