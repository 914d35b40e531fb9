"""Decide a ticket and its retelling, and say what of the decision must be equal."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from typing import Any

from plugin.core.case import Decision, Placement
from plugin.core.ticket import Ticket
from tests.score.deciding import PLANS, decided
from tests.score.tickets import SAMPLES, Labelled, as_ticket, sample

TICKETS = [labelled for name in SAMPLES for labelled in sample(name)]
BY_ID = {labelled.id: labelled for labelled in TICKETS}
SHORT = [labelled for labelled in TICKETS if "body_expand" not in labelled.raw]


def plan_of(labelled: Labelled) -> str:
    """Every ticket under one plan, all plans in turn."""
    return tuple(PLANS)[int(labelled.id[1:]) % len(PLANS)]


def retold(labelled: Labelled, change: Callable[[str], str], prefix: str = "") -> Ticket:
    """The ticket with all its words changed, and something said first."""
    return as_ticket(
        labelled.id,
        change(labelled.raw["title"]),
        prefix + change(labelled.body),
        labelled.raw["fields"]["received_at"],
        labelled.fields,
        [(f"u{n}", u["at"], change(u["body"])) for n, u in enumerate(labelled.updates, 1)],
    )


def placements(decision: Decision, leave_out: tuple[str, ...] = ()) -> list[dict[str, Any]]:
    """Every reading's placement and the standing one, without the parts left out."""
    found = [*(reading.placement for reading in decision.readings), decision.standing.placement]
    return [_parts(placement, leave_out) for placement in found]


def _parts(placement: Placement, leave_out: tuple[str, ...]) -> dict[str, Any]:
    return {f.name: getattr(placement, f.name) for f in fields(placement) if f.name not in leave_out}


def of(labelled: Labelled) -> Decision:
    """The decision of the ticket as it is."""
    return decided(labelled.ticket(), plan_of(labelled))
