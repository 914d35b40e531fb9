"""What the wire showed, as an outcome: the table, and several addresses as one."""

from __future__ import annotations

from pathlib import Path
from string import Formatter

import pytest

from plugin.notify.outcomes import DELIVERED, Exchange, Outcome, judged, worst
from plugin.notify.reasons import TEXTS, told

OK = Exchange("http", 200, b'{"errcode": 0, "code": 0}')
UNSENT = Exchange("http", failure="no-connection", wrote=False)
LOST = Exchange("http", failure="no-answer")
TAKEN = Exchange("smtp", 250)


@pytest.mark.parametrize(
    ("service", "said_yes", "exchanges", "state", "reason"),
    [
        ("json", True, [OK], "delivered", ""),
        ("json", True, [LOST, OK], "delivered", ""),  # it tried again by itself and got through
        ("json", False, [OK], "unknown", "silent"),
        ("json", False, [OK, UNSENT], "unknown", "no-connection"),  # one of two recipients has it
        ("json", False, [OK, Exchange("http", 404)], "refused", "gone"),
        ("json", False, [Exchange("http", 404), UNSENT], "unreachable", "no-connection"),
        ("json", False, [UNSENT, LOST], "unknown", "no-answer"),
        ("json", False, [UNSENT], "unreachable", "no-connection"),
        ("json", None, [], "unknown", "no-answer"),
        ("json", None, [OK], "unknown", "no-answer"),
        ("json", None, [UNSENT], "unreachable", "no-connection"),
        ("wecombot", True, [OK], "delivered", ""),
        ("wecombot", True, [OK, Exchange("http", 200, b'{"errcode": 45009}')], "unknown", "busy"),
        ("wecombot", True, [], "unknown", "unseen"),
        ("wecombot", True, [Exchange("http", 204)], "unknown", "unclear"),
        ("mqtt", True, [], "delivered", ""),
        ("mqtt", False, [], "unknown", "unseen"),
        ("mailto", False, [TAKEN, Exchange("smtp", 550)], "refused", "recipient"),
        ("mailto", False, [TAKEN, Exchange("smtp", 451)], "unknown", "busy"),
        ("mailto", False, [Exchange("smtp", failure="too-late", wrote=False)], "unreachable", "too-late"),
        ("mailto", False, [Exchange("smtp", failure="not-offered", wrote=False)], "refused", "not-offered"),
    ],
)
def test_one_address(
    service: str, said_yes: bool | None, exchanges: list[Exchange], state: str, reason: str
) -> None:
    outcome = judged(service, said_yes, exchanges)
    assert (outcome.state, outcome.reason) == (state, reason)


REFUSED, UNREACHABLE = Outcome("refused", "gone"), Outcome("unreachable", "busy", retry_after=9)
UNKNOWN = Outcome("unknown", "no-answer", retry_after=60)


@pytest.mark.parametrize(
    ("every", "state", "reason", "taken"),
    [
        ([DELIVERED], "delivered", "", 1),
        ([DELIVERED, DELIVERED], "delivered", "", 2),
        ([DELIVERED, REFUSED], "refused", "gone", 1),
        ([UNREACHABLE, REFUSED], "unreachable", "busy", 0),
        ([DELIVERED, UNREACHABLE], "unknown", "busy", 1),
        ([UNREACHABLE, UNKNOWN], "unknown", "no-answer", 0),
        ([REFUSED, REFUSED], "refused", "gone", 0),
    ],
)
def test_several_addresses(every: list[Outcome], state: str, reason: str, taken: int) -> None:
    outcome = worst(every)
    assert (outcome.state, outcome.reason, outcome.taken) == (state, reason, taken)
    assert outcome.addresses == len(every)
    assert outcome.is_retryable == (state in ("unreachable", "unknown"))


def test_the_longest_wait_counts() -> None:
    assert worst([UNREACHABLE, UNKNOWN, DELIVERED]).retry_after == 60
    assert worst([REFUSED, DELIVERED]).retry_after is None


def test_every_reason_has_words_in_both_languages() -> None:
    for code, text in TEXTS.items():
        slots = [{slot for _, slot, _, _ in Formatter().parse(each) if slot} for each in text]
        assert slots[0] == slots[1], code
        if code not in ("partly-delivered", "detail", "which", "again", "again-twice", "join"):
            assert "contact" in slots[0], code


def test_every_reason_in_the_code_is_in_the_table() -> None:
    folder = Path(__file__).parents[2] / "plugin" / "notify"
    source = "".join((folder / name).read_text("utf-8") for name in ("outcomes.py", "send.py"))
    wire = "".join(
        (folder / name).read_text("utf-8") for name in ("http_wire.py", "mail_wire.py", "watch.py")
    )
    unused = {code for code in TEXTS if f'"{code}"' not in source + wire}
    assert unused == {"partly-delivered", "detail", "which", "again", "again-twice", "join"}
    for name in ("no-connection", "no-answer", "certificate", "encryption", "too-late", "not-offered"):
        assert f'"{name}"' in wire
        assert name in TEXTS


def test_a_reason_in_words() -> None:
    outcome = Outcome("refused", "sign-in", "535", taken=1, addresses=2)
    assert told(outcome, "env:DUTY", "en") == (
        "env:DUTY: the service does not accept the account or key (535) (1 of 2 addresses took it) → check "
        "user, password or key in the address"
    )
    assert told(Outcome("refused", "empty"), "env:DUTY", "zh") == (
        "env:DUTY：没有值 → 设置该环境变量或文件，内容为一个 Apprise 地址"
    )
    busy = Outcome("unreachable", "busy", "429")
    assert told(busy, "env:DUTY", "en") == (
        "env:DUTY: the service asks to wait (429) → it is tried again by itself"
    )
    assert told(busy, "env:DUTY", "en", again=False) == "env:DUTY: the service asks to wait (429)"
    assert told(Outcome("unknown", "unclear"), "env:DUTY", "zh").endswith("登录页；会自动再试，可能收到两次")
    assert "（第 2 个）" in told(Outcome("refused", "incomplete", which=2), "env:DUTY", "zh")
    assert told(DELIVERED, "env:DUTY", "zh") == "env:DUTY：已送达"
