"""The settings of a calendar file, described once for checks, schema and reference."""

from __future__ import annotations

from plugin.core.calendar import DAYS
from plugin.documents.reader import Choice, Either, Key, ListOf, MapOf, keys

HOURS = ListOf("hours", or_one=True)

WORKDAY = keys(
    Key("like", Choice(DAYS), required=True, en="The weekday whose hours it has.", zh="按星期几的时间上班。"),
    Key("name", "text", en="What it makes up for.", zh="补哪个假期的班。"),
)
OVERRIDE = keys(
    Key("hours", HOURS, required=True, en="Its hours, or closed.", zh="当天时间，或 closed。"),
    Key("name", "text", en="Why.", zh="原因。"),
)
_SITE = (
    Key("zone", "text", en="Time zone, such as Asia/Shanghai.", zh="时区，例如 Asia/Shanghai。"),
    Key(
        "weekly",
        MapOf(HOURS),
        en="Weekday or weekdays (mon, mon-fri) and hours; 22:00-06:00 goes past midnight; left out: closed.",
        zh="星期（mon、mon-fri）与时间；22:00-06:00 跨午夜；未写的为休息日。",
    ),
    Key(
        "holidays",
        MapOf("text"),
        en="Date, or first..last, and its name.",
        zh="日期或 首日..末日，与名称。",
    ),
    Key(
        "workdays",
        MapOf(Either((Choice(DAYS), WORKDAY))),
        en="Make-up working days: date, and the weekday whose hours it has.",
        zh="调休上班日：日期，与按星期几的时间。",
    ),
    Key(
        "overrides",
        MapOf(Either((HOURS, OVERRIDE))),
        en="Date, or first..last, with hours of its own, or closed; beats everything else.",
        zh="日期或 首日..末日 的特别时间，或 closed；优先于其他各项。",
    ),
)
SITE = keys(Key("id", "id", required=True, en="Name of the site.", zh="地点的标识。"), *_SITE)
CALENDAR = keys(
    Key("version", "whole", required=True, en="1", zh="1"),
    Key("name", "label", en="Title for people.", zh="标题。"),
    Key("calendar", "id", en="The file's own name.", zh="与文件名相同。"),
    Key(
        "covered_through",
        "date",
        required=True,
        en="The last date this file vouches for; what is due later is provisional.",
        zh="本文件确认到哪一天；此后到期的都是暂定。",
    ),
    Key("source", ListOf("text", or_one=True), en="Where the dates come from.", zh="日期的来源。"),
    *_SITE,
    Key(
        "sites",
        ListOf(SITE),
        en="Several sites instead of one zone: open where any of them is; the first counts days.",
        zh="代替单一时区的多个地点：任一地点上班即为上班；按第一个地点计天数。",
    ),
)
PER_SITE = tuple(key.name for key in _SITE)
"""Settings that stand at the top, or under each of the sites."""
