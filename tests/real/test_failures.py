"""What must hold when a part of the line is down, or dies in the middle of its work."""

from __future__ import annotations

import threading
import time

from tests.helpdesks.peer import View
from tests.real.line import Line
from tests.real.test_whole_line import GROWN, STILL, VISIT


def is_whole(line: Line, view: View) -> bool:
    placed = (view.group, view.level, view.priority) == ("onsite", "一般", line.peer.priorities["一般"])
    return placed and len(view.reasons) == 1 and not view.public


def killed_at_first_write(line: Line, when: str) -> str:
    """Paidan dies (kill -9) around its first write: ``before`` the helpdesk has it, or ``after``."""
    died = threading.Event()

    def kill(method: str, path: str) -> None:
        if method not in {"GET", "HEAD"} and not died.is_set():
            died.set()
            line.paidan.kill()

    setattr(line.api, when, kill)
    ticket = line.peer.open("商户来访", VISIT, "visit")
    assert died.wait(20), line.paidan.tail()
    setattr(line.api, when, None)
    time.sleep(0.3)
    line.paidan.start()
    return ticket


def test_a_kill_after_the_write_arrived_doubles_nothing(line: Line) -> None:
    ticket = killed_at_first_write(line, "after")
    view = line.wait(ticket, lambda v: is_whole(line, v), "routed after the restart")
    time.sleep(2)
    line.rest()
    assert line.peer.view(ticket) == view


def test_a_kill_before_the_write_arrived_loses_nothing(line: Line) -> None:
    ticket = killed_at_first_write(line, "before")
    line.wait(ticket, lambda v: is_whole(line, v), "routed after the restart")
    time.sleep(2)
    line.rest()
    assert is_whole(line, line.peer.view(ticket))


def test_kills_at_any_moment_lose_and_double_nothing(line: Line) -> None:
    tickets = []
    for n in range(6):
        tickets.append(line.peer.open(f"商户来访 {n}", VISIT, "visit"))
        time.sleep(0.03 * n)
        line.paidan.kill()
        line.paidan.start()
    for ticket in tickets:
        line.peer.say(ticket, STILL)  # a webhook may have found nobody: the next event heals it
    for ticket in tickets:
        line.wait(ticket, lambda v: is_whole(line, v), "whole after the kills")


def test_a_ticket_opened_while_paidan_was_down_is_picked_up_at_the_next_event(line: Line) -> None:
    line.paidan.stop()
    ticket = line.peer.open("商户来访", VISIT, "visit")
    time.sleep(5)  # longer than the helpdesk's own repeats
    line.paidan.start()
    assert line.peer.view(ticket).group == "inbox"
    line.peer.say(ticket, GROWN)
    assert line.wait(ticket, lambda v: bool(v.reasons), "picked up").level == "较大"


def test_a_helpdesk_that_cannot_be_reached_for_a_while_costs_only_time(line: Line) -> None:
    line.api.down = True
    ticket = line.peer.open("商户来访", VISIT, "visit")
    time.sleep(2)
    line.api.down = False
    line.wait(ticket, lambda v: is_whole(line, v), "routed once the helpdesk answered again")
