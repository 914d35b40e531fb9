"""A document's file replaced in one step, byte order mark and permissions kept."""

from __future__ import annotations

import os
from pathlib import Path

BOM = b"\xef\xbb\xbf"


class ChangedMeanwhile(Exception):
    """Somebody wrote the file since it was read."""


def text_of(raw: bytes) -> str:
    """A file's text without its byte order mark."""
    return raw.removeprefix(BOM).decode("utf-8", "replace")


def rewrite(path: Path, before: bytes, text: str) -> None:
    """Put ``text`` in the place of what was read; raises ``ChangedMeanwhile`` or ``OSError``.

    A link stays one: what it leads to is replaced.
    """
    path = Path(os.path.realpath(path))
    beside = path.with_name(f".{path.name}.new")
    try:
        if path.read_bytes() != before:
            raise ChangedMeanwhile
        beside.write_bytes((BOM if before.startswith(BOM) else b"") + text.encode("utf-8"))
        beside.chmod(path.stat().st_mode)
        beside.replace(path)
    except OSError:
        beside.unlink(missing_ok=True)
        raise
