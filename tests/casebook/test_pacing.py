"""Pacing by itself: what a desk file allows, and what a helpdesk says is left."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.casebook.pacing import CallLimits, charged, is_little, rate, rest, seconds_per_call
from plugin.desk.limits import Budget


@given(
    st.integers(1, 3000),
    st.lists(st.tuples(st.integers(0, 4), st.floats(0.0, 20.0)), min_size=1, max_size=200),
)
def test_no_minute_has_more_calls_than_allowed(most: int, cases: list[tuple[int, float]]) -> None:
    """Cases come as fast as they are let in, with pauses; each makes up to as many calls as is kept back."""
    at = rate(CallLimits(per_minute=most))
    now, ready_at, made = 1000.0, 0.0, []
    for calls, pause in cases:
        calls = min(calls, max(1, min(4, most // 5)))
        now = max(now, ready_at)
        ready_at = charged(ready_at, now, calls, at)
        made += [now] * calls
        now += pause
    for first in made:
        assert sum(first <= each < first + 60.0 for each in made) <= most


@given(st.integers(10, 3000))
def test_most_of_what_is_allowed_is_used(most: int) -> None:
    at = rate(CallLimits(per_minute=most))
    now, ready_at, calls = 0.0, 0.0, 0
    while now < 600.0:
        ready_at = charged(ready_at, now, 2, at)
        now, calls = max(now, ready_at), calls + 2
    assert calls >= 0.65 * most * 10


@given(st.floats(0.0, 1e6), st.floats(0.0, 1e6), st.integers(0, 500), st.integers(6, 600))
def test_what_a_case_needed_more_is_paid_by_those_after_it(
    ready_at: float, now: float, more: int, most: int
) -> None:
    at = rate(CallLimits(per_minute=most))
    once = charged(ready_at, now, 2 + more, at)
    assert once == pytest.approx(charged(charged(ready_at, now, 2, at), now, more, at))
    assert once >= charged(ready_at, now, 2, at)


def test_without_a_limit_nothing_waits() -> None:
    assert charged(0.0, 1000.0, 10_000, rate(CallLimits())) <= 1000.0


@pytest.mark.parametrize(
    ("left", "little", "every", "pause"),
    [
        (Budget(60, 60, 30.0), False, 0.0, 0.0),
        (Budget(16, 60, 30.0), False, 0.0, 0.0),
        (Budget(15, 60, 30.0), True, 2.0, 0.0),
        (Budget(1, 60, 30.0), True, 30.0, 0.0),
        (Budget(0, 60, 30.0), True, 0.0, 30.0),
        (Budget(0, 240, 3600.0, 15.0), True, 0.0, 15.0),
        (Budget(21, None, 60.0), False, 0.0, 0.0),
        (Budget(20, None, 60.0), True, 3.0, 0.0),
        (Budget(5, 60, 0.0), True, 0.0, 0.0),
    ],
)
def test_little_is_spread_until_there_is_more(left: Budget, little: bool, every: float, pause: float) -> None:
    assert (is_little(left), seconds_per_call(left), rest(left)) == (little, every, pause)


@given(st.integers(1, 5000), st.floats(1.0, 3600.0), st.floats(0.0, 1.0))
def test_a_spread_budget_lasts_to_its_end(limit: int, reset_in: float, share: float) -> None:
    """The helpdesk tells anew with each answer; as many calls as were left fit before the reset, no more."""
    remaining, now = int(limit * share), 0.0
    while remaining > 0 and now < reset_in:
        now += seconds_per_call(Budget(remaining, limit, reset_in - now))
        remaining -= 1
    assert remaining == 0 or now >= reset_in
    assert now == pytest.approx(reset_in) or (remaining == 0 and now <= reset_in * 1.001)
