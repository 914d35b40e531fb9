"""The condition language in YAML: ``field: wanted``, ranges, lists as any-of, nesting."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

import re2

from plugin.core.conditions import (
    All,
    AnyOf,
    Cond,
    Exists,
    Matches,
    NoneOf,
    OneOf,
    Range,
    TagSet,
    Test,
    Under,
    Want,
    Within,
    Word,
    Words,
)
from plugin.core.leaves import compile_pattern
from plugin.core.place import Place
from plugin.core.rules import FieldSpec
from plugin.core.text import clean
from plugin.core.words import cleaned
from plugin.documents.problems import Problems
from plugin.documents.ranges import COUNTABLE, looks_like_a_range, read_range
from plugin.documents.reader import as_written, duration, flag, slip_in_key, text
from plugin.documents.source import Node

Lists = Mapping[str, tuple[str, ...]]

NESTING: Mapping[str, type[All] | type[AnyOf] | type[NoneOf]] = {"all": All, "any": AnyOf, "none": NoneOf}
OPERATORS: Mapping[str, tuple[str, ...]] = {
    "choice": ("not", "exists"),
    "tree": ("not", "under", "exists"),
    "flag": ("not", "exists"),
    "text": ("has", "has_all", "has_any_of", "has_none", "not_after", "matches", "exists"),
    "number": ("not", "exists"),
    "duration": ("not", "exists"),
    "time": ("not", "within", "exists"),
    "tags": ("has_all", "has_none", "exists"),
}
GAP_MOST = 100
_NEAR = re.compile(r"(.+?)\s+~(\d{1,3})\s+(.+)")
_HALF_NEAR = re.compile(r"^~\d{1,3}\s|\s~\d{1,3}$")


class ConditionReader:
    """Reads conditions over a known set of fields and word lists; remembers which lists were used."""

    def __init__(self, fields: Mapping[str, FieldSpec], lists: Lists, problems: Problems) -> None:
        self.fields = fields
        self.lists = lists
        self.problems = problems
        self.lists_used: set[str] = set()

    def condition(self, node: Node | None) -> Cond:
        """The condition; what is wrong is reported and left out. ``when`` left out is always."""
        if node is None:
            return All(())
        if node.kind != "map":
            self.problems.add("not-a-condition", node)
            return All((), node.place)
        parts = tuple(self._part(key, value) for key, _, value in node.entries)
        known = tuple(part for part in parts if part is not None)
        return known[0] if len(known) == 1 and len(parts) == 1 else All(known, node.place)

    def _part(self, key: str, value: Node) -> Cond | None:
        if key in NESTING:
            return self._nested(key, value)
        if key == "fn":
            self.problems.add("reserved-fn", value)
            return None
        spec = self.fields.get(key)
        if spec is None and slip_in_key(key, value.key_at or value.place, value, self.problems):
            return None
        if spec is None:
            self.problems.add(
                "unknown-field", value.key_at or value.place, given=key, choices=tuple(self.fields)
            )
            return None
        return self._tests(spec, value)

    def _nested(self, key: str, value: Node) -> Cond | None:
        if value.kind != "list":
            self.problems.add("not-a-list", value, given=as_written(value))
            return None
        if not value.items:
            self.problems.add("empty-value", value)
        return NESTING[key](tuple(self.condition(item) for item in value.items), value.place)

    def _tests(self, spec: FieldSpec, value: Node) -> Cond | None:
        wants = list(self._wants(spec, value))
        tests = tuple(Test(spec.name, want, value.place) for want in wants)
        if not tests:
            return None
        if len(tests) == 1:
            return tests[0]
        joined = AnyOf if value.kind == "list" else All
        return joined(tests, value.place)

    def _wants(self, spec: FieldSpec, value: Node) -> Iterator[Want]:
        if value.kind == "null" or (value.kind == "map" and not value.entries):
            self.problems.add("empty-value", value)
        elif spec.type in COUNTABLE:
            yield from self._amounts(spec, value)
        elif spec.type == "text":
            yield from self._text(value)
        else:
            yield from self._named(spec, value)

    # -- numbers, durations, times ---------------------------------------------------------------------

    def _amounts(self, spec: FieldSpec, value: Node) -> Iterator[Want]:
        if value.kind == "map":
            yield from self._operators(spec, value, {"not": self._not_range, "within": self._within})
            return
        for item in self._items(value):
            found = self._range(spec, item)
            if found is not None:
                yield found

    def _items(self, value: Node) -> list[Node]:
        """The items of a list, or the one value; an empty list says nothing and would hold for everything."""
        if value.kind != "list":
            return [value]
        if not value.items:
            self.problems.add("empty-value", value)
        return value.items

    def _not_range(self, spec: FieldSpec, value: Node) -> Want | None:
        found = self._range(spec, value)
        return None if found is None else replace(found, negate=not found.negate)

    def _within(self, spec: FieldSpec, value: Node) -> Want | None:
        del spec
        seconds = duration(value, self.problems)
        return None if seconds is None else Within(seconds)

    def _range(self, spec: FieldSpec, value: Node) -> Range | None:
        written = value.raw.strip() if value.kind in ("text", "number") else ""
        found = read_range(spec.type, written)
        if found is None:
            self.problems.add(f"bad-{spec.type}-range", value, given=value.raw[:60] or "…", field=spec.name)
        return found

    def ranges(self, name: str, value: Node) -> tuple[Range, ...]:
        """The ranges of a field's columns, in the order of the file; none where it is no number."""
        if not self._is_countable(name, value.key_at or value.place):
            return ()
        found = ((item, self._range(self.fields[name], item)) for item in self._items(value))
        return tuple(band for item, band in found if band is not None and not self._is_turned(band, item))

    def _is_turned(self, band: Range, item: Node) -> bool:
        """A column over midnight would have two ends on one side."""
        if band.negate:
            self.problems.add("out-of-range", item, given=item.raw, allowed="0:00..24:00")
        return band.negate

    def number_field(self, node: Node | None) -> str | None:
        """The name of a field that has a number."""
        return node.raw if node is not None and self._is_countable(node.raw, node) else None

    def _is_countable(self, name: str, at: Node | Place) -> bool:
        numbers = self.numbers()
        if name not in numbers:
            code = "not-countable" if name in self.fields else "unknown-field"
            self.problems.add(code, at, given=name, choices=numbers)
        return name in numbers

    def numbers(self) -> tuple[str, ...]:
        """The fields a range can be asked of."""
        return tuple(name for name, spec in self.fields.items() if spec.type in COUNTABLE)

    # -- text ------------------------------------------------------------------------------------------

    def _text(self, value: Node) -> Iterator[Want]:
        if value.kind != "map":
            yield Words(any_of=self.words(value))
            return
        self._check_operators("text", value)
        asked = {key: node for key, _, node in value.entries if key in OPERATORS["text"]}
        if "matches" in asked and (pattern := self._pattern(asked["matches"])):
            yield Matches(pattern)
        if "exists" in asked and (wanted := flag(asked["exists"], self.problems)) is not None:
            yield Exists(wanted)
        words = {key: self.words(node) for key, node in asked.items() if key not in ("matches", "exists")}
        if "not_after" in words and "has" not in words:
            self.problems.add(
                "missing-key", asked["not_after"].key_at or value.place, given="has", where="text"
            )
        if words:
            yield Words(
                any_of=words.get("has", ()),
                all_of=words.get("has_all", ()),
                also_any_of=words.get("has_any_of", ()),
                none_of=words.get("has_none", ()),
                not_after=tuple(word.first for word in words.get("not_after", ())),
            )

    def words(self, value: Node | None) -> tuple[Word, ...]:
        """Words and ``$lists``, cleaned as the text is; ``A ~8 B`` is two words near each other."""
        if value is None:
            return ()
        return tuple(dict.fromkeys(word for item in self._items(value) for word in self._word(item)))

    def named_words(self, written: str, item: Node) -> tuple[Word, ...]:
        """The words of ``$list``, or the one word written; ``item`` is where it stands."""
        if written.startswith("$"):
            return tuple(read_word(word) for word in self._list(written[1:], item))
        return (read_word(written),)

    def _word(self, item: Node) -> Iterator[Word]:
        written = text(item, self.problems)
        if written is None:
            return
        if written.startswith("$") and not item.quoted:
            yield from (read_word(word) for word in self._list(written[1:], item))
        elif not clean(written).strip():
            self.problems.add("empty-value", item)
        elif (near := _NEAR.match(written)) and int(near[2]) > GAP_MOST:
            self.problems.add("out-of-range", item, given=f"~{near[2]}", allowed=f"~0..~{GAP_MOST}")
        elif near is None and _HALF_NEAR.search(written):
            self.problems.add("bad-near", item, given=written)
        else:
            yield read_word(written)

    def _list(self, name: str, item: Node) -> tuple[str, ...]:
        self.lists_used.add(name)
        if name not in self.lists:
            self.problems.add("unknown-value", item, given=name, what="list", choices=tuple(self.lists))
            return ()
        if not self.lists[name]:
            self.problems.add("empty-value", item)
        return self.lists[name]

    def _pattern(self, value: Node) -> str | None:
        return pattern(value, self.problems)

    # -- choices, trees, flags, tags -------------------------------------------------------------------

    def _named(self, spec: FieldSpec, value: Node) -> Iterator[Want]:
        if value.kind != "map":
            values = self._values(spec, value)
            if values:
                yield OneOf(values)
            return
        reads: dict[str, Callable[[FieldSpec, Node], Want | None]] = {
            "not": lambda s, v: OneOf(self._values(s, v), negate=True),
            "under": lambda s, v: Under(tuple(str(x) for x in self._values(s, v))),
            "has_all": lambda s, v: TagSet(all_of=frozenset(str(x) for x in self._values(s, v))),
            "has_none": lambda s, v: TagSet(none_of=frozenset(str(x) for x in self._values(s, v))),
        }
        yield from self._operators(spec, value, reads)

    def _values(self, spec: FieldSpec, value: Node) -> frozenset[str | bool]:
        return frozenset(v for item in self._items(value) for v in self._value(spec, item))

    def _value(self, spec: FieldSpec, item: Node) -> Iterator[str | bool]:
        if spec.type == "flag":
            wanted = flag(item, self.problems)
            if wanted is not None:
                yield wanted
            return
        written = text(item, self.problems)
        if written is None:
            return
        if written.startswith("$") and not item.quoted:
            yield from self._list(written[1:], item)
        elif spec.values and not _is_known(written, spec):
            self.problems.add("unknown-choice", item, given=written, field=spec.name, choices=spec.values)
        elif not item.quoted and looks_like_a_range(written):
            self.problems.add("range-of-words", item, given=written, field=spec.name)
        else:
            yield written

    # -- operators -------------------------------------------------------------------------------------

    def _operators(
        self, spec: FieldSpec, value: Node, reads: Mapping[str, Callable[[FieldSpec, Node], Want | None]]
    ) -> Iterator[Want]:
        self._check_operators(spec.type, value)
        for key, _, node in value.entries:
            want: Want | None = None
            if key == "exists":
                wanted = flag(node, self.problems)
                want = None if wanted is None else Exists(wanted)
            elif key in OPERATORS[spec.type] and key in reads:
                want = reads[key](spec, node)
            if want is not None:
                yield want

    def _check_operators(self, field_type: str, value: Node) -> None:
        for key, place, _ in value.entries:
            if key not in OPERATORS[field_type]:
                self.problems.add(
                    "unknown-value", place, given=key, what="operator", choices=OPERATORS[field_type]
                )


