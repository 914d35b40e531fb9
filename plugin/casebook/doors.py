"""The door of each desk: whether a case of it may be taken now, and what taking one costs it.

All of it stands in the desk's row of ``hold``. Whoever takes a case locks that row for the moment of taking,
so that the limits hold for all nodes together; since a desk lets in no more cases than it has calls to give,
nobody waits long for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    Boolean,
    ColumnElement,
    Double,
    String,
    and_,
    bindparam,
    func,
    literal_column,
    or_,
    select,
)
from sqlalchemy import case as when

from plugin.casebook.database import Transaction, insert
from plugin.casebook.pacing import AT_WILL, Rate
from plugin.casebook.tables import case, hold, poll
from plugin.core.plan import HIGHEST_RANK
from plugin.errors import StoreError

DAY = 86_400.0
NOW: BindParameter[float] = bindparam("now", type_=Double())


@dataclass(frozen=True, slots=True)
class Toll:
    """What one more case costs its desk, and what was learnt of the desk since the last one."""

    calls: float = 0.0
    """As many as a case of it usually needs, and what earlier ones needed more."""
    usual: float = 0.0
    rate: Rate = AT_WILL
    at_once: int | None = None
    spread: float | None = None
    """Seconds to a call, by the budget the helpdesk told of last; None: nothing new is known."""
    spread_for: float = 0.0
    """Seconds for which that holds."""


@dataclass(frozen=True, slots=True)
class Entered:
    """How a case was let in."""

    epoch: int = 0
    is_probe: bool = False
    """It is the one that tries whether the helpdesk is well again."""
    is_clean: bool = True
    """The desk's last call, as far as is on record, was well answered."""
    usual: float = 0.0
    """So many calls were charged for it."""


UNHINDERED = Entered()


class DoorShut(StoreError):
    """A desk takes no more just now; what was begun is undone."""

    def __init__(self, desk: str) -> None:
        super().__init__(desk)
        self.desk = desk


def urgency(now: ColumnElement[float]) -> ColumnElement[int]:
    """What a case is taken by: its rank; with a limit of the law less than a day away it is gravest."""
    is_legal = and_(case.c.legal_due_at < now + DAY, case.c.legal_due_at > now - DAY)
    return when((and_(is_legal, case.c.rank < HIGHEST_RANK), HIGHEST_RANK), else_=case.c.rank)


def fallen_due() -> ColumnElement[float]:
    """Since when a case waits, tries that came to nothing included."""
    return func.coalesce(case.c.waiting_since, case.c.next_at)


def is_open(now: ColumnElement[float]) -> ColumnElement[bool]:
    """A case's desk lets it in, as far as can be told without its row."""
    shut = select(hold.c.desk).where(shut_desks(now))
    spread = select(hold.c.desk).where(spread_desks(now))
    may = or_(case.c.desk.not_in(spread), urgency(now) >= HIGHEST_RANK)
    return and_(case.c.desk.not_in(shut), may)


def shut_desks(now: ColumnElement[float]) -> ColumnElement[bool]:
    """Of rows of ``hold``: nothing may be asked, or our own limit is reached."""
    trying = and_(hold.c.opened_at.is_not(None), hold.c.probe_until > now)
    return or_(hold.c.until > now, trying, hold.c.ready_at > now)


def spread_desks(now: ColumnElement[float]) -> ColumnElement[bool]:
    """Of rows of ``hold``: little may still be asked, and only the gravest cases do not wait."""
    return and_(hold.c.spread_at > now, hold.c.spread_until > now)


def opens_at(now: ColumnElement[float]) -> ColumnElement[float]:
    """When the door of a case's desk opens; 0 where it is open. For a query that joins ``hold``."""
    trying = when((hold.c.opened_at.is_not(None), hold.c.probe_until), else_=0.0)
    spread = when((and_(spread_desks(now), urgency(now) < HIGHEST_RANK), hold.c.spread_at), else_=0.0)
    latest: ColumnElement[float] = func.coalesce(hold.c.until, 0.0)
    for each in (trying, func.coalesce(hold.c.ready_at, 0.0), spread):
        latest = _later(latest, each)
    return latest


