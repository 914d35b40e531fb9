"""What is decided about a ticket, and what the case book knows of it: plain values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from plugin.core.facts import Facts, FactValue
from plugin.core.plan import Plan
from plugin.core.trace import TraceNode

if TYPE_CHECKING:
    from plugin.core.steps import CompiledRules


@dataclass(frozen=True, slots=True)
class Placement:
    """Where one set of facts stands on the plan."""

    event_type: str
    rank: int
    """0–4, one ascending scale for every plan; 0 is an ordinary matter."""
    level: str | None
    """A level's id, ``none`` at rank 0, or None where the plan's levels are inherited."""
    activated: bool
    severity_hint: str
    """Canonical name of the rank: none, 一般, 较大, 重大, 特别重大."""
    lead: str
    """Group id, recusal and confidentiality already applied."""
    co: tuple[str, ...] = ()
    notify: tuple[str, ...] = ()
    clocks: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    tasks: tuple[str, ...] = ()
    """Task ids of the playbooks that hold."""
    missing_report_content: tuple[str, ...] = ()
    sealed: bool = False
    """An accusation made in confidence: its words go into no note, notification or log."""
    provisional: bool = False
    recused: tuple[str, ...] = ()
    """Groups left out because the matter is about them."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What one message says, read alone."""

    message: str
    at: datetime
    facts: Facts
    outputs: Mapping[str, FactValue]
    """What the rules set: rank, tags, …"""
    placement: Placement
    why: TraceNode | Callable[[], TraceNode] = field(compare=False, repr=False)
    """The trace, or what tells it when somebody asks: it costs more than the decision."""
    grounds: Callable[[], TraceNode] | None = field(default=None, compare=False, repr=False)
    """Tells only what gave rank, event type and level; None: the whole trace has it."""

    @property
    def reasons(self) -> TraceNode:
        """Why this rank, event type and level: the part of the trace that a note tells of."""
        return self.trace if self.grounds is None else self.grounds()

    @property
    def trace(self) -> TraceNode:
        """Why: what the rules and then the plan were asked, and each answer."""
        return self.why() if callable(self.why) else self.why


@dataclass(frozen=True, slots=True)
class Proposal:
    """A fall nobody but a person may carry out."""

    kind: Literal["lower", "end"]
    level: str | None
    rank: int
    message: str
    """The message that suggests it."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What the case really has; no message lowers it."""

    placement: Placement
    message: str
    """The message that reached it."""
    peak: str | None
    """The highest level ever reached, whose duties stay due."""
    peak_rank: int
    proposal: Proposal | None = None


@dataclass(frozen=True, slots=True)
class Pin:
    """A person's decision in the helpdesk: holds until a rank above the one it was taken at."""

    target: str
    value: str
    rank: int
    at: datetime
    human: bool = False
    """True: a known person in a role the plan allows; False: unexplained, shown and asked about."""


@dataclass(frozen=True, slots=True)
class CaseState:
    """What the case book knows of a case beyond the ticket itself."""

    peak_rank: int = 0
    peak: Placement | None = None
    """The standing placement stored last time: holds even if its message was deleted since."""
    peak_message: str = ""
    written: Mapping[str, str] = field(default_factory=dict)
    """target → the value last written by us or first seen, in the helpdesk's own words."""
    pins: tuple[Pin, ...] = ()
    confirmed: Facts = field(default_factory=dict)
    noted: frozenset[str] = frozenset()
    """Keys of notes already decided."""
    acted_for: str = ""
    """The group for whose sake the ticket is acted on; empty where it is not."""
    is_watched: bool = False
    """The last decision was only shown, or noted as a proposal: people deal with the ticket."""


@dataclass(frozen=True, slots=True)
class DecisionDocuments:
    """The compiled documents a decision needs."""

    plan: Plan
    rules: CompiledRules


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer: readings in order of time, and where the case stands."""

    ticket: str
    readings: tuple[Reading, ...]
    standing: Standing
