"""``manifest.yaml``: what the plugin is, needs and offers, as values; its settings as questions to ask.

The manifest is where a setting's title and help stand: command line, set-up and reference take them from
here. That it tells the truth is checked by ``manifest_check``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Protocol

import plugin
from plugin.core.label import Label
from plugin.core.place import Place
from plugin.documents import reader
from plugin.documents.problems import Problems
from plugin.documents.reader import Key, ListOf, MapOf, keys
from plugin.documents.source import Node, read
from plugin.errors import DocumentsInvalid

NAME = "manifest.yaml"
SHIPPED = Path(plugin.__file__).parents[1] / NAME
"""Beside the package, in a source tree and where it is installed."""

QUESTION = keys(
    Key("title", "label", required=True, en="Its name.", zh="名称。"),
    Key("help", "label", required=True, en="What to know about it.", zh="说明。"),
    Key("default", "any", en="Unless given; left out: it must be given.", zh="缺省值；省略为必填。"),
    Key("secret", "flag", en="Shown to nobody.", zh="不向任何人显示。"),
)
WEBHOOK = keys(
    Key("path", "text", required=True, en="Address on this host; <…> stands for a name.", zh="地址。"),
    Key("methods", ListOf("text"), required=True, en="HTTP methods taken.", zh="HTTP 方法。"),
    Key("why", "label", required=True, en="What calls it.", zh="由谁调用。"),
)
PAGE = keys(
    Key("path", "text", required=True, en="Address on this host.", zh="地址。"),
    Key("title", "label", required=True, en="What it shows.", zh="内容。"),
)
PLATFORM = keys(
    Key("title", "text", required=True, en="The product, as its connector calls it.", zh="产品名称。"),
    Key("scopes", ListOf("text"), required=True, en="Rights asked for in the product.", zh="所需权限。"),
)
MANIFEST = keys(
    Key("id", "id", required=True, en="Name of the package.", zh="包名。"),
    Key("name", "label", required=True, en="Its name for people.", zh="名称。"),
    Key("version", "text", required=True, en="Version.", zh="版本。"),
    Key("license", "text", required=True, en="Licence.", zh="许可证。"),
    Key("summary", "label", required=True, en="What it does, in a sentence.", zh="一句话说明。"),
    Key("runs", "text", required=True, en="The command that runs it.", zh="运行的命令。"),
    Key("python", "text", required=True, en="Python it needs.", zh="所需 Python。"),
    Key("packages", ListOf("text"), required=True, en="Packages it needs.", zh="所需的包。"),
    Key("extras", ListOf("text"), required=True, en="Groups of further packages.", zh="可选的包。"),
    Key("settings", MapOf(QUESTION), required=True, en="Environment variables.", zh="环境变量。"),
    Key("webhooks", ListOf(WEBHOOK), required=True, en="Calls it takes.", zh="接收的调用。"),
    Key("pages", ListOf(PAGE), required=True, en="Pages it shows.", zh="提供的页面。"),
    Key("platforms", MapOf(PLATFORM), required=True, en="Helpdesks, by connector.", zh="各工单系统。"),
)


@dataclass(frozen=True, slots=True)
class Question:
    """One setting as somebody is asked for it, on the command line or on a page."""

    name: str
    title: Label
    help: Label | None = None
    secret: bool = False
    default: str | None = None
    required: bool = False


class Asked(Protocol):
    """A setting, wherever it is declared: in the manifest, or by a connector."""

    @property
    def name(self) -> str: ...
    @property
    def title(self) -> Label: ...
    @property
    def help(self) -> Label | None: ...
    @property
    def secret(self) -> bool: ...
    @property
    def default(self) -> str | None: ...
    @property
    def required(self) -> bool: ...


def questions(settings: Iterable[Asked]) -> tuple[Question, ...]:
    """What to ask, those without an answer of their own first."""
    made = [Question(s.name, s.title, s.help, s.secret, s.default, s.required) for s in settings]
    return tuple(sorted(made, key=lambda question: not question.required))


@dataclass(frozen=True, slots=True)
class Webhook:
    """One address that takes calls."""

    path: str
    methods: tuple[str, ...]
    why: Label


@dataclass(frozen=True, slots=True)
class Page:
    """One address that shows something."""

    path: str
    title: Label


@dataclass(frozen=True, slots=True)
class Platform:
    """A helpdesk and the rights asked for in it."""

    title: str
    scopes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Manifest:
    """What the plugin is, needs and offers; ``node`` knows where each of it stands."""

    id: str
    name: Label
    version: str
    license: str
    summary: Label
    runs: str
    python: str
    packages: tuple[str, ...]
    extras: tuple[str, ...]
    settings: tuple[Question, ...]
    webhooks: tuple[Webhook, ...]
    pages: tuple[Page, ...]
    platforms: Mapping[str, Platform]
    node: Node

    def at(self, *path: str | int) -> Node | Place:
        """Where a value stands, by keys and positions in lists; else the last of its holders that does."""
        found = self.node
        for step in path:
            if isinstance(step, int):
                found = found.items[step] if step < len(found.items) else found
            elif (inner := found.get(step)) is not None:
                found = inner
            else:
                break
        return found if found.kind not in ("map", "list") else found.key_at or found.place


def build_manifest(node: Node, problems: Problems) -> Manifest | None:
    """The checked form of the file; None after adding its problems."""
    before = problems.errors
    if not reader.block(node, MANIFEST, problems, "manifest"):
        return None

    def said(key: str) -> str:
        return reader.text(node.get(key), problems) or ""

    def label(key: str) -> Label:
        return reader.label(node.get(key), problems) or Label("", "")

    made = Manifest(
        id=said("id"),
        name=label("name"),
        version=said("version"),
        license=said("license"),
        summary=label("summary"),
        runs=said("runs"),
        python=said("python"),
        packages=reader.listing(node.get("packages"), reader.text, problems),
        extras=reader.listing(node.get("extras"), reader.text, problems),
        settings=_settings(node.get("settings"), problems),
        webhooks=reader.listing(node.get("webhooks"), _webhook, problems),
        pages=reader.listing(node.get("pages"), _page, problems),
        platforms=reader.mapping(node.get("platforms"), _platform, problems, "platforms"),
        node=node,
    )
    return made if problems.errors == before else None


def _settings(node: Node | None, problems: Problems) -> tuple[Question, ...]:
    if node is None or node.kind != "map":
        return ()
    found = (_question(name, value, problems) for name, _, value in node.entries)
    return tuple(each for each in found if each is not None)


def _question(name: str, node: Node, problems: Problems) -> Question | None:
    if not reader.block(node, QUESTION, problems, "settings"):
        return None
    title, help_ = reader.label(node.get("title"), problems), reader.label(node.get("help"), problems)
    default, secret = node.get("default"), reader.flag(node.get("secret"), problems)
    given = None if default is None else default.raw
    return Question(name, title, help_, secret or False, given, given is None) if title else None


def _webhook(node: Node, problems: Problems) -> Webhook | None:
    if not reader.block(node, WEBHOOK, problems, "webhooks"):
        return None
    path, why = reader.text(node.get("path"), problems), reader.label(node.get("why"), problems)
    methods = reader.listing(node.get("methods"), reader.text, problems)
    return Webhook(path, methods, why) if path and why else None


def _page(node: Node, problems: Problems) -> Page | None:
    if not reader.block(node, PAGE, problems, "pages"):
        return None
    path, title = reader.text(node.get("path"), problems), reader.label(node.get("title"), problems)
    return Page(path, title) if path and title else None


def _platform(node: Node, problems: Problems) -> Platform | None:
    if not reader.block(node, PLATFORM, problems, "platforms"):
        return None
    title = reader.text(node.get("title"), problems)
    return Platform(title, reader.listing(node.get("scopes"), reader.text, problems)) if title else None


def load_manifest(path: Path = SHIPPED) -> Manifest:
    """The manifest in this file; raises ``DocumentsInvalid`` with its problems, or ``OSError``."""
    problems = Problems()
    node = read(path.read_bytes(), path.name, problems)
    manifest = None if node is None else build_manifest(node, problems)
    if manifest is None or problems.has_errors:
        raise DocumentsInvalid(tuple(problems))
    return manifest


@cache
def shipped() -> Mapping[str, Question]:
    """``PAIDAN_…`` → its question, for help and messages; empty where the manifest cannot be read."""
    try:
        return {question.name: question for question in load_manifest().settings}
    except (OSError, DocumentsInvalid):
        return {}
