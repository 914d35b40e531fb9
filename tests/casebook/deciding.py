"""A decision simple enough to see through: the largest number in a message is its rank, up to four."""

from __future__ import annotations

import re
from datetime import datetime

from plugin.core.case import CaseState, Decision, Placement, Proposal, Reading, Standing
from plugin.core.effects import DeskMap
from plugin.core.facts import Count, Fact
from plugin.core.ticket import Ticket
from plugin.core.trace import Answer, TraceNode

HINTS = ("none", "一般", "较大", "重大", "特别重大")
LEVELS = ("none", "low", "mid", "high", "top")
LEADS = ("normal_desk", "onsite", "onsite", "hq", "hq")


def desk_map(mode: str = "act", language: str = "en") -> DeskMap:
    """The stand-in's map for this decision."""
    return DeskMap(
        mode=mode,  # type: ignore[arg-type]
        language=language,  # type: ignore[arg-type]
        groups={
            "normal_desk": "intake",
            "onsite": "field team",
            "hq": "headquarters",
            "sealed_desk": "sealed",
        },
        levels={level: level for level in LEVELS[1:]},
        priorities={"low": "normal", "mid": "high", "high": "urgent", "top": "urgent"},
        priority_order=("low", "normal", "high", "urgent"),
        tags=True,
    )


def placed(rank: int, *, sealed: bool = False) -> Placement:
    """Where a rank stands."""
    return Placement(
        event_type="mass_visit" if rank else "ordinary",
        rank=rank,
        level=LEVELS[rank],
        activated=rank > 0,
        severity_hint=HINTS[rank],
        lead="sealed_desk" if sealed else LEADS[rank],
        flags=("present",) if rank else (),
        sealed=sealed,
    )


def simple_decide(ticket: Ticket, case: CaseState, _now: datetime) -> Decision:
    """The highest rank any message names; a fall is only proposed."""
    readings = tuple(_reading(m.id, m.at, f"{m.title} {m.text}") for m in ticket.messages)
    best = max(readings, key=lambda reading: reading.placement.rank)
    placement, message = best.placement, best.message
    if case.peak and case.peak.rank > placement.rank:
        placement, message = case.peak, case.peak_message
    newest = readings[-1].placement
    falls = placement.activated and newest.rank < placement.rank
    kind = "end" if newest.rank == 0 else "lower"
    proposal = Proposal(kind, newest.level, newest.rank, readings[-1].message) if falls else None
    peak_rank = max(case.peak_rank, placement.rank)
    return Decision(ticket.id, readings, Standing(placement, message, placement.level, peak_rank, proposal))


def _reading(message: str, at: datetime, text: str) -> Reading:
    numbers = [int(n) for n in re.findall(r"\d+", text)]
    rank = min(4, max(numbers, default=0))
    placement = placed(rank, sealed="in confidence" in text)
    facts = {"people": Fact("people", Count(rank, rank))} if rank else {}
    trace = TraceNode(Answer.YES, "test", children=(TraceNode(Answer.YES, "people"),))
    return Reading(message, at, facts, {"rank": rank}, placement, trace)
