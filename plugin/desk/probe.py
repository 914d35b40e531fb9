"""Which product answers at an address, whose the token is, what it may do: questions that change nothing."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import SplitResult, urljoin, urlsplit

import re2

from plugin.core.label import Label
from plugin.desk.about_shape import Evidence, Look, Meaning, Right, WhoAmI
from plugin.desk.answers import Answer
from plugin.desk.api_shape import Api
from plugin.desk.client import Client
from plugin.desk.descriptor import Descriptor
from plugin.desk.installation import Installation
from plugin.desk.outbound import Call, call
from plugin.desk.paths import as_text, find_all
from plugin.desk.reach import is_sign_in
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
    is_told: bool = True
    """It was answered; else nothing can be made of it: no answer, too much asked, a failure over there."""
    points_to: str | None = None
    """Scheme, host and port a redirect points to, where they are others."""


@dataclass(frozen=True, slots=True)
class Identified:
    """What an address showed: products (none, one, seldom several), and everything that was asked."""

    found: tuple[Found, ...] = ()
    tried: tuple[Tried, ...] = ()
    moved_to: str | None = None
    """The address that can be used instead: a redirect leads to the very path that was asked for there, or
    to the same host with TLS. Anywhere else may be somebody's sign-in page, and no place for a token.
    """

    @property
    def points_to(self) -> str | None:
        """Scheme, host and port that a redirect leads to, for people to know."""
        return next((each.points_to for each in self.tried if each.points_to is not None), None)

    @property
    def untold(self) -> Tried | None:
        """A question that nothing can be made of: the product may be there all the same."""
        return next((each for each in self.tried if not each.is_told), None)


@dataclass
class _Asked:
    """Every request is made once, whichever product wants to know."""

    answers: dict[tuple[Any, ...], Answer | HelpdeskError] = field(default_factory=dict)
    tried: dict[str, Tried] = field(default_factory=dict)
    moved_to: str | None = None
    begun: float = field(default_factory=time.monotonic)

    def redirected(self, url: str, path: str, answer: Answer) -> str | None:
        """Where else an answer points, without a path; what it shows to use instead of ``url`` is kept."""
        location = answer.headers.get("location", "")
        there = _elsewhere(url, location) if 300 <= answer.status < 400 and location else None
        if there is None:
            return None
        self.moved_to = self.moved_to or _moved(url, path, there)
        return f"{there.scheme}://{there.netloc}"

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
        _note(request, asked.answers[key], client, desk.url, asked)
    return asked.answers[key]


def _note(request: Call, answer: Answer | HelpdeskError, client: Client, url: str, asked: _Asked) -> None:
    """Keep what came of a question; the same one may be asked twice, the second time signed in."""
    before = asked.tried.get(request.name)
    if isinstance(answer, HelpdeskError):
        tried = before or Tried(request.name, answer.status, answer.detail)
        is_told = not answer.retryable
    else:
        is_page = "html" in answer.headers.get("content-type", "")
        to = asked.redirected(url, request.path, answer) or (before.points_to if before else None)
        tried = Tried(request.name, answer.status, is_page=is_page, points_to=to)
        is_told = client.hindrance(request, answer) is None
    asked.tried[request.name] = replace(tried, is_told=is_told and (before is None or before.is_told))


def _elsewhere(url: str, location: str) -> SplitResult | None:
    """Where a redirect leads, if that is another host, port or scheme; it is told, never followed."""
    try:
        here, there = urlsplit(url), urlsplit(urljoin(url, location))
    except ValueError:
        return None
    is_here = (there.scheme, there.netloc) == (here.scheme, here.netloc)
    return None if is_here or fault_of(f"{there.scheme}://{there.netloc}") else there


def _moved(url: str, path: str, there: SplitResult) -> str | None:
    """The address to use instead of ``url``, where a redirect shows one that a token may be sent to."""
    here = urlsplit(url)
    if here.scheme == "https" and there.scheme != "https":
        return None
    if path != "/" and there.path.endswith(path) and not is_sign_in(path):
        kept = there.path.removesuffix(path)
    elif there.hostname == here.hostname and there.scheme != here.scheme:
        kept = here.path
    else:
        return None
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

    Raises a ``HelpdeskError``: ``AccessDenied`` where the token itself is not known, ``Busy`` or ``Faulty``
    where the helpdesk could not answer, which says nothing of a right.
    """
    found, error = rights_told(descriptor, client, desk, ticket)
    if error is not None:
        raise error
    return found


def rights_told(
    descriptor: Descriptor, client: Client, desk: Installation, ticket: str | None = None
) -> tuple[dict[Meaning, bool], HelpdeskError | None]:
    """The same, and what broke it off; of what is lacking then only what no later look could have shown."""
    found: dict[Meaning, bool] = {}
    every = descriptor.about.rights
    for at, right in enumerate(every):
        try:
            has = _has_right(right, client, desk, descriptor, ticket)
        except HelpdeskError as error:
            left = {each.means for each in every[at:]}
            return {means: may for means, may in found.items() if may or means not in left}, error
        if has is not None:
            found[right.means] = found.get(right.means, False) or has
    return found, None


def _has_right(
    right: Right, client: Client, desk: Installation, descriptor: Descriptor, ticket: str | None
) -> bool | None:
    """Whether one look shows a right; None where it cannot be asked, or told. Raises a ``HelpdeskError``."""
    if ticket is None and _needs_ticket(right.look):
        return None
    words = known(desk, **(descriptor.receive.ids.known(ticket) if ticket else {}))
    try:
        request = call(right.look.request, words)
    except UnsafeSegment:  # it needs a setting nobody has given yet
        return None
    answer = client.look(request, LOOK_SECONDS)
    if answer.status == 401 and right.means == "read":  # some say it of any right that is lacking
        raise AccessDenied(request.name, 401)
    hindered = client.hindrance(request, answer)
    if hindered is not None:
        raise hindered
    seen = told(answer)
    may = shows(right.look.when, seen, words)
    return may if may or shows(right.refused_when, seen, words) else None


def _needs_ticket(look: Look) -> bool:
    return "id" in names([look.request.path, dict(look.request.query), look.request.body])
