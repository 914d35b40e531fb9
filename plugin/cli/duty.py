"""A roster for people: who is on duty now and next, gaps, how its feeds stand; as a table or as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import click
from rich.cells import cell_len
from rich.table import Table
from rich.text import Text

from plugin.cli.times import span
from plugin.cli.told import print_table
from plugin.core.calendar import Interval
from plugin.core.label import Label
from plugin.core.roster import Duty, Roster, Stretch
from plugin.core.roster_words import RosterWords
from plugin.notify.feed_texts import FAILURES
from plugin.notify.feeds import FeedState

WIDEST = 24
"""Columns kept for when somebody is on duty, so that the lines of several roles stand below each other."""
MOST_GAPS = 30
"""Gaps of one role that are listed."""
TEXTS: Mapping[str, Label] = {
    "head": Label("{title}（{zone}），{at}", "{title} ({zone}), {at}"),
    "now": Label("现在，{when}", "now, {when}"),
    "until": Label("到 {end}", "until {end}"),
    "throughout": Label("一直", "throughout"),
    "behind": Label("（副班：{deputies}）", " (deputies: {deputies})"),
    "more_gaps": Label("另有 {count} 段时间无人值班", "and {count} more gaps"),
    "gaps": Label("{count} 段时间无人值班", "gaps: {count}"),
    "no_gaps": Label("以后 {days} 天都有人值班", "somebody is on duty at all times of the next {days} days"),
    "read": Label("日历订阅 {feed}：{ago}前读取", "feed {feed}: read {ago} ago"),
    "not_read": Label("日历订阅 {feed}：{why}", "feed {feed}: {why}"),
    "copy": Label("  使用 {at} 的副本（{ago}前）", "  the copy of {at} is used ({ago} old)"),
    "no_copy": Label("  还没有副本，只看班次", "  there is no copy yet; only the shifts count"),
    "short": Label("  只读到 {at}", "  it was read up to {at} only"),
    "unknown": Label("  未指明值班表中的人：{events}", "  names nobody of the roster: {events}"),
    "left_out": Label("  无法确定时间，未采用：{events}", "  left out, its times make no sense: {events}"),
}


@dataclass(frozen=True, slots=True)
class Shown:
    """Everything the command has to say."""

    roster: Roster
    words: RosterWords
    at: int
    until: int
    now: int
    feeds: Mapping[str, FeedState]

    @property
    def seen(self) -> Interval:
        """What is looked at."""
        return self.at, self.until

    @property
    def is_now(self) -> bool:
        """Whether it is looked at as of now, not of another time."""
        return self.at == self.now

    def say(self, code: str, **slots: object) -> str:
        return TEXTS[code].say(self.words.language).format(**slots)

    def gaps(self) -> dict[str, tuple[Interval, ...]]:
        """role → when nobody is on duty"""
        return {role: self.roster.gaps(role, *self.seen) for role in self.roster.roles}


def print_roster(shown: Shown, days: int) -> None:
    """The table, the feeds, and one line that says whether there are gaps."""
    words = shown.words
    title = shown.roster.title.say(words.language)
    at = datetime.fromtimestamp(shown.at, ZoneInfo(shown.roster.zone)).strftime("%Y-%m-%d %H:%M")
    weekday = words.moment(shown.at, shown.at).partition(" ")[0]
    click.echo(shown.say("head", title=title, zone=shown.roster.zone, at=f"{weekday} {at}"))
    roles = [(role, list(_rows(role, shown))) for role in shown.roster.roles]
    widest = max((cell_len(row[0]) for _, rows in roles for row in rows), default=0)
    for role, rows in roles:
        click.echo()
        click.echo(click.style(words.name(role), bold=True))
        if rows:
            _print_rows(rows, min(widest, WIDEST))
        for line, colour in _lines(role, shown):
            click.echo("  " + click.style(line, fg=colour))
    click.echo()
    for line in _feed_lines(shown):
        click.echo(line)
    count = sum(map(len, shown.gaps().values()))
    text = shown.say("gaps", count=count) if count else shown.say("no_gaps", days=days)
    click.echo(click.style(text, fg="red" if count else "green", bold=True))


def _print_rows(rows: list[tuple[str, Text, Text]], widest: int) -> None:
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(min_width=widest + 2, no_wrap=True)
    table.add_column(overflow="fold")
    table.add_column(overflow="fold")
    for when, who, why in rows:
        table.add_row(f"  {when}", who, why)
    print_table(table)


def _rows(role: str, shown: Shown) -> Iterator[tuple[str, Text, Text]]:
    for stretch in _now_and_next(shown.roster.timeline(role, *shown.seen)):
        yield _when(stretch, shown), *_people(stretch.duties, shown)


def _lines(role: str, shown: Shown) -> Iterator[tuple[str, str]]:
    words, gaps = shown.words, shown.roster.gaps(role, *shown.seen)
    for gap in gaps[:MOST_GAPS]:
        yield words.nobody(gap, shown.at, shown.seen), "red"
    if gaps[MOST_GAPS:]:
        yield shown.say("more_gaps", count=len(gaps) - MOST_GAPS), "red"
    deputies = shown.roster.deputies_only(role, *shown.seen)
    if deputies:
        yield words.deputies_only(deputies, shown.at, shown.seen), "yellow"


def _now_and_next(timeline: tuple[Stretch, ...]) -> list[Stretch]:
    """The stretch that runs, and the next with anybody, by people; gaps are told by themselves."""
    merged: list[Stretch] = []
    for stretch in timeline:
        if merged and _people_of(merged[-1]) == _people_of(stretch):
            merged[-1] = merged[-1]._replace(end=stretch.end)
        else:
            merged.append(stretch)
    current = [each for each in merged[:1] if each.duties]
    return [*current, *[each for each in merged[1:] if each.duties][:1]]


def _people_of(stretch: Stretch) -> list[str]:
    return [duty.person for duty in stretch.duties]


def _when(stretch: Stretch, shown: Shown) -> str:
    if stretch.start > shown.at:
        return shown.words.span(stretch[:2], shown.at, shown.seen).strip()
    is_last = stretch.end >= shown.until
    end = "" if is_last else shown.words.end(stretch.end, shown.at)
    when = shown.say("throughout" if is_last else "until", end=end)
    return shown.say("now", when=when) if shown.is_now else when


def _people(duties: tuple[Duty, ...], shown: Shown) -> tuple[Text, Text]:
    first = tuple(duty for duty in duties if not duty.is_deputy) or duties
    behind = tuple(duty for duty in duties if duty not in first)
    who = Text(shown.words.people(first))
    if behind:
        who.append(shown.say("behind", deputies=shown.words.people(behind)), "dim")
    reasons = dict.fromkeys(shown.words.why(duty.why) for duty in first)
    return who, Text("; ".join(reasons), "dim")


def _feed_lines(shown: Shown) -> Iterator[str]:
    for name, state in shown.feeds.items():
        copy = state.copy
        if state.failure:
            why = FAILURES[state.failure].say(shown.words.language).format(detail=state.detail)
            yield click.style(shown.say("not_read", feed=name, why=why), fg="yellow")
        elif copy is not None:
            yield shown.say("read", feed=name, ago=span(shown.now - copy.read_at))
        if state.failure and copy is not None:
            ago = span(shown.now - copy.read_at)
            yield shown.say("copy", at=_iso(copy.read_at, shown)[:16].replace("T", " "), ago=ago)
        if copy is None:
            yield shown.say("no_copy")
        elif copy.end < shown.until:
            yield shown.say("short", at=_iso(copy.end, shown)[:16].replace("T", " "))
        for code, events in (("unknown", state.unknown), ("left_out", state.left_out)):
            if events:
                yield shown.say(code, events="; ".join(filter(str.isprintable, events)))


def _iso(instant: int, shown: Shown) -> str:
    return datetime.fromtimestamp(instant, ZoneInfo(shown.roster.zone)).isoformat()


def values(shown: Shown) -> dict[str, Any]:
    """The same as one JSON object."""
    return {
        "roster": shown.roster.id,
        "zone": shown.roster.zone,
        "at": _iso(shown.at, shown),
        "until": _iso(shown.until, shown),
        "roles": {role: _role_values(role, shown) for role in shown.roster.roles},
        "feeds": {name: _feed_values(state, shown) for name, state in shown.feeds.items()},
    }


def _role_values(role: str, shown: Shown) -> dict[str, Any]:
    timeline = shown.roster.timeline(role, *shown.seen)
    told = _now_and_next(timeline)
    following = [each for each in told if each.start > shown.at]
    deputies = shown.roster.deputies_only(role, *shown.seen)
    return {
        "label": shown.words.name(role),
        "now": [_duty_values(duty, shown) for duty in timeline[0].duties],
        "now_until": _iso(told[0].end, shown) if told and told[0].start == shown.at else None,
        "next": _stretch_values(following[0], shown) if following else None,
        "gaps": [_span_values(gap, shown) for gap in shown.roster.gaps(role, *shown.seen)],
        "deputies_only": [_span_values(each, shown) for each in deputies],
    }


def _stretch_values(stretch: Stretch, shown: Shown) -> dict[str, Any]:
    on_duty = [_duty_values(duty, shown) for duty in stretch.duties]
    return {**_span_values(stretch[:2], shown), "on_duty": on_duty}


def _span_values(span: Interval, shown: Shown) -> dict[str, str]:
    return {"start": _iso(span[0], shown), "end": _iso(span[1], shown)}


def _duty_values(duty: Duty, shown: Shown) -> dict[str, Any]:
    why = duty.why
    return {
        "person": duty.person,
        "label": shown.words.name(duty.person),
        "contact": duty.contact,
        "is_deputy": duty.is_deputy,
        "source": why.source,
        "of": why.of or None,
        "place": str(why.place) if why.place else None,
    }


def _feed_values(state: FeedState, shown: Shown) -> dict[str, Any]:
    return {
        "read_at": _iso(state.copy.read_at, shown) if state.copy else None,
        "failure": state.failure or None,
        "detail": state.detail or None,
        "unknown": list(state.unknown),
        "left_out": list(state.left_out),
    }
