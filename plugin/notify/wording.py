"""The texts people get outside the helpdesk: one table, zh and en, with fixed slots. Pure.

A slot takes a number, an instant, a link, or a label of the organisation's own documents made inert. A
ticket's words have no way in: a message holds none (``messages``).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from plugin.core.clock_words import ClockWords
from plugin.core.label import Label
from plugin.notify.inert import inert

TEXTS: Mapping[str, Label] = {
    "name": Label("派单", "Paidan"),
    "ticket": Label("工单 {number}{level}（{desk}）", "Ticket {number}{level} ({desk})"),
    "level": Label("，{level}", ", {level}"),
    "warned": Label("时限提醒：{clock}，已用 {percent}%{left}", "Limit: {clock}, {percent} % used{left}"),
    "left": Label("，还剩 {span}", ", {span} left"),
    "missed": Label("超时：{clock}{late}", "Limit missed: {clock}{late}"),
    "stepped": Label(
        "逐级告知 {number}/{count}{again}：{chain}", "Escalation, step {number} of {count}{again}: {chain}"
    ),
    "again": Label("（第 {turn} 次重复）", " (repeat {turn})"),
    "limit": Label(
        "时限：{clock}，应于 {due} 前完成{provisional}{late}", "Limit: {clock}, due {due}{provisional}{late}"
    ),
    "due": Label("应于 {due} 前完成{provisional}", "Due {due}{provisional}"),
    "standing": Label("时限：{clock}，暂停中", "Limit: {clock}, standing still"),
    "provisional": Label("（暂定）", " (provisional)"),
    "late_by": Label("，已超过 {span}", ", late by {span}"),
    "just_due": Label("，已到期", ", due now"),
    "basis": Label("依据：{basis}", "By: {basis}"),
    "withdrawn": Label(
        "更正：{at} 的消息 {message}{clock} 撤回，{why}{calendar}",
        "Correction: message {message}{clock} of {at} is withdrawn: {why}{calendar}",
    ),
    "of_clock": Label("（{clock}）", " ({clock})"),
    "not_missed": Label("该时限并未超时", "the limit was not missed"),
    "not_due": Label("按现在已知的情况并不成立", "it does not hold by what is known now"),
    "calendar": Label("；日历版本 {version}", "; calendar version {version}"),
    "unfilled": Label(
        "值班空缺（{desk}）：{role}，{start} 至 {until} 无人值班，请补排",
        "Nobody is on duty ({desk}): {role}, from {start} until {until}; please fill the roster",
    ),
    "unfilled_open": Label(
        "值班空缺（{desk}）：{role}，自 {start} 起无人值班，请补排",
        "Nobody is on duty ({desk}): {role}, from {start} on; please fill the roster",
    ),
    "trial": Label(
        "测试消息（{desk}）：{role}。收到即可，无需处理",
        "Test message ({desk}): {role}. Nothing has happened, nothing is to be done",
    ),
    "unfit": Label(
        "接入 {desk} 与工单系统不再相符：{count} 处，工单可能落空。请运行 paidan doctor {desk}",
        "The desk {desk} no longer fits its helpdesk: {count} findings, tickets may fall through. Run paidan "
        "doctor {desk}",
    ),
    "sealed": Label(
        "有一项时限事项，详情只在工单系统内", "A limit of it has come; the details are in the helpdesk only"
    ),
    "late_stopped": Label(
        "应于 {at} 发出，因派单未运行而迟发{since}",
        "Was due at {at}; sent late because Paidan was not running{since}",
    ),
    "late_unreadable": Label(
        "应于 {at} 发出，因工单系统读不到而迟发{since}",
        "Was due at {at}; sent late because the helpdesk could not be read{since}",
    ),
    "late_undelivered": Label(
        "应于 {at} 发出，因消息未能送出而迟发{since}",
        "Was due at {at}; sent late because it did not get through{since}",
    ),
    "since": Label("（自 {at} 起）", " since {at}"),
    "unreadable": Label(
        "自 {at} 起读不到该工单，以工单系统为准",
        "The ticket has not been readable since {at}; what the helpdesk says counts",
    ),
    "message": Label("编号 {message}", "Message {message}"),
    "repeat": Label("可能是消息 {message} 的重复", "May be a repeat of message {message}"),
    "digest": Label("共 {count} 项（{desk}）", "{count} messages ({desk})"),
    "subject": Label("{name} {what}：{kind}", "{name} {what}: {kind}"),
    "subject_of_many": Label("{name}：{what}", "{name}: {what}"),
    "kind_warned": Label("已用 {percent}%", "{percent} % used"),
    "kind_missed": Label("超时", "limit missed"),
    "kind_stepped": Label("逐级告知 {number}/{count}", "escalation {number}/{count}"),
    "kind_withdrawn": Label("更正：消息 {message} 撤回", "message {message} withdrawn"),
    "kind_sealed": Label("时限事项", "a limit"),
    "kind_unfilled": Label("值班空缺", "nobody on duty"),
    "kind_trial": Label("测试消息", "test message"),
    "kind_unfit": Label("接入不符", "desk does not fit"),
    "brief_due": Label("限 {due}", "due {due}"),
    "brief_late": Label("已超 {span}", "late {span}"),
    "brief_unreadable": Label("{at} 起读不到", "unreadable since {at}"),
    "brief_sent_late": Label("迟发，应于 {at}", "sent late, was due {at}"),
    "brief_message": Label("编号 {message}", "message {message}"),
    "brief_repeat": Label("可能重复", "may be a repeat"),
    "days": Label("{count} 天", "{count} d"),
    "hours": Label("{count} 小时", "{count} h"),
    "minutes": Label("{count} 分钟", "{count} min"),
    "seconds": Label("{count} 秒", "{count} s"),
    "gap": Label(" ", ", "),
    "semicolon": Label("；", "; "),
}

_UNITS = (("days", 86_400), ("hours", 3_600), ("minutes", 60), ("seconds", 1))
REFERENCE = 8
"""Characters of a message's id that people see: enough to tell one from another and to find it."""


