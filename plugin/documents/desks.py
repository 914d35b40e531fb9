"""A desk file: one installation of a helpdesk, and which of its words stand for which of the plan's.

Secrets are named, never written: ``env:NAME`` or ``file:/path``. What stands in the file is otherwise
what ``desk`` and ``core.effects`` need; nothing here speaks to the helpdesk.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from plugin.core.effects import Mode
from plugin.core.modes import EVERY_OTHER
from plugin.core.place import Place
from plugin.core.signs import Sign
from plugin.documents import reader
from plugin.documents.addresses import fault_of, fault_of_open_proxy
from plugin.documents.desk_keys import (
    DESK,
    EVENT,
    FIELD,
    LANGUAGES,
    LIMITS,
    MODES,
    PEOPLE,
    PEOPLE_SOURCES,
    RECONCILE,
    TARGET,
    TARGETS,
    WRITE,
)
from plugin.documents.problems import Problem, Problems
from plugin.documents.secret_names import is_secret_name, secret_name
from plugin.documents.source import Node

SHORTEST_LOOK = 1
"""Seconds."""
FEWEST_A_MINUTE = 6
"""Fewer are no rate one can keep to while a single ticket needs several calls."""
MOST_AT_ONCE = 1000
MOST_A_MINUTE = 1_000_000


@dataclass(frozen=True, slots=True)
class Product:
    """What a desk file must fit: the connector's settings, what it can write, its own priorities."""

    name: str
    settings: tuple[str, ...] = ()
    secrets: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    networks: tuple[str, ...] = ()
    """Settings that hold networks."""
    of_hooks: tuple[str, ...] = ()
    """Settings and secrets needed for webhooks alone."""
    sends: bool = True
    """It sends webhooks."""
    every: float | None = 300.0
    """Seconds between two looks at what changed; None: it cannot be asked."""
    poll_every: float = 60.0
    """The same where no webhook tells of anything."""
    targets: tuple[str, ...] = ()
    needs_field: tuple[str, ...] = ()
    """Targets the product has no usual field for: the desk file must name one."""
    priorities: tuple[str, ...] = ()
    """Lowest first, in the product's own words."""
    notes: bool = True
    shaped_by: Callable[[Desk], Iterable[Problem]] | None = None
    """What is wrong with the connector as the settings of a desk file shape it."""
    due_by_day: bool = False
    """Its due date is a day without an hour."""
    due_by_minute: bool = False
    """Its due date has no seconds."""
    shaped_for: Callable[[Desk], Product] | None = None
    """The same as the settings of a desk file shape it, where they can."""


@dataclass(frozen=True, slots=True)
class DeskField:
    """A matter field: the helpdesk's field, and the rules' word for its values."""

    source: str
    words: Mapping[str, str] = field(default_factory=dict)
    default: str | None = None
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class People:
    """Who may confirm and lower: names of groups or accounts, never of persons in the plan."""

    lower: tuple[str, ...] = ()
    confirm: tuple[str, ...] = ()
    source: str = "helpdesk_groups"


@dataclass(frozen=True, slots=True)
class Desk:
    """One checked desk file. ``secrets`` and ``notify`` hold names (``env:X``), never values."""

    id: str
    connector: str
    url: str
    plan: str
    rules: str
    groups: Mapping[str, str]
    secrets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    settings: Mapping[str, str] = field(default_factory=dict)
    calendar: str | None = None
    roster: str | None = None
    mode: Mode = "observe"
    act_for: tuple[str, ...] = ()
    """Plan groups whose tickets are acted on although the mode is another"""
    act_since: Mapping[str, float] = field(default_factory=dict)
    """Plan group, or ``""`` for every other → UTC seconds: see ``core.modes``"""
    language: Literal["zh", "en"] = "en"
    targets: Mapping[str, str | None] = field(default_factory=dict)
    """What is written: target → the helpdesk's field, None for its usual one."""
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """target → (plan value → helpdesk value)"""
    priority_order: tuple[str, ...] = ()
    """The helpdesk's priorities, lowest first; empty: the product's usual ones"""
    notes: bool = True
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """target → (value on the wire → word used in this file)"""
    fields: Mapping[str, DeskField] = field(default_factory=dict)
    paused_states: frozenset[str] | None = None
    closed_states: frozenset[str] | None = None
    signs: tuple[Sign, ...] = ()
    """What in the helpdesk shows an event of the plan"""
    gaps: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """What nobody has answered yet (``groups.onsite``) and the names that came near; in ``observe`` only."""
    people: People = People()
    notify: Mapping[str, str] = field(default_factory=dict)
    scene_staff: frozenset[str] = frozenset()
    person_words: tuple[str, ...] = ()
    ca: str | None = None
    proxy: str | None = None
    """Address without a login, or the name of the secret that holds one with it"""
    own_network: bool = False
    """The helpdesk stands in our own network: its name may lead to a private address"""
    webhook: bool = True
    """False: the helpdesk is asked, it tells nothing."""
    look_every: int | None = None
    """Seconds between two looks for changes no webhook told of; 0: none; None: the product's usual pause"""
    at_once: int | None = None
    """Most calls at the same time; None: as many as there are workers"""
    per_minute: int | None = None
    """Most calls in any minute; None: as many as come"""
    place: Place | None = None
    places: Mapping[str, Place] = field(default_factory=dict)
    """Where each of its keys stands, for problems found later."""

    def at(self, key: str) -> Place:
        """The place of a key's value, or of the file."""
        return self.places.get(key) or self.place or Place(f"desks/{self.id}.yaml", 1, 1)


