"""Guard over whole files: nothing in plans, rules and desks may read who somebody is, by whatever road.

Looked at are the nodes of the files, not what was built of them, so that a word counts also where a file has
other mistakes. Texts for people (a file's ``name``, a rule's ``note``, a plan's clauses) and the tickets of
tests may say anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from plugin.core.guards import Refusal, refuse_pattern, refused_names, refused_words
from plugin.core.place import Place
from plugin.documents.folder import Folder
from plugin.documents.problems import Problems
from plugin.documents.source import Node

_FREE = frozenset({"note", "type", "kind", "policy"})
"""Settings of a rules file whose values are words for people or of the language itself."""
_FREE_ON_TOP = frozenset({"tests", "name", "version", "include"})
_PATTERNS = frozenset({"matches", "pattern"})
_SETTINGS = frozenset({"steps", "rules", "bands", "grids"})
"""Blocks whose keys are the language's own settings."""
_NAMED_SETTINGS = frozenset({"fields", "moods", "extract"})
"""Blocks of named blocks of settings."""
_SETTING = frozenset({"set", "otherwise"})
_NAMED = frozenset({"lists"}) | _SETTING
"""Blocks whose keys are names the admin gives."""
_IDS = frozenset({"id", "step", "output", "fact"})
_PLAN_LABELS = frozenset({"groups", "levels", "event_types", "facts", "circumstances"})
_PLAN_WORDS = frozenset({"when", "join_when", "recuse_when", "start_when", "stop_when", "values", "default"})


@dataclass
class _Found:
    """What a file names, looks for and matches, each with its place."""

    names: list[tuple[str, Node | Place]] = field(default_factory=list)
    words: list[tuple[str, Node | Place]] = field(default_factory=list)
    patterns: list[tuple[str, Node]] = field(default_factory=list)


def check_persons(folder: Folder, problems: Problems) -> None:
    """Report every name, word and pattern that is about a person in any document of the folder."""
    more = tuple(own_words(folder))
    for kind, read in (("rules", _rules), ("plans", _plan), ("desks", _desk)):
        for node in (*folder.nodes[kind].values(), *folder.parts[kind].values()):
            found = _Found()
            read(node, found)
            _report(found, more, problems)


def own_words(folder: Folder) -> Iterator[str]:
    """The organisation's own words, of all desk files."""
    for node in folder.nodes["desks"].values():
        listed = node.get("person_words")
        yield from (item.raw for item in (listed.items if listed else ()) if item.raw.strip())


def _report(found: _Found, more: tuple[str, ...], problems: Problems) -> None:
    for number, refusal in refused_names([name for name, _ in found.names], more):
        name, at = found.names[number]
        _refuse(refusal, name, at, problems)
    for number, refusal in refused_words([word for word, _ in found.words], more):
        word, at = found.words[number]
        _refuse(refusal, word, at, problems)
    for pattern, node in found.patterns:
        _refuse(refuse_pattern(pattern, more), pattern, node, problems)


def _refuse(refusal: Refusal | None, given: str, at: Node | Place, problems: Problems) -> None:
    if refusal is not None:
        problems.add("person-word", at, given=given, of=refusal.why, word=refusal.word)


def _rules(node: Node, found: _Found) -> None:
    """Everything of a rules file but its texts for people and its tests."""
    for key, _, section in node.entries:
        if key not in _FREE_ON_TOP:
            _setting(key, section, found)


def _settings(node: Node, found: _Found) -> None:
    for key, _, value in node.entries:
        if key not in _FREE:
            _setting(key, value, found)
    for item in node.items:
        _settings(item, found)


def _setting(key: str, value: Node, found: _Found) -> None:
    if key in _SETTINGS:
        _settings(value, found)
    elif key in _NAMED_SETTINGS:
        found.names += ((name, at) for name, at, _ in value.entries)
        for _, _, block in value.entries:
            _settings(block, found)
    elif key in _IDS:
        found.names.append((value.raw, value))
    else:
        if key in _NAMED:
            found.names += ((name, at) for name, at, _ in value.entries)
        if key in _SETTING:
            found.names += ((tag.raw, tag) for name, _, tags in value.entries for tag in _tags(name, tags))
        _everything(key, value, found)


def _tags(name: str, value: Node) -> list[Node]:
    """What is set as tags, which are names as much as values."""
    return value.items or ([value] if name in ("tags", "flags") else [])


def _everything(key: str, value: Node, found: _Found) -> None:
    """All words of a block, whatever its keys are called; patterns as patterns."""
    stack = [(key, value)]
    while stack:
        key, here = stack.pop()
        if here.kind == "text":
            if key in _PATTERNS:
                found.patterns.append((here.raw, here))
            else:
                found.words.append((here.raw, here))
        found.words += ((name, place) for name, place, _ in here.entries)
        stack += ((name, child) for name, _, child in here.entries)
        stack += ((key, item) for item in here.items)


def _plan(node: Node, found: _Found) -> None:
    """The ids of a plan, names and words of its facts, what its conditions ask, labels of what it sets."""
    for key, _, section in node.entries:
        labelled = key in _PLAN_LABELS
        if key == "facts":
            found.names += ((name, at) for name, at, _ in section.entries)
        for each in section.walk():
            for inner, _, value in each.entries:
                if inner == "id" and value.kind == "text":
                    found.names.append((value.raw, value))
                elif inner in _PLAN_WORDS or (inner == "label" and labelled):
                    found.words += ((text.raw, text) for text in _texts(value))


def _desk(node: Node, found: _Found) -> None:
    """A desk's matter fields, whatever they are called on either side, and what is written where."""
    fields, write, words = node.get("fields"), node.get("write"), node.get("words")
    for name, at, value in fields.entries if fields else ():
        found.names.append((name, at))
        source = value.get("from")
        if source is not None:
            found.names.append((source.raw, source))
        values = value.get("values")
        found.words += ((key, place) for key, place, _ in values.entries) if values else ()
        found.words += ((text.raw, text) for text in _texts(values))
        found.words += ((text.raw, text) for text in _texts(value.get("default")))
    for each in write.walk() if write else ():
        target = each.get("field")
        found.names += [(target.raw, target)] if target is not None else []
    found.words += ((text.raw, text) for text in _texts(words))


def _texts(node: Node | None) -> Iterable[Node]:
    return (each for each in node.walk() if each.kind == "text") if node is not None else ()
