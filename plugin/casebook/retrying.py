"""Dead letters brought back, or taken off the list, by a person in his own name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import ColumnElement, and_, select, update
from sqlalchemy import case as when

from plugin.casebook.database import Database, Transaction
from plugin.casebook.dead import (
    DEAD_DELIVERY,
    DEAD_MESSAGE,
    DEAD_WRITE,
    MARK,
    NOBODY,
    DeadLetter,
    dead_letters,
)
from plugin.casebook.desks import DeskInUse
from plugin.casebook.history import history, stored
from plugin.casebook.inbox import make_due
from plugin.casebook.interventions import By, put_on_record
from plugin.casebook.ledgers import WITHDRAWN, post
from plugin.casebook.memory import loaded
from plugin.casebook.published import PublishedVersions
from plugin.casebook.tables import action, case, delivery, message
from plugin.casebook.timers import Letter, letters_of
from plugin.core.timekeeping import evaluate
from plugin.errors import DeliveryUnreadable, Unstorable

Came = Literal["again", "gone", "no-desk", "still", "nobody", "over", "dropped"]
"""again: it is tried again. gone: it is no dead letter any more. no-desk: its desk has no file. still: the
delivery names no ticket yet. nobody: still nobody can be reached. over: nobody has to be told any more.
"""


@dataclass(frozen=True, slots=True)
class Retried:
    """What came of one."""

    letter: DeadLetter
    came: Came
    detail: str = ""
    """still: the code of why; again: whom, or which ticket"""


class Retry:
    """Brings dead letters back; every one on record with who asked for it, and why."""

    def __init__(self, database: Database, desks: Mapping[str, DeskInUse], by: By, *, dry: bool = False):
        """``dry``: say what would come of it and change nothing."""
        self._database = database
        self._desks = desks
        self._by = by
        self._dry = dry

    def __call__(self, letter: DeadLetter) -> Retried:
        """Try one again; raises ``StoreError``."""
        match letter.kind:
            case "write":
                return self._write(letter)
            case "message":
                return self._message(letter)
            case "delivery":
                return self._stored(letter)

    def drop(self, letter: DeadLetter) -> Retried:
        """Take one off the list without trying it again; raises ``StoreError``."""
        with self._database.write() as tx:
            return self._ended(tx, letter, "dropped" if self._dry or _drop(tx, letter) else "gone")

    def _write(self, letter: DeadLetter) -> Retried:
        """The ticket is read and decided afresh, as if nothing of it had been refused."""
        if letter.desk not in self._desks:
            return Retried(letter, "no-desk")
        with self._database.write() as tx:
            of_case = case.c.id == letter.case_id
            tx.run(select(case.c.id).where(of_case).with_for_update())
            if tx.run(select(action.c.id).where(_mine(letter))).first() is None:
                return Retried(letter, "gone")
            if not self._dry:
                at = when((case.c.next_at <= tx.now, case.c.next_at), else_=tx.now)
                again = {"retry_at": tx.now, "next_at": at, "wake": case.c.wake + 1, "attempts": 0}
                tx.run(update(case).where(of_case).values(**again))
            return self._ended(tx, letter, "again", letter.ticket or "")

    def _message(self, letter: DeadLetter) -> Retried:
        if letter.problem["code"] == NOBODY:
            return self._to_somebody(letter)
        with self._database.write() as tx:
            if tx.run(select(message.c.id).where(_mine(letter)).with_for_update()).first() is None:
                return Retried(letter, "gone")
            if not self._dry:
                again = {"state": "planned", "attempts": 0, "next_try": tx.now, "ended_at": None}
                tx.run(update(message).where(_mine(letter)).values(**again, reason=None))
            return self._ended(tx, letter, "again", str(letter.what["addressee"]))

    def _to_somebody(self, letter: DeadLetter) -> Retried:
        """Whoever answers for the step now is told, where it is still to be told."""
        if letter.desk not in self._desks:
            return Retried(letter, "no-desk")
        published = PublishedVersions(self._database)
        with self._database.write() as tx:
            if tx.run(select(message.c.id).where(_mine(letter)).with_for_update()).first() is None:
                return Retried(letter, "gone")
            letters = self._letters(tx, letter, published)
            if letters is None:
                return self._ended(tx, letter, "over" if self._dry or _drop(tx, letter) else "gone")
            reached = [each for each in letters if each.contact.secret]
            if not reached:
                return Retried(letter, "nobody")
            if not self._dry:
                _drop(tx, letter)
                post(tx, letter.case_id or 0, reached)
            return self._ended(tx, letter, "again", ", ".join(each.contact.addressee for each in reached))

    def _letters(
        self, tx: Transaction, letter: DeadLetter, published: PublishedVersions
    ) -> list[Letter] | None:
        """To whom the step goes now; None where it was answered since."""
        row = tx.run(select(case.c.id, case.c.memory).where(case.c.id == letter.case_id)).one()
        known, state = history(stored(tx, [row.id])[row.id], published), loaded(row.memory).state
        if known is None or state.peak is None:
            return None
        key, now = letter.key.partition("|")[2], int(tx.now)
        steps = evaluate(known.policy, known.calendars, known.events, now).steps
        step = next((s for s in steps if s.key == key and not (s.ended and not s.must_send)), None)
        clocks = self._desks[letter.desk].clocks
        return None if step is None else list(letters_of(step, clocks, state.peak, now))

    def _stored(self, letter: DeadLetter) -> Retried:
        try:
            return self._delivery(letter)
        except Unstorable:
            return Retried(letter, "still", "not-storable")

    def _delivery(self, letter: DeadLetter) -> Retried:
        """What was kept is read again, by the connector as it is now."""
        if letter.desk not in self._desks:
            return Retried(letter, "no-desk")
        with self._database.write() as tx:
            row = tx.run(select(delivery.c.body).where(_mine(letter)).with_for_update()).first()
            if row is None:
                return Retried(letter, "gone")
            if row.body is None:
                return Retried(letter, "still", "body-gone")
            try:
                hint = self._desks[letter.desk].helpdesk.reread(bytes(row.body))
            except DeliveryUnreadable as error:
                return Retried(letter, "still", error.code)
            if not self._dry:
                state = "new" if hint.ticket_id else "ignored"
                values = {"ticket": hint.ticket_id or None, "kind": hint.kind, "state": state, "reason": None}
                tx.run(update(delivery).where(_mine(letter)).values(**values))
                if hint.ticket_id:
                    make_due(tx, letter.desk, hint.ticket_id)
            return self._ended(tx, letter, "again", hint.ticket_id)

    def _ended(self, tx: Transaction, letter: DeadLetter, came: Came, detail: str = "") -> Retried:
        if not self._dry and came != "gone":
            what: Literal["retry", "drop"] = "drop" if came in ("dropped", "over") else "retry"
            put_on_record(tx, letter.desk, what, self._by, letter.id)
        return Retried(letter, came, detail)


def chosen(database: Database, ids: Sequence[str]) -> tuple[list[DeadLetter], list[str]]:
    """The dead letters of these ids, and the ids that are none; raises ``StoreError``."""
    letters = {letter.id: letter for letter in dead_letters(database)}
    wanted = list(dict.fromkeys(ids))
    return [letters[each] for each in wanted if each in letters], [e for e in wanted if e not in letters]


def _drop(tx: Transaction, letter: DeadLetter) -> bool:
    match letter.kind:
        case "write":
            dropped = update(action).values(state="overtaken")
        case "message":
            dropped = update(message).values(reason=WITHDRAWN)
        case "delivery":
            dropped = update(delivery).values(state="ignored")
    return bool(tx.run(dropped.where(_mine(letter))).rowcount)


def _mine(letter: DeadLetter) -> ColumnElement[bool]:
    """Its row, as long as it is a dead letter."""
    match letter.kind:
        case "write":
            return and_(action.c.id == letter.id, DEAD_WRITE)
        case "message":
            return and_(message.c.id == letter.id, DEAD_MESSAGE)
        case "delivery":
            return and_(delivery.c.id == int(letter.id.removeprefix(MARK)), DEAD_DELIVERY)
