"""``paidan calendar``: look at a calendar file, or bring a notice of holidays into it."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import NoReturn

import click

from plugin.cli import calendar_months, calendar_preview, options
from plugin.cli.rewriting import ChangedMeanwhile, rewrite, text_of
from plugin.core.calendar import DAYS
from plugin.core.label import Label
from plugin.documents.calendar_import import Asked, Prepared, next_year, prepare
from plugin.documents.calendars import CalendarFile, build_calendar_file
from plugin.documents.notices import read_notice
from plugin.documents.problems import Problems
from plugin.documents.render import as_text, as_values, listed
from plugin.documents.source import Source, read
from plugin.documents.suggest import nearest
from plugin.documents.wording import WEEKDAYS, Language
from plugin.errors import NoticeRefused

TEXTS = {
    "no-calendar": Label(
        '没有日历 "{given}" → 现有：{choices}', 'there is no calendar "{given}" → {choices}'
    ),
    "unreadable": Label("文件读不了：{given}", "the file cannot be read: {given}"),
    "not-written": Label("文件写不了：{given}", "the file cannot be written: {given}"),
    "changed": Label(
        "{given} 刚刚被别人改过，没有写入 → 再运行一次",
        "{given} was changed meanwhile; nothing was written → run this again",
    ),
    "no-site": Label(
        "这个日历有几个地点 → 加 --site：{choices}", "the calendar has several sites → add --site: {choices}"
    ),
    "which-site": Label(
        '没有地点 "{given}" → --site：{choices}', 'there is no site "{given}" → --site: {choices}'
    ),
    "which-weekday": Label(
        "各天的上班时间不一样，通知没有说调休上班日按哪一天 → 加 --like：{choices}",
        "weekdays have different hours, and the notice does not say whose a make-up day has "
        "→ add --like: {choices}",
    ),
    "closed-weekday": Label(
        "{given} 没有上班时间 → --like：{choices}", "{given} has no hours → --like: {choices}"
    ),
    "gap": Label(
        "日历只确认到 {known}，不能直接导入 {year} 年 → 先导入中间的年份，"
        "或用 --covered-through 写明确认到哪天",
        "the calendar is known through {known} only, so {year} cannot follow "
        "→ import what lies between first, or say with --covered-through until when it is known",
    ),
    "covered-too-early": Label(
        "--covered-through {given} 早于 {last} → 不早于 {last}",
        "--covered-through {given} is before {last} → write {last} or later",
    ),
    "layout": Label(
        "这个文件的写法无法自动修改，没有写入 → 请手工加上：\n{lines}",
        "the layout of this file cannot be followed; nothing was written → add by hand:\n{lines}",
    ),
    "a-holiday": Label("假日", "holiday"),
}
DAY = click.DateTime(formats=["%Y-%m-%d"])
YEAR = click.IntRange(2000, 2099)


@click.group()
def calendar() -> None:
    """Look at a calendar, or bring next year's notice into it."""


