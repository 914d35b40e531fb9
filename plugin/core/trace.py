"""The trace: why a decision came out as it did, as a tree of plain values."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from plugin.core.place import Place


class Answer(StrEnum):
    """Four outcomes; unknown is not no."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"
    NOT_TRIED = "not tried"


class TraceNode(NamedTuple):
    """One thing that was asked.

    ``what`` names the step, rule or condition (an id or field name of the admin's own file);
    ``wanted`` is the rule's value and ``found`` the ticket's, both as short text;
    ``spans`` are the places in the message's cleaned text that were read.
    """

    answer: Answer
    what: str
    wanted: str = ""
    found: str = ""
    place: Place | None = None
    spans: tuple[tuple[int, int], ...] = ()
    children: tuple[TraceNode, ...] = ()
