"""A rules file: fields, word lists, facts drawn from text, ordered steps, and its own tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from plugin.core.facts import FactValue
from plugin.core.place import Place
from plugin.core.rules import Band, FieldSpec, Policy, Rule, RuleSet, RuleTest, Step
from plugin.documents.conditions import ConditionReader, Lists
from plugin.documents.extract import ExtractReader, choice_values
from plugin.documents.grids import GridReader
from plugin.documents.problems import Problems
from plugin.documents.reader import (
    Ids,
    as_written,
    block,
    flag,
    identifier,
    label,
    listing,
    slip_in_key,
    text,
    whole,
    word,
)
from plugin.documents.rules_keys import BAND, FIELD, POLICIES, RULE, RULES, STEP, TEST, TYPES
from plugin.documents.source import Node, collector_paused
from plugin.documents.suggest import nearest

FORBIDDEN_KEYS = frozenset({"on", "off", "yes", "no", "y", "n"})
"""Other YAML readers take these for true and false; no name of ours may be one."""

SECTIONS = ("fields", "lists", "language", "extract", "steps", "tests")
TEXTS = {"text": FieldSpec("text", "text"), "title": FieldSpec("title", "text")}


def build_rules(name: str, node: Node, parts: Mapping[str, Node], problems: Problems) -> RuleSet | None:
    """The rules file ``name`` with the parts it includes; None where an error keeps it from being used."""
    before = problems.errors
    if not block(node, RULES, problems, "rules"):
        return None
    whole(node.get("version"), problems, 1, 1)
    label(node.get("name"), problems)
    sources = [*_included(node, parts, problems), node]
    with collector_paused():
        rules = _Builder(name, sources, problems).build()
    return rules if problems.errors == before else None


def _included(node: Node, parts: Mapping[str, Node], problems: Problems) -> Iterator[Node]:
    include = node.get("include")
    for item in include.items if include else []:
        part = word(item, parts, problems, "part")
        if part and block(parts[part], RULES_PART, problems, "part"):
            yield parts[part]


RULES_PART = {key: replace(RULES[key], required=False) for key in ("version", "name", *SECTIONS)}


_Words = Callable[[str, tuple[str, ...]], tuple[str, ...]]


class _Builder:
    """Builds one rule set from a file and its parts, section by section."""

    def __init__(self, name: str, sources: list[Node], problems: Problems) -> None:
        self.name = name
        self.sources = sources
        self.problems = problems
        self.rule_ids = Ids("rule")
        self.step_ids = Ids("step")
        self.lists = self._lists()
        self.fields: dict[str, FieldSpec] = {**TEXTS, **dict(self._fields())}
        self.reader = ConditionReader(self.fields, self.lists, problems)
        self.extracts = ExtractReader(self.reader, problems)
        self.grids = GridReader(self.reader, self.rule_ids, self._output, problems)

    def build(self) -> RuleSet:
        extract = tuple(e for s in self._sections("extract") for e in self.extracts.entries(s))
        language = tuple(e for s in self._sections("language") for e in self.extracts.language(s))
        for entry in extract:
            self._check_name(entry.name, entry.place)
            spec = FieldSpec(entry.name, entry.type, choice_values(entry), place=entry.place)
            self.fields.setdefault(entry.name, spec)
        self._outputs()
        steps = tuple(step for item in self._items("steps") if (step := self._step(item)))
        tests = tuple(test for item in self._items("tests") if (test := self._test(item, steps)))
        return RuleSet(self.name, self.fields, self.lists, (*language, *extract), steps, tests)

    def _sections(self, key: str) -> Iterator[Node]:
        for source in self.sources:
            section = source.get(key)
            if section is not None:
                yield section

    def _items(self, key: str) -> Iterator[Node]:
        for section in self._sections(key):
            if section.kind != "list":
                self.problems.add("not-a-list", section, given=section.raw[:60])
            yield from section.items if section.kind == "list" else ()

    def _named(self, key: str) -> Iterator[tuple[str, Node]]:
        seen: dict[str, Node] = {}
        for section in self._sections(key):
            for name, place, value in section.entries if section.kind == "map" else ():
                if name in seen:
                    first = seen[name].place
                    self.problems.add(
                        "duplicate-id", place, given=name, what="list", first=f"{first.file}:{first.line}"
                    )
                    continue
                seen[name] = value
                self._check_name(name, place)
                yield name, value

    def _check_name(self, name: str, place: Place) -> None:
        if name in FORBIDDEN_KEYS:
            self.problems.add("forbidden-key", place, given=name)

    # -- lists and fields ------------------------------------------------------------------------------

    def _lists(self) -> Lists:
        nodes = dict(self._named("lists"))
        done: dict[str, tuple[str, ...]] = {}

        def words(name: str, above: tuple[str, ...]) -> tuple[str, ...]:
            if name not in done:
                done[name] = tuple(dict.fromkeys(self._list_words(nodes, name, above, words)))
            return done[name]

        for name in nodes:
            words(name, ())
        return done

    def _list_words(
        self, nodes: Mapping[str, Node], name: str, above: tuple[str, ...], words: _Words
    ) -> Iterator[str]:
        for item in listing(nodes[name], lambda node, _: node, self.problems):
            written = text(item, self.problems)
            if written is None:
                continue
            other = written[1:] if written.startswith("$") and not item.quoted else None
            if other is None:
                yield written
            elif other not in nodes or other in (*above, name):
                self.problems.add("unknown-value", item, given=other, what="list", choices=tuple(nodes))
            else:
                yield from words(other, (*above, name))

    def _fields(self) -> Iterator[tuple[str, FieldSpec]]:
        for name, node in self._named("fields"):
            if not block(node, FIELD, self.problems, f"fields → {name}"):
                continue
            kind = word(node.get("type"), TYPES, self.problems, "kind") or _meant_type(node)
            values = tuple(v for v in listing(node.get("values"), text, self.problems) if v)
            default = node.get("default")
            if default is not None and values and default.raw not in values:
                self.problems.add("unknown-choice", default, given=default.raw, field=name, choices=values)
            yield (
                name,
                FieldSpec(name, kind, values, None if default is None else _plain(default), node.place),
            )

    def _outputs(self) -> None:
        """Outputs that no field declares: their type is read off what is set."""
        for item in self._items("steps"):
            if item.kind != "map":
                continue
            name = item.get("output") or item.get("step")
            if name is not None and (item.get("bands") or item.get("grids")):
                self.fields.setdefault(name.raw, FieldSpec(name.raw, "number", place=name.place))
            for sets in _all_sets(item):
                for key, place, value in sets.entries:
                    self._check_name(key, place)
                    self.fields.setdefault(key, FieldSpec(key, _output_type(value), place=place))

    # -- steps -----------------------------------------------------------------------------------------

    def _step(self, node: Node) -> Step | None:
        if not block(node, STEP, self.problems, "steps"):
            return None
        name = self.step_ids.add(node.get("step"), self.problems)
        if name is None:
            return None
        policy: Policy = word(node.get("policy"), POLICIES, self.problems, "policy") or "first"  # type: ignore[assignment]
        output = identifier(node.get("output"), self.problems) or name
        otherwise = node.get("otherwise")
        if policy == "highest":
            self._check_graded(node, output)
        return Step(
            name=name,
            policy=policy,
            place=node.place,
            output=output,
            rules=tuple(r for n in _list(node, "rules") if (r := self._rule(n))),
            bands=tuple(b for n in _list(node, "bands") if (b := self._band(n))),
            grids=tuple(g for n in _list(node, "grids") if (g := self.grids.read(n, output))),
            otherwise=self._sets(otherwise) if otherwise else {},
        )

    def _check_graded(self, step: Node, output: str) -> None:
        """Under ``highest`` a rule that does not set the step's output could never be the gravest."""
        for rule in _list(step, "rules"):
            sets = rule.get("set")
            if sets is not None and sets.kind == "map" and sets.get(output) is None:
                self.problems.add("missing-key", sets.key_at or sets.place, given=output, where="set")

    def _rule(self, node: Node) -> Rule | None:
        if not block(node, RULE, self.problems, "rules"):
            return None
        name = self.rule_ids.add(node.get("id"), self.problems)
        when = self.reader.condition(node.get("when"))
        sets = node.get("set")
        enabled = flag(node.get("enabled"), self.problems)
        if name is None or sets is None:
            return None
        return Rule(name, when, self._sets(sets), node.place, enabled is not False)

    def _sets(self, node: Node) -> dict[str, FactValue]:
        if node.kind != "map":
            self.problems.add("not-a-block", node, where="set", choices=("rank",))
            return {}
        return {key: self._output(key, value) for key, _, value in node.entries}

    def _output(self, key: str, value: Node) -> FactValue:
        spec = self.fields[key] if key in self.fields else FieldSpec(key, _output_type(value))
        given = _plain(value)
        items = given if isinstance(given, tuple) else (given,)
        if spec.type in ("choice", "tree", "tags") and spec.values:
            for item in items:
                if item not in spec.values:
                    self.problems.add(
                        "unknown-choice", value, given=str(item), field=key, choices=spec.values
                    )
        elif spec.type == "number" and (isinstance(given, bool) or not isinstance(given, int | float)):
            self.problems.add("not-a-number", value, given=as_written(value))
        elif spec.type == "flag" and not isinstance(given, bool):
            self.problems.add("not-true-false", value, given=as_written(value))
        if spec.type == "tags" and not isinstance(given, tuple):
            return (str(given),)
        return given

    def _band(self, node: Node) -> Band | None:
        if not block(node, BAND, self.problems, "bands"):
            return None
        name = self.rule_ids.add(node.get("id"), self.problems)
        of = self.reader.number_field(node.get("of"))
        thresholds = node.get("at")
        when = node.get("when")
        if name is None or of is None or thresholds is None or thresholds.kind != "map":
            return None
        if not thresholds.entries:
            self.problems.add("empty-value", thresholds)
            return None
        at = sorted(t for key, _, value in thresholds.entries if (t := self._threshold(key, value)))
        if sorted(value for _, value in at) != [value for _, value in at]:
            self.problems.add("falling-band", thresholds)
        return Band(name, of, tuple(at), node.place, None if when is None else self.reader.condition(when))

    def _threshold(self, key: str, value: Node) -> tuple[float, int] | None:
        if slip_in_key(key, value.key_at or value.place, value, self.problems):
            return None
        reached = whole(value, self.problems)
        try:
            threshold = float(key)
        except ValueError:
            self.problems.add("not-a-number", value.key_at or value.place, given=key[:60])
            return None
        return None if reached is None else (threshold, reached)

    # -- tests -----------------------------------------------------------------------------------------

    def _test(self, node: Node, steps: tuple[Step, ...]) -> RuleTest | None:
        if not block(node, TEST, self.problems, "tests"):
            return None
        name = text(node.get("name"), self.problems)
        ticket, expect, by = node.get("ticket"), node.get("expect"), node.get("by")
        if name is None or ticket is None or expect is None:
            return None
        for key, place, _ in (*ticket.entries, *expect.entries):
            if key not in self.fields and key not in ("at", "title", "text"):
                self.problems.add("unknown-field", place, given=key, choices=tuple(self.fields))
        for key, _, value in (*ticket.entries, *expect.entries):
            if key in self.fields and key not in TEXTS and value.kind != "null":
                self._output(key, value)
        decided = {key: value.raw for key, _, value in by.entries} if by else {}
        if steps:
            self._check_by(by, {step.name: step for step in steps})
        return RuleTest(name, _values(ticket), _expected(expect), decided, node.place)

    def _check_by(self, by: Node | None, steps: Mapping[str, Step]) -> None:
        for key, place, value in by.entries if by else ():
            if key not in steps:
                self.problems.add("unknown-value", place, given=key, what="step", choices=tuple(steps))
            elif value.raw != "otherwise":
                step = steps[key]
                known = [e.id for e in step.rules] + [e.id for e in step.bands] + [e.id for e in step.grids]
                if value.raw not in known and value.raw not in self.rule_ids:
                    self.problems.add(
                        "unknown-value", value, given=value.raw, what="rule", choices=tuple(known)
                    )


