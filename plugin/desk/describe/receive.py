"""The ``receive:`` and ``api:`` blocks of a connector file."""

from __future__ import annotations

import re
from typing import Any, cast

import re2

from plugin.desk.api_shape import MOST_BYTES, Api, ErrorRule, LimitShape, SessionShape, Wait
from plugin.desk.describe import receive_keys, schema, values
from plugin.desk.descriptor import EVENT_KINDS, Challenge, EventKind, EventRule, Receive
from plugin.desk.helpdesk import Answer
from plugin.desk.ids import IdShape, NotComposed, composed, part_names
from plugin.desk.signing import Address, Basic, Check, Hmac, Stamp, StaticHeader, UrlToken
from plugin.documents import reader as read
from plugin.documents.problems import Problems
from plugin.documents.source import Node
from plugin.errors import AccessDenied, Busy, Conflict, Faulty, HelpdeskError, NotFound, Rejected, SignedOut

_PARTS = re.compile(r"(\{(?:body|timestamp|id)\})")
_RAISES: dict[str, type[HelpdeskError]] = {
    "rejected": Rejected,
    "conflict": Conflict,
    "not_found": NotFound,
    "denied": AccessDenied,
    "signed_out": SignedOut,
    "busy": Busy,
    "faulty": Faulty,
}


def receive(node: Node | None, problems: Problems) -> Receive | None:
    """How a webhook is verified and read."""
    if node is None or not read.block(node, receive_keys.RECEIVE, problems, "receive"):
        return None
    checks: tuple[Check, ...] = read.listing(node.get("verify"), check, problems)
    ticket_id = values.value_source(node.get("ticket_id"), problems)
    id_pattern = values.pattern(node.get("id_pattern"), problems)
    if id_pattern is None or (ticket_id is None and checks):
        if node.get("ticket_id") is None and checks:
            problems.add("missing-key", node.key_at or node.place, given="ticket_id", where="receive")
        return None
    return Receive(
        checks=checks,
        optional=_optional(node.get("verify")),
        ticket_id=ticket_id,
        ids=IdShape(id_pattern, _id_forms(node.get("id_forms"), id_pattern, problems)),
        events=read.listing(node.get("events"), _event, problems),
        fallback=_kind(node.get("otherwise"), problems) or "updated",
        key=read.listing(node.get("key"), values.value_source, problems, or_one=True),
        root=values.path(node.get("root"), problems),
        methods=read.listing(node.get("methods"), read.text, problems) or ("POST",),
        actors=values.reader(node.get("actors"), problems),
        challenge=_challenge(node.get("challenge"), problems),
        ignore=values.tests(node.get("ignore"), problems),
        form_field=read.text(node.get("form_field"), problems),
        answer=_answer(node.get("answer"), problems),
    )


def _id_forms(node: Node | None, id_pattern: str, problems: Problems) -> tuple[str, ...]:
    """Each form holds the whole id in a group, or every named part of the pattern."""
    known = part_names(id_pattern)

    def form(node: Node, problems: Problems) -> str | None:
        written = values.pattern(node, problems)
        if written is None or _says_the_id(written, id_pattern):
            return written
        problems.add("bad-id-form", node, given=written, choices=known or ("(…)",))
        return None

    return read.listing(node, form, problems)


def _says_the_id(form: str, id_pattern: str) -> bool:
    named, known = part_names(form), part_names(id_pattern)
    if not named:
        return bool(re2.compile(form).groups > 0)
    try:
        composed(id_pattern, dict.fromkeys(known, ""))
    except NotComposed:
        return False
    return set(named) == set(known)


def check(node: Node, problems: Problems) -> Check | None:
    """One way of telling a genuine delivery."""
    if not read.block(node, receive_keys.CHECK, problems, "verify"):
        return None
    kind = read.word(node.get("kind"), receive_keys.CHECKS, problems)
    key = "setting" if kind == "address" else "secret"
    secret = read.text(node.get(key), problems)
    if kind is None or secret is None:
        if node.get(key) is None:
            problems.add("missing-key", node, given=key, where="verify")
        return None
    if kind == "address":
        return Address(secret)
    if kind == "hmac":
        return _hmac(node, secret, problems)
    if kind == "basic":
        return Basic(secret, read.text(node.get("user"), problems))
    if kind == "url_token":
        return UrlToken(secret)
    header = "Authorization" if kind == "bearer" else read.text(node.get("header"), problems) or ""
    prefix = "Bearer " if kind == "bearer" else values.plain(node.get("prefix"), problems) or ""
    if not header:
        problems.add("missing-key", node, given="header", where="verify")
    return StaticHeader(header, secret, prefix)


