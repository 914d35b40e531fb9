"""A plan file with the parts it includes: levels, groups, event types, playbooks, clocks, what they cite."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from plugin.core.conditions import FieldType
from plugin.core.plan import COMPUTED, NO_LEVEL, FactSpec, Plan
from plugin.core.rules import FieldSpec
from plugin.documents import plan_keys as k
from plugin.documents.conditions import ConditionReader
from plugin.documents.plan_checks import check_names, check_plan
from plugin.documents.plan_keys import PLAN
from plugin.documents.plan_shapes import PlanReader
from plugin.documents.problems import Problems
from plugin.documents.reader import ListOf, block, whole, word
from plugin.documents.source import Node

__all__ = ["PLAN", "build_plan"]

_PLAIN = ("title", "edition", "status", "is_template", "effective_from", "incomplete")
_NAMES = {"about": "statements"}
"""Sections whose name in the file differs from the plan's own."""
_EARLY = ("circumstances", "event_types", "groups", "roles")
"""Sections read one by one, each adding names that later conditions may ask."""


def build_plan(name: str, node: Node, parts: Mapping[str, Node], problems: Problems) -> Plan | None:
    """The plan file ``name`` with the parts it includes; None where an error keeps it from being used."""
    before = problems.errors
    if not block(node, PLAN, problems, "plan"):
        return None
    whole(node.get("version"), problems, 1, 1)
    builder = _Builder(name, node, [*_included(node, parts, problems), node], problems)
    plan = builder.build()
    if plan is not None:
        check_names(plan, builder.reader.used, problems)
        check_plan(plan, problems)
    return plan if problems.errors == before else None


def _included(node: Node, parts: Mapping[str, Node], problems: Problems) -> Iterator[Node]:
    include = node.get("include")
    for item in include.items if include else []:
        part = word(item, parts, problems, "part")
        if part and block(parts[part], k.PART, problems, "part"):
            yield parts[part]


class _Builder:
    """Builds one plan from a file and its parts, in the order in which names become known to conditions."""

    def __init__(self, name: str, node: Node, sources: list[Node], problems: Problems) -> None:
        self.name = name
        self.node = node
        self.sources = sources
        self.problems = problems
        self.fields: dict[str, FieldSpec] = {}
        self.reader = PlanReader(ConditionReader(self.fields, {}, problems), problems)

    def build(self) -> Plan | None:
        given: dict[str, Any] = {key: self._own(key) for key in _PLAIN if self.node.get(key) is not None}
        given["facts"] = {spec.name: spec for spec in self._facts()}
        given |= self._who_and_what()
        for name, key in k.SECTIONS.items():
            if name not in _EARLY and name != "clauses" and isinstance(key.shape, ListOf):
                given[_NAMES.get(name, name)] = tuple(self._entries(name))
        given["events"] = dict(self._named("events", "label"))
        given |= self._clauses()
        given["publish"] = self._own("publish")
        known = {key: value for key, value in given.items() if value is not None}
        if any(key not in known for key in ("title", "edition", "levels", "ordinary")):
            return None
        return Plan(id=self.name, place=self.node.place, **known)

    def _who_and_what(self) -> dict[str, Any]:
        """What conditions ask of one another: circumstances, event types, levels, groups, sealed matters."""
        given: dict[str, Any] = {"circumstances": tuple(self._circumstances())}
        self._know("provisional")
        given["event_types"] = tuple(self._entries("event_types"))
        given["ordinary"] = self._own("ordinary")
        ordinary = self._id_of("ordinary", "event_type")
        self._know("event_type", (*self._ids("event_types"), *ordinary))
        given["levels"] = self._own("levels")
        levels = self.node.get("levels")
        items = levels.get("items") if levels else None
        self._know("level", (NO_LEVEL, *_ids_in(items)))
        self._know("activated")
        self._know("lead", self._ids("groups"))
        given["groups"] = tuple(self._entries("groups"))
        given["roles"] = tuple(self._entries("roles"))
        given["confidential"] = self._own("confidential")
        self._know("sealed")
        self._know("recused", self._ids("groups"))
        self._know("missing", self._ids("report_contents"))
        return given

    def _own(self, key: str) -> Any:
        inner = self.node.get(key)
        return None if inner is None else self.reader.value(PLAN[key].shape, inner)

    def _items(self, section: str) -> Iterator[Node]:
        for source in self.sources:
            inner = source.get(section)
            if inner is not None and inner.kind == "list":
                yield from inner.items

    def _entries(self, section: str) -> Iterator[Any]:
        shape = k.SECTIONS[section].shape
        assert isinstance(shape, ListOf)
        read = (self.reader.value(shape.item, item) for item in self._items(section))
        return (entry for entry in read if entry is not None)

    def _circumstances(self) -> Iterator[Any]:
        for circumstance in self._entries("circumstances"):
            self.fields.setdefault(circumstance.id, FieldSpec(circumstance.id, "flag"))
            yield circumstance

    def _facts(self) -> Iterator[FactSpec]:
        for name, given in self._named("facts", k.FACT):
            spec = FactSpec(name=name, place=given.pop("at"), **given)
            self.fields[name] = FieldSpec(name, spec.type, spec.values, spec.default, spec.place)
            yield spec
        self.fields.setdefault("rank", FieldSpec("rank", "number"))

    def _named(self, section: str, shape: Any) -> Iterator[tuple[str, Any]]:
        seen: dict[str, str] = {}
        for source in self.sources:
            inner = source.get(section)
            for name, place, value in inner.entries if inner is not None else ():
                if name in seen:
                    self.problems.add("duplicate-id", place, given=name, what="fact", first=seen[name])
                    continue
                seen[name] = f"{place.file}:{place.line}"
                read = self.reader.value(shape, value)
                if read is not None:
                    yield name, read | {"at": place} if isinstance(read, dict) else read

    def _know(self, name: str, values: Iterable[str] = ()) -> None:
        """From here on conditions may ask for this."""
        kind: FieldType = COMPUTED[name]
        self.fields[name] = FieldSpec(name, kind, tuple(values))

    def _ids(self, section: str) -> tuple[str, ...]:
        return tuple(_ids_of(self._items(section)))

    def _id_of(self, section: str, key: str) -> tuple[str, ...]:
        inner = self.node.get(section)
        named = inner.get(key) if inner else None
        return (named.raw,) if named is not None else ()

    def _clauses(self) -> dict[str, Any]:
        read = [self.reader.value(k.CLAUSES, s) for source in self.sources if (s := source.get("clauses"))]
        plain = [clause for each in read if each for clause in each.get("plain", ())]
        careful = [clause for each in read if each for clause in each.get("careful", ())]
        return {"clauses": (*plain, *careful), "careful": frozenset(careful)}


def _ids_of(items: Iterable[Node]) -> Iterator[str]:
    for item in items:
        named = item.get("id")
        if named is not None:
            yield named.raw


def _ids_in(node: Node | None) -> tuple[str, ...]:
    return tuple(_ids_of(node.items)) if node is not None else ()
