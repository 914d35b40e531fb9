"""A roster file: who is on duty for which role, in shifts, by exceptions and by calendar feeds."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TypeVar

from plugin.core.calendar import DAY, DAYS, MIDNIGHT
from plugin.core.instants import minutes_of_day
from plugin.core.label import Label
from plugin.core.place import Place
from plugin.core.roster import Feed, Person, Roster, Watch
from plugin.core.shifts import ALWAYS, LocalTime, Rotation, Shift
from plugin.core.text import clean
from plugin.documents import hours, reader, zones
from plugin.documents.calendar_days import day_of
from plugin.documents.desks import own_name, version
from plugin.documents.problems import Placed, Problems
from plugin.documents.reader import block
from plugin.documents.roster_keys import FEED, PERSON, ROLE, ROSTER, ROTATE, SHIFT
from plugin.documents.roster_overrides import build_overrides, holds_contact, person_of
from plugin.documents.rules import FORBIDDEN_KEYS
from plugin.documents.secret_names import secret_name
from plugin.documents.source import Node

T = TypeVar("T")


def build_roster(name: str, node: Node, problems: Problems) -> Roster | None:
    """The roster file ``name``; None where an error keeps it from being used."""
    before = problems.errors
    if not block(node, ROSTER, problems, "roster"):
        return None
    version(node, problems)
    own_name(node, "roster", name, problems)
    title = _label(node.get("title"), name, problems)
    zone = zones.zone(node.get("zone"), problems)
    people = _people(node.get("people"), problems)
    kept = _Kept(tuple(people), problems)
    feeds = kept.feeds(node.get("feeds"), tuple(_keys(node.get("roles"))))
    roles = kept.roles(node.get("roles"), {role for feed in feeds.values() for role in feed.roles})
    overrides = build_overrides(node.get("overrides"), zone, tuple(people), tuple(roles), problems)
    if zone is None or problems.errors > before:
        return None
    return Roster(name, title, zone, people, roles, overrides, feeds, place=node.place)


def _named(
    node: Node | None, read: Callable[[str, Place, Node], T | None], problems: Problems
) -> dict[str, T]:
    """A block with the admin's own names: what ``read`` makes of each, less those with a problem."""
    if node is None or node.kind != "map":
        return {}
    found: dict[str, T] = {}
    for name, place, value in node.entries:
        if reader.slip_in_key(name, place, value, problems):
            continue
        if name in FORBIDDEN_KEYS:
            problems.add("forbidden-key", place, given=name)
        made = read(name, place, value)
        if made is not None:
            found[name] = made
    if not node.entries:
        problems.add("empty-value", node)
    return found


def _keys(node: Node | None) -> Iterator[str]:
    return (key for key, _, _ in node.entries) if node is not None else iter(())


def _no_number(written: str, at: Placed | Place, problems: Problems) -> None:
    """literal-contact: a telephone number or mail address where a seat should be named."""
    if holds_contact(written):
        problems.add("literal-contact", at)


def _label(node: Node | None, default: str, problems: Problems) -> Label:
    for each in node.walk() if node is not None else ():
        _no_number(each.raw, each, problems)
    return reader.label(node, problems) or Label(default, default)


# -- people ----------------------------------------------------------------------------------------


def _people(node: Node | None, problems: Problems) -> dict[str, Person]:
    names = tuple(_keys(node))

    def read(name: str, place: Place, value: Node) -> Person | None:
        _no_number(name, place, problems)
        if not block(value, PERSON, problems, "people"):
            return None
        contact, deputy = value.get("contact"), value.get("deputy")
        return Person(
            name,
            _label(value.get("label"), name, problems),
            (secret_name(contact, problems, "literal-contact") if contact else None) or "",
            person_of(deputy, names, problems) if deputy else None,
        )

    found = _named(node, read, problems)
    _check_circles(node, found, problems)
    return found


def _check_circles(node: Node | None, people: Mapping[str, Person], problems: Problems) -> None:
    """deputy-circle: told once, at the first of those who stand in it."""
    told: set[str] = set()
    for name in people:
        chain = [name]
        while (deputy := people[chain[-1]].deputy) in people and deputy not in chain:
            chain.append(deputy or "")
        if deputy == name and name not in told and node is not None:
            told |= {*chain}
            problems.add(
                "deputy-circle", node.by_key[name].by_key["deputy"], given=" → ".join([*chain, name])
            )