def build_desk(name: str, node: Node, problems: Problems) -> Desk | None:
    """The desk file ``name``; None where an error keeps it from being used."""
    before = problems.errors
    if not reader.block(node, DESK, problems, "desk"):
        return None
    version(node, problems)
    own_name(node, "desk", name, problems)
    write, people = node.get("write"), node.get("people")
    wanted = _targets(write, problems)
    limits = _limits(node.get("limits"), problems)
    desk = Desk(
        id=name,
        connector=reader.identifier(node.get("connector"), problems) or "",
        url=_url(node.get("url"), problems),
        plan=reader.identifier(node.get("plan"), problems) or "",
        rules=reader.identifier(node.get("rules"), problems) or "",
        groups=reader.mapping(node.get("groups"), reader.text, problems, "groups"),
        secrets=_secrets(node.get("secrets"), problems),
        settings=reader.mapping(node.get("settings"), reader.text, problems, "settings"),
        calendar=reader.identifier(node.get("calendar"), problems),
        roster=reader.identifier(node.get("roster"), problems),
        mode=reader.word(node.get("mode"), MODES, problems, "mode") or "observe",  # type: ignore[arg-type]
        act_for=reader.listing(node.get("act_for"), reader.identifier, problems),
        act_since=_act_since(node.get("act_since"), problems),
        language=reader.word(node.get("language"), LANGUAGES, problems, "language") or "en",  # type: ignore[arg-type]
        targets=wanted,
        values=_values(write, problems),
        priority_order=reader.listing(write and write.get("priority_order"), reader.text, problems),
        notes=(reader.flag(write.get("note"), problems) is not False) if write else True,
        words=_words(node.get("words"), problems),
        fields=_fields(node.get("fields"), problems),
        paused_states=_states(node.get("pause_states"), problems),
        closed_states=_states(node.get("closed_states"), problems),
        signs=_signs(node.get("events"), problems),
        gaps=reader.mapping(node.get("gaps"), _near_names, problems, "gaps"),
        people=_people(people, problems),
        notify=reader.mapping(node.get("notify"), secret_name, problems, "notify"),
        scene_staff=frozenset(reader.listing(node.get("scene_staff"), reader.text, problems)),
        person_words=reader.listing(node.get("person_words"), reader.text, problems),
        ca=reader.text(node.get("ca"), problems),
        proxy=_proxy(node.get("proxy"), problems),
        own_network=reader.flag(node.get("own_network"), problems) is True,
        webhook=reader.flag(node.get("webhook"), problems) is not False,
        look_every=_look_every(node.get("reconcile"), problems),
        at_once=reader.whole(limits and limits.get("at_once"), problems, 1, MOST_AT_ONCE),
        per_minute=reader.whole(
            limits and limits.get("per_minute"), problems, FEWEST_A_MINUTE, MOST_A_MINUTE
        ),
        place=node.place,
        places=_places(node),
    )
    return desk if problems.errors == before else None


def version(node: Node, problems: Problems) -> None:
    """``version: 1``: the only one there is."""
    reader.whole(node.get("version"), problems, 1, 1)


def own_name(node: Node, key: str, name: str, problems: Problems) -> None:
    """A file that says its own name must say it right."""
    written = reader.identifier(node.get(key), problems)
    given = node.get(key)
    if given is not None and written is not None and written != name:
        problems.add("other-name", given, given=written, file=f"{name}.yaml")


def _places(node: Node) -> dict[str, Place]:
    places = {key: value.place for key, _, value in node.entries}
    sections = ("groups", "settings", "secrets", "fields", "words", "write", "events", "notify")
    for section in (*sections, "gaps", "act_since"):
        child = node.get(section)
        for key, place, value in child.entries if child else ():
            places[f"{section}.{key}"] = place
            for inner, at, _ in value.entries:
                places[f"{section}.{key}.{inner}"] = at
    acted = node.get("act_for")
    places |= {f"act_for.{item.raw}": item.place for item in (acted.items if acted else ())}
    return places


def _act_since(node: Node | None, problems: Problems) -> dict[str, float]:
    if node is None or node.kind == "map":
        return reader.mapping(node, reader.instant, problems, "act_since")
    since = reader.instant(node, problems)
    return {} if since is None else {EVERY_OTHER: since}


def _url(node: Node | None, problems: Problems) -> str:
    written = reader.text(node, problems)
    if node is None or written is None:
        return ""
    _tell(fault_of(written), node, problems)
    return written.rstrip("/")


def _tell(fault: tuple[str, str] | None, node: Node, problems: Problems) -> None:
    if fault:
        code, usual = fault
        problems.add(code, node, **({"usual": usual} if usual else {}))


