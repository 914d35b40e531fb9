"""Spoilt files: whatever happens to a shipped file, it loads or is told about, with a place inside it."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plugin.desk.products import Connectors
from plugin.documents.calendars import build_calendar
from plugin.documents.desks import build_desk
from plugin.documents.plans import build_plan
from plugin.documents.problems import Problems
from plugin.documents.render import as_text, as_values
from plugin.documents.rosters import build_roster
from plugin.documents.rules import build_rules
from plugin.documents.source import Source, compose, read

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = sorted((ROOT / "mappings").rglob("*.yaml"))
PIECES = [
    "：",
    "，",
    "“",
    "”",
    "\t",
    " ",
    "\n",
    ":",
    "- ",
    "[",
    "]",
    "{",
    "}",
    "'",
    '"',
    "#",
    "&a ",
    "*a",
    "!x ",
]
PIECES += [
    "|",
    ">",
    ">= 3",
    "%",
    "@",
    "`",
    "\r\n",
    "\x00",
    "\u3000",
    "😀",
    "..",
    "~",
    "null",
    "no",
    "$",
    "<<: ",
    "0",
]


@pytest.fixture(scope="module")
def known() -> Connectors:
    return Connectors(ROOT / "connectors")


def spoilt(text: str, seed: int) -> str:
    random = Random(seed)
    for _ in range(random.randint(1, 4)):
        at = random.randrange(len(text) + 1)
        how = random.randrange(5)
        if how == 0:
            text = text[:at] + random.choice(PIECES) + text[at:]
        elif how == 1:
            text = text[:at] + text[at + random.randint(1, 30) :]
        elif how == 2:
            text = text[:at] + text[at : at + 40] + text[at:]
        elif how == 3:
            lines = text.split("\n")
            one, two = random.randrange(len(lines)), random.randrange(len(lines))
            lines[one], lines[two] = lines[two], lines[one]
            text = "\n".join(lines)
        else:
            text = text[:at]
    return text or " "


def built(path: Path, text: str, problems: Problems) -> object:
    """The document made of a text, by the folder it stands in; parts come from the shipped files."""
    name = path.relative_to(ROOT / "mappings").as_posix()
    kind = name.split("/")[0]
    node = read(text, name, problems)
    if node is None:
        return None
    if "parts/" in name:
        return node
    parts = {
        part.stem: compose(part.read_bytes(), part.name) for part in (path.parent / "parts").glob("*.yaml")
    }
    if kind == "plans":
        return build_plan(path.stem, node, parts, problems)
    if kind == "rules":
        return build_rules(path.stem, node, parts, problems)
    if kind == "rosters":
        return build_roster(path.stem, node, problems)
    if kind == "desks":
        return build_desk(path.stem, node, problems)
    if kind == "calendars":
        return build_calendar(path.stem, node, problems)
    return node


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
@given(seed=st.integers(0, 2**32))
@settings(max_examples=8, suppress_health_check=[HealthCheck.too_slow])
def test_a_spoilt_file_loads_or_is_told_about(path: Path, seed: int) -> None:
    text = spoilt(path.read_text("utf-8"), seed)
    problems = Problems()
    document = built(path, text, problems)
    assert document is not None or problems.has_errors
    lines = text.count("\n") + text.count("\r") + 1
    for problem in problems:
        assert 1 <= problem.place.line <= lines or "parts/" not in problem.place.file
    source = {problem.place.file: Source(problem.place.file, text) for problem in problems}
    for language in ("en", "zh"):
        assert as_text(problems, source, language).count("→") >= len(problems)
        assert len(as_values(problems, language)) == len(problems)
