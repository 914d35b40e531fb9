"""Where a case stands: the highest of its readings and of what was stored; a fall is only proposed."""

from __future__ import annotations

from collections.abc import Sequence

from plugin.core.case import CaseState, Placement, Proposal, Reading, Standing
from plugin.core.placement import keep_out
from plugin.core.plan import Plan

Height = tuple[int, int]
"""Position of the level from below, then rank; an inherited plan has ranks only."""


def standing(plan: Plan, case: CaseState, readings: Sequence[Reading]) -> Standing:
    """The placement the case really has.

    No message lowers it: the highest reading or the stored peak stands. Between equals the newer placement
    stands once a level is reached, the older one at rank 0. A seal or recusal of any message holds for the
    whole case, so that a later message cannot route an accusation back. ``readings`` are in order of time.
    """
    reached, message = _reached(plan, case, readings)
    everything = [reading.placement for reading in readings] + ([case.peak] if case.peak else [])
    sealed = any(placement.sealed for placement in everything)
    recused = {group for placement in everything for group in placement.recused}
    return Standing(
        placement=keep_out(plan, reached, sealed, recused),
        message=message,
        peak=reached.level,
        peak_rank=max(case.peak_rank, *(placement.rank for placement in everything)),
        proposal=_proposal(plan, reached, readings),
    )


def height(plan: Plan, placement: Placement) -> Height:
    """How high a placement is, for comparing."""
    return plan.levels.height(placement.level), placement.rank


def _reached(plan: Plan, case: CaseState, readings: Sequence[Reading]) -> tuple[Placement, str]:
    best = readings[0]
    for reading in readings[1:]:
        new, old = height(plan, reading.placement), height(plan, best.placement)
        if new > old or (new == old and reading.placement.rank > 0):
            best = reading
    if case.peak and height(plan, case.peak) > height(plan, best.placement):
        return case.peak, case.peak_message
    return best.placement, best.message


def _proposal(plan: Plan, reached: Placement, readings: Sequence[Reading]) -> Proposal | None:
    """A fall is only proposed: to end where the newest message has nothing left of it, else to lower."""
    newest = readings[-1]
    fallen = newest.placement
    if not reached.activated or height(plan, fallen) >= height(plan, reached):
        return None
    return Proposal("end" if fallen.rank == 0 else "lower", fallen.level, fallen.rank, newest.message)
