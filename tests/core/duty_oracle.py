"""A slow second opinion on rosters: asks the wall clock of every minute, and shares no arithmetic.

A weekly window holds when the local reading of the minute does.  A turn, or an exception, has begun when
some minute up to now read at or past its date and time: the walk remembers the furthest reading so far, so
that a clock set back undoes no handover.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from plugin.core.roster import Roster
from plugin.core.shifts import LocalTime, Shift

MINUTE = 60
DAY_NAMES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
RUN_UP = 3 * 1440
"""Minutes walked before the first one asked for, so that the furthest reading is known."""


def walk(roster: Roster, role: str, start: int, minutes: int) -> Iterator[tuple[int, list[str]]]:
    """(instant, people in order) of every whole minute from ``start`` on (UTC seconds)."""
    zone = ZoneInfo(roster.zone)
    furthest = datetime.min.replace(tzinfo=UTC)  # readings are kept as if they were UTC
    for count in range(-RUN_UP, minutes):
        at = start + count * MINUTE
        reading = datetime.fromtimestamp(at, zone).replace(tzinfo=UTC)
        furthest = max(furthest, reading)
        if count >= 0:
            yield at, people(roster, role, at, reading, furthest)


def people(roster: Roster, role: str, at: int, reading: datetime, furthest: datetime) -> list[str]:
    if role not in roster.roles:
        return []
    here = [o for o in roster.overrides if not o.roles or role in o.roles]
    here = [o for o in here if written(o.start) <= furthest < written(o.end)]
    stand_in = {o.instead_of: o.who for o in here if o.instead_of}
    whole = [person for o in here if o.instead_of is None for person in o.who]
    fed = [
        person
        for feed in roster.feeds.values()
        if role in feed.roles and feed.id in roster.copies
        for start, end, names in roster.copies[feed.id].duties
        if start <= at < end
        for person in names
    ]
    kept = [p for shift in roster.roles[role].shifts for p in keepers(shift, reading, furthest)]
    mains = exchanged(whole or fed or kept, stand_in)
    behind = [deputy for person in mains for deputy in deputies(roster, person)]
    return once([*mains, *exchanged([*behind, *roster.roles[role].deputies], stand_in)])


def exchanged(names: list[str], stand_in: dict[str, tuple[str, ...]]) -> list[str]:
    return once([each for name in names for each in stand_in.get(name, (name,))])


def once(names: list[str]) -> list[str]:
    return [name for at, name in enumerate(names) if name not in names[:at]]


def deputies(roster: Roster, person: str) -> list[str]:
    found: list[str] = []
    following = roster.people[person].deputy
    while following and following not in (*found, person):
        found.append(following)
        following = roster.people[following].deputy
    return found


def keepers(shift: Shift, reading: datetime, furthest: datetime) -> tuple[str, ...]:
    if not any(in_window(shift, reading, reading.date() - timedelta(days=back), back) for back in (0, 1)):
        return ()
    if shift.rotation is None:
        return shift.who
    turns = 0
    first, minute = shift.rotation.start
    day = first
    while written(LocalTime(day, minute)) <= furthest:
        turns += 1
        day += timedelta(days=shift.rotation.every)
    among = shift.rotation.among
    return (among[(turns - 1) % len(among)],) if turns else ()


def in_window(shift: Shift, reading: datetime, day: date, back: int) -> bool:
    minute = reading.hour * 60 + reading.minute + back * 1440
    return any(
        start <= minute < (end if end > start else end + 1440)
        for start, end in shift.weekly.get(DAY_NAMES[day.weekday()], ())
    )


def written(at: LocalTime) -> datetime:
    return datetime(at.day.year, at.day.month, at.day.day, tzinfo=UTC) + timedelta(minutes=at.minute)
