"""From a desk's documents to the clocks its cases run."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, tzinfo

from plugin.casebook.desks import Contact, DeskClocks
from plugin.casebook.published import Version
from plugin.core.calendar import Calendar
from plugin.core.case import Placement
from plugin.core.clock_words import ClockWords
from plugin.core.plan import Plan
from plugin.core.policy import armed_by, policy_of
from plugin.core.signs import Sign
from plugin.core.wording import Language

LEAD = "lead"
"""In a chain: whoever leads the matter."""


Reach = Callable[[str, int, frozenset[str]], tuple[Contact, ...]]
"""(group or role, UTC seconds, groups left out) → who that is just then"""


def nobody(to: str, _at: int, _left_out: frozenset[str]) -> tuple[Contact, ...]:
    """Nobody can be reached outside the helpdesk."""
    return (Contact(to, None),)


def plan_clocks(
    plan: Plan,
    calendar: Calendar | None,
    language: Language,
    signs: tuple[Sign, ...] = (),
    reach: Reach = nobody,
) -> DeskClocks:
    """The clocks of a plan on a calendar, as a desk with these signs and people runs them."""
    return DeskClocks(
        policy=Version("policy", plan.id, policy_of(plan, calendar.id if calendar else None)),
        calendar=Version("calendar", calendar.id, calendar) if calendar else None,
        arms=lambda placement: armed_by(plan, frozenset(placement.tasks), frozenset(placement.clocks)),
        legal=frozenset(clock.id for clock in plan.clocks if clock.basis),
        signs=signs,
        words=clock_words(plan, calendar, language),
        reach=lambda to, at, placement: reach(_who(to, placement), at, frozenset(placement.recused)),
    )


def _who(to: str, placement: Placement) -> str:
    return placement.lead if to == LEAD else to


def clock_words(plan: Plan, calendar: Calendar | None, language: Language) -> ClockWords:
    """How a desk speaks of time: the plan's labels, and the law or clause each clock rests on."""
    named = [*plan.clocks, *plan.escalation, *plan.groups, *plan.roles, *plan.levels.items]
    rests_on = {clock.id: clock.basis for clock in plan.clocks if clock.basis}
    clauses = {e.id: ", ".join(e.source_ref) for e in (*plan.clocks, *plan.escalation) if e.source_ref}
    zone: tzinfo = calendar.zone if calendar else UTC
    return ClockWords(
        language=language,
        zone=zone,
        names={entry.id: entry.label.say(language) for entry in named},
        basis=clauses | rests_on,
        covered_through=calendar.covered_through if calendar else None,
    )
