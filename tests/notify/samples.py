"""One message of every kind, as an organisation's desk would have it told."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from plugin.core.clock_words import ClockWords
from plugin.notify.messages import (
    Late,
    Limit,
    Missed,
    Notice,
    Stepped,
    TicketRef,
    Trial,
    Unfilled,
    Warned,
    Withdrawn,
)
from plugin.notify.wording import Speech

SHANGHAI = ZoneInfo("Asia/Shanghai")
NAMES = {
    "hq_report": ("报指挥部", "report to headquarters"),
    "unanswered": ("未答复升级", "nobody answered"),
    "I": ("一级响应", "level I"),
    "duty": ("值班员", "duty officer"),
}
BASIS = {"hq_report": "P2-2.2.1-1", "unanswered": "P2-3.1-2"}


def at(local: str) -> int:
    """UTC seconds of a local time in Shanghai."""
    return int(datetime.fromisoformat(local).replace(tzinfo=SHANGHAI).timestamp())


def words(language: Literal["zh", "en"] = "zh") -> ClockWords:
    """How the desk speaks."""
    names = {key: both[language == "en"] for key, both in NAMES.items()}
    return ClockWords(language, SHANGHAI, names, BASIS)


def speech(language: Literal["zh", "en"] = "zh") -> Speech:
    return Speech(words(language))


TICKET = TicketRef("4711", "https://desk.city.example/#ticket/zoom/4711", "I")
SEALED = TicketRef("4712", "https://desk.city.example/#ticket/zoom/4712", "I", is_sealed=True)
LIMIT = Limit("hq_report", at("2026-03-02T18:00"))
DESK = "city-hall"

STEP = Notice("3f2a91bc00aa11dd", DESK, Stepped("unanswered", 2, 3, LIMIT, late_by=1500), TICKET)
EVERY = {
    "step": STEP,
    "step-repeated": Notice(
        "3f2a91bc00aa11dd", DESK, Stepped("unanswered", 3, 3, LIMIT, turn=2, late_by=5400), TICKET
    ),
    "step-before-due": Notice("3f2a91bc00aa11dd", DESK, Stepped("unanswered", 1, 3, LIMIT), TICKET),
    "step-late": Notice(
        "3f2a91bc00aa11dd",
        DESK,
        Stepped("unanswered", 2, 3, LIMIT, late_by=13_500),
        TICKET,
        Late(at("2026-03-02T18:10"), "stopped", at("2026-03-02T17:55")),
    ),
    "step-unreadable": Notice(
        "3f2a91bc00aa11dd",
        DESK,
        Stepped("unanswered", 2, 3, LIMIT, late_by=1500),
        TICKET,
        unreadable_since=at("2026-03-02T18:05"),
    ),
    "warning": Notice("4f2a91bc00aa11dd", DESK, Warned(LIMIT, 80, 7200), TICKET),
    "warning-provisional": Notice(
        "4f2a91bc00aa11dd", DESK, Warned(Limit("hq_report", LIMIT.due_at, is_provisional=True), 50), TICKET
    ),
    "missed": Notice("5f2a91bc00aa11dd", DESK, Missed(LIMIT, 93_784), TICKET),
    "missed-late": Notice(
        "5f2a91bc00aa11dd",
        DESK,
        Missed(LIMIT, 3600),
        TICKET,
        Late(at("2026-03-02T18:00"), "unreadable", at("2026-03-02T17:58")),
    ),
    "repeat": Notice("5f2a91bc00aa11dd", DESK, Missed(LIMIT, 0), TICKET, is_again=True),
    "withdrawn": Notice(
        "6f2a91bc00aa11dd",
        DESK,
        Withdrawn("3f2a91bc00aa11dd", at("2026-03-02T18:10"), "hq_report", "not_missed", "9c81d2f"),
        TICKET,
    ),
    "sealed": Notice("7f2a91bc00aa11dd", DESK, Stepped("unanswered", 1, 3, LIMIT, late_by=60), SEALED),
    "sealed-withdrawn": Notice(
        "7e2a91bc00aa11dd",
        DESK,
        Withdrawn("7f2a91bc00aa11dd", at("2026-03-02T18:10"), "hq_report", "not_missed", "9c81d2f"),
        SEALED,
    ),
    "unfilled": Notice(
        "8f2a91bc00aa11dd", DESK, Unfilled("duty", at("2026-03-03T00:00"), at("2026-03-03T08:00"))
    ),
    "trial": Notice("9f2a91bc00aa11dd", DESK, Trial("duty")),
}
SEVERAL = tuple(
    EVERY[name] for name in ("step", "warning", "missed-late", "repeat", "withdrawn", "sealed", "unfilled")
)
