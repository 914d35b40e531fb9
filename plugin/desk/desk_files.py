"""The files that connecting a helpdesk writes: secrets, the desk file, and what was made in the helpdesk.

What was made stands beside the desk file (``desks/<desk>.made.json``), not in the case book: it belongs to
the installation as the desk file does, is copied and kept with it, and is there before any case book is.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from plugin.documents.folder import EXAMPLE

SAFE_SECRET = re.compile(r"[A-Za-z0-9_.~-]{16,200}")
"""Characters that mean nothing in an address, in Perl, Python or a shell."""


@dataclass(frozen=True, slots=True)
class Made:
    """One thing connecting made: in the helpdesk (``what``, ``id``), or a file with a secret (``secret``)."""

    what: str
    title: str
    id: str


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


def write_secret(folder: Path, desk: str, name: str, value: str) -> Path:
    """A file only its owner can read; answers where it is. Raises ``OSError``."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = (folder / f"{desk}-{name}").absolute()
    write_whole(file, value + "\n", 0o600)
    return file


def desk_file(mappings: Path, desk: str) -> Path:
    """Where the desk file is, or would be."""
    return mappings / "desks" / f"{desk}.yaml"


def made_file(mappings: Path, desk: str) -> Path:
    """Where it stands what was made for the desk."""
    return mappings / "desks" / f"{desk}.made.json"


def read_made(mappings: Path, desk: str) -> tuple[Made, ...]:
    """What was made; nothing where there is no record. Raises ``ValueError`` where it cannot be read."""
    file = made_file(mappings, desk)
    if not file.exists():
        return ()
    try:
        return tuple(Made(**each) for each in json.loads(file.read_text("utf-8"))["made"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ValueError(f"{file}: {error}") from None


def keep_made(mappings: Path, desk: str, made: Iterable[Made]) -> None:
    """Put on record what is there now; the record goes with the last of it."""
    file, entries = made_file(mappings, desk), [asdict(each) for each in made]
    if entries:
        text = json.dumps({"version": 1, "desk": desk, "made": entries}, ensure_ascii=False, indent=1)
        write_whole(file, text + "\n")
    else:
        file.unlink(missing_ok=True)


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
