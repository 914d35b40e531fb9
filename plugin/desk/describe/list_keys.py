"""The keys of lists in a connector file: their pages, and the list of tickets changed since an instant."""

from __future__ import annotations

from plugin.desk.describe.value_keys import FROM, HARMLESS_KEYS, REQUEST_KEYS, TEST, VALUE
from plugin.documents.reader import Choice, Key, ListOf, keys

PAGING_KINDS = ("page", "offset", "range", "cursor")
ORDERS = ("rising", "falling")

PAGING = keys(
    Key(
        "kind",
        Choice(PAGING_KINDS),
        en="Pages by number (usual), by offset, as a range 0-99, or by a cursor of the answer.",
        zh="页码（默认）、偏移、范围 0-99 或应答中的游标。",
    ),
    Key(
        "parameter",
        "text",
        required=True,
        en="Where it stands: a query parameter, a key of the body of a POST.",
        zh="查询参数名；POST 时为请求体的键。",
    ),
    Key("items", "text", en="Path of the items; left out: the answer is the list.", zh="条目路径。"),
    Key("size", "whole", required=True, en="Items of a full page.", zh="每页条数。"),
    Key("first", "whole", en="Number of the first page.", zh="首页编号。"),
    Key("most", "whole", en="Pages of one ticket at most.", zh="单个工单的页数上限。"),
    Key(
        "next",
        FROM,
        en="The cursor; of other kinds what is there only where another page follows.",
        zh="游标；其他方式为仅在有下一页时存在的值。",
    ),
    Key(
        "link",
        "flag",
        en="next is an address or a Link header: only its parameter is used.",
        zh="next 为地址或 Link 头，只取其中的参数。",
    ),
    Key("last", TEST, en="Holds on the last page.", zh="末页时成立。"),
    Key(
        "none",
        TEST,
        en="Holds of an answer (a map) that has no list because there is nothing to list.",
        zh="没有任何条目、因而应答（映射）中没有列表时成立。",
    ),
)
SINCE = keys(
    Key("form", "text", en="iso, unix, unix_ms, or a strftime form.", zh="时间格式。"),
    Key("zone", "text", en="Zone it is written in; may be ${setting.…}.", zh="时区，可用 ${setting.…}。"),
    Key("grain", "duration", en="What it is rounded down to; 1s unless given.", zh="取整单位，默认 1s。"),
    Key(
        "ago",
        "text",
        en="Instead, as time gone: a text with ${seconds}, ${minutes} or ${days}, rounded up.",
        zh="改写为“多久以前”：含 ${seconds}、${minutes}、${days}（向上取整）的文本。",
    ),
)
CHANGED = keys(
    *REQUEST_KEYS,
    Key("since", SINCE, en="How ${since} is written.", zh="${since} 的写法。"),
    Key("paging", PAGING, required=True, en="Page after page.", zh="分页。"),
    Key("only", ListOf(TEST, or_one=True), en="Which items are tickets.", zh="哪些条目是工单。"),
    Key("id", VALUE, required=True, en="The ticket's id in an item.", zh="工单号。"),
    Key("at", VALUE, en="When it was changed last.", zh="最后修改时间。"),
    Key("created_at", VALUE, en="When it was opened.", zh="创建时间。"),
    Key("by", VALUE, en="Account that changed it last, to tell our own changes.", zh="最后修改的账号。"),
    Key("state", VALUE, en="Its state.", zh="状态。"),
    Key(
        "row",
        "text",
        en="An item is what the read step of this name answers: the ticket is compared whole.",
        zh="条目与该读取步骤的应答相同，可整体比较。",
    ),
    Key(
        "order",
        Choice(ORDERS),
        en="By the last change: rising, or falling; left out: another one.",
        zh="按修改时间升序或降序；省略表示其他顺序。",
    ),
    Key(
        "whole",
        "flag",
        en="It lists every open ticket: one that is missing has left it.",
        zh="列出全部未结工单，缺少者即已离开。",
    ),
    Key("lag", "duration", en="What the product leaves out of the youngest.", zh="产品不列出的最近时段。"),
    Key("overlap", "duration", en="How far back before the last look.", zh="与上次查询重叠的时段。"),
    Key("every", "duration", en="How often, unless the desk says.", zh="默认间隔。"),
    Key(
        "poll_every",
        "duration",
        en="How often where no webhook tells of anything; 60s unless given.",
        zh="没有回调时的间隔，默认 60s。",
    ),
    Key("most_bytes", "whole", en="Largest page accepted.", zh="每页大小上限。"),
)
MORE = keys(
    Key("name", "text", required=True, en="Name for paths.", zh="名称。"),
    Key("each", VALUE, en="Once for every value found.", zh="对每个值各调用一次。"),
    Key("most", "whole", en="At most so many; 50 unless given.", zh="次数上限，默认 50。"),
    Key(
        "selects",
        "flag",
        en="The answer is a web page: its selects by name, each with value and text of its options.",
        zh="应答是网页：按名称取其中的下拉框，每项含 value 与 text。",
    ),
    *REQUEST_KEYS,
)
LIST = keys(
    *REQUEST_KEYS,
    *HARMLESS_KEYS,
    Key(
        "items",
        ListOf("text", or_one=True),
        en="Path of the entries, or several, all together; left out: the answer is the list.",
        zh="条目路径，可有多个，合并使用；省略即应答本身。",
    ),
    Key(
        "keyed",
        "flag",
        en="The entries are the pairs of a map: item.key and item.value.",
        zh="条目是映射中的各对：item.key 与 item.value。",
    ),
    Key(
        "more",
        ListOf(MORE),
        en="Further requests, for values of the answers before them; items then begin with list or a name.",
        zh="后续请求，按之前应答中的值逐个查询；此时 items 以 list 或某个名称开头。",
    ),
    Key("id", VALUE, required=True, en="Its id on the wire.", zh="接口中的编号。"),
    Key("name", VALUE, required=True, en="Its name for people.", zh="名称。"),
    Key("only", ListOf(TEST, or_one=True), en="Which can be used.", zh="哪些可用。"),
    Key(
        "type",
        VALUE,
        en="Type of a field; words of it give the kind: text, choice, time, flag, number or person.",
        zh="字段类型；用 words 译成种类：text、choice、time、flag、number、person。",
    ),
    Key("choices", VALUE, en="The values a field takes, where they are fixed.", zh="字段的可选值。"),
    Key("paging", PAGING, en="Page after page.", zh="分页。"),
    Key(
        "select",
        "text",
        en="The answer is a web page: the options of its select of this name, item.value and item.text.",
        zh="应答是网页：取其中该名称下拉框的选项，即 item.value 与 item.text。",
    ),
    Key(
        "by",
        Choice(("id", "name")),
        en="How other requests speak of it; id unless given.",
        zh="其他请求用编号还是名称；默认编号。",
    ),
)
LISTS = keys(
    Key("groups", LIST, en="Groups a ticket can be given to.", zh="组。"),
    Key("priorities", LIST, en="Priorities.", zh="优先级。"),
    Key("states", LIST, en="States.", zh="状态。"),
    Key("fields", LIST, en="Fields of a ticket.", zh="工单字段。"),
    Key("users", LIST, en="Staff.", zh="员工。"),
    Key("tags", LIST, en="Tags.", zh="标签。"),
)
