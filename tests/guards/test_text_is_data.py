"""Ticket text is data: nothing in it is obeyed, evaluated, quoted or written as a line of its own."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plugin.core.case import CaseState
from plugin.core.ticket import Message, Ticket
from plugin.core.wording import Voice, note_text
from tests.guards.hostile import HOSTILE, PLANTED
from tests.metamorphic.retelling import SHORT, of, placements, plan_of, retold
from tests.score.deciding import PLANS, decided
from tests.score.tickets import Labelled

AT = datetime(2026, 4, 1, 8, tzinfo=UTC)
NO_CASE = CaseState()


def after(labelled: Labelled, words: str) -> list[str]:
    """What differs once these words stand behind the ticket's own."""
    body = labelled.body

    def longer(text: str) -> str:
        return f"{text}\n{words}" if text == body else text

    left_out = ("missing_report_content", "flags")
    told = placements(decided(retold(labelled, longer), plan_of(labelled)), left_out)
    return [] if told == placements(of(labelled), left_out) else [labelled.id]


@pytest.mark.parametrize("words", HOSTILE)
def test_orders_and_injections_change_no_decision(words: str) -> None:
    changed = [name for labelled in SHORT for name in after(labelled, words)]
    assert not changed


@pytest.mark.parametrize("words", HOSTILE)
@pytest.mark.parametrize("plan", PLANS)
def test_alone_they_are_an_ordinary_matter(words: str, plan: str) -> None:
    for ticket in (
        Ticket("h", (Message("opening", AT, words, "标题"),), {"channel": "web"}),
        Ticket("h", (Message("opening", AT, "井盖响。", words),), {"channel": "web", "region": words}),
    ):
        placement = decided(ticket, plan).standing.placement
        assert (placement.rank, placement.lead, placement.event_type) == (0, "normal_desk", "ordinary")


@pytest.mark.parametrize("field", ["channel", "region"])
@pytest.mark.parametrize("words", HOSTILE)
def test_a_field_with_hostile_words_is_only_an_unknown_word(words: str, field: str) -> None:
    ticket = Ticket("h", (Message("opening", AT, "井盖响。"),), {"channel": "web", field: words})
    assert decided(ticket, "plan2").standing.placement.rank == 0


ANYTHING = st.text(max_size=300) | st.sampled_from(HOSTILE)


@settings(max_examples=300)
@given(
    title=ANYTHING, text=ANYTHING, later=st.lists(ANYTHING, max_size=3), plan=st.sampled_from(tuple(PLANS))
)
def test_any_text_can_be_decided(title: str, text: str, later: list[str], plan: str) -> None:
    messages = [Message("opening", AT, text, title)]
    messages += [Message(f"m{n}", AT.replace(hour=9 + n), each) for n, each in enumerate(later)]
    decision = decided(Ticket("a", tuple(messages), {"channel": "app"}), plan)
    assert 0 <= decision.standing.placement.rank <= 4
    assert len(decision.readings) == len(messages)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("words", HOSTILE)
def test_no_word_of_a_ticket_stands_in_its_note(language: str, words: str) -> None:
    for labelled in SHORT[::7]:
        planted = f"{PLANTED} {words} {PLANTED}"

        def with_marker(text: str, planted: str = planted) -> str:
            return f"{planted}\n{text}"

        decision = decided(retold(labelled, with_marker), plan_of(labelled))
        note = note_text(decision, (), Voice(language), proposed=False, unread_attachments=0)  # type: ignore[arg-type]
        assert PLANTED not in note
        assert not set(note) & set("<>{}%\x1b\x00\r`\u202e\u2066")
        assert "http" not in note
        assert "javascript" not in note


DECISIONS = [(labelled, plan) for labelled in SHORT for plan in PLANS]


def test_a_sealed_tickets_note_says_only_where_it_went() -> None:
    """Whether every one is recognised is for the score to say; here, that nothing leaks."""
    sealed = 0
    for labelled, plan in DECISIONS:
        decision = decided(labelled.ticket(), plan)
        if not decision.standing.placement.sealed:
            continue
        sealed += 1
        note = note_text(decision, (), Voice("zh"), proposed=False, unread_attachments=3)
        assert len(note.split("\n")) == 1
        assert "依据" not in note
        assert "附件" not in note
        assert decision.standing.placement.lead in ("confidential_channel", "discipline_office")
    assert sealed >= 12


def test_an_accusation_never_goes_to_the_accused() -> None:
    recused = 0
    for labelled, plan in DECISIONS:
        placement = decided(labelled.ticket(), plan).standing.placement
        recused += bool(placement.recused)
        assert not set(placement.recused) & {placement.lead, *placement.co}, (labelled.id, plan)
    assert recused >= 8


@pytest.mark.parametrize("plan", PLANS)
def test_a_later_word_does_not_route_an_accusation_back(plan: str) -> None:
    """The seal and the recusal hold for the whole case, whatever is said later."""
    for labelled in SHORT:
        first = decided(labelled.ticket(), plan).standing.placement
        if not first.sealed and not first.recused:
            continue
        ticket = labelled.ticket()
        last = ticket.messages[-1]
        crowd = Message("later", last.at.replace(year=last.at.year + 1), "现在大厅里来了七百人，要求面谈。")
        found = decided(replace(ticket, messages=(*ticket.messages, crowd)), plan).standing.placement
        assert found.rank == 4
        assert found.sealed is first.sealed
        assert not set(first.recused) & {found.lead, *found.co}
        assert not first.sealed or found.lead == first.lead
