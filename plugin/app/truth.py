"""What the plugin really is, needs and offers: asked of the program itself, for the manifest's check."""

from __future__ import annotations

import inspect
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from importlib import metadata
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace
from typing import Any, cast

from flask import Flask
from pydantic_core import PydanticUndefined

from plugin.app.paidan import Paidan, web_app
from plugin.casebook.database import Database
from plugin.desk.describe import variants
from plugin.desk.products import Connectors
from plugin.documents.manifest_check import TruePlatform, TrueSetting, Truth
from plugin.settings import Settings, is_secret

HOOKS = "/hooks/"
PROJECT = "pyproject.toml"


def truth(root: Path, connectors: Path, commands: Iterable[str]) -> Truth:
    """``root``: where the package is; ``connectors``: folder of descriptors; ``commands``: of the program.

    Raises ``DocumentsInvalid`` where a connector cannot be read.
    """
    project = root / PROJECT
    facts, packages, extras, scripts = _of_tree(project) if project.is_file() else _installed()
    routes = list(_routes(root))
    return Truth(
        facts=facts,
        packages=packages,
        extras=extras,
        settings=dict(_settings(root)),
        webhooks={path: (methods, there) for path, methods, there in routes if path.startswith(HOOKS)},
        pages={path: there for path, _, there in routes if not path.startswith(HOOKS)},
        platforms=dict(_platforms(connectors)),
        commands={f"{script} {name}": there for script, there in scripts.items() for name in commands},
    )


Told = Mapping[str, str]


def _of_tree(file: Path) -> tuple[Mapping[str, tuple[str, str]], Told, Told, Told]:
    text = file.read_text("utf-8")
    project = tomllib.loads(text)["project"]
    keys = {"id": "name", "version": "version", "license": "license", "python": "requires-python"}
    return (
        {key: (project[name], _line(text, rf"^{name}\s*=")) for key, name in keys.items()},
        {_name(each): _line(text, rf'^\s*"{re.escape(each)}"') for each in project["dependencies"]},
        {each: _line(text, rf"^{each}\s*=") for each in project.get("optional-dependencies", {})},
        {each: _line(text, rf"^{each}\s*=") for each in project.get("scripts", {})},
    )


def _line(text: str, pattern: str) -> str:
    return f"{PROJECT}:{_line_of(text, pattern)}"


def _line_of(text: str, pattern: str) -> int:
    """The first line (from 1) that the pattern begins in; the first of all where there is none."""
    found = re.search(pattern, text, re.M)
    return 1 if found is None else text.count("\n", 0, found.start()) + 1


def _installed() -> tuple[Mapping[str, tuple[str, str]], Told, Told, Told]:
    """The same of the installed package, which has no such file any more."""
    found = metadata.distribution("paidan")
    at = "METADATA"
    keys = {"id": "Name", "version": "Version", "license": "License-Expression", "python": "Requires-Python"}
    needs = [each for each in found.requires or () if "extra ==" not in each]
    return (
        {key: (str(found.metadata[name]), at) for key, name in keys.items()},
        {_name(each): at for each in needs},
        dict.fromkeys(found.metadata.get_all("Provides-Extra") or (), at),
        {each.name: at for each in found.entry_points if each.group == "console_scripts"},
    )


def _name(requirement: str) -> str:
    """``psycopg[binary]>=3.2`` → ``psycopg``."""
    return re.split(r"[^\w.-]", requirement, maxsplit=1)[0]


def _settings(root: Path) -> Iterator[tuple[str, TrueSetting]]:
    source = inspect.getsource(inspect.getmodule(Settings) or Settings)
    file = _shown(Path(inspect.getfile(Settings)), root)
    for name, field in Settings.model_fields.items():
        line = _line_of(source, rf"^    {name}:")
        default = None if field.default is PydanticUndefined else str(field.default)
        yield f"PAIDAN_{name.upper()}", TrueSetting(default, is_secret(name), f"{file}:{line}")


def _shown(file: Path, root: Path) -> str:
    return file.relative_to(root).as_posix() if file.is_relative_to(root) else file.as_posix()


def _routes(root: Path) -> Iterator[tuple[str, frozenset[str], str]]:
    """Path with ``<name>`` for what varies, methods, and where the view stands."""
    found: dict[str, tuple[frozenset[str], str]] = {}
    with offered() as app:
        for rule in app.url_map.iter_rules():
            path = re.sub(r"<(?:\w+:)?(\w+)>", r"<\1>", rule.rule)
            methods = frozenset(rule.methods or ()) - {"HEAD", "OPTIONS"}
            known, there = found.get(path, (frozenset(), _at(app.view_functions[rule.endpoint], root)))
            found[path] = (known | methods, there)
    yield from ((path, methods, there) for path, (methods, there) in found.items())


def _at(view: Callable[..., Any], root: Path) -> str:
    code = inspect.unwrap(view).__code__
    return f"{_shown(Path(code.co_filename), root)}:{code.co_firstlineno}"


@contextmanager
def offered() -> Iterator[Flask]:
    """The web application as it is put together, on an empty case book: for looking at its addresses only."""
    with TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{folder}/empty.db")
        paidan = SimpleNamespace(
            database=database,
            desks=SimpleNamespace(told=dict, coverage=dict),
            modes=SimpleNamespace(told=dict),
            wake=lambda: None,
            why_not_ready=str,
        )
        try:
            yield web_app(Settings.model_validate({}), cast(Paidan, paidan))
        finally:
            database.close()


def _platforms(folder: Path) -> Iterator[tuple[str, TruePlatform]]:
    for name, each in Connectors(folder).items():
        scopes = dict.fromkeys(scope for setting in each.settings for scope in setting.scopes)
        file, _ = variants.find(folder, name)
        text = file.read_text("utf-8", "replace")
        there = f"{folder.name}/{file.name}:{_line_of(text, '^settings:')}"
        yield name, TruePlatform(each.title, tuple(scopes), there)
