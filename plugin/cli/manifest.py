"""``paidan manifest``: what the plugin is, needs and offers; whether the manifest tells the truth."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from plugin.cli import COMMANDS, manifest_told, options
from plugin.cli.asking import give_up
from plugin.cli.rewriting import ChangedMeanwhile, rewrite, text_of
from plugin.core.label import Label
from plugin.desk.products import Connectors
from plugin.documents.manifest import NAME, SHIPPED, Manifest, build_manifest
from plugin.documents.manifest_check import Truth, check_manifest
from plugin.documents.manifest_edit import with_platforms
from plugin.documents.problems import Problem, Problems
from plugin.documents.render import as_text, as_values
from plugin.documents.source import Source, read
from plugin.documents.wording import Language
from plugin.errors import DocumentsInvalid

TEXTS = {
    "unreadable": Label("读不到清单 {path}（{why}）", "the manifest {path} cannot be read ({why})"),
    "true": Label("{path}：与程序一致", "{path}: it tells the truth"),
    "false": Label("{path}：{count} 处与程序不一致", "{path}: differences from the program: {count}"),
    "written": Label(
        "{path}：platforms 已按连接器写好", "{path}: platforms is written as the connectors say"
    ),
    "layout": Label(
        "{path} 的 platforms 无法自动修改，没有写入",
        "platforms in {path} cannot be followed; nothing was written",
    ),
    "changed": Label(
        "{path} 读取之后被人改过，没有写入 → 再来一次",
        "{path} was changed since it was read; nothing was written → try again",
    ),
    "not_written": Label(
        "{path} 无法写入（{why}）→ 检查权限与磁盘空间，再来一次",
        "{path} cannot be written ({why}) → check its permissions and the space on the disk, then try again",
    ),
}
FILE = click.option(
    "--file",
    "path",
    type=click.Path(path_type=Path),
    default=SHIPPED,
    help="Another manifest than the one beside the program.",
)


@click.group()
def manifest() -> None:
    """What the plugin is, needs and offers, and whether the manifest tells the truth of it."""


@manifest.command(short_help="Compare the manifest with the program.")
@FILE
@click.option("--write", is_flag=True, help="Write platforms as the connectors say, then check.")
@options.connectors
@options.language
@options.form
def check(path: Path, write: bool, connectors: Path, language: Language, form: str) -> None:
    """Compare the manifest with the program, in both directions; exit 1 where they differ.

    Settings with defaults and secrets, rights and titles of connectors, addresses of webhooks and pages,
    packages, extras, version, licence, and the command that runs it.
    """
    true = _truth(connectors, language)
    if write:
        _write(path, true, language, form)
    raw = _bytes(path, language)
    problems = _problems(raw, true)
    if form == "json":
        values = as_values(problems, language)
        click.echo(json.dumps({"ok": not values, "problems": values}, ensure_ascii=False, indent=1))
    else:
        text = as_text(problems, {NAME: Source(NAME, text_of(raw))}, language)
        click.echo(text + ("\n" if text else ""), nl=False)
        code = "false" if problems else "true"
        click.echo(TEXTS[code].say(language).format(path=path, count=len(problems)))
    sys.exit(1 if problems else 0)


@manifest.command(short_help="Print it for a person.")
@FILE
@options.connectors
@options.language
@options.form
def show(path: Path, connectors: Path, language: Language, form: str) -> None:
    """Print what the plugin is, its settings, and what each helpdesk is asked for."""
    found = _read(_bytes(path, language), language)
    products = Connectors(connectors)
    products.read_all()
    asked = {name: products[name].settings for name in products if not _is_broken(products, name)}
    if form == "json":
        told = manifest_told.values(found, asked)
        click.echo(json.dumps(told, ensure_ascii=False, indent=1))
    else:
        manifest_told.print_manifest(found, asked, language)


def _is_broken(products: Connectors, name: str) -> bool:
    try:
        return not products[name]
    except DocumentsInvalid:
        return True


def _truth(connectors: Path, language: Language) -> Truth:
    from plugin.app.truth import truth  # the web application, for this command only

    try:
        return truth(SHIPPED.parent, connectors, COMMANDS)
    except DocumentsInvalid as error:
        give_up(as_text(error.problems, {}, language))


def _problems(raw: bytes, true: Truth) -> tuple[Problem, ...]:
    problems = Problems()
    node = read(raw, NAME, problems)
    found = None if node is None else build_manifest(node, problems)
    if found is not None and not problems.has_errors:
        check_manifest(found, true, problems)
    return tuple(problems)


def _read(raw: bytes, language: Language) -> Manifest:
    problems = Problems()
    node = read(raw, NAME, problems)
    found = None if node is None else build_manifest(node, problems)
    if found is None:
        give_up(as_text(problems, {NAME: Source(NAME, text_of(raw))}, language))
    return found


def _bytes(path: Path, language: Language) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        give_up(TEXTS["unreadable"].say(language).format(path=path, why=error.strerror))


def _write(path: Path, true: Truth, language: Language, form: str) -> None:
    raw = _bytes(path, language)
    text = with_platforms(text_of(raw), true.platforms)
    if text is None:
        give_up(TEXTS["layout"].say(language).format(path=path))
    if text == text_of(raw):
        return
    try:
        rewrite(path, raw, text)
    except ChangedMeanwhile:
        give_up(TEXTS["changed"].say(language).format(path=path))
    except OSError as error:
        give_up(TEXTS["not_written"].say(language).format(path=path, why=error.strerror))
    if form != "json":
        click.echo(TEXTS["written"].say(language).format(path=path))
