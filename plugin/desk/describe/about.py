"""The blocks of a connector file that ``paidan connect`` works by."""

from __future__ import annotations

import re
from typing import cast

from plugin.desk.about_shape import (
    INSTALL_KINDS,
    MEANINGS,
    SNIPPET,
    About,
    Evidence,
    Installable,
    InstallKind,
    Look,
    Meaning,
    OwnSecret,
    Right,
    TestTicketShape,
    WhoAmI,
)
from plugin.desk.describe import about_keys as keys
from plugin.desk.describe import values
from plugin.desk.describe.changes import paging
from plugin.desk.describe.ticket import write_step
from plugin.desk.descriptor import Descriptor
from plugin.desk.transforms import Reader
from plugin.documents import reader as read
from plugin.documents.problems import Problems
from plugin.documents.source import Node

_LOOKED_AT = ("status", "header", "body", "text")


def about(node: Node, problems: Problems) -> About:
    """Everything of a connector file that helps to connect it."""
    return About(
        identify=read.listing(node.get("identify"), _identify, problems),
        whoami=_whoami(node.get("whoami"), problems),
        rights=read.listing(node.get("rights"), _right, problems),
        install=read.listing(node.get("install"), _install, problems),
        snippets=read.mapping(node.get("snippets"), read.text, problems, "snippets"),
        test_ticket=_test_ticket(node.get("test_ticket"), problems),
    )


def _identify(node: Node, problems: Problems) -> Look | None:
    return _look(node, problems, "identify", keys.IDENTIFY)


def _look(node: Node, problems: Problems, where: str, known: read.Keys) -> Look | None:
    request = values.request(node, problems, where, known)
    if request is None:
        return None
    return Look(
        request,
        _when(node.get("when"), problems, _LOOKED_AT),
        values.reader(node.get("version"), problems),
        read.flag(node.get("open"), problems) or False,
        read.label(node.get("lacks"), problems),
    )


def _when(node: Node | None, problems: Problems, begins: tuple[str, ...]) -> tuple[Evidence, ...]:
    def one(item: Node, problems: Problems) -> Evidence | None:
        return _evidence(item, problems, begins)

    return read.listing(node, one, problems, or_one=True)


def _evidence(node: Node, problems: Problems, begins: tuple[str, ...]) -> Evidence | None:
    if not read.block(node, keys.EVIDENCE, problems, "when"):
        return None
    where = node.get("path")
    for written in where.items or (where,) if where is not None else ():
        first = re.match(r"\w+", written.raw)
        if first and first.group() not in begins:
            problems.add("unknown-step", written, given=first.group(), choices=begins)
    pattern = values.pattern(node.get("matches"), problems)
    found = Reader(values.paths(where, problems), pattern=f"({pattern})" if pattern else None)
    wanted = read.listing(node.get("is"), values.plain, problems, or_one=True)
    return Evidence(found, wanted, read.flag(node.get("absent"), problems) or False)


def _whoami(node: Node | None, problems: Problems) -> WhoAmI | None:
    if node is None:
        return None
    request = values.request(node, problems, "whoami", keys.WHOAMI)
    account = values.reader(node.get("account"), problems)
    if request is None or account is None:
        return None
    name, told = values.reader(node.get("name"), problems), node.get("told_by")
    if told is None or not read.block(told, keys.TOLD, problems, "told_by"):
        return WhoAmI(request, account, name)
    return WhoAmI(
        request,
        account,
        name,
        read.text(told.get("secret"), problems),
        values.pattern(told.get("pattern"), problems),
        read.text(told.get("claim"), problems),
    )


def _right(node: Node, problems: Problems) -> Right | None:
    look = _look(node, problems, "rights", keys.RIGHT)
    means = read.word(node.get("means"), MEANINGS, problems)
    if look is None or means is None:
        return None
    return Right(cast(Meaning, means), look, _when(node.get("refused_when"), problems, _LOOKED_AT))


def _install(node: Node, problems: Problems) -> Installable | None:
    if not read.block(node, keys.INSTALL, problems, "install"):
        return None
    what = read.word(node.get("what"), INSTALL_KINDS, problems)
    title = read.label(node.get("title"), problems)
    existing = values.request(node.get("existing"), problems, "existing")
    create = values.request(node.get("create"), problems, "create")
    remove = values.request(node.get("remove"), problems, "remove")
    found = values.reader(node.get("id"), problems)
    if not (what and title and existing and create and remove and found):
        return None
    return Installable(
        cast(InstallKind, what),
        title,
        existing,
        _when(node.get("is_ours"), problems, ("item",)),
        create,
        found,
        remove,
        values.path(node.get("items"), problems),
        paging(node.get("paging"), problems),
        read.text(node.get("target"), problems),
        read.listing(node.get("scopes"), read.text, problems),
        read.text(node.get("needs"), problems),
        _own_secret(node.get("secret"), problems),
        _when(node.get("active"), problems, ("item",)),
    )


def _own_secret(node: Node | None, problems: Problems) -> OwnSecret | None:
    if node is None:
        return None
    request = values.request(node, problems, "secret", keys.OWN_SECRET)
    name, value = read.text(node.get("name"), problems), values.reader(node.get("value"), problems)
    return OwnSecret(name, request, value) if name and request and value else None


def _test_ticket(node: Node | None, problems: Problems) -> TestTicketShape | None:
    if node is None or not read.block(node, keys.TEST_TICKET, problems, "test_ticket"):
        return None
    create = values.request(node.get("create"), problems, "create")
    found = values.value_source(node.get("id"), problems)
    close = node.get("close")
    if create is None or found is None:
        return None
    states = read.listing(node.get("states"), values.plain, problems)
    if close is not None and close.kind == "list":
        steps = read.listing(close, write_step, problems)
        return TestTicketShape(create, found, closing=steps, states=states)
    request = values.request(close, problems, "close") if close else None
    return TestTicketShape(create, found, request, states=states)


def check(descriptor: Descriptor, node: Node, problems: Problems) -> None:
    """What no single block can tell: secrets, snippets and targets that are named are there."""
    given, setup = descriptor.about, node.get("setup")
    for text in (descriptor.setup.zh, descriptor.setup.en):
        for name in SNIPPET.findall(text):
            if name not in given.snippets:
                problems.add("unknown-snippet", setup or node, given=name, choices=tuple(given.snippets))
    named = [(each.needs, "install") for each in given.install]
    named += [(each.secret.name, "install") for each in given.install if each.secret]
    named += [(given.whoami.secret, "whoami")] if given.whoami else []
    for secret, where in named:
        if secret is not None and secret not in descriptor.secrets:
            problems.add(
                "secret-not-declared", node.get(where) or node, given=secret, choices=descriptor.secrets
            )
    carried = {f"${{secret.{check.secret}}}" for check in descriptor.receive.secret_checks}
    for place in ("identify", "whoami", "rights", "install", "test_ticket"):
        _check_secrets(node.get(place), carried if place == "install" else set(), problems)
    for each in given.install:
        if each.target is not None and each.target not in descriptor.targets:
            at, known = node.get("install") or node, tuple(descriptor.targets)
            problems.add("unknown-value", at, given=each.target, what="target", choices=known)


def _check_secrets(block: Node | None, carried: set[str], problems: Problems) -> None:
    """A token of the API stands in no request; what a webhook carries only where the webhook is made."""
    for node in block.walk() if block is not None else ():
        if node.kind == "text" and set(re.findall(r"\$\{secret\.[\w-]+\}", node.raw)) - carried:
            problems.add("secret-in-body", node)
