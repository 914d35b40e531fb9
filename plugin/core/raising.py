"""Which of two priorities or levels stands higher; only what surely stands lower is ever raised. Pure."""

from __future__ import annotations


def is_above(value: str, other: str, order: tuple[str, ...]) -> bool:
    """Whether one value surely stands above another; what the order does not know is not surely above."""
    return value in order and other in order and order.index(value) > order.index(other)


def is_unranked(value: str, order: tuple[str, ...]) -> bool:
    """Whether nothing tells where a value that stands there belongs.

    Such a priority is left alone: a person may have chosen it because it is higher than all we know, and
    what a person raised is never lowered by Paidan. The other mistake, a grave ticket that stays where it is,
    can be mended by a person as long as somebody says so: the note does.
    """
    return bool(value) and value not in order
