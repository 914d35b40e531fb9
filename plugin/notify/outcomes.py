"""What came of a sending, told from what happened on the wire. Pure.

The library that speaks to the services answers only true or false. Whether a message that failed may be sent
again, and whether it may have arrived all the same, is told by the connections it made.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

State = Literal["delivered", "refused", "unreachable", "unknown"]
"""``refused`` stays refused until somebody changes something; ``unreachable``: nothing can have arrived;
``unknown``: it may have arrived. The last two are tried again."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request, or one mail handed over: the answer, or why there is none."""

    kind: Literal["http", "smtp"]
    status: int | None = None
    """HTTP status or SMTP reply; None: no whole answer came."""
    answer: bytes = field(default=b"", repr=False)
    failure: str = ""
    """no-connection, no-answer, certificate, encryption, not-offered, too-late"""
    wrote: bool = True
    """What was to be delivered may have left this machine."""
    retry_after: float | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one sending. ``reason`` is a code of ``reasons``; ``detail`` holds digits only."""

    state: State
    reason: str = ""
    detail: str = ""
    retry_after: float | None = None
    """Seconds the service asked to wait."""
    taken: int = 0
    """Addresses that took it, of ``addresses``."""
    addresses: int = 1
    which: int = 0
    """The address this is about, counted from 1; 0 where there is only one."""

    @property
    def is_retryable(self) -> bool:
        """Whether the same message may be sent again as it is."""
        return self.state in ("unreachable", "unknown")


DELIVERED = Outcome("delivered", taken=1)

_CODE_KEYS: Mapping[str, tuple[str, ...]] = {
    "wecombot": ("errcode",),
    "dingtalk": ("errcode",),
    "feishu": ("code", "StatusCode"),
    "lark": ("code", "StatusCode"),
}
"""Services that answer 200 to everything and put their verdict into the body, under one of these keys; the
library does not look there (WeCom, DingTalk), or takes a body it cannot read for a yes (Feishu, Lark):
developer.work.weixin.qq.com/document/path/90313, open.dingtalk.com/document/robots/custom-robot-access,
open.feishu.cn/document/client-docs/bot-v3/add-custom-bot"""
_BUSY: Mapping[str, frozenset[int]] = {
    "wecombot": frozenset({-1, 45009}),
    "dingtalk": frozenset({-1, 130101, 130102, 410100}),
    "feishu": frozenset({2200, 11232, 11233}),
    "lark": frozenset({2200, 11232, 11233}),
}
"""Too many messages, or the service is busy: the same message may pass later."""
_GONE: Mapping[str, frozenset[int]] = {
    "wecombot": frozenset({93000}),
    "dingtalk": frozenset({300001, 300005}),
    "feishu": frozenset({19001, 19002, 19007}),
    "lark": frozenset({19001, 19002, 19007}),
}
"""The address is that of no robot."""
_RULES: Mapping[str, frozenset[int]] = {
    "dingtalk": frozenset({310000}),
    "feishu": frozenset({19021, 19022, 19024}),
    "lark": frozenset({19021, 19022, 19024}),
}
"""The robot's own security settings: keyword, signature, list of addresses."""

_SLACK_BUSY = frozenset({"ratelimited", "rate_limited", "service_unavailable", "request_timeout"})
_TURNED_AWAY = Outcome("refused", "turned-away")

_HTTP_REASONS = {401: "sign-in", 403: "sign-in", 404: "gone", 407: "sign-in", 410: "gone", 413: "too-long"}
_SMTP_REASONS = {530: "sign-in", 534: "sign-in", 535: "sign-in", 538: "sign-in", 552: "too-long"}
_SMTP_RECIPIENT = frozenset({550, 551, 553, 556})
_BUSY_STATUS = frozenset({408, 425, 429, 503})


