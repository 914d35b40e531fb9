"""What one helpdesk product is like: the checked form of a file in ``connectors/``.

Plain values; ``describe`` builds them from YAML, ``inbound``, ``outbound``, ``normalise`` and ``connector``
carry them out. No product is named anywhere else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from plugin.core.effects import Target
from plugin.core.label import Label
from plugin.desk.about_shape import About
from plugin.desk.api_shape import (
    Api,
    ChangedShape,
    ListKind,
    ListShape,
    ReadStep,
    Request,
    ValueSource,
    WriteStep,
)
from plugin.desk.helpdesk import Answer
from plugin.desk.ids import IdShape
from plugin.desk.paths import Path
from plugin.desk.signing import Address, Check, Secret
from plugin.desk.template import Tree
from plugin.desk.transforms import Reader, Test

EventKind = Literal["created", "updated", "commented", "closed", "deleted", "ignored"]

EVENT_KINDS: tuple[EventKind, ...] = ("created", "updated", "commented", "closed", "deleted", "ignored")

TARGETS: tuple[Target, ...] = ("group", "level", "priority", "due", "breach", "tags", "reason")

_SECONDS = ("%S", "%X", "%T", "%c", "%s")
_HOURS = ("%H", "%I", *_SECONDS)

VERBS: tuple[str, ...] = ("group", "level", "priority", "due", "tags", "reason", "note")
"""Everything the plugin may ask of a helpdesk; each is described or refused under ``cannot``.

A breach is not among them: where it is shown at all, it is in a field somebody made for it.
"""


@dataclass(frozen=True, slots=True)
class Setting:
    """One thing a desk file gives: an address part, a field's name, or (``secret``) the name of a secret."""

    name: str
    title: Label
    help: Label | None = None
    secret: bool = False
    required: bool = False
    default: str | None = None
    scopes: tuple[str, ...] = ()
    shapes: bool = False
    """It stands in the file itself, as a path, a field, a header's name: the file is read with it."""


@dataclass(frozen=True, slots=True)
class EventRule:
    """The words of one source and the kind of event each means."""

    where: ValueSource
    words: Mapping[str, EventKind]


@dataclass(frozen=True, slots=True)
class Challenge:
    """A test call of the product when a hook is set up: what to answer to which parameter."""

    parameter: str
    answer: Literal["echo", "hmac_hex"]
    secret: str | None = None
    proof: str | None = None
    """The parameter is this text signed with the same secret; one that is not is answered to nobody."""


@dataclass(frozen=True, slots=True)
class Receive:
    """How a webhook is verified and what is taken from it."""

    checks: tuple[Check, ...]
    """None at all: the product sends no webhooks, it is only asked; ``cannot`` says so."""
    optional: frozenset[str]
    """Secrets and settings whose check applies only where the desk gives them; one check must apply."""
    ticket_id: ValueSource | None
    ids: IdShape
    events: tuple[EventRule, ...] = ()
    fallback: EventKind = "updated"
    key: tuple[ValueSource, ...] = ()
    """Tried in order; the first that gives a value is the delivery key, else the body's SHA-256."""
    root: Path | None = None
    methods: tuple[str, ...] = ("POST",)
    actors: Reader | None = None
    challenge: Challenge | None = None
    ignore: tuple[Test, ...] = ()
    """Deliveries for which one holds are of no interest"""
    form_field: str | None = None
    """The JSON stands in this field of a form, where a form is what came"""
    answer: Answer | None = None
    """What the product wants to be told instead of our usual answer"""

    @property
    def secret_checks(self) -> tuple[Secret, ...]:
        """The checks of something only the helpdesk and Paidan know."""
        return tuple(check for check in self.checks if not isinstance(check, Address))


@dataclass(frozen=True, slots=True)
class TicketShape:
    """Where an answer holds the ticket; paths begin with the name of a read step."""

    title: Reader
    state: Reader
    id: Reader | None = None
    """The ticket's id in its own answer: another one than asked for is the survivor of a merge."""
    merged_into: Reader | None = None
    created_at: Reader | None = None
    changed_at: Reader | None = None
    owner: Reader | None = None
    """Who has taken the ticket; only that it changed is ever kept."""
    field: Reader | None = None
    """Where the product's field ``${field}`` stands, for the fields a desk declares."""
    persons: frozenset[str] = frozenset()
    """Fields about a person; never read, whatever a desk file says."""
    stamp: Reader | None = None
    attachments: Reader | None = None
    closed: frozenset[str] = frozenset()
    closed_when: tuple[Test, ...] = ()
    """One that holds says that the ticket is closed, whatever its state is called; unless the desk names its
    closed states itself."""
    paused: frozenset[str] = frozenset()
    gone: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Opening:
    """Where the first words stand when they are no message of their own."""

    text: Reader
    at: Reader
    repeated: bool = False
    """The first message repeats the opening and is left out."""


@dataclass(frozen=True, slots=True)
class Messages:
    """The list of messages and whose words each is. Paths begin with ``item`` or the name of a read step."""

    items: Path
    id: Reader
    at: Reader
    text: Reader
    author: Reader | None = None
    opening: Opening | None = None
    """None: the first message in time is the opening."""
    only: tuple[Test, ...] = ()
    """Items for which none holds are no messages (system records)."""
    outside: tuple[Test, ...] = ()
    """Any holds: words from outside the organisation."""
    private: tuple[Test, ...] = ()
    """Any holds: a note the public cannot see."""
    attachments: Reader | None = None
    notes: Path | None = None
    """A second list of the same kind of items, all of them notes the public cannot see."""


