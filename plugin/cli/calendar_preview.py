"""What a notice would change in a calendar: a summary, then day by day, then what to look at."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from rich.table import Table
from rich.text import Text

from plugin.cli.tables import print_table
from plugin.core.calendar import DAYS, MIDNIGHT, Window
from plugin.core.label import Label
from plugin.core.notices import DayChange, Kind, kind
from plugin.documents.calendar_import import Prepared
from plugin.documents.calendars import CalendarFile
from plugin.documents.notice_days import LeftOut
from plugin.documents.wording import WEEKDAYS, Language

KINDS: dict[Kind, Label] = {
    "working": Label("上班", "working day"),
    "rest": Label("休息", "rest day"),
    "holiday": Label("假日", "holiday"),
    "make-up": Label("调休上班", "make-up day"),
    "override": Label("特别时间", "hours of its own"),
}
COLOURS: dict[Kind, str] = {"holiday": "red", "make-up": "green", "override": "magenta"}
TEXTS = {
    "head": Label("{title}（{id}），{year} 年，来自 {source}", "{title} ({id}), {year}, from {source}"),
    "nothing": Label("没有变化：日历已经与通知一致", "nothing changes: the calendar already says so"),
    "summary": Label(
        "{days} 天变化：假日 {off} 天（其中 {lost} 天原本上班），调休上班 {work} 天",
        "days that change: {days}; new holidays: {off} (working days before: {lost}); "
        "new make-up days: {work}",
    ),
    "other": Label("，不再是节假日或调休的 {other} 天", "; ordinary days again: {other}"),
    "covered": Label("确认到：{now} → {then}", "known through: {now} → {then}"),
    "covered-same": Label("确认到：{now}（不变）", "known through: {now} (as before)"),
    "part": Label(
        "通知所列天数不到上一年的一半，视为只有一部分，确认到最后一天；若是全年，加 --covered-through {end}",
        "it names less than half the days off of the year before, so it is taken for a part of the year; "
        "if it is the whole, add --covered-through {end}",
    ),
    "like": Label(
        "调休上班日按{weekday}的时间：{hours}", "make-up days have the hours of {weekday}: {hours}"
    ),
    "like-other": Label(
        "（各天时间不同；要按另一天，用 --like）", "(weekdays differ; for another one use --like)"
    ),
    "left-out": Label("未采用：第 {line} 行 {text}（{why}）", "left out: line {line} {text} ({why})"),
    "nothing-said": Label("没有说放假或上班", "nothing is said of it"),
    "only-encouraged": Label("只是鼓励，不是放假", "encouraged only, no holiday"),
    "not-all-day": Label("不是全天", "not a whole day"),
    "observance": Label("纪念日，不放假", "an observance, no day off"),
    "no-day-off": Label("没有标明放假，而其他事件标了", "not marked as a day off, as others are"),
    "other-year": Label("其他年份", "another year"),
    "unlisted": Label(
        "日历里有而通知没有，保留：{days}（要删除用 --replace）",
        "in the calendar and not in the notice, kept: {days} (--replace takes them out)",
    ),
    "beside": Label(
        "紧邻假日的周末，通知没有列出，而本日历上班：{days}",
        "weekend days beside a holiday, not named by the notice and open in this calendar: {days}",
    ),
    "overridden": Label(
        "这些天在 overrides 中另有时间，仍以其为准：{days}",
        "these days have hours of their own under overrides, which still hold: {days}",
    ),
    "working-anyway": Label(
        "通知写上班，本来就上班：{days}", "named as working, working days anyway: {days}"
    ),
    "date": Label("日期", "date"),
    "weekday": Label("星期", "day"),
    "now": Label("现在", "now"),
    "then": Label("改为", "then"),
    "name": Label("名称", "name"),
    "not-written": Label(
        "没有写入任何内容 → 核对无误后加 --write", "nothing was written → if it is right, add --write"
    ),
    "written": Label("已写入 {path}", "written to {path}"),
}


@dataclass(frozen=True, slots=True)
class Shown:
    """Everything the preview tells."""

    file: CalendarFile
    path: Path
    source: Path
    prepared: Prepared
    is_news: bool
    """False: the file would stay as it is"""
    is_written: bool


def weekday(day: date, language: Language) -> str:
    """周六, Sat."""
    zh = WEEKDAYS[DAYS[day.weekday()]][1].replace("星期", "周")
    return zh if language == "zh" else WEEKDAYS[DAYS[day.weekday()]][0][:3]


def hours_text(windows: Sequence[Window]) -> str:
    """09:00-12:00, 13:30-17:30."""
    return ", ".join(f"{_clock(start)}-{_clock(end)}" for start, end in windows)


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}" if minute != MIDNIGHT else "24:00"


def print_preview(shown: Shown, language: Language) -> None:
    """Summary, one line a day, then everything a careful reader should look at."""
    table = Table(box=None, padding=(0, 2, 0, 0), show_edge=False)
    for column in ("date", "weekday", "now", "then", "name"):
        table.add_column(TEXTS[column].say(language), overflow="fold")
    changes = shown.prepared.revision.changes
    for change in changes:
        table.add_row(*_row(change, language))
    above: list[Text | str] = list(_summary(shown, language))
    below: list[Text | str] = ["", *_notes(shown, language), *_end(shown, language)]
    if changes:
        above.append("")
    print_table(above, table if changes else None, below)


def _end(shown: Shown, language: Language) -> Iterator[Text]:
    if shown.is_written:
        yield Text(_say("written", language, path=shown.path), "bold")
    elif shown.is_news:
        yield Text(_say("not-written", language), "bold")


def _row(change: DayChange, language: Language) -> tuple[Text | str, ...]:
    then = Text(KINDS[change.then].say(language), COLOURS.get(change.then, ""))
    day = weekday(change.day, language)
    return str(change.day), day, KINDS[change.now].say(language), then, Text(change.name or "")


def _say(code: str, language: Language, **slots: object) -> str:
    return TEXTS[code].say(language).format(**slots)


def _summary(shown: Shown, language: Language) -> Iterator[Text | str]:
    prepared, calendar = shown.prepared, shown.file.calendar
    title = shown.file.title.say(language)
    yield Text(
        _say("head", language, title=title, id=calendar.id, year=prepared.notice.year, source=shown.source),
        "bold",
    )
    counts = _counts(prepared)
    summary = _say("summary", language, **counts)
    other = _say("other", language, **counts) if counts["other"] else ""
    yield summary + other if counts["days"] else _say("nothing", language)
    same = prepared.covered == calendar.covered_through
    yield _say(
        "covered-same" if same else "covered", language, now=calendar.covered_through, then=prepared.covered
    )


def _counts(prepared: Prepared) -> dict[str, int]:
    changes = prepared.revision.changes
    off = [change for change in changes if change.then == "holiday"]
    work = sum(change.then == "make-up" for change in changes)
    lost = sum(change.opens is False for change in off)
    other = len(changes) - len(off) - work
    return {"days": len(changes), "off": len(off), "lost": lost, "work": work, "other": other}


def _notes(shown: Shown, language: Language) -> Iterator[str]:
    prepared = shown.prepared
    revision, year = prepared.revision, prepared.notice.year
    if prepared.covered.year == year and prepared.covered != date(year, 12, 31):
        yield _say("part", language, end=date(year, 12, 31))
    if any(change.then == "make-up" for change in revision.changes) and prepared.like is not None:
        yield _like(prepared, prepared.like, language)
    for code, days in (
        ("working-anyway", _working_anyway(prepared)),
        ("unlisted", revision.unlisted),
        ("beside", revision.open_beside),
        ("overridden", revision.overridden),
    ):
        if days:
            said = [f"{day} {weekday(day, language)}" for day in days]
            yield _say(code, language, days=("、" if language == "zh" else ", ").join(said))
    for each in prepared.notice.left_out:
        yield left_out(each, language)


def _like(prepared: Prepared, like: str, language: Language) -> str:
    weekly = prepared.revision.after.weekly
    day = WEEKDAYS[like][language == "zh"]
    said = _say("like", language, weekday=day, hours=hours_text(weekly[like]))
    differ = len({weekly[each] for each in DAYS[:5] if weekly.get(each)}) > 1
    return f"{said} {_say('like-other', language)}" if differ else said


def _working_anyway(prepared: Prepared) -> tuple[date, ...]:
    after = prepared.revision.after
    return tuple(e.day for e in prepared.notice.days if not e.is_off and kind(after, e.day) == "working")


def left_out(each: LeftOut, language: Language) -> str:
    """One line or event that was not used, and why."""
    return _say("left-out", language, line=each.line, text=each.text, why=TEXTS[each.why].say(language))


def values(shown: Shown, language: Language) -> dict[str, Any]:
    """The same as one JSON object."""
    prepared = shown.prepared
    return {
        "ok": True,
        "calendar": shown.file.calendar.id,
        "site": prepared.site.id,
        "year": prepared.notice.year,
        "counts": _counts(prepared),
        "changes": [
            {
                "date": str(change.day),
                "weekday": DAYS[change.day.weekday()],
                "now": change.now,
                "then": change.then,
                "name": change.name,
                "opens": change.opens,
            }
            for change in prepared.revision.changes
        ],
        "like": prepared.like,
        "covered_through": {"now": str(shown.file.calendar.covered_through), "then": str(prepared.covered)},
        "notes": list(_notes(shown, language)),
        "written": shown.is_written,
    }
