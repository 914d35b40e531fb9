"""The ``read:``, ``ticket:``, ``messages:`` and ``write:`` blocks of a connector file."""

from __future__ import annotations

from plugin.desk.api_shape import LIST_KINDS, ReadStep, WriteStep
from plugin.desk.describe import changes, schema, values
from plugin.desk.describe.value_keys import STEP
from plugin.desk.descriptor import (
    NOTE_FORMATS,
    TARGETS,
    Ensure,
    Listed,
    MarkerShape,
    Messages,
    NoteShape,
    Opening,
    TargetShape,
    TicketShape,
    Write,
)
from plugin.documents import reader as read
from plugin.documents.problems import Problems
from plugin.documents.source import Node


def read_step(node: Node, problems: Problems) -> ReadStep | None:
    """One named request of reading a ticket."""
    name = read.identifier(node.get("name"), problems)
    request = values.request(node, problems, "read", schema.READ)
    if name is None or request is None:
        return None
    return ReadStep(
        name,
        request,
        values.reader(node.get("each"), problems),
        read.whole(node.get("most"), problems, lo=1) or 200,
        read.whole(node.get("most_bytes"), problems, lo=1024),
        read.flag(node.get("unchanging"), problems) or False,
        changes.paging(node.get("paging"), problems),
        not read.flag(node.get("messages_only"), problems),
        values.test(node.get("none"), problems),
    )


def ticket(node: Node | None, problems: Problems) -> TicketShape | None:
    """Where the ticket stands in the answers."""
    if node is None or not read.block(node, schema.TICKET, problems, "ticket"):
        return None
    title, state = values.reader(node.get("title"), problems), values.reader(node.get("state"), problems)
    if title is None or state is None:
        return None
    return TicketShape(
        title,
        state,
        id=values.reader(node.get("id"), problems),
        merged_into=values.reader(node.get("merged_into"), problems),
        created_at=values.reader(node.get("created_at"), problems),
        changed_at=values.reader(node.get("changed_at"), problems),
        owner=values.reader(node.get("owner"), problems),
        field=values.reader(node.get("field"), problems),
        persons=_words(node.get("persons"), problems),
        stamp=values.reader(node.get("stamp"), problems),
        attachments=values.reader(node.get("attachments"), problems),
        closed=_words(node.get("closed"), problems),
        closed_when=values.tests(node.get("closed_when"), problems),
        paused=_words(node.get("paused"), problems),
        gone=_words(node.get("gone"), problems),
    )


def _words(node: Node | None, problems: Problems) -> frozenset[str]:
    return frozenset(read.listing(node, values.plain, problems))


def messages(node: Node | None, problems: Problems) -> Messages | None:
    """Where the messages stand, and whose words they are."""
    if node is None or not read.block(node, schema.MESSAGES, problems, "messages"):
        return None
    items = values.path(node.get("items"), problems)
    ids, at, text = (values.reader(node.get(key), problems) for key in ("id", "at", "text"))
    if items is None or ids is None or at is None or text is None:
        return None
    return Messages(
        items,
        ids,
        at,
        text,
        author=values.reader(node.get("author"), problems),
        opening=_opening(node.get("opening"), problems),
        only=values.tests(node.get("only"), problems),
        outside=values.tests(node.get("outside"), problems),
        private=values.tests(node.get("private"), problems),
        attachments=values.reader(node.get("attachments"), problems),
        notes=values.path(node.get("notes"), problems),
    )


def _opening(node: Node | None, problems: Problems) -> Opening | None:
    if node is None or not read.block(node, schema.OPENING, problems, "opening"):
        return None
    text, at = values.reader(node.get("text"), problems), values.reader(node.get("at"), problems)
    if text is None or at is None:
        return None
    return Opening(text, at, read.flag(node.get("repeated"), problems) or False)


def write(node: Node | None, problems: Problems) -> Write | None:
    """How the wanted state is written."""
    if node is None or not read.block(node, schema.WRITE, problems, "write"):
        return None
    written = node.get("update")
    update = values.request(written, problems, "update")
    verify = read.word(node.get("verify"), ("answer", "read", "status"), problems)
    if (written is not None and update is None) or verify is None:
        return None
    return Write(
        update,
        verify,  # type: ignore[arg-type]
        read.text(node.get("answer_is"), problems),
        _marker(node.get("marker"), problems),
        values.tree(node.get("stamped")),
    )


