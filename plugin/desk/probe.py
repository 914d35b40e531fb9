"""Which product answers at an address, whose the token is, what it may do: questions that change nothing."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlsplit

import re2

from plugin.core.label import Label
from plugin.desk.about_shape import Evidence, Look, Meaning, WhoAmI
from plugin.desk.answers import Answer
from plugin.desk.api_shape import Api
from plugin.desk.client import Client
from plugin.desk.descriptor import Descriptor
from plugin.desk.installation import Installation
from plugin.desk.outbound import Call, call
from plugin.desk.paths import as_text, find_all
from plugin.desk.template import UnsafeSegment, names, render_text
from plugin.desk.transforms import read_all, read_one
from plugin.documents.addresses import fault_of
from plugin.errors import AccessDenied, HelpdeskError, NotSent, Unreachable

LOOK_SECONDS = 10.0
PATIENCE = 30.0
"""Seconds in which an address may take its time with one look after the other; then each gets ``HASTY``."""
HASTY = 1.0
MOST_TEXT = 400_000
"""Characters of a page in which a pattern is looked for."""
Known = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Account:
    """Whose token it is."""

    account: str
    name: str


@dataclass(frozen=True, slots=True)
class Found:
    """A product that answers at the address; the version where it was told."""

    descriptor: Descriptor
    version: str | None = None
    lacks: Label | None = None
    """It is there, but not what Paidan needs of it."""


@dataclass(frozen=True, slots=True)
class Tried:
    """One question, for people: method and path, and the status or the reason why there is none."""

    request: str
    status: int | None = None
    reason: str = ""
    is_page: bool = False
    """What came is a web page, not the answer of an API."""


@dataclass(frozen=True, slots=True)
class Identified:
    """What an address showed: products (none, one, seldom several), and everything that was asked."""

    found: tuple[Found, ...] = ()
    tried: tuple[Tried, ...] = ()
    moved_to: str | None = None
    """The address it points to instead, without a path that was asked for."""


@dataclass
class _Asked:
    """Every request is made once, whichever product wants to know."""

    answers: dict[tuple[Any, ...], Answer | HelpdeskError] = field(default_factory=dict)
    tried: dict[str, Tried] = field(default_factory=dict)
    moved_to: str | None = None
    begun: float = field(default_factory=time.monotonic)

    def seconds(self) -> float:
        """For the next look: dozens of products are asked for, and none may be the one that never answers."""
        left = PATIENCE - (time.monotonic() - self.begun)
        return min(LOOK_SECONDS, max(HASTY, left))


def identify(
    descriptors: Iterable[Descriptor],
    desk: Installation,
    given: Callable[[Descriptor], Mapping[str, tuple[str, ...]]] | None = None,
) -> Identified:
    """The products whose marks the address shows; first without signing in, then with what is ``given``.

    ``given`` tells the secrets to use with a product; where it tells none, the product is not asked
    signed in. Raises ``NotSent`` or ``Unreachable`` where nothing
    answers at all.
    """
    asked, every = _Asked(), tuple(descriptors)
    found = tuple(each for each in (_open(d, desk, asked) for d in every) if each)
    if not found and given is not None:
        found = tuple(each for each in (_signed(d, desk, given(d), asked) for d in every) if each)
    return Identified(found, tuple(asked.tried.values()), asked.moved_to)


def _open(descriptor: Descriptor, desk: Installation, asked: _Asked) -> Found | None:
    looks = [each for each in descriptor.about.identify if each.open]
    client = Client(unsigned(descriptor.api), desk)
    return _first(descriptor, looks, client, desk, asked, signed="")


def _signed(
    descriptor: Descriptor, desk: Installation, secrets: Mapping[str, tuple[str, ...]], asked: _Asked
) -> Found | None:
    looks = [each for each in descriptor.about.identify if not each.open and secrets]
    with_secrets = replace(desk, secrets=secrets)
    client = Client(descriptor.api, with_secrets)
    return _first(descriptor, looks, client, with_secrets, asked, signed=descriptor.name)


def _first(
    descriptor: Descriptor,
    looks: Iterable[Look],
    client: Client,
    desk: Installation,
    asked: _Asked,
    signed: str,
) -> Found | None:
    for look in looks:
        answer = _answer(look, client, desk, asked, signed)
        if isinstance(answer, Answer) and shows(look.when, (seen := told(answer)), known(desk)):
            return Found(descriptor, read_one(seen, look.version) if look.version else None, look.lacks)
    return None


def _answer(
    look: Look, client: Client, desk: Installation, asked: _Asked, signed: str
) -> Answer | HelpdeskError:
    request = call(look.request, known(desk))
    key = (signed, request.method, request.path, request.query, json.dumps(request.body, sort_keys=True))
    if key not in asked.answers:
        try:
            asked.answers[key] = client.look(request, asked.seconds())
        except (NotSent, Unreachable) as error:
            if not asked.answers:
                raise
            asked.answers[key] = error
        except HelpdeskError as error:
            asked.answers[key] = error
        _note(request, asked.answers[key], desk.url, asked)
    return asked.answers[key]


def _note(request: Call, answer: Answer | HelpdeskError, url: str, asked: _Asked) -> None:
    if isinstance(answer, HelpdeskError):
        asked.tried.setdefault(request.name, Tried(request.name, reason=answer.detail))
        return
    is_page = "html" in answer.headers.get("content-type", "")
    asked.tried[request.name] = Tried(request.name, answer.status, is_page=is_page)
    if 300 <= answer.status < 400 and asked.moved_to is None:
        asked.moved_to = _moved(url, request.path, answer.headers.get("location", ""))


def _moved(url: str, path: str, location: str) -> str | None:
    """The address a redirect points to, where it is another host or scheme; it is told, never followed."""
    here, there = urlsplit(url), urlsplit(location)
    if there.scheme not in ("http", "https") or (there.scheme, there.netloc) == (here.scheme, here.netloc):
        return None
    kept = there.path.removesuffix(path) if there.path.endswith(path) and path != "/" else here.path
    moved = f"{there.scheme}://{there.netloc}{kept}".rstrip("/")
    return None if fault_of(moved) else moved


def unsigned(api: Api) -> Api:
    """The API as somebody without an account may ask it: nothing of a secret is sent."""
    return replace(
        api,
        headers=_without_secrets(api.headers),
        query=_without_secrets(api.query),
        basic=None,
        session=None,
    )


def _without_secrets(sent: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in sent.items() if "${secret." not in value}


def known(desk: Installation, **more: Any) -> dict[str, Any]:
    """What requests may speak of."""
    return {"setting": dict(desk.settings), "desk": desk.desk, **more}


def told(answer: Answer) -> dict[str, Any]:
    """An answer as looks see it."""
    text = answer.body.decode("utf-8", "replace")
    try:
        body = json.loads(text.removeprefix("\ufeff"))
    except (ValueError, RecursionError):
        body = None
    return {
        "status": str(answer.status),
        "header": dict(answer.headers),
        "body": body,
        "text": text[:MOST_TEXT],
    }


def shows(when: Iterable[Evidence], value: Any, context: Known) -> bool:
    """Whether all of it is there."""
    return all(_shows(each, value, context) for each in when)


def _shows(evidence: Evidence, value: Any, context: Known) -> bool:
    wanted = {render_text(each, context) for each in evidence.wanted}
    if wanted or evidence.reader.pattern is not None:
        found = set(read_all(value, evidence.reader, context))
        is_there = bool(found & wanted) if wanted else bool(found)
    else:
        is_there = any(
            each not in (None, "", [], {})
            for path in evidence.reader.paths
            for each in find_all(value, path, context)
        )
    return is_there is not evidence.absent


def version(descriptor: Descriptor, client: Client, desk: Installation) -> str | None:
    """The version as the product tells those who signed in; None where it does not."""
    for look in descriptor.about.identify:
        if look.version is None or look.open:
            continue
        seen = told(client.look(call(look.request, known(desk)), LOOK_SECONDS))
        if shows(look.when, seen, known(desk)):
            return read_one(seen, look.version)
    return None


def whoami(descriptor: Descriptor, client: Client, desk: Installation) -> Account | None:
    """Whose token it is; None where the product cannot say. Raises a ``HelpdeskError``."""
    shape = descriptor.about.whoami
    if shape is None:
        return None
    number = _told_by(shape, desk)
    if shape.secret is not None and number is None:
        return None
    reply = client.send(call(shape.request, known(desk, told=number)), LOOK_SECONDS)
    seen = {"status": "200", "header": dict(reply.headers), "body": reply.document}
    account = read_one(seen, shape.account)
    if account is None:
        return None
    return Account(account, (read_one(seen, shape.name) if shape.name else None) or account)


def _told_by(shape: WhoAmI, desk: Installation) -> str | None:
    """The account's number as the token itself has it: no secret, and nothing else of the token is used."""
    if shape.secret is None:
        return None
    given = desk.secret(shape.secret)
    if shape.claim is not None:
        return _claim(given, shape.claim)
    hit = re2.search(shape.pattern, given) if shape.pattern else None
    return hit.group(1) if hit else None


