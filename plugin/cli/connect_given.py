"""What the command line of ``paidan connect`` said, and how what is missing is told."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NoReturn

import click

from plugin.app.connecting import Connecting
from plugin.cli.talk import Talk
from plugin.desk.secret_values import secret_value
from plugin.documents.secret_names import is_secret_name


@dataclass(frozen=True, slots=True)
class Given:
    """What the command line said."""

    address: str | None
    product: str | None
    desk: str | None
    token: str | None
    set: Mapping[str, str]
    map: Mapping[str, str]
    chosen: Mapping[str, str | None]
    hook_base: str | None
    overwrite: bool
    dry_run: bool
    with_test_ticket: bool
    wait: int
    ca: str | None
    proxy: str | None
    own_network: bool
    webhook: bool


def missing(talk: Talk, what: list[tuple[str, str]], why: str = "missing") -> NoReturn:
    """Say everything that is missing, or may be chosen, at once, and end."""
    lines = [talk.say(why)]
    lines += [talk.say("missing_option", option=option, title=title) for option, title in what]
    click.echo("\n".join(lines), err=True)
    raise SystemExit(2)


def secret_name(talk: Talk, name: str, written: str) -> str:
    """A secret's name; a secret itself, or a name with nothing behind it, ends the command."""
    if not is_secret_name(written):
        talk.stop("literal", 2, name=name)
    if not secret_value(written, os.environ):
        talk.stop("empty_secret", 2, name=name, where=written)
    return written


def open_documents(talk: Talk, meeting: Connecting, given: Given) -> dict[str, list[str]]:
    """Of plan and rules those not named though there are several; an unknown name ends the command."""
    documents = meeting.documents
    known = {
        "plan": list(documents.plans),
        "rules": list(documents.rules),
        "calendar": sorted(documents.calendar_files),
    }
    for what, names in known.items():
        wanted = given.chosen[what]
        if wanted is not None and wanted not in names:
            choices = ", ".join(names)
            talk.stop("unknown", 2, what=talk.say(what), given=wanted, choices=choices)
    needed = {what: names for what, names in known.items() if what != "calendar" and len(names) > 1}
    return {what: names for what, names in needed.items() if given.chosen[what] is None}
