"""What a look at a desk found, and what to do about it, in Chinese and English."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from plugin.core.label import Label
from plugin.desk.findings import Finding
from plugin.desk.slot_words import FIELD_KINDS, LISTS, REFUSALS, RIGHTS, TARGETS, THINGS

TEXTS: Mapping[str, Label] = {
    "product-only": Label("{product}（产品不告知版本）", "{product} (it does not tell its version)"),
    "product": Label("{product}，版本 {version}", "{product}, version {version}"),
    "unreachable": Label(
        "{url} 连不上（{why}）→ 检查 desk 文件的 url、网络、代理（proxy）和证书（ca）",
        "{url} cannot be reached ({why}) → check url, the network, proxy and ca in the desk file",
    ),
    "moved": Label(
        "{url} 指向 {where} → 在 desk 文件中把 url 改成后者",
        "{url} points to {where} → write that as url in the desk file",
    ),
    "points-away": Label(
        "{url} 把请求引向别处（{where}），可能是登录页 → 在 url 中写工单系统接口自己应答的地址；"
        "令牌不会发往别处",
        "{url} sends whoever asks to {where}, perhaps to sign in → write the address at which the helpdesk's "
        "API itself answers as url; the token is sent nowhere else",
    ),
    "not-the-product": Label(
        "该地址没有 {product} 的标志（已问：{tried}）→ 检查 url 的主机、端口和路径",
        "nothing at this address looks like {product} (asked: {tried}) → check host, port and path of url",
    ),
    "other-version": Label(
        "版本 {version} 未经验证（已验证：{verified}）→ 先用 mode: observe 试一段时间",
        "version {version} was never verified ({verified} was) → try it in mode: observe first",
    ),
    "in-the-clear": Label(
        "{url} 不加密，令牌可被途中读取 → 改用 https",
        "{url} is not encrypted: the token can be read on the way → use https",
    ),
    "token-refused": Label(
        "令牌被拒绝 {detail} → 新建令牌，放到 desk 文件 secrets 所指之处",
        "the token is refused {detail} → make a new one and put it where secrets in the desk file points",
    ),
    "account": Label("令牌属于 {account}", "the token is {account}'s"),
    "account-missing": Label(
        "desk 文件没有写明派单的账号，自己写的内容会被当作别人的 → 在 settings 中加 account: {account}",
        "the desk file does not say who Paidan is: its own words would be taken for another's → add "
        "account: {account} under settings",
    ),
    "account-other": Label(
        "settings.account 是 {given}，令牌却属于 {account} → 改成 account: {account}，或换用 {given} 的令牌",
        "settings.account is {given}, but the token is {account}'s → write account: {account}, or use a "
        "token of {given}",
    ),
    "account-unknown": Label(
        "该产品不告知令牌属于谁，desk 文件也没有写 → 在 settings 中写 account",
        "the product does not tell whose token it is, nor does the desk file → write account under settings",
    ),
    "token-may": Label("令牌可以：{means}", "the token may: {means}"),
    "token-may-not": Label(
        "令牌不能{means} → 给派单的账号加上相应权限，见 docs/helpdesks/ 中该产品一页",
        "the token may not {means} → give Paidan's account that right; see the product's page in "
        "docs/helpdesks/",
    ),
    "token-may-too-much": Label(
        "令牌还能{means}，派单用不到 → 换用权限更小的账号",
        "the token may also {means}, which Paidan never needs → use an account with fewer rights",
    ),
    "clock": Label("时钟一致", "the clocks agree"),
    "clock-off": Label(
        "工单系统的时钟与本机相差 {seconds} 秒 → 两边都运行 chrony；超过 120 秒派单不再写入",
        "the helpdesk's clock is {seconds} seconds off → run chrony on both; beyond 120 nothing is written",
    ),
    "changes": Label("可以查询变化的工单", "changed tickets can be listed"),
    "changes-refused": Label(
        "变化列表被拒绝（{why}）→ 漏掉的回调无法补上；给账号加上搜索权限",
        "the list of changed tickets is refused ({why}) → lost webhooks would not be made up for; give the "
        "account the right to search",
    ),
    "names": Label("{count} 个名称在工单系统中存在", "{count} names are there"),
    "name-gone": Label(
        "{what}“{given}”在工单系统中不存在 → {near}；现有：{there}",
        '{what} "{given}" does not exist in the helpdesk → {near}there are: {there}',
    ),
    "number-for-name": Label(
        "{what} 写的是编号 {given} → 写名称“{name}”",
        '{what} is given as the number {given} → write its name, "{name}"',
    ),
    "choice-gone": Label(
        "字段“{field}”不接受“{given}” → 在工单系统中加上该选项，或改 write.level.values；现有：{there}",
        'the field "{field}" does not take "{given}" → add it to its choices, or change write.level.values; '
        "there are: {there}",
    ),
    "field-type": Label(
        "字段“{field}”的类型是“{type}”，装不下{target} → 换一个文本或选项字段"
        "（期限用日期时间或文本，理由用文本）",
        'the field "{field}" is of the type "{type}" and cannot hold {target} → use a text or a choice (for '
        "the due date a date or a text, for the reason a text)",
    ),
    "field-unlisted": Label(
        "fields.{field} 读取的“{given}”不在工单系统的字段列表中，近期也没有工单可以核对 → 检查字段是否还在",
        'fields.{field} reads "{given}", which the helpdesk does not list, and there is no ticket of late to '
        "look at → see whether there still is such a field",
    ),
    "field-of-person": Label(
        "fields.{field} 在工单系统中叫“{label}”，与人有关，不会被读取 → 从 desk 文件中删去",
        'fields.{field} is called "{label}" in the helpdesk, which tells of a person: it is not read → take '
        "it out of the desk file",
    ),
    "list-denied": Label(
        "令牌看不到{list}列表：改名无法提前发现；工单上只有编号的，一张也读不了 → 给账号加上读取权限",
        "the token may not see the list of {list}: a renamed one shows only when a ticket meets it, and "
        "where tickets hold nothing but numbers none can be read → give the account the right to see it",
    ),
    "calls-left": Label("剩余调用 {left} 次", "{left} calls left"),
    "few-calls-left": Label(
        "只剩 {left} 次调用（共 {limit}）→ 降低 limits.per_minute，或请工单系统提高限额",
        "only {left} of {limit} calls are left → lower limits.per_minute, or have the helpdesk allow more",
    ),
    "polled": Label("不用回调，每 {every} 秒查看一次", "no webhooks: looked at every {every} seconds"),
    "deaf": Label(
        "既无回调也不查看变化 → 配置回调密钥，或去掉 reconcile: false",
        "neither webhooks nor looks: nothing is ever heard of → give a webhook secret, or take out "
        "reconcile: false",
    ),
    "heard": Label("最近一次回调在 {minutes} 分钟前", "the last webhook came {minutes} minutes ago"),
    "no-hook-yet": Label(
        "还没有收到过回调 → 按 docs/helpdesks/ 中该产品一页设置；在此之前靠定期查看",
        "no webhook ever came → set it up as the product's page in docs/helpdesks/ says; until then looks do",
    ),
    "no-hook-no-look": Label(
        "还没有收到过回调，也不定期查看变化：在收到回调之前，什么工单都不知道 → 按 docs/helpdesks/ 中该产品"
        "一页设置回调；若写了 reconcile: false，也可去掉",
        "no webhook ever came, and nobody looks for changes: until one comes no ticket is heard of → set it "
        "up as the product's page in docs/helpdesks/ says; or take reconcile: false out, where it stands",
    ),
    "hooks-refused": Label(
        "自上次有效回调以来拒绝了 {count} 次：{why}",
        "{count} calls of the webhook's address were refused since the last good one: {why}",
    ),
    "hooks-missed": Label(
        "最近一天有 {count} 次变化没有回调，查看时才发现 → 检查工单系统的回调日志",
        "{count} changes of the last day came without a webhook, found by looking → see the helpdesk's log "
        "of webhooks",
    ),
    "trip-refused": Label(
        "等待测试工单期间拒绝了 {count} 次回调：{why}",
        "while the test ticket was waited for, {count} calls of the webhook's address were refused: {why}",
    ),
    "trip": Label(
        "测试工单 {ticket}：回调 {heard} 秒后到达，{decided} 秒后已判定",
        "test ticket {ticket}: its webhook came after {heard} s, it was decided after {decided} s",
    ),
    "trip-polled": Label(
        "测试工单 {ticket}：{decided} 秒后查看时发现并判定",
        "test ticket {ticket}: found by looking and decided after {decided} s",
    ),
    "trip-by-look": Label(
        "测试工单 {ticket} 没有回调，{decided} 秒后查看时才发现 → 按 docs/helpdesks/ 检查回调的地址与密钥",
        "the test ticket {ticket} sent no webhook and was found by looking after {decided} s → check "
        "address and secret of the webhook as the product's page in docs/helpdesks/ says",
    ),
    "trip-lost": Label(
        "测试工单 {ticket} 在 {seconds} 秒内既无回调，查看时也没有发现 → 检查网络，以及 paidan serve 的日志",
        "the test ticket {ticket} neither sent a webhook nor was found within {seconds} s → check the "
        "network, and the log of paidan serve",
    ),
    "trip-left": Label(
        "测试工单 {ticket} 未能自动关闭 → 请在工单系统中关闭",
        "the test ticket {ticket} could not be closed → close it in the helpdesk",
    ),
    "trip-not-begun": Label(
        "无法新建测试工单（{why}）→ 给账号加上新建工单的权限，或手工新建一张后看 paidan doctor",
        "no test ticket could be opened ({why}) → let the account open tickets, or open one by hand",
    ),
    "no-trip": Label(
        "该产品没有描述测试工单，请手工新建一张",
        "no test ticket is described for this product: open one by hand",
    ),
    "not-served": Label(
        "没有运行中的派单来接收回调 → 先启动 paidan serve",
        "no Paidan runs that could take the webhook → start paidan serve first",
    ),
    "not-asked": Label(
        "{request} 没有问出结果（{why}），有一项未能检查 → 稍后再试",
        "{request} led to nothing ({why}), so one thing was not looked at → try again later",
    ),
    "question-refused": Label(
        "{request} 被拒绝（{why}），有一项未能检查 → 检查账号的权限，以及 desk 文件的 url 和 settings",
        "{request} was refused ({why}), so one thing was not looked at → see the account's rights, and url "
        "and settings in the desk file",
    ),
    "not-opened": Label(
        "该接入无法打开：{where}：{why} → {advice}",
        "this desk cannot be opened: {where}: {why} → {advice}",
    ),
    "book-unread": Label(
        "案件簿读不了（{why}），回调的情况未能检查 → 检查 PAIDAN_DATABASE_URL 和数据库是否在运行",
        "the case book cannot be read ({why}), so nothing was seen of webhooks → see PAIDAN_DATABASE_URL, "
        "and whether its database runs",
    ),
}
_SLOTS: Mapping[str, Mapping[str, Label]] = {
    "means": RIGHTS,
    "what": THINGS,
    "list": LISTS,
    "target": TARGETS,
    "type": FIELD_KINDS,
}
_NEAR = Label("是否指“{near}”？", 'did you mean "{near}"? ')


def said(finding: Finding, language: str) -> str:
    """The finding and what to do, one line."""
    slots = defaultdict(str, finding.slots)
    for name, words in _SLOTS.items():
        if name in slots:
            slots[name] = _listed(str(slots[name]), words, language)
    if finding.code in ("hooks-refused", "trip-refused"):
        slots["why"] = _refusals(str(slots["why"]), language)
    if "near" in slots:
        slots["near"] = _NEAR.say(language).format(near=slots["near"]) if slots["near"] else ""
    text = TEXTS[finding.code].say(language).format_map(slots)
    return " ".join(text.replace("→ ；", "→ ").split())


def _listed(told: str, words: Mapping[str, Label], language: str) -> str:
    """Codes, with a comma between several, in words; what is no code stays as it is."""
    between = "、" if language == "zh" else ", "
    return between.join(words[each].say(language) if each in words else each for each in told.split(", "))


def _refusals(codes: str, language: str) -> str:
    """Why deliveries were refused, each reason once."""
    told = [REFUSALS[each].say(language) if each in REFUSALS else each for each in codes.split(", ")]
    return ("；" if language == "zh" else "; ").join(dict.fromkeys(told))
