"""What a notice changes at a site: tables, without a file."""

from __future__ import annotations

from datetime import date

import pytest

from plugin.core.calendar import Component
from plugin.core.notices import Kind, NoticeDay, covered_by, kind, revise, usual_weekday

DAY, SHORT = ((540, 1020),), ((540, 720),)
WEEK = {"mon": DAY, "tue": DAY, "wed": DAY, "thu": DAY, "fri": SHORT}
SITE = Component(
    "Asia/Shanghai",
    WEEK,
    frozenset({date(2026, 10, 1), date(2026, 12, 31), date(2027, 1, 1)}),
    {date(2026, 10, 10): "tue", date(2027, 1, 9): "mon"},
    {date(2027, 2, 5): SHORT},
)
SATURDAYS = Component("Asia/Shanghai", {**WEEK, "sat": SHORT})


def off(month: int, day: int, year: int = 2027) -> NoticeDay:
    return NoticeDay(date(year, month, day), True, "x", 1)


def work(month: int, day: int, year: int = 2027) -> NoticeDay:
    return NoticeDay(date(year, month, day), False, "x", 1)


@pytest.mark.parametrize(
    ("said", "now", "then", "opens"),
    [
        (off(5, 4), "working", "holiday", False),
        (off(5, 1), "rest", "holiday", None),
        (off(1, 1), "holiday", "holiday", None),
        (off(1, 9), "make-up", "holiday", False),
        (work(5, 8), "rest", "make-up", True),
        (work(1, 1), "holiday", "make-up", True),
        (work(1, 9), "make-up", "make-up", None),
        (work(5, 4), "working", "working", None),
        (work(12, 31, 2026), "holiday", "working", True),
        (off(12, 30, 2026), "working", "holiday", False),
    ],
)
def test_a_day_becomes_what_the_notice_says(
    said: NoticeDay, now: Kind, then: Kind, opens: bool | None
) -> None:
    revision = revise(SITE, [said], "mon", year=2027)
    assert (kind(SITE, said.day), kind(revision.after, said.day)) == (now, then)
    assert [(c.day, c.now, c.then, c.opens) for c in revision.changes] == (
        [] if now == then else [(said.day, now, then, opens)]
    )


def test_everything_else_stays() -> None:
    after = revise(SITE, [off(5, 4)], "mon", year=2027).after
    assert after.holidays == SITE.holidays | {date(2027, 5, 4)}
    assert (after.workdays, after.overrides, after.weekly) == (SITE.workdays, SITE.overrides, SITE.weekly)


def test_a_make_up_day_that_is_there_keeps_its_weekday() -> None:
    after = revise(SITE, [work(10, 10, 2026), work(10, 9)], "fri", year=2027).after
    assert after.workdays[date(2026, 10, 10)] == "tue"
    assert after.workdays[date(2027, 10, 9)] == "fri"


def test_days_the_notice_does_not_name_stay_unless_it_is_the_whole_year() -> None:
    part = revise(SITE, [off(5, 4)], "mon", year=2027)
    assert part.unlisted == (date(2027, 1, 1), date(2027, 1, 9))
    whole = revise(SITE, [off(5, 4)], "mon", year=2027, whole=True)
    assert whole.unlisted == ()
    assert [(c.day, c.then) for c in whole.changes] == [
        (date(2027, 1, 1), "working"),
        (date(2027, 1, 9), "rest"),
        (date(2027, 5, 4), "holiday"),
    ]
    assert date(2026, 12, 31) in whole.after.holidays


def test_hours_of_its_own_go_before_a_notice_and_are_told() -> None:
    revision = revise(SITE, [off(2, 5)], "mon", year=2027)
    assert revision.overridden == (date(2027, 2, 5),)
    assert revision.after.windows(date(2027, 2, 5)) == SHORT


@pytest.mark.parametrize(
    ("site", "notice", "open_days"),
    [
        (SATURDAYS, [off(5, 7)], [date(2027, 5, 8)]),
        (SATURDAYS, [off(5, 10)], [date(2027, 5, 8)]),
        (SATURDAYS, [off(5, 11)], []),
        (SATURDAYS, [off(5, 7), off(5, 8)], []),
        (SATURDAYS, [off(5, 7), work(5, 8)], []),
        (SITE, [off(5, 7)], []),
    ],
)
def test_an_open_weekend_beside_a_holiday_is_told(
    site: Component, notice: list[NoticeDay], open_days: list[date]
) -> None:
    assert list(revise(site, notice, "mon", year=2027).open_beside) == open_days


@pytest.mark.parametrize(
    ("weekly", "usual"),
    [
        (WEEK, "mon"),
        ({"sun": DAY, "mon": DAY}, "mon"),
        ({"mon": SHORT, "tue": DAY, "wed": DAY}, "tue"),
        ({"mon": SHORT, "tue": DAY}, None),
        ({"mon": (), "tue": DAY}, "tue"),
        ({}, None),
    ],
)
def test_the_usual_weekday_is_one_of_the_majority(
    weekly: dict[str, tuple[tuple[int, int], ...]], usual: str | None
) -> None:
    assert usual_weekday(Component("UTC", weekly)) == usual


@pytest.mark.parametrize(
    ("notice", "year", "covered", "expected"),
    [
        ([off(5, 4)], 2027, date(2026, 12, 31), date(2027, 12, 31)),
        ([work(5, 4)], 2027, date(2026, 12, 31), date(2027, 5, 4)),
        ([off(5, 4)], 2026, date(2026, 12, 31), date(2027, 5, 4)),
        ([off(5, 4, 2026)], 2026, date(2028, 12, 31), date(2028, 12, 31)),
        ([off(5, 4), off(1, 1, 2028)], 2027, date(2026, 12, 31), date(2028, 1, 1)),
    ],
)
def test_a_whole_notice_covers_its_year_and_a_part_its_days(
    notice: list[NoticeDay], year: int, covered: date, expected: date
) -> None:
    assert covered_by(SITE, notice, year, covered) == expected
