"""From a plan's clocks and chains to the policy the clock engine runs for one desk."""

from __future__ import annotations

from collections.abc import Iterator

from plugin.core.cycle import Clock
from plugin.core.escalation import Escalation
from plugin.core.plan import Plan
from plugin.core.procedures import Chain
from plugin.core.procedures import Clock as PlanClock
from plugin.core.timekeeping import Policy

PAUSED = "paused"
"""The state of a ticket in which clocks may stand still: the desk file says which of its states are one."""


def policy_of(plan: Plan, calendar: str | None) -> Policy:
    """The clocks and chains of a plan, counted on the desk's calendar (its id, or None).

    A clock that counts days or open hours needs a calendar: without one it can never run and is left out
    (``clocks_without_calendar`` names it).
    """
    left_out = {clock.id for clock in clocks_without_calendar(plan) if calendar is None}
    task_clocks = {task.clock for task in plan.tasks() if task.clock}
    no_levels = plan.levels.mode == "inherited"
    clocks = tuple(
        _clock(each, calendar, armed=each.when is not None or each.id in task_clocks, by_rank=no_levels)
        for each in plan.clocks
        if each.id not in left_out
    )
    running = {clock.id for clock in clocks}
    return Policy(
        levels=tuple(level.id for level in plan.levels.items),
        clocks=clocks,
        escalations=tuple(
            each
            for chain in plan.escalation
            for each in _escalations(chain, calendar)
            if each.clock in running
        ),
    )


def clocks_without_calendar(plan: Plan) -> tuple[PlanClock, ...]:
    """The clocks that need a calendar to count on."""
    return tuple(c for c in plan.clocks if c.hours == "working" or any(t.days for t in c.targets))


def _clock(clock: PlanClock, calendar: str | None, *, armed: bool, by_rank: bool) -> Clock:
    ranks = {str(rank): target for rank, target in clock.by_rank.items()}
    counts_days = any(target.days for target in clock.targets)
    return Clock(
        id=clock.id,
        start=clock.start,
        stop=frozenset(clock.stop),
        kind=clock.kind,
        restart_on=frozenset(clock.restart_when),
        pause_on=frozenset({PAUSED} if clock.pause_states else ()),
        calendar=calendar if counts_days or clock.hours == "working" else None,
        target=clock.target,
        by_level=None if clock.target else (ranks or clock.by_level),
        scale="rank" if ranks or by_rank else "level",
        is_armed=armed,
        warn=clock.warn,
        on_raise=clock.after_raise,
        on_lower="keep" if clock.keep else clock.after_lower,
        on_reopen=clock.after_reopen,
    )


def _escalations(chain: Chain, calendar: str | None) -> Iterator[Escalation]:
    """One run for each clock the chain belongs to; its keys tell them apart."""
    for clock in chain.of:
        yield Escalation(
            id=f"{chain.id}/{clock}",
            at=chain.at,
            clock=clock,
            steps=chain.steps,
            stop_on=frozenset(chain.stop_events),
            percent=chain.percent or 0,
            levels=frozenset(chain.levels),
            repeat=chain.repeat,
            calendar=calendar if chain.hours == "working" else None,
            pause_with_clock=chain.pause_with_clock,
        )


def armed_by(plan: Plan, tasks: frozenset[str], clocks: frozenset[str]) -> tuple[str, ...]:
    """The clocks a matter with these tasks and clocks arms, in the plan's order."""
    wanted = {task.clock for task in plan.tasks() if task.id in tasks and task.clock} | clocks
    return tuple(clock.id for clock in plan.clocks if clock.id in wanted)
