"""What acting would change in a ticket, kept beside its case to be compared with what people did."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from plugin.core.case import CaseState, Placement
from plugin.core.effects import SINGLE, DeskMap, Effects, Snapshot, wanted
from plugin.core.timing import NO_TIMING, Timing, as_kept

KEPT = (*SINGLE, "due")
"""Of these the value that was read is kept; a tag may be anybody's word."""


@dataclass(frozen=True, slots=True)
class Preview:
    """One ticket at its last read, in the helpdesk's own words."""

    first: str
    """The group it stood in when it was read first; empty where that is not known."""
    stands: Mapping[str, str]
    """Target → what was read last."""
    wants: Mapping[str, str]
    """Target → what the decision wants of it; several tags with line breaks between."""
    changes: tuple[str, ...]
    """What acting would have written just then: targets, and ``note``."""


def previewed(
    known: Preview | None,
    case: CaseState,
    placement: Placement,
    snapshot: Snapshot,
    desk: DeskMap,
    timing: Timing,
    acting: Effects,
) -> Preview:
    """What is kept of this read; ``acting``: what would be written, or is, were the ticket acted on."""
    stands = {name: value for name in KEPT if isinstance(value := snapshot.values.get(name), str) and value}
    first = known.first if known else case.written.get("group") or stands.get("group", "")
    changes = [change.target for change in acting.changes if change.target != "reason"]
    # where there is neither a note nor a field, the reason is kept here alone
    if acting.note or (acting.in_reason and desk.reason):
        changes.append("note")
    return Preview(first, stands, _wants(placement, desk, timing), tuple(changes))


def _wants(placement: Placement, desk: DeskMap, timing: Timing = NO_TIMING) -> dict[str, str]:
    wants = dict(wanted(placement, desk, timing))
    if desk.due and timing.due:
        wants["due"] = as_kept(timing.due, desk.due_zone, by_minute=desk.due_by_minute)
    if desk.tags and placement.flags and not placement.sealed:
        wants["tags"] = "\n".join(placement.flags)
    return wants
