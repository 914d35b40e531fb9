"""The services with fixed hosts: our text arrives in their shape, and a no inside a 200 is no delivery."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
import requests
import responses

from plugin.notify.outcomes import Outcome
from plugin.notify.pages import Page, pages
from plugin.notify.send import Courier
from tests.notify.samples import SEVERAL, STEP, speech, words

WECOM = ("wecombot://693axxx6-7aoc-4bc4", "https://qyapi.weixin.qq.com/cgi-bin/webhook/send")
DINGTALK = ("dingtalk://SECa1b2@f0e1d2c3", "https://oapi.dingtalk.com/robot/send")
FEISHU = ("feishu://0a1b-2c3d", "https://open.feishu.cn/open-apis/bot/v2/hook/0a1b-2c3d/")
LARK = ("lark://0a1b-2c3d", "https://open.larksuite.com/open-apis/bot/v2/hook/0a1b-2c3d")
SLACK = (
    "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ",
    "https://hooks.slack.com/services/T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ",
)
SLACK_BOT = ("slack://xoxb-1234-1234-abc124/#duty", "https://slack.com/api/chat.postMessage")
TEAMS = (
    "workflows://prod-1.westus.logic.azure.com:443/643e69f83c8944/aslkdfj",
    "https://prod-1.westus.logic.azure.com:443/workflows/643e69f83c8944/triggers/manual/paths/invoke",
)
SMS = (
    "twilio://AC" + "0" * 32 + ":" + "1" * 32 + "@15551234567/15557654321",
    "https://api.twilio.com/2010-04-01/Accounts/AC" + "0" * 32 + "/Messages.json",
)
FULL = pages([STEP], speech(), 32_768)[0]
TITLED = f"{FULL.subject}\r\n{FULL.text}"


def sent(
    service: tuple[str, str], answer: Any = None, *, status: int = 200, body: Any = None, more: str = ""
) -> tuple[Outcome, list[Any]]:
    """What came of it, and the JSON (or form) of every request."""
    with responses.RequestsMock() as wire:
        wire.post(service[1], status=status, **({"json": answer} if body is None else {"body": body}))
        outcome = Courier(8).send(service[0] + more, [STEP], words())
        return outcome, [_read(call.request) for call in wire.calls]


def _read(request: Any) -> Any:
    body = request.body if isinstance(request.body, str) else request.body.decode()
    return json.loads(body) if body.startswith("{") else body


def test_wecom_gets_plain_text_and_mentions_nobody() -> None:
    outcome, (said,) = sent(WECOM, {"errcode": 0, "errmsg": "ok"})
    assert outcome.state == "delivered"
    assert said == {"msgtype": "text", "text": {"content": TITLED}}


def test_dingtalk_gets_plain_text_signed_and_mentions_nobody() -> None:
    outcome, (said,) = sent(DINGTALK, {"errcode": 0, "errmsg": "ok"})
    assert outcome.state == "delivered"
    assert said["at"] == {"atMobiles": [], "isAtAll": False}
    assert (said["msgtype"], said["text"]) == ("text", {"content": TITLED})


def test_dingtalk_as_markdown_keeps_lines_and_the_address() -> None:
    _, (said,) = sent(DINGTALK, {"errcode": 0}, more="?format=markdown")
    assert said["markdown"]["text"] == f"# {FULL.subject}\n{FULL.markdown}"
    assert "](https://desk.city.example/#ticket/zoom/4711)" in said["markdown"]["text"]


@pytest.mark.parametrize("service", [FEISHU, LARK])
def test_feishu_gets_plain_text(service: tuple[str, str]) -> None:
    outcome, (said,) = sent(service, {"code": 0, "msg": "success", "data": {}})
    assert outcome.state == "delivered"
    assert said["msg_type"] == "text"
    assert said["content"]["text"].split() == TITLED.split()


def test_slack_gets_plain_text() -> None:
    outcome, (said,) = sent(SLACK, body="ok")
    assert outcome.state == "delivered"
    assert said["mrkdwn"] is False
    (attached,) = said["attachments"]
    assert (attached["title"], attached["text"]) == (FULL.subject, FULL.text)


def test_teams_gets_a_card_with_a_link_and_no_mention() -> None:
    outcome, (said,) = sent(TEAMS, body="", status=202)
    assert outcome.state == "delivered"
    card = said["attachments"][0]["content"]
    assert card["msteams"] == {"width": "full"}
    texts = {block["id"]: block["text"] for block in card["body"]}
    assert texts == {"title": FULL.subject, "body": FULL.markdown}
    assert not [block for block in card["body"] if block["type"] == "Image"], (
        "no picture is fetched from outside"
    )


def test_an_sms_is_short_and_still_names_ticket_kind_due_and_link() -> None:
    outcome, (said,) = sent(SMS, {"sid": "SM1", "status": "queued"}, status=201)
    assert outcome.state == "delivered"
    text = requests.compat.unquote_plus(dict(part.split("=", 1) for part in said.split("&"))["Body"])
    assert text == pages([STEP], speech(), 160)[0].text
    assert len(text) <= 160
    assert all(part in text for part in ("4711", "逐级告知 2/3", "03-02 18:00", "25", "https://"))


@pytest.mark.parametrize(
    ("service", "answer", "state", "reason"),
    [
        (WECOM, {"errcode": 93000, "errmsg": "invalid webhook url"}, "refused", "gone"),
        (WECOM, {"errcode": 45009, "errmsg": "api freq out of limit"}, "unreachable", "busy"),
        (WECOM, {"errcode": -1, "errmsg": "system busy"}, "unreachable", "busy"),
        (WECOM, {"errcode": 40008, "errmsg": "invalid message type"}, "refused", "turned-away"),
        (DINGTALK, {"errcode": 310000, "errmsg": "keywords not in content"}, "refused", "robot-rules"),
        (DINGTALK, {"errcode": 310000, "errmsg": "sign not match"}, "refused", "robot-rules"),
        (DINGTALK, {"errcode": 300001, "errmsg": "token is not exist"}, "refused", "gone"),
        (DINGTALK, {"errcode": 130101, "errmsg": "send too fast"}, "unreachable", "busy"),
        (FEISHU, {"code": 19024, "msg": "Key Words Not Found"}, "refused", "robot-rules"),
        (FEISHU, {"code": 19021, "msg": "sign match fail"}, "refused", "robot-rules"),
        (FEISHU, {"code": 19001, "msg": "incoming webhook access token invalid"}, "refused", "gone"),
        (FEISHU, {"code": 11232, "msg": "frequency limited psm"}, "unreachable", "busy"),
        (FEISHU, {"code": 9499, "msg": "Bad Request"}, "refused", "turned-away"),
        (FEISHU, {"code": 9499, "msg": "frequency limited psm x"}, "unreachable", "busy"),
        (LARK, {"code": 19001, "msg": "param invalid"}, "refused", "gone"),
        (FEISHU, {"StatusCode": 0, "StatusMessage": "success"}, "delivered", ""),
        (SLACK_BOT, {"ok": True, "channel": "C1", "ts": "1.2"}, "delivered", ""),
        (SLACK_BOT, {"ok": False, "error": "invalid_auth"}, "refused", "turned-away"),
        (SLACK_BOT, {"ok": False, "error": "ratelimited"}, "unreachable", "busy"),
    ],
)
def test_a_verdict_inside_a_200(service: tuple[str, str], answer: Any, state: str, reason: str) -> None:
    outcome, requests_sent = sent(service, answer)
    assert (outcome.state, outcome.reason) == (state, reason)
    assert len(requests_sent) == 1
    code = answer.get("errcode", answer.get("code"))
    assert outcome.detail == ("" if not code else str(code)), "the code and not a word of theirs"


@pytest.mark.parametrize("service", [WECOM, DINGTALK, FEISHU, LARK])
@pytest.mark.parametrize(
    "body",
    ["", "ok", "<html>sign in</html>", '{"errcode":', "[]", "null", '{"errcode": "0"}', '{"code": null}'],
)
def test_an_answer_without_a_verdict_is_not_taken_for_delivered(service: tuple[str, str], body: str) -> None:
    outcome, _ = sent(service, body=body)
    assert (outcome.state, outcome.reason) == ("unknown", "unclear")


@pytest.mark.parametrize("service", [WECOM, DINGTALK, FEISHU, LARK, SLACK, TEAMS, SMS])
@pytest.mark.parametrize(
    ("status", "state"), [(400, "refused"), (404, "refused"), (429, "unreachable"), (500, "unknown")]
)
def test_a_status_that_says_no(service: tuple[str, str], status: int, state: str) -> None:
    outcome, _ = sent(service, body="no", status=status)
    assert (outcome.state, outcome.detail) == (state, str(status))


@pytest.mark.parametrize("service", [WECOM, DINGTALK, FEISHU, LARK, SLACK, TEAMS, SMS])
def test_no_connection(service: tuple[str, str]) -> None:
    outcome, _ = sent(service, body=requests.ConnectionError("planted"))
    assert (outcome.state, outcome.reason) == ("unreachable", "no-connection")


def test_what_does_not_fit_one_text_goes_out_as_several_and_none_is_cut() -> None:
    """WeCom takes 2048 bytes: a character of Chinese is three."""
    many = [*SEVERAL, *SEVERAL]
    with responses.RequestsMock() as wire:
        wire.post(WECOM[1], json={"errcode": 0})
        before = time.monotonic()
        assert Courier(8).send(WECOM[0], many, words()).state == "delivered"
        assert time.monotonic() - before < 3, "Apprise's pauses between two texts would use up the time"
        texts = [_read(call.request)["text"]["content"] for call in wire.calls]
    assert len(texts) > 1
    assert max(len(text.encode()) for text in texts) <= 2048
    assert sum(text.count("编号") + text.count("可能是消息") for text in texts) == len(many)


def test_a_later_text_that_fails_makes_the_whole_be_sent_again() -> None:
    with responses.RequestsMock() as wire:
        wire.post(WECOM[1], json={"errcode": 0})
        wire.post(WECOM[1], json={"errcode": 45009})
        outcome = Courier(8).send(WECOM[0], [*SEVERAL, *SEVERAL], words())
    assert (outcome.state, outcome.reason) == ("unknown", "busy")


def test_a_page_is_what_it_says() -> None:
    page = Page("s", ("a", "https://desk.example/1", "", "b https://x"))
    assert page.text == "a\nhttps://desk.example/1\n\nb https://x"
    assert page.markdown == "a  \n[https://desk.example/1](https://desk.example/1)  \n  \nb https://x"
