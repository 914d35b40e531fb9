"""A desk file's words as effects need them."""

from __future__ import annotations

from plugin.core.effects import DeskMap
from plugin.core.plan import Plan
from plugin.documents.desks import Desk, Product


def desk_map(desk: Desk, plan: Plan, product: Product, zone: str = "UTC") -> DeskMap:
    """What effects need to know of a desk: the plan's words in the helpdesk's, labels, its days' zone."""
    levels = {level.id: level.id for level in plan.levels.items} | dict(desk.values.get("level", {}))
    ascending = [level.id for level in plan.levels.items]
    named = [*plan.event_types, *plan.levels.items, *plan.groups]
    labels = {entry.id: entry.label.say(desk.language) for entry in named}
    labels |= {name: spec.label.say(desk.language) for name, spec in plan.facts.items()}
    return DeskMap(
        mode=desk.mode,
        act_for=frozenset(desk.act_for),
        act_since=desk.act_since,
        level_order=tuple(ascending),
        language=desk.language,
        groups=desk.groups,
        levels={level: levels[level] for level in ascending} if "level" in desk.targets else {},
        priorities=desk.values.get("priority", {}),
        priority_order=priority_order(desk, plan, product),
        tags="tags" in desk.targets,
        notes=desk.notes and product.notes,
        reason="reason" in desk.targets,
        due="due" in desk.targets,
        due_zone=zone if product.due_by_day else None,
        due_by_minute=product.due_by_minute,
        breach=_breach_words(desk) if "breach" in desk.targets else None,
        names=labels,
        clauses={entry.id: entry.source_ref for entry in [*plan.event_types, *plan.levels.items]},
    )


def priority_order(desk: Desk, plan: Plan, product: Product) -> tuple[str, ...]:
    """The helpdesk's priorities, lowest first, in the words of the desk file.

    Never by their numbers: a number says when a priority was made, not how high it stands. What the file says
    comes first, then the product's own order, then that of ``words`` (they stand as the helpdesk lists them),
    each where it knows every priority that is written; else only those that are written can be compared.
    """
    by_level, words = desk.values.get("priority", {}), desk.words.get("priority", {})
    usual = tuple(words.get(priority, priority) for priority in product.priorities)
    for order in (desk.priority_order, usual, tuple(words.values())):
        if order and set(by_level.values()) <= set(order):
            return order
    rising = [by_level[step] for step in plan.levels.steps if step in by_level]
    return tuple(dict.fromkeys([*rising, *by_level.values()]))


def _breach_words(desk: Desk) -> tuple[str, str]:
    """What the field says while no limit was missed, and once one was."""
    words = desk.values.get("breach", {})
    in_time, missed = ("未超时", "已超时") if desk.language == "zh" else ("in time", "missed")
    return words.get("in_time", in_time), words.get("missed", missed)
