"""Values that no update takes: brought in by requests of their own, one on the answer of another.

Transitions found by name, rows that join a ticket to its group, one request per tag. Each list of steps is
written so that twice does no more than once: after an unknown outcome it is carried out again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from plugin.desk.api_shape import WriteStep
from plugin.desk.outbound import Call, Stepping, call, numbers
from plugin.desk.template import UnsafeSegment
from plugin.desk.transforms import holds, read_all
from plugin.errors import Rejected

Send = Callable[[WriteStep, Call], Any]
"""Sends one request of a step and gives the JSON of its answer; raises a ``HelpdeskError``."""


def carry_out(stepping: Stepping, send: Send) -> None:
    """Every step in its order; raises ``Rejected`` where what it needs is not there, or as ``send`` does."""
    known = dict(stepping.known)
    for step in stepping.steps:
        if not _is_wanted(step, known):
            continue
        for each in _turns(step, known):
            answer = send(step, _request(step, stepping.target, {**known, **each}))
            if step.name is not None:
                known[step.name] = answer


def _request(step: WriteStep, target: str, known: Mapping[str, Any]) -> Call:
    try:
        return call(step.request, known, purpose="step", targets=(target,))
    except UnsafeSegment as error:
        name = f"{step.request.method} {step.request.path}"
        raise Rejected(name, detail=f"this cannot stand in an address: {error}") from None


def _is_wanted(step: WriteStep, known: Mapping[str, Any]) -> bool:
    if step.when and not any(holds(test, known, known) for test in step.when):
        return False
    return not any(holds(test, known, known) for test in step.unless)


def _turns(step: WriteStep, known: Mapping[str, Any]) -> list[dict[str, Any]]:
    if step.each is None:
        return [{}]
    found = list(dict.fromkeys(read_all(known, step.each, known)))
    if not found and step.is_required:
        raise Rejected(
            f"{step.request.method} {step.request.path}", detail="the helpdesk does not offer this value now"
        )
    return [
        {"each": value, "number": {**known.get("number", {}), **numbers(each=value)}}
        for value in (found[:1] if step.takes_first else found)
    ]
