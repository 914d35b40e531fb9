"""What the names of secrets stand for: ``env:NAME`` as when we were started, ``file:/path`` as it is now."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from plugin.documents.desks import Desk

MOST_BYTES = 64 * 1024
FileState = tuple[str, int, int, int, int] | tuple[str]
"""A file's name, and its size, times of change and number where it is there."""


@dataclass(frozen=True, slots=True)
class Found:
    """What stands behind a name. ``fault``: the reason in words where the file cannot be read."""

    value: str = ""
    fault: str = ""
    is_open: bool = False
    """Every account of this machine may read the file."""

    def __repr__(self) -> str:
        return f"Found(fault={self.fault!r})"

    @property
    def is_one_line(self) -> bool:
        """A token, a password or an address is; anything else is a file of another kind, or two secrets."""
        return self.value.isprintable()


def look_up(reference: str, environ: Mapping[str, str]) -> Found:
    """What a secret's name stands for, without the blanks and line ends around it. Never raises."""
    kind, _, where = reference.partition(":")
    return Found(environ.get(where, "").strip()) if kind == "env" else _of_file(Path(where))


def secret_value(reference: str, environ: Mapping[str, str]) -> str:
    """What a secret's name stands for; empty where there is nothing."""
    return look_up(reference, environ).value


def _of_file(path: Path) -> Found:
    try:
        with path.open("rb") as file:
            raw = file.read(MOST_BYTES + 1)
        is_open = _is_open(path)
    except FileNotFoundError:
        return Found()
    except OSError as error:
        return Found(fault=error.strerror or type(error).__name__)
    if len(raw) > MOST_BYTES:
        return Found(fault="File too large")
    try:
        return Found(raw.decode("utf-8-sig").strip(), is_open=is_open)
    except UnicodeDecodeError:
        return Found(fault="Not UTF-8")


def _is_open(path: Path) -> bool:
    """Whether everybody may read it: it itself, and every folder on the way to it.

    Not asked of a read-only mount: so containers are handed their secrets, which nobody else lives in.
    """
    real = path.resolve()
    if not real.stat().st_mode & stat.S_IROTH or os.statvfs(real).f_flag & os.ST_RDONLY:
        return False
    return all(folder.stat().st_mode & stat.S_IXOTH for folder in real.parents)


def file_states(desk: Desk) -> Iterator[FileState]:
    """How the files stand that a desk's secrets and certificates are in: cheap to look at often."""
    references = (*(each for names in desk.secrets.values() for each in names), desk.proxy or "")
    named = [each.removeprefix("file:") for each in references if each.startswith("file:")]
    for path in (*named, *((desk.ca,) if desk.ca else ())):
        try:
            found = Path(path).stat()
        except OSError:
            yield (path,)
        else:
            yield path, found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino
