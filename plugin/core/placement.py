"""Placing a matter on a plan: event type, rank, level, groups, clocks, tasks, and why.

The plan's own entries say all of it; nothing here knows an id of one plan.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache

from plugin.core.case import Placement
from plugin.core.conditions import ALWAYS, Cond
from plugin.core.evaluate import Asked, ask
from plugin.core.facts import Fact, Facts, FactValue, Sure
from plugin.core.plan import HIGHEST_RANK, NO_LEVEL, EventType, Level, Plan
from plugin.core.trace import Answer, TraceNode
from plugin.core.view import View

OWN_FLAGS = ("provisional", "recusal", "sealed")
"""Flags no rule sets."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A placement; why is told when somebody asks."""

    plan: Plan
    facts: Facts
    placement: Placement

    def told(self) -> TraceNode:
        """What was asked of the matter, and each answer: the same way gone again, taking notes."""
        return _placed(_Matter(self.plan, self.facts, notes=True)).told()

    def grounds(self) -> TraceNode:
        """The same as far as event type and level."""
        matter = _Matter(self.plan, self.facts, notes=True)
        matter.event_type()
        matter.level()
        return matter.told()


def place(plan: Plan, facts: Facts) -> Placed:
    """Where these facts stand on the plan.

    ``facts`` are everything known of one message: its fields, what was read or confirmed, and what the rules
    set (``rank``, ``flags``, …). Names the plan does not know are ignored.
    """
    return Placed(plan, facts, _placed(_Matter(plan, facts)).placement)


def _placed(matter: _Matter) -> _Matter:
    plan = matter.plan
    event_type = matter.event_type()
    level = matter.level()
    lead, co, notify = matter.parties(event_type, level)
    sealed = matter.ask("confidential", plan.confidential.when) if plan.confidential else False
    first = Placement(
        event_type=event_type.id if event_type else plan.ordinary.event_type,
        rank=matter.rank,
        level=matter.level_id(level),
        activated=matter.active,
        severity_hint=severity_hint(plan, matter.rank),
        lead=lead,
        co=co,
        notify=notify,
        provisional=matter.provisional,
    )
    matter.finish(keep_out(plan, first, sealed, matter.recused()))
    return matter


def severity_hint(plan: Plan, rank: int) -> str:
    """The canonical name of a rank; ``none`` at rank 0."""
    name = plan.levels.hints.get(rank)
    return NO_LEVEL if rank == 0 or name is None else name.zh


def keep_out(plan: Plan, placement: Placement, sealed: bool, recused: Iterable[str]) -> Placement:
    """The placement with the confidential route and every recusal applied.

    An accusation made in confidence goes to its own channel whatever its rank, and to nobody beside it.
    A group the matter is about is left out; the group named to replace it takes its part.
    """
    out = frozenset(recused)
    lead, co = placement.lead, placement.co
    if sealed and plan.confidential:
        lead, co = plan.confidential.lead, ()
    lead = _standing_in(plan, lead, out) or _last_resort(plan, out)
    helpers = {group if group not in out else _standing_in(plan, group, out) for group in co}
    return replace(
        placement,
        lead=lead,
        co=tuple(group.id for group in plan.groups if group.id in helpers and group.id != lead),
        notify=tuple(group for group in placement.notify if group not in out),
        sealed=sealed,
        recused=tuple(group.id for group in plan.groups if group.id in out),
    )


def _standing_in(plan: Plan, group_id: str, out: frozenset[str]) -> str | None:
    """The group itself, or whoever takes its part; None where everybody named is left out too."""
    tried: set[str] = set()
    current: str | None = group_id
    while current is not None and current in out and current not in tried:
        tried.add(current)
        group = plan.group(current)
        current = group.replaced_by if group else None
    return None if current is None or current in out else current


