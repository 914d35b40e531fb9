"""Every key a connector file may have, described once: for checks, the JSON Schema and the reference."""

from __future__ import annotations

from plugin.desk.api_shape import LIST_KINDS
from plugin.desk.describe.about_keys import ABOUT_KEYS
from plugin.desk.describe.list_keys import CHANGED, LISTS, PAGING
from plugin.desk.describe.receive_keys import RECEIVE
from plugin.desk.describe.value_keys import FROM, REQUEST, REQUEST_KEYS, STEP, TEST, VALUE
from plugin.desk.descriptor import NOTE_FORMATS
from plugin.documents.reader import Choice, Either, Key, ListOf, MapOf, keys

AUTH_KINDS = ("header", "basic", "bearer", "query", "session")
AUTH = keys(
    Key("kind", Choice(AUTH_KINDS), required=True, en="How.", zh="方式。"),
    Key("name", "text", en="Name of the header or parameter.", zh="请求头或参数名。"),
    Key("value", "text", en="Its value.", zh="请求头或参数的值。"),
    Key("user", "text", en="Basic: user.", zh="Basic 用户。"),
    Key("password", "text", en="Basic: password.", zh="Basic 密码。"),
    Key(
        "token",
        FROM,
        en="Bearer: the token. Session: where it stands in the answer.",
        zh="Bearer 令牌；会话：令牌在应答中的位置。",
    ),
    Key(
        "login",
        REQUEST,
        en="Session: the request that logs in; may hold secrets.",
        zh="会话：登录请求，可含密钥。",
    ),
    Key("lifetime", "duration", en="Session: how long it is used.", zh="会话：使用多久。"),
    Key(
        "expires", VALUE, en="Session: seconds it is good for, in the answer.", zh="会话：应答中的有效秒数。"
    ),
    Key(
        "headers",
        MapOf("text"),
        en="Session: how it is sent, with ${session}.",
        zh="会话：携带 ${session} 的请求头。",
    ),
    Key("query", MapOf("text"), en="Session: the same as parameters.", zh="会话：携带 ${session} 的参数。"),
)
WAIT = keys(
    Key("header", "text", required=True, en="Header.", zh="请求头。"),
    Key(
        "unit",
        Choice(("seconds", "date", "epoch")),
        required=True,
        en="Its unit: seconds, a date (HTTP or ISO 8601), or unix time.",
        zh="单位：秒、日期（HTTP 或 ISO 8601）或 unix 时间。",
    ),
)
LIMITS = keys(
    Key("statuses", ListOf("whole"), en="Statuses that mean too much.", zh="表示限流的状态码。"),
    Key("wait", ListOf(WAIT), en="Where the waiting time stands.", zh="等待时间所在。"),
    Key("remaining", "text", en="Header with the calls left.", zh="剩余次数请求头。"),
    Key("limit", "text", en="Header with the calls allowed.", zh="总次数请求头。"),
    Key("reset", ListOf(WAIT), en="When the calls left are all there again.", zh="剩余次数何时恢复。"),
    Key(
        "window",
        "duration",
        en="After how long they are, where no header says so; 60 s unless given.",
        zh="没有这样的请求头时多久恢复；默认 60 秒。",
    ),
)
OUTCOMES = ("rejected", "conflict", "not_found", "denied", "signed_out", "busy", "faulty")
ERROR = keys(
    Key("raises", Choice(OUTCOMES), required=True, en="What it means.", zh="含义。"),
    Key("status", ListOf("whole", or_one=True), en="Only with these statuses.", zh="仅限这些状态码。"),
    Key("path", "text", en="A value in the answer.", zh="应答中的值。"),
    Key("header", "text", en="The value of this header instead.", zh="或某个应答头的值。"),
    Key(
        "is",
        ListOf("text", or_one=True),
        en="It is one of these; else it only has to be there.",
        zh="等于其中之一。",
    ),
    Key("is_not", ListOf("text", or_one=True), en="It is there and none of these.", zh="有值且不在其中。"),
    Key("matches", "text", en="An RE2 pattern is found in it.", zh="含有该 RE2 模式。"),
    Key("empty", "flag", en="Instead: it is not there.", zh="改为：没有该值。"),
)
API = keys(
    Key("auth", AUTH, required=True, en="How we sign in.", zh="认证方式。"),
    Key("headers", MapOf("text"), en="Headers of every request.", zh="每次请求的请求头。"),
    Key(
        "page",
        "text",
        required=True,
        en="Path of a ticket's page, behind ${origin} not below the desk's path; or an https address.",
        zh="工单页面路径；以 ${origin} 开头则不含接入地址中的路径；也可为 https 地址。",
    ),
    Key("limits", LIMITS, en="Rate limits.", zh="限流。"),
    Key("errors", ListOf(ERROR), en="Failures that the status does not show.", zh="状态码看不出的失败。"),
    Key("detail", VALUE, en="Where an error says what is wrong.", zh="错误说明所在。"),
    Key("most_bytes", "whole", en="Largest answer accepted.", zh="应答大小上限。"),
)

