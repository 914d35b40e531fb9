"""From a mappings folder to one checked set of documents, or all problems of all files at once.

Nothing is half-loaded: one error anywhere and there is no set. ``LastGood`` keeps the set that runs
and knows why a newer one does not.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from plugin.core.plan import Plan
from plugin.core.roster import Roster
from plugin.core.rules import RuleSet
from plugin.documents.calendars import CalendarFile, build_calendar_file
from plugin.documents.checks import check, check_thoroughly
from plugin.documents.desks import Desk, Product, build_desk
from plugin.documents.document_set import DocumentSet
from plugin.documents.folder import EXAMPLE, KINDS, PARTS, Folder, read_folder
from plugin.documents.plans import build_plan
from plugin.documents.problems import Problem, Problems
from plugin.documents.rosters import build_roster
from plugin.documents.rules import build_rules
from plugin.documents.source import Source, collector_paused
from plugin.errors import DocumentsInvalid

__all__ = ["DocumentSet", "LastGood", "Loaded", "load", "load_folder", "load_with"]


class Loaded(NamedTuple):
    """What a folder holds: the set (None where there is an error), all problems, the texts to show them."""

    documents: DocumentSet | None
    problems: tuple[Problem, ...]
    sources: Mapping[str, Source]
    digest: str
    """The version that was looked at, good or not."""

    def counts(self) -> dict[str, str]:
        """How many documents of each kind there are, in words for a summary line."""
        kinds = {name.split("/")[0] for name in self.sources}
        numbers = {
            kind: sum(_is_document(name, kind) for name in self.sources) for kind in KINDS if kind in kinds
        }
        words = ((COUNTED[kind], count) for kind, count in numbers.items())
        said = [
            (f"{count} {en if count != 1 else en1}", f"{zh} {count} 个") for (en1, en, zh), count in words
        ]
        return {
            "counts_en": ", ".join(en for en, _ in said) or "no documents",
            "counts_zh": "，".join(zh for _, zh in said) or "没有文档",
        }


COUNTED = {
    "plans": ("plan", "plans", "预案"),
    "rules": ("rules file", "rules files", "规则文件"),
    "desks": ("desk", "desks", "接入配置"),
    "calendars": ("calendar", "calendars", "日历"),
    "rosters": ("roster", "rosters", "值班表"),
}


def _is_document(name: str, kind: str) -> bool:
    return name.startswith(f"{kind}/") and not name.startswith(f"{kind}/{PARTS}/")


def load(folder: Path, connectors: Mapping[str, Product]) -> tuple[DocumentSet | None, list[Problem]]:
    """The folder's documents, or None; and what is wrong with them, sorted by place."""
    loaded = load_folder(folder, connectors)
    return loaded.documents, list(loaded.problems)


def load_folder(folder: Path, connectors: Mapping[str, Product], *, thorough: bool = False) -> Loaded:
    """As ``load``, with the files' texts. ``connectors``: every product a desk may name.

    ``thorough`` also looks for rules that can never decide: for a person who checks, not for a start.
    """
    problems = Problems()
    with collector_paused():
        documents, sources, digest = _read(folder, connectors, problems)
        if thorough and not problems.has_errors:
            check_thoroughly(documents, problems)
    return Loaded(None if problems.has_errors else documents, tuple(problems), sources, digest)


def load_with(folder: Path, file: Path, text: str, connectors: Mapping[str, Product]) -> Loaded:
    """As ``load_folder`` with this text in a file of the folder; nothing of it is changed."""
    with tempfile.TemporaryDirectory() as beside:
        copy = Path(beside) / folder.name
        shutil.copytree(folder, copy)
        changed = copy / file.relative_to(folder)
        changed.parent.mkdir(exist_ok=True)
        changed.write_text(text, "utf-8", newline="")
        return load_folder(copy, connectors)


def _read(
    folder: Path, connectors: Mapping[str, Product], problems: Problems
) -> tuple[DocumentSet, Mapping[str, Source], str]:
    """The nodes live no longer than this call, so that the garbage collector never looks at them."""
    found = read_folder(folder, problems)
    return _built(found, connectors, problems), found.sources, found.digest


def _built(found: Folder, connectors: Mapping[str, Product], problems: Problems) -> DocumentSet:
    nodes, parts = found.nodes, found.parts
    plans: dict[str, Plan] = {}
    rules: dict[str, RuleSet] = {}
    desks: dict[str, Desk] = {}
    for name, node in nodes["plans"].items():
        plan = build_plan(name, node, parts["plans"], problems)
        plans |= {name: plan} if plan else {}
    for name, node in nodes["rules"].items():
        rule_set = build_rules(name, node, parts["rules"], problems)
        rules |= {name: rule_set} if rule_set else {}
    for name, node in nodes["desks"].items():
        desk = build_desk(name, node, problems)
        desks |= {name: desk} if desk else {}
    calendars: dict[str, CalendarFile] = {}
    for name, node in nodes["calendars"].items():
        calendar = build_calendar_file(name, node, problems)
        calendars |= {name: calendar} if calendar else {}
    rosters: dict[str, Roster] = {}
    for name, node in nodes["rosters"].items():
        roster = build_roster(name, node, problems)
        rosters |= {name: roster} if roster else {}
    everything = DocumentSet(found.digest, plans, rules, desks, calendars, rosters, connectors)
    check(everything, found, problems)
    running = {name: desk for name, desk in desks.items() if not name.startswith(EXAMPLE)}
    return DocumentSet(found.digest, plans, rules, running, calendars, rosters, connectors)


class LastGood:
    """The set that runs. A newer one takes its place only when it has no error.

    ``running`` is the digest of what runs; ``refused`` that of a newer folder that does not, and
    ``problems`` say why. Reading ``documents`` is safe in any thread: it is replaced in one step.
    """

    def __init__(self, folder: Path, connectors: Mapping[str, Product]) -> None:
        """Load for the first time; raises ``DocumentsInvalid`` where there is nothing good to keep."""
        loaded = load_folder(folder, connectors)
        if loaded.documents is None:
            raise DocumentsInvalid(loaded.problems)
        self._folder = folder
        self._connectors = connectors
        self.documents = loaded.documents
        self.problems = loaded.problems
        self.sources = loaded.sources
        self.refused: str | None = None

    @property
    def running(self) -> str:
        """The version that runs."""
        return self.documents.digest

    def reload(self) -> bool:
        """Read the folder again; True when what is there runs now, False when the last good set goes on."""
        loaded = load_folder(self._folder, self._connectors)
        self.problems, self.sources = loaded.problems, loaded.sources
        if loaded.documents is None:
            self.refused = loaded.digest
            return False
        self.refused = None
        if loaded.documents.digest != self.documents.digest:
            self.documents = loaded.documents
        return True
