"""Policies: what a plan's clocks mean to the engine, arming, ranks, and versions published in between."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from plugin.core.calendar import Calendar, Component
from plugin.core.cycle import Clock, Event
from plugin.core.escalation import Escalation, Step
from plugin.core.meters import Target
from plugin.core.policy import clocks_without_calendar, policy_of
from plugin.core.timekeeping import Policy, evaluate
from tests.score.deciding import PLANS, shipped

LAST = date(1970, 12, 31)
OPENED = Event("o", 1_000, "opened")
ANSWER = Clock("answer", "opened", frozenset({"answered"}), target=Target(seconds=600), warn=(50,))


def policy(*clocks: Clock, chains: tuple[Escalation, ...] = ()) -> Policy:
    return Policy(("low", "high"), clocks, chains)


def test_a_clock_that_must_be_armed_does_not_run_before_it_is() -> None:
    armed = policy(replace(ANSWER, is_armed=True))
    assert evaluate(armed, {}, [OPENED], 9_000).cycles == ()


def test_an_armed_clock_counts_from_its_start_and_is_not_late_before_it_was_known_to_apply() -> None:
    armed = policy(replace(ANSWER, is_armed=True))
    arms = Event("a", 5_000, "arms", clock="answer")
    (cycle,) = evaluate(armed, {}, [OPENED, arms], 4_999).cycles or (None,)
    assert cycle is None
    (cycle,) = evaluate(armed, {}, [OPENED, arms], 5_000).cycles
    assert (cycle.start, cycle.breached_at) == (1_000, 5_000)
    assert [warning.at for warning in cycle.warnings] == [5_000]


def test_a_chain_on_the_start_of_an_armed_clock_hangs_on_what_armed_it() -> None:
    chain = Escalation("told", "start", "answer", (Step(60, "lead"),), frozenset({"ack"}))
    armed = policy(replace(ANSWER, is_armed=True), chains=(chain,))
    arms = Event("a", 1_300, "arms", clock="answer")
    (step,) = evaluate(armed, {}, [OPENED, arms], 1_300).steps
    assert step.due_at == 1_360


def test_a_change_of_target_makes_no_armed_clock_late_before_it_was_known_to_apply() -> None:
    clock = replace(
        ANSWER,
        is_armed=True,
        target=None,
        by_level={"low": Target(700), "high": Target(600)},
        on_raise="carry",
    )
    events = [
        Event("o", 1_000, "opened", level="low"),
        Event("l", 1_050, "level", level="high"),
        Event("a", 5_000, "arms", clock="answer"),
    ]
    (cycle,) = evaluate(policy(clock), {}, events, 6_000).cycles
    assert cycle.breached_at == 5_000


@pytest.mark.parametrize(("done", "steps"), [(1_200, []), (1_300, []), (1_301, [1_300]), (2_000, [1_300])])
def test_no_chain_begins_at_the_arming_of_a_clock_that_is_done(done: int, steps: list[int]) -> None:
    chain = Escalation("told", "start", "answer", (Step(0, "lead"),), frozenset({"ack"}))
    armed = policy(replace(ANSWER, is_armed=True), chains=(chain,))
    arms = Event("a", 1_300, "arms", clock="answer")
    events = [OPENED, Event("d", done, "answered"), arms]
    assert [step.due_at for step in evaluate(armed, {}, events, 3_000).steps] == steps


def test_an_edit_of_the_calendar_makes_no_armed_clock_late_before_it_was_known_to_apply() -> None:
    open_day = (
        Calendar("k", "", (Component("UTC", {"thu": (hours,)}),), LAST, date(1970, 1, 1), LAST)
        for hours in ((0, 1_000), (0, 1_200))
    )
    old, new = open_day
    events = [
        OPENED,
        Event("k", 1_100, "calendar_edit", calendar="k", edited=new),
        Event("a", 5_000, "arms", clock="answer"),
    ]
    (cycle,) = evaluate(
        policy(replace(ANSWER, is_armed=True, calendar="k")), {"k": old}, events, 6_000
    ).cycles
    assert cycle.breached_at == 5_000


def test_the_first_arming_counts() -> None:
    armed = policy(replace(ANSWER, is_armed=True))
    arms = [Event("a", 3_000, "arms", clock="answer"), Event("b", 5_000, "arms", clock="answer")]
    (cycle,) = evaluate(armed, {}, [OPENED, *arms], 6_000).cycles
    assert cycle.breached_at == 3_000


def test_the_lowest_rank_is_below_the_next() -> None:
    ranks = {str(rank): Target(600) for rank in range(3)}
    clock = Clock("r", "level", frozenset({"told"}), by_level=ranks, scale="rank")
    events = [Event("a", 1_000, "level", rank=0), Event("b", 1_010, "level", rank=1)]
    cycles = evaluate(policy(clock), {}, events, 1_020).cycles
    assert [(c.id, c.outcome) for c in cycles] == [("a", "superseded"), ("b", None)]


@pytest.mark.parametrize(("rank", "due"), [(2, 4_600), (3, 2_800), (1, None)])
def test_a_target_goes_by_rank_where_the_clock_says_so(rank: int, due: int | None) -> None:
    by_rank = {"2": Target(seconds=3_600), "3": Target(seconds=1_800)}
    clock = Clock("report", "level", frozenset({"told"}), by_level=by_rank, scale="rank")
    events = [Event("l", 1_000, "level", level="low", rank=rank)]
    cycles = evaluate(policy(clock), {}, events, 1_000).cycles
    assert [cycle.due_at() for cycle in cycles] == ([due] if due else [])


def test_a_higher_rank_at_the_same_level_restarts_only_what_goes_by_rank() -> None:
    ranked = Clock(
        "r", "level", frozenset({"told"}), by_level={"2": Target(60), "3": Target(60)}, scale="rank"
    )
    levelled = Clock("l", "level", frozenset({"told"}), target=Target(600))
    events = [
        Event("first", 1_000, "level", level="low", rank=2),
        Event("second", 1_010, "level", level="low", rank=3),
    ]
    cycles = evaluate(policy(ranked, levelled), {}, events, 1_020).cycles
    assert [(c.clock.id, c.id, c.outcome) for c in cycles] == [
        ("r", "first", "superseded"),
        ("r", "second", None),
        ("l", "first", None),
    ]


class TestNewVersions:
    LONGER = replace(ANSWER, target=Target(seconds=6_000))

    def edited(self, *clocks: Clock, at: int = 1_100, chains: tuple[Escalation, ...] = ()) -> Event:
        return Event("p", at, "policy_edit", policy=policy(*clocks, chains=chains))

    def test_what_runs_keeps_the_policy_it_began_under(self) -> None:
        (cycle,) = evaluate(policy(ANSWER), {}, [OPENED, self.edited(self.LONGER)], 1_200).cycles
        assert cycle.due_at() == 1_600

    def test_what_begins_later_has_the_new_one(self) -> None:
        periodic = replace(ANSWER, kind="periodic", restart_on=frozenset({"reported"}))
        longer = replace(periodic, target=Target(seconds=6_000))
        events = [OPENED, self.edited(longer), Event("r", 1_200, "reported")]
        _, second = evaluate(policy(periodic), {}, events, 1_200).cycles
        assert second.due_at() == 7_200

    def test_a_clock_taken_out_of_the_plan_runs_to_its_end_and_never_again(self) -> None:
        periodic = replace(ANSWER, kind="periodic", restart_on=frozenset({"reported"}))
        events = [OPENED, self.edited(), Event("r", 1_200, "reported")]
        (cycle,) = evaluate(policy(periodic), {}, events, 1_200).cycles
        assert cycle.outcome == "met"

    def test_a_clock_taken_out_of_the_plan_keeps_its_cycle_on_a_raise(self) -> None:
        events = [replace(OPENED, level="low"), self.edited(), Event("l", 1_200, "level", level="high")]
        (cycle,) = evaluate(policy(ANSWER), {}, events, 1_300).cycles
        assert (cycle.id, cycle.state, cycle.due_at()) == ("o", "running", 1_600)

    def test_a_clock_taken_out_of_the_plan_resumes_when_the_ticket_is_reopened(self) -> None:
        resumes = replace(ANSWER, on_reopen="resume")
        events = [
            OPENED,
            Event("d", 1_100, "answered"),
            self.edited(at=1_150),
            Event("r", 1_200, "reopened"),
        ]
        (cycle,) = evaluate(policy(resumes), {}, events, 1_300).cycles
        assert (cycle.state, cycle.due_at()) == ("running", 1_700)

    def test_a_clock_that_is_done_goes_by_the_new_version(self) -> None:
        asks_again = replace(ANSWER, on_raise="restart_always")
        events = [
            replace(OPENED, level="low"),
            Event("d", 1_050, "answered"),
            self.edited(asks_again),
            Event("l", 1_200, "level", level="high"),
        ]
        first, second = evaluate(policy(ANSWER), {}, events, 1_300).cycles
        assert (first.outcome, second.id) == ("met", "l")

    def test_a_clock_put_into_the_plan_starts_with_the_next_start(self) -> None:
        events = [self.edited(ANSWER, at=500), OPENED]
        (cycle,) = evaluate(policy(), {}, events, 1_000).cycles
        assert cycle.due_at() == 1_600

    def test_a_clock_put_into_the_plan_knows_what_was_before_it(self) -> None:
        clock = Clock(
            "late",
            "assigned",
            frozenset({"done"}),
            by_level={"high": Target(seconds=600)},
            pause_on=frozenset({"paused"}),
        )
        opened = Event("o", 1_000, "opened", level="high", state="paused")
        assigned = Event("s", 1_200, "assigned")
        (cycle,) = evaluate(policy(), {}, [opened, self.edited(clock), assigned], 1_300).cycles
        assert (cycle.id, cycle.state) == ("s", "paused")

    def test_a_clock_put_into_the_plan_counts_on_the_newest_calendar(self) -> None:
        day = 86_400
        old, new = (
            Calendar(
                "k", "", (Component("UTC", {"fri": (hours,)}),), date(1970, 3, 1), date(1970, 1, 1), LAST
            )
            for hours in ((0, 60), (120, 180))
        )
        events = [
            Event("k", day - 2, "calendar_edit", calendar="k", edited=new),
            self.edited(replace(ANSWER, calendar="k"), at=day - 1),
            Event("o", day, "opened"),
        ]
        (cycle,) = evaluate(policy(), {"k": old}, events, day).cycles
        assert cycle.due_at() == day + 2 * 3_600 + 600

    def test_a_new_cycle_stands_still_in_the_states_of_the_new_version(self) -> None:
        periodic = replace(ANSWER, kind="periodic", restart_on=frozenset({"reported"}))
        pausing = replace(periodic, pause_on=frozenset({"paused"}))
        events = [
            Event("o", 1_000, "opened", state="paused"),
            self.edited(pausing),
            Event("r", 1_200, "reported"),
            Event("w", 1_300, "state", state="open"),
        ]
        first, second = evaluate(policy(periodic), {}, events, 1_400).cycles
        assert (first.pauses, second.pauses) == ([], [(1_200, 1_300)])

    def test_a_new_cycle_goes_by_the_scale_of_the_new_version(self) -> None:
        periodic = replace(ANSWER, kind="periodic", restart_on=frozenset({"reported"}))
        by_rank = replace(periodic, target=None, by_level={"3": Target(seconds=60)}, scale="rank")
        events = [
            Event("o", 1_000, "opened", level="low", rank=3),
            self.edited(by_rank),
            Event("r", 1_200, "reported"),
        ]
        _, second = evaluate(policy(periodic), {}, events, 1_200).cycles
        assert second.due_at() == 1_260

    def test_a_chain_under_way_keeps_its_steps_and_a_later_one_has_the_new(self) -> None:
        old = Escalation("late", "breach", "answer", (Step(0, "a"), Step(1_000, "b")), frozenset({"ack"}))
        new = replace(old, steps=(Step(0, "c"),))
        runs = [OPENED, self.edited(ANSWER, at=1_700, chains=(new,))]
        steps = evaluate(policy(ANSWER, chains=(old,)), {}, runs, 9_000).steps
        assert [step.to for step in steps] == ["a", "b"]
        early = [OPENED, self.edited(ANSWER, at=1_500, chains=(new,))]
        steps = evaluate(policy(ANSWER, chains=(old,)), {}, early, 9_000).steps
        assert [step.to for step in steps] == ["c"]

    @pytest.mark.parametrize(("seq", "to"), [(1, "a"), (-1, "c")])
    def test_a_chain_that_began_in_the_same_second_belongs_to_what_came_first(
        self, seq: int, to: str
    ) -> None:
        old = Escalation("told", "start", "answer", (Step(0, "a"),), frozenset({"ack"}))
        edit = replace(self.edited(ANSWER, at=1_000, chains=(replace(old, steps=(Step(0, "c"),)),)), seq=seq)
        steps = evaluate(policy(ANSWER, chains=(old,)), {}, [OPENED, edit], 1_000).steps
        assert [step.to for step in steps] == [to]


@pytest.mark.parametrize("name", PLANS.values())
class TestShippedPlans:
    def test_every_clock_and_chain_runs_on_a_calendar(self, name: str) -> None:
        plan = shipped().plans[name]
        made = policy_of(plan, "office")
        assert {clock.id for clock in made.clocks} == {clock.id for clock in plan.clocks}
        assert {e.clock for e in made.escalations} == {clock for c in plan.escalation for clock in c.of}

    def test_without_a_calendar_only_what_counts_no_days_runs(self, name: str) -> None:
        plan = shipped().plans[name]
        made = policy_of(plan, None)
        left_out = {clock.id for clock in clocks_without_calendar(plan)}
        assert {"notice_15d", "handle_60d"} <= left_out
        assert {clock.id for clock in made.clocks} == {clock.id for clock in plan.clocks} - left_out
        assert all(clock.calendar is None for clock in made.clocks)

    def test_peak_duties_are_kept_after_a_fall(self, name: str) -> None:
        plan = shipped().plans[name]
        kept = {clock.id for clock in plan.clocks if clock.keep}
        assert all(c.on_lower == "keep" for c in policy_of(plan, "office").clocks if c.id in kept)


def test_levels_that_are_inherited_are_counted_by_rank() -> None:
    made = policy_of(shipped().plans["petition-inherited"], "office")
    assert {clock.scale for clock in made.clocks} == {"rank"}
