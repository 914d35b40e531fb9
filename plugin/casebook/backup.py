"""A copy of a SQLite case book while it is served: whole as of one moment, checked, in place in one step."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from plugin.errors import StoreError

PAGES = 2_000
"""Pages copied at a time: whoever serves writes in between."""


def back_up(source: Path, target: Path) -> int:
    """Copy ``source`` to ``target``, whole or not at all; its size in bytes. Raises ``StoreError``.

    SQLite's own online backup (https://www.sqlite.org/backup.html): writes that come meanwhile are in it.
    """
    if not source.is_file():
        raise StoreError(f"there is no case book at {source}")
    unfinished = target.with_name(f"{target.name}.unfinished")
    try:
        unfinished.unlink(missing_ok=True)
        with closing(sqlite3.connect(source)) as book, closing(sqlite3.connect(unfinished)) as copy:
            book.backup(copy, pages=PAGES)
            copy.execute("pragma journal_mode = delete")
            found = copy.execute("pragma integrity_check").fetchone()[0]
        if found != "ok":
            raise StoreError(f"the copy is not whole: {found}")
        _to_disk(unfinished)
        unfinished.replace(target)
        _to_disk(target.parent)
        return target.stat().st_size
    except (OSError, sqlite3.Error) as error:
        raise StoreError(str(error)) from error
    finally:
        unfinished.unlink(missing_ok=True)


def _to_disk(path: Path) -> None:
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
