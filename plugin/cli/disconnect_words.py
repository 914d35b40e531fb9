"""What ``paidan disconnect`` says."""

from __future__ import annotations

from collections.abc import Mapping

from plugin.core.label import Label

TEXTS: Mapping[str, Label] = {
    "no_desk": Label("没有接入配置 {file}", "There is no desk file {file}"),
    "will_remove": Label("将删除：", "To be removed:"),
    "item": Label("  {title}（{id}）", "  {title} ({id})"),
    "nothing_made": Label("没有由 connect 新建的内容", "Nothing was made by connect"),
    "will_export": Label("导出案卷到 {file}", "The case book of the desk goes to {file}"),
    "no_case_book": Label("没有案卷库，不导出", "There is no case book, nothing is exported"),
    "will_move": Label("{file} → {to}（不再生效）", "{file} → {to} (nothing is done by it any more)"),
    "leaves": Label(
        "留下不动：工单中的备注、标签和字段值，以及案卷库中的案件",
        "Left as it is: notes, tags and values in tickets, and the cases in the case book",
    ),
    "keeps_data": Label(
        "  {title}：保留，其中有工单的数据（--with-fields 一并删除）",
        "  {title}: stays, tickets keep values in it (--with-fields removes it too)",
    ),
    "by_hand_left": Label(
        "手工设置的回调请在工单系统中自行删除",
        "A webhook set up by hand must be removed in the helpdesk by hand",
    ),
    "removed": Label("  {title}：已删除", "  {title}: removed"),
    "gone": Label("  {title}：已不存在", "  {title}: was gone already"),
    "not_removed": Label("  {title}：没能删除：{why}", "  {title}: could not be removed: {why}"),
    "left_forgotten": Label(
        "  {title}（{id}）：连接器已不认识它，没有动 → 请在 {url} 手工删除",
        "  {title} ({id}): the connector does not know it any more; it is left → remove it at {url} by hand",
    ),
    "left_foreign": Label(
        "  {title}（{id}）：{url} 上这个编号现在的内容不像是为本接入所建，没有动它 → 请去看一下；"
        "若派单的地址变过，加 --hook-base 再试",
        "  {title} ({id}): what has this id at {url} now does not show to be this desk's; it is left → look "
        "at it there; if Paidan's own address was another one then, give it with --hook-base",
    ),
    "left_unplaced": Label(
        "  {title}（{id}）：旧版本的记录没写它建在哪里，{url} 上也认不出它，没有动 → 请找到它手工删除；"
        "若接入时用过 --hook-base，这里也加上",
        "  {title} ({id}): an older version put it on record without its address, and nothing at {url} shows "
        "to be it; it is left → find and remove it by hand; if connect was given --hook-base, give it here",
    ),
    "left_unlisted": Label(
        "  {title}（{id}）：{url} 不列出已有的，无法确认是不是它；没有动 → 请到那里手工删除",
        "  {title} ({id}): {url} does not tell what is there, so it cannot be made sure of; it is left → "
        "remove it there by hand",
    ),
    "shared": Label("  {title}：保留，{desks} 也在用", "  {title}: stays, {desks} reads it too"),
    "file_disconnect": Label(
        "写不了文件：{detail} → 解决后再运行一次，会接着做",
        "A file cannot be written: {detail} → mend that and run this again; it goes on from here",
    ),
    "left_record": Label("留下的仍记在 {file} 中", "What was left stands in {file} for another try"),
    "exported": Label("已导出 {n} 行到 {file}", "{n} lines exported to {file}"),
    "aside_there": Label("{file} 已存在 → 先移开它", "{file} is there already → move it away first"),
}
"""Key → what is said, with its slots."""
