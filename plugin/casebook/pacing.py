"""How fast a helpdesk is asked: by its own limits on us, and by what it says is left. Pure; times in seconds.

A desk's account is one instant, ``ready_at``: the next case may be taken once it has come, and every call
moves it on. It is on record, so that all nodes and every restart keep to one pace.
"""

from __future__ import annotations

from dataclasses import dataclass

from plugin.desk.limits import Budget

MINUTE = 60.0
LITTLE = 0.25
"""Less than this share of what the helpdesk allows is little."""
FEW = 20
"""So many calls are little, where it does not say how many it allows."""


@dataclass(frozen=True, slots=True)
class CallLimits:
    """What a desk file allows us; None: as much as we like."""

    at_once: int | None = None
    """Most calls at the same time, by all nodes together."""
    per_minute: int | None = None
    """Most calls in a minute, by all nodes together."""


UNLIMITED = CallLimits()


@dataclass(frozen=True, slots=True)
class Rate:
    """So many seconds to a call, and for how many seconds' worth of calls may come at once."""

    interval: float = 0.0
    burst: float = 0.0


AT_WILL = Rate()


def rate(limits: CallLimits) -> Rate:
    """The rate at which no minute, wherever it begins, has more calls than allowed.

    A tenth may come at once. A fifth, up to four calls, is kept back for the case that turns out to need more
    than was thought when it was taken. Fewer than six in a minute are no rate one can keep to like this.
    """
    most = limits.per_minute
    if most is None:
        return AT_WILL
    at_once = most // 10
    interval = MINUTE / max(1, most - at_once - max(1, min(4, most // 5)))
    return Rate(interval, at_once * interval)


def is_little(left: Budget) -> bool:
    """Whether the calls left are few enough to be spread."""
    return left.remaining <= (FEW if left.limit is None else left.limit * LITTLE)


def seconds_per_call(left: Budget) -> float:
    """The distance between calls that makes those left last until there are more; 0: there are plenty."""
    if left.remaining <= 0 or not is_little(left):
        return 0.0
    return left.reset_in / left.remaining


def rest(left: Budget) -> float:
    """Seconds for which nothing is to be asked, because no call is left."""
    if left.remaining > 0:
        return 0.0
    return left.reset_in if left.next_in is None else left.next_in