def _hmac(node: Node, secret: str, problems: Problems) -> Hmac | None:
    header = read.text(node.get("header"), problems)
    if header is None:
        problems.add("missing-key", node, given="header", where="verify")
        return None
    chosen: dict[str, Any] = {
        "algorithm": read.word(node.get("algorithm"), ("sha1", "sha256", "sha512"), problems),
        "signed": _signed(node.get("signed"), problems),
        "encoding": read.word(node.get("encoding"), ("hex", "base64"), problems),
        "prefix": values.plain(node.get("prefix"), problems),
        "split": values.separator(node.get("split")),
        "decode": read.word(node.get("decode"), ("raw", "base64", "whsec"), problems),
        "stamp": _stamp(node.get("timestamp"), problems),
        "id_header": read.text(node.get("id_header"), problems),
    }
    return Hmac(header, secret, **{key: value for key, value in chosen.items() if value})


def _signed(node: Node | None, problems: Problems) -> tuple[str, ...]:
    """The parts in order; of a text its placeholders and what stands between them."""
    if node is None or node.kind == "list":
        return read.listing(node, values.plain, problems)
    return tuple(part for part in _PARTS.split(read.text(node, problems) or "") if part)


def _stamp(node: Node | None, problems: Problems) -> Stamp | None:
    if node is None or not read.block(node, cast(read.Keys, receive_keys.STAMP), problems, "timestamp"):
        return None
    header = read.text(node.get("header"), problems) or ""
    form = read.word(node.get("form"), ("unix_s", "unix_ms", "iso8601"), problems) or "unix_s"
    age = node.get("tolerance")
    any_age = age is not None and age.raw == "any"
    tolerance = None if any_age else read.duration(age, problems) or 300
    return Stamp(header, form, tolerance)  # type: ignore[arg-type]


def _optional(node: Node | None) -> frozenset[str]:
    items = node.items if node is not None and node.kind == "list" else []
    found = [(item.get("secret") or item.get("setting"), item.get("optional")) for item in items]
    return frozenset(secret.raw for secret, flag in found if secret and flag and flag.value is True)


def _event(node: Node, problems: Problems) -> EventRule | None:
    if not read.block(node, receive_keys.EVENT, problems, "events"):
        return None
    where = values.value_source(node.get("from"), problems)
    words: dict[str, EventKind] = read.mapping(node.get("words"), _kind, problems, "words")
    return None if where is None else EventRule(where, words)


def _kind(node: Node | None, problems: Problems) -> EventKind | None:
    return cast("EventKind | None", read.word(node, EVENT_KINDS, problems, "kind"))


def _answer(node: Node | None, problems: Problems) -> Answer | None:
    if node is None or not read.block(node, receive_keys.ANSWER, problems, "answer"):
        return None
    status, body = node.get("status"), read.text(node.get("body"), problems)
    code = read.word(status, ("200", "201", "202", "204"), problems)
    if code == "204" and body is not None:
        problems.add("out-of-range", status or node, given="204", allowed="200..202")
        return None
    return Answer(int(code or 200), body or "")


def _challenge(node: Node | None, problems: Problems) -> Challenge | None:
    if node is None or not read.block(node, receive_keys.CHALLENGE, problems, "challenge"):
        return None
    answer = read.word(node.get("answer"), ("echo", "hmac_hex"), problems) or "echo"
    parameter = read.text(node.get("parameter"), problems) or ""
    secret, proof = read.text(node.get("secret"), problems), read.text(node.get("proof"), problems)
    return Challenge(parameter, answer, secret, proof)  # type: ignore[arg-type]


