"""The connectors of a folder: each file is read when one of its connectors is first asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path

from plugin.desk import describe
from plugin.desk.descriptor import Descriptor
from plugin.desk.opening import product
from plugin.documents.desks import Product
from plugin.documents.problems import Problem, Problems
from plugin.documents.source import Source
from plugin.errors import DocumentsInvalid


class Connectors(Mapping[str, Descriptor]):
    """Name → descriptor; a broken one is known by its name and raises ``DocumentsInvalid`` when asked for."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._read: dict[str, Descriptor | DocumentsInvalid] = {}

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Every connector there is."""
        return describe.names(self._folder)

    def __getitem__(self, name: str) -> Descriptor:
        if name not in self.names:
            raise KeyError(name)
        if name not in self._read:
            self._read[name] = self._load(name)
        found = self._read[name]
        if isinstance(found, DocumentsInvalid):
            raise found
        return found

    def __contains__(self, name: object) -> bool:
        return name in self.names

    def __iter__(self) -> Iterator[str]:
        return iter(self.names)

    def __len__(self) -> int:
        return len(self.names)

    def _load(self, name: str) -> Descriptor | DocumentsInvalid:
        try:
            return describe.load(self._folder, name)
        except DocumentsInvalid as invalid:
            return invalid

    def read_all(self) -> None:
        """Read every file, also those nobody asked for."""
        for name in self.names:
            if name not in self._read:
                self._read[name] = self._load(name)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What is wrong with those asked for so far, by place."""
        found = Problems()
        for each in self._read.values():
            found.extend(each.problems if isinstance(each, DocumentsInvalid) else ())
        return tuple(found)

    @property
    def sources(self) -> Mapping[str, Source]:
        """The text of every file with a problem."""
        return {file: _source(self._folder, file) for file in {each.place.file for each in self.problems}}

    @cached_property
    def products(self) -> Mapping[str, Product]:
        """What desk files are checked against."""
        return _Products(self)


class _Products(Mapping[str, Product]):
    def __init__(self, connectors: Connectors) -> None:
        self._connectors = connectors
        self._made: dict[str, Product] = {}

    def __getitem__(self, name: str) -> Product:
        if name not in self._made:
            self._made[name] = product(self._connectors[name])
        return self._made[name]

    def __contains__(self, name: object) -> bool:
        return name in self._connectors

    def __iter__(self) -> Iterator[str]:
        return iter(self._connectors)

    def __len__(self) -> int:
        return len(self._connectors)


def _source(folder: Path, file: str) -> Source:
    try:
        return Source(file, (folder.parent / file).read_text("utf-8", "replace"))
    except OSError:
        return Source(file, "")