def _list(node: Node, key: str) -> list[Node]:
    found = node.get(key)
    return found.items if found is not None and found.kind == "list" else []


def _all_sets(step: Node) -> Iterator[Node]:
    for rule in _list(step, "rules"):
        sets = rule.get("set") if rule.kind == "map" else None
        if sets is not None and sets.kind == "map":
            yield sets
    otherwise = step.get("otherwise")
    if otherwise is not None and otherwise.kind == "map":
        yield otherwise


def _meant_type(node: Node) -> str:
    """After a typing mistake the type that was surely meant, so that it is told once."""
    written = node.get("type")
    return (nearest(written.raw, TYPES) if written is not None else None) or "text"


def _output_type(value: Node) -> str:
    if value.kind == "list":
        return "tags"
    return {"number": "number", "flag": "flag"}.get(value.kind, "choice")


def _plain(node: Node) -> FactValue:
    if node.kind == "list":
        return tuple(item.raw for item in node.items)
    if node.kind in ("flag", "number") and isinstance(node.value, bool | int):
        return node.value
    return node.raw


def _values(node: Node) -> dict[str, FactValue]:
    return {key: _plain(value) for key, _, value in node.entries if value.kind != "null"}


def _expected(node: Node) -> dict[str, FactValue | None]:
    """What must come out; ``null`` means that nothing is set."""
    return {key: None if value.kind == "null" else _plain(value) for key, _, value in node.entries}


__all__ = ["RULES", "build_rules", "label"]