class _Kept:
    """Reads what is kept by people of one roster: roles with their shifts, and feeds."""

    def __init__(self, people: tuple[str, ...], problems: Problems) -> None:
        self._people = people
        self._problems = problems

    def roles(self, node: Node | None, fed: set[str]) -> dict[str, Watch]:
        """Every role; ``fed`` are those a feed speaks of, which need no shifts."""

        def read(name: str, place: Place, value: Node) -> Watch | None:
            if not block(value, ROLE, self._problems, "roles"):
                return None
            before = self._problems.errors
            shifts = reader.listing(value.get("shifts"), self._shift, self._problems)
            is_kept = name in fed or any(any(shift.weekly.values()) for shift in shifts)
            if not is_kept and self._problems.errors == before:
                self._problems.add("no-shifts", place, given=name)
            return Watch(shifts, self._who(value.get("deputies"), "deputies"), place)

        return _named(node, read, self._problems)

    def _shift(self, node: Node, problems: Problems) -> Shift | None:
        if not block(node, SHIFT, problems, "shifts"):
            return None
        if (node.get("who") is None) is (node.get("rotate") is None):
            problems.add("who-or-rotate", node)
        week = hours.weekly(node.get("weekly"), problems)
        windows = {day: hours.windows(week[day]) for day in DAYS if week.get(day)}
        begins = min((start for day in windows.values() for start, _ in day), default=0)
        return Shift(
            ALWAYS if node.get("weekly") is None else windows,
            self._who(node.get("who"), "who"),
            self._rotation(node.get("rotate"), begins),
            node.place,
        )

    def _rotation(self, node: Node | None, begins: int) -> Rotation | None:
        """``begins``: the minute at which turns change where the file does not say."""
        if node is None or not block(node, ROTATE, self._problems, "rotate"):
            return None
        every = _whole_days(node.get("every"), self._problems)
        first = day_of(node.get("from"), self._problems)
        at = _time(node.get("at"), self._problems)
        among = self._who(node.get("among"), "among")
        if every is None or first is None or not among:
            return None
        return Rotation(among, every, LocalTime(first, begins if at is None else at))

    def _who(self, node: Node | None, key: str) -> tuple[str, ...]:
        """People of this roster, each once, at least one."""
        if node is not None and node.kind == "list" and not node.items:
            self._problems.add("no-people", node, given=key, choices=self._people)
        named = reader.listing(node, self._person, self._problems, or_one=True)
        return tuple(dict.fromkeys(named))

    def _person(self, node: Node, problems: Problems) -> str | None:
        return person_of(node, self._people, problems)

    def feeds(self, node: Node | None, roles: tuple[str, ...]) -> dict[str, Feed]:
        """Every feed; ``roles`` are those the roster keeps."""

        def role(value: Node, problems: Problems) -> str | None:
            return reader.word(value, roles, problems, "role")

        def read(name: str, place: Place, value: Node) -> Feed | None:
            if not block(value, FEED, self._problems, "feeds"):
                return None
            address, path = _source(value, self._problems)
            return Feed(
                name,
                reader.listing(value.get("role"), role, self._problems, or_one=True),
                self._words(value.get("words")),
                address,
                path,
                reader.listing(value.get("ignore"), reader.text, self._problems),
                place,
            )

        return _named(node, read, self._problems)

    def _words(self, node: Node | None) -> dict[str, str]:
        places: dict[str, Place] = {}

        def read(word: str, place: Place, value: Node) -> str | None:
            first = places.setdefault(clean(word).strip(), place)
            if first != place:
                told = f"{first.file}:{first.line}"
                self._problems.add("duplicate-id", place, given=word, what="word", first=told)
            return self._person(value, self._problems)

        return _named(node, read, self._problems)


def _source(node: Node, problems: Problems) -> tuple[str | None, str | None]:
    """The secret with a feed's address, or the path of a file; an address written out is a secret told."""
    ics, path = node.get("ics"), node.get("path")
    if (ics is None) is (path is None):
        problems.add("ics-or-path", node.key_at or node.place)
    written = reader.text(path, problems)
    if path is not None and written is not None and "://" in written:
        problems.add("literal-secret", path)
    return secret_name(ics, problems) if ics is not None else None, written


def _whole_days(node: Node | None, problems: Problems) -> int | None:
    seconds = reader.duration(node, problems)
    if node is None or seconds is None:
        return None
    if seconds < DAY or seconds % DAY:
        problems.add("not-whole-days", node, given=node.raw)
        return None
    return seconds // DAY


def _time(node: Node | None, problems: Problems) -> int | None:
    """Minutes of the day, below 24:00."""
    if node is None:
        return None
    minutes = minutes_of_day(node.raw)
    if minutes is None or minutes >= MIDNIGHT:
        problems.add("not-a-time", node, given=node.raw, part=node.raw)
        return None
    return minutes
