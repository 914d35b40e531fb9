"""Who we are in a helpdesk: the headers and parameters of every call, and the log-in some want first."""

from __future__ import annotations

import base64
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, Protocol

from plugin.desk.api_shape import Api, SessionShape
from plugin.desk.installation import Installation
from plugin.desk.outbound import Call, call
from plugin.desk.template import names, render_text
from plugin.desk.transforms import read_one
from plugin.errors import AccessDenied, Faulty, NotFound, NotSent, OutOfTime, Rejected, SignedOut, Unreachable

EARLY_SECONDS = 30.0
"""A session is renewed so long before it ends: a call may be on its way for a while."""


class Answered(Protocol):
    """What is needed of the answer to a log-in."""

    @property
    def document(self) -> Any:
        """Its JSON."""
        ...

    @property
    def headers(self) -> Mapping[str, str]:
        """Its headers, names in lower case."""
        ...


@dataclass(frozen=True, slots=True)
class Credentials:
    """What joins one call; never shown."""

    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    query: tuple[tuple[str, str], ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class _Session:
    token: str = field(repr=False)
    ends_at: float | None


@dataclass(frozen=True, slots=True)
class _Refused:
    """A log-in that was refused: at which turn of the secrets, and when."""

    error: SignedOut
    turn: int
    at: float


class SignIn:
    """The credentials of one installation. Safe to use from several threads: they share a session."""

    def __init__(
        self, api: Api, desk: Installation, origin: str, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._api = api
        self._desk = desk
        self._origin = origin
        self._clock = clock
        self._session: _Session | None = None
        self._refused: _Refused | None = None
        self._lock = Lock()
        self._signing_in = Lock()
        self._rotating = _used_by(api) & {name for name, values in desk.secrets.items() if len(values) > 1}
        self._turns = max((len(desk.secrets[name]) for name in self._rotating), default=1)
        self.turn = 0
        """Which value is used of a secret that has several: one is being replaced."""

    @property
    def needs_login(self) -> bool:
        """The product gives a token for a while."""
        return self._api.session is not None

    def take_turns(self, turn: int) -> bool:
        """What was signed in with at this turn is not valid: use the next value; False where none is."""
        with self._lock:
            if self._turns > 1 and self.turn == turn:  # no other thread found out at the same time
                self.turn, self._session = (turn + 1) % self._turns, None
            return self._turns > 1

    def names_of(self, turn: int) -> list[str]:
        """The names (``env:X``) of the values used at a turn, of the secrets that have several."""
        known = (self._desk.secret_names.get(name, ()) for name in sorted(self._rotating))
        return [given[min(turn, len(given) - 1)] for given in known if given]

    def hidden(self) -> list[str]:
        """Every secret the helpdesk may know us by: what is not to be repeated from its words."""
        session = self._session
        ours = [each for values in self._desk.secrets.values() for each in values]
        basic = self.standing().headers.get("Authorization", "") if self._api.basic is not None else ""
        return [*ours, *((session.token,) if session else ()), *basic.split()[1:]]

    def standing(self) -> Credentials:
        """What every call carries, a log-in too."""
        known = self._known()
        headers = {name: render_text(value, known) for name, value in self._api.headers.items()}
        if self._api.basic is not None:
            user, password = (render_text(part, known) for part in self._api.basic)
            headers["Authorization"] = "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()
        query = tuple((name, render_text(value, known)) for name, value in self._api.query.items())
        return Credentials(headers, query)

    def credentials(self, log_in: Callable[[Call], Answered], timeout: float) -> Credentials:
        """What a call carries; logs in first where no session lasts, or waits at most ``timeout`` seconds for
        another thread that does. Raises a ``HelpdeskError``.
        """
        standing, shape = self.standing(), self._api.session
        if shape is None:
            return standing
        known = {**self._known(), "session": self._token(shape, log_in, timeout)}
        headers = {name: render_text(value, known) for name, value in shape.headers.items()}
        query = tuple((name, render_text(value, known)) for name, value in shape.query.items())
        return Credentials({**standing.headers, **headers}, (*standing.query, *query))

    def forget(self, used: Credentials) -> None:
        """The session of these credentials is not good any more; a newer one stays."""
        shape = self._api.session
        if shape is None:
            return
        with self._lock:
            if self._session is not None and self._session.token in _values(used):
                self._session = None

    def _token(self, shape: SessionShape, log_in: Callable[[Call], Answered], timeout: float) -> str:
        begun = self._clock()
        if not self._signing_in.acquire(timeout=max(0.0, timeout)):  # one log-in for all who wait for it
            raise OutOfTime(shape.login.path, detail="another thread still signs in")
        try:
            session = self._session
            ended = session is None or (session.ends_at is not None and self._clock() >= session.ends_at)
            if session is None or ended:
                session = self._session = self._logged_in_once(shape, log_in, begun)
            return session.token
        finally:
            self._signing_in.release()

    def _logged_in_once(
        self, shape: SessionShape, log_in: Callable[[Call], Answered], begun: float
    ) -> _Session:
        """A refusal holds for all who waited for it: tried by each, it may lock the account."""
        before = self._refused
        if before is not None and before.at >= begun and before.turn == self.turn:
            raise SignedOut(before.error.request, before.error.status, before.error.detail)
        try:
            return self._logged_in(shape, log_in)
        except SignedOut as error:
            self._refused = _Refused(error, self.turn, self._clock())
            raise

    def _logged_in(self, shape: SessionShape, log_in: Callable[[Call], Answered]) -> _Session:
        request = call(shape.login, self._known(), purpose="login")
        began = self._clock()
        try:
            answer = log_in(request)
        except (Rejected, NotFound, AccessDenied) as error:
            raise SignedOut(request.name, error.status, error.detail or "signing in was refused") from None
        except (Unreachable, Faulty) as error:  # the call itself never left
            raise NotSent(request.name, error.status, error.detail or "signing in failed") from None
        token = _read(shape, answer)
        if not token:
            raise NotSent(request.name, detail="the answer to the log-in holds no token")
        seconds = read_one(answer.document, shape.expires, answer.document) if shape.expires else None
        lasts = _number(seconds) or shape.lifetime
        return _Session(token, None if lasts is None else began + max(lasts - EARLY_SECONDS, lasts / 2))

    def _known(self) -> dict[str, Any]:
        return {
            "secret": {name: self._desk.secret(name, self.turn) for name in self._desk.secrets},
            "setting": dict(self._desk.settings),
            "origin": self._origin,
        }


def _used_by(api: Api) -> set[str]:
    """The secrets that are signed in with."""
    trees: list[Any] = [dict(api.headers), list(api.basic or ()), dict(api.query)]
    if api.session is not None:
        login = api.session.login
        trees += [login.path, dict(login.query), dict(login.headers), login.body]
        trees += [dict(api.session.headers), dict(api.session.query)]
    return {name.partition(".")[2] for name in names(trees) if name.startswith("secret.")}


def _read(shape: SessionShape, answer: Answered) -> str | None:
    source = shape.token
    if source.header is not None:
        return answer.headers.get(source.header.lower())
    return read_one(answer.document, source.reader) if source.reader else None


def _values(credentials: Credentials) -> str:
    return "\n".join([*credentials.headers.values(), *(value for _, value in credentials.query)])


def _number(text: str | None) -> float | None:
    try:
        value = None if text is None else float(text)
    except ValueError:
        return None
    return value if value is not None and 0 < value < 1e9 else None
