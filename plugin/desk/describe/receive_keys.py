"""The keys of the ``receive:`` block of a connector file."""

from __future__ import annotations

from plugin.desk.describe.value_keys import FROM, TEST, VALUE
from plugin.documents.reader import Choice, Either, Key, ListOf, MapOf, keys

CHECKS = ("hmac", "header", "basic", "bearer", "url_token", "address")
CHECK = keys(
    Key(
        "kind",
        Choice(CHECKS),
        required=True,
        en="How.",
        zh="方式。",
    ),
    Key("secret", "text", en="Name of the setting that holds the secret.", zh="密钥设置项名。"),
    Key(
        "setting",
        "text",
        en="Address: the setting with the networks deliveries may come from; beside a secret.",
        zh="address 所用：允许来源网段的设置项；须与密钥并用。",
    ),
    Key("optional", "flag", en="Only where the desk gives the secret.", zh="仅在配置了密钥时启用。"),
    Key("header", "text", en="Header with the signature or the secret.", zh="签名或密钥所在请求头。"),
    Key(
        "user", "text", en="Basic: the user name; the secret is then the password alone.", zh="Basic 用户名。"
    ),
    Key("algorithm", Choice(("sha1", "sha256", "sha512")), en="Hash.", zh="哈希算法。"),
    Key(
        "signed",
        ListOf("text", or_one=True),
        en="What is signed, in order: {body}, {timestamp}, {id}, literals; a list, or one text.",
        zh="被签名的内容，按顺序；列表，或一段文本。",
    ),
    Key("encoding", Choice(("hex", "base64")), en="How the signature is written.", zh="签名编码。"),
    Key("prefix", "text", en="What stands before it.", zh="前缀。"),
    Key("split", "text", en="What stands between several signatures.", zh="多个签名的分隔符。"),
    Key("decode", Choice(("raw", "base64", "whsec")), en="How the secret is written.", zh="密钥写法。"),
    Key("id_header", "text", en="Header that is {id}.", zh="{id} 所在请求头。"),
    Key(
        "timestamp",
        keys(
            Key(
                "header", "text", required=True, en="Header with the time of sending.", zh="发送时间请求头。"
            ),
            Key("form", Choice(("unix_s", "unix_ms", "iso8601")), en="Its form.", zh="格式。"),
            Key(
                "tolerance",
                Either(("duration", Choice(("any",)))),
                en="How old it may be, or any.",
                zh="允许的时差。",
            ),
        ),
        en="The time of sending.",
        zh="发送时间。",
    ),
)
STAMP = CHECK["timestamp"].shape

EVENT = keys(
    Key("from", FROM, required=True, en="Where the kind stands.", zh="事件类型的来源。"),
    Key("words", MapOf("text"), required=True, en="Its words: our kind of event.", zh="原词: 事件类型。"),
)
CHALLENGE = keys(
    Key("parameter", "text", required=True, en="Parameter of the test call.", zh="验证调用的参数。"),
    Key("answer", Choice(("echo", "hmac_hex")), required=True, en="What to answer.", zh="应答方式。"),
    Key("secret", "text", en="Secret of hmac_hex.", zh="hmac_hex 所用密钥。"),
    Key(
        "proof",
        "text",
        en="The parameter is the hmac_hex of this text: only then is there an answer.",
        zh="该参数须为此文本的 hmac_hex，否则不应答。",
    ),
)
ANSWER = keys(
    Key("status", "whole", en="200, 201, 202 or 204.", zh="200、201、202 或 204。"),
    Key("body", "text", en="A fixed text; none with 204.", zh="固定文本；204 时没有。"),
)
RECEIVE = keys(
    Key(
        "verify",
        ListOf(CHECK),
        en="Every check must pass; none where the product sends no webhooks (see cannot: webhook).",
        zh="须全部通过；产品不发回调时省略（并写 cannot: webhook）。",
    ),
    Key("methods", ListOf("text"), en="HTTP methods; POST unless given.", zh="HTTP 方法。"),
    Key("root", "text", en="Path of the payload in the body.", zh="载荷在请求体中的路径。"),
    Key("ticket_id", FROM, en="Where the ticket's id stands.", zh="工单号所在。"),
    Key(
        "id_pattern",
        "text",
        required=True,
        en="RE2 pattern the whole id must match.",
        zh="工单号须整体匹配的模式。",
    ),
    Key(
        "id_forms",
        ListOf("text"),
        en="Other forms of an id: RE2 patterns for all of it, the id in a group or its parts in named ones.",
        zh="工单号的其他写法：整体匹配的模式，以分组（或命名分组）取出工单号。",
    ),
    Key(
        "key",
        ListOf(FROM),
        en="What is unique per delivery; at need ${arrived}, the second it came; else the body's SHA-256.",
        zh="投递唯一标识，必要时可用到达的秒 ${arrived}；省略则为请求体的 SHA-256。",
    ),
    Key("events", ListOf(EVENT), en="Kind of event, first that knows the word.", zh="事件类型，依次判断。"),
    Key("otherwise", "text", en="Kind of an event that no rule knows.", zh="未识别时的事件类型。"),
    Key("actors", VALUE, en="Who did it, to tell our own changes.", zh="操作者。"),
    Key(
        "ignore",
        ListOf(TEST, or_one=True),
        en="Deliveries for which one holds are of no interest.",
        zh="任一条件成立的投递不予处理。",
    ),
    Key(
        "form_field",
        "text",
        en="Field that holds the JSON, where the product sends a form.",
        zh="产品以表单发送时，存放 JSON 的字段。",
    ),
    Key("answer", ANSWER, en="What the product wants to be told.", zh="产品要求的应答。"),
    Key("challenge", CHALLENGE, en="Test call when the hook is set up.", zh="设置时的验证调用。"),
)
