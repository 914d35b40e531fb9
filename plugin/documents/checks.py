"""What no file can tell alone: whether plans, rules, desks and connectors fit each other.

One function a code; each takes what was built and reports what does not fit.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date

from plugin.core.conditions import All, Cond, Test
from plugin.core.place import Place
from plugin.core.plan import COMPUTED, EventType, Plan
from plugin.core.policy import clocks_without_calendar
from plugin.core.rules import RuleSet
from plugin.core.shadows import shadows
from plugin.documents.desks import Desk, Product
from plugin.documents.document_set import DocumentSet
from plugin.documents.duty_checks import roster_roles_known
from plugin.documents.folder import Folder
from plugin.documents.mode_checks import modes_fit
from plugin.documents.person_checks import check_persons
from plugin.documents.plan_checks import plan_events
from plugin.documents.problems import Problems
from plugin.documents.product_checks import product_fits
from plugin.documents.source import Node
from plugin.documents.suggest import nearest
from plugin.errors import DocumentsInvalid

DAYS_BEFORE_END = 60
"""From 1 November on a calendar that ends with the year should get its next notice."""


def check(documents: DocumentSet, folder: Folder, problems: Problems) -> None:
    """Run every cross-check over the documents that could be built."""
    check_persons(folder, problems)
    for plan in documents.plans.values():
        no_fallback(plan, problems)
        level_without_lead(plan, problems)
    for desk in documents.desks.values():
        _check_desk(desk, documents, folder, problems)
    roster_roles_known(documents, problems)
    if not problems.has_errors:
        _warn(documents, folder, problems)


def _warn(documents: DocumentSet, folder: Folder, problems: Problems) -> None:
    """What works but is surely not meant; said only of sound files, where it is no echo of a mistake."""
    for desk in documents.desks.values():
        clocks_have_calendar(desk, documents.plans[desk.plan], problems)
    unused_lists(folder, problems)
    unused_parts(folder, problems)


def check_thoroughly(documents: DocumentSet, problems: Problems) -> None:
    """What takes longer to find than loading may take, and keeps no document from running."""
    for rules in documents.rules.values():
        never_reached(rules, problems)


def check_coverage(documents: DocumentSet, today: date, problems: Problems) -> None:
    """calendar-ends, calendar-ended: the calendar of a desk in use is known for 60 days more, or no longer.

    State Council notices and public holidays of a year are known by then; until the next ones are in the
    file, what is due later can only be provisional.
    """
    used = {desk.calendar for desk in documents.desks.values() if desk.calendar}
    for name in sorted(used & documents.calendar_files.keys()):
        file = documents.calendar_files[name]
        covered = file.calendar.covered_through
        left = (covered - today).days
        if left < 0:
            problems.warn("calendar-ended", file.covered_at, given=name, day=str(covered))
        elif left <= DAYS_BEFORE_END:
            problems.warn("calendar-ends", file.covered_at, given=name, day=str(covered), days=left)


def _check_desk(desk: Desk, documents: DocumentSet, folder: Folder, problems: Problems) -> None:
    unknown_documents(desk, documents, folder, problems)
    product = _product(desk, documents, problems)
    if product is not None:
        product_fits(desk, product, problems)
        problems.extend(product.shaped_by(desk) if product.shaped_by else ())
    modes_fit(desk, problems)
    plan, rules = documents.plans.get(desk.plan), documents.rules.get(desk.rules)
    if plan is not None:
        groups_mapped(desk, plan, problems)
        gaps_left(desk, problems)
        events_known(desk, plan, problems)
        levels_known(desk, plan, problems)
    if rules is not None:
        fields_known(desk, rules, problems)
    if plan is not None and rules is not None:
        outputs_known(plan, rules, problems)


def _product(desk: Desk, documents: DocumentSet, problems: Problems) -> Product | None:
    """broken-connector: what the desk names is there, but cannot be used."""
    try:
        return documents.products.get(desk.connector)
    except DocumentsInvalid as broken:
        where = str(broken.problems[0].place)
        problems.add("broken-connector", desk.at("connector"), given=desk.connector, where=where)
        return None


def unknown_documents(desk: Desk, documents: DocumentSet, folder: Folder, problems: Problems) -> None:
    """unknown-document, which-variant: a plan, rules, calendar, roster or connector that is not there."""
    there = folder.nodes
    named: tuple[tuple[str, str | None, Iterable[str]], ...] = (
        ("connector", desk.connector, documents.products),
        ("plan", desk.plan, there["plans"]),
        ("rules", desk.rules, there["rules"]),
        ("calendar", desk.calendar, there["calendars"]),
        ("roster", desk.roster, there["rosters"]),
    )
    for key, name, known in named:
        if not name or name in known:
            continue
        variants = tuple(each for each in known if each.startswith(f"{name}-"))
        if key == "connector" and variants:
            problems.add("which-variant", desk.at(key), given=name, choices=variants)
        else:
            problems.add("unknown-document", desk.at(key), given=name, what=key, choices=tuple(known))


def events_known(desk: Desk, plan: Plan, problems: Problems) -> None:
    """unknown-event: a sign for an event the plan does not have; for a field this file does not declare."""
    known = plan_events(plan)
    for sign in desk.signs:
        at = desk.at(f"events.{sign.event}")
        if sign.event not in known:
            problems.add("unknown-event", at, given=sign.event, choices=known)
        if sign.field is not None and sign.field not in desk.fields:
            problems.add("unknown-value", at, given=sign.field, what="field", choices=tuple(desk.fields))


def clocks_have_calendar(desk: Desk, plan: Plan, problems: Problems) -> None:
    """never-runs: clocks that count days or open hours, at a desk that names no calendar."""
    waiting = clocks_without_calendar(plan)
    if waiting and desk.calendar is None:
        problems.warn("never-runs", desk.at("plan"), clocks=tuple(clock.id for clock in waiting))


def groups_mapped(desk: Desk, plan: Plan, problems: Problems) -> None:
    """group-not-mapped: every group a ticket can go to, and no other, stands in the desk file."""
    known = {group.id for group in plan.groups}
    missing = [
        group
        for group in reachable_groups(plan)
        if group not in desk.groups and f"groups.{group}" not in desk.gaps
    ]
    for name in desk.groups:
        if name not in known:
            problems.add(
                "unknown-value",
                desk.at(f"groups.{name}"),
                given=name,
                what="group",
                choices=tuple(sorted(known)),
            )
            near = nearest(name, missing)
            missing = [group for group in missing if group != near]
    if missing:
        problems.add("group-not-mapped", desk.at("groups"), groups=tuple(missing), plan=plan.id)


def gaps_left(desk: Desk, problems: Problems) -> None:
    """gap-left, gap-filled: what a desk file says is still to be answered; a desk that acts cannot wait."""
    for gap, near in desk.gaps.items():
        at = desk.at(f"gaps.{gap}")
        if gap in desk.places:
            problems.warn("gap-filled", at, given=gap)
            continue
        tell = problems.warn if desk.mode == "observe" and not desk.act_for else problems.add
        tell("gap-left", at, given=gap, near=" · ".join(near) or "–")


def reachable_groups(plan: Plan) -> tuple[str, ...]:
    """Groups of the organisation that some decision can name, in the plan's order."""
    named: set[str | None] = {plan.ordinary.lead, plan.levels.lead, *plan.levels.notify}
    named |= {plan.confidential.lead} if plan.confidential else set()
    for level in plan.levels.items:
        named |= {level.lead, *level.co, *level.notify}
    named |= {lead.lead for event in plan.event_types for lead in event.leads}
    named |= {group.id for group in plan.groups if group.join_when is not None}
    named |= {
        group.replaced_by for group in plan.groups if group.id in named and group.recuse_when is not None
    }
    return tuple(group for group in plan.desk_groups if group in named)


