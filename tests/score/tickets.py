"""The labelled tickets of ``tests/data/tickets``, and their lines: the opening and every later message."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from plugin.core.text import mask
from plugin.core.ticket import Message, Ticket
from plugin.desk.mail import opening_words, own_words

FOLDER = Path(__file__).resolve().parents[1] / "data" / "tickets"
SAMPLES = ("shared", "dev", "heldout", "unseen")


@dataclass(frozen=True)
class Line:
    """One message with what a careful human expects of it, read alone."""

    ticket: str
    number: int
    """0 for the opening, then the updates in the order of their time."""
    message: str
    expected: Mapping[str, Any]
    why: str

    @property
    def name(self) -> str:
        return self.ticket if self.number == 0 else f"{self.ticket}+{self.number}"


@dataclass(frozen=True)
class Labelled:
    """One labelled ticket."""

    raw: Mapping[str, Any]

    @property
    def id(self) -> str:
        return str(self.raw["id"])

    @property
    def fields(self) -> dict[str, Any]:
        """The fields about the matter."""
        return {name: value for name, value in self.raw["fields"].items() if name != "received_at"}

    @property
    def updates(self) -> list[Mapping[str, Any]]:
        return sorted(self.raw.get("updates", []), key=lambda update: instant(update["at"]))

    @property
    def body(self) -> str:
        text, grow = str(self.raw["body"]), self.raw.get("body_expand")
        return text.replace(grow["marker"], grow["unit"] * grow["times"]) if grow else text

    def lines(self) -> Iterator[Line]:
        """The opening and the updates."""
        yield Line(self.id, 0, "opening", self.raw["expected"], self.raw["why"])
        for number, update in enumerate(self.updates, 1):
            yield Line(self.id, number, f"u{number}", update["expected"], update.get("why", ""))

    def ticket(self) -> Ticket:
        """The ticket as the desk hands it on: own words only, personal numbers masked."""
        return as_ticket(
            self.id,
            self.raw["title"],
            self.body,
            self.raw["fields"]["received_at"],
            self.fields,
            [(f"u{n}", u["at"], u["body"]) for n, u in enumerate(self.updates, 1)],
        )


def as_ticket(
    ident: str, title: str, body: str, at: str, fields: Mapping[str, Any], later: list[tuple[str, str, str]]
) -> Ticket:
    """A ticket of given words, through the same cleaning as one read from a helpdesk."""
    opening = Message("opening", instant(at), mask(opening_words(body)), mask(title))
    updates = [Message(name, instant(when), mask(own_words(text))) for name, when, text in later]
    messages = sorted(updates, key=lambda message: (message.at, message.id))
    return Ticket(ident, (opening, *messages), dict(fields))


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def sample(name: str) -> list[Labelled]:
    """One file of labelled tickets; lines end at ``\\n`` and nowhere else."""
    text = (FOLDER / f"{name}.jsonl").read_text("utf-8")
    return [Labelled(json.loads(line)) for line in text.split("\n") if line.strip()]
