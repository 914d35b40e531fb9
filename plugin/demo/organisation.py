"""The organisation of the demo: groups and levels as the shipped plan names them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from plugin.core.plan import Plan
from plugin.desk.products import Connectors
from plugin.documents.load import load
from plugin.errors import DocumentsInvalid
from plugin.settings import Settings

PLAN = "petition-four-level"
RULES = "petition"


@dataclass(frozen=True, slots=True)
class Organisation:
    """What stands in the helpdesk, in one language."""

    language: str
    groups: Mapping[str, str]
    """Plan group id → its name, without bodies outside the organisation."""
    levels: Mapping[str, str]
    """Level id → its name, lowest first."""

    def level_id(self, name: str | None) -> str:
        """The id of a level the helpdesk shows; ``none`` where it shows none."""
        return next((key for key, shown in self.levels.items() if shown == name), "none")


def organisation(settings: Settings, language: str) -> Organisation:
    """Read it from the shipped documents; raises ``DocumentsInvalid`` where they have errors."""
    documents, problems = load(settings.mappings, Connectors(settings.connectors).products)
    if documents is None:
        raise DocumentsInvalid(tuple(problems))
    return of_plan(documents.plans[PLAN], language)


def of_plan(plan: Plan, language: str) -> Organisation:
    """Groups and levels of a plan under their names in ``zh`` or ``en``."""
    inside = [group for group in plan.groups if group.kind != "outside"]
    return Organisation(
        language,
        {group.id: group.label.say(language) for group in inside},
        {level.id: level.label.say(language) for level in plan.levels.items},
    )
