"""Advance one case: settle, read, plan, intend, send, release.

May be called at any time, any number of times: a second call finds nothing to do. No lock and no
transaction is open during a call, every write carries the fence, and an outcome nobody knows is read,
never guessed. What can go wrong is put off with a time and a reason, never dropped.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from typing import Any

import structlog

from plugin.casebook.actions import DONE, Ending, finish, intend, leave_unknown, may_write_in
from plugin.casebook.claims import Claim, OpenAction, Superseded
from plugin.casebook.clock import ClockWatch
from plugin.casebook.database import Database
from plugin.casebook.desks import DeskInUse, Desks
from plugin.casebook.faces import is_stale, shown
from plugin.casebook.holds import Holds
from plugin.casebook.memory import Memory
from plugin.casebook.merging import follow
from plugin.casebook.planning import covers, parts, plan
from plugin.casebook.published import PublishedVersions
from plugin.casebook.store import News, Planned, cannot_read, record, release, set_gone
from plugin.casebook.sweep import UNREADABLE
from plugin.core.effects import Effects, written
from plugin.core.numbers import numbered
from plugin.desk.counted import RETRIES
from plugin.desk.helpdesk import Seen, Written
from plugin.errors import (
    AccessDenied,
    Busy,
    Conflict,
    Faulty,
    HelpdeskError,
    NotFound,
    NotSent,
    Rejected,
    Withheld,
)
from plugin.sockets import since_boot

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds and counts of the protocol."""

    call: float = 10.0
    """The total time of one call (T)."""
    grace: float = 2.0
    """How long a helpdesk may still be busy with a request we gave up."""
    lease: float = 30.0
    """L, longer than a call; renewed between calls."""
    stale: float = 60.0
    """A 404 this soon after the first delivery is a ticket not yet visible, not a deleted one."""
    stale_tries: int = 6
    """How often an older state than known is asked for again (1, 2, 4 … s) before it is believed."""
    longest: float = 600.0
    """The longest pause between two tries."""
    budget: int = 10
    budget_window: float = 600.0


