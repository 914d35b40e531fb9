"""What a look at a desk says of a question that failed: refused, not answered, or the token is not valid."""

from __future__ import annotations

from plugin.desk.findings import Finding, bad, warn
from plugin.errors import AccessDenied, HelpdeskError

NOT_ASKED = "not-asked"


def failed(error: HelpdeskError) -> Finding:
    """The finding a failed question stands for."""
    if is_signed_out(error):
        return bad("token-refused", detail=error.detail)
    if error.retryable:
        return not_asked(error.request, error.status, error.detail or type(error).__name__)
    return warn("question-refused", request=error.request, why=reason(error.status, error.detail))


def not_asked(request: str, status: int | None, detail: str) -> Finding:
    """A question of which nothing came that says anything: another time it may be answered."""
    return warn(NOT_ASKED, request=request, why=reason(status, detail))


def is_signed_out(error: HelpdeskError) -> bool:
    """Whether it is about the token itself, and so about every question."""
    return isinstance(error, AccessDenied) and error.is_signed_out


def reason(status: int | None, detail: str) -> str:
    """The status, where an answer came, and the words with it."""
    return " ".join(str(each) for each in (status, detail) if each)