def _claim(token: str, name: str) -> str | None:
    """One claim of a JSON Web Token (RFC 7519); its signature is the helpdesk's to check."""
    try:
        middle = token.split(".")[1]
        found = json.loads(base64.urlsafe_b64decode(middle + "=" * (-len(middle) % 4)))
    except (ValueError, IndexError):
        return None
    return as_text(found.get(name)) or None if isinstance(found, dict) else None


def rights(
    descriptor: Descriptor, client: Client, desk: Installation, ticket: str | None = None
) -> dict[Meaning, bool]:
    """What the token may do, as far as it can be told; with a ``ticket`` also what only a ticket shows.

    Raises a ``HelpdeskError``, ``AccessDenied`` where the token itself is not known.
    """
    found: dict[Meaning, bool] = {}
    for right in descriptor.about.rights:
        if ticket is None and _needs_ticket(right.look):
            continue
        words = known(desk, **(descriptor.receive.ids.known(ticket) if ticket else {}))
        try:
            request = call(right.look.request, words)
        except UnsafeSegment:  # it needs a setting nobody has given yet
            continue
        answer = client.look(request, LOOK_SECONDS)
        if answer.status == 401 and right.means == "read":  # some say it of any right that is lacking
            raise AccessDenied(request.name, 401)
        seen = told(answer)
        may = shows(right.look.when, seen, words)
        if may or shows(right.refused_when, seen, words):  # else it cannot be told by this look
            found[right.means] = found.get(right.means, False) or may
    return found


def _needs_ticket(look: Look) -> bool:
    return "id" in names([look.request.path, dict(look.request.query), look.request.body])
