"""A calendar's year as months in a terminal; every mark is a character, colour only repeats it."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from plugin.cli.calendar_preview import COLOURS, KINDS, hours_text
from plugin.cli.tables import print_table
from plugin.core.calendar import DAYS, Calendar
from plugin.core.label import Label
from plugin.core.notices import Kind, kind
from plugin.documents.calendar_edit import key_of
from plugin.documents.calendars import CalendarFile, Site
from plugin.documents.wording import WEEKDAYS, Language

MARKS: dict[Kind, str] = {"working": " ", "rest": ".", "holiday": "*", "make-up": "+", "override": "!"}
MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
CELL = 4
MONTH = 7 * CELL
GAP = 3
TEXTS = {
    "head": Label(
        "{title}（{id}）{year} 年：工作日 {days} 天", "{title} ({id}), {year}: {days} working days"
    ),
    "left": Label("确认到 {day}，还剩 {days} 天", "known through {day}: {days} days left"),
    "ended": Label("只确认到 {day}，已过 {days} 天", "known through {day} only, {days} days ago"),
    "beyond": Label(
        "{day} 之后没有确认，下面只是每周的时间", "nothing is known after {day}: only weekly hours there"
    ),
    "zone": Label("{site}时区 {zone}", "{site}zone {zone}"),
    "source": Label("来源：{text}", "source: {text}"),
    "month": Label("{number}月 · {days} 天", "{name} · {days}"),
    "hours": Label("{days}  {hours}", "{days}  {hours}"),
}


def kind_of(calendar: Calendar, day: date) -> Kind:
    """What a date is for the whole calendar: working where any site works."""
    open_sites = [site for site in calendar.components if site.windows(day)]
    kinds: list[Kind] = [kind(site, day) for site in open_sites or calendar.components]
    order: tuple[Kind, ...] = ("working", "make-up", "override", "holiday", "rest")
    return min(kinds, key=order.index)


def print_year(file: CalendarFile, year: int, today: date, language: Language) -> None:
    """Head, months side by side as the terminal is wide, the days with names, hours and zones."""
    console = Console(highlight=False)
    width = console.width if console.is_terminal else 100
    across = max(1, min(4, (width + GAP) // (MONTH + GAP)))
    above = [*_head(file, year, today, language), ""]
    print_table([*above, *_months(file.calendar, year, across, language)], None, _below(file, year, language))


def _head(file: CalendarFile, year: int, today: date, language: Language) -> Iterator[Text | str]:
    calendar = file.calendar
    days = sum(calendar.is_working(day) for day in _days(year))
    yield Text(
        _say("head", language, title=file.title.say(language), id=calendar.id, year=year, days=days), "bold"
    )
    left = (calendar.covered_through - today).days
    yield _say("left" if left >= 0 else "ended", language, day=calendar.covered_through, days=abs(left))
    if date(year, 12, 31) > calendar.covered_through:
        yield Text(_say("beyond", language, day=calendar.covered_through), "yellow")


def _say(code: str, language: Language, **slots: object) -> str:
    return TEXTS[code].say(language).format(**slots)


def _days(year: int) -> Iterator[date]:
    first = date(year, 1, 1)
    return (first + timedelta(n) for n in range((date(year + 1, 1, 1) - first).days))


# -- months ----------------------------------------------------------------------------------------


def _months(calendar: Calendar, year: int, across: int, language: Language) -> Iterator[Text]:
    blocks = [_month(calendar, year, month, language) for month in range(1, 13)]
    for at in range(0, 12, across):
        row = blocks[at : at + across]
        for lines in zip(*row, strict=True):
            yield Text(" " * GAP).join(lines)
        yield Text("")


def _month(calendar: Calendar, year: int, month: int, language: Language) -> list[Text]:
    """Title, weekdays and six weeks, each as wide as ``MONTH``."""
    days = [date(year, month, n + 1) for n in range(monthrange(year, month)[1])]
    working = sum(map(calendar.is_working, days))
    title = _say("month", language, number=month, name=MONTHS[month - 1], days=working)
    cells = [Text(" " * CELL)] * days[0].weekday() + [_cell(calendar, day) for day in days]
    cells += [Text(" " * CELL)] * (42 - len(cells))
    weeks = [Text("").join(cells[at : at + 7]) for at in range(0, 42, 7)]
    return [Text(_padded(title, MONTH), "bold"), _weekdays(language), *weeks]


def _weekdays(language: Language) -> Text:
    names = [WEEKDAYS[day][language == "zh"] for day in DAYS]
    short = [name[-1] if language == "zh" else name[:2] for name in names]
    return Text("".join(_padded(f" {name}", CELL) for name in short), "dim")


def _padded(text: str, width: int) -> str:
    return text + " " * (width - cell_len(text))


def _cell(calendar: Calendar, day: date) -> Text:
    found = kind_of(calendar, day)
    style = COLOURS.get(found, "dim" if found == "rest" else "")
    return Text(f"{day.day:>3}{MARKS[found]}"[-CELL:], style)


# -- below the months ------------------------------------------------------------------------------


def _below(file: CalendarFile, year: int, language: Language) -> Iterator[str]:
    marks = [f"{MARKS[each]} {label.say(language)}" for each, label in KINDS.items() if each != "working"]
    yield "   ".join(marks)
    for site in file.sites:
        yield ""
        yield from _site(site, year, language)
    if file.source:
        yield ""
    for text in file.source:
        yield _say("source", language, text=text)


def _site(site: Site, year: int, language: Language) -> Iterator[str]:
    name = f"{site.id}: " if site.id else ""
    yield _say("zone", language, site=name, zone=site.component.zone)
    for days, hours in _weekly(site, language):
        yield _say("hours", language, days=_padded(days, 12), hours=hours)
    for named in _named(site, year, language):
        yield f"{named['mark']} {named['days']:<22}  {named['text']}".rstrip()


def _weekly(site: Site, language: Language) -> Iterator[tuple[str, str]]:
    """Weekdays with the same hours that follow each other are one line."""
    for windows, run in groupby(DAYS, key=lambda day: site.component.weekly.get(day, ())):
        days = [WEEKDAYS[day][language == "zh"] for day in run]
        short = [day.replace("星期", "周") if language == "zh" else day[:3] for day in days]
        said = short[0] if len(short) == 1 else f"{short[0]}–{short[-1]}"
        yield said, hours_text(windows) or KINDS["rest"].say(language)


def _named(site: Site, year: int, language: Language) -> Iterator[dict[str, str]]:
    """The dates a site names in a year, those that follow each other under one name together."""
    part = site.component
    days = sorted(day for day in {*part.holidays, *part.workdays, *part.overrides} if day.year == year)
    keyed = [(day, kind(part, day), _said(site, day, language)) for day in days]
    for (_, found, text), run in groupby(
        enumerate(keyed), key=lambda each: (each[1][0].toordinal() - each[0], each[1][1], each[1][2])
    ):
        dates = [each[0] for _, each in run]
        yield {"mark": MARKS[found], "days": key_of(dates[0], dates[-1]), "text": text}


def _said(site: Site, day: date, language: Language) -> str:
    """The name of a date, and its hours where they are no other day's."""
    part, name = site.component, site.names.get(day, "")
    if day in part.overrides:
        return f"{name} {hours_text(part.overrides[day]) or KINDS['rest'].say(language)}".strip()
    if day in part.workdays:
        return f"{name} = {WEEKDAYS[part.workdays[day]][language == 'zh']}".strip()
    return name


def values(file: CalendarFile, year: int, today: date, language: Language) -> dict[str, Any]:
    """The same as one JSON object."""
    calendar = file.calendar
    return {
        "ok": True,
        "calendar": calendar.id,
        "name": file.title.say(language),
        "version": calendar.version,
        "year": year,
        "working_days": sum(calendar.is_working(day) for day in _days(year)),
        "covered_through": str(calendar.covered_through),
        "days_left": (calendar.covered_through - today).days,
        "sites": [_site_values(site) for site in file.sites],
        "days": [_day_values(file, day) for day in _days(year)],
    }


def _site_values(site: Site) -> dict[str, Any]:
    weekly = {day: hours_text(site.component.weekly.get(day, ())) for day in DAYS}
    return {"id": site.id, "zone": site.component.zone, "weekly": weekly}


def _day_values(file: CalendarFile, day: date) -> dict[str, Any]:
    names: Sequence[str] = [site.names[day] for site in file.sites if day in site.names]
    hours = [hours_text(site.component.windows(day)) for site in file.sites]
    return {
        "date": str(day),
        "kind": kind_of(file.calendar, day),
        "hours": hours if len(hours) > 1 else hours[0],
        "name": names[0] if names else None,
    }