class Advance:
    """Moves one claimed case as far as it goes."""

    def __init__(
        self,
        database: Database,
        desks: Desks,
        holds: Holds,
        pace: Pace,
        clock: ClockWatch | None = None,
        published: PublishedVersions | None = None,
    ) -> None:
        self._published = published or PublishedVersions(database)
        self._clock = clock or ClockWatch()
        self._database = database
        self._desks = desks
        self.holds = holds
        self._pace = pace

    def __call__(self, claimed: Claim) -> None:
        """Advance the case; whatever fails leaves it due later, with the reason."""
        with self.holds.made_for(claimed.desk, claimed.entered):
            try:
                self._advance(claimed)
            except Superseded:
                log.info("case_superseded", desk=claimed.desk, ticket=claimed.ticket, fence=claimed.fence)
            except HelpdeskError as error:
                self._put_off(claimed, error)

    def fail(self, claimed: Claim, error: Exception) -> None:
        """Put off a case whose work broke in a way nobody foresaw."""
        log.error("case_failed", desk=claimed.desk, ticket=claimed.ticket, error=type(error).__name__)
        self._later(claimed, {"code": "internal", "detail": type(error).__name__})

    def _advance(self, claimed: Claim) -> None:
        desk = self._desks().get(claimed.desk)
        if desk is None:
            self._release(claimed, 60.0, {"code": "no-desk"}, has_moved=False)
            return
        wait = self._unsettled_for(claimed)
        if wait > 0:
            self._release(claimed, wait, {"code": "unknown"}, attempts=claimed.attempts, has_moved=False)
            return
        seen = self._read(claimed, desk)
        if seen is not None:
            self._decide_and_send(claimed, desk, seen)

    def _unsettled_for(self, claimed: Claim) -> float:
        """Seconds until the outcome of an earlier write can be read; 0 where it can be now."""
        sent = claimed.open_action
        if sent is None or sent.state != "sending" or sent.answer.get("known"):
            return 0.0
        return sent.not_after + self._pace.grace - claimed.now

    def _read(self, claimed: Claim, desk: DeskInUse) -> Seen | None:
        try:
            seen = desk.helpdesk.read(claimed.ticket, timeout=self._pace.call)
        except NotFound:
            self._not_found(claimed)
            return None
        except Withheld:
            raise
        except HelpdeskError:
            cannot_read(self._database, claimed, UNREADABLE)
            raise
        self.holds.answered(claimed.desk)
        if is_stale(seen.snapshot.stamp, claimed.stamp) and claimed.attempts < self._pace.stale_tries:
            self._again(claimed, 2.0**claimed.attempts, {"code": "stale"})
            return None
        return seen

    def _not_found(self, claimed: Claim) -> None:
        if claimed.now - claimed.first_at < self._pace.stale:
            pause = min(2.0 ** min(claimed.attempts, 5), self._pace.stale)
            self._again(claimed, pause, {"code": "missing"})
            return
        log.warning("ticket_gone", desk=claimed.desk, ticket=claimed.ticket)
        cannot_read(self._database, claimed, UNREADABLE)
        set_gone(self._database, claimed)
        self._release(claimed, None, {"code": "gone"})

    def _decide_and_send(self, claimed: Claim, desk: DeskInUse, seen: Seen) -> None:
        if self._clock.is_astray(desk.helpdesk):
            log.error("clock_astray", desk=claimed.desk)
            self._release(claimed, 60.0, {"code": "clock"}, has_moved=False)
            return
        self._published.publish(desk.clocks.policy, desk.clocks.calendar)
        planned, _ = plan(claimed, seen, desk, self._published)
        try:
            sending = record(self._database, claimed, planned)
        except News:
            self._again(claimed, 0.0, None)
            return
        self._log_decision(claimed, planned)
        if planned.merged_into:
            left = planned.memory.state
            follow(self._database, claimed, planned.merged_into, left, planned.events)
        count = self._pace.budget
        wait = may_write_in(claimed, count, self._pace.budget_window)
        if sending is None:
            self._release(claimed, None, _left(planned))
        elif wait > 0:
            log.error("write_budget_used_up", desk=claimed.desk, ticket=claimed.ticket, count=count)
            self._release(claimed, wait, {"code": "write-budget", "count": count}, has_moved=False)
        else:
            self._send(claimed, desk, seen, planned=planned, sending=sending)

    def _send(
        self, claimed: Claim, desk: DeskInUse, seen: Seen, *, planned: Planned, sending: OpenAction
    ) -> None:
        not_after = since_boot() + self._pace.call  # before the intent: a freeze after it ends the permission
        pace = self._pace
        intend(self._database, claimed, sending, pace.call, pace.lease, pace.budget_window)
        try:
            answer = desk.helpdesk.write(
                claimed.ticket, sending.effects, sending.id, seen.snapshot, not_after, timeout=self._pace.call
            )
        except HelpdeskError as error:
            leave_unknown(self._database, claimed, sending, _answer(error))
            raise
        self.holds.answered(claimed.desk)
        self._finish(claimed, planned, sending, answer)

    def _finish(self, claimed: Claim, planned: Planned, sending: OpenAction, answer: Written) -> None:
        there = taken(sending.effects, answer)
        missing = parts(sending.effects, without=there)
        refused = {**planned.memory.refused, **missing}
        memory = _after(planned, there, refused, answer)
        end = DONE if covers(there, sending.effects) else Ending("dead", _ignored(missing, answer))
        after = shown(answer.after, claimed.now) if answer.after else None
        finish(self._database, claimed, sending, memory=memory, stamp=answer.stamp, end=end, shown=after)
        log.info(
            "action_done" if end is DONE else "action_dead",
            desk=claimed.desk,
            ticket=claimed.ticket,
            action=sending.id,
            changes=[change.target for change in there.changes],
            noted=there.note is not None,
            missing=sorted(missing),
        )

    def _put_off(self, claimed: Claim, error: HelpdeskError) -> None:
        """One question decides: was it refused for good (read once more, then dead), or tried again."""
        log.warning(
            "call_failed",
            desk=claimed.desk,
            ticket=claimed.ticket,
            error=type(error).__name__,
            request=error.request,
            status=error.status,
            why=error.detail if isinstance(error, NotSent) else None,
        )
        self.holds.failed(claimed.desk, error)
        problem = _answer(error)
        if isinstance(error, Withheld):  # no try at all: it waits at its desk's door, in its old place
            self._release(claimed, 0.0, problem, attempts=claimed.attempts, has_moved=False)
        elif isinstance(error, Rejected | NotFound):
            self._again(claimed, 0.0 if claimed.attempts == 0 else self._backoff(claimed), problem)
        elif isinstance(error, Conflict) and claimed.attempts < 3:
            self._again(claimed, 0.0, problem)
        elif isinstance(error, Busy) and error.retry_after is not None:
            self._again(claimed, error.retry_after, problem)
        else:
            self._later(claimed, problem)

    def _later(self, claimed: Claim, problem: dict[str, Any]) -> None:
        self._again(claimed, self._backoff(claimed), problem)

    def _again(self, claimed: Claim, pause: float, problem: dict[str, Any] | None) -> None:
        """One more try after a pause."""
        RETRIES.labels(claimed.desk).inc()
        self._release(claimed, pause, problem, attempts=claimed.attempts + 1, has_moved=False)

    def _backoff(self, claimed: Claim) -> float:
        """1, 2, 4 … seconds with jitter, so that what failed together does not come back together."""
        return min(self._pace.longest, 2.0 ** min(claimed.attempts, 12)) * random.uniform(0.5, 1.0)  # noqa: S311

    def _release(
        self,
        claimed: Claim,
        next_in: float | None,
        problem: dict[str, Any] | None,
        *,
        attempts: int = 0,
        has_moved: bool = True,
    ) -> None:
        how: dict[str, Any] = {"attempts": attempts, "problem": problem, "has_moved": has_moved}
        try:
            release(self._database, claimed, next_in, **how)
        except Superseded:
            log.info("case_superseded", desk=claimed.desk, ticket=claimed.ticket, fence=claimed.fence)

    def _log_decision(self, claimed: Claim, planned: Planned) -> None:
        log.info(
            "case_decided",
            desk=claimed.desk,
            ticket=claimed.ticket,
            level=planned.level,
            rank=planned.rank,
            status=planned.status,
            changes=[change.target for change in planned.effects.changes],
        )
        for event in planned.events:
            if event.type == "doubled":
                log.error("effect_doubled", desk=claimed.desk, ticket=claimed.ticket)


