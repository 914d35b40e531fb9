"""Whether rosters fit the plans they are kept for, and whether somebody is on duty in the days to come."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from plugin.core.calendar import DAY
from plugin.documents.document_set import DocumentSet
from plugin.documents.problems import Problems

AHEAD = 7 * DAY
"""Seconds looked ahead: what a person who edits the roster today can still fill."""


def roster_roles_known(documents: DocumentSet, problems: Problems) -> None:
    """role-without-plan: a roster is kept for a role or group that no plan of a desk with it has."""
    for name, roster in documents.rosters.items():
        plans = [desk.plan for desk in documents.desks.values() if desk.roster == name]
        if not plans or any(plan not in documents.plans for plan in plans):
            continue
        known = {
            e.id for plan in plans for e in (*documents.plans[plan].roles, *documents.plans[plan].groups)
        }
        for role, watch in roster.roles.items():
            if role not in known and watch.place is not None:
                problems.add("role-without-plan", watch.place, given=role, choices=tuple(known))


def check_duty(documents: DocumentSet, now: int, problems: Problems) -> None:
    """nobody-on-duty: a roster in use leaves a role empty within a week of ``now`` (UTC seconds).

    Each role is told once, by its first gap. One that a calendar feed speaks of is left to ``paidan roster``,
    which reads the feed.
    """
    used = {desk.roster for desk in documents.desks.values() if desk.roster}
    for name in sorted(used & documents.rosters.keys()):
        roster = documents.rosters[name]
        fed = {role for feed in roster.feeds.values() for role in feed.roles}
        for role, watch in roster.roles.items():
            gaps = roster.gaps(role, now, now + AHEAD) if role not in fed else ()
            if gaps and watch.place is not None:
                start, end = (
                    f"{datetime.fromtimestamp(at, ZoneInfo(roster.zone)):%Y-%m-%d %H:%M}" for at in gaps[0]
                )
                problems.warn("nobody-on-duty", watch.place, given=role, start=start, end=end, roster=name)
