"""What a desk file may say: its keys, for reading, the published schema and the reference page."""

from __future__ import annotations

from plugin.core.effects import Mode
from plugin.documents.reader import Choice, Either, Key, ListOf, MapOf, keys

MODES: tuple[Mode, ...] = ("observe", "propose", "act")
LANGUAGES = ("zh", "en")
PEOPLE_SOURCES = ("helpdesk_groups", "accounts")
TARGETS = ("level", "due", "breach", "tags", "reason")
"""What ``write`` may name beside ``priority`` and ``note``; the group is always written."""

FIELD = keys(
    Key("from", "text", required=True, en="The helpdesk's own field.", zh="帮助台的字段。"),
    Key("values", MapOf("text"), en="Helpdesk value: the rules' word.", zh="帮助台的值: 规则用的词。"),
    Key("default", "text", en="The rules' word where the field is empty.", zh="字段为空时的值。"),
)
TARGET = keys(
    Key("field", "text", en="The helpdesk's field; left out: its usual one.", zh="帮助台字段；省略用默认。"),
    Key("values", MapOf("text"), en="Plan value: the helpdesk's value.", zh="预案的值: 帮助台的值。"),
)
WRITE = keys(
    *(
        Key(name, Either(("flag", TARGET)), en=f"Where the {name} is written.", zh=f"写入 {name} 的位置。")
        for name in TARGETS
    ),
    Key(
        "priority", MapOf("text"), en="Level or severity: the helpdesk's priority.", zh="级别: 帮助台优先级。"
    ),
    Key(
        "priority_order",
        ListOf("text"),
        en="All priorities the helpdesk has, lowest first; left out: the product's usual ones.",
        zh="帮助台的全部优先级，从低到高；省略用产品默认的。",
    ),
    Key("note", "flag", en="false writes no internal notes.", zh="false 表示不写内部备注。"),
)
EVENT = keys(
    Key("state", "text", en="The helpdesk's state that shows it.", zh="表示该事件的工单状态。"),
    Key("tag", "text", en="A tag that shows it.", zh="表示该事件的标签。"),
    Key(
        "field",
        "id",
        en="A field of this file that shows it.",
        zh="表示该事件的字段（见 fields）。",
    ),
    Key(
        "value",
        "text",
        en="With field: which value; left out: any.",
        zh="与 field 合用；省略为任意值。",
    ),
    Key("owner", Choice(("taken",)), en="Somebody took the ticket.", zh="有人认领工单。"),
)
RECONCILE = keys(
    Key(
        "every",
        "duration",
        required=True,
        en="How often tickets changed without a webhook are looked for.",
        zh="多久查找一次未经回调通知的变化。",
    ),
)
LIMITS = keys(
    Key(
        "at_once",
        "whole",
        en="Most calls at the same time, of all nodes together.",
        zh="同时最多多少次调用，所有节点合计。",
    ),
    Key(
        "per_minute",
        "whole",
        en="Most calls in any minute, of all nodes together; 6 or more.",
        zh="任意一分钟内最多多少次调用，所有节点合计，不少于 6。",
    ),
)
PEOPLE = keys(
    Key("lower", ListOf("text"), en="Groups whose members may lower or end.", zh="可降级、终止的组。"),
    Key("confirm", ListOf("text"), en="Groups whose members may confirm facts.", zh="可确认事实的组。"),
    Key("source", Choice(PEOPLE_SOURCES), en="Where membership is read.", zh="成员来源。"),
)
DESK = keys(
    Key("version", "whole", required=True, en="1", zh="1"),
    Key("desk", "id", en="The file's own name.", zh="与文件名相同。"),
    Key(
        "connector",
        "id",
        required=True,
        en="The product: a file in connectors/.",
        zh="产品，connectors/ 里的文件。",
    ),
    Key("url", "text", required=True, en="Address of the helpdesk.", zh="帮助台地址。"),
    Key(
        "secrets",
        MapOf(ListOf("secret", or_one=True)),
        en="Names of secrets: env:NAME or file:/path; a list while one is replaced.",
        zh="密钥的名称：env:名称 或 file:/路径；更换期间可写列表。",
    ),
    Key("settings", MapOf("text"), en="What else the connector asks for.", zh="连接器需要的其他设置。"),
    Key("plan", "id", required=True, en="The plan in use.", zh="使用的预案。"),
    Key("rules", "id", required=True, en="The rules file in use.", zh="使用的规则文件。"),
    Key("calendar", "id", en="The calendar in use.", zh="使用的日历。"),
    Key("roster", "id", en="Who is on duty.", zh="值班表。"),
    Key(
        "mode",
        Choice(MODES),
        en="What is done with every ticket: observe (default), propose or act.",
        zh="对所有工单：observe（默认，只看）、propose（只写备注）或 act（执行）。",
    ),
    Key(
        "act_for",
        ListOf("id"),
        en="Plan groups whose tickets are acted on already, while the mode holds for all others.",
        zh="已经开始执行的组：由这些组主办的工单照 act 处理，其余仍按 mode。",
    ),
    Key(
        "act_since",
        Either(("instant", MapOf("instant"))),
        en="Tickets that were only looked at before then are left to people until they rise; for all, or "
        "plan group: since when. Left out: what is open is written to as well.",
        zh="此前只看过的工单留给人处理，级别升高时才执行；可写一个时间，或按预案的组分别写。省略则已有的未结工单也执行。",
    ),
    Key("language", Choice(LANGUAGES), en="Language of its notes.", zh="备注的语言。"),
    Key(
        "groups", MapOf("text"), required=True, en="Plan group: helpdesk group.", zh="预案的组: 帮助台的组。"
    ),
    Key("write", WRITE, en="What is written, and where.", zh="写入什么、写到哪里。"),
    Key(
        "words",
        MapOf(MapOf("text")),
        en="Target: the helpdesk's value on the wire and the word this file uses for it.",
        zh="group、level、priority、tags：接口中的值与本文件所用的词。",
    ),
    Key("fields", MapOf(FIELD), en="Fields about the matter that rules may read.", zh="规则可读的事项字段。"),
    Key("pause_states", ListOf("text"), en="States in which clocks stand still.", zh="暂停计时的状态。"),
    Key("closed_states", ListOf("text"), en="States that end a ticket.", zh="办结的状态。"),
    Key(
        "events",
        MapOf(ListOf(EVENT, or_one=True)),
        en="Event of the plan: what in the helpdesk shows it.",
        zh="预案事件: 工单系统中的表示方法（状态、标签、字段或认领）。",
    ),
    Key(
        "webhook",
        "flag",
        en="false: takes no webhooks; the helpdesk is asked what changed, every 60 s unless reconcile says.",
        zh="false 表示不接收回调，改为定时查询变化（默认每 60 秒，可用 reconcile 指定）。",
    ),
    Key(
        "reconcile",
        Either(("flag", RECONCILE)),
        en="How often changes no webhook told of are looked for; false: never. Usually every 5 minutes.",
        zh="多久查找一次未经回调通知的变化；false 为从不。一般每 5 分钟。",
    ),
    Key(
        "limits",
        LIMITS,
        en="How much Paidan may ask of this helpdesk; as much as it likes where nothing is said.",
        zh="派单最多可多快调用这个工单系统；不写则不限。",
    ),
    Key(
        "gaps",
        MapOf(ListOf("text", or_one=True)),
        en="What is not answered yet, such as groups.onsite, and names that came near; only in mode observe.",
        zh="尚未填写的项（如 groups.onsite）及相近的名称；仅限 observe 模式。",
    ),
    Key("people", PEOPLE, en="Who may confirm, lower and end.", zh="谁可以确认、降级、终止。"),
    Key(
        "notify",
        MapOf("secret"),
        en="Role: name of the secret with its address.",
        zh="岗位: 通知地址的密钥名。",
    ),
    Key("scene_staff", ListOf("text"), en="Accounts of staff on the scene.", zh="现场人员的账号。"),
    Key("person_words", ListOf("text"), en="More words no rule may use.", zh="另外禁止规则使用的词。"),
    Key("ca", "text", en="File with the helpdesk's certificate authority.", zh="帮助台 CA 证书文件。"),
    Key(
        "proxy",
        "text",
        en="Proxy for calls to the helpdesk; one with a login is named: env:NAME or file:/path.",
        zh="访问帮助台的代理；带登录信息的地址只能写密钥的名称：env:名称 或 file:/路径。",
    ),
    Key(
        "own_network",
        "flag",
        en="true: the helpdesk stands in our own network, its name may lead to a private address.",
        zh="true：帮助台在本单位内网，其域名可以指向内网地址。",
    ),
)