READ = keys(
    Key("name", "text", required=True, en="Name for paths.", zh="名称。"),
    Key("each", VALUE, en="Once for every value found.", zh="对每个值各调用一次。"),
    Key("most", "whole", en="At most so many.", zh="次数上限。"),
    Key("most_bytes", "whole", en="Longer answers are not fetched.", zh="应答大小上限。"),
    Key("paging", PAGING, en="Page after page.", zh="分页。"),
    Key("unchanging", "flag", en="Its answers never change once written.", zh="写入后不再变化。"),
    Key("messages_only", "flag", en="Not needed to know the ticket's state.", zh="仅用于读取消息。"),
    Key(
        "none",
        TEST,
        en="Holds of an answer that says there is no such ticket.",
        zh="应答表示没有该工单时成立。",
    ),
    *REQUEST_KEYS,
)
TICKET = keys(
    Key("title", VALUE, required=True, en="The title.", zh="标题。"),
    Key("state", VALUE, required=True, en="The state.", zh="状态。"),
    Key("id", VALUE, en="The id in the answer; another one is a merge's survivor.", zh="应答中的工单号。"),
    Key("merged_into", VALUE, en="The ticket it was merged into.", zh="并入的工单。"),
    Key("created_at", VALUE, en="When it was opened.", zh="创建时间。"),
    Key(
        "field",
        VALUE,
        en="Where the field ${field} stands, for the fields a desk declares.",
        zh="${field} 字段所在。",
    ),
    Key("persons", ListOf("text"), en="Fields about persons, never read.", zh="与人有关、绝不读取的字段。"),
    Key("changed_at", VALUE, en="Last change.", zh="最后修改时间。"),
    Key(
        "owner", VALUE, en="Who has taken it; only that it changed is kept.", zh="承办人；只用来看是否变化。"
    ),
    Key("stamp", VALUE, en="Grows or changes with the ticket.", zh="版本标记。"),
    Key("attachments", VALUE, en="One value per attachment of the ticket.", zh="附件。"),
    Key("closed", ListOf("text"), en="States that are closed.", zh="已关闭状态。"),
    Key(
        "closed_when",
        ListOf(TEST, or_one=True),
        en="Holds of a ticket that is closed, whatever its state is called.",
        zh="不论状态叫什么，成立即为已关闭。",
    ),
    Key("paused", ListOf("text"), en="States that pause clocks.", zh="暂停状态。"),
    Key("gone", ListOf("text"), en="States of a deleted ticket.", zh="已删除状态。"),
)
OPENING = keys(
    Key("text", VALUE, required=True, en="The first words.", zh="首次诉求内容。"),
    Key("at", VALUE, required=True, en="Their time.", zh="时间。"),
    Key("repeated", "flag", en="The first message says the same.", zh="首条消息与其相同。"),
)
MESSAGES = keys(
    Key("items", "text", required=True, en="Path of the list.", zh="消息列表路径。"),
    Key(
        "notes",
        "text",
        en="Path of a second list, of notes the public cannot see.",
        zh="第二个列表的路径：公众看不到的备注。",
    ),
    Key("id", VALUE, required=True, en="Id of a message.", zh="消息号。"),
    Key("at", VALUE, required=True, en="Its time.", zh="时间。"),
    Key("text", VALUE, required=True, en="Its text.", zh="内容。"),
    Key(
        "author",
        VALUE,
        en="Account that wrote it; used only to tell whose words they are.",
        zh="账号，仅用于区分。",
    ),
    Key("opening", OPENING, en="Where the first words stand, if in no message.", zh="首次诉求所在。"),
    Key("only", ListOf(TEST, or_one=True), en="What counts as a message.", zh="哪些算消息。"),
    Key("outside", ListOf(TEST, or_one=True), en="Words from outside.", zh="外部来言。"),
    Key("private", ListOf(TEST, or_one=True), en="Notes the public cannot see.", zh="内部备注。"),
    Key("attachments", VALUE, en="One value per attachment of a message.", zh="消息附件。"),
)

