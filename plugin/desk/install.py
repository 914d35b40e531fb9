"""What the API lets us set up in a helpdesk: looked for first, made once, taken away again if it is ours."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from plugin.desk.about_shape import Installable
from plugin.desk.api_shape import Request
from plugin.desk.client import Client
from plugin.desk.descriptor import Descriptor
from plugin.desk.installation import Installation
from plugin.desk.lists import all_pages
from plugin.desk.outbound import Call, call
from plugin.desk.paths import Every, find_all
from plugin.desk.probe import shows
from plugin.desk.template import UnsafeSegment, names
from plugin.desk.transforms import read_one
from plugin.errors import AccessDenied, Faulty, HelpdeskError, NotFound, Rejected

TELLING = ("webhook", "trigger")
"""Of what can be made, what tells Paidan of tickets."""
SECONDS = 15.0
NO_SUCH_LIST = (404, 405)
Known = Mapping[str, Any]
Standing = Literal["ours", "gone", "foreign"]
"""``gone``: nothing of this id is there; ``foreign``: what has this id does not show to be what we made."""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to be there, and the id of the one that is there already."""

    shape: Installable
    known: Known
    there: str | None = None
    idle: str | None = None
    """The id of one that is ours, but switched off: it does nothing until somebody switches it on."""
    may_look: bool = True
    """False: this token may not even see whether it is there."""
    is_listed: bool = True
    """False: this version of the product tells nobody what is there; it might be made twice."""

    @property
    def name(self) -> str:
        """What it is called in the record of what was made."""
        return name_of(self.shape)

    @property
    def found(self) -> str | None:
        """The id of ours, whether it is switched on or off."""
        return self.there or self.idle

    @property
    def place(self) -> str:
        """Path of the list it stands in."""
        return place_of(self.shape, self.known)

    def beside(self, made: Mapping[str, str]) -> Step:
        """The step as it is with these there: kind → id, for ``${made.webhook}``."""
        return replace(self, known={**self.known, "made": dict(made)})

    def title(self, language: str) -> str:
        """What people call it."""
        field = self.known.get("field")
        said = self.shape.title.say(language)
        return f"{said}: {field}" if field else said


def name_of(shape: Installable) -> str:
    """Kind and title: the same in every version of a connector file that means the same thing."""
    return f"{shape.what}: {shape.title.en}"


def place_of(shape: Installable, known: Known) -> str:
    """Path of the list it stands in; raises ``Rejected`` where a setting it needs is not given."""
    return _request(shape.existing, known).path


def is_telling_mark(shape: Installable) -> bool:
    """Whether what passes for ours can only be ours: it leads to this desk's own webhook address.

    A name tells nothing of who made a thing: a field of that name may have been there before Paidan.
    """
    wanted = [list(each.wanted) for each in shape.is_ours if not each.absent]
    return shape.what in TELLING and not names(wanted).isdisjoint({"hook_url", "made.webhook"})


def hangs_on(shape: Installable) -> frozenset[str]:
    """Kinds of what must be known before this can be told to be ours, such as the webhook a trigger calls."""
    wanted = names([list(each.wanted) for each in shape.is_ours]) | names(shape.existing.path)
    return frozenset(name.removeprefix("made.") for name in wanted if name.startswith("made."))


def known_of(
    descriptor: Descriptor,
    desk: Installation,
    hook_url: str,
    beside: Mapping[str, str] | None = None,
    field: str | None = None,
) -> dict[str, Any]:
    """What the requests may speak of; of the secrets only those that a webhook carries.

    ``beside``: kind → the id of what is there, for ``${made.webhook}``; ``field``: what a field is called.
    """
    carried = {check.secret for check in descriptor.receive.secret_checks}
    return {
        "setting": dict(desk.settings),
        "desk": desk.desk,
        "hook_url": hook_url,
        "secret": {name: desk.secret(name) for name in desk.secrets if name in carried},
        "made": dict(beside or {}),
        **({"field": field} if field else {}),
    }


def steps(
    descriptor: Descriptor,
    desk: Installation,
    hook_url: str,
    fields: Mapping[str, str],
    client: Client,
    others: Mapping[str, Client] | None = None,
    *,
    hears: bool = True,
) -> Iterator[Step]:
    """Everything that can be made, each with what is there of it; nothing is changed.

    ``fields``: target → what a field for it is to be called, for targets the desk has none for.
    ``others``: secret → calls with its token, for what ``needs`` it; without it the usual one is tried.
    A desk that does not ``hear`` webhooks needs nothing that sends them. What is there of a step is known to
    those after it: a trigger is ours if it calls the webhook that is.
    Raises a ``HelpdeskError``.
    """
    there: dict[str, str] = {}
    for shape in descriptor.about.install:
        if shape.what in TELLING and not hears:
            continue
        if shape.target is not None and shape.target not in fields:
            continue
        field = fields[shape.target] if shape.target is not None else None
        known = known_of(descriptor, desk, hook_url, there, field)
        step = _seen(shape, known, (others or {}).get(shape.needs or "", client))
        if step.found is not None:
            there[shape.what] = step.found
        yield step


