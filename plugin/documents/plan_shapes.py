"""Blocks of a plan file read by their description: from a node to the entry it describes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from plugin.core.escalation import Repeat, Step
from plugin.core.meters import Target
from plugin.core.plan import (
    Circumstance,
    Criterion,
    Duty,
    EventType,
    Group,
    LeadRule,
    LegalBasis,
    Level,
    Levels,
    Owner,
    Role,
    Route,
    Statement,
)
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
from plugin.documents import plan_keys as k
from plugin.documents.conditions import ConditionReader
from plugin.documents.problems import Problems
from plugin.documents.reader import (
    Choice,
    Either,
    Key,
    ListOf,
    MapOf,
    Shape,
    block,
    duration,
    flag,
    identifier,
    label,
    listing,
    mapping,
    text,
    whole,
    word,
)
from plugin.documents.source import Node

RANKS = {str(rank): rank for rank in range(1, 5)}
Given = dict[str, Any]

REFERS: Mapping[str, tuple[str, ...]] = {
    "lead": ("group",),
    "co": ("group",),
    "notify": ("group",),
    "replaced_by": ("group",),
    "organ": ("group",),
    "members": ("role",),
    "deputy": ("role",),
    "owner": ("group", "role", "part"),
    "to": ("group", "role", "part"),
    "assign": ("group", "part"),
    "who": ("group", "role"),
    "clock": ("clock",),
    "clocks": ("clock",),
    "of": ("clock",),
    "report": ("report",),
    "task": ("task",),
    "contents": ("content",),
    "facts": ("fact",),
    "start": ("case_event",),
    "stop": ("case_event",),
    "restart_when": ("case_event",),
    "stop_events": ("case_event",),
    "does": ("means",),
    "source_ref": ("clause",),
}
"""Key → what its words name; ``part`` is the word ``lead``, whoever leads the matter."""


def _by_rank(given: Given, *names: str) -> Given:
    """Keys as whole ranks; what is none was reported and is left out."""
    ranked = {name: given[name].items() for name in names if name in given}
    return given | {
        name: {RANKS[rank]: value for rank, value in items if rank in RANKS} for name, items in ranked.items()
    }


def _clock(given: Given) -> Clock:
    """The target's own keys stand in the clock: one for all, or one a level or rank."""
    target = given.pop("target")
    shares = {key: target.pop(key) for key in ("by_level", "by_rank") if key in target}
    timed = {
        key: {step: Target(seconds=seconds) for step, seconds in each.items()} for key, each in shares.items()
    }
    return Clock(**given | _by_rank(timed, "by_rank") | ({"target": _target(target)} if target else {}))


def _target(given: Given) -> Target:
    return Target(
        seconds=given.get("minutes", 0) * 60 + given.get("time", 0),
        days=given.get("days", 0),
        count=given.get("count", "calendar"),
        at_close=given.get("ends") == "closing",
        roll=given.get("roll") == "next_working",
    )


def _repeat(given: Given) -> Repeat:
    return Repeat(given["every"], given.get("max"), given.get("from") == "all")


