"""A notice written into a calendar file: the file then says what was promised, and nothing else moves."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plugin.core.notices import NoticeDay
from plugin.documents.calendar_edit import key_of
from plugin.documents.calendar_import import Asked, Prepared, prepare
from plugin.documents.calendars import CalendarFile, build_calendar_file
from plugin.documents.notice_days import Notice
from plugin.documents.problems import Problems
from plugin.documents.source import compose
from plugin.documents.yaml_edit import scalar
from plugin.errors import NoticeRefused

FIRST = date(2026, 1, 1)
NAMES = (
    "元旦",
    "国庆节、中秋节",
    "New Year's Day",
    "Fête: première",
    "a, b",
    "# 1",
    "true",
    "- x",
    'say "x"',
    "①",
)


def built(text: str) -> CalendarFile:
    problems = Problems()
    file = build_calendar_file("office", compose(text, "calendars/office.yaml"), problems)
    assert file is not None, (text, [(p.code, p.place, p.slots) for p in problems])
    return file


def prepared(text: str, notice: Notice, **asked: object) -> Prepared:
    return prepare(text, built(text), notice, Asked(**asked), "holiday")  # type: ignore[arg-type]


# -- calendars in many layouts ---------------------------------------------------------------------

Days = Mapping[str, str]


def block(key: str, lines: Days, indent: str, comments: bool) -> list[str]:
    """One setting a line, with comments above, beside and below."""
    made = [f"{indent}{key}:" + ("  # beside the key" if comments else "")]
    for number, (name, value) in enumerate(lines.items()):
        made += [f"{indent}  # above {name}"] if comments and number % 2 else []
        made += [f"{indent}  {name}: {value}" + ("   # beside" if comments and number % 3 == 0 else "")]
    return [*made, f"{indent}  # below {key}"] if comments else made


def brackets(key: str, lines: Days, indent: str, broken: bool) -> list[str]:
    """In brackets, on one line or several."""
    parts = [f"{name}: {value}" for name, value in lines.items()]
    if not broken or not parts:
        return [f"{indent}{key}: {{{', '.join(parts)}}}"]
    return [f"{indent}{key}: {{", *(f"{indent}    {part}," for part in parts), f"{indent}}}  # brackets"]


@st.composite
def layouts(draw: st.DrawFn) -> str:
    """A calendar file with some dates of 2026 and 2027, written in one of many ways."""
    numbers = draw(st.lists(st.integers(0, 720), unique=True, max_size=12).map(sorted))
    holidays: dict[str, str] = {}
    workdays: dict[str, str] = {}
    taken = -1
    for number in numbers:
        length = draw(st.integers(1, 5))
        if number <= taken:
            continue
        taken = number + length
        day = FIRST + timedelta(number)
        if draw(st.booleans()):
            holidays[key_of(day, day + timedelta(length - 1))] = scalar(draw(st.sampled_from(NAMES)))
        else:
            like = draw(st.sampled_from(["mon", "{like: tue, name: x}", "fri"]))
            workdays[f'"{day}"' if draw(st.booleans()) else str(day)] = like
    indent = draw(st.sampled_from(["", "    "]))
    head = [
        "version: 1",
        "name: Office  # 名称",
        "covered_through: '2027-12-31'   # so far",
        "",
        "# the week",
    ]
    body = [f"{indent}zone: Asia/Shanghai", f"{indent}weekly:", f"{indent}  mon-thu: 09:00-17:00  # 时间"]
    body += [f"{indent}  fri: 09:00-12:00"]
    for key, lines in (("holidays", holidays), ("workdays", workdays)):
        if not lines and draw(st.booleans()):
            continue
        if lines and draw(st.booleans()):
            body += ["", *block(key, lines, indent, draw(st.booleans()))]
        else:
            body += brackets(key, lines, indent, draw(st.booleans()))
    if indent:
        head += ["sites:", "  - id: north  # the one"]
    tail = draw(
        st.sampled_from([["# the end"], [""], ["source: a paper"], ["source:", "  - one  # paper"], []])
    )
    end = draw(st.sampled_from(["\n", "\r\n"]))
    return end.join([*head, *body, *tail]) + draw(st.sampled_from([end, ""]))


@st.composite
def notices(draw: st.DrawFn) -> Notice:
    """Days of 2027 and the December before, off or working."""
    days: dict[date, NoticeDay] = {}
    for number in draw(st.lists(st.integers(334, 729), min_size=1, max_size=8)):
        name = draw(st.sampled_from([*NAMES, None]))
        is_off = draw(st.booleans())
        for n in range(draw(st.integers(1, 4))):
            day = FIRST + timedelta(number + n)
            days[day] = NoticeDay(day, is_off, name, 1)
    papers = draw(st.sampled_from([(), ("https://example.org/a?b=c",), ("通知（1号）", "x, y")]))
    return Notice(2027, tuple(days.values()), (), papers)


@given(layouts(), notices(), st.booleans(), st.sampled_from([None, "fri"]))
@settings(max_examples=150)
def test_what_is_promised_is_what_the_file_then_says(
    text: str, notice: Notice, whole: bool, like: str | None
) -> None:
    before = built(text)
    found = prepared(text, notice, whole=whole, like=like)
    after = built(found.text)
    component = after.sites[0].component
    assert component == found.revision.after
    assert after.calendar.covered_through == found.covered
    changed = {change.day: change.then for change in found.revision.changes}
    for day in notice.days:
        old = before.sites[0].component
        is_off_now = day.day in component.holidays
        assert is_off_now is day.is_off, day
        if changed.get(day.day) == "holiday" and day.name:
            assert after.sites[0].names[day.day] == day.name
        if day.day in old.workdays and not day.is_off:
            assert component.workdays[day.day] == old.workdays[day.day]
    if found.revision.changes:
        assert set(notice.papers) <= set(after.source)


@given(layouts(), notices())
@settings(max_examples=80)
def test_comments_and_untouched_lines_stay_in_their_order(text: str, notice: Notice) -> None:
    found = prepared(text, notice)
    touched = {str(change.day) for change in found.revision.changes}
    lines = iter(found.text.splitlines())
    for line in text.splitlines():
        comment = line.partition("#")[2] if line.strip().startswith("#") else ""
        is_plain = not any(
            mark in line for mark in ("2026-", "2027-", "{", "}", "source", "holidays", "workdays")
        )
        if comment or (is_plain and not touched & {line.strip()[:10]}):
            assert any(line == kept for kept in lines), line
    assert ("\r\n" in text) is ("\r\n" in found.text)
    assert found.text.count("\r") == found.text.count("\r\n")


@given(layouts(), notices())
@settings(max_examples=80)
def test_bringing_it_in_again_changes_nothing(text: str, notice: Notice) -> None:
    once = prepared(text, notice)
    again = prepared(once.text, notice)
    assert not again.revision.changes
    assert again.text == once.text


# -- layouts, one by one ---------------------------------------------------------------------------

HEAD = "version: 1\ncovered_through: 2027-12-31\nzone: Asia/Shanghai\nweekly: {mon-fri: 09:00-17:00}\n"


def off(*days: str) -> tuple[NoticeDay, ...]:
    return tuple(NoticeDay(date.fromisoformat(day), True, "休日", 1) for day in days)


def work(*days: str) -> tuple[NoticeDay, ...]:
    return tuple(NoticeDay(date.fromisoformat(day), False, None, 1) for day in days)


@pytest.mark.parametrize(
    ("before", "days", "after"),
    [
        ("", off("2027-05-03"), "holidays:\n  2027-05-03: 休日\n"),
        ("holidays: {}  # none yet\n", off("2027-05-03"), "holidays:  # none yet\n  2027-05-03: 休日\n"),
        ("holidays: {2027-05-01: a}\n", off("2027-05-03"), "holidays: {2027-05-01: a, 2027-05-03: 休日}\n"),
        ("holidays: {2027-05-05: a}\n", off("2027-05-03"), "holidays: {2027-05-03: 休日, 2027-05-05: a}\n"),
        (
            "holidays:\n  2027-05-01: a  # x\n  # y\n  2027-05-05: b\n",
            off("2027-05-03", "2027-05-04"),
            "holidays:\n  2027-05-01: a  # x\n  2027-05-03..2027-05-04: 休日\n  # y\n  2027-05-05: b\n",
        ),
        (
            "holidays:\n  # 2026\n  2026-05-01: a\n\n# end",
            off("2027-05-03"),
            "holidays:\n  # 2026\n  2026-05-01: a\n  # 2027\n  2027-05-03: 休日\n\n# end",
        ),
        ("holidays:\n  2026-05-01: a", off("2027-05-03"), "holidays:\n  2026-05-01: a\n  2027-05-03: 休日\n"),
        (
            "holidays:\n  2027-05-01..2027-05-05: a  # x\n",
            work("2027-05-01"),
            "holidays:\n  2027-05-02..2027-05-05: a  # x\nworkdays:\n  2027-05-01: mon\n",
        ),
        (
            "holidays:\n  2027-05-01..2027-05-05: a  # x\n",
            work("2027-05-03"),
            "holidays:\n  2027-05-01..2027-05-02: a  # x\n  2027-05-04..2027-05-05: a\n",
        ),
        ("holidays: {2027-05-03: a,}\n", work("2027-05-03"), "holidays: {}\n"),
        ("holidays: {2027-05-01: a, 2027-05-03: b,}\n", work("2027-05-03"), "holidays: {2027-05-01: a,}\n"),
        ("holidays: {2027-05-03: b, 2027-05-04: a}\n", work("2027-05-03"), "holidays: {2027-05-04: a}\n"),
        (
            "holidays:  # x: y\n  # z: a\n  2027-05-03: b\n",
            work("2027-05-03"),
            "holidays: {}  # x: y\n  # z: a\n",
        ),
        (
            "workdays:\n  2027-05-01:\n    like: tue  # x\n    name: a\n  2027-05-08: mon\n",
            off("2027-05-01"),
            "workdays:\n  2027-05-08: mon\nholidays:\n  2027-05-01: 休日\n",
        ),
        (
            "workdays:\n  \"2027-05-01\": mon\n  '2027-05-08': mon\n",
            off("2027-05-08"),
            'workdays:\n  "2027-05-01": mon\nholidays:\n  2027-05-08: 休日\n',
        ),
        (
            "holidays:\r\n  2027-05-01: a\r\n",
            off("2027-05-03"),
            "holidays:\r\n  2027-05-01: a\r\n  2027-05-03: 休日\r\n",
        ),
    ],
)
def test_a_change_is_made_where_it_belongs(before: str, days: tuple[NoticeDay, ...], after: str) -> None:
    end = "\r\n" if "\r" in before else "\n"
    head = HEAD.replace("\n", end)
    if before.startswith("workdays"):
        assert set(prepared(head + before, Notice(2027, days)).text.splitlines()) == set(
            (head + after).splitlines()
        )
    else:
        assert prepared(head + before, Notice(2027, days)).text == head + after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", "source:\n  - a paper\n"),
        ("source: old one\n", 'source: ["old one", "a paper"]\n'),
        ("source: [old]\n", 'source: [old, "a paper"]\n'),
        ("source: []\n", 'source: ["a paper"]\n'),
        ("source:\n- old  # x\n", "source:\n- old  # x\n- a paper\n"),
        ("source:\n    - old\n# end\n", "source:\n    - old\n    - a paper\n# end\n"),
        ("source: a paper\n", "source: a paper\n"),
    ],
)
def test_where_the_dates_come_from_is_noted(before: str, after: str) -> None:
    notice = Notice(2027, off("2027-05-03"), (), ("a paper",))
    holidays = "holidays: {2027-05-01: a}\n"
    expected = HEAD + holidays.replace("a}", "a, 2027-05-03: 休日}") + after
    assert prepared(HEAD + holidays + before, notice).text == expected


@pytest.mark.parametrize("behind", ["name: Office\n", "workdays:\n  2027-05-08: mon\n"])
def test_a_layout_that_cannot_be_followed_is_refused_with_the_lines_to_add(behind: str) -> None:
    text = f"{HEAD}holidays:\n  2027-05-01: |\n    a name of its own lines\n{behind}"
    with pytest.raises(NoticeRefused) as refused:
        prepared(text, Notice(2027, off("2027-05-04")))
    assert refused.value.code == "layout"
    assert refused.value.slots["lines"] == ("holidays: 2027-05-04: 休日",)
