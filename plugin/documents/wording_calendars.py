"""Texts of calendar files and of the notices that bring them up to date."""

from __future__ import annotations

CALENDAR_TEXTS: dict[str, tuple[str, str, str, str]] = {
    # dates
    "no-such-date": (
        'there is no date "{given}"',
        "correct it; that month has {days} days",
        "没有“{given}”这一天",
        "改正日期；该月有 {days} 天",
    ),
    "no-such-month": (
        '"{given}" names a month that is not there',
        "write it as 2026-11-25: year, month, day",
        "“{given}”的月份不存在",
        "写成 2026-11-25：年、月、日",
    ),
    "backward-range": (
        '"{given}" ends before it begins',
        "write first..last",
        "“{given}”的末日在首日之前",
        "写成 首日..末日",
    ),
    "long-range": (
        '"{given}" is {days} days long',
        "correct the year; a range holds at most a year",
        "“{given}”长达 {days} 天",
        "检查年份；一段最长一年",
    ),
    "date-twice": (
        "{given} is already {a} {what} on line {line}",
        "keep one of the two",
        "{given} 已在第 {line} 行写为{what}",
        "只保留一处",
    ),
    "holiday-and-workday": (
        "{given} is a make-up working day here and a holiday on line {line}",
        "remove it from one of the two",
        "{given} 在这里是调休上班日，在第 {line} 行又是假日",
        "从其中一处删除",
    ),
    "already-working": (
        "{given} is a {weekday}, a working day with these hours anyway",
        "correct the date, or remove the line",
        "{given} 是{weekday}，本来就按这个时间上班",
        "改正日期，或删除这一行",
    ),
    "covered-too-early": (
        "covered_through is {given}, but the file names {last}",
        "write the last date you vouch for, at least {last}",
        "covered_through 是 {given}，但文件写到了 {last}",
        "写确认到的最后一天，不早于 {last}",
    ),
    "calendar-ends": (
        'the calendar "{given}" covers days through {day}: {days} days are left',
        "when the next notice is out: paidan calendar import {given} FILE",
        "日历“{given}”只确认到 {day}，还剩 {days} 天",
        "下一年通知公布后运行：paidan calendar import {given} 文件",
    ),
    "calendar-ended": (
        'the calendar "{given}" covers days through {day} only: what is due since is provisional',
        "import the notice: paidan calendar import {given} FILE",
        "日历“{given}”只确认到 {day}，此后到期的都是暂定",
        "导入通知：paidan calendar import {given} 文件",
    ),
    # hours
    "not-hours": (
        '"{given}" is not opening hours',
        "write 09:00-12:00, several as [09:00-12:00, 13:30-17:30], none as closed",
        "“{given}”不是上班时间",
        "写成 09:00-12:00；多段写成 [09:00-12:00, 13:30-17:30]；不上班写 closed",
    ),
    "not-a-time": (
        '"{part}" in "{given}" is not a time of day',
        "write 00:00 to 24:00, such as 09:30",
        "“{given}”中的“{part}”不是时刻",
        "写 00:00 到 24:00，例如 09:30",
    ),
    "no-length": (
        '"{given}" begins and ends at the same time',
        "write 00:00-24:00 for a whole day",
        "“{given}”的开始与结束相同",
        "整天写 00:00-24:00",
    ),
    "overlapping-hours": (
        '"{given}" overlaps "{other}" of the same day',
        "let one end before the other begins",
        "“{given}”与同一天的“{other}”重叠",
        "让一段在另一段开始之前结束",
    ),
    "runs-into-next-day": (
        '"{given}" begins before "{other}" of {weekday} is over',
        "let the night end before the morning begins",
        "“{given}”开始时，{weekday}的“{other}”还没有结束",
        "让夜班在次日第一段开始之前结束",
    ),
    "weekday-twice": (
        "the hours of {weekday} already stand on line {line}",
        "keep one of the two",
        "{weekday}的时间已写在第 {line} 行",
        "只保留一处",
    ),
    "no-weekday": (
        '"{given}" is not a weekday',
        "write one of mon, tue, wed, thu, fri, sat, sun, or several as mon-fri",
        "“{given}”不是星期",
        "写 mon、tue、wed、thu、fri、sat、sun 之一，或 mon-fri 这样的一段",
    ),
    "day-without-hours": (
        "{weekday} has no hours under weekly",
        "name a weekday that has: {choices}",
        "{weekday}在 weekly 中没有上班时间",
        "写有上班时间的一天：{choices}",
    ),
    "never-open": (
        "no hour is open here, so nothing counted on it would ever be due",
        "write hours for some days, such as mon-fri: [09:00-12:00, 13:30-17:30], and check the holidays",
        "这里没有任何上班时间，按它计算的时限永远不会到期",
        "写出上班时间，例如 mon-fri: [09:00-12:00, 13:30-17:30]，并检查假日",
    ),
    "night-goes-on": (
        "hours of {given} begin before the night shift of {other} is over; the time is counted once",
        "write hours of its own for one of the two days under overrides",
        "{given} 开始上班时，{other} 的夜班还没有结束；重叠的时间只计一次",
        "在 overrides 中为其中一天另写时间",
    ),
    # zones and sites
    "unknown-zone": (
        'there is no time zone "{given}"',
        "write area and city, such as {choices}",
        "没有时区“{given}”",
        "写“地区/城市”，例如 {choices}",
    ),
    "sites-or-zone": (
        '"{given}" stands beside sites, which have their own',
        "move it under a site, or remove sites",
        "“{given}”与 sites 并列，而各地点有自己的设置",
        "移到某个地点之下，或删除 sites",
    ),
    # notices
    "both-ways": (
        "{given} is off in one place and working in another (line {line})",
        "correct one of the two; nothing was taken over",
        "{given} 在这里与第 {line} 行一处放假、一处上班",
        "改正其中一处；没有导入任何内容",
    ),
    "not-a-date": (
        'there is no date, or no range of dates, "{given}"',
        "correct it, such as 2027-02-06 or 2月6日至12日",
        "没有“{given}”这样的日期",
        "改正日期，例如 2027-02-06 或 2月6日至12日",
    ),
    "wrong-weekday": (
        "{given} is a {weekday}, not a {said}",
        "correct the date, or say the right year with --year",
        "{given} 是{weekday}，不是{said}",
        "改正日期，或用 --year 写明年份",
    ),
    "wrong-count": (
        "the notice counts {given} days, but {first} to {last} named here are {days}",
        "correct the dates or the count",
        "通知写共 {given} 天，而这里的 {first} 至 {last} 有 {days} 天",
        "改正日期或天数",
    ),
    "unclear-sentence": (
        'what "{given}" says of this date cannot be read',
        "write it as 1月1日至3日放假 or 1月4日上班, or as a line of date, name and off or work",
        "“{given}”对这一天的说法读不懂",
        "写成“1月1日至3日放假”“1月4日上班”，或写成一行：日期、名称、休或班",
    ),
    "unreadable-row": (
        '"{given}" is no row of one date, a name, and off or work',
        "write 2027-02-06..2027-02-12, the name, off or work; or take the line out",
        "“{given}”不是“日期、名称、休或班”这样的一行",
        "写成：2月6日至12日 名称 休；无关的行请删除",
    ),
    "unreadable-event": (
        'the days of the event "{given}" cannot be told',
        "correct or remove it: whole days, at most 31, repeating by year or month only",
        "事件“{given}”的日期无法确定",
        "改正或删除：只用全天事件，最长 31 天，只按年或月重复",
    ),
    "not-a-feed": (
        "this is not a calendar feed that can be read",
        "fetch it again, or paste the notice as text",
        "这不是可读的日历订阅文件",
        "重新下载，或粘贴通知原文",
    ),
    "not-holiday-json": (
        "this JSON does not list days",
        'it should hold {{"year": 2027, "days": [{{"name": "…", "date": "2027-01-01", "isOffDay": true}}]}}',
        "这个 JSON 没有列出日期",
        '应为 {{"year": 2027, "days": [{{"name": "…", "date": "2027-01-01", "isOffDay": true}}]}}',
    ),
    "date-elsewhere": (
        "{given} is far from {year}, the year this file is taken to be for",
        "correct the date; of a file with several years --year takes one",
        "{given} 与 {year} 年相差太远，而文件被视为 {year} 年的",
        "改正日期；含多个年份的文件用 --year 取其中一年",
    ),
    "no-days": (
        "the file names no day of {year} as off or working",
        "the notice may not be out yet; for another year add --year",
        "文件没有写 {year} 年的任何放假或上班日",
        "通知可能尚未公布；其他年份请加 --year",
    ),
}
