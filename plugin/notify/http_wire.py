"""HTTP with one total time and a record of every answer, in place of the functions of ``requests``."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from functools import partial
from typing import Any

import requests
from requests.utils import get_environ_proxies
from urllib3.exceptions import HTTPError

from plugin.notify.outcomes import Exchange
from plugin.notify.watch import Watch, tls_failure, watched
from plugin.sockets import BoundAdapter, CallBound, ProxyRefused, TooLate, bounded

CONNECT_SECONDS = 10.0
MOST_ANSWER = 64 * 1024
"""Bytes of an answer that are read: a service's verdict is a few hundred."""


def _request(method: str, url: str, **options: Any) -> requests.Response:
    watch = watched()
    if watch is None:
        return requests.request(method, url, **{"timeout": CONNECT_SECONDS, **options})  # noqa: S113
    with bounded(watch.left(), watch.deadline) as bound:
        try:
            response = _answered(method, url, options, watch)
        except (requests.RequestException, HTTPError, TooLate, ProxyRefused, OSError) as error:
            watch.exchanges.append(_unanswered(error, bound))
            raise requests.RequestException("the request failed") from None
        if bound.expired or not response.headers:  # cut in the middle, it looks like a short answer
            watch.exchanges.append(Exchange("http", failure="no-answer"))
            raise requests.RequestException("the request took too long")
    watch.exchanges.append(_exchange(response))
    return response


def _answered(method: str, url: str, options: Mapping[str, Any], watch: Watch) -> requests.Response:
    """The answer, read whole. Nothing is followed: what a message is sent to stands in the secret alone."""
    given = {
        **options,
        "timeout": (min(CONNECT_SECONDS, watch.left()), watch.left()),
        "allow_redirects": False,
        "stream": True,
        "proxies": get_environ_proxies(url),
    }
    if given.get("verify", True) is True:
        given["verify"] = os.environ.get("REQUESTS_CA_BUNDLE") or True
    with requests.Session() as session:
        session.trust_env = False  # no .netrc: whose password goes where is said by the secret alone
        for scheme in ("http://", "https://"):
            session.mount(scheme, BoundAdapter(max_retries=0))
        with session.request(method, url, **given) as response:
            body = bytearray()
            for part in response.iter_content(8192):
                body += part
                if len(body) > MOST_ANSWER:
                    break
            response._content = bytes(body[:MOST_ANSWER])
            return response


def _exchange(response: requests.Response) -> Exchange:
    wait = response.headers.get("Retry-After", "")
    seconds = float(wait) if re.fullmatch(r"\d{1,5}", wait, re.ASCII) else None
    return Exchange("http", response.status_code, response.content, retry_after=seconds)


def _unanswered(error: Exception, bound: CallBound) -> Exchange:
    if isinstance(error, TooLate):
        return Exchange("http", failure="too-late", wrote=False)
    if isinstance(error, requests.exceptions.SSLError):
        return Exchange("http", failure=tls_failure(error), wrote=bound.wrote)
    if not bound.wrote:
        return Exchange("http", failure="no-connection", wrote=False)
    return Exchange("http", failure="no-answer")


def _get(url: str, params: Any = None, **options: Any) -> requests.Response:
    return _request("GET", url, params=params, **options)


def _with_body(
    method: str, url: str, data: Any = None, json: Any = None, **options: Any
) -> requests.Response:
    return _request(method, url, data=data, json=json, **options)


HTTP: Mapping[str, Any] = {
    "request": _request,
    "get": _get,
    **{verb: partial(_request, verb.upper()) for verb in ("delete", "head", "options")},
    **{verb: partial(_with_body, verb.upper()) for verb in ("post", "put", "patch")},
}
"""What stands in place of the functions of ``requests``."""
