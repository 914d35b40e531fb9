"""What the slots of findings are called: rights, lists, fields, refusals; in Chinese and English."""

from __future__ import annotations

from collections.abc import Mapping

from plugin.core.label import Label

RIGHTS: Mapping[str, Label] = {
    "read": Label("读取", "read"),
    "write": Label("修改", "change"),
    "note": Label("写内部备注", "write internal notes"),
    "delete": Label("删除", "delete"),
    "admin": Label("管理", "administer"),
}
"""What a token may do."""
THINGS: Mapping[str, Label] = {
    "group": Label("组", "group"),
    "priority": Label("优先级", "priority"),
    "state": Label("状态", "state"),
}
"""What a desk file names, where it is no key of the file itself."""
LISTS: Mapping[str, Label] = {
    "groups": Label("组", "groups"),
    "priorities": Label("优先级", "priorities"),
    "states": Label("状态", "states"),
    "fields": Label("字段", "fields"),
    "users": Label("账号", "accounts"),
    "tags": Label("标签", "tags"),
}
TARGETS: Mapping[str, Label] = {
    "group": Label("组", "the group"),
    "level": Label("响应级别", "the response level"),
    "priority": Label("优先级", "the priority"),
    "due": Label("期限", "the due date"),
    "breach": Label("超时标记", "the mark of a missed limit"),
    "tags": Label("标签", "tags"),
    "reason": Label("理由", "the reason"),
}
"""What is written into a ticket."""
FIELD_KINDS: Mapping[str, Label] = {
    "text": Label("文本", "text"),
    "choice": Label("选项", "choice"),
    "time": Label("日期时间", "date"),
    "flag": Label("勾选", "check box"),
    "number": Label("数字", "number"),
    "person": Label("人员", "person"),
}
"""Kinds of fields, by which connector files tell what a product's own types are (``lists``, ``type``)."""
_SECRETS = Label(
    "两边的密钥不一致，或地址中的令牌不对 → 把 desk 文件 secrets 所指的值重新填入工单系统的回调",
    "the two sides' secrets differ, or the token in the address is wrong → enter the value that secrets in "
    "the desk file points to in the helpdesk's webhook again",
)
REFUSALS: Mapping[str, Label] = {
    "signature-wrong": _SECRETS,
    "header-wrong": _SECRETS,
    "basic-wrong": _SECRETS,
    "token-wrong": _SECRETS,
    "signature-missing": Label(
        "请求没有签名：工单系统的回调没有填密钥，或请求不是它发的 → 在回调中填入密钥",
        "they were not signed: the helpdesk's webhook has no secret, or somebody else called → enter the "
        "secret in the webhook",
    ),
    "secret-missing": Label(
        "派单这边没有密钥的值 → 检查 desk 文件 secrets 所指之处",
        "the secret has no value on Paidan's side → see where secrets in the desk file points",
    ),
    "secret-unreadable": Label(
        "派单这边的密钥写法不对 → 按产品显示的原样存放，不增不减",
        "the secret on Paidan's side is not written as the product writes it → store it as it is shown there",
    ),
    "timestamp-missing": Label(
        "请求没有带可读的发送时间 → 检查回调的请求头设置，以及中间的代理",
        "they told no time of sending that can be read → see the headers of the webhook, and proxies between",
    ),
    "timestamp-outside-tolerance": Label(
        "发送时间与本机时间相差太大：时钟不一致，或请求是旧的 → 两边都运行 chrony",
        "they were sent too long ago, or in the future: the clocks differ, or somebody repeats an old one → "
        "run chrony on both sides",
    ),
    "too-large": Label(
        "请求体太大 → 让回调只带工单编号，或调高 PAIDAN_MAX_BODY",
        "they were too large → have the webhook carry little but the ticket's id, or raise PAIDAN_MAX_BODY",
    ),
    "method-not-used": Label(
        "请求方法不是该产品所用的 → 检查回调的请求方法（多为 POST）",
        "they came with a method the product does not use → see the method of the webhook, mostly POST",
    ),
    "address-wrong": Label(
        "来自 settings 所列网络以外的地址 → 补上工单系统的地址；若经过反向代理，设 PAIDAN_TRUSTED_PROXY",
        "they came from outside the networks under settings → add the helpdesk's address; behind a reverse "
        "proxy set PAIDAN_TRUSTED_PROXY",
    ),
    "no-check-configured": Label(
        "没有任何密钥可以证明回调的来源 → 在 desk 文件 secrets 中写上回调的密钥",
        "nothing secret tells a genuine webhook → name the webhook's secret under secrets in the desk file",
    ),
    "unknown-desk": Label(
        "该接入不接收回调 → 在工单系统中删去回调，或去掉 desk 文件中的 webhook: false",
        "this desk takes no webhooks → remove the webhook in the helpdesk, or take out webhook: false",
    ),
}
"""Why a delivery was refused, and what to do, by the code it was refused with."""
