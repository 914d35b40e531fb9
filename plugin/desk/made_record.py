"""What connecting made for a desk: one record beside the desk file, so that it can be taken away again.

It stands in ``desks/<desk>.made.json``, not in the case book: it belongs to the installation as the desk file
does, is copied and kept with it, and is there before any case book is. No secret stands in it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from plugin.desk.desk_files import desk_file, write_whole

SECRET = "secret"  # noqa: S105 - the word for a file that holds one
NEEDED = ("what", "title", "id")
USUAL_PORTS = {"http": 80, "https": 443}


class RecordUnreadable(ValueError):
    """A record that is there and cannot be read; the words name the file and what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Made:
    """One thing connecting made: in the helpdesk (``what``, ``id``), or a file with a secret (``secret``)."""

    what: str
    title: str
    id: str
    url: str = ""
    """Of the helpdesk it was made in; empty where an older version wrote the record, and for a file"""
    place: str = ""
    """Path of the list it stands in there"""
    hook_base: str = ""
    """Where the helpdesk reached Paidan then; the webhook's address is made of it, a token is not kept"""
    field_title: str = ""
    """What a field is called"""
    beside: Mapping[str, str] = field(default_factory=dict)
    """kind → id of what it hangs on, such as the webhook a trigger calls"""

    def is_same(self, other: Made) -> bool:
        """Whether both tell of one thing; where it was made may be missing from one of them."""
        named = (self.what, self.id) == (other.what, other.id)
        return named and ("" in (self.url, other.url) or same_address(self.url, other.url))


def same_address(one: str, other: str) -> bool:
    """Whether two addresses mean the same helpdesk: host in any case, usual port written or not."""
    return _address(one) == _address(other)


def _address(url: str) -> tuple[str, str, int | None, str]:
    parts = urlsplit(url)
    port = parts.port or USUAL_PORTS.get(parts.scheme)
    return parts.scheme, parts.hostname or "", port, parts.path.rstrip("/")


def made_file(mappings: Path, desk: str) -> Path:
    """Where it stands what was made for the desk."""
    return desk_file(mappings, desk).with_name(f"{desk}.made.json")


def read_made(mappings: Path, desk: str) -> tuple[Made, ...]:
    """What was made; nothing where there is no record. Raises ``RecordUnreadable``."""
    file = made_file(mappings, desk)
    if not file.exists():
        return ()
    try:
        return tuple(_entry(each) for each in json.loads(file.read_text("utf-8"))["made"])
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise RecordUnreadable(f"{file}: {type(error).__name__}: {error}") from None


def _entry(written: dict[str, Any]) -> Made:
    """Raises ``TypeError`` or ``ValueError`` where it is none."""
    made = Made(**written)
    texts = [getattr(made, each.name) for each in fields(made) if each.name != "beside"]
    if not isinstance(made.beside, dict):
        raise TypeError("beside is no map")
    if not all(isinstance(text, str) for text in (*texts, *made.beside, *made.beside.values())):
        raise TypeError("a value is no text")
    same_address(made.url, made.url)
    return made


def keep_made(mappings: Path, desk: str, made: Iterable[Made]) -> None:
    """Put on record what is there now; the record goes with the last of it. Raises ``OSError``."""
    file = made_file(mappings, desk)
    entries = [_written(each) for each in made]
    if entries:
        text = json.dumps({"version": 2, "desk": desk, "made": entries}, ensure_ascii=False, indent=1)
        write_whole(file, text + "\n")
    else:
        file.unlink(missing_ok=True)


def _written(made: Made) -> dict[str, Any]:
    return {name: value for name, value in asdict(made).items() if value or name in NEEDED}
