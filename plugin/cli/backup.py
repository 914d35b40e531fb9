"""``paidan backup``: a copy of the case book while it is served."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click
from sqlalchemy import make_url

from plugin.casebook.backup import back_up
from plugin.cli import options
from plugin.cli.environment import settings_for
from plugin.core.label import Label
from plugin.errors import StoreError

TEXTS = {
    "done": Label(
        "已备份到 {target}（{size:,} 字节，已校验）。", "Backed up to {target} ({size:,} bytes, checked)."
    ),
    "failed": Label(
        "没有备份（{detail}）→ 检查路径和磁盘", "No backup was made ({detail}) → check the path and the disk"
    ),
    "postgresql": Label(
        "案卷库在 PostgreSQL 中 → 用 pg_dump 或基础备份加 WAL 归档",
        "The case book is in PostgreSQL → use pg_dump, or a base backup with WAL archiving",
    ),
}


@click.command()
@click.option(
    "--to", "target", type=click.Path(path_type=Path), help="File to write; default: beside it, dated."
)
@options.language
def backup(*, target: Path | None, language: str) -> None:
    """Copy a SQLite case book, also while Paidan serves it.

    To restore: stop Paidan, put the copy in the place of the case book, remove what ends in -wal and -shm
    beside it, start. What happened since the copy is read from the helpdesks again; a ticket routed since
    then stays where it is and gets its note a second time, for the copy does not know the first.
    """
    url = make_url(settings_for(language).database_url)
    if not url.drivername.startswith("sqlite") or not url.database:
        click.echo(TEXTS["postgresql"].say(language), err=True)
        raise SystemExit(2)
    source = Path(url.database)
    chosen = target or source.with_name(f"{source.name}.{datetime.now(UTC):%Y%m%dT%H%M%SZ}")
    try:
        size = back_up(source, chosen)
    except StoreError as error:
        click.echo(TEXTS["failed"].say(language).format(detail=error), err=True)
        raise SystemExit(1) from None
    click.echo(TEXTS["done"].say(language).format(target=chosen, size=size))