@dataclass(frozen=True, slots=True)
class Ensure:
    """A value must be made before it can be used: what exists, and how to make one more (``${each}``)."""

    existing: Request
    names: Reader
    create: Request


@dataclass(frozen=True, slots=True)
class TargetShape:
    """How one value is read from an answer, and written: into the update's body tree, by steps, or both."""

    read: Reader
    write: Tree = None
    field: str | None = None
    """The product's field, unless the desk file names another."""
    needs_field: bool = False
    join: str | None = None
    form: str | None = None
    """How a time is written, where that differs from how it is read."""
    alone: bool = False
    """Goes into a request of its own, after the others."""
    ensure: Ensure | None = None
    steps: tuple[WriteStep, ...] = ()
    list: ListKind | None = None
    """The wire has an entry's id, everybody else its name."""

    @property
    def is_by_day(self) -> bool:
        """True of a time without an hour: the product keeps the day alone."""
        form = self.form or self.read.form
        return self.read.kind == "time" and "%" in form and not any(hour in form for hour in _HOURS)

    @property
    def is_by_minute(self) -> bool:
        """True of a time without seconds."""
        form = self.form or self.read.form
        has_seconds = any(second in form for second in _SECONDS)
        return self.read.kind == "time" and "%" in form and not self.is_by_day and not has_seconds


Listed = Literal["rising", "falling"]
"""How a list of priorities is ordered"""
NoteFormat = Literal["plain", "html", "markdown", "wiki", "textile"]

NOTE_FORMATS: tuple[NoteFormat, ...] = ("plain", "html", "markdown", "wiki", "textile")


@dataclass(frozen=True, slots=True)
class NoteShape:
    """A note that customer and public cannot see."""

    request: Request | None = None
    merge: Tree = None
    """The note is part of the update: one request writes all."""
    steps: tuple[WriteStep, ...] = ()
    """Several requests instead, of which one writes it and the others look for what it must not lose."""
    format: NoteFormat = "plain"
    breaks: tuple[tuple[str, str], ...] = ()
    """(text, what to write instead): placeholders of the product that a ticket's words must never trigger."""
    most: int = 10_000
    """Characters."""
    not_in_states: frozenset[str] = frozenset()

    @property
    def is_in_update(self) -> bool:
        """It goes with the values."""
        return self.request is None and not self.steps


@dataclass(frozen=True, slots=True)
class MarkerShape:
    """A field that takes the id of our last action, written in the same request as the values."""

    setting: str
    read: Reader
    write: Tree


@dataclass(frozen=True, slots=True)
class Write:
    """How the wanted state is written."""

    update: Request | None
    """None: every value has steps of its own."""
    verify: Literal["answer", "read", "status"]
    """Where it shows that a value was taken: the answer, a read afterwards, or the status alone."""
    answer_is: str | None = None
    """The read step whose answer the update's answer looks like."""
    marker: MarkerShape | None = None
    stamped: Tree = None
    """Part of the update's body where a stamp was read: the product refuses what is older than its ticket."""

    @property
    def checks_version(self) -> bool:
        """The product itself refuses to overwrite a change made since the read."""
        return self.update is not None and (self.update.if_match or self.stamped is not None)


@dataclass(frozen=True, slots=True)
class Maturity:
    """``verified``: ran against these versions that day; ``documented``: written from documents."""

    level: Literal["verified", "documented"]
    versions: tuple[str, ...] = ()
    on: date | None = None

    def covers(self, version: str) -> bool:
        """Whether one of its release line was run: 5.0.3 and 5.0.5 are of one, 5.0 and 6.0 are not."""
        return any(version.split(".")[:2] == each.split(".")[:2] for each in self.versions)


@dataclass(frozen=True, slots=True)
class Descriptor:
    """One connector."""

    name: str
    title: str
    maturity: Maturity
    docs: str
    settings: tuple[Setting, ...]
    receive: Receive
    api: Api
    reads: tuple[ReadStep, ...]
    ticket: TicketShape
    messages: Messages
    write: Write
    targets: Mapping[Target, TargetShape]
    note: NoteShape | None
    priorities: tuple[str, ...]
    """The product's priorities, lowest first, in its own words."""
    cannot: Mapping[str, Label]
    setup: Label
    changed: ChangedShape | None = None
    """None: tickets are only heard of by webhook; ``cannot`` says so."""
    about: About = field(default_factory=About)
    lists: Mapping[ListKind, ListShape] = field(default_factory=dict)
    priorities_listed: Listed | None = None
    """How the live list of priorities is ordered, where every helpdesk has its own; None: nobody knows."""
    samples: Mapping[str, Tree] = field(default_factory=dict)
    """Sample deliveries, answers and writes with what must come of them: the connector's own tests."""

    def setting(self, name: str) -> Setting | None:
        """The setting of this name, or None."""
        return next((each for each in self.settings if each.name == name), None)

    @property
    def plain_settings(self) -> tuple[str, ...]:
        """Names of the settings that stand in the desk file as they are."""
        return tuple(each.name for each in self.settings if not each.secret)

    @property
    def secrets(self) -> tuple[str, ...]:
        """Names of the settings that are secrets."""
        return tuple(each.name for each in self.settings if each.secret)