def _last_resort(plan: Plan, out: frozenset[str]) -> str:
    """Nobody named may have it: whoever takes confidential matters, then any group it is not about.

    Where it is about all of them it goes to the ordinary desk all the same: no matter is without a lead.
    """
    routes = [route.lead for route in (plan.confidential, plan.ordinary) if route]
    named = [_standing_in(plan, lead, out) for lead in routes]
    free = [group for group in plan.desk_groups if group not in out]
    return next((lead for lead in [*named, *free] if lead), plan.ordinary.lead)


class _Questions:
    """A plan's conditions made ready, each once; they live as long as the plan does."""

    def __init__(self) -> None:
        self._ready: dict[int, Asked] = {}

    def ready(self, condition: Cond) -> Asked:
        """The condition, ready to be asked."""
        asked = self._ready.get(id(condition))
        if asked is None:
            asked = self._ready[id(condition)] = ask(condition)
        return asked


@lru_cache(maxsize=64)
def _questions(plan: Plan) -> _Questions:  # noqa: ARG001 - one per plan, which the cache keeps alive
    return _Questions()


class _Matter:
    """One matter being placed: what is known so far, and with ``notes`` what was asked of it."""

    placement: Placement

    def __init__(self, plan: Plan, facts: Facts, notes: bool = False) -> None:
        self.plan = plan
        self.questions = _questions(plan)
        self.known = _known(plan, facts)
        self.view = View(self.known)
        self.notes: list[TraceNode] | None = [] if notes else None
        self.circumstances = {each.id: each.when for each in plan.circumstances}
        self.active = False
        rank = self.known.get("rank")
        self.rank = min(max((rank and rank.number) or 0, 0), HIGHEST_RANK)
        self.learn("rank", self.rank)
        for circumstance in plan.circumstances:
            self.learn(circumstance.id, self.holds(circumstance.when))
        self.provisional = self.rank > 0 and self._is_provisional(rank)
        self.learn("provisional", self.provisional)

    def _is_provisional(self, rank: Fact | None) -> bool:
        doubt = self.plan.levels.provisional_when
        return bool(rank and rank.provisional) or (doubt is not None and self.holds(doubt))

    def learn(self, name: str, value: FactValue) -> None:
        """Make a result known to later conditions."""
        self.known[name] = Fact(name, value, Sure.STATED)

    def holds(self, condition: Cond) -> bool:
        """Whether the condition surely holds; unknown is not yes."""
        return self.questions.ready(condition).holds(self.view) is True

    def ask(self, what: str, condition: Cond) -> bool:
        """As ``holds``, and noted under the entry's name."""
        if self.notes is None:
            return self.holds(condition)
        node = self._explained(self.questions.ready(condition).trace(self.view))
        self.notes.append(TraceNode(node.answer, what, place=node.place, children=(node,)))
        return node.answer is Answer.YES

    def told(self) -> TraceNode:
        """The notes, under the plan's name."""
        notes = tuple(self.notes or ())
        return TraceNode(Answer.YES, f"plan {self.plan.id}", place=self.plan.place, children=notes)

    def _explained(self, node: TraceNode) -> TraceNode:
        """A circumstance asked by name shows what it rests on."""
        named = self.circumstances.get(node.what)
        if named is not None:
            return node._replace(children=(self._explained(self.questions.ready(named).trace(self.view)),))
        return node._replace(children=tuple(map(self._explained, node.children))) if node.children else node

    def event_type(self) -> EventType | None:
        """The first event type that holds, else the fallback; None at rank 0."""
        found = None
        if self.rank > 0:
            types = self.plan.event_types
            found = next((t for t in types if not t.fallback and self.ask(_named(t), t.when)), None)
            found = found or next((t for t in types if t.fallback and self.ask(_named(t), ALWAYS)), None)
        self.learn("event_type", found.id if found else self.plan.ordinary.event_type)
        return found

    def level(self) -> Level | None:
        """The highest level that holds; None at rank 0 and where levels are inherited."""
        found = None
        if self.rank > 0:
            items = reversed(self.plan.levels.items)
            found = next((item for item in items if self.ask(f"level {item.id}", item.when)), None)
        self.learn("level", found.id if found else NO_LEVEL)
        self.active = self.rank > 0 and (found is not None or self.plan.levels.mode == "inherited")
        self.learn("activated", self.active)
        return found

    def level_id(self, level: Level | None) -> str | None:
        """The level's id as a placement has it."""
        if self.plan.levels.mode == "inherited":
            return None
        return level.id if level else NO_LEVEL

    def parties(
        self, event_type: EventType | None, level: Level | None
    ) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
        """Lead, supporting groups and who is told, before recusal."""
        levels = self.plan.levels
        if self.rank == 0:
            return self.plan.ordinary.lead, (), ()
        lead = self._lead(event_type, level)
        self.learn("lead", lead)
        named = level.co if level else ()
        co = tuple(
            g.id
            for g in self.plan.groups
            if g.id != lead and (g.id in named or self._joins(g.id, g.join_when))
        )
        told = (*(level.notify if level else ()), *levels.notify)
        return lead, co, tuple(dict.fromkeys(told))

    def _lead(self, event_type: EventType | None, level: Level | None) -> str:
        rules = event_type.leads if event_type else ()
        by_type = next((r.lead for r in rules if self.ask(f"lead {r.lead}", r.when)), None)
        by_level = level.lead if level else None
        return by_type or by_level or self.plan.levels.lead or self.plan.ordinary.lead

    def _joins(self, group: str, join_when: Cond | None) -> bool:
        return join_when is not None and self.ask(f"co {group}", join_when)

    def recused(self) -> tuple[str, ...]:
        """Groups the matter is about."""
        with_reason = (g for g in self.plan.groups if g.recuse_when)
        return tuple(
            g.id for g in with_reason if g.recuse_when and self.ask(f"recused {g.id}", g.recuse_when)
        )

    def finish(self, placement: Placement) -> None:
        """Clocks, missing report contents, tasks and flags of a matter whose parties are settled."""
        self.learn("lead", placement.lead)
        self.learn("sealed", placement.sealed)
        self.learn("recused", placement.recused)
        missing = self._missing_content()
        self.learn("missing", missing)
        self.placement = replace(
            placement,
            clocks=tuple(c.id for c in self.plan.clocks if c.when and self.ask(f"clock {c.id}", c.when)),
            missing_report_content=missing,
            tasks=self._tasks(),
            flags=self._flags(placement),
        )

    def _missing_content(self) -> tuple[str, ...]:
        if self.rank == 0:
            return ()
        required = (content for content in self.plan.report_contents if content.required)
        return tuple(c.id for c in required if c.filled_when is None or not self.holds(c.filled_when))

    def _tasks(self) -> tuple[str, ...]:
        opening = ("read", "activate") if self.active else ("read",)
        return tuple(
            task.id
            for playbook in self.plan.playbooks
            if self.holds(playbook.when)
            for task in playbook.steps
            if task.opens in opening and self.holds(task.when)
        )

    def _flags(self, placement: Placement) -> tuple[str, ...]:
        given = self.known.get("flags")
        words = given.value if given and isinstance(given.value, tuple) else ()
        own = zip(OWN_FLAGS, (placement.provisional, bool(placement.recused), placement.sealed), strict=True)
        return tuple(dict.fromkeys([*words, *(name for name, holds in own if holds)]))


def _named(event_type: EventType) -> str:
    return f"event_type {event_type.id}"


def _known(plan: Plan, facts: Facts) -> dict[str, Fact]:
    """What the plan may ask: the facts it knows, and its default where nothing is said."""
    known = {name: facts[name] for name in plan.facts if name in facts}
    for name, spec in plan.facts.items():
        if name not in known and spec.default is not None:
            known[name] = Fact(name, spec.default, Sure.READ, place=spec.place)
    return known
