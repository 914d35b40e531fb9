"""Whether a plan fits itself: every name it uses is there, every clause is carried out, nothing is double."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise

from plugin.core.conditions import Cond, Range, Test
from plugin.core.entry import Entry
from plugin.core.plan import MEANS, Group, Plan
from plugin.core.procedures import CASE_EVENTS
from plugin.documents.plan_shapes import REFERS
from plugin.documents.problems import Problems
from plugin.documents.source import Node

NOUNS = {"means": "entry", "part": "group"}


def check_names(plan: Plan, used: Iterable[tuple[str, Node]], problems: Problems) -> None:
    """unknown-value, unknown-event, unknown-clause: a name that nothing in the plan answers to."""
    known = _known_names(plan)
    for key, node in used:
        kinds = REFERS[key]
        if kinds == ("clause",) and not plan.clauses:
            continue
        names = [name for kind in kinds for name in known[kind]]
        if node.raw in names:
            continue
        if kinds == ("clause",):
            problems.add("unknown-clause", node, given=node.raw, choices=tuple(names))
        elif kinds == ("case_event",):
            problems.add("unknown-event", node, given=node.raw, choices=tuple(names))
        else:
            what = NOUNS.get(kinds[0], kinds[0])
            problems.add("unknown-value", node, given=node.raw, what=what, choices=tuple(names))


def _known_names(plan: Plan) -> Mapping[str, tuple[str, ...]]:
    tasks = tuple(plan.tasks())
    return {
        "group": tuple(group.id for group in plan.groups),
        "role": tuple(role.id for role in plan.roles),
        "part": ("lead",),
        "clock": tuple(clock.id for clock in plan.clocks),
        "report": tuple(report.id for report in plan.reports),
        "task": tuple(task.id for task in tasks),
        "content": tuple(content.id for content in plan.report_contents),
        "fact": tuple(plan.facts),
        "case_event": plan_events(plan),
        "means": (*(entry.id for entry in plan.entries()), *MEANS),
        "clause": plan.clauses,
    }


def plan_events(plan: Plan) -> tuple[str, ...]:
    """Every event the case, the helpdesk or staff can produce under this plan."""
    produced = {task.produces for task in plan.tasks() if task.produces}
    return tuple(sorted({*CASE_EVENTS, *plan.events, *produced}))


def check_plan(plan: Plan, problems: Problems) -> None:
    """Everything that can be told of a plan alone, beside its names."""
    for noun, entries in _families(plan):
        _twice(noun, entries, problems)
    _two_fallbacks(plan, problems)
    _level_order(plan, problems)
    _no_stand_in(plan, problems)
    _clocks(plan, problems)
    _chains(plan, problems)
    _words_only(plan, problems)
    _clauses(plan, problems)


def _families(plan: Plan) -> Iterator[tuple[str, Iterable[Entry]]]:
    """Entries whose ids must differ from one another."""
    yield "group", plan.groups
    yield "role", plan.roles
    yield "level", plan.levels.items
    yield "event", plan.event_types
    yield "playbook", plan.playbooks
    yield "task", plan.tasks()
    yield "clock", plan.clocks
    yield "report", plan.reports
    yield "content", plan.report_contents
    yield "fact", plan.circumstances
    yield "entry", (*plan.statements, *plan.legal_basis, *plan.owners, *plan.criteria, *plan.channels)
    yield "entry", (*plan.escalation, *plan.early_warning, *plan.prevention, *plan.safeguards)


def _twice(noun: str, entries: Iterable[Entry], problems: Problems) -> None:
    first: dict[str, Entry] = {}
    for entry in entries:
        known = first.setdefault(entry.id, entry)
        if known is not entry and entry.place and known.place:
            at = f"{known.place.file}:{known.place.line}"
            problems.add("duplicate-id", entry.place, given=entry.id, what=noun, first=at)


def _two_fallbacks(plan: Plan, problems: Problems) -> None:
    fallbacks = [event for event in plan.event_types if event.fallback]
    for event in fallbacks[1:]:
        if event.place:
            problems.add("two-fallbacks", event.place, given=event.id, first=fallbacks[0].id)


def _level_order(plan: Plan, problems: Problems) -> None:
    """level-order: a level that a lower rank reaches than the one listed before it."""
    items = plan.levels.items
    for below, above in pairwise(items):
        low, high = _lowest_rank(below.when), _lowest_rank(above.when)
        if low is not None and high is not None and high < low and above.place:
            problems.add("level-order", above.place, given=above.id, first=below.id)


def _lowest_rank(cond: Cond) -> float | None:
    if isinstance(cond, Test):
        return cond.want.lo if cond.field == "rank" and isinstance(cond.want, Range) else None
    ranks = [rank for part in cond.parts if (rank := _lowest_rank(part)) is not None]
    return min(ranks, default=None)


def _no_stand_in(plan: Plan, problems: Problems) -> None:
    """no-stand-in: a group that can lead may be left out, and nobody is named to take its part."""
    leads = {plan.ordinary.lead, plan.levels.lead, *(level.lead for level in plan.levels.items)}
    leads |= {rule.lead for event in plan.event_types for rule in event.leads}
    leads |= {plan.confidential.lead} if plan.confidential else set()
    for group in plan.groups:
        if group.id in leads and group.recuse_when and group.replaced_by in (None, group.id) and group.place:
            problems.add("no-stand-in", group.place, given=group.id)
    for group in plan.groups:
        _outside_only_told(group, leads, problems)


def _outside_only_told(group: Group, leads: set[str | None], problems: Problems) -> None:
    if group.kind == "outside" and (group.id in leads or group.join_when) and group.place:
        problems.add("outside-works", group.place, given=group.id)


def _clocks(plan: Plan, problems: Problems) -> None:
    """starts-and-stops, no-target, extends-no-days: a clock that ends as it begins, that never has a time to
    count, or that may be extended by days though it counts none.
    """
    for clock in plan.clocks:
        _levels_known(plan, clock, clock.by_level, problems)
        if clock.place is None:
            continue
        for percent in clock.warn:
            if not 1 <= percent <= 100:
                problems.add("out-of-range", clock.place, given=str(percent), allowed="1..100")
        if clock.start in clock.stop:
            problems.add("starts-and-stops", clock.place, given=clock.start)
        if not any(target.amount for target in clock.targets):
            problems.add("no-target", clock.place, given=clock.id)
        if clock.extension_days and any(target.amount and not target.days for target in clock.targets):
            problems.add("extends-no-days", clock.place, given=clock.id)


def _chains(plan: Plan, problems: Problems) -> None:
    """names-nobody, never-fires: a chain without a step, or on a warning that none of its clocks gives."""
    warned = {clock.id: clock.warn for clock in plan.clocks}
    for chain in plan.escalation:
        _levels_known(plan, chain, chain.levels, problems)
        if chain.place is None:
            continue
        if not chain.steps:
            problems.add("names-nobody", chain.place, given=chain.id)
        silent = tuple(clock for clock in chain.of if chain.percent not in warned.get(clock, ()))
        if chain.at == "warn" and silent:
            problems.warn("never-fires", chain.place, given=str(chain.percent or 0), clocks=silent)


def _levels_known(plan: Plan, entry: Entry, named: Iterable[str], problems: Problems) -> None:
    levels = tuple(level.id for level in plan.levels.items)
    for level in named:
        if level not in levels and entry.place:
            problems.add("unknown-value", entry.place, given=level, what="level", choices=levels)


def _words_only(plan: Plan, problems: Problems) -> None:
    """words-only: a statement that is text only is carried out all the same."""
    silent = {statement.id for statement in plan.statements if not statement.binding}
    for statement in plan.statements:
        carried = set(statement.does) if not statement.binding else silent & set(statement.does)
        if carried and statement.place:
            problems.add("words-only", statement.place, given=statement.id)


def _clauses(plan: Plan, problems: Problems) -> None:
    """clause-without-note, clause-not-carried-out: what the source says is done, as it may be done."""
    for entry in plan.entries():
        careful = plan.careful & set(entry.source_ref)
        if careful and entry.note is None and entry.place:
            problems.add("clause-without-note", entry.place, given=", ".join(sorted(careful)))
    cited = frozenset(plan.cited())
    missing = tuple(clause for clause in plan.clauses if clause not in cited)
    if missing and plan.place:
        problems.warn("clause-not-carried-out", plan.place, clauses=missing)