def levels_known(desk: Desk, plan: Plan, problems: Problems) -> None:
    """unknown-value: a level or severity the plan does not have."""
    levels = tuple(level.id for level in plan.levels.items)
    hints = tuple({text for label in plan.levels.hints.values() for text in label})
    for target, known in (("level", levels), ("priority", (*levels, *hints))):
        for name in desk.values.get(target, {}):
            if name in known or not known:
                continue
            key = f"write.priority.{name}" if target == "priority" else "write.level"
            problems.add("unknown-value", desk.at(key), given=name, what="level", choices=known)


def fields_known(desk: Desk, rules: RuleSet, problems: Problems) -> None:
    """unknown-field, unknown-choice: a desk field, or a word of one, that the rules do not know."""
    for name, mapped in desk.fields.items():
        spec = rules.fields.get(name)
        if spec is None:
            problems.add("unknown-field", desk.at(f"fields.{name}"), given=name, choices=tuple(rules.fields))
            continue
        words = (*mapped.words.values(), *((mapped.default,) if mapped.default else ()))
        for word in words if spec.values else ():
            if word not in spec.values:
                at = desk.at(f"fields.{name}")
                problems.add("unknown-choice", at, given=word, field=name, choices=spec.values)


def outputs_known(plan: Plan, rules: RuleSet, problems: Problems) -> None:
    """unknown-to-plan: what a rule sets and neither the plan nor a later step reads leads nowhere."""
    read = {*plan.facts, *COMPUTED, *_asked(rules), "tags", "flags"}
    for step in rules.steps:
        sets = [(rule.sets, rule.place) for rule in step.rules] + [(step.otherwise, step.place)]
        if step.bands or step.grids:
            sets.append(({step.output: 0}, step.place))
        for outputs, place in sets:
            for name in outputs:
                if name not in read:
                    known = tuple(plan.facts)
                    problems.add("unknown-to-plan", place, given=name, plan=plan.id, choices=known)


