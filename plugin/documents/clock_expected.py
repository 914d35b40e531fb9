"""What a worked clock case expects: read from its file, and compared with what came of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, tzinfo
from typing import Any

from plugin.documents.json_part import Part, second

Told = Mapping[str, Any]
"""The parts of a case, instants in UTC seconds:

- ``clocks``: ``clock@cycle`` → its ``state``, ``outcome``, ``start_at``, ``due_at``, ``breached_at``,
  ``stopped_at``, ``elapsed`` (minutes or days), ``pauses``, ``provisional``
- ``fired``: key → [due, decided]; ``corrections``: key → corrected
- ``coalesced``, ``moot``: keys
- ``next_at``: when the engine wants to wake
"""

PARTS = ("clocks", "fired", "coalesced", "moot", "corrections", "next_at")
_CYCLE = "state outcome start_at due_at breached_at stopped_at elapsed pauses provisional"


def expected(part: Part) -> Told:
    """What ``expect`` names, and no more; ValueError where it is not in this form."""
    found = {
        "clocks": _once(part, "clocks", list(_cycles(part))),
        "fired": _once(part, "fired", list(_keyed(part, "fired", 2))),
        "coalesced": set(part.texts("coalesced")),
        "moot": set(part.texts("moot")),
        "corrections": _once(part, "corrections", list(_keyed(part, "corrections", 1))),
        "next_at": part.maybe_second("next_at"),
    }
    wanted = {name: value for name, value in found.items() if part.has(name)}
    if not wanted:
        raise ValueError(f"{part.where}: at least one of {', '.join(PARTS)} is wanted here")
    return wanted


def _cycles(expect: Part) -> Iterator[tuple[str, Told]]:
    for part in expect.parts("clocks", "metric cycle", _CYCLE):
        found = {
            "state": part.choice("state", "running", "paused", "overdue", "done"),
            "outcome": part.maybe_choice("outcome", "met", "missed", "superseded", "cancelled"),
            "start_at": part.maybe_second("start_at"),
            "due_at": part.maybe_second("due_at"),
            "breached_at": part.maybe_second("breached_at"),
            "stopped_at": part.maybe_second("stopped_at"),
            "elapsed": part.whole("elapsed"),
            "pauses": [_pause(part, pair) for pair in part.listed("pauses")],
            "provisional": part.flag("provisional", default=False),
        }
        wanted = {name: value for name, value in found.items() if part.has(name)}
        yield f"{part.text('metric')}@{part.text('cycle')}", wanted


def _pause(part: Part, pair: Any) -> list[int | None]:
    if not isinstance(pair, list) or len(pair) != 2:
        raise part.refuse("pauses", "a list of [start, end]")
    start, end = pair
    return [second(start, part.at("pauses")), None if end is None else second(end, part.at("pauses"))]


def _keyed(expect: Part, name: str, instants: int) -> Iterator[tuple[str, list[int]]]:
    for row in expect.listed(name):
        if not isinstance(row, list) or len(row) != instants + 1 or not isinstance(row[0], str):
            raise expect.refuse(name, f"a list of [key{', instant' * instants}]")
        yield row[0], [second(at, expect.at(name)) for at in row[1:]]


def _once(expect: Part, name: str, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise expect.refuse(name, "each key only once")
    return found


# -- comparing -------------------------------------------------------------------------------------


def differences(want: Told, have: Told, zone: tzinfo) -> Iterator[str]:
    """Everything in which ``have`` is not what ``want`` names; instants shown in ``zone``."""
    for part in PARTS:
        if part not in want:
            continue
        if part == "next_at":
            yield from _differ(part, want[part], have[part], zone)
        elif isinstance(want[part], set):
            yield from _missing_or_extra(part, want[part], have[part])
        else:
            yield from _missing_or_extra(part, set(want[part]), set(have[part]))
            for key in sorted(want[part].keys() & have[part].keys()):
                yield from _values(f"{part} {key}", want[part][key], have[part][key], zone)


def _missing_or_extra(part: str, want: set[str], have: set[str]) -> Iterator[str]:
    yield from (f"{part}: {key} is missing" for key in sorted(want - have))
    yield from (f"{part}: {key} is not expected" for key in sorted(have - want))


def _values(where: str, want: Any, have: Any, zone: tzinfo) -> Iterator[str]:
    if isinstance(want, Mapping):
        for name, value in want.items():
            yield from _differ(f"{where}: {name}", value, have[name], zone)
    else:
        yield from _differ(where, want, have, zone)


def _differ(where: str, want: Any, have: Any, zone: tzinfo) -> Iterator[str]:
    if want != have:
        yield f"{where}: expected {_readable(want, zone)}, got {_readable(have, zone)}"


def _readable(value: Any, zone: tzinfo) -> str:
    if isinstance(value, list):
        return f"[{', '.join(_readable(item, zone) for item in value)}]"
    if isinstance(value, int) and 10**8 < value < 10**10:  # an instant, not a count
        return datetime.fromtimestamp(value, zone).isoformat()
    return "nothing" if value is None else str(value)
