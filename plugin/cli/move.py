"""``paidan move``: the whole case book to another database, checked on both ends; the old one is locked."""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping
from typing import NoReturn

import click
from rich.console import Console
from rich.progress import Progress
from sqlalchemy import URL, make_url

from plugin.casebook.database import AlreadyServing, Database
from plugin.casebook.moved import Moved
from plugin.casebook.moving import MoveRefused, counts, is_empty
from plugin.casebook.moving import move as move_all
from plugin.casebook.recall import is_there
from plugin.cli import options
from plugin.cli.environment import settings_for
from plugin.core.label import Label
from plugin.documents.wording import Language
from plugin.errors import StoreError
from plugin.settings import case_book_url

TEXTS: Mapping[str, Label] = {
    "copying": Label("正在搬移", "moving"),
    "done": Label(
        "已搬移：{tables} 张表共 {rows} 行，两端逐行核对一致，用时 {seconds:.1f} 秒。\n"
        "旧案卷库 {old} 已锁定，不能再写入。\n"
        "→ 在每台机器上把 PAIDAN_DATABASE_URL 改成 {new}，再启动派单。",
        "Moved: {tables} tables with {rows} rows, the same row by row on both ends, in {seconds:.1f} s.\n"
        "The old case book {old} is locked; nothing can be written to it any more.\n"
        "→ Name {new} in PAIDAN_DATABASE_URL on every machine, then start Paidan.",
    ),
    "dry_run": Label(
        "试运行：会把 {tables} 张表共 {rows} 行从 {old} 搬到 {new}；没有改动任何内容。",
        "Dry run: {tables} tables with {rows} rows would go from {old} to {new}; nothing was changed.",
    ),
    "url": Label(
        "不能搬到 {given} → 写 sqlite:///<文件>、postgresql+psycopg://<用户>@<主机>/<库名>，"
        "或 file:/<路径>（文件里写着地址）",
        "Cannot move to {given} → give sqlite:///<file>, postgresql+psycopg://<user>@<host>/<name>, or "
        "file:/<path> of a file that says so",
    ),
    "nothing": Label(
        "没有案卷库 {old} → 检查 PAIDAN_DATABASE_URL",
        "There is no case book {old} → check PAIDAN_DATABASE_URL",
    ),
    "same": Label("新旧是同一个案卷库 → 换一个地址", "Both are the same case book → give another address"),
    "in-use": Label(
        "还有派单进程在使用（{count} 个连接）→ 先停止所有主机上的 serve、web 和 worker",
        "Paidan still works on it ({count} connections) → stop serve, web and worker on every host first",
    ),
    "serving": Label(
        "还有派单进程在使用（{detail}）→ 先停止它", "Paidan still works on it ({detail}) → stop it first"
    ),
    "not-empty": Label(
        "{new} 里已有另一个案卷库 → 换一个空库；没有改动任何内容",
        "{new} already holds another case book → give an empty one; nothing was changed",
    ),
    "differs": Label(
        "表 {table} 写入后读回的内容与原来不同 → 没有改动任何内容；请查看数据库日志",
        "The table {table} did not read back as it was → nothing was changed; look at the database's log",
    ),
    "moved": Label("这个案卷库早已搬到 {detail}", "This case book was moved before, to {detail}"),
    "store": Label(
        "无法搬移（{detail}）→ 没有改动任何内容；检查两个地址和磁盘",
        "It cannot be moved ({detail}) → nothing was changed; check both addresses and the disk",
    ),
}


@click.command()
@click.option("--to", "given", required=True, help="Where to: an address as in PAIDAN_DATABASE_URL.")
@click.option("--dry-run", is_flag=True, help="Say what would be moved, and change nothing.")
@options.language
def move(given: str, dry_run: bool, language: Language) -> None:
    """Move the case book of PAIDAN_DATABASE_URL to another, empty database.

    Stop Paidan on every host first. Everything is copied in one transaction and read back; then the old case
    book is locked. If the command is cut, nothing has changed, or run it again to finish.
    """
    old_url = settings_for(language).database_url
    try:
        new_url = case_book_url(given)
    except ValueError:
        _stop("url", language, 2, given=given)
    if not is_there(old_url):
        _stop("nothing", language, 1, old=_shown(old_url))
    source, target = Database(old_url), Database(new_url)
    try:
        _moved(source, target, dry_run=dry_run, language=language)
    except MoveRefused as error:
        _stop(error.code, language, 1, new=_shown(new_url), **error.slots)
    except Moved as error:
        _stop("moved", language, 1, detail=error.target)
    except AlreadyServing as error:
        _stop("serving", language, 1, detail=error)
    except StoreError as error:
        _stop("store", language, 1, detail=error)
    finally:
        source.close()
        target.close()


def _moved(source: Database, target: Database, *, dry_run: bool, language: Language) -> None:
    names = {"old": _shown(source.engine.url), "new": _shown(target.engine.url)}
    if source.engine.url == target.engine.url:
        raise MoveRefused("same")
    source.take_lock()
    if not dry_run:
        source.prepare()
    there = counts(source)
    told = {**names, "tables": len(there), "rows": f"{sum(there.values()):,}"}
    if dry_run:
        if is_there(_address(target)) and not is_empty(target):
            raise MoveRefused("not-empty")
        click.echo(TEXTS["dry_run"].say(language).format(**told))
        return
    begun = time.monotonic()
    target.take_lock()
    target.prepare()
    with Progress(console=Console(stderr=True), disable=not sys.stderr.isatty(), transient=True) as progress:
        task = progress.add_task(TEXTS["copying"].say(language), total=sum(there.values()))
        move_all(source, target, names["new"], lambda rows: progress.advance(task, rows))
    click.echo(TEXTS["done"].say(language).format(seconds=time.monotonic() - begun, **told))


def _address(database: Database) -> str:
    return database.engine.url.render_as_string(hide_password=False)


def _shown(url: str | URL) -> str:
    """An address without its password."""
    return make_url(url).render_as_string(hide_password=True)


def _stop(text: str, language: Language, code: int, **slots: object) -> NoReturn:
    click.echo(TEXTS[text].say(language).format(**slots), err=True)
    raise SystemExit(code)
