"""The reconcile look: tickets the helpdesk changed without telling us are made due; nothing more.

A helpdesk's list of changed tickets is looked through from a mark on, by the helpdesk's own clock: whenever
Paidan starts, when a helpdesk can be asked again after an outage, and every few minutes. The mark never
passes a change nobody looked at, whichever clock is set, forward or back. A ticket whose newest change was
read already is left alone.
"""

from __future__ import annotations

import math
import random
import threading
import time
from collections.abc import Callable
from dataclasses import replace

import structlog

from plugin.casebook.checkups import has_called
from plugin.casebook.database import Database, Transaction
from plugin.casebook.desks import DeskInUse, Desks
from plugin.casebook.found import Sight, left, mark_listed, page_due
from plugin.casebook.holds import Holds
from plugin.casebook.polls import LostPoll, Poll, Walk, end, go_on, next_look, put_off, take
from plugin.desk.helpdesk import Helpdesk, ListManner, Page, Position
from plugin.errors import Busy, Faulty, HelpdeskError, NotSent, Withheld

log = structlog.get_logger()

GRACE = 30.0
"""Seconds a webhook may take: younger changes are left for the next look, unless nobody was listening."""
UNKNOWN_CLOCK = 3600.0
"""Seconds the first look begins earlier where a helpdesk has not told its time yet."""
JITTER = 0.1
"""Share of the pause by which looks drift apart, so that desks are not all looked at together."""
LOOK_EVERY = 1.0
"""Seconds between two questions to the database whether a list is due."""
SET_BACK = 5.0
"""Seconds by which two answers may differ in what they tell of a helpdesk's clock."""
LONGEST = 600.0
"""Seconds between two tries at most."""


class Reconcile:
    """Looks through the lists that are due, one page a call."""

    def __init__(
        self,
        database: Database,
        desks: Desks,
        holds: Holds,
        *,
        lease: float,
        call: float,
        wake: Callable[[int], None] = lambda _cases: None,
        clock: Callable[[], float] = time.time,
        look_every: float = LOOK_EVERY,
    ) -> None:
        """``lease`` and ``call`` (the time of one request) in seconds; ``wake``: so many cases became due."""
        self._database = database
        self._desks = desks
        self._holds = holds
        self._lease = lease
        self._call = call
        self._wake = wake
        self._clock = clock
        self._look_every = look_every
        self._looks_at = 0.0
        self._one_at_a_time = threading.Lock()

    def __call__(self) -> int:
        """One page of one list that is due; 0 where none is. Raises ``StoreError``."""
        if not self._one_at_a_time.acquire(blocking=False):
            return 0
        try:
            return self._page()
        except LostPoll:
            return 0
        finally:
            self._one_at_a_time.release()

    def due_in(self) -> float:
        """Seconds until a list may be due."""
        return max(0.0, self._looks_at - time.monotonic())

    def _page(self) -> int:
        if time.monotonic() < self._looks_at:
            return 0
        desks = {name: desk for name, desk in self._desks().items() if desk.look_every}
        taken = take(self._database, desks, self._lease, self._holds) if desks else None
        if taken is None:
            pause = next_look(self._database, desks)
            self._looks_at = time.monotonic() + min(max(pause, self._look_every), 2 * self._look_every)
            return 0
        with self._holds.made_for(taken.desk, taken.entered, is_case=False):
            return self._look(taken, desks[taken.desk])

    def _look(self, taken: Poll, desk: DeskInUse) -> int:
        manner = desk.helpdesk.list_manner
        if manner is None:
            put_off(self._database, taken, None, LONGEST, "no-list")
            return 0
        walk = taken.walk or self._walk(taken, desk.helpdesk, manner)
        try:
            page = desk.helpdesk.changed_page(walk.position, timeout=self._call)
        except HelpdeskError as error:
            self._put_off(taken, walk, error)
            return 1
        self._holds.answered(taken.desk)
        if not manner.is_whole and self._start(taken, desk.helpdesk) < walk.mark - SET_BACK:
            log.warning("helpdesk_clock_set_back", desk=taken.desk)
            walk, page = self._from_the_start(taken, desk.helpdesk, manner)
        self._record(taken, walk, desk, manner, page)
        return 1

    def _walk(self, taken: Poll, helpdesk: Helpdesk, manner: ListManner) -> Walk:
        """A new look, from the mark on."""
        mark = self._start(taken, helpdesk)
        since = None if manner.is_whole else mark - manner.overlap
        return Walk(Position(since), taken.now, mark, is_asked=taken.is_asked)

    def _from_the_start(self, taken: Poll, helpdesk: Helpdesk, manner: ListManner) -> tuple[Walk, Page]:
        """The answer told that its clock was set back: where this look began is in its future."""
        walk = self._walk(taken, helpdesk, manner)
        return walk, Page((), walk.position)

    def _start(self, taken: Poll, helpdesk: Helpdesk) -> float:
        """The mark, or what the helpdesk's clock said at the last look if that is less: it was set back."""
        skew = _skew(helpdesk)
        ahead = self._ahead(helpdesk, taken.now)
        if taken.mark is None:
            return taken.began_at + ahead - (UNKNOWN_CLOCK if skew is None else 0.0)
        return min(taken.mark, (taken.covered_at or taken.began_at) + ahead)

    def _ahead(self, helpdesk: Helpdesk, now: float) -> float:
        """Seconds the helpdesk's clock is ahead of the database's, which says ``now``."""
        return self._clock() + (_skew(helpdesk) or 0.0) - now

    def _put_off(self, taken: Poll, walk: Walk, error: HelpdeskError) -> None:
        log.warning(
            "list_not_read",
            desk=taken.desk,
            error=type(error).__name__,
            status=error.status,
            why=error.detail if isinstance(error, NotSent) else None,
            page=walk.position.page,
        )
        self._holds.failed(taken.desk, error)
        pause = min(LONGEST, 5.0 * 2.0 ** min(taken.attempts, 10)) * random.uniform(0.5, 1.0)  # noqa: S311
        if isinstance(error, Busy) and error.retry_after is not None:
            pause = error.retry_after
        if isinstance(error, Withheld):
            pause = 0.0
        again = walk if error.retryable and not isinstance(error, Faulty) else None
        put_off(self._database, taken, again, pause, type(error).__name__)

    def _record(self, taken: Poll, walk: Walk, desk: DeskInUse, manner: ListManner, page: Page) -> None:
        left_out = _left_out(desk, manner)
        with self._database.write() as tx:
            sight = self._sight(tx, taken, walk, desk, manner)
            due, missed = page_due(tx, taken.desk, page, sight)
            walk, missed = replace(walk, newest=_newest(page, walk)), _missed(desk, missed)
            if manner.is_whole:
                mark_listed(tx, taken.desk, page)
            if page.after is None:
                gone = left(tx, taken.desk, walk) if manner.is_whole else 0
                due, missed = due + gone, _missed(desk, missed + gone)
                pause = _pause(tx, taken.desk, desk) * random.uniform(1 - JITTER, 1 + JITTER)  # noqa: S311
                mark = None if manner.is_whole else _mark(walk, sight, manner, left_out)
                end(tx, taken, walk, mark=mark, missed=missed, pause=pause, floor=sight.floor)
            else:
                mark = _on_the_way(walk, page.after, sight, left_out) if manner.is_rising else taken.mark
                walk = replace(walk, position=page.after)
                go_on(tx, taken, walk, mark=mark, missed=missed, floor=sight.floor)
        if due or missed:
            log.info("changes_found", desk=taken.desk, due=due, missed=missed)
            self._wake(due)

    def _sight(self, tx: Transaction, taken: Poll, walk: Walk, desk: DeskInUse, manner: ListManner) -> Sight:
        ahead = self._ahead(desk.helpdesk, tx.now)
        waits = desk.hears and not walk.is_asked  # for a webhook that may yet come
        horizon = tx.now + ahead - _left_out(desk, manner) if waits else math.inf
        began_at = taken.began_at + ahead - manner.overlap
        floor = began_at if taken.floor is None else min(taken.floor, began_at)
        return Sight(taken.now, tx.now, ahead, horizon, floor)


