"""Why a message did not get through, and what is wrong with an address: for the person who can mend it.

An address is a secret: it is told by the name it has in the desk file, and nothing of it is repeated.
"""

from __future__ import annotations

from collections.abc import Mapping

from plugin.core.label import Label
from plugin.notify.outcomes import Outcome

TEXTS: Mapping[str, Label] = {
    "delivered": Label("{contact}：已送达", "{contact}: delivered"),
    "empty": Label(
        "{contact}：没有值 → 设置该环境变量或文件，内容为一个 Apprise 地址",
        "{contact}: it has no value → set the variable or file to an Apprise address",
    ),
    "unreadable": Label(
        "{contact}：不是 Apprise 能识别的地址{which} → 按 docs/notify.md 写，如 mailtos://… 或 wecombot://…",
        "{contact}: not an address Apprise knows{which} → write it as docs/notify.md shows, "
        "such as mailtos://… or wecombot://…",
    ),
    "not-installed": Label(
        "{contact}：这种渠道还缺一个软件包{which} → 在同一环境里安装它，或换一种渠道",
        "{contact}: this service needs a package that is not here{which} → install it beside Paidan, "
        "or use another service",
    ),
    "incomplete": Label(
        "{contact}：地址里少了一部分，或某一部分写法不对{which} → 对照 docs/notify.md 检查密钥、账号和收件人",
        "{contact}: a part of the address is missing or has the wrong form{which} → check key, account and "
        "recipient against docs/notify.md",
    ),
    "partly": Label(
        "{contact}：地址里有收件人或选项用不了{which} → 改正它；否则有人收不到",
        "{contact}: a recipient or an option in it cannot be used{which} → correct it, or somebody gets "
        "nothing",
    ),
    "sign-in": Label(
        "{contact}：对方不接受账号或密钥{detail} → 检查地址里的用户、密码或密钥",
        "{contact}: the service does not accept the account or key{detail} → check user, password or key in "
        "the address",
    ),
    "gone": Label(
        "{contact}：对方没有这个地址{detail}，机器人可能已被删除 → 新建机器人并换上新地址",
        "{contact}: the service has no such address{detail}, the robot may have been removed → make a new "
        "one and put its address in",
    ),
    "robot-rules": Label(
        "{contact}：机器人的安全设置不放行{detail} → 自定义关键词填“派单”（英文为 Paidan），"
        "或放行本机 IP；钉钉加签的密钥写在地址里",
        "{contact}: the robot's security settings do not let it pass{detail} → make Paidan (派单 in "
        "Chinese) its keyword or allow this machine's address; a signing secret of DingTalk belongs into "
        "the address",
    ),
    "recipient": Label(
        "{contact}：邮件服务器不接受收件人或发件人{detail} → 检查 to= 和 from=",
        "{contact}: the mail server does not take the recipient or sender{detail} → check to= and from=",
    ),
    "too-long": Label(
        "{contact}：对方嫌消息太长{detail} → 请告知维护者是哪种渠道",
        "{contact}: the message is too long for the service{detail} → tell the maintainers which service "
        "it is",
    ),
    "turned-away": Label(
        "{contact}：对方拒绝了消息{detail} → 在该渠道的说明里查这个代码，检查地址各部分",
        "{contact}: the service refused the message{detail} → look the code up at the service and check the "
        "parts of the address",
    ),
    "redirected": Label(
        "{contact}：对方让转到别处{detail}，派单不跟随 → 直接写最终地址",
        "{contact}: it points elsewhere{detail}, which is not followed → write the final address",
    ),
    "not-offered": Label(
        "{contact}：邮件服务器不支持所要求的加密或登录方式 → 检查 mode= 和端口",
        "{contact}: the mail server does not offer the encryption or sign-in asked for → check mode= and "
        "the port",
    ),
    "busy": Label("{contact}：对方要求稍候{detail}", "{contact}: the service asks to wait{detail}"),
    "failing": Label("{contact}：对方内部出错{detail}", "{contact}: the service failed{detail}"),
    "no-connection": Label(
        "{contact}：连不上 → 检查地址、网络和代理",
        "{contact}: no connection → check the address, the network and the proxy",
    ),
    "certificate": Label(
        "{contact}：对方的证书无效 → 检查主机名和证书；"
        "内部证书用 REQUESTS_CA_BUNDLE（邮件用 SSL_CERT_FILE）指明",
        "{contact}: the certificate is not valid for the host → check host name and certificate; name an "
        "authority of your own in REQUESTS_CA_BUNDLE (mail: SSL_CERT_FILE)",
    ),
    "encryption": Label(
        "{contact}：无法建立加密连接 → 检查端口和加密方式（邮件的 mode=，网址的 s）",
        "{contact}: no encrypted connection is possible → check port and encryption (mode= of mail, the s of "
        "web addresses)",
    ),
    "no-answer": Label(
        "{contact}：没有及时得到完整的回答，不知是否送达",
        "{contact}: no whole answer in time, it may have arrived",
    ),
    "unclear": Label(
        "{contact}：对方的回答看不懂，不知是否送达 → 检查中间是否有代理或登录页",
        "{contact}: the answer makes no sense, it may have arrived → look for a proxy or sign-in page in "
        "between",
    ),
    "too-late": Label("{contact}：时间不够，未发出", "{contact}: the time was over before it was sent"),
    "silent": Label(
        "{contact}：对方收下请求却没有确认，不知是否送达 → 若总是如此，检查地址各部分",
        "{contact}: the service took the request and did not confirm, it may have arrived → if this stays "
        "so, check the parts of the address",
    ),
    "unseen": Label(
        "{contact}：没有送达，原因不明 → 若总是如此，检查地址各部分",
        "{contact}: not delivered, it is not known why → if this stays so, check the parts of the address",
    ),
    "internal": Label(
        "{contact}：发送时出错 → 请把日志交给维护者",
        "{contact}: it could not be sent → pass the log to the maintainers",
    ),
    "again": Label("会自动再试", "it is tried again by itself"),
    "again-twice": Label("会自动再试，可能收到两次", "it is tried again by itself and may arrive twice"),
    "join": Label("；", "; "),
    "partly-delivered": Label(
        "（{taken}/{addresses} 个地址已收下）", " ({taken} of {addresses} addresses took it)"
    ),
    "detail": Label("（{detail}）", " ({detail})"),
    "which": Label("（第 {which} 个）", " (number {which})"),
}


def told(outcome: Outcome, contact: str, language: str, *, again: bool = True) -> str:
    """An outcome in words: ``contact`` is the *name* of the secret, ``again`` whether it is tried again."""

    def say(code: str, **slots: object) -> str:
        return TEXTS[code].say(language).format(**slots)

    text = say(
        outcome.reason or "delivered",
        contact=contact,
        detail=say("detail", detail=outcome.detail) if outcome.detail else "",
        which=say("which", which=outcome.which) if outcome.which else "",
    )
    what, _, remedy = text.partition(" → ")
    if outcome.taken and outcome.state != "delivered":
        what += say("partly-delivered", taken=outcome.taken, addresses=outcome.addresses)
    todo = [remedy] if remedy else []
    if again and outcome.is_retryable:
        todo.append(say("again-twice" if outcome.state == "unknown" else "again"))
    return f"{what} → {say('join').join(todo)}" if todo else what
