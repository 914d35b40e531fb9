"""The text of desk and roster files as it may be shown: secrets and contacts are blotted out."""

from __future__ import annotations

import re


def redacted(text: str) -> str:
    """A desk file's text in which nothing that may be a secret's value can be read, every width kept."""
    lines = text.split("\n")
    inside: int | None = None
    for number, line in enumerate(lines):
        indent = len(line) - len(line.lstrip())
        if inside is not None and line.strip() and indent <= inside:
            inside = None
        if re.match(r"\s*(secrets|notify)\s*[:：]", line):
            inside = indent
        line = _IN_URL.sub(lambda m: m["lead"] + "•" * (len(m[0]) - len(m["lead"]) - 1) + "@", line)
        lines[number] = (_IN_SECRETS if inside is not None else _NAMED).sub(_dots, line)
    return "\n".join(lines)


_VALUE = r"""(?P<value>"(?:\\.|[^"\\])*"?|'[^']*'?|[^\s,\]}{\["'#][^,\]}#]*)"""
_IN_URL = re.compile(r"""(?P<lead>//|\b(?:url|proxy)["']?\s*[:：]\s*["']?(?:https?://)?)[^\s@]+@""")
_IN_SECRETS = re.compile(
    r"(?P<lead>(?<!env)(?<!file)[:：\[,]\s*|^\s*-\s+)(?!\s*[\"']?(?:env:|file:))" + _VALUE
)
_NAMED = re.compile(
    r"(?P<lead>(?:token|password|passwd|secret|api_?key|hook)\w*[\"']?\s*[:：]\s*)"
    r"(?![\"']?(?:env:|file:))(?!(?:true|false)\s*(?:[,}#]|$))" + _VALUE,
    re.IGNORECASE,
)


def without_contacts(text: str) -> str:
    """A roster file's text in which no address or telephone number can be read, every width kept."""
    text = _CONTACT.sub(_dots, text)
    return _IN_THE_OPEN.sub(lambda found: "•" * len(found[0]), text)


_CONTACT = re.compile(
    r"""(?P<lead>\b(?:contact|ics)["']?[ \t]*[:：][ \t]*)(?![ \t]*["']?(?:env:|file:))""" + _VALUE
)
_IN_THE_OPEN = re.compile(
    r"""[^\s,\[\]{}"']{1,64}@[^\s,\[\]{}"']+|\b[a-z][a-z0-9+.-]{0,20}://[^\s,\]}"']+"""
    r"""|(?<![\d-])(?!\d{4}-\d\d-\d\d)\+?\d[\d -]{5,20}\d(?![\d:])"""
)


def _dots(found: re.Match[str]) -> str:
    value = found["value"]
    if re.match(r"[\w-]+\s*[:：]\s", value):
        return found[0]
    return found["lead"] + "•" * len(value)
