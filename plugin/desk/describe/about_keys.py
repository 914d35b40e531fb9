"""The keys of what ``paidan connect`` asks of a product and sets up in it."""

from __future__ import annotations

from plugin.desk.about_shape import INSTALL_KINDS, MEANINGS
from plugin.desk.describe.list_keys import PAGING
from plugin.desk.describe.value_keys import (
    FROM,
    HARMLESS_KEYS,
    READER,
    REQUEST,
    REQUEST_KEYS,
    STEP,
    VALUE,
)
from plugin.documents.reader import Choice, Either, Key, ListOf, MapOf, keys

EVIDENCE = keys(
    READER["path"],
    Key("is", ListOf("text", or_one=True), en="It is one of these; may hold ${…}.", zh="等于其中之一。"),
    Key("matches", "text", en="An RE2 pattern is found in it.", zh="其中能找到该 RE2 模式。"),
    Key("absent", "flag", en="There is no such value.", zh="没有这个值。"),
)
WHEN = ListOf(EVIDENCE, or_one=True)
LOOK_KEYS = (
    *REQUEST_KEYS,
    *HARMLESS_KEYS,
    Key("when", WHEN, required=True, en="All of this holds of its answer.", zh="应答须全部满足。"),
)
IDENTIFY = keys(
    *LOOK_KEYS,
    Key("version", VALUE, en="Where the version stands.", zh="版本所在。"),
    Key("open", "flag", en="Asked without signing in.", zh="无需登录即可查询。"),
    Key("lacks", "label", en="It is there, but lacks this.", zh="产品在，但缺少此项。"),
)
TOLD = keys(
    Key("secret", "text", required=True, en="Secret that holds the number.", zh="含有编号的密钥。"),
    Key("pattern", "text", en="An RE2 pattern whose first group it is.", zh="RE2 模式，取第一组。"),
    Key("claim", "text", en="Claim of the JSON Web Token it stands in.", zh="JWT 中的声明名。"),
)
WHOAMI = keys(
    *REQUEST_KEYS,
    Key("account", VALUE, required=True, en="What the setting account takes.", zh="account 设置项的值。"),
    Key("name", VALUE, en="How people call the account.", zh="账号的名称。"),
    Key("told_by", TOLD, en="A token that tells its account: ${told}.", zh="令牌自带的账号编号：${told}。"),
)
RIGHT = keys(
    Key("means", Choice(MEANINGS), required=True, en="What the token may do then.", zh="说明令牌可做什么。"),
    *LOOK_KEYS,
    Key(
        "refused_when",
        WHEN,
        en="Where when does not hold: only if all of this does the right is told as lacking.",
        zh="when 不成立时，须全部满足才视为缺少该权限。",
    ),
)
OWN_SECRET = keys(
    Key("name", "text", required=True, en="The secret it is.", zh="对应的密钥名。"),
    *REQUEST_KEYS,
    Key("value", VALUE, required=True, en="Where it stands in the answer.", zh="在应答中的位置。"),
)
INSTALL = keys(
    Key("what", Choice(INSTALL_KINDS), required=True, en="What is made.", zh="新建的是什么。"),
    Key("title", "label", required=True, en="What it is called here.", zh="名称。"),
    Key("existing", REQUEST, required=True, en="Lists what there is.", zh="列出已有的。"),
    Key("items", "text", en="Path of the list; left out: the answer is it.", zh="列表路径。"),
    Key("paging", PAGING, en="Page after page.", zh="分页。"),
    Key(
        "is_ours", WHEN, required=True, en="All of this holds of ours (item).", zh="属于我们的判断（item）。"
    ),
    Key("active", WHEN, en="All of this holds of one switched on (item).", zh="是否启用的判断（item）。"),
    Key("create", REQUEST, required=True, en="Makes it.", zh="新建请求。"),
    Key("id", VALUE, required=True, en="Its id (item).", zh="编号（item）。"),
    Key("remove", REQUEST, required=True, en="Takes ${id} away again.", zh="删除 ${id}。"),
    Key("target", "text", en="A field for this value, ${field}.", zh="为该值新建的字段 ${field}。"),
    Key("scopes", ListOf("text"), en="Rights it needs.", zh="所需权限。"),
    Key("needs", "text", en="Secret of another token it needs.", zh="所需的另一个令牌。"),
    Key("secret", OWN_SECRET, en="Secret the product makes for ${id}.", zh="产品为 ${id} 自行生成的密钥。"),
)
TEST_TICKET = keys(
    Key("create", REQUEST, required=True, en="Opens it: ${title}, ${text}, ${group}.", zh="新建工单。"),
    Key("id", FROM, required=True, en="Its id in the answer.", zh="应答中的工单号。"),
    Key(
        "close",
        Either((REQUEST, ListOf(STEP))),
        en="Closes ${id} again; or steps do.",
        zh="关闭 ${id}；也可写步骤。",
    ),
    Key(
        "states",
        ListOf("text"),
        en="What ${state} of close is, tried in order; closed states of the desk come first.",
        zh="close 中 ${state} 的取值，依次尝试；接入配置的已关闭状态优先。",
    ),
)
ABOUT_KEYS = (
    Key("identify", ListOf(IDENTIFY), en="What tells this product from all others.", zh="如何识别该产品。"),
    Key("whoami", WHOAMI, en="Whose token it is.", zh="令牌属于谁。"),
    Key("rights", ListOf(RIGHT), en="What the token may do.", zh="令牌有哪些权限。"),
    Key("install", ListOf(INSTALL), en="What the API can set up.", zh="可用接口新建的内容。"),
    Key("snippets", MapOf("text"), en="Texts to paste in, HOOK_URL and SECRET.", zh="供粘贴的文本。"),
    Key("test_ticket", TEST_TICKET, en="A ticket to try it with.", zh="测试工单。"),
)
