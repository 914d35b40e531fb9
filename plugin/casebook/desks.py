"""What the loop needs of a desk: its helpdesk, its documents' decision, its map."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from plugin.core.case import CaseState, Decision
from plugin.core.effects import DeskMap
from plugin.core.ticket import Ticket
from plugin.desk.helpdesk import Helpdesk

Decide = Callable[[Ticket, CaseState, datetime], Decision]


@dataclass(frozen=True, slots=True)
class DeskInUse:
    """One desk under one version of its documents."""

    helpdesk: Helpdesk
    map: DeskMap
    decide: Decide
    version: str
    """Of the documents: what was refused under another version is tried again."""


Desks = Callable[[], Mapping[str, DeskInUse]]
"""The desks in use now; a reload of the documents changes the answer, never a desk in hand."""
