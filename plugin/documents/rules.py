"""A rules file: fields, word lists, facts drawn from text, ordered steps, and its own tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from itertools import pairwise

from plugin.core.conditions import Range
from plugin.core.facts import FactValue
from plugin.core.rules import Band, FieldSpec, Grid, Policy, Rule, RuleSet, RuleTest, Step
from plugin.documents.conditions import ConditionReader, Lists
from plugin.documents.extract import ANY_KIND, LANGUAGE, WORDS, ExtractReader, choice_values
from plugin.documents.problems import Problems
from plugin.documents.reader import (
    Choice,
    Ids,
    Key,
    ListOf,
    MapOf,
    block,
    flag,
    identifier,
    keys,
    label,
    listing,
    text,
    whole,
    word,
)
from plugin.documents.source import Node

TYPES = ("choice", "tree", "text", "number", "duration", "time", "flag", "tags")
POLICIES = ("first", "highest", "all")
FORBIDDEN_KEYS = frozenset({"on", "off", "yes", "no", "y", "n"})
"""Other YAML readers take these for true and false; no name of ours may be one."""

FIELD = keys(
    Key("type", Choice(TYPES), required=True, en="What kind of value it has.", zh="值的种类。"),
    Key(
        "values",
        ListOf("text"),
        en="Its values, lowest first where order matters.",
        zh="可取的值，有高低时由低到高。",
    ),
    Key("default", "any", en="What holds while nothing says otherwise.", zh="没有值时按此处理。"),
)
RULE = keys(
    Key("id", "id", required=True, en="Name of the rule.", zh="规则标识。"),
    Key("when", "condition", en="When it holds; left out: always.", zh="成立条件；省略为始终成立。"),
    Key("set", MapOf("any"), required=True, en="What it sets.", zh="设置的结果。"),
    Key("note", "text", en="Why it is there.", zh="说明。"),
    Key("enabled", "flag", en="false switches it off.", zh="false 表示停用。"),
)
BAND = keys(
    Key("id", "id", required=True, en="Name of the band.", zh="分档标识。"),
    Key("of", "id", required=True, en="The number it reads.", zh="所读的数。"),
    Key("at", MapOf("whole"), required=True, en="Threshold and value.", zh="阈值与取值。"),
    Key("when", "condition", en="When it applies.", zh="适用条件。"),
    Key("note", "text", en="Why it is there.", zh="说明。"),
)
GRID = keys(
    Key("id", "id", required=True, en="Name of the grid.", zh="表格标识。"),
    Key("when", "condition", en="When it applies.", zh="适用条件。"),
    Key("down", "id", required=True, en="The field of its rows.", zh="行的字段。"),
    Key("across", MapOf(ListOf("text")), required=True, en="A number and its bands.", zh="列的数值及分档。"),
    Key(
        "cells",
        MapOf(ListOf("any")),
        required=True,
        en="Row value and one cell a band.",
        zh="行的取值与每档一格。",
    ),
)
STEP = keys(
    Key("step", "id", required=True, en="Name of the step.", zh="步骤标识。"),
    Key("policy", Choice(POLICIES), en="Which of the entries that hold decide.", zh="多条成立时由哪条决定。"),
    Key(
        "output",
        "id",
        en="What bands and grids set; the step's name if left out.",
        zh="分档与表格设置的结果；省略为步骤名。",
    ),
    Key("rules", ListOf(RULE), en="Its rules, in order.", zh="规则，按顺序。"),
    Key("bands", ListOf(BAND), en="Thresholds.", zh="分档。"),
    Key("grids", ListOf(GRID), en="Matrices.", zh="表格。"),
    Key("otherwise", MapOf("any"), en="What is set when nothing holds.", zh="都不成立时的结果。"),
)
TEST = keys(
    Key("name", "text", required=True, en="What it shows.", zh="测试名称。"),
    Key(
        "ticket", MapOf("any"), required=True, en="title, text, at and fields.", zh="标题、正文、时间与字段。"
    ),
    Key("expect", MapOf("any"), required=True, en="What must come out.", zh="应得的结果。"),
    Key("by", MapOf("text"), en="Step and who must decide it.", zh="步骤与应由哪条决定。"),
)
RULES = keys(
    Key("version", "whole", required=True, en="1", zh="1"),
    Key("name", "label", en="Title for people.", zh="标题。"),
    Key("include", ListOf("id"), en="Parts to bring in.", zh="引入的公共部分。"),
    Key("fields", MapOf(FIELD), en="Fields of the ticket and outputs of steps.", zh="工单字段与步骤结果。"),
    Key("lists", MapOf(ListOf("text")), en="Word lists, used as $name.", zh="词表，用 $名称 引用。"),
    Key(
        "language",
        {name: Key(name, WORDS) for name in LANGUAGE},
        en="More words for ways of speaking (past, planned, …) and for what is counted (person, staff, …).",
        zh="补充的语气词（过去、计划等）与计数对象词（人、工作人员等）。",
    ),
    Key("extract", MapOf(ANY_KIND), en="Facts read from text.", zh="从文字读出的要素。"),
    Key(
        "steps", ListOf(STEP), required=True, en="What is made of a ticket, in order.", zh="依次处理的步骤。"
    ),
    Key("tests", ListOf(TEST), en="Tests of this file.", zh="本文件的测试。"),
)
SECTIONS = ("fields", "lists", "language", "extract", "steps", "tests")
TEXTS = {"text": FieldSpec("text", "text"), "title": FieldSpec("title", "text")}


def build_rules(name: str, node: Node, parts: Mapping[str, Node], problems: Problems) -> RuleSet | None:
    """The rules file ``name`` with the parts it includes; None where an error keeps it from being used."""
    before = problems.errors
    if not block(node, RULES, problems, "rules"):
        return None
    sources = [*_included(node, parts, problems), node]
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
        self.lists = self._lists()
        self.fields: dict[str, FieldSpec] = {**TEXTS, **dict(self._fields())}
        self.reader = ConditionReader(self.fields, self.lists, problems)
        self.extracts = ExtractReader(self.reader, problems)

    def build(self) -> RuleSet:
        extract = tuple(e for s in self._sections("extract") for e in self.extracts.entries(s))
        language = tuple(e for s in self._sections("language") for e in self.extracts.language(s))
        for entry in extract:
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
                yield name, value

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
            if name in FORBIDDEN_KEYS:
                self.problems.add("forbidden-key", node.key_at or node.place, given=name)
            if not block(node, FIELD, self.problems, f"fields → {name}"):
                continue
            kind = word(node.get("type"), TYPES, self.problems, "kind") or "text"
            values = tuple(v for v in listing(node.get("values"), text, self.problems) if v)
            default = node.get("default")
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
                    self.fields.setdefault(key, FieldSpec(key, _output_type(value), place=place))

    # -- steps -----------------------------------------------------------------------------------------

    def _step(self, node: Node) -> Step | None:
        if not block(node, STEP, self.problems, "steps"):
            return None
        name = identifier(node.get("step"), self.problems)
        if name is None:
            return None
        policy: Policy = word(node.get("policy"), POLICIES, self.problems) or "first"  # type: ignore[assignment]
        output = identifier(node.get("output"), self.problems) or name
        otherwise = node.get("otherwise")
        return Step(
            name=name,
            policy=policy,
            place=node.place,
            output=output,
            rules=tuple(r for n in _list(node, "rules") if (r := self._rule(n))),
            bands=tuple(b for n in _list(node, "bands") if (b := self._band(n))),
            grids=tuple(g for n in _list(node, "grids") if (g := self._grid(n, output))),
            otherwise=self._sets(otherwise) if otherwise else {},
        )

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
            self.problems.add("not-a-number", value, given=value.raw[:60])
        elif spec.type == "flag" and not isinstance(given, bool):
            self.problems.add("not-true-false", value, given=value.raw[:60])
        if spec.type == "tags" and not isinstance(given, tuple):
            return (str(given),)
        return given

    def _band(self, node: Node) -> Band | None:
        if not block(node, BAND, self.problems, "bands"):
            return None
        name = self.rule_ids.add(node.get("id"), self.problems)
        of = word(node.get("of"), self._numbers(), self.problems, "field", "unknown-field")
        thresholds = node.get("at")
        when = node.get("when")
        if name is None or of is None or thresholds is None or thresholds.kind != "map":
            return None
        at = sorted(t for key, _, value in thresholds.entries if (t := self._threshold(key, value)))
        if sorted(value for _, value in at) != [value for _, value in at]:
            self.problems.add("falling-band", thresholds)
        return Band(name, of, tuple(at), node.place, None if when is None else self.reader.condition(when))

    def _threshold(self, key: str, value: Node) -> tuple[float, int] | None:
        reached = whole(value, self.problems)
        try:
            threshold = float(key)
        except ValueError:
            self.problems.add("not-a-number", value.key_at or value.place, given=key[:60])
            return None
        return None if reached is None else (threshold, reached)

    def _numbers(self) -> tuple[str, ...]:
        return tuple(
            name for name, spec in self.fields.items() if spec.type in ("number", "duration", "time")
        )

    def _grid(self, node: Node, output: str) -> Grid | None:
        if not block(node, GRID, self.problems, "grids"):
            return None
        name = self.rule_ids.add(node.get("id"), self.problems)
        down = word(node.get("down"), tuple(self.fields), self.problems, "field", "unknown-field")
        across, cells, when = node.get("across"), node.get("cells"), node.get("when")
        if name is None or down is None or across is None or cells is None or not across.entries:
            return None
        field, _, bands_node = across.entries[0]
        bands = self._grid_bands(field, bands_node)
        rows = {row: self._row(row, value, len(bands), output) for row, _, value in cells.entries}
        for missing in (value for value in self.fields[down].values if value not in rows):
            self.problems.add("grid-gap", cells.key_at or cells.place, given=missing, field=down)
        return Grid(name, down, field, bands, rows, node.place, self.reader.condition(when) if when else None)

    def _grid_bands(self, field: str, node: Node) -> tuple[Range, ...]:
        spec = self.fields.get(field)
        if spec is None or spec.type not in ("number", "duration", "time"):
            self.problems.add(
                "unknown-field", node.key_at or node.place, given=field, choices=self._numbers()
            )
            return ()
        found = tuple(want for want in self.reader._wants(spec, node) if isinstance(want, Range))
        for left, right in pairwise(found):
            if left.hi is not None and right.lo is not None and right.lo <= left.hi and not left.hi_excluded:
                self.problems.add("grid-overlap", node, given=f"{right.lo:g}")
        return found

    def _row(self, row: str, node: Node, columns: int, output: str) -> tuple[FactValue, ...]:
        if node.kind != "list" or len(node.items) != columns:
            count = len(node.items) if node.kind == "list" else 1
            self.problems.add("grid-row", node, given=row, cells=count, columns=columns)
            return ()
        return tuple(self._output(output, item) for item in node.items)

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
        decided = {key: value.raw for key, _, value in by.entries} if by else {}
        self._check_by(by, {step.name for step in steps})
        return RuleTest(name, _values(ticket), _values(expect), decided, node.place)

    def _check_by(self, by: Node | None, steps: set[str]) -> None:
        for key, place, value in by.entries if by else ():
            if key not in steps:
                self.problems.add("unknown-value", place, given=key, what="step", choices=tuple(steps))
            elif value.raw not in self.rule_ids and value.raw != "otherwise":
                self.problems.add("unknown-value", value, given=value.raw, what="rule", choices=())


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
    return {key: _plain(value) for key, _, value in node.entries}


__all__ = ["RULES", "build_rules", "label"]
