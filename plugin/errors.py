"""Everything Paidan raises for programs; problems for people are values (``documents.problems``).

::

    PaidanError
    ├── DocumentsInvalid          a document set has errors; ``problems`` tells them all
    ├── NoticeRefused             a notice of holidays does not fit the calendar; ``code``, ``slots`` say why
    ├── DeliveryRefused           a webhook that is not accepted; ``status`` is the answer (401, 413, 503)
    ├── DeliveryUnreadable        a webhook that is genuine but cannot be read; kept for a person
    ├── StoreError                the case book cannot be read or written
    │   └── Unstorable            it can, but takes no such value
    └── HelpdeskError             a call to the helpdesk that did not do what was asked
        ├── Unreachable           no connection, or cut before an answer (outcome ``unknown``)
        │   └── NotSent           nothing left this machine: no connection could be made
        │       ├── OutOfTime     its time was over before it could leave
        │       └── Withheld      the helpdesk is left alone for now: see ``casebook.holds``
        ├── Busy                  429 or 503: wait ``retry_after`` seconds
        ├── Faulty                5xx, or an answer that cannot be read (outcome ``unknown``)
        ├── Conflict              409, 412: the ticket changed since it was read
        ├── NotFound              404, 410
        ├── AccessDenied          401, 403: token or rights
        │   └── SignedOut         401, or words to that effect: the token itself is not valid (any more)
        └── Rejected              any other 4xx, or 200 with an error inside

``retryable`` is the only question the loop asks about repeating a call,
``outcome_unknown`` the only one about whether the helpdesk may have acted on it.
"""

from __future__ import annotations

from typing import Any


class PaidanError(Exception):
    """Something in Paidan went wrong."""


class DocumentsInvalid(PaidanError):
    """The documents have errors; the last good set stays active."""

    def __init__(self, problems: tuple[Any, ...]) -> None:
        super().__init__(f"{len(problems)} problem(s) in the documents")
        self.problems = problems


class NoticeRefused(PaidanError):
    """A notice of holidays does not fit a calendar; ``code`` is a slug, ``slots`` fill its words."""

    def __init__(self, code: str, **slots: Any) -> None:
        super().__init__(code)
        self.code = code
        self.slots = slots


class DeliveryRefused(PaidanError):
    """A webhook delivery that is not accepted; ``code`` is a slug, ``status`` the HTTP answer."""

    def __init__(self, code: str, status: int) -> None:
        super().__init__(code)
        self.code = code
        self.status = status


class DeliveryUnreadable(PaidanError):
    """A genuine delivery whose ticket cannot be told; it is kept for a person to look at."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class StoreError(PaidanError):
    """The case book cannot be read or written."""


class Unstorable(StoreError):
    """The case book takes no such value; the same again will not do, another one will."""


class HelpdeskError(PaidanError):
    """A call to the helpdesk did not do what was asked.

    ``request`` is ``METHOD path`` without query or secrets, ``status`` the HTTP status (None: no answer),
    ``detail`` the helpdesk's own words cut to 200 characters, without ticket text.
    """

    retryable = False
    outcome_unknown = False
    without_status = "no answer:"

    def __init__(self, request: str, status: int | None = None, detail: str = "") -> None:
        super().__init__(f"{request}: {status or self.without_status} {detail}".rstrip(": "))
        self.request = request
        self.status = status
        self.detail = detail


class Unreachable(HelpdeskError):
    """No connection to the helpdesk, or cut before the answer came."""

    retryable = True
    outcome_unknown = True


class NotSent(Unreachable):
    """Nothing left this machine: no connection could be made, or it was not to be tried.

    ``detail`` says why in Paidan's own words, for it is nobody's answer.
    """

    outcome_unknown = False
    without_status = "not sent:"


class OutOfTime(NotSent):
    """The time for sending was over: this says nothing of the helpdesk."""


class Withheld(NotSent):
    """The helpdesk is left alone for now, since this work began: nothing of it is sent any more."""

    def __init__(self, request: str) -> None:
        super().__init__(request, detail="the helpdesk is left alone for now")


class Busy(HelpdeskError):
    """The helpdesk asks to wait; ``retry_after`` is in seconds (None: it did not say how long)."""

    retryable = True

    def __init__(
        self, request: str, status: int | None = None, detail: str = "", retry_after: float | None = None
    ) -> None:
        super().__init__(request, status, detail)
        self.retry_after = retry_after


class Faulty(HelpdeskError):
    """The helpdesk failed (5xx) or answered something that cannot be read."""

    retryable = True
    outcome_unknown = True


class Conflict(HelpdeskError):
    """The ticket changed since it was read; read again and decide again."""

    retryable = True


class NotFound(HelpdeskError):
    """The helpdesk does not have it (any more), or not yet."""


class AccessDenied(HelpdeskError):
    """The token is not valid here or may not do this."""

    @property
    def is_signed_out(self) -> bool:
        """401: the token itself is not valid; 403 may be about the one ticket or value only."""
        return self.status == 401


class SignedOut(AccessDenied):
    """The token is not valid (any more), whatever the status of the answer."""

    @property
    def is_signed_out(self) -> bool:
        """Always."""
        return True


class Rejected(HelpdeskError):
    """The helpdesk understood and refused."""
