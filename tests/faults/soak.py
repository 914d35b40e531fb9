"""What a long run is measured by, and how long it is."""

from __future__ import annotations

import os
import random
import statistics
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from benchmarks.machine import memory

MINUTES = float(os.environ.get("SOAK_MINUTES", "0.5"))
"""``make soak``: 30; without it long enough to see that the run itself works."""
WARM = 5.0
"""Minutes after which a process has met everything it keeps."""
GROWS = 1.05
"""Times the memory of the first half of the time after that; what grows by more has a leak."""


@dataclass
class Memory:
    """How much each process held, by its id: (minutes it had lived, MB)."""

    samples: dict[int, list[tuple[float, float]]] = field(default_factory=dict)
    _born: dict[int, float] = field(default_factory=dict)

    def look(self, pids: list[int]) -> None:
        """One sample of each process that lives."""
        for pid in pids:
            try:
                held = memory(pid)
            except (OSError, IndexError):
                continue
            age = (time.monotonic() - self._born.setdefault(pid, time.monotonic())) / 60
            self.samples.setdefault(pid, []).append((age, held))

    def growth(self) -> tuple[float, float, float]:
        """Of the process that lived longest: minutes lived, MB early and MB late, once it was warm."""
        longest = max(self.samples.values(), key=lambda seen: seen[-1][0] - seen[0][0])
        warm = [held for age, held in longest if age >= min(WARM, longest[-1][0] / 3)]
        half = len(warm) // 2
        return longest[-1][0], statistics.median(warm[:half] or warm), statistics.median(warm[half:])

    def told(self) -> str:
        """In one line."""
        minutes, early, late = self.growth()
        return f"memory of the process that lived {minutes:.1f} minutes: {early:.1f} MB, then {late:.1f} MB"

    def is_flat(self) -> bool:
        """Whether it stopped growing; nobody can tell of a process that did not live long enough."""
        minutes, early, late = self.growth()
        return minutes < 2 * WARM or late <= early * GROWS


Troubles = Callable[[], Sequence[Callable[[], None]]]
"""What may happen now."""


class Weather:
    """One trouble after the other, with calm between, for as long as a soak lasts."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.met: Counter[str] = Counter()
        self.held = Memory()
        self.began_at = time.monotonic()

    @property
    def minutes(self) -> float:
        """Since it began."""
        return (time.monotonic() - self.began_at) / 60

    @property
    def may_kill(self) -> bool:
        """For a third of the time; then a single node is left alive, so that its memory tells something."""
        return self.minutes < MINUTES / 3

    def blow(self, troubles: Troubles, pids: Callable[[], list[int]]) -> None:
        """Until the time is over, each trouble from its beginning to its end."""
        while self.minutes < MINUTES:
            calm_until = time.monotonic() + self.chance.uniform(3, 20 if MINUTES > 2 else 5)
            while time.monotonic() < calm_until:
                self.held.look(pids())
                time.sleep(1.0)
            trouble = self.chance.choice(troubles())
            self.met[trouble.__name__.strip("_")] += 1
            trouble()
