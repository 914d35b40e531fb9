"""Words and addresses that stay what they are in every service: text, Markdown, HTML, mentions. Pure.

Services read commands out of plain text: Slack ``<!channel>``, Feishu ``<at user_id="all">``, Discord
``@everyone``, Teams ``<at>``, Markdown and HTML nearly everywhere. The signs such a command needs are
replaced by their full-width likeness, which people read and no service does.
"""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import quote

from plugin.core.text import mask

MOST = 60
"""Characters of a name; what is longer ends in an ellipsis."""

_SIGNS = "<>@*`[]{}|\\~&$%#^\"'"
_WIDE = {ord(sign): chr(ord(sign) + 0xFEE0) for sign in _SIGNS}
_EMPHASIS = re.compile(r"(?<!\w)_+|_+(?!\w)|__+")
_ADDRESS = re.compile(r"://|(?<=[0-9A-Za-z-])\.(?=[A-Za-z]{2})|:\w{1,40}:")
_AROUND_LINKS = "/?#[]&=+,;:.~!$_-%"


def inert(name: str, most: int = MOST) -> str:
    """A name of the organisation's documents, on one line, at most ``most`` characters, with no sign that
    could start a mention, a link, a format or a placeholder; personal numbers are starred.
    """
    visible = "".join(sign if _shows(sign) else " " for sign in name[: most * 4])
    flat = mask(" ".join(visible.split())).translate(_WIDE)
    flat = _EMPHASIS.sub(lambda found: "＿" * len(found[0]), flat)
    flat = _ADDRESS.sub(lambda found: found[0].replace(":", "：").replace(".", "．"), flat)
    return flat if len(flat) <= most else flat[: most - 1].rstrip() + "…"


def _shows(sign: str) -> bool:
    return not unicodedata.category(sign).startswith(("C", "Z"))


def inert_link(link: str) -> str:
    """An address with everything but plain address signs percent-encoded (RFC 3986), the host untouched."""
    scheme, _, rest = link.partition("://")
    found = re.match(r"[^/?#]*", rest)
    host = found[0] if found else ""
    return f"{scheme}://{host}{quote(rest[len(host) :], safe=_AROUND_LINKS)}"