ENSURE = keys(
    Key("existing", REQUEST, required=True, en="What exists.", zh="已有的值。"),
    Key("names", VALUE, required=True, en="Their names in the answer, under existing.", zh="名称。"),
    Key("create", REQUEST, required=True, en="Makes one more, ${each}.", zh="新建 ${each}。"),
)
TARGET = keys(
    Key("read", VALUE, required=True, en="Where it is read.", zh="读取位置。"),
    Key(
        "write",
        "any",
        en="What is written into the update, with ${value} and ${field}.",
        zh="并入更新请求的内容。",
    ),
    Key("steps", ListOf(STEP), en="Requests of its own, after the update.", zh="更新之后的单独请求。"),
    Key("field", "text", en="The product's field, unless the desk names one.", zh="字段名。"),
    Key("join", "text", en="Write a list as one text.", zh="列表连接符。"),
    Key(
        "form",
        "text",
        en="How a time is written, if not as it is read.",
        zh="时间的写入格式（与读取不同时）。",
    ),
    Key("alone", "flag", en="In a request of its own, last.", zh="单独且最后写入。"),
    Key("ensure", ENSURE, en="Make the value first where it does not exist.", zh="不存在时先新建。"),
    Key(
        "list",
        Choice(LIST_KINDS),
        en="The list whose ids stand on the wire; desk files speak of names.",
        zh="接口用编号、接入配置用名称时，对应的列表。",
    ),
)
NOTE = keys(
    Key("request", REQUEST, en="The request that writes it.", zh="写备注的请求。"),
    Key("merge", "any", en="Its place in the update's body.", zh="并入更新请求的内容。"),
    Key(
        "steps",
        ListOf(STEP),
        en="Requests instead: a look for what writing it would lose, then the one that writes it.",
        zh="改用多个请求：先查看写备注会丢失的内容，再写。",
    ),
    Key("format", Choice(NOTE_FORMATS), en="How notes are written.", zh="格式。"),
    Key(
        "breaks",
        MapOf("text"),
        en="Placeholders of the product: what to write instead.",
        zh="占位符的替代写法。",
    ),
    Key("most", "whole", en="Characters at most.", zh="字数上限。"),
    Key("not_in_states", ListOf("text"), en="States in which a note does harm.", zh="不写备注的状态。"),
)
MARKER = keys(
    Key("setting", "text", required=True, en="Setting that names the field.", zh="指定字段的设置项。"),
    Key("read", VALUE, required=True, en="Where it is read.", zh="读取位置。"),
    Key("write", "any", required=True, en="What is written, with ${marker} and ${field}.", zh="写入内容。"),
)
PRIORITY_RANGE = keys(
    Key("from", "whole", required=True, en="Lowest.", zh="最低。"),
    Key("to", "whole", required=True, en="Highest.", zh="最高。"),
)
PRIORITIES_LISTED = keys(
    Key(
        "listed",
        Choice(("rising", "falling")),
        required=True,
        en="Each helpdesk has its own; in which order lists → priorities tells them.",
        zh="由各单位自定，lists → priorities 列出的顺序：rising 从低到高，falling 从高到低。",
    ),
)
WRITE = keys(
    Key(
        "update",
        REQUEST,
        en="The request that takes all values; left out where each has steps.",
        zh="更新请求；各值都有步骤时可省略。",
    ),
    Key("stamped", "any", en="Part of its body where a version was read.", zh="已知版本标记时并入的内容。"),
    Key(
        "verify",
        Choice(("answer", "read", "status")),
        required=True,
        en="Where it shows that it worked.",
        zh="验证方式。",
    ),
    Key(
        "answer_is", "text", en="Read step the update's answer looks like.", zh="更新应答等同于哪个读取步骤。"
    ),
    Key("marker", MARKER, en="A field for the id of our last action.", zh="动作编号字段。"),
    Key("targets", MapOf(TARGET), required=True, en="Values that can be written.", zh="可写的值。"),
    Key("note", NOTE, en="Notes only staff can see.", zh="内部备注。"),
    Key(
        "priorities",
        Either((ListOf("text"), PRIORITY_RANGE, PRIORITIES_LISTED)),
        en="Lowest first.",
        zh="由低到高。",
    ),
)