def _pause(tx: Transaction, name: str, desk: DeskInUse) -> float:
    """Seconds to the next look; where nobody ever called, nothing but the look tells of a ticket."""
    waits_for_first = desk.hears and desk.unheard_every > 0 and not has_called(tx, name)
    return desk.unheard_every if waits_for_first else desk.look_every


def _skew(helpdesk: Helpdesk) -> float | None:
    """Seconds the helpdesk's clock is ahead of this machine's; None where it has not told its time yet."""
    server = getattr(helpdesk, "server", None)
    return None if server is None else float(server.skew)


def _newest(page: Page, walk: Walk) -> float | None:
    times = [row.at for row in page.rows if row.at is not None]
    return max([*times, *([walk.newest] if walk.newest is not None else [])], default=None)


def _missed(desk: DeskInUse, count: int) -> int:
    """Where no webhook is taken none was missed."""
    return count if desk.hears else 0


def _left_out(desk: DeskInUse, manner: ListManner) -> float:
    """Seconds of the youngest changes that are left for the next look: a webhook may yet tell of them."""
    return max(manner.lag, GRACE) if desk.hears else manner.lag


def _mark(walk: Walk, sight: Sight, manner: ListManner, left_out: float) -> float:
    """Up to the newest change met, but never beyond the helpdesk's own time, nor what was left for later."""
    latest = walk.began_at + sight.ahead - left_out
    if not manner.has_times:
        return latest
    return min(max(walk.mark, sight.floor, walk.mark if walk.newest is None else walk.newest), latest)


def _on_the_way(walk: Walk, after: Position, sight: Sight, left_out: float) -> float:
    """A rising list is behind us up to where it goes on."""
    reached = max(walk.mark, after.since or 0.0)
    return min(reached, sight.now + sight.ahead - left_out)
