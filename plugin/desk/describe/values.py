"""Small parts of a connector file: paths, readers, data trees, requests, sources of a value, tests."""

from __future__ import annotations

from typing import cast

import re2

from plugin.desk.api_shape import Request, ValueSource
from plugin.desk.describe import value_keys
from plugin.desk.paths import Path, PathError, parse
from plugin.desk.template import Tree, names
from plugin.desk.transforms import Kind, Reader, Test
from plugin.documents import reader as read
from plugin.documents.problems import Problems
from plugin.documents.source import Node

METHODS = ("get", "post", "put", "patch", "delete")
HARMLESS = ("options", "head")
"""Methods of looks and lists only."""


def path(node: Node | None, problems: Problems) -> Path | None:
    """A path into JSON, or None after adding a problem."""
    written = read.text(node, problems)
    if node is None or written is None:
        return None
    try:
        return parse(written)
    except PathError as error:
        problems.add("bad-path", node, given=written, column=error.at + 1)
        return None


def paths(node: Node | None, problems: Problems) -> tuple[Path, ...]:
    """One path or several, tried in order."""
    return read.listing(node, path, problems, or_one=True)


def pattern(node: Node | None, problems: Problems) -> str | None:
    """A pattern of the RE2 kind, which cannot be made to run for ever."""
    written = read.text(node, problems)
    if node is None or written is None:
        return None
    try:
        re2.compile(written)
    except re2.error as error:
        problems.add("bad-pattern", node, given=written, why=str(error))
        return None
    return written


def reader(node: Node | None, problems: Problems) -> Reader | None:
    """A path alone, or a block that also says what the value means."""
    if node is None:
        return None
    if node.kind != "map":
        found = paths(node, problems)
        return Reader(found) if found else None
    if not read.block(node, value_keys.READER, problems, "value"):
        return None
    kind = read.word(node.get("type"), value_keys.KINDS, problems) or "text"
    if node.get("path") is None and node.get("template") is None:
        problems.add("missing-key", node, given="path", where="value")
    return Reader(
        paths=paths(node.get("path"), problems),
        template=read.text(node.get("template"), problems),
        kind=cast(Kind, kind),
        form=read.text(node.get("form"), problems) or "iso",
        zone=read.text(node.get("zone"), problems) or "UTC",
        unset=frozenset(read.listing(node.get("unset"), plain, problems, or_one=True)),
        split=separator(node.get("split")),
        base64=read.flag(node.get("base64"), problems) or False,
        entities=read.flag(node.get("entities"), problems) or False,
        html=read.flag(node.get("html"), problems) or False,
        html_when=test(node.get("html_when"), problems),
        lower=read.flag(node.get("lower"), problems) or False,
        prefix=read.text(node.get("prefix"), problems),
        pattern=pattern(node.get("pattern"), problems),
        words=read.mapping(node.get("words"), read.text, problems, "words"),
        default=plain(node.get("default"), problems),
        otherwise=reader(node.get("otherwise"), problems),
    )


def plain(node: Node | None, problems: Problems) -> str | None:
    """Any scalar as it is written; empty is allowed."""
    if node is None:
        return None
    if node.kind in ("map", "list"):
        return read.text(node, problems)
    return node.raw


def separator(node: Node | None) -> str | None:
    """What stands between the items of a list in one text; a space is a separator too."""
    return None if node is None else node.raw or None


def tree(node: Node | None) -> Tree:
    """A data tree with ``${…}`` in its texts."""
    if node is None:
        return None
    if node.kind == "map":
        return {key: tree(value) for key, _, value in node.entries}
    if node.kind == "list":
        return [tree(item) for item in node.items]
    return node.raw if node.quoted else node.value


def texts(node: Node | None, problems: Problems, where: str) -> dict[str, str]:
    """A map of texts, such as headers or a query."""
    return read.mapping(node, plain, problems, where)


def request(
    node: Node | None, problems: Problems, where: str, known: read.Keys = value_keys.REQUEST
) -> Request | None:
    """One request: exactly one of ``get``, ``post``, ``put``, ``patch``, ``delete`` names its path."""
    if node is None or not read.block(node, known, problems, where):
        return None
    possible = tuple(name for name in (*METHODS, *HARMLESS) if name in known)
    methods = [name for name in possible if node.get(name) is not None]
    if len(methods) != 1:
        problems.add("one-method", node, choices=possible)
        return None
    quoting = read.word(node.get("quoting"), value_keys.QUOTINGS, problems)
    written = read.text(node.get(methods[0]), problems) or ""
    if not written.startswith("/"):
        problems.add("path-not-absolute", node.get(methods[0]) or node, given=written)
    return Request(
        method=methods[0].upper(),
        path=written,
        query=texts(node.get("query"), problems, "query"),
        headers=texts(node.get("headers"), problems, "headers"),
        body=tree(node.get("body")),
        form=read.text(node.get("form"), problems),
        encoding=read.word(node.get("encoding"), ("json", "form"), problems) or "json",  # type: ignore[arg-type]
        if_match=read.flag(node.get("if_match"), problems) or False,
        plain=read.flag(node.get("plain"), problems) or False,
        quoting=quoting,  # type: ignore[arg-type]
    )


def value_source(node: Node | None, problems: Problems) -> ValueSource | None:
    """A place in the body (a path alone), or a block: header, path with its meaning, template, or source."""
    if node is None:
        return None
    if node.kind != "map":
        found = reader(node, problems)
        return None if found is None else ValueSource(reader=found)
    if node.get("header") is not None:
        return ValueSource(header=read.text(node.get("header"), problems))
    if node.get("template") is not None:
        return ValueSource(template=read.text(node.get("template"), problems))
    if node.get("source") is not None:
        return ValueSource(source=True)
    found = reader(node, problems)
    return None if found is None else ValueSource(reader=found)


def test(node: Node | None, problems: Problems) -> Test | None:
    """One question about a value: ``is``, ``is_not``, ``filled``, ``empty`` or ``among``."""
    if node is None or not read.block(node, value_keys.TEST, problems, "test"):
        return None
    where = path(node.get("path"), problems)
    if where is None:
        return None
    return Test(
        path=where,
        wanted=frozenset(read.listing(node.get("is"), plain, problems, or_one=True)),
        unwanted=frozenset(read.listing(node.get("is_not"), plain, problems, or_one=True)),
        filled=read.flag(node.get("filled"), problems) or False,
        empty=read.flag(node.get("empty"), problems) or False,
        among=path(node.get("among"), problems),
    )


def tests(node: Node | None, problems: Problems) -> tuple[Test, ...]:
    """Several questions; one that holds is enough."""
    return read.listing(node, test, problems, or_one=True)


def uses(tree_: Tree, name: str) -> bool:
    """True when a tree needs this variable."""
    return name in names(tree_)