def _later(one: ColumnElement[Any], other: ColumnElement[Any]) -> ColumnElement[Any]:
    return when((one > other, one), else_=other)


def enter(tx: Transaction, desk: str, toll: Toll, *, is_gravest: bool, probe: float, holder: str) -> Entered:
    """Let one case of a desk in and charge it; raises ``DoorShut`` where another was faster.

    ``probe``: seconds for which the case may be the one that tries a helpdesk that was left alone.
    """
    row = {
        "of_desk": desk,
        "now": tx.now,
        "calls": toll.calls,
        "interval": toll.rate.interval,
        "burst": toll.rate.burst,
        "is_told": toll.spread is not None,
        "every": toll.spread or 0.0,
        "every_until": tx.now + toll.spread_for,
        "is_gravest": is_gravest,
        "trying_until": tx.now + probe,
        "tried_by": holder,
    }
    found = tx.run(_entering(tx.dialect), row).one_or_none()
    if found is None:
        raise DoorShut(desk)
    is_probe = found.opened_at is not None
    return Entered(found.epoch, is_probe, not is_probe and not found.failures, toll.usual)


@cache
def _entering(dialect: str) -> Any:
    def given(name: str) -> BindParameter[float]:
        return bindparam(name, type_=Double())

    now, cost = given("now"), given("calls")
    charge = cost * given("interval")
    nothing = {"until": 0.0, "failures": 0, "reason": "", "probe_until": 0.0}
    fresh = insert(dialect, hold).values(
        desk=bindparam("of_desk", type_=String()),
        ready_at=now - given("burst") + charge,
        spread=given("every"),
        spread_until=given("every_until"),
        spread_at=now + cost * given("every"),
        **nothing,
    )
    is_told = bindparam("is_told", type_=Boolean())
    spread = when((is_told, given("every")), (hold.c.spread_until > now, hold.c.spread), else_=0.0)
    until = when((is_told, given("every_until")), else_=hold.c.spread_until)
    is_probe = hold.c.opened_at.is_not(None)
    return fresh.on_conflict_do_update(
        index_elements=["desk"],
        set_={
            "ready_at": _later(hold.c.ready_at, now - given("burst")) + charge,
            "spread": spread,
            "spread_until": until,
            "spread_at": _later(hold.c.spread_at, now) + cost * spread,
            "probe_until": when((is_probe, given("trying_until")), else_=hold.c.probe_until),
            "prober": when((is_probe, bindparam("tried_by", type_=String())), else_=hold.c.prober),
        },
        where=and_(
            hold.c.until <= now,
            or_(hold.c.opened_at.is_(None), hold.c.probe_until <= now),
            hold.c.ready_at <= now,
            or_(
                bindparam("is_gravest", type_=Boolean()), hold.c.spread_at <= now, hold.c.spread_until <= now
            ),
        ),
    ).returning(hold.c.epoch, hold.c.failures, hold.c.opened_at)


def has_room(
    desk: ColumnElement[str], at_once: ColumnElement[int], now: ColumnElement[float]
) -> ColumnElement[bool]:
    """Fewer cases and lists of a desk are in anybody's hands than may be at the same time."""
    other = case.alias("other")
    is_held = and_(other.c.lease_until > now, other.c.lease_until > literal_column("0"))  # as the index says
    mine = and_(other.c.desk == desk, is_held, other.c.is_called)
    cases = select(func.count()).select_from(other).where(mine).scalar_subquery()
    listing = and_(poll.c.desk == desk, poll.c.lease_until > now)
    return cases + select(func.count()).select_from(poll).where(listing).scalar_subquery() < at_once
