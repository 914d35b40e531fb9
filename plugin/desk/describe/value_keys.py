"""The keys of the small parts of a connector file: values, tests, requests."""

from __future__ import annotations

from plugin.documents.reader import Choice, Either, Key, ListOf, MapOf, keys

KINDS = ("text", "int", "flag", "time", "list")
QUOTINGS = ("single_backslash", "single_double", "double_backslash", "encoded_query")

TEST = keys(
    Key("path", "text", required=True, en="The value asked about.", zh="要检查的值。"),
    Key("is", ListOf("text", or_one=True), en="Holds when it is one of these.", zh="等于其中之一即成立。"),
    Key(
        "is_not",
        ListOf("text", or_one=True),
        en="Holds when there is a value and it is none of these.",
        zh="有值且不等于其中任何一个即成立。",
    ),
    Key(
        "filled",
        "flag",
        en="Holds when there is a value, also a map or list.",
        zh="有值（含映射、列表）即成立。",
    ),
    Key("empty", "flag", en="Holds when there is no value.", zh="没有值即成立。"),
    Key(
        "among", "text", en="Holds when it is among the values of this path.", zh="在该路径的取值之中即成立。"
    ),
)

READER = keys(
    Key(
        "path",
        ListOf("text", or_one=True),
        en="Where it stands; the first that has a value.",
        zh="取值路径，依次尝试。",
    ),
    Key(
        "template",
        "text",
        en="Instead of path: a text of several values, such as ${item.project}-${item.number}.",
        zh="代替 path：由多个值拼成的文本，如 ${item.project}-${item.number}。",
    ),
    Key("type", Choice(KINDS), en="What it is.", zh="类型。"),
    Key("form", "text", en="Times: iso, unix, unix_ms, or a strptime form.", zh="时间格式。"),
    Key(
        "zone",
        "text",
        en="Zone of times without one; may be ${setting.…}.",
        zh="无时区时间所用时区，可用 ${setting.…}。",
    ),
    Key("unset", ListOf("text", or_one=True), en="Values that mean none.", zh="表示“无”的值。"),
    Key("split", "text", en="What stands between the items of a list in one text.", zh="列表分隔符。"),
    Key("base64", "flag", en="The text is in base64.", zh="内容为 base64。"),
    Key(
        "entities",
        "flag",
        en="The text has its marks as entities (&#60;p&#62;).",
        zh="内容中的标记写成实体（&#60;p&#62;）。",
    ),
    Key("html", "flag", en="The text is HTML.", zh="内容为 HTML。"),
    Key("html_when", TEST, en="The text is HTML when this holds.", zh="条件成立时内容为 HTML。"),
    Key("lower", "flag", en="In lower case.", zh="转为小写。"),
    Key(
        "prefix",
        "text",
        en="The value is what stands behind this text; may be ${setting.…}.",
        zh="值为该文本之后的部分，可用 ${setting.…}。",
    ),
    Key("pattern", "text", en="An RE2 pattern whose first group is the value.", zh="RE2 模式，取第一组。"),
    Key("words", MapOf("text"), en="Value on the wire: our word.", zh="线上的值: 我们的词。"),
    Key("default", "text", en="Where there is no value.", zh="缺省值。"),
    Key("otherwise", "any", en="Another value, read where this one finds nothing.", zh="取不到时改读此处。"),
)
VALUE = Either(("text", ListOf("text"), READER))

REQUEST_KEYS = (
    Key("get", "text", en="Path of a GET.", zh="GET 路径。"),
    Key("post", "text", en="Path of a POST.", zh="POST 路径。"),
    Key("put", "text", en="Path of a PUT.", zh="PUT 路径。"),
    Key("patch", "text", en="Path of a PATCH.", zh="PATCH 路径。"),
    Key("delete", "text", en="Path of a DELETE.", zh="DELETE 路径。"),
    Key("query", MapOf("text"), en="Query parameters.", zh="查询参数。"),
    Key("headers", MapOf("text"), en="Further headers.", zh="附加请求头。"),
    Key("body", "any", en="Body as a data tree.", zh="请求体（数据树）。"),
    Key("form", "text", en="Form field that takes the body as JSON.", zh="以 JSON 放入该表单字段。"),
    Key(
        "encoding",
        Choice(("json", "form")),
        en="How the body goes: json, or form with its keys as fields.",
        zh="请求体编码：json，或以表单字段发送。",
    ),
    Key("plain", "flag", en="Its answer may be any text, nothing is read.", zh="应答可为任意文本，不读取。"),
    Key("if_match", "flag", en="Send the stamp that was read.", zh="带上读取时的版本标记。"),
    Key(
        "quoting",
        Choice(QUOTINGS),
        en="How values in a query language are quoted.",
        zh="查询语言中值的引号规则。",
    ),
)
HARMLESS_KEYS = (
    Key("options", "text", en="Path of an OPTIONS.", zh="OPTIONS 路径。"),
    Key("head", "text", en="Path of a HEAD.", zh="HEAD 路径。"),
)
REQUEST = keys(*REQUEST_KEYS)

SOURCE = keys(
    Key("header", "text", en="A header of the delivery.", zh="请求头。"),
    Key("template", "text", en="A text with ${source}, ${body.…} and ${header.…}.", zh="含变量的文本。"),
    Key("source", "flag", en="The last part of the hook's own address.", zh="回调地址的最后一段。"),
    *(key for name, key in READER.items() if name != "template"),
)
FROM = Either(("text", SOURCE))
STEP = keys(
    *REQUEST_KEYS,
    Key("name", "text", en="Later steps find its answer under this name.", zh="后续步骤按此名取其应答。"),
    Key(
        "each",
        VALUE,
        en="Once for every value found, as ${each}; where it is a number, ${number.each} is it as one.",
        zh="对每个值各执行一次,值为 ${each};若为数字,${number.each} 即该数字。",
    ),
    Key("when", ListOf(TEST, or_one=True), en="Only where one of these holds.", zh="其中之一成立时才执行。"),
    Key("unless", ListOf(TEST, or_one=True), en="Not where one of these holds.", zh="其中之一成立时不执行。"),
    Key("required", "flag", en="each must find something.", zh="each 必须找到值。"),
    Key("first", "flag", en="Only for the first value each finds.", zh="只对 each 找到的第一个值执行。"),
)
