"""What keeps a file from being YAML at all, in an admin's words instead of the parser's."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator
from typing import Any

import yaml

from plugin.core.place import Place
from plugin.documents.problems import Problems, Spot

LONGEST_REPARSE = 16_000
"""Characters: the Python parser places a mistake better, but is too slow for more than this."""

BRACKETS = ("[", "{")
_UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SUSPECT = re.compile(r"(?:^|[\s\[{,:?-])[&*!]\S|^%", re.M)
_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
_KEY = r"^(?P<lead>[ \t]*(?:- +)*(?:\{ *)?[A-Za-z_][A-Za-z0-9_-]*)"
_WIDE_COLON = re.compile(_KEY + r"(?P<slip>：)(?P<space> ?)")
_NO_SPACE = re.compile(_KEY + r"(?P<slip>:)(?=[^\s/:\\\]},])")
_TAB = re.compile(r"^(?P<lead> *)(?P<slip>\t+)(?=\S)")
_ODD_SPACE = re.compile("^(?P<lead> *)(?P<slip>[\u3000\xa0\u2000-\u200a][\u3000\xa0\u2000-\u200a ]*)(?=\\S)")
_NO_DASH_SPACE = re.compile(r"^(?P<lead> *-)(?P<slip>)(?=\{|[A-Za-z_][\w-]*:(?:\s|$))")
_BARE_WORD = re.compile(r"^ *(?:- +)?[A-Za-z_][\w-]* *$")
_COMPARISON = re.compile(r"(?:[:\[,]|^ *-)\s+(?P<slip>[<>]=?\s*-?\d+(?:\.\d+)?)")
_SPECIAL = re.compile(r"(?:[:\[,{]|^ *-)\s*(?P<slip>[*&!%@`][^\s,\]}]*)")
_WIDE_MARK = re.compile("(?P<slip>[，；（）【】｛｝［］“”‘’「」])")
_SECOND_COLON = re.compile(r"^[^#'\"]*?:\s+[^'\"\[{].*?(?P<slip>:)(?:\s|$)")


def decoded(text: str | bytes, file: str, problems: Problems, most: int) -> str | None:
    """The file's characters without a byte order mark; None after saying why they cannot be read."""
    if len(text) > most or (isinstance(text, str) and len(text.encode("utf-8", "replace")) > most):
        problems.add("too-large", Place(file, 1, 1), most=most // 1024)
        return None
    if isinstance(text, bytes):
        raw = text
        try:
            text = raw.decode("utf-8")
        except UnicodeDecodeError as error:
            _explain_encoding(raw, error.start, file, problems)
            return None
    text = text.removeprefix("\ufeff")
    found = _UNPRINTABLE.search(text)
    if found:
        problems.add("control-character", _place(file, text, found.start()), given=f"U+{ord(found[0]):04X}")
        return None
    return text


def _explain_encoding(text: bytes, at: int, file: str, problems: Problems) -> None:
    before = text[:at].decode("utf-8")
    place = _place(file, before, len(before))
    likely = "UTF-16" if text[:2] in (b"\xff\xfe", b"\xfe\xff") else "GB18030"
    try:
        text.decode(likely)
    except UnicodeDecodeError:
        problems.add("bad-encoding", place)
    else:
        problems.add("other-encoding", place, given=likely)


def has_forbidden(text: str, file: str, problems: Problems) -> bool:
    """True after reporting tags, anchors, aliases and directives, which no document of ours needs."""
    if not _SUSPECT.search(text):
        return False
    found = False
    try:
        for event in yaml.parse(text, yaml.CSafeLoader):
            code, given = _forbidden(event)
            if code:
                mark: Any = event.start_mark
                problems.add(code, Place(file, mark.line + 1, mark.column + 1), given=given)
                found = True
    except yaml.YAMLError:
        return found
    return found


def _forbidden(event: Any) -> tuple[str, str]:
    if isinstance(event, yaml.AliasEvent):
        return "alias", f"*{event.anchor}"
    if getattr(event, "anchor", None):
        return "anchor", f"&{event.anchor}"
    if getattr(event, "tag", None):
        return "tag", str(event.tag).replace("tag:yaml.org,2002:", "!!")
    if isinstance(event, yaml.DocumentStartEvent) and (event.version or event.tags):
        return "directive", "%"
    return "", ""


def explain(
    error: yaml.YAMLError, text: str, file: str, problems: Problems, known: frozenset[int] = frozenset()
) -> tuple[str, frozenset[int]] | None:
    """Report what broke the file; answers the text with sure slips mended, so that the rest can be read.

    The answer comes with the lines mended; given back as ``known``, nothing near them is reported twice.
    """
    if len(text) <= LONGEST_REPARSE:
        error = _said_by_python(text) or error
    at = _line_of(error)
    if known & {at - 1, at}:
        return None
    lines = _BREAK.split(text)
    slips = {number: (code, column) for number, code, column in _sure_slips(lines)}
    for number, (code, column) in slips.items():
        problems.add(code, Place(file, number, column))
    if not slips.keys() & set(range(at - 2, at + 1)):
        _explain_one(error, lines, at, file, problems)
        return None
    return "\n".join(_mended(lines, slips)), frozenset(slips)


def _said_by_python(text: str) -> yaml.YAMLError | None:
    try:
        yaml.compose(text, yaml.SafeLoader)
    except yaml.YAMLError as error:
        return error
    except (RecursionError, ValueError):
        return None
    return None


def _sure_slips(lines: list[str]) -> Iterator[tuple[int, str, int]]:
    patterns = (
        ("tab", _TAB),
        ("odd-space", _ODD_SPACE),
        ("no-dash-space", _NO_DASH_SPACE),
        ("fullwidth-colon", _WIDE_COLON),
        ("no-space", _NO_SPACE),
    )
    for number, line in enumerate(lines, 1):
        for code, pattern in patterns:
            found = pattern.match(line)
            if found:
                yield number, code, found.start("slip") + 1
                break


def _mended(lines: list[str], slips: Container[int]) -> Iterator[str]:
    """The lines as they were surely meant; a tab goes as deep as the line above."""
    indent = ""
    for number, line in enumerate(lines, 1):
        if number in slips:
            line = _ODD_SPACE.sub(indent, _TAB.sub(indent, line))
            line = _NO_DASH_SPACE.sub(lambda m: m["lead"] + " ", line)
            line = _WIDE_COLON.sub(lambda m: m["lead"] + ": ", line)
            line = _NO_SPACE.sub(lambda m: m["lead"] + ": ", line)
        if line.strip():
            indent = line[: len(line) - len(line.lstrip(" "))]
        yield line


def _line_of(error: yaml.YAMLError) -> int:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    return 1 if mark is None else int(mark.line) + 1


def _explain_one(error: Any, lines: list[str], at: int, file: str, problems: Problems) -> None:
    said = f"{getattr(error, 'problem', '')} {getattr(error, 'context', '')}"
    begun = getattr(error, "context_mark", None)
    if begun is not None and begun.line >= len(lines):
        begun = None
    opened = None if begun is None else Spot(Place(file, begun.line + 1, begun.column + 1), 1)
    given = "" if begun is None else lines[begun.line][begun.column : begun.column + 1]
    if "nesting" in said:
        problems.add("too-deep", Place(file, min(at, len(lines)), 1), most=64)
    elif "single document" in said or "document start" in said:
        problems.add("two-documents", Place(file, at, 1))
    elif "quoted scalar" in said and opened is not None:
        problems.add("open-quote", opened, given=given)
    elif opened is not None and given in BRACKETS and opened.place.line < at:
        _explain_bracket(opened, given, lines, file, problems)
    elif (slip := _near_slip(error, lines, at)) is not None:
        number, (code, column, written) = slip
        problems.add(code, Spot(Place(file, number, column), len(written)), given=written)
    elif opened is not None and given in BRACKETS:
        problems.add("open-bracket", opened, given=given)
    elif (bare := _line_before(lines, at)) and _BARE_WORD.match(lines[bare - 1]):
        word = lines[bare - 1].strip(" -")
        column = lines[bare - 1].index(word) + 1
        problems.add("missing-colon", Spot(Place(file, bare, column), len(word)), given=word)
    else:
        line, column = _mark(error, lines)
        code = "bad-indent" if "block" in said or "mapping values" in said else "yaml-syntax"
        problems.add(code, Place(file, line, column))


def _explain_bracket(opened: Spot, given: str, lines: list[str], file: str, problems: Problems) -> None:
    """A bracket open at the end of its line: unless a full-width one was meant to close it."""
    line, column = opened.place.line, opened.place.column
    found = _slip(" " * (column - 1) + lines[line - 1][column - 1 :])
    if found:
        problems.add(found[0], Spot(Place(file, line, found[1]), len(found[2])), given=found[2])
    else:
        problems.add("open-bracket", opened, given=given)


def _near_slip(error: Any, lines: list[str], at: int) -> tuple[int, tuple[str, int, str]] | None:
    for number in (at, _line_before(lines, at)):
        if 0 < number <= len(lines) and (found := _slip(lines[number - 1])) is not None:
            return number, found
    if "mapping values" in str(getattr(error, "problem", "")) and 0 < at <= len(lines):
        found_at = _SECOND_COLON.match(lines[at - 1])
        if found_at and found_at.start("slip") == error.problem_mark.column:
            return at, ("colon-in-text", found_at.start("slip") + 1, ":")
    return None


_QUOTED = re.compile(r"""'[^']*'|"(?:\\.|[^"\\])*"|(?:^|\s)\#.*""")


def _slip(line: str) -> tuple[str, int, str] | None:
    """A slip outside quotes and comments, which YAML would not mind."""
    bare = _QUOTED.sub(lambda m: " " * len(m[0]), line)
    for code, pattern in (
        ("comparison", _COMPARISON),
        ("special-character", _SPECIAL),
        ("fullwidth-punctuation", _WIDE_MARK),
    ):
        found = pattern.search(bare)
        if found:
            return code, found.start("slip") + 1, found["slip"]
    return None


def _line_before(lines: list[str], at: int) -> int:
    for number in range(at - 1, 0, -1):
        if (
            number <= len(lines)
            and lines[number - 1].strip()
            and not lines[number - 1].lstrip().startswith("#")
        ):
            return number
    return 0


def _mark(error: yaml.YAMLError, lines: list[str]) -> tuple[int, int]:
    mark = getattr(error, "problem_mark", None)
    if mark is None:
        return 1, 1
    line = min(mark.line + 1, len(lines))
    text = lines[line - 1]
    return line, min(mark.column, len(text)) + 1 if text.strip() else 1


def _place(file: str, text: str, at: int) -> Place:
    before = _BREAK.split(text[:at])
    return Place(file, len(before), len(before[-1]) + 1)
