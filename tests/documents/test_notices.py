"""Notices in every form they come in: State Council wording, tables, feeds, holiday-cn JSON."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import chinese_calendar
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plugin.documents.notice_days import Notice
from plugin.documents.notices import read_notice
from plugin.documents.problems import Problems

NOTICES = Path(__file__).parents[1] / "data" / "notices"
KNOWN = chinese_calendar.constants


def read(text: str | bytes, year: int | None = None, next_year: int = 2027) -> Notice:
    problems = Problems()
    raw = text if isinstance(text, bytes) else text.encode()
    notice, _ = read_notice(raw, "notice.txt", problems, year=year, next_year=next_year)
    assert notice is not None, [(p.code, p.place, p.slots) for p in problems]
    return notice


def refused(text: str, year: int | None = None) -> list[tuple[str, int]]:
    problems = Problems()
    notice, _ = read_notice(text.encode(), "notice.txt", problems, year=year, next_year=2027)
    assert notice is None
    return [(problem.code, problem.place.line) for problem in problems]


def said(notice: Notice) -> list[tuple[str, str]]:
    """``01-01`` and 休 or 班; days of another year with their year."""
    return [
        (str(each.day)[5:] if each.day.year == notice.year else str(each.day), "休" if each.is_off else "班")
        for each in notice.days
    ]


def off(*days: str) -> list[tuple[str, str]]:
    return [(day, "休") for day in days]


# -- State Council wording -------------------------------------------------------------------------


@pytest.mark.parametrize("year", [2024, 2025, 2026])
@pytest.mark.parametrize(
    "how", ["as printed", "in one line", "half width", "every line broken", "traditional"]
)
def test_the_notices_of_the_last_years(year: int, how: str) -> None:
    text = (NOTICES / f"{year}.txt").read_text("utf-8")
    if how == "in one line":
        text = text.replace("\n", "")
    elif how == "half width":
        text = text.translate(str.maketrans("（）：，、", "():,、"))
    elif how == "every line broken":
        text = "\n".join(
            part for line in text.split("\n") for part in ([line[:23], line[23:]] if line else [""])
        )
    elif how == "traditional":
        text = text.translate(str.maketrans("节劳动国庆农历后调", "節勞動國慶農歷後調"))
    notice = read(text)
    assert notice.year == year
    assert {each.day for each in notice.days if each.is_off} == {d for d in KNOWN.holidays if d.year == year}
    assert {each.day for each in notice.days if not each.is_off} == {
        d for d in KNOWN.workdays if d.year == year
    }


def test_holidays_have_their_names_and_the_notice_its_title() -> None:
    notice = read((NOTICES / "2025.txt").read_bytes())
    names = {each.day: each.name for each in notice.days}
    assert names[date(2025, 1, 1)] == "元旦"
    assert names[date(2025, 2, 8)] == "春节"
    assert names[date(2025, 10, 6)] == "国庆节、中秋节"
    assert notice.papers == ("国务院办公厅关于2025年部分节假日安排的通知（国办发明电〔2024〕12号）",)


def test_what_is_only_encouraged_or_only_a_date_is_told_and_not_used() -> None:
    notice = read((NOTICES / "2024.txt").read_bytes())
    assert [(each.line, each.why) for each in notice.left_out] == [(3, "only-encouraged")]
    dates = [(each.line, each.why) for each in read((NOTICES / "2026.txt").read_bytes()).left_out]
    assert dates == [(6, "nothing-said"), (7, "nothing-said"), (8, "nothing-said"), (34, "nothing-said")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "1月1日（周五）至3日放假调休，共3天。1月4日（周一）上班",
            [*off("01-01", "01-02", "01-03"), ("01-04", "班")],
        ),
        ("1月1日放假1天，不调休。", off("01-01")),
        ("5月1日放假，5月3日（星期一）补休。", off("05-01", "05-03")),
        ("6月9日放假，与周末连休，共3天。", off("06-09")),
        ("2026年12月31日至2027年1月2日放假，共3天。", off("2026-12-31", "01-01", "01-02")),
        (
            "元旦：12月31日至1月2日放假。12月27日（周日）上班。",
            [("2026-12-27", "班"), *off("2026-12-31", "01-01", "01-02")],
        ),
        ("２月６日～８日放假。", off("02-06", "02-07", "02-08")),
        (
            "2月6—8日放假，2月14日、21日上班。",
            [*off("02-06", "02-07", "02-08"), ("02-14", "班"), ("02-21", "班")],
        ),
        ("十月一日至三日放假三天。", off("10-01", "10-02", "10-03")),
        ("除夕（2月5日）放假。", off("02-05")),
        ("国庆节放假时间为10月1日至2日，共2天。", off("10-01", "10-02")),
        (
            "4月3日（星期六）公休日调至4月5日（星期一），4月3日（星期六）上班。",
            [("04-03", "班"), ("04-05", "休")],
        ),
        ("4月4日为法定节假日，4月3日（周六）照常公休。", off("04-03", "04-04")),
        ("自2027年1月1日起，放假办法有修改。1月1日放假。", off("01-01")),
    ],
)
def test_ways_to_say_it(text: str, expected: list[tuple[str, str]]) -> None:
    assert said(read(text)) == expected


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("一、元旦：1月1日放假。", ["元旦"]),
        ("1.元旦：1月1日放假\n2.春节：2月5日放假", ["元旦", "春节"]),
        ("（一）元旦。1月1日放假；1月9日（周六）上班；", ["元旦", "元旦"]),
        ("• 元旦，1月1日放假\n• 【春节】2月5日放假", ["元旦", "春节"]),
        ("一、元旦\n1月1日放假。", ["元旦"]),
        ("元旦：1月1日放假。春节：2月5日放假。", ["元旦", "春节"]),
        ("元旦放假时间为1月1日至2日，共2天。", ["元旦", "元旦"]),
        ("1月1日放假。", [None]),
        ("1月1日放假。其中，1月1日为法定节假日。", [None]),
    ],
)
def test_holidays_are_named_in_front_of_their_days(text: str, names: list[str | None]) -> None:
    assert [each.name for each in read(text).days] == names


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("1月1日放假。1月4日不放假。", ["unclear-sentence"]),
        ("1月1日放假。1月4日起上班。", ["unclear-sentence"]),
        ("延长2027年春节假期至2月14日。1月1日放假。", ["unclear-sentence"]),
        ("一、元旦：1月1日放假。二、清明节：4月5日。", ["unclear-sentence"]),
        ("1月1日（周四）放假。", ["wrong-weekday"]),
        ("1月1日至3日（周一）放假。", ["wrong-weekday"]),
        ("1月1日至3日放假，共4天。", ["wrong-count"]),
        ("1月1日放假。1月1日上班。", ["both-ways"]),
        ("2月30日放假。", ["not-a-date"]),
        ("10月7日至1日放假。", ["not-a-date"]),
    ],
)
def test_what_cannot_be_read_is_never_guessed(text: str, codes: list[str]) -> None:
    assert [code for code, _ in refused(text)] == codes


def test_another_year_is_noticed_by_its_weekdays() -> None:
    text = (NOTICES / "2026.txt").read_text("utf-8")
    assert {code for code, _ in refused(text, year=2027)} == {"wrong-weekday"}


# -- tables ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2027-01-01\t元旦\t休", off("01-01")),
        ("2027-01-01,元旦,休\r\n2027-01-02,元旦,班\r\n", [("01-01", "休"), ("01-02", "班")]),
        ("日期 名称 类型\n2027年2月6日 春节 放假\n2月7日至8日 春节 休", off("02-06", "02-07", "02-08")),
        ("2027年放假表\n\n2月6日 春节\n2月14日 春节 补班", [("02-06", "休"), ("02-14", "班")]),
        ("| date | name | what |\n|---|---|---|\n| 2027-01-01 | New Year | off |", off("01-01")),
        ("2027-02-06..2027-02-08 Spring festival off", off("02-06", "02-07", "02-08")),
        ("2027/2/6-2027/2/7 春节", off("02-06", "02-07")),
        ("20270101 元旦 休", off("01-01")),
        ("01.05.2027 Tag der Arbeit", off("05-01")),
        ("Friday, January 1\tNew Year's Day\nNovember 25, 2027 Thanksgiving", off("01-01", "11-25")),
        ("25 December 2027 Christmas Day holiday", off("12-25")),
        (
            "Dec 25-26 Christmas\nNew Year: January 1 to 3, 2027",
            off("01-01", "01-02", "01-03", "12-25", "12-26"),
        ),
        ("2027-02-14 Sun make-up working day", [("02-14", "班")]),
        (
            "2027-02-14 补班（春节）\n2027-02-15 春节（休）\n2027-02-21 春节班",
            [("02-14", "班"), ("02-15", "休"), ("02-21", "班")],
        ),
        ('"2027-01-01","New Year","off"', off("01-01")),
        ("# mine\n\n2027-01-01 New Year off\n# done", off("01-01")),
    ],
)
def test_tables(text: str, expected: list[tuple[str, str]]) -> None:
    assert said(read(text)) == expected


@pytest.mark.parametrize(
    ("row", "name"),
    [
        ("2027-01-01\tNew Year's Day\toff", "New Year's Day"),
        ("2027-07-05 Independence Day (observed)", "Independence Day (observed)"),
        ("2027-02-06 周六 春节 休", "春节"),
        ("2027-02-06 off", None),
        ("2027-02-14 補班 春節", "春節"),
    ],
)
def test_names_are_what_is_left(row: str, name: str | None) -> None:
    assert read(row).days[0].name == name


@pytest.mark.parametrize(
    "row",
    [
        "2027-01-01",
        "2027-01-01,元旦,是",
        "2027-01-01,元旦,true",
        "2027-01-01,元旦,调休",
        "2027-01-01 x off work",
        "2027-02-06,2027-02-12,春节",
        "2027-02-06 - 12 春节",
        "New Year: 2027-01-01 to 3",
        "Spring 1-2027-05-03",
        "1/2/2027 New Year",
    ],
)
def test_a_row_that_could_mean_two_things_is_refused(row: str) -> None:
    assert refused(f"2027-05-01 Labour day off\n{row}") == [("unreadable-row", 2)]


def test_a_line_that_is_no_row_is_refused_with_its_number() -> None:
    assert refused("2027-01-01 a off\n\nsee above\n2027-02-02 Mon b") == [
        ("unreadable-row", 3),
        ("wrong-weekday", 4),
    ]


def test_of_a_table_of_several_years_one_is_taken() -> None:
    table = "2025-01-01 a\n2026-12-31 b\n2027-01-01 c\n2028-01-01 d\n"
    assert [code for code, _ in refused(table)] == ["date-elsewhere"]
    notice = read(table, year=2027)
    assert said(notice) == off("2026-12-31", "01-01")
    assert [each.why for each in notice.left_out] == ["other-year", "other-year"]


# -- holiday-cn ------------------------------------------------------------------------------------


def holiday_cn(year: int, *days: tuple[str, str, bool], **more: object) -> str:
    listed = [{"name": name, "date": day, "isOffDay": is_off} for day, name, is_off in days]
    return json.dumps({"$schema": "https://…", "year": year, "papers": [], "days": listed, **more}, indent=4)


def test_holiday_cn_with_a_december_day_that_next_years_file_moves() -> None:
    text = holiday_cn(
        2027, ("2026-12-27", "元旦", False), ("2027-01-01", "元旦", True), papers=["https://www.gov.cn/x"]
    )
    notice = read(text)
    assert (notice.year, said(notice)) == (2027, [("2026-12-27", "班"), ("01-01", "休")])
    assert notice.papers == ("https://www.gov.cn/x",)


def test_holiday_cn_before_the_notice_is_out_has_no_days() -> None:
    assert refused(holiday_cn(2027)) == [("no-days", 1)]


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ('{"year": 2027}', ["not-holiday-json"]),
        ('{"year": 2027, "days": [{"date": "2027-01-01"}]}', ["not-holiday-json"]),
        ('{"year": 2027, "days": [{"date": "2027-1-1", "name": "a", "isOffDay": true}]}', ["not-a-day"]),
        ('{"year": 2027, "days": [{"date": "2027-02-29", "name": "a", "isOffDay": true}]}', ["no-such-date"]),
        (
            '{"year": 2027, "days": [{"date": "2027-01-01", "name": "a", "isOffDay": "no"}]}',
            ["not-true-false"],
        ),
        ('{"year": 2027, "days": [', ["not-holiday-json"]),
        pytest.param("[" * 100_000, ["not-holiday-json"], id="deep"),
    ],
)
def test_other_json_is_refused(text: str, codes: list[str]) -> None:
    assert [code for code, _ in refused(text)] == codes


def test_a_name_cannot_speak_to_the_terminal() -> None:
    text = '{"year": 2027, "days": [{"name": "a\\u001b[2J\\nb", "date": "2027-01-01", "isOffDay": true}]}'
    assert read(text).days[0].name == "a [2J b"


# -- feeds -----------------------------------------------------------------------------------------


def feed(*events: str) -> str:
    bodies = "".join(
        f"BEGIN:VEVENT\r\n{event.replace(chr(10), chr(13) + chr(10))}\r\nEND:VEVENT\r\n" for event in events
    )
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n{bodies}END:VCALENDAR\r\n"


def event(title: str, start: str, end: str = "", more: str = "") -> str:
    lines = [
        f"SUMMARY:{title}",
        f"DTSTART;VALUE=DATE:{start}",
        f"DTEND;VALUE=DATE:{end}" if end else "",
        more,
    ]
    return "\n".join(line for line in lines if line)


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ([event("元旦假期", "20270101", "20270104")], off("01-01", "01-02", "01-03")),
        ([event("New Year", "20270101")], off("01-01")),
        ([event("New Year", "20270101", "20270101")], off("01-01")),
        ([event("x", "20270101", more="DURATION:P2D")], off("01-01", "01-02")),
        (
            [event("元旦假期", "20270101"), event("上班(补元旦假期)", "20270109")],
            [("01-01", "休"), ("01-09", "班")],
        ),
        (
            [event("春节（休）", "20270206"), event("春节（班）", "20270214")],
            [("02-06", "休"), ("02-14", "班")],
        ),
        ([event("休｜春节", "20270206"), event("班｜春节", "20270214")], [("02-06", "休"), ("02-14", "班")]),
        (
            [event("Spring Festival", "20270206"), event("Special Working Day", "20270214")],
            [("02-06", "休"), ("02-14", "班")],
        ),
        ([event("x", "20200501", more="RRULE:FREQ=YEARLY")], off("05-01")),
        ([event("x", "20201126", more="RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=4TH")], off("11-25")),
        ([event("x", "20200501", more="RRULE:FREQ=YEARLY;UNTIL=20300101T000000Z")], off("05-01")),
        (
            [event("x", "20200501", more="RRULE:FREQ=YEARLY;UNTIL=20260601"), event("y", "20270101")],
            off("01-01"),
        ),
        (
            [
                event("x", "20200501", more="RRULE:FREQ=YEARLY\nEXDATE;VALUE=DATE:20270501"),
                event("y", "20270101"),
            ],
            off("01-01"),
        ),
        ([event("x", "20200501", more="RDATE;VALUE=DATE:20270503,20280503")], off("05-03")),
        ([event("x", "20261231", "20270103"), event("old", "20250101")], off("2026-12-31", "01-01", "01-02")),
        ([event("x", "20270101"), event("y", "20270102", more="STATUS:CANCELLED")], off("01-01")),
        (
            [event("x", "20270101"), "SUMMARY:y\nDTSTART:20270201T000000\nDTEND:20270203T000000"],
            off("01-01", "02-01", "02-02"),
        ),
    ],
)
def test_feeds(events: list[str], expected: list[tuple[str, str]]) -> None:
    assert said(read(feed(*events))) == expected


@pytest.mark.parametrize(
    ("events", "why"),
    [
        ([event("春节（休）", "20270206"), event("立春", "20270204")], "no-day-off"),
        (
            [
                event("春节", "20270206", more="X-APPLE-SPECIAL-DAY:WORK-HOLIDAY"),
                event("元宵节", "20270220"),
            ],
            "no-day-off",
        ),
        (
            [event("x", "20270101"), event("Valentine", "20270214", more="DESCRIPTION:Observance\\nTo hide")],
            "observance",
        ),
        (
            [event("x", "20270101"), "SUMMARY:y\nDTSTART:20270201T090000\nDTEND:20270201T100000"],
            "not-all-day",
        ),
    ],
)
def test_what_is_no_day_off_is_told_and_not_used(events: list[str], why: str) -> None:
    notice = read(feed(*events))
    assert len(notice.days) == 1
    assert [(each.why, each.line) for each in notice.left_out] == [(why, 4 + len(events[0].split("\n")) + 2)]


def test_apples_marks_say_what_a_title_does_not() -> None:
    notice = read(
        feed(
            event("春节", "20270206", more="X-APPLE-SPECIAL-DAY:WORK-HOLIDAY"),
            event("春节", "20270214", more="X-APPLE-SPECIAL-DAY:ALTERNATE-WORKDAY"),
        )
    )
    assert said(notice) == [("02-06", "休"), ("02-14", "班")]


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("元旦假期", "元旦"),
        ("上班(补春节假期)", "春节"),
        ("春节（休）", "春节"),
        ("班｜国庆节", "国庆节"),
        ("Thanksgiving Day", "Thanksgiving Day"),
        ("假期", "假期"),
    ],
)
def test_titles_lose_their_marks(title: str, name: str) -> None:
    assert read(feed(event(title, "20270206"))).days[0].name == name


@pytest.mark.parametrize(
    "broken",
    [
        event("x", "20271301"),
        event("x", "20270601", "20270501"),
        event("x", "20270101", "20270601"),
        event("x", "20270101", more="RRULE:FREQ=DAILY"),
        "SUMMARY:x",
    ],
)
def test_an_event_without_clear_days_is_refused_with_its_line(broken: str) -> None:
    assert refused(feed(event("y", "20270101"), broken)) == [("unreadable-event", 8)]


@pytest.mark.parametrize("more", ["INTERVAL=0", "INTERVAL=00", "INTERVAL=-1", "BYSECOND=1"])
def test_a_rule_that_never_gets_anywhere_is_refused_at_once(more: str) -> None:
    written = feed(event("x", "20200501", more=f"RRULE:FREQ=YEARLY;{more}"))
    assert [code for code, _ in refused(written)] == ["unreadable-event"]


def test_a_feed_without_the_year_says_so() -> None:
    assert refused(feed(event("x", "20260101"))) == [("no-days", 1)]
    assert refused("BEGIN:VCALENDAR\nlog in first") == [("not-a-feed", 1)]


@pytest.mark.parametrize("raw", [b"", b"\n\n", "一月一日 元旦".encode("gb18030"), b"\xff\xfe\x00"])
def test_nothing_and_other_encodings_are_told(raw: bytes) -> None:
    problems = Problems()
    assert read_notice(raw, "x", problems, year=None, next_year=2027)[0] is None
    assert len(problems) == 1


# -- the same days in every form -------------------------------------------------------------------

Arrangement = list[tuple[str, date, int, list[date]]]
"""Holiday: its name, first day, length, and the make-up days that go with it."""


@st.composite
def arrangements(draw: st.DrawFn) -> Arrangement:
    """Holidays of 2027 in order, up to eight days each, with make-up days that are no holidays."""
    starts = draw(st.lists(st.integers(1, 36), unique=True, min_size=1, max_size=7).map(sorted))
    blocks = [(date(2027, 1, 1) + timedelta(n * 10 - 9), draw(st.integers(1, 8))) for n in starts]
    taken = {first + timedelta(n) for first, length in blocks for n in range(length)}
    found: Arrangement = []
    for number, (first, length) in enumerate(blocks):
        near = [first + timedelta(n) for n in (-2, -1, length, length + 1)]
        free = [day for day in near if day not in taken and day.year == 2027]
        makeup = draw(st.lists(st.sampled_from(free), unique=True, max_size=2).map(sorted)) if free else []
        taken |= set(makeup)
        found.append(
            (
                ["元旦", "春节", "清明节", "劳动节", "端午节", "中秋节", "国庆节"][number],
                first,
                length,
                makeup,
            )
        )
    return found


def expected_of(arrangement: Arrangement) -> set[tuple[date, bool, str]]:
    off_days = {(f + timedelta(n), True, name) for name, f, length, _ in arrangement for n in range(length)}
    return off_days | {(day, False, name) for name, _, _, makeup in arrangement for day in makeup}


def zh(day: date, since: date | None = None) -> str:
    month = "" if since is not None and since.month == day.month else f"{day.month}月"
    return f"{month}{day.day}日（周{'一二三四五六日'[day.weekday()]}）"


def as_words(arrangement: Arrangement) -> str:
    items = ["国务院办公厅关于2027年部分节假日安排的通知"]
    for number, (name, first, length, makeup) in enumerate(arrangement):
        last = first + timedelta(length - 1)
        span = zh(first) if length == 1 else f"{zh(first)}至{zh(last, first)}"
        work = f"{'、'.join(map(zh, makeup))}上班。" if makeup else ""
        items.append(f"{'一二三四五六七'[number]}、{name}：{span}放假调休，共{length}天。{work}")
    return "\n".join(items)


def as_table(arrangement: Arrangement) -> str:
    days = sorted(expected_of(arrangement))
    return "\n".join(f"{day}\t{name}\t{'休' if is_off else '班'}" for day, is_off, name in days)


def as_json(arrangement: Arrangement) -> str:
    return holiday_cn(2027, *((str(day), name, is_off) for day, is_off, name in expected_of(arrangement)))


def as_feed(arrangement: Arrangement) -> str:
    events = []
    for name, first, length, makeup in arrangement:
        events.append(event(f"{name}假期", f"{first:%Y%m%d}", f"{first + timedelta(length):%Y%m%d}"))
        events += [event(f"上班(补{name}假期)", f"{day:%Y%m%d}") for day in makeup]
    return feed(*events)


@pytest.mark.parametrize("form", [as_words, as_table, as_json, as_feed])
@given(arrangements())
@settings(max_examples=60)
def test_the_same_days_in_every_form(form: Callable[[Arrangement], str], arrangement: Arrangement) -> None:
    notice = read(form(arrangement))
    assert {(each.day, each.is_off, each.name) for each in notice.days} == expected_of(arrangement)
    assert notice.year == 2027
