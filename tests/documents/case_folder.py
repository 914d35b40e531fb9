"""Cases as pairs of files: what an admin wrote, and exactly what the admin sees."""

from __future__ import annotations

import shutil
from pathlib import Path

from plugin.desk.products import Connectors
from plugin.documents.load import load_folder
from plugin.documents.notices import read_notice
from plugin.documents.problems import Problems
from plugin.documents.render import as_text
from plugin.documents.rule_tests import run_tests
from plugin.documents.wording import Language

ROOT = Path(__file__).resolve().parents[2]
CASES = ROOT / "tests" / "cases"
ERR = CASES / "err"
OK = CASES / "ok"
KINDS = ("plans", "rules", "desks", "calendars", "rosters", "connectors")


def cases(folder: Path) -> list[Path]:
    """Every case: a YAML file, or a folder of mappings."""
    return sorted(path for path in folder.iterdir() if path.suffix in ("", ".yaml"))


def prepared(case: Path, into: Path) -> Path:
    """The mappings folder of a case, below ``into``. A file says its kind in its first line (``# desks``).

    Desks and plans stand among the shipped documents, which must be sound; rules stand alone.
    """
    mappings = into / "mappings"
    if case.is_dir():
        return _prepared_folder(case, into, mappings)
    raw = case.read_bytes()
    first = raw.split(b"\n", 1)[0].decode("utf-8", "replace").strip("# \r")
    kind = first if first in KINDS else "rules"
    if kind == "desks":
        shutil.copytree(ROOT / "mappings", mappings, ignore=shutil.ignore_patterns("_*"))
    target = (into if kind == "connectors" else mappings) / kind
    target.mkdir(parents=True, exist_ok=True)
    (target / case.name).write_bytes(raw)
    return mappings


def _prepared_folder(case: Path, into: Path, mappings: Path) -> Path:
    if (case / "connectors").is_dir():
        shutil.copytree(case / "connectors", into / "connectors")
    if (case / "desks").is_dir():
        shutil.copytree(ROOT / "mappings", mappings, ignore=shutil.ignore_patterns("_*"))
    shutil.copytree(case, mappings, dirs_exist_ok=True, ignore=shutil.ignore_patterns("connectors"))
    return mappings


def shown(case: Path, into: Path, language: Language) -> str:
    """What ``paidan check`` and, where that is content, ``paidan test`` say of a case."""
    mappings = prepared(case, into)
    mappings.mkdir(exist_ok=True)
    own = into / "connectors"
    found = Connectors(own if own.is_dir() else ROOT / "connectors")
    if own.is_dir():
        found.read_all()
    loaded = load_folder(mappings, found.products, thorough=True)
    of_connectors = as_text(found.problems, found.sources, language)
    text = "\n".join(filter(None, (of_connectors, as_text(loaded.problems, loaded.sources, language))))
    documents = loaded.documents
    for name in () if documents is None else (case.stem,) if case.stem in documents.rules else ():
        assert documents is not None
        report = run_tests(documents.rules[name], documents.compiled(name))
        text += as_text(report.problems, loaded.sources, language)
    return text + "".join(_notice_shown(notice, language) for notice in sorted(case.glob("notice.*")))


def _notice_shown(notice: Path, language: Language) -> str:
    """What ``paidan calendar import`` says of a notice it cannot take, for a calendar known through 2026."""
    problems = Problems()
    _, source = read_notice(notice.read_bytes(), notice.name, problems, year=None, next_year=2027)
    return as_text(problems, {source.file: source}, language)
