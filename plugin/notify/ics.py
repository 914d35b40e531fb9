"""A calendar feed (iCalendar, RFC 5545) read for duties: which people of a roster it names, and when.

Reading and repeating is done by icalendar and recurring-ical-events; what is added here are the roster's
words, its zone for times that name none, and bounds, so that no feed can keep a process busy.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any, Literal, NamedTuple

import recurring_ical_events
from icalendar import Calendar

from plugin.core.roster import Feed, FeedDuty
from plugin.core.shifts import LocalTime, handover
from plugin.notify.feed_words import Finder

SECONDS = 5.0
"""Processor time after which a feed is given up; a year of shifts takes a hundredth of it."""
MOST_DUTIES = 20_000
MOST_TOLD = 20
LONGEST = 80
"""Characters of an event's own words that are told to the person who keeps the roster."""
_MARGIN = timedelta(days=2)
"""Times without a zone are first compared as if they were UTC, then placed exactly."""
_SELDOM = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
_MOST_TIMES_A_DAY = 24
_MOST_RULES = 3
_MOST_ZONE_RULES = 100
_YEARLY = re.compile(r"[:;]FREQ=YEARLY\s*(;|$)")
_STEPS = re.compile(r"^(?!.*[;:](INTERVAL=(?!0*[1-9]\d{0,3}\s*(;|$))|BY(HOUR|MINUTE|SECOND)=))")
_TIMES = ("DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "EXDATE", "RECURRENCE-ID")
_ODD = (ValueError, KeyError, IndexError, AttributeError, TypeError, OverflowError, RecursionError)
"""What the libraries raise for calendars that are none, or for dates nobody can compare."""

Broken = Literal["not-a-calendar", "takes-too-long", "too-many"]


class FeedBroken(Exception):
    """The feed as a whole cannot be used; ``code`` says why."""

    def __init__(self, code: Broken) -> None:
        super().__init__(code)
        self.code = code


class FeedSaid(NamedTuple):
    """What a feed says of the time asked for."""

    duties: tuple[FeedDuty, ...]
    unknown: tuple[str, ...] = ()
    """Events that name nobody of the roster, in the feed's own words."""
    left_out: tuple[str, ...] = ()
    """Events that cannot be placed in time, or repeat more often than any duty."""


def read_ics(raw: bytes, feed: Feed, zone: str, start: int, end: int) -> FeedSaid:
    """The duties of a feed between two instants (UTC seconds), in order; raises ``FeedBroken``.

    Repeating events are unfolded with their exceptions, cancelled ones left out. An all-day event lasts
    from 00:00 to 24:00 of the roster's zone, which also holds for times that name no zone. Whom an event
    names is looked for in its title, then among those invited who have not declined.
    """
    reading = _Reading(feed, zone, start, end)
    for calendar in _calendars(raw):
        reading.read(calendar)
    told = (tuple(each)[:MOST_TOLD] for each in (reading.unknown, reading.left_out))
    return FeedSaid(tuple(sorted(reading.duties)), *told)


def _calendars(raw: bytes) -> list[Any]:
    text = raw.decode("utf-8", "replace").removeprefix("\ufeff")
    if not _has_sound_zones(text):
        raise FeedBroken("takes-too-long")
    try:
        found = Calendar.from_ical(text, multiple=True)
    except _ODD as error:
        raise FeedBroken("not-a-calendar") from error
    calendars = [each for each in found if each.name == "VCALENDAR"]
    if not calendars:
        raise FeedBroken("not-a-calendar")
    return calendars


class _Reading:
    def __init__(self, feed: Feed, zone: str, start: int, end: int) -> None:
        self._people = Finder(feed.words)
        self._ignored = Finder({word: word for word in feed.ignore})
        self._zone = zone
        self._start, self._end = start, end
        self._over = time.thread_time() + SECONDS
        self.duties: list[FeedDuty] = []
        self.unknown: dict[str, None] = {}
        self.left_out: dict[str, None] = {}

    def read(self, calendar: Any) -> None:
        """Take in every event; what is unsound is told by its title and does not hide the others."""
        events = [each for each in calendar.subcomponents if each.name == "VEVENT"]
        for number, event in enumerate(events):
            event.setdefault("UID", f"{number}-has-none")
        judged = [(event, _is_sound(event)) for event in events]
        sound = [event for event, is_sound in judged if is_sound]
        self._leave_out(event for event, is_sound in judged if not is_sound)
        zones = [each for each in calendar.subcomponents if each.name == "VTIMEZONE"]
        by_id: dict[str, list[Any]] = {}
        for event in sound:
            by_id.setdefault(str(event["UID"]), []).append(event)
        for versions in by_id.values():
            calendar.subcomponents = [*zones, *versions]
            if not self._unfold(calendar):
                self._leave_out(versions[:1])

    def _unfold(self, calendar: Any) -> bool:
        """Every event of one id within the time asked for; False where its times make no sense."""
        first = datetime.fromtimestamp(self._start, UTC) - _MARGIN
        last = datetime.fromtimestamp(self._end, UTC) + _MARGIN
        try:
            for event in recurring_ical_events.of(calendar).between(first, last):
                self._take(event)
        except _ODD:
            return False
        self._check_bounds()
        return True

    def _check_bounds(self) -> None:
        if time.thread_time() > self._over:
            raise FeedBroken("takes-too-long")
        if len(self.duties) > MOST_DUTIES:
            raise FeedBroken("too-many")

    def _take(self, event: Any) -> None:
        start, end = self._instant(event["DTSTART"].dt), self._instant(event["DTEND"].dt)
        start, end = max(start, self._start), min(end, self._end)
        if start >= end or _word(event.get("STATUS")) == "CANCELLED":
            return
        title = _title(event)
        if self._ignored.named(title):
            return
        people = self._people.named(title) or self._invited(event)
        if people:
            self.duties.append(FeedDuty(start, end, people))
        else:
            self._tell(self.unknown, event)

    def _invited(self, event: Any) -> tuple[str, ...]:
        invited = (each for each in _listed(event.get("ATTENDEE")) if not _has_declined(each))
        named = (
            person
            for each in invited
            for person in self._people.exactly(str(each).partition(":")[2])
            or self._people.named(str(each.params.get("CN", "")))
        )
        return tuple(dict.fromkeys(named))

    def _instant(self, at: date) -> int:
        """UTC seconds; a date is its 00:00, and what names no zone is read in the roster's."""
        if not isinstance(at, datetime):
            return handover(LocalTime(at), self._zone)
        if at.tzinfo is None:
            return handover(LocalTime(at.date(), at.hour * 60 + at.minute), self._zone) + at.second
        return int(at.timestamp())

    def _leave_out(self, events: Iterable[Any]) -> None:
        for event in events:
            self._tell(self.left_out, event)

    @staticmethod
    def _tell(told: dict[str, None], event: Any) -> None:
        title = _title(event) or ", ".join(str(each.params.get("CN", "")) for each in _invitations(event))
        told[title[:LONGEST].strip() or "–"] = None


def _is_sound(event: Any) -> bool:
    """Whether its times were understood: none broken, no zone that nobody knows, no hourly repeats."""
    if any(name in _TIMES for name, _ in event.errors):
        return False
    begins = event.get("DTSTART")
    if not isinstance(getattr(begins, "dt", None), date) or any(
        map(_is_adrift, (begins, event.get("DTEND")))
    ):
        return False
    rules = _listed(event.get("RRULE"))
    return len(rules) <= _MOST_RULES and all(map(_is_seldom, rules))


def _is_adrift(time_of: Any) -> bool:
    """A time in a zone that neither the feed defines nor the IANA tables have is read without one."""
    at = getattr(time_of, "dt", None)
    return isinstance(at, datetime) and at.tzinfo is None and "TZID" in time_of.params


def _is_seldom(rule: Any) -> bool:
    if not isinstance(rule, dict) or not any(map(_SELDOM.__contains__, map(_word, rule.get("FREQ", ())))):
        return False
    every = rule.get("INTERVAL", [1])
    if len(every) != 1 or every[0] < 1:  # the library would turn for ever
        return False
    times = 1
    for part in ("BYHOUR", "BYMINUTE", "BYSECOND"):
        times *= max(1, len(rule.get(part, ())))
    return times <= _MOST_TIMES_A_DAY


def _has_sound_zones(text: str) -> bool:
    """Whether the zones a feed defines change once a year at most, as they all do.

    The library looks for a change from the year 1601 on; what came every second would keep it for good.
    """
    inside, rules = False, 0
    for line in re.sub(r"\r?\n[ \t]", "", text).upper().splitlines():
        inside = line.strip() == "BEGIN:VTIMEZONE" or (inside and line.strip() != "END:VTIMEZONE")
        if inside and line.startswith(("RRULE", "EXRULE")):
            rules += 1
            if rules > _MOST_ZONE_RULES or not _YEARLY.search(line) or not _STEPS.search(line):
                return False
    return True


def _listed(found: Any) -> list[Any]:
    """A property that may stand once, several times or not at all."""
    if found is None:
        return []
    return found if isinstance(found, list) else [found]


def _invitations(event: Any) -> list[Any]:
    return [each for each in _listed(event.get("ATTENDEE")) if hasattr(each, "params")]


def _has_declined(invited: Any) -> bool:
    return not hasattr(invited, "params") or _word(invited.params.get("PARTSTAT")) == "DECLINED"


def _title(event: Any) -> str:
    return " ".join(str(next(iter(_listed(event.get("SUMMARY"))), "")).split())


def _word(value: Any) -> str:
    return str(value or "").upper()
