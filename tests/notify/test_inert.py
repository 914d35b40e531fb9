"""A label stays a label in every format and service: it mentions, links, formats and fills nothing."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from urllib.parse import unquote_plus

import pytest
import responses
from hypothesis import given
from hypothesis import strategies as st

from plugin.core.clock_words import ClockWords
from plugin.notify.inert import MOST, inert, inert_link
from plugin.notify.messages import TicketRef
from plugin.notify.pages import pages
from plugin.notify.send import Courier
from plugin.notify.wording import Speech
from tests.notify.samples import BASIS, EVERY, NAMES, SHANGHAI

HOSTILE = (
    "<!channel>",
    "<!here|here>",
    "<@U123>",
    '<at user_id="all">所有人</at>',
    "<at>duty@city.example</at>",
    "<at id=all></at>",
    "@all",
    "@everyone",
    "@here",
    "@channel",
    "@13800138000",
    "[here](https://evil.example)",
    "<https://evil.example|desk>",
    "https://evil.example/x",
    "www.evil.example",
    "**bold** __under__ ~~gone~~ `code` _slanted_",
    "```\nblock\n```",
    "# heading",
    "<b>bold</b><script>alert(1)</script><img src=x>",
    "&lt;b&gt; &amp;",
    "{number} {0} {link!r} {{x}}",
    "{{ticket.title}} ${HOME} %(name)s #{x} <%= x %>",
    ":fire: :rotating_light:",
    "a\nb\r\nc\tBcc: everyone@city.example",
    "a\u202eb\u200b\ufeffc\x00d\x1b[31m",
    "| a | b |",
    "\\u0040all \\n",
    "电话 13800138000，身份证 110101199001011234，邮箱 a@b.example",
    "长" * 200,
)
LIVE = re.compile(
    r"<!|<@|</?at\b|@(?:all|everyone|here|channel|\d)|evil\.example|\]\(https://evil|www\.|\*\*|__|~~|`|\{|\}|\$"
    r"|</?[a-z]+[ >]|&[a-z]+;|:[a-z_]+:|13800138000|110101199001011234"
    r"|[\x00-\x08\x0b-\x1f\u202a-\u202e\u200b\ufeff]"
)


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_label_is_only_words(name: str) -> None:
    shown = inert(name)
    assert not LIVE.search(shown)
    assert "\n" not in shown
    assert len(shown) <= MOST
    assert shown


@pytest.mark.parametrize(
    "name",
    ["一级响应", "report to headquarters", "hq_report_15d", "《信访工作条例》第二十二条", "P2-2.2.1-1"],
)
def test_an_ordinary_label_stays_as_it_is(name: str) -> None:
    assert inert(name) == name


@given(st.text(max_size=200))
def test_any_label_is_only_words(name: str) -> None:
    shown = inert(name)
    assert not LIVE.search(shown)
    assert not set(shown) & set("<>@*`[]{}|\\~&$%#^\"'\n\r\t")
    assert len(shown) <= MOST


def test_an_address_keeps_its_way_and_loses_every_other_sign() -> None:
    assert inert_link("https://desk.example:1/#t/4?a=1&b=c_d") == "https://desk.example:1/#t/4?a=1&b=c_d"
    assert inert_link("https://desk.example/a(b)<c>*'\"`{}|单") == (
        "https://desk.example/a%28b%29%3Cc%3E%2A%27%22%60%7B%7D%7C%E5%8D%95"
    )


def hostile_words(name: str) -> ClockWords:
    """Every label of the organisation's documents is this one."""
    return ClockWords("zh", SHANGHAI, dict.fromkeys(NAMES, name), dict.fromkeys(BASIS, name))


SERVICES = {
    "wecom": "wecombot://693axxx6-7aoc-4bc4",
    "dingtalk": "dingtalk://f0e1d2c3",
    "dingtalk-markdown": "dingtalk://f0e1d2c3?format=markdown",
    "feishu": "feishu://0a1b-2c3d",
    "feishu-markdown": "feishu://0a1b-2c3d?format=markdown",
    "slack": "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ",
    "slack-markdown": "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ?format=markdown",
    "teams": "workflows://prod-1.westus.logic.azure.com:443/643e69f83c8944/aslkdfj",
    "discord": "discord://4174216298/JHMHI8qBe7bk2ZwO5U711o3dV_js",
    "telegram": "tgram://123456789:abcdefg_hijklmnop/12315544",
    "mattermost": "mmost://chat.city.example/3ccdd113474722377935511fc85d3dd4",
    "rocketchat": "rocket://3ccdd113474722377935511fc85d3dd4/a1b2c3@chat.city.example/#duty",
    "google-chat": "gchat://space/key/token",
    "matrix": "matrixs://token@matrix.city.example/!room:city.example?mode=slack",
    "html": "json://gateway.city.example/hook?format=html",
    "markdown": "json://gateway.city.example/hook?format=markdown",
}


@pytest.mark.parametrize("service", SERVICES)
def test_a_hostile_label_is_only_words_at_every_service(service: str) -> None:
    """What is posted is searched, escaping undone: no reader of it can find a command there."""
    for name in HOSTILE:
        with responses.RequestsMock(assert_all_requests_are_fired=False) as wire:
            for method in ("GET", "POST", "PUT"):
                wire.add(method, re.compile(".*"), json={"errcode": 0, "code": 0, "ok": True, "result": {}})
            notices = [replace(EVERY[kind], desk=name) for kind in ("step-late", "unfilled")]
            Courier(8).send(SERVICES[service], notices, hostile_words(name))
            posted = [call.request.body for call in wire.calls if call.request.body]
        assert posted
        said = "".join(_plain(body) for body in posted)
        assert "4711" in said
        allowed = said.replace("](https://desk.city.example/", "").replace("<https://desk.city.example/", "")
        assert not LIVE.search(_without_markup(allowed)), (name, said)


def _plain(body: str | bytes) -> str:
    text = body if isinstance(body, str) else body.decode()
    return "\n".join(_strings(json.loads(text))) if text.startswith("{") else unquote_plus(text)


def _strings(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [found for each in value.values() for found in _strings(each)]
    return [found for each in value for found in _strings(each)] if isinstance(value, list) else []


def _without_markup(text: str) -> str:
    """Without what services add around the whole of a text."""
    return re.sub(r"<br ?/?>|</?b>|&nbsp;|&amp;|\*\*(?=派单)|(?<=）)\*\*|[\n\r]", " ", text)


def test_a_link_is_shown_as_one() -> None:
    hostile = TicketRef("1", "https://desk.example/a*b*(c)[d]", "I")
    page = pages([replace(EVERY["step"], ticket=hostile)], Speech(hostile_words("x")), 32_768)[0]
    assert "https://desk.example/a%2Ab%2A%28c%29[d]" in page.lines
