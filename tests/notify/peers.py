"""Real servers on 127.0.0.1: one that takes mail, one that answers each connection as it is told."""

from __future__ import annotations

import email
import email.policy
import json
import re
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

from plugin.servers import free_port
from tests.listener import Listener

Answerer = Callable[[socket.socket], None]


class Mailbox:
    """Keeps every mail; ``replies`` are what its server says at a stage instead of yes."""

    def __init__(self, **replies: str) -> None:
        self.mails: list[EmailMessage] = []
        self.recipients: list[list[str]] = []
        self.said: list[str] = []
        self._replies = replies

    async def handle_RCPT(
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: Any
    ) -> str:
        reply = self._replies.get(address.partition("@")[0], self._replies.get("rcpt", "250 OK"))
        if reply.startswith("2"):
            envelope.rcpt_tos.append(address)
        return reply

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        reply = self._replies.get("data", "250 OK")
        if reply.startswith("2"):
            content = envelope.content
            assert isinstance(content, bytes)
            mail = email.message_from_bytes(content, policy=email.policy.default)
            assert isinstance(mail, EmailMessage)
            self.mails.append(mail)
            self.recipients.append(list(envelope.rcpt_tos))
        return reply

    @property
    def texts(self) -> list[str]:
        """The bodies as a person reads them."""
        return [mail.get_content().replace("\r\n", "\n").rstrip("\n") for mail in self.mails]


@contextmanager
def mail_server(mailbox: Mailbox, *, account: tuple[str, str] | None = None) -> Iterator[int]:
    """A real SMTP server for this mailbox; its port. With an account only that one may send."""

    def check(
        _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, data: Any
    ) -> AuthResult:
        known = account and (data.login, data.password) == tuple(each.encode() for each in account)
        return AuthResult(success=bool(known), handled=False)

    more: dict[str, Any] = {}
    if account:
        more = {"authenticator": check, "auth_required": True, "auth_require_tls": False}
    controller = Controller(mailbox, hostname="127.0.0.1", port=free_port(), **more)
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()


class Peer(Listener):
    """Reads one request of each connection, keeps it, and does with the connection what it is told."""

    def __init__(
        self, answer: Answerer, *, context: ssl.SSLContext | None = None, reads_first: bool = True
    ) -> None:
        self._reads_first = reads_first
        self.requests: list[bytes] = []
        self._answer = answer
        self._context = context
        super().__init__()

    def one(self, connection: socket.socket) -> None:
        with connection:
            try:
                if self._context:
                    connection = self._context.wrap_socket(connection, server_side=True)
                request = _whole(connection) if self._reads_first else b""
                if request:
                    self.requests.append(request)
                self._answer(connection)
            except OSError:
                return

    @property
    def bodies(self) -> list[Any]:
        """The JSON of every request."""
        return [json.loads(request.partition(b"\r\n\r\n")[2]) for request in self.requests]


def _whole(connection: socket.socket) -> bytes:
    request = b""
    while b"\r\n\r\n" not in request:
        part = connection.recv(65_536)
        if not part:
            return request
        request += part
    head, _, body = request.partition(b"\r\n\r\n")
    found = re.search(rb"(?im)^content-length: (\d+)", head)
    while found and len(body) < int(found[1]):
        body += connection.recv(65_536)
    return head + b"\r\n\r\n" + body


def answering(status: int = 200, body: bytes = b"{}", *headers: str) -> Answerer:
    """A whole answer."""
    head = [f"HTTP/1.1 {status} Any", f"Content-Length: {len(body)}", "Connection: close", *headers]
    whole = "\r\n".join(head).encode() + b"\r\n\r\n" + body

    def answer(connection: socket.socket) -> None:
        connection.sendall(whole)

    return answer
