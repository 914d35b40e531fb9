"""What a helpdesk lists for those who write a desk file: groups, priorities, states, fields; and their names.

Some products speak of a group by its number, people by its name. The live list joins the two: names stand in
desk files, decisions and notes, numbers only on the wire. A list is kept for a while and asked for again when
a name is not in it, so that a group made a minute ago can be used.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from math import ceil
from threading import Lock
from typing import Any, Protocol

from plugin.core.effects import Change
from plugin.core.guards import refuse_name
from plugin.desk.answers import TooLarge
from plugin.desk.api_shape import ListKind, ListShape, ListStep, Paging
from plugin.desk.client import Reply
from plugin.desk.descriptor import Descriptor
from plugin.desk.ensured import Unmade
from plugin.desk.installation import Installation
from plugin.desk.markup import select_options, selects
from plugin.desk.outbound import Call, call
from plugin.desk.paging import Turn, asking, whole
from plugin.desk.paths import Every, find_all
from plugin.desk.template import UnsafeSegment
from plugin.desk.transforms import holds, read_all, read_one
from plugin.errors import AccessDenied, Busy, Faulty, NotFound, OutOfTime, Rejected, Unreachable

KEEP_SECONDS = 600.0
"""How long a list is believed."""
AGAIN_SECONDS = 30.0
"""A list younger than this is not asked for again, whatever is missing from it."""
SECONDS = 10.0
"""For a list, unless somebody says; ``LONG_SECONDS`` for one of several requests."""
LONG_SECONDS = 30.0
MOST_ENTRIES = 10_000
"""Of a list that is longer the rest is not read."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing a desk file may name."""

    id: str
    """As it stands on the wire."""
    name: str
    """As people call it; where several have one name, with ``#`` and its id."""
    type: str | None = None
    choices: tuple[str, ...] = ()


class Asks(Protocol):
    """What can be asked for a page of a list."""

    def send(self, call: Call, timeout: float) -> Reply:
        """One try; ``timeout`` in seconds."""
        ...


@dataclass(frozen=True, slots=True)
class _Kept:
    entries: tuple[Entry, ...]
    at: float


