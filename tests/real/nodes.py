"""One or two nodes of Paidan beside a real helpdesk, and what its tickets must come to."""

from __future__ import annotations

import random
import re
import shutil
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import pytest

from plugin.demo.paidan import PaidanServer
from tests.helpdesks.peer import View
from tests.real.conftest import peer_of
from tests.real.line import Line
from tests.real.test_whole_line import GROWN, VISIT

OF_CLOCKS = ("时限提醒", "逐级告知")
"""How notes begin that tell of time."""
MARKER = re.compile(r"\s*paidan:[0-9a-f]+\s*$")


@dataclass
class Nodes:
    """The line's Paidan, and a second one where the case book is PostgreSQL."""

    line: Line
    nodes: list[PaidanServer]
    chance: random.Random = field(default_factory=random.Random)
    levels: dict[str, str] = field(default_factory=dict)
    """ticket → the level it must come to"""
    _turn: Iterator[int] = field(default_factory=count)

    def shared_out(self, _method: str, _path: str) -> None:
        """Webhooks go to whoever lives, in turn, as a load balancer sends them."""
        alive = [node for node in self.nodes if node.running] or self.nodes
        self.line.hooks.target = alive[next(self._turn) % len(alive)].url

    def something_happens(self) -> None:
        """A new ticket, or more people in one that is known."""
        small = [ticket for ticket, level in self.levels.items() if level == "一般"]
        if small and self.chance.random() < 0.4:
            ticket = self.chance.choice(small)
            self.line.peer.say(ticket, GROWN)
            self.levels[ticket] = "较大"
        else:
            self.levels[self.line.peer.open("商户来访", VISIT, "visit")] = "一般"

    def killed_and_started(self) -> float:
        """Seconds until the one that was killed answers again."""
        time.sleep(self.chance.uniform(0.0, 0.6))
        node = self.chance.choice(self.nodes)
        node.kill()
        time.sleep(self.chance.uniform(0.0, 0.3))
        begun = time.monotonic()
        node.start()
        return time.monotonic() - begun


def running(config: pytest.Config, home: Path, product: str, database: str, many: int) -> Iterator[Nodes]:
    """Everything of one product, for as long as it is wanted."""
    line = Line(peer_of(product, home / "helpdesk", config), home / "paidan", database=database)
    with line.running():
        more = [line.node(home / f"paidan{number}") for number in range(2, many + 1)]
        made = Nodes(line, [line.paidan, *more])
        try:
            for node in more:
                node.start()
            line.hooks.before = made.shared_out
            yield made
        finally:
            for node in more:
                node.stop()
    shutil.rmtree(home, ignore_errors=True)


def stands(line: Line, view: View, level: str, most: int = 2) -> bool:
    """As it belongs: placed, its level and priority, and told of once, ``most`` times where it was raised."""
    placed = (view.group, view.level, view.priority) == ("onsite", level, line.peer.priorities[level])
    told = [text for text in words(view) if not text.startswith(OF_CLOCKS)]
    return placed and 1 <= len(told) <= (1 if level == "一般" else most) and not view.public


def words(view: View) -> list[str]:
    """What Paidan wrote for staff, without the marker that is another each time."""
    return [MARKER.sub("", text) for text in view.reasons]


def doubled(view: View) -> list[str]:
    """What stands in the ticket twice."""
    return [text for text, count in Counter(words(view)).items() if count > 1]
