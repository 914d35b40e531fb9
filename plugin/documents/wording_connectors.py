"""Texts of the problems only connector files can have; ``wording`` takes them into its one table."""

from __future__ import annotations

CONNECTOR_TEXTS: dict[str, tuple[str, str, str, str]] = {
    "bad-path": (
        '"{given}" is not a path from character {column} on',
        "write names with dots, items as [0] or [*], a choice as [name=value]",
        "“{given}”从第 {column} 个字符起不是路径",
        "名称用点分隔，条目写 [0] 或 [*]，挑选写 [name=value]",
    ),
    "one-method": (
        "a request has exactly one method and path",
        "write one of: {choices}",
        "每个请求只能有一个方法和路径",
        "写其中一个：{choices}",
    ),
    "path-not-absolute": (
        '"{given}" does not begin with /',
        "write the path below the desk's url, such as /api/tickets/${{id}}",
        "“{given}”没有以 / 开头",
        "写接入地址之后的路径，如 /api/tickets/${{id}}",
    ),
    "verb-missing": (
        "nothing says how {given} is written",
        "describe it under targets or note, or say under cannot what follows from its absence",
        "没有说明如何写入 {given}",
        "在 targets 或 note 中描述，或在 cannot 中说明做不到及其后果",
    ),
    "secret-not-declared": (
        'the secret "{given}" is not among the settings',
        "declare it under settings with secret: true; there are: {choices}",
        "密钥“{given}”不在设置项中",
        "在 settings 中声明并写 secret: true；已有：{choices}",
    ),
    "secret-unset": (
        'the secret "{given}" ({where}) has no value here',
        "set the environment variable, or put the file in place, and start again",
        "密钥“{given}”（{where}）在这里没有值",
        "设置该环境变量或放好文件后重新启动",
    ),
    "secret-unreadable": (
        'the file of the secret "{given}" ({where}) cannot be read: {why}',
        "name a text file in UTF-8 that the account of Paidan may read",
        "密钥“{given}”的文件（{where}）无法读取：{why}",
        "改为派单账号可读的 UTF-8 文本文件",
    ),
    "secret-lines": (
        'the secret "{given}" ({where}) holds more than one line, or an invisible character',
        "leave only the secret itself, on one line",
        "密钥“{given}”（{where}）不止一行，或含有不可见字符",
        "只保留密钥本身，写在一行里",
    ),
    "secret-open": (
        'every account of this machine may read the file of the secret "{given}" ({where})',
        "leave it to the account of Paidan alone: chmod 600, or close its folder to others",
        "本机所有账号都能读取密钥“{given}”的文件（{where}）",
        "只留给派单的账号：chmod 600，或不让其他账号进入其文件夹",
    ),
    "bad-ca": (
        "the certificates in {given} cannot be used: {why}",
        "name a readable file with the PEM certificate of the authority (-----BEGIN CERTIFICATE-----)",
        "{given} 中的证书无法使用：{why}",
        "写一个可读的文件，内含 CA 的 PEM 证书（-----BEGIN CERTIFICATE-----）",
    ),
    "no-check": (
        "nothing here tells a genuine webhook from a forged one",
        "give at least one of these secrets: {choices}",
        "没有任何密钥可以辨别回调的真伪",
        "至少配置其中一个密钥：{choices}",
    ),
    "no-verify": (
        "nothing tells a genuine webhook of this product",
        "describe it under verify, or say under cannot: webhook what follows from there being none",
        "没有说明如何辨别该产品回调的真伪",
        "在 verify 中描述，或在 cannot: webhook 中说明没有回调及其后果",
    ),
    "hears-nothing": (
        "this desk takes no webhooks and asks for no changes: it never hears of a ticket",
        "let {product} send webhooks, or have it asked with reconcile: {{every: 60s}}",
        "此接入既不接收回调，也不查询变化，永远不会得知工单",
        "让 {product} 发送回调，或写 reconcile: {{every: 60s}} 定时查询",
    ),
    "bad-network": (
        '"{given}" names no networks',
        "write them as 192.0.2.0/24 or 2001:db8::/32, with commas between several",
        "“{given}”不是网段",
        "写成 192.0.2.0/24 或 2001:db8::/32，多个用逗号分隔",
    ),
    "secret-in-body": (
        "a secret stands outside the headers",
        "secrets belong into auth or headers only",
        "密钥出现在请求头以外",
        "密钥只能写在 auth 或 headers 中",
    ),
    "which-variant": (
        '"{given}" comes in variants',
        "name one of them: {choices}",
        "“{given}”有多个变体",
        "写明其中一个：{choices}",
    ),
    "broken-connector": (
        'the file of the connector "{given}" has mistakes, first at {where}',
        "correct them; paidan check shows them all",
        "连接器“{given}”的文件有错误，第一处在 {where}",
        "先改正；paidan check 会全部列出",
    ),
    "bad-id-form": (
        '"{given}" does not say which part of it is the id',
        "put the id into a group, or each of its parts into a named group; parts: {choices}",
        "“{given}”没有指明哪一部分是工单号",
        "用分组括出工单号，或用命名分组括出其各部分：{choices}",
    ),
    "unknown-id-part": (
        'no part of an id is called "{given}"',
        "make it a named group of id_pattern; there are: {choices}",
        "工单号没有名为“{given}”的部分",
        "在 id_pattern 中写成命名分组；已有：{choices}",
    ),
    "unknown-step": (
        'no read step is called "{given}"',
        "begin paths with the name of a read step; there are: {choices}",
        "没有名为“{given}”的读取步骤",
        "路径以读取步骤名开头；已有：{choices}",
    ),
    "unknown-snippet": (
        'the setup text names a snippet "{given}" that is not there',
        "write the text under snippets; there are: {choices}",
        "setup 引用的粘贴文本“{given}”不存在",
        "在 snippets 下写出该文本；已有：{choices}",
    ),
    "unknown-list": (
        'there is no list "{given}" under lists',
        "describe it there; described are: {choices}",
        "lists 下没有“{given}”",
        "请在 lists 下描述；已有：{choices}",
    ),
    "not-a-day": (
        '"{given}" is not a day',
        "write it as 2026-11-25",
        "“{given}”不是日期",
        "写成 2026-11-25",
    ),
}
