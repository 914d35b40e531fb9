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


def test_what_happened_while_paidan_was_down_is_found_at_its_start_without_any_event(line: Line) -> None:
    known = line.peer.open("商户来访", VISIT, "visit")
    line.routed(known)
    line.paidan.stop()
    line.hooks.down = True
    opened = line.peer.open("商户来访", VISIT, "visit")
    line.peer.say(known, GROWN)
    time.sleep(5)  # longer than the helpdesk's own repeats
    heard = len(line.hooks.passed)
    line.paidan.start()
    line.wait(opened, lambda v: is_whole(line, v), "found after the start")
    line.wait(known, lambda v: v.level == "较大", "raised after the start")
    assert len([e for e in line.hooks.passed[heard:] if e.status == 200]) == 0
    look = line.paidan.health()["casebook"]["looks"][0]
    assert look["missed"] >= 2
    assert look["problem"] is None


def test_a_start_asks_for_no_ticket_whose_newest_change_was_read(line: Line) -> None:
    ticket = line.peer.open("商户来访", VISIT, "visit")
    line.routed(ticket)
    time.sleep(3.5)
    line.paidan.stop()
    line.paidan.start()
    time.sleep(2)
    line.rest()
    line.paidan.stop()
    line.api.passed.clear()
    line.paidan.start()
    time.sleep(2)
    line.rest()
    assert line.api.passed
    assert [e.path for e in line.api.passed if line.asks_for(e, ticket)] == []


def test_what_happened_while_the_helpdesk_was_out_of_reach_is_found_without_any_event(line: Line) -> None:
    known = line.peer.open("商户来访", VISIT, "visit")
    line.routed(known)
    line.api.down = True
    line.peer.say(known, STILL)
    time.sleep(2)
    line.hooks.down = True
    lost = line.peer.open("商户来访", VISIT, "visit")
    time.sleep(5)
    line.api.down = False
    line.wait(lost, lambda v: is_whole(line, v), "found after the outage", patience=60)


def test_a_helpdesk_that_cannot_be_reached_for_a_while_costs_only_time(line: Line) -> None:
    line.api.down = True
    ticket = line.peer.open("商户来访", VISIT, "visit")
    time.sleep(2)
    line.api.down = False
    # who answers 503 is left alone for 20 s, for 40 s where that happened a moment ago already
    line.wait(ticket, lambda v: is_whole(line, v), "routed once the helpdesk answered again", patience=60)
