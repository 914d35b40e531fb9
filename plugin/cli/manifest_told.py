"""A manifest for a person: what the plugin is, its settings, and what each helpdesk is asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import click
from rich.table import Table
from rich.text import Text

from plugin.cli.told import print_table
from plugin.core.label import Label
from plugin.documents.manifest import Asked, Manifest, Question, questions
from plugin.documents.wording import Language

Settings = Mapping[str, Sequence[Asked]]
"""Connector → what a desk file gives it"""
TEXTS: Mapping[str, Label] = {
    "head": Label(
        "{name} {version} · {license} · Python {python}", "{name} {version} · {license} · Python {python}"
    ),
    "runs": Label("运行：{runs}", "Run it: {runs}"),
    "settings": Label("设置（环境变量）", "Settings (environment variables)"),
    "setting": Label("设置", "setting"),
    "default": Label("缺省值", "default"),
    "meaning": Label("含义", "meaning"),
    "required": Label("必填", "needed"),
    "secret": Label("保密", "secret"),
    "webhooks": Label("接收的调用", "Calls it takes"),
    "pages": Label("页面（仅供内部网络）", "Pages (for your own network)"),
    "platforms": Label("各工单系统需要什么", "What each helpdesk needs"),
    "scopes": Label("所需权限：{scopes}", "rights: {scopes}"),
}


def print_manifest(manifest: Manifest, asked: Settings, language: Language) -> None:
    """The whole of it; tables as wide as the terminal."""

    def say(code: str, **slots: object) -> str:
        return TEXTS[code].say(language).format(**slots)

    click.echo(
        say(
            "head",
            name=manifest.name.say(language),
            version=manifest.version,
            license=manifest.license,
            python=manifest.python,
        )
    )
    click.echo(manifest.summary.say(language))
    click.echo(say("runs", runs=manifest.runs))
    _heading(say("settings"))
    print_table(_asked(questions(manifest.settings), language))
    _heading(say("webhooks"))
    print_table(
        _plain([(each.path, " ".join(each.methods), each.why.say(language)) for each in manifest.webhooks])
    )
    _heading(say("pages"))
    print_table(_plain([(each.path, each.title.say(language)) for each in manifest.pages]))
    _heading(say("platforms"))
    for name, platform in manifest.platforms.items():
        click.echo(f"\n{platform.title} (connector: {name})")
        if platform.scopes:
            click.echo("  " + say("scopes", scopes=", ".join(platform.scopes)))
        print_table(_asked(questions(asked.get(name, ())), language))


def _heading(text: str) -> None:
    click.echo("\n" + click.style(text, bold=True))


def _asked(asked: Sequence[Question], language: Language) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for name in ("setting", "default", "meaning"):
        table.add_column(TEXTS[name].say(language), overflow="fold")
    for each in asked:
        marks = [TEXTS[m].say(language) for m, holds in _marks(each) if holds]
        default = each.default or "–"
        meaning = Text(each.title.say(language), "bold")
        if marks:
            meaning.append(f" ({', '.join(marks)})", "yellow")
        if each.help:
            meaning.append("\n" + each.help.say(language), "not bold")
        table.add_row(each.name, default, meaning)
    return table


def _marks(each: Question) -> tuple[tuple[str, bool], ...]:
    return ("required", each.required), ("secret", each.secret)


def _plain(rows: Sequence[Sequence[str]]) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), show_header=False)
    for _ in rows[0] if rows else ():
        table.add_column(overflow="fold")
    for row in rows:
        table.add_row(*row)
    return table


def values(manifest: Manifest, asked: Settings) -> dict[str, Any]:
    """The same as plain values, texts in both languages."""
    return {
        "ok": True,
        **{key: getattr(manifest, key) for key in ("id", "version", "license", "runs", "python")},
        "name": _both(manifest.name),
        "summary": _both(manifest.summary),
        "packages": list(manifest.packages),
        "extras": list(manifest.extras),
        "settings": [_question(each) for each in manifest.settings],
        "webhooks": [
            {"path": each.path, "methods": list(each.methods), "why": _both(each.why)}
            for each in manifest.webhooks
        ],
        "pages": [{"path": each.path, "title": _both(each.title)} for each in manifest.pages],
        "platforms": {
            name: {
                "title": each.title,
                "scopes": list(each.scopes),
                "settings": [_question(one) for one in questions(asked.get(name, ()))],
            }
            for name, each in manifest.platforms.items()
        },
    }


def _question(each: Question) -> dict[str, Any]:
    return {
        "name": each.name,
        "title": _both(each.title),
        "help": _both(each.help) if each.help else None,
        "secret": each.secret,
        "default": each.default,
        "required": each.required,
    }


def _both(label: Label) -> dict[str, str]:
    return {"zh": label.say("zh"), "en": label.say("en")}
