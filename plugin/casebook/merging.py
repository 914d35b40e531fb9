"""Merged tickets: what one of them went through goes on with the one that is left, and is said once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from sqlalchemy import and_, func, select, update

from plugin.casebook.claims import Claim
from plugin.casebook.database import Database, Transaction
from plugin.casebook.history import DOCUMENTS, CaseEvent, Stored, with_new
from plugin.casebook.inbox import new_case
from plugin.casebook.ledgers import carry_rows
from plugin.casebook.memory import dumped, loaded
from plugin.casebook.store import add_events
from plugin.casebook.tables import case, event
from plugin.core.case import CaseState

CARRIED = "merged:"
"""How the names of events begin that came with another ticket."""
STAYS_BEHIND = frozenset(
    {"paused", "closed", "open", "reopened", "merged", "gone", "moved", "doubled", DOCUMENTS}
)
"""Events that are about the ticket that is no more; every other goes on with the surviving one."""


def follow(
    database: Database, claimed: Claim, survivor: str, left: CaseState, events: Sequence[CaseEvent]
) -> None:
    """A merged ticket's peak, history and ledger go on with the surviving one, whose worker starts over."""
    with database.write() as tx:
        new = tx.insert(case).values(new_case(claimed.desk, survivor, tx.now))
        tx.run(new.on_conflict_do_nothing(index_elements=["desk", "ticket"]))
        one = and_(case.c.desk == claimed.desk, case.c.ticket == survivor)
        found = tx.run(select(case.c.id, case.c.memory, case.c.rank).where(one).with_for_update()).one()
        stays = STAYS_BEHIND if _has_clocks(tx, found.id) else STAYS_BEHIND - {DOCUMENTS}
        kept = [e for e in with_new(claimed.history, events, tx.now) if e.type not in stays]
        names = {each.source_id: new_name(claimed.ticket, each.source_id) for each in kept}
        memory = loaded(found.memory)
        joined = dumped(replace(memory, state=joined_state(memory.state, left, names)))
        before = _count(tx, found.id)
        add_events(tx, found.id, _carried(kept, names))
        if joined == found.memory and _count(tx, found.id) == before:
            return
        carry_rows(tx, claimed.id, found.id, lambda key: renamed(key, names))
        again = {"wake": case.c.wake + 1, "fence": case.c.fence + 1, "lease_until": 0.0, "next_at": tx.now}
        again |= {"timer_at": tx.now}  # its time goes on also where it cannot be read
        rank = max(found.rank, left.peak_rank)
        tx.run(update(case).where(case.c.id == found.id).values(memory=joined, rank=rank, **again))


def _count(tx: Transaction, case_id: int) -> int:
    """Events on record: how many rows a driver put there, of many in one go, it need not know (PEP 249)."""
    known = select(func.count()).select_from(event).where(event.c.case_id == case_id)
    return int(tx.run(known).scalar_one())


def _has_clocks(tx: Transaction, case_id: int) -> bool:
    """Whether it says already under which documents it goes on: the merged one's hold for a case without."""
    known = select(event.c.id).where(event.c.case_id == case_id, event.c.type == DOCUMENTS).limit(1)
    return tx.run(known).first() is not None


def _carried(kept: Iterable[Stored], names: Mapping[str, str]) -> list[CaseEvent]:
    """Under names of their own: what both tickets went through counts from the first of the two.

    Of two openings too: whoever asked first is owed an answer by then.
    """
    return [CaseEvent(names[each.source_id], each.type, each.at, dict(each.facts)) for each in kept]


def new_name(ticket: str, source_id: str) -> str:
    """An event's name in the surviving case; one that came from a third ticket keeps the name it has."""
    return source_id if source_id.startswith(CARRIED) else f"{CARRIED}{ticket}:{source_id}"


def renamed(key: str, names: Mapping[str, str]) -> str:
    """A ledger's key (``chain@cycle:s1r2``, ``clock@cycle:w50~target``) with the events' new names in it."""
    what, at, rest = key.partition("@")
    cycle = max((name for name in names if rest.startswith(f"{name}:")), key=len, default=None)
    if cycle is None:
        return key
    suffix, tilde, target = rest[len(cycle) :].partition("~")
    return f"{what}{at}{names[cycle]}{suffix}{tilde}{names.get(target, target)}"


def joined_state(kept: CaseState, left: CaseState, names: Mapping[str, str]) -> CaseState:
    """The higher of two peaks; a seal or recusal of either holds for both, and what was told is told.

    Where either was acted on, the one that is left is.
    """
    told = frozenset(renamed(key, names) for key in left.noted if "@" in key)
    peaks = [peak for peak in (kept.peak, left.peak) if peak]
    if not peaks:
        return replace(kept, noted=kept.noted | told)
    higher, message = kept.peak, kept.peak_message
    if higher is None or (left.peak and left.peak.rank > higher.rank):
        higher, message = left.peak, left.peak_message
    assert higher is not None
    sealed = any(peak.sealed for peak in peaks)
    recused = tuple(dict.fromkeys(group for peak in peaks for group in peak.recused))
    return replace(
        kept,
        peak=replace(higher, sealed=sealed, recused=recused),
        peak_message=message,
        peak_rank=max(kept.peak_rank, left.peak_rank),
        noted=kept.noted | told,
        acted_for=kept.acted_for or left.acted_for,
        is_watched=kept.is_watched and not left.acted_for,
    )
