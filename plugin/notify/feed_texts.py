"""Why a calendar feed of a roster cannot be read, for the person who can mend it; zh and en."""

from __future__ import annotations

from collections.abc import Mapping

from plugin.core.label import Label

FAILURES: Mapping[str, Label] = {
    "no-address": Label(
        "{detail} 没有值 → 设置该环境变量或文件，内容为订阅地址",
        "{detail} has no value → set the variable or file to the feed's address",
    ),
    "bad-address": Label(
        "密钥的值不是地址 → 写 https:// 开头的订阅地址",
        "the secret's value is no address → write the feed's address, beginning with https://",
    ),
    "not-https": Label(
        "地址不是 https，订阅地址会被旁人看到 → 改用 https://",
        "the address is not https, so others could read it on the way → use https://",
    ),
    "moved": Label(
        "对方转到了别的地址（{detail}）→ 把最终的地址写进密钥",
        "it points to another address ({detail}) → put the final address into the secret",
    ),
    "status": Label(
        "对方回答 {detail} → 检查订阅是否仍然公开，地址是否已更换",
        "it answers {detail} → check whether the feed is still shared and its address unchanged",
    ),
    "certificate": Label(
        "对方的证书无效 → 更新证书，或在 REQUESTS_CA_BUNDLE 中写明本单位的 CA",
        "its certificate is not valid → renew it, or name your own authority in REQUESTS_CA_BUNDLE",
    ),
    "unreachable": Label("连接不上 → 检查网络和代理", "it cannot be reached → check network and proxy"),
    "too-slow": Label("太慢，没有在时限内答完 → 稍后再试", "it is too slow → try again later"),
    "too-large": Label(
        "超过 {detail} MB → 在日历软件里只导出近期事件",
        "it is larger than {detail} MB → let the calendar export recent events only",
    ),
    "no-file": Label("没有这个文件，或打不开 → 检查 path:", "there is no such file to read → check path:"),
    "not-a-calendar": Label(
        "内容不是 iCalendar → 用 .ics 订阅地址，不要用网页地址",
        "it is no iCalendar → use the address of the .ics feed, not that of a page",
    ),
    "takes-too-long": Label(
        "重复规则过于复杂，无法展开 → 简化日历中的重复事件",
        "its repeating events take too long to unfold → simplify them in the calendar",
    ),
    "too-many": Label(
        "事件太多 → 单独建一个值班日历", "it has too many events → make a calendar for duties only"
    ),
}
