"""A value as it was read of a ticket: a word, several, or nothing. Pure."""

from __future__ import annotations

Read = str | tuple[str, ...] | None


def word(value: Read) -> str:
    """As one text; empty where there is nothing."""
    return value if isinstance(value, str) else "\n".join(value or ())


def words(value: Read) -> tuple[str, ...]:
    """One by one."""
    return value if isinstance(value, tuple) else split(value or "")


def split(joined: str) -> tuple[str, ...]:
    """Words that were kept as lines of one text."""
    return tuple(each for each in joined.split("\n") if each)
