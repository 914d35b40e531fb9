"""From a file in ``connectors/`` to a ``Descriptor``, or all its problems at once."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

from plugin.desk.describe import about, changes, filled, schema, values, variants
from plugin.desk.describe import receive as receive_block
from plugin.desk.describe import ticket as ticket_block
from plugin.desk.descriptor import VERBS, Descriptor, Maturity, Setting
from plugin.desk.ids import part_names
from plugin.desk.signing import Address
from plugin.documents import reader as read
from plugin.documents import source
from plugin.documents.problems import Problems
from plugin.documents.source import Node
from plugin.errors import DocumentsInvalid

_PATH_KEYS = ("title", "state", "id", "merged_into", "created_at", "changed_at", "owner", "field", "stamp")
_MESSAGE_KEYS = ("at", "text", "author")
_ITEM_KEYS = ("id", "at", "created_at", "by", "state")


def load(
    folder: Path, name: str, given: Mapping[str, str] | None = None, at: filled.At | None = None
) -> Descriptor:
    """The connector of this name; raises ``DocumentsInvalid`` with its problems, ``FileNotFoundError``.

    ``given`` are a desk's settings, of which those that shape the file are used; ``at`` tells their places.
    """
    file, variant = variants.find(folder, name)
    problems = Problems()
    node = source.read(file.read_bytes(), str(file.relative_to(folder.parent)), problems)
    descriptor = None if node is None else build(node, name, problems, variant, given, at)
    if descriptor is None or problems.has_errors:
        raise DocumentsInvalid(tuple(problems))
    return descriptor


def names(folder: Path) -> tuple[str, ...]:
    """The connectors there are: a file is all it takes, or a variant in one."""
    return tuple(sorted(name for file in folder.glob("*.yaml") for name in variants.names(file)))


def build(
    whole: Node,
    name: str,
    problems: Problems,
    variant: str | None = None,
    given: Mapping[str, str] | None = None,
    at: filled.At | None = None,
) -> Descriptor | None:
    """The checked form of a connector file, or of a variant of it; None after adding its problems."""
    node = variants.chosen(whole, variant, problems)
    node = None if node is None else filled.filled(node, given or {}, at, problems)
    known = schema.CONNECTOR if variant is None else schema.VARIANT
    if node is None or not read.block(node, known, problems, "connector"):
        return None
    settings = _settings(node.get("settings"), problems)
    receive = receive_block.receive(node.get("receive"), problems)
    api = receive_block.api(node.get("api"), problems)
    ticket = ticket_block.ticket(node.get("ticket"), problems)
    messages = ticket_block.messages(node.get("messages"), problems)
    writes = node.get("write")
    write = ticket_block.write(writes, problems)
    setup = read.label(node.get("setup"), problems)
    cannot = read.mapping(node.get("cannot"), read.label, problems, "cannot")
    if not (receive and api and ticket and messages and write and writes and setup):
        return None
    descriptor = Descriptor(
        name=name,
        title=read.text(node.get("title"), problems) or name,
        maturity=_maturity(node, problems),
        docs=read.text(node.get("docs"), problems) or "",
        settings=settings,
        receive=receive,
        api=api,
        reads=read.listing(node.get("read"), ticket_block.read_step, problems),
        ticket=ticket,
        messages=messages,
        write=write,
        targets=ticket_block.targets(writes.get("targets"), problems),
        note=ticket_block.note(writes.get("note"), problems),
        priorities=ticket_block.priorities(writes.get("priorities"), problems),
        priorities_listed=ticket_block.priorities_listed(writes.get("priorities"), problems),
        cannot=cannot,
        setup=setup,
        changed=changes.changed(node.get("changed"), problems),
        about=about.about(node, problems),
        lists=changes.lists(node.get("lists"), problems),
        samples=values.tree(node.get("samples")) or {},
    )
    _check_whole(descriptor, node, problems)
    return descriptor


def _settings(node: Node | None, problems: Problems) -> tuple[Setting, ...]:
    if node is None or node.kind != "map":
        return ()
    return tuple(
        found for key, _, value in node.entries if (found := _setting(key, value, problems)) is not None
    )


def _setting(name: str, node: Node, problems: Problems) -> Setting | None:
    if not read.block(node, schema.SETTING, problems, "settings"):
        return None
    title = read.label(node.get("title"), problems)
    if title is None:
        return None
    return Setting(
        name,
        title,
        read.label(node.get("help"), problems),
        read.flag(node.get("secret"), problems) or False,
        read.flag(node.get("required"), problems) or False,
        values.plain(node.get("default"), problems),
        read.listing(node.get("scopes"), read.text, problems),
        read.flag(node.get("shapes"), problems) or False,
    )


def _maturity(node: Node, problems: Problems) -> Maturity:
    level = read.word(node.get("maturity"), ("verified", "documented"), problems)
    proof = node.get("verified")
    if level != "verified":
        return Maturity("documented")
    if proof is None:
        problems.add("missing-key", node, given="verified", where="connector")
        return Maturity("documented")
    read.block(proof, schema.VERIFIED, problems, "verified")
    return Maturity(
        "verified", read.listing(proof.get("versions"), read.text, problems), _day(proof.get("day"), problems)
    )


def _day(node: Node | None, problems: Problems) -> date | None:
    if node is None:
        return None
    try:
        return date.fromisoformat(node.raw)
    except ValueError:
        problems.add("not-a-day", node, given=node.raw)
        return None


def _check_whole(descriptor: Descriptor, node: Node, problems: Problems) -> None:
    """What no single block can tell: verbs described or refused, secrets declared and in headers."""
    can = {*descriptor.targets, *(("note",) if descriptor.note else ())}
    writes = node.get("write") or node
    for verb in VERBS:
        if verb not in can and verb not in descriptor.cannot:
            problems.add("verb-missing", writes, given=verb)
    if descriptor.write.update is None and _needs_update(descriptor):
        problems.add("missing-key", writes.key_at or writes.place, given="update", where="write")
    _check_changed(descriptor, node, problems)
    about.check(descriptor, node, problems)
    _check_lists(descriptor, node, problems)
    if not descriptor.receive.checks and "webhook" not in descriptor.cannot:
        problems.add("no-verify", node.get("receive") or node)
    for check in descriptor.receive.checks:
        known = descriptor.plain_settings if isinstance(check, Address) else descriptor.secrets
        given = check.setting if isinstance(check, Address) else check.secret
        if given not in known:
            at = node.get("receive") or node
            code = "unknown-setting" if isinstance(check, Address) else "secret-not-declared"
            problems.add(code, at, given=given, product=descriptor.title, choices=known)
    steps = ("item", "headers", "setting", "id", *(step.name for step in descriptor.reads))
    for where in ("ticket", "messages"):
        _check_steps(node.get(where), steps, problems)
    for block in (writes, node.get("read"), node.get("changed")):
        _check_secrets(block, problems)
    _check_id_parts(node, part_names(descriptor.receive.ids.pattern), problems)


def _needs_update(descriptor: Descriptor) -> bool:
    note = descriptor.note
    in_body = any(shape.write is not None for shape in descriptor.targets.values())
    return in_body or descriptor.write.marker is not None or (note is not None and note.is_in_update)


def _check_changed(descriptor: Descriptor, node: Node, problems: Problems) -> None:
    """What changed since can be asked, or a sentence says that it cannot."""
    listed, block = descriptor.changed, node.get("changed")
    if block is None and "changed" not in descriptor.cannot:
        problems.add("verb-missing", node, given="changed")
    if listed is None or block is None:
        return
    if listed.row is not None and listed.row not in {step.name for step in descriptor.reads}:
        choices = tuple(step.name for step in descriptor.reads)
        problems.add("unknown-step", block.get("row") or block, given=listed.row, choices=choices)
    is_filtered = listed.since is not None and listed.order is None
    if listed.at is None and not listed.is_whole and not is_filtered:
        problems.add("missing-key", block, given="at", where="changed")
    _check_items(block, _ITEM_KEYS, problems)


def _check_lists(descriptor: Descriptor, node: Node, problems: Problems) -> None:
    """A target's list is described; an entry's values stand in the entry."""
    for name, shape in descriptor.targets.items():
        if shape.list is not None and shape.list not in descriptor.lists:
            written = _at(node, "write", "targets", name, "list")
            problems.add("unknown-list", written, given=shape.list, choices=tuple(descriptor.lists))
    for kind, listed in descriptor.lists.items():
        block, steps = _at(node, "lists", kind), ("list", *(step.name for step in listed.more))
        known = ("item", *steps) if listed.more else ("item",)
        _check_items(block, ("id", "name", "type", "choices"), problems, known)
        if listed.more:
            _check_items(block, ("items",), problems, steps)
        more = block.get("more")
        for at, step in enumerate(more.items if more is not None else ()):
            _check_items(step, ("each",), problems, steps[: at + 1])


def _at(node: Node, *keys: str) -> Node:
    """What stands under these keys; as deep as they go."""
    for key in keys:
        node = node.get(key) or node
    return node


def _check_items(
    block: Node, keys: tuple[str, ...], problems: Problems, begins: tuple[str, ...] = ("item",)
) -> None:
    """Paths under these keys begin with one of ``begins``, or with a choice among what is known."""
    for key in keys:
        for written in _paths(block.get(key)):
            first = re.match(r"\[[^\]]*\]\.([\w-]+)|([\w-]*)", written.raw)
            given = next(filter(None, first.groups()), "") if first else ""
            if given not in begins:
                problems.add("unknown-step", written, given=given, choices=begins)


def _paths(node: Node | None) -> Iterator[Node]:
    """The paths of a value: written alone, in a list, or under ``path``."""
    if node is None:
        return
    if node.kind == "map":
        yield from _paths(node.get("path"))
        yield from _paths(node.get("otherwise"))
    elif node.kind == "list":
        yield from node.items
    else:
        yield node


def _check_steps(block: Node | None, steps: tuple[str, ...], problems: Problems) -> None:
    """Paths into answers begin with the name of a read step."""
    for node in block.walk() if block is not None else ():
        for key, _, value in node.entries:
            if (
                key not in ("path", "items", "notes", "among", *_PATH_KEYS, *_MESSAGE_KEYS)
                or value.kind != "text"
            ):
                continue
            first = re.match(r"[\w-]+", value.raw)
            if first and first.group() not in steps:
                problems.add("unknown-step", value, given=first.group(), choices=steps[4:])


def _check_secrets(block: Node | None, problems: Problems) -> None:
    for node in block.walk() if block is not None else ():
        if node.kind == "text" and "${secret." in node.raw:
            problems.add("secret-in-body", node)


_PART = re.compile(r"\$\{part\.(\w*)\}")


def _check_id_parts(whole: Node, known: tuple[str, ...], problems: Problems) -> None:
    """Parts of an id that requests speak of are parts of the pattern."""
    for name, _, block in whole.entries:
        for node in block.walk() if name != "samples" else ():
            for part in _PART.findall(node.raw):
                if part not in known:
                    problems.add("unknown-id-part", node, given=part, choices=known or ("–",))
