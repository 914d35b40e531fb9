"""What an RE2 pattern spells: its alternatives, classes and optional parts written out, up to a bound.

A wildcard is ``\\0``, a digit class is ``9``; a repeated part stands as often as it must at least.
"""

from __future__ import annotations

import re
from itertools import product

MOST = 400
"""Spellings of one pattern that are looked at."""
MOST_REPEATS = 40
_WILD = "\0"
_CLASS_MOST = 12

_ESCAPE = re.compile(
    r"\\(?:x\{([0-9A-Fa-f]{1,6})\}|x([0-9A-Fa-f]{2})|([pP])(?:\{[^}]*\}|.)|Q(.*?)(?:\\E|\Z)|([0-7]{3})|(.))",
    re.S,
)
_REPEAT = re.compile(r"(?:([*+?])|\{(\d+)(,(\d*))?\})[?+]?")


def spellings(pattern: str) -> list[str]:
    """Texts this pattern can begin to match with, at most ``MOST``."""
    reader = _Reader(pattern)
    return reader.alternatives(0)[:MOST]


class _Reader:
    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self.at = 0

    def alternatives(self, depth: int) -> list[str]:
        """Branches between ``|`` up to ``)`` or the end."""
        found: list[str] = []
        found += self._sequence(depth)
        while self._next() == "|":
            self.at += 1
            found += self._sequence(depth)
        return list(dict.fromkeys(found))[:MOST]

    def _next(self) -> str:
        return self.pattern[self.at : self.at + 1]

    def _sequence(self, depth: int) -> list[str]:
        so_far = [""]
        while self._next() not in ("", "|"):
            if self._next() == ")":
                if depth:
                    break
                self.at += 1
                continue
            part = self._repeated(self._atom(depth))
            so_far = [a + b for a, b in product(so_far, part)][:MOST]
        return so_far

    def _repeated(self, atom: list[str]) -> list[str]:
        found = _REPEAT.match(self.pattern, self.at)
        if found is None:
            return atom
        self.at = found.end()
        if found[1] == "+":
            return atom
        if found[1]:
            return ["", *atom] if any(a.strip(_WILD) for a in atom) else [""]
        least = min(int(found[2]), MOST_REPEATS)
        return [a * least for a in atom] if least else ["", *atom]

    def _atom(self, depth: int) -> list[str]:
        char = self._next()
        if char == "(":
            return self._group(depth)
        if char == "[":
            return self._class()
        if char == "\\":
            return self._escape()
        self.at += 1
        return {"^": [""], "$": [""], ".": [_WILD]}.get(char, [char])

    def _group(self, depth: int) -> list[str]:
        found = re.compile(r"\((?:\?(?:P?<[^>]*>|[imsU-]*:?))?").match(self.pattern, self.at)
        self.at = found.end() if found else self.at + 1
        if depth > 40:
            return [_WILD]
        inside = self.alternatives(depth + 1)
        if self._next() == ")":
            self.at += 1
        return inside or [""]

    def _escape(self) -> list[str]:
        found = _ESCAPE.match(self.pattern, self.at)
        if found is None:
            self.at += 1
            return [""]
        self.at = found.end()
        if found[1] or found[2]:
            number = int(found[1] or found[2], 16)
            return [chr(number)] if number < 0x110000 else [_WILD]
        if found[3]:
            return [_WILD]
        if found[4] is not None:
            return [found[4]]
        if found[5]:
            return [chr(int(found[5], 8))]
        return {
            "d": ["9"],
            "D": [_WILD],
            "w": [_WILD],
            "W": [_WILD],
            "s": [" "],
            "S": [_WILD],
            "b": [""],
        }.get(
            found[6] or "",
            {"B": [""], "A": [""], "z": [""], "n": ["\n"], "t": ["\t"]}.get(found[6], [found[6]]),
        )

    def _class(self) -> list[str]:
        found = re.compile(r"\[(\^?)(\]?(?:\\.|\[:\^?\w+:\]|[^\]\\])*)\]?", re.S).match(self.pattern, self.at)
        if found is None:
            self.at += 1
            return [_WILD]
        self.at = found.end()
        inside = found[2]
        if found[1]:
            return [_WILD]
        if re.fullmatch(r"(?:\\d|\[:digit:\]|[0-9Xx-])+", inside):
            return ["9"]
        members = _members(inside)
        return members if 0 < len(members) <= _CLASS_MOST else [_WILD]


def _members(inside: str) -> list[str]:
    members: list[str] = []
    at = 0
    while at < len(inside):
        escape = _ESCAPE.match(inside, at)
        if escape:
            at = escape.end()
            code = escape[1] or escape[2]
            members.append(chr(int(code, 16)) if code and int(code, 16) < 0x110000 else escape[6] or _WILD)
            continue
        if inside[at + 1 : at + 2] == "-" and at + 2 < len(inside):
            lo, hi = ord(inside[at]), ord(inside[at + 2])
            members += map(chr, range(lo, min(hi, lo + _CLASS_MOST) + 1))
            at += 3
            continue
        members.append(inside[at])
        at += 1
    return members
