"""What an addressee is told of a stored message: values only, as of when it goes out."""

from __future__ import annotations

from typing import Any

import pytest

from plugin.casebook.letters import Posted
from plugin.casebook.notices import notice
from plugin.notify.messages import Late, NotAMessage, Stepped, Withdrawn

DUE = 1_790_000_000
LINK = "https://desk.example.org/tickets/7/"
SLOTS = {
    "chain": "late",
    "number": 2,
    "count": 3,
    "turn": 1,
    "clock": "report",
    "due_at": DUE,
    "step_at": DUE + 600,
    "decided_at": DUE + 601,
    "breached": True,
    "provisional": False,
    "level": "high",
    "sealed": False,
}


def posted(attempts: int = 0, **more: Any) -> Posted:
    return Posted("m1", "hall", "7", "deputy", "env:X", {**SLOTS, **more}, False, attempts)


def test_a_step_in_time() -> None:
    made = notice(posted(), LINK, DUE + 601)
    assert isinstance(made.event, Stepped)
    assert (made.event.chain, made.event.number, made.event.count, made.event.turn) == ("late", 2, 3, 1)
    assert (made.event.late_by, made.late) == (601, None)
    assert made.ticket is not None
    assert (made.ticket.number, made.ticket.link, made.ticket.level) == ("7", LINK, "high")


def test_before_its_limit_nothing_is_late() -> None:
    made = notice(posted(breached=False, due_at=DUE + 9_000), LINK, DUE + 601)
    assert isinstance(made.event, Stepped)
    assert made.event.late_by is None


@pytest.mark.parametrize(
    ("slots", "now", "late"),
    [
        ({"decided_at": DUE + 5_000}, DUE + 5_001, Late(DUE + 600, "stopped", None)),
        (
            {"decided_at": DUE + 5_000, "unreadable": DUE + 500},
            DUE + 5_001,
            Late(DUE + 600, "unreadable", DUE + 500),
        ),
        ({}, DUE + 9_000, Late(DUE + 600, "undelivered")),
        ({}, DUE + 660, None),
    ],
)
def test_what_goes_out_late_says_why(slots: dict[str, Any], now: int, late: Late | None) -> None:
    assert notice(posted(**slots), LINK, now).late == late


def test_a_correction_names_the_message_it_takes_back() -> None:
    event = notice(posted(correction="m0", sent_at=DUE + 700), LINK, DUE + 900).event
    assert event == Withdrawn("m0", DUE + 700, "report", "not_missed")


def test_an_ordinary_matter_has_no_level_and_a_strange_link_is_left_out() -> None:
    ticket = notice(posted(level="none"), "javascript:alert(1)", DUE + 601).ticket
    assert ticket is not None
    assert (ticket.level, ticket.link) == (None, "")


def test_a_number_that_is_none_is_no_message() -> None:
    with pytest.raises(NotAMessage):
        notice(Posted("m1", "hall", "7\n@all", "deputy", "env:X", SLOTS, False), LINK, DUE)
