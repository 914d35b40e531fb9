"""What the API lets us set up in a helpdesk: looked for first, made once, and taken away again by its id."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from plugin.desk.about_shape import Installable
from plugin.desk.client import Client
from plugin.desk.descriptor import Descriptor
from plugin.desk.installation import Installation
from plugin.desk.lists import all_pages
from plugin.desk.outbound import call
from plugin.desk.paths import find_all
from plugin.desk.probe import shows
from plugin.desk.transforms import read_one
from plugin.errors import AccessDenied, Faulty, NotFound, Rejected

TELLING = ("webhook", "trigger")
"""Of what can be made, what tells Paidan of tickets."""
SECONDS = 15.0
NO_SUCH_LIST = (404, 405)
Known = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to be there, and the id of the one that is there already."""

    shape: Installable
    known: Known
    there: str | None = None
    may_look: bool = True
    """False: this token may not even see whether it is there."""
    is_listed: bool = True
    """False: this version of the product tells nobody what is there; it might be made twice."""

    @property
    def name(self) -> str:
        """What it is called in the record of what was made."""
        return name_of(self.shape)

    def title(self, language: str) -> str:
        """What people call it."""
        field = self.known.get("field")
        said = self.shape.title.say(language)
        return f"{said}: {field}" if field else said


def name_of(shape: Installable) -> str:
    """Kind and title: the same in every version of a connector file that means the same thing."""
    return f"{shape.what}: {shape.title.en}"


def known_of(descriptor: Descriptor, desk: Installation, hook_url: str) -> dict[str, Any]:
    """What the requests may speak of; of the secrets only those that a webhook carries."""
    carried = {check.secret for check in descriptor.receive.secret_checks}
    return {
        "setting": dict(desk.settings),
        "desk": desk.desk,
        "hook_url": hook_url,
        "secret": {name: desk.secret(name) for name in desk.secrets if name in carried},
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
    A desk that does not ``hear`` webhooks needs nothing that sends them.
    Raises a ``HelpdeskError``.
    """
    for shape in descriptor.about.install:
        if shape.what in TELLING and not hears:
            continue
        known = known_of(descriptor, desk, hook_url)
        if shape.target is not None:
            if shape.target not in fields:
                continue
            known["field"] = fields[shape.target]
        yield _seen(shape, known, (others or {}).get(shape.needs or "", client))


def _seen(shape: Installable, known: Known, client: Client) -> Step:
    try:
        return Step(shape, known, _there(shape, known, client))
    except AccessDenied as error:
        if error.is_signed_out:
            raise
        return Step(shape, known, may_look=False)
    except (NotFound, Rejected) as error:
        if error.status not in NO_SUCH_LIST:
            raise
        return Step(shape, known, is_listed=False)


def make(step: Step, client: Client, before: Mapping[str, str] | None = None) -> str:
    """The id of what was made, as the helpdesk lists it; raises a ``HelpdeskError``.

    ``before``: what → the id of what is there already, for ``${made.webhook}``. Where the answer is lost but
    the thing is there, it counts as made: nothing is made twice.
    """
    there = _there(step.shape, step.known, client)
    if there is not None:
        return there
    client.send(call(step.shape.create, {**step.known, "made": dict(before or {})}), SECONDS)
    made = _there(step.shape, step.known, client)
    if made is None:
        raise Faulty(step.shape.create.path, detail="it was accepted, but is not in the list afterwards")
    return made


def own_secret(step: Step, made: str, client: Client) -> str | None:
    """The secret the product made for it; None where it makes none. Raises a ``HelpdeskError``."""
    shape = step.shape.secret
    if shape is None:
        return None
    words = {**step.known, "id": made}
    value = read_one(client.send(call(shape.request, words), SECONDS).document, shape.value, words)
    if not value:
        raise Faulty(shape.request.path, detail="the answer tells no secret")
    return value


def remove(shape: Installable, made: str, known: Known, client: Client) -> bool:
    """Take it away; False where it was gone already. Raises a ``HelpdeskError``."""
    try:
        client.send(call(shape.remove, {**known, "id": made}), SECONDS)
    except NotFound:
        return False
    return True


def _there(shape: Installable, known: Known, client: Client) -> str | None:
    document = all_pages(client, call(shape.existing, known), shape.paging, SECONDS)
    found = [document] if shape.items is None else find_all(document, shape.items, known)
    rows = found[0] if len(found) == 1 and isinstance(found[0], list) else found
    for row in rows:
        seen = {**known, "item": row}
        if shows(shape.is_ours, seen, known):
            return read_one(seen, shape.id, known)
    return None
