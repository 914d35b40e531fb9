"""Which of a helpdesk's priorities stands for which level, and how high each of them stands. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from plugin.desk.descriptor import Descriptor, Listed
from plugin.desk.gap import NOWHERE, Gap
from plugin.desk.likeness import MOST_NEAR, USUAL, height
from plugin.desk.lists import Entry

ORDER_KEY = "write.priority_order"
"""The answer that says how high each stands: their names, lowest first, with commas between."""


@dataclass(frozen=True, slots=True)
class Priorities:
    """The priorities of a desk file."""

    by_level: Mapping[str, str] = field(default_factory=dict)
    order: tuple[str, ...] = ()
    """All the helpdesk has, lowest first; empty: the product's usual ones"""
    gaps: tuple[Gap, ...] = ()


def propose_priorities(
    descriptor: Descriptor, entries: Sequence[Entry], levels: Sequence[str], answers: Mapping[str, str]
) -> Priorities:
    """Levels, lowest first, spread over the priorities from the usual one to the highest.

    What a person answered stays, and what is not answered never stands on the wrong side of it.
    """
    if "priority" not in descriptor.targets or not levels:
        return Priorities()
    given = {each: a for each in levels if (a := answers.get(f"write.priority.{each}"))}
    answered = {level: name for level, name in given.items() if name != NOWHERE}
    said = in_order(answers.get(ORDER_KEY, ""))
    order = said or ranking(descriptor, entries)
    if not order:
        near = tuple(entry.name for entry in entries)[:MOST_NEAR]
        gaps = tuple(Gap(f"write.priority.{each}", near) for each in levels if each not in given)
        return Priorities(answered, _told(descriptor, entries, tuple(dict.fromkeys(answered.values()))), gaps)
    spread = _spread(order, levels)
    chosen = {
        level: answered.get(level) or _between(level, levels, spread, answered, order)
        for level in levels
        if given.get(level) != NOWHERE
    }
    return Priorities(chosen, said or _told(descriptor, entries, order))


def in_order(said: str) -> tuple[str, ...]:
    """The names in the answer that says their order."""
    names = (each.strip() for each in said.replace("，", ",").replace("、", ",").split(","))
    return tuple(dict.fromkeys(name for name in names if name))


def ranking(descriptor: Descriptor, entries: Sequence[Entry]) -> tuple[str, ...] | None:
    """The priorities, lowest first, in the words of a desk file; None where nothing tells their order."""
    if not entries:
        return descriptor.priorities or None
    listed, usual = tuple(entry.name for entry in entries), _usual_names(descriptor, entries)
    if set(listed) <= set(usual):
        return tuple(name for name in usual if name in listed)
    return _by_height(listed) or _as_listed(listed, descriptor.priorities_listed)


def _usual_names(descriptor: Descriptor, entries: Sequence[Entry]) -> tuple[str, ...]:
    """The product's own priorities as the helpdesk calls them."""
    names = {entry.id: entry.name for entry in entries}
    return tuple(names.get(priority, priority) for priority in descriptor.priorities)


def _told(descriptor: Descriptor, entries: Sequence[Entry], order: tuple[str, ...]) -> tuple[str, ...]:
    """The order as it must stand in the desk file: only where the product has no order of its own for it."""
    listed = {entry.name for entry in entries}
    return order if listed and not listed <= set(_usual_names(descriptor, entries)) else ()


def _by_height(names: Sequence[str]) -> tuple[str, ...] | None:
    """By what they are called, where all of them tell and no two the same."""
    heights = {name: found for name in names if (found := height(name)) is not None}
    if len(heights) < len(names) or len(set(heights.values())) < len(names):
        return None
    return tuple(sorted(names, key=lambda name: heights[name]))


def _as_listed(names: Sequence[str], listed: Listed | None) -> tuple[str, ...] | None:
    """As the helpdesk lists them; names that tell their height show whether somebody turned it round."""
    if listed is None:
        return None
    rising = tuple(names) if listed == "rising" else tuple(reversed(names))
    told = [found for name in rising if (found := height(name)) is not None]
    if told == sorted(told):
        return rising
    return tuple(reversed(rising)) if told == sorted(told, reverse=True) else None


def _spread(order: Sequence[str], levels: Sequence[str]) -> dict[str, str]:
    low, top = _usual(order), len(order) - 1
    if len(levels) == 1:
        return {levels[0]: order[top]}
    steps = len(levels) - 1
    return {level: order[low + round(n * (top - low) / steps)] for n, level in enumerate(levels)}


def _between(
    level: str,
    levels: Sequence[str],
    spread: Mapping[str, str],
    answered: Mapping[str, str],
    order: Sequence[str],
) -> str:
    """Not below what was answered for a lower level, not above what was answered for a higher one."""
    n = levels.index(level)
    lower = [order.index(answered[each]) for each in levels[:n] if answered.get(each) in order]
    higher = [order.index(answered[each]) for each in levels[n + 1 :] if answered.get(each) in order]
    return order[max(min(order.index(spread[level]), *higher, len(order)), *lower, 0)]


def _usual(order: Sequence[str]) -> int:
    """Where the priority stands that is nothing special."""
    named = [n for n, name in enumerate(order) if height(name) == USUAL]
    if named:
        return named[0]
    return len(order) // 4 if len(order) > 20 else (len(order) - 1) // 2
