"""What a person may answer of a helpdesk just met: the keys of ``--map``. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from plugin.core.plan import Plan
from plugin.core.rules import RuleSet
from plugin.desk.descriptor import Descriptor
from plugin.desk.gap import NOWHERE
from plugin.desk.propose_priority import ORDER_KEY
from plugin.documents.checks import reachable_groups

MATTER = ("channel", "region", "media")
"""Fields about the matter that helpdesks have; what else rules read stands in the text."""
FIELD_TARGETS = ("level", "due", "tags", "reason")
"""What a field of the helpdesk may take."""


def answerable(descriptor: Descriptor, plan: Plan, rules: RuleSet) -> tuple[str, ...]:
    """Every key that leads somewhere with this product and these documents, for people to choose from."""
    return tuple(_keys(descriptor, plan, rules))


def leads_somewhere(key: str, name: str, descriptor: Descriptor, plan: Plan, rules: RuleSet) -> bool:
    """Whether an answer is heeded. Any field of the rules may be told, and anything be left unwritten."""
    section, _, last = key.partition(".")
    if section == "fields" and last in rules.fields:
        return True
    if name == NOWHERE and section == "write" and last in FIELD_TARGETS:
        return True
    return key in answerable(descriptor, plan, rules)


def _keys(descriptor: Descriptor, plan: Plan, rules: RuleSet) -> Iterator[str]:
    yield from (f"groups.{each}" for each in reachable_groups(plan))
    for target in FIELD_TARGETS:
        if is_proposed(target, descriptor, plan):
            yield f"write.{target}"
    if is_proposed("level", descriptor, plan):
        yield from (f"write.level.{level.id}" for level in plan.levels.items)
    if "priority" in descriptor.targets:
        yield from (f"write.priority.{step}" for step in plan.levels.steps)
        yield ORDER_KEY
    yield from (f"fields.{name}" for name in MATTER if name in rules.fields)


def is_proposed(target: str, descriptor: Descriptor, plan: Plan) -> bool:
    """Whether connect looks for a place to write this; a reason stands in the note where there is one."""
    if target not in descriptor.targets or (target == "reason" and descriptor.note is not None):
        return False
    return target != "level" or bool(plan.levels.items)
