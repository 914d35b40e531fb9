"""The checked form of a ``plans/`` file: the organisation's response plan.

A plan is a document: levels, groups, roles, event types, playbooks, reports, clocks, escalation and
follow-up, each entry citing in ``source_ref`` the clauses it carries out.  Nothing here belongs to one
plan; ``placement`` reads these entries and knows no id of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from plugin.core.conditions import ALWAYS, Cond, FieldType
from plugin.core.entry import Entry
from plugin.core.facts import FactValue
from plugin.core.label import Label
from plugin.core.place import Place
from plugin.core.procedures import (
    Chain,
    Channel,
    Clock,
    EarlyWarning,
    Playbook,
    Publish,
    Recurring,
    Report,
    ReportContent,
    Task,
)

NO_LEVEL = "none"
"""The level, and the severity hint, of an ordinary matter (rank 0) under a graded plan."""

HIGHEST_RANK = 4

COMPUTED: Mapping[str, FieldType] = {
    "rank": "number",
    "event_type": "choice",
    "level": "choice",
    "lead": "choice",
    "recused": "tags",
    "sealed": "flag",
    "activated": "flag",
    "provisional": "flag",
    "missing": "tags",
}
"""Names a plan's conditions may ask beside its facts; set while a matter is placed, in this order."""

GUARDS = (
    "never_drop",
    "never_rank_down_by_person",
    "never_weakened",
    "explain_every_decision",
    "life_safety_first",
    "human_lowers",
    "immutable_record",
)
"""Guards of the product that a plan may cite as carrying out a clause; none can be weakened."""

MEANS = (*GUARDS, "edition", "is_template", "levels_inherited", "ordinary")
"""What may carry out a clause without being an entry of the plan."""

