"""All documents of one folder, checked together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from plugin.core.calendar import Calendar
from plugin.core.case import DecisionDocuments
from plugin.core.effects import DeskMap
from plugin.core.plan import Plan
from plugin.core.roster import Roster
from plugin.core.rules import RuleSet
from plugin.core.steps import CompiledRules, compile_rules
from plugin.documents.calendars import CalendarFile
from plugin.documents.desk_words import desk_map
from plugin.documents.desks import Desk, Product
from plugin.documents.hearing import is_polled, look_every


@dataclass(frozen=True, eq=False)
class DocumentSet:
    """All documents of one folder, checked together; immutable. Ids are file names without ``.yaml``."""

    digest: str
    """SHA-256 of the files: the version that runs."""
    plans: Mapping[str, Plan]
    rules: Mapping[str, RuleSet]
    desks: Mapping[str, Desk]
    calendar_files: Mapping[str, CalendarFile]
    rosters: Mapping[str, Roster]
    products: Mapping[str, Product] = field(default_factory=dict)
    _compiled: dict[str, CompiledRules] = field(default_factory=dict, repr=False)

    @cached_property
    def calendars(self) -> Mapping[str, Calendar]:
        """The calendars as clocks count on them."""
        return {name: file.calendar for name, file in self.calendar_files.items()}

    def compiled(self, rules: str) -> CompiledRules:
        """The rules file of this id, ready to run; compiled once."""
        if rules not in self._compiled:
            self._compiled[rules] = compile_rules(self.rules[rules])
        return self._compiled[rules]

    def decision_documents(self, desk: str) -> DecisionDocuments:
        """What ``decide`` needs for the tickets of a desk."""
        return DecisionDocuments(self.plans[self.desks[desk].plan], self.compiled(self.desks[desk].rules))

    def calendar(self, desk: str) -> Calendar | None:
        """The calendar of a desk; None where it names none."""
        return self.calendars.get(self.desks[desk].calendar or "")

    def roster(self, desk: str) -> Roster | None:
        """The roster of a desk; None where it names none."""
        return self.rosters.get(self.desks[desk].roster or "")

    def desk_map(self, desk: str) -> DeskMap:
        """What ``effects`` need for the tickets of a desk."""
        wanted = self.desks[desk]
        product = self.products.get(wanted.connector, Product(wanted.connector))
        product = product.shaped_for(wanted) if product.shaped_for else product
        calendar = self.calendar(desk)
        return desk_map(wanted, self.plans[wanted.plan], product, calendar.zone.key if calendar else "UTC")


def polled(documents: DocumentSet) -> dict[str, float]:
    """desk → seconds between two looks, of the desks that take no webhooks"""
    products = {name: documents.products[desk.connector] for name, desk in documents.desks.items()}
    return {
        name: look_every(desk, products[name])
        for name, desk in documents.desks.items()
        if is_polled(desk, products[name])
    }
