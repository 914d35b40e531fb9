"""The connectors of a folder: each file is read when one of its connectors is first asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from pathlib import Path

from plugin.core.place import Place
from plugin.desk import describe
from plugin.desk.descriptor import Descriptor
from plugin.desk.opening import product
from plugin.documents.desks import Desk, Product
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

    def shaped(self, name: str, given: Mapping[str, str], at: Callable[[str], Place]) -> Descriptor:
        """The connector as a desk's settings shape it; ``at`` tells where each is given.

        Raises ``DocumentsInvalid`` where they make no sense of it.
        """
        found = self[name]
        if not any(each.shapes and each.name in given for each in found.settings):
            return found
        return describe.load(self._folder, name, given, at)

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


def shaped(connectors: Connectors, desk: Desk) -> Descriptor:
    """The connector of a desk as its settings shape it; raises ``DocumentsInvalid``."""
    return connectors.shaped(desk.connector, desk.settings, lambda setting: desk.at(f"settings.{setting}"))


class _Products(Mapping[str, Product]):
    def __init__(self, connectors: Connectors) -> None:
        self._connectors = connectors
        self._made: dict[str, Product] = {}

    def __getitem__(self, name: str) -> Product:
        if name not in self._made:
            whole = product(self._connectors[name])
            self._made[name] = replace(whole, shaped_by=self._problems, shaped_for=self._shaped)
        return self._made[name]

    def _shaped(self, desk: Desk) -> Product:
        try:
            return product(shaped(self._connectors, desk))
        except DocumentsInvalid:
            return self[desk.connector]

    def _problems(self, desk: Desk) -> tuple[Problem, ...]:
        try:
            shaped(self._connectors, desk)
        except DocumentsInvalid as invalid:
            here = tuple(each for each in invalid.problems if each.place.file == desk.at("settings").file)
            return here or tuple(replace(p, place=desk.at("settings"), width=0) for p in invalid.problems)
        return ()

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
