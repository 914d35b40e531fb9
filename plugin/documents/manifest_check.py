"""Whether the manifest tells the truth, in both directions: what is there is told, what is told is there.

Pure: ``Truth`` is what the program itself says; whoever calls this has asked it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass

from plugin.core.place import Place
from plugin.documents.manifest import Manifest, Platform
from plugin.documents.problems import Problems
from plugin.documents.source import Node
from plugin.documents.yaml_edit import scalar

There = str
"""``file:line`` of what is true, for whoever wants to change that instead."""


@dataclass(frozen=True, slots=True)
class TrueSetting:
    """A setting as the program reads it."""

    default: str | None
    """None: it has none and must be given."""
    secret: bool
    there: There


@dataclass(frozen=True, slots=True)
class TruePlatform:
    """A connector: its product and the rights its settings ask for."""

    title: str
    scopes: tuple[str, ...]
    there: There


@dataclass(frozen=True, slots=True)
class Truth:
    """What the program is, needs and offers."""

    facts: Mapping[str, tuple[str, There]]
    """``id``, ``version``, ``license``, ``python`` → (value, where it stands)"""
    packages: Mapping[str, There]
    extras: Mapping[str, There]
    settings: Mapping[str, TrueSetting]
    webhooks: Mapping[str, tuple[frozenset[str], There]]
    """Path → (methods, where it is made)"""
    pages: Mapping[str, There]
    platforms: Mapping[str, TruePlatform]
    commands: Mapping[str, There]
    """``paidan serve`` and every other way to run it"""


def check_manifest(manifest: Manifest, truth: Truth, problems: Problems) -> None:
    """manifest-missing, manifest-unknown, manifest-differs, manifest-one-language: each where it stands."""
    _Check(manifest, truth, problems)()


class _Check:
    def __init__(self, manifest: Manifest, truth: Truth, problems: Problems) -> None:
        self._manifest, self._truth, self._problems = manifest, truth, problems

    def __call__(self) -> None:
        """Everything, part by part."""
        self._facts()
        manifest, truth = self._manifest, self._truth
        told = [("package", "packages", manifest.packages, truth.packages)]
        told += [("extra", "extras", manifest.extras, truth.extras)]
        for what, where, named, true in told:
            self._same(what, where, dict(zip(named, range(len(named)), strict=True)), true, lambda name: name)
        self._settings()
        self._webhooks()
        self._pages()
        self._platforms()
        self._languages()

    def _facts(self) -> None:
        for key, (true, there) in self._truth.facts.items():
            self._differs("plugin", self._manifest.id, (key,), getattr(self._manifest, key), true, there)
        if self._manifest.runs not in self._truth.commands:
            known = tuple(self._truth.commands)
            self._unknown("command", "runs", self._manifest.runs, self._manifest.at("runs"), known)

    def _settings(self) -> None:
        told = {each.name: each for each in self._manifest.settings}
        true = self._truth.settings
        there = {name: each.there for name, each in true.items()}
        self._same("setting", "settings", {name: name for name in told}, there, lambda name: f"{name}: …")
        for name in told.keys() & true.keys():
            said, fact = told[name], true[name]
            at = ("settings", name)
            self._differs(
                "setting", name, (*at, "default"), _none(said.default), _none(fact.default), fact.there
            )
            self._differs(
                "setting", name, (*at, "secret"), _flag(said.secret), _flag(fact.secret), fact.there
            )

    def _webhooks(self) -> None:
        told = {each.path: number for number, each in enumerate(self._manifest.webhooks)}
        true = self._truth.webhooks
        there = {path: at for path, (_, at) in true.items()}

        def line(path: str) -> str:
            return f"{{path: {scalar(path)}, methods: {_row(sorted(true[path][0]))}, why: …}}"

        self._same("webhook", "webhooks", told, there, line)
        for path in told.keys() & true.keys():
            said = self._manifest.webhooks[told[path]].methods
            methods, at = true[path]
            if set(said) != methods:
                where = ("webhooks", told[path], "methods")
                self._differs("webhook", path, where, _row(said), _row(sorted(methods)), at)

    def _pages(self) -> None:
        told = {each.path: number for number, each in enumerate(self._manifest.pages)}
        self._same("page", "pages", told, self._truth.pages, lambda path: f"{{path: {path}, title: …}}")

    def _platforms(self) -> None:
        told, true = self._manifest.platforms, self._truth.platforms
        there = {name: each.there for name, each in true.items()}
        self._same(
            "platform", "platforms", {name: name for name in told}, there, lambda n: platform(n, true[n])
        )
        for name in told.keys() & true.keys():
            said, fact = told[name], true[name]
            self._differs("platform", name, ("platforms", name, "title"), said.title, fact.title, fact.there)
            where = ("platforms", name, "scopes")
            numbers: Mapping[str, str | int] = {scope: n for n, scope in enumerate(said.scopes)}
            self._same("right", where, numbers, dict.fromkeys(fact.scopes, fact.there), scalar)

    def _languages(self) -> None:
        """Every text for people stands in both languages."""
        node = self._manifest.node
        holders: list[tuple[str, Node | None]] = [(self._manifest.id, node)]
        for key in ("settings", "webhooks", "pages"):
            block = node.get(key)
            entries = [(name, value) for name, _, value in block.entries] if block else []
            holders += entries or [(_path_of(item), item) for item in (block.items if block else ())]
        for given, holder in holders:
            for key in ("name", "summary", "title", "help", "why"):
                label = holder.get(key) if holder is not None else None
                for language in ("zh", "en") if label is not None else ():
                    if label is not None and not (label.get(language) and label.by_key[language].raw.strip()):
                        self._problems.add(
                            "manifest-one-language", label, given=given, key=key, language=language
                        )

    # -- what is told of each -------------------------------------------------------------------------

    def _same(
        self,
        what: str,
        where: str | tuple[str, ...],
        told: Mapping[str, str | int],
        true: Mapping[str, There],
        line: Callable[[str], str],
    ) -> None:
        """``told``: name → key or position below ``where``."""
        path = (where,) if isinstance(where, str) else where
        for name, there in true.items():
            if name not in told:
                self._problems.add(
                    "manifest-missing",
                    self._key(path),
                    what=what,
                    given=name,
                    there=there,
                    where=".".join(path),
                    line=(line(name),),
                )
        for name, step in told.items():
            if name not in true:
                at = self._manifest.at(*path, step)
                self._unknown(what, ".".join(path), name, at, tuple(true))

    def _key(self, path: Iterable[str | int]) -> Place:
        """Where the key of a block stands: what is missing in it has no place of its own."""
        found, key = self._manifest.node, self._manifest.node.place
        for step in path:
            inner = found.get(str(step))
            if inner is None:
                break
            found, key = inner, inner.key_at or inner.place
        return key

    def _unknown(self, what: str, where: str, given: str, at: Node | Place, choices: Collection[str]) -> None:
        self._problems.add(
            "manifest-unknown", at, what=what, given=given, where=where, choices=tuple(choices)
        )

    def _differs(
        self, what: str, given: str, path: tuple[str | int, ...], told: str, true: str, there: There
    ) -> None:
        if told != true:
            self._problems.add(
                "manifest-differs",
                self._manifest.at(*path),
                what=what,
                given=given,
                key=str(path[-1]),
                told=told,
                true=(true,),
                there=there,
            )


def platform(name: str, true: TruePlatform | Platform) -> str:
    """The line of a connector under ``platforms``."""
    return f"{name}: {{title: {scalar(true.title)}, scopes: {_row(map(scalar, true.scopes))}}}"


def _path_of(item: Node) -> str:
    path = item.get("path")
    return path.raw if path is not None else "–"


def _row(words: Iterable[str]) -> str:
    return f"[{', '.join(words)}]"


def _flag(value: bool) -> str:
    return "true" if value else "false"


def _none(default: str | None) -> str:
    return "–" if default is None else default or '""'
