"""Ranges as an admin writes them: ``30..``, ``..9``, ``10..49``, ``8..<24``, ``30m..4h``, ``22:00..6:00``."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from plugin.core.conditions import FieldType, Range

_RANGE = re.compile(r"(?P<lo>[^.<]*?)\s*\.\.(?P<less><?)\s*(?P<hi>[^.<]*)\Z")
_NUMBER = re.compile(r"-?\d{1,15}\Z", re.ASCII)
_DURATION = re.compile(r"(\d{1,7})([smhd])\Z", re.ASCII)
_DAYTIME = re.compile(r"([01]?\d|2[0-4]):([0-5]\d)\Z", re.ASCII)
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def read_range(field_type: FieldType, written: str) -> Range | None:
    """The range, in the unit of the type (seconds, minutes of the day); None where it is none.

    A time of day may go over midnight; every other range must rise.
    """
    read = _BOUNDS[field_type]
    found = _RANGE.match(written)
    if found is None:
        bound = read(written)
        return None if bound is None else Range(bound, bound)
    lo, hi = read(found["lo"]), read(found["hi"])
    if (found["lo"] and lo is None) or (found["hi"] and hi is None) or (lo is None and hi is None):
        return None
    if lo is not None and hi is not None and lo > hi:
        return _over_midnight(lo, hi, bool(found["less"])) if field_type == "time" else None
    return Range(lo, hi, hi_excluded=bool(found["less"]))


def looks_like_a_range(written: str) -> bool:
    """Whether a word was surely meant as a range of numbers."""
    found = _RANGE.match(written)
    return found is not None and any(_number(end) is not None for end in (found["lo"], found["hi"]))


def _over_midnight(lo: float, hi: float, hi_excluded: bool) -> Range:
    """Every minute but those between the two."""
    return Range(hi if hi_excluded else hi + 1, lo, hi_excluded=True, negate=True)


def _number(written: str) -> float | None:
    return float(written) if _NUMBER.match(written) else None


def _duration(written: str) -> float | None:
    found = _DURATION.match(written)
    return float(found[1]) * _UNITS[found[2]] if found else None


def _time(written: str) -> float | None:
    found = _DAYTIME.match(written)
    return int(found[1]) * 60.0 + int(found[2]) if found else None


_BOUNDS: Mapping[FieldType, Callable[[str], float | None]] = {
    "number": _number,
    "duration": _duration,
    "time": _time,
}
COUNTABLE = frozenset(_BOUNDS)
"""Types a range can be asked of."""
