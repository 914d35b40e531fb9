"""The platforms of a manifest, written as the connectors say."""

from __future__ import annotations

from collections.abc import Mapping

from plugin.documents import yaml_edit
from plugin.documents.manifest import build_manifest
from plugin.documents.manifest_check import TruePlatform, platform
from plugin.documents.problems import Problems
from plugin.documents.source import Node, read


def with_platforms(text: str, true: Mapping[str, TruePlatform]) -> str | None:
    """The manifest's text with a line a connector under ``platforms``; None where it cannot be followed.

    What is told rightly keeps its line and what stands beside it.
    """
    block = _platforms(text)
    if block is None or (yaml_edit.is_flow(text, block) and block.entries):
        return None
    told = _told(text)
    for number in reversed(range(len(block.entries))):
        name = block.entries[number][0]
        if name not in true or told.get(name) != (true[name].title, true[name].scopes):
            text = yaml_edit.without_entry(text, block, number)
            block = _platforms(text) or block
    for name in sorted(true):
        block = _platforms(text) or block
        if name not in block.by_key:
            after = max((n for n, (key, _, _) in enumerate(block.entries) if key < name), default=-1)
            key, _, value = platform(name, true[name]).partition(": ")
            text = yaml_edit.with_entries(text, block, after, [(key, value)])
    right = {name: (each.title, each.scopes) for name, each in true.items()}
    return text if _told(text) == right else None


def _platforms(text: str) -> Node | None:
    node = read(text, "", Problems())
    return None if node is None else node.get("platforms")


def _told(text: str) -> dict[str, tuple[str, tuple[str, ...]]]:
    node = read(text, "", Problems())
    found = None if node is None else build_manifest(node, Problems())
    return {name: (each.title, each.scopes) for name, each in found.platforms.items()} if found else {}
