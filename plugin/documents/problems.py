"""Problems: what an admin must fix, as values. Words stand in ``wording``, looks in ``render``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple, Protocol

from plugin.core.place import Place


class Placed(Protocol):
    """Something in a file that a problem can point at: a ``source.Node``."""

    @property
    def place(self) -> Place:
        """Where it begins."""
        ...

    @property
    def width(self) -> int:
        """Characters to underline; 0: the word that stands there."""
        ...


Severity = Literal["error", "warning"]
Slot = str | int | float | tuple[str, ...]


class Spot(NamedTuple):
    """A place and how many characters of its line are meant."""

    place: Place
    width: int


MOST_PER_FILE = 200
"""A file with more problems than this is broken in one way many times; the rest is only counted."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake at one place.

    ``code`` is a slug that never changes its meaning and has a row in ``wording.TEXTS``.
    ``slots`` fill that row's texts; ``given`` and ``choices`` together offer the nearest name.
    An *error* keeps the documents from becoming active, a *warning* does not.
    """

    place: Place
    code: str
    slots: Mapping[str, Slot] = field(default_factory=dict)
    severity: Severity = "error"
    width: int = 0
    """Characters underlined in the source line; 0: the word that stands at the place."""

    def at_same_place(self) -> tuple[Place, str, str]:
        """What makes two reports one mistake: the same thing said of the same value."""
        return self.place, self.code, str(self.slots.get("given", ""))


class Problems:
    """Collects problems of all files; iterating gives them sorted by place, each once."""

    def __init__(self) -> None:
        self._found: dict[tuple[Place, str, str], Problem] = {}
        self._per_file: dict[str, int] = {}

    def add(self, code: str, at: Placed | Place, /, **slots: Slot) -> None:
        """Report an error at a node (its value is underlined) or a place (the word there is)."""
        self._keep(_problem(code, at, slots, "error"))

    def warn(self, code: str, at: Placed | Place, /, **slots: Slot) -> None:
        """Report something that works but is surely not meant."""
        self._keep(_problem(code, at, slots, "warning"))

    def extend(self, problems: Iterable[Problem]) -> None:
        """Take over problems found elsewhere."""
        for problem in problems:
            self._keep(problem)

    def _keep(self, problem: Problem) -> None:
        key = problem.at_same_place()
        count = self._per_file.get(problem.place.file, 0)
        if key in self._found or count >= MOST_PER_FILE:
            return
        self._per_file[problem.place.file] = count + 1
        self._found[key] = problem

    @property
    def errors(self) -> int:
        """How many problems are not just warnings."""
        return sum(1 for problem in self._found.values() if problem.severity == "error")

    @property
    def has_errors(self) -> bool:
        """True when at least one problem is not just a warning."""
        return any(p.severity == "error" for p in self._found.values())

    def __iter__(self) -> Iterator[Problem]:
        return iter(sorted(self._found.values(), key=lambda p: (p.place, p.code, str(p.slots))))

    def __len__(self) -> int:
        return len(self._found)


def _problem(code: str, at: Placed | Place, slots: Mapping[str, Slot], severity: Severity) -> Problem:
    if isinstance(at, Place):
        return Problem(at, code, slots, severity)
    return Problem(at.place, code, slots, severity, at.width)
