"""Nothing of an address is found in any log, warning, error or representation afterwards."""

from __future__ import annotations

import logging
import re
import warnings
from collections.abc import Iterator

import pytest
import requests
import responses
from structlog.testing import capture_logs

from plugin.notify.messages import NotAMessage, TicketRef
from plugin.notify.outcomes import Exchange
from plugin.notify.reasons import told
from plugin.notify.send import Courier, channels, valid
from plugin.notify.silence import WITHHELD
from plugin.notify.watch import Watch, watching
from plugin.servers import free_port
from tests.notify.peers import Mailbox, Peer, answering, mail_server
from tests.notify.samples import STEP, words

KEY = "PlantedKey7f3a"
PASSWORD = "PlantedPass99"
PERSON = "planted.person"
MARKS = re.compile("planted", re.IGNORECASE)

ADDRESSES = {
    "wecom": f"wecombot://{KEY}",
    "wecom-native": f"https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key={KEY}",
    "dingtalk": f"dingtalk://{PASSWORD}@{KEY}",
    "feishu": f"feishu://{KEY}",
    "lark": f"lark://{KEY}",
    "slack": f"slack://T1JJ3T3L2/A1BRTD4JD/{KEY}IevDFgt7fFQa",
    "slack-bot": "slack://xoxb-1234-1234-PlantedKey/#planted-room",
    "teams": f"workflows://planted.westus.logic.azure.com:443/{KEY}/{KEY}",
    "sms": "twilio://AC" + "a" * 32 + f":{PASSWORD}{'1' * 19}@15551234567/15557654321/planted",
    "telegram": "tgram://123456789:PlantedKeyhijklmnop/planted_room",
    "json": f"json://planted:{PASSWORD}@planted.city.example/{KEY}?-token={KEY}&+X-Key={KEY}",
    "json-unverified": f"jsons://planted:{PASSWORD}@planted.city.example/{KEY}?verify=no",
    "twitter": "x://PlantedConsumer/PlantedSecret/PlantedAccess/PlantedToken",
    "wechat": f"wechat://planted:{PASSWORD}@1000/{PERSON}",
}
BROKEN = (
    f"{KEY}",
    f"nosuch://{PASSWORD}@{KEY}",
    f"wecombot://{KEY}!!%20",
    f"dingtalk://{PASSWORD}!@{KEY}!",
    f"mailtos://planted:{PASSWORD}@mail.city.example?to=planted-no-mail",
    f"mailto://{PERSON}",
    "slack://planted",
    f"https://planted.city.example/{KEY}",
    f"json://planted:{PASSWORD}@planted.city.example/?rto=planted&format=planted",
    f"twilio://planted:{PASSWORD}@planted",
)


class Kept(logging.Handler):
    """Everything the standard library's logging is told, formatted as a log would have it."""

    def __init__(self) -> None:
        super().__init__(logging.NOTSET)
        self.lines: list[str] = []
        self.setFormatter(logging.Formatter("%(name)s %(levelname)s %(message)s %(pathname)s"))

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record) + repr(record.args) + repr(record.__dict__))


@pytest.fixture
def logs() -> Iterator[Kept]:
    """All loggers at DEBUG, those of Apprise and of what it uses too."""
    kept, root = Kept(), logging.getLogger()
    before = root.level
    root.addHandler(kept)
    root.setLevel(1)
    with warnings.catch_warnings(record=True) as caught, capture_logs() as events:
        warnings.simplefilter("always")
        yield kept
    root.removeHandler(kept)
    root.setLevel(before)
    assert not [str(each.message) for each in caught if MARKS.search(str(each.message))]
    assert not MARKS.search(repr(events))


def everything_said(outcome: object, courier: Courier) -> str:
    return repr(outcome) + repr(courier) + repr(vars(courier))


