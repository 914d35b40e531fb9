"""How a product's API is asked: requests, pages, lists, sign-in, limits and failures; plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from plugin.desk.paths import Path
from plugin.desk.template import Tree
from plugin.desk.transforms import Reader, Test, TimeForm
from plugin.errors import HelpdeskError

MOST_BYTES = 4 * 1024 * 1024
"""Bytes of an answer; a ticket that is larger is not read."""


@dataclass(frozen=True, slots=True)
class ValueSource:
    """Where a value of a delivery comes from: header, place in the body, source, or template."""

    header: str | None = None
    reader: Reader | None = None
    template: str | None = None
    source: bool = False


Quoting = Literal["single_backslash", "single_double", "double_backslash", "encoded_query"]


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request as a data tree; ``path`` and all values may hold ``${…}``."""

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Tree = None
    form: str | None = None
    """The body goes as JSON text in this form field."""
    encoding: Literal["json", "form"] = "json"
    """``form``: the keys of the body go as the fields of a form."""
    if_match: bool = False
    """Send the stamp that was read (``If-Match``, in the form a header of that name gives it, if there is
    one); the product refuses where the ticket changed since."""
    plain: bool = False
    """Its answer may be any text, of which nothing is read: whether it worked shows elsewhere."""
    quoting: Quoting | None = None
    """How values inside a query-language text are quoted: the quote, and how one inside is written."""


PagingKind = Literal["page", "offset", "range", "cursor"]


@dataclass(frozen=True, slots=True)
class Paging:
    """A long list, page after page, until one is short or says itself that it is the last."""

    parameter: str
    items: Path | None
    """None: the answer itself is the list."""
    size: int
    first: int = 1
    most: int = 20
    """Pages at most, where the list belongs to one ticket."""
    kind: PagingKind = "page"
    next: ValueSource | None = None
    """The cursor; of the other kinds what is there only where another page follows."""
    is_link: bool = False
    """``next`` is an address or a ``Link`` header; only the parameter in it is used, it is never followed."""
    last: Test | None = None
    none: Test | None = None
    """Holds of an answer without a list that says so: there is nothing to list."""


@dataclass(frozen=True, slots=True)
class WriteStep:
    """One request of its own that brings a value into the helpdesk, or looks for what the next ones need."""

    request: Request
    name: str | None = None
    """Later steps find its answer under this name."""
    each: Reader | None = None
    """Once for every value found, as ``${each}``."""
    when: tuple[Test, ...] = ()
    """Left out unless one of these holds."""
    unless: tuple[Test, ...] = ()
    """Left out where one of these holds."""
    is_required: bool = False
    """Where ``each`` finds nothing the value cannot be written now."""
    takes_first: bool = False
    """Only the first value ``each`` finds: one of several ways is enough."""


@dataclass(frozen=True, slots=True)
class ReadStep:
    """One named request of reading a ticket; ``each`` repeats it for every value found in earlier answers."""

    name: str
    request: Request
    each: Reader | None = None
    most: int = 200
    most_bytes: int | None = None
    """Of a longer answer the rest is not fetched; of a step with ``each`` that part counts as unread."""
    unchanging: bool = False
    """What it answers never changes once written: asked for once, then kept in memory for a while."""
    paging: Paging | None = None
    state: bool = True
    """Needed to know the ticket's state; the others are for its messages only."""
    none: Test | None = None
    """Holds of an answer that says there is no such ticket, whatever its status."""


@dataclass(frozen=True, slots=True)
class Since:
    """How an instant is written in a query, by the helpdesk's clock and in its form and zone."""

    form: TimeForm = "iso"
    zone: str = "UTC"
    """May hold ``${setting.…}``: some products read times in the zone of the asking account."""
    grain: int = 1
    """Seconds it is rounded down to."""
    ago: str | None = None
    """Instead of an instant the time gone since: a text with ``${seconds}``, ``${minutes}``, ``${days}``."""


@dataclass(frozen=True, slots=True)
class ChangedShape:
    """The list of tickets changed since an instant. Paths of an item begin with ``item``."""

    request: Request
    paging: Paging
    id: Reader
    only: tuple[Test, ...] = ()
    """Items for which none holds are no tickets."""
    since: Since | None = None
    """None: the list has no such filter."""
    at: Reader | None = None
    created_at: Reader | None = None
    by: Reader | None = None
    state: Reader | None = None
    row: str | None = None
    """An item is what the read step of this name answers."""
    order: Literal["rising", "falling"] | None = None
    """By the last change; None: by something else."""
    is_whole: bool = False
    """Every open ticket is in it: one that is missing has left it."""
    lag: int = 0
    """Seconds of the youngest changes that the product leaves out."""
    overlap: int = 120
    """Seconds a look begins before the end of the last one: what was written then may show only now."""
    every: int = 300
    """Seconds between two looks, unless the desk says."""
    poll_every: int = 60
    """The same where no webhook tells of anything"""
    most_bytes: int = MOST_BYTES