class Speech(NamedTuple):
    """How a desk speaks to people outside: its words of time, and the table above."""

    words: ClockWords

    def say(self, code: str, **slots: object) -> str:
        """The text of the table, its slots filled; a slot's braces are never evaluated."""
        return TEXTS[code].say(self.words.language).format(**slots)

    def name(self, key: str) -> str:
        """The plan's label of an id, inert."""
        return inert(self.words.name(key))

    def basis(self, *ids: str) -> str:
        """The laws and clauses these entries rest on, inert; empty where they name none."""
        found = dict.fromkeys(self.words.basis[each] for each in ids if self.words.basis.get(each))
        return self.say("semicolon").join(map(inert, found))

    def at(self, instant: int) -> str:
        """An instant in local time with its zone: ``2026-03-02 18:00 (UTC+8)``."""
        return f"{self.words.at(instant)} ({self._zone(instant)})"

    def begins(self, instant: int) -> str:
        """The same for what begins then: midnight belongs to the day it opens."""
        local = datetime.fromtimestamp(instant, self.words.zone)
        return f"{local:%Y-%m-%d %H:%M} ({self._zone(instant)})"

    def at_brief(self, instant: int) -> str:
        """``03-02 18:00 UTC+8``."""
        return f"{self.words.at(instant)[5:]} {self._zone(instant)}"

    def _zone(self, instant: int) -> str:
        offset = datetime.fromtimestamp(instant, self.words.zone).utcoffset() or timedelta()
        minutes = round(abs(offset).total_seconds() / 60)
        if not minutes:
            return "UTC"
        sign = "-" if offset < timedelta() else "+"
        return f"UTC{sign}{minutes // 60}" + (f":{minutes % 60:02}" if minutes % 60 else "")

    def span(self, seconds: int) -> str:
        """A length of time by its two largest units; below a minute in seconds."""
        parts, left = [], seconds
        for unit, size in _UNITS if seconds < 60 else _UNITS[:3]:
            count, left = divmod(left, size)
            if count:
                parts.append(self.say(unit, count=count))
        return " ".join(parts[:2]) or self.say("seconds", count=0)

    def reference(self, message: str) -> str:
        """The part of a message's id that people see."""
        return message[:REFERENCE]
