"""``paidan`` with a fault at one named point: ``FAULT=<before|after>:<point>:<KILL|STOP>:<nth call>``.

The program has no hooks for this: its functions are wrapped from outside before it starts.
"""

from __future__ import annotations

import itertools
import os
import signal
from collections.abc import Callable
from typing import Any

from plugin.casebook import advance, loop
from plugin.cli import main
from plugin.desk.client import Client

POINTS: dict[str, tuple[Any, str]] = {
    "claim": (loop, "claim"),
    "read": (advance.Advance, "_read"),
    "plan": (advance, "plan"),
    "record": (advance, "record"),
    "intent": (advance, "intend"),
    "write": (Client, "send"),
    "finish": (advance, "finish"),
    "release": (advance, "release"),
}
"""The steps of the protocol, by the function that takes each."""


def broken(real: Callable[..., Any], when: str, how: str, nth: int) -> Callable[..., Any]:
    """The function, with a signal to ourselves before or after its n-th call."""
    calls = itertools.count(1)

    def called(*given: Any, **named: Any) -> Any:
        is_it = next(calls) == nth
        if is_it and when == "before":
            os.kill(os.getpid(), signal.Signals[f"SIG{how}"])
        answer = real(*given, **named)
        if is_it and when == "after":
            os.kill(os.getpid(), signal.Signals[f"SIG{how}"])
        return answer

    return called


if __name__ == "__main__":
    asked = os.environ.get("FAULT")
    if asked:
        when, point, how, nth = asked.split(":")
        where, name = POINTS[point]
        setattr(where, name, broken(getattr(where, name), when, how, int(nth)))
    main()
