"""The one shape of every answer that is not a page: ``ok``, and for a failure what, and what to do."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Flask, Response, jsonify
from werkzeug.exceptions import HTTPException

FAILURES: Mapping[int, tuple[str, str, str]] = {
    401: (
        "refused",
        "This delivery is not accepted.",
        "Check the hook's address and that its secret is the same in the helpdesk and in Paidan.",
    ),
    404: ("not-found", "There is nothing at this address.", "Check the address."),
    405: ("method-not-allowed", "This address does not take this method.", "Send webhooks with POST."),
    413: ("too-large", "The body is larger than accepted.", "Let the webhook send the ticket's number only."),
    500: ("internal", "Paidan failed.", "See Paidan's log."),
    503: ("store-unreachable", "The case book cannot be written just now.", "Send it again a little later."),
}


def failure(status: int, *, retry_after: int | None = None) -> Response:
    """A failure as JSON; nothing of the request is repeated in it."""
    code, message, fix = FAILURES.get(status, (f"http-{status}", "The request was not accepted.", ""))
    answer = jsonify(ok=False, code=code, message=message, fix=fix)
    answer.status_code = status
    if retry_after is not None:
        answer.headers["Retry-After"] = str(retry_after)
    return answer


def keep_manners(app: Flask) -> None:
    """No address redirects, and every error leaves in the one shape."""
    app.url_map.merge_slashes = False
    app.url_map.strict_slashes = False

    def shaped(error: Exception) -> Response:
        if isinstance(error, HTTPException) and error.code is not None:
            return failure(error.code)
        app.logger.error("request_failed %s", type(error).__name__)
        return failure(500)

    app.register_error_handler(Exception, shaped)
