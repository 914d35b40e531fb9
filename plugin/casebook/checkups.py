"""What the last look at each desk found wrong, and what is known of its webhooks."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, delete, func, select

from plugin.casebook.database import Database, Transaction
from plugin.casebook.lately import counted
from plugin.casebook.tables import checkup, delivery, poll, refused
from plugin.desk.checkup import Heard
from plugin.desk.findings import Finding, Severity

PART = "part"
"""Among the slots of a finding on record: what was looked at when it was found."""


@dataclass(frozen=True, slots=True)
class Checkup:
    """The last look at a desk. Seconds since 1970."""

    desk: str
    at: float
    errors: int
    warnings: int
    codes: tuple[str, ...]
    """Of errors and warnings, the gravest first."""


def heard(database: Database, desk: str, every: float) -> Heard:
    """What is known of a desk's webhooks; ``every``: seconds between two looks. Raises ``StoreError``."""
    with database.read() as tx:
        good = and_(delivery.c.desk == desk, delivery.c.state != "unreadable")
        last = tx.run(select(func.max(delivery.c.received_at)).where(good)).scalar()
        since = and_(refused.c.desk == desk, refused.c.at > (last or 0.0))
        codes = Counter(tx.run(select(refused.c.code).where(since).order_by(refused.c.id.desc())).scalars())
        kept = tx.run(select(poll.c.missed_lately).where(poll.c.desk == desk)).scalar()
        missed, missed_since = counted(kept, tx.now), counted(kept, tx.now, last or 0.0)
    why = codes.most_common(1)[0][0] if codes else ""
    return Heard(last, codes.total(), why, missed, missed_since, every)


def has_called(tx: Transaction, desk: str) -> bool:
    """Whether a genuine webhook of the desk is on record."""
    good = and_(delivery.c.desk == desk, delivery.c.state != "unreadable")
    return tx.run(select(delivery.c.desk).where(good).limit(1)).first() is not None


def keep(database: Database, desk: str, found: Iterable[Finding]) -> None:
    """Put the last look at a desk on record. Raises ``StoreError``."""
    grave = [each for each in found if each.severity != "ok"]
    told = json.dumps([[each.severity, each.code, _kept(each)] for each in grave], ensure_ascii=False)
    with database.write() as tx:
        row = {"desk": desk, "at": tx.now, "found": told}
        again = {"at": tx.now, "found": told}
        tx.run(tx.insert(checkup).values(row).on_conflict_do_update(index_elements=["desk"], set_=again))


def _kept(finding: Finding) -> dict[str, Any]:
    """A helpdesk's own sentences are told to who asks, and not written down."""
    return {**finding.lasting, PART: finding.part} if finding.part else finding.lasting


def forget(database: Database, desks: Iterable[str]) -> None:
    """Desks that are no longer served have nothing wrong with them. Raises ``StoreError``."""
    with database.write() as tx:
        tx.run(delete(checkup).where(checkup.c.desk.not_in(list(desks))))


def findings(database: Database, desk: str) -> tuple[Finding, ...]:
    """What the last look at a desk found wrong; empty where all was well, or nobody looked yet."""
    with database.read() as tx:
        told = tx.run(select(checkup.c.found).where(checkup.c.desk == desk)).scalar()
    return tuple(_finding(*each) for each in json.loads(told or "[]"))


def _finding(severity: Severity, code: str, slots: dict[str, Any]) -> Finding:
    return Finding(severity, code, slots, slots.pop(PART, ""))


def checkups(tx: Transaction) -> tuple[Checkup, ...]:
    """The last look at every desk, by name."""
    return tuple(_checkup(row) for row in tx.run(select(checkup).order_by(checkup.c.desk)))


def _checkup(row: object) -> Checkup:
    found = json.loads(row.found)  # type: ignore[attr-defined]
    severities = [severity for severity, _, _ in found]
    return Checkup(
        row.desk,  # type: ignore[attr-defined]
        row.at,  # type: ignore[attr-defined]
        severities.count("error"),
        severities.count("warning"),
        tuple(code for _, code, _ in found),
    )
