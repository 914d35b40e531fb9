"""Calendar files: what they become, what moves their version, and the shipped ones against other sources."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import chinese_calendar
import holidays
import pytest

from plugin.core.calendar import Calendar
from plugin.desk.products import Connectors
from plugin.documents.calendars import CalendarFile, build_calendar, build_calendar_file
from plugin.documents.checks import check_coverage
from plugin.documents.clock_cases import read_cases
from plugin.documents.load import load_folder
from plugin.documents.problems import Problems
from plugin.documents.source import compose, read

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = ROOT / "mappings" / "calendars"
HEAD = "version: 1\ncovered_through: 2026-12-31\nzone: Asia/Shanghai\n"
WEEK = "weekly: {mon-fri: [09:00-12:00, 13:30-17:30]}\n"


def built(text: str, name: str = "office") -> CalendarFile:
    problems = Problems()
    file = build_calendar_file(name, compose(text, f"calendars/{name}.yaml"), problems)
    assert file is not None, [problem.code for problem in problems]
    return file


def shipped(name: str) -> CalendarFile:
    return built((SHIPPED / f"{name}.yaml").read_text("utf-8"), name)


def days(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(n) for n in range((last - first).days + 1))


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp())


def hours(calendar: Calendar, day: str) -> list[tuple[int, int]]:
    return list(calendar.components[0].windows(date.fromisoformat(day)))


@pytest.mark.parametrize(
    ("week", "day", "expected"),
    [
        ("mon: 09:00-17:00", "2026-03-02", [(540, 1020)]),
        ("mon: [13:30-17:30, 9:00-12:00]", "2026-03-02", [(540, 720), (810, 1050)]),
        ("mon-fri: 09:00-17:00", "2026-03-07", []),
        ("mon-fri: 09:00-17:00\n  sat: 09:00-12:00", "2026-03-07", [(540, 720)]),
        ("sun-thu: 09:00-17:00", "2026-03-06", []),
        ("sun-thu: 09:00-17:00", "2026-03-08", [(540, 1020)]),
        ("mon: 22:00-06:00", "2026-03-02", [(1320, 360)]),
        ("mon: 00:00-24:00", "2026-03-02", [(0, 1440)]),
        ("mon: closed\n  tue: 09:00-10:00", "2026-03-02", []),
    ],
)
def test_weekly_hours(week: str, day: str, expected: list[tuple[int, int]]) -> None:
    assert hours(built(f"{HEAD}weekly:\n  {week}\n").calendar, day) == expected


@pytest.mark.parametrize(
    ("dates", "day", "expected"),
    [
        ("holidays: {2026-05-01: Labour day}", "2026-05-01", []),
        ("holidays: {2026-05-01..2026-05-05: Labour day}", "2026-05-05", []),
        ("holidays: {2026-05-01..2026-05-05: Labour day}", "2026-05-06", [(540, 720), (810, 1050)]),
        ("workdays: {2026-05-09: mon}", "2026-05-09", [(540, 720), (810, 1050)]),
        ("workdays: {2026-05-09: {like: mon, name: x}}", "2026-05-09", [(540, 720), (810, 1050)]),
        ("overrides: {2026-05-09: 10:00-11:00}", "2026-05-09", [(600, 660)]),
        ("overrides: {2026-05-06..2026-05-07: closed}", "2026-05-07", []),
        ("overrides: {2026-05-06: {hours: closed, name: Regatta}}", "2026-05-06", []),
        ("holidays: {2026-05-01: x}\noverrides: {2026-05-01: 10:00-11:00}", "2026-05-01", [(600, 660)]),
    ],
)
def test_dates_that_differ(dates: str, day: str, expected: list[tuple[int, int]]) -> None:
    assert hours(built(f"{HEAD}{WEEK}{dates}\n").calendar, day) == expected


def test_a_file_with_sites_is_open_where_any_of_them_is() -> None:
    text = (ROOT / "tests" / "cases" / "ok" / "harbour-calendar.yaml").read_text("utf-8")
    calendar = built(text, "harbour-calendar").calendar
    assert [part.zone for part in calendar.components] == ["Asia/Shanghai", "Europe/Berlin"]
    assert calendar.is_open(at("2026-03-06T10:00+01:00"))
    assert not calendar.is_open(at("2026-03-06T10:00+08:00"))
    assert calendar.is_open(at("2026-03-05T23:30+08:00"))


def test_titles_names_and_sources_are_kept_for_people() -> None:
    file = shipped("cn-government")
    assert file.title.say("en") == "Chinese government offices"
    assert file.sites[0].names[date(2026, 2, 28)] == "春节"
    assert file.sites[0].names[date(2026, 10, 3)] == "国庆节"
    assert len(file.source) == 3


BASE = f"{HEAD}{WEEK}holidays: {{2026-05-01..2026-05-02: Labour day}}\nworkdays: {{2026-05-09: mon}}\n"


@pytest.mark.parametrize(
    ("old", "new", "moves"),
    [
        ("Labour day", "Tag der Arbeit", False),
        ("zone: Asia", "# a note\nzone: Asia", False),
        ("[09:00-12:00, 13:30-17:30]", "[13:30-17:30, 09:00-12:00]", False),
        ("2026-05-01..2026-05-02: Labour day", "2026-05-01: a, 2026-05-02: b", False),
        ("2026-05-02: Labour", "2026-05-03: Labour", True),
        ("17:30", "17:00", True),
        ("Asia/Shanghai", "Asia/Hong_Kong", True),
        ("covered_through: 2026-12-31", "covered_through: 2027-12-31", True),
        ("2026-05-09: mon", "2026-05-09: tue", True),
    ],
)
def test_the_version_is_what_the_file_says_of_time(old: str, new: str, moves: bool) -> None:
    assert old in BASE
    assert (built(BASE).calendar.version != built(BASE.replace(old, new)).calendar.version) is moves


def test_other_time_zone_tables_are_another_version(monkeypatch: pytest.MonkeyPatch) -> None:
    before = built(BASE).calendar.version
    monkeypatch.setattr("plugin.documents.zones.EDITION", "2031a")
    assert built(BASE).calendar.version != before


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        (HEAD + WEEK, date(2020, 1, 1), date(2031, 12, 31)),
        (f"{HEAD}{WEEK}holidays: {{2015-05-01: x}}\n", date(2014, 1, 1), date(2031, 12, 31)),
        (f"{HEAD}{WEEK}".replace("2026-12", "2049-12"), date(2020, 1, 1), date(2054, 12, 31)),
    ],
)
def test_a_calendar_counts_from_before_its_first_date_to_years_behind_its_last(
    text: str, first: date, last: date
) -> None:
    calendar = built(text).calendar
    assert (calendar.first, calendar.last) == (first, last)


def test_what_is_due_after_the_last_known_date_is_provisional() -> None:
    calendar = shipped("cn-government").calendar
    start = at("2026-12-31T16:30+08:00")
    assert calendar.add(start, 3600) == at("2026-12-31T17:30+08:00")
    assert not calendar.is_provisional(at("2026-12-31T17:30+08:00"))
    later = calendar.add(start, 3601)
    assert later is not None
    assert calendar.is_provisional(later)


# -- the shipped files -----------------------------------------------------------------------------

YEARS = (date(2024, 1, 1), date(2026, 12, 31))


def test_the_chinese_calendar_agrees_with_two_other_sources_on_every_day() -> None:
    calendar = shipped("cn-government").calendar
    other = holidays.country_holidays("CN", years=(2024, 2025, 2026))
    for day in days(*YEARS):
        assert calendar.is_working(day) is chinese_calendar.is_workday(day), day
        assert calendar.is_working(day) is other.is_working_day(day), day


def test_the_chinese_calendar_names_the_days_the_notices_name() -> None:
    part = shipped("cn-government").calendar.components[0]
    known = chinese_calendar.constants
    assert part.holidays == {day for day in known.holidays if day.year >= 2024}
    assert part.workdays.keys() == {day for day in known.workdays if day.year >= 2024}


@pytest.mark.parametrize(("name", "country"), [("de-office", "DE"), ("us-federal", "US")])
def test_the_other_calendars_have_the_public_holidays_of_their_country(name: str, country: str) -> None:
    other = holidays.country_holidays(country, years=(2024, 2025, 2026))
    assert shipped(name).calendar.components[0].holidays == set(other)


def test_around_the_clock_is_never_closed() -> None:
    calendar = shipped("always").calendar
    start = at("2026-11-25T00:00+08:00")
    assert len(calendar.intervals) == 1
    assert calendar.add(start, 3 * 365 * 86_400) == start + 3 * 365 * 86_400
    assert not calendar.is_provisional(start + 10 * 365 * 86_400)


def test_the_worked_cases_have_the_same_chinese_days() -> None:
    cases = read_cases(json.loads((ROOT / "tests" / "data" / "clock-cases.json").read_text("utf-8")))
    worked = next(case.calendars["cn-9-18"] for case in cases if "cn-9-18" in case.calendars).components[0]
    part = shipped("cn-government").calendar.components[0]
    assert worked.holidays == part.holidays
    assert worked.workdays == part.workdays


def test_every_shipped_calendar_keeps_its_zone_over_the_years() -> None:
    """Hours are local: the same opening in winter and in summer time."""
    calendar = shipped("de-office").calendar
    assert calendar.is_open(at("2026-03-27T09:00+01:00"))
    assert calendar.is_open(at("2026-03-30T09:00+02:00"))
    assert not calendar.is_open(at("2026-03-30T08:59+02:00"))


# -- looking at the date ---------------------------------------------------------------------------


def in_use(folder: Path) -> Path:
    """The shipped documents with a desk that counts on the Chinese calendar."""
    shutil.copytree(ROOT / "mappings", folder / "mappings")
    desks = folder / "mappings" / "desks"
    shutil.copy(desks / "_roundup.yaml", desks / "hall.yaml")
    return folder / "mappings"


@pytest.mark.parametrize(
    ("today", "code"),
    [
        ("2026-10-31", None),
        ("2026-11-01", "calendar-ends"),
        ("2026-12-31", "calendar-ends"),
        ("2027-01-01", "calendar-ended"),
    ],
)
def test_a_calendar_in_use_is_told_of_before_it_ends(tmp_path: Path, today: str, code: str | None) -> None:
    loaded = load_folder(in_use(tmp_path), Connectors(ROOT / "connectors").products)
    assert loaded.documents is not None
    problems = Problems()
    check_coverage(loaded.documents, date.fromisoformat(today), problems)
    told = [(problem.code, problem.place.file, problem.severity) for problem in problems]
    assert told == ([(code, "calendars/cn-government.yaml", "warning")] if code else [])


def test_the_examples_of_the_page_for_administrators_load() -> None:
    page = (ROOT / "docs" / "calendars.md").read_text("utf-8")
    whole, sites = re.findall(r"```yaml\n(.*?)```", page, re.S)
    assert len(built(whole).sites) == 1
    assert len(built(f"version: 1\ncovered_through: 2026-12-31\n{sites}").sites) == 2


def test_hours_that_cannot_be_read_are_told_once_and_dates_beside_them_change_nothing() -> None:
    problems = Problems()
    text = (
        "version: 1\nname: x\nzone: Asia/Shanghai\ncovered_through: 2026-12-31\n"
        "weekly:\n  mon-fris}\nworkdays:\n  2026-10-10: mon\n"
    )
    node = read(text, "calendars/x.yaml", problems)
    assert node is not None
    assert build_calendar("x", node, problems) is None
    assert [each.code for each in problems] == ["not-a-block"]
