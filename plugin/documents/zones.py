"""Time zones by name, from the ``tzdata`` package: its version is part of what a calendar says.

A changed summer time law is a calendar edit, so the host's own tables are not used.
"""

from __future__ import annotations

import zoneinfo
from functools import lru_cache
from importlib import resources

import tzdata

from plugin.documents.problems import Problems
from plugin.documents.reader import text
from plugin.documents.source import Node
from plugin.documents.suggest import fold, nearest

EDITION: str = tzdata.IANA_VERSION
"""The edition of the IANA tables, such as ``2026f``."""
_COMMON = ("America/New_York", "Asia/Shanghai", "Europe/Berlin")


def use_packaged_zones() -> None:
    """From now on this process reads zones from the package alone, whatever the host has."""
    if zoneinfo.TZPATH:
        zoneinfo.reset_tzpath(to=())
        zoneinfo.ZoneInfo.clear_cache()


@lru_cache
def names() -> tuple[str, ...]:
    """Every zone there is."""
    return tuple(resources.files(tzdata).joinpath("zones").read_text("utf-8").split())


def zone(node: Node | None, problems: Problems) -> str | None:
    """The name of a time zone."""
    written = text(node, problems)
    if node is None or written is None or written in names():
        return written
    problems.add("unknown-zone", node, given=written, choices=_near(written))
    return None


def _near(written: str) -> tuple[str, ...]:
    """What was surely meant, else the zones of a city of this name, else the usual ones."""
    if any(character.isdigit() for character in written):
        return _COMMON  # UTC+8 is near UTC only in letters
    meant = nearest(written, names())
    if meant is not None:
        return (meant,)
    city = fold(written).rpartition("/")[2]
    return tuple(name for name in names() if fold(name).rpartition("/")[2] == city) or _COMMON
