"""Where something stands in an admin's file."""

from __future__ import annotations

from typing import NamedTuple


class Place(NamedTuple):
    """File name relative to the folder it was loaded from, line and column (both from 1)."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"
