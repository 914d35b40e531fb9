"""Small changes to a YAML text that leave everything else as its author wrote it: comments, order, layout.

Every function takes a text and a node read from exactly that text, and answers the new text. Layouts nobody
writes by hand (keys behind ``?``, block scalars as values) may come out wrong: whoever changes a file reads
it again and compares before anything is kept.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from plugin.core.place import Place
from plugin.documents.source import BREAK, Node

Lines = Sequence[tuple[str, str]]
"""Keys and values, both as they are to stand in the file."""

_NO_TEXT = r"\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff"
"""What YAML takes for a line's end, or for no text at all."""
_PLAIN = re.compile(rf"[^\W_](?:[^\x00-\x1f{_NO_TEXT}\"#&*!|>%@`\[\]{{}},，:]|:(?=[^\s,\]}}]))*(?<!\s)")
_LINE_REST = re.compile(rf"[ \t]*,?[ \t]*(?:#.*?)?(?:{BREAK.pattern})(?!\s*,)")
_WORDS = frozenset(("null", "true", "false"))


def scalar(written: str) -> str:
    """A text as it can stand anywhere in a YAML file: plain where that is safe, else in quotes."""
    if _PLAIN.fullmatch(written) and written.casefold() not in _WORDS:
        return written
    return quoted(written)


def quoted(written: str) -> str:
    """A text in quotes, with escapes for what cannot stand in a file as it is."""
    written = json.dumps(written, ensure_ascii=False)
    return re.sub(f"[{_NO_TEXT}]", lambda found: f"\\u{ord(found[0]):04x}", written)


def is_flow(text: str, node: Node) -> bool:
    """Whether a block or list is written in brackets."""
    return text[node.offsets[0] : node.offsets[0] + 1] in ("{", "[")


def replaced(text: str, node: Node, written: str) -> str:
    """The text with another value in a node's place."""
    start, end = node.offsets
    return text[:start] + written + text[end:]


def renamed(text: str, key: str, place: Place, new: str) -> str:
    """The text with another key."""
    start, end = _key_span(text, key, place)
    return text[:start] + new + text[end:]


def without_entry(text: str, block: Node, number: int) -> str:
    """The text without one line of a block; a block that was its only one becomes ``{}``."""
    start, _ = _key_span(text, *block.entries[number][:2])
    end = end_of(text, block.entries[number][2])
    if is_flow(text, block):
        return _without_in_brackets(text, block, number, start, end)
    start, end = _line_start(text, start), _line_end(text, end)
    if len(block.entries) > 1 or block.key_at is None:
        return text[:start] + text[end:]
    colon = text.index(":", _offset(text, block.key_at)) + 1
    return text[:colon] + " {}" + text[colon:start] + text[end:]


def _without_in_brackets(text: str, block: Node, number: int, start: int, end: int) -> str:
    entries = block.entries
    if (lines := _own_lines(text, start, end)) is not None:
        return text[: lines[0]] + text[lines[1] :]
    if number + 1 < len(entries):
        end = _key_span(text, *entries[number + 1][:2])[0]
    elif number > 0:
        start = end_of(text, entries[number - 1][2])
    elif (comma := re.match(r"\s*,", text[end:])) is not None:
        end += comma.end()
    return text[:start] + text[end:]


def with_entries(text: str, block: Node, after: int, lines: Lines, heading: str = "") -> str:
    """The text with more lines in a block, behind its line ``after`` (-1: before the first).

    ``heading`` is a comment set above them; it is left out where the block stands in brackets.
    """
    if not block.entries:
        return _filled(text, block, lines)
    if is_flow(text, block):
        return _more_in_brackets(text, block, after, lines)
    indent = " " * (block.entries[0][1].column - 1)
    if after < 0:
        at = _line_start(text, _key_span(text, *block.entries[0][:2])[0])
    else:
        at = _line_end(text, end_of(text, block.entries[after][2]))
    made = [heading, *(f"{key}: {value}" for key, value in lines)]
    return _inserted(text, at, [f"{indent}{line}" for line in made if line])


def _more_in_brackets(text: str, block: Node, after: int, lines: Lines) -> str:
    made = ", ".join(f"{key}: {value}" for key, value in lines)
    if after < 0:
        at = _key_span(text, *block.entries[0][:2])[0]
        return f"{text[:at]}{made}, {text[at:]}"
    at = end_of(text, block.entries[after][2])
    return f"{text[:at]}, {made}{text[at:]}"


