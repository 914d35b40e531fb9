"""What keeping time costs: calendar arithmetic beside its peers, and a case book with a million open clocks.

Ratios of one run; the absolute figures stand beside. Every engine's answers are compared before it is timed.
Run from the repository's root (``--cases 20000`` for a smaller case book)::

    .venv/bin/python -m benchmarks.clocks
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from datetime import time as day_time
from functools import cache
from pathlib import Path
from statistics import median
from zoneinfo import ZoneInfo

import businesstimedelta
import pandas as pd
import pytz

from benchmarks.bars import bar
from benchmarks.burst import burst_bars
from benchmarks.made_cases import make_cases
from plugin.core.calendar import DAYS, Calendar, Component

ZONE = "Asia/Shanghai"
OPENS, CLOSES = 9 * 60, 18 * 60
HOURS_A_DAY = 9
ROUNDS = 7
AMOUNTS = {"4 hours": 4 * 3600, "60 working days": 60 * HOURS_A_DAY * 3600}

Add = Callable[[int, int], int]
"""(start, open seconds) → the instant at which they are used up; UTC seconds."""


def main() -> int:
    """Print the tables and the bars; the exit code is the number of bars missed."""
    options = argparse.ArgumentParser()
    options.add_argument("--cases", type=int, default=1_000_000)
    cases = options.parse_args().cases
    met = [*_calendars(), *_case_book(cases)]
    return met.count(False)


# -- calendar arithmetic -------------------------------------------------------------------------------


def _calendars() -> list[bool]:
    calendar = made_calendar()
    starts = _starts(2_000)
    slowest = float("inf")
    for name, amount in AMOUNTS.items():
        slowest = min(slowest, _compared(calendar, name, amount, starts))
    slowest = min(slowest, _elapsed(calendar, starts))
    return [
        bar("calendar arithmetic, the slowest of add and elapsed", slowest, 500_000, "operations/s"),
        bar("differences from a minute-by-minute walk", _differences(), 0, "", at_most=True),
    ]


def made_calendar() -> Calendar:
    """Mondays to Fridays, 9 to 18, with holidays and make-up Saturdays spread over three years."""
    day_off = random.Random(7)
    days = [date(2024, 1, 1) + timedelta(days=n) for n in range(3 * 365)]
    holidays = frozenset(day_off.sample([day for day in days if day.weekday() < 5], 60))
    made_up = dict.fromkeys(day_off.sample([day for day in days if day.weekday() == 5], 20), "mon")
    weekly = dict.fromkeys(DAYS[:5], ((OPENS, CLOSES),))
    component = Component(ZONE, weekly, holidays, made_up)
    return Calendar("made", "1", (component,), date(2026, 12, 31), date(2023, 1, 1), date(2029, 12, 31))


def _starts(count: int) -> list[int]:
    chosen = random.Random(3)
    first = int(datetime(2024, 2, 1, tzinfo=UTC).timestamp())
    return [first + chosen.randrange(2 * 365 * 24 * 3600) for _ in range(count)]


def _compared(calendar: Calendar, name: str, amount: int, starts: Sequence[int]) -> float:
    """Operations a second of ours; the peers are shown beside."""
    engines: dict[str, tuple[Add, int]] = {
        "ours": (lambda start, seconds: calendar.add(start, seconds) or 0, len(starts)),
        "day loop": (_day_loop(calendar), 500),
        "pandas": (_pandas(calendar), 100),
        "businesstimedelta": (_business_time_delta(calendar), 20),
    }
    for peer, (add, _) in engines.items():
        for start in starts[:20]:
            _check(peer, add(start, amount), calendar.add(start, amount), calendar)
    costs = {peer: _per_call(add, starts[:few], amount) for peer, (add, few) in engines.items()}
    ours = costs.pop("ours")
    beside = ", ".join(f"{peer} {cost / ours:,.0f} × slower" for peer, cost in costs.items())
    print(f"add {name:16}: ours {1 / ours:12,.0f} operations/s; {beside}")
    return 1 / ours


def _check(peer: str, said: int, ours: int | None, calendar: Calendar) -> None:
    """Some peers say the next opening where ours says the closing: the same instant in open time."""
    assert ours is not None
    assert said == ours or calendar.elapsed(min(said, ours), max(said, ours)) == 0, (peer, said, ours)


def _per_call(add: Add, starts: Sequence[int], amount: int) -> float:
    rounds = []
    for _ in range(ROUNDS):
        begin = time.process_time()
        for start in starts:
            add(start, amount)
        rounds.append((time.process_time() - begin) / len(starts))
    return median(rounds)


def _elapsed(calendar: Calendar, starts: Sequence[int]) -> float:
    pairs = [(start, start + 60 * 86_400) for start in starts]
    cost = _per_call(lambda start, _: calendar.elapsed(start, start + 60 * 86_400), [a for a, _ in pairs], 0)
    print(f"elapsed over 60 days: ours {1 / cost:12,.0f} operations/s")
    return 1 / cost


def _day_loop(calendar: Calendar) -> Add:
    zone, component = ZoneInfo(ZONE), calendar.components[0]

    def add(start: int, seconds: int) -> int:
        day, left = datetime.fromtimestamp(start, zone).date(), seconds
        while True:
            for opens, closes in component.windows(day):
                midnight = datetime.combine(day, day_time(), zone).timestamp()
                begin, end = max(start, midnight + opens * 60), midnight + closes * 60
                if end - begin >= left:
                    return int(begin + left)
                left -= int(max(0, end - begin))
            day += timedelta(days=1)

    return add


def _rest_days(calendar: Calendar) -> list[date]:
    """Every day that is closed: the peers know no make-up days, so they work all week but for these."""
    days = (calendar.first + timedelta(days=n) for n in range((calendar.last - calendar.first).days))
    return [day for day in days if not calendar.is_working(day)]


def _pandas(calendar: Calendar) -> Add:
    rest = [pd.Timestamp(day) for day in _rest_days(calendar)]
    zone = ZoneInfo(ZONE)

    @cache
    def offset(hours: int) -> pd.offsets.CustomBusinessHour:
        return pd.offsets.CustomBusinessHour(
            hours, weekmask="1111111", holidays=rest, start="09:00", end="18:00"
        )

    def add(start: int, seconds: int) -> int:
        local = pd.Timestamp(datetime.fromtimestamp(start, zone).replace(tzinfo=None))
        return int((local + offset(seconds // 3600)).to_pydatetime().replace(tzinfo=zone).timestamp())

    return add


def _business_time_delta(calendar: Calendar) -> Add:
    zone = pytz.timezone(ZONE)
    work = businesstimedelta.WorkDayRule(
        start_time=day_time(9), end_time=day_time(18), working_days=list(range(7)), tz=zone
    )
    closed = dict.fromkeys(_rest_days(calendar), "rest")
    holidays = businesstimedelta.HolidayRule(closed, tz=zone)
    rules = businesstimedelta.Rules([work, holidays])

    def add(start: int, seconds: int) -> int:
        delta = businesstimedelta.BusinessTimeDelta(rules, seconds=seconds)
        return int((datetime.fromtimestamp(start, UTC) + delta).timestamp())

    return add


def _differences() -> int:
    """Random calendars, walked minute by minute with nothing of the engine's arithmetic."""
    chosen, wrong = random.Random(11), 0
    for _ in range(60):
        calendar = _random_calendar(chosen)
        start = int(datetime(2025, 3, 20, tzinfo=UTC).timestamp()) + chosen.randrange(10_000) * 60
        minutes = chosen.randrange(1, 1_500)
        wrong += calendar.add(start, minutes * 60) != _walked(calendar, start, minutes)
    return wrong


