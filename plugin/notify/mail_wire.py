"""SMTP with one total time, our own message id and a record of every reply, in place of ``smtplib``."""

from __future__ import annotations

import re
import smtplib
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from plugin.notify.outcomes import Exchange
from plugin.notify.watch import tls_failure, watched
from plugin.sockets import CallBound, TooLate


class _Mail:
    """An SMTP connection that tells what became of each mail, and ends when the time is over."""

    sock: Any

    def __init__(self, host: str = "", port: int = 0, local_hostname: str | None = None, **more: Any) -> None:
        self._watch = watched()
        self._bound: CallBound | None = None
        self._in_data = False
        if self._watch is not None:
            self._bound = CallBound(self._watch.left(), self._watch.deadline)
            self._bound.start()
            more["timeout"] = self._watch.left()
        with self._telling():
            super().__init__(host, port, local_hostname, **more)  # type: ignore[call-arg]

    @contextmanager
    def _telling(self) -> Iterator[None]:
        try:
            yield
        except TooLate:
            self._tell(Exchange("smtp", failure="too-late", wrote=False))
            raise OSError("the time for sending was over") from None
        except (OSError, smtplib.SMTPException) as error:
            for exchange in _failed(error, wrote=self._in_data):
                self._tell(exchange)
            raise

    def _tell(self, exchange: Exchange) -> None:
        if self._bound is not None:
            self._bound.stop()
        if self._watch is not None:
            self._watch.exchanges.append(exchange)

    def getreply(self) -> tuple[int, bytes]:
        if self._bound is not None:
            self._bound.hold(self.sock)
            if self._bound.expired:
                raise smtplib.SMTPServerDisconnected("the time was over")
        return super().getreply()  # type: ignore[misc,no-any-return]

    def send(self, s: Any) -> None:
        if self._bound is not None:
            self._bound.before_write(self)
        super().send(s)  # type: ignore[misc]

    def starttls(self, *args: Any, **more: Any) -> Any:
        with self._telling():
            return super().starttls(*args, **more)  # type: ignore[misc]

    def login(self, *args: Any, **more: Any) -> Any:
        with self._telling():
            return super().login(*args, **more)  # type: ignore[misc]

    def data(self, msg: Any) -> Any:
        self._in_data = True
        return super().data(msg)  # type: ignore[misc]

    def sendmail(self, from_addr: Any, to_addrs: Any, msg: Any, *more: Any) -> Any:
        self._in_data = False
        if self._watch is not None:
            msg = _with_id(msg, self._watch.mail_id)
        with self._telling():
            refused = super().sendmail(from_addr, to_addrs, msg, *more)  # type: ignore[misc]
        for code, _ in refused.values():
            self._tell(Exchange("smtp", code))
        if len(refused) < len(to_addrs):
            self._tell(Exchange("smtp", 250))
        return refused

    def close(self) -> None:
        if self._bound is not None:
            self._bound.stop()
        super().close()  # type: ignore[misc]


def _failed(error: Exception, *, wrote: bool) -> Iterator[Exchange]:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        yield from (Exchange("smtp", code) for code, _ in error.recipients.values())
    elif isinstance(error, smtplib.SMTPResponseException) and error.smtp_code >= 400:
        yield Exchange("smtp", error.smtp_code)
    elif isinstance(error, smtplib.SMTPNotSupportedError) or type(error) is smtplib.SMTPException:
        yield Exchange("smtp", failure="not-offered", wrote=False)
    elif isinstance(error, ssl.SSLError):
        yield Exchange("smtp", failure=tls_failure(error), wrote=wrote)
    elif wrote:
        yield Exchange("smtp", failure="no-answer")
    else:
        yield Exchange("smtp", failure="no-connection", wrote=False)


_MESSAGE_ID = re.compile(r"^Message-ID: <[^<>\s@]*@", re.MULTILINE | re.IGNORECASE)


def _with_id(mail: Any, mail_id: str) -> Any:
    """The mail under our id: the same on every repeat, so that a mail system may drop the second one."""
    return _MESSAGE_ID.sub(f"Message-ID: <{mail_id}@", mail, count=1) if isinstance(mail, str) else mail


class _SMTP(_Mail, smtplib.SMTP):
    pass


class _SMTP_SSL(_Mail, smtplib.SMTP_SSL):
    pass


MAIL: Mapping[str, Any] = {"SMTP": _SMTP, "SMTP_SSL": _SMTP_SSL}
"""What stands in place of the classes of ``smtplib``."""
