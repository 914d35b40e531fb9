"""One ticket, one id, however it is written: ``0012``, ``12``, ``#12`` and ``zen:ticket:12`` are one ticket.

Ids come in webhooks, in lists, in answers and from people. Each is brought into the product's one form before
it is looked at, so that a ticket has one case. What is no id of the product is none at all.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import re2

LONGEST = 200
"""Characters of an id, in whatever form."""
_MOST_FORMS = 8
"""A form inside a form inside a form: ``#UserRequest::0012``."""
_GROUP = re.compile(r"\(\?P<(\w+)>((?:[^()\\]|\\.|\[(?:[^\]\\]|\\.)*\])*)\)")


class NotComposed(ValueError):
    """A pattern from whose named groups no id can be put together."""


@dataclass(frozen=True, slots=True)
class IdShape:
    """How a product's ids look: RE2 patterns, each for a whole id.

    ``pattern`` is the one form cases are kept under; ``forms`` are others the product or people write, each
    with the id in its first group, or its parts in named groups: those of ``pattern``.
    """

    pattern: str
    forms: tuple[str, ...] = ()

    def canonical(self, written: str) -> str | None:
        """The one form of an id, or None where it is none."""
        text = written.strip(" ")
        for _ in range(_MOST_FORMS):
            found = self._unwrapped(text) if _is_sane(text) else None
            if found is None or found == text:
                break
            text = found
        return text if _is_sane(text) and re2.fullmatch(self.pattern, text) else None

    def parts(self, ticket_id: str) -> dict[str, str]:
        """The named parts of an id in its one form; none where it has none."""
        hit = re2.fullmatch(self.pattern, ticket_id)
        return (
            {} if hit is None else {name: text for name, text in hit.groupdict().items() if text is not None}
        )

    def known(self, ticket_id: str) -> dict[str, Any]:
        """What requests about a ticket may speak of: ``${id}`` and ``${part.…}``."""
        return {"id": ticket_id, "part": self.parts(ticket_id)}

    def _unwrapped(self, text: str) -> str | None:
        for form in self.forms:
            hit = re2.fullmatch(form, text)
            if hit is None:
                continue
            named = hit.groupdict()
            return composed(self.pattern, named) if named else hit.group(1)
        return None


def composed(pattern: str, parts: dict[str, str | None]) -> str | None:
    """The id that ``pattern`` describes with these parts; raises ``NotComposed``."""
    made, at = [], 0
    for group in _GROUP.finditer(pattern):
        made += [_literal(pattern[at : group.start()]), parts.get(group[1])]
        at = group.end()
    made.append(_literal(pattern[at:]))
    return None if None in made else "".join(each for each in made if each is not None)


def part_names(pattern: str) -> tuple[str, ...]:
    """The named groups of a pattern."""
    return tuple(re2.compile(pattern).groupindex)


def _literal(text: str) -> str:
    """What stands between two groups, where it is nothing but characters."""
    plain = re.sub(r"\\([^\w\s])", lambda hit: f"\0{ord(hit[1])}\0", text)
    if re.search(r"[\\()\[\]{}.*+?|^$]", plain):
        raise NotComposed(text)
    return re.sub("\0(\\d+)\0", lambda hit: chr(int(hit[1])), plain)


def _is_sane(text: str) -> bool:
    """Half a character (a lone surrogate), a line break or a page of text is no id in any form."""
    return 0 < len(text) <= LONGEST and text.isprintable()
