"""A helpdesk from a descriptor and a desk file: receive, read, write, list. One try each; others repeat."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from plugin.core.effects import Change, Effects, Snapshot
from plugin.desk import inbound, normalise, outbound
from plugin.desk.challenge import challenge
from plugin.desk.changes import Changes
from plugin.desk.client import Client
from plugin.desk.descriptor import Descriptor
from plugin.desk.ensured import Ensuring, Unmade
from plugin.desk.fetch import Fetch
from plugin.desk.helpdesk import Answer, Changed, Hint, ListManner, Page, Position, Seen, Server, Written
from plugin.desk.installation import Installation
from plugin.desk.limits import Budget
from plugin.desk.lists import AGAIN_SECONDS, Lists, Names
from plugin.desk.own_fields import has_place, own_places
from plugin.desk.sending import Sending
from plugin.desk.signing import Delivery
from plugin.desk.template import UnsafeSegment, render_path
from plugin.desk.transforms import read_one
from plugin.errors import Conflict, Faulty, NotFound, Rejected

PUBLIC = "everybody can read the note: Paidan's account may not write private notes there"
ORIGIN = "${origin}"
"""Begins the page of a ticket that is not below the path of the desk's address."""
FRESH_SECONDS = 2.0
"""A read younger than this needs no second one before a write on products without a version check."""


