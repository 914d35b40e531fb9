"""What the clocks want of a ticket: due date, breach, a chain's move, what stands in a note and only once."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from plugin.core.case import CaseState
from plugin.core.effects import Effects, Snapshot, effects, observed, written
from plugin.core.signs import Sign, all_shown, new_signs
from plugin.core.ticket import Message, Ticket
from plugin.core.timing import Timing, Told
from tests.casebook.deciding import desk_map, simple_decide

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
DUE = datetime(2026, 3, 2, 12, tzinfo=UTC)
LATER = "2026-03-05T00:00:00Z"
EARLIER = "2026-03-01T00:00:00Z"
WANTED = "2026-03-02T12:00:00Z"
DAY, NEXT_DAY = "2026-03-02T00:00:00Z", "2026-03-03T00:00:00Z"
PLACED = {"group": "headquarters", "level": "high", "priority": "urgent", "tags": ("present",)}
"""A ticket as rank 3 wants it."""
DESK = replace(desk_map(), due=True, breach=("in time", "missed"))


def snapshot(**values: object) -> Snapshot:
    known = {"group": "intake", "level": None, "priority": "normal", "tags": (), "due": None, "breach": None}
    state = values.pop("state", "open")
    return Snapshot({**known, **values}, "1", state=state)  # type: ignore[arg-type]


def made(text: str, timing: Timing, seen: Snapshot, case: CaseState | None = None) -> Effects:
    ticket = Ticket("1", (Message("opening", NOW, text),))
    known = case or CaseState()
    return effects(simple_decide(ticket, known, NOW), known, seen, DESK, timing)


def change(found: Effects, target: str) -> object:
    return next((each.want for each in found.changes if each.target == target), None)


@pytest.mark.parametrize(
    ("text", "read", "ours", "wanted"),
    [
        ("3", None, "", WANTED),
        ("none", None, "", WANTED),
        ("3", LATER, "", WANTED),
        ("none", LATER, "", None),
        ("3", EARLIER, "", None),
        ("3", WANTED, "", None),
        ("3", EARLIER, EARLIER, WANTED),
        ("none", LATER, LATER, WANTED),
        ("3", LATER, WANTED, None),
        ("3", LATER, EARLIER, WANTED),
        ("3", None, WANTED, None),
        ("3", None, EARLIER, None),
    ],
    ids=lambda value: str(value),
)
def test_a_due_date_is_set_brought_forward_or_ours(
    text: str, read: str | None, ours: str, wanted: str | None
) -> None:
    case = CaseState(written={"due": ours} if ours else {})
    assert change(made(text, Timing(due=DUE), snapshot(due=read), case), "due") == wanted


@pytest.mark.parametrize(
    ("text", "by_hand", "stands"),
    [
        ("3", [None, None], "2026-03-09T12:00:00Z"),
        ("3", [LATER, None], LATER),
        ("3", [LATER, None, None], LATER),
        ("3", [LATER, "2026-03-10T00:00:00Z"], "2026-03-09T12:00:00Z"),
        ("3", [LATER, "2026-03-10T00:00:00Z", None], "2026-03-10T00:00:00Z"),
        ("3", [EARLIER, None], EARLIER),
        ("none", [LATER, None], LATER),
    ],
)
def test_ours_never_goes_beyond_the_date_somebody_set(
    text: str, by_hand: list[str | None], stands: str
) -> None:
    """One look for each entry, and the date somebody set before; the limit is a week later each time."""
    case, timing, due = CaseState(), Timing(due=DUE), None
    decision = simple_decide(Ticket("1", (Message("opening", NOW, text),)), case, NOW)
    for each in by_hand:
        seen = snapshot(due=each or due)
        found = effects(decision, case, seen, DESK, timing)
        case = written(observed(decision, case, seen, DESK, timing), found)
        due = change(found, "due") or each or due
        timing = Timing(due=timing.due + timedelta(days=7))  # type: ignore[operator]
    assert due == stands


@pytest.mark.parametrize(
    ("zone", "day"), [("UTC", DAY), ("Asia/Shanghai", DAY), ("Pacific/Auckland", NEXT_DAY)]
)
def test_where_the_helpdesk_keeps_days_the_day_in_the_zone_is_set_once(zone: str, day: str) -> None:
    by_day, timing = replace(DESK, due_zone=zone), Timing(due=DUE)
    decision = simple_decide(Ticket("1", (Message("opening", NOW, "3"),)), CaseState(), NOW)
    first = effects(decision, CaseState(), snapshot(), by_day, timing)
    assert change(first, "due") == day
    case = written(observed(decision, CaseState(), snapshot(), by_day, timing), first)
    assert change(effects(decision, case, snapshot(due=day), by_day, timing), "due") is None


def test_no_due_date_is_written_without_a_clock_on_a_closed_ticket_or_where_the_desk_has_none() -> None:
    assert change(made("3", Timing(), snapshot(due=LATER)), "due") is None
    assert change(made("3", Timing(due=DUE), snapshot(state="closed")), "due") is None
    ticket = Ticket("1", (Message("opening", NOW, "3"),))
    decision = simple_decide(ticket, CaseState(), NOW)
    found = effects(decision, CaseState(), snapshot(), desk_map(), Timing(due=DUE, breached=True))
    assert change(found, "due") is None
    assert change(found, "breach") is None


@pytest.mark.parametrize(
    ("breached", "read", "wanted"),
    [
        (True, None, "missed"),
        (True, "missed", None),
        (False, None, None),
        (False, "missed", "in time"),
        (False, "something of staff", None),
        (None, "missed", None),
    ],
)
def test_a_breach_stays_until_it_turns_out_there_was_none(
    breached: bool | None, read: str | None, wanted: str | None
) -> None:
    assert change(made("3", Timing(breached=breached), snapshot(breach=read)), "breach") == wanted


def test_a_chain_moves_the_matter_on_and_only_raises_its_priority() -> None:
    found = made("1", Timing(assign="hq", priority="top"), snapshot())
    assert (change(found, "group"), change(found, "priority")) == ("headquarters", "urgent")
    lowered = made("3", Timing(priority="low"), snapshot(priority="urgent"))
    assert change(lowered, "priority") is None


def test_a_person_who_moved_it_since_is_not_fought() -> None:
    case = CaseState(written={"group": "headquarters"}, peak_rank=1)
    found = made("1", Timing(assign="hq"), snapshot(group="archive"), case)
    assert change(found, "group") is None


def test_a_sealed_matter_is_moved_nowhere_by_a_chain() -> None:
    found = made("3 in confidence", Timing(assign="hq"), snapshot())
    assert change(found, "group") == "sealed"


def test_what_time_brought_stands_in_the_ticket_once_beside_the_decision() -> None:
    told = (Told("chain@e1:s1", "first step"), Told("chain@e1:s2", "second step"))
    first = made("3", Timing(told=told), snapshot())
    assert first.note is not None
    assert first.note.text.endswith("first step\nsecond step")
    after = written(CaseState(), first)
    assert {"chain@e1:s1", "chain@e1:s2"} <= after.noted
    again = made("3", Timing(), snapshot(**PLACED), after)
    assert again.note is None


def test_a_closed_ticket_is_still_told_of_what_was_owed() -> None:
    found = made("3", Timing(told=(Told("k", "owed"),)), snapshot(group="headquarters", state="closed"))
    assert found.note is not None
    assert "owed" in found.note.text


def test_where_there_are_no_notes_the_staff_only_field_tells_it_and_only_once() -> None:
    desk = replace(DESK, notes=False, reason=True)
    ticket = Ticket("1", (Message("opening", NOW, "3"),))
    seen = snapshot(reason=None)
    decision = simple_decide(ticket, CaseState(), NOW)
    timing = Timing(told=(Told("chain@e1:s1", "a step"),))
    first = effects(decision, CaseState(), seen, desk, timing)
    assert "a step" in str(change(first, "reason"))
    after = written(CaseState(), first)
    assert "chain@e1:s1" in after.noted
    assert change(effects(decision, after, snapshot(reason="x", **PLACED), desk, Timing()), "reason") is None


class TestSigns:
    SIGNS = (Sign("told", state="answered"), Sign("told", tag="told"), Sign("ack", owner="taken"))

    def seen(self, **more: object) -> Snapshot:
        tags = more.pop("tags", ())
        return Snapshot({"tags": tags}, "1", **more)  # type: ignore[arg-type]

    @pytest.mark.parametrize(
        ("seen", "events"),
        [
            ({"state_word": "answered"}, ["told"]),
            ({"tags": ("told", "x")}, ["told"]),
            ({"owner": "abc"}, ["ack"]),
            ({"state_word": "open", "tags": ("x",)}, []),
        ],
    )
    def test_a_state_a_tag_or_an_owner_shows_an_event(
        self, seen: dict[str, object], events: list[str]
    ) -> None:
        assert list(new_signs(self.SIGNS, self.seen(**seen), {}, {})) == events

    def test_what_was_shown_before_is_no_event_and_another_owner_is(self) -> None:
        before = all_shown(self.SIGNS, self.seen(owner="abc"), {})
        assert list(new_signs(self.SIGNS, self.seen(owner="abc"), {}, before)) == []
        assert list(new_signs(self.SIGNS, self.seen(owner="def"), {}, before)) == ["ack"]

    def test_a_sign_taken_away_and_given_again_is_a_new_event(self) -> None:
        gone = all_shown(self.SIGNS, self.seen(), {})
        assert list(new_signs(self.SIGNS, self.seen(owner="abc"), {}, gone)) == ["ack"]

    @pytest.mark.parametrize(
        ("sign", "fields", "shown"),
        [
            (Sign("e", field="progress", value="done"), {"progress": "done"}, True),
            (Sign("e", field="progress", value="done"), {"progress": ("new", "done")}, True),
            (Sign("e", field="progress", value="done"), {"progress": "new"}, False),
            (Sign("e", field="progress"), {"progress": "anything"}, True),
            (Sign("e", field="progress"), {"progress": ""}, False),
            (Sign("e", field="progress"), {}, False),
        ],
    )
    def test_a_field_shows_it_by_a_value_or_by_any(
        self, sign: Sign, fields: dict[str, str | tuple[str, ...]], shown: bool
    ) -> None:
        assert bool(all_shown([sign], self.seen(), fields)) is shown