def _seen(shape: Installable, known: Known, client: Client) -> Step:
    if _waits(shape, known):
        return Step(shape, known)
    try:
        return Step(shape, known, *_ours(shape, known, client))
    except AccessDenied as error:
        if error.is_signed_out:
            raise
        return Step(shape, known, may_look=False)
    except (NotFound, Rejected) as error:
        if error.status not in NO_SUCH_LIST:
            raise
        return Step(shape, known, is_listed=False)


def _waits(shape: Installable, known: Known) -> bool:
    """Whether its list belongs to something that is still to be made: there is nothing to look into yet."""
    wanted = {name.removeprefix("made.") for name in names(shape.existing.path) if name.startswith("made.")}
    return not wanted <= set(known["made"])


def make(step: Step, client: Client) -> str:
    """The id of what was made, as the helpdesk lists it; raises a ``HelpdeskError``.

    It is looked for before it is asked for, so nothing is made twice. Where an answer is lost, that to the
    request or that to the look after it, there is one more look: what it shows counts as made. Where that
    fails too it may be there all the same; the next look finds it.
    """
    there = _found(step, client)
    if there is not None:
        return there
    request = _request(step.shape.create, step.known)
    try:
        client.send(request, SECONDS)
        made = _found(step, client)
    except HelpdeskError:
        made = _found_after_all(step, client)
        if made is None:
            raise
    if made is None:
        raise Faulty(request.name, detail="it was accepted, but is not in the list afterwards")
    return made


def _found_after_all(step: Step, client: Client) -> str | None:
    try:
        return _found(step, client)
    except HelpdeskError:
        return None


def own_secret(step: Step, made: str, client: Client) -> str | None:
    """The secret the product made for it; None where it makes none. Raises a ``HelpdeskError``."""
    shape = step.shape.secret
    if shape is None:
        return None
    words = {**step.known, "id": made}
    value = read_one(client.send(_request(shape.request, words), SECONDS).document, shape.value, words)
    if not value:
        raise Faulty(shape.request.path, detail="the answer tells no secret")
    return value


def standing(shape: Installable, made: str, known: Known, client: Client) -> Standing:
    """What has this id now: an id alone proves nothing, the same number may be somebody else's by now.

    Raises a ``HelpdeskError`` where what is there cannot be listed.
    """
    rows = [row for row in _rows(shape, known, client) if _id(shape, row, known) == made]
    if not rows:
        return "gone"
    is_ours = any(shows(shape.is_ours, {**known, "item": row}, known) for row in rows)
    return "ours" if is_ours else "foreign"


def remove(shape: Installable, made: str, known: Known, client: Client) -> Standing:
    """Take it away if it is ours; answers what it was. Raises a ``HelpdeskError``."""
    found = standing(shape, made, known, client)
    if found != "ours":
        return found
    try:
        client.send(_request(shape.remove, {**known, "id": made}), SECONDS)
    except NotFound:
        return "gone"
    return "ours"


def _found(step: Step, client: Client) -> str | None:
    there, idle = _ours(step.shape, step.known, client)
    return there or idle


def _ours(shape: Installable, known: Known, client: Client) -> tuple[str | None, str | None]:
    """The id of one that is ours and switched on, and of one that is ours and switched off."""
    there, idle = None, None
    for row in _rows(shape, known, client):
        seen = {**known, "item": row}
        if shows(shape.is_ours, seen, known):
            if shows(shape.active, seen, known):
                there = there or _id(shape, row, known)
            else:
                idle = idle or _id(shape, row, known)
    return there, idle


def _id(shape: Installable, row: Any, known: Known) -> str | None:
    return read_one({**known, "item": row}, shape.id, known)


def _rows(shape: Installable, known: Known, client: Client) -> list[Any]:
    """What there is, ours or not; raises ``Faulty`` where the answer holds no list."""
    request = _request(shape.existing, known)
    document = all_pages(client, request, shape.paging, SECONDS)
    if shape.items is None:
        found = [document] if isinstance(document, list) else []
    else:
        found = find_all(document, shape.items, known)
    if not found and not (shape.items and any(isinstance(each, Every) for each in shape.items.steps)):
        raise Faulty(request.name, detail="the answer holds no list")
    return found[0] if len(found) == 1 and isinstance(found[0], list) else found


def _request(shape: Request, known: Known) -> Call:
    """Raises ``Rejected`` where a value cannot stand in an address, such as an id of dots."""
    try:
        return call(shape, known)
    except UnsafeSegment as error:
        detail = f"{error} cannot stand in its address; it was not sent"
        raise Rejected(f"{shape.method} {shape.path}", detail=detail) from None
