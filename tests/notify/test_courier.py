"""One contact: several addresses, repeats, threads, the whole time; and what an address is told to be."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from importlib.util import find_spec

import pytest
import responses
from hypothesis import given
from hypothesis import strategies as st

from plugin.notify.outcomes import Outcome
from plugin.notify.pages import pages
from plugin.notify.reasons import TEXTS
from plugin.notify.send import Courier, channels, valid
from plugin.servers import free_port
from tests.notify.peers import Mailbox, Peer, answering, mail_server
from tests.notify.samples import EVERY, SEVERAL, STEP, speech, words

Start = Callable[..., Peer]
MISSED = EVERY["missed"]


def hook(port: int) -> str:
    return f"json://127.0.0.1:{port}/hook"


@pytest.mark.parametrize("between", ["\n", " ", ", ", "\r\n\n", ";"])
def test_every_address_gets_it(peer: Start, between: str) -> None:
    servers = [peer(answering()) for _ in range(3)]
    value = between.join(hook(server.port) for server in servers)
    outcome = Courier(8).send(value, [STEP], words())
    assert (outcome.state, outcome.taken, outcome.addresses) == ("delivered", 3, 3)
    assert [len(server.requests) for server in servers] == [1, 1, 1]


def test_a_repeat_goes_only_to_the_address_that_did_not_take_it(peer: Start) -> None:
    good, faults = peer(answering()), iter([500, 200])
    bad = peer(lambda connection: answering(next(faults))(connection))
    courier, value = Courier(8), f"{hook(good.port)}\n{hook(bad.port)}"
    first = courier.send(value, [STEP], words())
    assert (first.state, first.reason, first.which, first.taken) == ("unknown", "failing", 2, 1)
    assert courier.send(value, [STEP], words()).state == "delivered"
    assert (len(good.requests), len(bad.requests)) == (1, 2)


def test_a_repeat_among_others_leaves_out_what_was_taken(peer: Start) -> None:
    server, courier = peer(answering()), Courier(8)
    courier.send(hook(server.port), [STEP], words())
    courier.send(hook(server.port), [STEP, MISSED], words())
    courier.send(hook(server.port), [MISSED, STEP], words())
    assert len(server.requests) == 2
    assert "3f2a91bc" not in server.bodies[1]["message"]
    assert "5f2a91bc" in server.bodies[1]["message"]


def test_slow_addresses_do_not_take_the_time_of_the_others(peer: Start) -> None:
    arrived: list[float] = []
    slow = peer(lambda _connection: time.sleep(30))
    good = peer(lambda connection: (arrived.append(time.monotonic()), answering()(connection)))
    before = time.monotonic()
    value = f"{hook(slow.port)}\n{hook(slow.port)}/b\n{hook(good.port)}"
    outcome = Courier(3).send(value, [STEP], words())
    assert (outcome.state, outcome.which, outcome.taken) == ("unknown", 1, 1)
    assert arrived[0] - before < 2.2
    assert time.monotonic() - before < 3.5


def test_one_address_that_cannot_be_used_does_not_keep_the_others(peer: Start) -> None:
    good = peer(answering())
    outcome = Courier(8).send(f"nosuch://x\n{hook(good.port)}", [STEP], words())
    assert (outcome.state, outcome.reason, outcome.which) == ("refused", "unreadable", 1)
    assert len(good.requests) == 1


def test_many_threads_send_at_once(peer: Start) -> None:
    """Each keeps its own watch: a failure of one is never another's."""
    good, bad, courier = peer(answering()), peer(answering(404)), Courier(10)
    outcomes: dict[int, Outcome] = {}

    def send(number: int) -> None:
        server = good if number % 2 else bad
        outcomes[number] = courier.send(f"{hook(server.port)}/{number}", [STEP], words())

    threads = [threading.Thread(target=send, args=(number,)) for number in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {number: outcome.state for number, outcome in outcomes.items()} == {
        number: "delivered" if number % 2 else "refused" for number in range(40)
    }
    assert len(good.requests) == len(bad.requests) == 20


def test_threads_share_one_mail_server() -> None:
    mailbox, courier = Mailbox(), Courier(10)
    notices = {notice.id: notice for notice in EVERY.values()}.values()
    with mail_server(mailbox) as port:
        where = f"mailto://127.0.0.1:{port}?from=paidan@city.example&to=duty@city.example"
        threads = [
            threading.Thread(target=courier.send, args=(where, [notice], words())) for notice in notices
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sorted(mail["X-Paidan-Message"] for mail in mailbox.mails) == sorted(each.id for each in notices)


def test_what_a_plugin_breaks_is_told_and_not_raised() -> None:
    with responses.RequestsMock() as wire:
        wire.post("https://qyapi.weixin.qq.com/cgi-bin/webhook/send", body=RuntimeError("planted"))
        outcome = Courier(8).send("wecombot://abc", [STEP], words())
    assert (outcome.state, outcome.reason) == ("unknown", "unseen")


@pytest.mark.parametrize(
    ("value", "reason", "which"),
    [
        ("", "empty", 0),
        (" \n ", "empty", 0),
        ("13800138000", "unreadable", 0),
        ("duty@city.example", "unreadable", 0),
        ("nosuch://x", "unreadable", 0),
        ("https://oapi.dingtalk.com/robot/send?access_token=abc", "unreadable", 0),
        ("https://open.feishu.cn/open-apis/bot/v2/hook/abc", "unreadable", 0),
        ("wecombot://a!b", "incomplete", 0),
        ("dingtalk://", "incomplete", 0),
        ("slack://only-one", "incomplete", 0),
        ("mailto://", "incomplete", 0),
        ("twilio://AC1:2@3", "incomplete", 0),
        ("mailto://mail.city.example?from=a@b.example&to=nobody", "partly", 0),
        ("dingtalk://abc/12", "partly", 0),
        ("wecombot://abc\ndingtalk://a!", "incomplete", 2),
        ("json://gateway.city.example/sms?length=short", "incomplete", 0),
        ("wecombot://abc\nand a remark", "unreadable", 2),
    ],
)
def test_what_is_wrong_with_an_address(value: str, reason: str, which: int) -> None:
    problem = valid(value)
    assert problem is not None
    assert (problem.state, problem.reason, problem.which) == ("refused", reason, which)


@pytest.mark.skipif(find_spec("paho") is not None, reason="the package it needs is here")
def test_a_service_that_needs_a_package_says_so() -> None:
    problem = valid("mqtt://queue.city.example/duty")
    assert problem is not None
    assert problem.reason == "not-installed"


@given(
    st.text(max_size=80), st.sampled_from(["", "mailto://", "slack://", "json://", "wecombot://", "tgram://"])
)
def test_whatever_is_written_is_told_and_not_raised(text: str, scheme: str) -> None:
    problem = valid(scheme + text)
    assert problem is None or problem.reason in TEXTS
    assert len(channels(scheme + text)) >= (1 if (scheme + text).strip() else 0)


def test_a_name_that_is_looked_up_for_ever_takes_no_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_more: time.sleep(4) or [])
    before = time.monotonic()
    outcome = Courier(1).send("json://gateway.city.example/hook", [STEP], words())
    assert (outcome.state, outcome.reason) == ("unknown", "no-answer")
    assert time.monotonic() - before < 2


@pytest.mark.parametrize(
    ("value", "names"),
    [
        ("mailtos://duty:secret@mail.city.example?from=p@city.example&to=a@city.example", ("E-Mail",)),
        ("mailto://127.0.0.1:2525?from=p@city.example&to=a@city.example,b@city.example", ("E-Mail",)),
        ("wecombot://693axxx6-7aoc-4bc4", ("WeCom Bot",)),
        ("https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=abc-1", ("WeCom Bot",)),
        ("dingtalk://f0e1d2", ("DingTalk",)),
        ("dingtalk://SECa1b2@f0e1d2/13800138000", ("DingTalk",)),
        ("feishu://0a1b-2c3d", ("Feishu",)),
        ("https://hooks.slack.com/services/T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ", ("Slack",)),
        ("json://localhost:8080/hook jsons://gateway.city.example/hook", ("JSON", "JSON")),
    ],
)
def test_what_is_an_address(value: str, names: tuple[str, ...]) -> None:
    assert valid(value) is None
    assert channels(value) == names


@pytest.mark.parametrize(
    ("more", "text"), [("", "text"), ("&length=160", "brief"), ("&length=99999", "text")]
)
def test_a_gateway_for_sms_is_told_how_long_its_texts_may_be(peer: Start, more: str, text: str) -> None:
    server = peer(answering())
    where = f"json://127.0.0.1:{server.port}/sms?:message=content&:title=&:mobile=15557654321{more}"
    assert valid(where) is None
    assert Courier(8).send(where, [STEP], words()).state == "delivered"
    said = server.bodies[0]
    assert said["mobile"] == "15557654321"
    made = {"text": pages([STEP], speech(), 32_768), "brief": pages([STEP], speech(), 160)}[text][0]
    assert said["content"] == made.text


def test_nobody_is_asked_whether_an_address_is_one(peer: Start) -> None:
    server = peer(answering())
    valid(hook(server.port))
    channels(hook(server.port))
    assert server.requests == []


def test_nothing_of_it_is_loaded_before_the_first_message() -> None:
    """``paidan check`` and the rest of the command line stay quick."""
    code = "import sys, plugin.notify.send, plugin.cli, plugin.app.paidan; print('apprise' in sys.modules)"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "False"


def test_a_digest_is_one_message(peer: Start) -> None:
    server = peer(answering())
    assert Courier(8).send(hook(server.port), SEVERAL, words()).state == "delivered"
    assert len(server.requests) == 1


def test_nobody_listens_anywhere() -> None:
    value = f"{hook(free_port())}\n{hook(free_port())}"
    outcome = Courier(8).send(value, [STEP], words())
    assert (outcome.state, outcome.taken, outcome.addresses) == ("unreachable", 0, 2)
