"""A long list, page after page: what the next request says, by the answer before it. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

from plugin.desk.api_shape import Paging
from plugin.desk.outbound import Call
from plugin.desk.paths import Every, Path, find
from plugin.desk.transforms import holds, read_one
from plugin.errors import NotFound

_NEXT = re.compile(r"<([^<>]*)>[^,<]*;\s*rel=\"?next\"?", re.IGNORECASE)
"""RFC 8288: the target of the relation ``next`` in a Link header."""


@dataclass(frozen=True, slots=True)
class Turn:
    """Which page of a list: how many came before it, and the cursor that leads to it."""

    page: int = 0
    cursor: str | None = None


def asking(request: Call, paging: Paging, turn: Turn) -> Call:
    """The request for one page: the parameter in the query, or in the body of what has one.

    One that stands in the query already is for the first page of a ``cursor``.
    """
    value = _value(paging, turn)
    if value is None:
        return request
    if isinstance(request.body, dict):
        return replace(request, body={**request.body, paging.parameter: value})
    others = (pair for pair in request.query if pair[0] != paging.parameter)
    return replace(request, query=(*others, (paging.parameter, str(value))))


def _value(paging: Paging, turn: Turn) -> int | str | None:
    start = turn.page * paging.size
    match paging.kind:
        case "page":
            return paging.first + turn.page
        case "offset":
            return start
        case "range":
            return f"{start}-{start + paging.size - 1}"
        case "cursor":
            return turn.cursor


def items(paging: Paging, document: Any) -> list[Any] | None:
    """The items of a page; None where the answer holds no list, and does not say that it is an empty one."""
    found = _container(paging, document)
    if isinstance(found, list):
        return found
    if isinstance(found, dict) and found:
        return list(found.values())
    is_none = paging.none is not None and isinstance(document, dict) and holds(paging.none, document)
    return [] if is_none and found is None else None


def _container(paging: Paging, document: Any) -> Any:
    """The list, or the map whose values are meant where the path ends in ``[*]``; None where neither is."""
    path = paging.items
    if path is None:
        return document if isinstance(document, list) else None
    if path.steps and isinstance(path.steps[-1], Every):
        return find(document, Path(path.steps[:-1], path.text))
    found = find(document, path)
    return {} if isinstance(found, dict) else found


def whole(
    paging: Paging | None,
    ask: Callable[[Turn | None], tuple[Any, Mapping[str, str]]],
    *,
    stops_at_same: bool = False,
) -> Any:
    """The first page's document, with the items of all the others added to its own.

    ``ask`` fetches one page: its document and headers (names in lower case). ``stops_at_same``: a page that
    is the same as the one before it is no further one.
    """
    first, headers = ask(None if paging is None else Turn())
    found = None if paging is None else items(paging, first)
    if paging is None or found is None:
        return first
    document, turn, before = first, following(paging, Turn(), first, headers), list(found)
    while turn is not None and turn.page < paging.most:
        try:
            document, headers = ask(turn)
        except NotFound:
            break  # the page before was full and the last
        more = items(paging, document) or []
        if stops_at_same and more == before:
            break  # it knows no pages: every one is the first
        _add(paging, first, document)
        before, turn = list(more), following(paging, turn, document, headers)
    return first


def _add(paging: Paging, first: Any, document: Any) -> None:
    """The items of a further page to those of the first."""
    there, more = _container(paging, first), _container(paging, document)
    if isinstance(there, list):
        there.extend(items(paging, document) or [])
    elif isinstance(there, dict) and isinstance(more, dict):
        there.update(more)


def following(paging: Paging, turn: Turn, document: Any, headers: Mapping[str, str]) -> Turn | None:
    """The page after this one; None where this was the last."""
    found = items(paging, document)
    if not found or (paging.last is not None and holds(paging.last, document)):
        return None
    cursor = _next(paging, document, headers)
    is_more = len(found) >= paging.size if paging.next is None else cursor is not None
    if not is_more or (paging.kind == "cursor" and cursor == turn.cursor):
        return None
    return Turn(turn.page + 1, cursor if paging.kind == "cursor" else None)


def _next(paging: Paging, document: Any, headers: Mapping[str, str]) -> str | None:
    source = paging.next
    if source is None:
        return None
    if source.header is not None:
        written = headers.get(source.header.lower())
    else:
        written = read_one(document, source.reader) if source.reader else None
    return _parameter(written or "", paging.parameter) if paging.is_link else written or None


def _parameter(written: str, name: str) -> str | None:
    """The parameter of an address, or of the ``next`` one of a Link header."""
    if "<" in written:
        found = _NEXT.search(written)
        written = found.group(1) if found else ""
    try:
        values = parse_qs(urlsplit(written).query, max_num_fields=50).get(name)
    except ValueError:
        return None
    return values[0] if values else None
