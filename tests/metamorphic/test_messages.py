"""Late, doubled, quoted and own messages: the case stands where its matter puts it."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest

from plugin.core.case import CaseState, Decision
from plugin.core.effects import DeskMap, Snapshot, effects, observed
from plugin.core.ticket import Message, Ticket
from plugin.core.wording import Voice, note_text
from plugin.desk.mail import own_words
from plugin.desk.normalise import seen
from tests.desk.products import descriptor, desk
from tests.desk.products import message as api_message
from tests.desk.products import ticket as api_ticket
from tests.metamorphic.guises import quoted
from tests.metamorphic.retelling import SHORT, of, plan_of
from tests.score.deciding import PLANS, decided
from tests.score.tickets import Labelled

UPDATED = [labelled for labelled in SHORT if labelled.updates]
FACTS_OF_A_CROWD = {
    "people_present",
    "people_joint",
    "people_planned",
    "people_affected_safety",
    "injured",
    "deaths",
}
NOTHING_WRITTEN = Snapshot({}, None)
DESK = DeskMap("act", "en", {})


def arrived(ticket: Ticket, order: tuple[int, ...]) -> Decision:
    """The last decision when messages arrive in this order, the case remembering every decision before."""
    plan = next(iter(PLANS))
    case, here = CaseState(), [ticket.messages[0]]
    decision = decided(ticket_with(ticket, here), plan, case)
    for number in order:
        case = observed(decision, case, NOTHING_WRITTEN, DESK)
        here = sorted([*here, ticket.messages[number]], key=lambda m: (m.at, m.id))
        decision = decided(ticket_with(ticket, here), plan, case)
    return decision


def ticket_with(ticket: Ticket, messages: list[Message]) -> Ticket:
    return replace(ticket, messages=tuple(messages))


@pytest.mark.parametrize("labelled", UPDATED, ids=lambda each: each.id)
def test_updates_in_any_order_of_arrival_end_at_the_same_standing(labelled: Labelled) -> None:
    ticket = labelled.ticket()
    later = range(1, len(ticket.messages))
    standings = {repr(arrived(ticket, order).standing) for order in itertools.permutations(later)}
    assert len(standings) == 1


@pytest.mark.parametrize("labelled", UPDATED, ids=lambda each: each.id)
def test_no_message_lowers_what_was_reached(labelled: Labelled) -> None:
    decision = of(labelled)
    reached = max(reading.placement.rank for reading in decision.readings)
    assert decision.standing.placement.rank == reached
    fallen = decision.readings[-1].placement.rank < reached
    assert (decision.standing.proposal is not None) is fallen


def with_reply(labelled: Labelled, text: str) -> Ticket:
    ticket = labelled.ticket()
    last = ticket.messages[-1]
    reply = Message("reply", last.at.replace(year=last.at.year + 1), own_words(text))
    return replace(ticket, messages=(*ticket.messages, reply))


@pytest.mark.parametrize("form", range(5))
def test_words_quoted_in_a_reply_count_nothing_new(form: int) -> None:
    wrong = []
    for labelled in SHORT:
        reply = list(quoted(labelled.body))[form]
        found = decided(with_reply(labelled, reply), plan_of(labelled))
        new = set(found.readings[-1].facts) & FACTS_OF_A_CROWD
        if new or found.standing.placement != of(labelled).standing.placement:
            wrong.append(labelled.id)
    assert not wrong


def note_of(labelled: Labelled, language: str) -> str:
    plan = plan_of(labelled)
    decision = decided(labelled.ticket(), plan)
    return note_text(decision, (), Voice(language), proposed=False, unread_attachments=1)  # type: ignore[arg-type]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_our_own_note_read_back_says_nothing_about_the_matter(language: str) -> None:
    """By the account that wrote it, and by its being an internal note."""
    for labelled in SHORT[::4]:
        note = note_of(labelled, language)
        for by, internal in (("paidan", True), ("paidan", False), ("other", True)):
            messages = [
                api_message("m1", sender="customer", text="x"),
                api_message("m2", at="2026-11-23T09:00:00Z", text=note, by=by, internal=internal),
            ]
            read = seen(descriptor(), desk(), "t-1", {"ticket": api_ticket(messages=messages), "headers": {}})
            assert [m.id for m in read.ticket.messages] == ["opening"]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_our_own_note_pasted_back_by_a_citizen_raises_nothing(language: str) -> None:
    """Somebody may forward what we wrote; its numbers are the same ones and never more than were known."""
    raised = []
    for labelled in SHORT:
        ticket = labelled.ticket()
        last = ticket.messages[-1]
        at = last.at.replace(year=last.at.year + 1)
        pasted = replace(
            ticket, messages=(*ticket.messages, Message("note", at, note_of(labelled, language)))
        )
        found = decided(pasted, plan_of(labelled))
        if found.standing.placement.rank > of(labelled).standing.placement.rank:
            raised.append(labelled.id)
    assert not raised


def test_deciding_again_after_writing_changes_nothing() -> None:
    """Effects applied, the ticket read again: nothing is left to write."""
    groups = {group: group for plan in PLANS for group in _leads(plan)}
    wanted = DeskMap("act", "zh", groups, priority_order=("low", "high"), tags=True)
    for labelled in SHORT:
        decision = of(labelled)
        before = Snapshot({"group": "intake", "tags": ()}, "1")
        first = effects(decision, CaseState(), before, wanted)
        values = {**before.values, **{change.target: change.want for change in first.changes}}
        noted = frozenset({first.note.key}) if first.note else frozenset()
        case = replace(observed(decision, CaseState(), before, wanted), noted=noted)
        again = decided(labelled.ticket(), plan_of(labelled), case)
        assert not effects(again, case, Snapshot(values, "2"), wanted), labelled.id


def _leads(plan: str) -> set[str]:
    return {line.expected[plan]["lead"] for labelled in SHORT for line in labelled.lines()}
