"""One sending to one address: how long it may take, and what came back.

The library that speaks to the services runs it in threads of its own; they inherit the watch.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from plugin.notify.outcomes import Exchange


class Watch:
    """One sending to one address: until when (``time.monotonic()``), under which id, and what came back."""

    def __init__(self, deadline: float, message: str = "") -> None:
        self.deadline = deadline
        self.message = message
        self._page = 1
        self.exchanges: list[Exchange] = []
        self.warnings = 0
        """How often Apprise had something to say: a recipient it drops, an option it cannot use."""

    def next_page(self) -> None:
        """The next text of the same messages: another mail is another id, the same on every repeat."""
        self._page += 1

    @property
    def mail_id(self) -> str:
        """The part of a mail's id before the ``@``."""
        return f"{self.message}.{self._page}"

    def left(self) -> float:
        """Seconds of the total time that are left; a little even when it is over, so that waits are short."""
        return max(0.001, self.deadline - time.monotonic())


_WATCH: ContextVar[Watch | None] = ContextVar("watch", default=None)


def watched() -> Watch | None:
    """The sending that this thread works for."""
    return _WATCH.get()


@contextmanager
def watching(watch: Watch) -> Iterator[Watch]:
    """Everything Apprise does inside is one sending; its worker threads inherit it."""
    token = _WATCH.set(watch)
    try:
        yield watch
    finally:
        _WATCH.reset(token)


def tls_failure(error: Exception) -> str:
    """Why there is no encrypted connection: the other side's certificate, or no TLS there at all."""
    return "certificate" if "CERTIFICATE_VERIFY_FAILED" in str(error) else "encryption"
