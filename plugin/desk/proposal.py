"""A desk file for a helpdesk just met: what its lists answer surely, and what a person must answer. Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from plugin.core.guards import refuse_name
from plugin.core.label import Label
from plugin.core.placement import OWN_FLAGS
from plugin.core.plan import Plan
from plugin.core.rules import RuleSet
from plugin.desk.answerable import MATTER, is_proposed
from plugin.desk.descriptor import Descriptor, TargetShape
from plugin.desk.gap import NOWHERE, Gap
from plugin.desk.likeness import (
    Nearest,
    is_closed_word,
    is_paused_word,
    nearest,
    one_to_one,
)
from plugin.desk.lists import Entry
from plugin.desk.paths import fill
from plugin.desk.propose_level import propose_levels
from plugin.desk.propose_priority import propose_priorities
from plugin.documents.checks import reachable_groups
from plugin.documents.plan_checks import plan_events

FIELD_NAMES: Mapping[str, tuple[str, ...]] = {
    "level": ("response level", "响应级别", "级别"),
    "reason": ("routing reason", "派单理由", "理由"),
    "tags": ("tags", "标签", "routing tags"),
    "due": ("due", "response due", "响应期限", "截止"),
    "run": ("routing run", "动作编号"),
}
"""What the fields for Paidan's own values are usually called."""
FREE_TEXT = ("due", "reason")
"""No list of choices holds what is written there."""
FIELD_TITLES: Mapping[str, Label] = {
    "level": Label("响应级别", "Response Level"),
    "reason": Label("派单理由", "Routing Reason"),
    "tags": Label("标签", "Tags"),
    "due": Label("响应期限", "Response Due"),
}
"""What they are called where we make them."""
_NAMES_OF_MATTER: Mapping[str, tuple[str, ...]] = {
    "channel": ("channel", "渠道", "来源渠道"),
    "region": ("region", "地区", "属地"),
    "media": ("media level", "媒体级别"),
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the person decided: where the helpdesk is, and the documents to use."""

    desk: str
    url: str
    plan: Plan
    rules: RuleSet
    calendar: str | None
    language: str
    secrets: Mapping[str, str]
    """name → ``env:…`` or ``file:…``"""
    settings: Mapping[str, str] = field(default_factory=dict)
    ca: str | None = None
    proxy: str | None = None
    own_network: bool = False
    webhook: bool = True
    """False: takes no webhooks, the helpdesk is asked"""
    answers: Mapping[str, str] = field(default_factory=dict)
    """What a person answered: ``groups.onsite`` → the helpdesk's name."""


@dataclass(frozen=True, slots=True)
class Misfit:
    """A field that offers choices of its own only, and what is written there and not among them."""

    target: str
    field: str
    lacking: tuple[str, ...]
    """Empty: none of what is written can be a choice."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """The parts of a desk file, in the helpdesk's own words."""

    connector: str
    wanted: Wanted
    groups: Mapping[str, str]
    priority: Mapping[str, str]
    """level, or severity where levels are inherited → the helpdesk's priority"""
    targets: Mapping[str, str | None]
    """target → field; None: the product's usual one"""
    priority_order: tuple[str, ...] = ()
    """The helpdesk's priorities, lowest first; empty: the product's usual ones."""
    level_values: Mapping[str, str] = field(default_factory=dict)
    settings: Mapping[str, str] = field(default_factory=dict)
    fields: Mapping[str, str] = field(default_factory=dict)
    closed_states: tuple[str, ...] = ()
    """Empty: the product's usual ones."""
    paused_states: tuple[str, ...] = ()
    taken: bool = False
    """An agent who takes the ticket answers for it."""
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """target → number on the wire → the helpdesk's name for it, where its requests speak by number."""
    gaps: tuple[Gap, ...] = ()
    unset: tuple[str, ...] = ()
    """Targets that could be written once there is a field for them."""
    misfits: tuple[Misfit, ...] = ()
    """Fields that cannot take all that would be written there."""


Listed = Mapping[str, tuple[Entry, ...]]


def propose(descriptor: Descriptor, listed: Listed, wanted: Wanted) -> Proposal:
    """The nearest names filled in; one that is not sure is a gap with its candidates, never a guess.

    ``listed`` holds the entries of each kind the product can list.
    """
    groups, group_gaps = _groups(listed.get("groups", ()), wanted)
    level, level_values, level_gaps = _level(descriptor, listed.get("fields", ()), wanted)
    targets, unset = _targets(descriptor, listed.get("fields", ()), wanted)
    targets = {**level, **targets}
    steps = wanted.plan.levels.steps
    ranked = propose_priorities(descriptor, listed.get("priorities", ()), steps, wanted.answers)
    states = [entry.name for entry in listed.get("states", ())]
    return Proposal(
        connector=descriptor.name,
        wanted=wanted,
        groups=groups,
        priority=ranked.by_level,
        priority_order=ranked.order,
        words=_words(descriptor, listed, {"group": groups.values(), "priority": ranked.by_level.values()}),
        targets=targets,
        level_values=level_values,
        settings={**_run_field(descriptor, listed.get("fields", ())), **wanted.settings},
        fields=_matter(listed.get("fields", ()), descriptor, wanted, taken=targets.values()),
        closed_states=_states(states, descriptor.ticket.closed, is_closed_word),
        paused_states=_states(states, descriptor.ticket.paused, is_paused_word),
        taken=_owner_answers(descriptor, wanted.settings) and "ack" in plan_events(wanted.plan),
        gaps=(*group_gaps, *level_gaps, *ranked.gaps),
        unset=unset,
        misfits=tuple(_misfits(targets, listed.get("fields", ()), wanted.rules)),
    )


def _groups(entries: Sequence[Entry], wanted: Wanted) -> tuple[dict[str, str], list[Gap]]:
    ids = reachable_groups(wanted.plan)
    names = {each: (each, *_label(wanted.plan.group(each))) for each in ids}
    answered = {each: a for each in ids if (a := wanted.answers.get(f"groups.{each}"))}
    open_ = {each: names[each] for each in ids if each not in answered}
    left = [entry.name for entry in entries if entry.name not in answered.values()]
    found = one_to_one(open_, left)
    sure = {each: near.sure for each, near in found.items() if near.sure is not None}
    groups = {each: name for each in ids if (name := answered.get(each) or sure.get(each))}
    return groups, [Gap(f"groups.{each}", found[each].near) for each in ids if each not in groups]


def _label(entry: object) -> tuple[str, ...]:
    label = getattr(entry, "label", ())
    return tuple(dict.fromkeys(label))


def _level(
    descriptor: Descriptor, fields: Sequence[Entry], wanted: Wanted
) -> tuple[dict[str, str | None], dict[str, str], list[Gap]]:
    """The level's field (None: it needs none), its word for each level, and what is not sure of it."""
    if not is_proposed("level", descriptor, wanted.plan):
        return {}, {}, []
    if wanted.answers.get("write.level") == NOWHERE:
        return {}, {}, []
    shape, levels = descriptor.targets["level"], _levels(wanted.plan)
    if not shape.needs_field and shape.field is None:  # such as a label that begins with a word of its own
        return {"level": None}, *propose_levels(levels, (), wanted.answers)
    near = _field("level", fields, wanted)
    field = near.sure or shape.field
    if field is None:
        return {}, {}, [Gap("write.level", near.near)]
    choices = next((entry.choices for entry in fields if entry.name == field), ())
    values, gaps = propose_levels(levels, choices, wanted.answers)
    return {"level": field}, values, gaps


def _levels(plan: Plan) -> dict[str, tuple[str, ...]]:
    return {level.id: (level.id, *level.label) for level in plan.levels.items}


def _field(target: str, fields: Sequence[Entry], wanted: Wanted) -> Nearest:
    answer = wanted.answers.get(f"write.{target}")
    if answer is not None:
        return Nearest(answer, (answer,))
    free = [entry for entry in fields if not entry.choices or target not in FREE_TEXT]
    return nearest(FIELD_NAMES[target], _readable(free))


def _readable(fields: Sequence[Entry]) -> list[str]:
    """Fields that do not tell of a person."""
    return [entry.name for entry in fields if refuse_name(entry.name) is None]


def _targets(
    descriptor: Descriptor, fields: Sequence[Entry], wanted: Wanted
) -> tuple[dict[str, str | None], tuple[str, ...]]:
    """Where due date, tags and reason go; and what would need a field that is not there."""
    targets: dict[str, str | None] = {}
    unset = []
    for target in ("due", "tags", "reason"):
        answer = wanted.answers.get(f"write.{target}")
        if not is_proposed(target, descriptor, wanted.plan) or answer == NOWHERE:
            continue
        shape = descriptor.targets[target]
        near = _field(target, fields, wanted)
        if answer is None and not shape.needs_field and (shape.field is None or not fields):
            targets[target] = None
        elif near.sure is not None:
            targets[target] = near.sure
        else:
            unset.append(target)
    return targets, tuple(unset)


def _misfits(targets: Mapping[str, str | None], fields: Sequence[Entry], rules: RuleSet) -> Iterator[Misfit]:
    choices = {entry.name: entry.choices for entry in fields}
    for target, name in targets.items():
        offered = choices.get(name or "", ())
        lacking = tuple(tag for tag in _tags(rules) if tag not in offered)
        if offered and (target in FREE_TEXT or (target == "tags" and lacking)):
            yield Misfit(target, name or "", lacking if target == "tags" else ())


def _tags(rules: RuleSet) -> tuple[str, ...]:
    """Every tag a decision may give."""
    found = [rule.sets.get("flags") for step in rules.steps for rule in step.rules]
    told = [str(tag) for flags in found if isinstance(flags, tuple) for tag in flags]
    return tuple(dict.fromkeys([*told, *OWN_FLAGS]))


def _words(
    descriptor: Descriptor, listed: Listed, used: Mapping[str, Iterable[str]]
) -> dict[str, dict[str, str]]:
    """The names of numbers a product's requests speak by, where one is used and no live list joins them."""
    words = {}
    for target, kind in (("group", "groups"), ("priority", "priorities")):
        shape, entries = descriptor.targets.get(target), listed.get(kind, ())
        names = {entry.name for entry in entries} - {entry.id for entry in entries}
        if by_number(shape) and names & set(used[target]):
            words[target] = {entry.id: entry.name for entry in entries}
    return words


def by_number(shape: TargetShape | None) -> bool:
    """Whether a desk file has to say the number of a value, or its own word for it."""
    return shape is not None and shape.list is None and shape.read.kind == "int"


def _run_field(descriptor: Descriptor, fields: Sequence[Entry]) -> dict[str, str]:
    marker = descriptor.write.marker
    found = nearest(FIELD_NAMES["run"], _readable(fields)).sure if marker else None
    return {marker.setting: found} if marker and found else {}


def _matter(
    fields: Sequence[Entry], descriptor: Descriptor, wanted: Wanted, taken: Collection[str | None]
) -> dict[str, str]:
    """The rules' fields about the matter that the helpdesk has too; never one that Paidan writes itself."""
    kept_out = {*descriptor.ticket.persons, *taken}
    offered = [name for name in _readable(fields) if name not in kept_out]
    known = {name: _NAMES_OF_MATTER[name] for name in MATTER if name in wanted.rules.fields}
    answered = {name: a for name in wanted.rules.fields if (a := wanted.answers.get(f"fields.{name}"))}
    found = one_to_one({name: names for name, names in known.items() if name not in answered}, offered)
    return {**{name: near.sure for name, near in found.items() if near.sure}, **answered}


def _owner_answers(descriptor: Descriptor, settings: Mapping[str, str]) -> bool:
    """Whether an owner shows that somebody took the ticket: not where it is the group it was put in."""
    owner, group = descriptor.ticket.owner, descriptor.targets.get("group")
    known = {"setting": dict(settings)}
    places = {fill(path.text, known) for path in group.read.paths} if group is not None else set()
    return owner is not None and not any(fill(path.text, known) in places for path in owner.paths)


def _states(names: Iterable[str], usual: frozenset[str], is_one: Callable[[str], bool]) -> tuple[str, ...]:
    """The helpdesk's own states of a kind; empty where the product's usual ones say all there is."""
    there = [name for name in names if name in usual or is_one(name)]
    return tuple(there) if set(there) - usual else ()