SETTING = keys(
    Key("title", "label", required=True, en="Its name for admins.", zh="名称。"),
    Key("help", "label", en="Where to find it.", zh="获取方法。"),
    Key("secret", "flag", en="Only its name stands in the desk file.", zh="接入配置中只写其名称。"),
    Key("required", "flag", en="Needed.", zh="必填。"),
    Key("default", "text", en="Unless given.", zh="缺省值。"),
    Key(
        "shapes",
        "flag",
        en="Stands for ${setting.NAME} before the file is read: also in a path, a field, a header.",
        zh="读取本文件前代入各处的 ${setting.名称}，也可作路径、字段、请求头名。",
    ),
    Key("scopes", ListOf("text"), en="Rights it needs in the product.", zh="所需权限。"),
)
VERIFIED = keys(
    Key("versions", ListOf("text"), required=True, en="Versions it ran against.", zh="实际运行过的版本。"),
    Key("day", "date", required=True, en="When.", zh="日期。"),
)
CONNECTOR = keys(
    Key("version", "whole", required=True, en="Version of this file format: 1.", zh="格式版本：1。"),
    Key("title", "text", required=True, en="The product.", zh="产品。"),
    Key("docs", "text", required=True, en="Its documentation.", zh="产品文档。"),
    Key(
        "maturity",
        Choice(("verified", "documented")),
        required=True,
        en="Ran, or written from documents.",
        zh="成熟度。",
    ),
    Key("verified", VERIFIED, en="What it ran against.", zh="验证依据。"),
    Key("settings", MapOf(SETTING), required=True, en="What a desk file gives.", zh="设置项。"),
    Key("setup", "label", required=True, en="What to do in the product.", zh="在产品中的设置步骤。"),
    Key("receive", RECEIVE, required=True, en="Webhooks.", zh="回调。"),
    Key("api", API, required=True, en="The API.", zh="接口。"),
    Key("read", ListOf(READ), required=True, en="Requests that read a ticket.", zh="读取工单的请求。"),
    Key("changed", CHANGED, en="Tickets changed since an instant.", zh="某时刻以来变化的工单。"),
    Key(
        "lists",
        LISTS,
        en="What the helpdesk lists for those who write a desk file.",
        zh="供填写接入配置的列表。",
    ),
    Key("ticket", TICKET, required=True, en="The ticket in the answers.", zh="应答中的工单。"),
    Key("messages", MESSAGES, required=True, en="Its messages.", zh="消息。"),
    Key("write", WRITE, required=True, en="How it is changed.", zh="写入。"),
    Key(
        "cannot",
        MapOf("label"),
        en="What the product does not offer, and what follows.",
        zh="产品做不到的及其后果。",
    ),
    *ABOUT_KEYS,
    Key("samples", "any", en="Samples and what must come of them.", zh="样例与期望结果。"),
    Key(
        "variants",
        MapOf("any"),
        en="Name: what is different there; null takes away. Makes connectors FILE-NAME, none called FILE.",
        zh="名称: 该变体的不同之处，null 表示没有。连接器即“文件名-名称”，不再有“文件名”。",
    ),
)
VARIANT = {name: key for name, key in CONNECTOR.items() if name != "variants"}
"""What a file says once one of its variants is chosen."""