@pytest.mark.parametrize("name", ADDRESSES)
@pytest.mark.parametrize(
    "answer",
    [
        {"json": {"errcode": 0, "code": 0, "ok": True}},
        {"json": {"errcode": 93000, "code": 19001, "ok": False, "errmsg": f"invalid {KEY}", "error": KEY}},
        {"body": f"bad {KEY} {PASSWORD}", "status": 403},
        {"body": f"down {KEY}", "status": 500},
        {"body": requests.ConnectionError(f"https://planted/{KEY}")},
        {"body": RuntimeError(f"https://planted/{KEY}")},
    ],
    ids=["yes", "no-inside", "403", "500", "cut", "bug"],
)
def test_an_address_in_use(
    name: str, answer: dict[str, object], logs: Kept, capfd: pytest.CaptureFixture[str]
) -> None:
    assert MARKS.search(ADDRESSES[name])
    courier = Courier(6)
    with responses.RequestsMock(assert_all_requests_are_fired=False) as wire:
        for method in ("GET", "POST", "PUT"):
            wire.add(method, re.compile(".*"), **answer)  # type: ignore[arg-type]
        outcome = courier.send(ADDRESSES[name], [STEP], words())
        assert wire.calls, "it was sent"
    assert not MARKS.search("\n".join(logs.lines))
    assert not MARKS.search(everything_said(outcome, courier))
    assert not any(MARKS.search(told(outcome, "env:DUTY", language)) for language in ("zh", "en"))
    assert not MARKS.search("".join(capfd.readouterr()))


@pytest.mark.parametrize("address", BROKEN)
def test_an_address_that_cannot_be_used(address: str, logs: Kept, capfd: pytest.CaptureFixture[str]) -> None:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as wire:
        wire.add("POST", re.compile(".*"), body=requests.ConnectionError(KEY))
        problem = valid(address)
        outcome = Courier(2).send(address, [STEP], words())
    assert problem is None or problem.state == "refused"
    for each in filter(None, (problem, outcome)):
        assert not MARKS.search(repr(each) + told(each, "env:DUTY", "zh") + told(each, "env:DUTY", "en"))
    assert not MARKS.search(repr(channels(address)))
    assert not MARKS.search("\n".join(logs.lines) + "".join(capfd.readouterr()))


@pytest.mark.parametrize("reply", ["250 OK", "550 no such user", "451 later"])
def test_mail_in_use(reply: str, logs: Kept, capfd: pytest.CaptureFixture[str]) -> None:
    logging.getLogger("mail.log").setLevel(logging.CRITICAL)  # the server's own log, in this same process
    mailbox = Mailbox(rcpt=reply)
    with mail_server(mailbox, account=("planted", PASSWORD)) as port:
        where = (
            f"mailto://planted:{PASSWORD}@127.0.0.1:{port}?from={PERSON}@city.example&to={PERSON}@b.example"
        )
        good = Courier(6).send(where, [STEP], words())
        bad = Courier(6).send(where.replace(PASSWORD, "PlantedWrong"), [STEP], words())
    away = Courier(4).send(where.replace(f":{port}", f":{free_port()}"), [STEP], words())
    assert [each.state for each in (bad, away)] == ["refused", "unreachable"]
    assert not MARKS.search(repr((good, bad, away)))
    assert not MARKS.search("\n".join(logs.lines) + "".join(capfd.readouterr()))


def test_a_real_connection_is_logged_without_its_path(logs: Kept) -> None:
    """urllib3 writes the path of each request at DEBUG: it must have been at work here, and say nothing."""
    server = Peer(answering())
    Courier(6).send(f"json://127.0.0.1:{server.port}/{KEY}", [STEP], words())
    server.close()
    assert KEY.encode() in server.requests[0]
    assert any("urllib3" in line and WITHHELD in line for line in logs.lines)
    assert not MARKS.search("\n".join(logs.lines))


def test_others_are_heard_as_ever(logs: Kept) -> None:
    Courier(1).send(f"wecombot://{KEY}!!", [STEP], words())
    logging.getLogger("urllib3.connectionpool").debug("an ordinary %s", "line")
    logging.getLogger("somebody").warning("else")
    with watching(Watch(0.0)):
        logging.getLogger("somebody").warning("inside %s", KEY, exc_info=ValueError(KEY))
    assert [line.split(" /")[0] for line in logs.lines[-3:]] == [
        "urllib3.connectionpool DEBUG an ordinary line",
        "somebody WARNING else",
        f"somebody WARNING {WITHHELD}",
    ]


def test_what_is_raised_holds_no_value() -> None:
    with pytest.raises(NotAMessage) as caught:
        TicketRef(f"{KEY} {PASSWORD}")
    assert not MARKS.search(repr(caught.value) + str(caught.value))
    assert not MARKS.search(repr(Exchange("http", 200, KEY.encode())))