def _filled(text: str, block: Node, lines: Lines) -> str:
    """``{}`` becomes lines below its key, or stays in brackets where it stands inside others."""
    start, end = block.offsets
    key_line = text[_line_start(text, start) : start]
    key = re.fullmatch(r"(?P<indent>\s*)(?:- )?[\w\"'-]+:\s*", key_line)
    if key is None:
        made = ", ".join(f"{name}: {value}" for name, value in lines)
        return f"{text[:start]}{{{made}}}{text[end:]}"
    above = text[:start].rstrip(" ")
    text = above + text[end:]
    indent = " " * ((block.key_at.column if block.key_at else 1) + 1)
    at = _line_end(text, len(above))
    return _inserted(text, at, [f"{indent}{name}: {value}" for name, value in lines])


def with_section(text: str, block: Node, after: int, key: str, lines: Lines) -> str:
    """The text with a new block of lines under ``key``, behind line ``after`` of ``block``."""
    if is_flow(text, block):
        made = ", ".join(f"{name}: {value}" for name, value in lines)
        return _more_in_brackets(text, block, after, [(key, f"{{{made}}}")])
    indent = " " * (block.entries[0][1].column - 1)
    at = _line_end(text, end_of(text, block.entries[after][2]))
    inner = [f"{indent}  {name}: {value}" for name, value in lines]
    return _inserted(text, at, [f"{indent}{key}:", *inner])


def with_items(text: str, block: Node, key: str, items: Sequence[str]) -> str:
    """The text with more items in the list, or single value, under ``key``; the list is made if need be."""
    found = block.get(key)
    made = [json.dumps(item, ensure_ascii=False) for item in items]
    if found is None:
        last = len(block.entries) - 1
        if is_flow(text, block):
            return _more_in_brackets(text, block, last, [(key, f"[{', '.join(made)}]")])
        indent = " " * (block.entries[0][1].column - 1)
        at = _line_end(text, end_of(text, block.entries[last][2]))
        return _inserted(text, at, [f"{indent}{key}:", *(f"{indent}  - {scalar(item)}" for item in items)])
    if found.kind != "list":
        old = json.dumps(found.raw, ensure_ascii=False)
        return replaced(text, found, f"[{', '.join([old, *made])}]")
    if is_flow(text, found) or not found.items:
        at = end_of(text, found.items[-1]) if found.items else found.offsets[1] - 1
        return f"{text[:at]}{', ' if found.items else ''}{', '.join(made)}{text[at:]}"
    at = _line_end(text, end_of(text, found.items[-1]))
    dash = text[_line_start(text, found.items[-1].offsets[0]) :].partition("-")[0]
    return _inserted(text, at, [f"{dash}- {scalar(item)}" for item in items])


def without_item(text: str, listed: Node, number: int) -> str:
    """The text without one item of a list that has others."""
    items = listed.items
    start, end = items[number].offsets[0], end_of(text, items[number])
    if not is_flow(text, listed):
        return text[: _line_start(text, start)] + text[_line_end(text, end) :]
    if (lines := _own_lines(text, start, end)) is not None:
        start, end = lines
    elif number + 1 < len(items):
        end = items[number + 1].offsets[0]
    else:
        start = end_of(text, items[number - 1])
    return text[:start] + text[end:]


def _own_lines(text: str, start: int, end: int) -> tuple[int, int] | None:
    """The lines that something in brackets has for itself, its comma and comment with it."""
    line = _line_start(text, start)
    rest = _LINE_REST.match(text, end)
    return None if text[line:start].strip() or rest is None else (line, rest.end())


def end_of(text: str, node: Node) -> int:
    """Where a value ends; the parser lets an open block end only before whatever comes next."""
    if node.kind in ("map", "list") and not is_flow(text, node):
        inner = [value for _, _, value in node.entries] or node.items
        if inner:
            return end_of(text, inner[-1])
    return node.offsets[1]


def _key_span(text: str, key: str, place: Place) -> tuple[int, int]:
    start = _offset(text, place)
    quoted = text[start : start + 1] in ('"', "'")
    return start, start + len(key) + 2 * quoted


def _offset(text: str, place: Place) -> int:
    begins = [0, *(found.end() for found in BREAK.finditer(text))]
    return begins[place.line - 1] + place.column - 1


def _line_start(text: str, at: int) -> int:
    return max((found.end() for found in BREAK.finditer(text, 0, at)), default=0)


def _line_end(text: str, at: int) -> int:
    """Behind the line break of the line."""
    found = BREAK.search(text, at)
    return len(text) if found is None else found.end()


def _inserted(text: str, at: int, lines: Sequence[str]) -> str:
    end = "\r\n" if "\r\n" in text else "\n"
    before = end if at and not BREAK.search(text[at - 1 : at]) else ""
    return text[:at] + before + "".join(f"{line}{end}" for line in lines) + text[at:]
