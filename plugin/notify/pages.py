"""Messages for one addressee as what is sent: one text, or several where the service takes no more. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from plugin.notify.letters import brief, full, item, line, subject
from plugin.notify.messages import Notice
from plugin.notify.wording import Speech

SHORT = 320
"""A service that takes no more characters than this gets texts made for an SMS."""

_LINK_LINE = re.compile(r"https?://\S+")


class Page(NamedTuple):
    """One text as it is sent."""

    subject: str
    """Empty where the body says all."""
    lines: tuple[str, ...]

    @property
    def text(self) -> str:
        """The body as plain text."""
        return "\n".join(self.lines)

    @property
    def markdown(self) -> str:
        """The body for services that know Markdown only: line breaks kept, addresses as links."""
        return "  \n".join(f"[{each}]({each})" if _LINK_LINE.fullmatch(each) else each for each in self.lines)


def pages(notices: Sequence[Notice], speech: Speech, most: int) -> tuple[Page, ...]:
    """Everything these messages say, in texts of at most ``most`` characters (and bytes, above an SMS).

    A message is never divided; several stand together as a digest. ``notices`` holds at least one.
    """
    if most <= SHORT:
        return _short(tuple(notices), speech, most)
    if len(notices) == 1:
        return (_fitting(notices[0], speech, most),)
    blocks = [line(notice, speech) for notice in notices]
    heading = subject(tuple(notices), speech)
    room = most - _size((heading, ""))
    return tuple(Page(heading, lines) for lines in _packed(blocks, room))


def _fitting(notice: Notice, speech: Speech, most: int) -> Page:
    heading = subject((notice,), speech)
    for lines in (full(notice, speech), line(notice, speech)):
        if _size((heading, *lines)) <= most:
            return Page(heading, lines)
    return Page("", (brief(notice, speech, most // 4),))


def _packed(blocks: Sequence[tuple[str, ...]], room: int) -> list[tuple[str, ...]]:
    packed: list[tuple[str, ...]] = []
    for block in blocks:
        if packed and _size((*packed[-1], "", *block)) <= room:
            packed[-1] += ("", *block)
        else:
            packed.append(block)
    return packed


def _size(lines: Sequence[str]) -> int:
    """Bytes in UTF-8 with line ends, an address twice as in Markdown: services count characters or bytes."""
    return sum(len(each.encode()) * (2 if _LINK_LINE.fullmatch(each) else 1) + 4 for each in lines)


def _short(notices: tuple[Notice, ...], speech: Speech, most: int) -> tuple[Page, ...]:
    if len(notices) == 1:
        return (Page("", (brief(notices[0], speech, most),)),)
    texts = [f"{speech.say('name')} {item(notices[0], speech)}"[:most]]
    for notice in notices[1:]:
        longer = texts[-1] + speech.say("semicolon") + item(notice, speech)
        if len(longer) <= most:
            texts[-1] = longer
        else:
            texts.append(f"{speech.say('name')} {item(notice, speech)}"[:most])
    return tuple(Page("", (text,)) for text in texts)
