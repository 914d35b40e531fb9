"""The manner of the house, held by a machine: sizes, purity, names, one version."""

from __future__ import annotations

import ast
import re
import tomllib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
PLUGIN = sorted((ROOT / "plugin").rglob("*.py"))
CORE = sorted((ROOT / "plugin" / "core").rglob("*.py"))
IMPURE = re.compile(r"\.(now|utcnow|today)\(|\bopen\(|\bprint\(|os\.environ")
VAGUE = {"utils", "util", "common", "helpers", "helper", "manager", "misc", "data", "info"}
PRODUCTS = re.compile(
    r"zammad|zendesk|jira|freshdesk|servicenow|gitlab|github|request.?tracker|redmine|znuny|otobo|osticket"
    r"|glpi|freescout|chatwoot|django.?helpdesk|frappe|\bitop\b|roundup",
    re.IGNORECASE,
)
WORKPLACE = re.compile(r"\bissue[s]? #?\d|\bhelper-\d|/work/|farm-", re.IGNORECASE)


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def functions(path: Path) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    tree = ast.parse(path.read_text("utf-8"))
    return [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


def body_lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    first = node.body[1] if ast.get_docstring(node) and len(node.body) > 1 else node.body[0]
    return (node.end_lineno or 0) - first.lineno + 1


@pytest.mark.parametrize("path", PLUGIN, ids=name)
def test_files_can_be_held_in_the_head(path: Path) -> None:
    assert len(path.read_text("utf-8").splitlines()) <= 400


@pytest.mark.parametrize("path", PLUGIN, ids=name)
def test_functions_stay_under_fifty_lines(path: Path) -> None:
    long = {f.name: body_lines(f) for f in functions(path) if body_lines(f) > 50}
    assert not long


@pytest.mark.parametrize("path", CORE, ids=name)
def test_the_core_asks_no_clock_and_opens_no_file(path: Path) -> None:
    lines = path.read_text("utf-8").splitlines()
    assert not [line for line in lines if IMPURE.search(line)]


@pytest.mark.parametrize("path", PLUGIN, ids=name)
def test_names_say_what_a_module_holds(path: Path) -> None:
    assert path.stem not in VAGUE


@pytest.mark.parametrize("path", [p for p in PLUGIN if "demo" not in p.parts], ids=name)
def test_no_helpdesk_product_is_named_outside_connectors(path: Path) -> None:
    """Comments and docstrings may cite a product as the source of a fact; code may not know one."""
    tree = ast.parse(path.read_text("utf-8"))
    strings = [n.value for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str)]
    docs = {
        ast.get_docstring(n, clean=False)
        for n in ast.walk(tree)
        if isinstance(n, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
    }
    attribute_docs = {
        n.value.value
        for n in ast.walk(tree)
        if isinstance(n, ast.Expr) and isinstance(n.value, ast.Constant) and isinstance(n.value.value, str)
    }
    names = [n.id for n in ast.walk(tree) if isinstance(n, ast.Name)]
    assert not [s for s in strings if s not in docs | attribute_docs and PRODUCTS.search(s)]
    assert not [n for n in names if PRODUCTS.search(n)]


@pytest.mark.parametrize(
    "path",
    [
        p
        for folder in ("plugin", "connectors", "mappings", "tests", "docs", "benchmarks")
        if (ROOT / folder).exists()
        for p in sorted((ROOT / folder).rglob("*"))
        if p.suffix in {".py", ".yaml", ".md", ".sh", ".txt"} and p != Path(__file__)
    ],
    ids=name,
)
def test_nothing_speaks_of_how_the_work_was_organised(path: Path) -> None:
    assert not WORKPLACE.search(path.read_text("utf-8", errors="replace"))


def test_one_version() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    manifest = yaml.safe_load((ROOT / "manifest.yaml").read_text("utf-8"))
    assert str(manifest["version"]) == project["version"]


def test_the_readme_is_short() -> None:
    assert len((ROOT / "README.md").read_text("utf-8").splitlines()) <= 150
