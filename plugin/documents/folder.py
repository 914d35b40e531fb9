"""The files of a mappings folder: found, read and composed, with their texts kept for showing problems."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from plugin.core.place import Place
from plugin.documents.problems import Problems
from plugin.documents.redacted import redacted, without_contacts
from plugin.documents.source import Node, Source, read
from plugin.documents.suggest import nearest

KINDS = ("plans", "rules", "desks", "calendars", "rosters")
PARTS = "parts"
"""The folder of what plans or rules include; no documents of their own."""
EXAMPLE = "_"
"""A file whose name begins so is checked with the others but never becomes active."""


@dataclass
class Folder:
    """Everything readable of a mappings folder."""

    nodes: dict[str, dict[str, Node]] = field(default_factory=lambda: {kind: {} for kind in KINDS})
    """kind → document id → its node"""
    parts: dict[str, dict[str, Node]] = field(default_factory=lambda: {kind: {} for kind in KINDS})
    sources: dict[str, Source] = field(default_factory=dict)
    """file name relative to the folder → its text, secrets blotted out"""
    digest: str = ""
    """SHA-256 of all files' names and bytes: the version."""


def read_folder(folder: Path, problems: Problems) -> Folder:
    """Every ``.yaml`` of the five kinds; what cannot be read is a problem."""
    found = Folder()
    if not folder.is_dir():
        problems.add("no-folder", Place(str(folder), 1, 1), given=str(folder))
        return found
    _check_names(folder, problems)
    digest = sha256()
    for kind in KINDS:
        for path, into in _files(folder / kind, found, kind):
            name = path.relative_to(folder).as_posix()
            raw = _bytes(path, name, problems)
            if raw is None:
                continue
            digest.update(f"{name}\0{len(raw)}\0".encode() + raw)
            found.sources[name] = Source(name, _shown(raw, kind))
            node = read(raw, name, problems)
            if node is not None:
                into[path.stem] = node
    found.digest = digest.hexdigest()
    return found


def _files(folder: Path, found: Folder, kind: str) -> Iterator[tuple[Path, dict[str, Node]]]:
    for at, into in ((folder, found.nodes[kind]), (folder / PARTS, found.parts[kind])):
        if at.is_dir():
            yield from ((path, into) for path in sorted(at.glob("*.yaml")))


def _bytes(path: Path, name: str, problems: Problems) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError as error:
        problems.add("unreadable-file", Place(name, 1, 1), given=error.strerror or "")
        return None


def _shown(raw: bytes, kind: str) -> str:
    """The text that problems quote lines of: none where it cannot be read, no secrets where it holds some."""
    try:
        text = raw.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError:
        return ""
    hidden = {"desks": redacted, "rosters": without_contacts}.get(kind)
    return hidden(text) if hidden else text


def _check_names(folder: Path, problems: Problems) -> None:
    """A folder or file that nobody would read is surely a slip."""
    for path in sorted(folder.iterdir()):
        if path.is_dir() and path.name not in KINDS and nearest(path.name, KINDS):
            problems.warn("unknown-folder", Place(path.name, 1, 1), given=path.name, choices=KINDS)
    for kind in KINDS:
        for path in sorted((folder / kind).glob("*.yml")):
            name = path.relative_to(folder).as_posix()
            problems.warn("not-read", Place(name, 1, 1), given=path.name)


def active(nodes: Mapping[str, Node]) -> Iterator[str]:
    """The ids of documents that are no examples."""
    return (name for name in nodes if not name.startswith(EXAMPLE))
