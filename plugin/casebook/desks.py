"""What the loop needs of a desk: its helpdesk, its documents' decision, its map."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from plugin.casebook.pacing import UNLIMITED, CallLimits
from plugin.casebook.published import Version
from plugin.core.case import CaseState, Decision, Placement
from plugin.core.clock_words import ClockWords
from plugin.core.effects import DeskMap
from plugin.core.signs import Sign
from plugin.core.ticket import Ticket
from plugin.core.timekeeping import Policy
from plugin.desk.helpdesk import Helpdesk

Decide = Callable[[Ticket, CaseState, datetime], Decision]


class Contact(NamedTuple):
    """Whom a step reaches: a group, role or seat, and the name of the secret with the address."""

    addressee: str
    secret: str | None
    """None: nobody answers for it just now, or nobody has an address."""


def _nobody(to: str, _at: int, _placement: Placement) -> tuple[Contact, ...]:
    return (Contact(to, None),)


@dataclass(frozen=True, slots=True)
class DeskClocks:
    """The clocks of one desk under one version of its documents."""

    policy: Version | None = None
    calendar: Version | None = None
    arms: Callable[[Placement], tuple[str, ...]] = lambda _placement: ()
    """The clocks a matter with this placement has"""
    legal: frozenset[str] = frozenset()
    """Those that rest on a law or a published rule"""
    signs: tuple[Sign, ...] = ()
    words: ClockWords = field(default_factory=ClockWords)
    reach: Callable[[str, int, Placement], tuple[Contact, ...]] = _nobody
    """(group or role, UTC seconds, placement) → whom that is just then"""

    @property
    def levels(self) -> tuple[str, ...]:
        """The plan's levels, ascending; empty where they are inherited, or the desk has no clocks."""
        policy = self.policy.value if self.policy else None
        return policy.levels if isinstance(policy, Policy) else ()

    @property
    def versions(self) -> dict[str, Any]:
        """``policy`` → its version, ``calendars`` → (id → version); empty where the desk has no clocks."""
        if self.policy is None:
            return {}
        calendar = self.calendar
        return {"policy": self.policy.hash, "calendars": {calendar.name: calendar.hash} if calendar else {}}


NO_CLOCKS = DeskClocks()


@dataclass(frozen=True, slots=True)
class DeskInUse:
    """One desk under one version of its documents."""

    helpdesk: Helpdesk
    map: DeskMap
    decide: Decide
    version: str
    """Of the documents: what was refused under another version is tried again."""
    clocks: DeskClocks = NO_CLOCKS
    limits: CallLimits = UNLIMITED
    look_every: float = 0.0
    """Seconds between two looks through the helpdesk's list of changed tickets; 0: none"""
    unheard_every: float = 0.0
    """The same while no webhook has come at all; 0: no other pause"""
    hears: bool = True
    """It takes webhooks; else it only asks"""


Desks = Callable[[], Mapping[str, DeskInUse]]
"""The desks in use now; a reload of the documents changes the answer, never a desk in hand."""


def call_limits(desks: Desks) -> Callable[[str], CallLimits]:
    """What each desk in use allows us; a desk that is not in use is not called anyway."""

    def limits(name: str) -> CallLimits:
        found = desks().get(name)
        return UNLIMITED if found is None else found.limits

    return limits