EntryKind = Literal["command", "team", "department", "office", "desk", "channel", "outside"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement(Entry):
    """A purpose, principle, scope or by-law.

    ``binding`` False is text only: no entry may carry it out. ``does`` names the entries that do.
    """

    kind: str
    binding: bool = True
    does: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LegalBasis(Entry):
    """A law the plan rests on; ``superseded_by`` or ``warning`` shows in the plan's health."""

    year: int | None = None
    superseded_by: str = ""
    warning: Label | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner(Entry):
    """Who answers for one act on the plan itself: ``revise``, ``approve``, ``interpret`` (the id)."""

    who: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FactSpec:
    """A name conditions may ask for; ``default`` holds while nothing says otherwise."""

    name: str
    type: FieldType
    label: Label
    values: tuple[str, ...] = ()
    default: FactValue | None = None
    place: Place | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstance(Entry):
    """A named condition, asked once and used by name as a flag."""

    when: Cond


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion(Entry):
    """A criterion of the levels and the facts it is judged by; thresholds stand in the rules."""

    facts: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty(Entry):
    """A duty of a group and the entries (tasks, clocks, reports, warnings …) that carry it out."""

    does: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Group(Entry):
    """An organ, team, department, office or desk, or a body outside that is told.

    ``join_when``: joins as supporting group. ``recuse_when``: the matter is about this group, so it is
    left out and ``replaced_by`` takes its part. ``outside`` bodies have no place in the helpdesk.
    """

    kind: EntryKind
    join_when: Cond | None = None
    recuse_when: Cond | None = None
    replaced_by: str | None = None
    confidential: bool = False
    ad_hoc: bool = False
    can: tuple[str, ...] = ()
    members: tuple[str, ...] = ()
    call_in: Mapping[int, int] = field(default_factory=dict)
    """rank → further staff called in."""
    duties: tuple[Duty, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Role(Entry):
    """A seat, never a person: ``deputy`` acts after ``acts_after`` seconds without an answer."""

    position: Label
    organ: str
    deputy: str | None = None
    acts_after: int | None = None
    empty_seat_reminder: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadRule:
    """One line of a list of leads: the first whose ``when`` holds gives the lead."""

    when: Cond = ALWAYS
    lead: str
    place: Place | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EventType(Entry):
    """What kind of event it is; the first whose ``when`` holds, exactly one is the fallback."""

    when: Cond = ALWAYS
    fallback: bool = False
    leads: tuple[LeadRule, ...] = ()
    """Empty: the level, or the plan, names the lead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Level(Entry):
    """A response level of a graded plan."""

    when: Cond
    lead: str | None = None
    co: tuple[str, ...] = ()
    notify: tuple[str, ...] = ()
    criteria: tuple[Statement, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Levels:
    """Ascending levels; an ``inherited`` plan has none and is active from rank 1 on.

    Raising is automatic, lowering and ending are a person's with a reason: fixed, not a setting.
    """

    mode: Literal["graded", "inherited"]
    items: tuple[Level, ...] = ()
    hints: Mapping[int, Label] = field(default_factory=dict)
    """rank → canonical name of the severity."""
    lead: str | None = None
    """Lead where neither event type nor level names one."""
    notify: tuple[str, ...] = ()
    """Told on every activation, beside those the level names."""
    provisional_when: Cond | None = None
    """When the level is held only until somebody has looked, beside counts that straddle a threshold."""
    source_ref: tuple[str, ...] = ()
    place: Place | None = None

    @property
    def steps(self) -> tuple[str, ...]:
        """What a desk file's priorities are named after, lowest first: the levels, else the severities."""
        return tuple(level.id for level in self.items) or tuple(self.hints[n].zh for n in sorted(self.hints))

    def height(self, level: str | None) -> int:
        """Position from below, 1 for the lowest; 0 for none, None or a level this plan has not (any more)."""
        return next((n for n, item in enumerate(self.items, 1) if item.id == level), 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """Where matters go that stand outside the levels: ordinary ones, and accusations made in confidence."""

    lead: str
    when: Cond = ALWAYS
    event_type: str = ""
    """ordinary only: the event type of rank 0."""
    label: Label | None = None
    source_ref: tuple[str, ...] = ()
    place: Place | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Plan:
    """One plan with everything it includes; the id is its file's name. Two loads are two plans."""

    id: str
    title: Label
    edition: str
    status: Literal["draft", "active", "retired"] = "active"
    is_template: bool = False
    effective_from: str = "publication"
    incomplete: tuple[str, ...] = ()
    """Chapters the source leaves unfinished."""
    clauses: tuple[str, ...] = ()
    """Every clause of the source, by the id of its inventory."""
    careful: frozenset[str] = frozenset()
    """Clauses whose plain reading is refused; an entry citing one notes the form it is carried out in."""
    statements: tuple[Statement, ...] = ()
    legal_basis: tuple[LegalBasis, ...] = ()
    owners: tuple[Owner, ...] = ()
    facts: Mapping[str, FactSpec] = field(default_factory=dict)
    circumstances: tuple[Circumstance, ...] = ()
    criteria: tuple[Criterion, ...] = ()
    levels: Levels
    groups: tuple[Group, ...]
    roles: tuple[Role, ...] = ()
    event_types: tuple[EventType, ...]
    ordinary: Route
    confidential: Route | None = None
    channels: tuple[Channel, ...] = ()
    playbooks: tuple[Playbook, ...] = ()
    report_contents: tuple[ReportContent, ...] = ()
    reports: tuple[Report, ...] = ()
    publish: Publish | None = None
    events: Mapping[str, Label] = field(default_factory=dict)
    """Events a desk file or staff can produce."""
    clocks: tuple[Clock, ...] = ()
    escalation: tuple[Chain, ...] = ()
    early_warning: tuple[EarlyWarning, ...] = ()
    prevention: tuple[Recurring, ...] = ()
    follow_up: tuple[Task, ...] = ()
    safeguards: tuple[Recurring, ...] = ()
    place: Place | None = None

    def group(self, group_id: str) -> Group | None:
        """The group with this id."""
        return next((g for g in self.groups if g.id == group_id), None)

    def entries(self) -> Iterator[Entry]:
        """Every entry with an id and clauses, nested ones too."""
        yield from (*self.statements, *self.legal_basis, *self.owners, *self.circumstances, *self.criteria)
        for level in self.levels.items:
            yield from (level, *level.criteria)
        for group in self.groups:
            yield from (group, *group.duties)
        yield from (*self.roles, *self.event_types, *self.channels, *self.playbooks, *self.tasks())
        yield from (*self.report_contents, *self.reports, *self.clocks, *self.escalation)
        yield from (*self.early_warning, *self.prevention, *self.safeguards)
        yield from (self.publish,) if self.publish else ()

    def cited(self) -> Iterator[str]:
        """Every clause some entry carries out, as often as it is cited."""
        routes = (self.ordinary, *((self.confidential,) if self.confidential else ()))
        for refs in (*(e.source_ref for e in self.entries()), *(r.source_ref for r in routes)):
            yield from refs
        yield from self.levels.source_ref

    def tasks(self) -> Iterator[Task]:
        """Every task: of the playbooks in their order, then of the follow-up."""
        for playbook in self.playbooks:
            yield from playbook.steps
        yield from self.follow_up

    @property
    def desk_groups(self) -> tuple[str, ...]:
        """Groups a ticket can be given to, which a desk file must map."""
        return tuple(g.id for g in self.groups if g.kind != "outside")
