"""What a person gives the command line to look at: a recorded webhook, a written ticket, plain words."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from plugin.cli.written import NotATicket, written_ticket
from plugin.core.ticket import Ticket
from plugin.desk import inbound
from plugin.desk.connector import Connector
from plugin.desk.signing import Delivery


@dataclass(frozen=True, slots=True)
class Payload:
    """A recorded webhook: its body, and its headers where they were recorded too."""

    body: bytes
    headers: Mapping[str, str]


def given(text: str, now: datetime) -> Ticket | Payload:
    """Text of a file or of standard input: a line of ``tickets.jsonl``, a payload, or plain words."""
    try:
        document = json.loads(text)
    except ValueError:
        return written_ticket({"body": text}, now)
    if not isinstance(document, dict):
        raise NotATicket
    if isinstance(document.get("body"), str) and not isinstance(document.get("headers"), dict):
        return written_ticket(document, now)
    if isinstance(document.get("body"), str):
        headers = {str(name).lower(): str(value) for name, value in document["headers"].items()}
        return Payload(document["body"].encode(), headers)
    return Payload(text.encode(), {})


def ticket_of(payload: Payload, helpdesk: Connector, source: str) -> str:
    """The ticket a recorded webhook speaks of; its signature is not checked, nothing else of it is used.

    Raises ``DeliveryUnreadable``.
    """
    delivery = Delivery(source, payload.headers, payload.body, 0.0)
    return inbound.hint_of(helpdesk.descriptor, helpdesk.desk, delivery).ticket_id


def words_of(path: Path) -> str:
    """A file's text; raises ``NotATicket`` where it is none."""
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise NotATicket from error
