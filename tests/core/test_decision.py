"""Readings and standing: time orders them, nothing lowers, a stored peak holds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from plugin.core.case import CaseState, Decision, DecisionDocuments
from plugin.core.decision import decide
from plugin.core.facts import Count, Fact, Sure
from plugin.core.ticket import Message, Ticket
from plugin.core.wording import decisive_nodes
from tests.score.deciding import PLANS, decided, shipped

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


def height(decision: Decision, plan: str) -> tuple[int, int]:
    placement = decision.standing.placement
    return shipped().plans[PLANS[plan]].levels.height(placement.level), placement.rank


@settings(max_examples=60)
@given(words, plans, st.randoms(use_true_random=False))
def test_the_order_of_arrival_changes_nothing(said: list[str], plan: str, random) -> None:
    whole = ticket(said)
    shuffled = Ticket("t", tuple(random.sample(whole.messages, len(whole.messages))), whole.fields)
    assert decided(shuffled, plan).standing == decided(whole, plan).standing


@settings(max_examples=60)
@given(words, plans, st.sampled_from(SAID))
def test_another_message_never_lowers(said: list[str], plan: str, more: str) -> None:
    grown, before = decided(ticket([*said, more]), plan), decided(ticket(said), plan)
    assert height(grown, plan) >= height(before, plan)


@settings(max_examples=60)
@given(words, plans, st.integers(1, 6))
def test_deciding_on_what_was_stored_changes_nothing(said: list[str], plan: str, seen: int) -> None:
    """Message by message with the stored standing, or all at once: the case stands at the same place."""
    before = decided(ticket(said[:seen]), plan).standing
    stored = CaseState(before.peak_rank, before.placement, before.message)
    assert decided(ticket(said), plan, stored).standing == decided(ticket(said), plan).standing


@settings(max_examples=40)
@given(words, plans)
def test_each_message_is_read_alone(said: list[str], plan: str) -> None:
    together = decided(ticket(said), plan).readings
    for number, reading in enumerate(together):
        alone = decided(ticket(said[: number + 1]), plan).readings[number]
        assert (reading.placement, reading.outputs) == (alone.placement, alone.outputs)


@settings(max_examples=40)
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


def test_what_staff_confirmed_says_nothing_about_later_words() -> None:
    counted = Fact("people_present", Count(3, 3), Sure.CONFIRMED, at=OPENED + timedelta(seconds=30))
    case = CaseState(confirmed={"people_present": counted})
    found = decided(ticket([SAID[2], "门口聚集约230人。"]), "plan1", case)
    assert [reading.placement.rank for reading in found.readings] == [0, 3]


def test_a_column_the_rules_do_not_know_is_no_fact() -> None:
    asked = Ticket("t", (Message("opening", OPENED, SAID[0]),), {"channel": "visit", "household_size": 60})
    assert "household_size" not in decided(asked, "plan1").readings[0].facts


def test_a_ticket_without_words_is_still_placed() -> None:
    assert decide_silent().standing.placement.lead == "normal_desk"


def decide_silent() -> Decision:
    documents = DecisionDocuments(shipped().plans[PLANS["plan1"]], shipped().compiled("petition"))
    return decide(Ticket("t", (), {"channel": "visit"}), CaseState(), documents, OPENED)


@settings(max_examples=60)
@given(words, plans)
def test_the_grounds_name_what_the_whole_trace_names(said: list[str], plan: str) -> None:
    for reading in decided(ticket(said), plan).readings:
        whole = list(decisive_nodes(reading.trace, reading.placement))
        assert list(decisive_nodes(reading.reasons, reading.placement)) == whole
        assert whole or reading.placement.rank == 0
