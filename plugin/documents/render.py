"""How problems look: as text for a terminal, as plain values for JSON; the same words in both."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from rich.cells import cell_len

from plugin.documents.problems import Problem, Slot
from plugin.documents.source import Source
from plugin.documents.suggest import nearest, shown
from plugin.documents.wording import NOUNS, PERSON, PHRASES, TEXTS, WEEKDAYS, Language

LONGEST_QUOTE = 60
"""Characters of an admin's value repeated in a message."""
WIDEST_LINE = 100
"""Columns of a source line shown; of a longer one the part around the mistake."""

_TOKEN = re.compile(
    r"""'[^']*'?|"(?:\\.|[^"\\])*"?|：|[^\s,\[\]{}:#][^\s,\[\]{}]*?(?=:?(?:[\s,\[\]{}]|$))|\S"""
)


@dataclass(frozen=True, slots=True)
class Said:
    """One problem in words."""

    message: str
    fix: str


def said(problem: Problem, language: Language) -> Said:
    """The problem's message and advice in ``zh`` or ``en``."""
    texts = TEXTS[problem.code]
    message, fix = (texts.zh, texts.zh_fix) if language == "zh" else (texts.en, texts.en_fix)
    slots = {name: _slot(name, value, language) for name, value in problem.slots.items()}
    slots["a"] = "an" if slots.get("what", "")[:1] in tuple("aeiou") else "a"
    return Said(message.format_map(slots), _meant(problem, language) + fix.format_map(slots))


def _slot(name: str, value: Slot, language: Language) -> str:
    if name == "what":
        return NOUNS[str(value)][language == "zh"]
    if name == "of":
        return PERSON[str(value)][language == "zh"]
    if name in ("weekday", "said"):
        return WEEKDAYS[str(value)][language == "zh"]
    if isinstance(value, tuple):
        return listed(value, language)
    written = _readable(str(value))
    return written if len(written) <= LONGEST_QUOTE else written[: LONGEST_QUOTE - 1] + "…"


def _readable(value: str) -> str:
    """The value on one line; what cannot be seen is shown by its number."""
    return "".join(c if c.isprintable() else " " if c.isspace() else f"<U+{ord(c):04X}>" for c in value)


def listed(choices: tuple[str, ...], language: Language) -> str:
    """Choices in a row, the first few and how many more."""
    first, more = shown(choices)
    if not first:
        return PHRASES["none"][language == "zh"]
    zh = language == "zh"
    row = ("、" if zh else ", ").join(_readable(choice) for choice in first)
    return row + (PHRASES["more"][zh].format(count=more) if more else "")


def _meant(problem: Problem, language: Language) -> str:
    given, choices = problem.slots.get("given"), problem.slots.get("choices")
    if not isinstance(given, str) or not isinstance(choices, tuple):
        return ""
    near = nearest(given, choices)
    return PHRASES["near"][language == "zh"].format(near=near) if near is not None else ""


def as_text(
    problems: Iterable[Problem], sources: Mapping[str, Source], language: Language, prefix: str = ""
) -> str:
    """All problems, a blank line between two; ``prefix`` (``mappings/``) is set before file names."""
    return "\n".join(_one(problem, sources, language, prefix) for problem in problems)


def _one(problem: Problem, sources: Mapping[str, Source], language: Language, prefix: str) -> str:
    words = said(problem, language)
    warning = PHRASES["warning"][language == "zh"] if problem.severity == "warning" else ""
    head = f"{prefix}{problem.place}: {warning}{words.message} [{problem.code}]\n"
    source = sources.get(problem.place.file)
    line = source.line(problem.place.line) if source else ""
    drawn = _drawn(problem, line) if line.strip() else ""
    return f"{head}{drawn}      → {words.fix}\n"


def _drawn(problem: Problem, line: str) -> str:
    line = line.replace("\t", " ")
    at = min(problem.place.column - 1, len(line))
    width = problem.width or _token_width(line, at)
    line, at, width = _window(line, at, width)
    before, marked = line[:at], line[at : at + width]
    caret = " " * cell_len(before) + "^" + "~" * max(0, cell_len(marked) - 1)
    number = str(problem.place.line).rjust(5)
    return f"{number} | {_visible(line)}\n      | {caret}\n"


def _visible(line: str) -> str:
    """No invisible character reaches a terminal; a bare space takes its place."""
    return "".join(c if c.isprintable() else " " * cell_len(c) for c in line)


def _token_width(line: str, at: int) -> int:
    found = _TOKEN.match(line, at)
    return len(found[0]) if found else 1


def _window(line: str, at: int, width: int) -> tuple[str, int, int]:
    """The part of a long line around the mistake, and where the mistake is in it."""
    if cell_len(line) <= WIDEST_LINE:
        return line, at, width
    begin = at
    while begin > 0 and cell_len(line[begin - 1 : at]) <= WIDEST_LINE // 3:
        begin -= 1
    end = at
    while end < len(line) and cell_len(line[begin : end + 1]) <= WIDEST_LINE:
        end += 1
    front, back = "…" if begin else "", "…" if end < len(line) else ""
    at = at - begin + len(front)
    return front + line[begin:end] + back, at, min(width, end - begin + len(front) - at)


def as_values(
    problems: Iterable[Problem], language: Language, prefix: str = ""
) -> list[dict[str, str | int]]:
    """Every problem as the object of the JSON answers: file, line, column, code, message, fix, severity."""
    values: list[dict[str, str | int]] = []
    for problem in problems:
        words = said(problem, language)
        place = problem.place
        values.append(
            {
                "file": prefix + place.file,
                "line": place.line,
                "column": place.column,
                "code": problem.code,
                "message": words.message,
                "fix": words.fix,
                "severity": problem.severity,
            }
        )
    return values