_MAKERS: Mapping[int, tuple[str, Callable[[Given], object]]] = {
    id(k.STATEMENT): ("about", lambda given: Statement(**given)),
    id(k.LEGAL_BASIS): ("legal_basis", lambda given: LegalBasis(**given)),
    id(k.OWNER): ("owners", lambda given: Owner(**given)),
    id(k.CIRCUMSTANCE): ("circumstances", lambda given: Circumstance(**given)),
    id(k.CRITERION): ("criteria", lambda given: Criterion(**given)),
    id(k.DUTY): ("duties", lambda given: Duty(**given)),
    id(k.GROUP): ("groups", lambda given: Group(**_by_rank(given, "call_in"))),
    id(k.ROLE): ("roles", lambda given: Role(**given)),
    id(k.LEAD): ("leads", lambda given: LeadRule(**given)),
    id(k.EVENT_TYPE): ("event_types", lambda given: EventType(**given)),
    id(k.LEVEL): ("levels", lambda given: Level(**given)),
    id(k.LEVELS): ("levels", lambda given: Levels(**_by_rank(given, "hints"))),
    id(k.ORDINARY): ("ordinary", lambda given: Route(**given)),
    id(k.CONFIDENTIAL): ("confidential", lambda given: Route(**given)),
    id(k.CHANNEL): ("channels", lambda given: Channel(**given)),
    id(k.TASK): ("steps", lambda given: Task(**_by_rank(given, "due_by_rank"))),
    id(k.PLAYBOOK): ("playbooks", lambda given: Playbook(**given)),
    id(k.CONTENT): ("report_contents", lambda given: ReportContent(**given)),
    id(k.REPORT): ("reports", lambda given: Report(**given)),
    id(k.PUBLISH): ("publish", lambda given: Publish(**given)),
    id(k.CLOCK): ("clocks", _clock),
    id(k.CHAIN): ("escalation", lambda given: Chain(**given)),
    id(k.EARLY_WARNING): ("early_warning", lambda given: EarlyWarning(**given)),
    id(k.RECURRING): ("prevention", lambda given: Recurring(**given)),
}
_WITHOUT_PLACE: Mapping[int, tuple[str, Callable[[Given], object]]] = {
    id(k.TARGET): ("target", lambda given: given),
    id(k.CHAIN_STEP): ("steps", lambda given: Step(**given)),
    id(k.REPEAT): ("repeat", _repeat),
    id(k.FACT): ("facts", lambda given: given),
    id(k.CLAUSES): ("clauses", lambda given: given),
}
_SCALARS: Mapping[str, Callable[[Node, Problems], object]] = {
    "text": text,
    "id": identifier,
    "whole": lambda node, problems: whole(node, problems, 0),
    "flag": flag,
    "duration": duration,
    "label": label,
    "any": lambda node, _: node.value,
}


class PlanReader:
    """Reads values by their shape; remembers every name used, to be checked when all names are known."""

    def __init__(self, conditions: ConditionReader, problems: Problems) -> None:
        self.conditions = conditions
        self.problems = problems
        self.used: list[tuple[str, Node]] = []
        """(key of ``REFERS``, node) of every name used."""

    def value(self, shape: Shape, node: Node) -> Any:
        """The value, or None after a problem."""
        if isinstance(shape, Choice):
            return word(node, shape.words, self.problems)
        if isinstance(shape, ListOf):
            return listing(node, lambda item, _: self.value(shape.item, item), self.problems, shape.or_one)
        if isinstance(shape, MapOf):
            return mapping(node, lambda item, _: self.value(shape.value, item), self.problems, "block")
        if isinstance(shape, Either):
            return self.value(shape.shapes[0], node)
        if isinstance(shape, str):
            return self._scalar(shape, node)
        return self.entry(shape, node)

    def _scalar(self, shape: str, node: Node) -> object:
        if shape == "condition":
            return self.conditions.condition(node)
        return _SCALARS[shape](node, self.problems)

    def entry(self, known: Mapping[str, Key], node: Node) -> Any:
        """What the block describes, or None where something it needs is missing."""
        placed = id(known) in _MAKERS
        where, make = (_MAKERS if placed else _WITHOUT_PLACE)[id(known)]
        given = self.given(known, node, where)
        if given is None:
            return None
        return make(given | {"place": node.place} if placed else given)

    def given(self, known: Mapping[str, Key], node: Node, where: str) -> Given | None:
        """The block's values by key; None where it is none, or a required one is missing or wrong."""
        if not block(node, known, self.problems, where):
            return None
        given: Given = {}
        for name, key in known.items():
            inner = node.get(name)
            if inner is None:
                continue
            if name in REFERS:
                self.used += ((name, each) for each in inner.items or (inner,) if each.kind == "text")
            if isinstance(key.shape, MapOf) and name in ("by_rank", "due_by_rank", "call_in", "hints"):
                self._check_ranks(inner)
            value = self.value(key.shape, inner)
            if value is not None:
                given[name] = value
        return None if any(key.required and key.name not in given for key in known.values()) else given

    def _check_ranks(self, node: Node) -> None:
        for key, place, _ in node.entries:
            if key not in RANKS:
                self.problems.add("out-of-range", place, given=key, allowed="1..4")
