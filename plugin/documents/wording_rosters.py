"""Texts of roster files."""

from __future__ import annotations

ROSTER_TEXTS: dict[str, tuple[str, str, str, str]] = {
    "literal-contact": (
        "an address or number of a person stands here in the open",
        "write the name of the secret that holds it, contact: env:NAME or file:/path; a label names a seat",
        "这里直接写了个人的地址或号码",
        "改写为存放它的密钥名称，contact: env:名称 或 file:/路径；标签只写席位",
    ),
    "no-shifts": (
        'nobody ever keeps "{given}": it has no shift with hours, and no feed names it',
        "write shifts: with who: or rotate:, or remove it",
        "“{given}”永远无人值班：没有带时段的班次，也没有日历订阅",
        "在 shifts: 中写 who: 或 rotate:，或删除它",
    ),
    "no-people": (
        '"{given}" names nobody',
        "name one or more of: {choices}",
        "“{given}”没有写任何人",
        "写一人或多人：{choices}",
    ),
    "who-or-rotate": (
        "a shift is kept by exactly one of who: and rotate:",
        "write who: for the same people every time, rotate: for people in turn",
        "一个班次只能写 who: 和 rotate: 中的一个",
        "固定的人写 who:，轮流的人写 rotate:",
    ),
    "not-whole-days": (
        '"{given}" is no whole number of days',
        "write 1d, 7d or 14d; for turns within a day write one shift for each",
        "“{given}”不是整天数",
        "写 1d、7d、14d；一天之内的轮换请分别写班次",
    ),
    "not-a-moment": (
        '"{given}" is no date with a time',
        "write 2026-10-01 08:00; for whole days use date:",
        "“{given}”不是日期加时刻",
        "写成 2026-10-01 08:00；整天请用 date:",
    ),
    "date-or-from": (
        "an override says when in one way: date:, or from: and to:",
        "write date: for whole days, from: and to: for times",
        "例外的时间只能用一种写法：date:，或 from: 和 to:",
        "整天写 date:，时段写 from: 和 to:",
    ),
    "ends-first": (
        '"{given}" is not after {first}',
        "let it end after it begins",
        "“{given}”不在 {first} 之后",
        "结束时间应晚于开始时间",
    ),
    "overlapping-overrides": (
        'two overrides hold for "{given}" at one time; the other is on line {line}',
        "let one end before the other begins; for two people away at once write instead_of: in each",
        "“{given}”同时有两条例外，另一条在第 {line} 行",
        "让一条在另一条开始之前结束；两人同时不在时各写 instead_of:",
    ),
    "deputy-circle": (
        "the deputies stand in for each other in a circle: {given}",
        "leave deputy: out for one of them",
        "副手相互代替，成了一个圈：{given}",
        "去掉其中一人的 deputy:",
    ),
    "ics-or-path": (
        "a feed is read from exactly one place",
        "write ics: with the name of the secret that holds its address, or path: with a file",
        "日历订阅只能有一个来源",
        "写 ics:（存放地址的密钥名）或 path:（文件）",
    ),
    "role-without-plan": (
        'no plan of a desk with this roster has a role or group "{given}"',
        "correct it, or remove it; there are: {choices}",
        "使用本值班表的接入配置，其预案中没有岗位或组“{given}”",
        "改正或删除；现有：{choices}",
    ),
    "nobody-on-duty": (
        'nobody is on duty for "{given}" from {start} to {end}',
        "add a shift, an override or deputies; paidan roster {roster} shows the next days",
        "“{given}”从 {start} 到 {end} 无人值班",
        "补班次、例外或副班；paidan roster {roster} 可查看以后几天",
    ),
}