def judged(service: str, said_yes: bool | None, exchanges: Sequence[Exchange]) -> Outcome:
    """One address: what the library said (None: it was still at it when the time was over), and the wire.

    A yes counts, except from services whose verdict the library does not read. Where the wire was not seen (a
    service that uses neither HTTP nor SMTP) a no is ``unknown``.
    """
    if said_yes and service not in _CODE_KEYS:
        return DELIVERED
    verdicts = [_verdict(service, each) for each in exchanges]
    if any(verdict.state != "delivered" for verdict in verdicts):
        return replace(worst(verdicts), taken=0, addresses=1)
    if said_yes and exchanges:
        return DELIVERED
    if said_yes is None:
        return Outcome("unknown", "no-answer")
    return Outcome("unknown", "silent" if exchanges else "unseen")


def worst(outcomes: Iterable[Outcome]) -> Outcome:
    """Several as one: anything to be tried again comes before a refusal, and that before delivery.

    What one address took already may come a second time with the next try: then it is ``unknown``.
    """
    every = tuple(outcomes)
    taken = sum(each.state == "delivered" for each in every)
    again = [each for each in every if each.is_retryable]
    chosen = _first(again, "unknown") or _first(again) or _first(every, "refused") or DELIVERED
    state = chosen.state
    if again and (taken or any(each.state == "unknown" for each in again)):
        state = "unknown"
    waits = [each.retry_after for each in again if each.retry_after is not None]
    wait = max(waits, default=None)
    return replace(chosen, state=state, retry_after=wait, taken=taken, addresses=len(every))


def _first(outcomes: Sequence[Outcome], state: State | None = None) -> Outcome | None:
    return next((each for each in outcomes if state is None or each.state == state), None)


def _verdict(service: str, exchange: Exchange) -> Outcome:
    if exchange.failure == "not-offered":
        return Outcome("refused", "not-offered")
    if exchange.status is None:
        state: State = "unknown" if exchange.wrote else "unreachable"
        return Outcome(state, exchange.failure or "no-answer")
    return _of_mail(exchange.status) if exchange.kind == "smtp" else _of_http(service, exchange)


def _of_mail(code: int) -> Outcome:
    """SMTP: 4yz may pass later, 5yz never (RFC 5321 §4.2.1)."""
    detail = str(code)
    if code < 400:
        return DELIVERED
    if code < 500:
        return Outcome("unreachable", "busy", detail)
    reason = "recipient" if code in _SMTP_RECIPIENT else _SMTP_REASONS.get(code, "turned-away")
    return Outcome("refused", reason, detail)


def _of_http(service: str, exchange: Exchange) -> Outcome:
    status = exchange.status or 0
    detail = str(status)
    if status in _BUSY_STATUS:
        return Outcome("unreachable", "busy", detail, exchange.retry_after)
    if status >= 500:
        return Outcome("unknown", "failing", detail, exchange.retry_after)
    if status >= 400:
        return Outcome("refused", _HTTP_REASONS.get(status, "turned-away"), detail)
    if not 200 <= status < 300:
        return Outcome("refused", "redirected", detail)
    return _inside(service, exchange.answer)


def _inside(service: str, answer: bytes) -> Outcome:
    """What a 2xx answer says inside: a service that gives its verdict there must have given one."""
    keys, document = _CODE_KEYS.get(service), _document(answer)
    if keys is None:
        return _of_ok(document)
    code = next((document[key] for key in keys if key in document), None)
    if isinstance(code, bool) or not isinstance(code, int):
        return Outcome("unknown", "unclear")
    if code == 0:
        return DELIVERED
    detail = str(code)
    if code in _BUSY.get(service, ()) or "frequency limited" in str(document.get("msg", "")).lower():
        return Outcome("unreachable", "busy", detail)
    if code in _GONE.get(service, ()):
        return Outcome("refused", "gone", detail)
    return Outcome("refused", "robot-rules" if code in _RULES.get(service, ()) else "turned-away", detail)


def _of_ok(document: Mapping[str, Any]) -> Outcome:
    """``{"ok": false, "error": …}``: Slack's way (docs.slack.dev/reference/methods/chat.postMessage)."""
    if document.get("ok") is not False:
        return DELIVERED
    return Outcome("unreachable", "busy") if document.get("error") in _SLACK_BUSY else _TURNED_AWAY


def _document(answer: bytes) -> dict[str, Any]:
    try:
        found = json.loads(answer)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
