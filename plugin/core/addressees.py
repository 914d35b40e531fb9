"""Whom a step of an escalation reaches: from a group or role to people on duty, with the way they were found.

The roster is asked first, then the desk's own addresses, each by the same way: for whom the step names;
for a role, its deputy of the plan and that one's deputy; then the organ the role belongs to, or the roles
a group is made of.  The first that anybody answers for ends the search.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

from plugin.core.calendar import DAY, Interval
from plugin.core.plan import Plan
from plugin.core.roster import Roster, Why

LOOK_AROUND = 14 * DAY
"""Seconds before and after the instant in which the ends of a gap are looked for."""

Missed = Literal["left_out", "barred", "not_kept", "nobody_on_duty", "no_address"]
"""Why a group or role was passed over: kept out of the matter, reached only at the address of one that is,
not a role of the roster, nobody on duty for it, no address in the desk file."""


class Addressee(NamedTuple):
    """Somebody to tell."""

    who: str
    """A person of the roster; from the desk file, the role or group whose address it is."""
    secret: str
    """Name of the secret with the address."""
    role: str
    """The group or role this one answers for."""
    is_deputy: bool = False
    """Whether the roster names this one as a deputy only."""
    why: Why | None = None
    """The roster's reason; None: the desk file names the address."""


class Passed(NamedTuple):
    """A group or role that reached nobody."""

    to: str
    reason: Missed
    gap: Interval | None = None
    """nobody_on_duty: from when until when (UTC seconds), looked for within ``LOOK_AROUND``."""


@dataclass(frozen=True, slots=True)
class Resolution:
    """Who is told for a group or role at an instant, and what was tried before."""

    to: str
    addressees: tuple[Addressee, ...] = ()
    """Those on duty, main ones first; deputies where nobody else is."""
    behind: tuple[Addressee, ...] = ()
    """Deputies of the roster who stand behind them, should they not answer."""
    passed: tuple[Passed, ...] = ()


def resolve(
    to: str,
    at: int,
    plan: Plan,
    roster: Roster | None,
    desk_notify: Mapping[str, str],
    leave_out: frozenset[str] = frozenset(),
) -> Resolution:
    """Whom to tell for a group or role (never ``lead``) at an instant (UTC seconds), each address once.

    ``desk_notify``: group or role → name of the secret with its address.  Groups and roles in ``leave_out``
    (the matter is about them, or closed to them) are never resolved to: nor are the roles they are made of,
    nor any address by which they or one of their people are reached.
    """
    return _Search(at, plan, roster, desk_notify, leave_out).resolution(to)


class _Search:
    def __init__(
        self,
        at: int,
        plan: Plan,
        roster: Roster | None,
        desk_notify: Mapping[str, str],
        leave_out: frozenset[str],
    ) -> None:
        self.at = at
        self.roster = roster
        self.desk_notify = desk_notify
        self.groups = {group.id: group for group in plan.groups}
        self.roles = {role.id: role for role in plan.roles}
        self.out = leave_out | {role for group in leave_out for role in self._made_of(group)}
        self.barred = frozenset(address for each in self.out for address in self._addresses_of(each))
        self.passed: dict[Passed, None] = {}

    def resolution(self, to: str) -> Resolution:
        if to in self.out:
            return Resolution(to, passed=(Passed(to, "left_out"),))
        for ask in (self._of_roster, self._of_desk):
            for lines in self._way(to):
                found = [addressee for line in lines for addressee in self._first(line, ask)]
                if found:
                    return self._told(to, found)
        return Resolution(to, passed=tuple(self.passed))

    def _told(self, to: str, found: list[Addressee]) -> Resolution:
        first = _once([each for each in found if not each.is_deputy] or found)
        told = {each.secret for each in first}
        behind = _once([each for each in found if each.secret not in told])
        return Resolution(to, first, behind, tuple(self.passed))

    def _way(self, to: str) -> Iterator[list[list[str]]]:
        """What is tried in turn: lines, of each of which the first role or group that answers is taken."""
        role = self.roles.get(to)
        yield [self._line(to)]
        if role is not None and role.organ not in self.out:
            yield [[role.organ]]
        yield [self._line(each) for each in self._made_of(role.organ if role else to) if each != to]

    def _line(self, to: str) -> list[str]:
        """A role, its deputy of the plan, the deputy's deputy and so on; a group alone."""
        line = [to]
        role = self.roles.get(to)
        while role is not None and role.deputy is not None and role.deputy not in line:
            line.append(role.deputy)
            role = self.roles.get(role.deputy)
        return line

    def _made_of(self, group: str) -> tuple[str, ...]:
        """The roles a group is made of: its members, then those whose organ it is."""
        members = self.groups[group].members if group in self.groups else ()
        own = (role.id for role in self.roles.values() if role.organ == group)
        return tuple(dict.fromkeys((*members, *own)))

    def _first(self, line: list[str], ask: _Ask) -> tuple[Addressee, ...]:
        for each in line:
            if each in self.out:
                self._pass(each, "left_out")
            elif found := ask(each):
                return found
        return ()

    def _of_roster(self, each: str) -> tuple[Addressee, ...]:
        if self.roster is None:
            return ()
        if each not in self.roster.roles:
            return self._pass(each, "not_kept")
        duties = self.roster.on_duty(each, self.at)
        if not duties:
            return self._pass(each, "nobody_on_duty", self._gap(self.roster, each))
        found = tuple(Addressee(d.person, d.contact, each, d.is_deputy, d.why) for d in duties)
        return self._allowed(each, found)

    def _of_desk(self, each: str) -> tuple[Addressee, ...]:
        secret = self.desk_notify.get(each)
        if secret is None:
            return self._pass(each, "no_address")
        return self._allowed(each, (Addressee(each, secret, each),))

    def _allowed(self, each: str, found: tuple[Addressee, ...]) -> tuple[Addressee, ...]:
        allowed = tuple(addressee for addressee in found if addressee.secret not in self.barred)
        return allowed or self._pass(each, "barred")

    def _pass(self, each: str, reason: Missed, gap: Interval | None = None) -> tuple[Addressee, ...]:
        self.passed[Passed(each, reason, gap)] = None
        return ()

    def _gap(self, roster: Roster, each: str) -> Interval | None:
        around = roster.gaps(each, self.at - LOOK_AROUND, self.at + LOOK_AROUND)
        return next((gap for gap in around if gap[0] <= self.at < gap[1]), None)

    def _addresses_of(self, each: str) -> Iterator[str]:
        if each in self.desk_notify:
            yield self.desk_notify[each]
        if self.roster is not None:
            yield from (self.roster.people[person].contact for person in self.roster.people_of(each))


_Ask = Callable[[str], tuple[Addressee, ...]]


def _once(found: list[Addressee]) -> tuple[Addressee, ...]:
    """Each address once, where it came first."""
    by_address: dict[str, Addressee] = {}
    for each in found:
        by_address.setdefault(each.secret, each)
    return tuple(by_address.values())
