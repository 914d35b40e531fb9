"""HTML as the text a person would see, in one pass whose cost grows with the length only.

The standard library's ``html.parser`` takes seconds for a few hundred kilobytes of unfinished tags
(CVE-2025-6069), and what arrives here was written by strangers; so the tags are cut out by hand:
every search either moves on or ends the markup, nothing is looked at twice.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

_BLOCKS = re.compile(
    r"(?:address|article|aside|blockquote|br|d[dlt]|div|fieldset|footer|form|h[1-6r]|header|li|main|nav|[ou]l|p|pre"
    r"|section|table|t(?:body|d|foot|h|head|r))\Z"
)
_UNSEEN = frozenset(("script", "style", "head", "title", "template", "noscript"))
_VOID = re.compile(r"(?:area|base|br|col|embed|hr|img|input|link|meta|source|track|wbr)\Z")
_QUOTE_MARKS = re.compile(
    r"""(?:class|id)\s*=\s*["']?[^"'>]{0,80}(?:gmail_quote|yahoo_quoted|moz-cite|protonmail_quote"""
    r"""|divrplyfwdmsg|appendonsend)""",
    re.IGNORECASE,
)
_ATTRIBUTES = {
    name: re.compile(rf"""\s{name}\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.IGNORECASE)
    for name in ("name", "value")
}
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9]{0,20}")
_UNTIL_QUOTE = re.compile(r"[^\"'>]*")
_MANY_BLANKS = re.compile(r"\n[ \t\xa0]*(?:\n[ \t\xa0]*)+")
_SPACES = re.compile(r"[ \t\r\n\f]+")
_TAG_STARTS = re.compile(r"<(?=[A-Za-z!?]|/[A-Za-z])")
_DEEPEST = 64
_MOST_TAGS = 20_000
"""What follows is kept as it stands: no letter of a petition has this much markup."""


class _Part(NamedTuple):
    kind: Literal["text", "open", "close"]
    body: str
    """Text with its entities resolved, or a tag's name."""
    attributes: str = ""


def html_to_text(markup: str) -> str:
    """The visible words, a line per block; quoted mail starts with ``> ``."""
    page = _Page()
    for part in _parts(markup):
        page.take(part)
    return _MANY_BLANKS.sub("\n\n", "".join(page.parts)).strip()


def select_options(markup: str, name: str) -> tuple[tuple[str, str], ...]:
    """(value, text) of the options of a form's select of this name, but those without a value."""
    return selects(markup).get(name, ())


def selects(markup: str) -> dict[str, tuple[tuple[str, str], ...]]:
    """The name of every select of a page → (value, text) of its options, but those without a value."""
    found: dict[str, list[tuple[str, list[str]]]] = {}
    inside: str | None = None
    has_option = False
    for part in _parts(markup):
        if part.kind == "text":
            if has_option and inside is not None:
                found[inside][-1][1].append(part.body)
        elif part.body in ("select", "optgroup", "option"):  # an option ends with any of them
            has_option = inside is not None and part.body == "option" and part.kind == "open"
            if has_option and inside is not None:
                found[inside].append((_attribute(part, "value"), []))
            elif part.body == "select":
                inside = _attribute(part, "name") or None if part.kind == "open" else None
                found.setdefault(inside or "", [])
    return {
        name: tuple((value, " ".join("".join(text).split())) for value, text in options if value)
        for name, options in found.items()
        if name
    }


def _attribute(part: _Part, name: str) -> str:
    found = _ATTRIBUTES[name].search(part.attributes)
    return html.unescape(next(filter(None, found.groups()), "")) if found else ""


def _parts(markup: str) -> Iterator[_Part]:
    at = 0
    for _ in range(_MOST_TAGS):
        found = _TAG_STARTS.search(markup, at)
        if not found:
            break
        start = found.start()
        if start > at:
            yield _Part("text", html.unescape(markup[at:start]))
        end, part = _tag(markup, start)
        if end is None:
            at = start
            break
        if part:
            yield part
        at = end
        if part and part.kind == "open" and part.body in ("script", "style"):
            at = _after_raw_text(markup, at, part.body)
    yield _Part("text", html.unescape(markup[at:]))


def _tag(markup: str, start: int) -> tuple[int | None, _Part | None]:
    """Where the construct at ``<`` ends (None: never) and what it is; a lone ``<`` is text."""
    if markup.startswith("<!--", start):
        end = markup.find("-->", start + 4)
        return (None, None) if end < 0 else (end + 3, None)
    if markup.startswith(("<!", "<?"), start):
        end = markup.find(">", start)
        return (None, None) if end < 0 else (end + 1, None)
    closes = markup.startswith("</", start)
    name = _NAME.match(markup, start + 1 + closes)
    end = _end_of_tag(markup, name.end()) if name else -1
    if not name or end < 0:
        return None, None
    attributes = markup[name.end() : min(end, name.end() + 400)]
    return end + 1, _Part("close" if closes else "open", name.group().lower(), attributes)


def _end_of_tag(markup: str, at: int) -> int:
    """The offset of the tag's ``>`` outside quotes, or -1."""
    while True:
        found = _UNTIL_QUOTE.match(markup, at)
        at = found.end() if found else at
        if at >= len(markup):
            return -1
        if markup[at] == ">":
            return at
        at = markup.find(markup[at], at + 1) + 1
        if at == 0:
            return -1


def _after_raw_text(markup: str, at: int, name: str) -> int:
    end = re.compile(f"</{name}", re.IGNORECASE).search(markup, at)
    return end.start() if end else len(markup)


class _Page:
    """What has been written so far, and inside what we are."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self._open: list[tuple[str, bool]] = []
        self._unseen = 0
        self._quotes = 0
        self._line_is_empty = True

    def take(self, part: _Part) -> None:
        if part.kind == "text":
            self._text(part.body)
            return
        if _BLOCKS.match(part.body):
            self.parts.append("\n")
            self._line_is_empty = True
        if part.kind == "close":
            self._close(part.body)
        elif not _VOID.match(part.body):
            self._enter(part.body, part.body == "blockquote" or bool(_QUOTE_MARKS.search(part.attributes)))

    def _enter(self, name: str, quotes: bool) -> None:
        self._open.append((name, quotes))
        self._quotes += quotes
        self._unseen += name in _UNSEEN

    def _close(self, name: str) -> None:
        """Tags left open inside end with the one that does close; one without a start is ignored."""
        nearest = range(len(self._open) - 1, max(len(self._open) - _DEEPEST, 0) - 1, -1)
        depth = next((i for i in nearest if self._open[i][0] == name), None)
        if depth is None:
            return
        self._quotes -= sum(quotes for _, quotes in self._open[depth:])
        self._unseen -= sum(inside in _UNSEEN for inside, _ in self._open[depth:])
        del self._open[depth:]

    def _text(self, text: str) -> None:
        words = _SPACES.sub(" ", text)
        if self._line_is_empty:
            words = words.lstrip(" ")
        if self._unseen or not words:
            return
        if self._line_is_empty and self._quotes:
            self.parts.append("> ")
        self.parts.append(words)
        self._line_is_empty = False