def api(node: Node | None, problems: Problems) -> Api | None:
    """How the product's API is addressed."""
    if node is None or not read.block(node, schema.API, problems, "api"):
        return None
    page = read.text(node.get("page"), problems)
    auth = node.get("auth")
    if page is None or not read.block(auth, schema.AUTH, problems, "auth"):
        return None
    return Api(
        headers={
            **values.texts(node.get("headers"), problems, "headers"),
            **_sign_in(auth, problems),
        },
        page=page,
        limits=_limits(node.get("limits"), problems),
        errors=read.listing(node.get("errors"), _error, problems),
        detail=values.reader(node.get("detail"), problems),
        most_bytes=read.whole(node.get("most_bytes"), problems, lo=1024) or MOST_BYTES,
        basic=_basic(auth, problems),
        query=_in_query(auth, problems),
        session=_session(auth, problems),
    )


def _sign_in(node: Node | None, problems: Problems) -> dict[str, str]:
    """What every request carries in its headers, but for Basic and sessions."""
    kind = _auth_kind(node, problems)
    if node is None or kind not in ("bearer", "header"):
        return {}
    if kind == "bearer":
        return {"Authorization": f"Bearer {read.text(node.get('token'), problems) or ''}"}
    return {
        read.text(node.get("name"), problems) or "Authorization": read.text(node.get("value"), problems) or ""
    }


def _auth_kind(node: Node | None, problems: Problems) -> str | None:
    return (
        None
        if node is None or node.kind != "map"
        else read.word(node.get("kind"), schema.AUTH_KINDS, problems)
    )


def _in_query(node: Node | None, problems: Problems) -> dict[str, str]:
    if node is None or _auth_kind(node, problems) != "query":
        return {}
    return {read.text(node.get("name"), problems) or "": read.text(node.get("value"), problems) or ""}


def _basic(node: Node | None, problems: Problems) -> tuple[str, str] | None:
    if node is None or _auth_kind(node, problems) != "basic":
        return None
    return read.text(node.get("user"), problems) or "", values.plain(node.get("password"), problems) or ""


def _session(node: Node | None, problems: Problems) -> SessionShape | None:
    if node is None or _auth_kind(node, problems) != "session":
        return None
    login = values.request(node.get("login"), problems, "login")
    token = values.value_source(node.get("token"), problems)
    for name, found in (("login", login), ("token", token)):
        if found is None and node.get(name) is None:
            problems.add("missing-key", node, given=name, where="auth")
    if login is None or token is None:
        return None
    return SessionShape(
        login,
        token,
        read.duration(node.get("lifetime"), problems),
        values.reader(node.get("expires"), problems),
        values.texts(node.get("headers"), problems, "headers"),
        values.texts(node.get("query"), problems, "query"),
    )


def _limits(node: Node | None, problems: Problems) -> LimitShape:
    if node is None or not read.block(node, schema.LIMITS, problems, "limits"):
        return LimitShape()
    statuses = read.listing(node.get("statuses"), read.whole, problems)
    wait = read.listing(node.get("wait"), _wait, problems)
    return LimitShape(
        frozenset(statuses) or LimitShape().statuses,
        wait or LimitShape().wait,
        read.text(node.get("remaining"), problems),
        read.text(node.get("limit"), problems),
        read.listing(node.get("reset"), _wait, problems),
        read.duration(node.get("window"), problems) or LimitShape().window,
    )


def _wait(node: Node, problems: Problems) -> Wait | None:
    if not read.block(node, schema.WAIT, problems, "wait"):
        return None
    unit = read.word(node.get("unit"), ("seconds", "date", "epoch"), problems) or "seconds"
    return Wait(read.text(node.get("header"), problems) or "", unit)  # type: ignore[arg-type]


def _error(node: Node, problems: Problems) -> ErrorRule | None:
    if not read.block(node, schema.ERROR, problems, "errors"):
        return None
    raises = read.word(node.get("raises"), schema.OUTCOMES, problems)
    where = node.get("path")
    return ErrorRule(
        _RAISES[raises or "faulty"],
        frozenset(read.listing(node.get("status"), read.whole, problems, or_one=True)),
        None if where is None else values.reader(where, problems),
        read.text(node.get("header"), problems),
        frozenset(read.listing(node.get("is"), values.plain, problems, or_one=True)),
        frozenset(read.listing(node.get("is_not"), values.plain, problems, or_one=True)),
        values.pattern(node.get("matches"), problems),
        bool(read.flag(node.get("empty"), problems)),
    )
