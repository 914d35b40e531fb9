"""The ``changed:`` and ``lists:`` blocks of a connector file, and the pages of every list."""

from __future__ import annotations

from typing import cast

from plugin.desk.api_shape import (
    LIST_KINDS,
    MOST_BYTES,
    ChangedShape,
    ListKind,
    ListShape,
    ListStep,
    Paging,
    PagingKind,
    Since,
)
from plugin.desk.describe import list_keys, values
from plugin.documents import reader as read
from plugin.documents.problems import Problems
from plugin.documents.source import Node


def paging(node: Node | None, problems: Problems) -> Paging | None:
    """How a list is asked for page after page."""
    if node is None or not read.block(node, list_keys.PAGING, problems, "paging"):
        return None
    kind = read.word(node.get("kind"), list_keys.PAGING_KINDS, problems) or "page"
    following = values.value_source(node.get("next"), problems)
    if kind == "cursor" and following is None:
        problems.add("missing-key", node, given="next", where="paging")
    first = read.whole(node.get("first"), problems, lo=0)
    return Paging(
        read.text(node.get("parameter"), problems) or "page",
        values.path(node.get("items"), problems),
        read.whole(node.get("size"), problems, lo=1) or 100,
        1 if first is None else first,
        read.whole(node.get("most"), problems, lo=1) or 20,
        cast(PagingKind, kind),
        following,
        read.flag(node.get("link"), problems) or False,
        values.test(node.get("last"), problems),
        values.test(node.get("none"), problems),
    )


def changed(node: Node | None, problems: Problems) -> ChangedShape | None:
    """The list of tickets changed since an instant."""
    if node is None:
        return None
    request = values.request(node, problems, "changed", list_keys.CHANGED)
    pages = paging(node.get("paging"), problems)
    ids = values.reader(node.get("id"), problems)
    if request is None or pages is None or ids is None:
        return None
    order = read.word(node.get("order"), list_keys.ORDERS, problems)
    usual = ChangedShape(request, pages, ids)
    return ChangedShape(
        request,
        pages,
        ids,
        only=values.tests(node.get("only"), problems),
        since=_since(node.get("since"), problems),
        at=values.reader(node.get("at"), problems),
        created_at=values.reader(node.get("created_at"), problems),
        by=values.reader(node.get("by"), problems),
        state=values.reader(node.get("state"), problems),
        row=read.text(node.get("row"), problems),
        order=order,  # type: ignore[arg-type]
        is_whole=read.flag(node.get("whole"), problems) or False,
        lag=read.duration(node.get("lag"), problems) or 0,
        overlap=read.duration(node.get("overlap"), problems) or usual.overlap,
        every=read.duration(node.get("every"), problems) or usual.every,
        poll_every=read.duration(node.get("poll_every"), problems) or usual.poll_every,
        most_bytes=read.whole(node.get("most_bytes"), problems, lo=1024) or MOST_BYTES,
    )


def _since(node: Node | None, problems: Problems) -> Since | None:
    if node is None or not read.block(node, list_keys.SINCE, problems, "since"):
        return None
    return Since(
        read.text(node.get("form"), problems) or "iso",
        read.text(node.get("zone"), problems) or "UTC",
        read.duration(node.get("grain"), problems) or 1,
        read.text(node.get("ago"), problems),
    )


def lists(node: Node | None, problems: Problems) -> dict[ListKind, ListShape]:
    """What the product lists for those who write a desk file."""
    if node is None or not read.block(node, list_keys.LISTS, problems, "lists"):
        return {}
    found = {kind: _list(node.get(kind), problems) for kind in LIST_KINDS}
    return {kind: shape for kind, shape in found.items() if shape is not None}


def _list(node: Node | None, problems: Problems) -> ListShape | None:
    if node is None:
        return None
    request = values.request(node, problems, "lists", list_keys.LIST)
    ids, name = values.reader(node.get("id"), problems), values.reader(node.get("name"), problems)
    if request is None or ids is None or name is None:
        return None
    return ListShape(
        request,
        ids,
        name,
        items=values.paths(node.get("items"), problems),
        keyed=read.flag(node.get("keyed"), problems) or False,
        more=read.listing(node.get("more"), _list_step, problems),
        only=values.tests(node.get("only"), problems),
        type=values.reader(node.get("type"), problems),
        choices=values.reader(node.get("choices"), problems),
        paging=paging(node.get("paging"), problems),
        select=read.text(node.get("select"), problems),
        by=read.word(node.get("by"), ("id", "name"), problems) or "id",  # type: ignore[arg-type]
    )


def _list_step(node: Node, problems: Problems) -> ListStep | None:
    name = read.identifier(node.get("name"), problems)
    request = values.request(node, problems, "more", list_keys.MORE)
    each = values.reader(node.get("each"), problems)
    if name is None or request is None:
        return None
    most = read.whole(node.get("most"), problems, lo=1) or ListStep(name, request, each).most
    return ListStep(name, request, each, most, read.flag(node.get("selects"), problems) or False)