def _marker(node: Node | None, problems: Problems) -> MarkerShape | None:
    if node is None or not read.block(node, schema.MARKER, problems, "marker"):
        return None
    where = values.reader(node.get("read"), problems)
    setting = read.text(node.get("setting"), problems)
    if where is None or setting is None:
        return None
    return MarkerShape(setting, where, values.tree(node.get("write")))


def targets(node: Node | None, problems: Problems) -> dict[str, TargetShape]:
    """The values that can be written."""
    if node is None or node.kind != "map":
        return {}
    for key, place, _ in node.entries:
        if key not in TARGETS:
            problems.add("unknown-key", place, given=key, where="targets", choices=TARGETS)
    return read.mapping(node, _target, problems, "targets")


def _target(node: Node, problems: Problems) -> TargetShape | None:
    if not read.block(node, schema.TARGET, problems, "targets"):
        return None
    where = values.reader(node.get("read"), problems)
    if where is None:
        return None
    tree = values.tree(node.get("write"))
    steps = read.listing(node.get("steps"), write_step, problems)
    if tree is None and not steps:
        problems.add("missing-key", node, given="write", where="targets")
    field = read.text(node.get("field"), problems)
    in_paths = any("field" in path.variables for path in where.paths)
    return TargetShape(
        where,
        tree,
        field,
        needs_field=field is None and (in_paths or values.uses(tree, "field")),
        join=values.separator(node.get("join")),
        form=read.text(node.get("form"), problems),
        alone=read.flag(node.get("alone"), problems) or False,
        ensure=_ensure(node.get("ensure"), problems),
        steps=steps,
        list=read.word(node.get("list"), LIST_KINDS, problems),  # type: ignore[arg-type]
    )


def write_step(node: Node, problems: Problems) -> WriteStep | None:
    """One request that may stand on the answer of one before it."""
    request = values.request(node, problems, "steps", STEP)
    if request is None:
        return None
    return WriteStep(
        request,
        read.identifier(node.get("name"), problems),
        values.reader(node.get("each"), problems),
        values.tests(node.get("when"), problems),
        values.tests(node.get("unless"), problems),
        read.flag(node.get("required"), problems) or False,
        read.flag(node.get("first"), problems) or False,
    )


def _ensure(node: Node | None, problems: Problems) -> Ensure | None:
    if node is None or not read.block(node, schema.ENSURE, problems, "ensure"):
        return None
    existing = values.request(node.get("existing"), problems, "existing")
    create = values.request(node.get("create"), problems, "create")
    found = values.reader(node.get("names"), problems)
    return Ensure(existing, found, create) if existing and create and found else None


def note(node: Node | None, problems: Problems) -> NoteShape | None:
    """Notes that only staff can see."""
    if node is None or not read.block(node, schema.NOTE, problems, "note"):
        return None
    format_ = read.word(node.get("format"), NOTE_FORMATS, problems) or "plain"
    return NoteShape(
        values.request(node.get("request"), problems, "note"),
        values.tree(node.get("merge")),
        read.listing(node.get("steps"), write_step, problems),
        format_,  # type: ignore[arg-type]
        tuple(values.texts(node.get("breaks"), problems, "breaks").items()),
        read.whole(node.get("most"), problems, lo=200) or 10_000,
        _words(node.get("not_in_states"), problems),
    )


def priorities(node: Node | None, problems: Problems) -> tuple[str, ...]:
    """The product's priorities, lowest first: a list of words, or a range of whole numbers."""
    if node is None or node.kind != "map":
        return read.listing(node, values.plain, problems)
    if node.get("listed"):
        return ()
    if not read.block(node, schema.PRIORITY_RANGE, problems, "priorities"):
        return ()
    lo, hi = read.whole(node.get("from"), problems), read.whole(node.get("to"), problems)
    if lo is None or hi is None:
        return ()
    step = 1 if hi >= lo else -1
    return tuple(str(n) for n in range(lo, hi + step, step))


def priorities_listed(node: Node | None, problems: Problems) -> Listed | None:
    """The order in which the product lists priorities that every helpdesk has of its own."""
    if node is None or node.kind != "map" or not node.get("listed"):
        return None
    if not read.block(node, schema.PRIORITIES_LISTED, problems, "priorities"):
        return None
    return read.word(node.get("listed"), ("rising", "falling"), problems)  # type: ignore[return-value]
