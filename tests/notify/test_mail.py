"""Mail through a real SMTP server, read back from it; and what each way of failing comes to."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable

import pytest

from plugin.notify.outcomes import Outcome
from plugin.notify.pages import pages
from plugin.notify.send import Courier
from plugin.servers import free_port
from tests.notify.peers import Mailbox, Peer, mail_server
from tests.notify.samples import EVERY, SEVERAL, STEP, speech, words


def address(port: int, to: str = "duty@city.example", scheme: str = "mailto", who: str = "") -> str:
    return f"{scheme}://{who}127.0.0.1:{port}?from=paidan@city.example&to={to}"


def sent(where: str, *notices: object, total: float = 8) -> Outcome:
    return Courier(total).send(where, notices or (STEP,), words())  # type: ignore[arg-type]


@pytest.mark.parametrize("name", EVERY)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_kind_arrives_as_it_was_written(name: str, language: str) -> None:
    mailbox = Mailbox()
    with mail_server(mailbox) as port:
        outcome = Courier(8).send(address(port), [EVERY[name]], words(language))  # type: ignore[arg-type]
    assert outcome.state == "delivered"
    page = pages([EVERY[name]], speech(language), 32_768)[0]  # type: ignore[arg-type]
    assert mailbox.mails[0]["Subject"] == page.subject
    assert mailbox.texts == [page.text]
    assert mailbox.mails[0].get_content_type() == "text/plain"
    assert mailbox.recipients == [["duty@city.example"]]


def test_several_messages_are_one_mail() -> None:
    mailbox = Mailbox()
    with mail_server(mailbox) as port:
        assert sent(address(port), *SEVERAL).state == "delivered"
    assert len(mailbox.mails) == 1
    assert all(notice.id[:8] in mailbox.texts[0] for notice in SEVERAL)


def test_a_repeat_has_the_same_message_id_and_no_machine_answers_it() -> None:
    mailbox = Mailbox()
    with mail_server(mailbox) as port:
        for _ in range(2):  # two couriers: nothing is remembered between them
            sent(address(port))
        sent(address(port), EVERY["missed"])
    first, second, other = mailbox.mails
    assert first["Message-ID"] == second["Message-ID"] == f"<{STEP.id}.1@127.0.0.1>"
    assert other["Message-ID"] != first["Message-ID"]
    assert [len(mail.get_all("Message-ID")) for mail in mailbox.mails] == [1, 1, 1]
    assert first["X-Paidan-Message"] == STEP.id
    assert first["Auto-Submitted"] == "auto-generated"


def test_one_mail_for_each_recipient_and_one_refused_is_told() -> None:
    mailbox = Mailbox(gone="550 no such user")
    with mail_server(mailbox) as port:
        outcome = sent(address(port, "duty@city.example,gone@city.example"))
    assert mailbox.recipients == [["duty@city.example"]]
    assert (outcome.state, outcome.reason, outcome.detail) == ("refused", "recipient", "550")


def test_a_recipient_to_be_tried_again_makes_the_whole_be_tried_again() -> None:
    mailbox = Mailbox(slow="450 try later")
    with mail_server(mailbox) as port:
        outcome = sent(address(port, "duty@city.example,slow@city.example"))
    assert (outcome.state, outcome.reason) == ("unknown", "busy"), "one of them has it already"


@pytest.mark.parametrize(
    ("stage", "reply", "state", "reason"),
    [
        ("rcpt", "550 no such user", "refused", "recipient"),
        ("rcpt", "553 not allowed", "refused", "recipient"),
        ("rcpt", "450 mailbox busy", "unreachable", "busy"),
        ("rcpt", "421 closing", "unreachable", "busy"),
        ("data", "552 too much", "refused", "too-long"),
        ("data", "554 looks like spam", "refused", "turned-away"),
        ("data", "451 local error", "unreachable", "busy"),
    ],
)
def test_what_the_server_says(stage: str, reply: str, state: str, reason: str) -> None:
    mailbox = Mailbox(**{stage: reply})
    with mail_server(mailbox) as port:
        outcome = sent(address(port))
    assert (outcome.state, outcome.reason, outcome.detail) == (state, reason, reply[:3])
    assert mailbox.mails == []


def test_a_copy_that_is_refused_is_told_although_the_mail_went_out() -> None:
    mailbox = Mailbox(gone="550 no such user")
    with mail_server(mailbox) as port:
        outcome = sent(address(port) + "&cc=gone@city.example")
    assert mailbox.recipients == [["duty@city.example"]]
    assert (outcome.state, outcome.reason, outcome.detail) == ("refused", "recipient", "550")


def test_each_mail_of_several_has_its_own_id_and_keeps_it() -> None:
    mailbox = Mailbox()
    with mail_server(mailbox) as port:
        for _ in range(2):
            assert sent(address(port) + "&length=600", *SEVERAL).state == "delivered"
    ids = [mail["Message-ID"] for mail in mailbox.mails]
    half = len(ids) // 2
    assert half > 1
    assert ids[:half] == ids[half:]
    assert len(set(ids)) == half


def test_an_account_signs_in() -> None:
    mailbox = Mailbox()
    with mail_server(mailbox, account=("paidan", "right")) as port:
        good = sent(address(port, who="paidan:right@"))
        bad = sent(address(port, who="paidan:wrong@"))
        none = sent(address(port))
    assert good.state == "delivered"
    assert (bad.state, bad.reason, bad.detail) == ("refused", "sign-in", "535")
    assert (none.state, none.reason, none.detail) == ("refused", "sign-in", "530")
    assert len(mailbox.mails) == 1


def test_encryption_that_is_not_there() -> None:
    with mail_server(Mailbox()) as port:
        starttls = sent(address(port, scheme="mailtos") + "&mode=starttls")
        tls = sent(address(port, scheme="mailtos") + "&mode=ssl", total=4)
    assert (starttls.state, starttls.reason) == ("refused", "not-offered")
    assert (tls.state, tls.reason) == ("unreachable", "encryption")


def test_nobody_listens() -> None:
    outcome = sent(address(free_port()))
    assert (outcome.state, outcome.reason) == ("unreachable", "no-connection")


class Smtp:
    """A mail server of a few lines that does something odd at one word of the client."""

    def __init__(self, at: bytes, then: Callable[[socket.socket], None]) -> None:
        self._at, self._then = at, then

    def __call__(self, connection: socket.socket) -> None:
        connection.sendall(b"220 here\r\n")
        stream = connection.makefile("rb")
        while line := stream.readline():
            if line.upper().startswith(self._at):
                if self._at == b"DATA":
                    connection.sendall(b"354 go on\r\n")
                    while stream.readline() not in (b".\r\n", b""):
                        pass
                self._then(connection)
                return
            connection.sendall(b"250 OK\r\n")


def odd_sign_in(connection: socket.socket) -> None:
    connection.sendall(b"250-here\r\n250 AUTH XOAUTH2\r\n")
    connection.recv(100)


def test_a_way_to_sign_in_that_nobody_knows() -> None:
    server = Peer(Smtp(b"EHLO", odd_sign_in), reads_first=False)
    outcome = sent(address(server.port, who="paidan:right@"))
    server.close()
    assert (outcome.state, outcome.reason) == ("refused", "not-offered")


def cut(connection: socket.socket) -> None:
    connection.shutdown(socket.SHUT_RDWR)


def silence(_connection: socket.socket) -> None:
    time.sleep(30)


def drip(connection: socket.socket) -> None:
    for _ in range(300):
        connection.sendall(b"2")
        time.sleep(0.05)


@pytest.mark.parametrize("odd", [cut, silence, drip])
@pytest.mark.parametrize(
    ("at", "state"),
    [(b"", "unreachable"), (b"EHLO", "unreachable"), (b"MAIL", "unreachable"), (b"DATA", "unknown")],
)
def test_a_connection_that_fails_on_the_way(
    at: bytes, state: str, odd: Callable[[socket.socket], None]
) -> None:
    """Nothing can have arrived before the mail itself was handed over; after that it may have."""
    server = Peer(Smtp(at, odd) if at else odd, reads_first=False)
    before = time.monotonic()
    outcome = sent(address(server.port), total=1.5)
    server.close()
    assert outcome.state == state
    assert outcome.reason in ("no-connection", "no-answer", "too-late")
    assert time.monotonic() - before < 3
