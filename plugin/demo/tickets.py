"""The tickets the demo opens, and where the shipped four-level plan places each of them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("tickets.jsonl")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a ticket must stand: level and lead by their ids in the plan."""

    level: str
    lead: str


@dataclass(frozen=True, slots=True)
class Update:
    """A later message on the same ticket, and where the ticket stands after it."""

    body: str
    expect: Place


@dataclass(frozen=True, slots=True)
class Sample:
    """One ticket of the demo; persons, companies and places are invented."""

    id: str
    title: str
    body: str
    channel: str
    region: str
    expect: Place
    updates: tuple[Update, ...] = ()


def samples(file: Path = FILE) -> tuple[Sample, ...]:
    """The tickets in the order they are opened."""
    lines = file.read_text("utf-8").split("\n")
    return tuple(_sample(json.loads(line)) for line in lines if line)


def _sample(read: dict[str, Any]) -> Sample:
    return Sample(
        id=read["id"],
        title=read["title"],
        body=read["body"],
        channel=read["channel"],
        region=read["region"],
        expect=Place(**read["expect"]),
        updates=tuple(Update(u["body"], Place(**u["expect"])) for u in read["updates"]),
    )
