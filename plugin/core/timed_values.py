"""What the clocks write into a ticket's due date and into the field that tells of missed limits. Pure."""

from __future__ import annotations


def due_value(want: str, read: str, ours: str, rank: int) -> str | None:
    """The next limit, where it is to be written. Where the date is ours it follows the clocks; one that
    somebody set is only brought forward, once for a limit, and at rank 0 left alone. One taken away is not
    put back.
    """
    if want in (read, ours) and ours != read:
        return None
    is_free = not read and not ours
    is_brought_forward = bool(rank) and want < read
    return want if want != read and (is_free or read == ours or is_brought_forward) else None


def breach_value(words: tuple[str, str], read: str, *, breached: bool) -> str | None:
    """A missed limit stays on record; the field says so until it turns out that none was missed."""
    in_time, missed = words
    if breached:
        return missed if read != missed else None
    return in_time if read == missed else None
