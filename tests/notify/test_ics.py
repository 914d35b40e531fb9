"""Calendar feeds read for duties: repeats and their exceptions, whole days, zones, words, bounds."""

from __future__ import annotations

import time
from datetime import datetime
from pathlib import Path

import pytest

from plugin.core.roster import Feed
from plugin.notify.ics import FeedBroken, FeedSaid, read_ics

SAMPLES = Path(__file__).with_name("samples")
BERLIN, SHANGHAI = "Europe/Berlin", "Asia/Shanghai"
PEOPLE = {"Anna": "a", "Bo": "b", "cy@example.org": "c", "甲": "a", "乙": "b"}


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp())


WHOLE = at("2026-10-01T00:00+00:00"), at("2026-12-31T00:00+00:00")


def feed(words: dict[str, str] = PEOPLE, ignore: tuple[str, ...] = ()) -> Feed:
    return Feed("cal", ("duty",), words, path="x.ics", ignore=ignore)


def said(
    name: str, zone: str = BERLIN, span: tuple[int, int] = WHOLE, ignore: tuple[str, ...] = ()
) -> FeedSaid:
    return read_ics((SAMPLES / name).read_bytes(), feed(ignore=ignore), zone, *span)


def duties(found: FeedSaid, zone: str = "+08:00") -> list[tuple[str, str, tuple[str, ...]]]:
    tz = datetime.fromisoformat(f"2026-01-01T00:00{zone}").tzinfo
    start_end = ((datetime.fromtimestamp(each, tz) for each in duty[:2]) for duty in found.duties)
    told = ((f"{start:%m-%d %H:%M}", f"{end:%m-%d %H:%M}") for start, end in start_end)
    return [(*when, duty.people) for when, duty in zip(told, found.duties, strict=True)]


def test_repeats_are_unfolded_with_what_was_moved_cancelled_or_left_out() -> None:
    week = at("2026-11-22T00:00+08:00"), at("2026-12-03T00:00+08:00")
    found = said("weekly.ics", SHANGHAI, week)
    assert duties(found) == [
        ("11-23 08:00", "11-23 20:00", ("a",)),
        ("11-27 10:00", "11-27 22:00", ("b", "a")),
        ("12-02 08:00", "12-02 20:00", ("a",)),
    ]
    assert (found.unknown, found.left_out) == ((), ())


def test_only_the_time_asked_for_is_unfolded_and_cut_to() -> None:
    span = at("2026-11-23T12:00+08:00"), at("2026-11-27T12:00+08:00")
    found = said("weekly.ics", SHANGHAI, span)
    assert duties(found)[0] == ("11-23 12:00", "11-23 20:00", ("a",))
    assert duties(found)[-1] == ("11-27 10:00", "11-27 12:00", ("b", "a"))


def test_a_whole_day_is_one_of_the_rosters_zone() -> None:
    found = said("all-day.ics")
    assert [(d.start, d.end, d.people) for d in found.duties] == [
        (at("2026-10-24T00:00+02:00"), at("2026-10-26T00:00+01:00"), ("a",)),
        (at("2026-10-26T00:00+01:00"), at("2026-10-27T00:00+01:00"), ("b",)),
    ]
    elsewhere = said("all-day.ics", SHANGHAI)
    assert elsewhere.duties[0].start == at("2026-10-24T00:00+08:00")


def test_zones_of_the_feed_and_of_the_world_are_kept_to() -> None:
    found = said("outlook.ics", SHANGHAI)
    assert [(d.start, d.end, d.people) for d in found.duties] == [
        (at("2026-10-23T08:00+02:00"), at("2026-10-23T20:00+02:00"), ("a", "c")),
        (at("2026-10-24T08:00+08:00"), at("2026-10-24T09:00+08:00"), ("b",)),
        (at("2026-10-30T08:00+01:00"), at("2026-10-30T20:00+01:00"), ("a", "c")),
    ]


def test_times_without_a_zone_are_read_in_the_rosters() -> None:
    found = said("floating.ics")
    assert [(d.start, d.end) for d in found.duties] == [
        (at("2026-10-25T02:30+02:00"), at("2026-10-25T08:00+01:00")),  # the clock is set back that night
        (at("2026-10-25T12:00+00:00"), at("2026-10-25T13:00+00:00")),
    ]


def test_what_cannot_be_used_is_told_and_hides_nothing_else() -> None:
    found = said("mixed.ics", ignore=("team meeting",))
    assert duties(found, "+00:00") == [
        ("10-25 08:00", "10-25 20:00", ("a",)),
        ("10-26 08:00", "10-26 20:00", ("b",)),
        ("10-27 08:00", "10-27 20:00", ("b", "a")),
    ]
    assert found.unknown == ("Joanna and Zed",)
    assert sorted(found.left_out) == [
        "Anna every hour",
        "Anna in a zone nobody knows",
        "Anna sometimes",
        "Anna whenever",
    ]


def test_the_longest_word_is_meant() -> None:
    words = feed({"duty 1": "a", "duty 12": "b", "甲": "a", "甲一": "b"})
    found = read_ics(event("SUMMARY:Duty 12, 甲一"), words, BERLIN, *WHOLE)
    assert found.duties[0].people == ("b",)


