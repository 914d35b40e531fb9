"""Texts of plans that do not fit themselves."""

from __future__ import annotations

PLAN_TEXTS: dict[str, tuple[str, str, str, str]] = {
    "starts-and-stops": (
        'this clock starts and stops on the same event, "{given}"',
        "name another event under stop: (or under start:)",
        "该时限的起算与终止是同一事件“{given}”",
        "在 stop: 或 start: 中改用别的事件",
    ),
    "no-target": (
        'the clock "{given}" has no time to count',
        "write target: with minutes, time, days, by_level or by_rank",
        "时限“{given}”没有期限",
        "在 target: 中写 minutes、time、days、by_level 或 by_rank",
    ),
    "extends-no-days": (
        'the clock "{given}" may be extended by days and does not count days',
        "write its target in days, or take extension_days away",
        "时限“{given}”允许按天延长，期限却不按天计",
        "把 target: 写成 days，或去掉 extension_days",
    ),
    "names-nobody": (
        'the escalation "{given}" names nobody to tell',
        "add steps: with after: and to: (a group, a role or lead)",
        "逐级告知“{given}”没有写通知谁",
        "在 steps: 中写 after: 和 to:（组、岗位或 lead）",
    ),
    "never-fires": (
        "this escalation waits for a warning at {given} %, which these clocks never give: {clocks}",
        "add the percentage under warn: of the clock, or change percent:",
        "该逐级告知等待 {given}% 的提醒，但这些时限没有：{clocks}",
        "在时限的 warn: 中加上该百分比，或修改 percent:",
    ),
    "unknown-event": (
        'nothing ever produces the event "{given}", so this clock or chain waits for ever',
        "declare it under events, let a task produce it, or use one of: {choices}",
        "没有任何东西会产生事件“{given}”，这个时限或告知链会一直等下去",
        "在 events 中声明，或让某个任务产生它，或改用：{choices}",
    ),
    "unknown-clause": (
        'the source has no clause "{given}"',
        "correct it, or add it under clauses; there are: {choices}",
        "来源中没有条款“{given}”",
        "改正，或补到 clauses 中；现有：{choices}",
    ),
    "clause-without-note": (
        "this carries out {given}, whose plain reading would watch people or steer opinion",
        "add note: and say in which rights-respecting form it is carried out",
        "本条落实 {given}，按字面会变成监看个人或引导舆论",
        "补上 note:，写明以哪种尊重权利的形式落实",
    ),
    "clause-not-carried-out": (
        "nothing carries out these clauses: {clauses}",
        "cite each in source_ref of the entry that does, or take it off the list under clauses",
        "这些条款没有落实：{clauses}",
        "在落实它的条目的 source_ref 中引用，或从 clauses 中去掉",
    ),
    "two-fallbacks": (
        'two event types are the last resort: "{first}" and "{given}"',
        "keep fallback: true on one of them",
        "有两个兜底的事件类型：“{first}”和“{given}”",
        "只在其中一个保留 fallback: true",
    ),
    "level-order": (
        'level "{given}" stands above "{first}" but is reached at a lower rank',
        "list levels from the lowest to the highest",
        "级别“{given}”排在“{first}”之上，达到它的严重度却更低",
        "级别由低到高排列",
    ),
    "no-stand-in": (
        'when a matter is about "{given}" itself, nobody leads it',
        "add replaced_by: and another group",
        "事项反映的正是“{given}”时，没有人主办",
        "补上 replaced_by: 和另一个组",
    ),
    "outside-works": (
        '"{given}" is outside: it can be told, but it has no place in the helpdesk',
        "give the work to another group, or change its kind",
        "“{given}”是外部单位，只能被告知，工单系统里没有它",
        "改由别的组承担，或改变它的 kind",
    ),
    "words-only": (
        '"{given}" is words only, and still something is said to carry it out',
        "remove it from does, or remove binding: false",
        "“{given}”只是文字，却写了由谁落实",
        "从 does 中去掉，或去掉 binding: false",
    ),
}
