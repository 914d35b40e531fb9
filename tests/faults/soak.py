"""What a long run is measured by, and how long it is."""

from __future__ import annotations

import os
import statistics
import time
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
