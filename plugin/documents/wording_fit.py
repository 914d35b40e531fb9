"""Texts of documents that do not fit each other, fail their tests or read persons."""

from __future__ import annotations

FIT_TEXTS: dict[str, tuple[str, str, str, str]] = {
    # whether documents fit each other
    "unknown-document": (
        'there is no {what} "{given}"',
        "there are: {choices}",
        "没有{what}“{given}”",
        "现有：{choices}",
    ),
    "unknown-setting": (
        '{product} has no setting "{given}"',
        "it has: {choices}",
        "{product} 没有设置“{given}”",
        "它有：{choices}",
    ),
    "missing-setting": (
        '{product} needs "{given}" under {where}',
        'add "{given}: …"; the connector file says where to get it',
        "{product} 需要在 {where} 下写“{given}”",
        "补上“{given}: …”，从哪里取得见连接器文件",
    ),
    "one-sign": (
        '"{given}" must be shown by exactly one thing',
        "write one of: {choices}; several signs are a list",
        "“{given}”只能由一种方式表示",
        "只写其一：{choices}；多种方式请写成列表",
    ),
    "never-runs": (
        "this desk names no calendar, so these clocks of its plan never run: {clocks}",
        "add calendar: with the name of a file in calendars/",
        "该接入配置没有日历，预案中的这些时限永远不会计时：{clocks}",
        "加上 calendar: 并写 calendars/ 中的文件名",
    ),
    "cannot-write": (
        "nothing can write {given} in {product}",
        "remove it; it can take: {choices}",
        "{product} 不能写入 {given}",
        "删除它；可写入：{choices}",
    ),
    "field-needed": (
        "{product} has no field of its own for the {given}",
        "write {given}: {{field: …}} with the name of a field made for it",
        "{product} 没有现成的 {given} 字段",
        "写 {given}: {{field: …}}，填为它新建的字段名",
    ),
    "group-not-mapped": (
        'this desk says no helpdesk group for {groups} of the plan "{plan}"',
        "add a line for each: plan group, colon, helpdesk group",
        "没有写明预案“{plan}”的这些组对应帮助台的哪个组：{groups}",
        "每组补一行：预案的组、冒号、帮助台的组",
    ),
    "cannot-act-for": (
        '{key} names "{given}", which is no group of this desk',
        "write one of the plan's groups that stand under groups: {choices}",
        "{key} 中的“{given}”不是该接入的组",
        "写 groups 下预案的组之一：{choices}",
    ),
    "acts-anyway": (
        "act_for says nothing where mode is act: every ticket is acted on",
        "write mode: observe to act for these groups only, or remove act_for to act for all",
        "mode 为 act 时 act_for 不起作用：所有工单都会执行",
        "只想对这些组执行，请写 mode: observe；想对全部执行，请删除 act_for",
    ),
    "not-acted-on": (
        "act_since has an instant for {groups}, whose tickets are not acted on",
        "add the group to act_for, or remove this instant",
        "act_since 写了 {groups} 的时间，但它的工单并不执行",
        "把该组加入 act_for，或删除这个时间",
    ),
    "unranked-priority": (
        'nothing tells how high the priority "{given}" stands, so it could not be raised to',
        "use one of: {choices}; or list all the helpdesk has in write → priority_order, lowest first",
        "不知道优先级“{given}”排在第几，无法判断是否应调高",
        "可用：{choices}；或在 write → priority_order 中从低到高写出工单系统的全部优先级",
    ),
    "gap-left": (
        "{given} is not answered yet; names that came near: {near}",
        "write it where it belongs and take this line out; until then the desk can only observe",
        "{given} 尚未填写；相近的名称：{near}",
        "填到对应位置并删除这一行；在此之前该接入只能用 observe 模式",
    ),
    "gap-filled": (
        "{given} is answered by now",
        "take this line out of gaps",
        "{given} 已经填写",
        "从 gaps 中删除这一行",
    ),
    "unknown-to-plan": (
        'the rules set "{given}", which neither the plan "{plan}" nor a later step reads',
        "correct the name, or declare it under facts of the plan; it knows: {choices}",
        "规则设置了“{given}”，但预案“{plan}”和后面的步骤都不读它",
        "改正名称，或在预案的 facts 中声明；现有：{choices}",
    ),
    "no-fallback": (
        "no event type takes what no other takes",
        "give the last one fallback: true",
        "没有兜底的事件类型",
        "给最后一个写 fallback: true",
    ),
    "level-without-lead": (
        'nobody leads at level "{given}"',
        "add lead: and a group",
        "级别“{given}”没有牵头的组",
        "补上 lead: 和一个组",
    ),
    "never-reached": (
        'rule "{given}" never decides: "{earlier}" ({first}) takes every ticket it would, such as {example}',
        "move it before the other, narrow the other, or remove one of the two",
        "规则“{given}”永远轮不到：它要管的工单都归“{earlier}”（{first}），例如 {example}",
        "把它移到前面，或收窄另一条，或删除其中一条",
    ),
    "unused-list": (
        'nothing uses the word list "{given}"',
        "refer to it as ${given}, or remove it",
        "词表“{given}”没有被使用",
        "用 ${given} 引用它，或删除它",
    ),
    "unused-part": (
        'no file includes the part "{given}"',
        "include it, or remove it",
        "没有文件引入公共部分“{given}”",
        "用 include 引入它，或删除它",
    ),
    # tests of a rules file
    "test-failed": (
        'test "{given}" expects {field} {wanted} but gets {found}',
        "correct the rule or the test; paidan explain shows why",
        "测试“{given}”要求 {field} 为 {wanted}，实际为 {found}",
        "改正规则或测试；paidan explain 会说明原因",
    ),
    "test-decided-by": (
        'test "{given}" expects step {step} to be decided by {wanted}; it was {found}',
        "correct the rule or the test",
        "测试“{given}”要求步骤 {step} 由 {wanted} 决定，实际是 {found}",
        "改正规则或测试",
    ),
    "person-changes-decision": (
        'the matter of test "{given}" is decided differently after a change of {of}',
        "find the word that reads the person, and remove it; such rules are not published",
        "测试“{given}”的事项不变，只改动{of}，结果就不同",
        "找出读取个人特征的词并删除；这样的规则不能发布",
    ),
    # guards
    "person-word": (
        '"{given}" reads {of} ("{word}"); rules read matters, never persons',
        "use what happened, where, how many, or for how long nobody answered; this cannot be switched off",
        "“{given}”读取的是{of}（“{word}”）；规则只看事项，不看人",
        "改用事情、地点、人数或多久没有答复；此项检查不能关闭",
    ),
    # desks
    "literal-secret": (
        "a secret stands here in the open",
        "write the name of where it is kept, env:NAME or file:/path; then change the secret",
        "这里直接写了密钥",
        "改写为存放处的名称：env:名称 或 file:/路径，并更换这个密钥",
    ),
    "secret-in-url": (
        "the address holds a user name or password",
        "take it out; secrets are named under secrets",
        "地址里含有用户名或密码",
        "删除它；密钥的名称写在 secrets 下",
    ),
    "bad-url": (
        "this is not the address of a helpdesk",
        "write https:// or http:// and the host, without ? and #",
        "这不是帮助台的地址",
        "写 https:// 或 http:// 加主机名，不含 ? 和 #",
    ),
    "odd-address": (
        "this is another spelling of the address {usual}",
        "write {usual}, so that everybody reads what is called",
        "这是地址 {usual} 的另一种写法",
        "改写成 {usual}，所见即所访问",
    ),
    "bad-proxy": (
        "this is not the address of a proxy",
        "write http:// or https://, the host and the port; where it holds a login, env:NAME or file:/path",
        "这不是代理的地址",
        "写 http:// 或 https:// 加主机名和端口；带登录信息时写 env:名称 或 file:/路径",
    ),
    "secret-in-proxy": (
        "the proxy's address holds a user name or password",
        "put all of it into a secret, write its name, env:NAME or file:/path; then change the password",
        "代理地址里含有用户名或密码",
        "把整个地址放入密钥，这里只写名称：env:名称 或 file:/路径，并更换密码",
    ),
    "other-name": (
        'this file calls itself "{given}" but is named {file}',
        "make the two the same, or remove the line",
        "文件自称“{given}”，但文件名是 {file}",
        "改成一致，或删除这一行",
    ),
}
