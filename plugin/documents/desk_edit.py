"""What a desk acts on, written into its file: only the lines that say it, everything else as it was."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from plugin.core.effects import Mode
from plugin.core.modes import EVERY_OTHER
from plugin.documents import yaml_edit
from plugin.documents.desks import Desk, build_desk
from plugin.documents.problems import Problems
from plugin.documents.source import Node, read

KEYS = ("mode", "act_for", "act_since")
_BEFORE = ("plan", "rules", "calendar", "roster", "mode", "act_for")
"""A key that is new stands behind the last of these."""


@dataclass(frozen=True, slots=True)
class Acting:
    """What a desk acts on: see ``core.modes``."""

    mode: Mode
    act_for: tuple[str, ...] = ()
    act_since: Mapping[str, float] | None = None

    @property
    def since(self) -> Mapping[str, float]:
        """``act_since``, also where it says nothing."""
        return self.act_since or {}


def acting(desk: Desk) -> Acting:
    """As its file says it now."""
    return Acting(desk.mode, desk.act_for, desk.act_since)


def acting_more(desk: Desk, groups: Collection[str], since: float, *, open_too: bool) -> Acting:
    """Acting for these groups as well; for all where none is named.

    What was only looked at before ``since`` (UTC seconds) is left to people, unless ``open_too``. Groups that
    are acted on already keep their own instant.
    """
    if desk.mode == "act":
        own = _for_each(desk, desk.groups) if groups else dict(desk.act_since)
        kept = {g: at for g, at in own.items() if groups and g not in groups} if open_too else desk.act_since
        return Acting("act", (), kept)
    if not groups:
        return Acting("act", (), {} if open_too else {EVERY_OTHER: since})
    known = _for_each(desk, desk.act_for)
    new = {group: since for group in groups if group not in desk.act_for}
    instants = {g: at for g, at in known.items() if g not in groups} if open_too else known | new
    return Acting(desk.mode, _in_order(desk, {*desk.act_for, *groups}), _ordered(desk, instants))


def acting_less(desk: Desk, groups: Collection[str]) -> Acting:
    """Acting for these groups no more; for none where none is named."""
    if not groups:
        return Acting("observe")
    acted = desk.groups if desk.mode == "act" else desk.act_for
    kept = _in_order(desk, set(acted) - set(groups))
    own = _for_each(desk, kept)
    return Acting("observe" if desk.mode == "act" else desk.mode, kept, _ordered(desk, own))


def _for_each(desk: Desk, groups: Collection[str]) -> dict[str, float]:
    """Each group's own instant, also where one stands for all."""
    every = desk.act_since.get(EVERY_OTHER)
    found = {group: desk.act_since.get(group, every) for group in groups}
    return {group: at for group, at in found.items() if at is not None}


def _in_order(desk: Desk, groups: Collection[str]) -> tuple[str, ...]:
    return tuple(group for group in desk.groups if group in groups)


def _ordered(desk: Desk, instants: Mapping[str, float]) -> dict[str, float]:
    return {group: instants[group] for group in desk.groups if group in instants}


def revised_text(text: str, name: str, wanted: Acting) -> str | None:
    """The desk file's text saying this; None where its layout cannot be followed.

    What is answered has been read again, says what was wanted, and says nothing else that the text did not.
    """
    try:
        new = _with_mode(text, wanted.mode)
        new = _with_act_for(new, wanted.act_for)
        new = _with_act_since(new, wanted.since)
        before, after = _others(text), _others(new)
    except (_Unreadable, IndexError, KeyError, ValueError):
        return None
    problems = Problems()
    built = build_desk(name, _root(new), problems)
    said = built and acting(built)
    is_right = said and (said.mode, set(said.act_for), dict(said.since)) == (
        wanted.mode,
        set(wanted.act_for),
        dict(wanted.since),
    )
    return new if is_right and before == after else None


class _Unreadable(Exception):
    """An edit has broken the text: its layout is not one that can be followed."""


