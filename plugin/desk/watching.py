"""Who watches over the requests of the work in hand: whether the next may leave, and what came of each.

Whoever does the work knows whether its helpdesk is to be left alone since; the one place that speaks HTTP
does not. What is sent with nobody watching (a command that looks at one ticket) just leaves.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Protocol

from plugin.desk.limits import Budget
from plugin.errors import HelpdeskError


class Watch(Protocol):
    """Asked before and told after every single request."""

    def before_request(self, request: str) -> None:
        """Raises ``Withheld`` where nothing more may leave; ``request`` is its method and path."""
        ...

    def after_request(self, error: HelpdeskError | None, left: Budget | None) -> None:
        """What came of it (None: a good answer), and the calls left where the answer told."""
        ...


class _Nobody:
    def before_request(self, request: str) -> None:
        """It may leave."""

    def after_request(self, error: HelpdeskError | None, left: Budget | None) -> None:
        """Nobody asks."""


_NOBODY = _Nobody()
_WATCH: ContextVar[Watch] = ContextVar("watch", default=_NOBODY)


def watching() -> Watch:
    """Who watches over what is sent just here."""
    return _WATCH.get()


@contextmanager
def watched(watch: Watch) -> Iterator[None]:
    """Every request made inside is watched over."""
    token = _WATCH.set(watch)
    try:
        yield
    finally:
        _WATCH.reset(token)
