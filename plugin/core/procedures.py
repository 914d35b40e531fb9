"""The working part of a plan: tasks, reports, clocks, escalation, early warning and prevention."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from plugin.core.conditions import ALWAYS, Cond
from plugin.core.entry import Entry
from plugin.core.escalation import Repeat, Step
from plugin.core.label import Label
from plugin.core.meters import Target

CASE_EVENTS = frozenset(
    {"opened", "level", "activated", "raised", "lowered", "ended", "closed", "resolved", "reopened", "ack"}
)
"""Events the case itself produces; every other event a plan names must be declared or produced by a task."""

Opens = Literal["read", "activate", "raise", "lower", "change", "end"]
"""When a task opens: with any placement, with the plan's activation, or at that change of level."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task(Entry):
    """One step of a playbook, or a task after the end of a response.

    ``owner`` is a group or role, or ``lead`` for whoever leads the matter. A limit is ``due`` seconds,
    ``due_by_rank``, ``due_working_days`` or the ``clock`` it arms.
    """

    owner: str
    opens: Opens = "activate"
    when: Cond = ALWAYS
    due: int | None = None
    due_by_rank: Mapping[int, int] = field(default_factory=dict)
    due_working_days: int | None = None
    every: int | None = None
    """Repeated at this distance in seconds."""
    clock: str | None = None
    report: str | None = None
    produces: str | None = None
    """Event its completion adds to the case's history."""
    checklist: tuple[Label, ...] = ()
    form: tuple[str, ...] = ()
    """What is written down, as field ids; never about a person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Playbook(Entry):
    """Tasks for a free condition: a stage, an event type, a level, or any mixture."""

    when: Cond = ALWAYS
    steps: tuple[Task, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportContent(Entry):
    """One content a report must have; without ``filled_when`` only staff can add it."""

    filled_when: Cond | None = None
    required: bool = True
    choices: tuple[Label, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Report(Entry):
    """What is reported to whom, at which changes, within which clock."""

    to: tuple[str, ...]
    opens: tuple[Opens, ...] = ()
    when: Cond = ALWAYS
    clocks: tuple[str, ...] = ()
    contents: tuple[str, ...] = ()
    every: int | None = None
    """A digest at this distance in seconds."""
    aggregates_only: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock(Entry):
    """A time limit: of every matter for which ``when`` holds; without one, a task or an event arms it.

    Exactly one of ``target``, ``by_level`` and ``by_rank`` is given.
    """

    kind: Literal["once", "periodic"]
    start: str
    stop: tuple[str, ...]
    target: Target | None = None
    by_level: Mapping[str, Target] = field(default_factory=dict)
    by_rank: Mapping[int, Target] = field(default_factory=dict)
    when: Cond | None = None
    restart_when: tuple[str, ...] = ()
    hours: Literal["always", "working"] = "always"
    """Whether a target of time counts around the clock or the open hours of the desk's calendar."""
    pause_states: bool = False
    """Whether the desk's pause states hold it; a statutory limit never pauses silently."""
    warn: tuple[int, ...] = ()
    """Percent of the target at which to warn."""
    after_raise: Literal["restart", "carry", "keep", "restart_always"] = "restart"
    after_lower: Literal["carry", "keep"] = "carry"
    after_reopen: Literal["resume", "new_cycle", "ignore"] = "ignore"
    extension_days: int | None = None
    """One approved extension, the person told why."""
    basis: str = ""
    """Law article or published rule; empty: product default."""
    keep: bool = False
    """A peak duty: stays due after a fall or an end of the response."""

    @property
    def targets(self) -> tuple[Target, ...]:
        """Every target it can have."""
        return (self.target,) if self.target else (*self.by_level.values(), *self.by_rank.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain(Entry):
    """Who is told when a clock starts, warns or is breached, until somebody answers."""

    at: Literal["start", "warn", "breach"]
    of: tuple[str, ...]
    percent: int | None = None
    levels: tuple[str, ...] = ()
    """Only while the case stands at one of these; empty: at any."""
    steps: tuple[Step, ...] = ()
    stop_events: tuple[str, ...] = ()
    repeat: Repeat | None = None
    hours: Literal["always", "working"] = "always"
    pause_with_clock: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlyWarning(Entry):
    """A warning about matters, topics and clocks, never about persons."""

    to: str
    when: Cond | None = None
    same_matter: int | None = None
    """So many linked tickets within ``within`` seconds."""
    within: int | None = None
    breach_percent: int | None = None
    """Share of a unit's clocks that is breached."""
    due_soon_percent: int | None = None
    """Warn when less than this share of a clock's time is left."""
    task: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Recurring(Entry):
    """Prevention and safeguards: a task of the calendar. ``every`` in seconds, None for a standing one."""

    owner: str
    every: int | None = None
    topics: tuple[Label, ...] = ()
    incomplete: bool = False
    """The source breaks off here; the admin fills it in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel(Entry):
    """A way in and the group that takes in what comes by it."""

    values: tuple[str, ...]
    owner: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Publish(Entry):
    """Public information has exactly one owner, however many clauses name one."""

    owner: str
    clock: str
