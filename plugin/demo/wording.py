"""What the demo says, zh and en, in one table."""

from __future__ import annotations

from collections.abc import Mapping

from plugin.core.label import Label

TEXTS: Mapping[str, Label] = {
    "title": Label(
        "派单演示：真实的 django-helpdesk，真实的回调，真实的 API 读回",
        "Paidan demo: a real django-helpdesk, its own webhooks, read back through its API",
    ),
    "installing": Label(
        "安装演示用的工单系统（只在第一次）", "Installing the demo's helpdesk (first time only)"
    ),
    "making": Label("建立工单系统与各组队列", "Making the helpdesk and its groups"),
    "starting": Label("启动派单与工单系统", "Starting Paidan and the helpdesk"),
    "helpdesk": Label("工单系统", "Helpdesk"),
    "login": Label(
        "用户 agent，密码 {password}（管理员：admin，密码相同）",
        "user agent, password {password} (administrator: admin, same password)",
    ),
    "opening": Label("第 {n}/{all} 件：{title}", "ticket {n} of {all}: {title}"),
    "update": Label("补充情况：{text}", "update: {text}"),
    "by_hand": Label("手工录入", "typed by hand"),
    "no_level": Label("普通", "ordinary"),
    "priority": Label("优先级 {value}", "priority {value}"),
    "seconds": Label("{value:.2f} 秒", "{value:.2f} s"),
    "was": Label("原 {level}", "was {level}"),
    "late": Label(
        "工单 {number}：{seconds:.0f} 秒内没有派出", "ticket {number} was not routed within {seconds:.0f} s"
    ),
    "differs": Label(
        "工单 {number}：应为 {wanted}，实为 {found}", "ticket {number}: expected {wanted}, found {found}"
    ),
    "told_public": Label(
        "工单 {number}：有对外可见的派单消息", "ticket {number}: a message by Paidan is visible to the public"
    ),
    "summary": Label(
        "{good} 件全部派到该去的组，级别与理由均从工单系统读回；最慢 {slowest:.2f} 秒。",
        "All {good} tickets stand where the plan wants them, as read back from the helpdesk; "
        "slowest {slowest:.2f} s.",
    ),
    "summary_bad": Label("{bad} 处不符：", "{bad} not as it should be:"),
    "next": Label(
        "接下来看：{url}（从 6 人到 230 人的来访，每条内部备注都写明理由）；"
        "再到 {submit} 自己写一件。Ctrl-C 结束并清理。",
        "Look next at {url} (a visit that grew from 6 to 230 people; each internal note says why), "
        "then write a ticket of your own at {submit} — Ctrl-C ends the demo and cleans up.",
    ),
    "commands": Label(
        "时限：在另一个终端先执行 export {settings}，再执行 .venv/bin/paidan due、clocks {ticket}、"
        "simulate {ticket}",
        "Limits: in another terminal, export {settings} and then .venv/bin/paidan due, clocks {ticket}, "
        "simulate {ticket}",
    ),
    "ending": Label("正在停止并清理…", "Stopping and cleaning up…"),
    "ended": Label(
        "已停止，临时文件已删除。", "Stopped; nothing is left running, temporary files are removed."
    ),
    "failed": Label("演示无法继续：{why}", "The demo cannot go on: {why}"),
}


def say(language: str, code: str, **slots: object) -> str:
    """The text of the table in ``zh`` or ``en``, its slots filled."""
    return TEXTS[code].say(language).format(**slots)
