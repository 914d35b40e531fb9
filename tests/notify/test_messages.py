"""A slot holds what it may hold or the message is refused; the refusal repeats nothing."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from plugin.notify.messages import (
    Late,
    Limit,
    Missed,
    NotAMessage,
    Notice,
    Stepped,
    TicketRef,
    Trial,
    Unfilled,
    Warned,
    Withdrawn,
)
from tests.notify.samples import LIMIT, TICKET

PLANTED = "张某某电话13800138000"


@pytest.mark.parametrize(
    "number", ["4711", "issue12", "HR-123", "3f2a91bc-0000-4000-8000-000000000000", "a/b#1"]
)
def test_a_number_of_any_helpdesk(number: str) -> None:
    assert TicketRef(number).number == number


@pytest.mark.parametrize(
    "number",
    [
        "",
        " 1",
        "1 2",
        "1\n2",
        PLANTED,
        "<!channel>",
        "@all",
        "{x}",
        "-1",
        "1" * 65,
        "1&2",
        "#1",
        "１２",
        "1\u202e2",
    ],
)
def test_what_is_no_number(number: str) -> None:
    with pytest.raises(NotAMessage, match="number") as caught:
        TicketRef(number)
    assert not number or number.strip() not in str(caught.value)


@pytest.mark.parametrize(
    "link",
    [
        "",
        "https://desk.city.example/#ticket/zoom/4711",
        "http://127.0.0.1:8080/tickets/12/",
        "https://[fd00::1]:8443/Ticket/Display.html?id=7",
        "http://help_desk/t/7",
        "https://工单.例子/工单/7",
        "https://desk.city.example:8443/a/b_c~d?x=1&y=a%20b#z",
    ],
)
def test_an_address_people_can_open(link: str) -> None:
    assert TicketRef("1", link).link == link


@pytest.mark.parametrize(
    "link",
    [
        "desk.city.example/1",
        "javascript:alert(1)",
        "ftp://desk/1",
        "https://user:secret@desk/1",
        "https://desk/@all",
        "https://desk/a b",
        "https://desk/a\nb",
        "https://",
        "https:///x",
        "https://desk/" + "a" * 400,
        PLANTED,
    ],
)
def test_what_is_no_address(link: str) -> None:
    with pytest.raises(NotAMessage, match="link"):
        TicketRef("1", link)


@pytest.mark.parametrize(
    "make",
    [
        lambda: Warned(LIMIT, 0),
        lambda: Warned(LIMIT, 101),
        lambda: Warned(LIMIT, 50, -1),
        lambda: Missed(LIMIT, -1),
        lambda: Stepped("c", 0, 3, LIMIT),
        lambda: Stepped("c", 4, 3, LIMIT),
        lambda: Stepped("c", 1, 3, LIMIT, turn=-1),
        lambda: Stepped("c", 1, 3, LIMIT, late_by=-1),
        lambda: Withdrawn("<x>", 0),
        lambda: Withdrawn("x", 0, calendar="a b"),
        lambda: Unfilled("duty", 10, 10),
        lambda: Notice("", "hall", Trial("duty")),
        lambda: Notice("a b", "hall", Trial("duty")),
        lambda: Notice("x", "hall", Trial("duty"), TICKET),
        lambda: Notice("x", "hall", Missed(LIMIT, 1)),
    ],
)
def test_numbers_that_make_no_sense(make: Callable[[], object]) -> None:
    with pytest.raises(NotAMessage):
        make()


def test_a_message_can_be_made_of_what_it_may_hold() -> None:
    late = Late(0, "undelivered")
    made = Notice("x", "hall", Missed(Limit("c", None), 0), TICKET, late, unreadable_since=0, is_again=True)
    assert made.late is late
