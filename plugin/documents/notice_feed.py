"""A calendar feed (iCalendar, RFC 5545) of holidays, as public feeds of several makers write them.

A feed may name more than days off: festivals, solar terms, observances. Where some events say that they are
days off, only those are; where none does, all whole days of the feed are. Apple's feeds say it in
X-APPLE-SPECIAL-DAY, others in the title (休, 班, 假期, 上班, Working day), Google calls the rest observances.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

import icalendar
from dateutil.rrule import rruleset, rrulestr

from plugin.documents.notice_days import NoticeDays, is_of

_WORK = re.compile(r"班|\b(?:make-?up|working day|work ?day)\b", re.IGNORECASE)
_OFF = re.compile(r"休|假期|放假|\b(?:day off|public holiday|bank holiday)\b", re.IGNORECASE)
_OBSERVANCE = re.compile(r"\s*(?:observance|season|local observance|纪念日|Gedenktag)\b", re.IGNORECASE)
_MARK = re.compile(
    r"[(（\[]\s*(?:休|班|放假|上班|补班)\s*[)）\]]|^[休班]\s*[|｜:：·-]\s*|[|｜·-]?\s*[休班]$"
    r"|^上班\s*[(（]\s*补?(?P<for>[^()（）]*?)(?:假期)?\s*[)）]$|(?<=.)(?:假期|放假)$"
)
_APPLE = "X-APPLE-SPECIAL-DAY"
_LONGEST = timedelta(days=31)
_STANDS_STILL = re.compile(r"INTERVAL=(?!0*[1-9]\d{0,3}(;|$))|BY(HOUR|MINUTE|SECOND)=")
_OLDEST = 1900
"""No feed's yearly events begin earlier; unrolling from the year 1 would take long."""


class _Event(NamedTuple):
    days: tuple[date, ...]
    title: str
    line: int
    is_off: bool | None
    """None where it does not say"""


def read_feed(text: str, year: int, into: NoticeDays) -> None:
    """Every day off and make-up day of ``year`` and the December before it."""
    try:
        feed = icalendar.Calendar.from_ical(text)
    except (ValueError, IndexError, KeyError, TypeError):
        into.problems.add("not-a-feed", into.line(1))
        return
    events = list(_events(feed, text, year, into))
    some_say_off = any(event.is_off for event in events)
    for event in events:
        if event.is_off is None and some_say_off:
            into.leave_out(event.line, event.title, "no-day-off")
            continue
        at = into.spot(event.line, 1, 12)
        into.add(event.days, event.is_off is not False, _name(event.title), at)


def _events(feed: Any, text: str, year: int, into: NoticeDays) -> Iterator[_Event]:
    lines = [n for n, line in enumerate(text.split("\n"), 1) if line.strip().upper() == "BEGIN:VEVENT"]
    for number, event in enumerate(feed.walk("VEVENT")):
        line = lines[number] if number < len(lines) else 1
        title = str(event.get("SUMMARY", "")).strip()
        if str(event.get("STATUS", "")).upper() == "CANCELLED":
            continue
        if _OBSERVANCE.match(str(event.get("DESCRIPTION", ""))):
            if any(_starts(event, year)):
                into.leave_out(line, title, "observance")
            continue
        yield from _read(event, title, line, year, into)


def _read(event: Any, title: str, line: int, year: int, into: NoticeDays) -> Iterator[_Event]:
    try:
        length = _length(event)
        starts = list(_starts(event, year))
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError):
        into.problems.add("unreadable-event", into.line(line), given=title or "VEVENT")
        return
    if not starts:
        return
    if length is None:
        into.leave_out(line, title, "not-all-day")
        return
    if not timedelta(0) < length <= _LONGEST:
        into.problems.add("unreadable-event", into.line(line), given=title or "VEVENT")
        return
    every = sorted({start + timedelta(n) for start in starts for n in range(length.days)})
    days = tuple(day for day in every if is_of(day, year))
    if days:
        yield _Event(days, title, line, _says(event, title))


def _length(event: Any) -> timedelta | None:
    """How many whole days it lasts, its end not included; None where it is no whole days."""
    start = event["DTSTART"].dt
    end = event["DTEND"].dt if "DTEND" in event else None
    if end is None and "DURATION" in event:
        end = start + event["DURATION"].dt
    if end is None:
        return None if isinstance(start, datetime) else timedelta(1)
    if isinstance(start, datetime):
        midnights = (start.hour, start.minute, end.hour, end.minute) == (0, 0, 0, 0)
        return timedelta((end.date() - start.date()).days) if midnights else None
    length: timedelta = end - start
    return max(length, timedelta(1)) if length >= timedelta(0) else length


def _starts(event: Any, year: int) -> Iterator[date]:
    """Every first day that can reach into the year; repeating events are unrolled no further."""
    first = _date(event["DTSTART"].dt)
    if first.year < _OLDEST:
        raise ValueError(first)
    if "RRULE" not in event and "RDATE" not in event:
        yield first
        return
    every = rruleset()
    every.rdate(_midnight(first))
    for rule in _listed(event, "RRULE"):
        every.rrule(rrulestr(_bounded(rule), dtstart=_midnight(first)))  # type: ignore[arg-type]
    for each in _dates(event, "RDATE"):
        every.rdate(_midnight(each))
    for each in _dates(event, "EXDATE"):
        every.exdate(_midnight(each))
    begin, end = datetime(year - 1, 11, 1), datetime(year, 12, 31)  # noqa: DTZ001
    yield from (start.date() for start in every.between(begin, end, inc=True))


def _bounded(rule: Any) -> str:
    """The rule with whole days only: an end with a time of day does not fit a first day without one.

    A rule that goes on without a step would never be unrolled to its end.
    """
    written: str = rule.to_ical().decode()
    if "FREQ=YEARLY" not in written and "FREQ=MONTHLY" not in written:
        raise ValueError(written)
    if _STANDS_STILL.search(written):
        raise ValueError(written)
    return re.sub(r"(UNTIL=\d{8})T\d{6}Z?", r"\1", written)


def _listed(event: Any, name: str) -> list[Any]:
    found = event.get(name, [])
    return found if isinstance(found, list) else [found]


def _dates(event: Any, name: str) -> Iterator[date]:
    for listed in _listed(event, name):
        yield from (_date(each.dt) for each in listed.dts)


def _date(moment: date | datetime) -> date:
    return moment.date() if isinstance(moment, datetime) else moment


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day)  # noqa: DTZ001 -- whole days, of no zone


def _says(event: Any, title: str) -> bool | None:
    special = str(event.get(_APPLE, "")).upper()
    if special in ("WORK-HOLIDAY", "ALTERNATE-WORKDAY"):
        return special == "WORK-HOLIDAY"
    if _WORK.search(title):
        return False
    return True if _OFF.search(title) else None


def _name(title: str) -> str | None:
    """The holiday's own name, without 休, 班 and 假期."""
    found = _MARK.search(title)
    if found is not None and found["for"]:
        return found["for"]
    name = _MARK.sub("", title).strip()
    return name or title or None
