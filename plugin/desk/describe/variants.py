"""One product in one file although it speaks in several ways: ``variants:`` overlays the rest of the file.

A variant is a part of a connector file. Maps are merged key by key, whatever else stands there takes the
place of what the file says, and ``null`` removes what is there. Every value keeps its place in the file, so
that a mistake is told where it stands.
"""

from __future__ import annotations

import re
from copy import copy
from pathlib import Path

from plugin.documents import reader as read
from plugin.documents.problems import Problems
from plugin.documents.source import Node, names_below, set_entries

KEY = "variants"
_BLOCK = re.compile(r"^variants:[^\n]*\n((?:[ \t]+[^\n]*\n|[ \t]*(?:#[^\n]*)?\n)*)", re.M)
_NAME = re.compile(r"^( +)([\w.-]+):", re.M)


def names(file: Path) -> tuple[str, ...]:
    """What a connector file is called by: its own name, or one for each of its variants."""
    found = variants(file.read_bytes())
    return tuple(f"{file.stem}-{each}" for each in found) or (file.stem,)


def variants(data: bytes) -> tuple[str, ...]:
    """The variants of a file, without reading the rest of it."""
    if KEY.encode() not in data:
        return ()
    text = data.decode("utf-8-sig", "replace")
    found = names_below(text, KEY)
    return _names_in_broken(text) if found is None else found


def _names_in_broken(text: str) -> tuple[str, ...]:
    """The file is told to be broken when one of its connectors is asked for: their names must be known."""
    block = _BLOCK.search(text + "\n")
    found = _NAME.findall(block[1]) if block else []
    return tuple(name for indent, name in found if indent == found[0][0])


def find(folder: Path, name: str) -> tuple[Path, str | None]:
    """The file of a connector and which variant of it is meant; raises ``FileNotFoundError``."""
    whole = folder / f"{name}.yaml"
    if whole.is_file():
        return whole, None
    for hyphen in (at for at, mark in enumerate(name) if mark == "-"):
        file, variant = folder / f"{name[:hyphen]}.yaml", name[hyphen + 1 :]
        if file.is_file() and variant in variants(file.read_bytes()):
            return file, variant
    raise FileNotFoundError(whole)


def chosen(node: Node, variant: str | None, problems: Problems) -> Node | None:
    """The file as this variant of it stands, without its variants; None after adding the problems."""
    block = node.get(KEY)
    if block is None:
        return node
    own = _overlays(block, problems)
    if own is None:
        return None
    over = own.get(variant or "")
    if over is None:
        stem = Path(node.file).stem
        choices = tuple(f"{stem}-{each}" for each in own)
        problems.add("which-variant", node.key_place(KEY), given=stem, choices=choices)
        return None
    base = copy(node)
    set_entries(base, [entry for entry in node.entries if entry[0] != KEY])
    made = overlaid(base, over) if over.kind == "map" else base
    made.key_at = over.key_at  # what the whole still lacks is missing from this variant
    made._start, made._end = over._start, over._end
    return made


def _overlays(block: Node, problems: Problems) -> dict[str, Node] | None:
    before = problems.errors
    if block.kind != "map" or not block.entries:
        problems.add("not-a-block", block, where=KEY, choices=("name: …",))
        return None
    for name, place, over in block.entries:
        if not read.is_identifier(name):
            problems.add("bad-id", place, given=name)
        if over.kind not in ("map", "null"):
            problems.add("not-a-block", over, where=KEY, choices=("receive: …", "api: …"))
    return None if problems.errors > before else block.by_key


def overlaid(base: Node, over: Node) -> Node:
    """Two maps as one. What only one of them says stays as it is written, its nulls included."""
    changed = over.by_key
    kept = [
        (key, place if key not in changed else over.key_place(key), _merged(value, changed.get(key)))
        for key, place, value in base.entries
    ]
    made = copy(base)
    if any(value is None for _, _, value in kept):
        made.key_at = over.key_at  # what is missing now is missing because of this
    added = [entry for entry in over.entries if entry[0] not in base.by_key]
    set_entries(made, [(key, place, value) for key, place, value in kept if value is not None] + added)
    return made


def _merged(value: Node, over: Node | None) -> Node | None:
    if over is None:
        return value
    if over.kind == "null" and value.kind != "null":
        return None
    return overlaid(value, over) if value.kind == "map" and over.kind == "map" else over