def event(*lines: str) -> bytes:
    times = ("DTSTART:20261025T080000Z", "DTEND:20261025T200000Z")
    return calendar("BEGIN:VEVENT", "UID:1", *times, *lines, "END:VEVENT")


def calendar(*lines: str) -> bytes:
    return "\r\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:x", *lines, "END:VCALENDAR", ""]).encode()


@pytest.mark.parametrize(
    "raw", [b"", b"<html>sign in</html>", calendar()[:-30], b"BEGIN:VEVENT\r\nEND:VEVENT\r\n"]
)
def test_what_is_no_calendar_is_refused(raw: bytes) -> None:
    with pytest.raises(FeedBroken) as told:
        read_ics(raw, feed(), BERLIN, *WHOLE)
    assert told.value.code == "not-a-calendar"


def test_a_calendar_without_events_says_nobody() -> None:
    assert read_ics(calendar(), feed(), BERLIN, *WHOLE) == FeedSaid(())


def test_a_byte_order_mark_is_no_part_of_the_feed() -> None:
    assert read_ics(b"\xef\xbb\xbf" + event("SUMMARY:Bo"), feed(), BERLIN, *WHOLE).duties[0].people == ("b",)


NEVER = "RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30"


def test_repeats_that_take_too_long_are_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("plugin.notify.ics.SECONDS", 0.5)
    lines = ["DTSTART:20260101T080000Z", NEVER, "SUMMARY:Bo", "END:VEVENT"]
    endless = [line for n in range(40) for line in ("BEGIN:VEVENT", f"UID:{n}", *lines)]
    begun = time.process_time()
    with pytest.raises(FeedBroken) as told:
        read_ics(calendar(*endless), feed(), BERLIN, *WHOLE)
    assert told.value.code == "takes-too-long"
    assert time.process_time() - begun < 8


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=SECONDLY",
        "FREQ=MINUTELY;INTERVAL=7",
        "FREQ=HOURLY",
        "FREQ=DAILY;BYHOUR=" + ",".join(map(str, range(24))) + ";BYMINUTE=0,30",
        "INTERVAL=2",
        "FREQ=DAILY;INTERVAL=0",
        "FREQ=DAILY;INTERVAL=-1",
        "FREQ=DAILY;INTER\r\n VAL=0",
        "FREQ=DAILY\r\nRRULE:FREQ=WEEKLY\r\nRRULE:FREQ=MONTHLY\r\nRRULE:FREQ=YEARLY",
    ],
)
def test_no_duty_repeats_that_often(rule: str) -> None:
    found = read_ics(event(f"RRULE:{rule}", "SUMMARY:Bo"), feed(), BERLIN, *WHOLE)
    assert (found.duties, found.left_out) == ((), ("Bo",))


@pytest.mark.parametrize(
    "rule", ["FREQ=SECONDLY", "FREQ=YEARLY;INTERVAL=0", "FREQ=YEA\r\n RLY;BYSECOND=1,2", "BYMONTH=3"]
)
def test_no_zone_changes_that_often(rule: str) -> None:
    """The library looks for changes from the year 1601 on, and would not come back."""
    text = (SAMPLES / "outlook.ics").read_text("utf-8")
    known = "FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=3"
    assert known in text
    with pytest.raises(FeedBroken) as told:
        read_ics(text.replace(known, rule).encode(), feed(), BERLIN, *WHOLE)
    assert told.value.code == "takes-too-long"


def test_too_many_duties_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("plugin.notify.ics.MOST_DUTIES", 10)
    with pytest.raises(FeedBroken) as told:
        read_ics(event("RRULE:FREQ=DAILY", "SUMMARY:Bo"), feed(), BERLIN, *WHOLE)
    assert told.value.code == "too-many"


@pytest.mark.parametrize(
    "line",
    [
        "RRULE:FREQ=DAILY;UNTIL=20261101",
        "RRULE:FREQ=DAILY;UNTIL=99999999T999999Z",
        "RRULE:FREQ=YEARLY;COUNT=999999999",
        "RDATE:20261026T080000Z",
        "RDATE;VALUE=DATE:20261026",
        "EXDATE;VALUE=DATE:20261025",
        "RECURRENCE-ID;RANGE=THISANDFUTURE:20261025T080000Z",
        "RECURRENCE-ID:20261025",
        "DURATION:P99999999D",
        "SUMMARY:two",
        "ATTENDEE:",
        "STATUS:",
        "DTSTART:99991231T000000Z",
        "DTEND:00010101T000000Z",
    ],
)
def test_odd_lines_are_read_or_left_out_but_break_nothing(line: str) -> None:
    raw = calendar(
        *event(line, "SUMMARY:Bo").decode().split("\r\n")[3:-2],
        "BEGIN:VEVENT",
        "UID:2",
        "DTSTART:20261125T080000Z",
        "DTEND:20261125T200000Z",
        "SUMMARY:Anna",
        "END:VEVENT",
    )
    found = read_ics(raw, feed(), BERLIN, *WHOLE)
    assert ("a",) in [duty.people for duty in found.duties]