def read_word(written: str) -> Word:
    """``拖欠 ~8 工资`` is two words within eight characters of each other; anything else is one word."""
    near = _NEAR.match(written)
    return cleaned(Word(near[1], near[3], int(near[2])) if near else Word(written))


def pattern(value: Node, problems: Problems) -> str | None:
    """A pattern RE2 understands; look-around and back-references are refused, they cannot be bounded."""
    written = text(value, problems)
    if written is None:
        return None
    try:
        compile_pattern(written)
    except re2.error as error:
        problems.add("bad-pattern", value, given=written[:60], why=_said(error))
        return None
    return written


def _said(error: re2.error) -> str:
    """RE2's own words, which name the part of the pattern it could not read."""
    said = error.args[0] if error.args else ""
    return (said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said))[:80]


def build_cond(
    node: Node | None, problems: Problems, fields: Mapping[str, FieldSpec], lists: Lists | None = None
) -> Cond:
    """One condition over these fields and lists."""
    return ConditionReader(fields, lists or {}, problems).condition(node)


def _is_known(written: str, spec: FieldSpec) -> bool:
    if written in spec.values:
        return True
    return spec.type == "tree" and any(value.startswith(written + "/") for value in spec.values)


__all__ = ["ConditionReader", "build_cond", "pattern", "read_word"]