ListKind = Literal["groups", "priorities", "states", "fields", "users", "tags"]

LIST_KINDS: tuple[ListKind, ...] = ("groups", "priorities", "states", "fields", "users", "tags")


@dataclass(frozen=True, slots=True)
class ListStep:
    """A further request of a list, once or for every value ``each`` finds in the answers before it."""

    name: str
    request: Request
    each: Reader | None = None
    most: int = 50
    """Values it is asked for; what there are more of adds nothing."""
    selects: bool = False
    """It answers with a web page: what is kept is name → options (``value``, ``text``) of its selects."""


@dataclass(frozen=True, slots=True)
class ListShape:
    """How the product lists what a desk file may name. Paths of an entry begin with ``item``."""

    request: Request
    id: Reader
    name: Reader
    items: tuple[Path, ...] = ()
    """All of them together; none: the answer itself is the list."""
    keyed: bool = False
    """What ``items`` reaches are maps: an entry is ``key`` and ``value``."""
    more: tuple[ListStep, ...] = ()
    """Further requests: then ``items`` begin with ``list``, the first answer, or with the name of a step."""
    only: tuple[Test, ...] = ()
    """Entries for which none holds cannot be used (switched off)."""
    type: Reader | None = None
    choices: Reader | None = None
    """What a field takes, where it takes only certain values."""
    paging: Paging | None = None
    select: str | None = None
    """The answer is a web page: entries are the options (``value``, ``text``) of its select of this name."""
    by: Literal["id", "name"] = "id"
    """How the product's other requests speak of an entry."""


@dataclass(frozen=True, slots=True)
class Wait:
    """A header that tells a time: seconds from now, a date (HTTP or ISO 8601), a unix time (also in ms)."""

    header: str
    unit: Literal["seconds", "date", "epoch"]


@dataclass(frozen=True, slots=True)
class LimitShape:
    """When the product says "too much", and where: for how long, what is left, when all is there again."""

    statuses: frozenset[int] = frozenset({429})
    wait: tuple[Wait, ...] = (Wait("Retry-After", "seconds"), Wait("Retry-After", "date"))
    remaining: str | None = None
    limit: str | None = None
    reset: tuple[Wait, ...] = ()
    window: float = 60.0
    """Seconds after which all is there again, where no header says so."""


@dataclass(frozen=True, slots=True)
class ErrorRule:
    """An answer that means failure although its status does not say so, or says it too coarsely."""

    raises: type[HelpdeskError]
    statuses: frozenset[int] = frozenset()
    reader: Reader | None = None
    header: str | None = None
    """The value of this header instead of one in the body."""
    wanted: frozenset[str] = frozenset()
    unwanted: frozenset[str] = frozenset()
    """The value is there, and none of these."""
    pattern: str | None = None
    """An RE2 pattern found in the value. Neither this nor a list: the value only has to be there."""
    empty: bool = False
    """Instead: there is no value."""


@dataclass(frozen=True, slots=True)
class SessionShape:
    """A log-in that gives a token for a while; the OAuth 2.0 grants that need no browser too."""

    login: Request
    """May hold secrets."""
    token: ValueSource
    lifetime: float | None = None
    """Seconds a token is used, where the answer does not say; None: until the product refuses it."""
    expires: Reader | None = None
    """Seconds it is good for, in the answer."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """How it is sent, with ``${session}``."""
    query: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Api:
    """The product's API: who we are there and how it talks."""

    headers: Mapping[str, str]
    """Sent with every request, sign-in included; values may hold ``${secret.…}`` and ``${setting.…}``."""
    page: str
    """Where a person sees the ticket: a path below the desk's address, one below its host (``${origin}``), or
    an address, where pages and API have hosts of their own."""
    limits: LimitShape = LimitShape()
    errors: tuple[ErrorRule, ...] = ()
    detail: Reader | None = None
    """Where an error answer says what is wrong."""
    most_bytes: int = MOST_BYTES
    basic: tuple[str, str] | None = None
    """User and password of HTTP Basic, as templates."""
    query: Mapping[str, str] = field(default_factory=dict)
    """Parameters of every request, sign-in included."""
    session: SessionShape | None = None
