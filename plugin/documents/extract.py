"""The ``extract:`` section of a rules file: which facts are read from text, and how."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from plugin.core.conditions import FieldType, Word
from plugin.core.extract import Extraction
from plugin.core.extract.entries import (
    CountExtraction,
    FlagExtraction,
    NamesExtraction,
    PatternExtraction,
    SinceExtraction,
)
from plugin.core.extract.mentions import Units
from plugin.core.extract.sayings import TRUE
from plugin.core.extract.surface import Mood
from plugin.documents.conditions import ConditionReader, pattern
from plugin.documents.problems import Problems
from plugin.documents.reader import Choice, Either, Key, Keys, ListOf, MapOf, block, flag, keys, word
from plugin.documents.source import Node

WORDS = ListOf("text", or_one=True)
SCOPES = ("clause", "sentence", "message")
MOOD = keys(
    Key("cues", WORDS, required=True, en="Words that set this mood.", zh="表示这种语气的词。"),
    Key("ends", WORDS, en="Words that end its reach.", zh="结束其作用范围的词。"),
    Key(
        "after",
        "flag",
        en="Whether the cue may follow in the same clause.",
        zh="提示词是否可在同一分句的后面。",
    ),
)
_KIND = Key(
    "kind",
    Choice(("count", "flag", "choice", "names", "since", "pattern")),
    required=True,
    en="How it is read.",
    zh="读取方式。",
)
_NEAR = Key("near", WORDS, en="Words of which one must stand near.", zh="附近必须出现的词之一。")
_UNLESS = Key("unless", WORDS, en="Words that must not stand in its clause.", zh="同一分句中不得出现的词。")
_SCOPE = Key("scope", Choice(SCOPES), en="How near is near.", zh="“附近”的范围。")
_SKIP = Key("skip", ListOf("id"), en="Moods in which it does not count.", zh="哪些语气下不算。")
_AFTER = Key(
    "not_after", WORDS, en="Negations that must not stand just before.", zh="紧挨在前面时不算的否定词。"
)

COUNT = keys(
    _KIND,
    _NEAR,
    _UNLESS,
    _SCOPE,
    _SKIP,
    _AFTER,
    Key("units", WORDS, required=True, en="Words for what is counted.", zh="计数的对象。"),
    Key("but_not", WORDS, en="Words that look like them but are not.", zh="看似相同但不是的词。"),
    Key("never_beside", WORDS, en="Who is never one of the crowd.", zh="从不计入人群的人。"),
    Key("only", "id", en="The one mood in which it counts.", zh="只在这种语气下算。"),
    Key("unsure", "id", en="The mood in which nobody counts it.", zh="这种语气下谁都不算。"),
    Key(
        "take",
        Choice(("max", "first", "last", "sum")),
        en="Which, where several are said.",
        zh="有多个时取哪个。",
    ),
    Key("subsets", "flag", en="Whether a part of a number counts.", zh="“其中”若干是否计入。"),
)
FLAG = keys(
    _KIND,
    _NEAR,
    _UNLESS,
    _SCOPE,
    _SKIP,
    _AFTER,
    Key("has", WORDS, required=True, en="Words that say so.", zh="表示成立的词。"),
)
CHOICE = keys(
    _KIND,
    _NEAR,
    _UNLESS,
    _SCOPE,
    _SKIP,
    _AFTER,
    Key("of", MapOf(WORDS), required=True, en="Value and the words that say so.", zh="取值与对应的词。"),
)
NAMES = keys(
    _KIND,
    _NEAR,
    _SCOPE,
    _SKIP,
    _AFTER,
    Key("of", MapOf(WORDS), required=True, en="Tag and the names it goes by.", zh="标签与对应的名称。"),
    Key("at_least", "whole", en="So many different ones make it true.", zh="出现几个不同名称即为真。"),
)
SINCE = keys(
    _KIND,
    _UNLESS,
    _AFTER,
    Key("near", WORDS, required=True, en="Words of the silence.", zh="表示没有答复的词。"),
    Key("begun", WORDS, en="Words of the beginning.", zh="表示开始的词。"),
)
PATTERN = keys(
    _KIND,
    _NEAR,
    _SCOPE,
    Key(
        "pattern",
        "text",
        required=True,
        en="An RE2 pattern; its group `value` is the fact.",
        zh="RE2 模式，取其中的 value 组。",
    ),
)
KINDS: Mapping[str, tuple[Keys, FieldType]] = {
    "count": (COUNT, "number"),
    "flag": (FLAG, "flag"),
    "choice": (CHOICE, "choice"),
    "names": (NAMES, "tags"),
    "since": (SINCE, "number"),
    "pattern": (PATTERN, "text"),
}
ANY_KIND = Either(tuple(described for described, _ in KINDS.values()))


class ExtractReader:
    """Reads moods and extractions with the word lists of their file."""

    def __init__(self, reader: ConditionReader, problems: Problems) -> None:
        self._reader = reader
        self._problems = problems
        self._moods: dict[str, Mood] = {}

    def moods(self, node: Node | None) -> None:
        """The named ways of speaking that entries refer to."""
        for name, _, value in node.entries if node else []:
            if block(value, MOOD, self._problems, "moods"):
                self._moods[name] = Mood(
                    name,
                    self._reader.words(value.get("cues")),
                    self._reader.words(value.get("ends")),
                    flag(value.get("after"), self._problems) or False,
                )

    def entries(self, node: Node | None) -> Iterator[Extraction]:
        """Every entry of ``extract:``, in the order of the file."""
        for name, _, value in node.entries if node else []:
            entry = self._entry(name, value)
            if entry is not None:
                yield entry

    def _entry(self, name: str, node: Node) -> Extraction | None:
        kind = word(node.get("kind"), KINDS, self._problems, "kind") if node.kind == "map" else None
        if kind is None:
            block(node, keys(_KIND), self._problems, "extract") if node.get("kind") is None else None
            return None
        described, field_type = KINDS[kind]
        if not block(node, described, self._problems, f"extract → {name}"):
            return None
        common = {"name": name, "kind": kind, "type": field_type, "place": node.key_at or node.place}
        return self._readers()[kind](node, common)

    def _readers(self) -> Mapping[str, Callable[[Node, dict[str, Any]], Extraction | None]]:
        return {
            "count": self._count,
            "flag": self._flag,
            "choice": self._flag,
            "names": self._names,
            "since": self._since,
            "pattern": self._pattern,
        }

    def _count(self, node: Node, common: dict[str, Any]) -> Extraction:
        words = self._reader.words
        return CountExtraction(
            **common,
            **self._cues(node, "clause"),
            unless=words(node.get("unless")),
            units=Units(
                words(node.get("units")), words(node.get("but_not")), words(node.get("never_beside"))
            ),
            only=self._mood(node.get("only")),
            unsure=self._mood(node.get("unsure")),
            take=word(node.get("take"), ("max", "first", "last", "sum"), self._problems) or "max",  # type: ignore[arg-type]
            subsets=flag(node.get("subsets"), self._problems) or False,
        )

    def _flag(self, node: Node, common: dict[str, Any]) -> Extraction:
        of = node.get("of")
        values = {TRUE: self._reader.words(node.get("has"))} if of is None else self._groups(of)
        return FlagExtraction(
            **common,
            **self._cues(node, "sentence"),
            unless=self._reader.words(node.get("unless")),
            values=values,
        )

    def _names(self, node: Node, common: dict[str, Any]) -> Extraction:
        at_least = node.get("at_least")
        enough = at_least.value if at_least and isinstance(at_least.value, int) else 0
        if enough:
            common = {**common, "type": "flag"}
        return NamesExtraction(
            **common, **self._cues(node, "sentence"), of=self._groups(node.get("of")), at_least=enough
        )

    def _since(self, node: Node, common: dict[str, Any]) -> Extraction:
        words = self._reader.words
        return SinceExtraction(
            **common,
            near=words(node.get("near")),
            begun=words(node.get("begun")),
            unless=words(node.get("unless")),
            negations=self._negations(node),
        )

    def _pattern(self, node: Node, common: dict[str, Any]) -> Extraction | None:
        written = node.get("pattern")
        checked = pattern(written, self._problems) if written else None
        if checked is None:
            return None
        scope = word(node.get("scope"), SCOPES, self._problems) or "sentence"
        near = self._reader.words(node.get("near"))
        return PatternExtraction(**common, pattern=checked, near=near, scope=scope)  # type: ignore[arg-type]

    def _cues(self, node: Node, scope: str) -> dict[str, Any]:
        skip = node.get("skip")
        return {
            "near": self._reader.words(node.get("near")),
            "scope": word(node.get("scope"), SCOPES, self._problems) or scope,
            "skip": tuple(m for item in (skip.items if skip else []) if (m := self._mood(item))),
            "negations": self._negations(node),
        }

    def _negations(self, node: Node) -> tuple[str, ...]:
        return tuple(found.first for found in self._reader.words(node.get("not_after")))

    def _mood(self, node: Node | None) -> Mood | None:
        name = word(node, self._moods, self._problems, "mood")
        return self._moods[name] if name else None

    def _groups(self, node: Node | None) -> dict[str, tuple[Word, ...]]:
        return {key: self._reader.words(value) for key, _, value in node.entries} if node else {}


def choice_values(entry: Extraction) -> tuple[str, ...]:
    """The values an entry can set, for conditions that name them."""
    match entry:
        case FlagExtraction(kind="choice"):
            return tuple(entry.values)
        case NamesExtraction(at_least=0):
            return tuple(entry.of)
    return ()