@calendar.command("import", short_help="Bring a notice of holidays into a calendar.")
@click.argument("name", metavar="CALENDAR")
@click.argument("notice", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--write", is_flag=True, help="Write it; without this, only show what would change.")
@click.option("--year", metavar="YEAR", type=YEAR, help="The year to take; else as the notice says.")
@click.option("--like", type=click.Choice(DAYS), help="The weekday whose hours make-up days have.")
@click.option(
    "--covered-through", "covered", metavar="DATE", type=DAY, help="Until when the calendar is then known."
)
@click.option("--replace", is_flag=True, help="Take out days of that year which the notice does not name.")
@click.option("--source", multiple=True, help="Where the dates come from; noted in the calendar.")
@click.option("--site", help="Which site, where the calendar has several.")
@options.documents
@options.language
@options.form
def import_(
    name: str,
    notice: Path,
    write: bool,
    year: int | None,
    like: str | None,
    covered: datetime | None,
    replace: bool,
    source: tuple[str, ...],
    site: str | None,
    mappings: Path,
    language: Language,
    form: str,
) -> None:
    """Show what a notice of holidays changes in CALENDAR, day by day; write it with --write.

    FILE is the State Council's notice as text, a table (date, name, off or work), an iCalendar feed, or
    holiday-cn JSON; - reads what is pasted.
    """
    say = _Sayer(language, form)
    opened = _open(mappings, name, say)
    asked = Asked(site, like, covered.date() if covered else None, source, replace)
    prepared = _prepared(opened, notice, year, asked, say)
    is_news = prepared.text != opened.text
    if write and is_news:
        _write(opened, prepared, say)
    shown = calendar_preview.Shown(opened.file, opened.path, notice, prepared, is_news, write and is_news)
    if form == "json":
        click.echo(json.dumps(calendar_preview.values(shown, language), ensure_ascii=False, indent=1))
    else:
        calendar_preview.print_preview(shown, language)


@calendar.command(short_help="Show the months of a calendar.")
@click.argument("name", metavar="CALENDAR")
@click.option("--year", metavar="YEAR", type=YEAR, help="Which year; else the current one.")
@options.documents
@options.language
@options.form
def show(name: str, year: int | None, mappings: Path, language: Language, form: str) -> None:
    """Show the months of CALENDAR with holidays and make-up days, its hours, and until when it is known."""
    opened = _open(mappings, name, _Sayer(language, form))
    today = opened.file.calendar.local_date(int(datetime.now(UTC).timestamp()))
    wanted = year or today.year
    if form == "json":
        told = calendar_months.values(opened.file, wanted, today, language)
        click.echo(json.dumps(told, ensure_ascii=False, indent=1))
    else:
        calendar_months.print_year(opened.file, wanted, today, language)


class _Sayer:
    """Says why nothing is done, as text or JSON, and ends."""

    def __init__(self, language: Language, form: str) -> None:
        self.language: Language = language
        self.form = form

    def stop(self, code: str, status: int, **slots: object) -> NoReturn:
        """End with one of ``TEXTS``."""
        words = {name: self._listed(value) for name, value in slots.items()}
        text = TEXTS[code].say(self.language).format(**words)
        message, _, fix = text.partition(" → ")
        if self.form == "json":
            click.echo(
                json.dumps({"ok": False, "code": code, "message": message, "fix": fix}, ensure_ascii=False)
            )
        else:
            click.echo(text, err=True)
        sys.exit(status)

    def _listed(self, value: object) -> object:
        if not isinstance(value, tuple):
            return WEEKDAYS[str(value)][self.language == "zh"] if value in DAYS else value
        return "\n".join(value) if any(": " in each for each in value) else listed(value, self.language)

    def problems(self, problems: Problems, sources: dict[str, Source], prefix: str = "") -> NoReturn:
        """End with what is wrong in a file."""
        if self.form == "json":
            told = {"ok": False, "problems": as_values(problems, self.language, prefix)}
            click.echo(json.dumps(told, ensure_ascii=False, indent=1))
        else:
            click.echo(as_text(problems, sources, self.language, prefix), nl=False)
        sys.exit(1)


class _Opened:
    """A calendar file that loads: its bytes, its text without byte order mark, what it says."""

    def __init__(self, path: Path, raw: bytes, text: str, file: CalendarFile) -> None:
        self.path, self.raw, self.text, self.file = path, raw, text, file


def _open(mappings: Path, name: str, say: _Sayer) -> _Opened:
    folder = mappings / "calendars"
    there = tuple(sorted(path.stem for path in folder.glob("*.yaml")))
    if name not in there:
        near = nearest(name, there)
        say.stop("no-calendar", 2, given=name, choices=(near,) if near else there)
    path = folder / f"{name}.yaml"
    raw = _bytes(path, say)
    problems = Problems()
    shown = f"calendars/{name}.yaml"
    node = read(raw, shown, problems)
    file = None if node is None else build_calendar_file(name, node, problems)
    text = text_of(raw)
    if file is None or problems.has_errors:
        say.problems(problems, {shown: Source(shown, text)}, f"{mappings.as_posix()}/")
    return _Opened(path, raw, text, file)


def _bytes(path: Path, say: _Sayer) -> bytes:
    try:
        return sys.stdin.buffer.read() if str(path) == "-" else path.read_bytes()
    except OSError as error:
        say.stop("unreadable", 2, given=f"{path} ({error.strerror})")


def _prepared(opened: _Opened, notice: Path, year: int | None, asked: Asked, say: _Sayer) -> Prepared:
    problems = Problems()
    raw = _bytes(notice, say)
    found, source = read_notice(raw, str(notice), problems, year=year, next_year=next_year(opened.file))
    if found is None:
        say.problems(problems, {source.file: source})
    try:
        return prepare(opened.text, opened.file, found, asked, TEXTS["a-holiday"].say(say.language))
    except NoticeRefused as refused:
        code = "no-site" if refused.code == "which-site" and not refused.slots["given"] else refused.code
        say.stop(code, 1 if code in ("gap", "layout") else 2, **refused.slots)


def _write(opened: _Opened, prepared: Prepared, say: _Sayer) -> None:
    """Replace the file in one step; not where somebody has changed it since it was read."""
    try:
        rewrite(opened.path, opened.raw, prepared.text)
    except ChangedMeanwhile:
        say.stop("changed", 1, given=opened.path)
    except OSError as error:
        say.stop("not-written", 1, given=f"{opened.path} ({error.strerror})")
