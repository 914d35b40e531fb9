"""Parts of tickets that never change once written, kept in memory for a while, to be asked for once.

A product that gives every message its own address would cost as many calls as a ticket has messages, at
every look. What was fetched before a time ran out is kept too: the next try gets further.
Memory only, bounded in bytes and age; nothing of it is ever written down.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import Any, NamedTuple

MOST_BYTES = 8 * 1024 * 1024
KEEP_SECONDS = 1800.0


class _Part(NamedTuple):
    document: Any
    size: int
    at: float


class Kept:
    """Documents by step and id, the least used going first."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._parts: OrderedDict[tuple[str, str], _Part] = OrderedDict()
        self._clock = clock
        self._lock = Lock()
        self._size = 0

    def get(self, step: str, name: str) -> Any:
        """The document, or None where it is not kept (any more)."""
        with self._lock:
            part = self._parts.get((step, name))
            if part is None:
                return None
            if self._clock() - part.at > KEEP_SECONDS:
                self._drop((step, name))
                return None
            self._parts.move_to_end((step, name))
            return part.document

    def put(self, step: str, name: str, document: Any, size: int) -> None:
        """Keep a document; ``size`` in bytes. One too large for its share is not kept."""
        if document is None or size > MOST_BYTES // 16:
            return
        with self._lock:
            self._drop((step, name))
            self._parts[step, name] = _Part(document, size, self._clock())
            self._size += size
            while self._size > MOST_BYTES:
                self._drop(next(iter(self._parts)))

    def _drop(self, key: tuple[str, str]) -> None:
        part = self._parts.pop(key, None)
        self._size -= part.size if part else 0
