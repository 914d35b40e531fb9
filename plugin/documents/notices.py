"""A notice of holidays in any form: the State Council's wording, a table, a feed, holiday-cn JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator

from plugin.documents import notice_rows, notice_words
from plugin.documents.calendar_days import day_of
from plugin.documents.notice_days import Notice, NoticeDays, is_of
from plugin.documents.notice_feed import read_feed
from plugin.documents.problems import Problems, Spot
from plugin.documents.reader import flag, text, whole
from plugin.documents.source import MOST_BYTES, Node, Source, read
from plugin.documents.syntax import decoded

_OTHER_ENDS = ("\r\n", "\r")


def read_notice(
    raw: bytes, file: str, problems: Problems, *, year: int | None, next_year: int
) -> tuple[Notice | None, Source]:
    """What a file says, and its text for showing problems; no notice where there is a problem or no day.

    ``year``: what the person says the notice is for. Without it the notice's own title counts, then
    ``next_year``.
    """
    written = decoded(raw, file, problems, MOST_BYTES)
    if written is None:
        return None, Source(file, "")
    for end in _OTHER_ENDS:
        written = written.replace(end, "\n")
    into = NoticeDays(file, problems)
    notice = _of_one_year(_read(written, into, year, next_year), year, into)
    return (None if problems.has_errors else notice), Source(file, written)


def _of_one_year(notice: Notice, year: int | None, into: NoticeDays) -> Notice:
    """A year that was asked for is taken out of the file; otherwise the file must be for one."""
    if year is not None:
        days = tuple(each for each in notice.days if is_of(each.day, year))
        for each in notice.days:
            if each not in days:
                into.leave_out(each.line, f"{each.day} {each.name or ''}", "other-year")
        notice = notice._replace(days=days, left_out=tuple(into.left_out))
    for each in notice.days:
        if abs(each.day.year - notice.year) > 1:
            into.problems.add("date-elsewhere", into.line(each.line), given=str(each.day), year=notice.year)
    if not notice.days and not into.problems.has_errors:
        into.problems.add("no-days", into.line(1), year=notice.year)
    return notice


def _read(written: str, into: NoticeDays, year: int | None, next_year: int) -> Notice:
    start = written.lstrip()
    if start[:15].upper() == "BEGIN:VCALENDAR":
        read_feed(written, year or next_year, into)
        return into.notice(year or next_year)
    if start[:1] in ("{", "["):
        return _json(written, into, year, next_year)
    if notice_words.is_notice(written):
        titled, papers = year or notice_words.year_of(written), notice_words.paper_of(written)
        notice_words.read_words(written, titled or next_year, into)
    else:
        titled, papers = year or notice_rows.year_of(written), ()
        notice_rows.read_rows(written, titled or next_year, into)
    return into.notice(titled or into.usual_year(next_year), papers)


# -- holiday-cn ------------------------------------------------------------------------------------


def _json(written: str, into: NoticeDays, year: int | None, next_year: int) -> Notice:
    """``{"year": …, "papers": […], "days": [{"name", "date", "isOffDay"}]}``: JSON is YAML, with places."""
    problems = into.problems
    try:
        json.loads(written)
    except json.JSONDecodeError as error:
        problems.add("not-holiday-json", into.spot(error.lineno, error.colno, 0))
        return into.notice(next_year)
    except RecursionError:
        problems.add("not-holiday-json", into.line(1))
        return into.notice(next_year)
    node = read(written, into.file, problems)
    if node is None:
        return into.notice(next_year)
    listed = node if node.kind == "list" else node.get("days")
    if listed is None or listed.kind != "list":
        problems.add("not-holiday-json", node.place)
        return into.notice(next_year)
    for item in listed.items:
        _json_day(item, into)
    named = whole(node.get("year"), problems, 2000, 2099)
    return into.notice(year or named or into.usual_year(next_year), _papers(node, problems))


def _json_day(item: Node, into: NoticeDays) -> None:
    problems = into.problems
    given, off = item.get("date"), item.get("isOffDay")
    if given is None or off is None:
        problems.add("not-holiday-json", item.place)
        return
    day, is_off, name = day_of(given, problems), flag(off, problems), text(item.get("name"), problems)
    if day is None or is_off is None:
        return
    into.add((day,), is_off, name, Spot(given.place, given.width))


def _papers(node: Node, problems: Problems) -> Iterator[str]:
    papers = node.get("papers")
    for item in papers.items if papers is not None else ():
        paper = text(item, problems)
        if paper is not None:
            yield paper
