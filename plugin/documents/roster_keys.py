"""The settings of a roster file, described once for checks, schema and reference."""

from __future__ import annotations

from plugin.documents.calendar_keys import HOURS
from plugin.documents.reader import Key, ListOf, MapOf, keys

WHO = ListOf("id", or_one=True)

PERSON = keys(
    Key(
        "contact",
        "secret",
        required=True,
        en="Name of the secret with the Apprise address: env:NAME or file:/path.",
        zh="存放 Apprise 地址的密钥名：env:名称 或 file:/路径。",
    ),
    Key("label", "label", en="Title for people; a seat, no name.", zh="标题；写岗位，不写姓名。"),
    Key("deputy", "id", en="Who answers in this one's place.", zh="副手，无人应答时接替。"),
)
ROTATE = keys(
    Key("every", "duration", required=True, en="Whole days: 1d, 7d.", zh="整天数：1d、7d。"),
    Key("from", "date", required=True, en="The date of the first turn.", zh="第一轮的日期。"),
    Key(
        "at",
        "time",
        en="When turns change; left out: when the hours begin, else 00:00.",
        zh="交接时刻；省略为时段开始，无时段为 00:00。",
    ),
    Key("among", ListOf("id"), required=True, en="Who takes turns, in order.", zh="轮流的人，按顺序。"),
)
SHIFT = keys(
    Key(
        "weekly",
        MapOf(HOURS),
        en="Weekday or weekdays (mon, mon-fri) and hours; 20:00-08:00 goes past midnight; left out: always.",
        zh="星期（mon、mon-fri）与时段；20:00-08:00 跨午夜；省略为全天。",
    ),
    Key("who", WHO, en="Who keeps it; the first is the main one.", zh="谁值班；第一个为主班。"),
    Key("rotate", ROTATE, en="Instead of who: people in turn.", zh="代替 who：多人轮流。"),
)
ROLE = keys(
    Key("shifts", ListOf(SHIFT), en="Shifts; of those that hold together, the first is main.", zh="班次。"),
    Key(
        "deputies",
        WHO,
        en="Deputies who always stand behind, also when nobody is on a shift.",
        zh="固定副班，班次无人时也在。",
    ),
)
OVERRIDE = keys(
    Key("role", ListOf("id", or_one=True), en="Which roles; left out with instead_of: all.", zh="哪些岗位。"),
    Key("date", "text", en="A date, or first..last: whole days.", zh="日期或 首日..末日，按整天。"),
    Key("from", "text", en="Instead of date: 2026-10-01 08:00.", zh="代替 date：2026-10-01 08:00。"),
    Key("to", "text", en="With from: until when.", zh="与 from 合用：到何时。"),
    Key("who", WHO, required=True, en="Who is on duty then.", zh="这段时间由谁值班。"),
    Key(
        "instead_of", "id", en="Only in the place of this one (leave, swap).", zh="只替换此人（请假、换班）。"
    ),
    Key("note", "text", en="Why, without a name.", zh="原因，不写姓名。"),
)
FEED = keys(
    Key("role", ListOf("id", or_one=True), required=True, en="Roles it speaks of.", zh="涉及的岗位。"),
    Key(
        "ics",
        "secret",
        en="Name of the secret with the feed's https address.",
        zh="存放订阅地址（https）的密钥名。",
    ),
    Key(
        "path",
        "text",
        en="Instead of ics: an .ics file, from this folder.",
        zh="代替 ics：本文件夹中的 .ics 文件。",
    ),
    Key("words", MapOf("id"), required=True, en="What the feed writes: person.", zh="日历中的写法: 人员。"),
    Key("ignore", ListOf("text"), en="Words of events that are no duties.", zh="不是值班的事件中的词。"),
)
ROSTER = keys(
    Key("version", "whole", required=True, en="1", zh="1"),
    Key("title", "label", en="Title for people.", zh="标题。"),
    Key("roster", "id", en="The file's own name.", zh="与文件名相同。"),
    Key(
        "zone", "text", required=True, en="Time zone, such as Asia/Shanghai.", zh="时区，例如 Asia/Shanghai。"
    ),
    Key(
        "people",
        MapOf(PERSON),
        required=True,
        en="Seats or contact labels, never names or numbers.",
        zh="席位或联系标签，不写姓名和号码。",
    ),
    Key("roles", MapOf(ROLE), required=True, en="Roles or groups of the plan.", zh="预案中的岗位或组。"),
    Key(
        "overrides", ListOf(OVERRIDE), en="Exceptions: leave, swaps, holidays.", zh="例外：请假、换班、假日。"
    ),
    Key("feeds", MapOf(FEED), en="Calendar feeds that say who is on duty.", zh="写明谁值班的日历订阅。"),
)
