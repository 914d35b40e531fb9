"""Readings and standing: time orders them, nothing lowers, a stored peak holds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from plugin.core.case import CaseState, Decision
from plugin.core.facts import Count, Fact, Sure
from plugin.core.ticket import Message, Ticket
from tests.score.deciding import PLANS, decided

OPENED = datetime(2026, 6, 3, 1, 0, tzinfo=UTC)
SAID = (
    "路灯不亮，请维修。",
    "6名摊主到区城管局反映通知太急。",
    "现场增加到七十人左右。",
    "门口聚集约230人，道路被堵。",
    "现场剩不到十人，陆续离开。",
    "现场已无人员。",
    "谢谢，有进展请告诉我们。",
)
plans = st.sampled_from(sorted(PLANS))
words = st.lists(st.sampled_from(SAID), min_size=1, max_size=6)


def ticket(said: list[str]) -> Ticket:
    messages = [
        Message("opening" if n == 0 else f"u{n}", OPENED + timedelta(minutes=n), text)
        for n, text in enumerate(said)
    ]
    return Ticket("t", tuple(messages), {"channel": "visit"})


def height(decision: Decision) -> int:
    return decision.standing.placement.rank


@settings(max_examples=60, deadline=None)
@given(words, plans, st.randoms(use_true_random=False))
def test_the_order_of_arrival_changes_nothing(said: list[str], plan: str, random) -> None:
    whole = ticket(said)
    shuffled = Ticket("t", tuple(random.sample(whole.messages, len(whole.messages))), whole.fields)
    assert decided(shuffled, plan).standing == decided(whole, plan).standing


@settings(max_examples=60, deadline=None)
@given(words, plans, st.sampled_from(SAID))
def test_another_message_never_lowers(said: list[str], plan: str, more: str) -> None:
    assert height(decided(ticket([*said, more]), plan)) >= height(decided(ticket(said), plan))


@settings(max_examples=40, deadline=None)
@given(words, plans)
def test_each_message_is_read_alone(said: list[str], plan: str) -> None:
    together = decided(ticket(said), plan).readings
    for number, reading in enumerate(together):
        alone = decided(ticket(said[: number + 1]), plan).readings[number]
        assert (reading.placement, reading.outputs) == (alone.placement, alone.outputs)


@settings(max_examples=40, deadline=None)
@given(words, plans)
def test_deciding_twice_is_the_same_decision(said: list[str], plan: str) -> None:
    assert decided(ticket(said), plan) == decided(ticket(said), plan)


def test_a_stored_peak_holds_when_its_message_is_gone() -> None:
    high = decided(ticket([SAID[1], SAID[3]]), "plan2").standing
    case = CaseState(peak_rank=high.peak_rank, peak=high.placement, peak_message=high.message)
    assert decided(ticket([SAID[1]]), "plan2", case).standing.placement.level == "I"


def test_a_fall_is_proposed_and_an_end_too() -> None:
    lower = decided(ticket([SAID[1], SAID[3], SAID[4]]), "plan2").standing
    assert (lower.placement.level, lower.proposal and lower.proposal.kind) == ("I", "lower")
    end = decided(ticket([SAID[1], SAID[3], SAID[5]]), "plan2").standing
    assert (end.placement.level, end.proposal and end.proposal.kind) == ("I", "end")


def test_an_accusation_is_not_routed_back_by_a_later_word() -> None:
    accused = "我们18个人来访，反映信访科工作人员态度恶劣、多次不登记。"
    first = decided(ticket([accused, "现场增加到三十人。"]), "plan2").standing.placement
    assert first.lead == "general_office"
    assert "petition_section" not in first.co


def test_what_staff_confirmed_beats_what_was_read() -> None:
    confirmed = {"people_present": Fact("people_present", Count(3, 3), Sure.CONFIRMED)}
    found = decided(ticket([SAID[3].replace("，道路被堵", "")]), "plan1", CaseState(confirmed=confirmed))
    assert found.readings[0].placement.rank == 0
