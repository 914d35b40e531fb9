"""What Paidan says about duty, on a terminal or in a message: one table, zh and en, with fixed slots.

A slot takes only what stands in the organisation's own documents, an instant or a number.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from plugin.core.addressees import LOOK_AROUND, Passed
from plugin.core.calendar import DAY, DAYS, Interval
from plugin.core.label import Label
from plugin.core.roster import Duty, Why
from plugin.core.wording import Language

NEAR = 6 * DAY
"""Seconds within which a weekday alone names one day."""

THIS_YEAR = 180 * DAY
"""Seconds within which a date needs no year."""

WEEKDAYS: Mapping[str, Label] = {
    "mon": Label("周一", "Mon"),
    "tue": Label("周二", "Tue"),
    "wed": Label("周三", "Wed"),
    "thu": Label("周四", "Thu"),
    "fri": Label("周五", "Fri"),
    "sat": Label("周六", "Sat"),
    "sun": Label("周日", "Sun"),
}
TEXTS: Mapping[str, Label] = {
    "nobody": Label("{when}无人值班", "nobody on duty {when}"),
    "deputies": Label("{when}只有副班", "only deputies on duty {when}"),
    "more": Label("，另有 {count} 段", ", and {count} times more"),
    "span": Label("{start}–{end} ", "{start}–{end}"),
    "spans": Label("{start} 至 {end} ", "{start} – {end}"),
    "until": Label("到 {end} 为止", "until {end}"),
    "from": Label("{start} 起", "from {start} on"),
    "whole": Label("查看的时间内都", "at any time that was looked at"),
    "shift": Label("班次 {place}", "shift {place}"),
    "rotation": Label("轮班 {place}", "rotation {place}"),
    "override": Label("例外{note} {place}", "override{note} {place}"),
    "stands_in": Label("替 {of}，例外{note} {place}", "in place of {of}, override{note} {place}"),
    "note": Label("（{note}）", " ({note})"),
    "feed": Label("日历订阅 {of}", "feed {of}"),
    "deputy": Label("{of} 的副班", "deputy of {of}"),
    "standing": Label("固定副班 {place}", "standing deputy {place}"),
    "left_out": Label("{to} 须回避", "{to} is kept out of the matter"),
    "barred": Label(
        "{to} 的联系地址也属于须回避的组", "{to} is reached only at an address of a group that is kept out"
    ),
    "not_kept": Label("值班表没有 {to}", "the roster does not keep {to}"),
    "no_address": Label("接入配置没有 {to} 的地址", "the desk names no address for {to}"),
    "nobody_on_duty": Label("{to} 无人值班", "nobody on duty for {to}"),
    "nobody_of": Label("{to}：{nobody}", "{to}: {nobody}"),
    "list": Label("、", ", "),
}


@dataclass(frozen=True, slots=True)
class RosterWords:
    """How a roster speaks of time and people: language, zone, labels of roles, groups and seats."""

    language: Language
    zone: str
    names: Mapping[str, str] = field(default_factory=dict)
    """role, group or person id → its label in this language"""

    def say(self, code: str, **slots: object) -> str:
        """The text of the table, its slots filled; a slot's braces are never evaluated."""
        return TEXTS[code].say(self.language).format(**slots)

    def name(self, key: str) -> str:
        """The label of an id, else the id."""
        return self.names.get(key, key)

    def moment(self, instant: int, now: int) -> str:
        """``Sat 20:00``; with its date where the weekday alone would not name the day."""
        return f"{self._day(instant, instant - now)} {self._time(instant)}"

    def end(self, instant: int, now: int) -> str:
        """A moment at which something ends: midnight is the day's 24:00."""
        if self._local(instant).date() == self._local(instant - 1).date():
            return self.moment(instant, now)
        return f"{self._day(instant - 1, instant - now)} 24:00"

    def _day(self, instant: int, away: int) -> str:
        local = self._local(instant)
        weekday = WEEKDAYS[DAYS[local.weekday()]].say(self.language)
        if abs(away) <= NEAR:
            return weekday
        return f"{weekday} {local:%m-%d}" if abs(away) <= THIS_YEAR else f"{weekday} {local:%Y-%m-%d}"

    def _time(self, instant: int) -> str:
        local = self._local(instant)
        return f"{local:%H:%M:%S}" if local.second else f"{local:%H:%M}"

    def _local(self, instant: int) -> datetime:
        return datetime.fromtimestamp(instant, ZoneInfo(self.zone))

    def span(self, span: Interval, now: int, seen: Interval) -> str:
        """``Sat 08:00–20:00``: from when until when, as far as was looked at (``seen``)."""
        start, end = span
        if start <= seen[0] and end >= seen[1]:
            return self.say("whole")
        if start <= seen[0]:
            return self.say("until", end=self.end(end, now))
        begin, until = self.moment(start, now), self.end(end, now)
        if end >= seen[1]:
            return self.say("from", start=begin)
        if self._local(end - 1).date() == self._local(start).date():
            return self.say("span", start=begin, end=until.rpartition(" ")[2])
        return self.say("spans", start=begin, end=until)

    def nobody(self, gap: Interval, now: int, seen: Interval) -> str:
        """``nobody on duty Sat 08:00–20:00``"""
        return self.say("nobody", when=self.span(gap, now, seen))

    def deputies_only(self, spans: tuple[Interval, ...], now: int, seen: Interval) -> str:
        """``only deputies on duty Sat 08:00–20:00, and 3 times more``"""
        first = self.say("deputies", when=self.span(spans[0], now, seen))
        return first + (self.say("more", count=len(spans) - 1) if spans[1:] else "")

    def why(self, why: Why) -> str:
        """What put somebody on duty."""
        place = f"{why.place.file}:{why.place.line}" if why.place else ""
        code: str = why.source
        if code == "override" and why.of:
            code = "stands_in"
        elif code == "deputy" and place:
            code = "standing"
        note = self.say("note", note=why.note) if why.note else ""
        return self.say(code, place=place, of=self.name(why.of), note=note).strip()

    def people(self, duties: tuple[Duty, ...]) -> str:
        """Seats by their labels, as one list."""
        return self.say("list").join(self.name(duty.person) for duty in duties)

    def passed(self, passed: Passed, at: int) -> str:
        """Why a group or role reached nobody at an instant (UTC seconds)."""
        to = self.name(passed.to)
        if passed.reason != "nobody_on_duty" or passed.gap is None:
            return self.say(passed.reason, to=to)
        seen = at - LOOK_AROUND, at + LOOK_AROUND
        return self.say("nobody_of", to=to, nobody=self.nobody(passed.gap, at, seen))
