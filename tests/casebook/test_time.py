"""Clocks and chains on a real case book against the stand-in helpdesk: what stands there, and only once."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from plugin.casebook.advance import Advance
from plugin.casebook.clock import ClockWatch
from plugin.casebook.desks import Contact, DeskClocks, DeskInUse
from plugin.casebook.holds import Holds
from plugin.casebook.letters import Post, Posted
from plugin.casebook.loop import Loop
from plugin.casebook.published import Version
from plugin.casebook.store import void_leases
from plugin.casebook.sweep import Sweep
from plugin.casebook.tables import case, clock, ledger, message
from plugin.casebook.telling import Word, tell
from plugin.core.cycle import Clock
from plugin.core.escalation import Escalation, Repeat, Step
from plugin.core.meters import Target
from plugin.core.signs import Sign
from plugin.core.timekeeping import Policy
from plugin.notify.outcomes import DELIVERED, Outcome
from tests.casebook.conftest import Book
from tests.casebook.deciding import desk_map
from tests.casebook.standin import Fault, StandIn

REPORT = Clock("report", "level", frozenset({"told"}), target=Target(seconds=600), warn=(50,))
STEPS = (Step(0, "deputy"), Step(300, "commander", must_send=True, assign="hq", priority="top"))
CHAIN = Escalation(
    "late", "breach", "report", STEPS, frozenset({"ack", "told", "closed"}), repeat=Repeat(300, 2)
)
ANSWER = Clock("answer", "opened", frozenset({"closed"}), target=Target(seconds=86_400), on_raise="keep")
POLICY = Policy(("low", "mid", "high", "top"), (REPORT, ANSWER), (CHAIN,))
SIGNS = (Sign("ack", owner="taken"), Sign("told", tag="reported"))


class TimedBook(Book):
    """A case book whose desk has clocks; ``letters`` is what people got."""

    def __init__(self, folder: Path, helpdesk: StandIn, mode: str = "act", policy: Policy = POLICY) -> None:
        self.policy = policy
        self.letters: list[Posted] = []
        self.outcome = DELIVERED
        super().__init__(folder, helpdesk, mode)
        self.restart()

    def restart(self, watch: ClockWatch | None = None) -> None:
        """A new process: leases void, nothing in memory."""
        void_leases(self.database)
        self.advance = Advance(self.database, self.desks, Holds(self.database), self.pace, watch)
        sweep = Sweep(self.database, self.desks, self.pace.lease, clock=watch)
        post = Post(self.database, self.send)
        self.loop = Loop(self.database, self.advance, lease=self.pace.lease, sweep=sweep, post=post)

    def send(self, posted: Any) -> Outcome:
        self.letters += posted
        return self.outcome

    def desks(self) -> dict[str, DeskInUse]:
        clocks = DeskClocks(
            policy=Version("policy", "plan", self.policy),
            signs=SIGNS,
            reach=lambda to, _at, _placement: (Contact(to, f"env:{to.upper()}"),),
        )
        mapped = replace(desk_map(self.mode), due=True, breach=("in time", "missed"))
        return {"hall": DeskInUse(self.connector, mapped, self.decide, self.version, clocks)}

    def told(self) -> list[str]:
        """Whom messages went to, in order."""
        return [letter.addressee for letter in self.letters]

    def ticket(self, number: int) -> dict[str, Any]:
        return self.helpdesk.tickets[number]

    def decided(self, how: str) -> list[str]:
        return [row.key.partition("|")[2] for row in self.rows(ledger, how=how)]


@pytest.fixture
def timed(tmp_path: Path, helpdesk: StandIn) -> Any:
    made = TimedBook(tmp_path, helpdesk)
    yield made
    made.database.close()


def opened(book: TimedBook, text: str = "3 people") -> int:
    number = book.helpdesk.open("complaint", text)
    book.hear(number)
    book.run()
    return number


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


class TestDueDate:
    def test_the_next_limit_stands_in_the_ticket_with_everything_else_in_one_write(
        self, timed: TimedBook, helpdesk: StandIn
    ) -> None:
        number = opened(timed)
        ticket = timed.ticket(number)
        assert moment(ticket["due"]) - moment(ticket["created_at"]) < timedelta(seconds=602)
        assert ticket["level"] == "high"
        assert helpdesk.count("PUT") == 1

    def test_an_ordinary_ticket_has_the_limit_every_ticket_has(self, timed: TimedBook) -> None:
        number = opened(timed, "a question")
        ticket = timed.ticket(number)
        assert moment(ticket["due"]) - moment(ticket["created_at"]) >= timedelta(seconds=86_399)

    @pytest.mark.parametrize(("text", "kept"), [("a question", True), ("3 people", False)])
    def test_a_date_that_stood_there_is_only_brought_forward_and_never_at_rank_0(
        self, timed: TimedBook, text: str, kept: bool
    ) -> None:
        set_by_staff = "2031-01-01T00:00:00Z"
        number = timed.helpdesk.open("complaint", text, due=set_by_staff)
        timed.hear(number)
        timed.run()
        assert (timed.ticket(number)["due"] == set_by_staff) is kept

    def test_an_earlier_date_of_somebody_is_left(self, timed: TimedBook) -> None:
        number = timed.helpdesk.open("complaint", "3 people", due="2020-01-01T00:00:00Z")
        timed.hear(number)
        timed.run()
        assert timed.ticket(number)["due"] == "2020-01-01T00:00:00Z"

    def test_a_date_somebody_moves_later_is_not_fought(self, timed: TimedBook) -> None:
        number = opened(timed)
        timed.helpdesk.set(number, due="2031-01-01T00:00:00Z")
        timed.hear(number)
        timed.run()
        assert timed.ticket(number)["due"] == "2031-01-01T00:00:00Z"

    def test_a_limit_that_was_kept_makes_way_for_the_next(self, timed: TimedBook) -> None:
        number = opened(timed)
        before = timed.ticket(number)["due"]
        timed.helpdesk.set(number, tags=["reported"])
        timed.hear(number)
        timed.later(1)
        assert moment(timed.ticket(number)["due"]) - moment(before) > timedelta(hours=23)

    def test_a_missed_limit_is_shown_in_its_field(self, timed: TimedBook) -> None:
        number = opened(timed)
        assert timed.ticket(number).get("breach") is None
        timed.later(601)
        assert timed.ticket(number)["breach"] == "missed"


class TestEscalation:
    def test_the_chain_goes_its_way_while_nobody_answers(self, timed: TimedBook, helpdesk: StandIn) -> None:
        number = opened(timed)
        for _ in range(8):
            timed.later(150)
        assert timed.told() == ["deputy", "commander", "commander"]
        notes = "\n".join(helpdesk.notes(number))
        assert notes.count("step 1 of 2") == 1
        assert notes.count("step 2 of 2") == 2
        assert notes.count("repeat 1") == 1
        assert (timed.ticket(number)["group"], timed.ticket(number)["priority"]) == ("headquarters", "urgent")

    def test_a_warning_comes_before_it_and_stands_in_the_ticket(
        self, timed: TimedBook, helpdesk: StandIn
    ) -> None:
        number = opened(timed)
        timed.later(301)
        assert sum("50 % of the time is used" in note for note in helpdesk.notes(number)) == 1
        assert timed.told() == []

    @pytest.mark.parametrize("answer", [{"owner": "7"}, {"tags": ["reported"]}])
    def test_an_answer_in_the_helpdesk_ends_it(self, timed: TimedBook, answer: dict[str, Any]) -> None:
        number = opened(timed)
        timed.later(601)
        timed.helpdesk.set(number, **answer)
        timed.hear(number)
        timed.run()
        timed.later(3_000)
        assert timed.told() == ["deputy"]

    def test_an_answer_no_webhook_told_of_is_read_before_the_step_goes_out(self, timed: TimedBook) -> None:
        number = opened(timed)
        timed.later(601)
        timed.helpdesk.set(number, owner="7")
        timed.later(301)
        assert timed.told() == ["deputy"]
        assert timed.case(number).timer_at is None or timed.case(number).timer_at > 0

    def test_closing_ends_it(self, timed: TimedBook) -> None:
        number = opened(timed)
        timed.later(601)
        timed.helpdesk.set(number, state="closed")
        timed.hear(number)
        timed.run()
        timed.later(3_000)
        assert timed.told() == ["deputy"]

    def test_after_an_outage_each_is_told_once_and_when_it_was_due(
        self, timed: TimedBook, helpdesk: StandIn
    ) -> None:
        number = opened(timed)
        timed.restart()
        timed.later(6_000)
        assert sorted(timed.told()) == ["commander", "deputy"]
        assert "sent late" in "\n".join(helpdesk.notes(number))
        assert timed.decided("coalesced")

    def test_observing_sends_and_writes_nothing_and_does_not_catch_up(
        self, tmp_path: Path, helpdesk: StandIn
    ) -> None:
        book = TimedBook(tmp_path, helpdesk, "observe")
        opened(book)
        book.later(2_000)
        assert (book.told(), helpdesk.count("PUT")) == ([], 0)
        assert book.decided("observed")
        book.mode = "act"
        book.later(5_000)
        assert book.told() == []
        book.database.close()


class TestFaults:
    def test_the_answer_to_the_note_is_lost_and_nothing_is_told_twice(
        self, timed: TimedBook, helpdesk: StandIn
    ) -> None:
        number = opened(timed)
        helpdesk.faults.append(Fault("PUT", cut="after"))
        timed.later(601)
        timed.restart()
        timed.later(30)
        assert "\n".join(helpdesk.notes(number)).count("step 1 of 2") == 1
        assert timed.told() == ["deputy"]

    def test_what_is_owed_goes_out_although_the_ticket_cannot_be_read(
        self, timed: TimedBook, helpdesk: StandIn
    ) -> None:
        opened(timed)
        timed.later(601)
        helpdesk.faults.extend(Fault("GET", status=503) for _ in range(60))
        for _ in range(40):
            timed.later(15)
        assert timed.told()[:2] == ["deputy", "commander"]
        assert timed.letters[1].slots["unreadable"]

    def test_what_is_not_owed_waits_for_the_ticket(self, timed: TimedBook, helpdesk: StandIn) -> None:
        opened(timed)
        helpdesk.faults.extend(Fault("GET", status=503) for _ in range(60))
        for _ in range(16):
            timed.later(45)
        assert timed.told() == []
        assert timed.decided("planned")

    def test_a_message_whose_fate_is_unknown_goes_again_and_says_so(self, timed: TimedBook) -> None:
        opened(timed)
        timed.outcome = Outcome("unknown", "timeout")
        timed.later(601)
        timed.outcome = DELIVERED
        timed.later(30)
        assert [(p.addressee, p.is_again) for p in timed.letters] == [("deputy", False), ("deputy", True)]
        assert len({p.id for p in timed.letters}) == 1
        assert [row.state for row in timed.rows(message)] == ["done"]

    def test_a_message_that_cannot_have_arrived_goes_again_and_says_nothing_of_it(
        self, timed: TimedBook
    ) -> None:
        opened(timed)
        timed.outcome = Outcome("unreachable", "no-connection")
        timed.later(601)
        timed.outcome = DELIVERED
        timed.later(30)
        assert [posted.is_again for posted in timed.letters] == [False, False]

    def test_a_refused_message_is_dead_with_its_reason(self, timed: TimedBook) -> None:
        opened(timed)
        timed.outcome = Outcome("refused", "bad-address")
        timed.later(601)
        timed.later(200)
        assert [(row.state, row.reason) for row in timed.rows(message)] == [("dead", "bad-address")]

    def test_a_history_put_right_takes_back_what_was_sent_once(
        self, timed: TimedBook, helpdesk: StandIn
    ) -> None:
        number = opened(timed)
        timed.later(601)
        when = moment(timed.ticket(number)["created_at"]).timestamp() + 300
        tell(timed.database, "hall", str(number), Word("told", "duty officer", at=when))
        timed.run()
        timed.later(60)
        assert [p.addressee for p in timed.letters] == ["deputy", "deputy"]
        assert timed.letters[1].slots["correction"] == timed.letters[0].id
        assert sum("withdrawn" in note for note in helpdesk.notes(number)) == 1
        assert timed.ticket(number)["breach"] == "in time"


def test_a_message_in_the_hands_of_a_process_that_ended_goes_again_at_once(timed: TimedBook) -> None:
    opened(timed)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(timed, "send", _ends)
        timed.restart()
        with pytest.raises(SystemExit):
            timed.later(601)
    timed.restart()
    timed.later(1)
    assert [(posted.addressee, posted.is_again) for posted in timed.letters] == [("deputy", True)]


def _ends(_posted: Any) -> Outcome:
    raise SystemExit


class TestVersions:
    def test_a_clock_that_runs_keeps_its_time_under_a_new_plan(self, timed: TimedBook) -> None:
        number = opened(timed)
        due = timed.ticket(number)["due"]
        longer = replace(REPORT, target=Target(seconds=60))
        timed.policy, timed.version = Policy(POLICY.levels, (longer, ANSWER), (CHAIN,)), "2"
        timed.hear(number)
        timed.run()
        assert timed.ticket(number)["due"] == due
        timed.restart()
        timed.later(590)
        assert timed.told() == []


def test_the_list_of_clocks_follows(timed: TimedBook) -> None:
    number = opened(timed)
    timed.later(601)
    shown = {row.clock: row.state for row in timed.rows(clock)}
    assert shown == {"report": "overdue", "answer": "running"}
    timed.helpdesk.set(number, state="closed", tags=["reported"])
    timed.hear(number)
    timed.later(1)
    assert {row.clock: row.outcome for row in timed.rows(clock)} == {"report": "missed", "answer": "met"}
    assert [row.timer_at for row in timed.rows(case)] == [None]


def test_a_merged_tickets_limits_go_on_with_the_surviving_one(timed: TimedBook, helpdesk: StandIn) -> None:
    first = opened(timed)
    timed.later(100)
    second = opened(timed, "a question")
    helpdesk.set(first, state="merged", merged_into=str(second))
    timed.hear(first)
    timed.run()
    running = {
        row.clock for row in timed.rows(clock, case_id=timed.case(second).id) if row.state == "running"
    }
    assert running == {"report", "answer"}
    timed.later(520)
    assert timed.told() == ["deputy"]
    assert helpdesk.notes(second)
    assert timed.case(first).timer_at is None


def test_an_answer_by_a_clock_that_runs_behind_counts_from_when_it_was_not_there_yet(
    timed: TimedBook, helpdesk: StandIn
) -> None:
    number = opened(timed)
    timed.later(601)
    assert timed.told() == ["deputy"]
    behind = moment(timed.ticket(number)["created_at"]).isoformat(timespec="minutes")
    helpdesk.set(number, owner="7", changed_at=behind)
    timed.hear(number)
    timed.later(2)
    timed.later(3_000)
    assert timed.told() == ["deputy"]