class Lists:
    """The lists of one installation. Safe to use from several threads."""

    def __init__(
        self,
        client: Asks,
        descriptor: Descriptor,
        desk: Installation,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._client = client
        self._shapes = descriptor.lists
        self._desk = desk
        self._clock = clock
        self._kept: dict[ListKind, _Kept] = {}
        self._asking = {kind: Lock() for kind in self._shapes}

    def entries(
        self, kind: ListKind, timeout: float | None = None, younger_than: float = KEEP_SECONDS
    ) -> tuple[Entry, ...]:
        """The entries that can be used; none where the product has no such list. Seconds.

        Raises a ``HelpdeskError``, ``Faulty`` where the answer holds no list.
        """
        shape = self._shapes.get(kind)
        if shape is None:
            return ()
        if timeout is None:
            timeout = LONG_SECONDS if shape.more else SECONDS
        kept, begun = self._kept.get(kind), self._clock()
        if kept is not None and begun - kept.at < _believed(kept.entries, younger_than):
            return kept.entries
        if not self._asking[kind].acquire(timeout=max(0.0, timeout)):
            raise OutOfTime(shape.request.path, detail="another thread still asks for this list")
        try:
            kept = self._kept.get(kind)
            if kept is None or kept.at < begun:  # nobody asked while we waited
                left = timeout - (self._clock() - begun)
                kept = self._kept[kind] = self._anew(shape, kept, left, younger_than)
        finally:
            self._asking[kind].release()
        return kept.entries

    def _anew(self, shape: ListShape, before: _Kept | None, timeout: float, younger_than: float) -> _Kept:
        """The list as it is now. Where it is not to be had no ticket waits for it: the one before is believed
        a while longer, but by nobody who wants a newer one.
        """
        try:
            return _Kept(self._asked(shape, timeout), self._clock())
        except (Unreachable, Faulty, Busy):
            if before is None or younger_than < KEEP_SECONDS:
                raise
            return replace(before, at=self._clock() - KEEP_SECONDS + AGAIN_SECONDS)

    def _asked(self, shape: ListShape, timeout: float) -> tuple[Entry, ...]:
        known, deadline = {"setting": dict(self._desk.settings)}, time.monotonic() + timeout
        request = call(shape.request, known)
        if shape.select is not None:
            return listed(shape, self._options(request, shape.select, timeout), known)
        try:
            first = all_pages(self._client, request, shape.paging, timeout)
        except (NotFound, Rejected) as error:
            if request.method == "OPTIONS":  # a site need not answer that
                return ()
            if not isinstance(error, NotFound):
                raise
            told = f"{error.status} {request.name}"  # no right is lacking: it is not there
            raise NotFound(error.request, error.status, told) from None
        return listed(shape, first, asked_more(self._client, shape, known, first, deadline))

    def _options(self, request: Call, name: str, timeout: float) -> list[dict[str, str]]:
        """Nothing where the helpdesk shows no such page: it may be switched off."""
        try:
            return options_of(self._client.send(replace(request, plain=True), timeout).text, name)
        except (NotFound, Rejected):
            return []


def asked_more(
    client: Asks, shape: ListShape, known: Mapping[str, Any], first: Any, deadline: float
) -> dict[str, Any]:
    """What is known, the first answer as ``list``, and the answers of the further steps by their names.

    What the token may not see, or what is gone meanwhile, is left out. ``deadline`` is a
    ``time.monotonic()``: where it passes, a list of names is as long as it is by then; one whose ids others
    use raises ``OutOfTime``.
    """
    answers = {**known, "list": first}
    for step in shape.more:
        answers[step.name] = found = []
        values = read_all(answers, step.each, answers) if step.each else [""]
        for value in list(dict.fromkeys(values))[: step.most]:
            left = deadline - time.monotonic()
            if left <= 0 and shape.by == "name":
                return answers
            with suppress(NotFound, Rejected, TooLarge, UnsafeSegment):
                found.append(_answer_of(client, step, {**answers, "each": value}, left))
    return answers


def _answer_of(client: Asks, step: ListStep, known: Mapping[str, Any], timeout: float) -> Any:
    """One answer of a step; raises a ``HelpdeskError``, ``NotFound`` for what the token may not see."""
    request = replace(call(step.request, known), plain=step.selects)
    try:
        reply = client.send(request, timeout)
    except AccessDenied as error:
        if error.is_signed_out:
            raise
        raise NotFound(error.request, error.status, error.detail) from None
    return pages_selects(reply.text) if step.selects else reply.document


def pages_selects(page: str) -> dict[str, list[dict[str, str]]]:
    """The selects of a web page by name, as the paths of a list read them."""
    return {name: _as_rows(options) for name, options in selects(page).items()}


def all_pages(client: Asks, request: Call, paging: Paging | None, timeout: float) -> Any:
    """A list of everything there is, in the shape of its first page; ``timeout`` seconds for all of it.

    Raises a ``HelpdeskError``.
    """
    deadline, paging = time.monotonic() + timeout, _long(paging)

    def ask(turn: Turn | None) -> tuple[Any, Mapping[str, str]]:
        page = request if turn is None or paging is None else asking(request, paging, turn)
        reply = client.send(page, deadline - time.monotonic())
        return reply.document, reply.headers

    return whole(paging, ask, stops_at_same=True)


def options_of(page: str, name: str) -> list[dict[str, str]]:
    """What a web page offers to choose from, as entries of a list are read."""
    return _as_rows(select_options(page, name))


def _as_rows(options: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"value": value, "text": text} for value, text in options]


def _believed(entries: tuple[Entry, ...], younger_than: float) -> float:
    """Where nothing was there, something may be in a moment: the first ticket shows the fields it has."""
    return younger_than if entries else min(younger_than, AGAIN_SECONDS)


def listed(shape: ListShape, document: Any, known: Mapping[str, Any]) -> tuple[Entry, ...]:
    """The entries of an answer; raises ``Faulty`` where it holds no list.

    ``known`` is what paths may speak of; of a list of several requests the answers, as ``asked_more`` has
    them.
    """
    source = known if shape.more else document
    found = [each for path in shape.items for each in find_all(source, path, known)]
    found = found if shape.items else [document]
    if not found and any(isinstance(step, Every) for path in shape.items for step in path.steps):
        return ()
    if not found or not isinstance(found[0], list | dict):
        raise Faulty(f"{shape.request.method} {shape.request.path}", detail="the answer holds no list")
    rows = found[0] if len(found) == 1 and isinstance(found[0], list) else found
    if shape.keyed:
        maps = [row for row in rows if isinstance(row, dict)]
        rows = [{"key": key, "value": value} for row in maps for key, value in row.items()]
    found_entries = (_entry(shape, {**known, "item": row}) for row in rows)
    # one that stands on two pages, because the list grew in between, is one
    once = {entry.id: entry for entry in found_entries if entry is not None}
    return tuple(_told_apart(list(once.values())))


def _told_apart(entries: list[Entry]) -> list[Entry]:
    """No two of one name, also where somebody called one ``Waste #3`` himself."""
    for _ in range(4):
        often = Counter(entry.name for entry in entries)
        if len(often) == len(entries):
            break
        entries = [
            entry if often[entry.name] == 1 else replace(entry, name=f"{entry.name} #{entry.id}")
            for entry in entries
        ]
    return entries


