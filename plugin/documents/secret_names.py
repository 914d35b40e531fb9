"""Secrets as documents write them: by name, never by value."""

from __future__ import annotations

import re

from plugin.documents import reader
from plugin.documents.problems import Problems
from plugin.documents.source import Node

_SECRET = re.compile(r"env:[A-Za-z_][A-Za-z0-9_]*\Z|file:/[^\x00-\x1f]+\Z")


def is_secret_name(written: str) -> bool:
    """Whether it is the name of a secret, ``env:NAME`` or ``file:/path``."""
    return _SECRET.match(written) is not None


def secret_name(node: Node, problems: Problems, code: str = "literal-secret") -> str | None:
    """A name of a secret; what stands there instead is never repeated."""
    if node.kind in ("map", "list", "null"):
        return reader.text(node, problems)
    if is_secret_name(node.raw):
        return node.raw
    problems.add(code, node)
    return None