def _root(text: str) -> Node:
    node = read(text, "", Problems())
    if node is None:
        raise _Unreadable
    return node


def _others(text: str) -> dict[str, Any]:
    """What a file says beside what is edited here."""
    return {key: _plain(value) for key, _, value in _root(text).entries if key not in KEYS}


def _plain(node: Node) -> Any:
    if node.kind == "map":
        return {key: _plain(value) for key, _, value in node.entries}
    return [_plain(item) for item in node.items] if node.kind == "list" else node.value


def _with_mode(text: str, mode: Mode) -> str:
    node = _root(text).get("mode")
    if node is None:
        return text if mode == "observe" else _added(text, "mode", mode)
    return text if node.raw == mode else yaml_edit.replaced(text, node, mode)


def _with_act_for(text: str, groups: tuple[str, ...]) -> str:
    node = _root(text).get("act_for")
    if not groups:
        return _without(text, "act_for")
    if node is None or not node.items:
        return _added(_without(text, "act_for"), "act_for", f"[{', '.join(map(yaml_edit.scalar, groups))}]")
    there = [item.raw for item in node.items]
    for number in reversed([n for n, group in enumerate(there) if group not in groups]):
        if len(_listed(text).items) == 1:  # none of the old ones stays
            return _with_act_for(_without(text, "act_for"), groups)
        text = yaml_edit.without_item(text, _listed(text), number)
    for group in groups:
        if group not in there:
            text = _with_item(text, group)
    return text


def _listed(text: str) -> Node:
    return _root(text).by_key["act_for"]


def _with_item(text: str, group: str) -> str:
    node = _listed(text)
    if not yaml_edit.is_flow(text, node):
        return yaml_edit.with_items(text, _root(text), "act_for", [group])
    at = yaml_edit.end_of(text, node.items[-1])
    return f"{text[:at]}, {yaml_edit.scalar(group)}{text[at:]}"


def _with_act_since(text: str, since: Mapping[str, float]) -> str:
    node = _root(text).get("act_since")
    if not since:
        return _without(text, "act_since")
    if EVERY_OTHER in since and len(since) == 1:
        return _with_value(text, written(since[EVERY_OTHER]))
    if node is None or node.kind != "map" or not node.entries:
        made = ", ".join(f"{yaml_edit.scalar(g)}: {written(at)}" for g, at in since.items())
        return _with_value(text, f"{{{made}}}")
    for number in reversed([n for n, (key, _, _) in enumerate(node.entries) if key not in since]):
        if len(_root(text).by_key["act_since"].entries) == 1:
            return _with_act_since(_without(text, "act_since"), since)
        text = yaml_edit.without_entry(text, _root(text).by_key["act_since"], number)
    for group, at in since.items():
        block = _root(text).by_key["act_since"]
        if group not in block.by_key:
            line = [(yaml_edit.scalar(group), written(at))]
            text = yaml_edit.with_entries(text, block, len(block.entries) - 1, line)
    return text


def _with_value(text: str, value: str) -> str:
    node = _root(text).get("act_since")
    if node is not None and (node.kind != "map" or yaml_edit.is_flow(text, node)):
        return text if text[slice(*node.offsets)] == value else yaml_edit.replaced(text, node, value)
    return _added(_without(text, "act_since"), "act_since", value)


def written(at: float) -> str:
    """An instant (UTC seconds) as it stands in a desk file."""
    return datetime.fromtimestamp(int(at), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _without(text: str, key: str) -> str:
    root = _root(text)
    number = next((n for n, (name, _, _) in enumerate(root.entries) if name == key), None)
    return text if number is None else yaml_edit.without_entry(text, root, number)


def _added(text: str, key: str, value: str) -> str:
    root = _root(text)
    after = [n for n, (name, _, _) in enumerate(root.entries) if name in _BEFORE]
    return yaml_edit.with_entries(text, root, after[-1], [(key, value)])
