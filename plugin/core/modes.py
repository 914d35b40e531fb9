"""Which tickets a desk acts on: every one, or those that certain groups lead, or those that came since.

The one place that answers it. Three rules, each to the safe side:

- The group that leads the ticket by its decision gives the answer, not the group it stands in.
- What is acted on stays so for as long as that group is, also where the ticket rises to a group that is not:
  else the level, the priority and the note that stand in it would lag behind what is known, and the duties
  of the graver level would be silent.
- What was only looked at before ``act_since`` is left to the people who deal with it, until it rises above
  where it stood then, or turns out to be confidential: as with everything a person decided.
"""

from __future__ import annotations

from dataclasses import replace

from plugin.core.case import CaseState, Placement
from plugin.core.effects import DeskMap

EVERY_OTHER = ""
"""In ``DeskMap.act_since``: the groups that have no instant of their own."""


def in_mode(desk: DeskMap, case: CaseState, placement: Placement, first_at: float) -> DeskMap:
    """The desk's map with the mode that holds for this one ticket.

    ``case`` is the ticket's as of the last decision, ``placement`` what is decided now; ``first_at``: when
    the ticket was first heard of (UTC seconds).
    """
    for group in (placement.lead, case.acted_for):
        if group and _acts_for(desk, group) and not _is_left(desk, group, case, placement, first_at):
            return replace(desk, mode="act", granted=group)
    return replace(desk, mode="observe" if desk.mode == "act" else desk.mode, granted="")


def _acts_for(desk: DeskMap, group: str) -> bool:
    return desk.mode == "act" or group in desk.act_for


def _is_left(desk: DeskMap, group: str, case: CaseState, placement: Placement, first_at: float) -> bool:
    """Whether people have the ticket since before it was acted on for this group, and it has not risen."""
    since = desk.act_since.get(group, desk.act_since.get(EVERY_OTHER))
    if since is None or first_at >= since or not case.is_watched or case.peak is None:
        return False
    if placement.sealed and not case.peak.sealed:
        return False
    return _height(desk, placement) <= _height(desk, case.peak)


def _height(desk: DeskMap, placement: Placement) -> tuple[int, int]:
    order = desk.level_order
    return order.index(placement.level) if placement.level in order else -1, placement.rank
