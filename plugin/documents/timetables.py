"""Calendar and roster files: accepted with their version and name; the clocks read the rest."""

from __future__ import annotations

from dataclasses import dataclass

from plugin.core.label import Label
from plugin.core.place import Place
from plugin.documents import reader
from plugin.documents.desks import own_name, version
from plugin.documents.problems import Problems
from plugin.documents.reader import Key, keys
from plugin.documents.source import Node

TIMETABLE = keys(
    Key("version", "whole", required=True, en="1", zh="1"),
    Key("name", "label", en="Title for people.", zh="标题。"),
    Key("calendar", "id", en="The file's own name.", zh="与文件名相同。"),
    Key("roster", "id", en="The file's own name.", zh="与文件名相同。"),
)
"""What is read here; the other settings are the time engine's own."""


@dataclass(frozen=True, slots=True)
class Timetable:
    """A calendar or roster file: its id, its title, and its node for whoever keeps time."""

    id: str
    title: Label
    node: Node
    place: Place


def build_timetable(name: str, node: Node, kind: str, problems: Problems) -> Timetable | None:
    """The ``calendar`` or ``roster`` file ``name``; None where it is no block or has no version."""
    before = problems.errors
    if node.kind != "map":
        problems.add("not-a-block", node, where=kind, choices=("version", "name"))
        return None
    if node.get("version") is None:
        problems.add("missing-key", node.place, given="version", where=kind)
    version(node, problems)
    own_name(node, kind, name, problems)
    title = reader.label(node.get("name"), problems) or Label(name, name)
    return Timetable(name, title, node, node.place) if problems.errors == before else None
