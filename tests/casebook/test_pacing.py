"""Pacing by itself: what a desk file allows, and what a helpdesk says is left."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine, select

from plugin.casebook.database import Transaction
from plugin.casebook.doors import DoorShut, Toll, enter
from plugin.casebook.pacing import CallLimits, is_little, rate, rest, seconds_per_call
from plugin.casebook.tables import hold
from plugin.desk.limits import Budget


class Account:
    """A desk's row and nothing else: cases pass its door at instants that are told."""

    def __init__(self, most: int | None) -> None:
        self.rate = rate(CallLimits(per_minute=most))
        self._engine = create_engine("sqlite://")
        self._connection = self._engine.connect()
        hold.create(self._connection)

    def lets_in(self, now: float, calls: float) -> bool:
        """Whether the door was open; charges the calls where it was."""
        toll = Toll(calls=calls, usual=calls, rate=self.rate)
        try:
            enter(Transaction(self._connection, now), "hall", toll, is_gravest=False, probe=30.0, holder="me")
        except DoorShut:
            return False
        return True

    @property
    def ready_at(self) -> float:
        """When the door opens."""
        return float(self._connection.execute(select(hold.c.ready_at)).scalar() or 0.0)

    def close(self) -> None:
        self._connection.close()
        self._engine.dispose()


@contextmanager
def account(most: int | None = None) -> Iterator[Account]:
    made = Account(most)
    try:
        yield made
    finally:
        made.close()


@settings(max_examples=40)
@given(
    st.integers(1, 3000),
    st.lists(st.tuples(st.integers(0, 4), st.floats(0.0, 20.0)), min_size=1, max_size=100),
)
def test_no_minute_has_more_calls_than_allowed(most: int, cases: list[tuple[int, float]]) -> None:
    """Cases come as fast as they are let in, with pauses; each makes up to as many calls as is kept back."""
    now, made = 1000.0, list[float]()
    with account(most) as desk:
        for calls, pause in cases:
            calls = min(calls, max(1, min(4, most // 5)))
            now = max(now, desk.ready_at)
            assert desk.lets_in(now, calls)
            made += [now] * calls
            now += pause
    for first in made:
        assert sum(first <= each < first + 60.0 for each in made) <= most


@settings(max_examples=20)
@given(st.integers(10, 300))
def test_most_of_what_is_allowed_is_used(most: int) -> None:
    now, calls = 1000.0, 0
    with account(most) as desk:
        while now < 1600.0:
            before = desk.ready_at
            assert desk.lets_in(now, 2)
            assert desk.ready_at > before, "what is let in is charged"
            now, calls = max(now, desk.ready_at), calls + 2
    assert calls >= 0.65 * most * 10


@settings(max_examples=40)
@given(st.integers(6, 600), st.integers(1, 500))
def test_what_a_case_needed_more_is_paid_by_those_after_it(most: int, more: int) -> None:
    with account(most) as once, account(most) as twice:
        assert once.lets_in(1000.0, 2 + more)
        assert twice.lets_in(1000.0, 2)
        now = max(1000.0, twice.ready_at)
        assert twice.lets_in(now, more)
        assert twice.ready_at == pytest.approx(once.ready_at, abs=twice.rate.burst + 1e-6)
        assert not once.lets_in(once.ready_at - 0.001, 1) or once.ready_at <= 1000.0


def test_without_a_limit_nothing_waits() -> None:
    with account() as desk:
        assert all(desk.lets_in(1000.0, 10_000) for _ in range(3))


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
