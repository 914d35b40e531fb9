"""Who is on duty: a roster's shifts, feeds and exceptions, as people in order.

For one role and instant an override beats a feed, and a feed that names somebody beats the shifts; of
several shifts that hold together, the first in the file is the main one.  Deputies stand behind: those of
the people on duty, then those of the role, who are there also while nobody else is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Literal, NamedTuple

from plugin.core.calendar import Interval
from plugin.core.label import Label
from plugin.core.place import Place
from plugin.core.shifts import LocalTime, Shift, handover

Source = Literal["override", "feed", "shift", "rotation", "deputy"]


@dataclass(frozen=True, slots=True)
class Person:
    """A seat or contact label the organisation chose (``duty-1``, 值班员甲); never a name or number."""

    id: str
    label: Label
    contact: str
    """Name of the secret with the address: ``env:NAME`` or ``file:/path``."""
    deputy: str | None = None
    """Who answers when this one does not."""


@dataclass(frozen=True, slots=True)
class Watch:
    """What is kept for one role (or group): its shifts in order, and deputies who always stand behind."""

    shifts: tuple[Shift, ...] = ()
    deputies: tuple[str, ...] = ()
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Override:
    """An exception from ``start`` up to ``end``: these people, or these in the place of one (leave, swap)."""

    start: LocalTime
    end: LocalTime
    who: tuple[str, ...]
    roles: frozenset[str] = frozenset()
    """Empty: every role."""
    instead_of: str | None = None
    note: str = ""
    place: Place | None = None

    def holds_for(self, role: str) -> bool:
        """Whether it is an exception for this role."""
        return not self.roles or role in self.roles


@dataclass(frozen=True, slots=True)
class Feed:
    """A calendar feed (iCalendar) kept elsewhere that says who is on duty for these roles."""

    id: str
    roles: tuple[str, ...]
    words: Mapping[str, str]
    """What the feed writes → person."""
    address: str | None = None
    """Name of the secret with its https address; None: it is the file at ``path``."""
    path: str | None = None
    ignore: tuple[str, ...] = ()
    """Words of events that are no duties."""
    place: Place | None = None


class FeedDuty(NamedTuple):
    """An event of a feed that names people of the roster; UTC seconds."""

    start: int
    end: int
    people: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FeedCopy:
    """What a feed said when it was last read: its duties between two instants (UTC seconds)."""

    read_at: int
    start: int
    end: int
    duties: tuple[FeedDuty, ...]


@dataclass(frozen=True, slots=True)
class Why:
    """What put somebody on duty: the entry of the roster, and for whom or by which feed."""

    source: Source
    place: Place | None = None
    of: str = ""
    """override: the person replaced; deputy: the person (or role) stood behind; feed: its id."""
    note: str = ""
    """override: why, as the file says"""


@dataclass(frozen=True, slots=True)
class Duty:
    """A person on duty for a role, how to reach them, and why."""

    role: str
    person: str
    contact: str
    is_deputy: bool
    why: Why


class Stretch(NamedTuple):
    """A span of UTC seconds in which the same people are on duty for the same reasons."""

    start: int
    end: int
    duties: tuple[Duty, ...]


class _Claim(NamedTuple):
    start: int
    end: int
    people: tuple[str, ...]
    why: Why
    swaps: bool = False


_LAYERS: tuple[tuple[Source, ...], ...] = (("override",), ("feed",), ("shift", "rotation"))


@dataclass(frozen=True, eq=False)
class Roster:
    """One checked roster; ``copies`` are what its feeds last said (feed id → copy)."""

    id: str
    title: Label
    zone: str
    people: Mapping[str, Person]
    roles: Mapping[str, Watch]
    overrides: tuple[Override, ...] = ()
    feeds: Mapping[str, Feed] = field(default_factory=dict)
    copies: Mapping[str, FeedCopy] = field(default_factory=dict)
    place: Place | None = None

    def with_feeds(self, copies: Mapping[str, FeedCopy]) -> Roster:
        """This roster with what its feeds say now."""
        return replace(self, copies={**self.copies, **copies})

    def on_duty(self, role: str, at: int) -> tuple[Duty, ...]:
        """Who is on duty for a role (or group) at an instant (UTC seconds): main first, then deputies.

        Empty where nobody is, and for a role this roster does not keep.
        """
        return self.timeline(role, at, at + 1)[0].duties

    def gaps(self, role: str, start: int, end: int) -> tuple[Interval, ...]:
        """The stretches between two instants (UTC seconds) with nobody on duty, deputies included."""
        return self._where(role, start, end, lambda duties: not duties)

    def deputies_only(self, role: str, start: int, end: int) -> tuple[Interval, ...]:
        """The stretches in which only deputies are there: no shift, feed or override names anybody."""
        return self._where(role, start, end, lambda duties: bool(duties) and duties[0].is_deputy)

    def timeline(self, role: str, start: int, end: int) -> tuple[Stretch, ...]:
        """Every change of duty between two instants (UTC seconds); the stretches leave no hole."""
        if start >= end:
            return ()
        claims = [claim for claim in self._claims(role, start, end) if claim.start < claim.end]
        edges = sorted({start, end, *(e for c in claims for e in c[:2] if start < e < end)})
        stretches: list[Stretch] = []
        for begin, until in pairwise(edges):
            duties = self._duties(role, [c for c in claims if c.start <= begin < c.end])
            if stretches and stretches[-1].duties == duties:
                begin = stretches.pop().start
            stretches.append(Stretch(begin, until, duties))
        return tuple(stretches)

    def people_of(self, role: str) -> frozenset[str]:
        """Everybody who can ever be on duty for a role: by shifts, turns, exceptions, feeds or as deputy."""
        watch = self.roles.get(role)
        if watch is None:
            return frozenset()
        named = {*watch.deputies}
        for shift in watch.shifts:
            named |= {*shift.who, *(shift.rotation.among if shift.rotation else ())}
        for feed in self.feeds.values():
            named |= {*feed.words.values()} if role in feed.roles else set()
        named = {each for person in named for each in self._behind(person)}
        for override in self.overrides:
            if override.holds_for(role) and (override.instead_of is None or override.instead_of in named):
                named |= {each for person in override.who for each in self._behind(person)}
        return frozenset(named)

    def _behind(self, person: str) -> Iterator[str]:
        """A person, the deputy, the deputy's deputy and so on, each once."""
        seen: list[str] = []
        following: str | None = person
        while following is not None and following not in seen:
            seen.append(following)
            following = self.people[following].deputy
        return iter(seen)

    def _where(
        self, role: str, start: int, end: int, wanted: Callable[[tuple[Duty, ...]], bool]
    ) -> tuple[Interval, ...]:
        found: list[Interval] = []
        for stretch in self.timeline(role, start, end):
            if not wanted(stretch.duties):
                continue
            begin = found.pop()[0] if found and found[-1][1] == stretch.start else stretch.start
            found.append((begin, stretch.end))
        return tuple(found)

    def _claims(self, role: str, start: int, end: int) -> Iterator[_Claim]:
        watch = self.roles.get(role)
        if watch is None:
            return
        for override in self.overrides:
            if override.holds_for(role):
                span = span_of(override, self.zone)
                why = Why("override", override.place, override.instead_of or "", override.note)
                yield _Claim(*span, override.who, why, swaps=override.instead_of is not None)
        for feed in self.feeds.values():
            copy = self.copies.get(feed.id)
            for duty in copy.duties if copy is not None and role in feed.roles else ():
                yield _Claim(duty.start, duty.end, duty.people, Why("feed", feed.place, feed.id))
        for shift in watch.shifts:
            source: Source = "rotation" if shift.rotation else "shift"
            for begin, until, people in shift.kept(self.zone, start, end):
                yield _Claim(begin, until, people, Why(source, shift.place))

    def _duties(self, role: str, claims: list[_Claim]) -> tuple[Duty, ...]:
        """Those named by the topmost layer that names anybody, or whoever stands in; then deputies."""
        swaps = {claim.why.of: claim for claim in claims if claim.swaps}
        mains: dict[str, Why] = {}
        for layer in _LAYERS:
            for claim in claims:
                if claim.why.source in layer and not claim.swaps:
                    for person in claim.people:
                        _stand(mains, person, claim.why, swaps)
            if mains:
                break
        everybody = dict(mains)
        for person in mains:
            for deputy in list(self._behind(person))[1:]:
                _stand(everybody, deputy, Why("deputy", of=person), swaps)
        watch = self.roles.get(role, Watch())
        for deputy in watch.deputies:
            _stand(everybody, deputy, Why("deputy", watch.place, role), swaps)
        return tuple(
            Duty(role, person, self.people[person].contact, person not in mains, why)
            for person, why in everybody.items()
        )


def _stand(standing: dict[str, Why], person: str, why: Why, swaps: Mapping[str, _Claim]) -> None:
    """Put a person on duty, or those who stand in for this one just then; each person once."""
    swap = swaps.get(person)
    for each in swap.people if swap else (person,):
        standing.setdefault(each, swap.why if swap else why)


def span_of(override: Override, zone: str) -> Interval:
    """From when until when an exception holds (UTC seconds)."""
    return handover(override.start, zone), handover(override.end, zone)