def _proxy(node: Node | None, problems: Problems) -> str | None:
    """The proxy's address, or the name of the secret that holds it with its login."""
    if node is not None and is_secret_name(node.raw):
        return node.raw
    written = reader.text(node, problems)
    if node is None or written is None:
        return None
    _tell(fault_of_open_proxy(written), node, problems)
    return written


def _secrets(node: Node | None, problems: Problems) -> dict[str, tuple[str, ...]]:
    def read(value: Node, problems: Problems) -> tuple[str, ...]:
        return reader.listing(value, secret_name, problems, or_one=True)

    return reader.mapping(node, read, problems, "secrets")


def _targets(write: Node | None, problems: Problems) -> dict[str, str | None]:
    targets: dict[str, str | None] = {"group": None}
    if write is None or not reader.block(write, WRITE, problems, "write"):
        return targets
    if write.get("priority"):
        targets["priority"] = None
    for name in TARGETS:
        value = write.get(name)
        if value is None or value.value is False:
            continue
        if value.kind == "flag":
            targets[name] = None
        elif reader.block(value, TARGET, problems, f"write → {name}"):
            targets[name] = reader.text(value.get("field"), problems)
    return targets


def _values(write: Node | None, problems: Problems) -> dict[str, dict[str, str]]:
    if write is None or write.kind != "map":
        return {}
    values: dict[str, dict[str, str]] = {}
    level = write.get("level")
    if level is not None and level.kind == "map" and level.get("values"):
        values["level"] = reader.mapping(level.get("values"), reader.text, problems, "values")
    breach = write.get("breach")
    if breach is not None and breach.kind == "map" and breach.get("values"):
        values["breach"] = reader.mapping(breach.get("values"), reader.text, problems, "values")
    if write.get("priority"):
        values["priority"] = reader.mapping(write.get("priority"), reader.text, problems, "priority")
    return values


def _words(node: Node | None, problems: Problems) -> dict[str, dict[str, str]]:
    def read(value: Node, problems: Problems) -> dict[str, str]:
        return reader.mapping(value, reader.text, problems, "words")

    for key, place, _ in node.entries if node else ():
        if key not in (*TARGETS, "group", "priority"):
            problems.add(
                "unknown-key", place, given=key, where="words", choices=(*TARGETS, "group", "priority")
            )
    return reader.mapping(node, read, problems, "words")


def _fields(node: Node | None, problems: Problems) -> dict[str, DeskField]:
    def read(value: Node, problems: Problems) -> DeskField | None:
        if not reader.block(value, FIELD, problems, "fields"):
            return None
        source = reader.text(value.get("from"), problems)
        words = reader.mapping(value.get("values"), reader.text, problems, "values")
        default = reader.text(value.get("default"), problems)
        return None if source is None else DeskField(source, words, default, value.place)

    return reader.mapping(node, read, problems, "fields")


def _states(node: Node | None, problems: Problems) -> frozenset[str] | None:
    return None if node is None else frozenset(reader.listing(node, reader.text, problems))


def _signs(node: Node | None, problems: Problems) -> tuple[Sign, ...]:
    found: list[Sign] = []
    for event, _, value in node.entries if node else ():
        for item in value.items or (value,):
            sign = _sign(event, item, problems)
            found += [sign] if sign else []
    return tuple(found)


def _limits(node: Node | None, problems: Problems) -> Node | None:
    return node if node is not None and reader.block(node, LIMITS, problems, "limits") else None


def _look_every(node: Node | None, problems: Problems) -> int | None:
    """Seconds; 0 where it is switched off, None where nothing is said."""
    if node is None or node.kind == "flag":
        return 0 if node is not None and node.value is False else None
    if not reader.block(node, RECONCILE, problems, "reconcile"):
        return None
    return max(SHORTEST_LOOK, reader.duration(node.get("every"), problems) or 0)


def _near_names(node: Node, problems: Problems) -> tuple[str, ...]:
    return reader.listing(node, reader.text, problems, or_one=True)


def _sign(event: str, node: Node, problems: Problems) -> Sign | None:
    if not reader.block(node, EVENT, problems, "events"):
        return None
    ways = [key for key in ("state", "tag", "field", "owner") if node.get(key) is not None]
    if len(ways) != 1:
        problems.add("one-sign", node, given=event, choices=("state", "tag", "field", "owner"))
        return None
    taken = reader.word(node.get("owner"), ("taken",), problems)
    return Sign(
        event,
        state=reader.text(node.get("state"), problems),
        tag=reader.text(node.get("tag"), problems),
        field=reader.identifier(node.get("field"), problems),
        value=reader.text(node.get("value"), problems),
        owner="taken" if taken else None,
    )


def _people(node: Node | None, problems: Problems) -> People:
    if node is None or not reader.block(node, PEOPLE, problems, "people"):
        return People()
    return People(
        reader.listing(node.get("lower"), reader.text, problems),
        reader.listing(node.get("confirm"), reader.text, problems),
        reader.word(node.get("source"), PEOPLE_SOURCES, problems) or "helpdesk_groups",
    )
