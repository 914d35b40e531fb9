"""What desk files are checked against: every connector of a folder, in short."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from plugin.desk import describe
from plugin.desk.opening import product
from plugin.documents.desks import Product
from plugin.documents.problems import Problem
from plugin.documents.source import Source
from plugin.errors import DocumentsInvalid


class Products(NamedTuple):
    """The connectors that can be used, and the problems of those that cannot."""

    products: Mapping[str, Product]
    problems: tuple[Problem, ...]
    sources: Mapping[str, Source]


def products(folder: Path) -> Products:
    """Every connector file of the folder; a broken one is reported and still known by its name."""
    found: dict[str, Product] = {}
    problems: list[Problem] = []
    sources: dict[str, Source] = {}
    for name in describe.names(folder):
        try:
            found[name] = product(describe.load(folder, name))
        except DocumentsInvalid as invalid:
            problems += invalid.problems
            sources |= {p.place.file: _source(folder, p.place.file) for p in invalid.problems}
    return Products(found, tuple(problems), sources)


def _source(folder: Path, file: str) -> Source:
    try:
        return Source(file, (folder.parent / file).read_text("utf-8", "replace"))
    except OSError:
        return Source(file, "")