def _long(paging: Paging | None) -> Paging | None:
    """A list of everything there is has more pages than what belongs to one ticket."""
    return paging and replace(paging, most=max(paging.most, ceil(MOST_ENTRIES / paging.size)))


def _entry(shape: ListShape, context: Mapping[str, Any]) -> Entry | None:
    wire, name = read_one(context, shape.id, context), read_one(context, shape.name, context)
    usable = not shape.only or any(holds(test, context, context) for test in shape.only)
    if wire is None or name is None or not usable:
        return None
    return Entry(
        wire,
        name,
        read_one(context, shape.type, context) if shape.type else None,
        tuple(dict.fromkeys(read_all(context, shape.choices, context))) if shape.choices else (),
    )


@dataclass(frozen=True, slots=True)
class Names:
    """The installation with the numbers of the live lists joined to the names its desk file uses."""

    lists: Lists
    descriptor: Descriptor
    desk: Installation

    def joined(self, timeout: float, younger_than: float = KEEP_SECONDS) -> Installation:
        """The desk with the words of every list it uses, its fields by id. Raises a ``HelpdeskError``."""
        deadline = time.monotonic() + timeout

        def entries(kind: ListKind) -> tuple[Entry, ...]:
            try:
                return self.lists.entries(kind, deadline - time.monotonic(), younger_than)
            except (NotFound, Rejected) as error:  # of the list: the ticket is there, and refused nothing
                raise AccessDenied(error.request, error.status, error.detail) from None

        return joined(self.descriptor, self.desk, entries)

    def unknown(self, desk: Installation, changes: Iterable[Change]) -> tuple[Unmade, ...]:
        """The targets whose wanted name no list holds."""
        return tuple(
            Unmade(change.target, f"the helpdesk lists no {kind} of this name: {name}"[:200])
            for change in changes
            if (kind := listed_by(self.descriptor, self.desk, change.target)) is not None
            for name in (change.want if isinstance(change.want, tuple) else (change.want,))
            if name not in desk.words.get(change.target, {}).values()
        )


def listed_by(descriptor: Descriptor, desk: Installation, target: str) -> ListKind | None:
    """The list a target's values come from; None where it has none, or the desk file has the words itself."""
    shape = descriptor.targets.get(target)
    used = target == "group" or target in desk.targets
    return shape.list if shape is not None and used and target not in desk.words else None


def joined(
    descriptor: Descriptor, desk: Installation, entries: Callable[[ListKind], tuple[Entry, ...]]
) -> Installation:
    """The desk with names from lists; pure but for ``entries``."""
    kinds = {name: listed_by(descriptor, desk, name) for name in descriptor.targets}
    words = {name: {e.id: e.name for e in entries(kind)} for name, kind in kinds.items() if kind is not None}
    desk = replace(desk, words={**desk.words, **words}) if words else desk
    shape = descriptor.lists.get("fields")
    if shape is None or shape.by == "name" or not _fields_named(descriptor, desk):
        return desk
    return _with_field_ids(descriptor, desk, entries("fields"))


def _fields_named(descriptor: Descriptor, desk: Installation) -> list[str]:
    marker = descriptor.write.marker
    run = desk.settings.get(marker.setting) if marker else None
    return [
        each
        for each in (*desk.targets.values(), *(field.source for field in desk.fields.values()), run)
        if each
    ]


def _with_field_ids(descriptor: Descriptor, desk: Installation, listed: tuple[Entry, ...]) -> Installation:
    """Fields by id; what is no title in the list stays as it is written: an id already, or a plain key."""
    marker = descriptor.write.marker
    ids = {entry.name: entry.id for entry in listed}
    settings = dict(desk.settings)
    if marker and marker.setting in settings:
        settings[marker.setting] = ids.get(settings[marker.setting], settings[marker.setting])
    persons = _about_persons(descriptor, listed)
    return replace(
        desk,
        settings=settings,
        targets={target: ids.get(name, name) if name else name for target, name in desk.targets.items()},
        fields={
            name: replace(each, source="" if each.source in persons else ids.get(each.source, each.source))
            for name, each in desk.fields.items()
        },
    )


def _about_persons(descriptor: Descriptor, listed: tuple[Entry, ...]) -> frozenset[str]:
    """Names and ids of fields that by the helpdesk's own label tell of a person: never read."""
    told = [e for e in listed if e.name in descriptor.ticket.persons or refuse_name(e.name) is not None]
    return frozenset(word for entry in told for word in (entry.id, entry.name))
