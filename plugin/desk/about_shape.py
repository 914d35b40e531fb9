"""What ``paidan connect`` knows of a product: how to tell it, who one is there, what can be made.

Plain values.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from plugin.core.effects import Target
from plugin.core.label import Label
from plugin.desk.api_shape import Paging, Request, ValueSource, WriteStep
from plugin.desk.paths import Path
from plugin.desk.transforms import Reader

SNIPPET = re.compile(r"\$\{snippet\.([\w-]+)\}")
"""How the setup text names a text to paste in."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a value of an answer must be; ``wanted`` may hold ``${…}``."""

    reader: Reader
    wanted: tuple[str, ...] = ()
    """Empty: any value will do, also a map or a list."""
    absent: bool = False
    """There must be no value."""


@dataclass(frozen=True, slots=True)
class Look:
    """A question that changes nothing. Paths: ``status``, ``header``, ``body`` (JSON), ``text``."""

    request: Request
    when: tuple[Evidence, ...]
    """All of it must be there."""
    version: Reader | None = None
    open: bool = False
    """Asked without signing in."""
    lacks: Label | None = None
    """The product is there, but not what Paidan needs of it: a sentence that says what to do."""


@dataclass(frozen=True, slots=True)
class WhoAmI:
    """Whose token this is. Paths begin as those of a look."""

    request: Request
    account: Reader
    """What the setting ``account`` takes."""
    name: Reader | None = None
    secret: str | None = None
    """A secret that tells the account's number by itself, as ``${told}``; the number is none."""
    pattern: str | None = None
    """An RE2 pattern whose first group it is."""
    claim: str | None = None
    """Or the claim of a JSON Web Token (RFC 7519) it stands in."""


Meaning = Literal["read", "write", "note", "delete", "admin"]
MEANINGS: tuple[Meaning, ...] = ("read", "write", "note", "delete", "admin")


@dataclass(frozen=True, slots=True)
class Right:
    """A look that tells one thing the token may do; with ``${id}`` it needs a ticket."""

    means: Meaning
    look: Look
    refused_when: tuple[Evidence, ...] = ()
    """Where the look does not show the right: only where all of this holds it is surely lacking."""


InstallKind = Literal["webhook", "trigger", "field", "tag", "status"]
INSTALL_KINDS: tuple[InstallKind, ...] = ("webhook", "trigger", "field", "tag", "status")
HOLD_DATA: frozenset[InstallKind] = frozenset({"field", "tag", "status"})
"""What tickets keep values in: not removed unless somebody asks for it."""


@dataclass(frozen=True, slots=True)
class OwnSecret:
    """The secret a product makes itself for what was made in it, asked for by ``${id}``."""

    name: str
    request: Request
    value: Reader


@dataclass(frozen=True, slots=True)
class Installable:
    """One thing the API can make in the helpdesk for Paidan. Paths of what exists begin with ``item``."""

    what: InstallKind
    title: Label
    existing: Request
    is_ours: tuple[Evidence, ...]
    """All of it: this one is there already."""
    create: Request
    id: Reader
    remove: Request
    items: Path | None = None
    paging: Paging | None = None
    """None: what exists is listed in one answer."""
    target: Target | None = None
    """A field for this value, called ``${field}``; made only where the desk has none for it."""
    scopes: tuple[str, ...] = ()
    needs: str | None = None
    """The secret whose token may do this, where the usual one may not."""
    secret: OwnSecret | None = None
    """None: the product takes the secret we give it, or has none."""
    active: tuple[Evidence, ...] = ()
    """All of it: ours is switched on. Empty: it cannot be switched off."""


@dataclass(frozen=True, slots=True)
class TestTicketShape:
    """A ticket made to see whether it comes through, and closed again where that can be done."""

    __test__ = False

    create: Request
    id: ValueSource
    close: Request | None = None
    closing: tuple[WriteStep, ...] = ()
    """Closes it where one request alone does not."""
    states: tuple[str, ...] = ()
    """What ``${state}`` of closing stands for, tried in this order; those of the desk come first."""


@dataclass(frozen=True, slots=True)
class About:
    """What ``paidan connect`` knows of a product: how to tell it, who one is there, what can be set up."""

    identify: tuple[Look, ...] = ()
    whoami: WhoAmI | None = None
    rights: tuple[Right, ...] = ()
    install: tuple[Installable, ...] = ()
    snippets: Mapping[str, str] = field(default_factory=dict)
    """Name → a text to paste in, with HOOK_URL and SECRET to be filled in."""
    test_ticket: TestTicketShape | None = None
