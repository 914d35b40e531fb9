"""What a call that got no answer of the helpdesk stands for; nothing of it but method and path is named."""

from __future__ import annotations

import ssl
from collections.abc import Iterator, Mapping

import requests

from plugin.errors import Faulty, HelpdeskError, NotSent, OutOfTime, Unreachable
from plugin.sockets import CallBound, NotToBeReached, ProxyRefused, TooLate

TOO_LONG = "it took longer than allowed"
_ABOUT_CONNECTING = (
    requests.ConnectTimeout,
    requests.exceptions.SSLError,
    requests.exceptions.InvalidURL,
    requests.exceptions.InvalidSchema,
    requests.exceptions.MissingSchema,
    requests.exceptions.InvalidHeader,
    requests.exceptions.InvalidProxyURL,
)
_CERTIFICATES = {
    9: "the helpdesk's certificate is not valid yet: check the clocks of both sides",
    10: "the helpdesk's certificate has expired",
    62: "the helpdesk's certificate is made out to another host name: write that one in url",
    64: "the helpdesk's certificate is not made out to this IP address: write its name in url",
}
"""By the number OpenSSL gives the fault (x509_vfy.h)."""
_UNKNOWN_ISSUER = (
    "nobody known here vouches for the helpdesk's certificate: name the file of its authority under ca"
)
_NO_TLS = "there is no encrypted connection: the helpdesk must speak TLS 1.2 or newer at this port"


def failure(request: str, error: Exception, bound: CallBound) -> HelpdeskError:
    """The error a failed try stands for."""
    if isinstance(error, TooLate):
        return OutOfTime(request, detail="the time for sending this was over")
    if isinstance(error, NotToBeReached):
        return NotSent(request, detail=str(error))
    if isinstance(error, ProxyRefused):
        return NotSent(request, detail=_proxy_words(error.status))
    if isinstance(error, requests.exceptions.ContentDecodingError):
        return Faulty(request, detail="the answer's compression cannot be read")
    detail = TOO_LONG if bound.expired else _reason(error)
    is_before = bound.reached_socket or isinstance(error, _ABOUT_CONNECTING) or _names_no_connection(error)
    if is_before and not bound.wrote:
        return NotSent(request, detail=detail)
    return Unreachable(request, detail=detail)


def raise_for_proxy(request: str, status: int, headers: Mapping[str, str], proxy: str | None) -> None:
    """Raises ``NotSent`` where an answer is the proxy's own: it passed nothing on.

    407 is only ever a proxy's (RFC 9110 15.5.8); a refusal that names Squid's error page is Squid's. What
    else a proxy says to a call over plain http looks like the helpdesk's own answer.
    """
    if proxy and (status == 407 or (status == 403 and "x-squid-error" in headers)):
        raise NotSent(request, detail=_proxy_words(status))


def _proxy_words(status: int | None) -> str:
    if status == 407:
        return "the proxy wants a valid login (407): check the secret named under proxy"
    return f"the proxy opens no way to the helpdesk ({status}): have the helpdesk's address allowed there"


def _names_no_connection(error: Exception) -> bool:
    """True where no connection was made: refused, no route, or no such name."""
    cause = error.args[0] if error.args else None
    reason = getattr(cause, "reason", cause)
    return type(reason).__name__ in (
        "NewConnectionError",
        "NameResolutionError",
        "ConnectTimeoutError",
        "ProxyError",
    )


def _reason(error: Exception) -> str:
    """What went wrong in words that hold no address parts or secrets."""
    if isinstance(error, requests.exceptions.SSLError):
        return _tls_reason(error)
    words = {
        "ConnectTimeout": "no connection in time",
        "ReadTimeout": "no answer in time",
        "ProxyError": "the proxy does not answer",
        "ChunkedEncodingError": "the answer broke off",
    }
    return words.get(type(error).__name__, "the connection failed")


def _tls_reason(error: Exception) -> str:
    for cause in _causes(error):
        if isinstance(cause, ssl.SSLCertVerificationError):
            return _CERTIFICATES.get(cause.verify_code, _UNKNOWN_ISSUER)
    return _NO_TLS


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error and what it was made of, however the libraries wrapped it."""
    waiting, seen = [error], set[int]()
    while waiting:
        each = waiting.pop()
        if id(each) in seen:
            continue
        seen.add(id(each))
        yield each
        inner = (*each.args, getattr(each, "reason", None), each.__cause__, each.__context__)
        waiting += [one for one in inner if isinstance(one, BaseException)]
