"""The circuit breaker by itself: whatever happens in whatever order, and a few days in its life."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.casebook.breaker import BUSY, CALM, FAILURES, FIRST, LONGEST, Breaker

HAPPENINGS = st.lists(
    st.tuples(
        st.sampled_from(["answered", "failed", "late failure", "asked", "busy", "wait"]),
        st.floats(0.0, 120.0),
    ),
    max_size=60,
)


def tripped(now: float = 0.0, chance: float = 0.0) -> Breaker:
    """Left alone after failures in a row."""
    breaker = Breaker()
    for _ in range(FAILURES):
        breaker = breaker.failed(now, chance)
    return breaker


def happens(breaker: Breaker, what: str, now: float, seconds: float) -> Breaker:
    match what:
        case "answered":
            return breaker.answered(now)
        case "failed":
            return breaker.failed(now, 0.5)
        case "late failure":
            return breaker.failed(now, 0.5, is_current=False)
        case "asked":
            return breaker.asked_to_wait(now, seconds)
        case "busy":
            return breaker.asked_to_wait(now, None)
    return breaker


@given(HAPPENINGS)
def test_nothing_shortens_a_wait_and_an_epoch_ends_exactly_when_one_begins(
    told: list[tuple[str, float]],
) -> None:
    now, breaker = 0.0, Breaker()
    for what, seconds in told:
        after = happens(breaker, what, now, seconds)
        assert after.until >= breaker.until or now >= breaker.until
        assert (after.epoch > breaker.epoch) == (after.until > breaker.until)
        if what == "asked" and seconds >= 1.0:
            assert after.until >= now + seconds
        breaker = after
        now += seconds if what == "wait" else 0.0


@given(st.lists(st.floats(0.0, 1.0), min_size=1, max_size=30))
def test_a_helpdesk_that_stays_away_is_tried_ever_less_but_once_a_minute(draws: list[float]) -> None:
    breaker = tripped(chance=draws[0])
    pauses = [breaker.until]
    for draw in draws:
        now = breaker.until
        breaker = breaker.failed(now, draw)
        pauses.append(breaker.until - now)
    doubling = [min(LONGEST, FIRST * 2.0**n) for n in range(len(pauses))]
    assert all(0.749 * most <= pause <= 1.001 * most for pause, most in zip(pauses, doubling, strict=True))


def test_single_failures_open_nothing() -> None:
    breaker = Breaker()
    for _ in range(20):
        for _ in range(FAILURES - 1):
            breaker = breaker.failed(0.0, 0.0)
        assert breaker.state(0.0) == "closed"
        breaker = breaker.answered(0.0)


def test_the_first_good_answer_after_the_pause_closes_it() -> None:
    breaker = tripped()
    assert breaker.answered(breaker.until - 0.1) == breaker, "that was a call from before it opened"
    assert breaker.answered(breaker.until).state(breaker.until) == "closed"


def test_what_fails_of_earlier_work_makes_no_pause_longer() -> None:
    breaker = tripped()
    assert breaker.failed(0.5, 0.0) == breaker
    assert breaker.failed(breaker.until, 0.0, is_current=False) == breaker


def test_a_longer_wait_asked_for_by_a_late_answer_stands() -> None:
    breaker = tripped()
    longer = breaker.asked_to_wait(1.0, 300.0)
    assert (longer.until, longer.epoch) == (301.0, breaker.epoch + 1)
    assert longer.asked_to_wait(2.0, 5.0) == longer


@pytest.mark.parametrize("said", [None, 0.0, 0.2])
def test_who_does_not_say_how_long_is_left_alone_ever_longer(said: float | None) -> None:
    breaker, pauses, now = Breaker(), [], 0.0
    for _ in range(6):
        breaker = breaker.asked_to_wait(now, said)
        pauses.append(breaker.until - now)
        now = breaker.until
        breaker = breaker.answered(now)
    assert pauses == [BUSY, 2 * BUSY, 4 * BUSY, 8 * BUSY, LONGEST, LONGEST]


def test_one_that_flaps_is_left_alone_longer_until_it_was_calm() -> None:
    breaker = tripped()
    first = breaker.until
    breaker = breaker.answered(first)
    again = tripped_again(breaker, first + 10.0)
    assert again.until - (first + 10.0) == 2 * FIRST
    calm = again.answered(again.until)
    later = again.until + CALM
    assert tripped_again(calm, later).until - later == FIRST


def tripped_again(breaker: Breaker, now: float) -> Breaker:
    for _ in range(FAILURES):
        breaker = breaker.failed(now, 0.0)
    return breaker
