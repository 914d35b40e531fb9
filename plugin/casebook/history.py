"""A case's history: its stored events, as the clock engine reads them."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple, Protocol

from sqlalchemy import Row, bindparam, select

from plugin.casebook.database import Transaction
from plugin.casebook.tables import event
from plugin.core.calendar import Calendar
from plugin.core.cycle import Event
from plugin.core.timekeeping import Policy

DOCUMENTS = "documents"
"""The type of the event that says under which policy and calendars the case goes on."""
OUR_OWN = frozenset({DOCUMENTS, "message", "moved", "doubled", "gone", "merged"})
"""Types of events that mean nothing to a clock."""


@dataclass(frozen=True, slots=True)
class CaseEvent:
    """One thing that happened; the source id makes it count once."""

    source_id: str
    type: str
    at: float
    facts: dict[str, Any]


class Stored(NamedTuple):
    """An event as it stands in the case book."""

    number: int
    """Order in which events were learnt."""
    source_id: str
    type: str
    at: float
    received_at: float
    facts: Mapping[str, Any]


class Published(Protocol):
    """Where every version of a policy or calendar can be found again."""

    def policy(self, version: str) -> Policy:
        """The policy of this version."""
        ...

    def calendar(self, version: str) -> Calendar:
        """The calendar of this version."""
        ...


class History(NamedTuple):
    """What the engine needs of a case: what held at first, and everything that happened."""

    policy: Policy
    calendars: Mapping[str, Calendar]
    events: tuple[Event, ...]


_OF_CASES = (
    select(event).where(event.c.case_id.in_(bindparam("of_cases", expanding=True))).order_by(event.c.id)
)


def stored(tx: Transaction, cases: Iterable[int]) -> Mapping[int, list[Stored]]:
    """The events of these cases, in the order in which they were learnt."""
    found: dict[int, list[Stored]] = defaultdict(list)
    for row in tx.run(_OF_CASES, {"of_cases": list(cases)}):
        found[row.case_id].append(_stored(row))
    return found


def _stored(row: Row[Any]) -> Stored:
    return Stored(row.id, row.source_id, row.type, row.at, row.received_at, json.loads(row.facts))


def with_new(known: Sequence[Stored], new: Iterable[CaseEvent], now: float) -> list[Stored]:
    """The history once these events are on record too."""
    ids = {each.source_id for each in known}
    number = max((each.number for each in known), default=0)
    fresh = (each for each in new if each.source_id not in ids)
    more = (Stored(number + n, e.source_id, e.type, e.at, now, e.facts) for n, e in enumerate(fresh, 1))
    return [*known, *more]


def history(events: Sequence[Stored], published: Published) -> History | None:
    """As the engine reads it; None while no policy is on record."""
    versions = [each for each in events if each.type == DOCUMENTS]
    if not versions:
        return None
    calendars: dict[str, str] = {}
    for each in reversed(versions):
        calendars |= each.facts["calendars"]
    policies = [published.policy(version) for version in {each.facts["policy"]: 1 for each in versions}]
    heard = (each for each in events if each.type not in OUR_OWN)
    happened = (_event(each) for each in never_lowered(heard, [each.levels for each in policies]))
    return History(
        policies[0],
        {name: published.calendar(version) for name, version in calendars.items()},
        (*happened, *_edits(versions, published)),
    )


def never_lowered(events: Iterable[Stored], orders: Sequence[Sequence[str]]) -> Iterator[Stored]:
    """The events in order of time; a level below the one that stood by then says nothing of levels.

    Words of an earlier time that are read late, or come with a merged ticket, raise a case or leave it as it
    is: only a person lowers it. ``orders``: the levels of each policy, ascending.
    """
    standing: Stored | None = None
    for each in sorted(events, key=lambda each: (each.at, each.number)):
        if each.type == "level" and standing is not None and _is_below(each, standing, orders):
            yield each._replace(facts={})
            continue
        if each.type in ("level", "lowered", "ended"):
            standing = each
        yield each


def _is_below(one: Stored, other: Stored, orders: Sequence[Sequence[str]]) -> bool:
    """Whether one level surely stands below another: by a policy that has both, else by rank alone."""
    level, standing = one.facts.get("level"), other.facts.get("level")
    ranks = one.facts.get("rank") or 0, other.facts.get("rank") or 0
    if level is None and standing is None:
        return ranks[0] < ranks[1]
    order = next((levels for levels in orders if level in levels and standing in levels), None)
    if order is None:
        return False
    return (order.index(level), ranks[0]) < (order.index(standing), ranks[1])


def _edits(versions: Sequence[Stored], published: Published) -> Iterator[Event]:
    """What changed from version to version; a calendar that was away is compared with its last one."""
    known = dict(versions[0].facts["calendars"])
    for old, new in pairwise(versions):
        at, received = int(new.at), int(new.received_at)
        if new.facts["policy"] != old.facts["policy"]:
            policy = published.policy(new.facts["policy"])
            yield Event(new.source_id, at, "policy_edit", new.number, received, policy=policy)
        for name, version in new.facts["calendars"].items():
            if known.get(name, version) != version:
                edited, source = published.calendar(version), f"{new.source_id}:{name}"
                kind = "calendar_edit"
                yield Event(source, at, kind, new.number, received, calendar=name, edited=edited)
        known |= new.facts["calendars"]


def _event(row: Stored) -> Event:
    facts = row.facts
    return Event(
        id=row.source_id,
        at=int(row.at),
        type=row.type,
        seq=row.number,
        received_at=int(row.received_at),
        level=facts.get("level"),
        rank=facts.get("rank") if row.type in ("level", "lowered", "ended") else None,
        state=facts.get("state"),
        clock=facts.get("clock"),
        seconds=facts.get("seconds", 0),
        days=facts.get("days", 0),
    )


def documents_event(events: Sequence[Stored], versions: Mapping[str, Any], now: float) -> CaseEvent | None:
    """The event that puts the documents that run now on record; None where they already are."""
    known = [each.facts for each in events if each.type == DOCUMENTS]
    if not versions or (known and known[-1] == versions):
        return None
    return CaseEvent(f"{DOCUMENTS}:{len(known) + 1}", DOCUMENTS, now, dict(versions))
