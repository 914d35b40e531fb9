"""The tickets the demo opens."""

from __future__ import annotations

from plugin.demo.site import CHANNELS
from plugin.demo.tickets import samples

LEVELS = ("none", "一般", "较大", "重大", "特别重大")


def test_a_dozen_of_all_kinds_in_both_languages() -> None:
    tickets = samples()
    assert len(tickets) == 12
    assert {ticket.expect.level for ticket in tickets} == set(LEVELS)
    assert len({ticket.expect.lead for ticket in tickets}) >= 5
    assert any(ticket.title.isascii() for ticket in tickets)
    assert any(ticket.updates for ticket in tickets)
    assert all(ticket.channel in CHANNELS for ticket in tickets)


def test_no_update_lowers_the_level_a_ticket_is_expected_to_have() -> None:
    for ticket in samples():
        levels = [LEVELS.index(place.level) for place in (ticket.expect, *(u.expect for u in ticket.updates))]
        assert levels == sorted(levels)
