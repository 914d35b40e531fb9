"""What an answer means: the errors of ``plugin.errors``, from status, headers and body. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import re2

from plugin.core.text import mask
from plugin.desk.api_shape import Api, ErrorRule
from plugin.desk.limits import wait_seconds
from plugin.desk.reach import pointed_to
from plugin.desk.transforms import read_all, read_one
from plugin.errors import AccessDenied, Busy, Conflict, Faulty, HelpdeskError, NotFound, Rejected

LONGEST_DETAIL = 200
HIDDEN = "•••"
SHORTEST_HIDDEN = 6
"""Characters of a secret that is looked for in a helpdesk's words: shorter ones would hide the words."""
_BY_STATUS: dict[int, type[HelpdeskError]] = {
    401: AccessDenied,
    403: AccessDenied,
    404: NotFound,
    409: Conflict,
    410: NotFound,
    412: Conflict,
    503: Busy,
}


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer that arrived whole; header names in lower case."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    url: str = field(default="", repr=False)
    """What was called."""


class TooLarge(Faulty):
    """The answer is larger than is read."""


def parsed(
    request: str, answer: Answer, api: Api, now: float, secrets: Iterable[str] = (), *, plain: bool = False
) -> Any:
    """The answer's JSON (None where it has no body); raises the ``HelpdeskError`` it stands for.

    ``secrets``: what was sent with the request, which no helpdesk's words may bring back into ours;
    ``plain``: it need not be JSON, and is None then.
    """
    if 300 <= answer.status < 400:
        raise Rejected(request, answer.status, pointed_to(answer.url, answer.headers.get("location", "")))
    document, readable = _document(answer)
    _raise_for(request, answer, document, api, now, secrets)
    if not readable and not plain:
        raise Faulty(request, answer.status, "the answer is not JSON in UTF-8")
    return document


def too_much(request: str, answer: Answer, api: Api, now: float) -> None:
    """Raise ``Busy`` where the answer only says that too much is asked."""
    if answer.status in api.limits.statuses:
        raise Busy(request, answer.status, "", wait_seconds(api.limits, answer.headers, now))


def hindrance(
    request: str, answer: Answer, api: Api, now: float, secrets: Iterable[str] = ()
) -> HelpdeskError | None:
    """``Busy`` or ``Faulty`` where an answer only says that the helpdesk cannot answer just now; else None.

    What such an answer shows, or does not show, says nothing of what was asked.
    """
    try:
        _raise_for(request, answer, _document(answer)[0], api, now, secrets)
    except (Busy, Faulty) as error:
        return error
    except HelpdeskError:
        return None
    return None


def _document(answer: Answer) -> tuple[Any, bool]:
    """The JSON and whether it could be read; an empty body is readable and means nothing."""
    if not answer.body.strip():
        return None, True
    try:
        return json.loads(answer.body.decode("utf-8-sig")), True
    except (ValueError, RecursionError):
        return None, False


def _raise_for(
    request: str, answer: Answer, document: Any, api: Api, now: float, secrets: Iterable[str]
) -> None:
    status = answer.status
    detail = _detail(document, api, secrets)
    rule = next((rule for rule in api.errors if _applies(rule, answer, document)), None)
    if rule is not None and not issubclass(rule.raises, Busy):
        raise rule.raises(request, status, detail)
    if rule is not None or status in api.limits.statuses or status in (429, 503):
        raise Busy(request, status, detail, wait_seconds(api.limits, answer.headers, now))
    if status >= 500:
        raise Faulty(request, status, detail)
    if status >= 400:
        raise _BY_STATUS.get(status, Rejected)(request, status, detail)
    if status < 200:
        raise Faulty(request, status, detail)


def _applies(rule: ErrorRule, answer: Answer, document: Any) -> bool:
    if rule.statuses and answer.status not in rule.statuses:
        return False
    if rule.reader is None and rule.header is None:
        return bool(rule.statuses)
    found = set(_told(rule, answer, document))
    if rule.empty:
        return not found
    if rule.wanted or rule.pattern is not None:
        return bool(found & rule.wanted) or any(_matches(rule.pattern, each) for each in found)
    return bool(found - rule.unwanted)


def _told(rule: ErrorRule, answer: Answer, document: Any) -> list[str]:
    if rule.header is not None:
        return [value for value in (answer.headers.get(rule.header.lower(), ""),) if value]
    return read_all(document, rule.reader) if rule.reader else []


def _matches(pattern: str | None, text: str) -> bool:
    return pattern is not None and re2.search(pattern, text) is not None


def _detail(document: Any, api: Api, secrets: Iterable[str]) -> str:
    found = (read_one(document, api.detail) if api.detail else None) or ""
    for each in secrets:
        found = found.replace(each, HIDDEN) if len(each) >= SHORTEST_HIDDEN else found
    return mask(" ".join(found.split()))[:LONGEST_DETAIL]