def _random_calendar(chosen: random.Random) -> Calendar:
    weekly: dict[str, tuple[tuple[int, int], ...]] = {}
    for day in DAYS:
        opens = chosen.randrange(0, 1_200, 30)
        weekly[day] = ((opens, (opens + chosen.randrange(60, 600, 30)) % 1_440),)
    zone = chosen.choice(["Asia/Shanghai", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe"])
    off = frozenset(date(2025, 3, 20) + timedelta(days=chosen.randrange(20)) for _ in range(4))
    component = Component(zone, weekly, off)
    return Calendar("random", "1", (component,), date(2026, 1, 1), date(2025, 3, 1), date(2026, 12, 31))


def _walked(calendar: Calendar, start: int, minutes: int) -> int:
    component = calendar.components[0]
    zone, at, left = ZoneInfo(component.zone), start, minutes
    while left:
        left -= _is_open(component, datetime.fromtimestamp(at, zone))
        at += 60
    return at


def _is_open(component: Component, local: datetime) -> bool:
    reading = local.hour * 60 + local.minute
    for back in (0, 1):
        for opens, closes in component.windows(local.date() - timedelta(days=back)):
            end = closes if closes > opens else closes + 1_440
            if opens <= reading + back * 1_440 < end:
                return True
    return False


# -- the case book -------------------------------------------------------------------------------------


def _case_book(cases: int) -> list[bool]:
    with tempfile.TemporaryDirectory(prefix="paidan-clocks-") as folder:
        url = f"sqlite:///{Path(folder) / 'book.db'}"
        begin = time.monotonic()
        make_cases(url, cases)
        size = (Path(folder) / "book.db").stat().st_size / 1e6
        made = time.monotonic() - begin
        print(f"{cases:,} cases with an open clock: made in {made:.0f} s, {size:,.0f} MB")
        return burst_bars("SQLite", url, cases)


if __name__ == "__main__":
    sys.exit(main())