class Connector:
    """One installation, driven by its descriptor; implements ``helpdesk.Helpdesk``."""

    def __init__(self, descriptor: Descriptor, desk: Installation) -> None:
        self.name = desk.desk
        self.descriptor = descriptor
        self.desk = desk
        self.client = Client(descriptor.api, desk)
        """What calls leave by, for looks that are none of a ticket."""
        self._fetch = Fetch(self.client, desk)
        self.lists = Lists(self.client, descriptor, desk)
        self._names = Names(self.lists, descriptor, desk)
        self._changes = Changes(self.client, descriptor, desk, named=self._names.joined)

    @property
    def budget(self) -> Budget | None:
        """Calls left, as the helpdesk said last; None where it does not say."""
        return self.client.budget

    @property
    def has_webhooks(self) -> bool:
        """Whether anything the helpdesk sends can be told from a forgery; without, it is only looked at."""
        return self.desk.hears and bool(inbound.active_checks(self.descriptor.receive, self.desk))

    @property
    def server(self) -> Server | None:
        """The helpdesk's clock against ours, by its last answer."""
        return self.client.server

    def ticket_url(self, ticket_id: str) -> str:
        """Where a person sees the ticket."""
        page = self.descriptor.api.page
        known = {**self._known(ticket_id), "setting": dict(self.desk.settings)}
        if page.startswith(ORIGIN):
            return self.client.origin + render_path(page.removeprefix(ORIGIN), known)
        if page.startswith("https://"):
            return render_path(page, known)
        return self.client.url(render_path(page, known))

    def receive(
        self,
        source: str,
        method: str,
        headers: Mapping[str, str],
        body: bytes,
        now: float,
        remote: str = "",
    ) -> Hint:
        """One webhook request as a hint; raises ``DeliveryRefused`` or ``DeliveryUnreadable``."""
        delivery = Delivery(source, headers, body, now, remote=remote)
        return inbound.receive(self.descriptor, self.desk, method, delivery)

    def challenge(self, source: str, query: str, remote: str = "") -> str | None:
        """The answer to the product's test call; None where it is none, or nobody may ask it."""
        return challenge(self.descriptor, self.desk, query, source, remote)

    @property
    def answer(self) -> Answer | None:
        """What the product wants to be told of a delivery that was taken; None: our usual answer."""
        return self.descriptor.receive.answer

    def reread(self, body: bytes) -> Hint:
        """What a delivery says that was found genuine when it came; raises ``DeliveryUnreadable``."""
        return inbound.hint_of(self.descriptor, self.desk, Delivery("", {}, body, 0.0))

    def read(self, ticket_id: str, timeout: float = 10.0) -> Seen:
        """The ticket's matter and its state; ``timeout`` in seconds bounds all requests together."""
        ticket_id = self._canonical(ticket_id)
        read_at = time.monotonic()
        deadline = read_at + timeout
        answers = self._fetch.answers(self._known(ticket_id), self.descriptor.reads, deadline)
        self._check_holds_ticket(answers)
        desk = self._names.joined(deadline - time.monotonic())
        found = normalise.seen(self.descriptor, desk, ticket_id, answers)
        asked_at = self.client.their_time(read_at)
        return replace(found, snapshot=replace(found.snapshot, read_at=read_at, asked_at=asked_at))

    @property
    def reads_own_fields(self) -> bool:
        """Whether ``fields:`` of a desk file may also name what no list holds but every ticket has."""
        return own_places(self.descriptor) != ()

    def is_of_person(self, source: str) -> bool:
        """Whether a field tells of a person by the connector file's word: it is never read."""
        return source.split(".")[0] in self.descriptor.ticket.persons

    def fields_shown(self, ticket_id: str, sources: Iterable[str], timeout: float = 10.0) -> frozenset[str]:
        """Those of ``sources`` the ticket has a place for, filled or not. Raises a ``HelpdeskError``."""
        ticket_id = self._canonical(ticket_id)
        deadline = time.monotonic() + timeout
        answers = self._fetch.answers(self._known(ticket_id), self.descriptor.reads, deadline)
        return frozenset(each for each in sources if has_place(self.descriptor, answers, each))

    @property
    def list_manner(self) -> ListManner | None:
        """How tickets changed since an instant are listed; None where they cannot be."""
        return self._changes.manner

    def changed_page(self, position: Position, timeout: float = 10.0) -> Page:
        """One page of the tickets changed since ``position.since``: one call, ``timeout`` seconds in all."""
        return self._changes.page(position, timeout)

    def changed(self, since: float, timeout: float = 10.0) -> Iterator[Changed]:
        """Every ticket changed since an instant of the helpdesk's clock, page by page as they are wanted."""
        for page in self._changes.pages(since, timeout):
            yield from page.rows

    def canonical_id(self, written: str) -> str | None:
        """The one form of a ticket's id, however it is written; None where it can be none."""
        return self.descriptor.receive.ids.canonical(written)

    def _canonical(self, ticket_id: str) -> str:
        """What is no id of this product is asked of nobody."""
        found = self.canonical_id(ticket_id)
        if found is None:
            raise NotFound("ticket", detail="this is no ticket id of the product")
        return found

    def _known(self, ticket_id: str) -> dict[str, Any]:
        return self.descriptor.receive.ids.known(ticket_id)

    def _check_holds_ticket(self, answers: Mapping[str, Any]) -> None:
        """Every ticket has a state: an answer without one is half an answer, not a ticket without values."""
        if read_one(answers, self.descriptor.ticket.state, answers) is None:
            raise Faulty("ticket", detail="the answer holds no ticket")

    def _state(self, ticket_id: str, deadline: float) -> Snapshot:
        return self._snapshot(ticket_id, self._asked(ticket_id, deadline), deadline)

    def _asked(self, ticket_id: str, deadline: float) -> dict[str, Any]:
        steps = tuple(step for step in self.descriptor.reads if step.state)
        return self._fetch.answers(self._known(ticket_id), steps, deadline)

    def _snapshot(self, ticket_id: str, answers: Mapping[str, Any], deadline: float) -> Snapshot:
        self._check_holds_ticket(answers)
        desk = self._names.joined(deadline - time.monotonic())
        return normalise.snapshot(self.descriptor, desk, ticket_id, answers)

    def write(
        self,
        ticket_id: str,
        effects: Effects,
        marker: str,
        seen: Snapshot,
        not_after: float,
        timeout: float = 10.0,
    ) -> Written:
        """Send what differs, the marker in it, and say what of it is in the helpdesk now."""
        ticket_id = self._canonical(ticket_id)
        deadline = time.monotonic() + timeout
        seen, effects = self._compared(ticket_id, effects, seen, deadline)
        note_ok = self._may_note(effects, seen)
        wanted = effects if note_ok else replace(effects, note=None)
        desk, unmade = self._named(wanted, deadline)
        wanted = _without(wanted, unmade)
        planned = self._planned(desk, ticket_id, wanted, marker, seen.stamp)
        began_at = time.monotonic()
        more = Ensuring(self.client, self.descriptor, desk, deadline, not_after, self._known(ticket_id))(
            wanted.changes
        )
        if more:
            unmade += more
            wanted = _without(wanted, more)
            planned = self._planned(desk, ticket_id, wanted, marker, seen.stamp)

        def apart(targets: tuple[str, ...]) -> Iterator[outbound.Call]:
            for each in _each(wanted, targets):
                again = sending.has_taken and self.descriptor.write.checks_version
                stamp = self._state(ticket_id, deadline).stamp if again else seen.stamp
                yield from self._planned(desk, ticket_id, each, marker, stamp).updates

        sending = Sending(self.client, deadline, not_after, apart)
        sending(planned)
        done = [change for change in wanted.changes if change.target not in planned.impossible]
        answers = self._after(ticket_id, sending, deadline)
        after = None if answers is None else self._snapshot(ticket_id, answers, deadline)
        ignored = _differing(done, after) if after is not None else ()
        is_public = answers is not None and normalise.is_public(self.descriptor, answers, marker)
        absent = (*planned.impossible, *ignored, *sending.refused, *(each.target for each in unmade))
        missing = dict.fromkeys((*absent, *(("note",) if is_public or not note_ok else ())))
        told = ((PUBLIC,) if is_public else ()) + (sending.detail, *(each.detail for each in unmade))
        detail = next((each for each in told if each), "")
        shown = after and replace(after, asked_at=self.client.their_time(began_at))
        return Written(not missing, tuple(missing), detail, after.stamp if after else None, shown)

    def _named(self, effects: Effects, deadline: float) -> tuple[Installation, tuple[Unmade, ...]]:
        """The desk with the live lists' names, and the targets whose value cannot be written as it is."""
        desk = self._names.joined(deadline - time.monotonic())
        unknown = self._names.unknown(desk, effects.changes)
        if unknown:  # it may have been made a moment ago
            desk = self._names.joined(deadline - time.monotonic(), AGAIN_SECONDS)
            unknown = self._names.unknown(desk, effects.changes)
        named = _without(effects, unknown).changes
        faults = outbound.faults(self.descriptor, desk, named)
        return desk, (*unknown, *(Unmade(target, fault) for target, fault in faults.items()))

    def _planned(
        self, desk: Installation, ticket_id: str, effects: Effects, marker: str, stamp: str | None
    ) -> outbound.Planned:
        try:
            return outbound.plan(self.descriptor, desk, ticket_id, effects, marker, stamp=stamp)
        except UnsafeSegment:
            raise Rejected("write", detail="the ticket's id cannot stand in an address") from None
        except ValueError as error:
            raise Rejected("write", detail=f"a value cannot be written: {error}"[:200]) from None

    def _compared(
        self, ticket_id: str, effects: Effects, seen: Snapshot, deadline: float
    ) -> tuple[Snapshot, Effects]:
        """Where the product checks no version, look again if the read is old: nobody's change is overwritten.

        What already is as wanted is left out; a value that is neither wanted nor what was read is a conflict.
        """
        checked = self.descriptor.write.checks_version and seen.stamp is not None
        fresh = seen.read_at is not None and time.monotonic() - seen.read_at < FRESH_SECONDS
        state_known = seen.state_word is not None or not self._must_know_state(effects)
        if state_known and (checked or fresh):
            return seen, effects
        now = self._state(ticket_id, deadline)
        differing = [change for change in effects.changes if not _is(now, change)]
        for change in differing:
            if now.values.get(change.target, change.base) != change.base:
                raise Conflict("write", detail=f"{change.target} was changed in the meantime")
        return now, Effects(tuple(differing), effects.note)

    def _must_know_state(self, effects: Effects) -> bool:
        return effects.note is not None and bool(self.descriptor.note and self.descriptor.note.not_in_states)

    def _may_note(self, effects: Effects, seen: Snapshot) -> bool:
        shape = self.descriptor.note
        return effects.note is None or shape is None or seen.state_word not in shape.not_in_states

    def _after(self, ticket_id: str, sending: Sending, deadline: float) -> Mapping[str, Any] | None:
        """What the product shows after the write, where it shows anything."""
        write, answer = self.descriptor.write, sending.answer
        if not sending.has_written or write.verify == "status":
            return None
        if write.verify == "read" or write.answer_is is None or answer is None or sending.has_stepped:
            return self._asked(ticket_id, deadline)
        headers = {write.answer_is: dict(answer.headers)}
        return {**self._known(ticket_id), write.answer_is: answer.document, "headers": headers}


def _without(effects: Effects, unmade: tuple[Unmade, ...]) -> Effects:
    """What is left to write; raises ``Rejected`` where something cannot be and nothing is left."""
    gone = {each.target for each in unmade}
    changes = tuple(change for change in effects.changes if change.target not in gone)
    if gone and not changes and effects.note is None:
        raise Rejected("write", detail=unmade[0].detail)
    return replace(effects, changes=changes)


def _each(effects: Effects, targets: tuple[str, ...]) -> Iterator[Effects]:
    """Every value of some targets by itself, the note last."""
    for change in effects.changes:
        if change.target in targets:
            yield Effects((change,), None)
    if effects.note is not None and "note" in targets:
        yield Effects((), effects.note)


def _is(snapshot: Snapshot, change: Change) -> bool:
    """The value is as wanted; of tags, all wanted ones are there."""
    found = snapshot.values.get(change.target)
    if isinstance(change.want, tuple):
        return isinstance(found, tuple) and set(change.want) <= set(found)
    return found == change.want


def _differing(changes: list[Change], after: Snapshot) -> tuple[str, ...]:
    """Targets the helpdesk shows otherwise; one it does not show at all cannot be told and is missing."""
    return tuple(change.target for change in changes if not _is(after, change))
