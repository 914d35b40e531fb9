"""What ``paidan connect`` says of names: which of the helpdesk's stands for which of the plan's."""

from __future__ import annotations

from collections.abc import Mapping

from plugin.core.label import Label

ANSWER_TEXTS: Mapping[str, Label] = {
    "ask_gap": Label(
        "预案的“{label}”（{id}）对应哪一个？{near}（回车：以后再填）",
        'Which one is "{label}" ({id}) of the plan?{near} (Enter: later)',
    ),
    "ask_gap_or_none": Label(
        "预案的“{label}”（{id}）对应哪一个？{near}（-：不写；回车：以后再填）",
        'Which one is "{label}" ({id}) of the plan?{near} (-: it is not written; Enter: later)',
    ),
    "level_field": Label("写响应级别的字段", "field the response level is written to"),
    "gaps": Label(
        "还有 {n} 项未填（见上面的 gaps，paidan check 会逐项列出）；填完之前只能 observe",
        "Not answered yet: {n} (gaps above; paidan check lists them). Until then the desk can only observe",
    ),
    "gaps_how": Label(
        "→ 在接入配置中填写，或重新运行并加 --map {gap}=名称 --overwrite（可写多个，几个组可用同一名称）",
        "→ answer in the desk file, or again with --map {gap}=NAME --overwrite (as many --map as needed; "
        "several may have the same name)",
    ),
    "gaps_nowhere": Label(
        "→ 没有可写级别的字段：--map {gap}=-，级别只留在备注和控制台",
        "→ no field to write the level to: --map {gap}=-, it then stands in the note and the console only",
    ),
    "gaps_order": Label(
        '→ 优先级也可以只说明高低：--map {gap}="最低, …, 最高"',
        '→ for the priorities it is enough to say how high each stands: --map {gap}="lowest, …, highest"',
    ),
    "misfit": Label(
        "{target}：字段“{field}”只能从选项中选，写不进去 → 另选字段（--map write.{target}=名称），"
        "或不写（--map write.{target}=-）",
        '{target}: the field "{field}" takes only its own choices → name another with '
        "--map write.{target}=NAME, or none with --map write.{target}=-",
    ),
    "misfit_some": Label(
        "{target}：字段“{field}”没有这些选项：{lacking} → 在工单系统中补上，或不写（--map write.{target}=-）",
        '{target}: the field "{field}" has no choice for {lacking} → add them in the helpdesk, or write '
        "none with --map write.{target}=-",
    ),
    "near": Label("相近：{names}", " Near: {names}"),
}
