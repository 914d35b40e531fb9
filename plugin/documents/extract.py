"""The ``extract:`` section of a rules file: which facts are read from text, and how.

::

    extract:
      people_present:
        kind: people
        skip: [past, planned, conditional, hearsay, question]
        any:
          - {near: $on_site}
          - {near: ["$go ~14 $office"]}
          - {near: $appeal, where: {channel: [visit, onsite_report]}}

Keys of the entry hold for every reading of ``any:`` that does not say otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from plugin.core.conditions import FieldType, Word
from plugin.core.extract import Extraction
from plugin.core.extract.entries import (
    HEADS,
    LanguageExtraction,
    NumberExtraction,
    PatternExtraction,
    PeopleExtraction,
    QuantityExtraction,
    Reading,
    SinceExtraction,
    WordsExtraction,
)
from plugin.core.extract.moods import MOODS
from plugin.core.extract.surface import NO_CUES, Cues, Near
from plugin.core.place import Place
from plugin.documents.conditions import ConditionReader, pattern
from plugin.documents.problems import Problems
from plugin.documents.reader import (
    Choice,
    Either,
    Key,
    Keys,
    ListOf,
    MapOf,
    block,
    flag,
    identifier,
    keys,
    text,
    whole,
    word,
)
from plugin.documents.source import Node

WORDS = ListOf("text", or_one=True)
SCOPES = ("clause", "sentence", "message")
SIDES = ("before", "after")
TAKES = ("max", "min", "first", "last", "sum")
LANGUAGE = (*MOODS, *HEADS)
SKIPPABLE = (*MOODS, *(f"{mood}!" for mood in MOODS))

_READING = (
    Key("near", WORDS, en="Words of which one must stand near.", zh="附近必须出现的词之一。"),
    Key("also", WORDS, en="Words of which one must stand there too.", zh="还必须出现的词之一。"),
    Key("unless", WORDS, en="Words that must not stand there.", zh="不得出现的词。"),
    Key(
        "ended",
        WORDS,
        en="Words that, said later in the message, mean that it is over.",
        zh="后文出现即表示已经结束的词。",
    ),
    Key(
        "but_not", WORDS, en="Longer words in which a word of near is none.", zh="包含提示词但意思不同的词。"
    ),
    Key("scope", Choice(SCOPES), en="How near is near.", zh="“附近”的范围。"),
    Key(
        "gap",
        "whole",
        en="Characters between number and word, with no other number between.",
        zh="数字与提示词之间的字数，中间不能有别的数字。",
    ),
    Key(
        "side", Choice(SIDES), en="On which side of the number its word stands.", zh="提示词在数字的哪一侧。"
    ),
    Key("skip", ListOf(Choice(SKIPPABLE)), en="Moods in which it does not count.", zh="哪些语气下不算。"),
    Key("only", ListOf(Choice(SKIPPABLE)), en="Moods of which one must hold.", zh="只在这些语气下算。"),
    Key("of", ListOf(Choice(HEADS)), en="What the number counts.", zh="数的是什么。"),
    Key(
        "late",
        "flag",
        en="Asked only after the words of the same clause.",
        zh="本分句的其他读法都不成立时才用。",
    ),
    Key("denied", "flag", en="It counts even where it is denied.", zh="被否定时也算。"),
    Key("where", MapOf(ListOf("text", or_one=True)), en="Fields the ticket must have.", zh="工单字段须为。"),
)
READING = keys(*_READING)


def _kind(name: str) -> Key:
    return Key("kind", Choice((name,)), required=True, en="How it is read.", zh="读取方式。")


_ANY = Key("any", ListOf(READING), en="Several ways to read it.", zh="几种读法，满足其一。")
_AS = Key("fact", "id", en="The fact it sets, where not its own name.", zh="写入的要素名，默认同名。")
_TAKE = Key("take", Choice(TAKES), en="Which, where several are said.", zh="有多个时取哪个。")
_SAYS = Key("says", WORDS, required=True, en="Words that say so.", zh="表示成立的词。")
_OF_VALUES = Key(
    "values", MapOf(WORDS), required=True, en="Value and the words that say so.", zh="取值与对应的词。"
)
_DROP = Key("drop", "flag", en="The numbers are taken and count for nothing.", zh="取走数字但不计。")

KINDS: Mapping[str, tuple[Keys, FieldType]] = {
    "people": (keys(_kind("people"), _AS, _TAKE, _DROP, _ANY, *_READING), "number"),
    "number": (
        keys(
            _kind("number"),
            _AS,
            _TAKE,
            _ANY,
            Key("units", WORDS, en="Words of which one follows it directly.", zh="紧跟数字的单位之一。"),
            *_READING,
        ),
        "number",
    ),
    "flag": (
        keys(
            _kind("flag"),
            _AS,
            _ANY,
            _SAYS,
            Key("at_least", "whole", en="So many different ones in one place.", zh="至少出现几个不同的词。"),
            *_READING,
        ),
        "flag",
    ),
    "choice": (keys(_kind("choice"), _AS, _ANY, _OF_VALUES, *_READING), "choice"),
    "place": (keys(_kind("place"), _AS, _ANY, _SAYS, *_READING), "choice"),
    "tags": (keys(_kind("tags"), _AS, _ANY, _OF_VALUES, *_READING), "tags"),
    "since": (
        keys(
            _kind("since"),
            _AS,
            _ANY,
            Key("begun", WORDS, en="Words of the beginning.", zh="表示开始的词。"),
            *_READING,
        ),
        "number",
    ),
    "date": (keys(_kind("date"), _AS, _TAKE, _ANY, *_READING), "text"),
    "duration": (keys(_kind("duration"), _AS, _TAKE, _ANY, *_READING), "duration"),
    "money": (keys(_kind("money"), _AS, _TAKE, _ANY, *_READING), "number"),
    "pattern": (
        keys(
            _kind("pattern"),
            _AS,
            _ANY,
            Key(
                "pattern",
                "text",
                required=True,
                en="An RE2 pattern; its group `value` is the fact.",
                zh="RE2 模式，取其中的 value 组。",
            ),
            *_READING,
        ),
        "text",
    ),
}
ANY_KIND = Either(tuple(described for described, _ in KINDS.values()))
_PAIR = re.compile(r"(\$[\w-]+|[^\s~$]+) ~(\d{1,2}) (\$[\w-]+|[^\s~$]+)\Z")


class ExtractReader:
    """Reads language additions and extractions with the word lists of their file."""

    def __init__(self, reader: ConditionReader, problems: Problems) -> None:
        self._reader = reader
        self._problems = problems
        self._made: dict[object, Cues] = {}

    def language(self, node: Node | None) -> Iterator[Extraction]:
        """Words added to the moods and heads Paidan knows."""
        if node is None:
            return
        added = {}
        for name, place, value in node.entries:
            if name in LANGUAGE:
                added[name] = tuple(found.first for found in self._reader.words(value))
            else:
                self._problems.add("unknown-key", place, given=name, where="language", choices=LANGUAGE)
        yield LanguageExtraction(name="language", kind="language", type="text", place=node.place, words=added)

    def entries(self, node: Node | None) -> Iterator[Extraction]:
        """Every entry of ``extract:``, in the order of the file."""
        for name, _, value in node.entries if node else []:
            entry = self._entry(name, value)
            if entry is not None:
                yield entry

    def _entry(self, name: str, node: Node) -> Extraction | None:
        asked = node.get("kind") if node.kind == "map" else None
        if asked is None:
            if node.kind == "map":
                self._problems.add("missing-key", node, given="kind", where=f"extract → {name}")
            else:
                block(node, keys(_kind("people")), self._problems, f"extract → {name}")
            return None
        kind = word(asked, KINDS, self._problems, "kind")
        if kind is None or not block(node, KINDS[kind][0], self._problems, f"extract → {name}"):
            return None
        fact = identifier(node.get("fact"), self._problems) or name
        common = {
            "name": fact,
            "kind": kind,
            "type": KINDS[kind][1],
            "place": _place(node),
            "readings": tuple(self._readings(node)),
        }
        return self._builders()[kind](node, common)

    def _builders(self) -> Mapping[str, Callable[[Node, dict[str, Any]], Extraction | None]]:
        return {
            "people": self._people,
            "number": self._number,
            "flag": self._flag,
            "choice": self._values,
            "place": self._named_place,
            "tags": self._values,
            "since": self._since,
            "date": self._quantity,
            "duration": self._quantity,
            "money": self._quantity,
            "pattern": self._pattern,
        }

    def _people(self, node: Node, common: dict[str, Any]) -> Extraction:
        drop = flag(node.get("drop"), self._problems) or False
        return PeopleExtraction(**common, take=self._take(node), drop=drop)

    def _number(self, node: Node, common: dict[str, Any]) -> Extraction:
        units = tuple(found.first for found in self._reader.words(node.get("units")))
        return NumberExtraction(
            **common, take=self._take(node), units=tuple(sorted(units, key=len, reverse=True))
        )

    def _flag(self, node: Node, common: dict[str, Any]) -> Extraction:
        at_least = whole(node.get("at_least"), self._problems, lo=1) or 0
        values = {"true": self._cues(node, "says")}
        return WordsExtraction(**common, values=values, at_least=at_least)

    def _values(self, node: Node, common: dict[str, Any]) -> Extraction:
        named = node.get("values")
        values = {key: self._cues(named, key) for key, _, _ in named.entries} if named else {}
        return WordsExtraction(**common, values=values)

    def _named_place(self, node: Node, common: dict[str, Any]) -> Extraction:
        names = sorted((found.first for found in self._reader.words(node.get("says"))), key=len, reverse=True)
        return WordsExtraction(**common, values={name: self._shared((name,)) for name in names})

    def _since(self, node: Node, common: dict[str, Any]) -> Extraction:
        return SinceExtraction(**common, begun=self._cues(node, "begun"))

    def _quantity(self, node: Node, common: dict[str, Any]) -> Extraction:
        return QuantityExtraction(**common, take=self._take(node))

    def _pattern(self, node: Node, common: dict[str, Any]) -> Extraction | None:
        written = node.get("pattern")
        checked = pattern(written, self._problems) if written else None
        return None if checked is None else PatternExtraction(**common, pattern=checked)

    def _take(self, node: Node) -> Any:
        return word(node.get("take"), TAKES, self._problems) or "max"

    # -- readings --------------------------------------------------------------------------------------

    def _readings(self, node: Node) -> Iterator[Reading]:
        several = node.get("any")
        if several is None:
            yield self._reading(node, node)
            return
        for item in several.items:
            if block(item, READING, self._problems, "any"):
                yield self._reading(item, node)

    def _reading(self, own: Node, entry: Node) -> Reading:
        def of(key: str) -> Node | None:
            return own.get(key) or entry.get(key)

        but_not = of("but_not")
        return Reading(
            near=self._cues(own if own.get("near") else entry, "near", but_not),
            also=self._cues(own if own.get("also") else entry, "also"),
            unless=self._cues(own if own.get("unless") else entry, "unless"),
            ended=self._cues(own if own.get("ended") else entry, "ended"),
            scope=word(of("scope"), SCOPES, self._problems) or "sentence",  # type: ignore[arg-type]
            gap=whole(of("gap"), self._problems, lo=0, hi=60) or 0,
            side=word(of("side"), SIDES, self._problems) or "",  # type: ignore[arg-type]
            skip=self._named(of("skip"), SKIPPABLE, "mood"),
            only=self._named(of("only"), SKIPPABLE, "mood"),
            of=self._named(of("of"), HEADS, "kind") or frozenset({"person", "household"}),
            late=flag(of("late"), self._problems) or False,
            denied=flag(of("denied"), self._problems) or False,
            fields=self._where(of("where")),
        )

    def _named(self, node: Node | None, known: tuple[str, ...], what: str) -> frozenset[str]:
        items = node.items if node is not None else []
        return frozenset(w for item in items if (w := word(item, known, self._problems, what)))

    def _where(self, node: Node | None) -> Mapping[str, frozenset[str]]:
        found = {}
        for name, place, value in node.entries if node else []:
            if name not in self._reader.fields:
                self._problems.add("unknown-field", place, given=name, choices=tuple(self._reader.fields))
                continue
            items = value.items if value.kind == "list" else [value]
            found[name] = frozenset(w for item in items if (w := text(item, self._problems)))
        return found

    def _cues(self, node: Node, key: str, but_not: Node | None = None) -> Cues:
        value = node.get(key)
        if value is None:
            return NO_CUES
        items = value.items if value.kind == "list" else [value]
        pairs = [(item, found) for item in items if (found := _PAIR.match(item.raw))]
        plain = [item for item in items if not _PAIR.match(item.raw)]
        words = tuple(dict.fromkeys(w for item in plain for w in self._reader.words(item)))
        near = [self._near(item, found) for item, found in pairs]
        near += [either for word in words if word.second is not None for either in self._either(word)]
        blocked = tuple(found.first for found in self._reader.words(but_not))
        plain_words = tuple(word.first for word in words if word.second is None)
        return self._shared(plain_words, tuple(near), self._shared(blocked) if blocked else None)

    def _either(self, word: Word) -> tuple[Near, Near]:
        """``A ~8 B``: A before B, or B before A."""
        one, other = self._shared((word.first,)), self._shared((word.second or "",))
        return Near(one, other, word.gap), Near(other, one, word.gap)

    def _shared(
        self, words: tuple[str, ...], near: tuple[Near, ...] = (), but_not: Cues | None = None
    ) -> Cues:
        """Equal cues are one object, found once in a message."""
        return self._made.setdefault((words, near, but_not), Cues(words, near, but_not))

    def _near(self, item: Node, found: re.Match[str]) -> Near:
        return Near(self._side(item, found[1]), self._side(item, found[3]), int(found[2]))

    def _side(self, item: Node, written: str) -> Cues:
        return self._shared(tuple(found.first for found in self._reader.named_words(written, item)))


def _place(node: Node) -> Place:
    return node.key_at or node.place


def choice_values(entry: Extraction) -> tuple[str, ...]:
    """The values an entry can set, for conditions that name them."""
    if isinstance(entry, WordsExtraction) and entry.kind in ("choice", "tags", "place"):
        return tuple(entry.values)
    return ()
