"""Why a case waits or an action is dead, in the words of the person who can fix it: zh and en."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from plugin.casebook.dead import DeadLetter
from plugin.core.label import Label
from plugin.notify import reasons
from plugin.notify.outcomes import Outcome

TEXTS: Mapping[str, Label] = {
    "unreachable": Label(
        "{desk}：{request} 没有得到回答 → 检查网址、网络以及工单系统是否在运行；会自动重试",
        "{desk}: {request} was not answered → check the address, the network and that the helpdesk runs; "
        "it is tried again by itself",
    ),
    "busy": Label(
        "{desk}：工单系统要求稍候（{status}）→ 会自动重试；若经常出现，请调高它的调用限额",
        "{desk}: the helpdesk asks to wait ({status}) → it is tried again by itself; if this is frequent, "
        "raise its limit for this account",
    ),
    "faulty": Label(
        "{desk}：{request} 回答 {status} → 工单系统内部出错，请看它的日志；会自动重试",
        "{desk}: {request} answered {status} → the helpdesk failed, see its log; it is tried again by itself",
    ),
    "conflict": Label(
        "{desk}：工单在读取后被改动 → 重新读取后再定",
        "{desk}: the ticket changed since it was read → it is read and decided again",
    ),
    "held": Label(
        "{desk}：工单系统要求稍候、连续失败或被人暂停 → 恢复后自动处理；用 paidan dead 查看原因",
        "{desk}: it asked to wait, failed too often or was paused by a person → this goes on by itself once "
        "it may be asked again; paidan dead shows why",
    ),
    "denied": Label(
        "{desk}：{request} 回答 {status} → 令牌无效或权限不足："
        "检查 desk 文件 secrets 指向的令牌及该账号的权限；会继续重试",
        "{desk}: {request} answered {status} → the token is not valid or may not do this: check the token "
        "that secrets: of the desk file names, and the rights of its account; it is tried again",
    ),
    "rejected": Label(
        "{desk}：{request} 回答 {status}“{detail}” → "
        "检查 desk 文件中 {targets} 的对应值在工单系统里是否存在，然后 paidan retry",
        '{desk}: {request} answered {status} "{detail}" → check that the values the desk file maps for '
        "{targets} exist in the helpdesk, then paidan retry",
    ),
    "ignored": Label(
        "{desk}：工单系统接受了请求却没有改动 {targets} → 检查 desk 文件中的对应值和账号权限，"
        "然后 paidan retry",
        "{desk}: the helpdesk took the request and did not change {targets} → check the desk file's values "
        "for them and the account's rights, then paidan retry",
    ),
    "not-taken": Label(
        "{desk}：工单系统没有接受 {targets}（{detail}）→ 检查 desk 文件中的对应值在工单系统里是否存在，"
        "然后 paidan retry",
        "{desk}: the helpdesk did not take {targets} ({detail}) → check that the values the desk file maps "
        "for them exist in the helpdesk, then paidan retry",
    ),
    "missing": Label(
        "{desk}：工单暂时读不到 → 会再读几次",
        "{desk}: the ticket cannot be found yet → it is asked for again",
    ),
    "stale": Label(
        "{desk}：读到的是旧状态 → 会再读几次",
        "{desk}: an older state than known was read → it is asked for again",
    ),
    "gone": Label(
        "{desk}：工单已被删除或不再可见 → 请人确认；响应并未因此结束",
        "{desk}: the ticket was deleted or is no longer visible → a person must look; the response goes on",
    ),
    "unknown": Label(
        "{desk}：不知道上次写入是否到达 → 先读取再决定",
        "{desk}: it is not known whether the last write arrived → it is read before anything is sent again",
    ),
    "clock": Label(
        "{desk}：本机时钟跳动或与工单系统相差 2 分钟以上，暂不写入 → 校准时钟；确认无误后向进程发 SIGHUP",
        "{desk}: this machine's clock stepped, or differs from the helpdesk's by more than 2 minutes; "
        "nothing is written → set the clock right, or send SIGHUP to accept it",
    ),
    "write-budget": Label(
        "{desk}：10 分钟内对同一工单已写 {count} 次，暂停 → 可能与工单系统自己的规则互相改写，请检查",
        "{desk}: {count} writes to one ticket in 10 minutes, paused → it may be at odds with the helpdesk's "
        "own rules; look at them",
    ),
    "no-desk": Label(
        "{desk}：没有这个 desk 的文件 → 恢复 desks/{desk}.yaml，或确认它已停用",
        "{desk}: no desk file of this name is active → restore desks/{desk}.yaml, unless it is retired",
    ),
    "nobody": Label(
        "{desk}：当时没有人值班或没有通知地址 → 请直接告知；补好值班表和 desk 文件的 notify，"
        "然后 paidan retry",
        "{desk}: nobody was on duty, or the seat has no address → tell them yourself; mend the roster and "
        "notify: of the desk file, then paidan retry",
    ),
    "not-a-message": Label(
        "{desk}：这条消息的内容不合规则，未发出 → 请把日志交给维护者",
        "{desk}: what this message would say is not as it should be → pass the log to the maintainers",
    ),
    "ticket-id-missing": Label(
        "{desk}：收到的回调里读不出工单号 → 检查连接文件的 receive: ticket_id 和工单系统的回调设置，"
        "然后 paidan retry",
        "{desk}: the webhook names no ticket → check receive: ticket_id of the connector and the helpdesk's "
        "webhook, then paidan retry",
    ),
    "body-empty": Label(
        "{desk}：回调没有内容 → 检查工单系统的回调设置；这一条无法再读",
        "{desk}: the webhook is empty → check the helpdesk's webhook; this one cannot be read",
    ),
    "body-not-utf8": Label(
        "{desk}：回调不是 UTF-8 文字 → 检查工单系统的回调设置",
        "{desk}: the webhook is no UTF-8 text → check the helpdesk's webhook",
    ),
    "body-too-deep": Label(
        "{desk}：回调嵌套过深，未读 → 检查工单系统的回调设置",
        "{desk}: the webhook is nested too deeply → check the helpdesk's webhook",
    ),
    "body-not-json": Label(
        "{desk}：回调不是 JSON → 检查工单系统的回调设置",
        "{desk}: the webhook is no JSON → check the helpdesk's webhook",
    ),
    "body-gone": Label(
        "{desk}：回调内容已过保存期删除 → 变化会由定期查找补上；用 --drop 从清单移除",
        "{desk}: its body is past the retention period and gone → the look for changes finds what changed; "
        "take it off the list with --drop",
    ),
    "not-storable": Label(
        "{desk}：回调里有案卷库存不下的值 → 请把日志交给维护者；变化会由定期查找补上；用 --drop 从清单移除",
        "{desk}: the webhook holds a value the case book cannot take → pass the log to the maintainers; the "
        "look for changes finds what changed; take it off the list with --drop",
    ),
    "internal": Label(
        "{desk}：处理出错（{detail}）→ 请把日志交给维护者；会自动重试",
        "{desk}: it could not be worked on ({detail}) → pass the log to the maintainers; it is tried again",
    ),
}


def told(problem: Mapping[str, Any], desk: str, language: str) -> str:
    """A stored problem in a language; a slot it does not have stays a dash."""
    code = str(problem.get("code", "internal"))
    text = TEXTS.get(code, TEXTS["internal"]).say(language)
    slots = {"desk": desk, **{key: _slot(value) for key, value in problem.items()}}
    return text.format_map(_Slots(slots))


def _slot(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


class _Slots(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "–"


WHAT: Mapping[str, Label] = {
    "set": Label("{target} 改为 {want}", "set {target} to {want}"),
    "note": Label("写内部备注", "write the internal note"),
    "message": Label(
        "告知 {addressee}：时限 {clock} 第 {number}/{count} 步",
        "tell {addressee}: limit {clock}, step {number} of {count}",
    ),
    "correction": Label(
        "告知 {addressee}：此前关于时限 {clock} 的消息已不成立",
        "tell {addressee} that an earlier message about limit {clock} no longer holds",
    ),
    "delivery": Label("读取一个回调（{size} 字节）", "read a webhook of {size} bytes"),
    "join": Label("；", "; "),
    "nothing": Label("–", "–"),
}


def to_be_done(letter: DeadLetter, language: str) -> str:
    """What a dead letter was to do."""
    what = letter.what
    if letter.kind == "delivery":
        return WHAT["delivery"].say(language).format_map(_Slots(what))
    if letter.kind == "message":
        code = "correction" if what["correction"] else "message"
        return WHAT[code].say(language).format_map(_Slots({k: str(v) for k, v in what.items()}))
    said = [
        WHAT["set"].say(language).format(target=target, want=_slot(want)) for target, want in what["changes"]
    ]
    said += [WHAT["note"].say(language)] if what["note"] else []
    return WHAT["join"].say(language).join(said) or WHAT["nothing"].say(language)


def why(letter: DeadLetter, language: str) -> str:
    """Why it was not done, and what to do about it."""
    code = str(letter.problem.get("code"))
    if letter.kind == "message" and code in reasons.TEXTS:
        contact = str(letter.problem.get("contact") or "–")
        return reasons.told(Outcome("refused", code), contact, language, again=False)
    return told(letter.problem, letter.desk, language)
