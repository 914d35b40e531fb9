"""What processes cost by /proc: CPU seconds of a process with all it started, memory, and the load beside."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

TICK = os.sysconf("SC_CLK_TCK")
"""CPU times in /proc are counted in these parts of a second (proc(5))."""
PROC = Path("/proc")


def load() -> float:
    """Processes that were running or waited for a core or a disk, over the last minute."""
    return os.getloadavg()[0]


def family(pid: int) -> list[int]:
    """A process and everything it started that still lives."""
    parents = {}
    for entry in PROC.iterdir():
        if entry.name.isdigit() and (fields := _stat(int(entry.name))):
            parents[int(entry.name)] = int(fields[1])
    found = [pid]
    for each in found:
        found += [child for child, parent in parents.items() if parent == each]
    return found


def cpu(*pids: int) -> float:
    """CPU seconds so far of these processes and their families, those of children that ended included."""
    members = {member for pid in pids for member in family(pid)}
    return sum(sum(map(int, fields[11:15])) for pid in members if (fields := _stat(pid))) / TICK


def memory(pid: int) -> float:
    """MB a process holds of its own and with others (its resident set)."""
    pages = int((PROC / str(pid) / "statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


@dataclass
class Spent:
    """CPU seconds by name, of what ran while it was measured."""

    seconds: dict[str, float] = field(default_factory=dict)


@contextmanager
def spending(**pids: int) -> Iterator[Spent]:
    """Measure the families of the named processes for as long as the block lasts."""
    spent, before = Spent(), {name: cpu(pid) for name, pid in pids.items()}
    yield spent
    spent.seconds = {name: cpu(pid) - before[name] for name, pid in pids.items()}


def _stat(pid: int) -> list[str]:
    """The fields of /proc/<pid>/stat after the name, from the state on; empty where it has ended."""
    try:
        return (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []
