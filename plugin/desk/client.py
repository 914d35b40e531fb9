"""The one place that speaks HTTP to a helpdesk: one call, one try, one total time, one host."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode, urlsplit

import requests
import structlog
from urllib3.exceptions import HTTPError

from plugin.desk.answers import Answer, TooLarge, hindrance, parsed, too_much
from plugin.desk.api_shape import Api
from plugin.desk.counted import count
from plugin.desk.failures import TOO_LONG, failure, raise_for_proxy
from plugin.desk.helpdesk import Server
from plugin.desk.installation import Installation
from plugin.desk.limits import Budget, budget, http_date
from plugin.desk.outbound import Call
from plugin.desk.paths import as_text
from plugin.desk.reach import Reach
from plugin.desk.sign_in import Credentials, SignIn
from plugin.desk.watching import watching
from plugin.documents.addresses import fault_of
from plugin.errors import AccessDenied, HelpdeskError, OutOfTime, Rejected, Unreachable
from plugin.sockets import BoundAdapter, CallBound, NotToBeReached, ProxyRefused, TooLate, bounded

log = structlog.get_logger()

CONNECT_SECONDS = 5.0
_CHUNK = 64 * 1024
_USER_AGENT = "Paidan"
_FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back: the JSON, and the headers in lower case."""

    document: Any
    headers: Mapping[str, str]
    size: int = 0
    """Bytes of the body."""
    text: str = ""
    """What came instead of JSON, where the call allows it."""


class Client:
    """Calls to one installation. Safe to use from several threads; every thread keeps its own connections."""

    def __init__(self, api: Api, desk: Installation, clock: Callable[[], float] = time.time) -> None:
        if fault_of(desk.url):
            raise ValueError(
                f"{desk.desk}: the url of a desk is http(s)://host[:port][/path] and nothing else"
            )
        parts = urlsplit(desk.url)
        self._base = f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}"
        self._origin = f"{parts.scheme}://{parts.netloc}"
        self._called = _whom(requests.Request("GET", self._base).prepare())
        self._reach = Reach(desk.url, own_network=desk.own_network)
        self._api = api
        self._desk = desk
        self._clock = clock
        self._sign_in = SignIn(api, desk, self._origin)
        self._threads = threading.local()
        self.budget: Budget | None = None
        """What the helpdesk said last about the calls left."""
        self.server: Server | None = None
        """The helpdesk's clock by its last answer."""

    def their_time(self, since: float) -> float | None:
        """The helpdesk's clock at an instant of ``time.monotonic()``; None where it tells no time."""
        if self.server is None:
            return None
        return self._clock() - (time.monotonic() - since) + self.server.skew

    @property
    def origin(self) -> str:
        """Scheme and host of the desk's address."""
        return self._origin

    @property
    def can_sign_in_anew(self) -> bool:
        """A session that ended is followed by another."""
        return self._sign_in.needs_login

    def url(self, path: str) -> str:
        """The full address of a path, for a person's browser."""
        return self._base + path

    def send(
        self, call: Call, timeout: float, not_after: float | None = None, most: int | None = None
    ) -> Reply:
        """One try; raises a ``HelpdeskError``. ``timeout`` seconds bound everything, connecting included.

        Nothing leaves once ``sockets.since_boot()`` passes ``not_after``. Of an answer longer than ``most``
        bytes the rest is not fetched (``TooLarge``).
        """
        begun, failed = time.monotonic(), None
        try:
            return self._with_valid_secrets(call, timeout, not_after, most)
        except HelpdeskError as error:
            failed = error
            raise
        finally:
            count(self._desk.desk, call.method, failed, time.monotonic() - begun)

    def _with_valid_secrets(
        self, call: Call, timeout: float, not_after: float | None, most: int | None
    ) -> Reply:
        """While a token is replaced two are given: where one is not valid, the other is tried, once.

        Who says so of a write may have carried it out first: what must not be there twice is left to a read.
        """
        begun, turn = time.monotonic(), self._sign_in.turn
        try:
            return self._signed(call, timeout, not_after, most)
        except AccessDenied as error:
            if not error.is_signed_out or not self._sign_in.take_turns(turn) or _adds(call, not_after):
                raise
        reply = self._signed(call, timeout - (time.monotonic() - begun), not_after, most)
        log.warning("secret_not_valid", desk=self._desk.desk, retire=self._sign_in.names_of(turn))
        return reply

    def look(self, call: Call, timeout: float) -> Answer:
        """The answer as it is, whatever it means; a ``HelpdeskError`` where none came or it was too much."""
        deadline = time.monotonic() + timeout
        request = self._prepared(call, self._credentials(deadline, None))
        watch = watching()
        watch.before_request(call.name)
        left = deadline - time.monotonic()
        try:
            answer = self._whole_answer(call, request, left, None, self._api.most_bytes)
            budget_left = self._note_facts(answer)
            too_much(call.name, answer, self._api, self._clock())
        except HelpdeskError as error:
            watch.after_request(error, None)
            raise
        watch.after_request(None, budget_left)
        return answer

    def hindrance(self, call: Call, answer: Answer) -> HelpdeskError | None:
        """What kept the helpdesk from answering a look (too much asked, a failure of its own), or None."""
        return hindrance(call.name, answer, self._api, self._clock(), self._sign_in.hidden())

    def _signed(self, call: Call, timeout: float, not_after: float | None, most: int | None) -> Reply:
        """One try; where the product has ended our session: log in, and once more where nothing doubles."""
        if not self._sign_in.needs_login:
            return self._sent(call, self._sign_in.standing(), timeout, not_after, most)
        deadline = time.monotonic() + timeout
        credentials = self._credentials(deadline, not_after)
        try:
            return self._sent(call, credentials, deadline - time.monotonic(), not_after, most)
        except AccessDenied as error:
            if not error.is_signed_out:
                raise
            self._sign_in.forget(credentials)
            if _adds(call, not_after):
                raise
        again = self._credentials(deadline, not_after)
        return self._sent(call, again, deadline - time.monotonic(), not_after, most)

    def _credentials(self, deadline: float, not_after: float | None) -> Credentials:
        """What a call carries; logs in first where that is needed, in the time of the call itself."""

        def log_in(request: Call) -> Reply:
            return self._sent(request, self._sign_in.standing(), deadline - time.monotonic(), not_after, None)

        return self._sign_in.credentials(log_in, deadline - time.monotonic())

    def _sent(
        self, call: Call, credentials: Credentials, timeout: float, not_after: float | None, most: int | None
    ) -> Reply:
        if timeout <= 0:
            raise OutOfTime(call.name, detail="no time was left for this call")
        watch = watching()
        watch.before_request(call.name)
        left: Budget | None = None
        try:
            request = self._prepared(call, credentials)
            answer = self._whole_answer(call, request, timeout, not_after, most or self._api.most_bytes)
            left = self._note_facts(answer)
            secrets = self._sign_in.hidden()
            document = parsed(call.name, answer, self._api, self._clock(), secrets, plain=call.plain)
        except HelpdeskError as error:
            watch.after_request(error, left)
            raise
        watch.after_request(None, left)
        text = answer.body.decode("utf-8", "replace") if call.plain and document is None else ""
        return Reply(document, answer.headers, len(answer.body), text)

    def _whole_answer(
        self,
        call: Call,
        request: requests.PreparedRequest,
        timeout: float,
        not_after: float | None,
        most: int,
    ) -> Answer:
        with bounded(timeout, not_after, self._reach.why_not) as bound:
            answer = self._answer(call, request, timeout, bound, most)
            if bound.expired:  # cut in the middle, what there is looks like a short answer
                raise Unreachable(call.name, detail=TOO_LONG)
        return answer

    def _answer(
        self, call: Call, request: requests.PreparedRequest, timeout: float, bound: CallBound, most: int
    ) -> Answer:
        session = self._session()
        try:
            with session.send(
                request,
                timeout=(min(CONNECT_SECONDS, timeout), timeout),
                allow_redirects=False,
                stream=True,
                verify=self._desk.ca or True,
                proxies={"http": self._desk.proxy, "https": self._desk.proxy} if self._desk.proxy else None,
            ) as response:
                headers = {name.lower(): value for name, value in response.headers.items()}
                raise_for_proxy(call.name, response.status_code, headers, self._desk.proxy)
                return Answer(response.status_code, headers, _body(call, response, most), request.url or "")
        except HelpdeskError:
            raise
        except (
            requests.RequestException,
            HTTPError,
            TooLate,
            NotToBeReached,
            ProxyRefused,
            OSError,
            ValueError,
        ) as error:
            raise failure(call.name, error, bound) from None

    def _prepared(self, call: Call, credentials: Credentials) -> requests.PreparedRequest:
        pairs = (*call.query, *credentials.query)
        query = f"?{urlencode(pairs)}" if pairs else ""
        headers = {
            "User-Agent": _USER_AGENT,
            "Accept": "application/json",
            "Accept-Encoding": "gzip, deflate",
        }
        headers |= {**credentials.headers, **call.headers}
        data, kind = encoded(call)
        if kind is not None:
            headers.setdefault("Content-Type", kind)
        try:
            made = requests.Request(call.method, self._base + call.path + query, headers, data=data).prepare()
        except (requests.RequestException, ValueError) as error:
            raise Rejected(call.name, detail=f"this request cannot be made: {type(error).__name__}") from None
        if _whom(made) != self._called:
            raise Rejected(call.name, detail="this path leads to another host, which is never called")
        return made

    def _session(self) -> requests.Session:
        """Connections only: requests are prepared apart from it, so no cookie, .netrc or proxy of the
        environment ever joins them.
        """
        session: requests.Session | None = getattr(self._threads, "session", None)
        if session is None:
            session = requests.Session()
            session.trust_env = False
            session.mount("https://", BoundAdapter(max_retries=0))
            session.mount("http://", BoundAdapter(max_retries=0))
            self._threads.session = session
        return session

    def _note_facts(self, answer: Answer) -> Budget | None:
        """What the answer tells beside its words; the calls left where this answer says so."""
        now = self._clock()
        left = budget(self._api.limits, answer.headers, now)
        self.budget = left or self.budget
        theirs = http_date(answer.headers.get("date", ""))
        if theirs is not None:
            # the header has whole seconds: half a second more is the fairer guess
            self.server = Server(datetime.fromtimestamp(now, UTC), theirs.timestamp() + 0.5 - now)
        return left


def _adds(call: Call, not_after: float | None) -> bool:
    """Whether twice is more than once: a write that makes something, or brings a note along."""
    return not_after is not None and (call.method == "POST" or "note" in call.targets)


def encoded(call: Call) -> tuple[bytes | None, str | None]:
    """The bytes of a call's body and their type."""
    if call.form is not None:
        return urlencode({call.form: json.dumps(call.body, ensure_ascii=False)}).encode(), _FORM
    if call.body is None:
        return None, None
    if call.encoding == "form" and isinstance(call.body, dict):
        return urlencode({name: as_text(value) for name, value in call.body.items()}).encode(), _FORM
    written = json.dumps(call.body, ensure_ascii=False, separators=(",", ":"))
    return written.encode("utf-8", "replace"), "application/json"


def _body(call: Call, response: requests.Response, most: int) -> bytes:
    parts, size = [], 0
    for part in response.iter_content(_CHUNK):
        size += len(part)
        if size > most:
            raise TooLarge(call.name, response.status_code, f"the answer is larger than {most} bytes")
        parts.append(part)
    return b"".join(parts)


def _whom(request: requests.PreparedRequest) -> tuple[str, str | None, int | None]:
    """Scheme, host and port that a request goes to."""
    parts = urlsplit(request.url or "")
    return str(parts.scheme), parts.hostname and str(parts.hostname), parts.port
