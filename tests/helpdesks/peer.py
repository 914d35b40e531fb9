"""What every real helpdesk of the tests can do, whichever product it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

BOT = "paidan"
"""The account Paidan writes with."""
RESIDENT = "resident@outside.invalid"
"""Who opens the tickets: a mail to this address has left the organisation."""

INBOX = "收件箱"
GROUPS = {
    "normal_desk": "综合受理",
    "onsite": "现场处置组",
    "info": "信息收集组",
    "logistics": "后勤保障组",
    "publicity": "宣传报道组",
    "case_team": "专案组",
    "confidential_channel": "保密件",
    "hq": "指挥部",
}
"""The plan's groups and what they are called in the helpdesks."""
LEVELS = ("一般", "较大", "重大", "特别重大")
CHANNELS = (
    *("visit", "letter", "fax", "web", "email", "leader_mailbox"),
    *("hotline_12345", "phone", "app", "wechat", "onsite_report", "media_monitoring"),
)


@dataclass(frozen=True)
class View:
    """A ticket as the helpdesk's own API shows it to a member of staff."""

    group: str
    """The plan's group id; ``inbox`` where it was opened."""
    level: str | None
    priority: str
    tags: tuple[str, ...]
    reasons: tuple[str, ...]
    """What Paidan wrote for staff: internal notes, or the staff-only field where there are none."""
    public: tuple[str, ...]
    """What Paidan wrote where the public can see it: must stay empty."""
    state: str
    title: str


class Peer(Protocol):
    """One running helpdesk with the organisation's groups in it and its webhook set."""

    product: str
    priorities: Mapping[str, str]
    """Level → the priority the desk file maps it to."""
    usual: str
    """The priority a new ticket has."""
    higher: str
    """A priority above every mapped one but the gravest; what an agent sets by hand."""
    resolved: str

    @property
    def address(self) -> str:
        """Where the API itself listens."""
        ...

    def prepare(self, public_url: str) -> None:
        """Make what depends on the address users know it by; before everything else."""
        ...

    def start(self, hook: str) -> None:
        """Start it, its webhook pointed at ``hook``."""
        ...

    def stop(self) -> None:
        """End its processes."""
        ...

    def desk(self, url: str) -> dict[str, Any]:
        """The desk file that connects Paidan to it."""
        ...

    def secrets(self) -> dict[str, str]:
        """The environment variables the desk file names."""
        ...

    def open(self, title: str, body: str, channel: str, region: str = "澄江市北湖区") -> str:
        """A resident opens a ticket in the inbox; answers its number."""
        ...

    def say(self, ticket: str, body: str) -> None:
        """A later message from outside."""
        ...

    def move(self, ticket: str, group: str) -> None:
        """An agent moves the ticket to another group."""
        ...

    def prioritise(self, ticket: str, priority: str) -> None:
        """An agent sets the priority."""
        ...

    def take(self, ticket: str) -> None:
        """An agent takes the ticket."""
        ...

    def due(self, ticket: str) -> datetime | None:
        """The ticket's due date as the helpdesk has it."""
        ...

    def resolve(self, ticket: str) -> None:
        """An agent resolves the ticket."""
        ...

    def view(self, ticket: str) -> View:
        """The ticket as staff see it."""
        ...

    def mailed(self) -> list[str]:
        """Every address the helpdesk has mailed so far, one entry for each mail and recipient."""
        ...
