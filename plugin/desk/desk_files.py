"""The files that connecting a helpdesk writes: secrets and the desk file; each whole or not at all."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from plugin.documents.folder import EXAMPLE

SAFE_SECRET = re.compile(r"[A-Za-z0-9_.~-]{16,200}")
"""Characters that mean nothing in an address, in Perl, Python or a shell."""


def write_whole(file: Path, text: str, mode: int = 0o644) -> None:
    """The whole text or nothing, durable; raises ``OSError``.

    A link stays one: what it leads to is replaced.
    """
    file = Path(os.path.realpath(file))
    file.parent.mkdir(parents=True, exist_ok=True)
    new = file.with_name(f".{file.name}.new")
    new.unlink(missing_ok=True)
    opened = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        with os.fdopen(opened, "w", encoding="utf-8") as out:
            out.write(text)
            out.flush()
            os.fsync(out.fileno())
        new.replace(file)
    except OSError:
        new.unlink(missing_ok=True)
        raise


@contextmanager
def all_or_nothing(*files: Path) -> Iterator[None]:
    """Where the block ends with an ``OSError``, these files become again what they were.

    What cannot be put back stays as it is. Raises ``OSError`` before the block where a file is there and
    cannot be read.
    """
    before = {file: file.read_bytes() if file.exists() else None for file in files}
    try:
        yield
    except OSError:
        for file, content in before.items():
            with suppress(OSError):
                _put_back(file, content)
        raise


def _put_back(file: Path, content: bytes | None) -> None:
    if content is None:
        file.unlink(missing_ok=True)
    elif not file.exists() or file.read_bytes() != content:
        file.write_bytes(content)


def write_secret(folder: Path, desk: str, name: str, value: str) -> Path:
    """A file only its owner can read; answers where it is. Raises ``OSError``."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = (folder / f"{desk}-{name}").absolute()
    write_whole(file, value + "\n", 0o600)
    return file


def desk_file(mappings: Path, desk: str) -> Path:
    """Where the desk file is, or would be."""
    return mappings / "desks" / f"{desk}.yaml"


def aside_file(mappings: Path, desk: str) -> Path:
    """Where a desk file is kept as an example nothing is done by."""
    return desk_file(mappings, f"{EXAMPLE}{desk}")


def put_aside(mappings: Path, desk: str) -> Path:
    """The desk file as an example nothing is done by; raises ``FileExistsError`` where there is one."""
    file, aside = desk_file(mappings, desk), aside_file(mappings, desk)
    if aside.exists():
        raise FileExistsError(str(aside))
    file.rename(aside)
    return aside