def _asked(rules: RuleSet) -> set[str]:
    asked: set[str] = set()
    for step in rules.steps:
        for rule in step.rules:
            asked |= fields_of(rule.when)
        for band in step.bands:
            asked |= {band.of} | (fields_of(band.when) if band.when else set())
        for grid in step.grids:
            asked |= {grid.down, grid.across} | (fields_of(grid.when) if grid.when else set())
    return asked


def fields_of(cond: Cond) -> set[str]:
    """Every field a condition asks for."""
    if isinstance(cond, Test):
        return {cond.field}
    return {name for part in cond.parts for name in fields_of(part)}


def no_fallback(plan: Plan, problems: Problems) -> None:
    """no-fallback: without a last event type some matter has none."""
    if plan.place is not None and not any(event.fallback for event in plan.event_types):
        problems.add(
            "no-fallback", plan.event_types[0].place or plan.place if plan.event_types else plan.place
        )


def level_without_lead(plan: Plan, problems: Problems) -> None:
    """level-without-lead: nobody answers for a level that neither event types nor the plan give a lead."""
    graver = [event for event in plan.event_types if event.id != plan.ordinary.event_type]
    if plan.levels.lead is not None or (graver and all(_always_led(event) for event in graver)):
        return
    for level in plan.levels.items:
        if level.lead is None and level.place is not None:
            problems.add("level-without-lead", level.place, given=level.id)


def _always_led(event: EventType) -> bool:
    return any(_is_always(lead.when) for lead in event.leads)


def _is_always(cond: Cond) -> bool:
    return isinstance(cond, All) and not cond.parts


def never_reached(rules: RuleSet, problems: Problems) -> None:
    """never-reached: another rule of the step takes every ticket a rule would, and decides before it."""
    for shadow in shadows(rules):
        by = shadow.by.place
        problems.warn(
            "never-reached",
            shadow.rule.place,
            given=shadow.rule.id,
            earlier=shadow.by.id,
            first=f"{by.file}:{by.line}",
            example=shadow.example or "…",
        )


def unused_lists(folder: Folder, problems: Problems) -> None:
    """unused-list: a word list nothing refers to."""
    nodes = [*folder.nodes["rules"].values(), *folder.parts["rules"].values()]
    lists = [entry for node in nodes for entry in _entries(node.get("lists"))]
    if not lists:
        return
    used = {name for node in nodes for name in _references(node)}
    for name, place, _ in lists:
        if name not in used:
            problems.warn("unused-list", place, given=name)


def _entries(node: Node | None) -> list[tuple[str, Place, Node]]:
    return node.entries if node is not None else []


_REFERENCE = re.compile(r"(?:^|\s)\$([\w.-]+)")


def _references(node: Node) -> Iterator[str]:
    """Every list a text names, also one of a pair (``$many ~5 $crowd``)."""
    stack = [node]
    while stack:
        here = stack.pop()
        yield from _REFERENCE.findall(here.raw)
        stack += here.items
        stack += (value for _, _, value in here.entries)


def unused_parts(folder: Folder, problems: Problems) -> None:
    """unused-part: a part no file includes is not even looked at."""
    for kind, parts in folder.parts.items():
        included = {
            item.raw
            for node in folder.nodes[kind].values()
            if (include := node.get("include")) is not None
            for item in include.items
        }
        for name, node in parts.items():
            if name not in included:
                problems.warn("unused-part", node.place, given=name)