def taken(wanted: Effects, answer: Written) -> Effects:
    """What an answered write left in the helpdesk."""
    if answer.done:
        return wanted
    changes = tuple(change for change in wanted.changes if change.target not in answer.missing)
    return replace(wanted, changes=changes, note=None if "note" in answer.missing else wanted.note)


def _after(planned: Planned, there: Effects, refused: dict[str, str], answer: Written) -> Memory:
    state = written(planned.memory.state, there)
    if answer.after is not None:
        state = numbered(state, answer.after.numbers, answer.after.values)
    return replace(planned.memory, state=state, refused=refused)


def _left(planned: Planned) -> dict[str, Any] | None:
    """A dead action's reason stays beside its case until the case is well again."""
    return planned.before.reason


def _ignored(missing: dict[str, str], answer: Written) -> dict[str, Any]:
    code = "not-taken" if answer.detail else "ignored"
    return {"code": code, "targets": sorted(missing), "detail": answer.detail[:200]}


CODES: tuple[tuple[type[HelpdeskError], str], ...] = (
    (Withheld, "held"),
    (Busy, "busy"),
    (Faulty, "faulty"),
    (Conflict, "conflict"),
    (NotFound, "rejected"),
    (AccessDenied, "denied"),
    (Rejected, "rejected"),
)


def _answer(error: HelpdeskError) -> dict[str, Any]:
    """An error as stored: status and the helpdesk's own words, cut; they leave with the retention period."""
    code = next((name for kind, name in CODES if isinstance(error, kind)), "unreachable")
    return {
        "code": code,
        "request": error.request[:200],
        "status": error.status,
        "detail": error.detail[:200],
        "refused": isinstance(error, Rejected | NotFound),
        "known": not error.outcome_unknown,
    }
