"""``paidan`` with a fault at one named point: ``FAULT=<before|after>:<point>:<KILL|STOP>:<call>``.

The program has no hooks for this: its functions are wrapped from outside before it starts.
"""

from __future__ import annotations

import itertools
import os
import signal
from collections.abc import Callable
from typing import Any

from plugin.casebook import actions, advance, loop
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
    "end": (actions, "let_go"),
    "release": (advance, "release"),
}
"""The steps of the protocol, by the function that takes each."""


def broken(real: Callable[..., Any], when: str, how: str, nth: int) -> Callable[..., Any]:
    """The function, with a signal to ourselves before or after its n-th call since SIGUSR1 came.

    A claim that found nothing is none.
    """
    armed: list[bool] = []
    calls = itertools.count(1)
    signal.signal(signal.SIGUSR1, lambda *_: armed.append(True))

    def called(*given: Any, **named: Any) -> Any:
        if when == "before" and armed and next(calls) == nth:
            os.kill(os.getpid(), signal.Signals[f"SIG{how}"])
        answer = real(*given, **named)
        is_call = answer is not None or real.__name__ != "claim"
        if when == "after" and armed and is_call and next(calls) == nth:
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
