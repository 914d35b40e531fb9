"""What ``paidan connect`` says; ``disconnect_words`` has what is said on the way back."""

from __future__ import annotations

from collections.abc import Mapping

from plugin.cli.answer_words import ANSWER_TEXTS
from plugin.core.label import Label
from plugin.desk.slot_words import RIGHTS

TEXTS: Mapping[str, Label] = {
    **ANSWER_TEXTS,
    # what is asked
    "ask_address": Label("工单系统的网址（如 https://desk.example.org）", "Address of the helpdesk"),
    "ask_desk": Label("给这个接入起个名字", "A name for this connection"),
    "ask_secret": Label("{title}（输入不显示）", "{title} (what you type is not shown)"),
    "ask_setting": Label("{title}", "{title}"),
    "ask_choice": Label("{what}（{choices}）", "{what} ({choices})"),
    "several": Label("有几种连接器符合，请选一种：", "Several connectors fit; choose one:"),
    "took": Label(
        "采用 {product}（同样符合：{others}；用 --product 选择）",
        "{product} is taken ({others} would fit too; --product chooses)",
    ),
    "ask_product": Label("是哪一种（{choices}）", "Which is it ({choices})"),
    "ask_moved": Label(
        "该网址指向 {url}，令牌将发往那里，改用它？",
        "This address points to {url}, where the token would go; use that?",
    ),
    "ask_above": Label(
        "{given} 是工单系统里的一个页面，系统的网址是 {url}；改用它？",
        "{given} is a page of the helpdesk, which stands at {url}; use that?",
    ),
    "above": Label(
        "{given} 是工单系统里的一个页面 → 改用系统的网址 {url}",
        "{given} is a page of the helpdesk → {url} is used, where the helpdesk stands",
    ),
    "ask_private": Label(
        "{url} 指向内网地址；工单系统确实在自己的内网里吗？",
        "The name {url} leads to a private address; does the helpdesk stand in your own network?",
    ),
    "private": Label(
        "{url} 指向内网地址 → 若工单系统确实在自己的内网里，加 --own-network",
        "The name {url} leads to a private address → if it stands in your own network, give --own-network",
    ),
    "ask_go_on": Label("仍然继续？", "Go on all the same?"),
    "ask_write": Label("写入 {file}？", "Write {file}?"),
    "ask_overwrite": Label("{file} 已存在，覆盖？", "{file} is there already; overwrite it?"),
    "ask_install": Label("在工单系统中新建以上内容？", "Make these in the helpdesk?"),
    "ask_test": Label("建一张测试工单走一遍？", "Send a test ticket through?"),
    "ask_remove": Label("删除以上内容？", "Remove these?"),
    "plan": Label("预案", "plan"),
    "rules": Label("规则", "rules"),
    "calendar": Label("日历", "calendar"),
    "groups": Label("工单系统的组：{names}", "Groups of the helpdesk: {names}"),
    "fields": Label("工单系统的字段：{names}", "Fields of the helpdesk: {names}"),
    "help": Label("  {text}", "  {text}"),
    # what is found
    "product": Label("{title} {version}", "{title} {version}"),
    "no_version": Label("（产品不告知版本）", "(the product does not tell its version)"),
    "unverified": Label(
        "注意：该连接器实际运行过的版本是 {versions}，这里是 {version}",
        "Note: this connector ran against {versions}; here is {version}",
    ),
    "documented": Label(
        "注意：该连接器依据文档编写，尚未对真实产品运行过",
        "Note: this connector was written from documents; it never ran against the real product",
    ),
    "account": Label("令牌属于 {name}（{account}）", "The token is that of {name} ({account})"),
    "no_account": Label(
        "不知道令牌属于哪个账号：分不清哪些备注是派单自己写的 → 用 --set account=… 给出",
        "Whose token it is is not known: Paidan cannot tell its own notes from others' → give --set "
        "account=…",
    ),
    "may": Label("令牌可以：{rights}", "The token may: {rights}"),
    "may_not": Label(
        "令牌不可以：{rights} → 给该账号相应权限",
        "The token may not: {rights} → give its account the right",
    ),
    "too_much": Label(
        "令牌还可以{rights}：日常工作用不到 → 为派单另建一个没有这些权限的账号",
        "The token may even {rights}: daily work needs nothing of it → give Paidan an account without that",
    ),
    "no_rights": Label(
        "产品不告知令牌的权限；测试工单会显示出来",
        "What the token may do is not told; a test ticket will show it",
    ),
    **RIGHTS,
    "lists": Label("列出：{counts}", "Listed: {counts}"),
    "list_groups": Label("{n} 个组", "{n} groups"),
    "list_priorities": Label("{n} 个优先级", "{n} priorities"),
    "list_states": Label("{n} 个状态", "{n} states"),
    "list_fields": Label("{n} 个字段", "{n} fields"),
    "list_users": Label("{n} 个账号", "{n} accounts"),
    "list_tags": Label("{n} 个标签", "{n} tags"),
    "unseen": Label("看不到 {what}：令牌没有权限", "{what}: the token may not see them"),
    "unseen_why": Label(
        "{what} 列不出来：{why} → 检查令牌的权限，以及 --set 给出的名称",
        "{what} cannot be listed: {why} → check the token's rights, and the names given with --set",
    ),
    "cannot_list": Label("{why}", "{why}"),
    # what is written
    "proposed": Label("接入配置（{file}）：", "The desk file ({file}):"),
    "written": Label(
        "已写入 {file}（observe 模式：只判断、只显示）",
        "Written: {file} (mode observe: it decides and shows)",
    ),
    "secret_written": Label(
        "密钥存于 {file}（仅本账号可读）",
        "Secret kept in {file} (only this account can read it)",
    ),
    "dry": Label("以上只是预演，没有写入或新建任何内容", "This was a dry run: nothing was written or made"),
    "install": Label("可以用接口新建：", "The API can make:"),
    "install_there": Label("  {title}：已有", "  {title}: is there"),
    "install_idle": Label(
        "  {title}：已有（{id}），但已停用 → 请到工单系统中启用；不会另建",
        "  {title}: is there ({id}), but switched off → switch it on in the helpdesk; no other one is made",
    ),
    "install_new": Label("  {title}：将新建", "  {title}: will be made"),
    "install_needs": Label(
        "  {title}：需要另一个令牌 → --set {needs}=env:…",
        "  {title}: needs another token → --set {needs}=env:…",
    ),
    "install_denied": Label(
        "  {title}：令牌无权新建 → 请管理员手工完成，或换一个管理员令牌再运行",
        "  {title}: the token may not make it → make it by hand, or run this again with another token",
    ),
    "install_unlisted": Label(
        "  {title}：该版本不列出已有的，无法避免重复新建 → 请手工完成",
        "  {title}: this version does not tell what is there: it might be made twice → do it by hand",
    ),
    "made": Label("  {title}：已新建（{id}）", "  {title}: made ({id})"),
    "not_made": Label("  {title}：没有建成：{why}", "  {title}: could not be made: {why}"),
    "by_hand": Label("请在工单系统中完成：", "To be done in the helpdesk, by hand:"),
    "poll_only": Label(
        "该产品没有回调，派单自己定期查看变化：{why}",
        "This product sends no webhooks; Paidan looks for changes by itself: {why}",
    ),
    "asked_only": Label(
        "不用回调：派单每 {every} 秒向工单系统查询一次变化（webhook: false）",
        "No webhooks: Paidan asks the helpdesk every {every} s what changed (webhook: false)",
    ),
    # trying it
    "serving": Label("已有派单在运行，使用同一个案卷库", "A Paidan is running on this case book"),
    "started": Label("为测试启动了派单：{url}", "Started a Paidan for the time of the test: {url}"),
    "not_started": Label("派单没能启动：{why}", "Paidan could not be started: {why}"),
    "port_taken": Label(
        "{host}:{port} 已被别的程序占用，且它不使用这个案卷库 → 用 PAIDAN_PORT 换一个端口",
        "Something that does not use this case book listens at {host}:{port} → choose another PAIDAN_PORT",
    ),
    "not_taken_up": Label(
        "运行中的派单没有接受这个接入 → 看它的日志；env: 密钥要在它自己的环境里",
        "The running Paidan has not taken up this desk → see its log; env: secrets must be in its own "
        "environment",
    ),
    "waiting": Label(
        "等待第一次真实的回调（最多 {seconds} 秒；回车跳过）……",
        "Waiting for a genuine webhook ({seconds} s at most; Enter goes on) …",
    ),
    "waiting_only": Label(
        "等待第一次真实的回调（最多 {seconds} 秒）……",
        "Waiting for a genuine webhook ({seconds} s at most) …",
    ),
    "heard": Label("收到第一次真实的回调", "A genuine webhook arrived"),
    "not_heard": Label(
        "还没有收到回调 → 若工单系统不能调用派单，改为定时查询：connect --no-webhook（webhook: false）",
        "No webhook arrived yet → where the helpdesk cannot call Paidan, it can be asked for changes: "
        "connect --no-webhook (webhook: false)",
    ),
    "refused": Label(
        "{n} 次回调被拒绝（{code}）→ 密钥或地址与上面给出的不同",
        "{n} deliveries were refused ({code}) → the secret or address is not the one given above",
    ),
    "unreadable": Label(
        "{n} 次回调真实但读不出工单号",
        "{n} deliveries were genuine, but no ticket could be read from them",
    ),
    "ticket": Label("已建测试工单 {id}：{url}", "Test ticket {id}: {url}"),
    "ticket_failed": Label("测试工单没能建成：{why}", "The test ticket could not be made: {why}"),
    "no_ticket_shape": Label(
        "该产品没有描述测试工单；请自己建一张",
        "This product describes no test ticket; open one yourself",
    ),
    "came_hook": Label(
        "回调 {heard} 秒后到达，{decided} 秒后作出判断",
        "The webhook came after {heard} s, decided after {decided} s",
    ),
    "came_poll": Label(
        "没有回调；派单自己查看时发现了它，{decided} 秒后作出判断 → 回调还没有设好；设不了就用 --no-webhook",
        "No webhook came; Paidan's own look found it, decided after {decided} s → the webhook is not "
        "set up yet; where the helpdesk cannot call Paidan, connect it with --no-webhook",
    ),
    "came_asked": Label(
        "派单查询时发现了它，{decided} 秒后作出判断",
        "Paidan asked and found it, decided after {decided} s",
    ),
    "came_unread": Label(
        "工单到了，但还没有作出判断：{why}",
        "The ticket arrived, but is not decided: {why}",
    ),
    "came_not": Label(
        "{seconds} 秒内什么也没有到：没有回调，自己查看也没有发现",
        "Nothing came within {seconds} s: no webhook, and Paidan's own look did not find it",
    ),
    "closed": Label("测试工单已关闭", "The test ticket is closed again"),
    "left_open": Label(
        "测试工单不能经由接口关闭 → 请手工关闭：{url}",
        "The test ticket cannot be closed by the API → close it by hand: {url}",
    ),
    "not_closed": Label(
        "测试工单没能关闭（{why}）→ 请手工关闭",
        "The test ticket could not be closed ({why}) → close it by hand",
    ),
    "next": Label(
        "接着：\n"
        "  paidan serve → 让它一直运行，见 docs/deploy\n"
        "  paidan doctor {desk} → 接入是否仍然合适；改过文件后用 paidan check\n"
        "  paidan explain {ticket} --desk {desk} → 它读到什么，会怎么做；不发送任何内容\n"
        "  docs/notify.md、docs/rosters.md → 期限到了通知谁，用什么方式\n"
        "  paidan review {desk} → 收到一些工单之后，与人工处理对比\n"
        "  paidan act {desk} --group {group} → 再按组逐个启用，或 --all",
        "Next:\n"
        "  paidan serve → leave it running, see docs/deploy\n"
        "  paidan doctor {desk} → whether all fits; paidan check after a change of a file\n"
        "  paidan explain {ticket} --desk {desk} → what it read and would do; nothing is sent\n"
        "  docs/notify.md, docs/rosters.md → who is told when a limit runs out, and how\n"
        "  paidan review {desk} → after some tickets: beside what people did\n"
        "  paidan act {desk} --group {group} → then switch it on, group by group, or --all",
    ),
    # what is wrong
    "missing": Label("缺少：", "Missing:"),
    "missing_option": Label("  {option}：{title}", "  {option}: {title}"),
    "needs_yes": Label(
        "没有终端可以回答“{question}”→ 加 --yes",
        'There is no terminal to answer "{question}" → add --yes',
    ),
    "needs_overwrite": Label(
        "{file} 已存在 → 用 --overwrite 覆盖，或用 --desk 换个名字",
        "{file} is there already → give --overwrite, or another name with --desk",
    ),
    "bad_address": Label("{what}：{why} → {advice}", "{what}: {why} → {advice}"),
    "bad_desk": Label(
        "“{given}”不能作名字 → 小写字母开头，只含小写字母、数字和 -",
        '"{given}" is no name → lower-case letters, digits and -, a letter first',
    ),
    "bad_set": Label("“{given}” → 写成 名称=值", '"{given}" → write NAME=VALUE'),
    "unknown_set": Label(
        "{product} 没有设置“{given}”→ 它有：{choices}",
        '{product} has no setting "{given}" → it has: {choices}',
    ),
    "literal": Label(
        "命令行上的密钥人人可见 → {name} 写 env:名称 或 file:/路径",
        "A secret on the command line is seen by all → give {name} as env:NAME or file:/path",
    ),
    "empty_secret": Label("{name}（{where}）在这里没有值", "{name} ({where}) has no value here"),
    "unsafe": Label(
        "{name} 只能用字母、数字、. _ ~ -，至少 16 位（它要粘贴到工单系统中）",
        "{name}: letters, digits, . _ ~ - only, 16 at least (it is pasted into the helpdesk)",
    ),
    "unknown": Label(
        "没有{what}“{given}”→ 可用：{choices}",
        'There is no {what} "{given}" → there are: {choices}',
    ),
    "number_needed": Label(
        "{what}：“{given}”不是编号；{product} 的接口只认组的编号，现在也列不出名称 → 写编号",
        '{what}: "{given}" is no number; {product} knows groups by number and now lists no names → give one',
    ),
    "not_found": Label(
        "{url} 上的产品认不出来，问过：",
        "No product known here answers at {url}; asked were:",
    ),
    "tried": Label("  {request} → {answer}", "  {request} → {answer}"),
    "page": Label("{status}，一个网页", "{status}, a web page"),
    "points_to": Label("{answer}，指向 {where}（不跟随）", "{answer}, points to {where} (not followed)"),
    "generic": Label(
        "→ 检查网址（有的产品在 /rt、/helpdesk 之类的路径下）；用 --product 直接指定；没有对应产品时用 "
        "generic，见 docs/connect.md",
        "→ check the address (some products live under a path such as /rt); name it with --product; "
        "for a product that is not here use generic, see docs/connect.md",
    ),
    "lacks": Label("{why}", "{why}"),
    "does_not_fit": Label("{url} 看起来不是 {product}", "{url} does not look like {product}"),
    "moved": Label(
        "该网址指向 {url} → 用它作为网址",
        "This address points to {url} → use that as the address",
    ),
    "token_wrong": Label(
        "工单系统不认这个令牌（401）→ 检查是否完整、过期、属于这个系统",
        "The helpdesk does not know this token (401) → is it whole, still valid, and of this helpdesk?",
    ),
    "token_may_not": Label(
        "令牌没有权限（403，{request}）→ 需要：{scopes}",
        "The token may not do this (403, {request}) → it needs: {scopes}",
    ),
    "no_groups": Label(
        "看不到任何组 → 给令牌的账号查看组的权限，或用 --map groups.{group}=名称 给出",
        "No group can be seen → let the token's account see them, or give --map groups.{group}=NAME",
    ),
    "no_read": Label(
        "令牌读不了工单 → 给该账号查看工单的权限",
        "The token cannot read tickets → let its account see them",
    ),
    "not_json": Label(
        "{request} 的应答不是接口数据 → 网址是否指向登录页或别的系统？",
        "The answer to {request} is not that of an API → does the address lead to a login page or "
        "another system?",
    ),
    "helpdesk": Label("工单系统没有照办：{detail}", "The helpdesk did not do it: {detail}"),
    "unreachable": Label("连不上 {url}：{why}", "{url} cannot be reached: {why}"),
    "tls": Label(
        "证书对这个网址无效 → 检查网址；内部证书用 --ca 指明 CA 文件",
        "the certificate is not valid for this address → check it; for a certificate of your own give "
        "--ca FILE",
    ),
    "no_tls": Label(
        "这个端口没有 TLS 加密连接（需要 TLS 1.2 以上）→ 检查网址是 https 还是 http",
        "there is no TLS at this port (1.2 or newer is needed) → is the address https or http?",
    ),
    "no_connection": Label(
        "没有连接 → 检查主机名、端口、防火墙，或用 --proxy",
        "no connection → check host, port and firewall, or give --proxy",
    ),
    "too_slow": Label("没有在时限内回答", "it did not answer in time"),
    "broke_off": Label("连接中途断开", "the connection broke off"),
    "proxy": Label("代理没有回答", "the proxy does not answer"),
    "cut": Label("中途断开，没有写入任何内容：{why}", "Broken off; nothing was written: {why}"),
    "cut_later": Label(
        "中途断开；接入配置已写入，重新运行会接着做：{why}",
        "Broken off; the desk file is written, running this again goes on from here: {why}",
    ),
    "bad_documents": Label(
        "配合现有文件检查时有错，没有写入：",
        "With the other documents this has errors; nothing was written:",
    ),
    "file": Label("写不了文件：{detail}", "A file cannot be written: {detail}"),
    "left_elsewhere": Label(
        "  {title}（{id}）：建在 {url}，不在 {now}；它留在那里，派单不会去删 → 请到那里手工删除",
        "  {title} ({id}): was made at {url}, not at {now}; it stays there → remove it there by hand",
    ),
    "bad_record": Label(
        "connect 所建内容的记录读不懂（{detail}）→ 用备份恢复该文件；没有备份就移开它，所记内容须手工删除",
        "The record of what connect made cannot be read ({detail}) → bring the file back from a backup; "
        "without one move it away, and remove in the helpdesk by hand what it names",
    ),
    "file_later": Label(
        "接入配置已写入，但随后写不了文件：{detail} → 解决后加 --overwrite 重新运行；已建的不会重复新建",
        "The desk file is written, but another file could not be: {detail} → mend that and run this again "
        "with --overwrite; what is made already is not made twice",
    ),
}
"""Key → what is said, with its slots."""

REASONS: Mapping[str, str] = {
    "the certificate is not valid for this address": "tls",
    "no connection in time": "no_connection",
    "the connection failed": "no_connection",
    "no answer in time": "too_slow",
    "it took longer than allowed": "too_slow",
    "the answer broke off": "broke_off",
    "the proxy does not answer": "proxy",
}
"""What the client says of a failed call → the key of its words."""
PARTS: Mapping[str, str] = {"encrypted connection": "no_tls", "certificate": "tls"}
"""Parts of what it says, where that holds more → the key."""
